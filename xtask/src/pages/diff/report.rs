//! What is printed of a comparison.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use super::change::{Change, Example, Subject};
use super::compare::Comparison;
use super::edits::edits;
use crate::document::Document;
use crate::pages::locate::Exchange;

/// A page against what is recorded of it.
pub fn report(
    heading: &str,
    comparison: &Comparison,
    document: &Document,
    exchange: &Exchange,
) -> Result<String, fmt::Error> {
    let mut text = String::new();
    writeln!(text, "== {heading}")?;
    let mut severity = None;
    for (index, change) in comparison.changes.iter().enumerate() {
        if severity != Some(change.severity()) {
            severity = Some(change.severity());
            writeln!(text, "\n{}", change.severity())?;
        }
        writeln!(text)?;
        let mut number = format!("{}.", index + 1);
        for line in subject(change) {
            writeln!(text, "{number:>4} {line}")?;
            number.clear();
        }
        writeln!(text, "     {}", change.text)?;
        for field in &change.below {
            writeln!(text, "       {field}")?;
        }
        writeln!(text, "     why: {}", change.what.reason(change.part))?;
        for place in edits(change, document, exchange) {
            writeln!(text, "     edit {place}")?;
        }
    }
    if !comparison.notes.is_empty() {
        writeln!(text, "\nOf the page, not of the API")?;
        for note in &comparison.notes {
            writeln!(text, "   - {note}")?;
        }
    }
    writeln!(text, "\n{}", sum(comparison))?;
    Ok(text)
}

fn subject(change: &Change) -> Vec<String> {
    let part = change.part.name();
    match &change.subject {
        Subject::Address => vec!["the URI".to_owned()],
        Subject::Status(status) => vec![format!("status {status}")],
        Subject::Example { of: Example::Parameter(name), .. } => {
            vec![format!("example of the parameter {name}")]
        }
        Subject::Example { pointer, .. } => vec![format!("example of the {part}, {pointer}")],
        Subject::Field { places, .. } => places.iter().map(ToString::to_string).collect(),
        Subject::Table { .. } => vec![format!("{part}, a table")],
    }
}

fn sum(comparison: &Comparison) -> String {
    let mut counts = BTreeMap::<_, usize>::new();
    for change in &comparison.changes {
        *counts.entry(change.severity()).or_default() += 1;
    }
    let counts: Vec<_> =
        counts.iter().map(|(severity, count)| format!("{count} {}", severity.short())).collect();
    match comparison.changes.len() {
        0 => "no change of the API".to_owned(),
        1 => format!("1 change: {}", counts.join(", ")),
        several => format!("{several} changes: {}", counts.join(", ")),
    }
}
