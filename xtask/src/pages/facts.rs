//! What a page states, as facts without sentences. `xtask/pages/facts.py` reads them off a page.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a page states.
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
    /// What could not be read in full.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<Unread>,
    /// How many rows the page's tables have, and how many of them were read.
    pub seen: usize,
    pub read: usize,
}

impl Facts {
    /// Whether two pages are editions of one, by ID or by call.
    pub fn is_of_same_page(&self, other: &Self) -> bool {
        (!self.page.is_empty() && self.page == other.page)
            || (!self.calls.is_empty() && self.calls == other.calls)
    }
}

/// A row of a table: a field, a status, or something else.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Row {
    /// `path/…`, `query/…`, `header/…`, `request/…`, `response/…` with `*` for the items of a list;
    /// `status/…`; `table/<caption>/…` for what belongs to none of these. The second row of a place has
    /// `#2` after it.
    pub place: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mandatory: Option<String>,
    /// As the page has it.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_: Option<String>,
    /// The type in the words of a document: `array of object`. Empty where the page states none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tokens: BTreeSet<String>,
    /// The digest of its words.
    pub words: String,
    /// The words themselves, of a page at hand; never recorded.
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
    /// Identifies what is not JSON.
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

/// Something that could not be read in full.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Unread {
    pub what: String,
    pub why: String,
    /// How many rows it has; 0 where all rows were read, but something that they lead to was not.
    pub rows: usize,
    /// The digest of its words.
    pub words: String,
}
