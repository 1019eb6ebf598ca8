//! Programs written elsewhere, at pinned versions, installed under `target/`.

use std::fmt;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{Failure, root};

/// Packages of npm and of Python that live together in a folder of their own.
pub struct Tools {
    /// Names the folder, under `target/`.
    pub name: &'static str,
    /// As npm takes them: `name@version`.
    pub node: &'static [&'static str],
    /// As pip takes them: `name==version`.
    pub python: &'static [&'static str],
}

/// A registry that did not answer: no word on what was to be installed from it.
#[derive(Clone, Debug)]
pub struct Unreachable {
    pub registry: &'static str,
    pub reason: String,
}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} can't be reached: {}", self.registry, self.reason)
    }
}

impl std::error::Error for Unreachable {}

/// What the pinned packages of npm pull in is no newer, so that a file made by them stays the same.
/// To be raised with the pins.
const UNTIL: &str = "2026-11-22";

/// The folder in which the packages are installed.
pub struct Installed {
    folder: PathBuf,
}

impl Installed {
    /// A program that an npm package brings.
    pub fn node(&self, program: &str) -> Command {
        Command::new(self.folder.join("node_modules/.bin").join(program))
    }

    /// A program of the Python environment.
    pub fn python(&self, program: &str) -> Command {
        Command::new(self.folder.join("venv/bin").join(program))
    }

    /// A file of ours beside the packages, from where a script can import them.
    pub fn lay(&self, name: &str, text: &str) -> Result<PathBuf, Failure> {
        let file = self.folder.join(name);
        // Renamed into place: another process may be about to read it.
        let draft = self.folder.join(format!("{name}.{}", std::process::id()));
        fs::write(&draft, text)?;
        fs::rename(&draft, &file)?;
        Ok(file)
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Tools {
    /// Installs the packages, unless these versions are there.
    pub fn install(&self) -> Result<Installed, Failure> {
        let folder = root().join("target").join(self.name);
        let wanted = [self.node, self.python, &[UNTIL]].concat().join(" ");
        let mark = folder.join("installed");
        let _alone = alone(&folder)?;
        if fs::read_to_string(&mark).is_ok_and(|versions| versions == wanted) {
            self.see_that_they_run(&folder)?;
            return Ok(Installed { folder });
        }
        // What is there is neither these versions nor, when this ends early, those.
        remove_if_there(&mark)?;
        if !self.python.is_empty() {
            let venv = folder.join("venv");
            run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv))?;
            fetch(
                "PyPI",
                Command::new(venv.join("bin/pip"))
                    .args(["install", "--quiet", "--disable-pip-version-check"])
                    .args(self.python),
            )?;
        }
        if !self.node.is_empty() {
            fetch(
                "npm's registry",
                Command::new("npm")
                    .args(["install", "--no-audit", "--no-fund", "--loglevel=error"])
                    .args(["--before", UNTIL, "--prefix"])
                    .arg(&folder)
                    .args(self.node),
            )?;
        }
        self.see_that_they_run(&folder)?;
        fs::write(mark, wanted)?;
        Ok(Installed { folder })
    }

    /// Packages without what runs them would complain in place of doing their work.
    fn see_that_they_run(&self, folder: &Path) -> Result<(), Failure> {
        if !self.node.is_empty() {
            run_quietly(Command::new("node").arg("--version"))?;
        }
        if !self.python.is_empty() {
            run_quietly(Command::new(folder.join("venv/bin/python")).arg("--version"))?;
        }
        Ok(())
    }
}

/// One process works in a folder, and others wait for it, until this is dropped.
pub fn alone(folder: &Path) -> Result<File, Failure> {
    fs::create_dir_all(folder)?;
    let lock = File::create(folder.join("lock"))?;
    lock.lock()?;
    Ok(lock)
}

fn remove_if_there(file: &Path) -> Result<(), Failure> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// Runs a command whose output is for the reader.
pub fn run(command: &mut Command) -> Result<(), Failure> {
    let name = name(command);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{name}: {status}").into()),
        Err(error) => Err(missing(&name, &error)),
    }
}

/// Runs a command whose output matters only when it fails.
pub fn run_quietly(command: &mut Command) -> Result<(), Failure> {
    let name = name(command);
    let output = command.output().map_err(|error| missing(&name, &error))?;
    if output.status.success() {
        return Ok(());
    }
    let [out, err] = [output.stdout, output.stderr].map(|text| {
        let text = String::from_utf8_lossy(&text);
        text.trim().to_owned()
    });
    Err(format!("{name}: {}\n{out}\n{err}", output.status).trim_end().into())
}

/// Runs a command that installs from a registry, and tells an unreachable one from a failure.
fn fetch(registry: &'static str, command: &mut Command) -> Result<(), Failure> {
    let name = name(command);
    let output =
        command.stdout(Stdio::inherit()).output().map_err(|error| missing(&name, &error))?;
    if output.status.success() {
        return Ok(());
    }
    let complaint = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    match complaint.lines().find(|line| NO_CONNECTION.iter().any(|sign| line.contains(sign))) {
        Some(line) => Err(Unreachable { registry, reason: line.trim().to_owned() }.into()),
        None => Err(format!("{name}: {}\n{complaint}", output.status).into()),
    }
}

/// How npm and pip word that nobody answered.
const NO_CONNECTION: [&str; 9] = [
    "ECONNREFUSED",
    "ECONNRESET",
    "EAI_AGAIN",
    "ENETUNREACH",
    "ENOTFOUND",
    "ETIMEDOUT",
    "Connection refused",
    "Failed to establish a new connection",
    "Read timed out",
];

fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

fn missing(name: &str, error: &std::io::Error) -> Failure {
    format!("{name} can't be run: {error}; install it first").into()
}
