//! `cargo xtask pages`: extracts facts from the vendor documentation, and compares the document with them.

mod check;
mod codes;
mod diff;
mod document;
mod facts;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::{fs, iter};

use clap::{Args, Subcommand};

use crate::document::Document;
use crate::tools::Tools;
use crate::{Failure, root};
use check::{Comparison, Deviation};
use document::Stated;
use facts::Facts;

const TOOLS: Tools = Tools {
    name: "pages",
    node: &[],
    python: &["beautifulsoup4==4.15.0", "docutils==0.23", "html5lib==1.1", "markdown-it-py==4.3.0"],
};
const RECORDED: &str = "openapi/pages";
const DEVIATIONS: &str = "openapi/deviations.yaml";

/// Read pages of the vendor documentation, and compare them
#[derive(Subcommand)]
#[command(after_help = "Example: cargo xtask pages diff modify-as-group.2026-11.rst")]
pub enum Pages {
    Read(Read),
    Check(Check),
    Diff(Diff),
}

/// Record the facts of pages in openapi/pages/
///
/// Pages are reStructuredText, Markdown or HTML, named `<name>.<year>-<month>.<extension>`. Their tables,
/// examples and digests of their words are recorded for each operation of the document, and for the error codes.
/// Other pages are only parsed. To resolve links to tables of another page, give that page as well.
#[derive(Args)]
#[command(
    after_help = "Example: cargo xtask pages read --source 1f0c2d3 modify-as-group.2026-11.rst"
)]
pub struct Read {
    /// Print the facts as JSON, and record nothing
    #[arg(long)]
    print: bool,
    /// The commit of the vendor's repository that the pages are of
    #[arg(long, value_name = "COMMIT")]
    source: Option<String>,
    #[arg(required = true)]
    pages: Vec<PathBuf>,
}

/// Compare the document with the recorded facts, in both directions
///
/// Fields, types, mandatory fields, statuses and examples must be the same; the document must contain each
/// number and literal of a page, and the page each bound of the document. openapi/deviations.yaml lists
/// intended differences. Pages in arguments must be unchanged since they were recorded. Without any, nothing is installed.
#[derive(Args)]
#[command(after_help = "Example: cargo xtask pages check")]
pub struct Check {
    pages: Vec<PathBuf>,
}

/// List what changed on pages since they were recorded, or between two editions of a page
///
/// Two editions of one page are compared with each other, with the changed words. Other pages are compared
/// with the recorded facts. Exit codes: 0 without changes, 1 with changes, 2 for unreadable pages.
#[derive(Args)]
#[command(
    after_help = "Example: cargo xtask pages diff modify-as-group.2024-09.rst modify-as-group.2026-11.rst"
)]
pub struct Diff {
    #[arg(required = true)]
    pages: Vec<PathBuf>,
    /// Pages that are only read for the tables that the others link to
    #[arg(long, value_name = "PAGE")]
    with: Vec<PathBuf>,
}

impl Pages {
    pub fn run(&self) -> ExitCode {
        let outcome = match self {
            Self::Read(read) => read.run(),
            Self::Check(check) => check.run(),
            Self::Diff(diff) => diff.run(),
        };
        outcome.unwrap_or_else(|failure| {
            eprintln!("error: {failure}");
            ExitCode::from(2)
        })
    }
}

impl Read {
    fn run(&self) -> Result<ExitCode, Failure> {
        let document = Document::ours()?;
        let facts = read(&self.pages)?;
        if self.print {
            println!("{}", serde_json::to_string_pretty(&facts)?);
            return Ok(ExitCode::SUCCESS);
        }
        for (file, mut facts) in self.pages.iter().zip(facts) {
            facts.source.clone_from(&self.source);
            println!("{}", summary(file, &facts));
            match record_of(&document, &facts) {
                Some(id) => {
                    let record = format!("{RECORDED}/{id}.json");
                    fs::write(root().join(&record), serde_json::to_string_pretty(&facts)? + "\n")?;
                    println!("  recorded in {record}");
                }
                None => println!("  not recorded: the document has no operation of this page"),
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The numbers of rows of a page that were read, and the parts that were not.
fn summary(file: &Path, facts: &Facts) -> String {
    let unread: usize = facts.unread.iter().map(|unread| unread.rows).sum();
    let (page, seen, read) = (&facts.page, facts.seen, facts.read);
    let (file, calls) = (file.display(), facts.calls.join(", "));
    let why = facts.unread.iter().map(|it| format!("\n  not read: {}: {}", it.what, it.why));
    let why = why.collect::<Vec<_>>().concat();
    format!("{file}: {page}: {calls}\n  {seen} rows: {read} read, {unread} not read{why}")
}

impl Check {
    fn run(&self) -> Result<ExitCode, Failure> {
        let document = Document::ours()?;
        let recorded = recorded(&root().join(RECORDED))?;
        let deviations = Deviation::load(&root().join(DEVIATIONS))?;
        let mut complaints = Comparison::new(&document, &deviations).complaints(&recorded);
        // Without pages, nothing is installed.
        let facts = if self.pages.is_empty() { Vec::new() } else { read(&self.pages)? };
        for (file, facts) in self.pages.iter().zip(facts) {
            let old = record_of(&document, &facts).and_then(|id| recorded.get(id));
            if old.is_none_or(|old| !diff::changes(old, &facts).is_empty()) {
                let file = file.display();
                complaints.push(format!(
                    "{file}: differs from the record; run: cargo xtask pages diff {file}"
                ));
            }
        }
        for complaint in &complaints {
            println!("{complaint}\n");
        }
        if complaints.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
        eprintln!("error: {} differences between pages and document", complaints.len());
        Ok(ExitCode::FAILURE)
    }
}

impl Diff {
    fn run(&self) -> Result<ExitCode, Failure> {
        let document = Document::ours()?;
        let recorded = recorded(&root().join(RECORDED))?;
        let mut facts = read(&[self.pages.as_slice(), &self.with].concat())?;
        facts.truncate(self.pages.len());
        if let ([old_file, new_file], [old, new]) = (&self.pages[..], &facts[..])
            && (stem(old_file) == stem(new_file) || old.is_of_same_page(new))
        {
            return Ok(report(&document, &old_file.display().to_string(), old, new_file, new));
        }
        let (mut unknown, mut status) = (Vec::new(), ExitCode::SUCCESS);
        for (file, facts) in self.pages.iter().zip(facts) {
            let id = record_of(&document, &facts);
            if let Some((id, old)) = id.and_then(|id| recorded.get_key_value(id)) {
                let record = format!("{RECORDED}/{id}.json");
                let outcome = report(&document, &record, old, file, &facts);
                status = if outcome == ExitCode::SUCCESS { status } else { outcome };
            } else {
                unknown.push(file.display().to_string());
            }
        }
        if unknown.is_empty() {
            return Ok(status);
        }
        let files = unknown.join(", ");
        let fix =
            "name two editions of a page, with the same ID, call or file name up to the first dot";
        Err(format!("{files}: no record to compare with; {fix}").into())
    }
}

/// The name of a page, which its editions share.
fn stem(file: &Path) -> Option<&str> {
    file.file_name()?.to_str()?.split('.').next()
}

/// Prints each change once with all its places. Returns a failure if there are any.
fn report(
    document: &Document,
    old_file: &str,
    old: &Facts,
    new_file: &Path,
    new: &Facts,
) -> ExitCode {
    println!("{old_file} → {}", summary(new_file, new));
    let id = record_of(document, new);
    let operation = document.operations().find(|operation| Some(operation.id) == id);
    let stated = operation.as_ref().map(|it| Stated::of(document, it)).unwrap_or_default();
    let changes = diff::changes(old, new);
    let mut seen: Vec<(&diff::Change, Vec<&str>)> = Vec::new();
    for change in &changes {
        let name = |change: &diff::Change| change.place.rsplit('/').next().map(str::to_owned);
        let key = |change| (name(change), &change.kind, &change.detail);
        match seen.iter_mut().find(|(other, _)| key(*other) == key(change)) {
            Some((_, places)) => places.push(&change.place),
            None => seen.push((change, vec![&change.place])),
        }
    }
    // A place that is not in the document has the location of the nearest one above it.
    let pointer = |place| {
        let mut above = iter::successors(Some(place), |it: &&str| Some(it.rsplit_once('/')?.0));
        above.find_map(|place| Some(stated.fields.get(place)?.pointer.clone()))
    };
    for (diff::Change { kind, place, detail }, places) in &seen {
        println!("{kind:9} {}: {}", places.join(", "), detail.replace('\n', "\n          "));
        if let Some(operation) = &operation {
            let pointer = pointer(place).unwrap_or_else(|| operation.pointer.clone());
            println!("          {}", document.place(&pointer));
        }
    }
    println!("changes: {}\n", seen.len());
    if seen.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The facts of pages. Rows may refer to tables of the others, except those of another edition of their page.
fn read(pages: &[PathBuf]) -> Result<Vec<Facts>, Failure> {
    let mut python = TOOLS.install()?.python("python");
    python.arg("-B").arg(root().join("xtask/pages/facts.py")).args(pages);
    let output = python.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err("the pages can't be read; see above".into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The name of the record of a page: the operation of the document that it describes, or the error codes.
fn record_of<'d>(document: &'d Document, facts: &Facts) -> Option<&'d str> {
    let call = |method: &str, path: &str| format!("{} {path}", method.to_uppercase());
    let mut operations = document.operations();
    let operation = operations.find(|it| facts.calls.contains(&call(it.method, it.path)));
    let is_of_codes = !codes::listed(facts).is_empty();
    operation.map(|it| it.id).or_else(|| is_of_codes.then_some(codes::ERROR_CODES))
}

/// The recorded facts, by operation.
fn recorded(folder: &Path) -> Result<BTreeMap<String, Facts>, Failure> {
    let mut recorded = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        let file = entry?.path();
        let id = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let facts = serde_json::from_slice(&fs::read(&file)?)
            .map_err(|error| format!("{RECORDED}/{id}.json: {error}; record the page again"))?;
        recorded.insert(id, facts);
    }
    Ok(recorded)
}
