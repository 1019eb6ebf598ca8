//! Schemas that hold others: objects, lists, and what stands inside them.

use serde_json::Value;

use super::scalar::{check_enumeration, check_integer, check_string};
use super::{Reader, description};
use crate::pipeline::Result;
use crate::pipeline::document::{Part, SCHEMAS, items, members, only, referred};
use crate::pipeline::names::pascal_case;
use crate::pipeline::plan::{ANY, DATE_TIME, Field, Kind, Schema, Type, Use};
use crate::pipeline::rules::rules;

/// The keywords that make a type of its own of a schema that stands inside another one.
const NARROWING: &str = "enum minLength maxLength pattern x-strftime minimum maximum minItems \
                         maxItems properties additionalProperties oneOf";

impl<'a> Reader<'a> {
    /// Reads a component, once.
    pub fn component(&mut self, place: &Part<'a>, name: &str) -> Result<()> {
        let component = self.document.schemas().find(|(known, _)| *known == name);
        let (_, at) = place.need(component, format!("there is no component schema {name}"))?;
        if !self.begun.insert(name.to_owned()) {
            return Ok(());
        }
        let is_type = pascal_case(name) == name;
        at.check(is_type, "its name has to be in PascalCase, as a Rust type")?;
        let is_nullable = at.value["nullable"] == true;
        at.check(!is_nullable, "nullable would be lost: say so where it is used")?;
        let reference = &*format!("{SCHEMAS}{name}");
        let in_requests = self.in_requests.contains(reference);
        let in_responses = self.in_responses.contains(reference);
        self.named(&at, name, Use { in_requests, in_responses }, true)
    }

    /// Reads a schema that has a name.
    fn named(&mut self, at: &Part<'a>, name: &str, used: Use, is_component: bool) -> Result<()> {
        let doc = description(at)?;
        let kind = self.kind(at, name, used)?;
        let schema = Schema { doc, kind, stated: at.value.clone(), used, is_component };
        self.plan.schemas.insert(name.to_owned(), schema);
        Ok(())
    }

    fn kind(&mut self, at: &Part<'a>, name: &str, used: Use) -> Result<Kind> {
        check_format(at)?;
        if let Some(alternatives) = at.get("oneOf") {
            at.keys(&["schema", "oneOf"])?;
            let mut types = Vec::new();
            for each in items(alternatives).map(|each| at.with(each)) {
                each.keys(&["schema", "alternative"])?;
                types.push((each.str("type"), each.str("format")));
            }
            types.sort_unstable();
            let is_known = types == [("integer", "int64"), ("string", "")];
            let reason = "oneOf is carried only for an integer of the format int64 or a string";
            at.check(is_known, reason)?;
            return Ok(Kind::IntegerOrString);
        }
        let kind = at.str("type");
        match kind {
            "integer" => check_integer(at).map(|()| Kind::Integer),
            "string" if at.get("enum").is_some() => {
                check_enumeration(at).map(|()| Kind::Enumeration)
            }
            "string" => check_string(at, used).map(|()| Kind::String),
            "array" => {
                at.keys(&["schema", "array"])?;
                let items = at.with(&at.value["items"]);
                let item = self.held(&items, used, &format!("{name}Item"))?;
                Ok(Kind::List(item))
            }
            "object" => self.object(at, name, used),
            _ => {
                at.keys(&["schema", "plain"])?;
                Err(at.fail(format!("the type {kind:?} is not carried to Rust under a name")))
            }
        }
    }

    fn object(&mut self, at: &Part<'a>, name: &str, used: Use) -> Result<Kind> {
        at.keys(&["schema", "object"])?;
        let additional = match at.get("additionalProperties") {
            Some(values @ Value::Object(_)) => {
                Some(self.held(&at.with(values), used, &format!("{name}Value"))?)
            }
            stated => {
                let closed = used.in_requests.then_some(&Value::Bool(false));
                let reason = "additionalProperties is a schema, or else false in a request, and \
                              left out in a response";
                at.check(stated == closed, reason)?;
                None
            }
        };
        let properties = &at.value["properties"];
        let required: Vec<&str> = items(&at.value["required"]).filter_map(Value::as_str).collect();
        if let Some(stray) = required.iter().find(|key| properties.get(*key).is_none()) {
            return Err(at.fail(format!("requires {stray}, which is no property of it")));
        }
        let rules = rules(at, self.document, name)?;
        self.plan.rules.extend(rules.map(|rules| (name.to_owned(), rules)));
        let mut fields = Vec::new();
        for (key, property) in members(properties) {
            let at = at.part(format!("property {key}"), property);
            let reason = "a default here would be sent although the caller left it unset: say \
                          x-default-on-create";
            // A dangling reference is rejected later.
            let schema = self.document.unwrapped(&at);
            let has_default = schema.is_ok_and(|schema| schema.get("default").is_some());
            at.check(!has_default && at.get("default").is_none(), reason)?;
            let content = self.content(&at, used)?;
            fields.push(Field {
                key: key.clone(),
                doc: property_doc(&at)?,
                ty: match content {
                    Some(_) => Type::Plain("String"),
                    None => self.ty(&at, used, &format!("{name}{}", pascal_case(key)))?,
                },
                required: required.contains(&key.as_str()),
                nullable: property["nullable"] == true,
                content,
            });
        }
        match additional {
            None if fields.is_empty() => {
                Err(at
                    .fail("an object without properties is carried only with additionalProperties"))
            }
            Some(values) if fields.is_empty() => Ok(Kind::Map(values)),
            additional => Ok(Kind::Object { fields, additional }),
        }
    }

    /// The schema of the JSON that a text of a response holds, where the document names one.
    fn content(&mut self, at: &Part<'a>, used: Use) -> Result<Option<String>> {
        let Some(content) = at.get("x-content") else { return Ok(None) };
        at.keys(&["schema", "plain", "embedded"])?;
        let is_text = (at.str("type"), at.str("format")) == ("string", "");
        let reason = "x-content is carried only for a plain string of a response";
        at.check(is_text && !used.in_requests, reason)?;
        let name =
            at.need(referred(content), "x-content has to be a $ref to a component schema")?;
        self.component(at, name)?;
        let is_object =
            matches!(self.plan.schemas.get(name).map(|it| &it.kind), Some(Kind::Object { .. }));
        at.check(is_object, format!("x-content: {name} is no object with properties"))?;
        Ok(Some(name.to_owned()))
    }

    /// The type of items and values, which in a request are never null.
    pub fn held(&mut self, at: &Part<'a>, used: Use, suggested: &str) -> Result<Type> {
        let is_null = at.value["nullable"] == true && used.in_requests;
        at.check(!is_null, "a null is carried only as the value of a property")?;
        self.ty(at, used, suggested)
    }

    /// The type of a schema that stands inside another one. What needs a name and has none is
    /// lifted out under the suggested one.
    fn ty(&mut self, at: &Part<'a>, used: Use, suggested: &str) -> Result<Type> {
        if let Some(wrapped) = at.get("allOf") {
            at.keys(&["schema", "allOf"])?;
            let reference = only(items(wrapped)).filter(|it| it.get("$ref").is_some());
            let reference = at.need(reference, "allOf is carried only around a single $ref")?;
            return self.ty(&at.with(reference), used, suggested);
        }
        if at.get("$ref").is_some() {
            let is_alone = members(at.value).count() == 1;
            at.check(is_alone, "what stands beside $ref is lost: wrap the $ref in allOf")?;
            let name = at.need(referred(at.value), "refers to no component schema")?;
            self.component(at, name)?;
            return Ok(Type::Named(name.to_owned()));
        }
        let (kind, format) = (at.str("type"), at.str("format"));
        let needs_name = NARROWING.split(' ').any(|key| at.get(key).is_some())
            || match kind {
                "array" => used.in_requests,
                "string" => !format.is_empty() && (format != "date-time" || used.in_requests),
                _ => false,
            };
        if needs_name {
            let is_new = self.document.schemas().all(|(known, _)| known != suggested)
                && self.begun.insert(suggested.to_owned());
            at.check(is_new, format!("there is another schema {suggested}"))?;
            self.named(at, suggested, used, false)?;
            return Ok(Type::Named(suggested.to_owned()));
        }
        check_format(at)?;
        at.keys(&["schema", if kind == "array" { kind } else { "plain" }])?;
        match (kind, format) {
            ("string", "date-time") => Ok(Type::Plain(DATE_TIME)),
            ("string", _) => Ok(Type::Plain("String")),
            ("integer", "int64") => Ok(Type::Plain("i64")),
            ("integer", _) => Err(at.fail("an integer without bounds has to say format: int64")),
            ("number", _) => Ok(Type::Plain("f64")),
            ("boolean", _) => Ok(Type::Plain("bool")),
            ("object", _) => Ok(Type::Plain(ANY)),
            ("array", _) => {
                let items = at.with(&at.value["items"]);
                let item = self.held(&items, used, &format!("{suggested}Item"))?;
                Ok(Type::Vec(Box::new(item)))
            }
            _ => Err(at.fail(format!("the type {kind:?} is not carried to Rust"))),
        }
    }
}

/// The description of a property, which names its unit, and its default on creation.
fn property_doc(at: &Part) -> Result<String> {
    let mut doc = description(at)?;
    if let Some(initial) = at.get("x-default-on-create") {
        let initial = initial.to_string();
        doc.push_str(&format!(
            " If it is omitted on creation, the service uses `{}`.",
            initial.trim_matches('"')
        ));
    }
    Ok(doc)
}

fn check_format(at: &Part) -> Result<()> {
    let known: &[&str] = match at.str("type") {
        "integer" => &["int32", "int64"],
        "number" => &["double"],
        "string" => &["byte", "date-time", "password"],
        _ => &[],
    };
    let format = at.str("format");
    let is_known = format.is_empty() || known.contains(&format);
    at.check(is_known, format!("the format {format} would not be checked"))
}
