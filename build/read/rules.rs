//! `x-rules`: the rules that span fields. Each has to speak of fields and values that there are.

use std::collections::BTreeSet;

use serde_json::Value;

use super::scalar::anchored;
use crate::pipeline::document::{Document, items, members};
use crate::pipeline::{Failure, Result};

/// Checks the rules of a request's schema.
pub fn check_rules(place: &str, document: &Document, schema: &Value) -> Result<()> {
    const VERBS: [&str; 7] =
        ["require", "forbid", "exclusive", "ascending", "within", "allow", "match"];
    let mut ids = BTreeSet::new();
    for rule in items(&schema["x-rules"]) {
        let id = rule["id"].as_str().unwrap_or("without an id");
        let place = format!("{place}, rule {id}");
        let fail = |reason: String| Failure::new(&place, reason);
        for (key, _) in members(rule) {
            if !["id", "description", "mend", "when"].contains(&key.as_str())
                && !VERBS.contains(&key.as_str())
            {
                return Err(fail(format!("{key} is no part of a rule")));
            }
        }
        if ["id", "description", "mend"].iter().any(|key| !rule[*key].is_string()) {
            return Err(fail("needs an id, a description and a mend".into()));
        }
        if !ids.insert(id.to_owned()) {
            return Err(fail("there are two of this id".into()));
        }
        let verbs: Vec<&str> = VERBS.into_iter().filter(|verb| rule.get(*verb).is_some()).collect();
        let [verb] = verbs.as_slice() else {
            return Err(fail(format!("needs exactly one of {}", VERBS.join(", "))));
        };
        let listed = items(&rule[*verb]).filter_map(Value::as_str);
        let keyed = members(&rule[*verb]).map(|(pointer, _)| pointer.as_str());
        let pointers: Vec<&str> = listed.chain(keyed).collect();
        if pointers.is_empty() {
            return Err(fail(format!("{verb} names no field")));
        }
        for pointer in pointers {
            field_at(document, &place, schema, pointer)?;
        }
        for (pointer, values) in members(&rule["when"]).chain(members(&rule["allow"])) {
            let field = field_at(document, &place, schema, pointer)?;
            if items(values).next().is_none() {
                return Err(fail(format!("{pointer} has no list of values")));
            }
            for value in items(values) {
                if field.get("enum").is_some() && !items(&field["enum"]).any(|known| known == value)
                {
                    return Err(fail(format!("{pointer} is never {value}")));
                }
            }
        }
        for (_, pattern) in members(&rule["match"]) {
            anchored(&place, pattern.as_str().unwrap_or_default())?;
        }
        for (pointer, bounds) in members(&rule["within"]) {
            let known = |key: &str| ["minimum", "maximum"].contains(&key);
            let mut keys = members(bounds).map(|(key, _)| known(key)).peekable();
            if keys.peek().is_none() || !keys.all(|known| known) {
                return Err(fail(format!("{pointer} needs minimum, maximum or both")));
            }
        }
    }
    Ok(())
}

/// The schema of the field that a rule's pointer names.
fn field_at<'a>(
    document: &'a Document,
    place: &str,
    schema: &'a Value,
    pointer: &str,
) -> Result<&'a Value> {
    let steps = pointer
        .strip_prefix('/')
        .ok_or_else(|| Failure::new(place, format!("{pointer:?} is no JSON pointer")))?;
    let mut at = schema;
    for step in steps.split('/') {
        at = at["properties"]
            .get(step)
            .ok_or_else(|| Failure::new(place, format!("there is no field {pointer}")))?;
        if let Some(reference) = at.get("allOf").and_then(|wrapped| wrapped.get(0)) {
            at = reference;
        }
        at = document.resolve(place, at)?;
    }
    Ok(at)
}
