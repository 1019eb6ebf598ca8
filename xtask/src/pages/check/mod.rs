//! `cargo xtask pages check`: the document against what the pages state.

mod compare;
mod condition;
pub mod deviations;
mod document;
mod page;
mod pattern;
mod report;
mod statement;
mod value;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use compare::Sides;
use deviations::Deviations;
use page::Facts;
use report::{Compared, Outcome};
use statement::View;

use crate::document::Document;
use crate::{Failure, root};

/// Hold the document against the facts of the pages, both ways
///
/// Each parameter, field, type, mandatory flag, enum value, bound, default, format, unit, status and
/// example that a page states has to stand in the document, and nothing else. Departures on purpose
/// are listed in openapi/deviations.yaml; an entry that no longer applies is an error.
#[derive(clap::Args)]
#[command(after_help = "Example: cargo xtask pages check")]
pub struct Check {
    /// The document, in place of openapi/autoscaling.yaml
    #[arg(long, value_name = "FILE")]
    document: Option<PathBuf>,
    /// The folder with the facts of the pages, in place of openapi/pages
    #[arg(long, value_name = "FOLDER")]
    pages: Option<PathBuf>,
    /// The departures, in place of openapi/deviations.yaml
    #[arg(long, value_name = "FILE")]
    deviations: Option<PathBuf>,
}

impl Check {
    pub fn run(&self) -> Result<(), Failure> {
        let ours = root().join("openapi");
        let document = match &self.document {
            Some(file) => Document::load(file)?,
            None => Document::ours()?,
        };
        let pages = load(self.pages.as_deref().unwrap_or(&ours.join("pages")))?;
        let deviations = self.deviations.clone().unwrap_or_else(|| ours.join("deviations.yaml"));
        let deviations = Deviations::load(&deviations)?;

        let outcome = check(&document, &pages, &deviations)?;
        for complaint in &outcome.complaints {
            println!("{complaint}\n");
        }
        match outcome.complaints.len() {
            0 => {
                outcome.summaries.iter().for_each(|summary| println!("{summary}"));
                Ok(())
            }
            count => Err(format!(
                "{}: complaints: {count}; mend what they name, and run: cargo xtask pages check",
                document.file.display(),
            )
            .into()),
        }
    }
}

/// The pages, by the operation that their files are named after.
type Pages = BTreeMap<String, Facts>;

fn load(folder: &Path) -> Result<Pages, Failure> {
    let entries = fs::read_dir(folder).map_err(|error| {
        format!("{}: {error}; write the facts there: cargo xtask pages read", folder.display())
    })?;
    let mut pages = Pages::new();
    for entry in entries {
        let file = entry?.path();
        if file.extension().is_some_and(|extension| extension == "json") {
            let operation = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            pages.insert(operation, Facts::load(&file)?);
        }
    }
    Ok(pages)
}

fn check(document: &Document, pages: &Pages, deviations: &Deviations) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::default();
    let mut compared = Vec::new();
    for operation in document.operations() {
        match pages.get(operation.id) {
            Some(facts) => {
                let id = operation.id;
                let page = view_of(id, facts, deviations);
                let view = document::view(document, operation);
                compared.push(compare(id, facts, &page, &view, deviations)?);
            }
            None => outcome.complaints.push(format!(
                "{}: no page states anything of {}; write its facts: cargo xtask pages read",
                document.place(&operation.pointer),
                operation.id,
            )),
        }
    }
    let operations: Vec<&str> = document.operations().map(|operation| operation.id).collect();
    for id in pages.keys().filter(|id| !operations.contains(&id.as_str())) {
        outcome.complaints.push(format!(
            "{}: no operation {id} for its page; add it, or delete the page",
            document.place("/paths"),
        ));
    }
    outcome.judge(document, &compared, deviations);
    Ok(outcome)
}

/// What a page states, with its tables where the entries place them.
fn view_of(id: &str, facts: &Facts, deviations: &Deviations) -> View {
    facts.view(|table| deviations.placed(id, table))
}

fn compare<'a>(
    id: &'a str,
    facts: &'a Facts,
    page: &View,
    document: &View,
    deviations: &Deviations,
) -> Result<Compared<'a>, Failure> {
    let sides = Sides { operation: id, page, document };
    let comparison = sides.compare(|table| deviations.placed(id, table))?;
    Ok(Compared { id, facts, comparison })
}

#[cfg(test)]
mod tests;
