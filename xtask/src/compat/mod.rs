//! `cargo xtask compat`: what a change of the document means for users, and which versions it needs.
//!
//! The crate `drift` (0.2.0) was tried first: of 3,450 edits of single nodes of the document it says
//! nothing of 592 (`nullable`, regions, headers, `operationId`), panics at 77, and takes a removed
//! rule for a trivial change; enums, bounds and fields it does not judge by direction.

mod compare;
#[cfg(test)]
mod exhaustive;
mod operations;
mod release;
mod report;
mod rules;
mod schema;
mod whole;

use std::path::PathBuf;
use std::process::ExitCode;

use semver::Version;

use crate::document::Document;
use crate::{Failure, root};
use release::{Changelog, Release, Stated, needed, suffices};
use report::{Report, explanation};
use rules::Verdict;

/// Say what a change of the document means for users, and ask for the versions that it needs
///
/// Each difference gets a verdict for the wire, for generated clients and for the Rust API of this
/// crate: breaking, addition, compatible or documentation. It is an error when info.version or the
/// version in Cargo.toml does not follow, or when CHANGELOG.md says nothing.
///
/// A document in openapi/released/ of whose crate version CHANGELOG.md has no section is a
/// candidate: nobody has it yet, so what needs no more than a patch needs nothing.
///
/// Exit codes: 0 when nothing is missing, 1 when something is, 2 for what can't be read.
#[derive(clap::Args)]
#[command(
    after_help = "Example: cargo xtask compat openapi/released/document-1.0.0-crate-0.1.0.yaml"
)]
pub struct Compat {
    /// The document before, in place of the last one in openapi/released/
    old: Option<PathBuf>,
    /// The document after, in place of openapi/autoscaling.yaml
    new: Option<PathBuf>,
    /// Print each kind of change with its verdicts and reasons, and compare nothing
    #[arg(long)]
    explain: bool,
    /// The manifest with the crate's version, in place of Cargo.toml
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// The changelog, in place of CHANGELOG.md
    #[arg(long, value_name = "FILE")]
    changelog: Option<PathBuf>,
}

impl Compat {
    pub fn run(&self) -> ExitCode {
        match self.report() {
            Ok(demands) if demands.is_empty() => ExitCode::SUCCESS,
            Ok(demands) => {
                for demand in demands {
                    eprintln!("error: {demand}");
                }
                ExitCode::FAILURE
            }
            Err(failure) => {
                eprintln!("error: {failure}");
                ExitCode::from(2)
            }
        }
    }

    /// Prints what differs, and gives back what is to be written.
    fn report(&self) -> Result<Vec<String>, Failure> {
        if self.explain {
            print!("{}", explanation()?);
            return Ok(Vec::new());
        }
        let file = match &self.old {
            Some(file) => file.clone(),
            None => Release::last(&root().join("openapi").join("released"))?,
        };
        let old = Document::load(&file)?;
        let new = match &self.new {
            Some(file) => Document::load(file)?,
            None => Document::ours()?,
        };
        let changes = compare::compare(&old, &new);
        let (old_file, new_file) = (old.file.display(), new.file.display());
        if changes.is_empty() {
            println!("{old_file} -> {new_file}: no change");
            return Ok(Vec::new());
        }
        println!("{old_file} -> {new_file}\n");
        let report = Report::new(&old, &new, changes);
        println!("{report}\n");
        self.demands(&old, &new, Release::named(&file).as_ref(), report.worst())
    }

    /// What is to be written for a change, which for document and crate means at most this.
    fn demands(
        &self,
        old: &Document,
        new: &Document,
        release: Option<&Release>,
        (document, rust): (Verdict, Verdict),
    ) -> Result<Vec<String>, Failure> {
        let (before, now) = (Stated::of_document(old)?, Stated::of_document(new)?);
        if let Some(release) = release.filter(|release| release.document != before.version) {
            let name = &release.document;
            let reason = format!("is {}, but the name of its file says {name}", before.version);
            return Err(format!("{}: {reason}; rename the file", before.place).into());
        }
        let file = self.changelog.clone().unwrap_or_else(|| root().join("CHANGELOG.md"));
        let changelog = Changelog::read(&file)?;
        let mut demands = Vec::new();
        demands.extend(demand("the document", &before.version, &now, document));
        match release {
            Some(release) => {
                let manifest = self.manifest.clone().unwrap_or_else(|| root().join("Cargo.toml"));
                let stated = Stated::of_crate(&manifest)?;
                demands.extend(demand("the crate", &release.krate, &stated, rust));
            }
            None => println!("the crate: not asked for, since the old file names no version of it"),
        }
        let candidate = release.filter(|release| !changelog.has(&release.krate));
        if let Some(candidate) = candidate {
            let version = &candidate.krate;
            let state =
                format!("{version} is not released yet (CHANGELOG.md has no section of it)");
            if document.max(rust) < Verdict::Addition {
                println!("{state}; so a patch is not asked for");
                demands.clear();
            } else if !demands.is_empty() {
                let (new, old) = (new.file.display(), old.file.display());
                demands.push(format!("or, since {state}, take the change into it: cp {new} {old}"));
            }
        }
        demands.extend(changelog.lacks_entry_after(release.map(|release| &release.krate)));
        Ok(demands)
    }
}

/// Says what a change needs, and gives back what is to be written when that is not there.
fn demand(of: &str, before: &Version, now: &Stated, verdict: Verdict) -> Option<String> {
    let needed = needed(before, verdict);
    let change = verdict.change();
    println!("{of}: {before} -> {needed} or more, for {change}; it is {}", now.version);
    let is_enough = suffices(&now.version, &needed);
    (!is_enough).then(|| {
        let (place, version) = (&now.place, &now.version);
        format!("{place}: {version} is too little for {change}: write {needed}")
    })
}
