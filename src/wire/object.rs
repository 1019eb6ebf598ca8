//! What reading a request and reading a reply have in common: the keys of an object.

/// An enum with one variant per documented key, and `Other` for any other key, told apart while
/// reading: no key is allocated unless it is an unknown one.
macro_rules! keys {
    ($keys:ident { $($field:ident: $key:literal,)* }) => {
        #[allow(non_camel_case_types, reason = "each variant is named as its field")]
        enum $keys {
            $($field,)*
            Other(String),
        }

        impl<'de> ::serde::Deserialize<'de> for $keys {
            fn deserialize<D: ::serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                struct KeyVisitor;

                impl ::serde::de::Visitor<'_> for KeyVisitor {
                    type Value = $keys;

                    fn expecting(
                        &self,
                        f: &mut ::std::fmt::Formatter<'_>,
                    ) -> ::std::fmt::Result {
                        f.write_str("a key")
                    }

                    fn visit_str<E: ::serde::de::Error>(self, key: &str) -> Result<$keys, E> {
                        Ok(match key {
                            $($key => $keys::$field,)*
                            _ => $keys::Other(key.to_owned()),
                        })
                    }
                }

                d.deserialize_identifier(KeyVisitor)
            }
        }
    };
}
pub(crate) use keys;

/// What the schema of an object is put together from: the types of its fields, as they are.
#[cfg(feature = "schemars")]
pub(crate) mod schema {
    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
    use serde_json::{Value, json};

    /// A property: the schema of a field's type, told by the function that gets the field.
    pub(crate) fn optional<S, T: JsonSchema>(
        _: fn(&S) -> &Option<T>,
        nullable: bool,
        generator: &mut SchemaGenerator,
    ) -> Value {
        let schema = if nullable {
            generator.subschema_for::<Option<T>>()
        } else {
            generator.subschema_for::<T>()
        };
        schema.to_value()
    }

    /// As [`optional`], for a field that has no `Option`.
    pub(crate) fn required<S, T: JsonSchema>(
        _: fn(&S) -> &T,
        generator: &mut SchemaGenerator,
    ) -> Value {
        generator.subschema_for::<T>().to_value()
    }

    pub(crate) fn object<const N: usize>(
        properties: [(&str, Value); N],
        required: &[&str],
        admits_more: bool,
    ) -> Schema {
        let properties: serde_json::Map<String, Value> =
            properties.into_iter().map(|(key, schema)| (key.to_owned(), schema)).collect();
        let mut schema = json_schema!({ "type": "object", "properties": properties });
        if !required.is_empty() {
            schema.insert("required".to_owned(), json!(required));
        }
        if !admits_more {
            schema.insert("additionalProperties".to_owned(), json!(false));
        }
        schema
    }
}
