//! The maintainer's commands: `cargo xtask help` lists them. One file per command.

#![forbid(unsafe_code)]
#![warn(clippy::pedantic)]

mod compat;
mod document;
mod generate;
mod lint;
mod node;
mod pages;
mod publish;
mod tools;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;

/// Why a command failed, and what mends it.
type Failure = Box<dyn std::error::Error>;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The maintainer's commands")]
enum Command {
    Generate(generate::Generate),
    Compat(compat::Compat),
    Lint(lint::Lint),
    #[command(subcommand)]
    Pages(pages::Pages),
    Publish(publish::Publish),
}

fn main() -> ExitCode {
    let outcome = match Command::parse() {
        Command::Generate(generate) => generate.run(),
        // It tells what is missing from what can't be read.
        Command::Compat(compat) => return compat.run(),
        Command::Lint(lint) => lint.run(),
        Command::Pages(pages) => pages.run(),
        Command::Publish(publish) => publish.run(),
    };
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
