//! `openapi/deviations.yaml`: where the document departs from the pages on purpose.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;
use serde_saphyr::Spanned;

use super::compare::Difference;
use super::statement::what;
use super::value::normal;
use crate::Failure;

pub struct Deviations {
    file: PathBuf,
    entries: Vec<Spanned<Entry>>,
}

/// A departure, at one place or at several for one reason.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    operation: OneOrMore,
    at: OneOrMore,
    what: String,
    #[serde(default)]
    page: Option<Value>,
    #[serde(default)]
    document: Option<Value>,
    why: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl OneOrMore {
    fn list(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::More(more) => more,
        }
    }
}

/// Stands for each operation of the document.
const ALL: &str = "all";

impl Deviations {
    pub fn load(file: &Path) -> Result<Self, Failure> {
        let shown = file.strip_prefix(crate::root()).unwrap_or(file).to_owned();
        let text = fs::read_to_string(file)
            .map_err(|error| format!("{}: {error}; name a list of departures", shown.display()))?;
        Self::parse(&text, shown)
    }

    pub fn parse(text: &str, file: PathBuf) -> Result<Self, Failure> {
        let entries: Option<Vec<Spanned<Entry>>> =
            serde_saphyr::from_str(text).map_err(|error| format!("{}: {error}", file.display()))?;
        let mut entries = entries.unwrap_or_default();
        for Spanned { referenced, value: entry, .. } in &mut entries {
            let nothing = [&entry.operation, &entry.at].iter().any(|list| list.list().is_empty());
            if nothing || entry.why.trim().is_empty() {
                let place = format!("{}:{}", file.display(), referenced.line());
                return Err(
                    format!("{place}: an entry says at which operation, where and why").into()
                );
            }
            for value in [&mut entry.page, &mut entry.document] {
                *value = value.take().map(|value| normal(&entry.what, value));
            }
        }
        Ok(Self { file, entries })
    }

    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The entries, for a reader: operations, places, what, page, document, why.
    pub fn rows(&self) -> impl Iterator<Item = [String; 6]> {
        self.entries.iter().map(|Spanned { value: entry, .. }| {
            [
                codes(entry.operation.list()),
                codes(entry.at.list()),
                entry.what.clone(),
                entry.page.as_ref().map_or_else(String::new, told),
                entry.document.as_ref().map_or_else(String::new, told),
                entry.why.clone(),
            ]
        })
    }

    /// Where an entry says that the rows of a table belong.
    pub fn placed(&self, operation: &str, table: &str) -> Vec<String> {
        let entries = self.entries.iter().map(|entry| &entry.value).filter(|entry| {
            entry.what == what::PLACE
                && entry.is_about(operation)
                && entry.at.list().iter().any(|at| at == table)
        });
        entries.filter_map(|entry| entry.document.as_ref()?.as_str()).map(str::to_owned).collect()
    }

    /// Marks off the differences that have an entry; the complaints are about entries that apply to
    /// nothing.
    pub fn apply(&self, operations: &[&str], differences: &mut Vec<Difference>) -> Vec<String> {
        let mut complaints = Vec::new();
        let mut open: Vec<Difference> = std::mem::take(differences);
        for entry in &self.entries {
            let place = format!("{}:{}", self.file.display(), entry.referenced.line());
            let entry = &entry.value;
            let (applies, rest): (Vec<_>, Vec<_>) =
                open.into_iter().partition(|difference| entry.covers(difference));
            open = rest;
            if applies.is_empty() {
                complaints.push(format!(
                    "{place}: no {} departs there as the entry says{}; delete the entry, or correct it",
                    entry.what,
                    entry.now(&open, |_| true),
                ));
                continue;
            }
            for operation in entry.operations(operations) {
                if !applies.iter().any(|difference| difference.operation == operation) {
                    complaints.push(format!(
                        "{place}: no {} of {operation} departs there as the entry says{}; delete the \
                         operation from the entry, or correct the entry",
                        entry.what,
                        entry.now(&open, |difference| difference.operation == operation),
                    ));
                }
            }
            for at in entry.at.list() {
                if !applies.iter().any(|difference| is_at(difference, at)) {
                    complaints.push(format!(
                        "{place}: the {} of {at} does not depart as the entry says{}; delete it from \
                         the entry, or correct the entry",
                        entry.what,
                        entry.now(&open, |difference| is_at(difference, at)),
                    ));
                }
            }
        }
        *differences = open;
        complaints
    }
}

impl Entry {
    fn is_about(&self, operation: &str) -> bool {
        self.operation.list().iter().any(|one| one == operation || one == ALL)
    }

    /// The operations that it is about, of those of the document; and those that are not there.
    fn operations<'a>(&'a self, all: &'a [&str]) -> Vec<&'a str> {
        let named = self.operation.list().iter().map(String::as_str);
        named.flat_map(|one| if one == ALL { all.to_vec() } else { vec![one] }).collect()
    }

    fn is_where(&self, difference: &Difference) -> bool {
        self.is_about(&difference.operation)
            && self.what == difference.topic.what
            && self.at.list().iter().any(|at| is_at(difference, at))
    }

    fn covers(&self, difference: &Difference) -> bool {
        self.is_where(difference)
            && self.page == difference.page
            && self.document == difference.document
    }

    /// What is said now at a place where the entry says something else.
    fn now(&self, open: &[Difference], is_it: impl Fn(&Difference) -> bool) -> String {
        let mut there = open.iter().filter(|difference| self.is_where(difference));
        there.find(|difference| is_it(difference)).map_or_else(String::new, |difference| {
            format!(
                " (the page: {}, the document: {})",
                shown(difference.page.as_ref()),
                shown(difference.document.as_ref()),
            )
        })
    }
}

/// By its name, or by the pointer of what the document says there: then an entry covers all that
/// refers to it.
fn is_at(difference: &Difference, at: &str) -> bool {
    difference.topic.at == at || difference.document_pointer == at
}

/// A value as JSON, of which YAML is a superset.
pub fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), Value::to_string)
}

/// A value in words.
fn told(value: &Value) -> String {
    match value {
        Value::String(text) => code(text),
        Value::Array(items) => items.iter().map(told).collect::<Vec<_>>().join(", "),
        Value::Object(cases) => {
            let cases = cases.iter().map(|(case, value)| format!("{case}: {}", told(value)));
            cases.collect::<Vec<_>>().join("; ")
        }
        value => code(&value.to_string()),
    }
}

fn codes(texts: &[String]) -> String {
    texts.iter().map(|text| code(text)).collect::<Vec<_>>().join(", ")
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

/// The lines of an entry for differences of one cause, but for the reason.
pub fn entry(differences: &[Difference]) -> Vec<String> {
    let Some(Difference { operation, topic, page, document, document_pointer, .. }) =
        differences.first()
    else {
        return Vec::new();
    };
    let operations: BTreeSet<&str> =
        differences.iter().map(|difference| difference.operation.as_str()).collect();
    let (operation, at) = if differences.len() == 1 {
        (operation.clone(), &topic.at)
    } else {
        let operations: Vec<&str> = operations.into_iter().collect();
        (format!("[{}]", operations.join(", ")), document_pointer)
    };
    let mut lines = vec![
        format!("- operation: {operation}"),
        format!("  at: '{at}'"),
        format!("  what: '{}'", topic.what),
    ];
    for (side, value) in [("page", page), ("document", document)] {
        lines.extend(value.as_ref().map(|value| format!("  {side}: {value}")));
    }
    lines.push("  why: …".to_owned());
    lines
}
