//! `cargo xtask generate`: the committed files that say again what the document says.

mod api;
mod marked;
mod tables;

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use similar::TextDiff;

use crate::document::Document;
use crate::{Failure, root};
use tables::{Sources, TABLES};

/// Make the files that say again what the document says
///
/// These are openapi/autoscaling.json; the tables between `<!-- generated: NAME -->` and
/// `<!-- end -->` in README.md and openapi/README.md; and tests/snapshots/generated.snap, the code
/// that the crate is built from, in which a review sees what a change does to the API.
#[derive(Args)]
#[command(after_help = "Example: cargo xtask generate --check")]
pub struct Generate {
    /// Change nothing: print what differs, and fail if anything does
    #[arg(long)]
    check: bool,
    /// Leave out the snapshot of the API, for which cargo has to check the crate
    #[arg(long)]
    without_api: bool,
    /// The folder of a copy of the project
    #[arg(long, hide = true)]
    root: Option<PathBuf>,
}

/// A file of the project: what it holds, and what it should hold.
struct File {
    name: &'static str,
    is: String,
    should: String,
}

impl Generate {
    pub fn run(&self) -> Result<(), Failure> {
        let root = self.root.clone().unwrap_or_else(root);
        let stale: Vec<File> =
            self.files(&root)?.into_iter().filter(|file| file.is != file.should).collect();
        if !self.check {
            for file in &stale {
                fs::write(root.join(file.name), &file.should)
                    .map_err(|error| format!("{}: {error}", file.name))?;
                println!("wrote {}", file.name);
            }
            return Ok(());
        }
        for file in &stale {
            print!("{}", file.diff());
        }
        if stale.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = stale.iter().map(|file| file.name).collect();
        Err(format!("not as the document has it: {}; run: cargo xtask generate", names.join(", "))
            .into())
    }

    fn files(&self, root: &Path) -> Result<Vec<File>, Failure> {
        let openapi = root.join("openapi");
        let document = Document::load(&openapi.join("autoscaling.yaml"))?;
        let json = "openapi/autoscaling.json";
        let mut files =
            vec![File { name: json, is: read_if_there(root, json)?, should: document.to_json()? }];
        files.extend(marked_files(root, &Sources { document })?);
        if !self.without_api {
            files.push(File {
                name: api::SNAPSHOT,
                is: read_if_there(root, api::SNAPSHOT)?,
                should: api::snapshot(root)?,
            });
        }
        Ok(files)
    }
}

/// The files that have markers; what is wrong with any marker is said of all of them at once.
fn marked_files(root: &Path, sources: &Sources) -> Result<Vec<File>, Failure> {
    let mut names: Vec<&'static str> = TABLES.iter().map(|table| table.file).collect();
    names.dedup();
    let (mut files, mut complaints) = (Vec::new(), Vec::new());
    for name in names {
        let is = fs::read_to_string(root.join(name)).map_err(|error| format!("{name}: {error}"))?;
        match marked::fill(name, &is, sources) {
            Ok(should) => files.push(File { name, is, should }),
            Err(wrong) => complaints.extend(wrong),
        }
    }
    if complaints.is_empty() { Ok(files) } else { Err(complaints.join("\n").into()) }
}

impl File {
    fn diff(&self) -> String {
        let diff = TextDiff::from_lines(&self.is, &self.should);
        let generated = format!("{} (generated)", self.name);
        diff.unified_diff().header(self.name, &generated).to_string()
    }
}

/// A file that was never generated is an empty one.
fn read_if_there(root: &Path, name: &str) -> Result<String, Failure> {
    let file = root.join(name);
    if !file.try_exists()? {
        return Ok(String::new());
    }
    fs::read_to_string(file).map_err(|error| format!("{name}: {error}").into())
}
