//! Enums of strings with unknown values.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

/// An enum of the OpenAPI document, with one variant for each documented value. A sealed trait for generic code.
pub trait Enumeration:
    Clone + fmt::Display + AsRef<str> + FromStr<Err = Infallible> + crate::wire::closed::Sealed
{
    /// The documented values on the wire.
    const NAMES: &'static [&'static str];
}

/// The conversions of an enum with a variant for each documented value, and `Unknown`.
macro_rules! enumeration {
    ($name:ident { $($variant:ident = $text:literal,)+ }) => {
        impl $name {
            /// The documented values.
            pub const VALUES: &'static [Self] = &[$(Self::$variant,)+];

            /// Returns the value as it is sent on the wire, even if it is undocumented.
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
                text.as_str().into()
            }
        }

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

        impl $crate::wire::closed::Sealed for $name {}

        impl $crate::wire::enumeration::Enumeration for $name {
            const NAMES: &'static [&'static str] = &[$($text,)+];
        }

        impl<const OPEN: bool> TryFrom<$name> for $crate::wire::Closed<$name, OPEN> {
            type Error = $crate::ValidationError;

            fn try_from(value: $name) -> Result<Self, Self::Error> {
                Self::of(value)
            }
        }

        impl<const OPEN: bool> TryFrom<&$name> for $crate::wire::Closed<$name, OPEN> {
            type Error = $crate::ValidationError;

            fn try_from(value: &$name) -> Result<Self, Self::Error> {
                Self::of(value.clone())
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
