//! What the page and the document state, held against each other topic by topic.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::condition::{ANY, Condition, applies, assignments};
use super::statement::{Statement, Topic, View, what};
use super::value::{items, text_of};
use crate::Failure;

/// What the comparison of an operation found.
#[derive(Clone, Default)]
pub struct Comparison {
    /// How many topics both state alike.
    pub agreed: usize,
    pub differences: Vec<Difference>,
}

/// A topic on which the page and the document differ.
#[derive(Clone, Debug)]
pub struct Difference {
    pub operation: String,
    pub topic: Topic,
    /// None where it says nothing.
    pub page: Option<Value>,
    pub document: Option<Value>,
    /// Where each says it, or would.
    pub page_pointer: String,
    pub document_pointer: String,
    /// The document marks it as seen in the field.
    pub observed: bool,
}

/// The two sides.
pub struct Sides<'a> {
    pub operation: &'a str,
    pub page: &'a View,
    pub document: &'a View,
}

impl Sides<'_> {
    /// Compares all topics. `placed` tells where the rows of a table belong that has no place.
    pub fn compare(&self, placed: impl Fn(&str) -> Vec<String>) -> Result<Comparison, Failure> {
        let mut comparison = Comparison::default();
        let missing = self.missing();
        let topics: BTreeSet<&Topic> =
            self.page.statements.keys().chain(self.document.statements.keys()).collect();
        for topic in topics {
            // That the whole is missing says enough of its parts.
            let own = topic.what != what::PRESENT && missing.contains(topic.at.as_str());
            if own || above(&topic.at).any(|at| missing.contains(at)) {
                continue;
            }
            let (page, document) =
                (self.page.statements.get(topic), self.document.statements.get(topic));
            if topic.what == what::PLACE {
                let place = placed(&topic.at).into_iter().find(|at| self.document.has(at));
                comparison.differences.push(self.difference(topic, page, place.map(Value::from)));
                continue;
            }
            let observed = document.is_some_and(|statement| statement.observed);
            if self.agree(topic, page, document)? && !observed {
                comparison.agreed += 1;
                continue;
            }
            let value = document.map(Statement::to_value);
            let mut difference = self.difference(topic, page, value);
            difference.observed = observed;
            comparison.differences.push(difference);
        }
        Ok(comparison)
    }

    /// What only one side has.
    fn missing(&self) -> BTreeSet<&str> {
        let topics = self.page.statements.keys().chain(self.document.statements.keys());
        topics
            .map(|topic| topic.at.as_str())
            .filter(|at| self.page.has(at) != self.document.has(at))
            .collect()
    }

    fn difference(
        &self,
        topic: &Topic,
        page: Option<&Statement>,
        document: Option<Value>,
    ) -> Difference {
        let pointer = |view: &View| match view.statements.get(topic) {
            Some(statement) => statement.pointer.clone(),
            None => view.pointer(&topic.at).to_owned(),
        };
        Difference {
            operation: self.operation.to_owned(),
            topic: topic.clone(),
            page: page.map(Statement::to_value),
            document,
            page_pointer: pointer(self.page),
            document_pointer: pointer(self.document),
            observed: false,
        }
    }

    /// Whether both say the same under each assignment of values to the fields that the conditions
    /// are about, except where the field has no effect.
    fn agree(
        &self,
        topic: &Topic,
        page: Option<&Statement>,
        document: Option<&Statement>,
    ) -> Result<bool, Failure> {
        let unavailable: Vec<&Condition> = [self.page, self.document]
            .into_iter()
            .filter_map(|view| view.get(&topic.at, what::UNAVAILABLE))
            .flat_map(|statement| &statement.cases)
            .map(|case| &case.when)
            .filter(|when| !when.is_empty())
            .collect();
        let conditions = || [page, document].into_iter().flatten().flat_map(|one| &one.cases);
        if conditions().next().is_none() {
            return Ok(page.map(|one| &one.always) == document.map(|one| &one.always));
        }
        // A condition in words, which names no field, can't be held against a rule.
        if conditions().any(|case| case.when.is_empty()) {
            return Ok(false);
        }
        let conditions = conditions().map(|case| &case.when);
        let fields = self.values(unavailable.iter().copied().chain(conditions));
        let mut assignments = assignments(&fields).map_err(|count| {
            format!("{}: {}: {count} cases are too many to compare", self.operation, topic.at)
        })?;
        if topic.what != what::UNAVAILABLE {
            assignments.retain(|assignment| {
                !unavailable.iter().any(|condition| applies(condition, assignment))
            });
        }
        let under_each = |statement: Option<&Statement>| match statement {
            Some(statement) => statement.under_each(&topic.what, &assignments),
            None => vec![None; assignments.len()],
        };
        Ok(under_each(page) == under_each(document))
    }

    /// The values that tell cases apart, for each field that a condition is about.
    fn values<'a>(
        &self,
        conditions: impl Iterator<Item = &'a Condition>,
    ) -> BTreeMap<&'a str, BTreeSet<String>> {
        let mut fields: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for (field, values) in conditions.flatten() {
            let values = values.iter().map(|value| value.trim_start_matches('!'));
            let values = values.filter(|value| *value != ANY).map(str::to_owned);
            fields.entry(field).or_default().extend(values);
        }
        for (field, values) in &mut fields {
            let mut enums = [self.page, self.document]
                .into_iter()
                .filter_map(|view| view.get(field, what::ENUM)?.always.as_ref())
                .peekable();
            // Of other fields there is always one more value.
            if enums.peek().is_none() {
                values.insert(ANY.to_owned());
            }
            values.extend(enums.flat_map(items).map(text_of));
        }
        fields
    }
}

/// What a thing is part of, from near to far.
fn above(at: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(at.rsplit_once('/'), |(above, _)| above.rsplit_once('/'))
        .map(|(above, _)| above)
}
