//! Each single fact of a page, and each single statement of the document, is changed: the check has
//! to notice.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::*;
use crate::document::Operation;
use crate::node::{Kind, Node, escape, unescape};

/// A document, its pages and its departures: those of an invented service, and ours.
struct Project {
    document: Document,
    pages: Pages,
    deviations: Deviations,
}

impl Project {
    fn load(folder: &Path, document: &str) -> Self {
        let project = Self {
            document: Document::load(&folder.join(document)).unwrap(),
            pages: load(&folder.join("pages")).unwrap(),
            deviations: Deviations::load(&folder.join("deviations.yaml")).unwrap(),
        };
        let outcome = check(&project.document, &project.pages, &project.deviations).unwrap();
        assert!(outcome.complaints.is_empty(), "{}", outcome.complaints.join("\n"));
        project
    }

    fn invented() -> Self {
        Self::load(&root().join("xtask/tests/pages_check"), "document.yaml")
    }

    fn ours() -> Self {
        Self::load(&root().join("openapi"), "autoscaling.yaml")
    }

    fn operations(&self) -> impl Iterator<Item = Operation<'_>> {
        self.document.operations()
    }

    /// Each operation as it is: what its page states, what the document states, and both compared.
    fn whole(&self) -> (Vec<(View, View)>, Vec<Compared<'_>>) {
        let views: Vec<(View, View)> = self
            .operations()
            .map(|operation| {
                let facts = &self.pages[operation.id];
                let page = view_of(operation.id, facts, &self.deviations);
                (page, document::view(&self.document, operation))
            })
            .collect();
        let compared = self
            .operations()
            .zip(&views)
            .map(|(operation, (page, document))| self.compare(operation.id, page, document));
        let compared = compared.collect();
        (views, compared)
    }

    fn compare<'a>(&'a self, id: &'a str, page: &View, document: &View) -> Compared<'a> {
        compare(id, &self.pages[id], page, document, &self.deviations).unwrap()
    }

    fn is_noticed(&self, compared: &[Compared]) -> bool {
        let mut outcome = Outcome::default();
        outcome.judge(&self.document, compared, &self.deviations);
        !outcome.complaints.is_empty()
    }

    /// The single changes of facts that the check does not notice.
    fn unnoticed_changes_of_pages(&self) -> BTreeSet<String> {
        let (views, whole) = self.whole();
        let mut unnoticed = BTreeSet::new();
        for (index, (_, document)) in views.iter().enumerate() {
            let id = whole[index].id;
            let page = serde_json::to_value(&self.pages[id].page).unwrap();
            let changes = changes_of_page(&page);
            assert!(changes.len() > 50, "{id} has hardly a fact");
            for (words, page) in changes {
                // What is no page any more can't be loaded.
                let Ok(page) = serde_json::from_value(page) else { continue };
                if page == self.pages[id].page {
                    continue;
                }
                let facts = Facts::of(page);
                let page = view_of(id, &facts, &self.deviations);
                let mut compared = whole.clone();
                compared[index] = compare(id, &facts, &page, document, &self.deviations).unwrap();
                if !self.is_noticed(&compared) {
                    unnoticed.insert(format!("{id}: {words}"));
                }
            }
        }
        unnoticed
    }

    /// What can go from the document without a change of what it states: the style that a query has
    /// anyway, a `date-time` beside the form that says more, and a status that was only seen.
    fn without_effect(&self) -> BTreeSet<String> {
        let root = &self.document.root;
        let mut without_effect = BTreeSet::new();
        walk(&root.to_value(), "", &mut |pointer, value| {
            let (above, step) = pointer.rsplit_once('/').unwrap_or_default();
            let is_such = match step {
                "style" => value == "form",
                "format" => {
                    value == "date-time" && root.pointer(&format!("{above}/x-strftime")).is_some()
                }
                _ if above.ends_with("/responses") && above.starts_with("/paths") => {
                    let (_, response) = self.document.resolve(pointer).unwrap();
                    response.get("x-observed").is_some()
                }
                _ => false,
            };
            if is_such {
                without_effect.insert(format!("{pointer} removed"));
            }
        });
        without_effect
    }

    /// The single changes of statements that the check does not notice.
    fn unnoticed_changes_of_document(&self) -> BTreeSet<String> {
        let (views, whole) = self.whole();
        let parts: Vec<BTreeSet<String>> =
            self.operations().map(|operation| parts(&self.document, &operation.pointer)).collect();
        let mut pointers = Vec::new();
        walk(&self.document.root.to_value(), "", &mut |pointer, _| {
            if !is_aside(pointer) {
                pointers.push(pointer.to_owned());
            }
        });
        let mut unnoticed = BTreeSet::new();
        for pointer in pointers {
            let is_part = |index: &usize| parts[*index].iter().any(|part| is_below(&pointer, part));
            let concerned: Vec<usize> = (0..whole.len()).filter(is_part).collect();
            // What no operation comes to is no statement on any.
            if concerned.is_empty() {
                continue;
            }
            for (words, root) in changes_at(&self.document.root, &pointer) {
                let document = Document { file: self.document.file.clone(), root };
                let is_noticed = concerned.iter().any(|index| {
                    let id = whole[*index].id;
                    let operation = document.operations().find(|one| one.id == id).unwrap();
                    let view = document::view(&document, operation);
                    let mut compared = whole.clone();
                    compared[*index] = self.compare(id, &views[*index].0, &view);
                    self.is_noticed(&compared)
                });
                if !is_noticed {
                    unnoticed.insert(format!("{pointer} {words}"));
                }
            }
        }
        unnoticed
    }
}

fn is_below(pointer: &str, part: &str) -> bool {
    pointer.strip_prefix(part).is_some_and(|rest| rest.starts_with('/'))
}

/// Prose, names, what only tools read, and examples that are ours. Headers and the bodies of errors,
/// of which no page speaks, can change in themselves.
fn is_aside(pointer: &str) -> bool {
    const ASIDE: [&str; 12] = [
        "description",
        "example",
        "externalDocs",
        "headers",
        "mend",
        "operationId",
        "summary",
        "tags",
        "x-client-parameter",
        "x-enum-descriptions",
        "x-observed",
        "x-pagination",
    ];
    let of_property = |above: &str| above.ends_with("/properties");
    let is_named = pointer.match_indices('/').any(|(at, _)| {
        let step = pointer[at + 1..].split('/').next().unwrap();
        ASIDE.contains(&step) && !of_property(&pointer[..at])
    });
    let of_rule = pointer.contains("/x-rules/") && pointer.ends_with("/id");
    let of_failure = pointer.split_once("/responses/").is_some_and(|(_, rest)| {
        let (status, part) = rest.split_once('/').unwrap_or((rest, ""));
        !status.starts_with('2') && !part.is_empty()
    });
    is_named || of_rule || of_failure
}

/// All single changes of a page's facts, each with words for it.
fn changes_of_page(page: &Value) -> Vec<(String, Value)> {
    let mut changes = Vec::new();
    walk(page, "", &mut |pointer, value| {
        let steps: Vec<&str> = pointer.split('/').collect();
        // Names and numbers for readers, and what can't be compared.
        let aside = match steps[1..] {
            [] | ["id" | "edition"] | ["tables", _, "number" | "name"] => true,
            _ => steps.contains(&"mentions"),
        };
        if aside {
            return;
        }
        let words = words(page, pointer);
        let (above, _) = pointer.rsplit_once('/').unwrap();
        let mut change = |words: String, edit: &dyn Fn(&mut Value)| {
            let mut page = page.clone();
            edit(&mut page);
            changes.push((words, page));
        };
        change(format!("{words} removed"), &|page| remove(page, pointer));
        // Any value is any value.
        let is_any = value == "*" && !pointer.ends_with("/name");
        if let Some(value) = altered(pointer, value) {
            change(format!("{words} altered"), &|page| {
                *page.pointer_mut(pointer).unwrap() = value.clone();
            });
            change(format!("{words} joined by another"), &|page| match page
                .pointer_mut(above)
                .unwrap()
            {
                Value::Array(list) if !is_any => list.push(value.clone()),
                _ => {}
            });
        }
    });
    changes
}

/// A pointer into a page, with the name of the row in place of its number.
fn words(page: &Value, pointer: &str) -> String {
    let steps: Vec<&str> = pointer.split('/').collect();
    match steps[1..] {
        ["tables", table, "rows", row, ref rest @ ..] => {
            let name = &page["tables"][table.parse::<usize>().unwrap()]["rows"]
                [row.parse::<usize>().unwrap()]["name"];
            format!("{} {}", name.as_str().unwrap(), rest.join("/"))
        }
        _ => pointer.to_owned(),
    }
}

fn walk(value: &Value, pointer: &str, visit: &mut impl FnMut(&str, &Value)) {
    visit(pointer, value);
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, &format!("{pointer}/{index}"), visit);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                walk(member, &format!("{pointer}/{}", escape(name)), visit);
            }
        }
        _ => {}
    }
}

fn remove(value: &mut Value, pointer: &str) {
    let (above, step) = pointer.rsplit_once('/').unwrap();
    match value.pointer_mut(above).unwrap() {
        Value::Array(items) => drop(items.remove(step.parse().unwrap())),
        Value::Object(members) => drop(members.remove(&unescape(step)).unwrap()),
        _ => unreachable!("only lists and objects have parts"),
    }
}

/// Another value that can stand in the place of a scalar.
fn altered(pointer: &str, value: &Value) -> Option<Value> {
    let keyword = pointer.rsplit('/').next().unwrap();
    Some(match value {
        Value::Null => json!("not null"),
        Value::Bool(value) => json!(!value),
        Value::Number(number) => json!(number.as_i64()? + 1_000),
        Value::String(text) => match (keyword, text.as_str()) {
            ("type" | "items", "boolean") => json!("number"),
            ("type" | "items", _) => json!("boolean"),
            ("in", "path") => json!("query"),
            ("in", _) => json!("path"),
            ("part", "request") => json!("response"),
            ("part", _) => json!("request"),
            (_, "*") => json!("other"),
            (_, text) => json!(format!("{text}.")),
        },
        _ => return None,
    })
}

#[test]
fn each_fact_of_an_invented_page_is_noticed() {
    let unnoticed = Project::invented().unnoticed_changes_of_pages();
    // The page names a table for them, and so says that they are objects.
    assert_eq!(unnoticed, ["fillShelf: books items removed".to_owned()].into());
}

#[test]
fn each_fact_of_our_pages_is_noticed() {
    let list = fs::read_to_string(root().join("xtask/tests/pages_check/said_twice.txt")).unwrap();
    let said_twice = list.lines().filter(|line| !line.starts_with('#')).map(str::to_owned);
    assert_eq!(Project::ours().unnoticed_changes_of_pages(), said_twice.collect());
}

#[test]
fn each_statement_of_an_invented_document_is_noticed() {
    let project = Project::invented();
    assert_eq!(project.without_effect().len(), 3);
    assert_eq!(project.unnoticed_changes_of_document(), project.without_effect());
}

#[test]
fn each_statement_of_our_document_is_noticed() {
    let project = Project::ours();
    assert_eq!(project.unnoticed_changes_of_document(), project.without_effect());
}

/// The parts of a document that an operation refers to, itself among them.
fn parts(document: &Document, pointer: &str) -> BTreeSet<String> {
    let mut parts = BTreeSet::new();
    let (path, _) = pointer.rsplit_once('/').unwrap();
    let mut next = vec![pointer.to_owned(), format!("{path}/parameters")];
    while let Some(pointer) = next.pop() {
        let Some(node) = document.root.pointer(&pointer) else { continue };
        if parts.insert(pointer) {
            walk(&node.to_value(), "", &mut |pointer, value| {
                let is_reference = pointer.ends_with("/$ref") && !is_aside(pointer);
                if let (true, Some(target)) = (is_reference, value.as_str()) {
                    next.push(target[1..].to_owned());
                }
            });
        }
    }
    parts
}

/// The changes of what a pointer leads to: without it; and, of a scalar, with another value, or in a
/// list with another beside it.
fn changes_at(root: &Node, pointer: &str) -> Vec<(&'static str, Node)> {
    let Some((above, step)) = pointer.rsplit_once('/') else { return Vec::new() };
    let edited = |edit: &dyn Fn(&mut Node)| {
        let mut root = root.clone();
        edit(&mut root);
        root
    };
    let removed = edited(&|root| match &mut at_mut(root, above).kind {
        Kind::Map(members) => drop(members.shift_remove(&unescape(step)).unwrap()),
        Kind::List(items) => drop(items.remove(step.parse().unwrap())),
        _ => unreachable!("only lists and maps have parts"),
    });
    let mut changes = vec![("removed", removed)];
    if let Some(value) = altered(pointer, &root.pointer(pointer).unwrap().to_value()) {
        let value = Node::parse(&value.to_string()).unwrap();
        changes.push(("altered", edited(&|root| *at_mut(root, pointer) = value.clone())));
        if let Kind::List(_) = root.pointer(above).unwrap().kind {
            let joined = edited(&|root| {
                if let Kind::List(items) = &mut at_mut(root, above).kind {
                    items.push(value.clone());
                }
            });
            changes.push(("joined by another", joined));
        }
    }
    changes
}

fn at_mut<'a>(node: &'a mut Node, pointer: &str) -> &'a mut Node {
    pointer.split('/').skip(1).fold(node, |node, step| match &mut node.kind {
        Kind::Map(members) => members.get_mut(&unescape(step)).unwrap(),
        Kind::List(items) => &mut items[step.parse::<usize>().unwrap()],
        _ => unreachable!("only lists and maps have parts"),
    })
}
