//! The published files against tools that are not written here.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::{DOCUMENTS, OPENAPI_31, REFERENCE, SCHEMAS, SUMS, TOOLS, beside, redocly, schemas};
use crate::document::Document;
use crate::tools::run_quietly;
use crate::{Failure, lint, root};

/// Redoc lays blocks into headings and buttons, which browsers take and HTML does not.
const HTML_RULES: &str = r#"{
  "root": true,
  "extends": ["html-validate:standard"],
  "rules": { "element-permitted-content": "off" }
}"#;
/// The length of lines and the columns of a table's source are a matter of taste.
const MARKDOWN_RULES: &str = r#"{ "config": { "MD013": false, "MD060": false } }"#;

/// The failure names each file that is not valid, the tool that says so, and its complaint.
pub fn validate(folder: &Path) -> Result<(), Failure> {
    let linters = lint::VALIDATORS.install()?;
    let tools = TOOLS.install()?;
    let mut complaints = Vec::new();
    let mut run = |tool: &str, file: &str, command: &mut Command| match run_quietly(command) {
        Ok(()) => println!("{file}: valid for {tool}"),
        Err(complaint) => complaints.push(format!("{file}: not valid for {tool}: {complaint}")),
    };

    for file in DOCUMENTS {
        let mut validator = linters.python("openapi-spec-validator");
        run("openapi-spec-validator", file, validator.arg(folder.join(file)));
    }
    let settings = root().join("openapi").join("redocly.yaml");
    let mut linter = redocly(&linters);
    linter.arg("lint").arg("--config").arg(settings).arg(folder.join(OPENAPI_31));
    run("Redocly CLI", OPENAPI_31, &mut linter);

    let cases = beside(folder, "cases");
    fs::write(&cases, self::cases(folder)?)?;
    let mut ajv = Command::new("node");
    ajv.arg(tools.lay("validate.mjs", include_str!("../../scripts/validate.mjs"))?);
    let mut jsonschema = tools.python("python");
    jsonschema.arg(tools.lay("validate.py", include_str!("../../scripts/validate.py"))?);
    for (tool, mut command) in [("Ajv", ajv), ("jsonschema", jsonschema)] {
        run(tool, SCHEMAS, command.arg(folder.join(SCHEMAS)).arg(&cases));
    }
    fs::remove_file(&cases)?;

    let mut html = tools.node("html-validate");
    html.arg("--config").arg(tools.lay("html-validate.json", HTML_RULES)?);
    run("html-validate", REFERENCE, html.arg(folder.join(REFERENCE)));
    let rules = tools.lay("rules.markdownlint-cli2.jsonc", MARKDOWN_RULES)?;
    for file in super::files(folder)? {
        if Path::new(&file).extension() == Some(OsStr::new("md")) {
            let mut markdown = tools.node("markdownlint-cli2");
            markdown.current_dir(folder).arg("--no-globs").arg("--config").arg(&rules);
            run("markdownlint", &file, markdown.arg(&file));
        }
    }
    let mut sums = Command::new("sha256sum");
    run("sha256sum", SUMS, sums.current_dir(folder).args(["--check", "--strict", SUMS]));

    if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\n\n").into()) }
}

/// What the schemas have to take: the examples of the document.
fn cases(folder: &Path) -> Result<String, Failure> {
    let document = Document::load(&folder.join(OPENAPI_31))?;
    let cases = schemas::cases(&document.root);
    Ok(serde_json::to_string(&cases)?)
}
