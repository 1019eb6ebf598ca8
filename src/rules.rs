//! Cross-field rules of a body (`x-rules` of the document), evaluated before a request is sent.
//!
//! In a partial update, a rule applies only to fields that the request sets.

use std::cmp::Ordering;

use serde::Serialize;
use serde_json::{Value, json};

use crate::validation::{ValidationError, Violations, quoted};
pub(crate) use crate::wire::text::Pattern;

/// A rule of the document. Fields are JSON Pointers from the root of the body.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) id: &'static str,
    pub(crate) description: &'static str,
    pub(crate) fix: &'static str,
    /// A list to whose items the rule applies. Pointers start at the item then.
    pub(crate) each: Option<&'static str>,
    /// The rule applies if each of these fields has one of these values.
    pub(crate) when: &'static [(&'static str, &'static [&'static str])],
    /// The rule does not apply if one of these fields has one of these values.
    pub(crate) unless: &'static [(&'static str, &'static [&'static str])],
    pub(crate) constraint: Constraint,
}

/// The condition, for fields that are set, except for `Require` and `Any`.
#[derive(Debug)]
#[allow(dead_code, reason = "the document decides which of them there are")]
pub(crate) enum Constraint {
    /// All of them are set.
    Require(&'static [&'static str]),
    /// At least one of them is set.
    Any(&'static [&'static str]),
    /// None of them is set.
    Forbid(&'static [&'static str]),
    /// At most one of them is set, to something other than an empty list.
    Exclusive(&'static [&'static str]),
    /// None is less than an earlier one.
    Ascending(&'static [&'static str]),
    /// Each is within its bounds, inclusive.
    Within(&'static [(&'static str, Option<i64>, Option<i64>)]),
    /// Each has one of its values.
    Allow(&'static [(&'static str, &'static [&'static str])]),
    /// Each matches its pattern.
    Match(&'static [(&'static str, &'static Pattern)]),
}

/// A body with rules.
pub(crate) trait HasRules: Serialize {
    fn rules() -> &'static [Rule];
}

/// Returns the body, or all violations of its rules.
pub(crate) fn check<T: HasRules>(body: T) -> Result<T, ValidationError> {
    let value = serde_json::to_value(&body)
        .map_err(|error| ValidationError::new(format!("can't be written as JSON: {error}")))?;
    let mut broken = Violations::default();
    for rule in T::rules() {
        for (place, part) in rule.parts(&value) {
            for pointer in rule.broken_at(part) {
                let pointer = format!("{place}{pointer}");
                let Rule { id, description, fix, .. } = rule;
                let values = rule.values(part);
                broken.add(ValidationError::of_rule(&pointer, id, description, &values, fix));
            }
        }
    }
    broken.or(body)
}

impl Rule {
    /// The parts of a body to which the rule applies, with their locations: the body, or items of a list.
    fn parts<'a>(&self, body: &'a Value) -> Vec<(String, &'a Value)> {
        let parts = match self.each {
            None => vec![(String::new(), body)],
            Some(list) => {
                let items = body.pointer(list).and_then(Value::as_array).into_iter().flatten();
                let named = |(index, item)| (format!("{list}/{index}"), item);
                items.enumerate().map(named).collect()
            }
        };
        parts.into_iter().filter(|(_, part)| self.applies(part)).collect()
    }

    fn applies(&self, body: &Value) -> bool {
        let is_met = |(pointer, values): &(&str, &[&str])| {
            let value = body.pointer(pointer).and_then(Value::as_str);
            value.is_some_and(|value| values.contains(&value))
        };
        self.when.iter().all(is_met) && !self.unless.iter().any(is_met)
    }

    /// The values of the fields in the rule, such as `size is 0, operation is "ADD"`.
    fn values(&self, body: &Value) -> String {
        let conditions = self.when.iter().map(|(pointer, _)| *pointer);
        let fields: Vec<&str> = match &self.constraint {
            Constraint::Require(pointers)
            | Constraint::Any(pointers)
            | Constraint::Forbid(pointers)
            | Constraint::Exclusive(pointers)
            | Constraint::Ascending(pointers) => pointers.to_vec(),
            Constraint::Within(fields) => fields.iter().map(|(pointer, ..)| *pointer).collect(),
            Constraint::Allow(fields) => fields.iter().map(|(pointer, _)| *pointer).collect(),
            Constraint::Match(fields) => fields.iter().map(|(pointer, _)| *pointer).collect(),
        };
        let values = fields.into_iter().chain(conditions).filter_map(|pointer| {
            let name = pointer.trim_start_matches('/').replace('/', ".");
            match body.pointer(pointer)? {
                Value::String(text) => Some(format!("{name} is {}", quoted(text))),
                Value::Null | Value::Array(_) | Value::Object(_) => None,
                scalar => Some(format!("{name} is {scalar}")),
            }
        });
        values.collect::<Vec<_>>().join(", ")
    }

    /// The fields at which a body violates the rule.
    fn broken_at(&self, body: &Value) -> Vec<&'static str> {
        let is_set = |pointer: &&str| body.pointer(pointer).is_some();
        match &self.constraint {
            Constraint::Require(pointers) => {
                pointers.iter().copied().filter(|pointer| !is_set(pointer)).collect()
            }
            // The first missing field represents the others.
            Constraint::Any(pointers) if !pointers.iter().any(is_set) => vec![pointers[0]],
            Constraint::Any(_) => Vec::new(),
            Constraint::Forbid(pointers) => pointers.iter().copied().filter(is_set).collect(),
            Constraint::Exclusive(pointers) => {
                // An empty list does not count.
                let is_empty = |pointer: &&str| body.pointer(pointer) == Some(&json!([]));
                let set = pointers.iter().copied().filter(is_set);
                set.filter(|pointer| !is_empty(pointer)).skip(1).collect()
            }
            Constraint::Ascending(pointers) => descents(body, pointers),
            Constraint::Within(fields) => {
                let broken = fields.iter().filter(|(pointer, minimum, maximum)| {
                    let value = body.pointer(pointer).and_then(Value::as_i64);
                    value.is_some_and(|value| {
                        minimum.is_some_and(|minimum| value < minimum)
                            || maximum.is_some_and(|maximum| value > maximum)
                    })
                });
                broken.map(|(pointer, ..)| *pointer).collect()
            }
            Constraint::Allow(fields) => {
                let broken = fields.iter().filter(|(pointer, values)| {
                    let value = body.pointer(pointer).and_then(Value::as_str);
                    value.is_some_and(|value| !values.contains(&value))
                });
                broken.map(|(pointer, _)| *pointer).collect()
            }
            Constraint::Match(fields) => {
                let broken = fields.iter().filter(|(pointer, pattern)| {
                    let value = body.pointer(pointer).and_then(Value::as_str);
                    value.is_some_and(|value| !pattern.is_match(value))
                });
                broken.map(|(pointer, _)| *pointer).collect()
            }
        }
    }
}

/// The fields that are less than an earlier one.
fn descents(body: &Value, pointers: &'static [&'static str]) -> Vec<&'static str> {
    let set: Vec<(&'static str, &Value)> =
        pointers.iter().filter_map(|pointer| Some((*pointer, body.pointer(pointer)?))).collect();
    let descends = |(at, (_, value)): &(usize, &(&str, &Value))| {
        set[..*at].iter().any(|(_, before)| compare(value, before) == Some(Ordering::Less))
    };
    set.iter().enumerate().filter(descends).map(|(_, (pointer, _))| *pointer).collect()
}

/// Compares numbers by value, and times of one format as strings.
fn compare(one: &Value, other: &Value) -> Option<Ordering> {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_i64()?.partial_cmp(&other.as_i64()?),
        (Value::String(one), Value::String(other)) => Some(one.cmp(other)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validation::Violation;

    static RULES: [Rule; 2] = [
        Rule {
            id: "one-of-two",
            description: "A filter is needed.",
            fix: "Set name or id.",
            each: None,
            when: &[],
            unless: &[],
            constraint: Constraint::Any(&["/name", "/id"]),
        },
        Rule {
            id: "range-ascends",
            description: "A range does not end before it begins.",
            fix: "Swap first and last.",
            each: Some("/ranges"),
            when: &[("/kind", &["PORT"])],
            unless: &[("/is_open", &["YES"]), ("/direction", &["OUT", "BOTH"])],
            constraint: Constraint::Ascending(&["/first", "/last"]),
        },
    ];

    #[derive(Debug, Serialize)]
    struct Body(Value);

    impl HasRules for Body {
        fn rules() -> &'static [Rule] {
            &RULES
        }
    }

    fn broken(body: Value) -> Vec<String> {
        let error = check(Body(body)).map(drop).err();
        let violations = error.iter().flat_map(ValidationError::violations);
        violations.map(Violation::pointer).collect()
    }

    #[test]
    fn any_needs_one_of_the_fields() {
        assert_eq!(broken(json!({})), ["/name"]);
        assert_eq!(broken(json!({ "other": 1 })), ["/name"]);
        for body in [json!({ "name": "" }), json!({ "id": 0 }), json!({ "id": 0, "name": "n" })] {
            assert_eq!(broken(body), [""; 0]);
        }
    }

    #[test]
    fn each_applies_a_rule_to_every_item() {
        let range = |first, last| json!({ "kind": "PORT", "first": first, "last": last });
        let other = json!({ "kind": "CODE", "first": 2, "last": 1 });
        let unless = |key: &str, value: &str| {
            let mut range = range(2, 1);
            range[key] = value.into();
            range
        };
        let ranges = json!([
            range(1, 2),
            range(3, 2),
            other,
            range(2, 2),
            range(9, 8),
            unless("is_open", "YES"),
            unless("direction", "OUT"),
            unless("direction", "BOTH"),
            unless("direction", "IN"),
        ]);
        let body = json!({ "id": 1, "ranges": ranges });
        assert_eq!(broken(body), ["/ranges/1/last", "/ranges/4/last", "/ranges/8/last"]);
        for ranges in [json!([]), json!(null), json!("x"), json!([1])] {
            assert_eq!(broken(json!({ "id": 1, "ranges": ranges })), [""; 0]);
        }
    }
}
