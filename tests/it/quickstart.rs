//! The output of the examples.

use std::env;
use std::process::{Command, Output};

fn quickstart(arguments: &[&str]) -> Output {
    example("quickstart", arguments)
}

/// Runs an example with cargo, which builds it if necessary.
fn example(name: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command.args(["run", "--quiet", "--example", name]);
    // The same features as this test, so that the crate is not rebuilt.
    command.arg("--all-features");
    for (variable, _) in env::vars_os() {
        if variable.to_string_lossy().starts_with("OS_") {
            command.env_remove(variable);
        }
    }
    command.arg("--").args(arguments).output().unwrap()
}

fn error_of(arguments: &[&str]) -> String {
    let output = quickstart(arguments);
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap().lines().next().unwrap_or_default().to_owned()
}

#[test]
fn quickstart_prints_its_steps() {
    let output = quickstart(&[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    insta::assert_snapshot!(text.replace(env!("CARGO_PKG_VERSION"), "[version]"));
}

#[test]
fn uncertain_modification_is_checked() {
    let output = example("settle", &[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
}

#[test]
fn missing_arguments_of_live_are_named() {
    assert_eq!(error_of(&["--live"]), "--live requires --group ID and --policy ID");
    assert_eq!(error_of(&["--live", "--group", "g"]), "--live requires --policy ID");
    assert_eq!(
        error_of(&["--live", "--group", "g", "--policy", "p"]),
        "--live: OS_TOKEN: no credentials found: set OS_TOKEN, or OS_ACCESS_KEY and OS_SECRET_KEY, or OS_AUTH_URL with OS_USERNAME and OS_PASSWORD or with an application credential, or OS_CLOUD to use a clouds.yaml"
    );
    assert_eq!(error_of(&["--group"]), "--group requires an ID");
    assert_eq!(error_of(&["--dead"]), "unknown argument --dead");
}
