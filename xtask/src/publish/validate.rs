//! The published files against tools that are not written here.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::{DOCUMENTS, OPENAPI_31, REFERENCE, SCHEMAS, SUMS, TOOLS, beside, redocly, schemas};
use crate::document::Document;
use crate::tools::run_quietly;
use crate::{Failure, folder, lint, root};

/// Redoc lays blocks into headings and buttons, which browsers take and HTML does not.
const HTML_RULES: &str = r#"{
  "root": true,
  "extends": ["html-validate:standard"],
  "rules": { "element-permitted-content": "off" }
}"#;
/// The length of lines and the columns of a table's source are a matter of taste.
const MARKDOWN_RULES: &str = r#"{ "config": { "MD013": false, "MD060": false } }"#;

/// Of each file that is not valid: its name, the tool that says so, and what that says.
pub fn complaints(folder: &Path) -> Result<Vec<String>, Failure> {
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
    for file in folder::files(folder)? {
        if Path::new(&file).extension() == Some(OsStr::new("md")) {
            let mut markdown = tools.node("markdownlint-cli2");
            markdown.current_dir(folder).arg("--no-globs").arg("--config").arg(&rules);
            run("markdownlint", &file, markdown.arg(&file));
        }
    }
    let mut sums = Command::new("sha256sum");
    run("sha256sum", SUMS, sums.current_dir(folder).args(["--check", "--strict", SUMS]));

    Ok(complaints)
}

/// What the schemas have to take: the examples of the document.
fn cases(folder: &Path) -> Result<String, Failure> {
    let document = Document::load(&folder.join(OPENAPI_31))?;
    let cases = schemas::cases(&document.root);
    Ok(serde_json::to_string(&cases)?)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::publish::{DEREFERENCED, JSON, README, YAML, write};
    use crate::tools::Unreachable;

    /// Replaces a text that has to be in the file.
    fn tear(file: &Path, from: &str, to: &str) {
        let text = fs::read_to_string(file).unwrap();
        assert!(text.contains(from), "{from} is not in {}", file.display());
        fs::write(file, text.replacen(from, to, 1)).unwrap();
    }

    /// As the tests of the command do it, by the same variable.
    fn skipped(reason: &str) {
        let is_required =
            std::env::var("OTC_AUTOSCALING_CHROMIUM").is_ok_and(|value| value == "required");
        assert!(!is_required, "{reason}");
        let _ = writeln!(std::io::stderr(), "skipped: {reason}");
    }

    #[test]
    fn every_tool_complains_of_a_torn_file() {
        let document = Document::load(&root().join("xtask/tests/publish/library.yaml")).unwrap();
        let folder = root().join("target").join("tmp").join("torn");
        for program in ["node", "npm", "python3"] {
            if Command::new(program).arg("--version").output().is_err() {
                return skipped(&format!("there is no {program}; install it first"));
            }
        }
        match write(&document, &folder) {
            Err(failure) if failure.is::<Unreachable>() => return skipped(&failure.to_string()),
            outcome => outcome.unwrap(),
        }
        assert_eq!(complaints(&folder).unwrap(), [""; 0]);
        // The sums stay whole, and tell of the others.
        let tears = [
            (YAML, "  title: Town Library\n", "", "openapi-spec-validator"),
            (JSON, r#""description": "It stands there now.","#, "", "openapi-spec-validator"),
            (DEREFERENCED, r#""in": "path""#, r#""in": "road""#, "openapi-spec-validator"),
            (OPENAPI_31, r#""type": "string""#, r#""type": "text""#, "openapi-spec-validator"),
            (OPENAPI_31, r#""summary": "Place a book","#, "", "Redocly CLI"),
            ("schemas/Shelf.json", r#""type": "string""#, r#""type": "text""#, "Ajv"),
            ("schemas/Book.json", r#""minLength": 1"#, r#""minLength": "one""#, "jsonschema"),
            (REFERENCE, r#"<div id="redoc">"#, r#"<div id="redoc" id="redoc">"#, "html-validate"),
            (README, "## Operations", "#### Operations", "markdownlint"),
            (SUMS, "  README.md", "  README.md", "sha256sum"),
        ];
        for (file, from, to, _) in tears {
            tear(&folder.join(file), from, to);
        }
        let complaint = complaints(&folder).unwrap().join("\n\n");
        for (file, _, _, tool) in tears {
            let file = file.split('/').next().unwrap();
            let start = format!("{file}: not valid for {tool}: ");
            assert!(complaint.contains(&start), "{start}is not in\n{complaint}");
        }
        for torn in ["Shelf.json: ", "Book.json: ", "README.md: FAILED"] {
            assert!(complaint.contains(torn), "{torn} is not in\n{complaint}");
        }
    }
}
