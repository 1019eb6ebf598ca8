//! `cargo xtask lint`: three validators, at pinned versions. The project's own rules are a ruleset of
//! Spectral.

use std::io::Write as _;
use std::path::PathBuf;

use crate::document::Document;
use crate::tools::{Tools, succeeds};
use crate::{Failure, root};

#[cfg(test)]
mod tests;

pub const VALIDATORS: Tools = Tools {
    name: "lint",
    node: &["@redocly/cli@2.77.0", "@stoplight/spectral-cli@6.16.3"],
    python: &["openapi-spec-validator==0.9.0"],
};

/// Validate the document with three validators, and against the project's own rules
///
/// openapi-spec-validator (Python), Redocly CLI and Spectral (Node 20) are installed under target/ at
/// pinned versions. Their settings are openapi/redocly.yaml and openapi/.spectral.yaml, which holds
/// the project's rules. A warning counts as an error.
#[derive(clap::Args)]
#[command(after_help = "Example: cargo xtask lint")]
pub struct Lint {
    /// The document, in place of openapi/autoscaling.yaml
    document: Option<PathBuf>,
}

impl Lint {
    pub fn run(&self) -> Result<(), Failure> {
        let document = Document::named(self.document.as_deref())?.file;
        let file = root().join(&document);
        let settings = root().join("openapi");
        let validators = VALIDATORS.install()?;

        let mut spec_validator = validators.python("openapi-spec-validator");
        spec_validator.arg(&file);
        let mut redocly = validators.node("redocly");
        redocly.env("REDOCLY_TELEMETRY", "off").arg("lint").arg(&file);
        redocly.arg("--config").arg(settings.join("redocly.yaml"));
        let mut spectral = validators.node("spectral");
        spectral.args(["lint", "--fail-severity=hint", "--ruleset"]);
        spectral.arg(settings.join(".spectral.yaml")).arg(&file);

        let mut out = std::io::stdout();
        let mut complaints = Vec::new();
        for (name, mut validator) in [
            ("openapi-spec-validator", spec_validator),
            ("Redocly CLI", redocly),
            ("Spectral", spectral),
        ] {
            writeln!(out, "== {name}")?;
            if !succeeds(&mut validator)? {
                complaints.push(name);
            }
        }
        if complaints.is_empty() {
            writeln!(out, "== the document is valid")?;
            return Ok(());
        }
        let (document, complaints) = (document.display(), complaints.join(", "));
        Err(format!("{document}: not valid for {complaints}; fix it, and run: cargo xtask lint")
            .into())
    }
}
