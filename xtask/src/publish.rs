//! `cargo xtask publish`: the document in the formats that other languages use, in one folder.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use walkdir::WalkDir;

use crate::document::{Document, Operation};
use crate::interop::packages;
use crate::node::Node;
use crate::tools::{Installed, Tools, alone, run_quietly};
use crate::{Failure, lint, root};

mod open;
#[cfg(test)]
mod tests;

pub use open::opened;

/// Redocly CLI and openapi-spec-validator are those of `cargo xtask lint`.
const TOOLS: Tools = Tools {
    name: "publish-tools",
    node: &[
        "@scalar/openapi-upgrader@0.4.9",
        // Redocly CLI renders with Redoc 3, which shows one operation at a time. React and
        // styled-components have the versions in Redoc's bundle.
        "redoc@2.5.4",
        "react@18.3.1",
        "react-dom@18.3.1",
        "styled-components@5.3.11",
        "ajv@8.20.0",
        "ajv-formats@3.0.1",
        "html-validate@10.9.0",
        "markdownlint-cli2@0.20.0",
    ],
    python: &[],
};

const README: &str = include_str!("../publish/README.md.in");

const YAML: &str = "autoscaling.yaml";
pub const JSON: &str = "autoscaling.json";
const DEREFERENCED: &str = "autoscaling.dereferenced.json";
const DOCUMENTS: [&str; 4] = [YAML, JSON, DEREFERENCED, "autoscaling-3.1.json"];
const REFERENCE: &str = "reference.html";
const SUMS: &str = "SHA256SUMS";
/// Files that are copied, and their names in the folder.
const COPIES: [(&str, &str); 6] = [
    ("openapi/README.md", "autoscaling.md"),
    ("openapi/deviations.yaml", "deviations.yaml"),
    ("LICENSE-MIT", "LICENSE-MIT"),
    ("xtask/interop/limitations.md", "clients.md"),
    ("xtask/interop/go/generator.yaml", "clients/go.yaml"),
    ("xtask/interop/java/generator.yaml", "clients/java.yaml"),
];

/// Write the published files: the document in several formats, an API reference, JSON Schemas, checksums
///
/// The files are written to a new folder and validated by foreign tools before they replace those of an
/// earlier run; after a failure, the earlier files are unchanged. The tools (Node 20, Python) are
/// installed under target/ at pinned versions.
#[derive(clap::Args)]
#[command(after_help = "Example: cargo xtask publish --output published")]
pub struct Publish {
    /// The document, in place of openapi/autoscaling.yaml
    document: Option<PathBuf>,
    /// The folder, in place of target/publish
    #[arg(long, value_name = "FOLDER")]
    output: Option<PathBuf>,
}

impl Publish {
    pub fn run(&self) -> Result<(), Failure> {
        let document = Document::named(self.document.as_deref())?;
        let place = match &self.output {
            Some(folder) => std::path::absolute(folder)?,
            None => root().join("target").join("publish"),
        };
        let _alone = alone(&root().join("target").join("publishing"))?;
        check_replaceable(&place)?;
        let draft = beside(&place, "draft");
        let outcome = Draft::new(&draft).and_then(|draft| {
            draft.write(&document).and_then(|()| draft.check()).map_err(|failure| {
                let file = document.file.display();
                Failure::from(format!("{failure}\nfix {file}, and run: cargo xtask publish"))
            })?;
            draft.sum()
        });
        if outcome.is_err() {
            remove(&draft)?;
        }
        outcome?;
        swap(&draft, &place)?;
        writeln!(io::stdout(), "{}", place.display())?;
        Ok(())
    }
}

/// The folder in which the files are written, and the tools that write and validate them.
struct Draft {
    folder: PathBuf,
    tools: Installed,
    linters: Installed,
}

impl Draft {
    fn new(folder: &Path) -> Result<Self, Failure> {
        remove(folder)?;
        for name in ["clients", "schemas"] {
            let folder = folder.join(name);
            fs::create_dir_all(&folder).map_err(|error| {
                format!("{}: {error}; name another folder with --output", folder.display())
            })?;
        }
        let (tools, linters) = (TOOLS.install()?, lint::VALIDATORS.install()?);
        Ok(Self { folder: folder.to_owned(), tools, linters })
    }

    fn write(&self, document: &Document) -> Result<(), Failure> {
        for (from, to) in COPIES {
            fs::copy(root().join(from), self.folder.join(to))?;
        }
        fs::write(self.folder.join("README.md"), readme(document)?)?;
        fs::write(self.folder.join(JSON), opened(document).to_json()?)?;

        for (output, option) in [(YAML, None), (DEREFERENCED, Some("--dereferenced"))] {
            let mut redocly = self.linters.node("redocly");
            redocly.env("REDOCLY_TELEMETRY", "off").env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
            redocly.arg("bundle").args(option).args(["--output", output, JSON]);
            self.run(output, &mut redocly)?;
        }
        let mut forms = self.script("forms.mjs", include_str!("../publish/forms.mjs"))?;
        self.run("OpenAPI 3.1 and JSON Schemas", &mut forms)?;
        let mut page = self.script("page.mjs", include_str!("../publish/page.mjs"))?;
        self.run(REFERENCE, &mut page)
    }

    /// Validates the files with third-party tools.
    fn check(&self) -> Result<(), Failure> {
        // The length of lines, tabs in Go code and the layout of the source of tables are not checked.
        let rules = r#"{ "config": { "MD010": { "code_blocks": false }, "MD013": false, "MD060": false } }"#;
        let rules = self.tools.lay("rules.markdownlint-cli2.jsonc", rules)?;
        let mut ajv = self.script("check.mjs", include_str!("../publish/check.mjs"))?;
        // Redoc writes block elements in headings and buttons, which browsers accept.
        let html_rules = ["--preset=standard", "--rule=element-permitted-content:off"];
        let mut complaints = Vec::new();
        let mut check = |tool: &str, command: &mut Command| {
            let outcome = self.run(&format!("not valid for {tool}"), command);
            complaints.extend(outcome.err().map(|complaint| complaint.to_string()));
        };
        for file in DOCUMENTS {
            let tool = "openapi-spec-validator";
            check(tool, self.linters.python(tool).arg(file));
        }
        check("Ajv", &mut ajv);
        check("html-validate", self.tools.node("html-validate").args(html_rules).arg(REFERENCE));
        let mut markdown = self.tools.node("markdownlint-cli2");
        check("markdownlint", markdown.arg("--config").arg(rules).arg("*.md"));
        if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\n\n").into()) }
    }

    fn sum(&self) -> Result<(), Failure> {
        let (files, sums) = (files(&self.folder)?, File::create(self.folder.join(SUMS))?);
        self.run(SUMS, Command::new("sha256sum").args(files).stdout(sums))
    }

    /// Runs a command in the folder.
    fn run(&self, what: &str, command: &mut Command) -> Result<(), Failure> {
        run_quietly(command.current_dir(&self.folder))
            .map_err(|failure| format!("{what}: {failure}").into())
    }

    /// A script of this project that processes the folder.
    fn script(&self, name: &str, text: &str) -> Result<Command, Failure> {
        let mut node = Command::new("node");
        node.arg(self.tools.lay(name, text)?).arg(".");
        Ok(node)
    }
}

/// The README of the folder, from a template in which `{{name}}` is replaced by the operations, by the string at a JSON
/// Pointer into the document, or by a package of interop.
fn readme(document: &Document) -> Result<String, Failure> {
    let operations = document.operations().map(|operation| {
        let Operation { id, path, node, .. } = operation;
        let (method, summary) = (operation.method.to_uppercase(), node.text("summary"));
        format!("- `{id}`: {}, `{method} {path}`", summary.unwrap_or_default())
    });
    let operations = operations.collect::<Vec<_>>().join("\n");
    let mut text = README.replace("{{operations}}", &operations);
    while let Some(pointer) =
        text.split("{{").find_map(|it| it.split_once("}}")?.0.strip_prefix('/'))
    {
        let pointer = format!("/{pointer}");
        let value = document.root.pointer(&pointer).and_then(Node::as_str);
        let value = value.ok_or_else(|| format!("README.md.in: the document has no {pointer}"))?;
        text = text.replace(&format!("{{{{{pointer}}}}}"), value);
    }
    for (name, package) in packages() {
        text = text.replace(&format!("{{{{{name}}}}}"), package);
    }
    match text.lines().find(|line| line.contains("{{")) {
        Some(line) => Err(format!("README.md.in: no value for a name in: {line}").into()),
        None => Ok(text),
    }
}

/// Returns an error for a folder that has files, but no checksums of published files.
fn check_replaceable(folder: &Path) -> Result<(), Failure> {
    let is_empty = |mut entries: fs::ReadDir| entries.next().is_none();
    let is_free = fs::read_dir(folder).map_or(!folder.exists(), is_empty);
    if is_free || folder.join(SUMS).exists() {
        return Ok(());
    }
    let folder = folder.display();
    Err(format!("{folder}: contains other files, which would be deleted; name a new folder").into())
}

/// Replaces a published folder by a new one.
fn swap(draft: &Path, place: &Path) -> Result<(), Failure> {
    let old = beside(place, "old");
    remove(&old)?;
    if place.exists() {
        fs::rename(place, &old)?;
    }
    fs::rename(draft, place)?;
    remove(&old)
}

/// A hidden folder next to another one, so that renaming does not copy.
fn beside(folder: &Path, role: &str) -> PathBuf {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    folder.with_file_name(format!(".{name}.publish-{role}"))
}

/// The files of a folder and of the folders in it, sorted.
fn files(folder: &Path) -> Result<Vec<String>, Failure> {
    let mut files = Vec::new();
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry = entry?;
        if entry.file_type().is_file() {
            files.push(entry.path().strip_prefix(folder)?.to_string_lossy().into_owned());
        }
    }
    Ok(files)
}

/// Removes a folder, if there is one.
fn remove(folder: &Path) -> Result<(), Failure> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    Ok(())
}
