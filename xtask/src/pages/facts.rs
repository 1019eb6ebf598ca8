//! The facts that a page states, without its sentences. `xtask/pages/facts.py` extracts them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The facts of a page.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Facts {
    /// The vendor's ID of the page.
    pub page: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
    /// The commit of the vendor's repository, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Methods and paths: `PUT /v1/{project_id}/…`.
    pub calls: Vec<String>,
    pub rows: Vec<Row>,
    pub examples: Vec<Example>,
    /// The words outside of tables: headings, captions, paragraphs.
    pub paragraphs: Vec<Paragraph>,
    /// The parts that could not be read in full.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<Unread>,
    /// The number of rows in the tables of the page, and the number of those that were read.
    pub seen: usize,
    pub read: usize,
}

impl Facts {
    /// Whether two pages are editions of the same page, by ID or by call.
    pub fn is_of_same_page(&self, other: &Self) -> bool {
        (!self.page.is_empty() && self.page == other.page)
            || (!self.calls.is_empty() && self.calls == other.calls)
    }
}

/// A row of a table: a field, a status, or something else.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Row {
    /// `path/…`, `query/…`, `header/…`, `request/…`, `response/…` with `*` for the items of a list;
    /// `status/…`; `table/<caption>/…` for other rows. The second row of a place has the suffix `#2`.
    pub place: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mandatory: Option<String>,
    /// The type as written on the page.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_: Option<String>,
    /// The type in the terms of OpenAPI, such as `array of object`. Empty if the page states none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tokens: BTreeSet<String>,
    /// The digest of its words.
    pub words: String,
    /// The words themselves, which are never recorded.
    #[serde(default, skip_serializing)]
    pub text: String,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Example {
    /// `request`, `response` or `other`.
    pub of: String,
    /// The method and the URL of a request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
    /// The digest of an example that is not JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    #[serde(default, skip_serializing)]
    pub text: String,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Paragraph {
    pub words: String,
    #[serde(default, skip_serializing)]
    pub text: String,
    /// The heading above it.
    #[serde(default, skip_serializing)]
    pub section: String,
}

/// A part that could not be read in full.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Unread {
    pub what: String,
    pub why: String,
    /// The number of rows that were not read. It is 0 for examples, and for rows without the table that they refer to.
    pub rows: usize,
    /// The digest of its words.
    pub words: String,
}
