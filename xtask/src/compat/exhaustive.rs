//! Changes each single node of the real document, and sees that none goes unnoticed.

use super::compare::{Change, compare};
use super::rules::Kind;
use crate::document::Document;
use crate::node::{self, Node, escape};

/// Each pointer of a document.
fn pointers(node: &Node, pointer: &str, found: &mut Vec<String>) {
    let mut inner = |step: String, node: &Node| {
        let pointer = format!("{pointer}/{step}");
        found.push(pointer.clone());
        pointers(node, &pointer, found);
    };
    node.members().for_each(|(name, node)| inner(escape(name), node));
    node.items().enumerate().for_each(|(index, node)| inner(index.to_string(), node));
}

fn at<'n>(root: &'n mut Node, pointer: &str) -> &'n mut Node {
    pointer.split('/').skip(1).fold(root, |node, step| match &mut node.kind {
        node::Kind::Map(members) => {
            members.get_mut(&step.replace("~1", "/").replace("~0", "~")).unwrap()
        }
        node::Kind::List(items) => &mut items[step.parse::<usize>().unwrap()],
        _ => unreachable!("{pointer}"),
    })
}

/// Another value of the same kind; none for maps and lists.
fn altered(node: &Node) -> Option<node::Kind> {
    use node::Kind as K;
    Some(match &node.kind {
        K::Null => K::Bool(true),
        K::Bool(value) => K::Bool(!value),
        K::Number(value) => K::Number((value.as_i64().unwrap() + 1).into()),
        K::String(text) => K::String(format!("{text}x")),
        K::List(_) | K::Map(_) => return None,
    })
}

fn removed(above: &Node, step: &str) -> node::Kind {
    let mut above = above.clone();
    match &mut above.kind {
        node::Kind::Map(members) => {
            members.shift_remove(&step.replace("~1", "/").replace("~0", "~")).unwrap();
        }
        node::Kind::List(items) => drop(items.remove(step.parse().unwrap())),
        _ => unreachable!("{step}"),
    }
    above.kind
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Edit {
    Altered,
    OtherKind,
    Added,
    Removed,
}

/// Makes each edit of a single node, and shows what is said of it, and of undoing it.
fn edits(
    is_chosen: fn(&str) -> bool,
    mut see: impl FnMut(Edit, &str, &[Change], &[Change]),
) -> usize {
    let document = Document::ours().unwrap();
    let mut edited = Document { file: "edited.yaml".into(), root: document.root.clone() };
    let mut found = Vec::new();
    pointers(&document.root, "", &mut found);
    let mut count = 0;
    let mut edit = |edit: Edit, pointer: &str, place: &str, kind: node::Kind| {
        let before = std::mem::replace(&mut at(&mut edited.root, place).kind, kind);
        see(edit, pointer, &compare(&document, &edited), &compare(&edited, &document));
        at(&mut edited.root, place).kind = before;
        count += 1;
    };
    for pointer in found.into_iter().filter(|pointer| is_chosen(pointer)) {
        let node = document.root.pointer(&pointer).unwrap();
        if let Some(kind) = altered(node) {
            edit(Edit::Altered, &pointer, &pointer, kind);
            edit(Edit::OtherKind, &pointer, &pointer, node::Kind::Map(indexmap::IndexMap::new()));
        } else {
            edit(Edit::OtherKind, &pointer, &pointer, node::Kind::Bool(true));
        }
        if let node::Kind::Map(members) = &node.kind {
            let mut members = members.clone();
            members.insert("surprise".to_owned(), Node { line: 0, kind: node::Kind::Null });
            edit(Edit::Added, &pointer, &pointer, node::Kind::Map(members));
        }
        let (above, step) = pointer.rsplit_once('/').unwrap();
        let kind = removed(document.root.pointer(above).unwrap(), step);
        edit(Edit::Removed, &pointer, above, kind);
    }
    count
}

const SCHEMAS: &str = "/components/schemas";

#[test]
fn no_edit_of_a_single_node_of_a_schema_goes_unnoticed() {
    each_edit_is_noticed(|pointer| pointer.starts_with(SCHEMAS));
}

#[test]
fn no_edit_of_a_single_node_beside_the_schemas_goes_unnoticed() {
    each_edit_is_noticed(|pointer| !pointer.starts_with(SCHEMAS));
}

fn each_edit_is_noticed(is_chosen: fn(&str) -> bool) {
    let mut unnoticed = Vec::new();
    let mut unknown = Vec::new();
    let count = edits(is_chosen, |edit, pointer, done, undone| {
        for changes in [done, undone] {
            // Something is said of the node, of what holds it or of what it holds.
            let is_near = |change: &Change| {
                change.pointer.starts_with(pointer) || pointer.starts_with(&change.pointer)
            };
            if !changes.iter().any(is_near) {
                unnoticed.push(format!("{edit:?} {pointer}: {changes:?}"));
            }
            // What comes and goes in a document that stays valid is of a known kind.
            let is_unknown = changes.iter().any(|change| change.kind == Kind::Unknown);
            if edit == Edit::Removed && is_unknown && !leaves_no_document(pointer) {
                unknown.push(format!("{pointer}: {changes:?}"));
            }
        }
    });
    assert!(count > 2000, "only {count} edits");
    assert!(unnoticed.is_empty(), "{} of {count}:\n{}", unnoticed.len(), unnoticed.join("\n"));
    assert!(unknown.is_empty(), "{} of {count}:\n{}", unknown.len(), unknown.join("\n"));
}

/// Whether what is left without a node has something without a name, or refers to nothing.
fn leaves_no_document(pointer: &str) -> bool {
    let steps: Vec<&str> = pointer.split('/').collect();
    let last = steps.last().unwrap();
    ["name", "$ref", "in", "code", "id", "url", "info"].contains(last)
        || (pointer.starts_with("/components") && steps.len() <= 4)
}

#[test]
fn the_document_does_not_differ_from_itself() {
    let document = Document::ours().unwrap();
    assert!(compare(&document, &document).is_empty());
}
