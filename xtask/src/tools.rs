//! Third-party tools at pinned versions, installed under `target/`.

use std::fmt;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;

use crate::{Failure, root};

/// Packages of npm and of Python that are installed together in a folder of their own.
pub struct Tools {
    /// The name of the folder under `target/`.
    pub name: &'static str,
    /// The packages of npm, as `name@version`.
    pub node: &'static [&'static str],
    /// The packages of Python, as `name==version`.
    pub python: &'static [&'static str],
}

/// An unreachable registry, as opposed to a tool that failed.
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

/// The latest date of the packages that the pinned npm packages depend on, so that generated files stay the same.
/// Update it together with the pinned versions.
const UNTIL: &str = "2026-11-22";
/// The file in a folder that lists what is installed there.
const MARK: &str = "installed";
/// Connection errors in the output of npm and pip. pip prints them in quotes, inside of other messages.
const NO_CONNECTION: &str = "(ECONNREFUSED|ECONNRESET|EAI_AGAIN|ENETUNREACH|ENOTFOUND|ETIMEDOUT|\
    Connection refused|Failed to establish a new connection|Read timed out)[^'\n]*";

/// The folder in which the packages are installed.
pub struct Installed {
    folder: PathBuf,
}

impl Installed {
    /// A program of an npm package.
    pub fn node(&self, program: &str) -> Command {
        Command::new(self.folder.join("node_modules/.bin").join(program))
    }

    /// A program of the Python environment.
    pub fn python(&self, program: &str) -> Command {
        Command::new(self.folder.join("venv/bin").join(program))
    }

    /// Writes a file next to the packages, from where a script can import them.
    pub fn lay(&self, name: &str, text: &str) -> Result<PathBuf, Failure> {
        let file = self.folder.join(name);
        // Renamed into place, since another process may be reading it.
        let draft = self.folder.join(format!("{name}.{}", std::process::id()));
        fs::write(&draft, text)?;
        fs::rename(&draft, &file)?;
        Ok(file)
    }
}

impl Tools {
    /// Installs the packages, unless these versions are installed.
    pub fn install(&self) -> Result<Installed, Failure> {
        let installed = Installed { folder: root().join("target").join(self.name) };
        let _alone = alone(&installed.folder)?;
        if !self.are_in(&installed) {
            self.fetch_into(&installed)?;
        }
        if !self.node.is_empty() {
            // Without Node, each program would fail as if it had rejected its input.
            run_quietly(Command::new("node").arg("--version"))?;
        }
        Ok(installed)
    }

    /// The content of the mark of a complete folder. It has the path, since a Python environment can't be moved.
    fn mark(&self, folder: &Path) -> String {
        let versions = [self.node, self.python, &[UNTIL]].concat().join(" ");
        format!("{}: {versions}", folder.display())
    }

    fn are_in(&self, installed: &Installed) -> bool {
        let folder = &installed.folder;
        let mark = fs::read_to_string(folder.join(MARK));
        mark.is_ok_and(|mark| mark == self.mark(folder))
            && (self.node.is_empty() || folder.join("node_modules").is_dir())
            // The Python that the environment was created from may be gone.
            && (self.python.is_empty() || run_quietly(installed.python("python").arg("--version")).is_ok())
    }

    fn fetch_into(&self, installed: &Installed) -> Result<(), Failure> {
        let folder = &installed.folder;
        // If the installation fails, the folder has neither the old nor the new versions.
        fs::write(folder.join(MARK), "")?;
        if !self.python.is_empty() {
            let mut venv = Command::new("python3");
            run_quietly(venv.args(["-m", "venv", "--clear"]).arg(folder.join("venv")))?;
            let mut pip = installed.python("python");
            pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
            fetch("PyPI", pip.args(self.python))?;
        }
        if !self.node.is_empty() {
            let mut npm = Command::new("npm");
            npm.args(["install", "--no-audit", "--no-fund", "--loglevel=error"]);
            npm.args(["--before", UNTIL, "--prefix"]).arg(folder);
            fetch("npm's registry", npm.args(self.node))?;
        }
        fs::write(folder.join(MARK), self.mark(folder))?;
        Ok(())
    }
}

/// Locks a folder against other processes until the file is dropped.
pub fn alone(folder: &Path) -> Result<File, Failure> {
    fs::create_dir_all(folder)?;
    let lock = File::create(folder.join("lock"))?;
    lock.lock()?;
    Ok(lock)
}

/// Runs a command that prints its output, and returns whether it succeeds.
pub fn succeeds(command: &mut Command) -> Result<bool, Failure> {
    let status = command.status().map_err(|error| missing(command, &error))?;
    Ok(status.success())
}

/// Runs a command whose output matters only when it fails.
pub fn run_quietly(command: &mut Command) -> Result<(), Failure> {
    let output = command.output().map_err(|error| missing(command, &error))?;
    if output.status.success() {
        return Ok(());
    }
    let [out, err] = [output.stdout, output.stderr].map(|text| {
        let text = String::from_utf8_lossy(&text);
        text.trim().to_owned()
    });
    Err(format!("{}: {}\n{out}\n{err}", name(command), output.status).trim_end().into())
}

/// Runs a command that installs from a registry.
fn fetch(registry: &'static str, command: &mut Command) -> Result<(), Failure> {
    run_quietly(command).map_err(|failure| match no_connection(&failure.to_string()) {
        Some(reason) => Unreachable { registry, reason }.into(),
        None => failure,
    })
}

/// The part of an error that reports a failed connection.
fn no_connection(error: &str) -> Option<String> {
    let reason = Regex::new(NO_CONNECTION).ok()?.find(error)?;
    Some(reason.as_str().trim().to_owned())
}

fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

fn missing(command: &Command, error: &std::io::Error) -> Failure {
    format!("{} can't be run: {error}; install it first", name(command)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unreachable_registry_is_distinguished_from_other_errors() {
        let pip = "WARNING: Retrying (Retry(total=4)) after connection broken by \
                   'NewConnectionError('<object at 0x7f>: Failed to establish a new connection: \
                   [Errno 111] Connection refused')': /simple/one/\nERROR: No matching distribution";
        let expected = "Failed to establish a new connection: [Errno 111] Connection refused";
        assert_eq!(no_connection(pip).unwrap(), expected);
        assert_eq!(no_connection("npm error code ECONNREFUSED\nnpm").unwrap(), "ECONNREFUSED");
        assert_eq!(no_connection("npm error code E404\nnpm error 404 Not Found"), None);
    }

    #[test]
    fn missing_program_is_named_with_the_fix() {
        let error = run_quietly(&mut Command::new("no-such-program")).unwrap_err().to_string();
        assert!(error.starts_with("no-such-program can't be run: "), "{error}");
        assert!(error.ends_with("; install it first"), "{error}");
    }

    #[test]
    fn missing_packages_are_installed_again() {
        let installed = Installed { folder: root().join("target/tmp/without-python") };
        fs::create_dir_all(&installed.folder).unwrap();
        let one: [(&[_], &[_]); 3] = [(&[], &[]), (&["one@1"], &[]), (&[], &["two==2"])];
        for (node, python) in one {
            let tools = Tools { name: "none", node, python };
            fs::write(installed.folder.join(MARK), "").unwrap();
            assert!(!tools.are_in(&installed));
            fs::write(installed.folder.join(MARK), tools.mark(&installed.folder)).unwrap();
            assert_eq!(tools.are_in(&installed), node.is_empty() && python.is_empty());
        }
    }
}
