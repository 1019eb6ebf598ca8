//! `cargo xtask publish`: the document in all forms that other languages take, in one folder.

mod readme;
mod schemas;
mod validate;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

use crate::document::Document;
use crate::interop::{language, limitations};
use crate::tools::{Installed, Tools, alone, run_quietly};
use crate::{Failure, folder, lint, root};

/// Redocly CLI and openapi-spec-validator are those of `cargo xtask lint`.
const TOOLS: Tools = Tools {
    name: "publish-tools",
    node: &[
        "@scalar/openapi-upgrader@0.4.9",
        // Version 3 has telemetry in it, fetches a logo and shows one part at a time. What follows are
        // the libraries that it wants beside it, React and styled-components as in its bundle.
        "redoc@2.5.4",
        "core-js@3.51.0",
        "mobx@6.16.1",
        "react@18.3.1",
        "react-dom@18.3.1",
        "styled-components@5.3.11",
        "ajv@8.20.0",
        "ajv-formats@3.0.1",
        "html-validate@10.9.0",
        "markdownlint-cli2@0.20.0",
    ],
    python: &["jsonschema[format-nongpl]==4.26.0"],
};

const YAML: &str = "autoscaling.yaml";
pub const JSON: &str = "autoscaling.json";
const DEREFERENCED: &str = "autoscaling.dereferenced.json";
const OPENAPI_31: &str = "autoscaling-3.1.json";
const DOCUMENTS: [&str; 4] = [YAML, JSON, DEREFERENCED, OPENAPI_31];
const CONVENTIONS: &str = "autoscaling.md";
const REFERENCE: &str = "reference.html";
const LIMITATIONS: &str = "clients.md";
const CLIENTS: &str = "clients";
const SCHEMAS: &str = "schemas";
const README: &str = "README.md";
const LICENCE: &str = "LICENSE-MIT";
const SUMS: &str = "SHA256SUMS";

/// Write what is published: the document in its forms, an HTML reference, JSON Schemas, checksums
///
/// The folder is made anew: it is written and validated beside its place, by tools that are not
/// written here, and then put there; when something fails, what was there stays. The tools (Node 20,
/// Python) are installed under target/ when they are not there yet, at pinned versions.
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
        spare(&place)?;
        let draft = beside(&place, "draft");
        let outcome = write(&document, &draft)
            .and_then(|()| validate::complaints(&draft))
            .and_then(|complaints| match complaints.as_slice() {
                [] => swap(&draft, &place),
                complaints => Err(mend(&document, &complaints.join("\n\n"))),
            });
        if outcome.is_err() {
            folder::remove(&draft)?;
        }
        outcome?;
        println!("{}", place.display());
        Ok(())
    }
}

/// Writes the files into the folder, in place of what was in it, without a look at whether they are
/// valid.
pub fn write(document: &Document, folder: &Path) -> Result<(), Failure> {
    let tools = TOOLS.install()?;
    folder::remove(folder)?;
    fs::create_dir_all(folder.join(SCHEMAS)).map_err(|error| {
        format!("{}: {error}; name another folder with --output", folder.display())
    })?;
    let openapi = root().join("openapi");
    fs::copy(root().join(&document.file), folder.join(YAML))?;
    fs::copy(openapi.join("README.md"), folder.join(CONVENTIONS))?;
    fs::copy(root().join(LICENCE), folder.join(LICENCE))?;
    fs::write(folder.join(JSON), document.to_json()?)?;
    fs::copy(root().join(limitations::FILE), folder.join(LIMITATIONS))?;
    fs::create_dir(folder.join(CLIENTS))?;
    for (language, settings) in language::settings() {
        fs::copy(settings, folder.join(CLIENTS).join(language).with_extension("yaml"))?;
    }

    let mut dereferencing = redocly(&lint::VALIDATORS.install()?);
    dereferencing.args(["bundle", "--dereferenced", "--output"]).arg(folder.join(DEREFERENCED));
    run_quietly(dereferencing.arg(folder.join(JSON)))
        .map_err(|complaint| mend(document, &format!("{DEREFERENCED}: {complaint}")))?;
    let rendering = tools.lay("openapi31.mjs", include_str!("../../scripts/openapi31.mjs"))?;
    convert(document, &rendering, folder, OPENAPI_31)?;
    let reference = tools.lay("reference.mjs", include_str!("../../scripts/reference.mjs"))?;
    convert(document, &reference, folder, REFERENCE)?;
    let rendered = Document::load(&folder.join(OPENAPI_31))?;
    for (file, schema) in schemas::files(&rendered.root) {
        let mut text = serde_json::to_string_pretty(&schema)?;
        text.push('\n');
        fs::write(folder.join(SCHEMAS).join(file), text)?;
    }
    fs::write(folder.join(README), readme::text(document, &rendered)?)?;
    fs::write(folder.join(SUMS), sums(folder)?)?;
    Ok(())
}

/// A complaint of what is made of the document.
fn mend(document: &Document, complaint: &str) -> Failure {
    let file = document.file.display();
    format!("{complaint}\nmend {file}, and run: cargo xtask publish").into()
}

/// Runs a script that makes a file out of the document as JSON.
fn convert(document: &Document, script: &Path, folder: &Path, file: &str) -> Result<(), Failure> {
    let mut node = Command::new("node");
    node.arg(script).arg(folder.join(JSON)).arg(folder.join(file));
    run_quietly(&mut node).map_err(|complaint| mend(document, &format!("{file}: {complaint}")))
}

fn redocly(linters: &Installed) -> Command {
    let mut redocly = linters.node("redocly");
    redocly.env("REDOCLY_TELEMETRY", "off").env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
    redocly
}

/// As `sha256sum` writes and reads it.
fn sums(folder: &Path) -> Result<String, Failure> {
    let mut sums = String::new();
    for file in folder::files(folder)? {
        for byte in Sha256::digest(fs::read(folder.join(&file))?) {
            write!(sums, "{byte:02x}")?;
        }
        writeln!(sums, "  {file}")?;
    }
    Ok(sums)
}

/// The folder is to be replaced: it has to be one that was published before.
fn spare(folder: &Path) -> Result<(), Failure> {
    let is_ours = folder.join(SUMS).exists();
    let is_free = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(_) => !folder.exists(),
    };
    if is_ours || is_free {
        return Ok(());
    }
    let folder = folder.display();
    Err(format!("{folder}: holds other files, which would be lost; name a new folder").into())
}

/// The old folder gives way only to a whole new one.
fn swap(draft: &Path, place: &Path) -> Result<(), Failure> {
    let old = beside(place, "old");
    if place.exists() {
        folder::remove(&old)?;
        fs::rename(place, &old)?;
    }
    fs::rename(draft, place)?;
    folder::remove(&old)
}

/// A place for a folder that is no one else's, from where a rename is no copy.
fn beside(folder: &Path, role: &str) -> PathBuf {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    folder.with_file_name(format!(".{name}.publish-{role}"))
}
