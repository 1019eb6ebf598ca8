//! Objects that a request sends: what the caller set and nothing else, and no key that the
//! document does not know.

use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error};

/// Reads a value, and names its field when it is refused.
pub(crate) struct Named<T> {
    field: &'static str,
    of: PhantomData<T>,
}

impl<T> Named<T> {
    pub(crate) fn new(field: &'static str) -> Self {
        Self { field, of: PhantomData }
    }
}

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Named<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        let field = self.field;
        T::deserialize(deserializer).map_err(|error| {
            let error = error.to_string();
            // An item of a list is named by its index already.
            let join = if error.starts_with('[') { "" } else { ": " };
            D::Error::custom(format!("{field}{join}{error}"))
        })
    }
}

/// `Deserialize` and `JsonSchema` of a struct that a request sends. Its optional fields
/// are `Option`s: `None` is not sent. A null is taken as absent.
macro_rules! request {
    (
        $name:ident {
            required: { $($required:ident: $required_key:literal,)* },
            optional: { $($optional:ident: $optional_key:literal,)* }
        }
    ) => {
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                $crate::wire::object::keys! { Key {
                    $($required: $required_key,)* $($optional: $optional_key,)*
                } }

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
                        $(let mut $required = None;)*
                        $(let mut $optional = None;)*
                        // By a name that no property has: it would stand for a variant.
                        while let Some(__key) = object.next_key()? {
                            match __key {
                                $(Key::$required => {
                                    if $required.is_some() {
                                        let twice = ::serde::de::Error::duplicate_field;
                                        return Err(twice($required_key));
                                    }
                                    let seed = $crate::wire::request::Named::new($required_key);
                                    $required = Some(object.next_value_seed(seed)?);
                                })*
                                $(Key::$optional => {
                                    if $optional.is_some() {
                                        let twice = ::serde::de::Error::duplicate_field;
                                        return Err(twice($optional_key));
                                    }
                                    let seed = $crate::wire::request::Named::new($optional_key);
                                    $optional = Some(object.next_value_seed(seed)?);
                                })*
                                Key::Other(key) => {
                                    let known = &[$($required_key,)* $($optional_key,)*];
                                    return Err(::serde::de::Error::unknown_field(&key, known));
                                }
                            }
                        }
                        Ok($name {
                            $($required: $required.ok_or_else(|| {
                                ::serde::de::Error::missing_field($required_key)
                            })?,)*
                            $($optional: $optional.flatten(),)*
                        })
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

                let properties = [
                    $(($required_key, schema::required(|s: &Self| &s.$required, generator)),)*
                    $(($optional_key, schema::optional(|s: &Self| &s.$optional, false, generator)),)*
                ];
                schema::object(properties, &[$($required_key,)*], false)
            }
        }
    };
}
pub(crate) use request;

#[cfg(test)]
mod tests {
    use crate::wire::integer::{Integer, IntegerRule};
    use crate::wire::rule;

    rule!(SecondsRule);
    impl IntegerRule for SecondsRule {
        const MINIMUM: Option<i64> = Some(0);
        const MAXIMUM: Option<i64> = Some(60);
        const UNIT: Option<&'static str> = Some("seconds");
    }
    type Seconds = Integer<SecondsRule>;

    #[derive(Debug, PartialEq, serde::Serialize)]
    struct Pause {
        id: String,
        #[serde(rename = "the_length", skip_serializing_if = "Option::is_none")]
        length: Option<Seconds>,
    }

    request! { Pause { required: { id: "id", }, optional: { length: "the_length", } } }

    fn read(text: &str) -> Result<Pause, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn zero_is_serialized_and_unset_is_not() {
        let mut pause = read(r#"{"id": "a", "the_length": 0}"#).unwrap();
        assert_eq!(serde_json::to_string(&pause).unwrap(), r#"{"id":"a","the_length":0}"#);
        pause.length = None;
        assert_eq!(serde_json::to_string(&pause).unwrap(), r#"{"id":"a"}"#);
    }

    #[test]
    fn invalid_field_is_rejected_by_name() {
        let refused = |text: &str| read(text).unwrap_err();
        assert!(
            refused(r#"{"id": "a", "the_length": 61}"#)
                .starts_with("the_length: 61 is not within 0..=60 seconds")
        );
        assert!(refused(r#"{"the_length": 1}"#).starts_with("missing field `id`"));
        assert!(refused(r#"{"id": "a", "length": 1}"#).starts_with("unknown field `length`"));
        let twice = r#"{"id": "a", "the_length": 1, "the_length": 2}"#;
        assert!(refused(twice).starts_with("duplicate field `the_length`"));
        assert!(refused("[]").contains("expected an object, Pause"));
    }
}
