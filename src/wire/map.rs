//! Maps, which are validated in requests, and read leniently in responses.

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
            return Err(ValidationError::new("not an object"));
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

/// Contains the entries that can be read. If one is converted, the original object is kept as well.
impl<T: Reading + Serialize> Reading for BTreeMap<String, T> {
    fn of_object<'de, A: MapAccess<'de>>(mut object: A) -> Result<Read<Self>, A::Error> {
        let mut entries = Self::new();
        let mut originals = serde_json::Map::new();
        while let Some(key) = object.next_key::<String>()? {
            let read = object.next_value_seed(Reader::<T>::new())?;
            // The last of duplicate keys takes precedence.
            entries.remove(&key);
            originals.remove(&key);
            match read {
                Read { value: Some(value), original: None } => {
                    entries.insert(key, value);
                }
                Read { value, original } => {
                    originals.insert(key.clone(), original.unwrap_or(Value::Null));
                    entries.extend(value.map(|value| (key, value)));
                }
            }
        }
        if originals.is_empty() {
            return Ok(Read::exact(entries));
        }
        for (key, value) in &entries {
            if !originals.contains_key(key) {
                let value = serde_json::to_value(value).map_err(A::Error::custom)?;
                originals.insert(key.clone(), value);
            }
        }
        Ok(Read::otherwise(Some(entries), originals))
    }
}
