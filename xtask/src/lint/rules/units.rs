//! The units of quantities, in `x-unit` and in words.

use super::{Complaint, Subject};
use crate::lint::schemas::{Place, Schema, components, meant, types};
use crate::node::Node;

/// The units, those of a kind together.
const UNITS: [&[&str]; 4] = [
    &["milliseconds", "seconds", "minutes", "hours", "days"],
    &["kbit/s", "Mbit/s", "Gbit/s"],
    &["instances"],
    &["percent"],
];
/// What says of an integer that it has no unit.
const WITHOUT: [&str; 5] = ["code", "entries", "entry", "port", "share"];

pub fn check(subject: &Subject) -> Vec<Complaint> {
    let complaints = subject.schemas.iter().filter_map(|schema| {
        let wrong = wrong(subject, schema)?;
        Some(subject.complaint(&schema.pointer, wrong))
    });
    complaints.chain(parameters(subject)).collect()
}

/// Parameters are described beside their schemas.
fn parameters<'s>(subject: &'s Subject) -> impl Iterator<Item = Complaint> + use<'s> {
    let parameters = components(subject.document, "parameters");
    parameters.filter_map(|(pointer, parameter)| {
        let schema = parameter.get("schema")?;
        let description = parameter.text("description").unwrap_or_default();
        let wrong = describes(subject, schema, description)?;
        Some(subject.complaint(&pointer, wrong))
    })
}

fn wrong(subject: &Subject, schema: &Schema) -> Option<String> {
    // A choice is without a unit until something uses it.
    let is_choice = schema.node.get("oneOf").is_some() || schema.pointer.contains("/oneOf/");
    if is_choice || schema.place == Place::Whole {
        return None;
    }
    let description = schema.node.text("description").unwrap_or_default();
    describes(subject, schema.node, description)
}

/// What is wrong with the description of a value of this schema.
fn describes(subject: &Subject, schema: &Node, description: &str) -> Option<String> {
    let stated = |schema: &Node| schema.text("x-unit").map(str::to_owned);
    let meant = meant(subject.document, schema);
    let named: Vec<&str> = named(description).collect();
    let Some(unit) = stated(schema).or_else(|| stated(meant)) else {
        if !types(subject.document, schema).contains(&"integer") {
            return None;
        }
        let is_without = words(description).any(|word| WITHOUT.contains(&word));
        return match named.as_slice() {
            _ if is_without => None,
            [] => Some(
                "an integer without x-unit; add it, and say the unit in the description".to_owned(),
            ),
            [unit] => Some(format!("its description names {unit}; add x-unit: {unit}")),
            _ => None,
        };
    };
    let Some(kind) = UNITS.iter().find(|kind| kind.contains(&&*unit)) else {
        return Some(format!("the x-unit {unit} is none of {}", UNITS.concat().join(", ")));
    };
    if let Some(other) = named.iter().find(|other| **other != unit && kind.contains(other)) {
        return Some(format!("its description names {other}, its x-unit is {unit}; use {unit}"));
    }
    (!named.contains(&&*unit))
        .then(|| format!("its x-unit is {unit}; name {unit} in the description too"))
}

/// The units that a text names, each once.
fn named(text: &str) -> impl Iterator<Item = &'static str> {
    let is_named = |unit: &str| {
        let one = unit.strip_suffix('s').filter(|_| !unit.contains('/')).unwrap_or(unit);
        words(text)
            .any(|word| word == unit || word == one || (unit, word) == ("percent", "percentage"))
    };
    UNITS.concat().into_iter().filter(move |unit| is_named(unit))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '/' && letter != '_')
}
