//! The report: changes by severity, a summary, and the table of reasons.

use std::fmt::{self, Write};

use super::compare::Change;
use super::rules::{AUDIENCES, Judgement, RULES, Rule, Verdict, judge};
use crate::document::Document;

pub struct Report<'d> {
    old: &'d Document,
    new: &'d Document,
    /// The most serious first, then by the document's lines.
    changes: Vec<(Judgement, Change)>,
}

impl<'d> Report<'d> {
    pub fn new(old: &'d Document, new: &'d Document, changes: Vec<Change>) -> Self {
        let judged = changes.into_iter().map(|it| (judge(it.kind, it.direction), it));
        let mut changes: Vec<_> = judged.collect();
        changes.sort_by_key(|(judgement, _)| std::cmp::Reverse(judgement.worst()));
        Self { old, new, changes }
    }

    /// The worst for the wire and generated clients, and the worst for the Rust API.
    pub fn worst(&self) -> (Verdict, Verdict) {
        let judgements = self.changes.iter().map(|(judgement, _)| judgement);
        let document = judgements.clone().map(|it| it.wire.max(it.generated)).max();
        let rust = judgements.map(|it| it.rust).max();
        (document.unwrap_or(Verdict::Documentation), rust.unwrap_or(Verdict::Documentation))
    }

    fn place(&self, change: &Change) -> String {
        let document = if change.is_gone { self.old } else { self.new };
        document.place(&change.pointer)
    }

    fn count(&self, audience: usize, verdict: Verdict) -> usize {
        let verdicts = self.changes.iter().map(|(judgement, _)| judgement.verdicts());
        verdicts.filter(|verdicts| verdicts.get(audience) == Some(&verdict)).count()
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for verdict in Verdict::ALL {
            let changes: Vec<_> =
                self.changes.iter().filter(|(judgement, _)| judgement.worst() == verdict).collect();
            if changes.is_empty() {
                continue;
            }
            writeln!(f, "== {verdict}: {}\n", changes.len())?;
            for (judgement, change) in changes {
                writeln!(f, "{} ({}): {}", change.kind, change.direction, change.what)?;
                writeln!(f, "  {}", self.place(change))?;
                let verdicts = judgement.verdicts();
                let told: Vec<String> = AUDIENCES
                    .iter()
                    .zip(verdicts)
                    .map(|(audience, verdict)| format!("{audience} {verdict}"))
                    .collect();
                writeln!(f, "  {}", told.join(", "))?;
                for reason in &judgement.reasons {
                    writeln!(f, "  {reason}")?;
                }
                writeln!(f)?;
            }
        }
        write!(f, "{:18}", "")?;
        for verdict in Verdict::ALL {
            write!(f, "{verdict:>14}")?;
        }
        for (index, audience) in AUDIENCES.iter().enumerate() {
            write!(f, "\n{audience:18}")?;
            for verdict in Verdict::ALL {
                write!(f, "{:>14}", self.count(index, verdict))?;
            }
        }
        Ok(())
    }
}

/// The table of kinds, directions and verdicts, with the reasons.
pub fn explanation() -> Result<String, fmt::Error> {
    let mut table = String::new();
    let [wire, generated, rust] = AUDIENCES;
    writeln!(table, "{:24} {:8} {wire:14} {generated:18} {rust:14} because", "change", "on")?;
    for Rule(kind, on, wire, generated, rust, reason) in RULES {
        let (kind, on) = (kind.to_string(), on.to_string());
        writeln!(table, "{kind:24} {on:8} {wire:14} {generated:18} {rust:14} {reason}")?;
    }
    Ok(table)
}
