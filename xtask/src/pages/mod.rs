//! `cargo xtask pages`: the vendor's documentation pages, and what they state.
//!
//! A page goes through `markdown` or `rst` into a `layout`, which is the same for both, from there
//! through `extract`, with `prose` for the descriptions, into `facts`.

mod check;
mod diff;
mod extract;
pub mod facts;
mod html;
mod layout;
mod locate;
mod markdown;
mod prose;
pub mod read;
mod rst;

use std::process::ExitCode;

pub use check::deviations;

use crate::ended;

/// A regular expression that is compiled once.
macro_rules! pattern {
    ($pattern:expr) => {{
        static PATTERN: std::sync::LazyLock<regex_lite::Regex> = std::sync::LazyLock::new(|| {
            regex_lite::Regex::new($pattern).expect("a regular expression of this program")
        });
        &*PATTERN
    }};
}
use pattern;

/// The vendor's documentation pages: read them, and compare with what they state
#[derive(clap::Subcommand)]
#[command(after_help = "Example: cargo xtask pages diff modify-group.2022-10.rst")]
pub enum Pages {
    Read(read::Read),
    Check(check::Check),
    Diff(diff::Diff),
}

impl Pages {
    pub fn run(&self) -> ExitCode {
        match self {
            Self::Read(read) => ended(read.run()),
            Self::Check(check) => ended(check.run()),
            Self::Diff(diff) => diff.run(),
        }
    }
}
