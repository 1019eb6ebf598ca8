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
