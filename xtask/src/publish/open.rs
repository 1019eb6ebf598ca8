//! Replaces the enums in responses of the published document by strings that list the known values. A client that is
//! generated from an `enum` with default settings rejects a whole response because of one new value.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::document::Document;
use crate::node::{Kind, Node};

const SCHEMAS: &str = "/components/schemas/";

/// The document with open enums in responses. Enums in requests are unchanged.
pub fn opened(document: &Document) -> Document {
    let used = |parts: &[&str]| {
        let mut names = BTreeSet::new();
        for operation in document.operations() {
            for part in parts {
                operation
                    .node
                    .get(part)
                    .iter()
                    .for_each(|node| collect(document, node, &mut names));
            }
        }
        names
    };
    let in_requests = used(&["parameters", "requestBody"]);
    let only_in_responses = &used(&["responses"]) - &in_requests;
    let mut root = document.root.clone();
    for name in &only_in_responses {
        let Some(schema) = schemas(&mut root).and_then(|it| it.get_mut(name)) else { continue };
        if schema.get("enum").is_none() {
            open(document, schema);
        }
    }
    let is_enum = |name: &str| {
        document
            .root
            .pointer(&format!("{SCHEMAS}{name}"))
            .is_some_and(|it| it.get("enum").is_some())
    };
    // Nothing refers to these any more.
    if let Some(schemas) = schemas(&mut root) {
        schemas.retain(|name, _| !only_in_responses.contains(name) || !is_enum(name));
    }
    Document { file: document.file.clone(), root }
}

fn schemas(root: &mut Node) -> Option<&mut IndexMap<String, Node>> {
    let Kind::Map(root) = &mut root.kind else { return None };
    let Kind::Map(components) = &mut root.get_mut("components")?.kind else { return None };
    match &mut components.get_mut("schemas")?.kind {
        Kind::Map(schemas) => Some(schemas),
        _ => None,
    }
}

/// Adds the names of the component schemas that a part of the document refers to, directly or through others.
fn collect(document: &Document, node: &Node, names: &mut BTreeSet<String>) {
    if let Some(pointer) = node.reference() {
        let name = pointer.strip_prefix(SCHEMAS).map(str::to_owned);
        if name.is_none_or(|name| names.insert(name))
            && let Some(target) = document.root.pointer(pointer)
        {
            collect(document, target, names);
        }
    }
    node.members().for_each(|(_, member)| collect(document, member, names));
    node.items().for_each(|item| collect(document, item, names));
}

/// Replaces each reference to an enum, and each inline enum.
fn open(document: &Document, node: &mut Node) {
    let wrapped = node.list("allOf").next().unwrap_or(node);
    let target = wrapped.reference().and_then(|pointer| document.root.pointer(pointer));
    let schema = target.unwrap_or(node);
    if schema.text("type") == Some("string") && schema.get("enum").is_some() {
        *node = as_string(&schema.clone(), node);
        return;
    }
    match &mut node.kind {
        Kind::Map(members) => members.values_mut().for_each(|member| open(document, member)),
        Kind::List(items) => items.iter_mut().for_each(|item| open(document, item)),
        _ => {}
    }
}

/// The string schema that replaces an enum, with the keywords of the property that refers to it.
fn as_string(schema: &Node, property: &Node) -> Node {
    let node = |kind| Node { line: 0, kind };
    let text = |text: &str| node(Kind::String(text.to_owned()));
    let values = schema.list("enum").filter_map(Node::as_str);
    let meanings = schema.list("x-enum-descriptions").filter_map(Node::as_str);
    let values = values.zip(meanings).map(|(value, meaning)| format!("\n- `{value}`: {meaning}"));
    let values: String = values.collect();
    let description = property.text("description").or(schema.text("description"));
    let description = description.unwrap_or_default();
    let mut members = IndexMap::from([
        ("type".to_owned(), text("string")),
        ("description".to_owned(), text(&format!("{description}\n\nKnown values:\n{values}"))),
    ]);
    for (name, member) in property.members() {
        let is_replaced = ["$ref", "allOf", "type", "enum", "x-enum-descriptions"].contains(&name);
        if !is_replaced && name != "description" {
            members.insert(name.to_owned(), member.clone());
        }
    }
    let first = property.get("example").or(schema.get("example")).or(schema.list("enum").next());
    members.extend(first.map(|first| ("example".to_owned(), first.clone())));
    if let Some(values) = schema.get("enum") {
        members.insert("x-extensible-enum".to_owned(), values.clone());
    }
    node(Kind::Map(members))
}
