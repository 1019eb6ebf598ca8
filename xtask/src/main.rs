//! Maintenance commands, one file per command. `cargo xtask help` lists them.

#![forbid(unsafe_code)]
#![warn(clippy::pedantic)]

mod compat;
mod document;
mod generate;
mod interop;
mod lint;
mod node;
mod pages;
mod publish;
mod tools;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;

/// The error of a command, with the fix.
type Failure = Box<dyn std::error::Error>;

#[derive(Parser)]
#[command(
    bin_name = "cargo xtask",
    about = "Maintenance commands; see CONTRIBUTING.md for when to use them",
    after_help = "Example: cargo xtask pages check"
)]
enum Command {
    Compat(compat::Compat),
    Generate(generate::Generate),
    Interop(interop::Interop),
    Lint(lint::Lint),
    #[command(subcommand)]
    Pages(pages::Pages),
    Publish(publish::Publish),
}

fn main() -> ExitCode {
    // Don't panic when the reader of the output, such as `head`, closes it.
    sigpipe::reset();
    match Command::parse() {
        Command::Compat(compat) => compat.run(),
        Command::Generate(generate) => ended(generate.run()),
        Command::Interop(interop) => ended(interop.run()),
        Command::Lint(lint) => ended(lint.run()),
        Command::Pages(pages) => pages.run(),
        Command::Publish(publish) => ended(publish.run()),
    }
}

/// The exit code of a command that succeeds or fails. Commands that compare have others.
fn ended(outcome: Result<(), Failure>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// The folder of the project.
fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn every_command_has_an_example_and_is_in_the_readme() {
        let readme = include_str!("../README.md");
        let mut open = vec![("cargo".to_owned(), super::Command::command().name("xtask"))];
        while let Some((above, mut command)) = open.pop() {
            let help = command.render_long_help().to_string();
            let name = format!("{above} {}", command.get_name());
            assert!(help.contains("\nExample: cargo xtask "), "{name}: {help}");
            assert!(readme.contains(&name), "README.md does not name {name}");
            let below = command.get_subcommands().filter(|it| it.get_name() != "help");
            open.extend(below.map(|it| (name.clone(), it.clone())));
        }
    }
}
