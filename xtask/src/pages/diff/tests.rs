//! That no fact goes unnoticed, and that layout alone is no change.

use serde_json::{Value, json};

use super::compare::{Comparison, compare};
use crate::node::escape;
use crate::pages::facts::Page;

/// A page that uses every member of the model.
fn everything() -> Value {
    let limits = |lead: &str| {
        json!({
            "enum": [format!("{lead}_A"), format!("{lead}_B")], "minimum": 1, "maximum": 9,
            "min_length": 2, "max_length": 8, "max_items": 3, "characters": "_-",
            "default": "X", "formats": ["uuid", "comma-separated"], "unit": "seconds",
        })
    };
    let mut whole = json!({
        "name": "kind", "mandatory": false, "type": "array", "items": "string", "mentions": ["7"],
    });
    let mut conditional = json!({
        "when": {"state": ["ON", "!OFF"]}, "mandatory": true, "unavailable": true,
    });
    merge(&mut whole, limits("ALWAYS"));
    merge(&mut conditional, limits("THEN"));
    whole["conditional"] = json!([conditional, {"when": {"state": ["OFF"]}, "maximum": 5}]);
    json!({
        "id": "T1", "edition": "2024-03", "method": "PUT", "path": "/v1/{shelf}",
        "tables": [
            {"number": 1, "part": "uri", "rows": [
                {"name": "shelf", "in": "path", "mandatory": true, "type": "string"},
                {"name": "dry", "in": "query", "mandatory": false, "type": "boolean"},
            ]},
            {"number": 2, "part": "request", "at": [""], "rows": [
                whole,
                {"name": "parts", "mandatory": true, "type": "array", "table": 3},
                {"name": "spare", "mandatory": false, "type": "object", "table": 3},
            ]},
            {"number": 3, "name": "parts", "part": "request", "at": ["/parts/*", "/spare"],
             "rows": [{"name": "a/b", "mandatory": true, "type": "number"}]},
            {"number": 4, "part": "response", "at": [""], "rows": [
                {"name": "state", "type": "string"}, {"name": "state", "type": "integer"},
            ]},
            {"number": 5, "name": "tags", "part": "response", "rows": [
                {"name": "*", "type": "string"},
            ]},
        ],
        "statuses": [200, 404],
        "examples": {"parameters": {"shelf": "b7"}, "request": {"parts": [{"a/b": 1.5}]},
                     "response": {"state": null}},
    })
}

fn merge(into: &mut Value, from: Value) {
    if let (Value::Object(into), Value::Object(mut from)) = (into, from) {
        into.append(&mut from);
    }
}

fn page(value: &Value) -> Page {
    serde_json::from_value(value.clone()).unwrap()
}

fn compared(was: &Value, is: &Value) -> Comparison {
    compare(&page(was), &page(is))
}

/// All pointers into a value, but the root's.
fn pointers(value: &Value, pointer: &str, found: &mut Vec<String>) {
    let steps: Vec<String> = match value {
        Value::Object(members) => members.keys().map(|name| escape(name)).collect(),
        Value::Array(items) => (0..items.len()).map(|index| index.to_string()).collect(),
        _ => Vec::new(),
    };
    for step in steps {
        let below = format!("{pointer}/{step}");
        found.push(below.clone());
        pointers(value.pointer(&below.replacen(pointer, "", 1)).unwrap(), &below, found);
    }
}

/// The value with what stands at the pointer replaced by something else that the model takes.
fn altered(base: &Value, pointer: &str) -> Vec<Value> {
    let old = base.pointer(pointer).unwrap();
    let candidates = match old {
        Value::Null => vec![json!("text")],
        Value::Bool(yes) => vec![json!(!yes)],
        Value::Number(number) => {
            vec![json!(number.as_f64().unwrap() + 1.0), json!(number.as_u64().map(|n| n + 1))]
        }
        Value::String(text) => ["integer", "object", "query", "path", "request", "response"]
            .into_iter()
            .map(|word| json!(word))
            .chain([json!(format!("{text}/x"))])
            .collect(),
        Value::Array(_) | Value::Object(_) => Vec::new(),
    };
    let with = |new: Value| {
        let mut value = base.clone();
        *value.pointer_mut(pointer).unwrap() = new;
        value
    };
    candidates.into_iter().filter(|new| new != old).map(with).filter(is_page).collect()
}

/// The value without what stands at the pointer.
fn without(base: &Value, pointer: &str) -> Option<Value> {
    let mut value = base.clone();
    let (owner, step) = pointer.rsplit_once('/').unwrap();
    match value.pointer_mut(owner).unwrap() {
        Value::Object(members) => members.remove(&step.replace("~1", "/")).map(drop)?,
        Value::Array(items) => drop(items.remove(step.parse().unwrap())),
        _ => return None,
    }
    Some(value).filter(is_page)
}

fn is_page(value: &Value) -> bool {
    serde_json::from_value::<Page>(value.clone()).is_ok()
}

/// Of the page and its layout, not of the API.
fn may_be_a_note(pointer: &str) -> bool {
    let mut steps = pointer.split('/').skip(1);
    matches!(
        (steps.next(), steps.nth(1), steps.next()),
        (Some("id" | "edition"), None, _) | (Some("tables"), Some("number" | "name"), None)
    )
}

#[test]
fn no_fact_can_change_or_go_unnoticed() {
    let base = everything();
    let mut all = Vec::new();
    pointers(&base, "", &mut all);
    let mut seen = 0;
    for pointer in all {
        for other in altered(&base, &pointer).into_iter().chain(without(&base, &pointer)) {
            for (was, is) in [(&base, &other), (&other, &base)] {
                let Comparison { changes, notes } = compared(was, is);
                let is_told = !changes.is_empty() || (may_be_a_note(&pointer) && !notes.is_empty());
                assert!(is_told, "{pointer}: {was} → {is}");
                seen += 1;
            }
        }
    }
    assert!(seen > 400, "only {seen} alterations");
}

#[test]
fn a_page_does_not_differ_from_itself() {
    let Comparison { changes, notes } = compared(&everything(), &everything());
    assert!(changes.is_empty() && notes.is_empty(), "{changes:?} {notes:?}");
}

#[test]
fn the_order_of_tables_rows_and_values_is_no_change() {
    let base = everything();
    let mut other = base.clone();
    for list in ["/tables/1/rows/0/enum", "/tables/1/rows", "/tables/2/at", "/tables"] {
        other.pointer_mut(list).unwrap().as_array_mut().unwrap().reverse();
    }
    let Comparison { changes, notes } = compared(&base, &other);
    assert_ne!(base, other);
    assert!(changes.is_empty() && notes.is_empty(), "{changes:?} {notes:?}");
}
