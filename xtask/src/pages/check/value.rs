//! The values of statements: which of two is the narrower, and which form is the normal one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::statement::what;

/// In the same order on both sides, where order says nothing.
pub fn normal(what: &str, value: Value) -> Value {
    match value {
        Value::Array(values) if is_set(what) => set(values.iter()).into_values().collect(),
        Value::Object(cases) if is_set(what) => {
            cases.into_iter().map(|(case, value)| (case, normal(what, value))).collect()
        }
        Value::String(text) if what == what::CHARACTERS => {
            text.chars().collect::<BTreeSet<char>>().into_iter().collect::<String>().into()
        }
        value => value,
    }
}

fn is_set(what: &str) -> bool {
    matches!(
        what,
        what::ENUM | what::FORM | what::FORMAT | what::LITERALS | what::TYPE | what::OUTSIDE
    )
}

fn set<'a>(values: impl Iterator<Item = &'a Value>) -> BTreeMap<String, Value> {
    values.map(|value| (value.to_string(), value.clone())).collect()
}

/// What holds where both of two statements do. None where one of them goes before the other.
pub fn narrower(what: &str, one: &Value, other: &Value) -> Option<Value> {
    Some(match what {
        what::MINIMUM | what::MIN_LENGTH | what::MIN_ITEMS => larger(one, other),
        what::MAXIMUM | what::MAX_LENGTH | what::MAX_ITEMS => smaller(one, other),
        what::ENUM | what::FORM => common(one, other),
        what::FORMAT | what::OUTSIDE => joined(one, other),
        what::MANDATORY | what::UNAVAILABLE => (is_true(one) || is_true(other)).into(),
        _ => return None,
    })
}

/// Whether it limits the values that a field takes.
pub fn is_limit(what: &str) -> bool {
    wider(what, &Value::Null, &Value::Null).is_some()
}

/// What holds where at least one of two limits does. None of what is no limit.
pub fn wider(what: &str, one: &Value, other: &Value) -> Option<Value> {
    Some(match what {
        what::MINIMUM | what::MIN_LENGTH | what::MIN_ITEMS => smaller(one, other),
        what::MAXIMUM | what::MAX_LENGTH | what::MAX_ITEMS => larger(one, other),
        what::ENUM | what::FORM => joined(one, other),
        what::FORMAT => common(one, other),
        what::UNIT if one == other => one.clone(),
        _ => return None,
    })
}

fn larger(one: &Value, other: &Value) -> Value {
    if one.as_f64() < other.as_f64() { other.clone() } else { one.clone() }
}

fn smaller(one: &Value, other: &Value) -> Value {
    if one.as_f64() < other.as_f64() { one.clone() } else { other.clone() }
}

fn common(one: &Value, other: &Value) -> Value {
    let other = set(items(other));
    set(items(one))
        .into_iter()
        .filter(|(name, _)| other.contains_key(name))
        .map(|(_, v)| v)
        .collect()
}

fn joined(one: &Value, other: &Value) -> Value {
    set(items(one).chain(items(other))).into_values().collect()
}

pub fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn is_true(value: &Value) -> bool {
    *value == Value::Bool(true)
}

/// A value as a condition, a path or a query has it.
pub fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
