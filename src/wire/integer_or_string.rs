//! A value that the service sends now as a number, now as a string.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error};
use serde::{Serialize, Serializer};

use super::reading::{Read, Reader, Reading};
use super::request::Checked;

/// An integer or a string, and which of the two the service sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IntegerOrString {
    /// Sent as a JSON number.
    Integer(i64),
    /// Sent as a JSON string.
    String(String),
}

impl IntegerOrString {
    /// The number, also where it was spelled as a string; `None` when it is no number.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Integer(value) => Some(*value),
            Self::String(text) => text.trim().parse().ok(),
        }
    }
}

impl From<i64> for IntegerOrString {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<&str> for IntegerOrString {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for IntegerOrString {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl fmt::Display for IntegerOrString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(value) => value.fmt(f),
            Self::String(text) => text.fmt(f),
        }
    }
}

impl Serialize for IntegerOrString {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Integer(value) => serializer.serialize_i64(*value),
            Self::String(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for IntegerOrString {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Reader::new().deserialize(deserializer)? {
            Read { value: Some(value), original: None } => Ok(value),
            _ => Err(D::Error::custom("neither an integer nor a string")),
        }
    }
}

impl Checked for IntegerOrString {}

impl Reading for IntegerOrString {
    fn of_str(text: &str) -> Read<Self> {
        Read::exact(text.into())
    }

    fn of_integer(value: i64) -> Read<Self> {
        Read::exact(value.into())
    }

    fn of_text_of(text: String) -> Option<Self> {
        Some(text.into())
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for IntegerOrString {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "IntegerOrString".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let integer = generator.subschema_for::<i64>();
        let string = generator.subschema_for::<String>();
        schemars::json_schema!({ "oneOf": [integer, string] })
    }
}

#[cfg(test)]
mod tests {
    use super::IntegerOrString as Either;

    #[test]
    fn spelling_as_number_or_string_is_preserved() {
        for (text, number) in [("0", Some(0)), (r#""0""#, Some(0)), (r#""x""#, None)] {
            let either: Either = serde_json::from_str(text).unwrap();
            assert_eq!(either.as_i64(), number);
            assert_eq!(serde_json::to_string(&either).unwrap(), text);
        }
        assert_eq!(Either::from(7).to_string(), Either::from("7").to_string());
        assert!(serde_json::from_str::<Either>("[]").is_err());
        assert!(serde_json::from_str::<Either>("1.5").is_err());
    }
}
