//! `cargo xtask generate`: the committed files that are derived from the document.

use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs};

use serde_json::Value;
use similar::TextDiff;

use crate::document::Document;
use crate::{Failure, root};

#[cfg(test)]
mod tests;

const DOCUMENT: &str = "openapi/autoscaling.yaml";
const JSON: &str = "openapi/autoscaling.json";
const SNAPSHOT: &str = "tests/it/snapshots/generated.snap";

/// Write the files that are derived from the document
///
/// These are openapi/autoscaling.json and tests/it/snapshots/generated.snap, the generated code, in which a
/// reviewer sees changes of the Rust API.
#[derive(clap::Args)]
#[command(after_help = "Example: cargo xtask generate --check")]
pub struct Generate {
    /// Write nothing: print the differences, and fail if there are any
    #[arg(long)]
    check: bool,
}

impl Generate {
    pub fn run(&self) -> Result<(), Failure> {
        generate(&root(), self.check, &mut io::stdout())
    }
}

fn generate(root: &Path, check: bool, out: &mut impl Write) -> Result<(), Failure> {
    let document = Document::load(&root.join(DOCUMENT))?;
    let read = |name: &str| match fs::read_to_string(root.join(name)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        outcome => outcome.map_err(|error| format!("{name}: {error}")),
    };
    let mut stale = Vec::new();
    for (name, new) in [(JSON, document.to_json()?), (SNAPSHOT, snapshot(root)?)] {
        let old = read(name)?;
        if old != new {
            stale.push((name, old, new));
        }
    }
    for (name, old, new) in &stale {
        if check {
            let diff = TextDiff::from_lines(old, new);
            let generated = format!("{name} (generated)");
            write!(out, "{}", diff.unified_diff().header(name, &generated))?;
        } else {
            fs::write(root.join(name), new).map_err(|error| format!("{name}: {error}"))?;
            writeln!(out, "wrote {name}")?;
        }
    }
    if check && !stale.is_empty() {
        let names: Vec<_> = stale.iter().map(|(name, ..)| *name).collect();
        let names = names.join(", ");
        return Err(format!("{names}: differs from {DOCUMENT}; run: cargo xtask generate").into());
    }
    Ok(())
}

/// The snapshot that `tests/it/generated.rs` compares with insta: the code that the build script writes. Running that
/// test instead would build all dependencies of the tests.
fn snapshot(root: &Path) -> Result<String, Failure> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut check = Command::new(cargo);
    check.args(["check", "--lib", "--message-format=json"]).current_dir(root);
    let output = check.stderr(Stdio::inherit()).output();
    let output =
        output.map_err(|error| format!("cargo can't be run: {error}; install it first"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let messages: Vec<Value> =
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    if !output.status.success() {
        for message in &messages {
            let rendered = message["message"]["rendered"].as_str();
            write!(io::stderr(), "{}", rendered.unwrap_or_default())?;
        }
        return Err(format!(
            "{DOCUMENT}: the crate does not build from the document; fix what cargo reports above, in \
             the document or in build/, and run: cargo xtask generate"
        )
        .into());
    }
    let folders = messages.iter().filter_map(|message| message["out_dir"].as_str());
    let mut files = folders.map(|folder| Path::new(folder).join("generated.rs"));
    let file = files.find(|file| file.exists()).ok_or("build.rs: has written no generated.rs")?;
    let code = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(format!("---\nsource: tests/it/generated.rs\n---\n{code}"))
}
