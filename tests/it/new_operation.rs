//! A new operation needs no Rust code: four are added to a copy of the document, and called through the
//! crate that is built from it. They cover credentials, validation and errors; pagination by offset and by
//! marker; names with a meaning in Rust or in the generated code; and schemas with nulls, maps, secrets,
//! bytes, additional fields, and one object in both directions.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::support::clock::VirtualClock;
use crate::support::service::{Service, Step, json_response, raw};
use crate::support::token_of;

/// [`OPERATION`] is inserted before this operation of the same path.
const BEFORE: &str = "    put:\n      operationId: updateScalingGroup\n";
const OPERATION: &str = "    delete:
      operationId: deleteScalingGroup
      summary: Delete a scaling group
      description: Deletes a scaling group that holds no instance, or with force any.
      tags:
        - groups
      parameters:
        - $ref: '#/components/parameters/ProjectId'
        - $ref: '#/components/parameters/ScalingGroupId'
        - name: force_delete
          in: query
          description: Whether to delete the group together with its instances.
          schema:
            type: string
            description: A yes or a no.
            enum:
              - 'yes'
              - 'no'
            x-enum-descriptions:
              - The instances are deleted.
              - A group that holds instances is left as it is.
          example: 'yes'
      responses:
        '204':
          description: The group was deleted.
        '400':
          $ref: '#/components/responses/BadRequest'
";

/// [`LIST`] is inserted here, at the end of the paths. It reuses a response schema, but its parameters
/// have other names and types than those of the other lists.
const LIST_BEFORE: &str = "\ncomponents:\n";
const LIST: &str = "
  /autoscaling-api/v1/{project_id}/scaling_event:
    get:
      operationId: listScalingEvents
      summary: List the events of a project
      description: Answers one page of events.
      tags:
        - logs
      x-pagination:
        items: /scaling_activity_log
        offset: skip
        limit: size
        total: /total_number
        id: /id
      parameters:
        - $ref: '#/components/parameters/ProjectId'
        - name: skip
          in: query
          description: How many events to skip.
          schema:
            type: integer
            format: int64
          example: 2
        - name: size
          in: query
          description: How many events the page holds at most.
          schema:
            type: integer
            description: The length of a page of events.
            maximum: 2
          example: 2
      responses:
        '200':
          description: One page of events.
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/ScalingActivityLogPage'
";

/// A list that is queried by POST and paginated by marker.
const QUERY: &str = "
  /autoscaling-api/v1/{project_id}/odd/query:
    post:
      operationId: queryOdds
      summary: Query the odd things
      description: Lists the odd things that match.
      x-pagination: {items: /odds, marker: /marker, limit: /limit, id: /id}
      parameters:
        - $ref: '#/components/parameters/ProjectId'
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/OddQuery'}}}
      responses:
        '200':
          description: One page.
          content: {application/json: {schema: {$ref: '#/components/schemas/OddPage'}}}
";
const QUERY_SCHEMAS: &str = "    OddQuery:
      type: object
      description: What to look for.
      additionalProperties: false
      properties:
        marker: {type: string, description: The ID of the last thing of the page before.}
        limit: {type: integer, description: How many things a page has., minimum: 1, maximum: 2}
        tag: {type: string, description: A tag.}
    OddPage:
      type: object
      description: One page.
      properties:
        odds:
          type: array
          description: The things.
          items: {$ref: '#/components/schemas/Odd'}
    Odd:
      type: object
      description: A thing.
      properties:
        id: {type: string, description: The ID.}
";

/// Schema constructs, for both the request and the response.
const CONSTRUCTS: &str =
    "        note: {type: string, nullable: true, maxLength: 9, description: A note.}
        labels:
          type: object
          description: Labels.
          additionalProperties: {type: string, description: A label., maxLength: 5}
        secret: {type: string, format: password, description: A password., minLength: 6}
        data: {type: string, format: byte, description: Data.}
        part: {description: A part., allOf: [$ref: '#/components/schemas/OddPart']}
        spare: {description: A part., nullable: true, allOf: [$ref: '#/components/schemas/OddPart']}
        named:
          type: object
          description: Parts by name.
          additionalProperties: {$ref: '#/components/schemas/OddPart'}
        sets:
          type: array
          description: Sets of numbers.
          maxItems: 2
          items: {type: object, description: A set., additionalProperties: {type: integer, format: int64}}
        free: {type: object, description: Anything.}
        weights: {type: array, description: Weights., items: {type: number, format: double}}
        either: {description: A number., allOf: [$ref: '#/components/schemas/IntegerOrString']}
";
const PART: &str = "    OddPart:
      type: object
      description: A part.
      additionalProperties: false
      required: [size]
      properties:
        size: {type: integer, description: A size., minimum: 1, maximum: 9}
";

/// Names of parameters and properties that the generated code uses, or that are keywords of Rust.
const PARAMETERS: [&str; 18] = [
    "body",
    "client",
    "header_map",
    "info",
    "items",
    "limit",
    "new",
    "operation",
    "pages",
    "request",
    "response",
    "result",
    "retry_unsafe",
    "self",
    "send",
    "type",
    "unchecked",
    "url",
];
const PROPERTIES: [&str; 16] = [
    "body", "build", "builder", "clone", "default", "error", "extra", "fmt", "key", "map", "other",
    "self", "try_from", "type", "value", "T",
];

/// Returns an operation with these names and [`QUERY`], and the schemas of both.
fn oddly_named() -> (String, String) {
    let mut operation = "
  /autoscaling-api/v1/{project_id}/odd/{odd_id}:
    put:
      operationId: updateOdd
      summary: Modify a thing with odd names
      description: Modifies what the body names.
      parameters:
        - $ref: '#/components/parameters/ProjectId'
        - name: odd_id
          in: path
          required: true
          description: The ID.
          schema: {$ref: '#/components/schemas/ResourceId'}
"
    .to_owned();
    for name in PARAMETERS {
        operation += &format!(
            "        - {{name: {name}, in: query, description: A flag., schema: {{type: boolean}}}}\n"
        );
    }
    operation += "      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/OddRequest'}}}
      responses:
        '200':
          description: The thing.
          content: {application/json: {schema: {$ref: '#/components/schemas/OddResponse'}}}
";
    let property = |name| format!("        {name}: {{type: string, description: A text.}}\n");
    let properties: String = PROPERTIES.into_iter().map(property).collect();
    let labelled = format!("{properties}{CONSTRUCTS}");
    let schemas = format!(
        "    OddRequest:
      type: object
      description: What to modify.
      additionalProperties: {{type: integer, description: A number., maximum: 9}}
      properties:
{properties}{CONSTRUCTS}        level: {{description: A level., allOf: [$ref: '#/components/schemas/OddLevel']}}
    OddResponse:
      type: object
      description: The thing.
      additionalProperties: {{type: integer, format: int64}}
      properties:
{labelled}        level: {{description: A level., allOf: [$ref: '#/components/schemas/OddLevel']}}
    OddLevel:
      type: string
      description: A kind of traffic.
      enum: [5_bgp, 'true', Self]
      x-enum-descriptions: [Dynamic BGP., A flag., Itself.]
{PART}{QUERY_SCHEMAS}"
    );
    (operation + QUERY, schemas)
}

/// The new schemas are inserted after this line.
const SCHEMA_BEFORE: &str = "\n  schemas:\n";

const CALLER_MANIFEST: &str = r#"
[workspace]

[package]
name = "caller"
edition = "2024"

[dependencies]
futures-util = { version = "0.3", default-features = false }
otc-autoscaling = { path = "otc-autoscaling" }
tokio = { version = "1", features = ["macros", "rt"] }

# Only built and run once: what a debugger would want costs time.
[profile.dev]
debug = false
"#;

const CALLER: &str = r#"
use std::collections::BTreeMap;

use futures_util::TryStreamExt;
use otc_autoscaling::serde_json::json;
use otc_autoscaling::types::{OddPart, OddRequest, OddRequestData};
use otc_autoscaling::{Client, Credentials};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), otc_autoscaling::Error> {
    let client = Client::builder()
        .endpoint(std::env::args().nth(1).expect("the address of the service"))
        .project_id("p1")
        .credentials(Credentials::token("secret"))
        .build()?;
    let delete = |group: &'static str| client.delete_scaling_group().scaling_group_id(group);

    let reply = delete("g-1").force_delete("yes").send().await?;
    println!("{}", reply.status());

    let error = delete("g-2").send().await.unwrap_err();
    println!("{} {:?}", error.is_not_found(), error.code());
    println!("{error}");

    let error = delete("g-3").force_delete("maybe").send().await.unwrap_err();
    println!("{error}");

    let events: Vec<_> = client.list_scaling_events().items().try_collect().await?;
    let ids: Vec<_> = events.iter().filter_map(|event| event.id.as_deref()).collect();
    println!("{ids:?}");

    let odd = client
        .update_odd()
        .odd_id("o-1")
        .client_parameter(true)
        .send_parameter(false)
        .items_parameter(true)
        .self_(true)
        .body_map(|odd| {
            odd.key("k").build_property("b").extra_property("e").default("d").type_("t").level("5_bgp")
        })
        .send()
        .await?;
    println!("{:?} {:?}", odd.build_property, odd.extra().get("new"));
    println!("{:?} {:?}", odd.level, odd.t);

    let odd = |data: &[u8]| {
        let data = OddRequestData::from_bytes(data)?;
        let part = OddPart::builder().size(3);
        let labels = BTreeMap::from([("a".to_owned(), "b".try_into()?)]);
        let request = OddRequest::builder().note_null().labels(labels).secret("123456").data(data);
        let parts = BTreeMap::from([("p".to_owned(), OddPart::builder().size(1).build()?)]);
        let sets = [BTreeMap::from([("s".to_owned(), 5)])];
        request
            .part(part)
            .spare(OddPart::builder().size(2))
            .named(parts)
            .sets(sets)
            .free(json!({ "a": [null] }))
            .weights([0.5])
            .either(7)
            .extra(OddRequest::builder().build()?.extra)
            .build()
    };
    let request = odd(b"\0\xff").unwrap();
    println!("{:?} {:?}", request.note, request.secret);
    let odd = client.update_odd().odd_id("o-2").body(request).send().await?;
    println!("{:?} {:?} {:?}", odd.note, odd.labels, odd.secret.as_ref().map(|it| it.as_str()));
    println!("{:?} {:?}", odd.part.as_ref().and_then(|part| part.size), odd.secret);
    println!("{:?} {:?} {:?}", odd.named.as_ref().map(|it| it["p"].size), odd.sets, odd.weights);

    let request = json!({
        "labels": {"a": "too long"}, "secret": "12345", "data": "?", "part": {"size": 10},
        "more": 10, "other": 9, "note": 1,
    });
    for violation in OddRequest::try_from(request).unwrap_err().violations() {
        println!("{violation}");
    }
    let request = OddRequest::try_from(json!({ "note": null, "more": 9 })).unwrap();
    println!("{}", json!(request));

    let query = client.query_odds().body_map(|query| query.tag("t"));
    let odds: Vec<_> = query.items().try_collect().await?;
    println!("{:?}", odds.iter().filter_map(|odd| odd.id.as_deref()).collect::<Vec<_>>());
    Ok(())
}
"#;

#[tokio::test]
#[ignore = "builds the crate anew; run: cargo test --workspace --all-features -- --ignored"]
async fn operation_added_to_the_document_is_callable() {
    let page = |ids: &[&str]| {
        let entries: Vec<_> = ids.iter().map(|id| json!({ "id": id })).collect();
        json_response("200 OK", &json!({ "scaling_activity_log": entries, "total_number": 3 }))
    };
    let not_found =
        json!({ "error": { "code": "AS.2007", "message": "The group does not exist." } });
    let script = vec![
        vec![Step::Send(raw("204 No Content", &[], ""))],
        json_response("400 Bad Request", &not_found),
        page(&["e1", "e2"]),
        page(&["e3"]),
        json_response("200 OK", &json!({ "build": "b", "T": "t", "level": "5_bgp", "new": 1 })),
        json_response(
            "200 OK",
            &json!({
                "note": null, "labels": { "a": "longer than documented" }, "secret": "tell no one",
                "part": { "size": 10 }, "more": 1, "named": { "p": { "size": 11 } },
                "sets": [{ "s": 5 }, {}, {}], "free": { "a": [null] }, "weights": [0.5, 1],
            }),
        ),
        json_response("200 OK", &json!({ "odds": [{ "id": "1" }, { "id": "2" }] })),
        json_response("200 OK", &json!({ "odds": [{ "id": "3" }] })),
        json_response("200 OK", &json!({ "odds": [] })),
    ];
    let service = Service::start(&VirtualClock::default(), script).await;

    let address = service.address.clone();
    let output = tokio::task::spawn_blocking(move || {
        let caller = caller_of_a_copy();
        // Shared with `.ci/outside`, which has the same dependencies.
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("outside");
        Command::new(env!("CARGO"))
            .args(["run", "--quiet", "--offline", "--", &address])
            .current_dir(&caller)
            .env("CARGO_TARGET_DIR", target)
            .output()
            .unwrap()
    });
    let output = output.await.unwrap();
    let (printed, complaint) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));

    assert!(output.status.success(), "{printed}\n{complaint}");
    assert_eq!(
        printed.lines().collect::<Vec<_>>(),
        [
            "204 No Content",
            r#"true Some("AS.2007")"#,
            "deleteScalingGroup: 400 Bad Request: AS.2007: The group does not exist. (request request-1)",
            r#"deleteScalingGroup: request not sent: force_delete: "maybe" is not one of yes, no"#,
            r#"["e1", "e2", "e3"]"#,
            r#"Some("b") Some(Number(1))"#,
            r#"Some(X5Bgp) Some("t")"#,
            r#"Some(None) Some(OddRequestSecret("[redacted]"))"#,
            r#"None Some({"a": "longer than documented"}) Some("tell no one")"#,
            r#"Some(10) Some(Secret("[redacted]"))"#,
            r#"Some(Some(11)) Some([{"s": 5}, {}, {}]) Some([0.5, 1.0])"#,
            r#"data: "?" is not valid Base64: encode bytes with `from_bytes`"#,
            r#"labels.a: "too long" is 8 characters long, not within 0..=5"#,
            "note: invalid type: integer `1`, expected a string",
            "other: invalid type: integer `9`, expected a string",
            "part.size: 10 is not within 1..=9",
            "secret: [redacted] is 5 characters long, shorter than the minimum of 6",
            "more: 10 is not within ..=9",
            r#"{"more":9,"note":null}"#,
            r#"["1", "2", "3"]"#,
        ],
        "{complaint}"
    );
    let requests = service.requests();
    let lines: Vec<_> = requests.iter().map(|it| it.lines().next().unwrap_or_default()).collect();
    assert_eq!(
        lines,
        [
            "DELETE /autoscaling-api/v1/p1/scaling_group/g-1?force_delete=yes HTTP/1.1",
            "DELETE /autoscaling-api/v1/p1/scaling_group/g-2 HTTP/1.1",
            "GET /autoscaling-api/v1/p1/scaling_event?size=2&skip=0 HTTP/1.1",
            "GET /autoscaling-api/v1/p1/scaling_event?size=2&skip=2 HTTP/1.1",
            "PUT /autoscaling-api/v1/p1/odd/o-1?client=true&items=true&self=true&send=false HTTP/1.1",
            "PUT /autoscaling-api/v1/p1/odd/o-2 HTTP/1.1",
            "POST /autoscaling-api/v1/p1/odd/query HTTP/1.1",
            "POST /autoscaling-api/v1/p1/odd/query HTTP/1.1",
            "POST /autoscaling-api/v1/p1/odd/query HTTP/1.1",
        ]
    );
    let body = |request: &String| {
        let (_, body) = request.split_once("\r\n\r\n").unwrap();
        serde_json::from_str::<serde_json::Value>(body).unwrap()
    };
    assert_eq!(
        requests[4..].iter().map(body).collect::<Vec<_>>(),
        [
            json!({
                "key": "k", "build": "b", "extra": "e", "default": "d", "type": "t", "level": "5_bgp",
            }),
            json!({
                "note": null, "labels": { "a": "b" }, "secret": "123456", "data": "AP8=",
                "part": { "size": 3 }, "spare": { "size": 2 }, "named": { "p": { "size": 1 } },
                "sets": [{ "s": 5 }], "free": { "a": [null] }, "weights": [0.5], "either": 7,
            }),
            json!({ "tag": "t", "limit": 2 }),
            json!({ "tag": "t", "limit": 2, "marker": "2" }),
            json!({ "tag": "t", "limit": 2, "marker": "3" }),
        ]
    );
    assert!(requests.iter().all(|request| token_of(request) == "secret"));
}

/// Creates a crate that calls the new operations, with a copy of this crate whose document has them.
/// Both are kept between runs, so that only changes are rebuilt.
fn caller_of_a_copy() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let caller = Path::new(env!("CARGO_TARGET_TMPDIR")).join("new_operation");
    let copy = caller.join("otc-autoscaling");

    for part in ["README.md", "build.rs", "build", "openapi", "src"] {
        copy_of(&here.join(part), &copy.join(part));
    }
    let manifest = fs::read_to_string(here.join("Cargo.toml")).unwrap();
    write(&copy.join("Cargo.toml"), &as_dependency(&manifest));
    let document = fs::read_to_string(here.join("openapi/autoscaling.yaml")).unwrap();
    assert_eq!(document.matches(BEFORE).count(), 1, "the document has no place for the operation");
    for id in ["deleteScalingGroup", "listScalingEvents"] {
        assert!(!document.contains(id), "{id} is not new");
    }
    let document = document.replace(BEFORE, &format!("{OPERATION}{BEFORE}"));
    assert_eq!(document.matches(LIST_BEFORE).count(), 1, "the document has no place for the list");
    assert_eq!(document.matches(SCHEMA_BEFORE).count(), 1, "the document has no schemas");
    let (operation, schemas) = oddly_named();
    let document = document.replace(LIST_BEFORE, &format!("{LIST}{operation}{LIST_BEFORE}"));
    let document = document.replace(SCHEMA_BEFORE, &format!("{SCHEMA_BEFORE}{schemas}"));
    write(&copy.join("openapi/autoscaling.yaml"), &document);

    // The same versions as here, which are already downloaded.
    let lock = fs::read_to_string(here.join("Cargo.lock")).unwrap();
    write(&caller.join("Cargo.lock"), &lock);
    write(&caller.join("Cargo.toml"), CALLER_MANIFEST);
    write(&caller.join("src/main.rs"), CALLER);
    caller
}

/// The manifest without the tables that refer to files that are not copied.
fn as_dependency(manifest: &str) -> String {
    let dropped = ["[workspace", "[dev-dependencies", "[[example", "[[test", "[[bench"];
    let mut keep = true;
    let mut text = String::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            keep = !dropped.iter().any(|table| line.starts_with(table));
        }
        if keep {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

fn copy_of(from: &Path, to: &Path) {
    if from.is_file() {
        // The caller writes the document, with the new operations.
        if !from.ends_with("openapi/autoscaling.yaml") {
            write(to, &fs::read_to_string(from).unwrap());
        }
        return;
    }
    for entry in fs::read_dir(from).unwrap() {
        let name = entry.unwrap().file_name();
        copy_of(&from.join(&name), &to.join(&name));
    }
    // Remove files that have been deleted since the last copy.
    for entry in fs::read_dir(to).unwrap() {
        let copied = entry.unwrap().path();
        let is_gone = !from.join(copied.file_name().unwrap()).exists();
        match (is_gone, copied.is_dir()) {
            (true, true) => fs::remove_dir_all(copied).unwrap(),
            (true, false) => fs::remove_file(copied).unwrap(),
            (false, _) => {}
        }
    }
}

/// Writes a file only if it has changed, since cargo compares modification times.
fn write(path: &Path, text: &str) {
    if fs::read_to_string(path).is_ok_and(|present| present == text) {
        return;
    }
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}
