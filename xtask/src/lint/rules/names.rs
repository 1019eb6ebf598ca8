//! The names of things.

use regex_lite::Regex;

use super::{Complaint, Subject};
use crate::document::Operation;
use crate::lint::schemas::components as section;
use crate::node::{Node, escape};

/// A way of writing names: what it is called, and how they look.
type Style = (&'static str, &'static str);

const LOWER_CAMEL: Style = ("lower camel case", "^[a-z][a-z0-9]*([A-Z][a-z0-9]*)*$");
const UPPER_CAMEL: Style = ("upper camel case", "^([A-Z][a-z0-9]+)+$");
const SNAKE: Style = ("snake case", "^[a-z][a-z0-9]*(_[a-z0-9]+)*$");
const UPPER_SNAKE: Style = ("upper snake case", "^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$");
const HYPHENS: Style = ("capitals and hyphens", "^[A-Z][a-z0-9]*(-[A-Z][a-z0-9]*)*$");

fn is_in(name: &str, (_, pattern): Style) -> bool {
    Regex::new(pattern).is_ok_and(|regex| regex.is_match(name))
}

fn not_in(subject: &Subject, pointer: &str, name: &str, style: Style) -> Option<Complaint> {
    (!is_in(name, style))
        .then(|| subject.complaint(pointer, format!("{name} is not in {}; rename it", style.0)))
}

/// The verbs of each method. A POST has any other.
const VERBS: [(&str, &[&str]); 4] = [
    ("get", &["get", "list", "show"]),
    ("put", &["update"]),
    ("patch", &["update"]),
    ("delete", &["delete"]),
];

pub fn operations(subject: &Subject) -> Vec<Complaint> {
    let complaints = subject.document.operations().filter_map(|operation| {
        let wrong = wrong_verb(&operation)?;
        Some(subject.complaint(&format!("{}/operationId", operation.pointer), wrong))
    });
    complaints.collect()
}

fn wrong_verb(operation: &Operation) -> Option<String> {
    let id = operation.id;
    let (verb, object) =
        id.split_at(id.find(|letter: char| letter.is_ascii_uppercase()).unwrap_or(id.len()));
    if !is_in(id, LOWER_CAMEL) || object.is_empty() {
        return Some(format!("{id:?} is no verb and object in lower camel case; rename it"));
    }
    let known = VERBS.iter().find(|(method, _)| *method == operation.method);
    let in_pages = operation.node.get("x-pagination").is_some();
    match known {
        _ if in_pages && verb != "list" => {
            Some(format!("{id} answers a list in pages; let it begin with list"))
        }
        Some((method, verbs)) if !verbs.contains(&verb) => Some(format!(
            "{id} is a {}; let it begin with {}",
            method.to_ascii_uppercase(),
            verbs.join(", ")
        )),
        None if VERBS.iter().any(|(_, verbs)| verbs.contains(&verb)) => Some(format!(
            "{id} is a {}, and {verb} is for another method; use another verb",
            operation.method.to_ascii_uppercase()
        )),
        _ => None,
    }
}

pub fn components(subject: &Subject) -> Vec<Complaint> {
    let sections = subject.document.root.get("components").into_iter().flat_map(Node::members);
    let names = sections.flat_map(|(section, components)| {
        let style = match section {
            "examples" | "securitySchemes" => LOWER_CAMEL,
            _ => UPPER_CAMEL,
        };
        components
            .members()
            .map(move |(name, _)| (format!("/components/{section}/{}", escape(name)), name, style))
    });
    names.filter_map(|(pointer, name, style)| not_in(subject, &pointer, name, style)).collect()
}

pub fn bodies(subject: &Subject) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for operation in subject.document.operations() {
        for (pointer, wanted) in wanted_bodies(subject, &operation) {
            let Some(node) = subject.document.root.pointer(&pointer) else { continue };
            let referred = node.reference().and_then(|at| at.rsplit('/').next());
            let referred = referred.unwrap_or("no component");
            let is_right = match wanted.strip_prefix('…') {
                Some(end) => referred.ends_with(end),
                None => referred == wanted,
            };
            if !is_right {
                let id = operation.id;
                let text = format!("{id} has {referred} here; name it {wanted}, or refer to that");
                complaints.push(subject.complaint(&pointer, text));
            }
        }
    }
    complaints
}

/// Where the bodies of an operation stand, and the names of what they refer to: whole ones, or how
/// they end.
fn wanted_bodies(subject: &Subject, operation: &Operation) -> Vec<(String, String)> {
    let (first, rest) = operation.id.split_at_checked(1).unwrap_or_default();
    let name = first.to_ascii_uppercase() + rest;
    let schema_of = |message: &str| {
        let (pointer, _) = subject.document.resolve(message)?;
        Some(format!("{pointer}/content/application~1json/schema"))
    };
    let is_list = operation.node.get("x-pagination").is_some();
    let reply = if is_list { "…Page".to_owned() } else { format!("{name}Response") };
    let request = format!("{}/requestBody", operation.pointer);
    let mut wanted = Vec::new();
    wanted.extend(schema_of(&request).map(|pointer| (pointer, format!("{name}Request"))));
    wanted.push((request, name));
    let statuses = operation.node.get("responses").into_iter().flat_map(Node::members);
    for (status, _) in statuses.filter(|(status, _)| status.starts_with('2')) {
        let pointer = schema_of(&format!("{}/responses/{status}", operation.pointer));
        wanted.extend(pointer.map(|pointer| (pointer, reply.clone())));
    }
    wanted
}

pub fn wire(subject: &Subject) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for (pointer, parameter) in section(subject.document, "parameters") {
        let name = parameter.text("name").unwrap_or_default();
        complaints.extend(not_in(subject, &format!("{pointer}/name"), name, SNAKE));
    }
    for schema in &subject.schemas {
        let properties = schema.node.get("properties").into_iter().flat_map(Node::members);
        complaints.extend(properties.filter_map(|(name, _)| {
            let pointer = format!("{}/properties/{}", schema.pointer, escape(name));
            not_in(subject, &pointer, name, SNAKE)
        }));
    }
    for (pointer, message) in subject.messages() {
        let headers = message.get("headers").into_iter().flat_map(Node::members);
        complaints.extend(headers.filter_map(|(name, _)| {
            not_in(subject, &format!("{pointer}/headers/{}", escape(name)), name, HYPHENS)
        }));
    }
    complaints
}

pub fn enum_values(subject: &Subject) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for schema in &subject.schemas {
        let values = schema.node.get("enum").into_iter().flat_map(Node::items);
        let texts: Vec<&str> = values.filter_map(Node::as_str).collect();
        let all_in = |style| texts.iter().all(|text| is_in(text, style));
        if !all_in(UPPER_SNAKE) && !all_in(UPPER_CAMEL) {
            let text = "its values are neither all in upper snake case nor all capitalised words; \
                        write them as the service does"
                .to_owned();
            complaints.push(subject.complaint(&format!("{}/enum", schema.pointer), text));
        }
    }
    complaints
}

pub fn examples(subject: &Subject) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for (pointer, _) in section(subject.document, "examples") {
        let name = pointer.rsplit('/').next().unwrap_or_default();
        let known =
            subject.document.operations().any(|operation| owner(name) == Some(operation.id));
        if owner(name).is_some() && !known {
            let text = format!("{name} is named after no operation; rename it");
            complaints.push(subject.complaint(&pointer, text));
        }
    }
    for (pointer, parameter) in section(subject.document, "parameters") {
        let takes = |operation: &Operation| {
            let parameters = operation.node.get("parameters").into_iter().flat_map(Node::items);
            parameters.filter_map(Node::reference).any(|referred| referred == pointer)
        };
        let ids: Vec<&str> =
            subject.document.operations().filter(takes).map(|operation| operation.id).collect();
        for (name, _) in parameter.get("examples").into_iter().flat_map(Node::members) {
            if !name.ends_with("Request") || !owner(name).is_some_and(|id| ids.contains(&id)) {
                let text = format!(
                    "{name} is not the request of an operation that takes the parameter; rename it"
                );
                complaints
                    .push(subject.complaint(&format!("{pointer}/examples/{}", escape(name)), text));
            }
        }
    }
    complaints.extend(misnamed(subject));
    complaints
}

/// The operation that an example is named after.
fn owner(example: &str) -> Option<&str> {
    example.strip_suffix("Request").or_else(|| example.strip_suffix("Response"))
}

/// The examples of bodies that go by another name than that of the component.
fn misnamed(subject: &Subject) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for (pointer, message) in subject.messages() {
        let at = "/content/application~1json/examples";
        for (name, example) in message.pointer(at).into_iter().flat_map(Node::members) {
            let component = example.reference().and_then(|at| at.rsplit('/').next());
            if component.is_some_and(|component| component != name) {
                let text =
                    format!("{name} is not the name of the example that it refers to; use that");
                complaints
                    .push(subject.complaint(&format!("{pointer}{at}/{}", escape(name)), text));
            }
        }
    }
    complaints
}
