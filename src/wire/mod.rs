//! Schemas of the document as Rust types.
//!
//! A constrained value is a generic type with a rule. `build.rs` generates the rules, types with constants, and the
//! fields of objects; this module implements them.
//!
//! * *Strict requests:* [`integer`], [`text`], [`list`], [`closed`], [`request`]. A value always satisfies its rule.
//! * *Lenient responses:* [`response`], [`reading`], [`enumeration`], [`integer_or_string`]. A value is read from any
//!   JSON, and is serialized as it was received. A field that is null is omitted.

pub(crate) mod closed;
pub(crate) mod enumeration;
pub(crate) mod integer;
pub(crate) mod integer_or_string;
pub(crate) mod list;
pub(crate) mod map;
pub(crate) mod reading;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod text;

use std::hash::Hash;

pub use closed::{Closed, Filter};
pub use enumeration::Enumeration;
pub use integer::Integer;
pub use integer_or_string::IntegerOrString;
pub use list::{Commas, List};
pub use response::Extra;
pub(crate) use response::ResponseBody;
pub use text::{Secret, Text};

/// A schema that constrains a value. Implementations are types without values, which only carry constants.
pub trait Rule: Copy + Ord + Hash + Send + Sync + 'static {
    /// The name of the schema.
    const NAME: &'static str;
}

/// Implements conversions from other strings for a type that implements `TryFrom<String>`.
macro_rules! from_strings {
    ([$($parameter:tt)*] $ty:ty) => {
        $crate::wire::from_strings! { @from [$($parameter)*] $ty: &str }
        $crate::wire::from_strings! { @from [$($parameter)*] $ty: &String }
        $crate::wire::from_strings! { @from [$($parameter)*] $ty: ::std::borrow::Cow<'_, str> }

        impl<$($parameter)*> ::std::str::FromStr for $ty {
            type Err = ValidationError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.try_into()
            }
        }
    };
    (@from [$($parameter:tt)*] $ty:ty: $string:ty) => {
        impl<$($parameter)*> TryFrom<$string> for $ty {
            type Error = ValidationError;

            fn try_from(text: $string) -> Result<Self, Self::Error> {
                String::from(text).try_into()
            }
        }
    };
}
use from_strings;

/// A schema with the keywords that have a value.
#[cfg(feature = "schemars")]
fn schema<const N: usize>(
    kind: &str,
    keywords: [(&str, Option<serde_json::Value>); N],
) -> schemars::Schema {
    let mut schema = schemars::json_schema!({ "type": kind });
    for (keyword, value) in keywords {
        if let Some(value) = value {
            schema.insert(keyword.to_owned(), value);
        }
    }
    schema
}
