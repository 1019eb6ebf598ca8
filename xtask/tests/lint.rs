//! The project's own rules of the document: each refuses what breaks it, with the line, and what is
//! right passes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A small document that breaks no rule.
const TANKS: &str = include_str!("lint/tanks.yaml");
/// The extensions that it uses.
const README: &str = include_str!("lint/README.md");

/// A folder of its own for a test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("lint").join(name);
    fs::create_dir_all(&folder).unwrap();
    folder.canonicalize().unwrap()
}

/// Whether a document passes, and what is said of it.
fn lint(arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let output = command.args(["lint", "--own"]).args(arguments).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

fn lint_texts(folder: &Path, document: &str, readme: &str) -> (bool, String) {
    let file = folder.join("tanks.yaml");
    fs::write(&file, document).unwrap();
    fs::write(folder.join("README.md"), readme).unwrap();
    lint(&[file.to_str().unwrap()])
}

/// Puts a piece in place of another one, which stands there once.
#[track_caller]
fn edit(text: &str, old: &str, new: &str) -> String {
    assert_eq!(text.matches(old).count(), 1, "{old}");
    text.replace(old, new)
}

/// Sees the small document refused by a rule after some edits. The complaint is of the line that
/// says `# here`.
#[track_caller]
fn refused(rule: &str, edits: &[(&str, &str)], complaint: &str) {
    let edited = edits.iter().fold(TANKS.to_owned(), |text, (old, new)| edit(&text, old, new));
    let line = edited.lines().position(|line| line.contains("# here")).unwrap() + 1;
    let folder = folder(&format!("{rule}-{line}"));
    let (passes, said) = lint_texts(&folder, &edited, README);
    assert!(!passes, "it passes");
    let complaint = format!("/{rule}-{line}/tanks.yaml:{line}: {complaint}");
    let ours = |said: &str| said.contains(&complaint) && said.ends_with(&format!("[{rule}]"));
    assert!(said.lines().any(ours), "{said}\nhas no {complaint} … [{rule}]");
}

/// Sees the small document pass after some edits.
#[track_caller]
fn passes(name: &str, edits: &[(&str, &str)]) {
    let edited = edits.iter().fold(TANKS.to_owned(), |text, (old, new)| edit(&text, old, new));
    let (passes, said) = lint_texts(&folder(name), &edited, README);
    assert!(passes, "{said}");
}

#[test]
fn the_document_of_this_project_is_right() {
    let (passes, said) = lint(&[]);
    assert!(passes, "{said}");
}

#[test]
fn the_same_document_as_json_is_right() {
    let (passes, said) =
        lint(&[concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/autoscaling.json")]);
    assert!(passes, "{said}");
}

#[test]
fn the_small_document_is_right() {
    let (passes, said) = lint_texts(&folder("right"), TANKS, README);
    assert!(passes, "{said}");
}

#[test]
fn all_complaints_come_at_once_and_say_what_to_run() {
    let document = edit(TANKS, "operationId: updateTank", "operationId: putTank");
    let document = edit(&document, "description: A token.", "description: A token");
    let (passes, said) = lint_texts(&folder("all"), &document, README);
    assert!(!passes);
    assert!(said.contains("[operation-names]") && said.contains("[descriptions]"), "{said}");
    assert!(said.ends_with("mend it, and run: cargo xtask lint\n"), "{said}");
}

/// Each rule has a test here that sees it refuse something.
#[test]
fn every_rule_is_seen_to_refuse() {
    let readme = include_str!("../../openapi/README.md");
    let (_, rules) = readme.split_once("<!-- generated: rules -->").unwrap();
    let (rules, _) = rules.split_once("<!-- end -->").unwrap();
    let names = rules.lines().filter_map(|row| row.strip_prefix("| `")?.split('`').next());
    let names: Vec<&str> = names.collect();
    assert!(names.contains(&"units"), "{names:?}");
    for name in names {
        let seen = include_str!("lint.rs").contains(&format!("let rule = \"{name}\";"));
        assert!(seen, "no test sees {name} refuse anything");
    }
}

#[test]
fn an_operation_is_named_by_a_verb_that_fits_its_method() {
    let rule = "operation-names";
    let named = |name, complaint| {
        let edit = ("operationId: updateTank", &*format!("operationId: {name} # here"));
        let at = "/paths/~1v1~1tanks~1{tank_id}/put/operationId";
        refused(rule, &[edit], &format!("{at}: {complaint}"));
    };
    named("listTank", "listTank is a PUT; let it begin with update");
    named("update_tank", "\"update_tank\" is no verb and object in lower camel case");
    named("update", "\"update\" is no verb and object in lower camel case");
    refused(
        rule,
        &[("operationId: listReports", "operationId: showReports # here")],
        "/paths/~1v1~1tanks~1{tank_id}~1reports/get/operationId: showReports answers a list in \
         pages; let it begin with list",
    );
    refused(
        rule,
        &[
            ("operationId: listReports", "operationId: fetchReports # here"),
            ("x-pagination:", "x-observed:"),
        ],
        "/paths/~1v1~1tanks~1{tank_id}~1reports/get/operationId: fetchReports is a GET; let it \
         begin with get, list, show",
    );
    refused(
        rule,
        &[("put:", "post:"), ("operationId: updateTank", "operationId: updateTank # here")],
        "/paths/~1v1~1tanks~1{tank_id}/post/operationId: updateTank is a POST, and update is for \
         another method",
    );
}

#[test]
fn a_component_is_in_camel_case() {
    let rule = "component-names";
    refused(
        rule,
        &[("    RetryAfter:", "    retry_after:"), ("come back.", "come back. # here")],
        "/components/headers/retry_after: retry_after is not in upper camel case; rename it",
    );
    refused(
        rule,
        &[
            ("    listReportsResponse:\n      summary", "    ListReports:\n      summary"),
            ("One report", "One report # here"),
        ],
        "/components/examples/ListReports: ListReports is not in lower camel case",
    );
}

#[test]
fn a_body_is_named_after_its_operation() {
    let rule = "body-names";
    let content = "content/application~1json/schema";
    let put = "/paths/~1v1~1tanks~1{tank_id}/put";
    let get = "/paths/~1v1~1tanks~1{tank_id}~1reports/get";
    refused(
        rule,
        &[("requestBodies/UpdateTank'", "requestBodies/ChangeTank' # here")],
        &format!("{put}/requestBody: updateTank has ChangeTank here; name it UpdateTank, or refer"),
    );
    refused(
        rule,
        &[("schemas/UpdateTankRequest'", "schemas/Report' # here")],
        &format!(
            "/components/requestBodies/UpdateTank/{content}: updateTank has Report here; name it \
             UpdateTankRequest, or refer to that"
        ),
    );
    refused(
        rule,
        &[("schemas/UpdateTankResponse'", "schemas/Report' # here")],
        &format!(
            "{put}/responses/200/{content}: updateTank has Report here; name it UpdateTankResponse"
        ),
    );
    refused(
        rule,
        &[("$ref: '#/components/schemas/ReportPage'", "type: object # here")],
        &format!("{get}/responses/200/{content}: listReports has no component here; name it …Page"),
    );
}

#[test]
fn names_on_the_wire_are_of_one_kind() {
    let rule = "wire-names";
    refused(
        rule,
        &[("name: start\n", "name: startAt # here\n")],
        "/components/parameters/Start/name: startAt is not in snake case; rename it",
    );
    refused(
        rule,
        &[(
            "        total:\n          type: integer\n",
            "        Total:\n          type: integer # here\n",
        )],
        "/components/schemas/ReportPage/properties/Total: Total is not in snake case",
    );
    refused(
        rule,
        &[(
            "Retry-After:\n          $ref: '#/components/headers/RetryAfter' # of ServiceUnavailable",
            "retry_after:\n          $ref: '#/components/headers/RetryAfter' # here",
        )],
        "/components/responses/ServiceUnavailable/headers/retry_after: retry_after is not in \
         capitals and hyphens",
    );
}

#[test]
fn the_values_of_an_enum_are_of_one_kind() {
    let rule = "enum-values";
    refused(
        rule,
        &[("        - OVERFLOW\n", "        - OVERFLOW # here\n"), ("- RAN_DRY", "- RanDry")],
        "/components/schemas/Kind/enum: its values are neither all in upper snake case nor",
    );
}

#[test]
fn an_example_is_named_after_what_it_is_of() {
    let rule = "example-names";
    refused(
        rule,
        &[
            ("    listReportsResponse:\n      summary", "    fillTankResponse:\n      summary"),
            ("One report", "One report # here"),
        ],
        "/components/examples/fillTankResponse: fillTankResponse is named after no operation",
    );
    let other = "is not the request of an operation that takes the parameter";
    refused(
        rule,
        &[("updateTankRequest:", "updateTank:"), ("value: t-1", "value: t-1 # here")],
        &format!("/components/parameters/TankId/examples/updateTank: updateTank {other}"),
    );
    refused(
        rule,
        &[("updateTankRequest:", "updateTankResponse:"), ("value: t-1", "value: t-1 # here")],
        &format!(
            "/components/parameters/TankId/examples/updateTankResponse: updateTankResponse {other}"
        ),
    );
    refused(
        rule,
        &[("updateTankRequest:", "listTanksRequest:"), ("value: t-1", "value: t-1 # here")],
        &format!(
            "/components/parameters/TankId/examples/listTanksRequest: listTanksRequest {other}"
        ),
    );
    refused(
        rule,
        &[
            ("                listReportsResponse:", "                someReports:"),
            ("examples/listReportsResponse'", "examples/listReportsResponse' # here"),
        ],
        "/paths/~1v1~1tanks~1{tank_id}~1reports/get/responses/200/content/application~1json/\
         examples/someReports: someReports is not the name of the example that it refers to",
    );
}

#[test]
fn an_extension_is_listed_and_used() {
    let rule = "extensions";
    refused(
        rule,
        &[("description: A token.\n", "description: A token.\n      x-color: red # here\n")],
        "/components/securitySchemes/token/x-color: the table of extensions does not list x-color",
    );
    refused(
        rule,
        &[("x-observed: true", "x-observed: false # here")],
        "/components/headers/RetryAfter/x-observed: x-observed is not true; remove it",
    );

    let folder = folder("unused");
    let readme = format!("{README}| [`x-color`](#x-color) | schema |\n");
    let (passes, said) = lint_texts(&folder, TANKS, &readme);
    assert!(!passes);
    assert!(said.contains("unused/README.md:8: x-color is listed and not used"), "{said}");
}

#[test]
fn a_readme_without_a_table_of_extensions_is_an_error() {
    let (passes, said) = lint_texts(&folder("no-table"), TANKS, "Nothing.\n");
    assert!(!passes);
    assert!(said.contains("README.md: has no table of extensions"), "{said}");
}

#[test]
fn each_scalar_has_an_example() {
    let rule = "example-each";
    // The line of a thing is that of the first thing in it.
    let cases = [
        // A parameter and a header.
        ("      example: 3 # of the parameter\n", "name: start\n", "parameters/Start"),
        ("      example: '60'\n", "description: When to come back.\n", "headers/RetryAfter"),
        // A component, and a property that refers to a component, to an enum, to a choice.
        ("      example: 5 # of Portion\n", "type: integer # of Portion\n", "schemas/Portion"),
        (
            "          example: 5 # of pause\n",
            "description: How long the pump rests, in seconds.\n",
            "schemas/UpdateTankRequest/properties/pause",
        ),
        (
            "          example: OVERFLOW\n",
            "description: What happened. # to a tank\n",
            "schemas/Report/properties/kind",
        ),
        (
            "          example: 3 # of pause\n",
            "description: How many seconds the pump rested.\n",
            "schemas/Report/properties/pause",
        ),
        // A part of a map and of a choice.
        (
            "            example: old\n",
            "type: string # of a label\n",
            "schemas/Report/properties/labels/additionalProperties",
        ),
        ("          example: '3'\n", "type: string # or text\n", "schemas/NumberOrText/oneOf/1"),
    ];
    for (example, first, place) in cases {
        let here = first.replace('\n', " # here\n");
        let complaint = format!("/components/{place}: has no example; add one");
        refused(rule, &[(example, ""), (first, &here)], &complaint);
    }
}

#[test]
fn each_example_is_valid() {
    let rule = "example-values";
    let schemas = "/components/schemas";
    let cases = [
        (
            "x-default-on-create: 30",
            "x-default-on-create: 61",
            "UpdateTankRequest/properties/pause/x-default-on-create: 61 is above 60; use a value that is valid",
        ),
        ("example: 5 # of Pause", "example: -1", "Pause/example: -1 is below 0"),
        ("example: 5 # of Pause", "example: 1.5", "Pause/example: 1.5 is no integer"),
        (
            "example: 5 # of Portion",
            "example: 2147483648",
            "Portion/example: 2147483648 is above 2147483647",
        ),
        (
            "example: t-1 # of TankId",
            "example: T-1",
            "TankId/example: \"T-1\" does not match ^[a-z]",
        ),
        (
            "example: t-1 # of TankId",
            "example: t-1234567",
            "TankId/example: \"t-1234567\" has a length of 9, above its maxLength",
        ),
        (
            "example: OVERFLOW",
            "example: FLOODED",
            "Report/properties/kind/example: \"FLOODED\" is not in its enum",
        ),
        (
            "example: [OVERFLOW]",
            "example: []",
            "UpdateTankRequest/properties/reported_kinds/example: [] has a length of 0, below its minItems",
        ),
        (
            "example: [OVERFLOW]",
            "example: [OVERFLOW, FLOODED]",
            "UpdateTankRequest/properties/reported_kinds/example: \"FLOODED\" at /1 is not in its enum",
        ),
        (
            "example: {pause: 5}",
            "example: {portion: 5}",
            "UpdateTankRequest/example: {\"portion\":5} has no pause",
        ),
        (
            "example: {pause: 5}",
            "example: {pause: 5, colour: 1}",
            "UpdateTankRequest/example: 1 at /colour is no property of it",
        ),
    ];
    for (old, new, complaint) in cases {
        refused(rule, &[(old, &format!("{new} # here"))], &format!("{schemas}/{complaint}"));
    }
    refused(
        rule,
        &[("value: t-1", "value: T-1 # here")],
        "/components/parameters/TankId/examples/updateTankRequest/value: \"T-1\" does not match",
    );
    // Within the example of a reply: a choice, a map, a null.
    let reports = |report: &str, complaint: &str| {
        refused(
            rule,
            &[("reports: [{id: r-1}]", &format!("reports: [{report}] # here"))],
            &format!("/components/examples/listReportsResponse/value: {complaint}"),
        );
    };
    reports("{pause: true}", "true at /reports/0/pause is none of its oneOf");
    reports("{labels: {a: 1}}", "1 at /reports/0/labels/a is no string");
    reports("{id: null}", "null at /reports/0/id is no string");
    let reports = |report: &str| format!("reports: [{report}]");
    let report = ("reports: [{id: r-1}]", &*reports("{labels: null, pause: '3'}"));
    passes("null", &[report]);
    let choice = "description: A whole number, as a number or a text.";
    let nullable = (choice, &*format!("nullable: true\n      {choice}"));
    passes("null-of-a-component", &[nullable, (report.0, &reports("{pause: null}"))]);
    passes("maximum", &[("x-default-on-create: 30", "x-default-on-create: 60")]);
    passes("minimum", &[("x-default-on-create: 30", "x-default-on-create: 0")]);
}

#[test]
fn a_choice_that_leads_back_to_itself_ends() {
    let rule = "example-values";
    let again =
        "- $ref: '#/components/schemas/NumberOrText'\n      example: true # here\n    Error";
    refused(
        rule,
        &[(
            "- type: string # or text\n          description: As a text.\n          example: '3'\n    Error",
            again,
        )],
        "/components/schemas/NumberOrText/example: true is none of its oneOf",
    );
    // Several ways back: each is gone once, not each from each.
    let itself = "- $ref: '#/components/schemas/NumberOrText'\n        ";
    refused(
        rule,
        &[(
            "oneOf:\n        - type: integer",
            &format!(
                "example: true # here\n      oneOf:\n        {}- type: integer",
                itself.repeat(3)
            ),
        )],
        "/components/schemas/NumberOrText/example: true is none of its oneOf",
    );
}

#[test]
fn all_operations_answer_the_same_errors() {
    let rule = "error-statuses";
    let put = "/paths/~1v1~1tanks~1{tank_id}/put";
    let closed =
        "'503': # of updateTank\n          $ref: '#/components/responses/ServiceUnavailable'\n";
    refused(
        rule,
        &[(closed, ""), ("'200': # of updateTank", "'200': # here")],
        &format!(
            "{put}/responses: updateTank does not answer 503, which others do; refer to \
             #/components/responses/ServiceUnavailable"
        ),
    );
    refused(
        rule,
        &[(closed, ""), ("operationId: updateTank", "operationId: updateTank # here")],
        &format!("{put}: updateTank answers no 5xx; list those that it answers"),
    );
    refused(
        rule,
        &[(closed, "'503':\n          $ref: '#/components/responses/BadRequest' # here\n")],
        &format!("{put}/responses/503: 503 is not the same in all operations; refer to one"),
    );
    refused(
        rule,
        &[(closed, "'503':\n          description: Closed. # here\n")],
        &format!("{put}/responses/503: the error 503 is no component; move it"),
    );
}

#[test]
fn all_errors_have_one_schema() {
    let rule = "error-bodies";
    refused(
        rule,
        &[
            (
                "$ref: '#/components/schemas/ErrorResponse' # of BadRequest",
                "$ref: '#/components/schemas/Report'",
            ),
            ("description: The request is wrong.", "description: The request is wrong. # here"),
        ],
        "/components/responses/BadRequest: its schema is not that of other errors; refer to \
         #/components/schemas/ErrorResponse",
    );
    refused(
        rule,
        &[
            ("$ref: '#/components/schemas/ErrorResponse' # of BadRequest", "type: object"),
            ("description: The request is wrong.", "description: The request is wrong. # here"),
        ],
        "/components/responses/BadRequest: its schema is not that of other errors",
    );
}

#[test]
fn a_reply_has_the_headers_that_it_needs() {
    let rule = "reply-headers";
    refused(
        rule,
        &[
            ("headers/RequestId' # of BadRequest", "headers/RetryAfter'"),
            ("The request is wrong.", "The request is wrong. # here"),
        ],
        "/components/responses/BadRequest: has no header that is #/components/headers/RequestId",
    );
    for (name, description) in [
        ("ServiceUnavailable", "The brewery is closed."),
        ("TooManyRequests", "The brewery is busy."),
    ] {
        let header = format!(
            "Retry-After:\n          $ref: '#/components/headers/RetryAfter' # of {name}\n"
        );
        refused(
            rule,
            &[(&format!("        {header}"), ""), (description, &format!("{description} # here"))],
            &format!("/components/responses/{name}: has no header Retry-After"),
        );
    }
}

#[test]
fn a_description_names_the_unit() {
    let rule = "units";
    let request = "/components/schemas/UpdateTankRequest/properties";
    let pause = "How long the pump rests, in seconds.";
    refused(
        rule,
        &[(pause, "How long the pump rests. # here")],
        &format!("{request}/pause: its x-unit is seconds; name seconds in the description too"),
    );
    refused(
        rule,
        &[(pause, "How long the pump rests, in seconds of minutes. # here")],
        &format!("{request}/pause: its description names minutes, its x-unit is seconds"),
    );
    refused(
        rule,
        &[
            ("type: integer # of Pause", "type: integer # here"),
            ("x-unit: seconds # of Pause", "x-unit: ages"),
        ],
        "/components/schemas/Pause: the x-unit ages is none of milliseconds, seconds",
    );
    refused(
        rule,
        &[
            ("x-unit: seconds # of Report", "x-observed: true"),
            ("How many seconds the pump rested.", "How many seconds the pump rested. # here"),
        ],
        "/components/schemas/Report/properties/pause: its description names seconds; add x-unit: seconds",
    );
    refused(
        rule,
        &[
            ("type: integer # of Start", "type: integer # here"),
            ("The number of an entry.", "A number."),
        ],
        "/components/schemas/Start: an integer without x-unit; add it, and say the unit",
    );
    refused(
        rule,
        &[
            ("name: start\n", "name: start # here\n"),
            ("How many entries to skip.", "How many to skip."),
        ],
        "/components/parameters/Start: an integer without x-unit",
    );
}

#[test]
fn a_description_is_there_and_ends_with_a_full_stop() {
    let rule = "descriptions";
    let without = "does not end with a full stop; add it";
    let cases = [
        (
            "description: The brewery.",
            "description: The brewery # here",
            format!("/servers/0/description: {without}"),
        ),
        (
            "- Too much.",
            "- Too much # here",
            format!("/components/schemas/Kind/x-enum-descriptions/0: {without}"),
        ),
        (
            "- Too much.\n        - Too little.",
            "- Too much. # here",
            "/components/schemas/Kind/x-enum-descriptions: has 1 texts for 2 values; write one for each"
                .to_owned(),
        ),
        (
            "description: What is in it.",
            "description: What is in it # here",
            format!(
                "/components/schemas/UpdateTankRequest/properties/description/description: {without}"
            ),
        ),
        (
            "summary: One report",
            "summary: One report. # here",
            "/components/examples/listReportsResponse/summary: ends with a full stop; remove it"
                .to_owned(),
        ),
        (
            "description: All about tanks",
            "description: All about tanks. # here",
            "/externalDocs/description: ends with a full stop; remove it".to_owned(),
        ),
        (
            "description: When to come back.\n      x-observed: true\n",
            "x-observed: true # here\n",
            "/components/headers/RetryAfter: has no description".to_owned(),
        ),
        (
            "description: What to change.\n      required: true\n",
            "required: true # here\n",
            "/components/requestBodies/UpdateTank: has no description".to_owned(),
        ),
        (
            "type: string # of a label\n            description: A label's text.\n",
            "type: string # here\n",
            "/components/schemas/Report/properties/labels/additionalProperties: has no description"
                .to_owned(),
        ),
    ];
    for (old, new, complaint) in cases {
        refused(rule, &[(old, new)], &complaint);
    }
}

#[test]
fn parameters_and_headers_are_components() {
    let rule = "shared-parts";
    refused(
        rule,
        &[("$ref: '#/components/parameters/TankId' # of updateTank", "name: tank_id # here")],
        "/paths/~1v1~1tanks~1{tank_id}/put/parameters/0: is no component; move it to components",
    );
    refused(
        rule,
        &[(
            "  /v1/tanks/{tank_id}/reports:\n",
            "  /v1/tanks/{tank_id}/reports:\n    parameters: [{name: a}] # here\n",
        )],
        "/paths/~1v1~1tanks~1{tank_id}~1reports/parameters/0: is no component",
    );
    refused(
        rule,
        &[("$ref: '#/components/headers/RequestId' # of BadRequest", "description: An ID. # here")],
        "/components/responses/BadRequest/headers/X-Request-Id: is no component",
    );
}

#[test]
fn a_bound_of_a_request_is_in_a_component() {
    let rule = "request-values";
    refused(
        rule,
        &[
            ("description: What is in it.", "description: What is in it.\n          minLength: 1"),
            ("type: string # of description", "type: string # here"),
        ],
        "/components/schemas/UpdateTankRequest/properties/description: minLength stands in a \
         request outside of a component",
    );
    refused(
        rule,
        &[(
            "type: integer # of Start\n      format: int32",
            "type: integer # here\n      format: int64",
        )],
        "/components/schemas/Start: an integer of a request has another format; say format: int32",
    );
}

#[test]
fn a_reply_is_read_liberally() {
    let rule = "reply-values";
    refused(
        rule,
        &[(
            "description: A page of reports.",
            "description: A page of reports.\n      required: [total] # here",
        )],
        "/components/schemas/ReportPage/required: a reply requires something; remove it",
    );
    refused(
        rule,
        &[("type: array # of reports\n          nullable: true\n", "type: array # here\n")],
        "/components/schemas/ReportPage/properties/reports: a list of a reply is not nullable",
    );
}

#[test]
fn lines_are_short_and_clean() {
    let rule = "layout";
    let title = "  title: Tanks\n";
    let cases = [
        ("  title: Tanks #\there\n".to_owned(), "has a tab"),
        ("  title: Tanks # here \n".to_owned(), "ends with a blank"),
        (format!("  title: Tanks # here{}\n", ".".repeat(100)), "is longer than 100 characters"),
    ];
    for (new, complaint) in cases {
        refused(rule, &[(title, &new.replace('\t', "\t# "))], complaint);
    }
}
