//! Integers with bounds.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::{Serialize, Serializer};

use super::Rule;
use super::request::Checked;
use crate::validation::{ValidationError, quoted};

/// The rule of an integer.
pub trait IntegerRule: Rule {
    const MINIMUM: Option<i64> = None;
    const MAXIMUM: Option<i64> = None;
    /// The only valid values, if there are any.
    const VALUES: &'static [i64] = &[];
    /// The unit of measurement, for error messages.
    const UNIT: Option<&'static str> = None;
    /// `int32` or `int64`, which implies bounds.
    const FORMAT: Option<&'static str> = None;
}

/// An integer that satisfies a rule of the OpenAPI document.
///
/// Use the aliases in [`types`](crate::types). Integers convert with `TryFrom`, and strings with `FromStr`.
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
    /// Validates an integer. Equivalent to `TryFrom<i64>`, but the type of the argument need not be inferred.
    ///
    /// # Errors
    ///
    /// Returns an error if the integer violates the rule.
    pub fn new(value: i64) -> Result<Self, ValidationError> {
        value.try_into()
    }

    /// `i128` represents all integers without overflow.
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
    /// Returns the integer.
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

    /// `5.0` is an integer, as in JSON Schema.
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<i128, E> {
        let whole = super::reading::whole(value).map(i128::from);
        whole.ok_or_else(|| E::invalid_type(de::Unexpected::Float(value), &self))
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
