//! The README of the published files: a template, filled from the document.

use super::{
    CLIENTS, CONVENTIONS, DEREFERENCED, JSON, LICENCE, LIMITATIONS, OPENAPI_31, REFERENCE, SCHEMAS,
    SUMS, YAML,
};
use crate::Failure;
use crate::document::{Document, Operation};
use crate::interop::language;
use crate::node::Node;

const TEMPLATE: &str = include_str!("README.md.in");

pub fn text(document: &Document, rendered: &Document) -> Result<String, Failure> {
    let root = &document.root;
    let schemas = || root.pointer("/components/schemas").into_iter().flat_map(Node::members);
    let unions = schemas().filter(|(_, schema)| schema.get("oneOf").is_some());
    let server = |server: &Node| Some(format!("<{}>", string(server, "/url")?));
    let servers = root.get("servers").into_iter().flat_map(Node::items).filter_map(server);
    let values = [
        ("title", stated(document, "/info/title")?),
        ("version", stated(document, "/info/version")?),
        ("description", stated(document, "/info/description")?),
        ("licence", stated(document, "/info/license/name")?),
        ("openapi", stated(document, "/openapi")?),
        ("openapi31", stated(rendered, "/openapi")?),
        ("files", files(schemas().count())),
        ("operations", lines(document.operations().map(|operation| row(&operation)))),
        ("servers", servers.collect::<Vec<_>>().join(", ")),
        ("credentials", lines(credentials(root))),
        ("unions", unions.map(|(name, _)| code(name)).collect::<Vec<_>>().join(", ")),
    ];
    let fill =
        |text: String, name: &str, value: &str| text.replace(&format!("{{{{{name}}}}}"), value);
    let filled =
        values.iter().fold(TEMPLATE.to_owned(), |text, (name, value)| fill(text, name, value));
    let filled = language::packages().fold(filled, |text, (name, value)| fill(text, name, value));
    match filled.split_once("{{") {
        None => Ok(filled),
        Some((_, rest)) => {
            let name = rest.split("}}").next().unwrap_or_default();
            Err(format!("README.md.in: nothing fills {name}").into())
        }
    }
}

fn files(schemas: usize) -> String {
    let files = [
        (YAML, "the document, with comments"),
        (
            CONVENTIONS,
            "the README that its first lines name: conventions, `x-` keys, contradictions settled",
        ),
        (JSON, "the document as JSON"),
        (DEREFERENCED, "without any `$ref`, for tools that can't follow one"),
        (OPENAPI_31, "rendered as OpenAPI 3.1"),
        (REFERENCE, "a page to read: one file that asks no host for anything"),
        (SCHEMAS, &format!("the {schemas} components, each as a JSON Schema 2020-12 of its own")),
        (LIMITATIONS, "what generated clients are known not to do, and what to do about it"),
        (CLIENTS, "settings of openapi-generator"),
        (LICENCE, "the licence; that of the programs in the page stands there"),
        (SUMS, "their checksums"),
    ];
    lines(files.iter().map(|(file, what)| format!("| [`{file}`]({file}) | {what} |")))
}

fn row(operation: &Operation<'_>) -> String {
    let method = operation.method.to_uppercase();
    let summary = string(operation.node, "/summary").unwrap_or_default();
    format!(
        "| {} | {} | {summary} |",
        code(operation.id),
        code(&format!("{method} {}", operation.path))
    )
}

/// What each security scheme wants of a caller.
fn credentials(root: &Node) -> impl Iterator<Item = String> {
    let schemes = root.pointer("/components/securitySchemes").into_iter().flat_map(Node::members);
    schemes.filter_map(|(_, scheme)| {
        let (name, place) = (string(scheme, "/name")?, string(scheme, "/in")?);
        let description = string(scheme, "/description").unwrap_or_default();
        Some(format!("Credentials: {place} {}. {description}", code(name)))
    })
}

fn stated(document: &Document, pointer: &str) -> Result<String, Failure> {
    match string(&document.root, pointer) {
        Some(text) => Ok(text.to_owned()),
        None => Err(format!("{}: missing; state it", document.place(pointer)).into()),
    }
}

fn string<'a>(node: &'a Node, pointer: &str) -> Option<&'a str> {
    node.pointer(pointer).and_then(Node::as_str)
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.collect::<Vec<_>>().join("\n")
}
