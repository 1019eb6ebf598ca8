//! `cargo xtask interop`, as far as it goes without a registry.

use std::process::Command;

#[test]
fn a_language_that_is_not_known_is_refused_with_those_that_are() {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask")).args(["interop", "Fortran"]).output();
    let output = output.unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(
        complaint.contains("Fortran is not among the languages: Rust, TypeScript"),
        "{complaint}"
    );
}
