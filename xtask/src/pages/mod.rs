//! `cargo xtask pages`: what the vendor's pages state, as facts that the document is held against.

mod check;
mod diff;
mod document;
mod facts;
mod page;
#[cfg(test)]
mod tests;
mod words;

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
use page::Block;

const TOOLS: Tools = Tools {
    name: "pages",
    node: &[],
    python: &["beautifulsoup4==4.15.0", "docutils==0.23", "html5lib==1.1", "markdown-it-py==4.3.0"],
};
const RECORDED: &str = "openapi/pages";
const DEVIATIONS: &str = "openapi/deviations.yaml";

/// Read pages of the vendor's API reference, and compare them
#[derive(Subcommand)]
#[command(after_help = "Example: cargo xtask pages diff modify-as-group.2026-11.rst")]
pub enum Pages {
    Read(Read),
    Check(Check),
    Diff(Diff),
}

/// Record what pages state, in openapi/pages/
///
/// Pages are reStructuredText, Markdown or HTML, named `<name>.<year>-<month>.<extension>`. Their tables,
/// examples and the digests of their words are recorded for each operation of the document. Of other
/// pages it is only said what could be read. A table that a row links to on another page is found where
/// that page is given too.
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

/// Compare the document with what is recorded of the pages, both ways
///
/// Fields, types, mandatory fields, statuses and examples have to be alike; each number and literal of a
/// page has to stand in the document, and each bound of the document on the page. What differs on purpose
/// stands in openapi/deviations.yaml. Nothing is installed. Pages that are given have to be as recorded,
/// word by word.
#[derive(Args)]
#[command(after_help = "Example: cargo xtask pages check")]
pub struct Check {
    pages: Vec<PathBuf>,
}

/// List what changed on pages since they were recorded, or between two editions of a page
///
/// Two files of one page are compared with each other, with the changed words. Other pages are compared
/// with what is recorded of them. Exit codes: 0 when nothing changed, 1 when something did, 2 for what
/// can't be read.
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
            match operation_of(&document, &facts) {
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

/// What could be read of a page, and what could not.
fn summary(file: &Path, facts: &Facts) -> String {
    let unread: usize = facts.unread.iter().map(|unread| unread.rows).sum();
    let (page, seen, read) = (&facts.page, facts.seen, facts.read);
    let mut text = format!(
        "{}: {page}: {}\n  {seen} rows: {read} read, {unread} not read",
        file.display(),
        facts.calls.join(", ")
    );
    for unread in &facts.unread {
        text += &format!("\n  not read: {}: {}", unread.what, unread.why);
    }
    text
}

impl Check {
    fn run(&self) -> Result<ExitCode, Failure> {
        let document = Document::ours()?;
        let recorded = recorded(&root().join(RECORDED))?;
        let deviations = Deviation::load(&root().join(DEVIATIONS))?;
        let mut complaints = Comparison::new(&document, &deviations).complaints(&recorded);
        // Nothing is installed where no page is given.
        let facts = if self.pages.is_empty() { Vec::new() } else { read(&self.pages)? };
        for (file, facts) in self.pages.iter().zip(facts) {
            let old = operation_of(&document, &facts).and_then(|id| recorded.get(id));
            if old.is_none_or(|old| !diff::changes(old, &facts).is_empty()) {
                let file = file.display();
                complaints.push(format!(
                    "{file}: not as it is recorded; run: cargo xtask pages diff {file}"
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
        let mut changed = false;
        let files = [self.pages.as_slice(), &self.with].concat();
        let blocks = blocks(&files)?;
        // Two editions of a page have tables of the same IDs: each has its own only.
        let (pages, with) = blocks.split_at(self.pages.len());
        let facts = facts_of(&self.pages, pages, with);
        if let [old, new] = &self.pages[..]
            && is_same_page((old, &facts[0]), (new, &facts[1]))
        {
            changed |= report(&document, &old.display().to_string(), &facts[0], new, &facts[1]);
        } else {
            let facts = facts_of(&self.pages, pages, &blocks);
            let mut unknown = Vec::new();
            for (file, facts) in self.pages.iter().zip(&facts) {
                let id = operation_of(&document, facts);
                match id.and_then(|id| recorded.get_key_value(id)) {
                    Some((id, old)) => {
                        let record = format!("{RECORDED}/{id}.json");
                        changed |= report(&document, &record, old, file, facts);
                    }
                    None => unknown.push(file.display().to_string()),
                }
            }
            if !unknown.is_empty() {
                let files = unknown.join(", ");
                return Err(format!(
                    "{files}: nothing is recorded to compare with; give two editions of one page, \
                     alike in ID, call or the name before the first dot"
                )
                .into());
            }
        }
        Ok(if changed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

/// Whether two files are editions of one page: by its ID, its call or the name of the file.
fn is_same_page((old_file, old): (&Path, &Facts), (new_file, new): (&Path, &Facts)) -> bool {
    let stem = |file: &Path| {
        file.file_name().and_then(|name| name.to_str()?.split('.').next().map(str::to_owned))
    };
    (!old.page.is_empty() && old.page == new.page)
        || (!old.calls.is_empty() && old.calls == new.calls)
        || stem(old_file) == stem(new_file)
}

/// Prints what changed, each change once with all its places, and tells whether anything did.
fn report(document: &Document, old_file: &str, old: &Facts, new_file: &Path, new: &Facts) -> bool {
    println!("{old_file} → {}", summary(new_file, new));
    let changes = diff::changes(old, new);
    let operation =
        document.operations().find(|operation| Some(operation.id) == operation_of(document, new));
    let stated =
        operation.as_ref().map(|operation| Stated::of(document, operation)).unwrap_or_default();
    let mut seen: Vec<(&str, &str, Vec<&str>)> = Vec::new();
    for change in &changes {
        let name = change.place.rsplit('/').next();
        let is_same = |(kind, detail, places): &&mut (&str, &str, Vec<&str>)| {
            *kind == change.kind
                && *detail == change.detail
                && places.first().is_some_and(|place| place.rsplit('/').next() == name)
        };
        match seen.iter_mut().find(is_same) {
            Some((_, _, places)) => places.push(&change.place),
            None => seen.push((change.kind, &change.detail, vec![&change.place])),
        }
    }
    // What is not in the document has the place of what would hold it.
    let pointer = |place: &str| {
        let mut above = iter::successors(Some(place), |place| Some(place.rsplit_once('/')?.0));
        above.find_map(|place| Some(stated.fields.get(place)?.pointer.clone()))
    };
    for (kind, detail, places) in &seen {
        println!("{kind:9} {}: {}", places.join(", "), detail.replace('\n', "\n          "));
        if let Some(operation) = &operation {
            let pointer = pointer(places[0]).unwrap_or_else(|| operation.pointer.clone());
            println!("          {}", document.place(&pointer));
        }
    }
    println!("changes: {}\n", seen.len());
    !changes.is_empty()
}

/// The facts of pages that are no editions of one another.
fn read(files: &[PathBuf]) -> Result<Vec<Facts>, Failure> {
    let pages = blocks(files)?;
    Ok(facts_of(files, &pages, &pages))
}

/// The blocks of pages.
fn blocks(pages: &[PathBuf]) -> Result<Vec<Vec<Block>>, Failure> {
    let mut python = TOOLS.install()?.python("python");
    python.arg(root().join("xtask/pages/read.py")).args(pages);
    let output = python.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err("the pages can't be read; see above".into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The facts of pages, which may link to tables of the others.
fn facts_of(files: &[PathBuf], pages: &[Vec<Block>], others: &[Vec<Block>]) -> Vec<Facts> {
    let others: Vec<&[Block]> = others.iter().map(Vec::as_slice).collect();
    let mut facts: Vec<Facts> = pages.iter().map(|page| facts::of(page, &others)).collect();
    for (file, facts) in files.iter().zip(&mut facts) {
        let edition = |part: &&str| {
            part.len() == 7
                && part.split_once('-').is_some_and(|(year, month)| {
                    year.len() == 4
                        && [year, month].iter().all(|it| it.bytes().all(|it| it.is_ascii_digit()))
                })
        };
        facts.edition =
            file.to_str().and_then(|name| name.split('.').find(edition)).map(str::to_owned);
    }
    facts
}

/// The operation of the document that a page is about.
fn operation_of<'d>(document: &'d Document, facts: &Facts) -> Option<&'d str> {
    let is_called = |method: &str, path: &str| {
        facts.calls.contains(&format!("{} {path}", method.to_uppercase()))
    };
    document
        .operations()
        .find(|operation| is_called(operation.method, operation.path))
        .map(|operation| operation.id)
}

/// What is recorded, by operation.
fn recorded(folder: &Path) -> Result<BTreeMap<String, Facts>, Failure> {
    let mut recorded = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        let file = entry?.path();
        let shown = file.strip_prefix(root()).unwrap_or(&file).display();
        let facts = serde_json::from_str(&fs::read_to_string(&file)?)
            .map_err(|error| format!("{shown}: {error}; run: cargo xtask pages read PAGE"))?;
        recorded.insert(file.file_stem().unwrap_or_default().to_string_lossy().into_owned(), facts);
    }
    Ok(recorded)
}
