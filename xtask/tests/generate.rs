//! The files that say again what the document says: they are as it has them, each stale one is found,
//! and one command mends them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

const DOCUMENT: &str = "openapi/autoscaling.yaml";
const DEVIATIONS: &str = "openapi/deviations.yaml";
const JSON: &str = "openapi/autoscaling.json";
const SNAPSHOT: &str = "tests/snapshots/generated.snap";
/// The files with tables.
const TEXTS: [&str; 2] = ["README.md", "openapi/README.md"];

/// A copy of what the command reads and writes.
struct Copy {
    root: PathBuf,
}

impl Copy {
    /// The name is that of the test, so that each has a folder of its own.
    fn new(name: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("generate").join(name);
        let project = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        for file in [DOCUMENT, DEVIATIONS, JSON, SNAPSHOT].iter().chain(&TEXTS) {
            let copy = root.join(file);
            fs::create_dir_all(copy.parent().unwrap()).unwrap();
            fs::copy(project.join(file), copy).unwrap();
        }
        Self { root }
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.root.join(file)).unwrap()
    }

    fn write(&self, file: &str, text: &str) {
        fs::write(self.root.join(file), text).unwrap();
    }

    /// Puts a piece in place of all that are like another one.
    #[track_caller]
    fn edit(&self, file: &str, old: &str, new: &str) {
        let text = self.read(file);
        assert!(text.contains(old), "{file} has no {old}");
        self.write(file, &text.replace(old, new));
    }

    fn generate(&self, arguments: &[&str]) -> (bool, String) {
        let root = ["--root", self.root.to_str().unwrap()];
        generate(&[&root, arguments].concat())
    }

    /// Sees the check fail, in the words of the whole output.
    #[track_caller]
    fn is_stale(&self) -> String {
        let (passes, said) = self.generate(&["--check", "--without-api"]);
        assert!(!passes, "it passes");
        said
    }

    #[track_caller]
    fn is_mended(&self) {
        assert!(self.generate(&["--without-api"]).0);
        let (passes, said) = self.generate(&["--check", "--without-api"]);
        assert!(passes && said.is_empty(), "{said}");
    }
}

/// Whether the command succeeds, and what it says.
fn generate(arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.arg("generate").args(arguments);
    let stand_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/generate/cargo");
    let output = command.env("CARGO", stand_in).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

/// The names of the tables in a text.
fn tables(text: &str) -> Vec<&str> {
    let names = text.lines().filter_map(|line| line.strip_prefix("<!-- generated: "));
    names.filter_map(|name| name.strip_suffix(" -->")).collect()
}

#[test]
fn the_files_of_this_project_are_as_the_document_has_them() {
    let (passes, said) = generate(&["--check", "--without-api"]);
    assert!(passes && said.is_empty(), "{said}");
}

#[test]
fn the_json_is_the_yaml_in_the_same_order() {
    let copy = Copy::new("json");
    let (yaml, json) = (copy.read(DOCUMENT), copy.read(JSON));
    let same: Value = serde_saphyr::from_str(&yaml).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&json).unwrap(), same);
    let sections = yaml.lines().filter(|line| line.starts_with(|it: char| it.is_alphabetic()));
    let sections: Vec<&str> = sections.filter_map(|line| line.split(':').next()).collect();
    let members = json.lines().filter_map(|line| line.strip_prefix("  \"")?.split('"').next());
    assert_eq!(members.collect::<Vec<_>>(), sections);
}

#[test]
fn a_stale_or_absent_json_is_found_and_mended() {
    let copy = Copy::new("stale-json");
    copy.edit(JSON, "\"eu-nl\"", "\"eu-fr\"");
    let said = copy.is_stale();
    assert!(said.contains("--- openapi/autoscaling.json\n"), "{said}");
    assert!(said.contains("-            \"eu-fr\"\n+            \"eu-nl\"\n"), "{said}");
    assert!(said.ends_with("openapi/autoscaling.json; run: cargo xtask generate\n"), "{said}");
    copy.is_mended();

    fs::remove_file(copy.root.join(JSON)).unwrap();
    assert!(copy.is_stale().contains("+{\n+  \"openapi\""));
    copy.is_mended();
}

#[test]
fn each_stale_table_is_found_and_mended() {
    let copy = Copy::new("stale-table");
    for file in TEXTS {
        let text = copy.read(file);
        assert!(!tables(&text).is_empty(), "{file} has no tables");
        for name in tables(&text) {
            let begin = format!("<!-- generated: {name} -->\n");
            let (before, rest) = text.split_once(&begin).unwrap();
            let (table, after) = rest.split_once("<!-- end -->").unwrap();
            let last = table.trim_end().lines().last().unwrap();
            let without = table.replace(&format!("{last}\n"), "");
            copy.write(file, &format!("{before}{begin}{without}<!-- end -->{after}"));
            let said = copy.is_stale();
            assert!(said.contains(&format!("\n+{last}\n")), "{said}\n does not miss {last}");
            assert!(said.ends_with(&format!(": {file}; run: cargo xtask generate\n")), "{said}");
            copy.is_mended();
            assert_eq!(copy.read(file), text);
        }
    }
}

#[test]
fn what_changes_in_the_document_changes_in_every_file() {
    let copy = Copy::new("changed-document");
    let changes = [
        ("operationId: updateScalingGroup", "operationId: changeScalingGroup"),
        ("- eu-nl", "- eu-fr"),
        ("'409':", "'410':"),
        ("x-unit: percent", "x-unit: per mille"),
        ("class: in-cooldown", "class: resting"),
    ];
    for (old, new) in changes {
        copy.edit(DOCUMENT, old, new);
    }
    let said = copy.is_stale();
    for row in [
        "+        \"operationId\": \"changeScalingGroup\",",
        "+| `client.change_scaling_group()` | ",
        "+| `eu-fr` | `https://as.eu-fr.otc.t-systems.com` |",
        "+| `changeScalingGroup` | `PUT /",
        "+| 410 | `Conflict` | the pages |",
        "+| `per mille` | `OperationPercentage` |",
        "+| `resting` | `AS.0026` |",
    ] {
        assert!(said.contains(row), "{said}\nhas no {row}");
    }
    copy.is_mended();
    let (_, said) = copy.generate(&["--without-api"]);
    assert_eq!(said, "", "a second run writes nothing");
}

#[test]
fn prose_outside_of_the_markers_stays() {
    let copy = Copy::new("prose");
    let text = format!("One.\n{}Two: | not | a table |\n", copy.read("README.md"));
    copy.write("README.md", &text);
    copy.is_mended();
    assert_eq!(copy.read("README.md"), text);
}

/// Sees a marker refused, and nothing written. The place is that of the line that says `HERE`.
#[track_caller]
fn marker_is_refused(name: &str, old: &str, new: &str, complaint: &str) {
    let copy = Copy::new(name);
    let text = copy.read("README.md");
    assert_eq!(text.matches(old).count(), 1, "{old}");
    let marked = text.replace(old, new);
    let line = marked.lines().position(|line| line.contains("HERE")).map_or(1, |index| index + 1);
    copy.write("README.md", &marked.replace("HERE", ""));
    // Stale, to see that it stays so.
    copy.edit(JSON, "\"eu-nl\"", "\"eu-fr\"");
    let json = copy.read(JSON);
    for arguments in [&["--without-api"][..], &["--check", "--without-api"]] {
        let (passes, said) = copy.generate(arguments);
        assert!(!passes, "it passes");
        let complaint = format!("README.md:{line}: {complaint}");
        assert!(said.contains(&complaint), "{said}\nhas no {complaint}");
    }
    assert_eq!(copy.read(JSON), json);
}

#[test]
fn a_marker_that_is_wrong_is_an_error_with_its_line() {
    let calls = "<!-- generated: calls -->";
    marker_is_refused("missing", calls, "", "has no table calls; put <!-- generated: calls -->");
    let unknown = "<!-- generated: prices -->HERE";
    marker_is_refused("unknown", calls, unknown, "there is no table \"prices\" for this file");
    let elsewhere = "<!-- generated: units -->HERE";
    marker_is_refused("elsewhere", calls, elsewhere, "there is no table \"units\" for this file");
    let illegible = "<!-- generated calls -->HERE";
    marker_is_refused("illegible", calls, illegible, "there is no table \"<!-- generated calls");
    let twice = format!("{calls}\n<!-- end -->\n{calls}HERE");
    marker_is_refused("twice", calls, &twice, "calls stands here a second time; remove it");
    let stray = "<!-- end -->HERE\n<!-- generated: calls -->";
    marker_is_refused("stray", calls, stray, "<!-- end --> ends nothing; remove it");
}

#[test]
fn a_marker_without_an_end_is_an_error_with_its_line() {
    let copy = Copy::new("unclosed");
    let text = copy.read("README.md").replace("<!-- end -->\n", "");
    let lines: Vec<usize> = (1..)
        .zip(text.lines())
        .filter(|it| it.1.starts_with("<!-- generated"))
        .map(|it| it.0)
        .collect();
    copy.write("README.md", &text);
    let said = copy.is_stale();
    let (first, last) = (tables(&text)[0], *tables(&text).last().unwrap());
    let complaint =
        format!("README.md:{}: {last} begins within {first}; put <!-- end -->", lines[1]);
    assert!(said.contains(&complaint), "{said}\nhas no {complaint}");
    let complaint =
        format!("README.md:{}: {last} has no end; put <!-- end -->", lines.last().unwrap());
    assert!(said.contains(&complaint), "{said}\nhas no {complaint}");
}

/// What cargo says of two build scripts, of which the first is another package's.
fn cargo_says(copy: &Copy, package: &str) {
    let script = |package: &str, folder: &Path| json!({ "reason": "build-script-executed", "package_id": package, "out_dir": folder });
    let messages = [
        "not JSON".to_owned(),
        script("another", &copy.root.join("elsewhere")).to_string(),
        script(package, &copy.root).to_string(),
    ];
    copy.write("check.answer", &messages.join("\n"));
    copy.write("pkgid.answer", "ours\n");
}

#[test]
fn a_stale_snapshot_of_the_api_is_found_and_mended() {
    let copy = Copy::new("api");
    cargo_says(&copy, "ours");
    let snapshot = copy.read(SNAPSHOT);
    let code = snapshot.strip_prefix("---\nsource: tests/generated.rs\n---\n").unwrap();
    copy.write("generated.rs", code);
    assert_eq!(copy.generate(&["--check"]), (true, String::new()));

    copy.write("generated.rs", &code.replace("pub struct Network ", "pub struct Subnet "));
    let (passes, said) = copy.generate(&["--check"]);
    assert!(!passes);
    assert!(said.contains("--- tests/snapshots/generated.snap\n"), "{said}");
    assert!(said.contains("-    pub struct Network {\n+    pub struct Subnet {\n"), "{said}");
    assert!(said.ends_with("generated.snap; run: cargo xtask generate\n"), "{said}");
    assert!(copy.generate(&[]).0);
    assert_eq!(copy.generate(&["--check"]), (true, String::new()));
    assert_eq!(copy.generate(&[]), (true, String::new()), "a second run writes nothing");
}

#[test]
fn a_document_that_no_code_is_generated_from_is_an_error() {
    let copy = Copy::new("no-api");
    cargo_says(&copy, "a third one");
    let (passes, said) = copy.generate(&[]);
    assert!(!passes);
    assert!(said.contains("autoscaling.yaml: no code was generated from it; mend what"), "{said}");
}
