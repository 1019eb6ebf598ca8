//! Objects whose keys the document does not name.

/// A newtype over a map from names to values of one type. Reads like a map.
macro_rules! map {
    ($(#[$meta:meta])* $name:ident of $value:ty) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $name(::std::collections::BTreeMap<String, $value>);

        impl From<::std::collections::BTreeMap<String, $value>> for $name {
            fn from(entries: ::std::collections::BTreeMap<String, $value>) -> Self {
                Self(entries)
            }
        }

        impl From<$name> for ::std::collections::BTreeMap<String, $value> {
            fn from(map: $name) -> Self {
                map.0
            }
        }

        impl<K: Into<String>, V: Into<$value>> FromIterator<(K, V)> for $name {
            fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
                Self(entries.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
            }
        }

        impl ::std::ops::Deref for $name {
            type Target = ::std::collections::BTreeMap<String, $value>;

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }

        impl<'a> IntoIterator for &'a $name {
            type Item = (&'a String, &'a $value);
            type IntoIter = ::std::collections::btree_map::Iter<'a, String, $value>;

            fn into_iter(self) -> Self::IntoIter {
                self.0.iter()
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(s)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                ::serde::Deserialize::deserialize(d).map(Self)
            }
        }

        impl $crate::wire::reading::Reading for $name {
            fn of_object<'de, A: ::serde::de::MapAccess<'de>>(
                object: A,
            ) -> Result<$crate::wire::reading::Read<Self>, A::Error> {
                let read = $crate::wire::map::read::<$value, A>(object)?;
                Ok($crate::wire::reading::Read {
                    value: read.value.map(Self),
                    original: read.original,
                })
            }
        }

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                <::std::collections::BTreeMap<String, $value> as ::schemars::JsonSchema>::json_schema(
                    generator,
                )
            }
        }
    };
}
pub(crate) use map;

use std::collections::BTreeMap;

use serde::de::{Error, MapAccess};
use serde_json::{Map, Value};

use super::reading::{Read, Reader, Reading};

/// Entries that can be read make up the value; when one was no exact reading, the whole object is
/// kept as it came.
pub(crate) fn read<'de, T, A>(mut object: A) -> Result<Read<BTreeMap<String, T>>, A::Error>
where
    T: Reading + serde::Serialize,
    A: MapAccess<'de>,
{
    let mut entries = BTreeMap::new();
    let mut odd = Map::new();
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

#[cfg(test)]
mod tests {
    use serde::de::DeserializeSeed;
    use serde_json::json;

    use super::*;

    map! { Metadata of String }

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
