//! What `cargo xtask publish` writes, and its page in headless Chromium.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

#[allow(dead_code, reason = "the test needs a part of it")]
#[path = "../src/tools.rs"]
mod tools;

use tools::{Tools, Unreachable};

type Failure = Box<dyn Error>;

const BROWSER: Tools =
    Tools { name: "browser-tools", node: &["playwright-core@1.65.1"], python: &[] };
/// Without what they need, the tests say so and pass, unless this variable says `required`.
const SWITCH: &str = "OTC_AUTOSCALING_CHROMIUM";

const DOCUMENT: &str = "xtask/tests/publish/library.yaml";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn skipped(reason: &str) {
    assert!(!std::env::var(SWITCH).is_ok_and(|value| value == "required"), "{reason}");
    // Not by a macro, whose output is shown of failed tests only.
    let _ = writeln!(std::io::stderr(), "skipped: {reason}");
}

fn program(name: &str) -> Option<PathBuf> {
    let search = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&search).map(|folder| folder.join(name)).find(|program| program.is_file())
}

fn has(programs: &[&str]) -> bool {
    let missing = programs.iter().find(|name| program(name).is_none());
    if let Some(missing) = missing {
        skipped(&format!("there is no {missing}; install it first"));
    }
    missing.is_none()
}

/// The command's complaint, if it has one. None where a program or a registry is missing.
fn publish(document: Option<&Path>, folder: &Path) -> Option<Result<(), String>> {
    if !has(&["node", "npm", "python3"]) {
        return None;
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.arg("publish").args(document).arg("--output").arg(folder);
    let output = command.output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() {
        return Some(Ok(()));
    }
    if complaint.contains("can't be reached") {
        skipped(&complaint);
        return None;
    }
    Some(Err(complaint))
}

/// A folder for a test that is not there yet.
fn place(name: &str) -> PathBuf {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if place.exists() {
        fs::remove_dir_all(&place).unwrap();
    }
    place
}

/// What is published of our document.
fn ours() -> Option<&'static Path> {
    static OURS: OnceLock<Option<PathBuf>> = OnceLock::new();
    let ours = OURS.get_or_init(|| {
        let place = place("ours");
        publish(None, &place)?.unwrap();
        Some(place)
    });
    ours.as_deref()
}

/// What is published of the document of an invented library.
fn library() -> Option<&'static Path> {
    static LIBRARY: OnceLock<Option<PathBuf>> = OnceLock::new();
    let library = LIBRARY.get_or_init(|| {
        let place = place("library");
        publish(Some(&root().join(DOCUMENT)), &place)?.unwrap();
        Some(place)
    });
    library.as_deref()
}

/// That document, changed in one place.
fn library_with(name: &str, from: &str, to: &str) -> PathBuf {
    let library = fs::read_to_string(root().join(DOCUMENT)).unwrap();
    assert_eq!(library.matches(from).count(), 1, "{from}");
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&file, library.replace(from, to)).unwrap();
    file
}

/// Every file below a folder, by its name from there.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            let below = self::files(&entry.path()).into_iter();
            files.extend(below.map(|(file, bytes)| (format!("{name}/{file}"), bytes)));
        } else {
            files.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    files
}

fn json(folder: &Path, file: &str) -> Value {
    serde_json::from_slice(&fs::read(folder.join(file)).unwrap()).unwrap()
}

#[test]
fn published_again_and_by_two_at_once_the_files_are_the_same() {
    let Some(first) = ours() else { return };
    let second = place("second");
    std::thread::scope(|scope| {
        scope.spawn(|| publish(None, &second).unwrap().unwrap());
        publish(None, &second).unwrap().unwrap();
    });
    let (first, second) = (files(first), files(&second));
    assert_eq!(first.keys().collect::<Vec<_>>(), second.keys().collect::<Vec<_>>());
    for (file, bytes) in first {
        assert!(bytes == second[&file], "{file}");
    }
}

#[test]
fn every_file_is_listed_and_none_tells_where_it_was_made() {
    let Some(ours) = ours() else { return };
    let files = files(ours);
    let text = |file: &str| String::from_utf8(files[file].clone()).unwrap();
    let sums = text("SHA256SUMS");
    let summed: BTreeSet<_> = sums.lines().map(|line| line.split_once("  ").unwrap().1).collect();
    let there = files.keys().map(String::as_str).filter(|file| *file != "SHA256SUMS");
    assert_eq!(summed, there.collect());
    let readme = text("README.md");
    for top in files.keys().map(|file| file.split('/').next().unwrap()) {
        assert!(top == "README.md" || readme.contains(&format!("]({top})")), "{top}");
    }
    let here = root().to_string_lossy().into_owned();
    for (file, bytes) in &files {
        assert!(!String::from_utf8_lossy(bytes).contains(&here), "{file}");
    }
}

#[test]
fn the_forms_say_what_the_document_says() {
    let Some(ours) = ours() else { return };
    let document = fs::read(root().join("openapi/autoscaling.yaml")).unwrap();
    assert!(fs::read(ours.join("autoscaling.yaml")).unwrap() == document);
    let document = json(ours, "autoscaling.json");
    let rendered = json(ours, "autoscaling-3.1.json");
    let resolved = json(ours, "autoscaling.dereferenced.json");
    assert_eq!(extensions(&document), extensions(&rendered));
    for path in document["paths"].as_object().unwrap().keys() {
        assert!(rendered["paths"].get(path).is_some() && resolved["paths"].get(path).is_some());
    }
    assert!(!resolved.to_string().contains("\"$ref\""));
    for component in document["components"]["schemas"].as_object().unwrap().keys() {
        let schema = json(ours, &format!("schemas/{component}.json"));
        assert_eq!(schema["title"], component.as_str());
    }
}

/// All `x-` members, with the path to each.
fn extensions(document: &Value) -> BTreeMap<String, &Value> {
    fn collect<'a>(path: &str, value: &'a Value, found: &mut BTreeMap<String, &'a Value>) {
        for (name, value) in value.as_object().into_iter().flatten() {
            let path = format!("{path}/{name}");
            if name.starts_with("x-") {
                found.insert(path, value);
            } else {
                collect(&path, value, found);
            }
        }
        for (position, value) in value.as_array().into_iter().flatten().enumerate() {
            collect(&format!("{path}/{position}"), value, found);
        }
    }
    let mut found = BTreeMap::new();
    collect("", document, &mut found);
    assert!(!found.is_empty());
    found
}

#[test]
fn each_construct_has_its_form() {
    let Some(place) = library() else { return };
    let properties = "/components/schemas/Book/properties";
    let rendered = json(place, "autoscaling-3.1.json");
    let book = rendered.pointer(properties).unwrap();
    assert_eq!(book["subtitle"]["type"], serde_json::json!(["string", "null"]));
    assert_eq!(book["pages"]["exclusiveMinimum"], 0);
    assert!(book["pages"].get("minimum").is_none());
    assert_eq!(book["title"]["examples"], serde_json::json!(["Candide"]));

    let resolved = json(place, "autoscaling.dereferenced.json");
    let shelf = &resolved.pointer(properties).unwrap()["shelf"];
    assert_eq!(shelf["description"], "Where it stands.");
    assert_eq!(shelf["allOf"][0]["pattern"], "^[A-Z][0-9]$");

    let readme = fs::read_to_string(place.join("README.md")).unwrap();
    assert!(readme.contains("| `placeBook` | `PUT /shelves/{shelf}/book` | Place a book |"));
}

#[test]
fn a_document_that_is_not_valid_leaves_what_was_published() {
    let Some(library) = library() else { return };
    let before = files(library);
    let place = place("kept");
    for (file, bytes) in &before {
        let copy = place.join(file);
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::write(copy, bytes).unwrap();
    }

    let wrong = library_with("wrong.yaml", "example: C3", "example: 33");
    let complaint = publish(Some(&wrong), &place).unwrap().unwrap_err();
    for part in [
        "autoscaling-3.1.json: not valid for Redocly CLI: ",
        "schemas: not valid for Ajv: ",
        "schemas: not valid for jsonschema: ",
        "Shelf.json: ",
        "wrong.yaml, and run: cargo xtask publish",
    ] {
        assert!(complaint.contains(part), "{part} is not in\n{complaint}");
    }
    assert!(files(&place) == before);
    let left = || {
        let beside = fs::read_dir(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let names = beside.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with(".kept")).count()
    };
    assert_eq!(left(), 0);

    fs::write(place.join("stale.json"), "{}").unwrap();
    publish(Some(&root().join(DOCUMENT)), &place).unwrap().unwrap();
    assert!(files(&place) == before);
    assert_eq!(left(), 0);
}

#[test]
fn a_program_that_is_missing_is_no_fault_of_the_document() {
    if library().is_none() {
        return;
    }
    for command in ["lint", "publish"] {
        let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
        let output = xtask.arg(command).env("PATH", "").output().unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(complaint.starts_with("error: node can't be run: "), "{complaint}");
        assert!(complaint.ends_with("; install it first\n"), "{complaint}");
    }
}

#[test]
fn a_folder_with_other_files_is_left_alone() {
    let place = place("others");
    fs::create_dir_all(&place).unwrap();
    fs::write(place.join("letter.txt"), "dear reader").unwrap();
    let Some(outcome) = publish(None, &place) else { return };
    let complaint = outcome.unwrap_err();
    assert!(complaint.contains("holds other files"), "{complaint}");
    assert_eq!(fs::read_to_string(place.join("letter.txt")).unwrap(), "dear reader");
}

#[test]
fn a_folder_that_cant_be_made_is_named() {
    let file = library_with("no-folder", "title: Town Library", "title: A file");
    let Some(outcome) = publish(None, &file.join("published")) else { return };
    let complaint = outcome.unwrap_err();
    let place = file.join(".published.publish-draft");
    assert!(complaint.contains(&format!("{}: ", place.display())), "{complaint}");
    assert!(complaint.ends_with("; name another folder with --output\n"), "{complaint}");
}

#[test]
fn what_refers_to_itself_has_no_form_without_references() {
    let from =
        "subtitle: { type: string, nullable: true, description: Its subtitle., example: Optimism }";
    let circle =
        library_with("circle.yaml", from, "subtitle: { $ref: '#/components/schemas/Book' }");
    let Some(outcome) = publish(Some(&circle), &place("circle")) else { return };
    let complaint = outcome.unwrap_err();
    assert!(complaint.contains("autoscaling.dereferenced.json: "), "{complaint}");
    assert!(complaint.contains("circular reference"), "{complaint}");
}

/// What the browser saw of a page.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Seen {
    requests: Vec<String>,
    failed: Vec<String>,
    errors: Vec<String>,
    /// Visible texts, by the ID of their element.
    sections: BTreeMap<String, String>,
    /// Whether the page's buttons do something.
    pressed: bool,
    /// The same in a browser without JavaScript.
    static_sections: BTreeMap<String, String>,
}

/// An operation as a page shows it: under its ID, these three texts.
struct Operation {
    id: String,
    texts: [String; 3],
}

fn operations(document: &Value) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let text = |key: &str| operation[key].as_str().unwrap().to_owned();
            let texts = [text("summary"), method.to_uppercase(), path.clone()];
            operations.push(Operation { id: text("operationId"), texts });
        }
    }
    operations
}

/// Opens pages. None where there is no browser.
fn opened(pages: &[PathBuf]) -> Option<Vec<Seen>> {
    if !has(&["chromium", "node", "npm"]) {
        return None;
    }
    let tools = match BROWSER.install() {
        Err(failure) if failure.is::<Unreachable>() => {
            skipped(&failure.to_string());
            return None;
        }
        outcome => outcome.unwrap(),
    };
    let script = tools.lay("open.mjs", include_str!("../scripts/open.mjs")).unwrap();
    let output =
        Command::new("node").arg(script).arg(program("chromium")?).args(pages).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// All that is wrong with a page.
fn complaints(seen: &Seen, operations: &[Operation]) -> Vec<String> {
    let mut complaints = Vec::new();
    // The page itself, and what stands in it.
    let own =
        |url: &&String| ["file:", "data:", "blob:"].iter().any(|scheme| url.starts_with(scheme));
    complaints
        .extend(seen.requests.iter().filter(|url| !own(url)).map(|url| format!("asks {url}")));
    complaints.extend(seen.failed.iter().map(|url| format!("did not get {url}")));
    complaints.extend(seen.errors.iter().map(|error| format!("error: {error}")));
    for (how, sections) in [("", &seen.sections), (" without scripts", &seen.static_sections)] {
        for Operation { id, texts } in operations {
            let shows = |(name, text): (&String, &String)| {
                name.ends_with(id) && texts.iter().all(|part| text.contains(part))
            };
            if !sections.iter().any(shows) {
                complaints.push(format!("does not show {id}{how}"));
            }
        }
    }
    complaints
}

#[test]
fn the_page_shows_the_operations_and_asks_no_one_for_anything() {
    let Some(ours) = ours() else { return };
    let operations = operations(&json(ours, "autoscaling.json"));
    assert_eq!(operations.len(), 4);
    let Some(seen) = opened(&[ours.join("reference.html")]) else { return };
    assert_eq!(complaints(&seen[0], &operations), [""; 0]);
    assert_eq!(seen[0].requests.len(), 1);
    assert!(seen[0].pressed);
}

#[test]
fn the_page_tells_components_rules_and_meanings_of_values() {
    let Some(ours) = ours() else { return };
    let document = json(ours, "autoscaling.json");
    let Some(seen) = opened(&[ours.join("reference.html")]) else { return };
    let sections = &seen[0].static_sections;
    for schema in document["components"]["schemas"].as_object().unwrap().keys() {
        let id = format!("/{schema}");
        assert!(sections.keys().any(|section| section.ends_with(&id)), "{schema}");
    }
    let page = sections.values().cloned().collect::<Vec<_>>().join(" ");
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut texts = Vec::new();
    for (path, value) in extensions(&document) {
        let items = value.as_array().into_iter().flatten();
        if path.ends_with("/x-rules") {
            texts.extend(items.map(|rule| rule["description"].as_str().unwrap().to_owned()));
        } else if let Some(schema) = path.strip_suffix("/x-enum-descriptions") {
            let values = document.pointer(schema).unwrap()["enum"].as_array().unwrap();
            // As the row of a table.
            let row = |(value, meaning): (&Value, &Value)| {
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                format!("{value} {}", meaning.as_str().unwrap())
            };
            texts.extend(values.iter().zip(items).map(row));
        }
    }
    assert!(!texts.is_empty());
    for text in texts {
        assert!(page.contains(&text), "{text}");
    }
}

#[test]
fn the_browser_sees_what_is_wrong_with_a_page() {
    let shown = r#"<section id="op/lend"><h2>Lend a book</h2><p>PUT /books</p></section>"#;
    let operations = [Operation {
        id: "lend".to_owned(),
        texts: ["Lend a book", "PUT", "/books"].map(str::to_owned),
    }];
    let script = |script: &str| format!("{shown}<script>{script}</script>");
    let elsewhere = "http://127.0.0.2:9/font.css";
    let cases = [
        (shown.to_owned(), vec![]),
        (
            shown.replace("/books", "/shelves"),
            vec!["does not show lend".to_owned(), "does not show lend without scripts".to_owned()],
        ),
        (
            format!("<div hidden>{shown}</div>"),
            vec!["does not show lend".to_owned(), "does not show lend without scripts".to_owned()],
        ),
        (
            format!("<script>document.write('{}')</script>", shown.replace("</", "<\\/")),
            vec!["does not show lend without scripts".to_owned()],
        ),
        (script("throw new Error('torn page')"), vec!["error: Error: torn page".to_owned()]),
        (script("console.error('stain')"), vec!["error: stain".to_owned()]),
        (
            format!("{shown}<img src='no.png' alt=''>"),
            vec!["did not get file:".to_owned(), "error: Failed to load".to_owned()],
        ),
        (
            format!("{shown}<link rel='stylesheet' href='{elsewhere}'>"),
            vec![
                format!("asks {elsewhere}"),
                format!("did not get {elsewhere}"),
                "error: Failed to load".to_owned(),
            ],
        ),
        (
            format!(r#"{shown}<button onclick="fetch('{elsewhere}')">More</button>"#),
            vec![
                format!("asks {elsewhere}"),
                format!("did not get {elsewhere}"),
                "error: ".to_owned(),
            ],
        ),
    ];
    let folder = place("pages");
    fs::create_dir_all(&folder).unwrap();
    let pages: Vec<_> = (0..cases.len()).map(|page| folder.join(format!("{page}.html"))).collect();
    for (page, (text, _)) in pages.iter().zip(&cases) {
        fs::write(page, format!("<!DOCTYPE html><title>Library</title>{text}")).unwrap();
    }
    let Some(seen) = opened(&pages) else { return };
    for (seen, (text, expected)) in seen.iter().zip(&cases) {
        let complaints = complaints(seen, &operations);
        for start in expected {
            assert!(complaints.iter().any(|one| one.starts_with(start)), "{text}: {complaints:?}");
        }
        assert_eq!(complaints.is_empty(), expected.is_empty(), "{text}: {complaints:?}");
        assert!(!seen.pressed);
    }
}
