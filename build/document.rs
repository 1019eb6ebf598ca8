//! The document, and access to its parts.

use std::collections::BTreeSet;
use std::fmt::Display;

use serde_json::{Map, Value};

use super::{Failure, Result};

pub const SCHEMAS: &str = "#/components/schemas/";
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The supported keys of each part of the document. Others are rejected, since they would be dropped.
const KEYS: &str = "
path: parameters get put post delete options head patch trace
operation: operationId summary description tags externalDocs deprecated x-pagination x-error-codes
operation: parameters requestBody responses
parameter: name in required description deprecated style explode schema example examples
parameter: x-client-parameter
requestBody: description required content
response: description headers content x-observed
content: schema example examples
x-pagination: items total offset marker next limit id
x-error-codes: code class description x-observed
rule: id description fix when unless each require any forbid exclusive ascending within allow match
bounds: minimum maximum
schema: description example externalDocs title deprecated nullable
schema: x-unit x-observed x-error-codes
plain: type format x-default-on-create
embedded: x-content
allOf: allOf x-default-on-create
oneOf: oneOf
alternative: type format
integer: type format minimum maximum enum x-enum-descriptions default
string: type format minLength maxLength pattern x-strftime default
enum: type enum x-enum-descriptions default
array: type items minItems maxItems
object: type properties required additionalProperties x-rules
";

/// A part of the document, with its location for error messages.
#[derive(Clone)]
pub struct Part<'a> {
    pub place: String,
    pub value: &'a Value,
}

impl<'a> Part<'a> {
    pub fn new(place: impl Display, value: &'a Value) -> Self {
        Self { place: place.to_string(), value }
    }

    /// A value inside this part, with its name appended to the location.
    pub fn part(&self, name: impl Display, value: &'a Value) -> Self {
        Self::new(format!("{}, {name}", self.place), value)
    }

    /// Another value with the location of this part.
    pub fn with(&self, value: &'a Value) -> Self {
        Self::new(&self.place, value)
    }

    pub fn get(&self, key: &str) -> Option<&'a Value> {
        self.value.get(key)
    }

    /// Returns the string of a key, or `""` if there is none. `Document::parse` has checked the types of standard keys.
    pub fn str(&self, key: &str) -> &'a str {
        self.value[key].as_str().unwrap_or_default()
    }

    pub fn fail(&self, reason: impl Display) -> Failure {
        Failure::new(&self.place, reason)
    }

    pub fn check(&self, holds: bool, otherwise: impl Display) -> Result<()> {
        self.need(holds.then_some(()), otherwise)
    }

    pub fn need<T>(&self, value: Option<T>, otherwise: impl Display) -> Result<T> {
        value.ok_or_else(|| self.fail(otherwise))
    }

    /// Returns the string of a key, or an error if it is absent or empty.
    pub fn text(&self, key: &str) -> Result<&'a str> {
        let text = Some(self.str(key).trim()).filter(|text| !text.is_empty());
        self.need(text, format!("has no {key}"))
    }

    /// Checks that every key is supported for one of these kinds of parts.
    pub fn keys(&self, kinds: &[&str]) -> Result<()> {
        let known = KEYS.lines().filter_map(|line| line.split_once(": "));
        let known = known.filter(|(kind, _)| kinds.contains(kind));
        let known: Vec<&str> = known.flat_map(|(_, keys)| keys.split(' ')).collect();
        let lost = members(self.value).find(|(key, _)| !known.contains(&key.as_str()));
        lost.map_or(Ok(()), |(key, _)| Err(self.fail(format!("{key} is not supported here"))))
    }

    /// Checks that this part deserializes as a type of OpenAPI 3.0.
    fn typed<T: serde::de::DeserializeOwned>(&self) -> Result<()> {
        let typed = serde_json::from_value::<T>(self.value.clone());
        typed.map(drop).map_err(|error| self.fail(format!("not valid OpenAPI 3.0: {error}")))
    }
}

/// The document as JSON, since a typed model would drop unknown keywords.
pub struct Document {
    pub root: Value,
}

/// One method of one path.
pub struct Operation<'a> {
    pub id: &'a str,
    pub method: &'a str,
    pub path: &'a str,
    pub at: Part<'a>,
    /// The parameters of the path, followed by those of the operation.
    pub parameters: Vec<Part<'a>>,
}

impl Document {
    pub fn parse(yaml: &str) -> Result<Self> {
        let root: Value =
            serde_saphyr::from_str(yaml).map_err(|error| Failure::new("not valid YAML", error))?;
        let document = Self { root };
        let whole = Part::new("openapi", &document.root);
        let version = &whole.value["openapi"];
        let is_known = version.as_str().is_some_and(|version| version.starts_with("3.0."));
        whole.check(is_known, format!("expected version 3.0.x, found {version}"))?;
        for (_, schema) in document.schemas() {
            schema.typed::<openapiv3::ReferenceOr<openapiv3::Schema>>()?;
        }
        for operation in document.operations()? {
            operation.at.typed::<openapiv3::Operation>()?;
        }
        Part::new("the document", &document.root).typed::<openapiv3::OpenAPI>()?;
        Ok(document)
    }

    /// The component schemas, by name.
    pub fn schemas(&self) -> impl Iterator<Item = (&str, Part<'_>)> {
        members(&self.root["components"]["schemas"])
            .map(|(name, schema)| (name.as_str(), Part::new(schema_place(name), schema)))
    }

    pub fn operations(&self) -> Result<Vec<Operation<'_>>> {
        let mut operations = Vec::new();
        for (path, item) in members(&self.root["paths"]) {
            let item = Part::new(format!("path {path}"), item);
            item.keys(&["path"])?;
            let methods = members(item.value).filter(|(key, _)| METHODS.contains(&key.as_str()));
            for (method, value) in methods {
                let at = Part::new(format!("{method} {path}"), value);
                let id = at.text("operationId")?;
                let at = Part::new(format!("operation {id}"), value);
                let parameters = [item.value, value].into_iter();
                let parameters = parameters.flat_map(|part| items(&part["parameters"]));
                let parameters = parameters.map(|parameter| self.resolve(&at.with(parameter)));
                let parameters = parameters.collect::<Result<_>>()?;
                operations.push(Operation { id, method, path, at, parameters });
            }
        }
        Ok(operations)
    }

    /// Follows `$ref`s to the value that they refer to.
    pub fn resolve<'a>(&'a self, at: &Part<'a>) -> Result<Part<'a>> {
        let mut value = at.value;
        // References can be circular.
        for _ in 0..20 {
            let Some(reference) = value.get("$ref") else { return Ok(at.with(value)) };
            let is_alone = members(value).count() == 1;
            at.check(is_alone, format!("keywords next to {reference} would be ignored"))?;
            let Some(target) = self.target(reference) else { break };
            value = target;
        }
        Err(at.fail(format!("{} does not exist", at.value["$ref"])))
    }

    fn target(&self, reference: &Value) -> Option<&Value> {
        self.root.pointer(reference.as_str()?.strip_prefix('#')?)
    }

    /// Resolves a `$ref`, also inside `allOf`.
    pub fn unwrapped<'a>(&'a self, at: &Part<'a>) -> Result<Part<'a>> {
        let wrapped = at.get("allOf").and_then(|wrapped| wrapped.get(0));
        self.resolve(&at.with(wrapped.unwrap_or(at.value)))
    }

    /// Collects the references in a part of the document, direct and indirect ones.
    pub fn collect<'a>(&'a self, part: &'a Value, references: &mut BTreeSet<&'a str>) {
        if let Some(reference) = part.get("$ref")
            && let (Some(name), Some(target)) = (reference.as_str(), self.target(reference))
            && references.insert(name)
        {
            self.collect(target, references);
        }
        let members = part.as_object().into_iter().flat_map(Map::values);
        members.chain(items(part)).for_each(|part| self.collect(part, references));
    }
}

pub fn schema_place(name: &str) -> String {
    format!("schema {name}")
}

/// The members of an object; none for any other value.
pub fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

/// The items of an array; none for any other value.
pub fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Returns the only item, or `None` if there is not exactly one.
pub fn only<T>(some: impl IntoIterator<Item = T>) -> Option<T> {
    let mut some = some.into_iter();
    let first = some.next()?;
    some.next().is_none().then_some(first)
}

/// Returns the name of the component schema that a reference points to.
pub fn referred(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix(SCHEMAS)
}
