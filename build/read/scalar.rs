//! Integers, strings and enumerations: their bounds, patterns, formats and meanings.

use std::collections::BTreeMap;

use regex::Regex;
use serde_json::Value;

use crate::pipeline::Result;
use crate::pipeline::document::{Part, items};
use crate::pipeline::names::variant_name;
use crate::pipeline::plan::Use;

/// Checks the keywords of an integer.
pub fn check_integer(at: &Part) -> Result<()> {
    at.keys(&["schema", "integer"])?;
    let bounds = ["minimum", "maximum"].map(|key| at.get(key));
    let mut numbers = bounds.into_iter().flatten().chain(items(&at.value["enum"]));
    at.check(numbers.all(Value::is_i64), "its bounds and values have to be 64-bit integers")?;
    if at.get("enum").or(at.get("x-enum-descriptions")).is_some() {
        check_meanings(at)?;
        at.check(bounds == [None, None], "bounds beside an enum would be lost")?;
    }
    let is_empty = matches!(bounds.map(|it| it?.as_i64()), [Some(low), Some(high)] if low > high);
    at.check(!is_empty, "its minimum is more than its maximum")
}

/// Checks the keywords of a string.
pub fn check_string(at: &Part, used: Use) -> Result<()> {
    at.keys(&["schema", "string"])?;
    if let Some(pattern) = at.get("pattern") {
        anchored(at, pattern.as_str().unwrap_or_default())?;
    }
    if let Some(times) = at.get("x-strftime") {
        at.check(items(times).next().is_some(), "x-strftime has to list formats")?;
        let odd = items(times).find(|it| !it.as_str().is_some_and(is_time_format));
        let reason = "is no format of %Y, %m, %d, %H, %M and %S";
        odd.map_or(Ok(()), |format| Err(at.fail(format!("{format} {reason}"))))?;
    } else {
        let is_sent = at.str("format") == "date-time" && used.in_requests;
        let reason = "a date-time that is sent has to say x-strftime: else it goes out in a form \
                      of the generator's choice";
        at.check(!is_sent, reason)?;
    }
    Ok(())
}

/// Whether a format has only the specifiers that the document's README allows, and either all of a
/// date or none of it.
fn is_time_format(format: &str) -> bool {
    let date = ["%Y", "%m", "%d"].map(|specifier| format.contains(specifier));
    let is_known = Regex::new("^([^%]|%[YmdHMS])*$").is_ok_and(|known| known.is_match(format));
    is_known
        && format.contains("%H")
        && format.contains("%M")
        && (date == [true; 3] || date == [false; 3])
}

/// Compiles a pattern that has to match from start to end: `^a|b$` would match more.
pub fn anchored(at: &Part, pattern: &str) -> Result<Regex> {
    let compiled = compile(at, pattern);
    // What is in a class or in a group, and what is escaped, is none of its alternatives.
    let hidden = compile(at, r"\\.|\[(\\.|[^\]\\])*\]|\([^()]*\)")?;
    let mut outside = pattern.to_owned();
    while hidden.is_match(&outside) {
        outside = hidden.replace_all(&outside, "_").into_owned();
    }
    let is_anchored = outside.starts_with('^') && outside.ends_with('$') && !outside.contains('|');
    at.check(is_anchored, "its pattern has to be anchored as a whole by ^ and $")?;
    compiled
}

/// Compiles a pattern with the engine that will run it.
pub fn compile(at: &Part, pattern: &str) -> Result<Regex> {
    let mut escaped = pattern.split('\\').skip(1);
    let is_class = |rest: &str| rest.starts_with(|first: char| first.is_ascii_alphabetic());
    let reason =
        "has an escape such as \\d, which is another class in other languages: write [0-9]";
    at.check(!escaped.any(is_class), format!("its pattern {pattern} {reason}"))?;
    Regex::new(pattern).map_err(|error| at.fail(format!("its pattern {pattern}: {error}")))
}

/// Checks that each value of an `enum` has a meaning.
fn check_meanings(at: &Part) -> Result<()> {
    let meanings = items(&at.value["x-enum-descriptions"]);
    let meanings: Vec<_> = meanings.map(|text| text.as_str().unwrap_or_default().trim()).collect();
    let (values, count) = (items(&at.value["enum"]).count(), meanings.len());
    let is_complete = values == count && count > 0 && !meanings.contains(&"");
    let reason = "x-enum-descriptions: give a text for each";
    at.check(is_complete, format!("has {values} values, and {count} {reason}"))
}

/// Checks that each value of an enumeration has a meaning, and a name in Rust.
pub fn check_enumeration(at: &Part) -> Result<()> {
    at.keys(&["schema", "enum"])?;
    check_meanings(at)?;
    let mut variants = BTreeMap::from([("Unknown".to_owned(), "the variant for any other value")]);
    for value in items(&at.value["enum"]) {
        let value = at.need(value.as_str(), "enum has to list strings")?;
        let variant = variant_name(value);
        let is_name = variant.starts_with(|first: char| first.is_ascii_alphabetic());
        at.check(is_name, format!("the value {value:?} makes no Rust name"))?;
        if let Some(other) = variants.insert(variant.clone(), value) {
            return Err(at.fail(format!("{value:?} and {other:?} would both be {variant}")));
        }
    }
    Ok(())
}
