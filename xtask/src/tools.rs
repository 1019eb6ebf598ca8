//! Programs written elsewhere, at pinned versions, installed under `target/`.

use std::fmt;
use std::fs::{self, File};
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

/// The file in a folder that tells what is installed there.
const MARK: &str = "installed";
const PYTHON: &str = "venv/bin/python";

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
        let _alone = alone(&folder)?;
        if !self.are_in(&folder) {
            self.fetch_into(&folder)?;
        }
        if !self.node.is_empty() {
            // Without it, each program would fail as if it complained.
            run_quietly(Command::new("node").arg("--version"))?;
        }
        Ok(Installed { folder })
    }

    /// What the mark of a folder says when all is there. A Python environment is bound to its place.
    fn mark(&self, folder: &Path) -> String {
        let versions = [self.node, self.python, &[UNTIL]].concat().join(" ");
        format!("{}: {versions}", folder.display())
    }

    fn are_in(&self, folder: &Path) -> bool {
        let is_marked =
            fs::read_to_string(folder.join(MARK)).is_ok_and(|mark| mark == self.mark(folder));
        let has_node = self.node.is_empty() || folder.join("node_modules").is_dir();
        // The Python that an environment was made of may be gone.
        let mut python = Command::new(folder.join(PYTHON));
        let has_python = self.python.is_empty() || run_quietly(python.arg("--version")).is_ok();
        is_marked && has_node && has_python
    }

    fn fetch_into(&self, folder: &Path) -> Result<(), Failure> {
        // What is there is neither the old versions nor, when this ends early, the new ones.
        fs::write(folder.join(MARK), "")?;
        if !self.python.is_empty() {
            let venv = folder.join("venv");
            run_quietly(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv))?;
            fetch(
                "PyPI",
                Command::new(folder.join(PYTHON))
                    .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
                    .args(self.python),
            )?;
        }
        if !self.node.is_empty() {
            fetch(
                "npm's registry",
                Command::new("npm")
                    .args(["install", "--no-audit", "--no-fund", "--loglevel=error"])
                    .args(["--before", UNTIL, "--prefix"])
                    .arg(folder)
                    .args(self.node),
            )?;
        }
        fs::write(folder.join(MARK), self.mark(folder))?;
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

/// Whether a command succeeds whose output is for the reader.
pub fn succeeds(command: &mut Command) -> Result<bool, Failure> {
    let status = command.status().map_err(|error| missing(&name(command), &error))?;
    Ok(status.success())
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
    match no_connection(&complaint) {
        Some(reason) => Err(Unreachable { registry, reason }.into()),
        None => Err(format!("{name}: {}\n{complaint}", output.status).into()),
    }
}

/// What a complaint says of a connection that did not come about.
fn no_connection(complaint: &str) -> Option<String> {
    complaint.lines().find_map(|line| {
        let start = NO_CONNECTION.iter().filter_map(|sign| line.find(sign)).min()?;
        // pip has it within quotes, among its own objects.
        Some(line.get(start..)?.split('\'').next()?.trim().to_owned())
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_connection_is_told_from_other_complaints() {
        let pip = "WARNING: Retrying (Retry(total=4)) after connection broken by \
                   'NewConnectionError('<object at 0x7f>: Failed to establish a new connection: \
                   [Errno 111] Connection refused')': /simple/one/\nERROR: No matching distribution";
        let npm = "npm error code ECONNREFUSED\nnpm error syscall connect";
        let reason = |complaint| no_connection(complaint).unwrap();
        let expected = "Failed to establish a new connection: [Errno 111] Connection refused";
        assert_eq!(reason(pip), expected);
        assert_eq!(reason(npm), "ECONNREFUSED");
        assert_eq!(no_connection("npm error code E404\nnpm error 404 Not Found"), None);
    }

    #[test]
    fn packages_that_are_gone_in_whole_or_in_part_are_not_there() {
        let folder = root().join("target").join("tmp").join("without-python");
        fs::create_dir_all(&folder).unwrap();
        let with = |node, python| Tools { name: "none", node, python };
        let (nothing, node, python) =
            (with(&[], &[]), with(&["one@1"], &[]), with(&[], &["two==2"]));
        for (tools, are_there) in [(nothing, true), (node, false), (python, false)] {
            fs::write(folder.join(MARK), "").unwrap();
            assert!(!tools.are_in(&folder));
            fs::write(folder.join(MARK), tools.mark(&folder)).unwrap();
            assert_eq!(tools.are_in(&folder), are_there);
        }
    }
}
