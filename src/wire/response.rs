//! Objects of a response: any JSON object is read, and serialized as it was received.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde_json::Value;

use super::body::{ResponseBody, read_json};
use super::reading::{Read, Reader, Reading, is_current};

/// What a response holds beyond its typed fields.
///
/// Holds, by key, each field that is not documented, and each value of another type than documented
/// (`"5"` for a number, `""` for a list), whose field has what could be read of it. Empty for a
/// response that is as documented. A null in a documented field counts as absent, and is not held.
#[derive(Clone, Default, PartialEq)]
pub struct Extra(BTreeMap<String, Original>);

#[derive(Clone, PartialEq)]
struct Original {
    value: Value,
    is_documented: bool,
}

impl Extra {
    /// Returns the value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key).map(|original| &original.value)
    }

    /// Returns the keys and values, sorted by key.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value)> {
        self.0.iter().map(|(key, original)| (key.as_str(), &original.value))
    }

    /// Returns whether the typed fields hold the whole response.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads a documented field. Of equal keys, the last one counts.
    pub(crate) fn read<'de, T: Reading, A: MapAccess<'de>>(
        &mut self,
        field: &mut Option<T>,
        key: &str,
        object: &mut A,
    ) -> Result<(), A::Error> {
        let Read { value, original } = object.next_value_seed(Reader::new())?;
        *field = value;
        match original {
            Some(value) => {
                drop(self.0.insert(key.to_owned(), Original { value, is_documented: true }));
            }
            None => drop(self.0.remove(key)),
        }
        Ok(())
    }

    /// Reads a field that is not documented.
    pub(crate) fn keep<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        object: &mut A,
    ) -> Result<(), A::Error> {
        let original = Original { value: object.next_value()?, is_documented: false };
        self.0.insert(key.to_owned(), original);
        Ok(())
    }

    /// Serializes a documented field: as it was received, unless it was changed since.
    pub(crate) fn write<T: Reading + PartialEq + Serialize, S: SerializeMap>(
        &self,
        field: Option<&T>,
        key: &'static str,
        object: &mut S,
    ) -> Result<(), S::Error> {
        match (self.get(key), field) {
            (Some(original), _) if is_current(original, field) => {
                object.serialize_entry(key, original)
            }
            (_, Some(value)) => object.serialize_entry(key, value),
            (_, None) => Ok(()),
        }
    }

    /// Serializes the fields that are not documented, and ends the object.
    pub(crate) fn end<S: SerializeMap>(&self, mut object: S) -> Result<S::Ok, S::Error> {
        for (key, original) in self.0.iter().filter(|(_, original)| !original.is_documented) {
            object.serialize_entry(key, &original.value)?;
        }
        object.end()
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// A struct of a response: its fields are `Option`s, and its [`Extra`] has what they can't hold.
pub trait ResponseObject: Default + PartialEq + DeserializeOwned {
    /// The name of the schema.
    const NAME: &'static str;

    fn extra_mut(&mut self) -> &mut Extra;

    /// Reads the value of a key.
    fn read_field<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        object: &mut A,
    ) -> Result<(), A::Error>;
}

/// Implements `Deserialize` of a [`ResponseObject`].
pub(crate) fn deserialize<'de, T: ResponseObject, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    struct Object<T>(PhantomData<T>);

    impl<'de, T: ResponseObject> Visitor<'de> for Object<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "an object, {}", T::NAME)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<T, A::Error> {
            let mut response = T::default();
            while let Some(Key(key)) = object.next_key()? {
                response.read_field(&key, &mut object)?;
            }
            Ok(response)
        }
    }

    deserializer.deserialize_map(Object(PhantomData))
}

/// A key, which is not allocated where it can be borrowed.
struct Key<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;

        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_str<E: Error>(self, key: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(key)))
            }

            fn visit_str<E: Error>(self, key: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(key.to_owned())))
            }
        }

        deserializer.deserialize_str(KeyVisitor)
    }
}

impl<T: ResponseObject> Reading for T {
    fn of_object<'de, A: MapAccess<'de>>(object: A) -> Result<Read<Self>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(object)).map(Read::exact)
    }
}

impl<T: ResponseObject> ResponseBody for T {
    fn read(body: &[u8]) -> Result<Self, serde_json::Error> {
        let mut response: Self = read_json(body)?;
        let extra = std::mem::take(response.extra_mut());
        // An error, say, with the status of a success.
        if response == T::default()
            && !extra.is_empty()
            && extra.0.values().all(|original| !original.is_documented)
        {
            return Err(Error::custom("no documented field is in it"));
        }
        *response.extra_mut() = extra;
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use serde::ser::{Serialize, Serializer};
    use serde_json::json;

    use super::*;

    #[derive(Clone, Debug, Default, PartialEq)]
    struct Log {
        count: Option<i64>,
        name: Option<String>,
        parts: Option<Vec<Log>>,
        extra: Extra,
    }

    impl ResponseObject for Log {
        const NAME: &'static str = "Log";

        fn extra_mut(&mut self) -> &mut Extra {
            &mut self.extra
        }

        fn read_field<'de, A: MapAccess<'de>>(
            &mut self,
            key: &str,
            object: &mut A,
        ) -> Result<(), A::Error> {
            match key {
                "count" => self.extra.read(&mut self.count, key, object),
                "name" => self.extra.read(&mut self.name, key, object),
                "parts" => self.extra.read(&mut self.parts, key, object),
                _ => self.extra.keep(key, object),
            }
        }
    }

    impl<'de> Deserialize<'de> for Log {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserialize(deserializer)
        }
    }

    impl Serialize for Log {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut object = serializer.serialize_map(None)?;
            self.extra.write(self.count.as_ref(), "count", &mut object)?;
            self.extra.write(self.name.as_ref(), "name", &mut object)?;
            self.extra.write(self.parts.as_ref(), "parts", &mut object)?;
            self.extra.end(object)
        }
    }

    fn read(value: &Value) -> Log {
        serde_json::from_str(&value.to_string()).unwrap()
    }

    #[test]
    fn response_is_serialized_as_received() {
        for received in [
            json!({"count": 1, "name": "a", "parts": [{"count": 2}]}),
            json!({"count": "1", "name": 5, "parts": ""}),
            json!({"count": [1], "name": {"a": null}, "parts": [{"count": "2"}, "odd", null]}),
            json!({"parts": [], "unknown": {"deep": [null, 1.5]}}),
            json!({}),
        ] {
            assert_eq!(serde_json::to_value(read(&received)).unwrap(), received);
        }
    }

    #[test]
    fn null_equals_absent_and_an_empty_list_does_not() {
        let log = read(&json!({"count": null, "parts": null}));
        assert_eq!(log, Log::default());
        assert_eq!(read(&json!({"parts": []})).parts, Some(Vec::new()));
    }

    #[test]
    fn unexpected_value_stays_readable() {
        let log = read(&json!({"count": "7", "name": 5, "parts": ["odd"], "new": true}));
        assert_eq!(log.count, Some(7));
        assert_eq!(log.name.as_deref(), Some("5"));
        assert_eq!(log.extra.get("parts"), Some(&json!(["odd"])));
        assert_eq!(log.extra.get("new"), Some(&json!(true)));
    }

    #[test]
    fn changed_field_is_serialized_changed() {
        let mut log = read(&json!({"count": "7", "name": 5}));
        log.count = Some(8);
        log.name = None;
        assert_eq!(serde_json::to_value(&log).unwrap(), json!({"count": 8}));
    }

    #[test]
    fn last_of_two_equal_keys_wins() {
        let log: Log = serde_json::from_str(r#"{"count": "1", "count": 2}"#).unwrap();
        assert_eq!((log.count, log.extra.is_empty()), (Some(2), true));
        let log: Log = serde_json::from_str(r#"{"count": 2, "count": null}"#).unwrap();
        assert_eq!(log, Log::default());
    }

    #[test]
    fn value_that_is_no_object_is_an_error() {
        assert!(serde_json::from_str::<Log>("[]").is_err());
        assert!(serde_json::from_str::<Log>("null").is_err());
    }

    #[test]
    fn body_without_a_documented_field_is_an_error() {
        assert!(<Log as ResponseBody>::read(br#"{"error": 1}"#).is_err());
        assert!(<Log as ResponseBody>::read(br#"{"error": 1, "count": {}}"#).is_ok());
        assert!(<Log as ResponseBody>::read(br#"{"error": 1, "parts": []}"#).is_ok());
        assert!(<Log as ResponseBody>::read(b"{}").is_ok());
    }
}
