//! What a documentation page states about its operation: facts, no sentences.
//!
//! `openapi/pages/<operationId>.json` holds one [`Page`] each.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A page of the vendor's documentation.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// The page's own name for itself, as it stands in it.
    pub id: String,
    /// The year and month of the edition, `2022-10`.
    pub edition: String,
    /// In capitals.
    pub method: String,
    /// With `{name}` for each path parameter.
    pub path: String,
    /// The tables of parameters, in the order of the page.
    pub tables: Vec<Table>,
    /// The returned statuses, successes and failures.
    pub statuses: BTreeSet<u16>,
    pub examples: Examples,
}

/// The documented example, as JSON.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Examples {
    /// The path and query parameters that the example's URI sets, by name. A placeholder in braces
    /// sets nothing.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<Value>,
}

/// A table of parameters or fields.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The number that the page gives it.
    pub number: u32,
    /// The field or object that its caption names; none for the tables of URI, request and reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Which part of the exchange it describes.
    pub part: Part,
    /// Where its rows stand: JSON Pointers from the root of the body, with `*` for each item of an
    /// array and each key of a map. `""` is the root. Several where several fields refer to the
    /// table; none where no field does, and the page does not say where its rows belong. A table of
    /// the URI has none: its rows say where they stand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub at: Vec<String>,
    pub rows: Vec<Row>,
}

/// A part of the exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// Parameters of path and query.
    Uri,
    /// The body of the request.
    Request,
    /// The body of the reply to a success.
    Response,
}

/// A row: what is said of one parameter or field.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Row {
    /// The name on the wire; `*` for keys that the user makes up.
    pub name: String,
    /// Of a parameter: `path` or `query`.
    #[serde(default, rename = "in", skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// None in a table that has no such column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mandatory: Option<bool>,
    #[serde(flatten)]
    pub kind: Kind,
    /// What holds whatever the other fields are.
    #[serde(flatten)]
    pub limits: Limits,
    /// What holds only under a condition on other fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditional: Vec<Conditional>,
    /// Literals and numbers of the prose that no other fact accounts for, sorted: a change that the
    /// reader of prose does not understand still shows.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub mentions: BTreeSet<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Location {
    Path,
    Query,
}

/// The type that a row states.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Kind {
    #[serde(rename = "type")]
    pub name: Type,
    /// Of an array: the type of its items, where the page says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<Type>,
    /// Of an object, or an array of objects: the number of the table with its fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Type {
    Array,
    Boolean,
    Integer,
    Number,
    Object,
    String,
}

/// What values a field takes, as far as the page says.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct Limits {
    /// In the order of the page.
    #[serde(default, rename = "enum", skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Value>,
    /// Of a number; of an array or a text that joins items by commas: of each item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<i64>,
    /// As with the minimum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u64>,
    /// Of an array, or of a text that joins items by commas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_items: Option<u64>,
    /// The characters besides letters and digits that a text may hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub characters: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// How a text is written: `yyyy-MM-ddThh:mm:ssZ`, `uuid`, `comma-separated`; `utc` for a time
    /// that is said to be in UTC, beside its form where the page states one.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub formats: BTreeSet<String>,
    /// As the document's `x-unit` spells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// Limits that hold under a condition.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct Conditional {
    /// The values of other fields, by their names, under which this holds: all of them, each with
    /// one of its values. Of values with `!` before them: with none of these. `*` is any value: the
    /// field is there. Empty: the page words its condition without naming a field.
    #[serde(default)]
    pub when: BTreeMap<String, BTreeSet<String>>,
    /// The field has to be there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mandatory: bool,
    /// The field has no effect, or may not be there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unavailable: bool,
    #[serde(flatten)]
    pub limits: Limits,
}
