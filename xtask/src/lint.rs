//! `cargo xtask lint`: three validators of the document, none of which is written here.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Failure, root};

const OPENAPI_SPEC_VALIDATOR: &str = "0.9.0";
const REDOCLY: &str = "2.77.0";
const SPECTRAL: &str = "6.16.3";

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
        let tools = root.join("target").join("lint");
        let document = match &self.document {
            Some(document) => fs::canonicalize(document)
                .map_err(|error| format!("{}: {error}", document.display()))?,
            None => root.join("openapi").join("autoscaling.yaml"),
        };
        install(&tools)?;

        let settings = root.join("openapi");
        let node = tools.join("node_modules").join(".bin");
        let mut spec_validator = Command::new(tools.join("venv/bin/openapi-spec-validator"));
        spec_validator.arg(&document);
        let mut redocly = Command::new(node.join("redocly"));
        redocly.env("REDOCLY_TELEMETRY", "off").arg("lint").arg(&document);
        redocly.arg("--config").arg(settings.join("redocly.yaml"));
        let mut spectral = Command::new(node.join("spectral"));
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

/// Installs the validators, unless these versions are there.
fn install(tools: &Path) -> Result<(), Failure> {
    let wanted = format!("{OPENAPI_SPEC_VALIDATOR} {REDOCLY} {SPECTRAL}");
    let installed = tools.join("installed");
    if fs::read_to_string(&installed).is_ok_and(|versions| versions == wanted) {
        return Ok(());
    }
    fs::create_dir_all(tools)?;
    let venv = tools.join("venv");
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv))?;
    run(Command::new(venv.join("bin").join("pip"))
        .args(["install", "--quiet", "--disable-pip-version-check"])
        .arg(format!("openapi-spec-validator=={OPENAPI_SPEC_VALIDATOR}")))?;
    run(Command::new("npm")
        .args(["install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"])
        .arg(tools)
        .arg(format!("@redocly/cli@{REDOCLY}"))
        .arg(format!("@stoplight/spectral-cli@{SPECTRAL}")))?;
    fs::write(installed, wanted)?;
    Ok(())
}

fn run(command: &mut Command) -> Result<(), Failure> {
    let name = command.get_program().to_string_lossy().into_owned();
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{name}: {status}").into()),
        Err(error) => Err(format!("{name} can't be run: {error}; install it first").into()),
    }
}
