//! Objects whose keys the document does not name.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use serde::de::{Deserialize, Deserializer, Error, MapAccess};
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::Rule;
use super::reading::{Read, Reader, Reading};
use super::request::Checked;
use crate::validation::{ValidationError, Violations};

/// A map from names to values of one type. Reads like a [`BTreeMap`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Map<R, T>(BTreeMap<String, T>, PhantomData<R>);

impl<R, T> Default for Map<R, T> {
    fn default() -> Self {
        BTreeMap::new().into()
    }
}

impl<R, T> From<BTreeMap<String, T>> for Map<R, T> {
    fn from(entries: BTreeMap<String, T>) -> Self {
        Self(entries, PhantomData)
    }
}

impl<R, T> From<Map<R, T>> for BTreeMap<String, T> {
    fn from(map: Map<R, T>) -> Self {
        map.0
    }
}

impl<R, T, K: Into<String>, V: Into<T>> Extend<(K, V)> for Map<R, T> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        self.0.extend(entries.into_iter().map(|(key, value)| (key.into(), value.into())));
    }
}

impl<R, T, K: Into<String>, V: Into<T>> FromIterator<(K, V)> for Map<R, T> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::default();
        map.extend(entries);
        map
    }
}

impl<R, T, K: Into<String>, V, const N: usize> TryFrom<[(K, V); N]> for Map<R, T>
where
    V: TryInto<T>,
    V::Error: Into<ValidationError>,
{
    type Error = ValidationError;

    fn try_from(entries: [(K, V); N]) -> Result<Self, Self::Error> {
        Vec::from(entries).try_into()
    }
}

impl<R, T, K: Into<String>, V> TryFrom<Vec<(K, V)>> for Map<R, T>
where
    V: TryInto<T>,
    V::Error: Into<ValidationError>,
{
    type Error = ValidationError;

    fn try_from(entries: Vec<(K, V)>) -> Result<Self, Self::Error> {
        let entries = entries.into_iter();
        collect(entries.map(|(key, value)| (key.into(), value.try_into().map_err(Into::into))))
    }
}

/// Collects entries that are made, or rejected; a rejected one is named by its key.
fn collect<R, T>(
    entries: impl Iterator<Item = (String, Result<T, ValidationError>)>,
) -> Result<Map<R, T>, ValidationError> {
    let (mut map, mut violations) = (Map::default(), Violations::default());
    for (key, value) in entries {
        match value {
            Ok(value) => drop(map.0.insert(key, value)),
            Err(error) => violations.add(error.at(&key)),
        }
    }
    if violations.is_empty() { Ok(map) } else { Err(violations.into_error()) }
}

impl<R, T> Deref for Map<R, T> {
    type Target = BTreeMap<String, T>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<R, T> IntoIterator for Map<R, T> {
    type Item = (String, T);
    type IntoIter = std::collections::btree_map::IntoIter<String, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, R, T> IntoIterator for &'a Map<R, T> {
    type Item = (&'a String, &'a T);
    type IntoIter = std::collections::btree_map::Iter<'a, String, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<R: Rule, T: fmt::Debug> fmt::Debug for Map<R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple(R::NAME).field(&self.0).finish()
    }
}

impl<R, T: Serialize> Serialize for Map<R, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, R, T: Deserialize<'de>> Deserialize<'de> for Map<R, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        BTreeMap::deserialize(deserializer).map(Into::into)
    }
}

impl<R: Rule, T: Checked> Checked for Map<R, T> {
    fn check(value: Value) -> Result<Self, ValidationError> {
        match value {
            Value::Object(entries) => {
                collect(entries.into_iter().map(|(key, value)| (key, T::check(value))))
            }
            _ => Err(ValidationError::new("is not an object")),
        }
    }
}

/// Entries that can be read make up the value; when one was no exact reading, the whole object is
/// kept as it came.
impl<R, T: Reading + Serialize> Reading for Map<R, T> {
    fn of_object<'de, A: MapAccess<'de>>(mut object: A) -> Result<Read<Self>, A::Error> {
        let mut entries = BTreeMap::new();
        let mut odd = serde_json::Map::new();
        while let Some(key) = object.next_key::<String>()? {
            let read = object.next_value_seed(Reader::<T>::new())?;
            // A key that comes twice counts once, as its last value.
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
            return Ok(Read::exact(entries.into()));
        }
        for (key, value) in &entries {
            if !odd.contains_key(key) {
                let value = serde_json::to_value(value).map_err(A::Error::custom)?;
                odd.insert(key.clone(), value);
            }
        }
        Ok(Read::otherwise(Some(entries.into()), odd))
    }
}

#[cfg(feature = "schemars")]
impl<R: Rule, T: schemars::JsonSchema> schemars::JsonSchema for Map<R, T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        R::NAME.into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        <BTreeMap<String, T>>::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeSeed;
    use serde_json::json;

    use super::*;

    crate::wire::rule!(MetadataRule);
    type Metadata = Map<MetadataRule, String>;

    #[test]
    fn unexpected_entries_are_preserved() {
        let came = json!({"a": "x", "b": 5, "c": null});
        let read: Read<Metadata> = Reader::new().deserialize(&came).unwrap();
        let expected: Metadata = [("a", "x"), ("b", "5")].into_iter().collect();
        assert_eq!(read.value, Some(expected));
        assert_eq!(read.original, Some(came));
    }

    #[test]
    fn string_entries_are_read_without_originals() {
        let read: Read<Metadata> = Reader::new().deserialize(&json!({"a": "x"})).unwrap();
        assert_eq!(read.value.unwrap()["a"], "x");
        assert_eq!(read.original, None);
    }
}
