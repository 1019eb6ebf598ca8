//! Objects in responses: any JSON object is read, and serialized as it was received, except for nulls in documented
//! fields, which are omitted.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde_json::Value;

use super::reading::{Read, Reader, Reading, is_current};
use crate::json;

/// The values of a response that its typed fields do not represent, by key.
///
/// These are fields that are not documented, and fields whose value does not have the documented type (`"5"` for a
/// number, `""` for a list). Where possible, the typed field also contains the converted value. A null in a documented
/// field counts as absent.
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

    /// Returns whether the typed fields represent the whole object. Nested objects have their own `extra()`.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads a documented field. The last of duplicate keys takes precedence.
    pub(crate) fn read<'de, T: Reading, A: MapAccess<'de>>(
        &mut self,
        field: &mut Option<T>,
        key: &str,
        object: &mut A,
    ) -> Result<(), A::Error> {
        let Read { value, original } = object.next_value_seed(Reader::new())?;
        *field = value;
        match original.map(|value| Original { value, is_documented: true }) {
            Some(original) => drop(self.0.insert(key.to_owned(), original)),
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

/// A key, borrowed if possible.
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

/// A type that the body of a success is read into.
pub(crate) trait ResponseBody: Default {
    fn read(body: &[u8]) -> Result<Self, serde_json::Error>;
}

/// An operation whose response has no body. A body is ignored.
impl ResponseBody for () {
    fn read(_: &[u8]) -> Result<Self, serde_json::Error> {
        Ok(())
    }
}

impl<T: ResponseObject> ResponseBody for T {
    fn read(body: &[u8]) -> Result<Self, serde_json::Error> {
        let mut response: Self = json::read(body)?;
        let extra = std::mem::take(response.extra_mut());
        // For example, an error with the status of a success.
        if response == T::default()
            && !extra.is_empty()
            && extra.0.values().all(|original| !original.is_documented)
        {
            return Err(Error::custom("no documented field has a value"));
        }
        *response.extra_mut() = extra;
        Ok(response)
    }
}
