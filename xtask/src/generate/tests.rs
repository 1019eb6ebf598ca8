use std::path::PathBuf;

use super::*;

const DOCUMENT_TEXT: &str = "servers: []\npaths:\n  /books:\n    get: { operationId: listBooks }\n";
const BUILD: &str = r#"fn main() {
    let to = std::path::Path::new(&std::env::var("OUT_DIR").unwrap()).join("generated.rs");
    std::fs::copy("code.rs", to).unwrap();
}"#;

/// A small project with the files that the command reads.
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

#[test]
fn stale_files_are_found_and_written() {
    let project = project("stale", "pub struct Book;\n");
    let read = |name: &str| fs::read_to_string(project.join(name)).unwrap();
    fs::remove_file(project.join(SNAPSHOT)).unwrap();
    let mut out = Vec::new();
    let complaint = generate(&project, true, &mut out).unwrap_err().to_string();
    assert!(complaint.ends_with(
        "/generated.snap: differs from openapi/autoscaling.yaml; run: cargo xtask generate"
    ));
    let diff = String::from_utf8(out).unwrap();
    for part in [
        "--- openapi/autoscaling.json\n",
        "+++ tests/it/snapshots/generated.snap (generated)\n",
        "\n+pub struct Book;\n",
    ] {
        assert!(diff.contains(part), "{diff}");
    }
    assert_eq!(read(JSON), "{}\n");
    for (check, written) in [(false, 2), (true, 0), (false, 0)] {
        let mut out = Vec::new();
        generate(&project, check, &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap().lines().count(), written);
    }
    assert!(
        read(JSON).starts_with("{\n  \"servers\": [],\n  \"paths\": "),
        "in the document's order"
    );
    assert_eq!(read(SNAPSHOT), "---\nsource: tests/it/generated.rs\n---\npub struct Book;\n");
}

#[test]
fn crate_that_does_not_build_is_an_error() {
    for (name, code) in
        [("twice", "pub struct Book { title: u8, title: u8 }"), ("syntax", "pub struct")]
    {
        let project = project(name, code);
        let complaint = generate(&project, false, &mut Vec::new()).unwrap_err().to_string();
        assert!(
            complaint.starts_with("openapi/autoscaling.yaml: the crate does not build"),
            "{complaint}"
        );
        assert!(complaint.ends_with("and run: cargo xtask generate"), "{complaint}");
        assert_eq!(fs::read_to_string(project.join(JSON)).unwrap(), "{}\n");
    }
}
