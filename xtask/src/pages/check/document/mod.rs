//! What the document states of an operation.

mod rules;
mod schema;

use schema::Field;
use serde_json::Value;

use super::statement::{OPERATION, View, what};
use super::value::text_of;
use crate::document::{Document, Operation};
use crate::node::{Node, escape};
use crate::pages::facts::{Location, Part};
use crate::pages::locate::Exchange;

/// Names, prose, examples of our own, and what speaks to tools: nothing that a page could state.
const ASIDE: [&str; 14] = [
    "$ref",
    "description",
    "example",
    "examples",
    "externalDocs",
    "operationId",
    "summary",
    "tags",
    "title",
    "x-client-parameter",
    "x-enum-descriptions",
    "x-error-codes",
    "x-observed",
    "x-pagination",
];

/// What the document states of an operation.
pub fn view(document: &Document, operation: Operation) -> View {
    let mut reader = Reader {
        document,
        exchange: Exchange::new(document, operation),
        view: View::default(),
        open: Vec::new(),
    };
    reader.operation();
    reader.view.state_outside();
    reader.view
}

struct Reader<'a> {
    document: &'a Document,
    exchange: Exchange<'a>,
    view: View,
    /// The schemas that are being read: one that holds itself is read once.
    open: Vec<String>,
}

impl Reader<'_> {
    fn state(&mut self, at: &str, what: &str, value: Value, pointer: &str) {
        self.view.always(at, what, value, pointer);
    }

    fn describe(&mut self, at: &str, pointer: &str, node: &Node) {
        self.view.describe(at, pointer);
        if let Some(present) = self.view.get_mut(at, what::PRESENT) {
            present.observed = node.is("x-observed");
        }
    }

    /// A keyword that the pages have no word for.
    fn keyword(&mut self, at: &str, keyword: &str, node: &Node, pointer: &str) {
        if !ASIDE.contains(&keyword) {
            self.state(at, keyword, node.to_value(), &format!("{pointer}/{}", escape(keyword)));
        }
    }

    fn operation(&mut self) {
        let (pointer, node) =
            (self.exchange.operation.pointer.clone(), self.exchange.operation.node);
        self.view.locate(OPERATION, &pointer);
        let method = self.exchange.operation.method.to_uppercase();
        self.state(OPERATION, what::METHOD, method.into(), &pointer);
        let path = self.exchange.operation.path;
        self.state(OPERATION, what::PATH, path.into(), &pointer);
        for (keyword, value) in node.members() {
            match keyword {
                "parameters" => {}
                "requestBody" => self.request(&format!("{pointer}/requestBody")),
                "responses" => self.responses(&format!("{pointer}/responses"), value),
                _ => self.keyword(OPERATION, keyword, value, &pointer),
            }
        }
        let of_path = pointer.rsplit_once('/').map_or("", |(path, _)| path).to_owned();
        // A parameter of the operation goes before that of its path.
        for owner in [pointer, of_path] {
            self.parameters(&format!("{owner}/parameters"));
        }
    }

    fn parameters(&mut self, list: &str) {
        let count = self.document.root.pointer(list).map_or(0, |list| list.items().count());
        for index in 0..count {
            let Some((pointer, node)) = self.document.resolve(&format!("{list}/{index}")) else {
                continue;
            };
            let text = |key| node.get(key).and_then(Node::as_str).unwrap_or_default();
            let (name, location) = (text("name"), text("in"));
            let at = format!("{location}/{name}");
            if self.view.has(&at) {
                continue;
            }
            self.describe(&at, &pointer, node);
            self.state(&at, what::MANDATORY, node.is("required").into(), &pointer);
            let id = self.exchange.operation.id;
            let example = format!("{pointer}/examples/{id}Request/value");
            if let Some(value) = self.document.root.pointer(&example) {
                self.state(&at, what::EXAMPLE, text_of(&value.to_value()).into(), &example);
            }
            let joined = node.get("style").is_none_or(|style| style.as_str() == Some("form"))
                && node.get("explode").is_some_and(|explode| !explode.is_true());
            for (keyword, value) in node.members() {
                match keyword {
                    "name" | "in" | "required" | "schema" => {}
                    "style" | "explode" if joined => {}
                    _ => self.keyword(&at, keyword, value, &pointer),
                }
            }
            let location = match location {
                "path" => Location::Path,
                "query" => Location::Query,
                // No page has others: that it is there says enough.
                _ => continue,
            };
            let schema = self.exchange.parameter(name, location).and_then(|found| found.schema());
            let Some(schema) = schema else { continue };
            self.schema(Field { at: &at, part: Part::Uri, joined }, schema);
        }
    }

    fn request(&mut self, pointer: &str) {
        let Some((pointer, node)) = self.document.resolve(pointer) else { return };
        let at = "request";
        self.describe(at, &pointer, node);
        self.state(at, what::MANDATORY, node.is("required").into(), &pointer);
        self.body(at, Part::Request, &pointer, node);
        for (keyword, value) in node.members() {
            if !matches!(keyword, "content" | "required") {
                self.keyword(at, keyword, value, &pointer);
            }
        }
    }

    /// The schema of a body, and the documented example beside it.
    fn body(&mut self, at: &str, part: Part, pointer: &str, node: &Node) {
        let name = match part {
            Part::Response => "Response",
            Part::Uri | Part::Request => "Request",
        };
        let example = format!("{}{name}", self.exchange.operation.id);
        for (index, (media_type, content)) in
            node.get("content").into_iter().flat_map(Node::members).enumerate()
        {
            let pointer = format!("{pointer}/content/{}", escape(media_type));
            if index > 0 || media_type != "application/json" {
                self.state(at, media_type, true.into(), &pointer);
                continue;
            }
            let value = self
                .document
                .resolve(&format!("{pointer}/examples/{example}"))
                .and_then(|(pointer, node)| Some((format!("{pointer}/value"), node.get("value")?)));
            if let Some((pointer, value)) = value {
                self.state(at, what::EXAMPLE, value.to_value(), &pointer);
            }
            for (keyword, value) in content.members() {
                if keyword != "schema" {
                    self.keyword(at, keyword, value, &pointer);
                }
            }
            if let Some(schema) = self.exchange.body(part) {
                self.schema(Field { at, part, joined: false }, schema);
            }
        }
    }

    fn responses(&mut self, pointer: &str, responses: &Node) {
        let mut success = false;
        for (status, _) in responses.members() {
            let Some((pointer, node)) =
                self.document.resolve(&format!("{pointer}/{}", escape(status)))
            else {
                continue;
            };
            let at = format!("status/{status}");
            self.describe(&at, &pointer, node);
            if status.starts_with('2') && !success {
                success = true;
                if node.get("content").is_some() {
                    self.describe("response", &pointer, node);
                    self.body("response", Part::Response, &pointer, node);
                }
            } else if let Some(content) = node.get("content") {
                self.other_body(&at, &pointer, content);
            }
            let headers = node.get("headers").into_iter().flat_map(Node::members);
            for (name, _) in headers {
                let header = self.document.resolve(&format!("{pointer}/headers/{}", escape(name)));
                if let Some((pointer, node)) = header {
                    self.describe(&format!("{at}/{name}"), &pointer, node);
                }
            }
            for (keyword, value) in node.members() {
                if !matches!(keyword, "content" | "headers") {
                    self.keyword(&at, keyword, value, &pointer);
                }
            }
        }
    }

    /// A body that no page describes: which schema it has.
    fn other_body(&mut self, at: &str, pointer: &str, content: &Node) {
        for (media_type, _) in content.members() {
            let schema = format!("{pointer}/content/{}/schema", escape(media_type));
            let resolved = self.document.resolve(&schema).map_or(schema, |(pointer, _)| pointer);
            self.state(at, what::BODY, resolved.clone().into(), &resolved);
        }
    }
}
