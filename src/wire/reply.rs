//! Objects that a reply brings: whatever comes is read, and goes back out as it came.

use std::collections::BTreeMap;

use serde_json::Value;

/// What a reply said beyond its typed fields.
///
/// It holds, by key, each field that the document does not know, and each value that came in
/// another shape than documented (`"5"` for a number, `""` for a list): where such a value can be
/// read, its field holds the reading. It is empty for a reply that is as documented. A null in a
/// documented field counts as absent, and is not held.
#[derive(Clone, Default, PartialEq)]
pub struct Extra(BTreeMap<String, Value>);

impl std::fmt::Debug for Extra {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Extra {
    /// The value of a key, as JSON.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    /// The keys and values, in the order of the keys.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// Whether everything that came is in the typed fields.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Holds the value of a key, in place of one that came earlier in the same object.
    pub(crate) fn set(&mut self, key: &str, value: Option<Value>) {
        match value {
            Some(value) => drop(self.0.insert(key.to_owned(), value)),
            None => drop(self.0.remove(key)),
        }
    }
}

/// `Serialize`, `Deserialize` and `JsonSchema` of a struct that a reply brings: its fields are
/// `Option`s, and `extra` beside them holds what they can't. What a field is said to be, `nullable`
/// or `required`, is for the schema only: any field may come as null, or not at all.
macro_rules! reply {
    ($name:ident { $($field:ident: $key:literal $([$($said:ident)*])?,)* }) => {
        impl $name {
            /// What came beyond the typed fields: unknown keys, and values in another shape than
            /// documented.
            #[must_use]
            pub fn extra(&self) -> &$crate::wire::Extra {
                &self.extra
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                let mut object = s.serialize_map(None)?;
                $(match self.extra.get($key) {
                    // The field may have been changed since: then what came is out of date.
                    Some(came) if $crate::wire::reading::still_says(came, self.$field.as_ref()) => {
                        ::serde::ser::SerializeMap::serialize_entry(&mut object, $key, came)?;
                    }
                    _ => {
                        if let Some(value) = &self.$field {
                            ::serde::ser::SerializeMap::serialize_entry(&mut object, $key, value)?;
                        }
                    }
                })*
                for (key, value) in self.extra.iter() {
                    if !matches!(key, $($key)|*) {
                        ::serde::ser::SerializeMap::serialize_entry(&mut object, key, value)?;
                    }
                }
                ::serde::ser::SerializeMap::end(object)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                struct ObjectVisitor;

                impl<'de> ::serde::de::Visitor<'de> for ObjectVisitor {
                    type Value = $name;

                    fn expecting(
                        &self,
                        f: &mut ::std::fmt::Formatter<'_>,
                    ) -> ::std::fmt::Result {
                        f.write_str(concat!("an object, ", stringify!($name)))
                    }

                    fn visit_map<A: ::serde::de::MapAccess<'de>>(
                        self,
                        mut object: A,
                    ) -> Result<$name, A::Error> {
                        $crate::wire::object::keys! { Key { $($field: $key,)* } }

                        let mut reply = $name::default();
                        // By a name that no property has: it would stand for a variant.
                        while let Some(__key) = object.next_key()? {
                            match __key {
                                $(Key::$field => {
                                    let seed = $crate::wire::reading::Reader::new();
                                    let read = object.next_value_seed(seed)?;
                                    reply.$field = read.value;
                                    reply.extra.set($key, read.original);
                                })*
                                Key::Other(key) => {
                                    reply.extra.set(&key, Some(object.next_value()?));
                                }
                            }
                        }
                        Ok(reply)
                    }
                }

                d.deserialize_map(ObjectVisitor)
            }
        }

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                use $crate::wire::object::schema;

                let mut required = Vec::new();
                let properties = [$({
                    let said: &[&str] = &[$($(stringify!($said),)*)?];
                    if said.contains(&"required") {
                        required.push($key);
                    }
                    let nullable = said.contains(&"nullable");
                    ($key, schema::optional(|s: &Self| &s.$field, nullable, generator))
                },)*];
                schema::object(properties, &required, true)
            }
        }

        impl $crate::wire::ReplyBody for $name {
            fn read(body: &[u8]) -> Result<Self, ::serde_json::Error> {
                let reply: Self = $crate::wire::read_json(body)?;
                // An error, say, that came with the status of a success.
                let knows_any = [$($key),*].is_empty()
                    $(|| reply.$field.is_some() || reply.extra.get($key).is_some())*;
                if !knows_any && !reply.extra.is_empty() {
                    return Err(::serde::de::Error::custom("no documented field is in it"));
                }
                Ok(reply)
            }
        }

        impl $crate::wire::reading::Reading for $name {
            fn of_object<'de, A: ::serde::de::MapAccess<'de>>(
                object: A,
            ) -> Result<$crate::wire::reading::Read<Self>, A::Error> {
                let object = ::serde::de::value::MapAccessDeserializer::new(object);
                ::serde::Deserialize::deserialize(object).map($crate::wire::reading::Read::exact)
            }
        }
    };
}
pub(crate) use reply;

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Extra;

    #[derive(Clone, Debug, Default, PartialEq)]
    struct Log {
        count: Option<i64>,
        name: Option<String>,
        parts: Option<Vec<Log>>,
        extra: Extra,
    }

    reply! { Log { count: "count", name: "name", parts: "parts", } }

    fn read(value: &Value) -> Log {
        serde_json::from_str(&value.to_string()).unwrap()
    }

    #[test]
    fn response_is_serialized_as_received() {
        for came in [
            json!({"count": 1, "name": "a", "parts": [{"count": 2}]}),
            json!({"count": "1", "name": 5, "parts": ""}),
            json!({"count": [1], "name": {"a": null}, "parts": [{"count": "2"}, "odd", null]}),
            json!({"parts": [], "unknown": {"deep": [null, 1.5]}}),
            json!({}),
        ] {
            assert_eq!(serde_json::to_value(read(&came)).unwrap(), came);
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
        assert_eq!(log.extra().get("parts"), Some(&json!(["odd"])));
        assert_eq!(log.extra().get("new"), Some(&json!(true)));
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
}
