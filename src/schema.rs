//! The JSON Schemas of the types.

use std::collections::BTreeMap;

/// The JSON Schema (2020-12) of each component schema of the document, by its name, as derived from
/// the Rust types.
///
/// Other components are referred to as `#/$defs/Name`; each of them is an entry of the map as well.
#[cfg_attr(docsrs, doc(cfg(feature = "schemars")))]
#[must_use]
pub fn schemas() -> BTreeMap<&'static str, schemars::Schema> {
    let mut generator = schemars::SchemaGenerator::default();
    crate::types::schemas(&mut generator).into_iter().collect()
}

/// A function that derives the schema of each of these types.
macro_rules! components {
    ($($name:ident,)*) => {
        pub(crate) fn schemas(
            generator: &mut ::schemars::SchemaGenerator,
        ) -> Vec<(&'static str, ::schemars::Schema)> {
            use ::schemars::JsonSchema;

            vec![$((stringify!($name), $name::json_schema(generator)),)*]
        }
    };
}
pub(crate) use components;
