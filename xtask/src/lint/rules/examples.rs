//! Examples: that they are there, and that they are valid.

use super::{Complaint, Subject};
use crate::lint::schemas::{Place, components, is_scalar};
use crate::lint::values::fault;
use crate::node::{Node, escape};

pub fn each(subject: &Subject) -> Vec<Complaint> {
    let complaint = |pointer: &str| {
        subject.complaint(pointer, "has no example; add one that can be sent as it is".to_owned())
    };
    let mut complaints = Vec::new();
    for section in ["parameters", "headers"] {
        for (pointer, node) in components(subject.document, section) {
            let has_some = node.get("examples").is_some_and(|all| all.members().next().is_some());
            if node.get("example").is_none() && !has_some {
                complaints.push(complaint(&pointer));
            }
        }
    }
    for schema in subject.schemas.iter().filter(|schema| schema.place != Place::Whole) {
        let is_choice = ["enum", "oneOf"].iter().any(|key| schema.node.get(key).is_some());
        let needs_one = is_scalar(subject.document, schema.node) && !is_choice;
        if needs_one && schema.node.get("example").is_none() {
            complaints.push(complaint(&schema.pointer));
        }
    }
    complaints
}

/// A value that has to be valid for a schema.
struct Given<'a> {
    pointer: String,
    value: &'a Node,
    schema: &'a Node,
}

pub fn values(subject: &Subject) -> Vec<Complaint> {
    let mut given = Vec::new();
    for schema in &subject.schemas {
        for key in ["example", "x-default-on-create"] {
            if let Some(value) = schema.node.get(key) {
                let pointer = format!("{}/{key}", schema.pointer);
                given.push(Given { pointer, value, schema: schema.node });
            }
        }
    }
    for section in ["parameters", "headers"] {
        for (pointer, node) in components(subject.document, section) {
            beside_schema(subject, &pointer, node, &mut given);
        }
    }
    for (pointer, message) in subject.messages() {
        for (kind, content) in message.get("content").into_iter().flat_map(Node::members) {
            let pointer = format!("{pointer}/content/{}", escape(kind));
            beside_schema(subject, &pointer, content, &mut given);
        }
    }
    let complaints = given.into_iter().filter_map(|Given { pointer, value, schema }| {
        let fault = fault(subject.document, schema, value)?;
        Some(subject.complaint(&pointer, format!("{fault}; use a value that is valid")))
    });
    complaints.collect()
}

/// `example` and `examples` of what has its schema beside them.
fn beside_schema<'a>(
    subject: &Subject<'a>,
    pointer: &str,
    node: &'a Node,
    given: &mut Vec<Given<'a>>,
) {
    let Some(schema) = node.get("schema") else { return };
    if let Some(value) = node.get("example") {
        given.push(Given { pointer: format!("{pointer}/example"), value, schema });
    }
    for (name, _) in node.get("examples").into_iter().flat_map(Node::members) {
        let example = subject.document.resolve(&format!("{pointer}/examples/{}", escape(name)));
        if let Some((pointer, value)) =
            example.and_then(|(at, example)| Some((format!("{at}/value"), example.get("value")?)))
        {
            given.push(Given { pointer, value, schema });
        }
    }
}
