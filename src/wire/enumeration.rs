//! Enumerations of strings, open to values that the document does not list.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

/// An enumeration of the document: one variant per listed value, and `Unknown`. For bounds of
/// generic code; no other type can be one.
pub trait Enumeration:
    Clone + fmt::Display + AsRef<str> + FromStr<Err = Infallible> + crate::wire::known::Sealed
{
    /// Each value that the document lists, as it stands on the wire.
    const NAMES: &'static [&'static str];
}

/// What an enum does that has a variant per value that the document lists, and `Unknown`.
macro_rules! enumeration {
    ($name:ident { $($variant:ident = $text:literal,)+ }) => {
        impl $name {
            /// The documented values.
            pub const VALUES: &'static [Self] = &[$(Self::$variant,)+];

            /// Returns the value as a string, also one that is not documented.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Unknown(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)+
                    _ => Self::Unknown(text.to_owned()),
                }
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                match text.as_str() {
                    $($text => Self::$variant,)+
                    _ => Self::Unknown(text),
                }
            }
        }

        /// Takes any text: one that the document does not list becomes `Unknown`.
        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(text.into())
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                String::deserialize(d).map(Self::from)
            }
        }

        impl $crate::wire::known::Sealed for $name {}

        impl $crate::wire::enumeration::Enumeration for $name {
            const NAMES: &'static [&'static str] = &[$($text,)+];
        }

        impl TryFrom<$name> for $crate::wire::Known<$name> {
            type Error = $crate::ValidationError;

            fn try_from(value: $name) -> Result<Self, Self::Error> {
                value.as_str().try_into()
            }
        }

        impl TryFrom<&$name> for $crate::wire::Known<$name> {
            type Error = $crate::ValidationError;

            fn try_from(value: &$name) -> Result<Self, Self::Error> {
                value.as_str().try_into()
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, text: &str) -> bool {
                self.as_str() == text
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, text: &&str) -> bool {
                self.as_str() == *text
            }
        }

        impl $crate::wire::reading::Reading for $name {
            fn of_str(text: &str) -> $crate::wire::reading::Read<Self> {
                $crate::wire::reading::Read::exact(text.into())
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

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                ::schemars::json_schema!({ "type": "string", "enum": [$($text,)+] })
            }
        }
    };
}
pub(crate) use enumeration;

#[cfg(test)]
mod tests {
    use crate::wire::Known;

    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    enum Status {
        Success,
        Fail,
        Unknown(String),
    }

    enumeration! { Status { Success = "SUCCESS", Fail = "FAIL", } }

    #[test]
    fn unknown_value_is_preserved() {
        let status: Status = serde_json::from_str(r#""PAUSED""#).unwrap();
        assert_eq!(status, Status::Unknown("PAUSED".into()));
        assert_eq!(status.to_string(), "PAUSED");
        assert_eq!(serde_json::to_string(&status).unwrap(), r#""PAUSED""#);
        assert_eq!("FAIL".parse::<Status>(), Ok(Status::Fail));
        assert_eq!(Status::VALUES, [Status::Success, Status::Fail]);
        assert_eq!(Status::Fail, "FAIL");
    }

    #[test]
    fn request_rejects_values_that_are_not_documented() {
        assert_eq!(*Known::<Status>::try_from(Status::Fail).unwrap(), Status::Fail);
        assert_eq!(*Known::<Status>::try_from("SUCCESS").unwrap(), Status::Success);
        let error = Known::<Status>::try_from(Status::Unknown("PAUSED".into())).unwrap_err();
        assert_eq!(error.to_string(), r#""PAUSED" is not one of SUCCESS, FAIL"#);
        assert!(serde_json::from_str::<Known<Status>>(r#""PAUSED""#).is_err());
    }

    #[test]
    fn unknown_variant_with_a_known_value_equals_it() {
        let known = Known::try_from(Status::Unknown("FAIL".into())).unwrap();
        assert_eq!(*known, Status::Fail);
    }
}
