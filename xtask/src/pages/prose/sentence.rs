//! The facts of a single sentence.

use serde_json::Value;

use super::condition::{When, literals, negations, when};
use super::phrase;
use super::statement::{Scope, Statement};
use super::{Field, Said};
use crate::pages::facts::{Conditional, Limits, Type};
use crate::pages::pattern;

const COUNTS: [&str; 11] =
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

/// What a sentence says of the field when others have certain values: that it has to be there, or
/// that it has no effect.
pub fn conditions(statement: &Statement, field: &Field) -> Vec<Conditional> {
    let text = statement.text.as_str();
    let outer = match &statement.scope {
        Scope::When(when) => when.clone(),
        _ => When::new(),
    };
    let mut found = Vec::new();

    let mandatory = phrase!(r"\b{MANDATORY} (?:only )?(?:when|if) ({CONDITION})?");
    if let Some(condition) = mandatory.captures(text) {
        // A condition in words counts as one without fields.
        let when = condition.get(1).map(|condition| joined(&outer, when(condition.as_str())));
        let when = when.unwrap_or_default();
        found.push(Conditional { when, mandatory: true, ..Conditional::default() });
    }
    let only = pattern!("\\b(?:valid|available|effective|takes effect) only (?:when|if) (.*)$");
    match only.captures(text).map(|only| condition_of(&only[1], field)) {
        Some(Some(condition)) => {
            found.extend(negations(&condition).map(|when| unavailable(joined(&outer, when))));
        }
        Some(None) => found.push(unavailable(When::new())),
        None => {}
    }
    let with_rival = |rival: &str| When::from([(rival.to_owned(), ["*".to_owned()].into())]);
    found.extend(rivals(text, field).map(|rival| unavailable(joined(&outer, with_rival(rival)))));

    let text = with_subject(text, field);
    let is_mandatory = phrase!("^«this» (?:is )?{MANDATORY}\\b");
    let takes_effect = pattern!("^«this» (?:takes effect|is valid|is available)\\b");
    let no_effect = pattern!(
        "^«this» (?:is unavailable|is invalid|is not supported|does not take effect|cannot be set)\\b"
    );
    if outer.is_empty() {
        // None says anything without a condition.
    } else if is_mandatory.is_match(&text) {
        found.push(Conditional { when: outer, mandatory: true, ..Conditional::default() });
    } else if takes_effect.is_match(&text) {
        found.extend(negations(&outer).map(unavailable));
    } else if no_effect.is_match(&text) {
        found.push(unavailable(outer));
    }
    found
}

fn unavailable(when: When) -> Conditional {
    Conditional { when, unavailable: true, ..Conditional::default() }
}

/// Marks the field itself, by name or as "this parameter", at the start of a sentence.
fn with_subject(text: &str, field: &Field) -> String {
    match text.strip_prefix(&format!("«{}»", field.name)) {
        Some(rest) => format!("«this»{rest}"),
        None => pattern!("^(?i)this parameter\\b").replace(text, "«this»").into_owned(),
    }
}

/// A condition without which the field has no effect.
fn condition_of(text: &str, field: &Field) -> Option<When> {
    if let Some(found) = phrase!("{CONDITION}").find(text) {
        return Some(when(found.as_str()));
    }
    // A value that one field alone has tells which field is meant.
    let mut named = literals(text);
    let (value, None) = (named.next()?, named.next()) else { return None };
    let owner = field.owners.get(value)?;
    Some(When::from([(owner.clone(), [value.to_owned()].into())]))
}

/// The fields that can't be there together with this one.
fn rivals<'a>(text: &'a str, field: &'a Field) -> impl Iterator<Item = &'a str> {
    let either = phrase!(r"\beither {LITERAL} or {LITERAL} can be set");
    let instead = phrase!(r"\balternative to {LITERAL}");
    let found = either.find(text).or_else(|| instead.find(text)).map_or("", |found| found.as_str());
    let is_own = literals(found).any(|name| name == field.name) || instead.is_match(found);
    literals(found).filter(move |name| is_own && *name != field.name)
}

/// The field that has no effect once this one is there.
pub fn silenced(statement: &Statement) -> Option<&str> {
    let silenced = phrase!(
        r"^(?:After|Once|If|When) this parameter is (?:set|specified), (?:the value of )?({LITERAL}) (?:does not take effect|is unavailable|is invalid)\b"
    );
    let found = silenced.captures(&statement.whole)?;
    literals(found.get(1)?.as_str()).next()
}

fn joined(outer: &When, inner: When) -> When {
    let mut both = outer.clone();
    both.extend(inner);
    both
}

/// What a sentence says of the field's values.
pub fn limits(statement: &Statement, field: &Field) -> Limits {
    let text = statement.text.as_str();
    let mut limits = Limits::default();
    bounds(text, field, &mut limits);
    limits.characters = characters(text);
    limits.default = default(text, &statement.whole, field);
    limits.unit = unit(text);
    if joins_by_commas(text) {
        limits.formats.insert("comma-separated".to_owned());
    }
    formats(text, &mut limits);
    // A boolean has but two values, and an object none that a text could list.
    if !matches!(field.base(), Type::Boolean | Type::Object) {
        limits.values = values(statement, field);
    }
    limits
}

/// The one value that only some condition allows: without it, the range begins above.
pub fn raise_minimum(statements: &[Statement], field: &Field, said: &mut Said) {
    let only = phrase!(r"\bcan be set to {NUMBER} only (?:when|if) ({CONDITION})");
    for statement in statements {
        let Some(found) = only.captures(&statement.text) else { continue };
        let Ok(value) = found[1].parse::<i64>() else { continue };
        if said.limits.minimum == Some(value) && field.base() == Type::Integer {
            for when in negations(&when(&found[2])) {
                let limits = Limits { minimum: value.checked_add(1), ..Limits::default() };
                said.add(Conditional { when, limits, ..Conditional::default() });
            }
        }
    }
}

/// What a bound is on.
#[derive(Clone, Copy)]
enum Measure {
    Value,
    Length,
    Items,
}

fn bounds(text: &str, field: &Field, limits: &mut Limits) {
    let range = phrase!(
        r"(?i:\brang(?:e|es|ing){IS}?(?: from| between)?|\b(?:integer|is|be|values) (?:from|between)) [\[(]?{NUMBER}(?: \([^)]*\))?{TO}{NUMBER}(.*)$"
    );
    let characters = phrase!("{NUMBER}{TO}{NUMBER}( characters.*)$");
    if let Some(found) = range.captures(text).or_else(|| characters.captures(text)) {
        // A range may have its unit behind it.
        let measure = measure(text, &found[3], field).unwrap_or(Measure::Value);
        limits.bound(measure, found[1].parse().ok(), found[2].parse().ok());
    }
    let least = phrase!(r"\b{AT_LEAST} {COUNT}(.*)$");
    if let Some(found) = least.captures(text)
        && let Some(measure) = measure(text, &found[2], field)
    {
        limits.bound(measure, count(&found[1]), None);
    }
    let most = phrase!(r"\b{AT_MOST} {COUNT}(.*)$");
    if let Some(found) = most.captures(text)
        && let Some(measure) = measure(text, &found[2], field)
    {
        limits.bound(measure, None, count(&found[1]));
    }
}

/// What the number in a sentence measures, by what comes behind it; none where it counts things that
/// are no items of the field.
fn measure(text: &str, behind: &str, field: &Field) -> Option<Measure> {
    let has_items = field.kind.name == Type::Array || field.joined;
    let counts = pattern!(r"^ (?:[a-z]\w+)").is_match(behind)
        && !pattern!(r"^ (?:and|or|by|if|when|inclusive)\b").is_match(behind);
    if pattern!("^ characters?\\b").is_match(behind) {
        Some(Measure::Length)
    } else if has_items
        && (counts || pattern!(r"(?i)\bnumber of\b|\barray length\b").is_match(text))
    {
        Some(Measure::Items)
    } else if pattern!(r"(?i)\blength\b").is_match(text) {
        Some(Measure::Length)
    } else {
        (!counts).then_some(Measure::Value)
    }
}

impl Limits {
    /// Adds bounds; the first word on each counts.
    fn bound(&mut self, measure: Measure, low: Option<i64>, high: Option<i64>) {
        let size = |bound: Option<i64>| bound.and_then(|bound| u64::try_from(bound).ok());
        match measure {
            Measure::Value => {
                self.minimum = self.minimum.or(low);
                self.maximum = self.maximum.or(high);
            }
            Measure::Length => {
                self.min_length = self.min_length.or(size(low));
                self.max_length = self.max_length.or(size(high));
            }
            Measure::Items => self.max_items = self.max_items.or(size(high)),
        }
    }
}

fn count(text: &str) -> Option<i64> {
    let spelled = COUNTS.iter().position(|word| text.eq_ignore_ascii_case(word));
    spelled.and_then(|count| i64::try_from(count).ok()).or_else(|| text.parse().ok())
}

/// The characters besides letters and digits, each of which stands in parentheses.
fn characters(text: &str) -> Option<String> {
    let list = pattern!(r"\bcontains? only (.*)$").captures(text)?;
    let list = pattern!(r",? and cannot\b.*$").replace(&list[1], "").into_owned();
    if !list.contains("letters") || !list.contains("digits") {
        return None;
    }
    let character = pattern!(r"\(([^\w\s]|_)\)");
    Some(character.captures_iter(&list).map(|found| found[1].to_owned()).collect())
}

pub fn joins_by_commas(text: &str) -> bool {
    pattern!(r"\bseparated (?:by|using|with) (?:a )?commas?\b").is_match(text)
}

fn default(text: &str, whole: &str, field: &Field) -> Option<Value> {
    let marked = pattern!(r"^«([^»]*)»[^«]*\([^)«]*\bdefault\b[^)]*\)").captures(text);
    let behind = phrase!(r"\b(?:is|are) {VALUE} by default\b").captures(text);
    let stated = phrase!(
        r"(?i:\bdefault(?: \w+)?{IS}|\bdefault value|\bdefaults to|\bby default,? (?:it|the value|this parameter) is) {VALUE}"
    );
    let stated = stated.captures(text);
    let used = phrase!(r"{VALUE} is used by default\b").captures(text);
    let otherwise = phrase!(
        r"^If .*\b(?:not (?:set|specified)|left blank|omitted), (?:the value )?{VALUE} (?:is used|applies)\b"
    );
    let otherwise = otherwise.captures(whole);
    let of_field = pattern!(r"\bdefault value of «([^»]*)» is «?([^»\s]*)»?").captures(text);
    let of_field = of_field.filter(|found| &found[1] == field.name);
    let groups = [
        (marked, 1..2),
        (behind, 1..3),
        (stated, 1..3),
        (used, 1..3),
        (otherwise, 1..3),
        (of_field, 2..3),
    ];
    let found = groups.into_iter().find_map(|(captures, mut groups)| {
        let captures = captures?;
        groups.find_map(|group| captures.get(group).map(|found| found.as_str().to_owned()))
    });
    field.value(&found?)
}

fn formats(text: &str, limits: &mut Limits) {
    let stated = pattern!(
        r"(?i:\bformat(?: of [^«.]*)?(?: is|:| must be| of)) (?:«([^»]*)»|((?:[Yy]{4}|[Hh]{2})\S*[A-Za-z]))|\bin the «([^»]*)» format"
    );
    if let Some(found) = stated.captures(text) {
        let form = (1..=3).find_map(|group| found.get(group));
        limits.formats.extend(form.map(|form| form.as_str().to_owned()));
    }
    if pattern!(r"\bUTC\b").is_match(text) {
        limits.formats.insert("utc".to_owned());
    }
    if pattern!(r"\b(?:is|be) a UUID\b|\bUUID format\b").is_match(text) {
        limits.formats.insert("uuid".to_owned());
    }
}

fn unit(text: &str) -> Option<String> {
    let unit = phrase!(
        r"\(in ([A-Za-z/]+)\)|\b[Uu]nit(?: is|:) «?([A-Za-z/]+)|\bin the unit of ([A-Za-z/]+)|\(([A-Za-z]+/[a-z]+)\)|(?:\bin |\d»?{TO}«?\d+»? )((?:milli)?seconds|minutes|hours|days|[KMGT]B|[KMG]bit/s)\b|\(([KMGT]B)\)"
    );
    let found = unit.captures(text)?;
    let unit = (1..=6).find_map(|group| found.get(group))?.as_str();
    // A page spells a unit of time in the singular or in the plural.
    let is_time = matches!(unit, "millisecond" | "second" | "minute" | "hour" | "day");
    Some(if is_time { format!("{unit}s") } else { unit.to_owned() })
}

fn values(statement: &Statement, field: &Field) -> Vec<Value> {
    let text = statement.text.as_str();
    let typed = |texts: Vec<String>| -> Vec<Value> {
        texts.iter().filter_map(|text| field.value(text)).collect()
    };
    let all = |list: &str| typed(literals(list).flat_map(alternatives).collect());
    if statement.lists_values {
        let first = phrase!(r"^({ALL_OF})(?: ?\([^)]*\))* ?(?::|-|–|[.;]?$)");
        if let Some(found) = first.captures(text) {
            return all(&found[1]);
        }
        let last = phrase!("^[^«»:]+: ({LITERAL})[.;]?$");
        if let Some(found) = last.captures(text) {
            return all(&found[1]);
        }
        let bare = phrase!(r"^({CONSTANT})(?: ?\([^)]*\))* ?(?::|-|–|[.;]?$)");
        let announced = pattern!(r"^([\w-]+)(?: ?\([^)]*\))* ?(?::|[.;]?$)");
        let announced = announced.captures(text).filter(|_| statement.is_announced);
        if let Some(found) = announced.or_else(|| bare.captures(text)) {
            return typed(alternatives(&found[1]));
        }
    }
    let listed = phrase!(r"(?:{LISTING}|{LABEL}:) ({ALL_OF})(.*)$");
    if let Some(found) = listed.captures(text) {
        return if found[2].starts_with(" only ") { Vec::new() } else { all(&found[1]) };
    }
    // Values that are not bold: an ordinary word is one only behind a colon.
    let bare = phrase!(r"(?:{CHOICE}|{LABEL}:) ({CONSTANTS})[.;]?$").captures(text);
    let bare = bare.or_else(|| phrase!(r"{LABEL}: ({WORDS})[.;]?$").captures(text));
    if let Some(found) = bare {
        let words = pattern!(r"-?[\w.-]*\w").find_iter(&found[1]).map(|word| word.as_str());
        let words = words.filter(|word| !matches!(*word, "and" | "or"));
        return typed(words.map(str::to_owned).collect());
    }
    let explained = phrase!(r"^({LITERAL}) (?:refers to|indicates|means|represents)\b");
    if let Some(found) = explained.captures(text) {
        return all(&found[1]);
    }
    // Of one condition: the value that the field then has.
    let fixed = phrase!(r"^the value is ({ANY_OF})(?:,|\.|$)");
    match (fixed.captures(text), &statement.scope) {
        (Some(found), Scope::When(_)) => all(&found[1]),
        _ => Vec::new(),
    }
}

/// The values that a literal holds: `REMOVE/REDUCE` is two.
pub fn alternatives(literal: &str) -> Vec<String> {
    let is_several = pattern!("^[A-Z][A-Z0-9_]*(?:/[A-Z][A-Z0-9_]*)+$").is_match(literal);
    if is_several {
        literal.split('/').map(str::to_owned).collect()
    } else {
        vec![literal.to_owned()]
    }
}
