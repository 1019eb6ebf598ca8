//! What the check found, in words.

use super::compare::{Comparison, Difference};
use super::deviations::{self, Deviations, shown};
use super::page::Facts;
use crate::document::Document;

/// What the check found.
#[derive(Default)]
pub struct Outcome {
    pub complaints: Vec<String>,
    /// A line for each operation.
    pub summaries: Vec<String>,
}

/// An operation, held against its page.
#[derive(Clone)]
pub struct Compared<'a> {
    pub id: &'a str,
    pub facts: &'a Facts,
    pub comparison: Comparison,
}

impl Outcome {
    /// Tells the differences that have a reason from those that have none.
    pub fn judge(&mut self, document: &Document, compared: &[Compared], deviations: &Deviations) {
        let operations: Vec<&str> = compared.iter().map(|compared| compared.id).collect();
        let (observed, mut open): (Vec<_>, Vec<_>) = compared
            .iter()
            .flat_map(|compared| compared.comparison.differences.iter().cloned())
            .partition(|difference| difference.observed && difference.page.is_none());
        let stale = deviations.apply(&operations, &mut open);
        for Compared { id, facts, comparison } in compared {
            let count = |differences: &[Difference]| {
                differences.iter().filter(|difference| difference.operation == *id).count()
            };
            self.complaints.extend(facts.faults());
            self.summaries.push(format!(
                "{id} ({}, {}): {} facts alike; departures with a reason: {}, of these seen in the \
                 field: {}; mentions in its prose, not compared: {}",
                facts.page.id,
                facts.page.edition,
                comparison.agreed,
                comparison.differences.len() - count(&open),
                count(&observed),
                facts.mentions(),
            ));
        }
        for differences in by_cause(open) {
            self.complaints.push(complaint(document, compared, &differences, deviations));
        }
        self.complaints.extend(stale);
    }
}

/// Differences that one statement of the document makes in several places belong together.
fn by_cause(differences: Vec<Difference>) -> Vec<Vec<Difference>> {
    let mut causes: Vec<Vec<Difference>> = Vec::new();
    for difference in differences {
        let same = causes.iter_mut().find(|cause| {
            cause.first().is_some_and(|first| {
                first.document.is_some()
                    && first.document_pointer == difference.document_pointer
                    && first.topic.what == difference.topic.what
                    && first.page == difference.page
                    && first.document == difference.document
            })
        });
        match same {
            Some(cause) => cause.push(difference),
            None => causes.push(vec![difference]),
        }
    }
    causes
}

/// What differs, where, and how to mend it.
fn complaint(
    document: &Document,
    compared: &[Compared],
    differences: &[Difference],
    deviations: &Deviations,
) -> String {
    let Some(first) = differences.first() else { return String::new() };
    let of_page = |difference: &Difference| {
        let its = compared.iter().find(|compared| compared.id == difference.operation);
        its.map(|its| its.facts.place(&difference.page_pointer)).unwrap_or_default()
    };
    let place = document.place(&first.document_pointer);
    let Difference { operation, topic, observed, .. } = first;
    if *observed {
        return format!(
            "{place}: {operation} {} is marked as seen in the field, but the page has it\n  the page: \
             {}\n  delete its x-observed",
            topic.at,
            of_page(first),
        );
    }
    let mut lines = vec![format!("{place}: {}", topic.what)];
    lines.extend(
        differences
            .iter()
            .map(|one| format!("  {} {} ({})", one.operation, one.topic.at, of_page(one))),
    );
    lines.push(format!("  the page says {}", shown(first.page.as_ref())));
    lines.push(format!("  the document says {}", shown(first.document.as_ref())));
    let file = deviations.file().display();
    lines.push(format!("  edit the document there; or, if it departs on purpose, add to {file}:"));
    lines.extend(deviations::entry(differences).into_iter().map(|line| format!("    {line}")));
    lines.join("\n")
}
