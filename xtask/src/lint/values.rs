//! Whether a value is valid for a schema, as far as the document's schemas go.

use std::ptr;

use regex_lite::Regex;

use super::schemas::meant;
use crate::document::Document;
use crate::node::{Kind, Node, escape};

/// What is wrong with a value: the first thing, and where within it.
pub fn fault(document: &Document, schema: &Node, value: &Node) -> Option<String> {
    Validator { document, choices: &[] }.fault(schema, value, "")
}

struct Validator<'a> {
    document: &'a Document,
    /// The `oneOf` that are being tried, each with the value: one can lead back to itself.
    choices: &'a [(&'a Node, &'a Node)],
}

impl Validator<'_> {
    fn fault(&self, schema: &Node, value: &Node, at: &str) -> Option<String> {
        let outer = schema;
        let schema = meant(self.document, schema);
        if matches!(value.kind, Kind::Null) && (outer.is("nullable") || schema.is("nullable")) {
            return None;
        }
        if let Some(alternatives) = schema.get("oneOf") {
            let is_same = |(choice, tried): &(&Node, &Node)| {
                ptr::eq(*choice, alternatives) && ptr::eq(*tried, value)
            };
            let is_known = self.choices.iter().any(is_same);
            let choices = [self.choices, &[(alternatives, value)]].concat();
            let within = Validator { document: self.document, choices: &choices };
            let mut faults = alternatives.items().map(|schema| within.fault(schema, value, at));
            let fits = !is_known && faults.any(|fault| fault.is_none());
            return (!fits).then(|| said(at, value, "is none of its oneOf"));
        }
        let wanted = schema.text("type").unwrap_or_default();
        if !is_of_type(value, wanted) {
            return Some(said(at, value, &format!("is no {wanted}")));
        }
        let known = schema.get("enum");
        if known.is_some_and(|known| known.items().all(|each| each.to_value() != value.to_value()))
        {
            return Some(said(at, value, "is not in its enum"));
        }
        match &value.kind {
            Kind::Number(_) => number(schema, value, at),
            Kind::String(text) => string(schema, text, value, at),
            Kind::List(items) => self.list(schema, items, value, at),
            Kind::Map(_) => self.object(schema, value, at),
            Kind::Null | Kind::Bool(_) => None,
        }
    }

    fn list(&self, schema: &Node, items: &[Node], value: &Node, at: &str) -> Option<String> {
        if let Some(broken) = length(schema, items.len(), ["minItems", "maxItems"]) {
            return Some(said(at, value, &broken));
        }
        let each = schema.get("items")?;
        let mut items = items.iter().enumerate();
        items.find_map(|(index, item)| self.fault(each, item, &format!("{at}/{index}")))
    }

    fn object(&self, schema: &Node, value: &Node, at: &str) -> Option<String> {
        let mut required = schema.get("required").into_iter().flat_map(Node::items);
        if let Some(missing) =
            required.find_map(|name| name.as_str().filter(|name| value.get(name).is_none()))
        {
            return Some(said(at, value, &format!("has no {missing}")));
        }
        let more = schema.get("additionalProperties");
        let mut members = value.members();
        members.find_map(|(name, member)| {
            let at = format!("{at}/{}", escape(name));
            let property = schema.get("properties").and_then(|properties| properties.get(name));
            match (property, more.map(|more| &more.kind)) {
                (Some(property), _) => self.fault(property, member, &at),
                (None, Some(Kind::Bool(false))) => Some(said(&at, member, "is no property of it")),
                (None, Some(Kind::Map(_))) => self.fault(more?, member, &at),
                (None, _) => None,
            }
        })
    }
}

fn is_of_type(value: &Node, wanted: &str) -> bool {
    match (&value.kind, wanted) {
        (_, "")
        | (Kind::Bool(_), "boolean")
        | (Kind::Number(_), "number")
        | (Kind::String(_), "string")
        | (Kind::List(_), "array")
        | (Kind::Map(_), "object") => true,
        (Kind::Number(number), "integer") => number.is_i64() || number.is_u64(),
        _ => false,
    }
}

fn number(schema: &Node, value: &Node, at: &str) -> Option<String> {
    let float = |node: &Node| match &node.kind {
        Kind::Number(number) => number.as_f64(),
        _ => None,
    };
    let number = float(value)?;
    let bound = |name: &str| float(schema.get(name)?);
    let int32 = schema.text("format") == Some("int32");
    let minimum = bound("minimum").or(int32.then_some(f64::from(i32::MIN)));
    let maximum = bound("maximum").or(int32.then_some(f64::from(i32::MAX)));
    if let Some(minimum) = minimum.filter(|minimum| number < *minimum) {
        return Some(said(at, value, &format!("is below {minimum}")));
    }
    let maximum = maximum.filter(|maximum| number > *maximum)?;
    Some(said(at, value, &format!("is above {maximum}")))
}

fn string(schema: &Node, text: &str, value: &Node, at: &str) -> Option<String> {
    if let Some(broken) = length(schema, text.chars().count(), ["minLength", "maxLength"]) {
        return Some(said(at, value, &broken));
    }
    let pattern = schema.get("pattern")?.as_str()?;
    match Regex::new(pattern) {
        Ok(regex) if regex.is_match(text) => None,
        Ok(_) => Some(said(at, value, &format!("does not match {pattern}"))),
        Err(error) => Some(format!("the pattern {pattern}: {error}")),
    }
}

fn length(schema: &Node, length: usize, [least, most]: [&str; 2]) -> Option<String> {
    let bound = |name: &str| match &schema.get(name)?.kind {
        Kind::Number(number) => usize::try_from(number.as_u64()?).ok(),
        _ => None,
    };
    if bound(least).is_some_and(|least| length < least) {
        return Some(format!("has a length of {length}, below its {least}"));
    }
    bound(most)
        .is_some_and(|most| length > most)
        .then(|| format!("has a length of {length}, above its {most}"))
}

fn said(at: &str, value: &Node, wrong: &str) -> String {
    let value = value.to_value();
    if at.is_empty() { format!("{value} {wrong}") } else { format!("{value} at {at} {wrong}") }
}
