//! Objects in requests, with documented fields only.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{
    Deserialize, DeserializeOwned, Deserializer, Error, MapAccess, SeqAccess, Visitor,
};
use serde_json::Value;

use crate::validation::{ValidationError, Violations};

/// The type of a field of a request. Conversion from JSON reports all violations.
pub(crate) trait Checked: DeserializeOwned {
    fn check(value: Value) -> Result<Self, ValidationError> {
        Self::deserialize(value).map_err(|error| ValidationError::new(error.to_string()))
    }
}

impl Checked for String {}
impl Checked for i64 {}
impl Checked for f64 {}
impl Checked for bool {}
impl Checked for Value {}

/// Null is rejected. An absent field is omitted.
impl<T: Checked> Checked for Option<T> {
    fn check(value: Value) -> Result<Self, ValidationError> {
        match value {
            Value::Null => Err(ValidationError::new("null is not supported: omit the field")),
            value => T::check(value).map(Some),
        }
    }
}

/// A struct of a request with a builder.
pub(crate) trait RequestObject: DeserializeOwned {
    type Builder: Default + TryInto<Self, Error = ValidationError>;

    /// The name of the schema.
    const NAME: &'static str;
    /// The keys of the documented fields.
    const FIELDS: &'static [&'static str];

    /// Sets the field with a key, and returns whether it exists.
    fn set(builder: &mut Self::Builder, key: &str, value: Value) -> bool;
}

/// Sets a field of a builder.
pub(crate) fn set<T: Checked>(
    field: &mut Result<T, ValidationError>,
    key: &str,
    value: Value,
) -> bool {
    *field = T::check(value).map_err(|error| error.at(key));
    true
}

/// Sets a nullable field.
#[allow(dead_code, reason = "the document decides whether there is one")]
pub(crate) fn set_nullable<T: Checked, U>(
    field: &mut Result<U, ValidationError>,
    wrap: fn(Option<T>) -> U,
    key: &str,
    value: Value,
) -> bool {
    let value = if value.is_null() { Ok(None) } else { T::check(value).map(Some) };
    *field = value.map(wrap).map_err(|error| error.at(key));
    true
}

/// Sets an additional field.
#[allow(dead_code, reason = "the document decides whether there is one")]
pub(crate) fn set_additional<T: Checked>(
    fields: &mut Result<BTreeMap<String, T>, ValidationError>,
    key: &str,
    value: Value,
) -> bool {
    match (T::check(value).map_err(|error| error.at(key)), fields) {
        (Ok(value), Ok(fields)) => drop(fields.insert(key.to_owned(), value)),
        (Ok(_), Err(_)) => {}
        (Err(error), fields @ Ok(_)) => *fields = Err(error),
        (Err(error), Err(errors)) => errors.extend(error),
    }
    true
}

impl<T: RequestObject> Checked for T {
    fn check(value: Value) -> Result<Self, ValidationError> {
        let Value::Object(fields) = value else {
            return Err(ValidationError::new(format!(
                "not an object: use the fields of {}",
                T::NAME
            )));
        };
        let (mut builder, mut violations) = (T::Builder::default(), Violations::default());
        for (key, value) in fields {
            if !T::set(&mut builder, &key, value) {
                let fields = T::FIELDS.join(", ");
                let rule = format!("unknown field: {} has {fields}", T::NAME);
                violations.add(ValidationError::new(rule).at(&key));
            }
        }
        match builder.try_into() {
            Ok(object) => violations.or(object),
            Err(error) => {
                violations.add(error);
                Err(violations.into_error())
            }
        }
    }
}

/// Implements `Deserialize` of a [`RequestObject`].
pub(crate) fn deserialize<'de, T: RequestObject, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    T::check(Unique::deserialize(deserializer)?.0).map_err(D::Error::custom)
}

/// JSON without duplicate keys.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Unique;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON")
            }

            fn visit_bool<E>(self, value: bool) -> Result<Unique, E> {
                Ok(Unique(value.into()))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Unique, E> {
                Ok(Unique(value.into()))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Unique, E> {
                Ok(Unique(value.into()))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Unique, E> {
                Ok(Unique(value.into()))
            }

            fn visit_str<E>(self, value: &str) -> Result<Unique, E> {
                Ok(Unique(value.into()))
            }

            fn visit_unit<E>(self) -> Result<Unique, E> {
                Ok(Unique(Value::Null))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Unique, A::Error> {
                let mut list = Vec::new();
                while let Some(Unique(item)) = items.next_element()? {
                    list.push(item);
                }
                Ok(Unique(list.into()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Unique, A::Error> {
                let mut fields = serde_json::Map::new();
                while let Some((key, Unique(value))) = object.next_entry::<String, Unique>()? {
                    // The representation of numbers by serde_json with `arbitrary_precision`.
                    if let ("$serde_json::private::Number", Some(digits)) = (&*key, value.as_str())
                    {
                        let number = serde_json::from_str(digits).map_err(A::Error::custom)?;
                        return Ok(Unique(Value::Number(number)));
                    }
                    if fields.contains_key(&key) {
                        return Err(A::Error::custom(format!("{key}: is given twice")));
                    }
                    fields.insert(key, value);
                }
                Ok(Unique(fields.into()))
            }
        }

        deserializer.deserialize_any(Any)
    }
}
