//! Each command tells what it does, and shows how.

use std::process::Command;

fn help(command: &[&str]) -> String {
    let output =
        Command::new(env!("CARGO_BIN_EXE_xtask")).args(command).arg("--help").output().unwrap();
    assert!(output.status.success(), "{command:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The names that a help lists.
fn commands(help: &str) -> Vec<String> {
    let list = help.split_once("Commands:\n").map_or("", |(_, rest)| rest);
    let lines = list.lines().take_while(|line| !line.is_empty());
    let names = lines.filter_map(|line| line.split_whitespace().next()).map(str::to_owned);
    names.filter(|name| name != "help").collect()
}

#[test]
fn every_command_has_a_help_with_an_example_and_stands_in_the_readme() {
    let readme = include_str!("../README.md");
    let mut open: Vec<Vec<String>> = vec![Vec::new()];
    let mut leaves = 0;
    while let Some(command) = open.pop() {
        let words: Vec<&str> = command.iter().map(String::as_str).collect();
        let help = help(&words);
        assert!(help.contains("\nExample: cargo xtask "), "{words:?} has no example:\n{help}");
        let below = commands(&help);
        if below.is_empty() {
            let row = format!("| `cargo xtask {}", words.join(" "));
            assert!(readme.contains(&row), "README.md does not tell of {words:?}");
            leaves += 1;
        }
        open.extend(below.into_iter().map(|name| [command.clone(), vec![name]].concat()));
    }
    let rows = readme.lines().filter(|line| line.starts_with("| `cargo xtask ")).count();
    assert_eq!(leaves, rows, "README.md tells of commands that are not there");
}
