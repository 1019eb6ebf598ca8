//! Integers that the document bounds.

use std::fmt;

use serde::de::{Error, Visitor};

use crate::validation::ValidationError;

/// What the document says of an integer.
#[derive(Debug)]
pub(crate) struct IntegerRule {
    pub(crate) minimum: Option<i64>,
    pub(crate) maximum: Option<i64>,
    /// The only values there are; empty when the bounds say it all.
    pub(crate) values: &'static [i64],
    /// The unit of measurement, for the error's reader.
    pub(crate) unit: Option<&'static str>,
    /// `int32` or `int64`, which bounds where `minimum` and `maximum` do not.
    pub(crate) format: Option<&'static str>,
}

impl IntegerRule {
    /// Takes `i128`, so that no caller's integer wraps around on its way here.
    pub(crate) fn check(&self, value: i128) -> Result<i64, ValidationError> {
        let unit = self.unit.map(|unit| format!(" {unit}")).unwrap_or_default();
        if !self.values.is_empty() {
            if let Some(found) = self.values.iter().find(|known| i128::from(**known) == value) {
                return Ok(*found);
            }
            let known: Vec<String> = self.values.iter().map(i64::to_string).collect();
            let known = known.join(", ");
            return Err(ValidationError::new(format!("{value} is not one of {known}{unit}")));
        }
        let (lowest, highest) = match self.format {
            Some("int32") => (i64::from(i32::MIN), i64::from(i32::MAX)),
            _ => (i64::MIN, i64::MAX),
        };
        let minimum = self.minimum.unwrap_or(lowest);
        let maximum = self.maximum.unwrap_or(highest);
        match i64::try_from(value) {
            Ok(value) if (minimum..=maximum).contains(&value) => Ok(value),
            _ => Err(ValidationError::new(format!(
                "{value} is not within {minimum}..={maximum}{unit}"
            ))),
        }
    }
}

/// Reads any whole number, so that one beyond 64 bits is refused by its bound as well.
pub(crate) struct WholeNumber;

impl Visitor<'_> for WholeNumber {
    type Value = i128;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<i128, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<i128, E> {
        Ok(value.into())
    }
}

/// A newtype over an integer that the document bounds: made by `TryFrom` any integer, `FromStr`
/// or `Deserialize`, each of which checks.
macro_rules! integer {
    (
        $(#[$meta:meta])*
        $name:ident { minimum: $minimum:expr, maximum: $maximum:expr, values: $values:expr,
                      unit: $unit:expr, format: $format:expr }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
            const RULE: $crate::wire::integer::IntegerRule = $crate::wire::integer::IntegerRule {
                minimum: $minimum,
                maximum: $maximum,
                values: $values,
                unit: $unit,
                format: $format,
            };

            /// Checks an integer, as `TryFrom` does, of a type that needs no inference.
            ///
            /// # Errors
            ///
            /// When the integer is not what the document admits.
            pub fn new(value: i64) -> Result<Self, $crate::ValidationError> {
                value.try_into()
            }

            /// The plain integer.
            #[must_use]
            pub const fn get(self) -> i64 {
                self.0
            }
        }

        $crate::wire::integer::from_integers!($name: i8 i16 i32 i64 i128 isize u8 u16 u32 u64 usize);

        impl From<$name> for i64 {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::ValidationError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text.parse::<i128>() {
                    Ok(value) => Self::try_from(value),
                    Err(_) => Err($crate::ValidationError::new(format!(
                        "{} is not an integer",
                        $crate::validation::quoted(text)
                    ))),
                }
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_i64(self.0)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let value = d.deserialize_any($crate::wire::integer::WholeNumber)?;
                value.try_into().map_err(::serde::de::Error::custom)
            }
        }

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                $crate::wire::integer::schema(&Self::RULE)
            }
        }
    };
}
pub(crate) use integer;

macro_rules! from_integers {
    ($name:ident: $($integer:ty)*) => {$(
        impl TryFrom<$integer> for $name {
            type Error = $crate::ValidationError;

            #[allow(clippy::cast_lossless, reason = "isize and usize have no From for i128")]
            fn try_from(value: $integer) -> Result<Self, Self::Error> {
                Self::RULE.check(value as i128).map(Self)
            }
        }
    )*};
}
pub(crate) use from_integers;

#[cfg(feature = "schemars")]
pub(crate) fn schema(rule: &IntegerRule) -> schemars::Schema {
    let mut schema = schemars::json_schema!({ "type": "integer" });
    let mut state = |key: &str, value: Option<serde_json::Value>| {
        if let Some(value) = value {
            schema.insert(key.to_owned(), value);
        }
    };
    state("format", rule.format.map(Into::into));
    state("minimum", rule.minimum.map(Into::into));
    state("maximum", rule.maximum.map(Into::into));
    state("enum", (!rule.values.is_empty()).then(|| rule.values.into()));
    schema
}

#[cfg(test)]
mod tests {
    integer! { Bounded { minimum: Some(0), maximum: Some(86_400), values: &[], unit: Some("seconds"),
    format: None } }
    integer! { Listed { minimum: None, maximum: None, values: &[0, 1, 5], unit: Some("minutes"),
    format: None } }
    integer! { Narrow { minimum: Some(0), maximum: None, values: &[], unit: None,
    format: Some("int32") } }
    integer! { Open { minimum: Some(0), maximum: None, values: &[], unit: None, format: None } }

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
        assert_eq!(serde_json::to_string(&Bounded(7)).unwrap(), "7");
    }
}
