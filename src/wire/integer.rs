//! Integers that the document bounds.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::{Serialize, Serializer};

use super::Rule;
use super::request::Checked;
use crate::validation::{ValidationError, quoted};

/// What the document states about an integer.
pub trait IntegerRule: Rule {
    const MINIMUM: Option<i64> = None;
    const MAXIMUM: Option<i64> = None;
    /// The only valid values; empty where the bounds are the whole rule.
    const VALUES: &'static [i64] = &[];
    /// The unit of measurement, for error messages.
    const UNIT: Option<&'static str> = None;
    /// `int32` or `int64`, which bounds where `MINIMUM` and `MAXIMUM` do not.
    const FORMAT: Option<&'static str> = None;
}

/// An integer within the bounds of a rule of the document.
///
/// Each rule has a name of its own in [`types`](crate::types), which is the one to use. Made from
/// any integer by `TryFrom`, from a string by `FromStr`, or from JSON: each checks the rule.
///
/// ```
/// use otc_autoscaling::types::CoolDownTime;
///
/// let pause = CoolDownTime::new(900)?;
/// assert_eq!(pause.get(), 900);
/// assert!(CoolDownTime::try_from(90_000_u32).is_err());
/// # Ok::<(), otc_autoscaling::ValidationError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Integer<R>(i64, PhantomData<R>);

impl<R: IntegerRule> Integer<R> {
    /// Checks an integer, as `TryFrom` does, of a type that needs no inference.
    ///
    /// # Errors
    ///
    /// If the integer breaks the rule.
    pub fn new(value: i64) -> Result<Self, ValidationError> {
        value.try_into()
    }

    /// Takes `i128`, so that no integer of the caller's wraps around on its way here.
    fn checked(value: i128) -> Result<Self, ValidationError> {
        let unit = R::UNIT.map(|unit| format!(" {unit}")).unwrap_or_default();
        if !R::VALUES.is_empty() {
            if let Some(found) = R::VALUES.iter().find(|known| i128::from(**known) == value) {
                return Ok(Self(*found, PhantomData));
            }
            let known: Vec<String> = R::VALUES.iter().map(i64::to_string).collect();
            let known = known.join(", ");
            return Err(ValidationError::new(format!("{value} is not one of {known}{unit}")));
        }
        let (lowest, highest) = match R::FORMAT {
            Some("int32") => (i64::from(i32::MIN), i64::from(i32::MAX)),
            _ => (i64::MIN, i64::MAX),
        };
        let minimum = R::MINIMUM.unwrap_or(lowest);
        let maximum = R::MAXIMUM.unwrap_or(highest);
        match i64::try_from(value) {
            Ok(value) if (minimum..=maximum).contains(&value) => Ok(Self(value, PhantomData)),
            _ => {
                let minimum = R::MINIMUM.map(|minimum| minimum.to_string()).unwrap_or_default();
                let rule = format!("{value} is not within {minimum}..={maximum}{unit}");
                Err(ValidationError::new(rule))
            }
        }
    }
}

impl<R> Integer<R> {
    /// The plain integer.
    #[must_use]
    pub const fn get(self) -> i64
    where
        R: Copy,
    {
        self.0
    }
}

macro_rules! try_from {
    ($($integer:ty)*) => {$(
        impl<R: IntegerRule> TryFrom<$integer> for Integer<R> {
            type Error = ValidationError;

            #[allow(clippy::cast_lossless, reason = "isize and usize have no From for i128")]
            fn try_from(value: $integer) -> Result<Self, Self::Error> {
                Self::checked(value as i128)
            }
        }
    )*};
}
try_from!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 usize);

impl<R> From<Integer<R>> for i64 {
    fn from(value: Integer<R>) -> Self {
        value.0
    }
}

impl<R: Rule> fmt::Debug for Integer<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple(R::NAME).field(&self.0).finish()
    }
}

impl<R> fmt::Display for Integer<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<R: IntegerRule> FromStr for Integer<R> {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let value = text
            .parse()
            .map_err(|_| ValidationError::new(format!("{} is not an integer", quoted(text))))?;
        Self::checked(value)
    }
}

impl<R> Serialize for Integer<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}

impl<'de, R: IntegerRule> Deserialize<'de> for Integer<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::checked(deserializer.deserialize_any(WholeNumber)?).map_err(de::Error::custom)
    }
}

/// Reads any whole number, so that the rule rejects those beyond 64 bits as well.
struct WholeNumber;

impl Visitor<'_> for WholeNumber {
    type Value = i128;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<i128, E> {
        Ok(value.into())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<i128, E> {
        Ok(value.into())
    }
}

impl<R: IntegerRule> Checked for Integer<R> {}

#[cfg(feature = "schemars")]
impl<R: IntegerRule> schemars::JsonSchema for Integer<R> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        R::NAME.into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        super::schema(
            "integer",
            [
                ("format", R::FORMAT.map(Into::into)),
                ("minimum", R::MINIMUM.map(Into::into)),
                ("maximum", R::MAXIMUM.map(Into::into)),
                ("enum", (!R::VALUES.is_empty()).then(|| R::VALUES.into())),
            ],
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::rule;

    rule!(BoundedRule);
    type Bounded = Integer<BoundedRule>;
    impl IntegerRule for BoundedRule {
        const MINIMUM: Option<i64> = Some(0);
        const MAXIMUM: Option<i64> = Some(86_400);
        const UNIT: Option<&'static str> = Some("seconds");
    }

    rule!(ListedRule);
    type Listed = Integer<ListedRule>;
    impl IntegerRule for ListedRule {
        const VALUES: &'static [i64] = &[0, 1, 5];
        const UNIT: Option<&'static str> = Some("minutes");
    }

    rule!(NarrowRule);
    type Narrow = Integer<NarrowRule>;
    impl IntegerRule for NarrowRule {
        const MINIMUM: Option<i64> = Some(0);
        const FORMAT: Option<&'static str> = Some("int32");
    }

    rule!(OpenRule);
    type Open = Integer<OpenRule>;
    impl IntegerRule for OpenRule {
        const MINIMUM: Option<i64> = Some(0);
    }

    #[test]
    fn bounds_are_inclusive_and_reported_with_their_unit() {
        assert_eq!(Bounded::new(86_400).unwrap().get(), 86_400);
        assert_eq!(Bounded::try_from(0_u8).unwrap().get(), 0);
        let refused = |value: i64| Bounded::new(value).unwrap_err().to_string();
        assert_eq!(refused(86_401), "86401 is not within 0..=86400 seconds");
        assert_eq!(refused(-1), "-1 is not within 0..=86400 seconds");
    }

    #[test]
    fn only_listed_values_are_accepted() {
        assert_eq!(Listed::new(5).unwrap().get(), 5);
        let error = Listed::new(7).unwrap_err();
        assert_eq!(error.to_string(), "7 is not one of 0, 1, 5 minutes");
    }

    #[test]
    fn integer_width_is_the_bound_where_none_is_documented() {
        let error = Open::try_from(u64::MAX).unwrap_err();
        assert_eq!(error.to_string(), "18446744073709551615 is not within 0..=9223372036854775807");
        let error = Narrow::new(1 << 31).unwrap_err();
        assert_eq!(error.to_string(), "2147483648 is not within 0..=2147483647");
    }

    #[test]
    fn strings_and_json_are_checked_like_numbers() {
        assert_eq!("30".parse::<Bounded>().unwrap().get(), 30);
        assert!("x".parse::<Bounded>().is_err());
        let refused = |text| serde_json::from_str::<Bounded>(text).unwrap_err().to_string();
        assert!(refused("90000").starts_with("90000 is not within 0..=86400 seconds"));
        assert!(refused(r#""5""#).contains("expected a whole number"));
        assert!(refused("18446744073709551615").starts_with("18446744073709551615 is not within"));
        assert_eq!(serde_json::to_string(&Bounded::new(7).unwrap()).unwrap(), "7");
    }
}
