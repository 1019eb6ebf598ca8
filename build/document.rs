//! The document: loaded from YAML, and looked things up in.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Failure, Result};

pub const SCHEMAS: &str = "#/components/schemas/";

/// The document as it was written. It stays JSON, since a typed model would drop the keywords that
/// it does not know.
pub struct Document {
    root: Value,
}

/// One method of one path.
pub struct Operation<'a> {
    pub id: &'a str,
    pub method: &'a str,
    pub path: &'a str,
    pub item: &'a Value,
    pub value: &'a Value,
}

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

impl Document {
    pub fn parse(yaml: &str) -> Result<Self> {
        let root: Value = serde_saphyr::from_str(yaml)
            .map_err(|error| Failure::new("not valid YAML", error.to_string()))?;
        if !root.is_object() {
            return Err(Failure::new("the document", "is not an object"));
        }
        let document = Self { root };
        let version = document.root["openapi"].as_str().unwrap_or("none");
        if !version.starts_with("3.0.") {
            return Err(Failure::new("openapi", format!("3.0.x is needed, this is {version}")));
        }
        for (name, schema) in document.schemas() {
            typed::<openapiv3::ReferenceOr<openapiv3::Schema>>(&schema_place(name), schema)?;
        }
        for operation in document.operations()? {
            typed::<openapiv3::Operation>(&operation.place(), operation.value)?;
        }
        typed::<openapiv3::OpenAPI>("the document", &document.root)?;
        Ok(document)
    }

    pub fn root(&self) -> &Value {
        &self.root
    }

    /// The component schemas, by name.
    pub fn schemas(&self) -> impl Iterator<Item = (&str, &Value)> {
        members(&self.root["components"]["schemas"]).map(|(name, schema)| (name.as_str(), schema))
    }

    pub fn operations(&self) -> Result<Vec<Operation<'_>>> {
        let mut operations = Vec::new();
        for (path, item) in members(&self.root["paths"]) {
            if let Some((key, _)) = members(item)
                .find(|(key, _)| *key != "parameters" && !METHODS.contains(&key.as_str()))
            {
                return Err(Failure::new(
                    format!("path {path}"),
                    format!("{key} would be lost here"),
                ));
            }
            for method in METHODS {
                let Some(value) = item.get(method) else { continue };
                let id = value["operationId"].as_str().ok_or_else(|| {
                    Failure::new(format!("{method} {path}"), "the operation has no operationId")
                })?;
                operations.push(Operation { id, method, path, item, value });
            }
        }
        Ok(operations)
    }

    /// The thing itself, where a `$ref` stands for it.
    pub fn resolve<'a>(&'a self, place: &str, value: &'a Value) -> Result<&'a Value> {
        let mut value = value;
        let mut steps = 0;
        while let Some(reference) = value.get("$ref") {
            if members(value).count() > 1 {
                return Err(Failure::new(place, format!("what stands beside {reference} is lost")));
            }
            steps += 1;
            value = reference
                .as_str()
                .and_then(|reference| reference.strip_prefix('#'))
                .and_then(|pointer| self.root.pointer(pointer))
                .filter(|_| steps < 20)
                .ok_or_else(|| Failure::new(place, format!("{reference} leads nowhere")))?;
        }
        Ok(value)
    }
}

impl Document {
    /// Adds all references in a part of the document, and in what they refer to.
    pub fn collect<'a>(&'a self, part: &'a Value, references: &mut BTreeSet<&'a str>) {
        if let Some(reference) = part.get("$ref").and_then(Value::as_str) {
            // One that leads nowhere is refused where it is read.
            let target = reference.strip_prefix('#').and_then(|at| self.root.pointer(at));
            if let Some(target) = target.filter(|_| references.insert(reference)) {
                self.collect(target, references);
            }
        }
        let members = part.as_object().into_iter().flat_map(Map::values);
        members.chain(items(part)).for_each(|part| self.collect(part, references));
    }
}

impl Operation<'_> {
    pub fn place(&self) -> String {
        format!("operation {}", self.id)
    }
}

pub fn schema_place(name: &str) -> String {
    format!("schema {name}")
}

/// The members of an object, none where there is no object.
pub fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

/// The items of an array, none where there is no array.
pub fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The name of the component schema that a reference names.
pub fn referred(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix(SCHEMAS)
}

/// Checks a part against OpenAPI's own model, so that an error names the part.
fn typed<T: serde::de::DeserializeOwned>(place: &str, value: &Value) -> Result<()> {
    match serde_json::from_value::<T>(value.clone()) {
        Ok(_) => Ok(()),
        Err(error) => Err(Failure::new(place, format!("is no OpenAPI 3.0: {error}"))),
    }
}
