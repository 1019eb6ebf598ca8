//! Which way the values go that a component describes.

use std::collections::BTreeMap;

use super::rules::Direction;
use crate::document::Document;
use crate::node::{Kind, Node};

/// The directions of each component, by its pointer. What does not stand here is used by no
/// operation.
#[derive(Default)]
pub struct Directions(BTreeMap<String, Direction>);

impl Directions {
    /// Of two documents: where one of them uses a component, a change of it matters there.
    pub fn of(old: &Document, new: &Document) -> Self {
        let mut directions = Self::default();
        for document in [old, new] {
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
    if let Some(pointer) = reference(part) {
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

/// The pointer that a `$ref` of this document has.
pub fn reference(node: &Node) -> Option<&str> {
    node.get("$ref")?.as_str()?.strip_prefix('#')
}
