use std::path::PathBuf;

use super::*;

const DOCUMENT_TEXT: &str = "servers: []\npaths:\n  /books:\n    get: { operationId: listBooks }\n";
const BUILD: &str = r#"fn main() {
    let to = std::path::Path::new(&std::env::var("OUT_DIR").unwrap()).join("generated.rs");
    std::fs::copy("code.rs", to).unwrap();
}"#;

/// A small project with what the command reads.
fn project(name: &str, code: &str) -> PathBuf {
    let project = root().join("target/tmp/generate").join(name);
    let manifest = "[package]\nname = \"small\"\nedition = \"2024\"\n[workspace]\n";
    for (file, text) in [
        ("Cargo.toml", manifest),
        ("build.rs", BUILD),
        ("code.rs", code),
        ("src/lib.rs", "include!(concat!(env!(\"OUT_DIR\"), \"/generated.rs\"));"),
        (DOCUMENT, DOCUMENT_TEXT),
        (JSON, "{}\n"),
        (SNAPSHOT, ""),
    ] {
        let file = project.join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    project
}

/// The output of the command, or its error.
fn run(project: &Path, check: bool) -> Result<String, String> {
    let mut out = Vec::new();
    generate(project, check, &mut out).map_err(|failure| failure.to_string())?;
    Ok(String::from_utf8(out).unwrap())
}

#[test]
fn stale_files_are_found_and_written() {
    let project = project("stale", "pub struct Book;\n");
    let read = |name: &str| fs::read_to_string(project.join(name)).unwrap();
    fs::remove_file(project.join(SNAPSHOT)).unwrap();
    let mut out = Vec::new();
    let complaint = generate(&project, true, &mut out).unwrap_err().to_string();
    let expected = "openapi/autoscaling.json, tests/snapshots/generated.snap: differs from \
                    openapi/autoscaling.yaml; run: cargo xtask generate";
    assert_eq!(complaint, expected);
    let diff = String::from_utf8(out).unwrap();
    assert!(diff.starts_with("--- openapi/autoscaling.json\n+++ openapi/"), "{diff}");
    assert!(diff.contains("+++ tests/snapshots/generated.snap (generated)\n@@ "), "{diff}");
    assert!(diff.contains("+pub struct Book;\n"), "{diff}");
    assert_eq!(read(JSON), "{}\n");

    assert_eq!(run(&project, false).unwrap().lines().count(), 2);
    assert_eq!([true, false].map(|check| run(&project, check).unwrap()), ["", ""]);
    assert!(
        read(JSON).starts_with("{\n  \"servers\": [],\n  \"paths\": "),
        "in the document's order"
    );
    assert_eq!(read(SNAPSHOT), "---\nsource: tests/generated.rs\n---\npub struct Book;\n");
}

#[test]
fn a_crate_that_does_not_build_is_an_error() {
    let is_error = |project: &Path| {
        let complaint = run(project, false).unwrap_err();
        let start = "openapi/autoscaling.yaml: the crate does not build from the document; fix ";
        assert!(complaint.starts_with(start), "{complaint}");
        assert!(complaint.ends_with("and run: cargo xtask generate"), "{complaint}");
        assert_eq!(fs::read_to_string(project.join(JSON)).unwrap(), "{}\n");
    };
    is_error(&project("twice", "pub struct Book { title: u8, title: u8 }"));
    let project = project("no-code", "");
    fs::remove_file(project.join("code.rs")).unwrap();
    is_error(&project);
}
