//! The quickstart prints what the README promises: each request as sent, each reply readably.

use std::env;
use std::process::{Command, Output};

/// Runs the example, which cargo builds beside the tests.
fn quickstart(arguments: &[&str]) -> Output {
    let tests = env::current_exe().unwrap();
    let example = tests.ancestors().nth(2).unwrap().join("examples/quickstart");
    let mut command = Command::new(example);
    for (variable, _) in env::vars_os() {
        if variable.to_string_lossy().starts_with("OS_") {
            command.env_remove(variable);
        }
    }
    command.args(arguments).output().expect("cargo build --examples --all-features builds it")
}

fn refusal(arguments: &[&str]) -> String {
    let output = quickstart(arguments);
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap().lines().next().unwrap_or_default().to_owned()
}

#[test]
fn the_four_calls_are_printed() {
    let output = quickstart(&[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let stable = text.lines().map(|line| match line.split_once("127.0.0.1:") {
        Some((before, _)) => format!("{before}[address]"),
        None => line.replace(env!("CARGO_PKG_VERSION"), "[version]"),
    });
    insta::assert_snapshot!(stable.collect::<Vec<_>>().join("\n"));
}

#[test]
fn missing_arguments_of_live_are_named() {
    assert_eq!(refusal(&["--live"]), "--live needs --group ID and --policy ID");
    assert_eq!(refusal(&["--live", "--group", "g"]), "--live needs --policy ID");
    assert_eq!(
        refusal(&["--live", "--group", "g", "--policy", "p"]),
        "--live: OS_AUTH_TYPE: is required, and none of OS_TOKEN, OS_ACCESS_KEY, OS_PASSWORD, \
         OS_APPLICATION_CREDENTIAL_SECRET is given, and OS_CLOUD names no cloud of a clouds.yaml"
    );
    assert_eq!(refusal(&["--group"]), "--group needs an ID");
    assert_eq!(refusal(&["--dead"]), "--dead is no argument of this");
}
