//! `cargo xtask interop`, as far as it goes without a registry.

#[test]
fn an_unknown_language_is_rejected_with_the_known_ones() {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_xtask"));
    let output = command.args(["interop", "Fortran"]).output().unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(complaint.contains("Rust, TypeScript, Python, Go, Java"), "{complaint}");
}
