//! The snapshot of the generated API, which `tests/generated.rs` compares by means of insta.
//!
//! The code is the one that the build script has written: cargo says where. To run the build's own
//! steps in here would have the generator built a second time, and to run the test that compares
//! the snapshot would have all that tests need built first.

use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs};

use serde_json::Value;

use crate::Failure;

pub const SNAPSHOT: &str = "tests/snapshots/generated.snap";
/// What insta writes before the text.
const HEADER: &str = "---\nsource: tests/generated.rs\n---\n";

pub fn snapshot(root: &Path) -> Result<String, Failure> {
    let package = output(root, &["pkgid"])?;
    let messages = output(root, &["check", "--lib", "--message-format=json-render-diagnostics"])?;
    let folder = out_dir(&messages, package.trim()).ok_or(
        "openapi/autoscaling.yaml: no code was generated from it; mend what cargo says above, and \
         run: cargo xtask generate",
    )?;
    let file = Path::new(&folder).join("generated.rs");
    let code = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(format!("{HEADER}{code}"))
}

/// The output of cargo. Whether it succeeds does not matter: where hand-written code does not fit
/// the generated code any more, the snapshot shows why.
fn output(root: &Path, arguments: &[&str]) -> Result<String, Failure> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(arguments).current_dir(root).stderr(Stdio::inherit());
    let output = command.output().map_err(|error| format!("cargo can't be run: {error}"))?;
    Ok(String::from_utf8(output.stdout)?)
}

/// The folder that a package's build script wrote to.
fn out_dir(messages: &str, package: &str) -> Option<String> {
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut scripts = messages.filter(|message| {
        message["reason"] == "build-script-executed" && message["package_id"] == package
    });
    Some(scripts.next()?["out_dir"].as_str()?.to_owned())
}
