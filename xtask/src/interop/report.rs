//! The table, language by what was tried, and what there is to say below it.

use std::fmt;

use super::limitations::{self, Verdict};
use super::step::Missing;
use crate::Failure;
use crate::tools::Unreachable;

pub struct Report {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
    failures: Vec<String>,
    has_limits: bool,
    unavailable: Vec<String>,
}

impl Report {
    pub fn new(columns: Vec<String>) -> Self {
        let (rows, failures, unavailable) = (Vec::new(), Vec::new(), Vec::new());
        Self { columns, rows, has_limits: false, failures, unavailable }
    }

    /// How it went with a language: what was found, or why there was nothing to find it with.
    pub fn add(&mut self, language: &str, outcome: Result<Vec<Verdict>, Failure>) {
        let cells: Vec<_> = match outcome {
            Ok(verdicts) => {
                self.has_limits |= verdicts.iter().any(|verdict| verdict.is_known);
                let failures = verdicts.iter().filter(|verdict| !verdict.is_known);
                self.failures.extend(
                    failures.map(|found| format!("{language}: {}: {}", found.column, found.text)),
                );
                self.columns.iter().map(|column| cell(column, &verdicts)).collect()
            }
            Err(failure) => {
                let (cell, list) = if failure.is::<Unreachable>() {
                    ("registry can't be reached", &mut self.unavailable)
                } else if failure.is::<Missing>() {
                    ("toolchain missing", &mut self.unavailable)
                } else {
                    ("NOT MADE", &mut self.failures)
                };
                list.push(format!("{language}: {failure}"));
                vec![cell.to_owned(); self.columns.len()]
            }
        };
        self.rows.push(std::iter::once(language.to_owned()).chain(cells).collect());
    }

    /// A failure where there is something to mend; with `required`, also where a client was not made.
    pub fn outcome(&self, required: bool) -> Result<(), Failure> {
        let failed = self.failures.len();
        if failed > 0 {
            return Err(format!(
                "interop: {failed} failures, listed above; mend the document, the client's settings \
                 or its driver, or name a limitation, and run: cargo xtask interop"
            )
            .into());
        }
        if required && !self.unavailable.is_empty() {
            return Err("interop: not every client was made, and all are required".into());
        }
        Ok(())
    }
}

/// What a cell says.
fn cell(column: &str, verdicts: &[Verdict]) -> String {
    let here: Vec<_> = verdicts.iter().filter(|verdict| verdict.column == column).collect();
    match here.first() {
        None => "ok".to_owned(),
        Some(first) if here.iter().all(|verdict| verdict.is_known) => format!("{}*", first.outcome),
        Some(_) => "FAILED".to_owned(),
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = std::iter::once(String::new()).chain(self.columns.iter().cloned()).collect();
        let rows: Vec<&Vec<String>> = std::iter::once(&header).chain(&self.rows).collect();
        let width = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
        };
        let widths: Vec<_> = (0..header.len()).map(width).collect();
        for row in rows {
            let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
            writeln!(f, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
        }
        if self.has_limits {
            writeln!(f, "\n* as {} says", limitations::FILE)?;
        }
        for (title, lines) in [("NOT TRIED", &self.unavailable), ("FAILED", &self.failures)] {
            if !lines.is_empty() {
                writeln!(f, "\n{title}:")?;
            }
            for line in lines {
                writeln!(f, "  {line}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interop::compare::Outcome;

    fn report(outcome: Result<Vec<Verdict>, Failure>) -> Report {
        let mut report = Report::new(vec!["bake".to_owned(), "unknown field".to_owned()]);
        report.add("Go", outcome);
        report
    }

    fn lost(is_known: bool) -> Vec<Verdict> {
        let (column, text) = ("unknown field".to_owned(), "a: lost: /b".to_owned());
        vec![Verdict { column, is_known, outcome: Outcome::Lost, text }]
    }

    fn missing() -> Failure {
        Missing { program: "javac", package: "default-jdk-headless" }.into()
    }

    #[test]
    fn a_known_limitation_is_shown_and_no_failure() {
        let report = report(Ok(lost(true)));
        assert!(
            report.to_string().starts_with("    bake  unknown field\nGo  ok    lost*\n"),
            "{report}"
        );
        assert!(report.outcome(true).is_ok());
    }

    #[test]
    fn any_other_finding_is_a_failure() {
        let report = report(Ok(lost(false)));
        let text = "    bake  unknown field\nGo  ok    FAILED\n\n\
                    FAILED:\n  Go: unknown field: a: lost: /b\n";
        assert_eq!(report.to_string(), text);
        assert!(report.outcome(false).is_err());
    }

    #[test]
    fn a_client_that_is_not_made_is_a_failure() {
        let report = report(Err("tsc: exit status: 1".into()));
        assert!(report.to_string().contains("Go  NOT MADE  NOT MADE\n"), "{report}");
        assert!(report.outcome(false).is_err());
    }

    #[test]
    fn a_registry_that_cannot_be_reached_is_no_failure_of_the_client() {
        let unreachable = Unreachable { registry: "PyPI", reason: "no route".to_owned() };
        let report = report(Err(unreachable.into()));
        assert!(report.to_string().contains("Go  registry can't be reached"), "{report}");
        let said = "NOT TRIED:\n  Go: PyPI can't be reached: no route\n";
        assert!(report.to_string().ends_with(said), "{report}");
        assert!(report.outcome(false).is_ok());
        assert!(report.outcome(true).is_err());
    }

    #[test]
    fn a_missing_toolchain_is_said_and_a_failure_only_where_all_is_required() {
        let report = report(Err(missing()));
        let said = "NOT TRIED:\n  Go: javac is missing: apt-get install default-jdk-headless\n";
        assert!(report.to_string().ends_with(said), "{report}");
        assert!(report.outcome(false).is_ok());
        assert!(report.outcome(true).is_err());
    }
}
