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
    at.check(numbers.all(Value::is_i64), "bounds and values must be 64-bit integers")?;
    if at.get("enum").or(at.get("x-enum-descriptions")).is_some() {
        check_meanings(at)?;
        at.check(bounds == [None, None], "bounds are not supported together with an enum")?;
    }
    let is_empty = matches!(bounds.map(|it| it?.as_i64()), [Some(low), Some(high)] if low > high);
    at.check(!is_empty, "the minimum is greater than the maximum")
}

/// Checks the keywords of a string.
pub fn check_string(at: &Part, used: Use) -> Result<()> {
    at.keys(&["schema", "string"])?;
    if let Some(pattern) = at.get("pattern") {
        anchored(at, pattern.as_str().unwrap_or_default())?;
    }
    if let Some(times) = at.get("x-strftime") {
        at.check(items(times).next().is_some(), "x-strftime must be a list of formats")?;
        let unsupported = items(times).find(|it| !it.as_str().is_some_and(is_time_format));
        let reason = "is not a supported format; use %Y, %m, %d, %H, %M and %S";
        unsupported.map_or(Ok(()), |format| Err(at.fail(format!("{format} {reason}"))))?;
    } else {
        let is_sent = at.str("format") == "date-time" && used.in_requests;
        let reason =
            "a date-time in a request must have x-strftime, which is the format that is sent";
        at.check(!is_sent, reason)?;
    }
    Ok(())
}

/// Whether a format has only the specifiers that `openapi/README.md` allows, has hours and minutes, and has either a
/// complete date or none.
fn is_time_format(format: &str) -> bool {
    let date = ["%Y", "%m", "%d"].map(|specifier| format.contains(specifier));
    let is_known = Regex::new("^([^%]|%[YmdHMS])*$").is_ok_and(|known| known.is_match(format));
    is_known
        && format.contains("%H")
        && format.contains("%M")
        && (date == [true; 3] || date == [false; 3])
}

/// Compiles a pattern that has to be anchored as a whole, which `^a|b$` is not.
pub fn anchored(at: &Part, pattern: &str) -> Result<Regex> {
    let compiled = compile(at, pattern);
    // A `|` in a class, in a group or after a backslash does not split the whole pattern.
    let hidden = compile(at, r"\\.|\[(\\.|[^\]\\])*\]|\([^()]*\)")?;
    let mut outside = pattern.to_owned();
    while hidden.is_match(&outside) {
        outside = hidden.replace_all(&outside, "_").into_owned();
    }
    let is_anchored = outside.starts_with('^') && outside.ends_with('$') && !outside.contains('|');
    at.check(is_anchored, "the pattern must start with ^ and end with $, which apply to all alternatives, as in ^(a|b)$")?;
    compiled
}

/// Compiles a pattern with the engine that the client uses, and rejects escapes such as `\d`.
pub fn compile(at: &Part, pattern: &str) -> Result<Regex> {
    let mut escaped = pattern.split('\\').skip(1);
    let is_class = |rest: &str| rest.starts_with(|first: char| first.is_ascii_alphabetic());
    let reason = "contains an escape such as \\d, which differs between languages; use a class such as [0-9]";
    at.check(!escaped.any(is_class), format!("the pattern {pattern} {reason}"))?;
    Regex::new(pattern).map_err(|error| at.fail(format!("invalid pattern {pattern}: {error}")))
}

/// Checks that each value of an `enum` has a meaning.
fn check_meanings(at: &Part) -> Result<()> {
    let meanings = items(&at.value["x-enum-descriptions"]);
    let meanings: Vec<_> = meanings.map(|text| text.as_str().unwrap_or_default().trim()).collect();
    let (values, count) = (items(&at.value["enum"]).count(), meanings.len());
    let is_complete = values == count && count > 0 && !meanings.contains(&"");
    let reason = "x-enum-descriptions for";
    at.check(is_complete, format!("has {count} {reason} {values} enum values; add one for each"))
}

/// Checks that each value of an enumeration has a meaning, and a name in Rust.
pub fn check_enumeration(at: &Part) -> Result<()> {
    at.keys(&["schema", "enum"])?;
    check_meanings(at)?;
    let mut variants = BTreeMap::from([("Unknown".to_owned(), "the variant for any other value")]);
    for value in items(&at.value["enum"]) {
        let value = at.need(value.as_str(), "the values of an enum must be strings")?;
        let variant = variant_name(value);
        let is_name = variant.starts_with(|first: char| first.is_ascii_alphabetic());
        at.check(is_name, format!("the value {value:?} can't be converted to a Rust name"))?;
        if let Some(other) = variants.insert(variant.clone(), value) {
            return Err(
                at.fail(format!("{value:?} and {other:?} would have the same Rust name {variant}"))
            );
        }
    }
    Ok(())
}
