//! Which way the values go that a part of a document describes: to the service or from it.

use std::collections::BTreeMap;
use std::fmt;

use crate::document::Document;
use crate::node::{Kind, Node};

/// Which way the values go that a part of the document describes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Direction {
    pub request: bool,
    pub reply: bool,
}

impl Direction {
    pub const NEITHER: Self = Self { request: false, reply: false };
    pub const REQUEST: Self = Self { request: true, reply: false };
    pub const REPLY: Self = Self { request: false, reply: true };

    pub fn or(self, other: Self) -> Self {
        Self { request: self.request || other.request, reply: self.reply || other.reply }
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.request, self.reply) {
            (true, true) => "request and reply",
            (true, false) => "request",
            (false, true) => "reply",
            (false, false) => "neither",
        })
    }
}

/// The directions of each component, by its pointer. What does not stand here is used by no
/// operation.
#[derive(Default)]
pub struct Directions(BTreeMap<String, Direction>);

impl Directions {
    /// Of several documents: where one of them uses a component, a change of it matters there.
    pub fn of(documents: &[&Document]) -> Self {
        let mut directions = Self::default();
        for document in documents {
            let mut seen = BTreeMap::new();
            for (_, item) in document.root.get("paths").into_iter().flat_map(Node::members) {
                for (key, part) in item.members() {
                    match key {
                        "parameters" => mark(document, part, Direction::REQUEST, &mut seen),
                        _ => mark_operation(document, part, &mut seen),
                    }
                }
            }
            for (pointer, direction) in seen {
                let known = directions.0.entry(pointer).or_default();
                *known = known.or(direction);
            }
        }
        directions
    }

    pub fn at(&self, component: &str) -> Direction {
        self.0.get(component).copied().unwrap_or_default()
    }
}

fn mark_operation(document: &Document, operation: &Node, seen: &mut BTreeMap<String, Direction>) {
    for (key, part) in operation.members() {
        match key {
            "parameters" | "requestBody" => mark(document, part, Direction::REQUEST, seen),
            "responses" => mark(document, part, Direction::REPLY, seen),
            _ => {}
        }
    }
}

/// Marks whatever a part refers to, and what that refers to.
fn mark(
    document: &Document,
    part: &Node,
    direction: Direction,
    seen: &mut BTreeMap<String, Direction>,
) {
    if let Some(pointer) = part.reference() {
        let known = seen.entry(pointer.to_owned()).or_default();
        let both = known.or(direction);
        if both == *known {
            return;
        }
        *known = both;
        if let Some(target) = document.root.pointer(pointer) {
            mark(document, target, direction, seen);
        }
    }
    match &part.kind {
        Kind::List(items) => items.iter().for_each(|item| mark(document, item, direction, seen)),
        Kind::Map(members) => {
            members.values().for_each(|member| mark(document, member, direction, seen));
        }
        _ => {}
    }
}
