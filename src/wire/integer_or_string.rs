//! Integers that the service sends as a number or as a string.

use std::fmt;

use serde::Serialize;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error};

use super::reading::{Read, Reader, Reading, integer};
use super::request::Checked;

/// An integer that the service sends as a number or as a string.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum IntegerOrString {
    /// A number.
    Integer(i64),
    /// A string.
    String(String),
}

impl IntegerOrString {
    /// Returns the integer, even if it is in a string. Returns `None` for other strings.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Integer(value) => Some(*value),
            Self::String(text) => integer(text),
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
