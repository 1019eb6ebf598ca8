//! Code generation: whatever a document contains is in the generated code, or the document is rejected
//! with an error that names the place.

use quote::ToTokens;
use serde_json::{Value, json};

use crate::pipeline;
use crate::pipeline::assemble::assemble;
use crate::pipeline::document::Document;
use crate::pipeline::edit::spaced;
use crate::pipeline::generator;
use crate::pipeline::lower::{PROJECT, lower};
use crate::pipeline::order::order;
use crate::pipeline::plan::Plan;
use crate::pipeline::read::read;
use crate::pipeline::syntax::{MISSING, SETTER};

/// The document that the crate is generated from.
const WHOLE: &str = include_str!("../../openapi/autoscaling.yaml");

/// A nearly minimal document. Each test adds what it tests to a copy.
const LEAST: &str = "
openapi: 3.0.3
info: {title: Things, version: 1.0.0}
servers:
  - url: https://things.{region}.example
    x-service-type: things-1
    variables: {region: {enum: [north, south], default: north}}
security:
  - token: []
paths:
  /v1/{project_id}/things/{thing_id}:
    put:
      operationId: updateThing
      summary: Change a thing
      description: Changes what the body names.
      parameters:
        - $ref: '#/components/parameters/ProjectId'
        - $ref: '#/components/parameters/ThingId'
      requestBody:
        required: true
        content:
          application/json: {schema: {$ref: '#/components/schemas/ThingChange'}}
      responses:
        '200':
          description: The thing.
          headers: {X-Request: {$ref: '#/components/headers/RequestId'}}
          content:
            application/json: {schema: {$ref: '#/components/schemas/Thing'}}
  /v1/{project_id}/things:
    get:
      operationId: listThings
      summary: List the things
      description: Answers all things.
      parameters:
        - $ref: '#/components/parameters/ProjectId'
      responses:
        '200':
          description: The things.
          headers: {X-Request: {$ref: '#/components/headers/RequestId'}}
          content:
            application/json: {schema: {$ref: '#/components/schemas/ThingPage'}}
components:
  securitySchemes:
    token: {type: apiKey, in: header, name: X-Token}
  headers:
    RequestId: {description: The exchange., schema: {type: string}}
  parameters:
    ProjectId:
      name: project_id
      in: path
      required: true
      description: The project.
      x-client-parameter: project_id
      schema: {$ref: '#/components/schemas/Id'}
    ThingId:
      name: thing_id
      in: path
      required: true
      description: The thing.
      schema: {$ref: '#/components/schemas/Id'}
  schemas:
    Id: {type: string, description: An ID., pattern: '^[0-9a-z-]+$'}
    ThingChange:
      type: object
      description: What to change of a thing.
      additionalProperties: false
      properties:
        label: {description: The new label., allOf: [$ref: '#/components/schemas/Id']}
    Thing:
      type: object
      description: A thing.
      properties:
        label: {type: string, description: The label.}
    ThingPage:
      type: object
      description: Some things.
      properties:
        things:
          type: array
          description: The things.
          items: {$ref: '#/components/schemas/Thing'}
";

const PUT: &str = "/paths/~1v1~1{project_id}~1things~1{thing_id}/put";
const GET: &str = "/paths/~1v1~1{project_id}~1things/get";
const POST: &str = "/paths/~1v1~1{project_id}~1things/post";

fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A small document that a test builds.
struct Sketch(Value);

impl Sketch {
    fn new() -> Self {
        Self(yaml(LEAST))
    }

    /// Inserts a piece of YAML at a JSON pointer, whose last step is a key, or `-` for the end of a list.
    fn with(mut self, place: &str, piece: &str) -> Self {
        let (parent, step) = place.rsplit_once('/').unwrap();
        match self.0.pointer_mut(parent) {
            Some(Value::Object(object)) => {
                object.insert(step.replace("~1", "/"), yaml(piece));
            }
            Some(Value::Array(list)) if step == "-" => list.push(yaml(piece)),
            _ => panic!("the document has no {parent}"),
        }
        self
    }

    /// Removes a key.
    fn without(mut self, place: &str) -> Self {
        let (parent, step) = place.rsplit_once('/').unwrap();
        let object = self.0.pointer_mut(parent).and_then(Value::as_object_mut);
        object.and_then(|object| object.remove(step)).expect("it was there");
        self
    }

    fn schema(self, name: &str, piece: &str) -> Self {
        self.with(&format!("/components/schemas/{name}"), piece)
    }

    /// Adds a property `probe` to the request object.
    fn sent(self, piece: &str) -> Self {
        self.with("/components/schemas/ThingChange/properties/probe", piece)
    }

    /// Adds a property `probe` to a response object.
    fn received(self, piece: &str) -> Self {
        self.with("/components/schemas/Thing/properties/probe", piece)
    }

    /// Adds a query parameter `probe` with these keys, including its schema.
    fn queried(self, piece: &str) -> Self {
        let parameter = format!("{{name: probe, in: query, description: A probe., {piece}}}");
        self.with(&format!("{GET}/parameters/-"), &parameter)
    }

    /// Replaces the schema of a path parameter.
    fn in_path(self, piece: &str) -> Self {
        self.with("/components/parameters/ThingId/schema", piece)
    }

    /// Returns the document as JSON, which is also YAML.
    fn text(&self) -> String {
        self.0.to_string()
    }

    fn plan(&self) -> Plan {
        read(&Document::parse(&self.text()).unwrap()).unwrap_or_else(|error| panic!("{error}"))
    }

    #[track_caller]
    fn code(self) -> Code {
        match pipeline::generate(&self.text()) {
            Ok(code) => Code(code),
            Err(error) => panic!("rejected: {error}"),
        }
    }

    /// Asserts that the document is rejected at this place and for this reason.
    #[track_caller]
    fn is_rejected(&self, place: &str, reason: &str) {
        expect_rejection(pipeline::generate(&self.text()), place, reason);
    }
}

#[track_caller]
fn expect_rejection<T>(outcome: pipeline::Result<T>, place: &str, reason: &str) {
    let Err(error) = outcome else { panic!("not rejected: {place}, {reason}") };
    let message = error.to_string();
    assert!(message.starts_with(&format!("{place}: ")), "{message}\n is not about {place}");
    assert!(message.contains(reason), "{message}\n does not contain: {reason}");
    assert_eq!(message.lines().count(), 1, "{message}");
}

/// Generated code, compared without white space.
struct Code(String);

impl Code {
    #[track_caller]
    fn has(&self, piece: &str) -> &Self {
        assert!(self.contains(piece), "the code has no `{piece}`:\n{}", self.0);
        self
    }

    #[track_caller]
    fn has_no(&self, piece: &str) -> &Self {
        assert!(!self.contains(piece), "the code has `{piece}`:\n{}", self.0);
        self
    }

    fn contains(&self, piece: &str) -> bool {
        // Trailing commas, serde attributes and the paths of types are ignored as well.
        let serde = regex::Regex::new(r"#\[serde\([^\]]*\)\]").unwrap();
        let dense = |text: &str| {
            let text: String = text.split_whitespace().collect();
            let text = serde.replace_all(&text, "");
            let text = text.replace(",}", "}").replace(",]", "]").replace(",)", ")");
            let text = text.replace(",>", ">");
            let paths = ["::std::option::", "::std::string::", "::std::result::", "::std::vec::"];
            let text = paths.iter().fold(text, |text, path| text.replace(path, ""));
            text.replace("crate::", "").replace("types::", "")
        };
        dense(&self.0).contains(&dense(piece))
    }
}

// Structure of the document.

#[test]
fn minimal_document_is_generated() {
    Sketch::new()
        .code()
        .has("pub fn update_thing(&self) -> builder::UpdateThing")
        .has("pub fn list_things(&self) -> builder::ListThings")
        .has("pub struct ThingChange { /// The new label.")
        .has("pub label: Option<Id>, }")
        .has("pub struct ThingPage { /// The things. pub things: Option<Vec<Thing>>,")
        .has("Result<Response<types::ThingPage>, Error>");
}

#[test]
fn generation_is_deterministic() {
    let generate = || pipeline::generate(WHOLE).unwrap_or_else(|error| panic!("{error}"));
    let code = generate();
    assert_eq!(code, generate());
    // The order differs: only the build script uses serde_json with `preserve_order`.
    let letters = |code: &str| {
        let letters = code.chars().filter(|letter| !letter.is_whitespace() && *letter != ',');
        let mut letters: Vec<char> = letters.collect();
        letters.sort_unstable();
        letters
    };
    let built = include_str!(concat!(env!("OUT_DIR"), "/generated.rs"));
    assert!(letters(&code) == letters(built), "build.rs made something else of the document");
}

#[test]
fn invalid_yaml_is_rejected() {
    expect_rejection(pipeline::generate("openapi: [3.0.3"), "not valid YAML", "line 1");
    expect_rejection(pipeline::generate("- 3.0.3"), "openapi", "found null");
    let twice = LEAST.replace("    Id: {", "    Id: {type: string}\n    Id: {");
    expect_rejection(pipeline::generate(&twice), "not valid YAML", "duplicate mapping key: Id");
}

#[test]
fn document_of_another_version_is_rejected() {
    Sketch::new().with("/openapi", "3.1.0").is_rejected("openapi", "found \"3.1.0\"");
    Sketch::new()
        .sent("{type: string, description: A probe., minLength: many}")
        .is_rejected("schema ThingChange", "not valid OpenAPI 3.0");
    Sketch::new()
        .with(&format!("{GET}/responses"), "{'200': {}}")
        .is_rejected("operation listThings", "not valid OpenAPI 3.0");
}

#[test]
fn dangling_reference_is_rejected() {
    Sketch::new()
        .sent("{description: A probe., allOf: [$ref: '#/components/schemas/Missing']}")
        .is_rejected("schema ThingChange, property probe", "unknown component schema Missing");
    Sketch::new()
        .with(&format!("{GET}/parameters/-"), "{$ref: '#/components/parameters/Missing'}")
        .is_rejected("operation listThings", "parameters/Missing\" does not exist");
    Sketch::new()
        .sent("{description: A probe., allOf: [$ref: 'other.yaml#/Missing']}")
        .is_rejected("schema ThingChange, property probe", "must refer to a component schema");
    let in_circles = "{$ref: '#/components/parameters/ThingId'}";
    Sketch::new()
        .with("/components/parameters/ThingId", in_circles)
        .is_rejected("operation updateThing", "does not exist");
}

#[test]
fn unused_component_is_rejected() {
    Sketch::new()
        .schema("Forgotten", "{type: string, description: Text.}")
        .is_rejected("schema Forgotten", "not used by any operation");
}

#[test]
fn missing_description_is_rejected() {
    Sketch::new()
        .sent("{type: boolean}")
        .is_rejected("schema ThingChange, property probe", "has no description");
    Sketch::new()
        .with("/components/schemas/Thing/description", "' '")
        .is_rejected("schema Thing", "has no description");
    Sketch::new()
        .with("/components/parameters/ThingId/description", "''")
        .is_rejected("operation updateThing, parameter thing_id", "has no description");
    Sketch::new()
        .with(&format!("{GET}/description"), "''")
        .is_rejected("operation listThings", "has no description");
    Sketch::new()
        .with(&format!("{GET}/summary"), "''")
        .is_rejected("operation listThings", "has no summary");
}

#[test]
fn unknown_keyword_is_rejected() {
    for keyword in ["uniqueItems: true", "multipleOf: 2", "exclusiveMinimum: true", "x-new: 1"] {
        let (key, _) = keyword.split_once(':').unwrap();
        let reason = format!("{key} is not supported here");
        let property =
            format!("{{type: integer, format: int64, description: A probe., {keyword}}}");
        let component = format!("{{type: integer, minimum: 1, description: A probe., {keyword}}}");
        let probe = "{description: A probe., allOf: [$ref: '#/components/schemas/Probe']}";
        Sketch::new().sent(&property).is_rejected("schema ThingChange, property probe", &reason);
        Sketch::new().received(&property).is_rejected("schema Thing, property probe", &reason);
        Sketch::new().schema("Probe", &component).sent(probe).is_rejected("schema Probe", &reason);
        Sketch::new()
            .with("/components/schemas/Thing/multipleOf", "2")
            .is_rejected("schema Thing", "multipleOf is not supported here");
    }
}

#[test]
fn misspelled_key_of_an_operation_is_rejected() {
    Sketch::new()
        .with(&format!("{GET}/paramters"), "[]")
        .is_rejected("operation listThings", "paramters is not supported here");
    Sketch::new()
        .with("/components/parameters/ThingId/require", "true")
        .is_rejected("operation updateThing, parameter thing_id", "require is not supported here");
    Sketch::new()
        .with(&format!("{PUT}/requestBody/contents"), "{}")
        .is_rejected("operation updateThing", "contents is not supported here");
    Sketch::new()
        .with(&format!("{PUT}/responses/200/links"), "{}")
        .is_rejected("operation updateThing", "links is not supported here");
    Sketch::new()
        .with(&format!("{PUT}/requestBody/content/application~1json/encoding"), "{}")
        .is_rejected("operation updateThing", "encoding is not supported here");
    Sketch::new()
        .with("/paths/~1v1~1{project_id}~1things/summary", "Things")
        .is_rejected("path /v1/{project_id}/things", "summary is not supported here");
    Sketch::new()
        .with("/paths/~1v1~1other", "{$ref: '#/paths/~1v1~1{project_id}~1things'}")
        .is_rejected("path /v1/other", "$ref is not supported here");
}

#[test]
fn duplicate_operation_id_is_rejected() {
    for id in ["updateThing", "update_thing"] {
        Sketch::new()
            .with(&format!("{GET}/operationId"), id)
            .is_rejected("operation updateThing", "duplicate operationId");
    }
    let mut nameless = Sketch::new();
    nameless.0.pointer_mut(GET).unwrap().as_object_mut().unwrap().remove("operationId");
    nameless.is_rejected("get /v1/{project_id}/things", "has no operationId");
}

#[test]
fn body_refers_to_a_component_schema() {
    Sketch::new()
        .with(
            &format!("{GET}/responses/200/content"),
            "{application/json: {schema: {type: object, description: Things.}}}",
        )
        .is_rejected("operation listThings", "must be a $ref to a component");
    Sketch::new()
        .with(&format!("{GET}/responses/200/content"), "{text/plain: {schema: {type: string}}}")
        .is_rejected(
            "operation listThings",
            "the content of the response 200 must be application/json",
        );
    Sketch::new()
        .with(&format!("{PUT}/requestBody/required"), "false")
        .is_rejected("operation updateThing", "the request body must be required");
}

/// Requests are strict and responses are lenient, so an object in both is two structs.
#[test]
fn object_in_requests_and_responses_has_two_structs() {
    let part = "{type: object, description: A part., additionalProperties: false, required: [id],
                 properties: {
                   id: {description: The ID., allOf: [$ref: '#/components/schemas/Id']},
                   tags: {type: object, description: Tags., additionalProperties: {type: string}},
                   parts: {type: array, description: Parts., maxItems: 3,
                           items: {$ref: '#/components/schemas/Part'}}}}";
    let probe = "{description: A probe., allOf: [$ref: '#/components/schemas/Part']}";
    let both = Sketch::new().schema("Part", part).sent(probe).received(probe);
    both.code()
        .has("pub probe: Option<Part>, }")
        .has("pub probe: Option<PartResponse>, extra: Extra, }")
        .has("pub id: Id,")
        .has("pub id: Option<String>,")
        .has("pub parts: Option<PartParts>,")
        .has("pub parts: Option<Vec<PartResponse>>,")
        .has("pub tags: Option<PartTags>, }")
        .has("pub tags: Option<::std::collections::BTreeMap<String, String>>,")
        .has("pub type PartTags = ::std::collections::BTreeMap<String, String>;")
        .has("/// [`Part`] as it is in a response.")
        .has(".property::<PartParts>(\"parts\")");
    Sketch::new()
        .schema("Part", part)
        .schema("PartResponse", "{type: boolean, description: Another.}")
        .sent(probe)
        .received(probe)
        .is_rejected("schema PartResponse", "not used by any operation");
    Sketch::new()
        .schema("Part", part)
        .schema("PartResponse", LEVEL)
        .queried("schema: {$ref: '#/components/schemas/PartResponse'}")
        .sent(probe)
        .received(probe)
        .is_rejected("schema PartResponse", "is also the name of Part in responses");
    let either =
        "{description: A number., oneOf: [{type: integer, format: int64}, {type: string}]}";
    let probe = "{description: A probe., allOf: [$ref: '#/components/schemas/Shared']}";
    Sketch::new()
        .schema("Shared", either)
        .sent(probe)
        .received(probe)
        .code()
        .has("pub type Shared = crate::wire::IntegerOrString;");
}

#[test]
fn schemas_with_the_same_rust_name_are_rejected() {
    // The inline schema of `ThingChange.probe` would get the name of the component.
    let inline = "{type: string, maxLength: 3, description: A probe.}";
    let other = "{description: Another., allOf: [$ref: '#/components/schemas/ThingChangeProbe']}";
    for key in ["aaa", "zzz"] {
        Sketch::new()
            .schema("ThingChangeProbe", "{type: string, minLength: 5, description: Text.}")
            .sent(inline)
            .with(&format!("/components/schemas/ThingChange/properties/{key}"), other)
            .is_rejected("schema ThingChange, property probe", "duplicate schema ThingChangeProbe");
    }
    Sketch::new()
        .schema("small", "{type: string, description: Text.}")
        .sent("{description: A probe., allOf: [$ref: '#/components/schemas/small']}")
        .is_rejected("schema small", "PascalCase");
    Sketch::new()
        .schema("Flag", "{type: boolean, description: A flag.}")
        .sent("{description: A probe., allOf: [$ref: '#/components/schemas/Flag']}")
        .is_rejected("schema Flag", "the type \"boolean\" is not supported for a component schema");
}

#[test]
fn path_parameters_match_the_path() {
    Sketch::new().with("/components/parameters/ThingId/required", "false").is_rejected(
        "operation updateThing, parameter thing_id",
        "a path parameter must have required: true",
    );
    Sketch::new()
        .with("/components/parameters/ThingId/name", "id")
        .is_rejected("operation updateThing, parameter id", "does not contain it");
    Sketch::new()
        .with(&format!("{GET}/parameters/-"), "{$ref: '#/components/parameters/ThingId'}")
        .is_rejected("operation listThings, parameter thing_id", "does not contain it");
    Sketch::new()
        .without(&format!("{PUT}/parameters"))
        .is_rejected("operation updateThing", "missing path name mapping project_id");
    Sketch::new()
        .with("/components/parameters/ProjectId/name", "project")
        .is_rejected("operation listThings, parameter project", "does not contain it");
    Sketch::new()
        .queried("schema: {type: boolean}")
        .queried("schema: {type: boolean}")
        .is_rejected("operation listThings", "duplicate parameter probe");
    Sketch::new().queried("schema: {type: boolean}, allowReserved: true").is_rejected(
        "operation listThings, parameter probe",
        "allowReserved is not supported here",
    );
    for place in ["header", "cookie"] {
        let parameter = format!(
            "{{name: probe, in: {place}, description: A probe., schema: {{type: string}}}}"
        );
        Sketch::new().with(&format!("{GET}/parameters/-"), &parameter).is_rejected(
            "operation listThings, parameter probe",
            "only path and query parameters are supported",
        );
    }
}

#[test]
fn client_parameter_is_the_project() {
    Sketch::new()
        .code()
        .has("let project_id = encode_path(&client.project_id().to_string());")
        .has("type ProjectId = types::Id;")
        .has_no("pub fn project_id");
    let mut without = Sketch::new();
    without.0["components"]["parameters"]["ProjectId"]
        .as_object_mut()
        .unwrap()
        .remove("x-client-parameter");
    without.is_rejected("x-client-parameter", "project_id must refer to the same component");
    Sketch::new()
        .schema("Other", "{type: string, description: An ID., pattern: '^[0-9]+$'}")
        .with(
            &format!("{GET}/parameters"),
            "[{name: project_id, in: path, required: true, description: The project.,
               x-client-parameter: project_id, schema: {$ref: '#/components/schemas/Other'}}]",
        )
        .is_rejected("x-client-parameter", "project_id must refer to the same component");
}

// Responses and their statuses.

const ERRORS: &str = "
'200':
  description: The thing.
  content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}
'400':
  description: The service's error.
  content: {application/json: {schema: {$ref: '#/components/schemas/Fault'}}}
'404': {description: An error without a body.}
default:
  description: The gateway's error.
  content: {application/json: {schema: {$ref: '#/components/schemas/GatewayFault'}}}
";

fn with_errors() -> Sketch {
    let fault = "{type: object, description: An error., properties: {
        code: {type: string, description: Its code.}}}";
    Sketch::new()
        .schema("Fault", fault)
        .schema("GatewayFault", fault)
        .with(&format!("{PUT}/responses"), ERRORS)
}

/// The generator panics on errors of several shapes, and its client can lose the status and headers of an error.
#[test]
fn error_responses_are_left_to_the_crate() {
    with_errors()
        .code()
        .has("Result<Response<types::Thing>, Error>")
        .has("let result = client.exec(request, &info).await;")
        .has("200..=299 => ResponseValue::from_response(response).await")
        .has("pub struct Fault {")
        .has("pub struct GatewayFault {")
        .has_no("400u16")
        .has_no("Error::ErrorResponse")
        .has_no("InvalidResponsePayload");
}

#[test]
fn operation_has_exactly_one_success() {
    Sketch::new()
        .with(&format!("{PUT}/responses"), "{2XX: {description: Changed.}}")
        .code()
        .has("200..=299 => Ok(ResponseValue::empty(response)),");
    Sketch::new()
        .with(&format!("{PUT}/responses/202"), "{description: Later.}")
        .is_rejected("operation updateThing", "expected one successful response, found 2");
    Sketch::new()
        .with(&format!("{PUT}/responses"), "{'400': {description: An error.}}")
        .is_rejected("operation updateThing", "expected one successful response, found 0");
    Sketch::new()
        .with(&format!("{PUT}/responses/302"), "{description: Elsewhere.}")
        .is_rejected("operation updateThing", "the response 302 is neither a success nor an error");
    Sketch::new()
        .with(&format!("{PUT}/responses"), "{'204': {description: Done.}}")
        .with(&format!("{GET}/responses/200/content/application~1json/schema"), {
            "{$ref: '#/components/schemas/Thing'}"
        })
        .is_rejected("schema ThingPage", "not used by any operation");
    Sketch::new()
        .with(&format!("{PUT}/responses"), "{'204': {description: Done.}}")
        .code()
        .has("Result<Response<()>, Error>");
}

// Constraints of values.

#[test]
fn integer_bounds_are_generated() {
    let delay = "{type: integer, format: int32, minimum: 1, maximum: 9, x-unit: seconds,
                  description: A delay.}";
    Sketch::new()
        .sent(delay)
        .code()
        .has("pub type ThingChangeProbe = crate::wire::Integer<rules::ThingChangeProbe>;")
        .has(
            "impl crate::wire::integer::IntegerRule for ThingChangeProbe {
                 const MINIMUM: Option<i64> = Some(1);
                 const MAXIMUM: Option<i64> = Some(9);
                 const UNIT: Option<&'static str> = Some(\"seconds\");
                 const FORMAT: Option<&'static str> = Some(\"int32\"); }",
        )
        .has("pub probe: Option<ThingChangeProbe>")
        .has("/// Valid values: 1 to 9 seconds.")
        .has_no("NonZero");
    Sketch::new()
        .sent("{type: integer, minimum: 9, maximum: 1, description: A delay.}")
        .is_rejected(
            "schema ThingChange, property probe",
            "the minimum is greater than the maximum",
        );
    Sketch::new()
        .sent("{type: integer, format: uint8, minimum: 1, description: A delay.}")
        .is_rejected("schema ThingChange, property probe", "the format uint8 is not supported");
    Sketch::new()
        .sent("{type: integer, description: A delay.}")
        .is_rejected("schema ThingChange, property probe", "must have format: int64");
}

#[test]
fn integer_values_are_generated_with_their_meanings() {
    Sketch::new()
        .sent(
            "{type: integer, format: int32, description: A pause., enum: [0, 5],
              x-enum-descriptions: [None at all., A short one.]}",
        )
        .code()
        .has(
            "impl crate::wire::integer::IntegerRule for ThingChangeProbe {
                 const VALUES: &'static [i64] = &[0, 5];",
        )
        .has("`0`: None at all.")
        .has("`5`: A short one.");
    Sketch::new()
        .sent("{type: integer, description: A pause., enum: [0, 5], x-enum-descriptions: [One.]}")
        .is_rejected(
            "schema ThingChange, property probe",
            "1 x-enum-descriptions for 2 enum values",
        );
    Sketch::new()
        .sent(
            "{type: integer, description: A pause., enum: [0, 5], minimum: 0,
              x-enum-descriptions: [None., Some.]}",
        )
        .is_rejected(
            "schema ThingChange, property probe",
            "bounds are not supported together with an enum",
        );
}

#[test]
fn length_and_pattern_of_a_string_are_generated() {
    Sketch::new()
        .sent(
            "{type: string, minLength: 1, maxLength: 64, pattern: '^[a-z]+$',
              description: A name.}",
        )
        .code()
        .has("pub type ThingChangeProbe = crate::wire::Text<rules::ThingChangeProbe>;")
        .has(
            "impl crate::wire::text::TextRule for ThingChangeProbe {
                 const MIN_LENGTH: Option<usize> = Some(1);
                 const MAX_LENGTH: Option<usize> = Some(64);
                 fn pattern() -> Option<&'static crate::wire::text::Pattern> {
                     static PATTERN: crate::wire::text::Pattern =
                         crate::wire::text::Pattern::new(\"^[a-z]+$\");
                     Some(&PATTERN) } }",
        )
        .has_no("TimeRule");
}

#[test]
fn x_content_generates_a_method_that_reads_the_string() {
    let content = "x-content: {$ref: '#/components/schemas/Thing'}";
    let text = |rest: &str| format!("{{type: string, description: A text., {rest}}}");
    let page = "/components/schemas/ThingPage/properties/probe";
    Sketch::new()
        .with(page, &text(content))
        .code()
        .has("pub probe: Option<String>,")
        .has("pub fn probe_content(&self) -> Option<Thing> {")
        .has("crate::json::salvage(self.probe.as_deref()?.as_bytes()).ok()");
    let reason = "x-content is supported only for a plain string in a response";
    Sketch::new()
        .schema("Part", "{type: object, description: A part., properties: {}}")
        .sent(&text("x-content: {$ref: '#/components/schemas/Part'}"))
        .is_rejected("schema ThingChange, property probe", reason);
    let place = "schema ThingPage, property probe";
    for (odd, reason) in [
        (text(&format!("format: date-time, {content}")), reason),
        (text("x-content: Thing"), "must be a $ref to a component schema"),
        (text("x-content: {$ref: '#/components/schemas/None'}"), "unknown component schema None"),
        (
            text("x-content: {$ref: '#/components/schemas/Id'}"),
            "Id must be an object with properties",
        ),
        (format!("{{type: integer, format: int64, description: A number., {content}}}"), reason),
    ] {
        Sketch::new().with(page, &odd).is_rejected(place, reason);
    }
    let items = format!("{{type: array, description: Texts., items: {}}}", text(content));
    Sketch::new().with(page, &items).is_rejected(place, "x-content");
}

#[test]
fn pattern_must_be_anchored_and_valid() {
    for anchored in [r"^(a|b)[|(]\|$", r"^[\]|]+((a|b)|c)$"] {
        Sketch::new()
            .sent(&format!("{{type: string, description: A name., pattern: '{anchored}'}}"))
            .code();
    }
    for loose in ["[a-z]+", "^[a-z]+", "[a-z]+$", "^a|b$", r"^a\$"] {
        Sketch::new()
            .sent(&format!("{{type: string, description: A name., pattern: '{loose}'}}"))
            .is_rejected("schema ThingChange, property probe", "must start with ^ and end with $");
    }
    Sketch::new()
        .sent("{type: string, description: A name., pattern: '^([a-z]+$'}")
        .is_rejected("schema ThingChange, property probe", "invalid pattern ^([a-z]+$:");
    Sketch::new()
        .sent("{type: string, description: A name., pattern: '^(?!x)[a-z]+$'}")
        .is_rejected("schema ThingChange, property probe", "invalid pattern ^(?!x)[a-z]+$:");
    for class in [r"^\d+$", r"^a[\w-]*$", r"^\s$", r"^\p{L}$"] {
        Sketch::new()
            .sent(&format!("{{type: string, description: A name., pattern: '{class}'}}"))
            .is_rejected("schema ThingChange, property probe", "differs between languages");
    }
}

#[test]
fn request_id_has_the_same_name_in_all_responses() {
    let named = |name: &str| format!("{{{name}: {{$ref: '#/components/headers/RequestId'}}}}");
    let reply = format!("{GET}/responses/200/headers");
    Sketch::new().with(&reply, &named("X-Other")).is_rejected("the header RequestId", "found 2");
    Sketch::new()
        .with(&format!("{PUT}/responses/200/headers"), "{}")
        .with(&reply, "{}")
        .is_rejected("the header RequestId", "found 0");
    Sketch::new().code().has("REQUEST_ID_HEADER: &str = \"x-request\"");
}

#[test]
fn unsupported_time_format_is_rejected() {
    for odd in ["%Y-%m-%dT%H:%M:%SZ%q", "%D %H:%M", "%Y-%m-%d", "%H:%M %Y", "%H:%M%"] {
        Sketch::new()
            .sent(&format!("{{type: string, description: A time., x-strftime: ['{odd}']}}"))
            .is_rejected(
                "schema ThingChange, property probe",
                "is not a supported format; use %Y, %m, %d",
            );
    }
}

/// `.` and `..` are not percent-encoded, and would lead to another resource.
#[test]
fn path_value_that_changes_the_path_is_rejected() {
    Sketch::new().in_path("{type: string}").is_rejected(
        "operation updateThing, parameter thing_id",
        "a path parameter must have a pattern",
    );
    Sketch::new().in_path("{type: string, minLength: 1, description: An ID.}").is_rejected(
        "operation updateThing, parameter thing_id",
        "a path parameter must have a pattern",
    );
    for (pattern, admitted) in [
        ("^[a-z.]+$", "\".\""),
        ("^[a-z.]{2}$", "\"..\""),
        ("^[a-z]*$", "\"\""),
        ("^[a-z/]+$", "/"),
        (r"^[a-z\\]+$", r"\"),
        ("^[a-z/]{9,}$", "/"),
        (r"^[.\\]{5,}$", r"\"),
    ] {
        let piece = format!("{{type: string, description: An ID., pattern: '{pattern}'}}");
        let place = "operation updateThing, parameter thing_id";
        Sketch::new()
            .in_path(&piece)
            .is_rejected(place, &format!("the pattern {pattern} must not match"));
        Sketch::new().in_path(&piece).is_rejected(place, admitted);
    }
    Sketch::new()
        .in_path("{type: string, description: An ID., pattern: '^[0-9a-z.]+[0-9a-z]$'}")
        .code()
        .has("Pattern::new(\"^[0-9a-z.]+[0-9a-z]$\")");
}

#[test]
fn format_and_pattern_are_both_kept() {
    Sketch::new()
        .queried(
            "schema: {type: string, format: date-time, description: A time.,
                      pattern: '^[0-9T:-]+Z$', x-strftime: ['%Y-%m-%dT%H:%M:%SZ']}",
        )
        .code()
        .has(
            "impl crate::wire::text::TextRule for ListThingsProbe {
                 const TIMES: &'static [&'static str] = &[\"%Y-%m-%dT%H:%M:%SZ\"];
                 const FORMAT: Option<&'static str> = Some(\"date-time\");",
        )
        .has("Pattern::new(\"^[0-9T:-]+Z$\")")
        .has("impl crate::wire::text::TimeRule for ListThingsProbe {}");
    Sketch::new()
        .sent("{type: string, format: uuid, pattern: '^[0-9a-f-]+$', description: An ID.}")
        .is_rejected("schema ThingChange, property probe", "the format uuid is not supported");
}

#[test]
fn time_in_a_request_requires_a_format() {
    let reason = "a date-time in a request must have x-strftime";
    let time = "{type: string, format: date-time, description: A time.}";
    Sketch::new().sent(time).is_rejected("schema ThingChange, property probe", reason);
    Sketch::new()
        .queried(&format!("schema: {time}"))
        .is_rejected("operation listThings, parameter probe", reason);
    Sketch::new().in_path(time).is_rejected("operation updateThing, parameter thing_id", reason);
    Sketch::new()
        .sent("{type: string, description: A time., x-strftime: '%H:%M'}")
        .is_rejected("schema ThingChange, property probe", "x-strftime must be a list");
    Sketch::new()
        .received(time)
        .code()
        .has("pub probe: Option<::chrono::DateTime<::chrono::offset::Utc>>");
}

/// Responses are read leniently: their bounds are only in the schema.
#[test]
fn bounds_of_response_fields_are_not_enforced() {
    for (bounded, ty) in [
        ("{type: string, description: A probe., pattern: '^[a-z]+$'}", "String"),
        ("{type: string, description: A probe., minLength: 1}", "String"),
        ("{type: integer, description: A probe., minimum: 1}", "i64"),
        ("{description: A probe., allOf: [$ref: '#/components/schemas/Id']}", "String"),
        ("{type: array, description: A probe., items: {type: string}, maxItems: 1}", "Vec<String>"),
    ] {
        let code = Sketch::new().received(bounded).code();
        code.has(&format!("pub probe: Option<{ty}>, extra: Extra, }}"));
        assert!(code.contains("property::<ThingProbe>") || code.contains("property::<Id>"));
    }
}

#[test]
fn secret_and_bytes_have_separate_types() {
    let secret = "{type: string, format: password, description: A probe., maxLength: 5}";
    let bytes = "{type: string, format: byte, description: A probe.}";
    Sketch::new()
        .sent(secret)
        .code()
        .has("pub probe: Option<ThingChangeProbe>, }")
        .has("MAX_LENGTH: Option<usize> = Some(5); const FORMAT: Option<&'static str> = Some(\"password\");");
    Sketch::new().received(secret).code().has("pub probe: Option<crate::wire::Secret>,");
    Sketch::new()
        .queried(&format!("schema: {secret}"))
        .is_rejected("operation listThings, parameter probe", "a secret must not be part of a URL");
    Sketch::new()
        .sent(bytes)
        .code()
        .has("impl crate::wire::text::ByteRule for ThingChangeProbe {}");
    Sketch::new().received(bytes).code().has("pub probe: Option<String>, extra: Extra, }");
}

// Enumerations.

const LEVEL: &str = "{type: string, description: A level., enum: [LOW, HIGH],
                      x-enum-descriptions: [Not much., Much.]}";
const A_LEVEL: &str = "{description: A probe., allOf: [$ref: '#/components/schemas/Level']}";

#[test]
fn enum_is_open_in_responses_and_closed_in_requests() {
    Sketch::new()
        .schema("Level", LEVEL)
        .sent(A_LEVEL)
        .received(A_LEVEL)
        .queried("schema: {$ref: '#/components/schemas/Level'}")
        .code()
        .has("pub enum Level { /// Not much. On the wire: `LOW`. Low, /// Much. On the wire: `HIGH`. High,")
        .has("enumeration! { Level { Low = \"LOW\", High = \"HIGH\", } }")
        .has(
            "pub label: Option<Id>, /// A probe. /// /// Valid values: `LOW`, `HIGH`. pub probe: Option<Closed<Level>>, }",
        )
        .has(
            "pub struct Thing { /// The label. pub label: Option<String>,
              /// A probe. pub probe: Option<Level>,",
        )
        .has("probe: Result<Option<crate::types::Closed<crate::types::Level>>, ValidationError>");
}

#[test]
fn each_enum_value_has_a_meaning_and_a_name() {
    for (piece, reason) in [
        ("enum: [A, B]", "has 0 x-enum-descriptions for 2 enum values"),
        (
            "enum: [A, B], x-enum-descriptions: [One.]",
            "has 1 x-enum-descriptions for 2 enum values",
        ),
        ("enum: [A, B], x-enum-descriptions: [1, 2]", "add one for each"),
        ("enum: [A], x-enum-descriptions: [' ']", "add one for each"),
        ("enum: [low, LOW], x-enum-descriptions: [a, b]", "would have the same Rust name Low"),
        ("enum: [unknown], x-enum-descriptions: [a]", "would have the same Rust name Unknown"),
        ("enum: ['..'], x-enum-descriptions: [a]", "\"..\" can't be converted to a Rust name"),
        ("x-enum-descriptions: [a], minLength: 1", "x-enum-descriptions is not supported here"),
    ] {
        let piece = format!("{{type: string, description: A probe., {piece}}}");
        Sketch::new().sent(&piece).is_rejected("schema ThingChange, property probe", reason);
    }
    Sketch::new()
        .received("{type: string, description: A probe., enum: [A]}")
        .is_rejected("schema Thing, property probe", "has 0 x-enum-descriptions for 1 enum values");
    Sketch::new()
        .sent("{type: string, description: A., enum: [' A'], x-enum-descriptions: [a]}")
        .code()
        .has("A = \" A\"");
    Sketch::new()
        .sent("{type: string, description: A., enum: [5_bgp, Self], x-enum-descriptions: [a, b]}")
        .code()
        .has("X5Bgp = \"5_bgp\"")
        .has("Self_ = \"Self\"");
}

// Lists.

#[test]
fn list_limits_are_generated() {
    Sketch::new()
        .sent(
            "{type: array, description: A probe., minItems: 1, maxItems: 5,
              items: {$ref: '#/components/schemas/Id'}}",
        )
        .code()
        .has("pub type ThingChangeProbe = crate::wire::List<rules::ThingChangeProbe, Id>;")
        .has(
            "impl crate::wire::list::ListRule for ThingChangeProbe {
                 const MIN_ITEMS: Option<usize> = Some(1);
                 const MAX_ITEMS: Option<usize> = Some(5); }",
        )
        .has_no("EmptyRule");
    Sketch::new()
        .sent(
            "{type: array, description: A probe., uniqueItems: true,
              items: {$ref: '#/components/schemas/Id'}}",
        )
        .is_rejected("schema ThingChange, property probe", "uniqueItems is not supported here");
}

#[test]
fn optional_list_distinguishes_absent_from_empty() {
    let list = "{type: array, description: A probe., items: {type: string}}";
    Sketch::new().sent(list).code().has("pub probe: Option<ThingChangeProbe>");
    Sketch::new().received(list).code().has("pub probe: Option<Vec<String>>");
}

const TAGS: &str = "{type: array, description: Tags., items: {$ref: '#/components/schemas/Id'}}";
const THE_TAGS: &str = "schema: {$ref: '#/components/schemas/Tags'}";

#[test]
fn explode_determines_the_form_of_a_list_in_a_query() {
    Sketch::new()
        .schema("Tags", TAGS)
        .queried(&format!("explode: false, {THE_TAGS}"))
        .code()
        .has("pub type Tags = crate::wire::List<rules::Tags, Id, crate::wire::Commas>;")
        .has("impl crate::wire::list::EmptyRule for Tags {}");
    Sketch::new()
        .schema("Tags", TAGS)
        .queried(THE_TAGS)
        .code()
        .has("pub type Tags = crate::wire::List<rules::Tags, Id>;")
        .has_no("Commas");
    Sketch::new()
        .schema("Tags", TAGS)
        .queried(&format!("style: spaceDelimited, {THE_TAGS}"))
        .is_rejected(
            "operation listThings, parameter probe",
            "only the default style is supported",
        );
    Sketch::new().schema("Tags", TAGS).in_path("{$ref: '#/components/schemas/Tags'}").is_rejected(
        "operation updateThing, parameter thing_id",
        "must be a scalar, or a list of scalars in a query",
    );
    Sketch::new()
        .schema("Tags", &TAGS.replace("/Id", "/ThingChange"))
        .queried(THE_TAGS)
        .is_rejected(
            "operation listThings, parameter probe",
            "must be a scalar, or a list of scalars in a query",
        );
}

/// The serialization belongs to the type, so one type cannot have two.
#[test]
fn comma_separated_list_must_not_be_used_elsewhere() {
    let another = format!("{{name: other, in: query, description: Another., {THE_TAGS}}}");
    Sketch::new()
        .schema("Tags", TAGS)
        .queried(&format!("explode: false, {THE_TAGS}"))
        .with(&format!("{GET}/parameters/-"), &another)
        .is_rejected("operation listThings, parameter probe", "must not be used elsewhere");
    Sketch::new()
        .schema("Tags", TAGS)
        .queried(&format!("explode: false, {THE_TAGS}"))
        .sent("{description: A probe., allOf: [$ref: '#/components/schemas/Tags']}")
        .is_rejected("operation listThings, parameter probe", "must not be used elsewhere");
    Sketch::new()
        .schema("Tags", TAGS)
        .queried(&format!("explode: false, {THE_TAGS}"))
        .sent("{type: array, description: A., items: {$ref: '#/components/schemas/Tags'}}")
        .is_rejected("operation listThings, parameter probe", "must not be used elsewhere");
}

// Constructs that the generator does not support.

#[test]
fn not_is_rejected() {
    let negated = "{description: A probe., not: {type: string}}";
    Sketch::new()
        .sent(negated)
        .is_rejected("schema ThingChange, property probe", "not is not supported here");
    Sketch::new()
        .schema("Probe", negated)
        .received("{description: A probe., allOf: [$ref: '#/components/schemas/Probe']}")
        .is_rejected("schema Probe", "not is not supported here");
    Sketch::new()
        .with("/components/schemas/ThingChange/not", "{required: [label]}")
        .is_rejected("schema ThingChange", "not is not supported here");
}

#[test]
fn one_of_is_an_integer_or_a_string() {
    let either = "[{type: integer, format: int64}, {type: string}]";
    Sketch::new()
        .received(&format!("{{description: A probe., oneOf: {either}}}"))
        .code()
        .has("/// A probe. pub type ThingProbe = crate::wire::IntegerOrString;");
    let reason = "oneOf is supported only for an integer with the format int64 and a string";
    for others in [
        "[{type: boolean}, {type: string}]",
        "[{type: string}]",
        "[{type: integer, format: int64}, {type: string}, {type: string}]",
    ] {
        Sketch::new()
            .received(&format!("{{description: A probe., oneOf: {others}}}"))
            .is_rejected("schema Thing, property probe", reason);
    }
    Sketch::new()
        .received("{description: A., oneOf: [{type: integer, minimum: 1}, {type: string}]}")
        .is_rejected("schema Thing, property probe", "minimum is not supported here");
}

#[test]
fn any_of_is_rejected() {
    let enum_or_text =
        "{description: A probe., anyOf: [{type: string, enum: [A]}, {type: string}]}";
    Sketch::new()
        .received(enum_or_text)
        .is_rejected("schema Thing, property probe", "anyOf is not supported here");
    Sketch::new()
        .schema("Probe", enum_or_text)
        .received("{description: A probe., allOf: [$ref: '#/components/schemas/Probe']}")
        .is_rejected("schema Probe", "anyOf is not supported here");
    Sketch::new()
        .with("/components/schemas/ThingChange/anyOf", "[{required: [label]}]")
        .is_rejected("schema ThingChange", "anyOf is not supported here");
}

#[test]
fn all_of_is_a_single_reference() {
    let reference = "{$ref: '#/components/schemas/Id'}";
    for composed in
        [format!("[{reference}, {reference}]"), "[{type: string}]".into(), "[]".to_owned()]
    {
        Sketch::new()
            .sent(&format!("{{description: A probe., allOf: {composed}}}"))
            .is_rejected("schema ThingChange, property probe", "allOf must contain a single $ref");
    }
}

#[test]
fn schemas_with_the_same_title_are_kept_apart() {
    Sketch::new()
        .with("/components/schemas/Thing/title", "Same")
        .with("/components/schemas/ThingPage/title", "Same")
        .code()
        .has("pub struct Thing {")
        .has("pub struct ThingPage {")
        .has("pub things: Option<Vec<Thing>>");
}

#[test]
fn additional_properties_are_explicit() {
    let map = "{type: object, description: A probe., additionalProperties: {type: string}}";
    Sketch::new()
        .received(map)
        .code()
        .has("/// A probe. pub type ThingProbe = ::std::collections::BTreeMap<String, String>;");
    Sketch::new()
        .sent(map)
        .code()
        .has("pub type ThingChangeProbe = ::std::collections::BTreeMap<String, String>;")
        .has("pub probe: Option<ThingChangeProbe>, }");
    let values = "{description: A value., type: string, maxLength: 3}";
    Sketch::new()
        .with("/components/schemas/ThingChange/additionalProperties", values)
        .code()
        .has("pub extra: ::std::collections::BTreeMap<String, ThingChangeValue>, }")
        .has("request::set_additional(&mut builder.extra, key, value)")
        .has(".with_additional::<ThingChangeValue>()");
    Sketch::new()
        .with("/components/schemas/Thing/additionalProperties", values)
        .code()
        .has("pub struct Thing { /// The label. pub label: Option<String>, extra: Extra, }")
        .has(".with_additional::<ThingValue>()");
    Sketch::new()
        .with("/components/schemas/Thing/additionalProperties", "true")
        .is_rejected("schema Thing", "additionalProperties must be a schema, or false");
    Sketch::new()
        .received("{type: object, description: A probe., properties: {}, x-rules: []}")
        .is_rejected("schema Thing, property probe", "must have additionalProperties");
    Sketch::new()
        .with("/components/schemas/ThingChange/additionalProperties", "true")
        .is_rejected("schema ThingChange", "additionalProperties must be a schema, or false");
    Sketch::new()
        .without("/components/schemas/ThingChange/additionalProperties")
        .is_rejected("schema ThingChange", "or false in a request");
    Sketch::new()
        .with("/components/schemas/Thing/additionalProperties", "false")
        .is_rejected("schema Thing", "absent in a response");
    Sketch::new()
        .with("/components/schemas/ThingChange/required", "[lable]")
        .is_rejected("schema ThingChange", "required: lable is not a property");
}

#[test]
fn required_is_enforced_in_requests_only() {
    let code = Sketch::new()
        .with("/components/schemas/ThingChange/required", "[label]")
        .with("/components/schemas/Thing/required", "[label]")
        .code();
    code.has("pub label: Id, }")
        .has("pub struct Thing { /// The label. pub label: Option<String>,");
}

// Defaults, nulls, annotations, and settings of the whole document.

#[test]
fn default_is_not_sent() {
    let reason = "a default would be sent if the field is unset";
    for (own, piece) in [
        ("", "{type: boolean, description: A probe., default: true}"),
        ("", "{type: integer, minimum: 0, description: A probe., default: 5}"),
        ("", "{type: string, maxLength: 9, description: A probe., default: a}"),
        ("{type: integer, minimum: 0, description: A number.}", {
            "{description: A., allOf: [$ref: '#/components/schemas/Probe'], default: 5}"
        }),
        ("{type: integer, minimum: 0, description: A number., default: 5}", {
            "{description: A., allOf: [$ref: '#/components/schemas/Probe']}"
        }),
    ] {
        let sketch = Sketch::new().sent(piece);
        let sketch = if own.is_empty() { sketch } else { sketch.schema("Probe", own) };
        sketch.is_rejected("schema ThingChange, property probe", reason);
    }
    Sketch::new()
        .sent("{type: boolean, description: A probe., x-default-on-create: true}")
        .code()
        .has("pub probe: Option<bool>");
    Sketch::new()
        .queried("schema: {type: integer, minimum: 0, description: A number., default: 5}")
        .code()
        .has("probe: Result<Option<crate::types::ListThingsProbe>, ValidationError>")
        .has("Self { client: client.clone(), probe: Ok(None), }");
}

#[test]
fn null_differs_from_absent_in_requests() {
    for (piece, ty) in [
        ("{type: boolean, nullable: true, description: A probe.}", "bool"),
        ("{type: string, maxLength: 5, nullable: true, description: A.}", "ThingChangeProbe"),
        ("{nullable: true, description: A., allOf: [$ref: '#/components/schemas/Id']}", "Id"),
    ] {
        Sketch::new()
            .sent(piece)
            .code()
            .has(&format!("pub probe: Option<Option<{ty}>>, }}"))
            .has(&format!("TryInto<{ty}>,"))
            .has(".map(|value| Some(Some(value)))")
            .has("pub fn probe_null(mut self) -> Self { self.probe = Ok(Some(None)); self }")
            .has("request::set_nullable(&mut builder.probe, Some, key, value)");
        Sketch::new()
            .sent(piece)
            .with("/components/schemas/ThingChange/required", "[probe]")
            .code()
            .has(&format!("pub probe: Option<{ty}>, }}"))
            .has("pub fn probe_null(mut self) -> Self { self.probe = Ok(None); self }")
            .has("request::set_nullable(&mut builder.probe, |value| value, key, value)");
    }
    Sketch::new()
        .received("{type: string, nullable: true, description: A probe.}")
        .code()
        .has("pub probe: Option<String>, extra: Extra, }")
        .has(".property::<Option<String>>(\"probe\")");
    let list = "{type: array, description: A., items: {type: string, nullable: true}}";
    let reason = "nullable is supported only for a property";
    Sketch::new().sent(list).is_rejected("schema ThingChange, property probe", reason);
    Sketch::new()
        .with("/components/schemas/Id/nullable", "true")
        .is_rejected("schema Id", "nullable is not supported here");
}

#[test]
fn siblings_of_a_reference_are_kept_or_rejected() {
    Sketch::new().sent("{$ref: '#/components/schemas/Id', description: A probe.}").is_rejected(
        "schema ThingChange, property probe",
        "keywords next to a $ref would be ignored",
    );
    Sketch::new()
        .with(
            &format!("{PUT}/requestBody"),
            "{$ref: '#/components/requestBodies/ThingChange', description: What to change.}",
        )
        .is_rejected("operation updateThing", "keywords next to");
    Sketch::new()
        .sent("{description: A probe of its own., allOf: [$ref: '#/components/schemas/Id']}")
        .code()
        .has("/// A probe of its own. /// /// Valid values: matches `^[0-9a-z-]+$`.")
        .has("pub probe: Option<Id>");
}

#[test]
fn deprecated_is_generated() {
    Sketch::new()
        .with(&format!("{GET}/deprecated"), "true")
        .received("{type: string, description: A probe., deprecated: true}")
        .queried("deprecated: true, schema: {type: boolean}")
        .with("/components/schemas/Thing/deprecated", "true")
        .code()
        .has("/// **Deprecated.** Answers all things.")
        .has("/// **Deprecated.** A probe. pub probe: Option<String>")
        .has("/// **Deprecated.** A probe. pub fn probe<V>(mut self, value: V)")
        .has("/// **Deprecated.** A thing.");
}

#[test]
fn read_only_and_write_only_are_rejected() {
    for keyword in ["readOnly", "writeOnly"] {
        let piece = format!("{{type: boolean, description: A probe., {keyword}: true}}");
        let reason = format!("{keyword} is not supported here");
        Sketch::new().sent(&piece).is_rejected("schema ThingChange, property probe", &reason);
        Sketch::new().received(&piece).is_rejected("schema Thing, property probe", &reason);
    }
}

/// An example is for readers of the document; it changes no code.
#[test]
fn example_is_not_sent() {
    let code = Sketch::new().received("{type: string, description: A probe.}").code();
    let with_example =
        Sketch::new().received("{type: string, description: A probe., example: a}").code();
    assert_eq!(code.0, with_example.0);
}

#[test]
fn server_and_security_are_stated_once() {
    Sketch::new()
        .code()
        .has("const URL: &str = \"https://things.{region}.example\";")
        .has("const REGIONS: &[&str] = &[\"north\", \"south\"];")
        .has("const SERVICE_TYPE: &str = \"things-1\";")
        .has("const TOKEN_HEADER: &str = \"x-token\";");
    for (part, piece) in
        [("servers", "[{url: 'https://other.example'}]"), ("security", "[]"), ("callbacks", "{}")]
    {
        let reason = format!("{part} is not supported here");
        Sketch::new()
            .with(&format!("{GET}/{part}"), piece)
            .is_rejected("operation listThings", &reason);
    }
    Sketch::new()
        .with("/paths/~1v1~1{project_id}~1things/servers", "[{url: 'https://other.example'}]")
        .is_rejected("path /v1/{project_id}/things", "servers is not supported here");
    Sketch::new()
        .with("/servers/-", "{url: 'https://other.example'}")
        .is_rejected("servers", "exactly one server");
    Sketch::new()
        .with("/servers/0/url", "'https://{zone}.{region}.example'")
        .is_rejected("servers", "must contain the variable {region}");
    for wrong in ["Things", "'things 1'", "''", "1", "null"] {
        Sketch::new()
            .with("/servers/0/x-service-type", wrong)
            .is_rejected("servers", "x-service-type is required");
    }
    Sketch::new()
        .with("/security", "[{token: []}, {}]")
        .is_rejected("security", "exactly one security requirement");
    Sketch::new()
        .with("/components/securitySchemes/token", "{type: http, scheme: basic}")
        .is_rejected("security", "must be an apiKey in a header");
}

#[test]
fn api_version_header_is_removed() {
    Sketch::new().code().has_no("api-version").has_no("api_version");
}

// Cross-field rules, and error codes.

fn with_rule(rule: &str) -> Sketch {
    let rule = format!("[{{id: r, description: A rule., fix: Fix it., {rule}}}]");
    Sketch::new()
        .schema("Level", LEVEL)
        .sent(A_LEVEL)
        .with("/components/schemas/ThingChange/x-rules", &rule)
}

#[test]
fn rules_of_a_body_are_generated() {
    let rule = "[{id: label-first, description: A rule., fix: Fix it., require: [/label]}]";
    Sketch::new()
        .with("/components/schemas/ThingChange/x-rules", rule)
        .code()
        .has("impl crate::rules::HasRules for types::ThingChange")
        .has("each: None, when: &[], unless: &[], constraint: Constraint::Require(&[\"/label\"])")
        .has("pub fn unchecked(mut self) -> Self");
    let part = "{type: object, description: A part., additionalProperties: false,
                 properties: {a: {type: boolean, description: A.}},
                 x-rules: [{id: a-first, description: A rule., fix: Fix it., require: [/a]}]}";
    Sketch::new()
        .schema("Part", part)
        .sent("{description: A part., allOf: [{$ref: '#/components/schemas/Part'}]}")
        .is_rejected("schema Part", "x-rules are supported only for the schema of a request body");
}

#[test]
fn rule_applies_to_each_item_of_a_list() {
    let part = "{type: object, description: A part., additionalProperties: false,
                 properties: {a: {type: boolean, description: A.}, b: {type: boolean, description: B.}}}";
    let list = "{type: array, description: Parts., items: {$ref: '#/components/schemas/Part'}}";
    let rule = "[{id: r, description: A rule., fix: Fix it., each: /parts, any: [/a, /b]}]";
    let sketch = Sketch::new()
        .schema("Part", part)
        .with("/components/schemas/ThingChange/properties/parts", list)
        .with("/components/schemas/ThingChange/x-rules", rule);
    sketch.code().has(
        "each: Some(\"/parts\"), when: &[], unless: &[], \
         constraint: Constraint::Any(&[\"/a\", \"/b\"])",
    );
    Sketch::new()
        .schema("Part", part)
        .with("/components/schemas/ThingChange/properties/parts", list)
        .with("/components/schemas/ThingChange/x-rules", &rule.replace("/b", "/c"))
        .is_rejected("schema ThingChange, rule r", "unknown field /c");
}

#[test]
fn rule_with_an_unknown_field_or_value_is_rejected() {
    with_rule("when: {/probe: [LOW]}, require: [/label]").code();
    with_rule("unless: {/probe: [LOW]}, require: [/label]")
        .code()
        .has("when: &[], unless: &[(\"/probe\", &[\"LOW\"])]");
    for (rule, reason) in [
        ("any: [/lable]", "unknown field /lable"),
        ("each: /label, require: [/label]", "/label must be a list"),
        ("each: /lists, require: [/label]", "unknown field /lists"),
        ("each: [/label], require: [/label]", "\"\" is not a JSON pointer"),
        ("require: [/lable]", "unknown field /lable"),
        ("require: [/label/id]", "unknown field /label/id"),
        ("require: [label]", "\"label\" is not a JSON pointer"),
        ("when: {/prob: [LOW]}, require: [/label]", "unknown field /prob"),
        ("when: {/probe: [NONE]}, require: [/label]", "/probe can't be \"NONE\""),
        ("unless: {/prob: [LOW]}, require: [/label]", "unknown field /prob"),
        ("unless: {/probe: [NONE]}, require: [/label]", "/probe can't be \"NONE\""),
        ("unless: [/probe], require: [/label]", "/probe must have a value in unless"),
        ("allow: {/probe: [LOW, NONE]}", "/probe can't be \"NONE\""),
        ("allow: {/probe: LOW}", "/probe must have a list of strings"),
        ("when: {/label: [1]}, require: [/probe]", "must have a list of strings"),
        ("within: {/label: {minimum: one}}", "integer minimum, maximum or both"),
        ("demand: [/label]", "demand is not supported here"),
        ("require: [/label], forbid: [/probe]", "must have exactly one of require, any"),
        ("when: {/probe: [LOW]}", "must have exactly one of require, any"),
        ("require: []", "require must not be empty"),
        ("when: [/probe], require: [/label]", "/probe must have a value in when"),
        ("within: [/label]", "/label must have a value in within"),
        ("forbid: {/label: [a]}", "forbid must be a list of JSON pointers"),
        ("when: {/probe: [LOW]}, require: /label", "require must not be empty"),
        ("match: {/label: '^($'}", "invalid pattern ^($:"),
        ("match: {/label: 'a'}", "must start with ^ and end with $"),
        ("within: {/label: {minium: 1}}", "minium is not supported here"),
    ] {
        with_rule(rule).is_rejected("schema ThingChange, rule r", reason);
    }
    let rules = "/components/schemas/ThingChange/x-rules";
    with_rule("require: [/label]")
        .with(
            &format!("{rules}/-"),
            "{id: r, description: Another., fix: Fix it., forbid: [/label]}",
        )
        .is_rejected("schema ThingChange, rule r", "duplicate id");
    with_rule("require: [/label]")
        .with(&format!("{rules}/-"), "{id: s, description: Another., forbid: [/label]}")
        .is_rejected("schema ThingChange, rule s", "has no fix");
}

#[test]
fn error_code_with_an_unknown_class_is_rejected() {
    let codes = |entry: &str| {
        with_errors().with("/components/schemas/Fault/x-error-codes", &format!("[{entry}]"))
    };
    codes("{code: T.1, class: not-found, description: Not there.}")
        .code()
        .has("&[(\"T.1\", Some(crate::kind::ErrorKind::NotFound))]");
    codes("{code: T.1, description: Else., x-observed: true}").code().has("&[(\"T.1\", None)]");
    codes("{code: T.1, class: odd, description: Odd.}")
        .is_rejected("schema Fault, error code T.1", "unknown class \"odd\"");
    codes("{code: T.1, clas: not-found, description: Not there.}")
        .is_rejected("schema Fault, error code T.1", "clas is not supported here");
    codes("{class: not-found, description: Not there.}").is_rejected("schema Fault", "has no code");
}

// Pagination.

/// A document whose list is paginated by offset.
fn in_pages() -> Sketch {
    let schema = "type: integer, format: int32, description: A number., minimum: 0";
    let parameter = |name: &str, schema: &str| {
        format!("{{name: {name}, in: query, description: A number., schema: {{{schema}}}}}")
    };
    let parameters = format!("{GET}/parameters/-");
    let stated = "{items: /things, total: /count, offset: skip, limit: most, id: /id}";
    Sketch::new()
        .with(&format!("{GET}/x-pagination"), stated)
        .with(&parameters, &parameter("skip", schema))
        .with(&parameters, &parameter("most", &format!("{schema}, maximum: 30")))
        .with(
            "/components/schemas/ThingPage/properties/count",
            "{type: integer, format: int64, description: How many there are.}",
        )
        .with("/components/schemas/Thing/properties/id", "{type: string, description: The ID.}")
}

/// The query parameters of [`in_pages`].
const SKIP: &str = "/paths/~1v1~1{project_id}~1things/get/parameters/1";
const MOST: &str = "/paths/~1v1~1{project_id}~1things/get/parameters/2";

#[test]
fn pagination_by_offset_is_generated() {
    in_pages()
        .code()
        .has("or `items()`")
        .has("impl crate::List for ListThings { type Page = types::ThingPage; type Item = types::Thing; }")
        .has("const ITEMS: &'static str = \"things\"; const POSITION: &'static str = \"skip\";")
        .has("const LARGEST: i64 = 30;")
        .has("Position::Offset(value) if self.skip.as_ref().is_ok() => self.skip(value),")
        .has("Ok(value) if self.most.as_ref().is_ok() => self.most(value),")
        .has("&mut page.things")
        .has("{ page.count }")
        .has("item.id.as_deref()");
    Sketch::new().code().has_no("Paged<").has_no("items()");
}

/// A document whose list is a POST with a marker and a limit in the body.
fn by_marker() -> Sketch {
    let query = "{type: object, description: A query., additionalProperties: false, properties: {
                   after: {type: string, description: The last ID., maxLength: 9},
                   most: {type: integer, description: A number., minimum: 0, maximum: 30}}}";
    let stated = "{items: /things, marker: /after, next: /next, limit: /most, id: /id}";
    let mut sketch = in_pages().schema("ThingQuery", query);
    let things = sketch.0["paths"]["/v1/{project_id}/things"].as_object_mut().unwrap();
    let get = things.remove("get").unwrap();
    things.insert("post".to_owned(), get);
    sketch
        .with(&format!("{POST}/x-pagination"), stated)
        .with(
            &format!("{POST}/requestBody"),
            "{required: true, content: {application/json: {schema: {
              $ref: '#/components/schemas/ThingQuery'}}}}",
        )
        .with(
            "/components/schemas/ThingPage/properties/next",
            "{type: string, description: The next marker.}",
        )
}

#[test]
fn pagination_by_marker_and_of_a_post_is_generated() {
    by_marker()
        .code()
        .has("Position::Marker(value.map(|marker| marker.to_string()))")
        .has("Position::Marker(Some(value)) if")
        .has("=> { self.body_map(|body| body.after(value)) }")
        .has("self.body_map(|body| body.most(value))")
        .has("HAS_NEXT: bool = true;")
        .has("-> Option<&str> { page.next.as_deref() }");
    by_marker().without(&format!("{POST}/x-pagination/next")).code().has("HAS_NEXT: bool = false;");
    let place = "operation listThings, x-pagination";
    let key = |key: &str| format!("{POST}/x-pagination/{key}");
    for (name, value, reason) in [
        ("offset", "skip", "must have either offset and total, or marker"),
        ("marker", "/most", "marker: most must be of the type string"),
        (
            "marker",
            "/before",
            "marker: /before must be a property such as /name, or a query parameter",
        ),
        ("marker", "skip", "marker: skip must be of the type string"),
        ("next", "/count", "next: count must be of the type string"),
        ("limit", "/after", "limit: after must be of the type integer"),
    ] {
        by_marker().with(&key(name), value).is_rejected(place, reason);
    }
    by_marker()
        .with("/components/schemas/ThingQuery/required", "[most]")
        .is_rejected(place, "limit: /most must be optional");
    by_marker()
        .without(&key("marker"))
        .with(&key("offset"), "/after")
        .is_rejected(place, "offset: after must be of the type integer");
    in_pages()
        .with(&format!("{GET}/x-pagination/limit"), "/most")
        .is_rejected(place, "limit: /most must be a property such as /name");
}

#[test]
fn pagination_with_names_that_are_rust_keywords_is_generated() {
    in_pages()
        .with(
            "/components/schemas/ThingPage/properties/type",
            "{type: array, description: Things., items: {$ref: '#/components/schemas/Thing'}}",
        )
        .with(&format!("{SKIP}/name"), "in")
        .with(&format!("{SKIP}/schema"), "{type: integer, format: int64}")
        .with(&format!("{GET}/x-pagination/items"), "/type")
        .with(&format!("{GET}/x-pagination/offset"), "in")
        .code()
        .has("&mut page.type_")
        .has("POSITION: &'static str = \"in\"")
        .has("self.in_.as_ref()")
        .has("pub fn in_<V>(mut self, value: V) -> Self where V: std::convert::TryInto<i64>,")
        .has("map_err(|error| error.into().at(\"in\"))");
}

#[test]
fn pagination_with_unknown_fields_or_wrong_types_is_rejected() {
    let place = "operation listThings, x-pagination";
    let key = |key: &str| format!("{GET}/x-pagination/{key}");
    for name in ["items", "total", "offset", "limit", "id"] {
        let reason = format!("has no {name}");
        in_pages().with(&key(name), "[/things]").is_rejected(place, &reason);
        let reason = match name {
            "total" | "offset" => "must have either offset and total, or marker",
            _ => &reason,
        };
        in_pages().without(&key(name)).is_rejected(place, reason);
    }
    in_pages().with(&key("before"), "/next").is_rejected(place, "before is not supported here");
    for (name, value, reason) in [
        ("items", "things", "items: things must be a property"),
        ("items", "/things/all", "items: /things/all must be a property"),
        ("items", "/thing", "items: /thing must be a property"),
        ("items", "/count", "items: count must be a list of objects"),
        ("items", "/names", "items: names must be a list of objects"),
        ("items", "/levels", "items: levels must be a list of objects"),
        ("total", "count", "total: count must be a property"),
        ("total", "/page/count", "total: /page/count must be a property"),
        ("total", "/number", "total: /number must be a property"),
        ("total", "/things", "total: things must be of the type integer"),
        ("id", "id", "id: id must be a property"),
        ("id", "/things/id", "id: /things/id must be a property"),
        ("id", "/name", "id: /name must be a property"),
        ("id", "/is_new", "id: is_new must be of the type string"),
        ("offset", "offset", "offset: offset must be a property"),
        ("offset", "project_id", "offset: project_id must be a property"),
        ("offset", "most", "most is already used as the limit"),
        ("limit", "size", "limit: size must be a property"),
    ] {
        in_pages()
            .with(
                "/components/schemas/ThingPage/properties/names",
                "{type: array, description: Names., items: {type: string, description: A name.}}",
            )
            .schema("Level", LEVEL)
            .with(
                "/components/schemas/ThingPage/properties/levels",
                "{type: array, description: Levels., items: {$ref: '#/components/schemas/Level'}}",
            )
            .with(
                "/components/schemas/Thing/properties/is_new",
                "{type: boolean, description: Whether it is new.}",
            )
            .with(&key(name), value)
            .is_rejected(place, reason);
    }
}

#[test]
fn pagination_requires_an_offset_and_a_limit() {
    let place = "operation listThings, x-pagination";
    for (at, name) in [(SKIP, "offset: skip"), (MOST, "limit: most")] {
        in_pages()
            .with(&format!("{at}/required"), "true")
            .is_rejected(place, &format!("{name} must be optional"));
        for (schema, reason) in [
            ("{type: boolean}", "must be of the type integer"),
            ("{type: string, description: Text., maxLength: 3}", "must be of the type integer"),
            (
                "{type: integer, description: A number., enum: [10], x-enum-descriptions: [Ten.]}",
                "must be of the type integer",
            ),
        ] {
            in_pages()
                .with(&format!("{at}/schema"), schema)
                .is_rejected(place, &format!("{name} {reason}"));
        }
    }
    for unbounded in ["minimum: 0", "maximum: 0", "format: int64"] {
        in_pages()
            .with(
                &format!("{MOST}/schema"),
                &format!("{{type: integer, description: A number., {unbounded}}}"),
            )
            .is_rejected(place, "limit: most must have a positive maximum");
    }
    for name in ["items", "pages"] {
        in_pages()
            .with(&format!("{SKIP}/name"), name)
            .with(&format!("{GET}/x-pagination/offset"), name)
            .code()
            .has(&format!("Position::Offset(value) if self.{name}_parameter.as_ref().is_ok()"));
    }
}

#[test]
fn pagination_of_other_methods_is_rejected() {
    let stated = "{items: /things, total: /count, offset: skip, limit: most, id: /id}";
    Sketch::new()
        .with(&format!("{PUT}/x-pagination"), stated)
        .is_rejected("operation updateThing, x-pagination", "not supported for put");
    in_pages()
        .without(&format!("{GET}/responses/200/content"))
        .with(
            &format!("{PUT}/responses/200/content/application~1json/schema"),
            "{$ref: '#/components/schemas/ThingPage'}",
        )
        .is_rejected("operation listThings, x-pagination", "the successful response has no body");
}

// The generator and its output.

fn generated(sketch: &Sketch) -> (String, Plan) {
    let plan = sketch.plan();
    let file = generator::generate(&lower(&plan)).unwrap_or_else(|error| panic!("{error}"));
    (spaced(file.to_token_stream()), plan)
}

/// Returns the pointer to an operation in the lowered copy.
fn of_copy(pointer: &str) -> String {
    pointer.replace("{project_id}", PROJECT)
}

/// The generator panics on errors of more than one shape, which the lowered copy omits.
#[test]
fn panic_of_the_generator_names_the_operation() {
    let plan = with_errors().plan();
    let mut lowered = lower(&plan);
    lowered.document.pointer_mut(&of_copy(PUT)).unwrap()["responses"] = yaml(ERRORS);
    expect_rejection(
        generator::generate(&lowered),
        "operation updateThing",
        "the generator failed: assertion failed: response_types.len() <= 1",
    );
}

#[test]
fn failure_of_the_generator_names_the_operation() {
    let plan = Sketch::new().plan();
    let mut lowered = lower(&plan);
    lowered.document.pointer_mut(&of_copy(GET)).unwrap()["requestBody"] =
        json!({ "content": { "a/b": {} } });
    expect_rejection(generator::generate(&lowered), "operation listThings", "the generator failed");
}

/// The generator ignores a replacement that matches nothing, which shows only in the type of the property.
#[test]
fn ignored_replacement_is_detected() {
    let plan = Sketch::new().plan();
    let mut lowered = lower(&plan);
    let document = lowered.document.clone();
    let other = document.to_string().replace("schemas/Slot0\"", "schemas/Other\"");
    lowered.document = yaml(&other);
    lowered.document["components"]["schemas"]["Other"] =
        json!({ "type": "string", "maxLength": 3 });
    let file = generator::generate(&lowered).unwrap();
    expect_rejection(
        assemble(&file, &plan),
        "schema ThingChange",
        "property label: expected the type Option<Id> in the generated code, found Option<Other>",
    );

    lowered.document = document;
    lowered.document["components"]["schemas"]["ThingChange"]["properties"]["label"] =
        json!({ "type": "string" });
    let file = generator::generate(&lowered).unwrap();
    expect_rejection(
        assemble(&file, &plan),
        "schema ThingChange",
        "property label: expected the type Option<Id> in the generated code, found Option<String>",
    );
}

/// Replaces the first match in the generator's output, and asserts that the change is detected.
#[track_caller]
fn is_noticed(from: &str, to: &str, place: &str, reason: &str) {
    let (text, plan) = generated(&Sketch::new().queried("schema: {type: boolean}"));
    assert!(text.contains(from), "the generator writes no `{from}`:\n{text}");
    let spoilt = syn::parse_file(&text.replacen(from, to, 1)).unwrap();
    expect_rejection(assemble(&spoilt, &plan), place, reason);
}

#[test]
fn lost_or_changed_type_is_detected() {
    let (text, plan) = generated(&Sketch::new());
    assemble(&syn::parse_file(&text).unwrap(), &plan).unwrap_or_else(|error| panic!("{error}"));

    let code = "the generated code";
    is_noticed("mod types {", "mod kinds {", code, "has no module types");
    let lost = "the generator created no struct for it";
    is_noticed("struct Thing {", "struct Stranger {", "schema Thing", lost);
    is_noticed("impl Thing {", "enum More {} impl Thing {", code, "unexpected enum More { }");
    let emptied = "struct Thing {} pub struct Old {";
    is_noticed(
        "struct Thing {",
        emptied,
        "schema Thing",
        "the generated code has no property label",
    );
    is_noticed(
        "pub things : ",
        "pub others: ",
        "schema ThingPage",
        "the generated code has no property things",
    );
    is_noticed(
        "pub things : ",
        "pub a: u8, pub things: ",
        "schema ThingPage",
        "has a field that is not in the document",
    );

    let label = "schema ThingChange";
    let option = ":: std :: option :: Option < crate :: types :: Id >";
    is_noticed(
        option,
        "crate::types::Id",
        label,
        "expected the type Option<Id> in the generated code, found Id",
    );
    is_noticed(
        option,
        "Option<u8>",
        label,
        "expected the type Option<Id> in the generated code, found Option<u8>",
    );

    let mut file = syn::parse_file(&text).unwrap();
    remove(&mut file, "types", "ThingPage");
    expect_rejection(assemble(&file, &plan), "schema ThingPage", lost);
}

/// Each edit must find the code that it replaces.
#[test]
fn builder_that_can_not_be_edited_is_detected() {
    let change = "schema ThingChange";
    let label = "label : :: std :: result :: Result < :: std :: option :: Option < crate :: types :: Id > , \
                 :: std :: string :: String >";
    let is = "unexpected type of label in the builder";
    is_noticed(label, "label: ::std::result::Result<Option<Id>, u8>", change, is);
    is_noticed(label, "label: ::std::result::Result<Id, ::std::string::String>", change, is);
    for (from, to, reason) in [
        (
            "TryInto < :: std :: option :: Option < crate :: types :: Id >",
            "TryInto<Box<Id>",
            SETTER,
        ),
        ("Id > > , T :: Error : :: std :: fmt :: Display", "Id>>, T::Error: Debug", SETTER),
        (
            "try_from ( value : ThingChange )",
            "try_from(it: ThingChange)",
            "all invalid values are reported",
        ),
    ] {
        is_noticed(from, to, change, "expected `");
        is_noticed(from, to, change, &format!("found it 0 times; it is edited because {reason}"));
    }
}

#[test]
fn lost_or_changed_operation_is_detected() {
    let (list, update) = ("operation listThings", "operation updateThing");
    is_noticed(
        "struct UpdateThing <",
        "struct Stranger<",
        update,
        "created no builder or no method for it",
    );
    is_noticed(
        "thing_id : Result",
        "id: Result",
        update,
        "the generated code has no parameter thing_id",
    );
    is_noticed(
        "Result < Option < bool >",
        "Result<bool",
        list,
        "expected the type Option<bool> in the generated code, found bool",
    );
    let errors = "errors have the type of this crate";
    let client = "client : & 'a super :: Client ,";
    for (place, from, to, made, reason) in [
        (list, "async fn send (", "async fn post(", 0, errors),
        (
            list,
            "Result < ResponseValue < types :: ThingPage >",
            "Result<ResponseValue<()>",
            0,
            errors,
        ),
        (list, "Error < ( ) >", "Error<u8>", 0, errors),
        (list, "let info =", "let about =", 0, "errors and logs contain the operationId"),
        (list, ". map ( Some )", ".map(Some).map(Some); ()", 0, SETTER),
        (list, "\"api-version\"", "\"version\"", 0, "does not support the header `api-version`"),
        (list, ". headers ( header_map )", "", 0, "does not support the header `api-version`"),
        (list, client, "client: u8,", 0, "the builder owns a clone of the client"),
        (
            list,
            ". headers ( header_map )",
            ".headers(header_map).headers(header_map)",
            2,
            "api-version",
        ),
        (
            list,
            ". get ( url )",
            ".post(url)",
            0,
            "a parameter is sent under its name in the document",
        ),
        (list, "\"probe\" , & probe", "\"probe\", &true", 0, "a parameter is sent"),
        (
            list,
            "QueryParam :: new ( \"probe\"",
            "QueryParam::new(\"prob\"",
            0,
            "a parameter is sent",
        ),
        (
            update,
            "encode_path ( & thing_id .",
            "encode_path(&body.",
            0,
            "the value of an `x-client-parameter`",
        ),
        (update, ". json ( & body )", "", 0, "a parameter is sent"),
        (update, "Err ( \"thing_id was not", "Ok(\"thing_id was not", 0, MISSING),
    ] {
        let times = format!("found it {made} times; ");
        is_noticed(from, to, place, &times);
        is_noticed(from, to, place, reason);
    }
    let more = "fn more() {} pub async fn send (";
    is_noticed(
        "pub async fn send (",
        more,
        list,
        "unexpected 2 fields and 4 functions in the builder",
    );

    let (text, plan) = generated(&Sketch::new());
    let mut file = syn::parse_file(&text).unwrap();
    remove(&mut file, "builder", "ListThings");
    expect_rejection(
        assemble(&file, &plan),
        "the generated code",
        "found 1 builders for 2 operations",
    );
}

/// Removes a struct from a module of a file.
fn remove(file: &mut syn::File, module: &str, name: &str) {
    for item in &mut file.items {
        if let syn::Item::Mod(syn::ItemMod { ident, content: Some((_, items)), .. }) = item
            && ident == module
        {
            items.retain(|item| !matches!(item, syn::Item::Struct(item) if item.ident == name));
        }
    }
}

#[test]
fn request_with_a_number_is_not_eq() {
    let number = "{type: number, format: double, description: A.}";
    let change = "Clone, Debug, Default, PartialEq";
    Sketch::new().code().has(&format!("Serialize, {change}, Eq, Hash)]"));
    Sketch::new().sent(number).code().has(&format!("Serialize, {change})]")).has_no("Eq, Hash)]");
}

#[test]
fn names_that_the_generated_code_uses_are_renamed_for_rust() {
    let send = "{name: send, in: query, description: A., schema: {type: boolean}}";
    let property = "{type: boolean, description: A.}";
    Sketch::new()
        .with(&format!("{GET}/parameters/-"), send)
        .with("/components/schemas/ThingChange/properties/build", property)
        .with("/components/schemas/Thing/properties/extra", property)
        .code()
        .has("pub fn send_parameter<V>(mut self, value: V) -> Self")
        .has("QueryParam::new(\"send\", &send_parameter)")
        .has("error.into().at(\"send\")")
        .has("pub fn build_property<T>(mut self, value: T) -> Self")
        .has("error.into().at(\"build\")")
        .has("pub extra_property: Option<bool>")
        .has("\"extra\" => self.extra.read(&mut self.extra_property, key, object),");
}

/// The generator's code without documentation: structs, builders of requests, and operations.
fn of_progenitor(file: &syn::File, plan: &Plan) -> String {
    let is_of_request =
        |name: &syn::Ident| plan.object(&name.to_string()).is_some_and(|object| object.is_request);
    let inside = |items: &[syn::Item], name: &str| -> Vec<syn::Item> {
        let found = items.iter().find_map(|item| match item {
            syn::Item::Mod(item) if item.ident == name => item.content.clone(),
            _ => None,
        });
        found.expect("the generator writes it").1
    };
    let types = inside(&file.items, "types");
    let builders = inside(&types, "builder").into_iter().filter(|item| match item {
        syn::Item::Struct(item) => is_of_request(&item.ident),
        syn::Item::Impl(item) => {
            item.self_ty.to_token_stream().to_string().split(" :: ").any(|name| {
                let names = syn::parse_str::<syn::Ident>(name);
                names.is_ok_and(|name| is_of_request(&name))
            })
        }
        _ => false,
    });
    let structs = types.iter().filter(|item| matches!(item, syn::Item::Struct(_))).cloned();
    let methods = file.items.iter().filter(|item| {
        let methods = item.to_token_stream().to_string();
        matches!(item, syn::Item::Impl(_)) && methods.contains("builder :: ")
    });
    let types = syn::parse_quote!(
        mod types {
            mod builder {}
        }
    );
    let mut types: syn::ItemMod = types;
    let (_, items) = types.content.as_mut().unwrap();
    *items = structs.collect();
    items.push({
        let builders: Vec<_> = builders.collect();
        syn::parse_quote!(mod builder { #(#builders)* })
    });
    let methods: Vec<_> = methods.cloned().collect();
    let operations = inside(&file.items, "builder");
    let operations = operations.iter().filter(|item| !matches!(item, syn::Item::Use(_)));
    without_docs(syn::parse_quote! { #types #(#methods)* mod builder { #(#operations)* } })
}

fn without_docs(mut file: syn::File) -> String {
    struct Docs;
    impl syn::visit_mut::VisitMut for Docs {
        fn visit_attributes_mut(&mut self, attributes: &mut Vec<syn::Attribute>) {
            attributes.retain(|attribute| !attribute.path().is_ident("doc"));
        }
    }
    syn::visit_mut::VisitMut::visit_file_mut(&mut Docs, &mut file);
    prettyplease::unparse(&file)
}

/// Doc comments are not counted, since they come from the document.
#[test]
fn contributing_states_the_share_of_progenitors_code_that_is_kept() {
    let plan = read(&Document::parse(WHOLE).unwrap()).unwrap();
    let mut file = generator::generate(&lower(&plan)).unwrap();
    order(&mut file, &plan);
    let progenitors = of_progenitor(&file, &plan);
    let ours = without_docs(syn::parse_file(&pipeline::generate(WHOLE).unwrap()).unwrap());
    let kept = similar::TextDiff::from_lines(&progenitors, &ours);
    let kept = kept.iter_all_changes().filter(|change| change.tag() == similar::ChangeTag::Equal);
    let (kept, all) = (kept.count(), progenitors.lines().count());
    let share = 100 * kept / all;
    println!("{share} % of progenitor's lines kept: {kept} of {all}");
    let claim = format!("{share} % of the lines that progenitor generates");
    let text =
        include_str!("../../CONTRIBUTING.md").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains(&claim), "CONTRIBUTING.md does not state: {claim}");
}
