//! `cargo xtask lint`: three validators of the document, none of which is written here.

use std::fs;
use std::path::PathBuf;

use crate::tools::{Tools, run};
use crate::{Failure, root};

const VALIDATORS: Tools = Tools {
    name: "lint",
    node: &["@redocly/cli@2.77.0", "@stoplight/spectral-cli@6.16.3"],
    python: &["openapi-spec-validator==0.9.0"],
};

/// Hold the document against three validators, at pinned versions
///
/// openapi-spec-validator (Python), Redocly CLI and Spectral (Node 20) are installed under target/
/// when they are not there yet. Their settings are openapi/redocly.yaml and openapi/.spectral.yaml;
/// a warning counts as an error.
#[derive(clap::Args)]
#[command(after_help = "Example: cargo xtask lint")]
pub struct Lint {
    /// The document, in place of openapi/autoscaling.yaml
    document: Option<PathBuf>,
}

impl Lint {
    pub fn run(&self) -> Result<(), Failure> {
        let root = root();
        let document = match &self.document {
            Some(document) => fs::canonicalize(document)
                .map_err(|error| format!("{}: {error}", document.display()))?,
            None => root.join("openapi").join("autoscaling.yaml"),
        };
        let validators = VALIDATORS.install()?;

        let settings = root.join("openapi");
        let mut spec_validator = validators.python("openapi-spec-validator");
        spec_validator.arg(&document);
        let mut redocly = validators.node("redocly");
        redocly.env("REDOCLY_TELEMETRY", "off").arg("lint").arg(&document);
        redocly.arg("--config").arg(settings.join("redocly.yaml"));
        let mut spectral = validators.node("spectral");
        spectral.args(["lint", "--fail-severity=hint", "--ruleset"]);
        spectral.arg(settings.join(".spectral.yaml")).arg(&document);

        let mut complaints = Vec::new();
        for (name, mut validator) in [
            ("openapi-spec-validator", spec_validator),
            ("Redocly CLI", redocly),
            ("Spectral", spectral),
        ] {
            println!("== {name}");
            if run(&mut validator).is_err() {
                complaints.push(name);
            }
        }
        if complaints.is_empty() {
            println!("== the document is valid for all three");
            return Ok(());
        }
        let complaints = complaints.join(", ");
        Err(format!(
            "{}: not valid for {complaints}; mend it, and run: cargo xtask lint",
            document.display()
        )
        .into())
    }
}
