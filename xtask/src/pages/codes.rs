//! Compares the page of error codes, which belongs to no operation, with the codes of the document.

use std::collections::BTreeMap;

use super::check::Difference;
use super::facts::{Facts, Row};
use crate::document::Document;
use crate::node::{Node, escape};

/// The name of the page's record; other records have the name of an operation.
pub const ERROR_CODES: &str = "errorCodes";

/// The class that a status implies. Another class needs a deviation.
const CLASSES: [(&str, &str); 4] =
    [("401", "unauthorized"), ("403", "forbidden"), ("404", "not-found"), ("429", "throttled")];

/// The codes of a page, such as `AS.2007`, from rows that also have a status.
pub fn listed(facts: &Facts) -> BTreeMap<&str, &Row> {
    let rows = facts.rows.iter().filter_map(|row| {
        let (_, code) = row.place.rsplit_once('/')?;
        let (service, number) = code.split_once('.')?;
        let is_code = service.bytes().all(|byte| byte.is_ascii_uppercase())
            && !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit());
        (is_code && status(row).is_some()).then_some((code, row))
    });
    rows.collect()
}

fn status(row: &Row) -> Option<&str> {
    let mut tokens = row.tokens.iter().map(String::as_str);
    tokens.find(|token| token.len() == 3 && token.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The codes of the document, each with its pointer.
pub fn documented(document: &Document) -> BTreeMap<&str, (String, &Node)> {
    let schemas = document.root.pointer("/components/schemas");
    let schemas = schemas.into_iter().flat_map(Node::members);
    let codes = schemas.flat_map(|(name, schema)| {
        let name = escape(name);
        schema.list("x-error-codes").enumerate().filter_map(move |(index, entry)| {
            let pointer = format!("/components/schemas/{name}/x-error-codes/{index}");
            Some((entry.text("code")?, (pointer, entry)))
        })
    });
    codes.collect()
}

/// The differences between the page and the document in codes and in classes of codes.
pub fn differences(document: &Document, facts: &Facts) -> Vec<Difference> {
    let (listed, documented) = (listed(facts), documented(document));
    let mut found = Vec::new();
    let mut compare =
        |code: &str, pointer: &str, what, page: Option<&str>, document: Option<&str>| {
            let at = format!("code/{code}");
            found.extend(Difference::between(ERROR_CODES, &at, pointer, what, page, document));
        };
    for (code, row) in &listed {
        let Some((pointer, entry)) = documented.get(code) else {
            compare(code, "/components/schemas", "present", Some("on the page"), None);
            continue;
        };
        let implied = CLASSES.iter().find(|(of, _)| Some(*of) == status(row));
        compare(code, pointer, "class", implied.map(|(_, class)| *class), entry.text("class"));
        let observed = entry.is("x-observed").then_some("observed");
        compare(code, pointer, "x-observed", None, observed);
    }
    for (code, (pointer, entry)) in &documented {
        if !listed.contains_key(code) && !entry.is("x-observed") {
            compare(code, pointer, "present", None, Some("in the document"));
        }
    }
    found
}
