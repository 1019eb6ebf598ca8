//! `cargo xtask compat`, on the document of an invented service.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const LIGHTS: &str = include_str!("compat/lights.yaml");

/// An edit of the document (what stands there, and what takes its place), what is reported of it,
/// and what is reported of undoing it. A report is `kind (direction) verdicts`; the verdicts are
/// for the wire, generated clients and the Rust API: breaking, addition, compatible, documentation.
type Case = (&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

// One line for each edit, so that a row reads as a row.
#[rustfmt::skip]
const CASES: &[Case] = &[
    // What nobody but readers notices.
    ("There is no such lamp.\n      x-observed", "No lamp.\n      x-observed",
        &["documentation (neither) DDD"], &["documentation (neither) DDD"]),
    ("What shines.", "Lamps.",
        &["documentation (neither) DDD"], &["documentation (neither) DDD"]),
    ("          explode: false\n", "          explode: false\n          deprecated: false\n",
        &["same-meaning (neither) DDD"], &["same-meaning (neither) DDD"]),
    ("          style: form\n", "",
        &["same-meaning (request) DDD"], &["same-meaning (request) DDD"]),
    ("maximum: 60\n", "maximum: 60.0\n",
        &["same-meaning (request) DDD"], &["same-meaning (request) DDD"]),
    ("      minLength: 1\n      pattern: '^[a-z-]+$'\n", "      pattern: '^[a-z-]+$'\n      minLength: 1\n",
        &["order (request) DDD"], &["order (request) DDD"]),
    ("enum: [LOW, HIGH]", "enum: [HIGH, LOW]",
        &["order (request) DDD"], &["order (request) DDD"]),
    ("      x-observed: true\n", "",
        &["observed (neither) DDD"], &["observed (neither) DDD"]),
    ("[It shines.,", "[It is on.,",
        &["enum-description (neither) DDD"], &["enum-description (neither) DDD"]),
    ("version: 1.4.0", "version: 1.5.0",
        &["document-version (neither) DDD"], &["document-version (neither) DDD"]),
    ("name: MIT", "name: Apache-2.0", &["licence (neither) DDD"], &["licence (neither) DDD"]),
    // The document as a whole.
    ("openapi: 3.0.3", "openapi: 3.0.4",
        &["openapi-version (neither) DBC"], &["openapi-version (neither) DBC"]),
    ("title: Coast lights", "title: Lights",
        &["document-title (neither) DBD"], &["document-title (neither) DBD"]),
    ("tags:\n  - name", "x-other: 1\ntags:\n  - name",
        &["unknown (neither) BBB"], &["unknown (neither) BBB"]),
    ("    Since:\n      type", "    Since:\n      x-rules: []\n      type",
        &["unknown (request) BBB"], &["unknown (request) BBB"]),
    // Servers and security.
    ("servers:\n", "servers:\n  - url: https://lights.example\n",
        &["server-added (neither) AAA"], &["server-removed (neither) BBB"]),
    ("https://{region}.lights", "https://{region}.lamps",
        &["server-changed (neither) BBC"], &["server-changed (neither) BBC"]),
    ("[north, south]", "[north, south, east]",
        &["region-added (neither) AAA"], &["region-removed (neither) BBB"]),
    ("default: north", "default: south",
        &["default-region (neither) BBD"], &["default-region (neither) BBD"]),
    ("    x-service-type: light\n", "",
        &["service-type-changed (neither) BBC"], &["service-type-added (neither) AAA"]),
    ("  - key: []\n", "  - key: []\n  - token: []\n",
        &["security-added (neither) AAC"], &["security-removed (neither) BBB"]),
    ("security:\n  - key: []\n", "security: []\n",
        &["security-lifted (neither) AAC"], &["security-demanded (neither) BBB"]),
    ("name: X-Key", "name: X-Secret",
        &["security-scheme (neither) BBC"], &["security-scheme (neither) BBC"]),
    // Operations.
    ("  /v1/{coast}/lamps:\n", "  /v1/{coast}/horns:\n    get:\n      operationId: listHorns\n  /v1/{coast}/lamps:\n",
        &["operation-added (neither) AAA"], &["operation-removed (neither) BBB"]),
    ("operationId: listLamps", "operationId: searchLamps",
        &["operation-renamed (neither) DBB"], &["operation-renamed (neither) DBB"]),
    ("    put:\n", "    patch:\n",
        &["method-changed (neither) BBC"], &["method-changed (neither) BBC"]),
    ("  /v1/{coast}/lamps:\n", "  /v2/{coast}/lamps:\n",
        &["path-changed (neither) BBC"], &["path-changed (neither) BBC"]),
    ("tags: [lamps]", "tags: [lights]",
        &["tags-changed (neither) DBD"], &["tags-changed (neither) DBD"]),
    ("      summary: List lamps\n", "      summary: List lamps\n      deprecated: true\n",
        &["deprecated (neither) DCD"], &["undeprecated (neither) DCD"]),
    // Parameters.
    ("        - name: colours\n", "        - name: until\n          in: query\n        - name: colours\n",
        &["parameter-added (request) AAA"], &["parameter-removed (request) BBB"]),
    ("        - name: colours\n", "        - name: until\n          in: query\n          required: true\n        - name: colours\n",
        &["parameter-added-required (request) BBB"], &["parameter-removed (request) BBB"]),
    ("      name: start\n", "      name: skip\n",
        &["parameter-renamed (request) BBB"], &["parameter-renamed (request) BBB"]),
    ("      name: lamp_id\n", "      name: lamp\n",
        &["path-parameter-renamed (request) DBB"], &["path-parameter-renamed (request) DBB"]),
    ("name: dry_run\n          in: query", "name: dry_run\n          in: header",
        &["parameter-moved (request) BBC"], &["parameter-moved (request) BBC"]),
    ("name: dry_run\n", "name: dry_run\n          required: true\n",
        &["parameter-required (request) BBB"], &["parameter-optional (request) ABA"]),
    ("          explode: false\n", "          explode: true\n",
        &["parameter-style (request) BBB"], &["parameter-style (request) BBB"]),
    ("parameters/Coast'\n        - $ref: '#/components/parameters/LampId'", "parameters/LampId'\n        - $ref: '#/components/parameters/Coast'",
        &["parameter-order (request) DBD"], &["parameter-order (request) DBD"]),
    ("      x-client-parameter: coast\n", "",
        &["client-parameter-changed (neither) DDB"], &["client-parameter-changed (neither) DDB"]),
    // Bodies, replies and headers.
    ("      requestBody:\n        $ref: '#/components/requestBodies/ChangeLamp'\n", "",
        &["body-removed (request) BBB"], &["body-added-required (request) BBB"]),
    ("      x-pagination:\n", "      requestBody:\n        content: {}\n      x-pagination:\n",
        &["body-added (request) AAA"], &["body-removed (request) BBB"]),
    ("    ChangeLamp:\n      required: true\n", "    ChangeLamp:\n",
        &["body-optional (request) ABC"], &["body-required (request) BBC"]),
    ("        application/json:\n          schema:\n            $ref: '#/components/schemas/Problem'\n", "        application/json:\n          schema:\n            $ref: '#/components/schemas/Problem'\n        text/plain: {}\n",
        &["media-type-added (reply) AAC"], &["media-type-removed (reply) BBB"]),
    ("        '404':\n", "        '202':\n          description: Later.\n        '404':\n",
        &["success-added (reply) BBC"], &["success-removed (reply) BBB"]),
    ("        '404':\n", "        '409':\n          description: Not now.\n        '404':\n",
        &["error-added (reply) CAD"], &["error-removed (reply) CBD"]),
    ("            X-Trace:\n", "            X-Wait:\n              schema: {type: string}\n            X-Trace:\n",
        &["header-added (reply) AAC"], &["header-removed (reply) BBC"]),
    ("            X-Trace:\n              required: true\n", "            X-Trace:\n",
        &["header-optional (reply) BBC"], &["header-required (reply) CBC"]),
    // Components.
    ("    Beam:\n      type", "    Horn:\n      type: string\n    Beam:\n      type",
        &["schema-added (neither) DAA"], &["schema-removed (neither) DBB"]),
    ("Rhythm", "Pulse", &["schema-renamed (neither) DBB"], &["schema-renamed (neither) DBB"]),
    ("ChangeLamp", "LampChange",
        &["component-renamed (neither) DBD"], &["component-renamed (neither) DBD"]),
    ("    LampId:\n      name", "    Unused:\n      name: unused\n    LampId:\n      name",
        &["component-added (neither) DAD"], &["component-removed (neither) DBD"]),
    ("        beam:\n          $ref: '#/components/schemas/Beam'\n", "        beam:\n          type: string\n          enum: [LOW, HIGH]\n",
        &["another-schema (request) DBB"], &["another-schema (request) DBB"]),
    ("        beam:\n          $ref: '#/components/schemas/Beam'\n", "        beam:\n          $ref: '#/components/schemas/Since'\n",
        &["another-schema (request) DBB", "enum-dropped (request) ABB", "time-form-added (request) DDA"],
        &["another-schema (request) DBB", "enum-stated (request) BBB", "time-form-removed (request) DDB"]),
    ("        beam:\n          $ref: '#/components/schemas/Beam'\n", "        beam:\n          description: How high.\n          allOf:\n            - $ref: '#/components/schemas/Beam'\n",
        &["another-schema (request) DBB", "documentation (neither) DDD"],
        &["another-schema (request) DBB", "documentation (neither) DDD"]),
    ("        '404':\n          $ref: '#/components/responses/NotFound'\n", "        '404':\n          description: There is no such lamp.\n          x-observed: true\n          content:\n            application/json:\n              schema:\n                $ref: '#/components/schemas/Problem'\n",
        &["another-component (reply) DBD"], &["another-component (reply) DBD"]),
    ("        '404':\n          $ref: '#/components/responses/NotFound'\n", "        '404':\n          $ref: '#/components/responses/Missing'\n",
        &["unknown (reply) BBB"], &["unknown (reply) BBB"]),
    // Fields.
    ("        colour:\n          type: string\n        rhythm", "        colour:\n          type: string\n        tint:\n          type: string\n          example: red\n        rhythm",
        &["field-added (request) AAA"], &["field-removed (request) BBB"]),
    ("        height:\n", "        tint:\n          type: boolean\n        height:\n",
        &["field-added (reply) AAA"], &["field-removed (reply) BBB"]),
    ("required: [colour]\n      properties:\n        colour:\n          type: string\n        rhythm", "required: [colour, beam]\n      properties:\n        colour:\n          type: string\n        rhythm",
        &["required-gained (request) BBB"], &["required-lost (request) ABB"]),
    ("required: [colour]\n      properties:\n        colour:\n          type: string\n          nullable", "required: [colour, height]\n      properties:\n        colour:\n          type: string\n          nullable",
        &["required-gained (reply) CBD"], &["required-lost (reply) BBD"]),
    ("required: [colour]\n      properties:\n        colour:\n          type: string\n        rhythm", "required: [colour, tint]\n      properties:\n        colour:\n          type: string\n        tint:\n          type: boolean\n        rhythm",
        &["field-added-required (request) BBB"], &["field-removed (request) BBB"]),
    ("required: [cliff]\n      properties:\n", "required: [cliff, bay]\n      properties:\n        bay:\n          type: boolean\n",
        &["field-added-required (request and reply) BBB"], &["field-removed (request and reply) BBB"]),
    ("required: [cliff]\n      properties:\n", "required: [cliff]\n      properties:\n        bay:\n          type: boolean\n",
        &["field-added-to-closed (request and reply) BBA"], &["field-removed (request and reply) BBB"]),
    ("        lamps:\n          type: array", "        count:\n          type: integer\n        lamps:\n          type: array",
        &["field-added-to-closed (reply) BBA"], &["field-removed (reply) BBB"]),
    ("        height:\n", "        altitude:\n",
        &["field-renamed (reply) BBB"], &["field-renamed (reply) BBB"]),
    ("        since:\n          $ref: '#/components/schemas/Since'\n        width:\n          $ref: '#/components/schemas/Width'\n", "        width:\n          $ref: '#/components/schemas/Width'\n        since:\n          $ref: '#/components/schemas/Since'\n",
        &["field-order (request) DCD"], &["field-order (request) DCD"]),
    ("      additionalProperties: false\n      x-rules", "      x-rules",
        &["object-opened (request) ABC"], &["object-closed (request) BBC"]),
    ("      additionalProperties: false\n      properties:\n        lamps", "      properties:\n        lamps",
        &["object-opened (reply) BBC"], &["object-closed (reply) CBC"]),
    ("      additionalProperties: false\n      properties:\n        lamps", "      additionalProperties:\n        type: string\n      properties:\n        lamps",
        &["other-fields-changed (reply) BBB"], &["other-fields-changed (reply) BBB"]),
    // Values.
    ("        height:\n          type: number\n", "        height:\n          type: integer\n",
        &["type-changed (reply) BBB"], &["type-changed (reply) BBB"]),
    ("format: int32\n      maximum", "format: int64\n      maximum",
        &["format-changed (request) BBB"], &["format-changed (request) BBB"]),
    ("title: Keeper", "title: Guard",
        &["schema-title (reply) DBD"], &["schema-title (reply) DBD"]),
    ("          nullable: true\n", "",
        &["nullable-lost (reply) CBC"], &["nullable-gained (reply) BBC"]),
    ("      maximum: 60\n", "      maximum: 60\n      nullable: true\n",
        &["nullable-gained (request) AAC"], &["nullable-lost (request) BBC"]),
    ("enum: [LOW, HIGH]", "enum: [LOW, HIGH, TOP]",
        &["enum-value-added (request) AAA"], &["enum-value-removed (request) BBB"]),
    ("enum: [GOOD, BAD]", "enum: [GOOD, BAD, WORSE]",
        &["enum-value-added (reply) ABA"], &["enum-value-removed (reply) CBB"]),
    ("enum: [STEADY, FLASHING]\n      x-enum-descriptions: [It shines., It flashes.]", "enum: [STEADY, FLASHING, OFF]\n      x-enum-descriptions: [It shines., It flashes., It does not.]",
        &["enum-value-added (request and reply) ABA"], &["enum-value-removed (request and reply) BBB"]),
    ("      enum: [LOW, HIGH]\n", "",
        &["enum-dropped (request) ABB"], &["enum-stated (request) BBB"]),
    ("          enum: [GOOD, BAD]\n", "",
        &["enum-dropped (reply) CBB"], &["enum-stated (reply) CBB"]),
    ("      minimum: 0\n      default", "      minimum: 0\n      maximum: 100\n      default",
        &["bound-narrowed (request) BBB"], &["bound-widened (request) AAA"]),
    ("      minimum: 0\n      default", "      minimum: 1\n      default",
        &["bound-narrowed (request) BBB"], &["bound-widened (request) AAA"]),
    ("      minLength: 1\n", "",
        &["bound-widened (request) AAA"], &["bound-narrowed (request) BBB"]),
    ("maximum: 90", "maximum: 80",
        &["bound-narrowed (reply) CCC"], &["bound-widened (reply) BBC"]),
    ("      pattern: '^[a-z-]+$'\n", "",
        &["bound-widened (request) AAA"], &["bound-narrowed (request) BBB"]),
    ("        colour:\n          type: string\n        rhythm", "        colour:\n          type: string\n          maxLength: 9\n        rhythm",
        &["bound-narrowed (request) BBB"], &["inline-bound-removed (request) AAB"]),
    ("        cliff:\n          type: string\n", "        cliff:\n          type: string\n          pattern: '^[a-z]$'\n",
        &["bound-narrowed (request and reply) BBB"], &["inline-bound-removed (request and reply) BBB"]),
    ("^[a-z-]+$", "^[a-z]+$",
        &["pattern-changed (request) BBB"], &["pattern-changed (request) BBB"]),
    ("'^[A-Z]'", "'^[A-Y]'",
        &["pattern-changed (reply) BBC"], &["pattern-changed (reply) BBC"]),
    ("minimum: 0\n      default: 0\n", "minimum: 0\n      default: 1\n",
        &["default-changed (request) BBD"], &["default-changed (request) BBD"]),
    ("minimum: 0\n      default: 0\n", "minimum: 0\n",
        &["default-removed (request) BBD"], &["default-added (request) CBD"]),
    ("default: nobody", "default: somebody",
        &["default-changed (reply) BBD"], &["default-changed (reply) BBD"]),
    ("          default: nobody\n", "",
        &["default-removed (reply) BBD"], &["default-added (reply) CBD"]),
    ("      oneOf:\n        - type: integer\n", "      oneOf:\n        - type: boolean\n        - type: integer\n",
        &["variant-added (request) ABB"], &["variant-removed (request) BBB"]),
    ("          oneOf:\n            - type: integer\n", "          oneOf:\n            - type: boolean\n            - type: integer\n",
        &["variant-added (reply) BBB"], &["variant-removed (reply) CBB"]),
    ("            - $ref: '#/components/schemas/Rhythm'\n", "            - $ref: '#/components/schemas/Rhythm'\n            - maximum: 5\n",
        &["composition-changed (request) BBB"], &["composition-changed (request) BBB"]),
    // Extensions.
    ("        - id: steady-has-no-rhythm\n", "        - id: beam-has-width\n          require: [/width]\n        - id: steady-has-no-rhythm\n",
        &["rule-added (neither) BBB"], &["rule-removed (neither) AAA"]),
    ("/mode: [STEADY]", "/mode: [FLASHING]",
        &["rule-changed (neither) BBB"], &["rule-changed (neither) BBB"]),
    ("id: steady-has-no-rhythm", "id: steady-is-steady",
        &["rule-renamed (neither) DDB"], &["rule-renamed (neither) DDB"]),
    ("mend: Leave out rhythm.", "mend: Leave it out.",
        &["documentation (neither) DDD"], &["documentation (neither) DDD"]),
    ("      x-pagination:\n        items: /lamps\n        offset: start\n", "",
        &["pagination-removed (neither) DDB"], &["pagination-added (neither) DDA"]),
    ("items: /lamps", "items: /lights",
        &["pagination-changed (neither) DDB"], &["pagination-changed (neither) DDB"]),
    ("        - code: L.2\n", "        - code: L.3\n        - code: L.2\n",
        &["error-code-listed (neither) DDD"], &["error-code-listed (neither) DDD"]),
    ("          class: not-found\n", "",
        &["error-class-changed (neither) DDB"], &["error-class-added (neither) DDA"]),
    ("x-default-on-create: 10", "x-default-on-create: 20",
        &["initial-value (neither) DDD"], &["initial-value (neither) DDD"]),
    ("      x-unit: seconds\n", "",
        &["unit-stated (request) DDC"], &["unit-stated (request) DDC"]),
    ("x-unit: seconds", "x-unit: minutes",
        &["unit-changed (request) BBB"], &["unit-changed (request) BBB"]),
    ("['%H:%M']", "['%H:%M', '%H:%M:%S']",
        &["time-form-added (request) DDA"], &["time-form-removed (request) DDB"]),
];

/// A folder of a test, with the files that the command reads.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compat").join(name);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let file = self.0.join(name);
        fs::write(&file, text).unwrap();
        file
    }

    /// Runs the command in this folder, on its files; says what it printed and its exit code.
    fn run(&self, old: &str, new: &str) -> (String, String, i32) {
        let mut command = command();
        command.args([old, new, "--manifest", "Cargo.toml", "--changelog", "CHANGELOG.md"]);
        outcome(command.current_dir(&self.0).output().unwrap())
    }
}

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.arg("compat");
    command
}

fn outcome(output: Output) -> (String, String, i32) {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code().unwrap())
}

/// The fixture with an edit, which has to take effect.
fn edited(find: &str, replace: &str) -> String {
    assert!(LIGHTS.contains(find), "the fixture has no {find:?}");
    LIGHTS.replace(find, replace)
}

/// The changes of a report, in the words of [`CASES`].
fn changes(report: &str) -> BTreeSet<String> {
    let lines: Vec<&str> = report.lines().collect();
    let mut changes = BTreeSet::new();
    for (index, line) in lines.iter().enumerate() {
        let Some(verdicts) = line.strip_prefix("  wire ") else { continue };
        let change = lines[index - 2].split("):").next().unwrap();
        let letters = verdicts.split(", ").map(|verdict| verdict.rsplit(' ').next().unwrap());
        let letters: String = letters.map(|word| word[..1].to_uppercase()).collect();
        changes.insert(format!("{change}) {letters}"));
    }
    changes
}

#[test]
fn each_kind_of_change_has_its_verdicts_in_each_direction() {
    let folder = Folder::new("kinds");
    folder.write("CHANGELOG.md", CHANGELOG);
    folder.write("lights.yaml", LIGHTS);
    let mut wrong = Vec::new();
    for (find, replace, forward, backward) in CASES {
        folder.write("edited.yaml", &edited(find, replace));
        for (old, new, expected) in
            [("lights.yaml", "edited.yaml", forward), ("edited.yaml", "lights.yaml", backward)]
        {
            let (report, errors, _) = folder.run(old, new);
            let expected: BTreeSet<String> = expected.iter().map(|it| (*it).to_owned()).collect();
            let found = changes(&report);
            if found != expected {
                wrong.push(format!(
                    "{find:?} -> {replace:?}, {old} -> {new}\n  {found:?}\n  not {expected:?}\n{errors}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is reported of two documents.
fn between(name: &str, old: &str, new: &str) -> BTreeSet<String> {
    let folder = Folder::new(name);
    folder.write("CHANGELOG.md", CHANGELOG);
    folder.write("old.yaml", old);
    folder.write("new.yaml", new);
    changes(&folder.run("old.yaml", "new.yaml").0)
}

#[test]
fn a_schema_that_holds_itself_is_compared_once() {
    let place = "#/components/schemas/Place";
    let field = format!("        inner:\n          $ref: '{place}'\n        cliff:\n");
    let old = edited("        cliff:\n", &field);
    let new =
        old.replace(place, "#/components/schemas/Spot").replace("    Place:\n", "    Spot:\n");
    let found = between("recursive", &old, &new.replace("        cliff:\n", "        cove:\n"));
    let expected = [
        "another-schema (reply) DBB",
        "another-schema (request) DBB",
        "field-renamed (reply) BBB",
        "field-renamed (request) BBB",
        "schema-added (neither) DAA",
        "schema-removed (neither) DBB",
    ];
    let found: Vec<&str> = found.iter().map(String::as_str).collect();
    assert_eq!(found, expected);
}

#[test]
fn the_parameters_of_a_path_are_those_of_its_operations() {
    let (shared, own) = ("    parameters:\n      - name: unit\n        in: query\n", "    put:\n");
    let old = edited(own, &format!("{shared}{own}"));
    let new = old.replace("name: unit\n", "name: unit\n        required: true\n");
    assert_eq!(
        between("shared", &old, &new).into_iter().collect::<Vec<_>>(),
        ["parameter-required (request) BBB"]
    );
    assert_eq!(
        between("shared-gone", &old, LIGHTS).into_iter().collect::<Vec<_>>(),
        ["parameter-removed (request) BBB"]
    );
}

#[test]
fn no_security_is_the_same_as_an_empty_list() {
    let (none, empty) = (
        edited("security:\n  - key: []\n", ""),
        edited("security:\n  - key: []\n", "security: []\n"),
    );
    let found: Vec<String> = between("no-security", &none, &empty).into_iter().collect();
    assert_eq!(found, ["same-meaning (neither) DDD"]);
}

#[test]
fn each_rule_is_shown_by_a_case() {
    let (table, _, code) = outcome(command().arg("--explain").output().unwrap());
    assert_eq!(code, 0);
    let shown: BTreeSet<&str> =
        CASES.iter().flat_map(|case| case.2.iter().chain(case.3)).copied().collect();
    let mut rules = 0;
    for rule in table.lines().skip(1) {
        let mut words = rule.split_whitespace();
        let (kind, on) = (words.next().unwrap(), words.next().unwrap());
        let is_shown = |case: &&str| {
            let (name, rest) = case.split_once(" (").unwrap();
            name == kind && (on == "any" || rest.split_once(") ").unwrap().0.contains(on))
        };
        assert!(shown.iter().any(is_shown), "no case shows {kind} ({on})");
        rules += 1;
    }
    assert!(rules > 100, "{table}");
}

const CHANGELOG: &str =
    "# Changelog\n\n## [Unreleased]\n\n- A change.\n\n## [0.3.1] - 2026-01-31\n\n- Old.\n";
const RELEASED: &str = "document-1.4.0-crate-0.3.1.yaml";

/// Compares a release with an edit of it, under these versions.
fn demands(
    name: &str,
    (find, replace): (&str, &str),
    document: &str,
    krate: &str,
    changelog: &str,
) -> (String, String, i32) {
    let folder = Folder::new(name);
    folder.write(RELEASED, LIGHTS);
    let new = edited(find, replace).replace("version: 1.4.0", &format!("version: {document}"));
    folder.write("new.yaml", &new);
    let manifest = format!(
        "[package]\nname = \"lights\"\nversion = \"{krate}\"\n\n[dependencies.x]\nversion = \"9\"\n"
    );
    folder.write("Cargo.toml", &manifest);
    folder.write("CHANGELOG.md", changelog);
    folder.run(RELEASED, "new.yaml")
}

const BREAKING: (&str, &str) = ("      maximum: 60\n", "      maximum: 50\n");
const ADDITION: (&str, &str) = ("      maximum: 60\n", "      maximum: 70\n");
const PROSE: (&str, &str) = ("Lamps along a coast.", "Lamps.");

#[test]
fn versions_that_are_too_small_are_named_with_their_place() {
    for (name, edit, document, krate, missing) in [
        (
            "b1",
            BREAKING,
            "1.5.0",
            "0.3.2",
            vec![
                "new.yaml:4: /info/version: 1.5.0 is too little for a breaking change: write 2.0.0",
                "Cargo.toml:3: version: 0.3.2 is too little for a breaking change: write 0.4.0",
            ],
        ),
        (
            "b2",
            BREAKING,
            "2.0.0",
            "0.3.2",
            vec!["Cargo.toml:3: version: 0.3.2 is too little for a breaking change: write 0.4.0"],
        ),
        ("b3", BREAKING, "2.0.0", "0.4.0", vec![]),
        ("b4", BREAKING, "3.1.0", "1.0.0", vec![]),
        (
            "a1",
            ADDITION,
            "1.4.1",
            "0.3.2",
            vec!["new.yaml:4: /info/version: 1.4.1 is too little for an addition: write 1.5.0"],
        ),
        ("a2", ADDITION, "1.5.0", "0.3.2", vec![]),
        (
            "p1",
            PROSE,
            "1.4.0",
            "0.3.1",
            vec![
                "new.yaml:4: /info/version: 1.4.0 is too little for a change of the documentation: write 1.4.1",
                "Cargo.toml:3: version: 0.3.1 is too little for a change of the documentation: write 0.3.2",
            ],
        ),
        ("p2", PROSE, "1.4.1", "0.3.2", vec![]),
        // What the Rust API does not notice needs a patch of the crate only.
        ("r1", ("nullable: true", "nullable: false"), "2.0.0", "0.3.2", vec![]),
    ] {
        let (_, errors, code) = demands(name, edit, document, krate, CHANGELOG);
        let expected: Vec<String> = missing.iter().map(|it| format!("error: {it}")).collect();
        assert_eq!(errors.lines().collect::<Vec<_>>(), expected, "{name}");
        assert_eq!(code, i32::from(!missing.is_empty()), "{name}");
    }
}

#[test]
fn a_change_needs_an_entry_in_the_changelog() {
    let entries = |changelog: &str, name: &str| {
        let (_, errors, code) = demands(name, PROSE, "1.4.1", "0.3.2", changelog);
        assert_eq!(code, i32::from(!errors.is_empty()));
        errors
    };
    assert_eq!(entries(CHANGELOG, "c1"), "");
    assert_eq!(
        entries(&CHANGELOG.replace("- A change.\n", ""), "c2"),
        "error: CHANGELOG.md:3: [Unreleased] has no entry: say there what changes\n"
    );
    assert_eq!(entries(&CHANGELOG.replace("Unreleased", "0.3.2"), "c3"), "");
    assert_eq!(
        entries("# Changelog\n\n## [0.3.1] - 2026-01-31\n\n- Old.\n", "c4"),
        "error: CHANGELOG.md:1: there is no section [Unreleased]: write `## [Unreleased]`, and \
         under it an entry that says what changes\n"
    );
}

#[test]
fn a_candidate_may_take_a_change_into_itself() {
    let changelog = "# Changelog\n\n## [Unreleased]\n\n- All that is new.\n";
    let (report, errors, code) = demands("n1", PROSE, "1.4.0", "0.3.1", changelog);
    assert_eq!((errors.as_str(), code), ("", 0));
    assert!(report.contains("0.3.1 is not released yet"), "{report}");
    let (_, errors, code) = demands("n2", BREAKING, "1.4.0", "0.3.1", changelog);
    assert_eq!(code, 1);
    assert!(errors.contains("write 2.0.0") && errors.contains("write 0.4.0"), "{errors}");
    assert!(
        errors.contains("take the change into it: cp new.yaml document-1.4.0-crate-0.3.1.yaml"),
        "{errors}"
    );
    let (_, errors, code) = demands("n4", ADDITION, "1.4.0", "0.3.1", changelog);
    assert_eq!(code, 1);
    assert!(errors.contains("too little for an addition: write 1.5.0"), "{errors}");
    let (_, errors, code) = demands("n3", BREAKING, "2.0.0", "0.4.0", changelog);
    assert_eq!((errors.as_str(), code), ("", 0));
}

#[test]
fn without_a_change_there_is_one_line() {
    let folder = Folder::new("same");
    folder.write("lights.yaml", LIGHTS);
    folder.write("copy.yaml", LIGHTS);
    let (report, errors, code) = folder.run("lights.yaml", "copy.yaml");
    assert_eq!(report, "lights.yaml -> copy.yaml: no change\n");
    assert_eq!((errors.as_str(), code), ("", 0));
}

#[test]
fn json_is_read_like_yaml() {
    let folder = Folder::new("json");
    let json: serde_json::Value = serde_saphyr::from_str(LIGHTS).unwrap();
    folder.write("lights.yaml", LIGHTS);
    folder.write("lights.json", &json.to_string());
    folder.write("CHANGELOG.md", CHANGELOG);
    // Its members are in the order of the alphabet, and nothing else differs.
    let (report, _, _) = folder.run("lights.yaml", "lights.json");
    let kinds = changes(&report);
    let is_order =
        |change: &String| change.starts_with("order") || change.starts_with("field-order");
    assert!(kinds.iter().all(is_order), "{report}");
}

#[test]
fn what_cant_be_read_is_told_from_what_is_missing() {
    let folder = Folder::new("unreadable");
    folder.write("lights.yaml", LIGHTS);
    folder.write("no-paths.yaml", "openapi: 3.0.3\n");
    folder.write("no-yaml.yaml", "a: [\n");
    folder.write("no-version.yaml", &LIGHTS.replace("version: 1.4.0", "version: one"));
    folder.write("document-1.3.0-crate-0.3.1.yaml", LIGHTS);
    folder.write("CHANGELOG.md", CHANGELOG);
    for (old, new, reason) in [
        ("lights.yaml", "absent.yaml", "absent.yaml: No such file"),
        ("no-paths.yaml", "lights.yaml", "no-paths.yaml:1: has no paths"),
        ("no-yaml.yaml", "lights.yaml", "no-yaml.yaml:1: not valid YAML"),
        ("lights.yaml", "no-version.yaml", "no-version.yaml:4: /info/version: no semantic version"),
        ("document-1.3.0-crate-0.3.1.yaml", "no-version.yaml", "no-version.yaml:4"),
    ] {
        let (_, errors, code) = folder.run(old, new);
        assert_eq!(code, 2, "{old} {new}: {errors}");
        assert!(errors.contains(reason), "{errors}");
    }
    folder.write("edited.yaml", &edited(PROSE.0, PROSE.1));
    let (_, errors, code) = folder.run("document-1.3.0-crate-0.3.1.yaml", "edited.yaml");
    assert_eq!(code, 2);
    assert!(errors.contains("is 1.4.0, but the name of its file says 1.3.0"), "{errors}");
}

#[test]
fn a_dozen_changes_are_reported_by_severity() {
    let edits = [
        ("enum: [GOOD, BAD]", "enum: [GOOD, BAD, WORSE]"),
        ("      maximum: 60\n", "      maximum: 50\n"),
        ("      operationId: listLamps", "      operationId: searchLamps"),
        (
            "        - name: dry_run\n          in: query\n          schema:\n            type: boolean\n",
            "",
        ),
        ("      minLength: 1\n", ""),
        ("[north, south]", "[north, south, east]"),
        ("title: Keeper", "title: Guard"),
        ("          nullable: true\n", ""),
        ("      x-unit: seconds\n", ""),
        ("What shines.", "Lamps."),
        ("version: 1.4.0", "version: 1.5.0"),
        ("          class: not-found\n", ""),
    ];
    let new = edits.iter().fold(LIGHTS.to_owned(), |text, (find, replace)| {
        assert!(text.contains(find), "{find}");
        text.replace(find, replace)
    });
    let folder = Folder::new("dozen");
    folder.write(RELEASED, LIGHTS);
    folder.write("new.yaml", &new);
    folder.write("Cargo.toml", "[package]\nversion = \"0.3.2\"\n");
    folder.write("CHANGELOG.md", CHANGELOG);
    let (report, errors, code) = folder.run(RELEASED, "new.yaml");
    assert_eq!(code, 1);
    insta::assert_snapshot!(format!("{report}\n{errors}"));
}

#[test]
fn the_document_is_held_against_the_last_release() {
    let (report, errors, code) = outcome(command().output().unwrap());
    assert!(code != 2, "{errors}");
    assert!(report.starts_with("openapi/released/document-"), "{report}");
}
