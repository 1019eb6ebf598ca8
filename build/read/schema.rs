//! Schemas that hold others: objects, lists, and what stands inside them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::scalar::{check_enumeration, check_integer, check_string};
use super::{Reader, deprecation, description};
use crate::pipeline::document::{items, members, referred, schema_place};
use crate::pipeline::names::pascal_case;
use crate::pipeline::plan::{Field, Kind, Schema, Type, Use};
use crate::pipeline::rules::rules;
use crate::pipeline::{Failure, Result};

/// The keywords that a schema may have, by what becomes of them. A keyword that stands in none of
/// these lists is refused: the generator would drop it.
const ANNOTATIONS: [&str; 9] = [
    "description",
    "example",
    "externalDocs",
    "title",
    "deprecated",
    "nullable",
    "x-unit",
    "x-observed",
    "x-error-codes",
];
const INTEGER_KEYWORDS: [&str; 6] =
    ["type", "format", "minimum", "maximum", "enum", "x-enum-descriptions"];
const STRING_KEYWORDS: [&str; 6] =
    ["type", "format", "minLength", "maxLength", "pattern", "x-strftime"];
const PLAIN_KEYWORDS: [&str; 1] = ["type"];
const ARRAY_KEYWORDS: [&str; 4] = ["type", "items", "minItems", "maxItems"];
const OBJECT_KEYWORDS: [&str; 5] =
    ["type", "properties", "required", "additionalProperties", "x-rules"];
/// Allowed beside `allOf`, which wraps a reference so that it can have them.
const WRAPPER_KEYWORDS: [&str; 2] = ["allOf", "x-default-on-create"];
/// Allowed on the schemas of query parameters, and nowhere in a body.
const DEFAULT: &str = "default";
const NO_DEFAULT: &str = "a default here would be sent although the caller left it unset: \
                          say x-default-on-create";
pub const ONE_FORM: &str = "a list that is joined by commas is nothing else: where it stands in \
                        another form, give each a schema of its own";

impl<'a> Reader<'a> {
    /// Reads a component, once.
    pub fn component(&mut self, place: &str, name: &str) -> Result<()> {
        let Some(schema) = self.components.get(name).copied() else {
            return Err(Failure::new(place, format!("there is no component schema {name}")));
        };
        if !self.begun.insert(name.to_owned()) {
            return Ok(());
        }
        let place = schema_place(name);
        if pascal_case(name) != name {
            return Err(Failure::new(place, "its name has to be in PascalCase, as a Rust type"));
        }
        if schema["nullable"] == true {
            return Err(Failure::new(place, "nullable would be lost: say so where it is used"));
        }
        let used = self.used(name);
        let doc = deprecation(schema, description(&place, schema)?);
        let kind = self.kind(&place, name, schema, used)?;
        let stated = schema.clone();
        self.schemas
            .insert(name.to_owned(), Schema { doc, kind, stated, used, is_component: true });
        Ok(())
    }

    /// What kind of type a schema is that has a name.
    fn kind(&mut self, place: &str, name: &str, schema: &'a Value, used: Use) -> Result<Kind> {
        let fail = |reason: &str| Failure::new(place, reason);
        if let Some(alternatives) = schema.get("oneOf") {
            keywords(place, schema, &[&["oneOf"]])?;
            let types: BTreeSet<&str> =
                items(alternatives).filter_map(|each| each["type"].as_str()).collect();
            for each in items(alternatives) {
                keywords(place, each, &[&["type", "format"]])?;
                if each["type"] == "integer" && each["format"] != "int64" {
                    return Err(fail("its integer has to say format: int64"));
                }
            }
            return match items(alternatives).count() {
                2 if types == BTreeSet::from(["integer", "string"]) => Ok(Kind::IntegerOrString),
                _ => Err(fail("oneOf is carried only for an integer or a string")),
            };
        }
        match schema["type"].as_str().unwrap_or_default() {
            "integer" => {
                keywords(place, schema, &[&INTEGER_KEYWORDS, &[DEFAULT]])?;
                check_integer(place, schema).map(|()| Kind::Integer)
            }
            "string" if schema.get("enum").is_some() => {
                keywords(place, schema, &[&["type", "enum", "x-enum-descriptions", DEFAULT]])?;
                check_enumeration(place, schema).map(|()| Kind::Enumeration)
            }
            "string" => {
                keywords(place, schema, &[&STRING_KEYWORDS, &[DEFAULT]])?;
                check_string(place, schema, used).map(|()| Kind::String)
            }
            "array" => {
                keywords(place, schema, &[&ARRAY_KEYWORDS])?;
                let suggested = format!("{name}Item");
                let item = self.held(place, &schema["items"], used, Some(&suggested))?;
                Ok(Kind::List { item, comma_separated: false })
            }
            "object" => self.object(place, name, schema, used),
            kind => {
                keywords(place, schema, &[&PLAIN_KEYWORDS])?;
                Err(fail(&format!("the type {kind:?} is not carried to Rust under a name")))
            }
        }
    }

    fn object(&mut self, place: &str, name: &str, schema: &'a Value, used: Use) -> Result<Kind> {
        keywords(place, schema, &[&OBJECT_KEYWORDS])?;
        let fail = |reason: &str| Failure::new(place, reason);
        let properties = &schema["properties"];
        let suggested = format!("{name}Value");
        let additional = match schema.get("additionalProperties") {
            Some(values @ Value::Object(_)) => {
                Some(self.held(place, values, used, Some(&suggested))?)
            }
            None if used.in_requests => {
                return Err(fail(
                    "a request holds documented keys only: say additionalProperties: false",
                ));
            }
            Some(Value::Bool(false)) if !used.in_requests => {
                return Err(fail("a response may hold more keys: leave additionalProperties out"));
            }
            None | Some(Value::Bool(false)) => None,
            Some(_) => return Err(fail("additionalProperties is false or a schema")),
        };
        if members(properties).next().is_none() {
            let values = additional.ok_or_else(|| {
                fail("an object without properties is carried only with additionalProperties")
            })?;
            return Ok(Kind::Map(values));
        }
        let required: Vec<&str> = items(&schema["required"]).filter_map(Value::as_str).collect();
        if let Some(stray) = required.iter().find(|key| properties.get(*key).is_none()) {
            return Err(fail(&format!("requires {stray}, which is no property of it")));
        }
        let mut fields = Vec::new();
        for (key, property) in members(properties) {
            let place = format!("{place}, property {key}");
            self.no_default(&place, property)?;
            let suggested = format!("{name}{}", pascal_case(key));
            fields.push(Field {
                key: key.clone(),
                doc: property_doc(property, description(&place, property)?),
                ty: self.ty(&place, property, used, Some(&suggested))?,
                required: required.contains(&key.as_str()),
                nullable: property["nullable"] == true,
            });
        }
        let rules = rules(place, self.document, name, schema)?;
        self.rules.extend(rules.map(|rules| (name.to_owned(), rules)));
        Ok(Kind::Object { fields, additional })
    }

    /// The type of items and values, which in a request are never null.
    pub fn held(
        &mut self,
        place: &str,
        schema: &'a Value,
        used: Use,
        suggested: Option<&str>,
    ) -> Result<Type> {
        if schema["nullable"] == true && used.in_requests {
            return Err(Failure::new(place, "a null is carried only as the value of a property"));
        }
        self.ty(place, schema, used, suggested)
    }

    /// The type of a schema that stands inside another one. What needs a name and has none is
    /// lifted out under the suggested one.
    fn ty(
        &mut self,
        place: &str,
        schema: &'a Value,
        used: Use,
        suggested: Option<&str>,
    ) -> Result<Type> {
        let fail = |reason: &str| Failure::new(place, reason);
        if schema.get("$ref").is_some() {
            if members(schema).count() > 1 {
                return Err(fail("what stands beside $ref is lost: wrap the $ref in allOf"));
            }
            let name = referred(schema).ok_or_else(|| fail("refers to no component schema"))?;
            self.component(place, name)?;
            return Ok(Type::Named(name.to_owned()));
        }
        if let Some(wrapped) = schema.get("allOf") {
            keywords(place, schema, &[&WRAPPER_KEYWORDS])?;
            return match wrapped.as_array().map(Vec::as_slice) {
                Some([reference]) if reference.get("$ref").is_some() => {
                    self.ty(place, reference, used, None)
                }
                _ => Err(fail("allOf is carried only around a single $ref")),
            };
        }
        let kind = schema["type"].as_str().unwrap_or_default();
        let format = schema.get("format").map(|format| format.as_str().unwrap_or_default());
        let has = |keys: &[&str]| keys.iter().any(|key| schema.get(key).is_some());
        let is_moment = format == Some("date-time") && !used.in_requests && !has(&["x-strftime"]);
        let needs_name = match kind {
            "string" => {
                has(&["enum", "minLength", "maxLength", "pattern", "x-strftime"])
                    || (format.is_some() && !is_moment)
            }
            "integer" => has(&["enum", "minimum", "maximum"]),
            "array" => used.in_requests || has(&["minItems", "maxItems"]),
            "object" => has(&["properties", "additionalProperties"]),
            _ => schema.get("oneOf").is_some(),
        };
        if needs_name {
            let name = suggested.ok_or_else(|| fail("needs a name: make it a component schema"))?;
            if self.components.contains_key(name) || !self.begun.insert(name.to_owned()) {
                return Err(fail(&format!("there is another schema {name}")));
            }
            let doc = description(place, schema)?;
            let kind = self.kind(place, name, schema, used)?;
            let stated = schema.clone();
            let schema = Schema { doc, kind, stated, used, is_component: false };
            self.schemas.insert(name.to_owned(), schema);
            return Ok(Type::Named(name.to_owned()));
        }
        let (ty, known): (_, &[&str]) = match (kind, format) {
            ("string", None) => (Type::String, &PLAIN_KEYWORDS),
            ("string", Some("date-time")) => (Type::DateTime, &["type", "format"]),
            ("integer", Some("int64")) => (Type::Integer, &["type", "format"]),
            ("integer", _) => {
                return Err(fail("an integer without bounds has to say format: int64"));
            }
            ("number", None | Some("double")) => (Type::Number, &["type", "format"]),
            ("boolean", None) => (Type::Boolean, &PLAIN_KEYWORDS),
            ("array", None) => {
                let suggested = suggested.map(|name| format!("{name}Item"));
                let item = self.held(place, &schema["items"], used, suggested.as_deref())?;
                (Type::Vec(Box::new(item)), &["type", "items"])
            }
            ("object", None) => (Type::Any, &PLAIN_KEYWORDS),
            (kind, Some(format)) => {
                return Err(fail(&format!(
                    "the format {format} of the type {kind} is not carried"
                )));
            }
            (kind, None) => {
                keywords(place, schema, &[&PLAIN_KEYWORDS])?;
                return Err(fail(&format!("the type {kind:?} is not carried to Rust")));
            }
        };
        keywords(place, schema, &[known, &["x-default-on-create"]])?;
        Ok(ty)
    }

    /// A list is written in one way, wherever it stands.
    pub fn check_lists(&self) -> Result<()> {
        let is_joined =
            |ty: &Type| matches!(ty, Type::Named(name) if self.lists.get(name) == Some(&false));
        for (name, schema) in &self.schemas {
            let place = schema_place(name);
            match &schema.kind {
                Kind::Object { fields, .. } => {
                    if let Some(field) = fields.iter().find(|field| is_joined(&field.ty)) {
                        let place = format!("{place}, property {}", field.key);
                        return Err(Failure::new(place, ONE_FORM));
                    }
                }
                Kind::List { item, .. } if is_joined(item) => {
                    return Err(Failure::new(place, ONE_FORM));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A property has no default, and neither has the component that it refers to.
    fn no_default(&self, place: &str, property: &'a Value) -> Result<()> {
        let wrapped = property.get("allOf").and_then(|wrapped| wrapped.get(0));
        let schema = self.document.resolve(place, wrapped.unwrap_or(property));
        // A reference that leads nowhere is refused where it is followed.
        match schema.is_ok_and(|schema| schema.get(DEFAULT).is_some()) {
            true => Err(Failure::new(place, NO_DEFAULT)),
            false => Ok(()),
        }
    }
}

/// What a property says of itself: its unit, and what it is where it was never set, go into words.
fn property_doc(property: &Value, mut description: String) -> String {
    // "How many instances" says it already.
    if let Some(unit) = property["x-unit"].as_str().filter(|unit| *unit != "instances") {
        description.push_str(&format!(" Unit: {unit}."));
    }
    if let Some(initial) = property.get("x-default-on-create") {
        let initial = initial.to_string();
        let initial = initial.trim_matches('"');
        description.push_str(&format!(" A new one begins with `{initial}`."));
    }
    deprecation(property, description)
}

/// Refuses a keyword that is neither an annotation nor one of those listed.
fn keywords(place: &str, schema: &Value, known: &[&[&str]]) -> Result<()> {
    let is_known =
        |key: &str| ANNOTATIONS.contains(&key) || known.iter().any(|keys| keys.contains(&key));
    match members(schema).find(|(key, _)| !is_known(key)) {
        None => Ok(()),
        Some((key, _)) if key == DEFAULT => Err(Failure::new(place, NO_DEFAULT)),
        Some((key, _)) => Err(Failure::new(place, format!("{key} would be lost here"))),
    }
}
