//! What the schemas of parameters and bodies state.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::pattern;
use super::super::statement::{what, within};
use super::Reader;
use crate::node::{Node, escape};
use crate::pages::facts::Part;
use crate::pages::locate::Located;

/// A schema that is being read: a field of a body, or a parameter.
#[derive(Clone, Copy)]
pub struct Field<'a> {
    pub at: &'a str,
    pub part: Part,
    /// A list that is written as one text, its items joined by commas.
    pub joined: bool,
}

/// A schema, and the nodes that make it.
struct Schema<'a> {
    located: Located<'a>,
    layers: Vec<(String, &'a Node)>,
    types: BTreeSet<String>,
}

impl<'a> Schema<'a> {
    fn new(located: Located<'a>) -> Self {
        let alternatives = located.alternatives();
        let of_alternatives = alternatives.iter().flat_map(Located::layers);
        let layers: Vec<_> = located.layers().into_iter().chain(of_alternatives).collect();
        let types = layers.iter().filter_map(|(_, node)| node.get("type")?.as_str());
        let types = types.map(str::to_owned).collect();
        Self { located, layers, types }
    }

    fn step(&self, step: &str) -> Option<Self> {
        self.located.step(step).map(Self::new)
    }

    /// A keyword, in each of the layers that have it.
    fn all<'s>(&'s self, keyword: &'s str) -> impl Iterator<Item = &'a Node> + 's {
        self.layers.iter().filter_map(move |(_, node)| node.get(keyword))
    }

    /// Where a keyword stands, or would.
    fn pointer(&self, keyword: &str) -> String {
        match self.layers.iter().find(|(_, node)| node.get(keyword).is_some()) {
            Some((pointer, _)) => format!("{pointer}/{keyword}"),
            None => self.located.pointer.clone(),
        }
    }
}

/// The one form of a time that is also a `date-time`.
const RFC_3339: &str = "%Y-%m-%dT%H:%M:%SZ";

/// Keywords on what a schema holds, and how it is made up.
const STRUCTURE: [&str; 8] =
    ["additionalProperties", "allOf", "anyOf", "items", "oneOf", "properties", "required", "type"];

impl Reader<'_> {
    /// A schema: its type, and what it says besides.
    pub fn schema(&mut self, field: Field, schema: Located) {
        let schema = Schema::new(schema);
        let pointer = schema.pointer("type");
        if field.joined && schema.types.contains("array") {
            let types = schema.step("*").map(|items| items.types).unwrap_or_default();
            self.state(field.at, what::TYPE, json!(types), &pointer);
            self.state(field.at, what::FORMAT, json!(["comma-separated"]), &pointer);
        } else {
            self.state(field.at, what::TYPE, json!(schema.types), &pointer);
        }
        self.content(field, &schema);
    }

    /// What a schema says besides its type, and the schemas of its fields and items.
    fn content(&mut self, field: Field, schema: &Schema) {
        let pointer = &schema.located.pointer;
        if self.open.contains(pointer) {
            self.state(field.at, "recursion", true.into(), pointer);
            return;
        }
        self.open.push(pointer.clone());
        self.keywords(field, schema);
        if schema.types.contains("object") {
            if let Some((innermost, _)) = schema.layers.last() {
                self.view.locate(&within(field.at), innermost);
            }
            self.object(field, schema);
        }
        if schema.types.contains("array") {
            self.array(field, schema);
        }
        if field.at == "request" {
            self.rules(&schema.layers);
        }
        self.open.pop();
    }

    fn object(&mut self, field: Field, schema: &Schema) {
        let Field { at, part, .. } = field;
        let required: BTreeSet<&str> =
            schema.all("required").flat_map(Node::items).filter_map(Node::as_str).collect();
        for (owner, node) in &schema.layers {
            for (name, property) in node.get("properties").into_iter().flat_map(Node::members) {
                let child = format!("{at}/{name}");
                let pointer = format!("{owner}/properties/{}", escape(name));
                self.describe(&child, &pointer, property);
                let mandatory = required.contains(name);
                if part != Part::Response || mandatory {
                    self.state(&child, what::MANDATORY, mandatory.into(), &pointer);
                }
                if let Some(located) = schema.located.step(&escape(name)) {
                    self.schema(Field { at: &child, part, joined: false }, located);
                }
            }
            let Some(additional) = node.get("additionalProperties") else { continue };
            let pointer = format!("{owner}/additionalProperties");
            if additional.members().next().is_some() {
                let child = format!("{at}/*");
                self.describe(&child, &pointer, additional);
                if let Some(located) = schema.located.step("*") {
                    self.schema(Field { at: &child, part, joined: false }, located);
                }
            } else if !additional.is_true() {
                self.state(at, what::UNKNOWN_FIELDS, "refused".into(), &pointer);
            }
        }
        for name in required {
            let child = format!("{at}/{name}");
            if !self.view.has(&child) {
                self.state(&child, what::MANDATORY, true.into(), &schema.pointer("required"));
            }
        }
    }

    fn array(&mut self, field: Field, schema: &Schema) {
        let Some(items) = schema.step("*") else { return };
        if !field.joined {
            self.state(field.at, what::ITEMS, json!(items.types), &items.pointer("type"));
        }
        if items.types.contains("object") || items.types.contains("array") {
            let at = format!("{}/*", field.at);
            self.content(Field { at: &at, ..field }, &items);
        } else {
            // A page says of a list of texts what holds for each of them.
            self.keywords(field, &items);
        }
    }

    /// The keywords of a schema, except those on what it holds.
    fn keywords(&mut self, field: Field, schema: &Schema) {
        let at = field.at;
        let forms: Vec<String> = schema
            .all("x-strftime")
            .flat_map(Node::items)
            .filter_map(|form| form.as_str().map(str::to_owned))
            .collect();
        if schema.types.contains("integer") {
            self.width(field, schema);
        }
        if !forms.is_empty() && schema.all("pattern").next().is_none() {
            let none = "none that holds texts to the forms";
            self.state(at, what::PATTERN, none.into(), &schema.pointer("x-strftime"));
        }
        if forms.iter().any(|form| form.ends_with('Z')) {
            self.state(at, what::FORMAT, json!(["utc"]), &schema.pointer("x-strftime"));
        }
        for (owner, node) in &schema.layers {
            for (keyword, node) in node.members() {
                let pointer = format!("{owner}/{}", escape(keyword));
                match (keyword, node.as_str()) {
                    ("pattern", Some(text)) => self.pattern(at, text, &forms, &pointer),
                    ("format", Some("int32" | "int64")) => {}
                    // A form says more than that the form is that of RFC 3339.
                    ("format", Some("date-time")) if forms == [RFC_3339] => {}
                    ("format", Some("date-time")) => {
                        self.state(at, what::FORMAT, json!(["date-time", "utc"]), &pointer);
                    }
                    ("format", Some(format)) => {
                        self.state(at, what::FORMAT, json!([format]), &pointer);
                    }
                    ("x-rules", _) if at == "request" => {}
                    _ if STRUCTURE.contains(&keyword) => {}
                    _ => match name(keyword, field.part) {
                        Some(what) => self.state(at, what, node.to_value(), &pointer),
                        None => self.keyword(at, keyword, node, owner),
                    },
                }
            }
        }
    }

    /// Integers have 32 bits in requests and 64 in replies. That is for no page to say; another
    /// width is.
    fn width(&mut self, field: Field, schema: &Schema) {
        let usual = if field.part == Part::Response { "int64" } else { "int32" };
        let mut widths = schema.all("format").filter_map(Node::as_str);
        let width = widths.find(|width| width.starts_with("int")).unwrap_or("integer of any width");
        if width != usual {
            self.state(field.at, what::FORMAT, json!([width]), &schema.pointer("format"));
        }
    }

    fn pattern(&mut self, at: &str, text: &str, forms: &[String], pointer: &str) {
        let reading = pattern::read(text, forms).filter(|reading| {
            // All of the forms, and nothing else.
            forms.is_empty()
                || (reading.forms.len() == forms.len() && pattern::is_strict(text, forms))
        });
        match reading {
            Some(reading) => {
                for (what, value) in reading.statements() {
                    self.state(at, what, value, pointer);
                }
            }
            None => self.state(at, what::PATTERN, text.into(), pointer),
        }
    }
}

/// What a page calls what a keyword states.
fn name(keyword: &str, part: Part) -> Option<&'static str> {
    Some(match keyword {
        "enum" => what::ENUM,
        "minimum" => what::MINIMUM,
        "maximum" => what::MAXIMUM,
        "minLength" => what::MIN_LENGTH,
        "maxLength" => what::MAX_LENGTH,
        "minItems" => what::MIN_ITEMS,
        "maxItems" => what::MAX_ITEMS,
        "nullable" => what::NULLABLE,
        "x-unit" => what::UNIT,
        "x-strftime" => what::FORM,
        "default" if part == Part::Uri => what::DEFAULT,
        "default" => what::DEFAULT_WHEN_ABSENT,
        "x-default-on-create" if part == Part::Request => what::DEFAULT,
        _ => return None,
    })
}

impl pattern::Reading {
    pub fn statements(self) -> Vec<(&'static str, Value)> {
        let formats = [("uuid", self.uuid), ("comma-separated", self.comma_separated)];
        let formats: Vec<&str> =
            formats.into_iter().filter_map(|(format, is_it)| is_it.then_some(format)).collect();
        let list = |list: Vec<Value>| (!list.is_empty()).then_some(Value::Array(list));
        let texts = |texts: Vec<String>| list(texts.into_iter().map(Value::from).collect());
        [
            (what::CHARACTERS, self.characters.map(Value::from)),
            (what::MAX_LENGTH, self.max_length.map(Value::from)),
            (what::MINIMUM, self.minimum.map(Value::from)),
            (what::MAXIMUM, self.maximum.map(Value::from)),
            (what::MAX_ITEMS, self.max_items.map(Value::from)),
            (what::LITERALS, texts(self.literals)),
            (what::FORM, texts(self.forms)),
            (what::FORMAT, list(formats.into_iter().map(Value::from).collect())),
        ]
        .into_iter()
        .filter_map(|(what, value)| Some((what, value?)))
        .collect()
    }
}
