//! The quickstart prints what the README promises: each request as sent, each reply readably.

use std::path::PathBuf;
use std::process::{Command, Output};

/// Runs the example, which `cargo test` has built beside this test.
fn quickstart(arguments: &[&str]) -> Output {
    let mut path: PathBuf = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    let binary = path.join("examples").join("quickstart");
    let mut command = Command::new(&binary);
    for variable in ["OS_TOKEN", "OS_PROJECT_ID", "OTC_REGION"] {
        command.env_remove(variable);
    }
    let output = command.args(arguments).output();
    output.unwrap_or_else(|error| panic!("{}: {error}", binary.display()))
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
fn what_live_lacks_is_named() {
    assert_eq!(refusal(&["--live"]), "--live needs --group ID and --policy ID");
    assert_eq!(refusal(&["--live", "--group", "g"]), "--live needs --policy ID");
    assert_eq!(
        refusal(&["--live", "--group", "g", "--policy", "p"]),
        "--live needs OS_TOKEN, OS_PROJECT_ID, OTC_REGION: not set"
    );
    assert_eq!(refusal(&["--dead"]), "--dead is no argument of this");
}
