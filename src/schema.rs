//! JSON Schemas of the types.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

/// Returns the JSON Schema (2020-12) of each component of the OpenAPI document by name, derived from the Rust types.
///
/// References to other components are `#/$defs/Name`. The map contains these components as well.
#[cfg_attr(docsrs, doc(cfg(feature = "schemars")))]
#[must_use]
pub fn schemas() -> BTreeMap<&'static str, Schema> {
    let mut generator = SchemaGenerator::default();
    crate::types::schemas(&mut generator).into_iter().collect()
}

/// The schema of an object, from the types of its fields.
pub(crate) struct Object<'a> {
    generator: &'a mut SchemaGenerator,
    properties: Map<String, Value>,
    required: Vec<&'static str>,
}

impl<'a> Object<'a> {
    pub(crate) fn new(generator: &'a mut SchemaGenerator) -> Self {
        Self { generator, properties: Map::new(), required: Vec::new() }
    }

    /// Adds a property with the schema of its type.
    pub(crate) fn property<T: JsonSchema>(mut self, key: &'static str) -> Self {
        let schema = self.generator.subschema_for::<T>();
        self.properties.insert(key.to_owned(), schema.to_value());
        self
    }

    /// Makes properties required.
    pub(crate) fn required(mut self, keys: &[&'static str]) -> Self {
        self.required.extend(keys);
        self
    }

    /// A schema that allows other properties, of any type.
    pub(crate) fn open(self) -> Schema {
        let Self { properties, required, .. } = self;
        let mut schema = json_schema!({ "type": "object", "properties": properties });
        if !required.is_empty() {
            schema.insert("required".to_owned(), json!(required));
        }
        schema
    }

    /// A schema that allows no other properties.
    pub(crate) fn closed(self) -> Schema {
        let mut schema = self.open();
        schema.insert("additionalProperties".to_owned(), json!(false));
        schema
    }

    /// A schema that allows other properties, of this type.
    #[allow(dead_code, reason = "the document decides whether there is one")]
    pub(crate) fn with_additional<T: JsonSchema>(self) -> Schema {
        let additional = self.generator.subschema_for::<T>().to_value();
        let mut schema = self.open();
        schema.insert("additionalProperties".to_owned(), additional);
        schema
    }
}
