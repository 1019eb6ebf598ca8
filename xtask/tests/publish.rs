//! `cargo xtask publish` without the programs that it needs.

use std::process::Command;

#[test]
fn a_missing_program_is_not_a_fault_of_the_document() {
    let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let output = xtask.arg("publish").env("PATH", "").output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(complaint.starts_with("error: "), "{complaint}");
    assert!(complaint.contains(" can't be run: "), "{complaint}");
    assert!(complaint.ends_with("; install it first\n"), "{complaint}");
}
