//! Enums in requests.

use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::enumeration::Enumeration;
use super::request::Checked;
use crate::validation::{ValidationError, quoted};

/// Seals [`Enumeration`].
pub trait Sealed {}

/// An enum value that the OpenAPI document lists.
///
/// `TryFrom` converts a variant of the enum or a string, and setters do so as well:
///
/// ```
/// use otc_autoscaling::types::{Closed, ScalingResourceType};
///
/// let bandwidth: Closed<_> = ScalingResourceType::Bandwidth.try_into()?;
/// assert_eq!(bandwidth, ScalingResourceType::Bandwidth);
/// let disk: Result<Closed<ScalingResourceType>, _> = "DISK".try_into();
/// assert!(disk.is_err());
/// # Ok::<(), otc_autoscaling::ValidationError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Closed<E, const OPEN: bool = false>(E);

/// An enum value of a query: one that the OpenAPI document lists, or an unknown value from a response.
///
/// ```
/// use otc_autoscaling::types::{Filter, ScalingActivityStatus};
///
/// let of_response = ScalingActivityStatus::from("PAUSED");
/// assert_eq!(Filter::try_from(of_response)?.as_str(), "PAUSED");
/// assert!(Filter::<ScalingActivityStatus>::try_from("SUCESS").is_err());
/// # Ok::<(), otc_autoscaling::ValidationError>(())
/// ```
pub type Filter<E> = Closed<E, true>;

impl<E, const OPEN: bool> Closed<E, OPEN> {
    pub(crate) fn of(value: E) -> Result<Self, ValidationError>
    where
        E: Enumeration,
    {
        if OPEN { Ok(Self(value)) } else { value.as_ref().try_into() }
    }

    /// Returns the value.
    pub fn into_inner(self) -> E {
        self.0
    }
}

impl<E, const OPEN: bool> Deref for Closed<E, OPEN> {
    type Target = E;

    fn deref(&self) -> &E {
        &self.0
    }
}

impl<E: PartialEq, const OPEN: bool> PartialEq<E> for Closed<E, OPEN> {
    fn eq(&self, other: &E) -> bool {
        self.0 == *other
    }
}

impl<E: fmt::Display, const OPEN: bool> fmt::Display for Closed<E, OPEN> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<E: Enumeration, const OPEN: bool> TryFrom<String> for Closed<E, OPEN> {
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

super::from_strings!([E: Enumeration, const OPEN: bool] Closed<E, OPEN>);

impl<E: Enumeration, const OPEN: bool> Serialize for Closed<E, OPEN> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_ref())
    }
}

impl<'de, E: Enumeration, const OPEN: bool> Deserialize<'de> for Closed<E, OPEN> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.try_into().map_err(de::Error::custom)
    }
}

impl<E: Enumeration, const OPEN: bool> Checked for Closed<E, OPEN> {}

/// The schema of the enum, which lists known values.
#[cfg(feature = "schemars")]
impl<E: schemars::JsonSchema, const OPEN: bool> schemars::JsonSchema for Closed<E, OPEN> {
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
