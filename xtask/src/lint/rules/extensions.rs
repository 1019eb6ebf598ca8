//! The `x-` keys: those of the document, and those of the table in the README beside it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{Complaint, Subject};
use crate::Failure;
use crate::node::{Node, escape};

/// An extension that the README lists.
pub struct Extension {
    name: String,
    /// File and line.
    place: String,
}

/// The extensions of the README beside the document, or of this project's.
pub fn listed(document: &Path) -> Result<Vec<Extension>, Failure> {
    let ours = crate::root().join("openapi/README.md");
    let readme = document.with_file_name("README.md");
    let readme = if readme.is_file() { readme } else { ours };
    let text =
        fs::read_to_string(&readme).map_err(|error| format!("{}: {error}", readme.display()))?;
    let file = readme.strip_prefix(crate::root()).unwrap_or(&readme).display();
    let listed: Vec<Extension> = (1..)
        .zip(text.lines())
        .filter_map(|(line, text)| {
            let (name, _) = text.strip_prefix("| [`x-")?.split_once('`')?;
            Some(Extension { name: format!("x-{name}"), place: format!("{file}:{line}") })
        })
        .collect();
    if listed.is_empty() {
        return Err(format!(
            "{file}: has no table of extensions: rows | [`x-name`](#x-name) | … |"
        )
        .into());
    }
    Ok(listed)
}

pub fn check(subject: &Subject) -> Vec<Complaint> {
    let mut used = Vec::new();
    collect(&subject.document.root, "", &mut used);
    let listed = |name: &str| subject.extensions.iter().any(|extension| extension.name == name);
    let unknown = used.iter().filter(|(_, name, _)| !listed(name)).map(|(pointer, name, _)| {
        subject.complaint(
            pointer,
            format!("the table of extensions does not list {name}; explain it there, or remove it"),
        )
    });
    let denied = used.iter().filter(|(_, name, node)| *name == "x-observed" && !node.is_true());
    let denied = denied.map(|(pointer, ..)| {
        subject.complaint(pointer, "x-observed is not true; remove it".to_owned())
    });
    let names: BTreeSet<&str> = used.iter().map(|(_, name, _)| *name).collect();
    let unused = subject.extensions.iter().filter(|extension| !names.contains(&*extension.name));
    let unused = unused.map(|extension| Complaint {
        place: extension.place.clone(),
        text: format!("{} is listed and not used; remove its row and section", extension.name),
    });
    unknown.chain(denied).chain(unused).collect()
}

/// Every `x-` key with its pointer, except within examples, which are what somebody else wrote.
fn collect<'a>(node: &'a Node, pointer: &str, found: &mut Vec<(String, &'a str, &'a Node)>) {
    for (name, member) in node.members() {
        let at = format!("{pointer}/{}", escape(name));
        if name.starts_with("x-") && !pointer.ends_with("/properties") {
            found.push((at, name, member));
        } else if !["example", "value"].contains(&name) {
            collect(member, &at, found);
        }
    }
    for (index, item) in node.items().enumerate() {
        collect(item, &format!("{pointer}/{index}"), found);
    }
}
