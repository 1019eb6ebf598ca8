//! What the description of a field states: values, ranges, lengths, defaults, formats, units, and
//! under what condition. What is not understood leaves its literals and numbers as mentions.

mod condition;
mod sentence;
mod statement;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::facts::{Conditional, Kind, Limits, Type};
use super::layout::Block;
use super::pattern;
use statement::Scope;

/// The parts that patterns of phrases are made of. `«…»` is a literal: what is bold in the page.
const PARTS: [(&str, &str); 7] = [
    ("{CONDITION}", "{CLAUSE}(?: and {CLAUSE})*"),
    ("{CLAUSE}", "{LITERAL} is(?: not)?(?: set to)? {ANY_OF}"),
    // One of these values, and all of these values.
    ("{ANY_OF}", "{LITERAL}(?:(?:, or |, | or ){LITERAL})*"),
    ("{ALL_OF}", "{LITERAL}(?:(?:, or |, and |, | or | and ){LITERAL})*"),
    ("{LITERAL}", "«[^»]*»"),
    ("{NUMBER}", r"«?(-?\d+)»?"),
    ("{COUNT}", r"«?(\d+|one|two|three|four|five|six|seven|eight|nine|ten)»?"),
];

/// A regular expression that is compiled once, with parts in braces.
macro_rules! phrase {
    ($phrase:expr) => {{
        static PHRASE: std::sync::LazyLock<regex_lite::Regex> = std::sync::LazyLock::new(|| {
            let parts = crate::pages::prose::PARTS;
            let whole =
                parts.iter().fold($phrase.to_owned(), |all, (part, is)| all.replace(part, is));
            regex_lite::Regex::new(&whole).expect("a regular expression of this program")
        });
        &*PHRASE
    }};
}
use phrase;

/// The facts of a description.
#[derive(Default)]
pub struct Said {
    pub limits: Limits,
    pub conditional: Vec<Conditional>,
    pub mentions: BTreeSet<String>,
    /// Other fields that have no effect once this one is there.
    pub silenced: BTreeSet<String>,
}

/// What is known of the field besides its description.
struct Field<'a> {
    name: &'a str,
    kind: &'a Kind,
    /// For a value that one field alone has: that field.
    owners: &'a BTreeMap<String, String>,
    /// Whether the description says that commas join items.
    joined: bool,
}

pub fn read(
    description: &[Block],
    name: &str,
    kind: &Kind,
    owners: &BTreeMap<String, String>,
) -> Said {
    let statements = statement::all(description, owners);
    let joined = statements.iter().any(|statement| sentence::joins_by_commas(&statement.text));
    let field = Field { name, kind, owners, joined };
    let mut said = Said::default();
    let mut singled_out = Vec::new();
    for statement in &statements {
        let conditions = sentence::conditions(statement, &field);
        for condition in conditions {
            said.add(condition);
        }
        let limits = sentence::limits(statement, &field);
        match &statement.scope {
            Scope::Always => merge(&mut said.limits, limits),
            Scope::Itself(values) => {
                singled_out.extend(values.iter().filter_map(|value| field.value(value)));
                merge(&mut said.limits, limits);
            }
            Scope::When(when) => {
                if statement.lists_values {
                    extend(&mut said.limits.values, &limits.values);
                }
                said.add(Conditional { when: when.clone(), limits, ..Conditional::default() });
            }
            Scope::Worded => said.add(Conditional { limits, ..Conditional::default() }),
        }
    }
    // A value that the text singles out is one more of those that it lists.
    if !said.limits.values.is_empty() {
        extend(&mut said.limits.values, &singled_out);
    }
    sentence::raise_minimum(&statements, &field, &mut said);
    said.silenced.extend(statements.iter().filter_map(sentence::silenced).map(str::to_owned));
    said.mentions = mentions(&statements, &field, &said);
    said
}

impl Said {
    /// Adds to what is already said under the same condition. Conditions in words are each their own.
    fn add(&mut self, more: Conditional) {
        if !more.mandatory && !more.unavailable && more.limits == Limits::default() {
            return;
        }
        let same = |before: &&mut Conditional| {
            !more.when.is_empty()
                && before.when == more.when
                && before.mandatory == more.mandatory
                && before.unavailable == more.unavailable
        };
        match self.conditional.iter_mut().find(same) {
            Some(before) => merge(&mut before.limits, more.limits),
            None => self.conditional.push(more),
        }
    }
}

impl Field<'_> {
    /// The type of a value: that of the items of an array.
    fn base(&self) -> Type {
        match (self.kind.name, self.kind.items) {
            (Type::Array, Some(items)) => items,
            // The one type that the values of an array have in a text.
            (Type::Array, None) => Type::String,
            (name, _) => name,
        }
    }

    /// A value as JSON; none where it is no value of the field.
    fn value(&self, text: &str) -> Option<Value> {
        match self.base() {
            Type::Integer => text.parse::<i64>().ok().map(Value::from),
            Type::Number => text.parse::<f64>().ok().map(Value::from),
            Type::Boolean => text.parse::<bool>().ok().map(Value::from),
            Type::String if text == "null" => Some(Value::Null),
            Type::String => Some(Value::from(text)),
            Type::Array | Type::Object => None,
        }
    }
}

/// Adds what is not said yet: the first word on a thing counts, and what differs is a mention.
fn merge(limits: &mut Limits, more: Limits) {
    extend(&mut limits.values, &more.values);
    limits.minimum = limits.minimum.or(more.minimum);
    limits.maximum = limits.maximum.or(more.maximum);
    limits.min_length = limits.min_length.or(more.min_length);
    limits.max_length = limits.max_length.or(more.max_length);
    limits.max_items = limits.max_items.or(more.max_items);
    limits.characters = limits.characters.take().or(more.characters);
    limits.default = limits.default.take().or(more.default);
    limits.formats.extend(more.formats);
    limits.unit = limits.unit.take().or(more.unit);
}

fn extend(values: &mut Vec<Value>, more: &[Value]) {
    for value in more {
        if !values.contains(value) {
            values.push(value.clone());
        }
    }
}

/// The literals and numbers that no fact holds.
fn mentions(statements: &[statement::Statement], field: &Field, said: &Said) -> BTreeSet<String> {
    let mut known = BTreeSet::from([field.name.to_owned()]);
    let characters = said.limits.characters.iter().flat_map(|all| all.chars());
    known.extend(characters.map(String::from));
    known.extend(field.joined.then(|| ",".to_owned()));
    if field.base() == Type::Boolean {
        known.extend(["true", "false"].map(str::to_owned));
    }
    for limits in said.conditional.iter().map(|c| &c.limits).chain([&said.limits]) {
        known.extend(facts(limits));
    }
    for (name, values) in said.conditional.iter().flat_map(|c| &c.when) {
        known.insert(name.clone());
        known.extend(values.iter().map(|value| value.trim_start_matches('!').to_owned()));
    }
    let found = statements.iter().flat_map(|statement| literals_and_numbers(&statement.whole));
    found.filter(|text| !known.contains(text)).collect()
}

/// The facts as the page writes them.
fn facts(limits: &Limits) -> Vec<String> {
    let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let numbers = [limits.minimum, limits.maximum].into_iter().flatten().map(|n| n.to_string());
    let counts = [limits.min_length, limits.max_length, limits.max_items];
    let mut facts: Vec<_> = numbers.collect();
    facts.extend(counts.into_iter().flatten().map(|count| count.to_string()));
    facts.extend(limits.values.iter().chain(&limits.default).map(word));
    facts.extend(limits.formats.iter().cloned());
    facts.extend(limits.unit.clone());
    facts
}

fn literals_and_numbers(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for literal in pattern!("«([^»]*)»").captures_iter(text) {
        found.extend(sentence::alternatives(&literal[1]));
    }
    let plain = pattern!("«[^»]*»").replace_all(text, " ");
    let number_or_name = pattern!(r"\b(?:\d+(?:\.\d+)*|[A-Za-z]\w*_\w+)\b");
    found.extend(number_or_name.find_iter(&plain).map(|found| found.as_str().to_owned()));
    let character = pattern!(r"\(([^\w\s]|_)\)");
    found.extend(character.captures_iter(&plain).map(|found| found[1].to_owned()));
    found
}
