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

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn log(name: &str) -> PathBuf {
        let folder = root().join("target").join("interop-tests");
        fs::create_dir_all(&folder).unwrap();
        folder.join(format!("{name}.log"))
    }

    fn shell(script: &str) -> Command {
        let mut shell = Command::new("sh");
        shell.args(["-c", script]);
        shell
    }

    #[test]
    fn a_failure_tells_the_last_lines_and_the_file() {
        let log = log("failure");
        let limit = Duration::from_secs(10);
        let failure =
            run(&mut shell("echo 1; echo 2; echo; echo 3 >&2; echo 4; exit 7"), &log, limit);
        let expected = "sh: exit status: 7: 2 / 3 / 4 (target/interop-tests/failure.log)";
        assert_eq!(failure.unwrap_err().to_string(), expected);
    }

    #[test]
    fn what_is_not_done_in_time_is_ended() {
        let start = Instant::now();
        let failure = run(&mut shell("exec sleep 60"), &log("time"), Duration::from_millis(100));
        assert!(failure.unwrap_err().to_string().starts_with("sh: not done after"));
        assert!(start.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn a_question_is_answered() {
        let answer =
            ask(&mut shell("cat; echo aside >&2"), "{}", &log("ask"), Duration::from_secs(10));
        assert_eq!(answer.unwrap(), "{}");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let failure =
            run(&mut Command::new("no-such-program"), &log("none"), Duration::from_secs(1));
        assert!(failure.unwrap_err().to_string().starts_with("no-such-program can't be run: "));
    }
}
