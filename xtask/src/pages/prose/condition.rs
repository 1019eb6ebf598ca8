//! Conditions on other fields, in the words of a description.

use std::collections::{BTreeMap, BTreeSet};

use super::phrase;
use crate::pages::pattern;

/// By the name of each field: the values it has to have, or, with `!`, must not have.
pub type When = BTreeMap<String, BTreeSet<String>>;

/// Reads what `{CONDITION}` matches.
pub fn when(condition: &str) -> When {
    let clause = phrase!("«([^»]*)» is( not)?(?: set to)? ({ANY_OF})");
    let mut when = When::new();
    for clause in clause.captures_iter(condition) {
        let mark = if clause.get(2).is_some() { "!" } else { "" };
        let values = literals(&clause[3]).map(|value| format!("{mark}{value}"));
        when.entry(clause[1].to_owned()).or_default().extend(values);
    }
    when
}

/// The conditions under one of which the given one does not hold.
pub fn negations(when: &When) -> impl Iterator<Item = When> {
    when.iter().map(|(name, values)| {
        let values = values.iter().map(|value| match value.strip_prefix('!') {
            Some(value) => value.to_owned(),
            None => format!("!{value}"),
        });
        When::from([(name.clone(), values.collect())])
    })
}

pub fn literals(text: &str) -> impl Iterator<Item = &str> {
    let literal = pattern!("«([^»]*)»");
    literal.captures_iter(text).filter_map(|found| found.get(1)).map(|found| found.as_str())
}
