//! What differs between two rows that speak of the same field.
//!
//! The structs of the facts are taken apart without `..`: a fact that is added to them does not
//! compile here until it is compared.

use std::collections::BTreeSet;
use std::fmt::Display;

use serde_json::Value;

use super::fields::{Field, Reference};
use super::severity::What;
use crate::pages::facts::{Conditional, Kind, Limits, Location, Row, Type};

/// A difference in one fact.
#[derive(Debug)]
pub struct Difference {
    pub what: What,
    pub aspect: Aspect,
    /// What was, and what is.
    pub text: String,
    /// Of listed values: those that are gone.
    pub gone: Vec<Value>,
}

/// Which fact of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aspect {
    /// The row as a whole.
    Row,
    Location,
    Mandatory,
    Type,
    Table,
    Values,
    Minimum,
    Maximum,
    MinLength,
    MaxLength,
    MaxItems,
    Characters,
    Default,
    Formats,
    Unit,
    /// Whatever holds under a condition.
    Conditional,
    Mentions,
}

impl Aspect {
    fn name(self) -> &'static str {
        match self {
            Self::Row => "row",
            Self::Location => "place in the URI",
            Self::Mandatory => "mandatory",
            Self::Type => "type",
            Self::Table => "table",
            Self::Values => "values",
            Self::Minimum => "minimum",
            Self::Maximum => "maximum",
            Self::MinLength => "least length",
            Self::MaxLength => "greatest length",
            Self::MaxItems => "most items",
            Self::Characters => "characters",
            Self::Default => "default",
            Self::Formats => "format",
            Self::Unit => "unit",
            Self::Conditional => "condition",
            Self::Mentions => "mentions",
        }
    }

    /// The keywords of the document that may state it; the first is the one to add.
    pub fn keywords(self) -> &'static [&'static str] {
        match self {
            Self::Row | Self::Table | Self::Conditional => &[],
            Self::Location => &["in"],
            Self::Mandatory => &["required"],
            Self::Type => &["type", "oneOf", "anyOf"],
            Self::Values => &["enum"],
            Self::Minimum => &["minimum", "pattern"],
            Self::Maximum => &["maximum", "pattern"],
            Self::MinLength => &["minLength", "pattern"],
            Self::MaxLength => &["maxLength", "pattern"],
            Self::MaxItems => &["maxItems", "pattern"],
            Self::Characters => &["pattern"],
            Self::Default => &["default", "x-default-on-create"],
            Self::Formats => &["format", "x-strftime", "explode", "pattern"],
            Self::Unit => &["x-unit"],
            Self::Mentions => &["description"],
        }
    }
}

/// All differences between two rows, but for their names.
pub fn differences(was: &Field, is: &Field) -> Vec<Difference> {
    let mut found = Differences::default();
    let Row { name: _, location, mandatory, kind, limits, conditional, mentions } = was.row;
    // Compared as `types` and `reference` of the fields.
    let Kind { name: _, items: _, table: _ } = kind;
    let new = is.row;
    found.location(*location, new.location);
    found.mandatory(*mandatory, new.mandatory);
    found.types(was.types(), is.types());
    found.reference(was.reference, is.reference);
    found.limits(limits, &new.limits);
    found.conditional(conditional, &new.conditional);
    found.mentions(mentions, &new.mentions);
    found.list
}

/// A row in a few words, for one that is new or gone.
pub fn describe(field: &Field) -> String {
    let row = field.row;
    let mut words = vec![type_name(field.types())];
    words.extend(row.mandatory.map(|yes| if yes { "mandatory" } else { "optional" }.to_owned()));
    words.extend(limits_in_words(&row.limits));
    for conditional in &row.conditional {
        let mut holds = Vec::new();
        holds.extend(conditional.mandatory.then(|| "mandatory".to_owned()));
        holds.extend(conditional.unavailable.then(|| "without effect".to_owned()));
        holds.extend(limits_in_words(&conditional.limits));
        words.push(format!("{} {}", when(conditional), holds.join(", ")));
    }
    words.extend(misfit(field.reference));
    words.extend(row.mentions.iter().map(|word| format!("mentions {word}")));
    words.join(", ")
}

/// `max_length 64`, and so on: as the recorded facts spell it.
fn limits_in_words(limits: &Limits) -> Vec<String> {
    let Ok(Value::Object(stated)) = serde_json::to_value(limits) else { return Vec::new() };
    stated
        .iter()
        .map(|(name, value)| {
            let items = value.as_array().map_or_else(|| vec![show(value)], |v| shown(v.iter()));
            format!("{name} {}", items.join(" | "))
        })
        .collect()
}

/// `with type ALARM`.
fn when(conditional: &Conditional) -> String {
    let value = |value: &String| match value.strip_prefix('!').unwrap_or(value) {
        "*" => "set".to_owned(),
        plain => plain.to_owned(),
    };
    let fields = conditional.when.iter().map(|(field, values)| {
        let not = |text: &str| if text.starts_with('!') { "not " } else { "" };
        let shown = values.iter().map(|text| format!("{}{}", not(text), value(text)));
        // One of the values, but none of those that are excluded.
        let or = if values.iter().any(|text| text.starts_with('!')) { " and " } else { " or " };
        format!("{field} {}", shown.collect::<Vec<_>>().join(or))
    });
    match fields.collect::<Vec<_>>().as_slice() {
        [] => "under a condition in words".to_owned(),
        fields => format!("with {}", fields.join(" and ")),
    }
}

fn type_name((name, items): (Type, Option<Type>)) -> String {
    match items {
        Some(items) => format!("{} of {}s", name.name(), items.name()),
        None => name.name().to_owned(),
    }
}

impl Type {
    fn name(self) -> &'static str {
        match self {
            Self::Array => "array",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Object => "object",
            Self::String => "string",
        }
    }
}

fn misfit(reference: Reference) -> Option<String> {
    match reference {
        Reference::Fits => None,
        Reference::Dangles(number) => {
            Some(format!("refers to table {number}, which has no fields for it"))
        }
        Reference::Lacks => Some("does not refer to the table of its fields".to_owned()),
    }
}

/// A value as a page would print it: a text without quotes, unless it would look like a number.
fn show(value: &Value) -> String {
    match value {
        Value::String(text) if !text.is_empty() && serde_json::from_str::<Value>(text).is_err() => {
            text.clone()
        }
        value => value.to_string(),
    }
}

fn shown<'a>(values: impl Iterator<Item = &'a Value>) -> Vec<String> {
    values.map(show).collect()
}

fn or_none<T: Display>(value: Option<T>) -> String {
    value.map_or_else(|| "not stated".to_owned(), |value| value.to_string())
}

#[derive(Default)]
struct Differences {
    list: Vec<Difference>,
    /// Under which condition all of this holds; empty where it holds always.
    condition: String,
}

impl Differences {
    fn add(&mut self, what: What, aspect: Aspect, text: &str) {
        self.add_gone(what, aspect, text, Vec::new());
    }

    fn add_gone(&mut self, what: What, aspect: Aspect, text: &str, gone: Vec<Value>) {
        let name = aspect.name();
        let (aspect, text) = match self.condition.as_str() {
            "" => (aspect, format!("{name}: {text}")),
            condition => (Aspect::Conditional, format!("{condition}, {name}: {text}")),
        };
        self.list.push(Difference { what, aspect, text, gone });
    }

    fn location(&mut self, was: Option<Location>, is: Option<Location>) {
        let name = |location| match location {
            Location::Path => "path",
            Location::Query => "query",
        };
        if was != is {
            let text = format!("{} → {}", or_none(was.map(name)), or_none(is.map(name)));
            self.add(What::Relocated, Aspect::Location, &text);
        }
    }

    fn mandatory(&mut self, was: Option<bool>, is: Option<bool>) {
        let what = match (was, is) {
            (was, is) if was == is => return,
            (_, Some(true)) => What::Obliged,
            (Some(true), Some(false)) => What::Released,
            (None, Some(false)) => What::Stated,
            (_, None) => What::Unstated,
            (Some(false), Some(false)) => return,
        };
        let name = |yes| if yes { "yes" } else { "no" };
        let text = format!("{} → {}", or_none(was.map(name)), or_none(is.map(name)));
        self.add(what, Aspect::Mandatory, &text);
    }

    fn types(&mut self, was: (Type, Option<Type>), is: (Type, Option<Type>)) {
        let what = match (was, is) {
            (was, is) if was == is => return,
            ((was, _), (is, _)) if was != is => What::Retyped,
            // Of objects, where no table said so before: more than a word that was left out.
            ((_, None), (_, Some(Type::Object))) => What::Retyped,
            ((_, None), _) => What::Stated,
            (_, (_, None)) => What::Unstated,
            _ => What::Retyped,
        };
        self.add(what, Aspect::Type, &format!("{} → {}", type_name(was), type_name(is)));
    }

    fn reference(&mut self, was: Reference, is: Reference) {
        if was == is {
            return;
        }
        let text = match (misfit(was), misfit(is)) {
            (_, Some(is)) => is,
            (was, None) => format!("no longer {}", was.unwrap_or_default()),
        };
        self.add(What::Reference, Aspect::Table, &text);
    }

    fn limits(&mut self, was: &Limits, is: &Limits) {
        let Limits {
            values,
            minimum,
            maximum,
            min_length,
            max_length,
            max_items,
            characters,
            default,
            formats,
            unit,
        } = was;
        self.values(values, &is.values);
        self.bound(Aspect::Minimum, *minimum, is.minimum, |was, is| is > was);
        self.bound(Aspect::Maximum, *maximum, is.maximum, |was, is| is < was);
        self.bound(Aspect::MinLength, *min_length, is.min_length, |was, is| is > was);
        self.bound(Aspect::MaxLength, *max_length, is.max_length, |was, is| is < was);
        self.bound(Aspect::MaxItems, *max_items, is.max_items, |was, is| is < was);
        self.characters(characters.as_deref(), is.characters.as_deref());
        self.word(Aspect::Default, What::Default, default.as_ref(), is.default.as_ref());
        self.formats(formats, &is.formats);
        let text = |unit: &String| Value::String(unit.clone());
        let units = [unit, &is.unit].map(|unit| unit.as_ref().map(text));
        self.word(Aspect::Unit, What::Unit, units[0].as_ref(), units[1].as_ref());
    }

    fn values(&mut self, was: &[Value], is: &[Value]) {
        let list = |values: &[Value]| match values {
            [] => "any".to_owned(),
            values => shown(values.iter()).join(", "),
        };
        let text = format!("{} → {}", list(was), list(is));
        match (was, is) {
            ([], []) => {}
            ([], _) => self.add(What::Narrowed, Aspect::Values, &text),
            (_, []) => self.add(What::Widened, Aspect::Values, &text),
            _ => {
                let gone: Vec<_> = was.iter().filter(|v| !is.contains(v)).cloned().collect();
                let new: Vec<_> = is.iter().filter(|v| !was.contains(v)).cloned().collect();
                if !gone.is_empty() {
                    let text = format!("no longer {}", list(&gone));
                    self.add_gone(What::Lost, Aspect::Values, &text, gone);
                }
                if !new.is_empty() {
                    self.add(What::Gained, Aspect::Values, &format!("also {}", list(&new)));
                }
            }
        }
    }

    fn bound<T: PartialEq + Display>(
        &mut self,
        aspect: Aspect,
        was: Option<T>,
        is: Option<T>,
        is_narrower: fn(&T, &T) -> bool,
    ) {
        let what = match (&was, &is) {
            (was, is) if was == is => return,
            (Some(was), Some(is)) if !is_narrower(was, is) => What::Widened,
            (None | Some(_), Some(_)) => What::Narrowed,
            (_, None) => What::Widened,
        };
        self.add(what, aspect, &format!("{} → {}", or_none(was), or_none(is)));
    }

    fn characters(&mut self, was: Option<&str>, is: Option<&str>) {
        if was == is {
            return;
        }
        let set = |text: Option<&str>| text.map(|text| text.chars().collect::<BTreeSet<_>>());
        let what = match (set(was), set(is)) {
            (Some(was), Some(is)) if was == is => return,
            (Some(was), Some(is)) if !was.is_subset(&is) => What::Narrowed,
            (None, _) => What::Narrowed,
            (Some(_), _) => What::Widened,
        };
        let text = format!("{} → {}", or_none(was), or_none(is));
        self.add(what, Aspect::Characters, &text);
    }

    fn formats(&mut self, was: &BTreeSet<String>, is: &BTreeSet<String>) {
        let list = |formats: &BTreeSet<String>| match formats.len() {
            0 => "not stated".to_owned(),
            _ => formats.iter().map(String::as_str).collect::<Vec<_>>().join(", "),
        };
        let what = match () {
            () if was == is => return,
            () if was.is_empty() => What::Stated,
            () if is.is_empty() => What::Unstated,
            () if was.is_subset(is) => What::Gained,
            () => What::Lost,
        };
        self.add(what, Aspect::Formats, &format!("{} → {}", list(was), list(is)));
    }

    /// A fact that is a word on its own, with the kind of change for another word.
    fn word(&mut self, aspect: Aspect, other: What, was: Option<&Value>, is: Option<&Value>) {
        let what = match (was, is) {
            (was, is) if was == is => return,
            (None, _) => What::Stated,
            (_, None) => What::Unstated,
            _ => other,
        };
        let text = format!("{} → {}", or_none(was.map(show)), or_none(is.map(show)));
        self.add(what, aspect, &text);
    }

    /// Conditions are matched by their `when`. What is left is taken as the same under another
    /// condition where all else is equal, and otherwise compared with nothing.
    fn conditional(&mut self, was: &[Conditional], is: &[Conditional]) {
        let mut old: Vec<_> = was.iter().collect();
        let mut new: Vec<_> = is.iter().collect();
        take_pairs(&mut old, &mut new, PartialEq::eq);
        for (old, new) in take_pairs(&mut old, &mut new, |old, new| old.when == new.when) {
            self.condition(old, new);
        }
        for (old, new) in take_pairs(&mut old, &mut new, |old, new| {
            (old.mandatory, old.unavailable, &old.limits)
                == (new.mandatory, new.unavailable, &new.limits)
        }) {
            let text = format!("{} → {}", when(old), when(new));
            self.add(What::Condition, Aspect::Conditional, &text);
        }
        let nothing =
            |of: &Conditional| Conditional { when: of.when.clone(), ..Conditional::default() };
        for (old, new) in old
            .into_iter()
            .map(|old| (old.clone(), nothing(old)))
            .chain(new.into_iter().map(|new| (nothing(new), new.clone())))
        {
            let before = self.list.len();
            self.condition(&old, &new);
            if self.list.len() == before {
                self.add(
                    What::Condition,
                    Aspect::Conditional,
                    &format!("{} nothing holds", when(&old)),
                );
            }
        }
    }

    fn condition(&mut self, was: &Conditional, is: &Conditional) {
        let Conditional { when: _, mandatory, unavailable, limits } = was;
        let condition = std::mem::replace(&mut self.condition, when(was));
        self.mandatory(Some(*mandatory), Some(is.mandatory));
        match (unavailable, is.unavailable) {
            (false, true) => self.add(What::Barred, Aspect::Conditional, "without effect"),
            (true, false) => {
                self.add(What::Unbarred, Aspect::Conditional, "no longer without effect");
            }
            _ => {}
        }
        self.limits(limits, &is.limits);
        self.condition = condition;
    }

    fn mentions(&mut self, was: &BTreeSet<String>, is: &BTreeSet<String>) {
        let list = |words: Vec<&String>, lead: &str| {
            let words: Vec<_> = words.iter().map(|word| word.as_str()).collect();
            (!words.is_empty()).then(|| format!("{lead} {}", words.join(", ")))
        };
        let new = list(is.difference(was).collect(), "now");
        let gone = list(was.difference(is).collect(), "no longer");
        let text: Vec<_> = new.into_iter().chain(gone).collect();
        if !text.is_empty() {
            self.add(What::Mentions, Aspect::Mentions, &text.join("; "));
        }
    }
}

/// Takes out of both lists what belongs together, each item at most once.
fn take_pairs<T: Copy>(
    old: &mut Vec<T>,
    new: &mut Vec<T>,
    belong_together: impl Fn(&T, &T) -> bool,
) -> Vec<(T, T)> {
    let mut pairs = Vec::new();
    old.retain(|old| {
        let Some(at) = new.iter().position(|new| belong_together(old, new)) else { return true };
        pairs.push((*old, new.remove(at)));
        false
    });
    pairs
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn conditions_are_told_in_words() {
        let cases = [
            (json!({"type": ["ADD", "SET"], "state": ["ON"]}), "with state ON and type ADD or SET"),
            (json!({"type": ["!ADD", "!SET"]}), "with type not ADD and not SET"),
            (json!({"listener": ["*"]}), "with listener set"),
            (json!({"listener": ["!*"]}), "with listener not set"),
            (json!({}), "under a condition in words"),
        ];
        for (fields, words) in cases {
            let conditional = serde_json::from_value(json!({"when": fields})).unwrap();
            assert_eq!(when(&conditional), words);
        }
    }
}
