//! Schemas that contain others: objects, lists, and their contents.

use serde_json::Value;

use super::scalar::{check_enumeration, check_integer, check_string};
use super::{Reader, description};
use crate::pipeline::Result;
use crate::pipeline::document::{Part, SCHEMAS, items, members, only, referred};
use crate::pipeline::names::pascal_case;
use crate::pipeline::plan::{ANY, DATE_TIME, Field, Kind, Schema, Type, Use};
use crate::pipeline::rules::rules;

/// The keywords that require a separate type for an inline schema.
const NARROWING: &str = "enum minLength maxLength pattern x-strftime minimum maximum minItems \
                         maxItems properties additionalProperties oneOf";

impl<'a> Reader<'a> {
    /// Reads a component, unless it was read before.
    pub fn component(&mut self, place: &Part<'a>, name: &str) -> Result<()> {
        let component = self.document.schemas().find(|(known, _)| *known == name);
        let (_, at) = place.need(component, format!("unknown component schema {name}"))?;
        if !self.begun.insert(name.to_owned()) {
            return Ok(());
        }
        let is_type = pascal_case(name) == name;
        at.check(is_type, "the name must be in PascalCase")?;
        let is_nullable = at.value["nullable"] == true;
        at.check(!is_nullable, "nullable is not supported here; set it where the schema is used")?;
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
            let reason =
                "oneOf is supported only for an integer with the format int64 and a string";
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
                Err(at.fail(format!("the type {kind:?} is not supported for a component schema")))
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
                let reason = "additionalProperties must be a schema, or false in a request, or absent in \
                              a response";
                at.check(stated == closed, reason)?;
                None
            }
        };
        let properties = &at.value["properties"];
        let required: Vec<&str> = items(&at.value["required"]).filter_map(Value::as_str).collect();
        if let Some(stray) = required.iter().find(|key| properties.get(*key).is_none()) {
            return Err(at.fail(format!("required: {stray} is not a property")));
        }
        let rules = rules(at, self.document, name)?;
        self.plan.rules.extend(rules.map(|rules| (name.to_owned(), rules)));
        let mut fields = Vec::new();
        for (key, property) in members(properties) {
            let at = at.part(format!("property {key}"), property);
            let reason = "a default would be sent if the field is unset; use x-default-on-create";
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
                Err(at.fail("an object without properties must have additionalProperties"))
            }
            Some(values) if fields.is_empty() => Ok(Kind::Map(values)),
            additional => Ok(Kind::Object { fields, additional }),
        }
    }

    /// The schema of the JSON in a string of a response, if the document states one.
    fn content(&mut self, at: &Part<'a>, used: Use) -> Result<Option<String>> {
        let Some(content) = at.get("x-content") else { return Ok(None) };
        at.keys(&["schema", "plain", "embedded"])?;
        let is_text = (at.str("type"), at.str("format")) == ("string", "");
        let reason = "x-content is supported only for a plain string in a response";
        at.check(is_text && !used.in_requests, reason)?;
        let name = at.need(referred(content), "x-content must be a $ref to a component schema")?;
        self.component(at, name)?;
        let is_object =
            matches!(self.plan.schemas.get(name).map(|it| &it.kind), Some(Kind::Object { .. }));
        at.check(is_object, format!("x-content: {name} must be an object with properties"))?;
        Ok(Some(name.to_owned()))
    }

    /// The type of an item, a value or a parameter, which can't be null in a request.
    pub fn held(&mut self, at: &Part<'a>, used: Use, suggested: &str) -> Result<Type> {
        let is_null = at.value["nullable"] == true && used.in_requests;
        at.check(!is_null, "nullable is supported only for a property")?;
        self.ty(at, used, suggested)
    }

    /// The type of a schema inside another one. An inline schema that needs a name gets the suggested one.
    fn ty(&mut self, at: &Part<'a>, used: Use, suggested: &str) -> Result<Type> {
        if let Some(wrapped) = at.get("allOf") {
            at.keys(&["schema", "allOf"])?;
            let reference = only(items(wrapped)).filter(|it| it.get("$ref").is_some());
            let reference = at.need(reference, "allOf must contain a single $ref")?;
            return self.ty(&at.with(reference), used, suggested);
        }
        if at.get("$ref").is_some() {
            let is_alone = members(at.value).count() == 1;
            at.check(is_alone, "keywords next to a $ref would be ignored; wrap the $ref in allOf")?;
            let name = at.need(referred(at.value), "must refer to a component schema")?;
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
            at.check(is_new, format!("duplicate schema {suggested}"))?;
            self.named(at, suggested, used, false)?;
            return Ok(Type::Named(suggested.to_owned()));
        }
        check_format(at)?;
        at.keys(&["schema", if kind == "array" { kind } else { "plain" }])?;
        match (kind, format) {
            ("string", "date-time") => Ok(Type::Plain(DATE_TIME)),
            ("string", _) => Ok(Type::Plain("String")),
            ("integer", "int64") => Ok(Type::Plain("i64")),
            ("integer", _) => Err(at.fail("an integer without bounds must have format: int64")),
            ("number", _) => Ok(Type::Plain("f64")),
            ("boolean", _) => Ok(Type::Plain("bool")),
            ("object", _) => Ok(Type::Plain(ANY)),
            ("array", _) => {
                let items = at.with(&at.value["items"]);
                let item = self.held(&items, used, &format!("{suggested}Item"))?;
                Ok(Type::Vec(Box::new(item)))
            }
            _ => Err(at.fail(format!("the type {kind:?} is not supported"))),
        }
    }
}

/// The description of a property, with its default on creation.
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
    at.check(is_known, format!("the format {format} is not supported"))
}
