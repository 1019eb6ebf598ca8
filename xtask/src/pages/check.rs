//! `cargo xtask pages check`: compares the document with the recorded facts, in both directions.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::codes::{self, ERROR_CODES};
use super::document::{Field, Rule, Stated, parameters, success};
use super::facts::{Facts, Row};
use super::{DEVIATIONS, RECORDED};
use crate::Failure;
use crate::document::{Document, Operation};
use crate::node::Node;

/// A difference between a page and the document.
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

impl Difference {
    /// The difference in values that only the page or only the document has, if any.
    pub fn between<P: ToString, D: ToString>(
        operation: &str,
        at: &str,
        pointer: &str,
        what: &str,
        page: impl IntoIterator<Item = P>,
        document: impl IntoIterator<Item = D>,
    ) -> Option<Self> {
        let page: BTreeSet<String> = page.into_iter().map(|it| it.to_string()).collect();
        let document: BTreeSet<String> = document.into_iter().map(|it| it.to_string()).collect();
        let [operation, at, pointer, what] = [operation, at, pointer, what].map(str::to_owned);
        let (page, document) = (&page - &document, &document - &page);
        let is_none = page.is_empty() && document.is_empty();
        (!is_none).then_some(Self { operation, at, pointer, what, page, document })
    }
}

/// An intended difference: an entry of `openapi/deviations.yaml`. Most fields are a string or a list of strings.
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

/// The document and its deviations, for comparison with the records.
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

    /// The differences that no deviation covers, the deviations that cover none, and missing or unknown records.
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
                    "{}: its page is not recorded; run: cargo xtask pages read PAGE",
                    document.place(&operation.pointer)
                )),
            }
        }
        match facts.get(ERROR_CODES) {
            Some(facts) => all.extend(codes::differences(document, facts)),
            None if codes::documented(document).is_empty() => {}
            None => complaints.push(format!(
                "{}: the page of its error codes is not recorded; run: cargo xtask pages read PAGE",
                document.place("/components/schemas")
            )),
        }
        let is_known =
            |id: &str| id == ERROR_CODES || stated.iter().any(|(operation, _)| operation.id == id);
        for id in facts.keys().filter(|id| !is_known(id)) {
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
                format!("{DEVIATIONS}:{line}: {name} does not differ in {what}; remove the entry")
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
                return Err(format!("{shown}:{}: has no reason; add it as `why`", node.line).into());
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

    /// Its operations and places for which it covers no difference.
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

/// The comparison of one operation with its page.
struct OfOperation<'a> {
    document: &'a Document,
    operation: &'a Operation<'a>,
    stated: &'a Stated,
    facts: &'a Facts,
    found: Vec<Difference>,
}

const NONE: [&str; 0] = [];

impl OfOperation<'_> {
    fn differences(mut self) -> Vec<Difference> {
        let Self { operation, stated, facts, .. } = self;
        let pointer = &operation.pointer;
        let call = format!("{} {}", operation.method.to_uppercase(), operation.path);
        self.compare("call", "call", pointer, &facts.calls, [call]);
        let rows: BTreeMap<&str, &Row> =
            facts.rows.iter().map(|row| (row.place.as_str(), row)).collect();
        for (place, row) in &rows {
            match stated.fields.get(*place) {
                Some(field) => self.field(row, field),
                None if place.starts_with("status/") => {}
                None => self.compare(place, "present", pointer, ["on the page"], NONE),
            }
        }
        for (place, field) in &stated.fields {
            if !rows.contains_key(place.as_str()) && !field.is_observed {
                self.compare(place, "present", &field.pointer, NONE, ["in the document"]);
            }
        }
        for Rule { id, pointer, places, values } in &stated.rules {
            let named = places.iter().filter_map(|place| rows.get(place.as_str()));
            let known: BTreeSet<&String> = named.flat_map(|row| &row.tokens).collect();
            let unknown = values.iter().filter(|value| !known.contains(value));
            self.compare(&format!("rule/{id}"), "tokens", pointer, NONE, unknown);
        }
        let responses = format!("{pointer}/responses");
        let statuses = rows.keys().filter_map(|place| place.strip_prefix("status/"));
        let documented = operation.node.map("responses").filter(|(status, _)| {
            let response = self.document.resolve(&format!("{responses}/{status}"));
            response.is_none_or(|(_, response)| !response.is("x-observed"))
        });
        let documented: Vec<&str> = documented.map(|(status, _)| status).collect();
        self.compare("status", "present", &responses, statuses, documented);
        self.examples();
        for unread in &facts.unread {
            self.compare(&unread.what, "unread", pointer, [&unread.why], NONE);
        }
        self.found
    }

    /// Adds the difference in values that only the page or only the document has, if any.
    fn compare<P: ToString, D: ToString>(
        &mut self,
        at: &str,
        what: &str,
        pointer: &str,
        page: impl IntoIterator<Item = P>,
        document: impl IntoIterator<Item = D>,
    ) {
        self.found.extend(Difference::between(
            self.operation.id,
            at,
            pointer,
            what,
            page,
            document,
        ));
    }

    fn field(&mut self, row: &Row, field: &Field) {
        let (place, pointer) = (row.place.as_str(), &field.pointer);
        if field.is_observed {
            self.compare(place, "x-observed", pointer, ["on the page"], ["observed"]);
        }
        // Older pages do not state the type of the items of a list.
        if row.kind != "array" || !field.kind.starts_with("array of ") {
            self.compare(place, "type", pointer, [&row.kind], [&field.kind]);
        }
        if let Some(mandatory) = &row.mandatory {
            let documented = if field.mandatory { "yes" } else { "no" };
            self.compare(place, "mandatory", pointer, [mandatory], [documented]);
        }
        let is_same = |keyword: &str, value: &str, token: &str| {
            value == token || (keyword == "x-strftime" && value.eq_ignore_ascii_case(token))
        };
        let is_known = |token: &str| {
            let mut names = self.stated.fields.keys().filter_map(|place| place.rsplit('/').next());
            let mut bounds = field.bounds.iter();
            field.has_word(token)
                || names.any(|name| name == token)
                || bounds.any(|(keyword, value, _)| is_same(keyword, value, token))
                || (field.kind == "boolean" && ["true", "false"].contains(&token))
        };
        let unknown: Vec<&String> = row.tokens.iter().filter(|token| !is_known(token)).collect();
        self.compare(place, "tokens", pointer, unknown, NONE);
        let mut missing: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
        for (keyword, value, pointer) in &field.bounds {
            if !row.tokens.iter().any(|token| is_same(keyword, value, token)) {
                missing.entry((keyword, pointer)).or_default().push(value);
            }
        }
        for ((keyword, pointer), values) in missing {
            self.compare(place, keyword, pointer, NONE, values);
        }
    }

    fn examples(&mut self) {
        let Self { document, operation, facts, .. } = *self;
        let body = document.resolve(&format!("{}/requestBody", operation.pointer));
        let response = success(document, operation);
        for (of, suffix, message) in
            [("request", "Request", body), ("response", "Response", response)]
        {
            let at = message.map_or_else(|| operation.pointer.clone(), |(at, _)| at);
            let at = format!("{at}/content/application~1json/examples/{}{suffix}", operation.id);
            let value = document.resolve(&at).and_then(|(_, example)| example.get("value"));
            let page =
                facts.examples.iter().filter(|it| it.of == of).filter_map(|it| it.json.as_ref());
            self.compare(of, "example", &at, page, value.map(Node::to_value));
        }
        let name = format!("{}Request", operation.id);
        let documented = |(_, parameter): (String, &Node)| {
            let value = parameter.get("examples")?.get(&name)?.text("value")?;
            Some(format!("{}={value}", parameter.text("name")?))
        };
        let documented: Vec<String> =
            parameters(document, operation).into_iter().filter_map(documented).collect();
        let calls = facts.examples.iter().filter_map(|example| example.call.as_deref());
        let called: Vec<String> = calls.flat_map(|call| self.values_of(call)).collect();
        self.compare("call", "example", &operation.pointer, called, documented);
    }

    /// The parameters in an example of a call, as `name=value`, without placeholders.
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
    /// Writes the difference, and the deviation that would cover it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation, at, what, .. } = self;
        writeln!(
            f,
            "{operation} {at}: {what} differs; edit the document, or add to {DEVIATIONS}:"
        )?;
        writeln!(f, "- operation: {operation}\n  at: {at}\n  what: {what}")?;
        for (side, values) in [("page", &self.page), ("document", &self.document)] {
            if !values.is_empty() {
                // The debug output of a list of strings is also valid YAML.
                writeln!(f, "  {side}: {:?}", Vec::from_iter(values))?;
            }
        }
        write!(f, "  why: …")
    }
}
