//! `cargo xtask interop`: clients that others generate from the document, held against it.

mod cases;
mod compare;
mod front;
pub mod language;
pub mod limitations;
mod prism;
mod report;
mod schema;
mod step;

use std::fs;
use std::path::PathBuf;

use cases::{Case, ERROR_REPLY, UNKNOWN_FIELD, UNKNOWN_VALUE};
use front::Front;
use language::Language;
use limitations::{Limitations, Verdict};
use prism::Prism;
use report::Report;

use crate::document::Document;
use crate::node::Node;
use crate::publish;
use crate::tools::{Unreachable, alone};
use crate::{Failure, root};

/// Any text will do for Prism.
const TOKEN: &str = "a-token";

/// Generate clients in other languages and make the four calls with each
///
/// From the published document it generates clients in TypeScript, Python, Go and Java, checks each
/// strictly, and has each of them, and the Rust client, make every call against Prism, which serves
/// the same document. What a client sends and reads is compared with the documented examples, field
/// by field; error replies too. What a client is known not to do stands in
/// xtask/interop/limitations.md: anything else is a failure, and so is a row that holds no more.
/// Tools are installed, and clients made, under target/interop.
#[derive(clap::Args)]
#[command(after_help = "Example: cargo xtask publish && cargo xtask interop Python Go")]
pub struct Interop {
    /// The languages, in place of all
    languages: Vec<String>,
    /// Fail where a registry can't be reached or a toolchain is missing, in place of saying so
    #[arg(long)]
    required: bool,
}

impl Interop {
    pub fn run(&self) -> Result<(), Failure> {
        let languages = self.languages()?;
        let file = published()?;
        let document = Document::load(&file)?;
        let bench = Bench {
            cases: cases::all(&document)?,
            limitations: Limitations::load()?,
            token_header: token_header(&document)?,
            file,
        };
        let _alone = alone(&root().join("target").join("interop"))?;
        // Without Prism nothing can be tried, in any language.
        let prism = match Prism::start(&bench.file) {
            Ok(prism) => Ok(prism),
            Err(failure) => Err(*failure.downcast::<Unreachable>()?),
        };
        let mut report = Report::new(columns(&document));
        for language in languages {
            println!("== {}", language.name);
            let outcome = match &prism {
                Ok(prism) => bench.hold(language, prism),
                Err(unreachable) => Err(unreachable.clone().into()),
            };
            report.add(language.name, outcome);
        }
        println!("\n{report}");
        report.outcome(self.required)
    }

    fn languages(&self) -> Result<Vec<&'static Language>, Failure> {
        if self.languages.is_empty() {
            return Ok(language::ALL.iter().collect());
        }
        let find = |name: &String| {
            let found = language::ALL.iter().find(|known| known.name.eq_ignore_ascii_case(name));
            found.ok_or_else(|| {
                let known = language::ALL.iter().map(|known| known.name).collect::<Vec<_>>();
                format!("{name} is not among the languages: {}", known.join(", ")).into()
            })
        };
        self.languages.iter().map(find).collect()
    }
}

/// What every client is held against.
struct Bench {
    file: PathBuf,
    cases: Vec<Case>,
    limitations: Limitations,
    token_header: String,
}

impl Bench {
    /// Makes the client of a language and all calls with it.
    fn hold(&self, language: &Language, prism: &Prism) -> Result<Vec<Verdict>, Failure> {
        let client = language.client(&self.file, &self.cases)?;
        let front = Front::start(&prism.address, &self.token_header)?;
        let mut calls = Vec::new();
        for case in &self.cases {
            let call = || client.call(case, &front.address(), TOKEN);
            let (outcome, received) = front.during(&case.reply, call);
            let outcome = outcome.map_err(|failure| failure.to_string());
            calls.push((case, compare::judge(case, TOKEN, &received, &outcome)));
        }
        Ok(self.limitations.judge(language.name, &calls))
    }
}

/// The file that others generate from, by its absolute path; it has to be of the present document.
fn published() -> Result<PathBuf, Failure> {
    let ours = Document::ours()?;
    let file = root().join("target").join("publish").join(publish::JSON);
    match fs::read_to_string(&file) {
        Ok(json) if json == ours.to_json()? => Ok(file),
        Ok(_) => Err(format!(
            "{}: not of the present {}; run: cargo xtask publish",
            file.display(),
            ours.file.display()
        )
        .into()),
        Err(error) => Err(format!("{}: {error}; run: cargo xtask publish", file.display()).into()),
    }
}

/// The operations, and what else is tried.
fn columns(document: &Document) -> Vec<String> {
    let operations = document.operations().map(|operation| operation.id);
    operations.chain([ERROR_REPLY, UNKNOWN_VALUE, UNKNOWN_FIELD]).map(str::to_owned).collect()
}

/// The name of the header in which the document wants the token.
fn token_header(document: &Document) -> Result<String, Failure> {
    let schemes = "/components/securitySchemes";
    let mut schemes = document.root.pointer(schemes).into_iter().flat_map(Node::members);
    let name = schemes.find_map(|(_, scheme)| scheme.text("name"));
    name.map(str::to_owned).ok_or_else(|| {
        let place = document.place("/components/securitySchemes");
        format!("{place}: no scheme names a header for the token").into()
    })
}
