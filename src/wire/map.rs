//! Maps: a [`BTreeMap`], whose entries are checked in a request, and read leniently in a response.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::{DeserializeOwned, Error, MapAccess};
use serde_json::Value;

use super::reading::{Read, Reader, Reading};
use super::request::Checked;
use crate::validation::{ValidationError, Violations};

impl<T: Checked + DeserializeOwned> Checked for BTreeMap<String, T> {
    fn check(value: Value) -> Result<Self, ValidationError> {
        let Value::Object(entries) = value else {
            return Err(ValidationError::new("is not an object"));
        };
        let (mut map, mut violations) = (Self::new(), Violations::default());
        for (key, value) in entries {
            match T::check(value) {
                Ok(value) => drop(map.insert(key, value)),
                Err(error) => violations.add(error.at(&key)),
            }
        }
        violations.or(map)
    }
}

/// Entries that can be read make up the value; when one was not exact, the whole object is kept as it
/// was received.
impl<T: Reading + Serialize> Reading for BTreeMap<String, T> {
    fn of_object<'de, A: MapAccess<'de>>(mut object: A) -> Result<Read<Self>, A::Error> {
        let mut entries = Self::new();
        let mut odd = serde_json::Map::new();
        while let Some(key) = object.next_key::<String>()? {
            let read = object.next_value_seed(Reader::<T>::new())?;
            // Of equal keys, the last one counts.
            entries.remove(&key);
            odd.remove(&key);
            match read {
                Read { value: Some(value), original: None } => {
                    entries.insert(key, value);
                }
                Read { value, original } => {
                    odd.insert(key.clone(), original.unwrap_or(Value::Null));
                    entries.extend(value.map(|value| (key, value)));
                }
            }
        }
        if odd.is_empty() {
            return Ok(Read::exact(entries));
        }
        for (key, value) in &entries {
            if !odd.contains_key(key) {
                let value = serde_json::to_value(value).map_err(A::Error::custom)?;
                odd.insert(key.clone(), value);
            }
        }
        Ok(Read::otherwise(Some(entries), odd))
    }
}
