//! Schemas of the document, and values that they admit.

use serde_json::{Value, json};

use crate::document::Document;
use crate::node::{Node, escape};

/// More than schemas are nested: one that contains itself ends too.
const DEEPEST: u8 = 20;

/// A schema, past the references that lead to it and past an `allOf` around one of them.
#[derive(Clone)]
pub struct Schema<'a> {
    document: &'a Document,
    pointer: String,
    node: &'a Node,
    /// The first on the way here: a property's own goes before that of what it refers to.
    example: Option<&'a Node>,
}

impl<'a> Schema<'a> {
    pub fn at(document: &'a Document, pointer: &str) -> Option<Self> {
        let mut example = None;
        let mut pointer = pointer.to_owned();
        for _ in 0..DEEPEST {
            let (at, node) = document.resolve(&pointer)?;
            example = example.or_else(|| node.get("example"));
            if node.get("allOf").is_none() {
                return Some(Self { document, pointer: at, node, example });
            }
            pointer = format!("{at}/allOf/0");
        }
        None
    }

    fn below(&self, path: &str) -> Option<Self> {
        self.node.pointer(path)?;
        Self::at(self.document, &format!("{}{path}", self.pointer))
    }

    fn property(&self, name: &str) -> Option<Self> {
        self.below(&format!("/properties/{}", escape(name)))
    }

    fn properties(&self) -> impl Iterator<Item = (&'a str, Self)> {
        let properties = self.node.get("properties").into_iter().flat_map(Node::members);
        properties.filter_map(|(name, _)| Some((name, self.property(name)?)))
    }

    fn number(&self, keyword: &str) -> Option<i64> {
        self.node.get(keyword)?.to_value().as_i64()
    }

    fn values(&self) -> impl Iterator<Item = &'a str> {
        self.node.get("enum").into_iter().flat_map(Node::items).filter_map(Node::as_str)
    }

    /// The documented default.
    pub fn default(&self) -> Option<Value> {
        Some(self.node.get("default")?.to_value())
    }

    /// A value of which no part is left out.
    pub fn example(&self) -> Option<Value> {
        self.example_within(DEEPEST)
    }

    fn example_within(&self, depth: u8) -> Option<Value> {
        if let Some(example) = self.example {
            return Some(example.to_value());
        }
        let depth = depth.checked_sub(1)?;
        if let Some(items) = self.below("/items") {
            return Some(json!([items.example_within(depth)?]));
        }
        let members = self.properties().filter_map(|(name, property)| {
            Some((name.to_owned(), property.example_within(depth)?))
        });
        Some(Value::Object(members.collect()))
    }

    /// An object with a zero, a false or an empty list in each member that takes it.
    pub fn empty(&self) -> Value {
        let members = self.properties().filter_map(|(name, property)| {
            let empty = match property.node.get("type")?.as_str()? {
                "boolean" => json!(false),
                "integer" => json!(0),
                "array" => json!([]),
                _ => return None,
            };
            let least = property.number("minimum").or(property.number("minItems"));
            least.is_none_or(|least| least <= 0).then_some((name.to_owned(), empty))
        });
        Value::Object(members.collect())
    }

    /// Visits a value of this schema and all values in it, each with its schema and its pointer.
    pub fn visit(&self, value: &mut Value, visit: &mut dyn FnMut(&Self, &mut Value, &str)) {
        self.visit_at(value, "", visit);
    }

    fn visit_at(
        &self,
        value: &mut Value,
        pointer: &str,
        visit: &mut dyn FnMut(&Self, &mut Value, &str),
    ) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    if let Some(schema) = self.property(name) {
                        schema.visit_at(member, &format!("{pointer}/{}", escape(name)), visit);
                    }
                }
            }
            Value::Array(items) => {
                if let Some(schema) = self.below("/items") {
                    for (index, item) in items.iter_mut().enumerate() {
                        schema.visit_at(item, &format!("{pointer}/{index}"), visit);
                    }
                }
            }
            _ => {}
        }
        visit(self, value, pointer);
    }

    /// Whether it is an enum of texts.
    pub fn is_enum(&self) -> bool {
        self.values().next().is_some()
    }

    pub fn is_nullable(&self) -> bool {
        self.node.is("nullable")
    }

    /// Whether it is an object whose members are named one by one.
    pub fn has_properties(&self) -> bool {
        self.node.get("properties").is_some()
    }
}
