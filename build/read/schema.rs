//! Schemas that hold others: objects, lists, and what stands inside them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::rules::rules;
use super::scalar::{enumeration, integer_rule, string_rule};
use super::{Direction, Reader, deprecation, description};
use crate::pipeline::document::{items, members, referred, schema_place};
use crate::pipeline::names::pascal_case;
use crate::pipeline::plan::{Field, Kind, Schema, Type};
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
    /// Reads a component, once for requests and once for replies.
    pub fn component(&mut self, place: &str, name: &str, direction: Direction) -> Result<()> {
        let Some(schema) = self.components.get(name).copied() else {
            return Err(Failure::new(place, format!("there is no component schema {name}")));
        };
        let key = (name.to_owned(), direction == Direction::Request);
        if !self.begun.insert(key) {
            return Ok(());
        }
        let place = schema_place(name);
        if pascal_case(name) != name {
            return Err(Failure::new(place, "its name has to be in PascalCase, as a Rust type"));
        }
        let doc = deprecation(schema, description(&place, schema)?);
        let kind = self.kind(&place, name, schema, direction)?;
        self.insert(&place, name, doc, kind, direction, true)
    }

    fn insert(
        &mut self,
        place: &str,
        name: &str,
        doc: String,
        kind: Kind,
        direction: Direction,
        is_component: bool,
    ) -> Result<()> {
        let shared = matches!(kind, Kind::Enumeration(_) | Kind::IntegerOrString);
        if let Some(schema) = self.schemas.get_mut(name) {
            if schema.is_component != is_component {
                return Err(Failure::new(place, format!("there is another schema {name}")));
            }
            if !shared {
                return Err(Failure::new(
                    place,
                    "stands in requests, which are strict, and in replies, which are read \
                     liberally: give each a schema of its own",
                ));
            }
        }
        let schema = self.schemas.entry(name.to_owned()).or_insert(Schema {
            doc,
            kind,
            in_requests: false,
            in_replies: false,
            is_component,
        });
        match direction {
            Direction::Request => schema.in_requests = true,
            Direction::Reply => schema.in_replies = true,
        }
        Ok(())
    }

    /// What kind of type a schema is that has a name.
    fn kind(
        &mut self,
        place: &str,
        name: &str,
        schema: &'a Value,
        direction: Direction,
    ) -> Result<Kind> {
        let fail = |reason: String| Failure::new(place, reason);
        if let Some(alternatives) = schema.get("oneOf") {
            keywords(place, schema, &[&["oneOf"]])?;
            let types: BTreeSet<&str> =
                items(alternatives).filter_map(|each| each["type"].as_str()).collect();
            for each in items(alternatives) {
                keywords(place, each, &[&["type", "format"]])?;
                if each["type"] == "integer" && each["format"] != "int64" {
                    return Err(fail("its integer has to say format: int64".into()));
                }
            }
            return match items(alternatives).count() {
                2 if types == BTreeSet::from(["integer", "string"]) => Ok(Kind::IntegerOrString),
                _ => Err(fail("oneOf is carried only for an integer or a string".into())),
            };
        }
        let kind = schema["type"].as_str().unwrap_or_default();
        if schema["nullable"] == true && direction == Direction::Request {
            return Err(fail("a null can't be sent: null and absent are one".into()));
        }
        match kind {
            "integer" => {
                keywords(place, schema, &[&INTEGER_KEYWORDS, &[DEFAULT]])?;
                if direction == Direction::Reply {
                    return Err(fail(
                        "an integer of a reply has no bounds: write it inline".into(),
                    ));
                }
                Ok(Kind::Integer(integer_rule(place, schema)?))
            }
            "string" if schema.get("enum").is_some() => {
                keywords(place, schema, &[&["type", "enum", "x-enum-descriptions", DEFAULT]])?;
                Ok(Kind::Enumeration(enumeration(place, schema)?))
            }
            "string" => {
                keywords(place, schema, &[&STRING_KEYWORDS, &[DEFAULT]])?;
                if direction == Direction::Reply {
                    return Err(fail("a string of a reply has no bounds: write it inline".into()));
                }
                Ok(Kind::String(string_rule(place, schema)?))
            }
            "array" => {
                keywords(place, schema, &[&ARRAY_KEYWORDS])?;
                if direction == Direction::Reply {
                    return Err(fail("a list of a reply has no bounds: write it inline".into()));
                }
                let item =
                    self.ty(place, &schema["items"], direction, Some(&format!("{name}Item")))?;
                let count =
                    |key: &str| schema.get(key).map(Value::as_u64).map(Option::unwrap_or_default);
                Ok(Kind::List {
                    item,
                    min_items: count("minItems"),
                    max_items: count("maxItems"),
                    comma_separated: false,
                })
            }
            "object" => self.object(place, name, schema, direction),
            _ => {
                keywords(place, schema, &[&PLAIN_KEYWORDS])?;
                Err(fail(format!("the type {kind:?} is not carried to Rust under a name")))
            }
        }
    }

    fn object(
        &mut self,
        place: &str,
        name: &str,
        schema: &'a Value,
        direction: Direction,
    ) -> Result<Kind> {
        keywords(place, schema, &[&OBJECT_KEYWORDS])?;
        let fail = |reason: &str| Failure::new(place, reason);
        let properties = &schema["properties"];
        let additional = schema.get("additionalProperties");
        if members(properties).next().is_none() {
            return match (additional, direction) {
                (Some(values @ Value::Object(_)), Direction::Reply) => {
                    Ok(Kind::Map(self.ty(place, values, direction, None)?))
                }
                _ => Err(fail("an object without properties is carried only as a map of a reply")),
            };
        }
        match (direction, additional) {
            (Direction::Request, Some(Value::Bool(false))) | (Direction::Reply, None) => {}
            (Direction::Request, _) => {
                return Err(fail(
                    "a request holds documented keys only: say additionalProperties: false",
                ));
            }
            (Direction::Reply, Some(_)) => {
                return Err(fail("a reply may hold more keys: leave additionalProperties out"));
            }
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
                ty: self.ty(&place, property, direction, Some(&suggested))?,
                required: required.contains(&key.as_str()),
                nullable: property["nullable"] == true,
            });
        }
        let rules = rules(place, self.document, schema)?;
        if !rules.is_empty() {
            self.rules.insert(name.to_owned(), rules);
        }
        Ok(Kind::Object(fields))
    }

    /// The type of a schema that stands inside another one. What needs a name and has none is
    /// lifted out under the suggested one.
    pub fn ty(
        &mut self,
        place: &str,
        schema: &'a Value,
        direction: Direction,
        suggested: Option<&str>,
    ) -> Result<Type> {
        let fail = |reason: &str| Failure::new(place, reason);
        if schema.get("$ref").is_some() {
            if members(schema).count() > 1 {
                return Err(fail("what stands beside $ref is lost: wrap the $ref in allOf"));
            }
            let name = referred(schema).ok_or_else(|| fail("refers to no component schema"))?;
            self.component(place, name, direction)?;
            return Ok(Type::Named(name.to_owned()));
        }
        if schema["nullable"] == true && direction == Direction::Request {
            return Err(fail("a null can't be sent: null and absent are one"));
        }
        if let Some(wrapped) = schema.get("allOf") {
            keywords(place, schema, &[&WRAPPER_KEYWORDS])?;
            return match wrapped.as_array().map(Vec::as_slice) {
                Some([reference]) if reference.get("$ref").is_some() => {
                    self.ty(place, reference, direction, None)
                }
                _ => Err(fail("allOf is carried only around a single $ref")),
            };
        }
        let kind = schema["type"].as_str().unwrap_or_default();
        let has = |keys: &[&str]| keys.iter().any(|key| schema.get(key).is_some());
        let needs_name = match (kind, direction) {
            ("string", Direction::Reply) => has(&["enum"]),
            ("string", Direction::Request) => {
                has(&["enum", "minLength", "maxLength", "pattern", "x-strftime", "format"])
            }
            ("integer", Direction::Request) => has(&["enum", "minimum", "maximum"]),
            ("array", Direction::Request) => true,
            ("object", _) => has(&["properties", "additionalProperties"]),
            _ => false,
        };
        if needs_name || schema.get("oneOf").is_some() {
            let name = suggested.ok_or_else(|| fail("needs a name: make it a component schema"))?;
            let key = (name.to_owned(), direction == Direction::Request);
            if !self.components.contains_key(name) && self.begun.insert(key) {
                let doc = description(place, schema)?;
                let kind = self.kind(place, name, schema, direction)?;
                self.insert(place, name, doc, kind, direction, false)?;
                return Ok(Type::Named(name.to_owned()));
            }
            return Err(fail(&format!("there is another schema {name}")));
        }
        let format = schema.get("format").map(|format| format.as_str().unwrap_or_default());
        let plain = |ty: Type, known: &[&str]| {
            keywords(place, schema, &[known, &["x-default-on-create"]])?;
            Ok(ty)
        };
        match (kind, format) {
            ("string", None) => plain(Type::String, &PLAIN_KEYWORDS),
            ("string", Some("date-time")) => plain(Type::DateTime, &["type", "format"]),
            ("integer", Some("int64")) => plain(Type::Integer, &["type", "format"]),
            ("integer", _) => Err(fail("an integer without bounds has to say format: int64")),
            ("number", None | Some("double")) => plain(Type::Number, &["type", "format"]),
            ("boolean", None) => plain(Type::Boolean, &PLAIN_KEYWORDS),
            ("array", None) => {
                keywords(place, schema, &[&["type", "items"]])?;
                let item = self.ty(place, &schema["items"], direction, None)?;
                Ok(Type::Vec(Box::new(item)))
            }
            ("object", None) if direction == Direction::Reply => plain(Type::Any, &PLAIN_KEYWORDS),
            (kind, Some(format)) => {
                Err(fail(&format!("the format {format} of the type {kind} is not carried")))
            }
            (kind, None) => {
                keywords(place, schema, &[&PLAIN_KEYWORDS])?;
                Err(fail(&format!("the type {kind:?} is not carried to Rust")))
            }
        }
    }

    /// A list is written in one way, wherever it stands.
    pub fn check_lists(&self) -> Result<()> {
        let is_joined =
            |ty: &Type| matches!(ty, Type::Named(name) if self.lists.get(name) == Some(&false));
        for (name, schema) in &self.schemas {
            let place = schema_place(name);
            match &schema.kind {
                Kind::Object(fields) => {
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
