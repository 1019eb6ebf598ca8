//! A value that the service sends now as a number, now as a string.

/// An enum of the two, and which of them came.
macro_rules! integer_or_string {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            /// Sent as a JSON number.
            Integer(i64),
            /// Sent as a JSON string.
            String(String),
        }

        impl $name {
            /// The number, also where it was spelled as a string; `None` when it is no number.
            #[must_use]
            pub fn as_i64(&self) -> Option<i64> {
                match self {
                    Self::Integer(value) => Some(*value),
                    Self::String(text) => text.trim().parse().ok(),
                }
            }
        }

        impl From<i64> for $name {
            fn from(value: i64) -> Self {
                Self::Integer(value)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::String(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::String(text)
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self {
                    Self::Integer(value) => value.fmt(f),
                    Self::String(text) => text.fmt(f),
                }
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                match self {
                    Self::Integer(value) => s.serialize_i64(*value),
                    Self::String(text) => s.serialize_str(text),
                }
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let read = ::serde::de::DeserializeSeed::deserialize(
                    $crate::wire::reading::Reader::<Self>::new(),
                    d,
                )?;
                match read {
                    $crate::wire::reading::Read { value: Some(value), original: None } => Ok(value),
                    _ => Err(::serde::de::Error::custom("neither an integer nor a string")),
                }
            }
        }

        impl $crate::wire::reading::Reading for $name {
            fn of_str(text: &str) -> $crate::wire::reading::Read<Self> {
                $crate::wire::reading::Read::exact(text.into())
            }

            fn of_integer(value: i64) -> $crate::wire::reading::Read<Self> {
                $crate::wire::reading::Read::exact(value.into())
            }

            fn of_text_of(text: String) -> Option<Self> {
                Some(text.into())
            }
        }

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                let integer = generator.subschema_for::<i64>();
                let string = generator.subschema_for::<String>();
                ::schemars::json_schema!({ "oneOf": [integer, string] })
            }
        }
    };
}
pub(crate) use integer_or_string;

#[cfg(test)]
mod tests {
    integer_or_string! { Either }

    #[test]
    fn spelling_as_number_or_string_is_preserved() {
        for (text, number) in [("0", Some(0)), (r#""0""#, Some(0)), (r#""x""#, None)] {
            let either: Either = serde_json::from_str(text).unwrap();
            assert_eq!(either.as_i64(), number);
            assert_eq!(serde_json::to_string(&either).unwrap(), text);
        }
        assert_eq!(Either::from(7).to_string(), Either::from("7").to_string());
        assert!(serde_json::from_str::<Either>("[]").is_err());
        assert!(serde_json::from_str::<Either>("1.5").is_err());
    }
}
