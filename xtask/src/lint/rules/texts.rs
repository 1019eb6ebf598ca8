//! Descriptions, and the text of the document itself.

use super::{Complaint, Subject};
use crate::lint::schemas::Place;
use crate::node::{Kind, Node, escape};

/// The maps and lists whose members have a description, although no validator asks for one there.
const DESCRIBED: [&str; 6] =
    ["headers", "requestBodies", "securitySchemes", "servers", "variables", "x-error-codes"];

pub fn descriptions(subject: &Subject) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    visit(subject, &subject.document.root, "", "", &mut complaints);
    let schemas = subject.schemas.iter().filter(|schema| schema.place != Place::Whole);
    let silent = schemas.filter(|schema| schema.node.get("description").is_none());
    complaints.extend(silent.map(|schema| missing(subject, &schema.pointer)));
    complaints
}

fn missing(subject: &Subject, pointer: &str) -> Complaint {
    subject.complaint(pointer, "has no description; add one that ends with a full stop".to_owned())
}

/// Looks at a node and all below it. `name` is that of the map or list in which it stands.
fn visit(subject: &Subject, node: &Node, pointer: &str, name: &str, found: &mut Vec<Complaint>) {
    let is_described = DESCRIBED.contains(&name)
        && !pointer.contains("/properties/")
        && node.get("$ref").is_none()
        && matches!(node.kind, Kind::Map(_));
    if is_described && node.get("description").is_none() {
        found.push(missing(subject, pointer));
    }
    let own_name = pointer.rsplit('/').next().unwrap_or_default();
    for (key, member) in node.members() {
        let at = format!("{pointer}/{}", escape(key));
        let with_stop = match key {
            "example" | "value" => continue,
            "description" => own_name != "externalDocs",
            "mend" => true,
            "summary" => false,
            "x-enum-descriptions" => {
                found.extend(unpaired(subject, &at, node, member));
                let texts = member.items().enumerate();
                let texts = texts.map(|(index, text)| (format!("{at}/{index}"), text));
                found.extend(texts.filter_map(|(at, text)| ends(subject, &at, text, true)));
                continue;
            }
            _ => {
                visit(subject, member, &at, own_name, found);
                continue;
            }
        };
        match member.kind {
            Kind::String(_) => found.extend(ends(subject, &at, member, with_stop)),
            // A property of that name.
            _ => visit(subject, member, &at, own_name, found),
        }
    }
    for (index, item) in node.items().enumerate() {
        visit(subject, item, &format!("{pointer}/{index}"), own_name, found);
    }
}

/// What is wrong with the texts on an enum's values, which are told apart by their position alone.
fn unpaired(subject: &Subject, pointer: &str, schema: &Node, texts: &Node) -> Option<Complaint> {
    let values = schema.get("enum").map_or(0, |values| values.items().count());
    let texts = texts.items().count();
    (texts != values).then(|| {
        let text = format!("has {texts} texts for {values} values; write one for each");
        subject.complaint(pointer, text)
    })
}

/// What is wrong with a text that has to end with a full stop, or without one.
fn ends(subject: &Subject, pointer: &str, text: &Node, with_stop: bool) -> Option<Complaint> {
    let wrong = match (text.as_str()?.trim_end().ends_with('.'), with_stop) {
        (false, true) => "does not end with a full stop; add it",
        (true, false) => "ends with a full stop; remove it",
        _ => return None,
    };
    Some(subject.complaint(pointer, wrong.to_owned()))
}

const WIDTH: usize = 100;

pub fn layout(subject: &Subject) -> Vec<Complaint> {
    // JSON can't break its texts.
    if subject.document.file.extension().is_some_and(|extension| extension == "json") {
        return Vec::new();
    }
    let file = subject.document.file.display();
    let complaints = (1..).zip(subject.text.lines()).filter_map(|(number, line): (u64, &str)| {
        let wrong = if line.contains('\t') {
            "has a tab; use blanks"
        } else if line.trim_end() != line {
            "ends with a blank; remove it"
        } else if line.chars().count() > WIDTH && !line.contains("https://") {
            "is longer than 100 characters; break it"
        } else {
            return None;
        };
        Some(Complaint { place: format!("{file}:{number}"), text: wrong.to_owned() })
    });
    complaints.collect()
}
