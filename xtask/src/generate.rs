//! `cargo xtask generate`: the committed files that are derived from the document.

use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs};

use serde_json::Value;
use similar::TextDiff;

use crate::document::Document;
use crate::node::Node;
use crate::{Failure, root};

#[cfg(test)]
mod tests;

const DOCUMENT: &str = "openapi/autoscaling.yaml";
const JSON: &str = "openapi/autoscaling.json";
const README: &str = "README.md";
const SNAPSHOT: &str = "tests/snapshots/generated.snap";
const END: &str = "<!-- end -->";

/// Write the files that are derived from the document
///
/// These are openapi/autoscaling.json; the tables between `<!-- generated: NAME -->` and
/// `<!-- end -->` in README.md; and tests/snapshots/generated.snap, the code that the crate is built
/// from, which shows a reviewer what a change does to the API.
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
    let tables = [("regions", regions(&document)), ("calls", calls(&document))];
    let mut stale = Vec::new();
    for (name, new) in [
        (JSON, document.to_json()?),
        (README, fill(&read(README)?, &tables)?),
        (SNAPSHOT, snapshot(root)?),
    ] {
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

/// The text with each of the tables between its markers.
fn fill(text: &str, tables: &[(&str, String)]) -> Result<String, String> {
    let (mut filled, mut open) = (String::new(), None);
    let mut missing: Vec<_> = tables.iter().collect();
    for (number, line) in (1..).zip(text.lines()) {
        let wrong = |what: &str| Err(format!("{README}:{number}: {what}"));
        let marker = line.trim();
        if marker.starts_with("<!-- generated") {
            if open.replace(number).is_some() {
                return wrong(&format!("put {END} before this marker"));
            }
            let is_named =
                |(name, _): &&(&str, String)| marker == format!("<!-- generated: {name} -->");
            let Some(position) = missing.iter().position(is_named) else {
                let names: Vec<_> = tables.iter().map(|(name, _)| *name).collect();
                return wrong(&format!("{marker}: expected once each of {}", names.join(", ")));
            };
            let (_, table) = missing.remove(position);
            filled.extend([line, "\n\n", table, "\n", END, "\n"]);
        } else if marker == END {
            if open.take().is_none() {
                return wrong(&format!("remove {END}, which closes nothing"));
            }
        } else if open.is_none() {
            filled.extend([line, "\n"]);
        }
    }
    match (open, missing.first()) {
        (Some(number), _) => Err(format!("{README}:{number}: put {END} after this table")),
        (_, Some((name, _))) => {
            Err(format!("{README}:1: add <!-- generated: {name} --> and {END}, which are missing"))
        }
        _ => Ok(filled),
    }
}

fn table(head: [&str; 2], rows: impl Iterator<Item = [String; 2]>) -> String {
    let line = |[left, right]: [String; 2]| format!("| {left} | {right} |\n");
    let rows = rows.map(|cells| line(cells.map(|cell| cell.replace('|', "\\|"))));
    format!("{}|---|---|\n{}", line(head.map(str::to_owned)), rows.collect::<String>())
}

fn regions(document: &Document) -> String {
    let server = document.root.pointer("/servers/0");
    let url = server.and_then(|server| server.text("url")).unwrap_or_default();
    let regions = server.and_then(|server| server.pointer("/variables/region/enum"));
    let regions = regions.into_iter().flat_map(Node::items).filter_map(Node::as_str);
    let row = |region| [format!("`{region}`"), format!("`{}`", url.replace("{region}", region))];
    table(["region", "endpoint"], regions.map(row))
}

fn calls(document: &Document) -> String {
    let rows = document.operations().map(|operation| {
        let summary = operation.node.text("summary").unwrap_or_default();
        let page = operation.node.pointer("/externalDocs/url").and_then(Node::as_str);
        let summary = page.map_or(summary.to_owned(), |page| format!("[{summary}]({page})"));
        [format!("`client.{}()`", snake_case(operation.id)), summary]
    });
    table(["call", "vendor documentation"], rows)
}

/// `updateScalingGroup` as the method of the client: `update_scaling_group`.
fn snake_case(name: &str) -> String {
    let snake = |letter: char| {
        let mark = if letter.is_ascii_uppercase() { "_" } else { "" };
        format!("{mark}{}", letter.to_ascii_lowercase())
    };
    name.chars().map(snake).collect()
}

/// The snapshot that `tests/generated.rs` compares by means of insta: the code that the build script has
/// written. To run that test instead would need all that tests depend on.
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
    Ok(format!("---\nsource: tests/generated.rs\n---\n{code}"))
}
