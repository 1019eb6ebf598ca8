//! `cargo xtask pages check`: the document against what is recorded of the pages, both ways.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::document::{Field, Stated, parameters, success};
use super::facts::{Facts, Row};
use super::page::type_name;
use super::{DEVIATIONS, RECORDED};
use crate::Failure;
use crate::document::{Document, Operation};
use crate::node::Node;

/// Something in which a page and the document differ.
#[derive(Debug)]
pub struct Difference {
    operation: String,
    /// The place on the page, and the pointer in the document.
    at: String,
    pointer: String,
    what: String,
    page: BTreeSet<String>,
    document: BTreeSet<String>,
}

/// A difference that is wanted: an entry of `openapi/deviations.yaml`. Most of it is a string or a list of
/// strings.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    #[serde(skip)]
    line: u64,
    operation: Value,
    at: Value,
    what: String,
    #[serde(default)]
    page: Value,
    #[serde(default)]
    document: Value,
    why: String,
}

fn values(one_or_many: &Value) -> BTreeSet<String> {
    let many = one_or_many.as_array().map_or(std::slice::from_ref(one_or_many), Vec::as_slice);
    many.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The document and its deviations, which records are held against.
pub struct Comparison<'a> {
    document: &'a Document,
    stated: Vec<(Operation<'a>, Stated)>,
    deviations: &'a [Deviation],
}

impl<'a> Comparison<'a> {
    pub fn new(document: &'a Document, deviations: &'a [Deviation]) -> Self {
        let stated = |operation: Operation<'a>| {
            let stated = Stated::of(document, &operation);
            (operation, stated)
        };
        Self { document, stated: document.operations().map(stated).collect(), deviations }
    }

    /// What differs without a deviation that accounts for it, and the deviations that account for nothing.
    pub fn complaints(&self, facts: &BTreeMap<String, Facts>) -> Vec<String> {
        let Self { document, stated, deviations } = self;
        let (mut complaints, mut all) = (Vec::new(), Vec::new());
        for (operation, stated) in stated {
            match facts.get(operation.id) {
                Some(facts) => {
                    let found = Vec::new();
                    all.extend(
                        OfOperation { document, operation, stated, facts, found }.differences(),
                    );
                }
                None => complaints.push(format!(
                    "{}: nothing is recorded of its page; run: cargo xtask pages read PAGE",
                    document.place(&operation.pointer)
                )),
            }
        }
        for id in
            facts.keys().filter(|id| !stated.iter().any(|(operation, _)| operation.id == **id))
        {
            complaints.push(format!(
                "{RECORDED}/{id}.json:1: the document has no such operation; remove the file"
            ));
        }
        let covered = |difference: &&Difference| deviations.iter().any(|it| it.covers(difference));
        for difference in all.iter().filter(|difference| !covered(difference)) {
            complaints.push(format!("{}: {difference}", document.place(&difference.pointer)));
        }
        for deviation in *deviations {
            let Deviation { line, what, .. } = deviation;
            let stale = deviation.stale(&all).into_iter();
            complaints.extend(stale.map(|name| {
                format!(
                    "{DEVIATIONS}:{line}: {name} does not differ in {what} as it says; remove it"
                )
            }));
        }
        complaints
    }
}

impl Deviation {
    pub fn load(file: &Path) -> Result<Vec<Self>, Failure> {
        let shown = file.strip_prefix(crate::root()).unwrap_or(file).display();
        let text = fs::read_to_string(file).map_err(|error| format!("{shown}: {error}"))?;
        let root = Node::parse(&text).map_err(|error| format!("{shown}: {error}"))?;
        let entry = |node: &Node| -> Result<Self, Failure> {
            let entry: Self = serde_json::from_value(node.to_value())
                .map_err(|error| format!("{shown}:{}: {error}", node.line))?;
            if entry.why.trim().is_empty() {
                return Err(format!("{shown}:{}: gives no reason; say why", node.line).into());
            }
            Ok(Self { line: node.line, ..entry })
        };
        root.items().map(entry).collect()
    }

    fn covers(&self, difference: &Difference) -> bool {
        let (operations, places) = (values(&self.operation), values(&self.at));
        (operations.contains("all") || operations.contains(&difference.operation))
            && (places.contains(&difference.at) || places.contains(&difference.pointer))
            && self.what == difference.what
            && values(&self.page) == difference.page
            && values(&self.document) == difference.document
    }

    /// The operations and places that it names in vain.
    fn stale(&self, all: &[Difference]) -> BTreeSet<String> {
        let covered = all.iter().filter(|it| self.covers(it));
        let used: BTreeSet<&str> =
            covered.flat_map(|it| [&*it.at, &it.pointer, &it.operation]).chain(["all"]).collect();
        let mut named = values(&self.at);
        named.extend(values(&self.operation));
        named.retain(|name| !used.contains(name.as_str()) || used.len() == 1);
        named
    }
}

struct OfOperation<'a> {
    document: &'a Document,
    operation: &'a Operation<'a>,
    stated: &'a Stated,
    facts: &'a Facts,
    found: Vec<Difference>,
}

impl OfOperation<'_> {
    fn differences(mut self) -> Vec<Difference> {
        let stated = self.stated;
        let call = format!("{} {}", self.operation.method.to_uppercase(), self.operation.path);
        let operation = self.operation.pointer.clone();
        self.sets(
            "call",
            "call",
            &operation,
            self.facts.calls.iter().cloned().collect(),
            BTreeSet::from([call]),
        );
        let names: BTreeSet<&str> =
            stated.fields.keys().filter_map(|place| place.rsplit('/').next()).collect();
        let rows: BTreeMap<&str, &Row> =
            self.facts.rows.iter().map(|row| (row.place.as_str(), row)).collect();
        for (place, row) in &rows {
            match stated.fields.get(*place) {
                Some(field) => self.field(row, field, &names),
                None if place.starts_with("status/") => {}
                None => self.differ(place, "present", &operation, &["on the page"], &[]),
            }
        }
        for (place, field) in &stated.fields {
            if !rows.contains_key(place.as_str()) && !field.is_observed {
                self.differ(place, "present", &field.pointer, &[], &["in the document"]);
            }
        }
        for rule in &stated.rules {
            let known: BTreeSet<&String> = rule
                .places
                .iter()
                .filter_map(|place| rows.get(place.as_str()))
                .flat_map(|row| &row.tokens)
                .collect();
            let unknown: Vec<&str> = rule
                .values
                .iter()
                .filter(|value| !known.contains(value))
                .map(String::as_str)
                .collect();
            if !unknown.is_empty() {
                self.differ(&format!("rule/{}", rule.id), "tokens", &rule.pointer, &[], &unknown);
            }
        }
        self.statuses(&rows);
        self.examples();
        for unread in &self.facts.unread {
            self.differ(&unread.what, "unread", &operation, &[&unread.why], &[]);
        }
        self.found
    }

    fn differ(&mut self, at: &str, what: &str, pointer: &str, page: &[&str], document: &[&str]) {
        let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
        self.found.push(Difference {
            operation: self.operation.id.to_owned(),
            at: at.to_owned(),
            pointer: pointer.to_owned(),
            what: what.to_owned(),
            page: owned(page),
            document: owned(document),
        });
    }

    /// A difference of two sets: what only the one and only the other has.
    fn sets(
        &mut self,
        at: &str,
        what: &str,
        pointer: &str,
        page: BTreeSet<String>,
        document: BTreeSet<String>,
    ) {
        let only = |some: &BTreeSet<String>, others: &BTreeSet<String>| {
            some.difference(others).cloned().collect::<Vec<_>>()
        };
        let (page, document) = (only(&page, &document), only(&document, &page));
        if !page.is_empty() || !document.is_empty() {
            let [page, document] =
                [&page, &document].map(|it| it.iter().map(String::as_str).collect::<Vec<_>>());
            self.differ(at, what, pointer, &page, &document);
        }
    }

    fn field(&mut self, row: &Row, field: &Field, names: &BTreeSet<&str>) {
        let place = row.place.as_str();
        if field.is_observed {
            self.differ(place, "x-observed", &field.pointer, &["on the page"], &["observed"]);
        }
        let kind = row.kind.as_deref().map_or("not stated".to_owned(), type_name);
        // Older pages do not say of what a list is.
        let is_list = kind == "array" && field.kind.starts_with("array of ");
        if kind != field.kind && !is_list {
            self.differ(place, "type", &field.pointer, &[&kind], &[&field.kind]);
        }
        let mandatory = if field.mandatory { "yes" } else { "no" };
        if let Some(said) = row.mandatory.as_deref().filter(|said| *said != mandatory) {
            self.differ(place, "mandatory", &field.pointer, &[said], &[mandatory]);
        }
        let is_same = |keyword: &str, value: &str, token: &str| {
            value == token || (keyword == "x-strftime" && value.eq_ignore_ascii_case(token))
        };
        let is_known = |token: &String| {
            field.tokens.contains(token)
                || names.contains(token.as_str())
                || field.bounds.iter().any(|(keyword, value, _)| is_same(keyword, value, token))
                || (field.kind == "boolean" && ["true", "false"].contains(&token.as_str()))
        };
        let unknown: Vec<&str> =
            row.tokens.iter().filter(|token| !is_known(token)).map(String::as_str).collect();
        if !unknown.is_empty() {
            self.differ(place, "tokens", &field.pointer, &unknown, &[]);
        }
        let is_stated = |keyword: &str, value: &str| {
            row.tokens.iter().any(|token| is_same(keyword, value, token))
        };
        let mut missing: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
        for (keyword, value, pointer) in
            field.bounds.iter().filter(|(keyword, value, _)| !is_stated(keyword, value))
        {
            missing.entry((keyword, pointer)).or_default().push(value);
        }
        for ((keyword, pointer), values) in missing {
            self.differ(place, keyword, pointer, &[], &values);
        }
    }

    fn statuses(&mut self, rows: &BTreeMap<&str, &Row>) {
        let responses = format!("{}/responses", self.operation.pointer);
        let page = rows
            .keys()
            .filter_map(|place| place.strip_prefix("status/"))
            .map(str::to_owned)
            .collect();
        let stated = self.operation.node.get("responses").into_iter().flat_map(Node::members);
        let document = stated.map(|(status, _)| status.to_owned()).filter(|status| {
            let response = self.document.resolve(&format!("{responses}/{status}"));
            response.is_none_or(|(_, response)| !response.is("x-observed"))
        });
        let document = document.collect();
        self.sets("status", "present", &responses, page, document);
    }

    fn examples(&mut self) {
        let Operation { id, pointer, .. } = self.operation;
        let body = self.document.resolve(&format!("{pointer}/requestBody"));
        let messages = [
            ("request", "Request", body),
            ("response", "Response", success(self.document, self.operation)),
        ];
        for (of, suffix, message) in messages {
            let name = format!("{id}{suffix}");
            let mine = self.facts.examples.iter().filter(|example| example.of == of);
            let page =
                mine.clone().filter_map(|example| example.json.as_ref()).map(Value::to_string);
            let at = message.map_or_else(|| pointer.clone(), |(at, _)| at);
            let at = format!("{at}/content/application~1json/examples/{name}");
            let example = self.document.resolve(&at).and_then(|(_, example)| example.get("value"));
            let documented = example.map(|value| value.to_value().to_string());
            let calls = mine.filter_map(|example| example.call.as_deref());
            let called = calls.flat_map(|call| self.values_of(call)).collect();
            self.sets(of, "example", &at, page.collect(), documented.into_iter().collect());
            if of == "request" {
                let values = |(_, parameter): (String, &Node)| {
                    let value = parameter.get("examples")?.get(&name)?.get("value")?.as_str()?;
                    Some(format!("{}={value}", parameter.text("name")?))
                };
                let documented =
                    parameters(self.document, self.operation).into_iter().filter_map(values);
                self.sets("call", "example", pointer, called, documented.collect());
            }
        }
    }

    /// The parameters in an example of a call, as `name=value`; placeholders are none.
    fn values_of(&self, call: &str) -> Vec<String> {
        let (path, query) = call.split_once('?').unwrap_or((call, ""));
        let steps = path.split('/').rev().zip(self.operation.path.split('/').rev());
        let in_path = steps.filter_map(|(value, step)| {
            let name = step.strip_prefix('{')?.strip_suffix('}')?;
            (!value.starts_with('{')).then(|| format!("{name}={value}"))
        });
        in_path.chain(query.split('&').filter(|pair| !pair.is_empty()).map(str::to_owned)).collect()
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |values: &BTreeSet<String>| {
            values.iter().map(|value| format!("{value:?}")).collect::<Vec<_>>().join(", ")
        };
        writeln!(
            f,
            "{} {}: {} differs; edit the document, or add to openapi/deviations.yaml:",
            self.operation, self.at, self.what
        )?;
        writeln!(f, "- operation: {}\n  at: {}\n  what: {}", self.operation, self.at, self.what)?;
        for (side, values) in [("page", &self.page), ("document", &self.document)] {
            if !values.is_empty() {
                writeln!(f, "  {side}: [{}]", list(values))?;
            }
        }
        write!(f, "  why: …")
    }
}
