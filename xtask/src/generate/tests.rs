use std::path::PathBuf;

use super::*;

const DOCUMENT_TEXT: &str = "
servers:
  - url: https://{region}.example
    variables: { region: { enum: [north, south] } }
paths:
  /books:
    get: { operationId: listBooks, summary: List | all, externalDocs: { url: https://docs.example } }
components: { schemas: { Book: { properties: { title: { type: string } } } } }
";
const README_TEXT: &str = "One.  
<!-- generated: regions -->
stale
<!-- end -->
<!-- generated: calls -->
<!-- end -->
Two.
";
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
        (README, README_TEXT),
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
    let complaint = run(&project, true).unwrap_err();
    let names = "openapi/autoscaling.json, README.md, tests/snapshots/generated.snap";
    assert!(complaint.starts_with(names), "{complaint}");
    assert!(complaint.ends_with("; run: cargo xtask generate"), "{complaint}");
    assert_eq!(read(README), README_TEXT);

    assert_eq!(run(&project, false).unwrap().lines().count(), 3);
    assert_eq!([true, false].map(|check| run(&project, check).unwrap()), ["", ""]);
    assert!(read(JSON).starts_with("{\n  \"servers\": [\n"), "the order of the document");
    assert_eq!(read(SNAPSHOT), "---\nsource: tests/generated.rs\n---\npub struct Book;\n");
    let readme = "One.  
<!-- generated: regions -->

| region | endpoint |
|---|---|
| `north` | `https://north.example` |
| `south` | `https://south.example` |

<!-- end -->
<!-- generated: calls -->

| call | vendor documentation |
|---|---|
| `client.list_books()` | [List \\| all](https://docs.example) |

<!-- end -->
Two.
";
    assert_eq!(read(README), readme);
    fs::write(project.join(README), readme.replace("south", "west")).unwrap();
    let mut out = Vec::new();
    let complaint = generate(&project, true, &mut out).unwrap_err().to_string();
    assert!(complaint.starts_with("README.md: differs from openapi/"), "{complaint}");
    let diff = String::from_utf8(out).unwrap();
    assert!(diff.starts_with("--- README.md\n+++ README.md (generated)\n@@ "), "{diff}");
    assert!(diff.contains("-| `west` | `https://west.example` |\n+| `south` |"), "{diff}");
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

#[test]
fn a_wrong_marker_is_an_error_with_its_line() {
    let calls = "<!-- generated: calls -->";
    let twice = format!("{calls}\n{END}\n{calls}");
    let stray = format!("{END}\n{calls}");
    for (old, new, complaint) in [
        (calls, "", "README.md:6: remove <!-- end -->, which closes nothing"),
        (calls, "<!-- generated: prices -->", "README.md:5: <!-- generated: prices -->: expected"),
        (calls, "<!-- generated calls -->", "README.md:5: <!-- generated calls -->: expected once"),
        (
            calls,
            &twice,
            "README.md:7: <!-- generated: calls -->: expected once each of regions, calls",
        ),
        (calls, &stray, "README.md:5: remove <!-- end -->"),
        ("stale\n<!-- end -->", "", "README.md:4: put <!-- end --> before this marker"),
        ("<!-- end -->\nTwo", "Two", "README.md:5: put <!-- end --> after this table"),
        (
            "<!-- generated: calls -->\n<!-- end -->\n",
            "",
            "README.md:1: add <!-- generated: calls -->",
        ),
    ] {
        let tables = [("regions", String::new()), ("calls", String::new())];
        assert!(README_TEXT.contains(old));
        let found = fill(&README_TEXT.replacen(old, new, 1), &tables).unwrap_err();
        assert!(found.starts_with(complaint), "{found} is not {complaint}");
    }
}
