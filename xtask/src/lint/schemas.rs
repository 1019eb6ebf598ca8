//! The schemas of a document, wherever they stand.

use crate::direction::{Direction, Directions};
use crate::document::Document;
use crate::node::{Kind, Node, escape};

/// A schema that says something of its own: no `$ref`, but also what wraps one in `allOf`.
pub struct Schema<'a> {
    pub pointer: String,
    pub node: &'a Node,
    pub place: Place,
    /// Whether requests or replies are made of it. An enum can be part of both.
    pub direction: Direction,
}

/// What a schema is to the thing in which it stands.
#[derive(Clone, Copy, PartialEq)]
pub enum Place {
    Component,
    /// A property, or what stands in a list, a map or `oneOf`.
    Part,
    /// Of a parameter or a header, which has description and example itself.
    Whole,
}

impl<'a> Schema<'a> {
    /// All schemas, in the order of the document.
    pub fn all(document: &'a Document) -> Vec<Self> {
        let directions = Directions::of(&[document]);
        let mut schemas = Vec::new();
        for section in ["parameters", "headers"] {
            for (pointer, component) in components(document, section) {
                if let Some(schema) = component.get("schema") {
                    collect(format!("{pointer}/schema"), schema, Place::Whole, &mut schemas);
                }
            }
        }
        for (pointer, schema) in components(document, "schemas") {
            collect(pointer, schema, Place::Component, &mut schemas);
        }
        for schema in &mut schemas {
            // `/components/schemas/Name` of whatever stands in it.
            let end = schema.pointer.match_indices('/').nth(3);
            let component = end.map_or(&*schema.pointer, |(end, _)| &schema.pointer[..end]);
            schema.direction = directions.at(component);
        }
        schemas
    }
}

fn collect<'a>(pointer: String, node: &'a Node, place: Place, schemas: &mut Vec<Schema<'a>>) {
    if node.get("$ref").is_some() {
        return;
    }
    let mut parts = Vec::new();
    for (name, property) in node.get("properties").into_iter().flat_map(Node::members) {
        let pointer = format!("{pointer}/properties/{}", escape(name));
        parts.push((pointer, property, Place::Part));
    }
    for part in ["items", "additionalProperties"] {
        if let Some(node) = node.get(part).filter(|node| matches!(node.kind, Kind::Map(_))) {
            parts.push((format!("{pointer}/{part}"), node, Place::Part));
        }
    }
    for part in ["oneOf", "anyOf", "allOf"] {
        for (index, node) in node.get(part).into_iter().flat_map(Node::items).enumerate() {
            parts.push((format!("{pointer}/{part}/{index}"), node, Place::Part));
        }
    }
    schemas.push(Schema { pointer, node, place, direction: Direction::NEITHER });
    for (pointer, node, place) in parts {
        collect(pointer, node, place, schemas);
    }
}

/// The components of a section, each with its pointer.
pub fn components<'a>(
    document: &'a Document,
    section: &str,
) -> impl Iterator<Item = (String, &'a Node)> {
    let above = format!("/components/{section}");
    let section = document.root.pointer(&above).into_iter().flat_map(Node::members);
    section.map(move |(name, node)| (format!("{above}/{}", escape(name)), node))
}

/// What a schema means: what its `$ref`, or the one that it wraps in `allOf`, leads to.
pub fn meant<'a>(document: &'a Document, schema: &'a Node) -> &'a Node {
    let wrapped = schema.pointer("/allOf/0").unwrap_or(schema);
    let meant = wrapped.reference().and_then(|pointer| document.resolve(pointer));
    meant.map_or(schema, |(_, node)| node)
}

/// The types of a value: several where `oneOf` leaves a choice.
pub fn types<'a>(document: &'a Document, schema: &'a Node) -> Vec<&'a str> {
    let schema = meant(document, schema);
    let alternatives = schema.get("oneOf").into_iter().flat_map(Node::items);
    let schemas = [schema].into_iter().chain(alternatives);
    schemas.filter_map(|schema| schema.get("type")?.as_str()).collect()
}

pub fn is_scalar(document: &Document, schema: &Node) -> bool {
    let types = types(document, schema);
    !types.is_empty() && !types.iter().any(|name| ["array", "object"].contains(name))
}
