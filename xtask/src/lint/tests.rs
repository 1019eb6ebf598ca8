//! Tests of the project's Spectral ruleset: each rule rejects documents that violate it, and valid documents pass.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::*;

/// A small document that breaks no rule.
const TANKS: &str = include_str!("tanks.yaml");
/// Edits of it, by the rule that rejects the edited document.
const CASES: &str = include_str!("cases.yaml");
/// The cases under this name break no rule.
const NONE: &str = "none";

const RULESET: &str = include_str!("../../../openapi/.spectral.yaml");
const DOCUMENT: &str = include_str!("../../../openapi/autoscaling.yaml");
const README: &str = include_str!("../../../openapi/README.md");

/// The cases of each rule, each of which maps strings of the document to their replacements.
type Cases = BTreeMap<String, Vec<BTreeMap<String, String>>>;

/// An empty folder for a test.
fn folder(name: &str) -> PathBuf {
    let folder = root().join("target/tmp/lint").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The small document with replaced strings, each of which must occur exactly once.
#[track_caller]
fn edited(edits: &BTreeMap<String, String>) -> String {
    edits.iter().fold(TANKS.to_owned(), |text, (old, new)| {
        assert_eq!(text.matches(old).count(), 1, "{old}");
        text.replace(old, new)
    })
}

fn lint(document: &Path) -> Result<(), Failure> {
    Lint { document: Some(document.to_owned()) }.run()
}

/// The rules that documents violate, by file, each with its message. Spectral runs in another folder than that of
/// the ruleset.
fn spectral(folder: &Path, documents: &[PathBuf]) -> BTreeMap<String, Vec<(String, String)>> {
    let mut spectral = Command::new(root().join("target/lint/node_modules/.bin/spectral"));
    spectral.args(["lint", "--quiet", "--format=json", "--ruleset"]);
    spectral.arg(root().join("openapi/.spectral.yaml")).args(documents).current_dir(folder);
    let output = spectral.output().unwrap();
    // 1 for violations of rules, 2 for an invalid ruleset.
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let mut found = BTreeMap::<String, Vec<_>>::new();
    for result in serde_json::from_slice::<Vec<Value>>(&output.stdout).unwrap() {
        let [source, code, message] =
            ["source", "code", "message"].map(|key| result[key].as_str().unwrap().to_owned());
        let file = Path::new(&source).file_name().unwrap().to_string_lossy().into_owned();
        found.entry(file).or_default().push((code, message));
    }
    found
}

#[test]
fn each_rule_has_a_case() {
    let cases: Cases = serde_saphyr::from_str(CASES).unwrap();
    let ruleset: Value = serde_saphyr::from_str(RULESET).unwrap();
    for rule in ruleset["rules"].as_object().unwrap().keys() {
        let has_one = cases.get(rule).is_some_and(|cases| !cases.is_empty());
        assert!(has_one, "{rule} has no case in xtask/src/lint/cases.yaml; add one");
    }
}

#[test]
fn extensions_are_those_that_the_readme_explains_and_the_document_uses() {
    let ruleset: Value = serde_saphyr::from_str(RULESET).unwrap();
    let values = &ruleset["rules"]["extensions"]["then"]["functionOptions"]["values"];
    let listed: BTreeSet<&str> =
        values.as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let rows = README.lines().filter_map(|line| line.strip_prefix("| [`")?.split_once("`](#"));
    assert_eq!(rows.map(|(name, _)| name).collect::<BTreeSet<_>>(), listed, "openapi/README.md");
    let keys =
        DOCUMENT.lines().filter_map(|line| line.trim_start_matches([' ', '-']).split_once(':'));
    let used = keys.map(|(key, _)| key).filter(|key| key.starts_with("x-"));
    assert_eq!(used.collect::<BTreeSet<_>>(), listed, "openapi/autoscaling.yaml");
}

#[test]
#[ignore = "installs npm and PyPI packages; run: cargo test --workspace --all-features -- --ignored"]
fn invalid_documents_are_rejected_by_their_rule_and_valid_ones_pass() {
    let folder = folder("cases");
    let right = folder.join("tanks.yaml");
    fs::write(&right, TANKS).unwrap();
    // This installs Spectral.
    lint(&right).unwrap();

    let ours = ["openapi/autoscaling.yaml", "openapi/autoscaling.json"];
    let mut documents = ours.map(|document| root().join(document)).to_vec();
    let cases: Cases = serde_saphyr::from_str(CASES).unwrap();
    let cases = cases.iter().flat_map(|(rule, cases)| (0..).zip(cases).map(move |it| (rule, it)));
    for (rule, (index, edits)) in cases.clone() {
        documents.push(folder.join(format!("{rule} {index}.yaml")));
        fs::write(&documents[documents.len() - 1], edited(edits)).unwrap();
    }
    let mut found = spectral(&folder, &documents);
    for (rule, (index, _)) in cases.filter(|(rule, _)| *rule != NONE) {
        let found = found.remove(&format!("{rule} {index}.yaml")).unwrap_or_default();
        let ours = found.iter().find(|(code, _)| code == rule);
        assert!(ours.is_some(), "{rule} lets case {index} pass; others: {found:?}");
    }
    assert!(found.is_empty(), "what is right is rejected: {found:?}");
}

#[test]
#[ignore = "installs npm and PyPI packages; run: cargo test --workspace --all-features -- --ignored"]
fn failure_names_the_validators_and_the_fix() {
    let document = folder("untitled").join("tanks.yaml");
    fs::write(&document, TANKS.replace("  title: Tanks\n", "")).unwrap();
    let error = lint(&document).unwrap_err().to_string();
    let expected = "not valid for openapi-spec-validator, Redocly CLI, Spectral; fix it, and run: cargo xtask lint";
    assert!(error.ends_with(expected), "{error}");
}
