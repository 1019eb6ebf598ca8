//! Integers, strings and enumerations: their bounds, patterns, formats and meanings.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::pipeline::document::items;
use crate::pipeline::names::variant_name;
use crate::pipeline::plan::{IntegerRule, StringRule, Use};
use crate::pipeline::{Failure, Result};

pub fn integer_rule(place: &str, schema: &Value) -> Result<IntegerRule> {
    let fail = |reason: &str| Failure::new(place, reason);
    let whole = |key: &str| match schema.get(key) {
        None => Ok(None),
        Some(value) => {
            value.as_i64().map(Some).ok_or_else(|| fail(&format!("{key} is no 64-bit integer")))
        }
    };
    let values: Option<Vec<i64>> = items(&schema["enum"]).map(Value::as_i64).collect();
    let values =
        values.ok_or_else(|| fail("its enum holds something else than 64-bit integers"))?;
    let has_meanings = !values.is_empty() || schema.get("x-enum-descriptions").is_some();
    let meanings = if has_meanings { meanings(place, schema)? } else { Vec::new() };
    let rule = IntegerRule {
        minimum: whole("minimum")?,
        maximum: whole("maximum")?,
        values: values.into_iter().zip(meanings).collect(),
        unit: schema["x-unit"].as_str().map(str::to_owned),
        format: schema["format"].as_str().map(str::to_owned),
    };
    if !rule.values.is_empty() && (rule.minimum.is_some() || rule.maximum.is_some()) {
        return Err(fail("bounds beside an enum would be lost"));
    }
    if rule.minimum.zip(rule.maximum).is_some_and(|(minimum, maximum)| minimum > maximum) {
        return Err(fail("its minimum is more than its maximum"));
    }
    match rule.format.as_deref() {
        None | Some("int32" | "int64") => Ok(rule),
        Some(format) => Err(fail(&format!("the format {format} would not be checked"))),
    }
}

pub fn string_rule(place: &str, schema: &Value, used: Use) -> Result<StringRule> {
    let fail = |reason: &str| Failure::new(place, reason);
    let rule = StringRule {
        min_length: schema["minLength"].as_u64(),
        max_length: schema["maxLength"].as_u64(),
        pattern: schema["pattern"].as_str().map(str::to_owned),
        times: items(&schema["x-strftime"]).filter_map(Value::as_str).map(str::to_owned).collect(),
        format: schema["format"].as_str().map(str::to_owned),
    };
    if let Some(pattern) = &rule.pattern {
        anchored(place, pattern)?;
    }
    let times = schema.get("x-strftime");
    if times.is_some_and(|times| rule.times.is_empty() || items(times).count() != rule.times.len())
    {
        return Err(fail("x-strftime has to list formats"));
    }
    if let Some(format) = rule.times.iter().find(|format| !is_time_format(format)) {
        return Err(fail(&format!("{format} is no format of %Y, %m, %d, %H, %M and %S")));
    }
    match rule.format.as_deref() {
        None | Some("byte" | "password") => Ok(rule),
        Some("date-time") if !rule.times.is_empty() || !used.in_requests => Ok(rule),
        Some("date-time") => Err(fail(
            "a date-time that is sent has to say x-strftime: else it goes out in a form of the \
             generator's choice",
        )),
        Some(format) => Err(fail(&format!("the format {format} would not be checked"))),
    }
}

/// Whether a format has only the specifiers that the document's README allows, and either all of a
/// date or none of it.
fn is_time_format(format: &str) -> bool {
    let specifiers: Vec<char> =
        format.split('%').skip(1).filter_map(|it| it.chars().next()).collect();
    let has = |specifier: &char| specifiers.contains(specifier);
    let date = ['Y', 'm', 'd'].iter().filter(|specifier| has(specifier)).count();
    specifiers.len() == format.matches('%').count()
        && specifiers.iter().all(|specifier| "YmdHMS".contains(*specifier))
        && has(&'H')
        && has(&'M')
        && (date == 0 || date == 3)
}

/// Compiles a pattern that has to match from start to end: `^a|b$` would match more.
pub fn anchored(place: &str, pattern: &str) -> Result<regex_lite::Regex> {
    let is_anchored = pattern.starts_with('^') && pattern.ends_with('$');
    if !is_anchored || has_alternatives(pattern) {
        return Err(Failure::new(place, "its pattern has to be anchored as a whole by ^ and $"));
    }
    compile(place, pattern)
}

/// Whether a pattern has a `|` that is in no group, and no character of a class.
fn has_alternatives(pattern: &str) -> bool {
    let (mut depth, mut in_class) = (0, false);
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => drop(letters.next()),
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => depth += 1,
            ')' if !in_class => depth -= 1,
            '|' if !in_class && depth == 0 => return true,
            _ => {}
        }
    }
    false
}

/// Compiles a pattern with the engine that will run it.
pub fn compile(place: &str, pattern: &str) -> Result<regex_lite::Regex> {
    regex_lite::Regex::new(pattern)
        .map_err(|error| Failure::new(place, format!("its pattern {pattern}: {error}")))
}

/// What each value of an `enum` means.
fn meanings(place: &str, schema: &Value) -> Result<Vec<String>> {
    let fail = |reason: String| Failure::new(place, reason);
    let texts = items(&schema["x-enum-descriptions"]).map(|text| text.as_str().map(str::trim));
    let texts: Option<Vec<&str>> = texts.collect();
    let texts = texts.filter(|texts| !texts.is_empty()).ok_or_else(|| {
        fail("x-enum-descriptions has to list strings, one for each value".into())
    })?;
    let values = items(&schema["enum"]).count();
    if values != texts.len() {
        return Err(fail(format!("has {values} values, and {} x-enum-descriptions", texts.len())));
    }
    if texts.contains(&"") {
        return Err(fail("one of its x-enum-descriptions says nothing".into()));
    }
    Ok(texts.into_iter().map(str::to_owned).collect())
}

/// The values of an enumeration, each with its meaning.
pub fn enumeration(place: &str, schema: &Value) -> Result<Vec<(String, String)>> {
    let fail = |reason: String| Failure::new(place, reason);
    let values: Option<Vec<&str>> = items(&schema["enum"]).map(Value::as_str).collect();
    let values = values.ok_or_else(|| fail("enum has to list strings".into()))?;
    let meanings = meanings(place, schema)?;
    let mut variants = BTreeMap::from([("Unknown".to_owned(), "the variant for any other value")]);
    for value in &values {
        let variant = variant_name(value);
        if !variant.starts_with(|first: char| first.is_ascii_alphabetic()) {
            return Err(fail(format!("the value {value:?} makes no Rust name")));
        }
        if let Some(other) = variants.insert(variant.clone(), value) {
            return Err(fail(format!("{value:?} and {other:?} would both be {variant}")));
        }
    }
    let pairs = values.into_iter().zip(meanings);
    Ok(pairs.map(|(value, meaning)| (value.to_owned(), meaning)).collect())
}
