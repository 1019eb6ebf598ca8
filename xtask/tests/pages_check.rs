//! `cargo xtask pages check`: on our document, and on an invented one with each kind of fault.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const XTASK: &str = env!("CARGO_BIN_EXE_xtask");

/// A copy of the invented document, its pages and its departures, to break.
struct Project(PathBuf);

impl Project {
    fn new(name: &str) -> Self {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages_check");
        let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages_check").join(name);
        let _ = fs::remove_dir_all(&to);
        fs::create_dir_all(to.join("pages")).unwrap();
        for file in [DOCUMENT, DEVIATIONS, SHELF, LOANS] {
            fs::copy(from.join(file), to.join(file)).unwrap();
        }
        Self(to)
    }

    fn replace(&self, file: &str, old: &str, new: &str) {
        let path = self.0.join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches(old).count(), 1, "{file} has to have this once: {old}");
        fs::write(path, text.replace(old, new)).unwrap();
    }

    /// Whether the check succeeds, and what it prints.
    fn check(&self) -> (bool, String) {
        let mut command = Command::new(XTASK);
        command.args(["pages", "check"]);
        command.arg("--document").arg(self.0.join(DOCUMENT));
        command.arg("--pages").arg(self.0.join("pages"));
        command.arg("--deviations").arg(self.0.join(DEVIATIONS));
        run(&mut command)
    }
}

fn run(command: &mut Command) -> (bool, String) {
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}

const DOCUMENT: &str = "document.yaml";
const DEVIATIONS: &str = "deviations.yaml";
const SHELF: &str = "pages/fillShelf.json";
const LOANS: &str = "pages/listLoans.json";

/// A fault: in which file what is replaced by what, and what the check has to say of it.
struct Fault {
    name: &'static str,
    file: &'static str,
    old: &'static str,
    new: &'static str,
    complaint: &'static [&'static str],
}

#[test]
fn our_document_departs_from_the_pages_only_where_it_says_so() {
    let (success, text) = run(Command::new(XTASK).args(["pages", "check"]));
    assert!(success, "{text}");
    // A line for each operation; none of them is empty.
    let document =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/autoscaling.yaml"));
    let document = document.unwrap();
    let operations = document.lines().filter_map(|line| line.trim().strip_prefix("operationId: "));
    let mut lines = text.lines();
    for operation in operations {
        let line =
            lines.find(|line| line.starts_with(operation)).unwrap_or_else(|| panic!("{text}"));
        let alike = line.split(": ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
        assert!(alike.parse::<usize>().unwrap() > 100, "{line}");
    }
}

#[test]
fn an_invented_document_departs_only_where_it_says_so() {
    let (success, text) = Project::new("whole").check();
    assert!(success, "{text}");
    assert!(text.contains("fillShelf (shelf_01, 2031-01): "), "{text}");
    assert!(text.contains("not compared: 1\n"), "{text}");
}

#[test]
fn each_kind_of_fault_is_told_with_its_place_and_values() {
    let mut missing = Vec::new();
    for fault in FAULTS {
        let project = Project::new(&fault.name.replace([' ', ',', '\''], "_"));
        project.replace(fault.file, fault.old, fault.new);
        let (success, text) = project.check();
        let wanted = fault.complaint.iter().filter(|part| success || !text.contains(**part));
        missing.extend(wanted.map(|part| format!("{}: {part} is missing in:\n{text}", fault.name)));
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn differences_of_one_cause_are_one_complaint_and_others_are_not() {
    let project = Project::new("causes");
    project.replace(DOCUMENT, "enum: [NOVEL, POETRY, ATLAS]", "enum: [NOVEL, POETRY]");
    let (_, text) = project.check();
    assert!(text.contains("complaints: 1;"), "{text}");
    // The two pages differ from each other too.
    let listed = "\"enum\": [\"NOVEL\", \"POETRY\", \"ATLAS\"]}";
    project.replace(LOANS, listed, "\"enum\": [\"NOVEL\"]}");
    let (_, text) = project.check();
    assert!(text.contains("complaints: 2;"), "{text}");

    // Of what is not there, nothing is the cause.
    let project = Project::new("no_cause");
    let title = "{\"name\": \"title\", \"mandatory\": true, \"type\": \"string\"}";
    let more = ["writer", "year"].map(|name| title.replace("title", name)).join(", ");
    project.replace(SHELF, title, &format!("{title}, {more}"));
    let (_, text) = project.check();
    assert!(text.contains("complaints: 2;"), "{text}");
    assert!(text.contains("at: 'request/books/*/year'"), "{text}");
}

#[test]
fn a_success_need_not_be_a_200() {
    let project = Project::new("created");
    project.replace(
        DOCUMENT,
        "'200':\n          description: The loans.",
        "'201':\n          description: The loans.",
    );
    project.replace(LOANS, "[200, 404]", "[201, 404]");
    let (success, text) = project.check();
    assert!(success, "{text}");
}

#[test]
fn an_entry_ready_to_paste_mends_a_departure_on_purpose() {
    let project = Project::new("entry");
    project.replace(DOCUMENT, "maximum: 50", "maximum: 80");
    let (_, text) = project.check();
    let entry: String = text
        .lines()
        .skip_while(|line| !line.trim_start().starts_with("- operation"))
        .take_while(|line| !line.is_empty())
        .map(|line| format!("{}\n", line.strip_prefix("    ").unwrap()))
        .collect();
    let path = project.0.join(DEVIATIONS);
    let deviations = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{deviations}{}", entry.replace('…', "The page is old."))).unwrap();
    let (success, text) = project.check();
    assert!(success, "{entry}{text}");
}

#[test]
fn a_page_that_is_missing_is_told() {
    let project = Project::new("no_page");
    fs::remove_file(project.0.join(LOANS)).unwrap();
    let (success, text) = project.check();
    assert!(!success);
    assert!(
        text.contains("/paths/~1v1~1{branch}~1loans/get: no page states anything of listLoans"),
        "{text}"
    );
    assert!(text.contains("cargo xtask pages read"), "{text}");
}

#[test]
fn a_page_without_an_operation_is_told() {
    let project = Project::new("no_operation");
    fs::copy(project.0.join(LOANS), project.0.join("pages/listReaders.json")).unwrap();
    let (success, text) = project.check();
    assert!(!success);
    assert!(text.contains("/paths: no operation listReaders for its page"), "{text}");
}

#[test]
fn what_can_not_be_read_is_told() {
    for (name, file) in [("document", DOCUMENT), ("deviations", DEVIATIONS), ("page", LOANS)] {
        let project = Project::new(&format!("unreadable_{name}"));
        fs::write(project.0.join(file), "{\"id\": ").unwrap();
        let (success, text) = project.check();
        assert!(!success);
        assert!(text.starts_with("error: ") && text.contains(file), "{text}");
    }
    let project = Project::new("no_folder");
    fs::remove_dir_all(project.0.join("pages")).unwrap();
    let (success, text) = project.check();
    assert!(!success);
    assert!(text.contains("pages: ") && text.contains("cargo xtask pages read"), "{text}");
}

const FAULTS: &[Fault] = &[
    // The document changes.
    Fault {
        name: "the document has another type",
        file: DOCUMENT,
        old: "        lender:\n          type: string",
        new: "        lender:\n          type: boolean",
        complaint: &[
            "/components/schemas/Shelf/properties/lender/type: type",
            "fillShelf request/lender (",
            "the page says [\"string\"]",
            "row lender)",
            "the document says [\"boolean\"]",
        ],
    },
    Fault {
        name: "the document has other items",
        file: DOCUMENT,
        old: "          items:\n            type: string\n            enum: [DAMP",
        new: "          items:\n            type: number\n            enum: [DAMP",
        complaint: &[
            ": items\n",
            "fillShelf request/notes (",
            "says [\"string\"]",
            "says [\"number\"]",
        ],
    },
    Fault {
        name: "the document does not require a field",
        file: DOCUMENT,
        old: "      required: [title]\n",
        new: "",
        complaint: &[
            ": mandatory\n",
            "fillShelf request/books/*/title (",
            "says true",
            "says false",
        ],
    },
    Fault {
        name: "the document requires a field of a reply",
        file: DOCUMENT,
        old: "    Filled:\n      type: object\n",
        new: "    Filled:\n      type: object\n      required: [shelf_id]\n",
        complaint: &[
            ": mandatory\n",
            "fillShelf response/shelf_id (",
            "page says nothing",
            "document says true",
        ],
    },
    Fault {
        name: "the document does not require the body",
        file: DOCUMENT,
        old: "      requestBody:\n        required: true\n",
        new: "      requestBody:\n",
        complaint: &[
            ": mandatory\n",
            "fillShelf request (",
            "page says true",
            "document says false",
        ],
    },
    Fault {
        name: "the document requires a field that it does not have",
        file: DOCUMENT,
        old: "required: [title]",
        new: "required: [title, writer]",
        complaint: &[": mandatory\n", "fillShelf request/books/*/writer (", "document says true"],
    },
    Fault {
        name: "the document lacks a value",
        file: DOCUMENT,
        old: "enum: [DAMP, DUSTY]",
        new: "enum: [DAMP]",
        complaint: &[
            ": enum\n",
            "fillShelf request/notes (",
            "says [\"DAMP\",\"DUSTY\"]",
            "says [\"DAMP\"]",
        ],
    },
    Fault {
        name: "the document has a value more",
        file: DOCUMENT,
        old: "enum: [DAMP, DUSTY]",
        new: "enum: [DAMP, DUSTY, TORN]",
        complaint: &[": enum\n", "fillShelf request/notes (", "says [\"DAMP\",\"DUSTY\",\"TORN\"]"],
    },
    Fault {
        name: "the document lacks a value in two places",
        file: DOCUMENT,
        old: "enum: [NOVEL, POETRY, ATLAS]",
        new: "enum: [NOVEL, POETRY]",
        complaint: &[
            "/components/schemas/Genre/enum: enum\n",
            "  listLoans query/genre (",
            "  listLoans response/loans/*/genre (",
            "- operation: [listLoans]\n      at: '/components/schemas/Genre/enum'\n",
            "complaints: 1;",
        ],
    },
    Fault {
        name: "the document has another minimum",
        file: DOCUMENT,
        old: "minimum: 1\n            maximum: 50",
        new: "minimum: 0\n            maximum: 50",
        complaint: &[": minimum\n", "listLoans query/limit (", "page says 1", "document says 0"],
    },
    Fault {
        name: "the document has a maximum of its own",
        file: DOCUMENT,
        old: "        copies:\n          type: integer\n",
        new: "        copies:\n          type: integer\n          maximum: 12\n",
        complaint: &[
            ": maximum\n",
            "fillShelf request/books/*/copies (",
            "page says nothing",
            "says 12",
        ],
    },
    Fault {
        name: "the document has another length",
        file: DOCUMENT,
        old: "maxLength: 30",
        new: "maxLength: 31",
        complaint: &[
            ": max_length\n",
            "fillShelf request/owner (",
            "page says 30",
            "document says 31",
        ],
    },
    Fault {
        name: "the document has another length in a pattern",
        file: DOCUMENT,
        old: "{1,64}$",
        new: "{1,63}$",
        complaint: &[
            "/Label/pattern: max_length",
            "fillShelf request/label (",
            "says 64",
            "says 63",
        ],
    },
    Fault {
        name: "the document has other characters",
        file: DOCUMENT,
        old: "'^[0-9A-Za-z_-]{1,64}$'",
        new: "'^[0-9A-Za-z-]{1,64}$'",
        complaint: &[
            ": characters\n",
            "fillShelf request/label (",
            "page says \"-_\"",
            "document says \"-\"",
        ],
    },
    Fault {
        name: "the document has a pattern that says what no page does",
        file: DOCUMENT,
        old: "'^[0-9A-Za-z_-]{1,64}$'",
        new: "'^[a-z][0-9A-Za-z_-]{0,63}$'",
        complaint: &[": pattern\n", "fillShelf request/label (", "document says \"^[a-z]"],
    },
    Fault {
        name: "the document has longer lists",
        file: DOCUMENT,
        old: "maxItems: 9",
        new: "maxItems: 10",
        complaint: &[
            ": max_items\n",
            "fillShelf request/books (",
            "page says 9",
            "document says 10",
        ],
    },
    Fault {
        name: "the document has another default",
        file: DOCUMENT,
        old: "default: 10",
        new: "default: 20",
        complaint: &[": default\n", "listLoans query/limit (", "page says 10", "document says 20"],
    },
    Fault {
        name: "the document has a default beside that of a component",
        file: DOCUMENT,
        old: "          allOf:\n            - $ref: '#/components/schemas/Label'\n",
        new: "          x-default-on-create: outer\n          allOf:\n            - $ref: '#/components/schemas/Label'\n            - x-default-on-create: inner\n",
        complaint: &[": default\n", "fillShelf request/label (", "document says \"outer\""],
    },
    Fault {
        name: "the document has a default for what is not sent",
        file: DOCUMENT,
        old: "x-default-on-create: OPEN",
        new: "x-default-on-create: OPEN\n          default: OPEN",
        complaint: &[
            "/kind/default: default_when_absent",
            "fillShelf request/kind (",
            "document says \"OPEN\"",
        ],
    },
    Fault {
        name: "the document has another form of time",
        file: DOCUMENT,
        old: "- '%Y-%m-%dT%H:%M:%SZ'",
        new: "- '%Y-%m-%dT%H:%MZ'",
        complaint: &[
            ": format\n",
            "the document says [\"date-time\",\"utc\"]",
            ": form\n",
            "listLoans query/since (",
            "says [\"%Y-%m-%dT%H:%M:%SZ\"]",
            "says [\"%Y-%m-%dT%H:%MZ\"]",
        ],
    },
    Fault {
        name: "the document admits what is not of its form",
        file: DOCUMENT,
        old: "pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$'",
        new: "pattern: '^[0-9:]+$'",
        complaint: &[": pattern\n", "fillShelf request/opening (", "document says \"^[0-9:]+$\""],
    },
    Fault {
        name: "the document does not hold texts to their form",
        file: DOCUMENT,
        old: "          pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$'\n",
        new: "",
        complaint: &[
            ": pattern\n",
            "fillShelf request/opening (",
            "none that holds texts to the forms",
        ],
    },
    Fault {
        name: "the document does not say that a text is a time",
        file: DOCUMENT,
        old: "        due:\n          type: string\n          format: date-time",
        new: "        due:\n          type: string",
        complaint: &[
            ": format\n",
            "listLoans response/loans/*/due (",
            "says [\"date-time\",\"utc\"]",
            "document says nothing",
        ],
    },
    Fault {
        name: "the document has a format of its own",
        file: DOCUMENT,
        old: "        title:\n          type: string",
        new: "        title:\n          type: string\n          format: password",
        complaint: &[
            ": format\n",
            "fillShelf request/books/*/title (",
            "document says [\"password\"]",
        ],
    },
    Fault {
        name: "the document has wide integers in a request",
        file: DOCUMENT,
        old: "        copies:\n          type: integer\n          format: int32",
        new: "        copies:\n          type: integer\n          format: int64",
        complaint: &[
            ": format\n",
            "fillShelf request/books/*/copies (",
            "document says [\"int64\"]",
        ],
    },
    Fault {
        name: "the document writes a list as many values",
        file: DOCUMENT,
        old: "explode: false",
        new: "explode: true",
        complaint: &[
            ": type\n",
            "listLoans query/genre (",
            "says [\"array\"]",
            ": format\n",
            "query/genre (",
            "[\"comma-separated\"]",
        ],
    },
    Fault {
        name: "the document has another unit",
        file: DOCUMENT,
        old: "x-unit: metres",
        new: "x-unit: feet",
        complaint: &[
            ": unit\n",
            "fillShelf request/metres (",
            "page says \"metres\"",
            "document says \"feet\"",
        ],
    },
    Fault {
        name: "the document admits null",
        file: DOCUMENT,
        old: "        shelf_id:\n          type: string",
        new: "        shelf_id:\n          type: string\n          nullable: true",
        complaint: &[
            ": nullable\n",
            "fillShelf response/shelf_id (",
            "page says nothing",
            "document says true",
        ],
    },
    Fault {
        name: "the document admits unknown fields",
        file: DOCUMENT,
        old: "    Book:\n      type: object\n      additionalProperties: false\n",
        new: "    Book:\n      type: object\n",
        complaint: &[
            ": unknown_fields\n",
            "fillShelf request/books/* (",
            "page says \"refused\"",
            "document says nothing",
        ],
    },
    Fault {
        name: "the document has a keyword that no page knows",
        file: DOCUMENT,
        old: "maxItems: 9",
        new: "maxItems: 9\n          uniqueItems: true",
        complaint: &[
            "/books/uniqueItems: uniqueItems",
            "fillShelf request/books (",
            "document says true",
        ],
    },
    Fault {
        name: "the document has a field more",
        file: DOCUMENT,
        old: "        title:\n          type: string",
        new: "        title:\n          type: string\n        writer:\n          type: string",
        complaint: &[
            "/Book/properties/writer: present",
            "fillShelf request/books/*/writer (",
            "page says nothing",
            "document says true",
            "complaints: 1;",
        ],
    },
    Fault {
        name: "the document has a field less",
        file: DOCUMENT,
        old: "        copies:\n          type: integer\n          format: int32\n",
        new: "",
        complaint: &[
            ": present\n",
            "fillShelf request/books/*/copies (",
            "page says true",
            "row copies)",
            "document says nothing",
            "complaints: 1;",
        ],
    },
    Fault {
        name: "the document has a parameter more",
        file: DOCUMENT,
        old: "        - name: limit\n",
        new: "        - name: offset\n          in: query\n          schema:\n            type: string\n        - name: limit\n",
        complaint: &[": present\n", "listLoans query/offset (", "document says true"],
    },
    Fault {
        name: "the document has a header as a parameter",
        file: DOCUMENT,
        old: "        - name: limit\n          in: query",
        new: "        - name: limit\n          in: header",
        complaint: &[
            ": present\n",
            "listLoans header/limit (",
            ": present\n",
            "listLoans query/limit (",
        ],
    },
    Fault {
        name: "the document has another parameter in place of that of the path",
        file: DOCUMENT,
        old: "      operationId: fillShelf\n",
        new: "      operationId: fillShelf\n      parameters:\n        - name: shelf_id\n          in: path\n          required: true\n          schema:\n            type: string\n",
        complaint: &[
            ": characters\n",
            "fillShelf path/shelf_id (",
            "page says \"-\"",
            "document says nothing",
            ": example\n",
        ],
    },
    Fault {
        name: "the document has a status more",
        file: DOCUMENT,
        old: "                $ref: '#/components/schemas/Loans'\n        '404':",
        new: "                $ref: '#/components/schemas/Loans'\n        '410':\n          description: Gone.\n        '404':",
        complaint: &[
            "/responses/410: present",
            "listLoans status/410 (",
            "page says nothing",
            "document says true",
        ],
    },
    Fault {
        name: "the document has a status less",
        file: DOCUMENT,
        old: "                $ref: '#/components/schemas/Loans'\n        '404':\n          $ref: '#/components/responses/NotFound'\n",
        new: "                $ref: '#/components/schemas/Loans'\n",
        complaint: &[
            ": present\n",
            "listLoans status/404 (",
            "page says true",
            "document says nothing",
        ],
    },
    Fault {
        name: "the document has a status that was not seen",
        file: DOCUMENT,
        old: "      description: Too fast.\n      x-observed: true",
        new: "      description: Too fast.",
        complaint: &[": present\n", "fillShelf status/429 ("],
    },
    Fault {
        name: "the document says of a documented thing that it was seen",
        file: DOCUMENT,
        old: "        title:\n          type: string",
        new: "        title:\n          x-observed: true\n          type: string",
        complaint: &[
            "/Book/properties/title: fillShelf request/books/*/title is marked as seen in the field",
            "delete its x-observed",
        ],
    },
    Fault {
        name: "the document has another body of errors",
        file: DOCUMENT,
        old: "      description: Nothing there.\n      content:\n        application/json:\n          schema:\n            $ref: '#/components/schemas/Error'",
        new: "      description: Nothing there.\n      content:\n        application/json:\n          schema:\n            $ref: '#/components/schemas/Filled'",
        complaint: &[
            ": body\n",
            "status/404 (",
            "document says \"/components/schemas/Filled\"",
            "deviations.yaml",
        ],
    },
    Fault {
        name: "the document has another media type",
        file: DOCUMENT,
        old: "              schema:\n                $ref: '#/components/schemas/Loans'",
        new: "              schema:\n                $ref: '#/components/schemas/Loans'\n            text/csv:\n              schema:\n                type: string",
        complaint: &[": text/csv\n", "listLoans response ("],
    },
    Fault {
        name: "the document has another example of a request",
        file: DOCUMENT,
        old: "            copies: 2",
        new: "            copies: 3",
        complaint: &[
            "/fillShelfRequest/value: example",
            "fillShelf request (",
            "\"copies\":2",
            "\"copies\":3",
        ],
    },
    Fault {
        name: "the document lacks the example of a reply",
        file: DOCUMENT,
        old: "                fillShelfResponse:",
        new: "                other:",
        complaint: &[
            ": example\n",
            "fillShelf response (",
            "{\"shelf_id\":\"s-17\"}",
            "document says nothing",
        ],
    },
    Fault {
        name: "the document has another example of a parameter",
        file: DOCUMENT,
        old: "value: s-17\n    put:",
        new: "value: s-18\n    put:",
        complaint: &[
            ": example\n",
            "fillShelf path/shelf_id (",
            "page says \"s-17\"",
            "document says \"s-18\"",
        ],
    },
    Fault {
        name: "the document has another path",
        file: DOCUMENT,
        old: "  /v1/{branch}/loans:",
        new: "  /v2/{branch}/loans:",
        complaint: &[
            ": path\n",
            "listLoans operation (",
            "page says \"/v1/{branch}/loans\"",
            "document says \"/v2/",
        ],
    },
    Fault {
        name: "the document has another method",
        file: DOCUMENT,
        old: "    get:\n",
        new: "    post:\n",
        complaint: &[
            ": method\n",
            "listLoans operation (",
            "page says \"GET\"",
            "document says \"POST\"",
        ],
    },
    Fault {
        name: "the document holds a schema that holds itself",
        file: DOCUMENT,
        old: "        title:\n          type: string",
        new: "        title:\n          type: string\n        sequel:\n          $ref: '#/components/schemas/Book'",
        complaint: &[": present\n", "fillShelf request/books/*/sequel ("],
    },
    Fault {
        name: "the document lacks a requirement under a condition",
        file: DOCUMENT,
        old: "          require: [/opening]",
        new: "          require: []",
        complaint: &[
            ": mandatory\n",
            "fillShelf request/opening (",
            "\"when kind is READING_ROOM\":true",
            "document says false",
        ],
    },
    Fault {
        name: "the document forbids a field in another case",
        file: DOCUMENT,
        old: "            /kind: [CLOSED]\n          forbid",
        new: "            /kind: [CLOSED, OPEN]\n          forbid",
        complaint: &[
            ": unavailable\n",
            "fillShelf request/opening (",
            "when kind is CLOSED or OPEN",
        ],
    },
    Fault {
        name: "the document has another bound under a condition",
        file: DOCUMENT,
        old: "maximum: 20",
        new: "maximum: 21",
        complaint: &[
            ": maximum\n",
            "fillShelf request/metres (",
            "\"when kind is CLOSED\":20",
            "\"when kind is CLOSED\":21",
        ],
    },
    Fault {
        name: "the document has other values under a condition",
        file: DOCUMENT,
        old: "/order: [AUTHOR]",
        new: "/order: [TITLE]",
        complaint: &[
            ": enum\n",
            "fillShelf request/order (",
            "\"when kind is OPEN\":[\"AUTHOR\"]",
            "\"when kind is OPEN\":[\"TITLE\"]",
        ],
    },
    Fault {
        name: "the document names a value in a condition that is none",
        file: DOCUMENT,
        old: "            /kind: [CLOSED]\n          within",
        new: "            /kind: [CLOSED, SHUT]\n          within",
        complaint: &[": outside\n", "fillShelf request/kind (", "document says [\"SHUT\"]"],
    },
    Fault {
        name: "the document has another pattern under a condition",
        file: DOCUMENT,
        old: "'^[1-7](,[1-7])*$'",
        new: "'^[1-6](,[1-6])*$'",
        complaint: &[
            ": maximum\n",
            "fillShelf request/days (",
            "\"when kind is READING_ROOM\":7",
            "\"when kind is READING_ROOM\":6",
        ],
    },
    Fault {
        name: "the document lets both of two fields be",
        file: DOCUMENT,
        old: "exclusive: [/owner, /lender]",
        new: "exclusive: [/owner, /label]",
        complaint: &[
            ": unavailable\n",
            "fillShelf request/owner (",
            "when lender is there",
            "when label is there",
        ],
    },
    Fault {
        name: "the document has another order of numbers",
        file: DOCUMENT,
        old: "ascending: [/least_metres, /metres]",
        new: "ascending: [/metres, /least_metres]",
        complaint: &[
            ": ascending\n",
            "fillShelf rule/metres-ascend (",
            "[\"request/metres\",\"request/least_metres\"]",
            "deviations.yaml:18",
        ],
    },
    // A page changes.
    Fault {
        name: "a page has another type",
        file: SHELF,
        old: "{\"name\": \"copies\", \"mandatory\": false, \"type\": \"integer\"}",
        new: "{\"name\": \"copies\", \"mandatory\": false, \"type\": \"string\"}",
        complaint: &[
            ": type\n",
            "fillShelf request/books/*/copies (",
            "page says [\"string\"]",
            "table 3 (books), row copies",
        ],
    },
    Fault {
        name: "a page has a row more",
        file: SHELF,
        old: "{\"name\": \"title\",",
        new: "{\"name\": \"writer\", \"mandatory\": true, \"type\": \"string\"}, {\"name\": \"title\",",
        complaint: &[
            "/components/schemas/Book: present",
            "fillShelf request/books/*/writer (",
            "page says true",
            "row writer",
            "document says nothing",
        ],
    },
    Fault {
        name: "a page has a row less",
        file: LOANS,
        old: "{\"name\": \"due\", \"type\": \"string\", \"formats\": [\"utc\"]},",
        new: "",
        complaint: &[
            ": present\n",
            "listLoans response/loans/*/due (",
            "page says nothing",
            "document says true",
        ],
    },
    Fault {
        name: "a page has a status more",
        file: LOANS,
        old: "\"statuses\": [200, 404]",
        new: "\"statuses\": [200, 404, 503]",
        complaint: &[
            ": present\n",
            "listLoans status/503 (",
            "page says true",
            "document says nothing",
        ],
    },
    Fault {
        name: "a page has what was only seen",
        file: SHELF,
        old: "\"statuses\": [200, 404]",
        new: "\"statuses\": [200, 404, 429]",
        complaint: &[
            "/components/responses/TooMany: fillShelf status/429 is marked as seen in the field",
        ],
    },
    Fault {
        name: "a page says of a case what lies outside",
        file: SHELF,
        old: "\"maximum\": 20}]",
        new: "\"maximum\": 41}]",
        complaint: &[": outside\n", "fillShelf request/metres (", "page says [41]"],
    },
    Fault {
        name: "a page has a condition on a field, whatever its value",
        file: SHELF,
        old: "{\"name\": \"lender\", \"mandatory\": false, \"type\": \"string\"}",
        new: "{\"name\": \"lender\", \"mandatory\": false, \"type\": \"string\", \"conditional\": [{\"when\": {\"order\": [\"*\"]}, \"mandatory\": true}]}",
        complaint: &[
            ": mandatory\n",
            "fillShelf request/lender (",
            "page says {\"always\":false,\"when order is there\":true}",
        ],
    },
    Fault {
        name: "a page has a condition in words",
        file: SHELF,
        old: "{\"name\": \"least_metres\", \"mandatory\": false, \"type\": \"integer\",",
        new: "{\"name\": \"least_metres\", \"mandatory\": false, \"type\": \"integer\", \"conditional\": [{\"when\": {}, \"minimum\": 4}],",
        complaint: &[
            ": minimum\n",
            "fillShelf request/least_metres (",
            "{\"in case 1 of the prose\":4}",
        ],
    },
    Fault {
        name: "a page places a table elsewhere",
        file: LOANS,
        old: "      \"name\": \"remarks\",\n      \"part\": \"response\",\n",
        new: "      \"name\": \"remarks\",\n      \"part\": \"response\",\n      \"at\": [\"/loans/*/genre\"],\n",
        complaint: &[
            "table 4 (remarks) belongs to /loans/*/genre, where no row refers to it",
            "deviations.yaml:12",
        ],
    },
    Fault {
        name: "a page refers to another table",
        file: LOANS,
        old: "\"table\": 3}",
        new: "\"table\": 4}",
        complaint: &[
            "table 2, row loans refers to table 4, which does not belong to it",
            "cargo xtask pages read",
        ],
    },
    // A departure changes.
    Fault {
        name: "a departure that applies to nothing",
        file: DEVIATIONS,
        old: "- operation: listLoans\n  at: response/count\n",
        new: "- operation: listLoans\n  at: response/loans\n",
        complaint: &[
            "deviations.yaml:1: no type departs there as the entry says",
            ": type\n",
            "listLoans response/count (",
        ],
    },
    Fault {
        name: "a departure with another value of the page",
        file: DEVIATIONS,
        old: "page: [integer]",
        new: "page: [number]",
        complaint: &[
            "deviations.yaml:1: no type departs there",
            "(the page: [\"integer\"], the document: [\"integer\",\"string\"])",
        ],
    },
    Fault {
        name: "a departure with another value of the document",
        file: DEVIATIONS,
        old: "document: [integer, string]",
        new: "document: [string]",
        complaint: &[
            "deviations.yaml:1: no type departs there",
            ": type\n",
            "listLoans response/count (",
        ],
    },
    Fault {
        name: "a departure at a place that does not depart",
        file: DEVIATIONS,
        old: "    - request/lender\n",
        new: "    - request/lender\n    - request/label\n",
        complaint: &["deviations.yaml:23: the min_length of request/label does not depart"],
    },
    Fault {
        name: "a departure of an operation that does not depart",
        file: DEVIATIONS,
        old: "operation: [fillShelf]",
        new: "operation: [fillShelf, listLoans]",
        complaint: &["deviations.yaml:23: no min_length of listLoans departs there"],
    },
    Fault {
        name: "a departure that places a table where nothing is",
        file: DEVIATIONS,
        old: "document: response/loans/*/remarks",
        new: "document: response/loans/*/notes",
        complaint: &[
            ": place\n",
            "listLoans table/remarks (",
            ": present\n",
            "listLoans response/loans/*/remarks (",
        ],
    },
    Fault {
        name: "a departure without a reason",
        file: DEVIATIONS,
        old: "why: The table fits nothing else.",
        new: "why: ' '",
        complaint: &["deviations.yaml:12: an entry says at which operation, where and why"],
    },
    Fault {
        name: "a departure at no place",
        file: DEVIATIONS,
        old: "  at: table/remarks\n",
        new: "  at: []\n",
        complaint: &["deviations.yaml:12: an entry says at which operation, where and why"],
    },
    Fault {
        name: "a departure with a key that is none",
        file: DEVIATIONS,
        old: "why: The table fits nothing else.",
        new: "because: The table fits nothing else.",
        complaint: &["deviations.yaml", "because", "15"],
    },
];
