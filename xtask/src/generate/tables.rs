//! The tables in README.md and openapi/README.md that say what the document, or a command, says.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::Document;
use crate::node::Node;

pub struct Table {
    pub file: &'static str,
    /// As the marker has it.
    pub name: &'static str,
    pub text: fn(&Sources) -> String,
}

/// What tables are made of.
pub struct Sources {
    pub document: Document,
}

const README: &str = "README.md";
const OPENAPI: &str = "openapi/README.md";

/// By file, in the order in which they stand there.
pub const TABLES: [Table; 6] = [
    Table { file: README, name: "regions", text: regions },
    Table { file: README, name: "calls", text: calls },
    Table { file: OPENAPI, name: "operations", text: operations },
    Table { file: OPENAPI, name: "errors", text: errors },
    Table { file: OPENAPI, name: "units", text: units },
    Table { file: OPENAPI, name: "error-classes", text: error_classes },
];

fn table<const N: usize>(head: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let line = |cells: [String; N]| format!("| {} |\n", cells.join(" | "));
    let head = line(head.map(str::to_owned));
    let rows = rows.map(|cells| line(cells.map(|cell| cell.replace('|', "\\|"))));
    format!("{head}|{}\n{}", "---|".repeat(N), rows.collect::<String>())
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

/// What a node has under a name, where it is a text.
fn text<'a>(node: &'a Node, name: &str) -> &'a str {
    node.text(name).unwrap_or_default()
}

fn calls(Sources { document, .. }: &Sources) -> String {
    let rows = document.operations().map(|operation| {
        let page = operation.node.get("externalDocs").map_or("", |docs| text(docs, "url"));
        let summary = text(operation.node, "summary");
        let summary =
            if page.is_empty() { summary.to_owned() } else { format!("[{summary}]({page})") };
        [code(&format!("client.{}()", snake_case(operation.id))), summary]
    });
    table(["call", "the vendor's page"], rows)
}

/// `updateScalingGroup` as the method of the client: `update_scaling_group`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

fn regions(Sources { document, .. }: &Sources) -> String {
    let url = document.root.pointer("/servers/0/url").and_then(Node::as_str).unwrap_or_default();
    let regions = document.root.pointer("/servers/0/variables/region/enum");
    let regions = regions.into_iter().flat_map(Node::items).filter_map(Node::as_str);
    let rows = regions.map(|region| [code(region), code(&url.replace("{region}", region))]);
    table(["region", "endpoint"], rows)
}

fn operations(Sources { document, .. }: &Sources) -> String {
    let rows = document.operations().map(|operation| {
        let method = operation.method.to_ascii_uppercase();
        [code(operation.id), code(&format!("{method} {}", operation.path))]
    });
    table(["operation", "method and path"], rows)
}

/// The errors of all operations, by status.
fn errors(Sources { document, .. }: &Sources) -> String {
    let mut errors = BTreeMap::new();
    for operation in document.operations() {
        let replies = operation.node.get("responses").into_iter().flat_map(Node::members);
        for (status, _) in replies.filter(|(status, _)| !status.starts_with('2')) {
            let pointer = format!("{}/responses/{status}", operation.pointer);
            if let Some((place, reply)) = document.resolve(&pointer) {
                errors.insert(status.to_owned(), (place, reply.get("x-observed").is_some()));
            }
        }
    }
    let rows = errors.into_iter().map(|(status, (place, observed))| {
        let name = place.rsplit('/').next().unwrap_or_default();
        let source = if observed { "`x-observed`" } else { "the pages" };
        [status, code(name), source.to_owned()]
    });
    table(["status", "response", "known from"], rows)
}

/// Where each unit stands, the units in the order of the document.
fn units(Sources { document, .. }: &Sources) -> String {
    let mut units: Vec<(&str, Vec<String>)> = Vec::new();
    let schemas = document.root.pointer("/components/schemas").into_iter();
    for (name, schema) in schemas.flat_map(Node::members) {
        let properties = schema.get("properties").into_iter().flat_map(Node::members);
        let properties = properties.map(|(key, node)| (code(&format!("{name}.{key}")), node));
        for (place, node) in [(code(name), schema)].into_iter().chain(properties) {
            let Some(unit) = node.text("x-unit") else { continue };
            match units.iter_mut().find(|(known, _)| *known == unit) {
                Some((_, places)) => places.push(place),
                None => units.push((unit, vec![place])),
            }
        }
    }
    let rows = units.into_iter().map(|(unit, places)| [code(unit), places.join(", ")]);
    table(["unit", "stands on"], rows)
}

fn error_classes(Sources { document, .. }: &Sources) -> String {
    let mut classes: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let schemas = document.root.pointer("/components/schemas").into_iter();
    let codes =
        schemas.flat_map(Node::members).filter_map(|(_, schema)| schema.get("x-error-codes"));
    for entry in codes.flat_map(Node::items) {
        if let Some(class) = entry.text("class") {
            classes.entry(class).or_default().insert(code(text(entry, "code")));
        }
    }
    let rows = classes
        .into_iter()
        .map(|(class, codes)| [code(class), codes.into_iter().collect::<Vec<_>>().join(", ")]);
    table(["class", "codes"], rows)
}
