//! Python programs from PyPI, at pinned versions, for tests that run them.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Returns the Python interpreter of a virtual environment under target/ with a package. Installs the package first,
/// unless it is installed with these constraints already.
pub fn with(name: &str, package: &str, constraints: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let (place, stamp) = (target.join(name), target.join(name).join("installed"));
    let python = place.join("bin/python");
    // Only one of several concurrent processes installs the package.
    let lock = File::create(target.join(format!("{name}.lock"))).unwrap();
    lock.lock().unwrap();
    if fs::read_to_string(&stamp).is_ok_and(|text| text == constraints) {
        return python;
    }
    if place.exists() {
        fs::remove_dir_all(&place).unwrap();
    }
    ran(Command::new("python3").args(["-m", "venv"]).arg(&place));
    let file = place.join("constraints.txt");
    fs::write(&file, constraints).unwrap();
    ran(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .args(["--only-binary", ":all:", package, "--constraint"])
        .arg(file));
    fs::write(stamp, constraints).unwrap();
    python
}

fn ran(command: &mut Command) {
    let status = command.status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?}: {status}");
}
