//! `cargo xtask lint`: the project's own rules of the document, and three validators, none of which
//! is written here.

pub mod rules;
mod schemas;
mod values;

use std::path::{Path, PathBuf};

use crate::document::Document;
use crate::tools::{Tools, succeeds};
use crate::{Failure, root};

pub const VALIDATORS: Tools = Tools {
    name: "lint",
    node: &["@redocly/cli@2.77.0", "@stoplight/spectral-cli@6.16.3"],
    python: &["openapi-spec-validator==0.9.0"],
};

/// The validators, each with its version.
pub fn validators() -> impl Iterator<Item = (&'static str, &'static str)> {
    let node = VALIDATORS.node.iter().filter_map(|package| package.rsplit_once('@'));
    let python = VALIDATORS.python.iter().filter_map(|package| package.split_once("=="));
    python.chain(node)
}

/// Hold the document against the project's own rules and three validators, at pinned versions
///
/// The rules are those of the table in openapi/README.md. openapi-spec-validator (Python), Redocly
/// CLI and Spectral (Node 20) are installed under target/ when they are not there yet. Their settings
/// are openapi/redocly.yaml and openapi/.spectral.yaml; a warning counts as an error.
#[derive(clap::Args)]
#[command(after_help = "Example: cargo xtask lint --own")]
pub struct Lint {
    /// Only the project's own rules: nothing is installed
    #[arg(long)]
    own: bool,
    /// The document, in place of openapi/autoscaling.yaml
    document: Option<PathBuf>,
}

impl Lint {
    pub fn run(&self) -> Result<(), Failure> {
        let document = Document::named(self.document.as_deref())?;
        let mut complaints = Vec::new();
        println!("== the project's own rules");
        let broken = rules::check(&document)?;
        for complaint in &broken {
            println!("{complaint}");
        }
        if !broken.is_empty() {
            complaints.push("the project's own rules");
        }
        if !self.own {
            complaints.extend(validate(&root().join(&document.file))?);
        }
        if complaints.is_empty() {
            println!("== the document is valid");
            return Ok(());
        }
        let complaints = complaints.join(", ");
        Err(format!(
            "{}: not valid for {complaints}; mend it, and run: cargo xtask lint",
            document.file.display()
        )
        .into())
    }
}

/// The validators that complain; what they complain of is for the reader.
fn validate(document: &Path) -> Result<Vec<&'static str>, Failure> {
    let validators = VALIDATORS.install()?;
    let settings = root().join("openapi");
    let mut spec_validator = validators.python("openapi-spec-validator");
    spec_validator.arg(document);
    let mut redocly = validators.node("redocly");
    redocly.env("REDOCLY_TELEMETRY", "off").arg("lint").arg(document);
    redocly.arg("--config").arg(settings.join("redocly.yaml"));
    let mut spectral = validators.node("spectral");
    spectral.args(["lint", "--fail-severity=hint", "--ruleset"]);
    spectral.arg(settings.join(".spectral.yaml")).arg(document);

    let mut complaints = Vec::new();
    for (name, mut validator) in [
        ("openapi-spec-validator", spec_validator),
        ("Redocly CLI", redocly),
        ("Spectral", spectral),
    ] {
        println!("== {name}");
        if !succeeds(&mut validator)? {
            complaints.push(name);
        }
    }
    Ok(complaints)
}
