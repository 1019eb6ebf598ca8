//! Integers, strings and enumerations: their bounds, patterns, formats and meanings.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::pipeline::document::items;
use crate::pipeline::names::variant_name;
use crate::pipeline::plan::Use;
use crate::pipeline::{Failure, Result};

/// Checks the keywords of an integer.
pub fn check_integer(place: &str, schema: &Value) -> Result<()> {
    let fail = |reason: &str| Err(Failure::new(place, reason));
    let bounds = ["minimum", "maximum"].map(|key| schema.get(key));
    if bounds
        .iter()
        .flatten()
        .chain(&items(&schema["enum"]).collect::<Vec<_>>())
        .any(|it| !it.is_i64())
    {
        return fail("its bounds and values have to be 64-bit integers");
    }
    if schema.get("enum").is_some() || schema.get("x-enum-descriptions").is_some() {
        check_meanings(place, schema)?;
        if bounds.iter().any(Option::is_some) {
            return fail("bounds beside an enum would be lost");
        }
    }
    if let [Some(minimum), Some(maximum)] = bounds
        && minimum.as_i64() > maximum.as_i64()
    {
        return fail("its minimum is more than its maximum");
    }
    match schema.get("format").map(Value::as_str) {
        None | Some(Some("int32" | "int64")) => Ok(()),
        Some(format) => {
            fail(&format!("the format {} would not be checked", format.unwrap_or_default()))
        }
    }
}

/// Checks the keywords of a string.
pub fn check_string(place: &str, schema: &Value, used: Use) -> Result<()> {
    let fail = |reason: &str| Err(Failure::new(place, reason));
    if let Some(pattern) = schema["pattern"].as_str() {
        anchored(place, pattern)?;
    }
    let times = schema.get("x-strftime");
    let formats: Vec<&str> = times.into_iter().flat_map(items).filter_map(Value::as_str).collect();
    if times.is_some_and(|it| formats.is_empty() || items(it).count() != formats.len()) {
        return fail("x-strftime has to list formats");
    }
    if let Some(format) = formats.iter().find(|format| !is_time_format(format)) {
        return fail(&format!("{format} is no format of %Y, %m, %d, %H, %M and %S"));
    }
    match schema.get("format").map(Value::as_str) {
        None | Some(Some("byte" | "password")) => Ok(()),
        Some(Some("date-time")) if times.is_some() || !used.in_requests => Ok(()),
        Some(Some("date-time")) => fail(
            "a date-time that is sent has to say x-strftime: else it goes out in a form of the \
             generator's choice",
        ),
        Some(format) => {
            fail(&format!("the format {} would not be checked", format.unwrap_or_default()))
        }
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

/// Checks that each value of an `enum` has a meaning.
fn check_meanings(place: &str, schema: &Value) -> Result<()> {
    let meanings: Vec<&Value> = items(&schema["x-enum-descriptions"]).collect();
    let says = |meaning: &&Value| meaning.as_str().is_some_and(|text| !text.trim().is_empty());
    let (values, count) = (items(&schema["enum"]).count(), meanings.len());
    match values == count && count > 0 && meanings.iter().all(says) {
        true => Ok(()),
        false => Err(Failure::new(
            place,
            format!("has {values} values, and {count} x-enum-descriptions: give a text for each"),
        )),
    }
}

/// Checks that each value of an enumeration has a meaning, and a name in Rust.
pub fn check_enumeration(place: &str, schema: &Value) -> Result<()> {
    let fail = |reason: String| Err(Failure::new(place, reason));
    check_meanings(place, schema)?;
    let mut variants = BTreeMap::from([("Unknown".to_owned(), "the variant for any other value")]);
    for value in items(&schema["enum"]) {
        let Some(value) = value.as_str() else { return fail("enum has to list strings".into()) };
        let variant = variant_name(value);
        if !variant.starts_with(|first: char| first.is_ascii_alphabetic()) {
            return fail(format!("the value {value:?} makes no Rust name"));
        }
        if let Some(other) = variants.insert(variant.clone(), value) {
            return fail(format!("{value:?} and {other:?} would both be {variant}"));
        }
    }
    Ok(())
}
