//! What generated clients are known not to do: a table for people, which the findings are held
//! against in both directions.

use std::fs;

use super::cases::Case;
use super::compare::{Finding, Outcome};
use super::language;
use crate::{Failure, root};

/// The file with the table.
pub const FILE: &str = "xtask/interop/limitations.md";

#[derive(Debug)]
pub struct Limitations {
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    line: usize,
    client: String,
    /// A column of the table of results, which means each of its cases, or a single place.
    place: String,
    outcome: Outcome,
}

impl Limitations {
    pub fn load() -> Result<Self, Failure> {
        let file = root().join(FILE);
        let text = fs::read_to_string(&file).map_err(|error| format!("{FILE}: {error}"))?;
        let rows = Self::parse(&text).map_err(|reason| format!("{FILE}:{reason}"))?;
        Ok(Self { rows })
    }

    /// The rows of the tables: client, place, outcome, and words for people.
    fn parse(text: &str) -> Result<Vec<Row>, String> {
        let mut rows = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let line_number = index + 1;
            let cells: Vec<_> = line.split('|').map(str::trim).collect();
            let ["", client, place, outcome, _, ""] = cells[..] else { continue };
            if client == "client" || client.starts_with('-') {
                continue;
            }
            if !language::ALL.iter().any(|language| language.name == client) {
                return Err(format!("{line_number}: no client is called {client:?}"));
            }
            let outcome = Outcome::ALL.into_iter().find(|known| known.to_string() == outcome);
            let outcome = outcome.ok_or_else(|| {
                let known = Outcome::ALL.map(|outcome| outcome.to_string()).join(", ");
                format!("{line_number}: the outcome is one of {known}")
            })?;
            let (client, place) = (client.to_owned(), place.to_owned());
            rows.push(Row { line: line_number, client, place, outcome });
        }
        Ok(rows)
    }

    /// What a client was found not to do is either known or a failure; what it was known not to do,
    /// and now does, is a failure too.
    pub fn judge(&self, client: &str, calls: &[(&Case, Vec<Finding>)]) -> Vec<Verdict> {
        let rows: Vec<_> = self.rows.iter().filter(|row| row.client == client).collect();
        let mut verdicts = Vec::new();
        for (case, findings) in calls {
            for finding in findings {
                verdicts.push(Verdict {
                    column: case.column.clone(),
                    is_known: rows.iter().any(|row| row.admits(case, finding)),
                    outcome: finding.outcome,
                    text: finding.to_string(),
                });
            }
        }
        for row in rows {
            verdicts.extend(row.stale(calls));
        }
        verdicts
    }
}

/// What there is to say of a cell of the table.
#[derive(Debug, PartialEq)]
pub struct Verdict {
    pub column: String,
    pub is_known: bool,
    pub outcome: Outcome,
    pub text: String,
}

impl Row {
    /// Whether it says something of the case.
    fn means(&self, case: &Case) -> bool {
        let one = format!("{}: {}: ", case.column, case.name);
        self.place == case.column || self.place.starts_with(&one)
    }

    fn admits(&self, case: &Case, finding: &Finding) -> bool {
        let place = match finding.place.as_str() {
            "" => case.column.clone(),
            place => format!("{}: {}: {place}", case.column, case.name),
        };
        self.place == place && self.outcome == finding.outcome
    }

    /// The cases in which it holds no more.
    fn stale(&self, calls: &[(&Case, Vec<Finding>)]) -> Vec<Verdict> {
        let column = self.place.split(": ").next().unwrap_or_default();
        let stale = |text| Verdict {
            column: column.to_owned(),
            is_known: false,
            outcome: self.outcome,
            text: format!("{text}; delete the row {FILE}:{}", self.line),
        };
        let meant: Vec<_> = calls.iter().filter(|(case, _)| self.means(case)).collect();
        if meant.is_empty() {
            return vec![stale("nothing of that name is tried".to_owned())];
        }
        let holds = |findings: &[Finding], case| findings.iter().any(|f| self.admits(case, f));
        let others = meant.into_iter().filter(|(case, findings)| !holds(findings, case));
        others
            .map(|(case, _)| stale(format!("{}: not {} any more", case.name, self.outcome)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use crate::interop::cases;

    const TABLE: &str = "\
| client | where | outcome | what to do |
|---|---|---|---|
| Go | unknown field | lost | Nothing. |
| Go | updateScalingGroup: every field: query type | sent otherwise | Nothing. |
";

    fn limitations() -> Limitations {
        Limitations { rows: Limitations::parse(TABLE).unwrap() }
    }

    /// What there is to say of Go, when these are the findings of each call.
    fn verdicts(findings: impl Fn(&Case) -> Vec<Finding>) -> Vec<Verdict> {
        let cases = cases::all(&Document::ours().unwrap()).unwrap();
        let calls: Vec<_> = cases.iter().map(|case| (case, findings(case))).collect();
        limitations().judge("Go", &calls)
    }

    fn finding(case: &Case, outcome: Outcome, place: &str) -> Finding {
        let (case, place, detail) = (case.name.clone(), place.to_owned(), String::new());
        Finding { case, outcome, place, detail }
    }

    /// As the table says.
    fn known(case: &Case) -> Vec<Finding> {
        match (case.column.as_str(), case.name.as_str()) {
            ("unknown field", _) => vec![finding(case, Outcome::Lost, "")],
            ("updateScalingGroup", "every field") => {
                vec![finding(case, Outcome::SentOtherwise, "query type")]
            }
            _ => vec![],
        }
    }

    #[test]
    fn what_the_table_says_is_known() {
        let verdicts = verdicts(known);
        assert_eq!(verdicts.len(), 5);
        assert!(verdicts.iter().all(|verdict| verdict.is_known), "{verdicts:?}");
    }

    #[test]
    fn what_the_table_does_not_say_is_a_failure() {
        for (outcome, place) in [(Outcome::Refused, ""), (Outcome::Lost, "/a")] {
            let verdicts = verdicts(|case| {
                let mut findings = known(case);
                if case.column == "unknown field" {
                    findings.push(finding(case, outcome, place));
                }
                findings
            });
            assert_eq!(verdicts.iter().filter(|verdict| !verdict.is_known).count(), 4);
        }
    }

    #[test]
    fn a_row_that_holds_no_more_is_a_failure_for_each_call_it_means() {
        let verdicts = verdicts(|_| vec![]);
        assert_eq!(verdicts.len(), 5);
        let text = "every field: not sent otherwise any more; delete the row \
                    xtask/interop/limitations.md:4";
        assert!(verdicts.iter().any(|verdict| verdict.text == text), "{verdicts:?}");
        assert!(!verdicts.iter().any(|verdict| verdict.is_known));
    }

    #[test]
    fn a_row_on_nothing_that_is_tried_is_a_failure() {
        let verdicts = limitations().judge("Go", &[]);
        assert_eq!(verdicts.len(), 2);
        assert!(verdicts[0].text.starts_with("nothing of that name is tried"), "{verdicts:?}");
    }

    #[test]
    fn another_language_has_limits_of_its_own() {
        assert_eq!(limitations().judge("Java", &[]), []);
    }

    #[test]
    fn an_unknown_client_or_outcome_is_an_error_with_its_line() {
        let failure =
            |from: &str, to: &str| Limitations::parse(&TABLE.replace(from, to)).unwrap_err();
        assert_eq!(
            failure("| Go | unknown", "| Gopher | unknown"),
            "3: no client is called \"Gopher\""
        );
        assert!(failure("| lost |", "| gone |").starts_with("3: the outcome is one of refused,"));
    }

    #[test]
    fn the_table_of_this_project_can_be_read() {
        assert!(!Limitations::load().unwrap().rows.is_empty());
    }
}
