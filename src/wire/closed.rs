//! The strict side of an enumeration: what a request may hold.

use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::enumeration::Enumeration;
use super::request::Checked;
use crate::validation::{ValidationError, quoted};

/// Keeps [`Enumeration`] to the enumerations of the document.
pub trait Sealed {}

/// A value that the document lists for its enumeration: never the `Unknown` variant.
///
/// Made from the enumeration itself or from text, by `TryFrom`; setters do it by themselves:
///
/// ```
/// use otc_autoscaling::types::{Closed, ScalingResourceType};
///
/// let bandwidth = Closed::try_from(ScalingResourceType::Bandwidth)?;
/// assert_eq!(bandwidth, ScalingResourceType::Bandwidth);
/// assert!(Closed::<ScalingResourceType>::try_from("DISK").is_err());
/// # Ok::<(), otc_autoscaling::ValidationError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Closed<E>(E);

impl<E> Closed<E> {
    /// The value.
    pub fn into_inner(self) -> E {
        self.0
    }
}

impl<E> Deref for Closed<E> {
    type Target = E;

    fn deref(&self) -> &E {
        &self.0
    }
}

impl<E: PartialEq> PartialEq<E> for Closed<E> {
    fn eq(&self, other: &E) -> bool {
        self.0 == *other
    }
}

impl<E: fmt::Display> fmt::Display for Closed<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<E: Enumeration> TryFrom<String> for Closed<E> {
    type Error = ValidationError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if E::NAMES.contains(&&*text) {
            let Ok(value) = text.parse();
            return Ok(Self(value));
        }
        let names = E::NAMES.join(", ");
        let text = quoted(&text);
        Err(ValidationError::new(format!("{text} is not one of {names}")))
    }
}

super::from_strings!([E: Enumeration] Closed<E>);

impl<E: Enumeration> Serialize for Closed<E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_ref())
    }
}

impl<'de, E: Enumeration> Deserialize<'de> for Closed<E> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.try_into().map_err(de::Error::custom)
    }
}

impl<E: Enumeration> Checked for Closed<E> {}

/// The same schema as the enumeration: a schema lists only known values anyway.
#[cfg(feature = "schemars")]
impl<E: schemars::JsonSchema> schemars::JsonSchema for Closed<E> {
    fn inline_schema() -> bool {
        E::inline_schema()
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        E::schema_name()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        E::schema_id()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        E::json_schema(generator)
    }
}
