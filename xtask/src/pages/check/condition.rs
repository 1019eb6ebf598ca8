//! Conditions on other fields, and the cases that they tell apart.

use std::collections::{BTreeMap, BTreeSet};

/// The values of other fields: each has one of its values. `!` before a value excludes it, [`ANY`] is
/// any value. None at all: the page words its condition without naming a field.
pub type Condition = BTreeMap<String, BTreeSet<String>>;

/// Any value that has no name of its own, and any value at all.
pub const ANY: &str = "*";

/// One value, or none, for each field of some conditions.
pub type Assignment<'a> = BTreeMap<&'a str, Option<&'a str>>;

/// All assignments of values to the fields that conditions speak of. An error holds how many there
/// would be.
pub fn assignments<'a>(
    fields: &'a BTreeMap<&'a str, BTreeSet<String>>,
) -> Result<Vec<Assignment<'a>>, usize> {
    const MOST: usize = 10_000;
    let count =
        fields.values().fold(1_usize, |count, values| count.saturating_mul(values.len() + 1));
    if count > MOST {
        return Err(count);
    }
    let mut assignments = vec![Assignment::new()];
    for (field, values) in fields {
        let values = || values.iter().map(|value| Some(value.as_str())).chain([None]);
        assignments = assignments
            .into_iter()
            .flat_map(|assignment| {
                values().map(move |value| {
                    let mut assignment = assignment.clone();
                    assignment.insert(field, value);
                    assignment
                })
            })
            .collect();
    }
    Ok(assignments)
}

/// Whether an assignment meets a condition.
pub fn applies(condition: &Condition, assignment: &Assignment) -> bool {
    condition.iter().all(|(field, values)| {
        let Some(value) = assignment.get(field.as_str()).copied().flatten() else { return false };
        let mut excluded = values.iter().filter_map(|value| value.strip_prefix('!')).peekable();
        if excluded.peek().is_some() {
            excluded.all(|excluded| excluded != value)
        } else {
            values.contains(value) || values.contains(ANY)
        }
    })
}

/// `when operation is ADD or REDUCE and scaling_resource_type is not SET`.
pub fn words(condition: &Condition) -> String {
    let of_field = |(field, values): (&String, &BTreeSet<String>)| {
        // From the root of the body, since that is where the fields of a condition are.
        let field = field.split_once('/').map_or(field.as_str(), |(_, field)| field);
        let excluded: Vec<&str> =
            values.iter().filter_map(|value| value.strip_prefix('!')).collect();
        if values.contains(ANY) {
            format!("{field} is there")
        } else if excluded.is_empty() {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            format!("{field} is {}", values.join(" or "))
        } else {
            format!("{field} is not {}", excluded.join(" or "))
        }
    };
    let fields: Vec<String> = condition.iter().map(of_field).collect();
    format!("when {}", fields.join(" and "))
}
