//! `cargo xtask compat`: the effects of changes of the document on users, and the required versions.

mod difference;
#[cfg(test)]
mod tests;
mod verdicts;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use semver::Version;

use crate::document::Document;
use crate::{Failure, root};
use difference::differences;
use verdicts::{ROWS, Row, VERDICTS, Verdict, verdicts_of, worst};

/// Report the effects of changes of the document on users, and the required versions
///
/// Each difference gets a verdict for the wire, for generated clients and for the Rust API. It is an
/// error when info.version or the version in Cargo.toml does not follow, or when CHANGELOG.md has no
/// entry. A version that CHANGELOG.md has no section of is not released yet, and needs no patch.
///
/// Exit codes: 0 when nothing is missing, 1 when something is, 2 for what can't be read.
#[derive(clap::Args)]
#[command(after_help = "Example: cargo xtask compat before.yaml openapi/autoscaling.yaml")]
pub struct Compat {
    /// The document before, in place of the last one in openapi/released/
    old: Option<PathBuf>,
    /// The document after, in place of openapi/autoscaling.yaml
    new: Option<PathBuf>,
    /// Print the table of changes with their verdicts and reasons, and compare nothing
    #[arg(long)]
    explain: bool,
    /// The manifest with the crate's version, in place of Cargo.toml
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// The changelog, in place of CHANGELOG.md
    #[arg(long, value_name = "FILE")]
    changelog: Option<PathBuf>,
}

type Demands = Result<Vec<String>, Failure>;

impl Compat {
    pub fn run(&self) -> ExitCode {
        let mut report = String::new();
        let demands = self.report(&mut report);
        let written = std::io::copy(&mut report.as_bytes(), &mut std::io::stdout());
        let (code, errors) = match demands.and_then(|demands| Ok(written.map(|_| demands)?)) {
            Ok(demands) => (u8::from(!demands.is_empty()), demands),
            Err(failure) => (2, vec![failure.to_string()]),
        };
        for error in errors {
            eprintln!("error: {error}");
        }
        ExitCode::from(code)
    }

    /// Writes the report, and returns the required edits.
    fn report(&self, out: &mut String) -> Demands {
        if self.explain {
            for Row(patterns, on, verdicts, reason, edit) in ROWS {
                let (patterns, verdicts) = (patterns.replace(' ', "\n"), in_words(*verdicts));
                writeln!(out, "{patterns}\n  {on}: {verdicts}\n  {reason}\n  shown by {edit}\n")?;
            }
            return Ok(Vec::new());
        }
        let old = Document::load(&self.old.clone().map_or_else(last_release, Ok)?)?;
        let new = self.new.as_deref().map_or_else(Document::ours, Document::load)?;
        write!(out, "{} -> {}", old.file.display(), new.file.display())?;
        let differences = differences(&old, &new);
        if differences.is_empty() {
            return Ok(writeln!(out, ": no change").map(|()| Vec::new())?);
        }
        writeln!(out)?;
        let mut changes: Vec<_> = differences.iter().map(|it| (verdicts_of(it), it)).collect();
        changes.sort_by_key(|it| VERDICTS.iter().position(|verdict| it.0.0.contains(verdict)));
        for ((verdicts, rows), it) in &changes {
            let place = if it.is_gone { &old } else { &new }.place(&it.pointer);
            writeln!(out, "\n{} {} {:?}: {}", it.path, it.what, it.direction, it.values)?;
            writeln!(out, "  {place}\n  {}", in_words(*verdicts))?;
            rows.iter().try_for_each(|row| writeln!(out, "  {}", row.3))?;
        }
        let columns = VERDICTS.map(|it| format!("{:>14}", format!("{it:?}"))).concat();
        writeln!(out, "\n{:18}{columns}", "")?;
        for (index, audience) in ["wire", "generated clients", "Rust API"].iter().enumerate() {
            let count = |verdict| changes.iter().filter(|it| it.0.0[index] == verdict).count();
            let counts = VERDICTS.map(|verdict| format!("{:>14}", count(verdict)));
            writeln!(out, "{audience:18}{}", counts.concat())?;
        }
        self.demands(out, [&old, &new], worst(changes.iter().map(|it| it.0.0)))
    }

    /// Writes the versions that the changes require, and returns the required edits.
    fn demands(&self, out: &mut String, sides: [&Document; 2], worst: [Verdict; 3]) -> Demands {
        let [before, now] = sides.map(|document| {
            let version = document.root.get("info").and_then(|info| info.text("version"));
            stated(version, document.place("/info/version"))
        });
        let ((before, place), now) = (before?, now?);
        let (released, name) = release(&sides[0].file).unzip();
        if let Some(name) = name.filter(|name| *name != before) {
            return Err(format!("{place}: {before}, but its file is named after {name}").into());
        }
        let mut versions = vec![("document", &before, now, worst[0].max(worst[1]))];
        if let Some(released) = &released {
            let (file, text) = read(self.manifest.as_deref(), "Cargo.toml")?;
            let package = text.lines().zip(1..).skip_while(|(line, _)| *line != "[package]");
            let mut version = package.filter(|(line, _)| line.starts_with("version = "));
            let (line, number) = version.next().unwrap_or(("", 1));
            let now = stated(line.split('"').nth(1), format!("{file}:{number}: version"))?;
            versions.push(("crate", released, now, worst[2]));
        }
        let mut demands = Vec::new();
        for (of, before, (now, place), verdict) in versions {
            let (min, verdict) = (needed(before, verdict), format!("{verdict:?}").to_lowercase());
            writeln!(out, "the {of}: {before} -> {min} for this change ({verdict}); found {now}")?;
            // A pre-release of the required version is enough.
            if Version::new(now.major, now.minor, now.patch) < min {
                demands.push(format!("{place}: {now} is too low, {verdict} change: write {min}"));
            }
        }
        let (file, text) = read(self.changelog.as_deref(), "CHANGELOG.md")?;
        let sections = text.split("\n## [").skip(1).filter_map(|it| it.split_once(']'));
        let is_released = |it: &Version| sections.clone().any(|(name, _)| name == it.to_string());
        if let Some(version) = released.as_ref().filter(|version| !is_released(version)) {
            let old = sides[0].file.display();
            writeln!(out, "{file} has no {version}: {old} is a candidate, and needs no patch")?;
            demands.retain(|_| worst.iter().max() >= Some(&Verdict::Additive));
        }
        let is_newer = |it: Version| released.as_ref().is_some_and(|released| it > *released);
        let is_later = |name: &str| name.parse().map_or(name == "Unreleased", is_newer);
        if !sections.take_while(|it| is_later(it.0)).any(|it| it.1.contains("\n- ")) {
            let line = text.lines().take_while(|line| !line.starts_with("## [")).count() + 1;
            demands.push(format!("{file}:{line}: no entry of this change: add it to [Unreleased]"));
        }
        Ok(demands)
    }
}

fn in_words([wire, generated, rust]: [Verdict; 3]) -> String {
    format!("wire {wire:?}, generated clients {generated:?}, Rust API {rust:?}")
}

/// The versions of crate and document in a name like `document-1.0.0-crate-0.1.0.yaml`.
fn release(file: &Path) -> Option<(Version, Version)> {
    let name = file.file_stem()?.to_str()?.strip_prefix("document-")?;
    let (document, krate) = name.split_once("-crate-")?;
    Some((krate.parse().ok()?, document.parse().ok()?))
}

fn last_release() -> Result<PathBuf, Failure> {
    let entries = fs::read_dir(root().join("openapi").join("released")).into_iter().flatten();
    let files = entries.flatten().map(|entry| entry.path());
    let last = files.filter_map(|file| Some((release(&file)?, file))).max();
    Ok(last.ok_or("openapi/released: add document-<info.version>-crate-<version>.yaml")?.1)
}

/// A version, and the place where it is stated.
fn stated(version: Option<&str>, place: String) -> Result<(Version, String), Failure> {
    let parsed = version.unwrap_or_default().parse();
    Ok((parsed.map_err(|error| format!("{place}: not a version like \"1.0.0\": {error}"))?, place))
}

/// The name and the content of a file. The default is the file `ours` of the project.
fn read(file: Option<&Path>, ours: &str) -> Result<(String, String), Failure> {
    let path = file.map_or_else(|| root().join(ours), Path::to_owned);
    let name = file.map_or(ours.to_owned(), |file| file.display().to_string());
    let text = fs::read_to_string(path).map_err(|error| format!("{name}: {error}"))?;
    Ok((name, text))
}

/// The lowest version that may follow an old one, by the verdict of the change.
fn needed(old: &Version, verdict: Verdict) -> Version {
    match (verdict, old.major, old.minor) {
        (Verdict::Breaking, 1.., _) => Version::new(old.major + 1, 0, 0),
        (Verdict::Additive, 1.., _) => Version::new(old.major, old.minor + 1, 0),
        // Before 1.0.0, Cargo treats the first nonzero number as the major version.
        (Verdict::Breaking, 0, 1..) => Version::new(0, old.minor + 1, 0),
        _ => Version::new(old.major, old.minor, old.patch + 1),
    }
}
