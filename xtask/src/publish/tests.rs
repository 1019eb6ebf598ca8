//! The ignored tests install packages of npm and PyPI, and one opens Chromium.

use std::sync::OnceLock;

use serde_json::{Value, json};

use super::*;

const BROWSER: Tools =
    Tools { name: "browser-tools", node: &["playwright-core@1.65.1"], python: &[] };

/// An empty folder for a test.
fn place(name: &str) -> PathBuf {
    let place = root().join("target/tmp/publish").join(name);
    remove(&place).unwrap();
    fs::create_dir_all(&place).unwrap();
    place
}

fn publish(document: Option<PathBuf>, output: &Path) -> Result<(), String> {
    let publish = Publish { document, output: Some(output.to_owned()) };
    publish.run().map_err(|failure| failure.to_string())
}

/// The published files of this project's document, for all tests.
fn published() -> &'static Path {
    static PUBLISHED: OnceLock<PathBuf> = OnceLock::new();
    PUBLISHED.get_or_init(|| {
        let place = place("published");
        publish(None, &place).unwrap();
        place
    })
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    run_quietly(Command::new("cp").arg("-r").arg(from.join(".")).arg(to))
}

/// The files of a folder, and their bytes.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let files = super::files(folder).unwrap().into_iter();
    files.map(|file| (file.clone(), fs::read(folder.join(file)).unwrap())).collect()
}

fn json(file: &Path) -> Value {
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
}

fn assert_contains(text: &str, part: &str) {
    assert!(text.contains(part), "{part} is not in\n{text}");
}

/// Only enums in responses are replaced, since a client that is generated from an enum rejects other values.
#[test]
fn enums_of_responses_are_strings_with_known_values() {
    let text = "
        paths: {/a: {put: {
          parameters: [{name: q, in: query, schema: {$ref: '#/components/schemas/Both'}}],
          responses: {'200': {content: {application/json: {schema: {$ref: '#/components/schemas/Out'}}}}}}}}
        components: {schemas: {
          Both: {type: string, description: B., enum: [P, Q], x-enum-descriptions: [A p., A q.]},
          Only: {type: string, description: O., enum: [Z], x-enum-descriptions: [A z.]},
          In: {type: object, properties: {b: {$ref: '#/components/schemas/Both'}}},
          Out: {type: object, properties: {
            b: {allOf: [{$ref: '#/components/schemas/Both'}], description: Its b., example: Q, nullable: true},
            o: {type: array, items: {$ref: '#/components/schemas/Only'}},
            n: {type: integer, enum: [1]}}}}}";
    let document = Document { file: PathBuf::new(), root: Node::parse(text).unwrap() };
    let schemas = opened(&document).root.to_value()["components"]["schemas"].take();
    let original = document.root.to_value();
    for name in ["Both", "In"] {
        assert_eq!(schemas[name], original["components"]["schemas"][name]);
    }
    assert_eq!(schemas["Only"], Value::Null);
    assert_eq!(
        schemas["Out"]["properties"],
        json!({
            "b": {
                "type": "string", "description": "Its b.\n\nKnown values:\n\n- `P`: A p.\n- `Q`: A q.",
                "example": "Q", "nullable": true, "x-extensible-enum": ["P", "Q"],
            },
            "o": { "type": "array", "items": {
                "type": "string", "description": "O.\n\nKnown values:\n\n- `Z`: A z.",
                "example": "Z", "x-extensible-enum": ["Z"],
            } },
            "n": { "type": "integer", "enum": [1] },
        })
    );
}

#[test]
fn folder_with_other_files_is_an_error() {
    let place = place("others");
    let letter = place.join("letter.txt");
    fs::write(&letter, "dear reader").unwrap();
    assert_contains(&publish(None, &place).unwrap_err(), "others: contains other files");
    let complaint = publish(None, &letter.join("published")).unwrap_err();
    assert_contains(&complaint, "others/letter.txt/.published.publish-draft/");
    assert_contains(&complaint, "; name another folder with --output");
    assert_eq!(contents(&place), [("letter.txt".to_owned(), b"dear reader".to_vec())]);
}

#[test]
#[ignore = "installs npm and PyPI packages; run: cargo test --workspace --all-features -- --ignored"]
fn second_run_writes_the_same_bytes() {
    let place = place("again");
    copy(published(), &place).unwrap();
    fs::write(place.join("stale.json"), "{}").unwrap();
    publish(None, &place).unwrap();
    let (first, second) = (contents(published()), contents(&place));
    let changed = first.iter().filter(|file| !second.contains(file)).map(|file| &file.0);
    assert_eq!(changed.collect::<Vec<_>>(), [""; 0]);
    assert_eq!(first.len(), second.len());
}

#[test]
#[ignore = "installs npm and PyPI packages; run: cargo test --workspace --all-features -- --ignored"]
fn invalid_document_keeps_the_published_files() {
    let place = place("kept");
    copy(published(), &place).unwrap();
    let wrong = json!({ "type": "string", "maxLength": 3, "example": "long" });
    let circle = json!({ "properties": { "next": { "$ref": "#/components/schemas/Circle" } } });
    for (name, schema, expected) in [
        ("Wrong", wrong, ["not valid for Ajv: ", "Wrong.json#: \"long\"", "\nfix target/tmp/"]),
        ("Circle", circle, [DEREFERENCED, "circular reference", "\nfix target/tmp/"]),
    ] {
        let mut document = json(&root().join("openapi").join(JSON));
        document["components"]["schemas"][name] = schema;
        let file = self::place("invalid").join(JSON);
        fs::write(&file, document.to_string()).unwrap();
        let complaint = publish(Some(file), &place).unwrap_err();
        for part in expected {
            assert_contains(&complaint, part);
        }
        assert!(contents(&place) == contents(published()));
        assert!(!beside(&place, "draft").exists() && !beside(&place, "old").exists());
    }
}

#[test]
#[ignore = "installs npm and PyPI packages; run: cargo test --workspace --all-features -- --ignored"]
fn files_are_listed_and_links_are_valid() {
    let folder = published();
    let mut sha256sum = Command::new("sha256sum");
    run_quietly(sha256sum.current_dir(folder).args(["--check", "--strict", SUMS])).unwrap();
    let read = |file: &str| fs::read_to_string(folder.join(file)).unwrap();
    let (sums, readme) = (read(SUMS), read("README.md"));
    let here = root().to_string_lossy().into_owned();
    for file in super::files(folder).unwrap() {
        assert!(file == SUMS || sums.contains(&format!("  {file}\n")), "{file} has no checksum");
        let top = file.split('/').next().unwrap();
        assert!(top == "README.md" || readme.contains(&format!("]({top})")), "{top} is not listed");
        let text = read(&file);
        assert!(!text.contains(&here), "{file} has the path of the project");
        let links = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
        let is_markdown = Path::new(&file).extension().is_some_and(|extension| extension == "md");
        for link in links.filter(|link| is_markdown && !link.contains("://")) {
            assert!(folder.join(link).exists(), "{file} links to {link}, which is not there");
        }
    }
}

#[test]
#[ignore = "installs npm and PyPI packages; run: cargo test --workspace --all-features -- --ignored"]
fn all_formats_agree_with_the_document() {
    let folder = published();
    let [document, dereferenced, upgraded] =
        [JSON, DEREFERENCED, DOCUMENTS[3]].map(|file| json(&folder.join(file)));
    assert_eq!(document, opened(&Document::ours().unwrap()).root.to_value());
    assert_eq!(document, Document::load(&folder.join(YAML)).unwrap().root.to_value());
    let extensions = |document: &Value| document.to_string().matches("\"x-").count();
    assert_eq!(extensions(&document), extensions(&upgraded));
    for path in document["paths"].as_object().unwrap().keys() {
        assert!(dereferenced["paths"][path].is_object() && upgraded["paths"][path].is_object());
    }
    assert!(!dereferenced.to_string().contains("\"$ref\""));
    assert!(!upgraded.to_string().contains("\"nullable\""));
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        let schema = json(&folder.join(format!("schemas/{name}.json")));
        assert_eq!(schema["title"], name.as_str());
    }
}

#[test]
#[ignore = "installs npm and PyPI packages; run: cargo test --workspace --all-features -- --ignored"]
fn each_tool_rejects_a_broken_file() {
    let draft = Draft::new(&place("broken")).unwrap();
    copy(published(), &draft.folder).unwrap();
    let breaks = [
        (YAML, "\n  title: ", "\n  x-title: ", "openapi-spec-validator"),
        (JSON, "\"in\": \"path\"", "\"in\": \"road\"", "openapi-spec-validator"),
        (DEREFERENCED, "\"in\": \"path\"", "\"in\": \"road\"", "openapi-spec-validator"),
        (DOCUMENTS[3], "\"in\": \"path\"", "\"in\": \"road\"", "openapi-spec-validator"),
        ("schemas/JobRecord.json", "\"type\": \"string\"", "\"type\": \"text\"", "Ajv"),
        (REFERENCE, "<div id=\"redoc\">", "<div id=\"redoc\" id=\"redoc\">", "html-validate"),
        ("README.md", "## Files", "#### Files", "markdownlint"),
        ("autoscaling.md", "## Conventions", "#### Conventions", "markdownlint"),
    ];
    for (file, from, to, _) in breaks {
        let text = fs::read_to_string(draft.folder.join(file)).unwrap();
        assert_contains(&text, from);
        fs::write(draft.folder.join(file), text.replacen(from, to, 1)).unwrap();
    }
    let complaints = draft.check().unwrap_err().to_string();
    for (file, _, _, tool) in breaks {
        let name = file.trim_start_matches("schemas/");
        let mut by_tool = complaints.split("not valid for ").filter(|it| it.starts_with(tool));
        assert!(by_tool.any(|it| it.contains(name)), "{tool} does not name {name}:\n{complaints}");
    }
}

#[test]
#[ignore = "needs Chromium; run: cargo test --workspace --all-features -- --ignored"]
fn reference_page_works_in_a_browser() {
    let script = include_str!("../../publish/page.test.mjs");
    let script = BROWSER.install().unwrap().lay("page.test.mjs", script).unwrap();
    let mut node = Command::new("node");
    run_quietly(node.arg("--test").arg(script).env("PUBLISHED", published())).unwrap();
}
