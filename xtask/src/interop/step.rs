//! Programs that are run for a limited time, with what they say in a file.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::{Failure, root};

/// A program that is not on this machine.
#[derive(Debug)]
pub struct Missing {
    pub program: &'static str,
    /// The Debian package that has it.
    pub package: &'static str,
}

impl std::fmt::Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} is missing: apt-get install {}", self.program, self.package)
    }
}

impl std::error::Error for Missing {}

/// A process that ends with its owner.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs a program to its end. What it says goes to the file, of which a failure tells the last lines.
pub fn run(command: &mut Command, log: &Path, limit: Duration) -> Result<(), Failure> {
    let output = File::create(log)?;
    command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
    wait(command, log, limit)
}

/// Runs a program that reads the one text and answers another.
pub fn ask(
    command: &mut Command,
    input: &str,
    log: &Path,
    limit: Duration,
) -> Result<String, Failure> {
    let (question, answer) = (log.with_extension("in.json"), log.with_extension("out.json"));
    fs::write(&question, input)?;
    command.stdin(File::open(&question)?).stdout(File::create(&answer)?).stderr(File::create(log)?);
    wait(command, log, limit)?;
    Ok(fs::read_to_string(answer)?)
}

fn wait(command: &mut Command, log: &Path, limit: Duration) -> Result<(), Failure> {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let shown = log.strip_prefix(root()).unwrap_or(log).display();
    let child = command.spawn().map_err(|error| format!("{name} can't be run: {error}"))?;
    let mut running = Running(child);
    let start = Instant::now();
    while start.elapsed() < limit {
        if let Some(status) = running.0.try_wait()? {
            if status.success() {
                return Ok(());
            }
            return Err(format!("{name}: {status}: {} ({shown})", last_lines(log)).into());
        }
        thread::sleep(Duration::from_millis(10));
    }
    Err(format!("{name}: not done after {} seconds ({shown})", limit.as_secs()).into())
}

/// Enough to see what is wrong.
fn last_lines(log: &Path) -> String {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.get(lines.len().saturating_sub(3)..).unwrap_or_default().join(" / ")
}
