//! The values on the wire: what the document says of a schema, as Rust types.
//!
//! A constrained value is a generic type with a rule: `build.rs` reads the document and writes the
//! rules, as types with constants, and the fields of objects; the behaviour stands here.
//!
//! * *Strict in requests:* [`integer`], [`text`], [`list`], [`known`], [`request`].
//!   Such a value can't hold what the document forbids, however it was made.
//! * *Lenient in responses:* [`response`], [`reading`], [`enumeration`], [`integer_or_string`].
//!   Such a value takes any JSON, stays readable, and is serialized as it was received.

pub(crate) mod body;
pub(crate) mod enumeration;
pub(crate) mod integer;
pub(crate) mod integer_or_string;
pub(crate) mod known;
pub(crate) mod list;
pub(crate) mod map;
pub(crate) mod reading;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod text;

use std::hash::Hash;

pub(crate) use body::{ResponseBody, read_json};
pub use enumeration::Enumeration;
pub use integer::Integer;
pub use integer_or_string::IntegerOrString;
pub use known::Known;
pub use list::{Commas, List};
pub use response::Extra;
pub use text::{Secret, Text};

/// A schema of the document that constrains a value: a type without values, for the sake of its
/// constants.
pub trait Rule: Copy + Ord + Hash + Send + Sync + 'static {
    /// The name of the schema.
    const NAME: &'static str;
}

/// A schema with these keywords, as far as they are stated.
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

/// A rule as the build writes it, for the tests.
#[cfg(test)]
macro_rules! rule {
    ($name:ident) => {
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        enum $name {}

        impl $crate::wire::Rule for $name {
            const NAME: &'static str = stringify!($name);
        }
    };
}
#[cfg(test)]
pub(crate) use rule;
