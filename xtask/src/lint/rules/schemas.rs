//! Conventions of schemas: requests are strict, replies are read liberally.

use super::{Complaint, Subject};
use crate::lint::schemas::Place;
use crate::node::{Node, escape};

/// What bounds a value.
const BOUNDS: [&str; 9] = [
    "enum",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maximum",
    "minLength",
    "minimum",
    "pattern",
];

pub fn shared(subject: &Subject) -> Vec<Complaint> {
    let document = subject.document;
    let paths = document.root.get("paths").into_iter().flat_map(Node::members);
    let paths = paths.map(|(path, item)| (format!("/paths/{}", escape(path)), item));
    let operations = document.operations().map(|operation| (operation.pointer, operation.node));
    let parameters = paths.chain(operations).flat_map(|(pointer, node)| {
        let parameters = node.get("parameters").into_iter().flat_map(Node::items).enumerate();
        parameters.map(move |(index, node)| (format!("{pointer}/parameters/{index}"), node))
    });
    let headers = subject.messages().flat_map(|(pointer, node)| {
        let headers = node.get("headers").into_iter().flat_map(Node::members);
        headers.map(move |(name, node)| (format!("{pointer}/headers/{}", escape(name)), node))
    });
    let own = parameters.chain(headers).filter(|(_, node)| node.get("$ref").is_none());
    own.map(|(pointer, _)| {
        let text = "is no component; move it to components, and refer to that".to_owned();
        subject.complaint(&pointer, text)
    })
    .collect()
}

pub fn requests(subject: &Subject) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for schema in subject.schemas.iter().filter(|schema| schema.direction.request) {
        let bound = BOUNDS.iter().find(|bound| schema.node.get(bound).is_some());
        if let Some(bound) = bound.filter(|_| schema.place != Place::Component) {
            let text = format!(
                "{bound} stands in a request outside of a component; move it to components/schemas, \
                 and refer to that"
            );
            complaints.push(subject.complaint(&schema.pointer, text));
        }
        // What replies share with requests is no integer of its own.
        let is = |name: &str, value: &str| schema.node.text(name).is_some_and(|is| is == value);
        if is("type", "integer") && !is("format", "int32") && !schema.direction.reply {
            let text = "an integer of a request has another format; say format: int32".to_owned();
            complaints.push(subject.complaint(&schema.pointer, text));
        }
    }
    complaints
}

pub fn replies(subject: &Subject) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for schema in subject.schemas.iter().filter(|schema| schema.direction.reply) {
        if schema.node.get("required").is_some() {
            let pointer = format!("{}/required", schema.pointer);
            let text = "a reply requires something; remove it".to_owned();
            complaints.push(subject.complaint(&pointer, text));
        }
        let is_list = schema.node.text("type") == Some("array");
        if is_list && !schema.node.is("nullable") {
            let text = "a list of a reply is not nullable; say nullable: true".to_owned();
            complaints.push(subject.complaint(&schema.pointer, text));
        }
    }
    complaints
}
