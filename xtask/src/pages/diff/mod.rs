//! `cargo xtask pages diff`: what a newer page says that the recorded facts do not.

mod address;
mod change;
mod compare;
mod edits;
mod examples;
mod fields;
mod notes;
mod recorded;
mod report;
mod row;
mod severity;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use recorded::{Newer, Recorded};

use crate::document::Document;
use crate::pages::facts::Page;
use crate::pages::locate::Exchange;
use crate::pages::read;
use crate::{Failure, root};

/// Compare newer pages with what is recorded of them
///
/// Tells what was added, removed, retyped, became mandatory, gained a value or changed a bound or
/// an example, most serious first, each with the place in the document to edit. The exit status is
/// 0 when only wording changed, 1 when something else did, 2 when a page can't be compared.
#[derive(clap::Args)]
#[command(after_help = "Example: cargo xtask pages diff modify-group.2022-10.rst")]
pub struct Diff {
    /// The pages, named `<name>.<YYYY-MM>.md` or `.rst`; or their facts (`.json`)
    #[arg(required = true, value_name = "FILE")]
    pages: Vec<PathBuf>,
    /// Year and month of the page's edition, if its name does not tell
    #[arg(long, value_name = "YYYY-MM")]
    edition: Option<String>,
    /// The operation that the page is about, if that can't be told from it
    #[arg(long, value_name = "operationId")]
    operation: Option<String>,
    /// The folder of recorded facts, in place of openapi/pages
    #[arg(long, value_name = "DIR")]
    recorded: Option<PathBuf>,
    /// The document, in place of openapi/autoscaling.yaml
    #[arg(long, value_name = "FILE")]
    document: Option<PathBuf>,
}

impl Diff {
    pub fn run(&self) -> ExitCode {
        let outcomes = match self.compare_all() {
            Ok(outcomes) => outcomes,
            Err(failure) => vec![Err(failure)],
        };
        let mut status = 0;
        for outcome in outcomes {
            status = status.max(match outcome {
                Ok(has_changed) => u8::from(has_changed),
                Err(failure) => {
                    eprintln!("error: {failure}");
                    2
                }
            });
        }
        ExitCode::from(status)
    }

    /// Whether something changed, for each page; one that can't be read does not hide the others.
    fn compare_all(&self) -> Result<Vec<Result<bool, Failure>>, Failure> {
        for (flag, value) in [("operation", &self.operation), ("edition", &self.edition)] {
            if value.is_some() && self.pages.len() > 1 {
                return Err(format!("--{flag} goes with one page; compare them one by one").into());
            }
        }
        let document = match &self.document {
            Some(file) => Document::load(file)?,
            None => Document::ours()?,
        };
        let folder = self.recorded.clone().unwrap_or_else(|| root().join("openapi").join("pages"));
        let recorded = Recorded::load(&folder)?;

        let mut outcomes = Vec::new();
        let mut newer = Vec::new();
        for file in &self.pages {
            let found = facts(file, self.edition.as_deref()).and_then(|page| {
                let entry = recorded.of(&page, file, self.operation.as_deref())?;
                Ok(Newer { file, page, entry })
            });
            match found {
                Ok(found) => newer.push(found),
                Err(failure) => outcomes.push(Err(failure)),
            }
        }
        let mut changed = Vec::new();
        for page in recorded::newest(newer) {
            let outcome = compare(&page, &document);
            if matches!(outcome, Ok(true)) {
                changed.push(page.file.display().to_string());
            }
            outcomes.push(outcome);
        }
        if !changed.is_empty() {
            print!("{}", steps(&changed));
        }
        Ok(outcomes)
    }
}

/// Prints how a page differs from what is recorded of it, and answers whether the API does.
fn compare(newer: &Newer, document: &Document) -> Result<bool, Failure> {
    let entry = newer.entry;
    let operation = document.operations().find(|operation| operation.id == entry.operation);
    let operation = operation.ok_or_else(|| {
        format!(
            "{}: no operation {}, which {} is recorded for; add it to the document first",
            document.file.display(),
            entry.operation,
            entry.file.display()
        )
    })?;
    let comparison = compare::compare(&entry.page, &newer.page);
    let heading = format!(
        "{}: {} ({}) against {} ({})",
        entry.operation,
        newer.file.display(),
        newer.page.edition,
        entry.file.display(),
        entry.page.edition
    );
    let exchange = Exchange::new(document, operation);
    println!("{}", report::report(&heading, &comparison, document, &exchange)?);
    if comparison.changes.is_empty() && newer.page.edition > entry.page.edition {
        println!("To record this edition: cargo xtask pages read {}\n", newer.file.display());
    }
    Ok(!comparison.changes.is_empty())
}

/// What mends it.
fn steps(changed: &[String]) -> String {
    format!(
        "To mend: edit the document at these places, then run\n  \
         cargo xtask pages read {}\n  cargo xtask pages check\n  cargo xtask generate\n",
        changed.join(" ")
    )
}

fn facts(file: &Path, edition: Option<&str>) -> Result<Page, Failure> {
    match file.extension() {
        Some(extension) if extension == "json" => read::load(file),
        _ => read::page(file, edition),
    }
}
