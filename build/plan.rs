//! What the document says of each schema and operation, in the terms that the code is written in.
//!
//! Everything that would get lost on the way to Rust is refused here, by name.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::document::{Document, Operation, items, members, referred, schema_place};
use super::{Failure, Result};

/// All that the code is generated from.
pub struct Plan {
    pub info: Value,
    pub server: Server,
    /// The name of the request header that carries a token.
    pub token_header: String,
    pub schemas: BTreeMap<String, Schema>,
    pub operations: Vec<Call>,
    pub error_codes: Vec<ErrorCode>,
}

pub struct Server {
    pub url: String,
    pub regions: Vec<String>,
}

/// An error code that the document gives a class, so that callers can branch on it.
pub struct ErrorCode {
    pub code: String,
    pub class: String,
}

/// A type of the crate: a component schema, or a constrained value that stands inline in one.
pub struct Schema {
    pub doc: String,
    pub kind: Kind,
    pub in_requests: bool,
    pub in_replies: bool,
    /// Whether it is a component, and not lifted out of another schema.
    pub is_component: bool,
}

pub enum Kind {
    Integer(IntegerRule),
    String(StringRule),
    /// Each value with its meaning.
    Enumeration(Vec<(String, String)>),
    List {
        item: Type,
        min_items: Option<u64>,
        max_items: Option<u64>,
        comma_separated: bool,
    },
    Map(Type),
    IntegerOrString,
    Object(Vec<Field>),
}

#[derive(Default)]
pub struct IntegerRule {
    pub minimum: Option<i64>,
    pub maximum: Option<i64>,
    /// Each value with its meaning, where there is an `enum`.
    pub values: Vec<(i64, String)>,
    pub unit: Option<String>,
    pub format: Option<String>,
}

#[derive(Default)]
pub struct StringRule {
    pub min_length: Option<u64>,
    pub max_length: Option<u64>,
    pub pattern: Option<String>,
    pub times: Vec<String>,
    pub format: Option<String>,
}

/// The type of a field, an item or a parameter.
#[derive(Clone, PartialEq)]
pub enum Type {
    /// A schema of the plan, by name.
    Named(String),
    /// A list of a reply, without bounds.
    Vec(Box<Type>),
    String,
    Integer,
    Number,
    Boolean,
    DateTime,
    Any,
}

pub struct Field {
    /// The key on the wire.
    pub key: String,
    pub doc: String,
    pub ty: Type,
    pub required: bool,
    pub nullable: bool,
}

/// An operation, as a method of the client.
pub struct Call {
    pub id: String,
    pub method: String,
    pub path: String,
    pub summary: String,
    pub description: String,
    /// The address of the page that documents it.
    pub page: Option<String>,
    pub parameters: Vec<Parameter>,
    pub body: Option<String>,
    /// What a success brings: its status and the schema of its body, if it has one.
    pub success: (String, Option<String>),
}

pub struct Parameter {
    pub name: String,
    pub location: String,
    pub doc: String,
    pub ty: Type,
    pub required: bool,
    /// Taken from the client, not from the caller.
    pub from_client: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Direction {
    Request,
    Reply,
}

/// Reads the document into a plan.
struct Reader<'a> {
    document: &'a Document,
    components: BTreeMap<&'a str, &'a Value>,
    schemas: BTreeMap<String, Schema>,
    /// What is being read, to see a schema that contains itself.
    begun: BTreeSet<(String, bool)>,
    /// The lists that stand in a query, and whether each item is a pair of its own there.
    lists: BTreeMap<String, bool>,
}

impl Plan {
    pub fn of(document: &Document) -> Result<Self> {
        let mut reader = Reader {
            document,
            components: document.schemas().collect(),
            schemas: BTreeMap::new(),
            begun: BTreeSet::new(),
            lists: BTreeMap::new(),
        };
        let mut operations: Vec<Call> = Vec::new();
        for operation in document.operations()? {
            let call = reader.operation(&operation)?;
            let name = pascal_case(&call.id);
            if let Some(other) = operations.iter().find(|other| pascal_case(&other.id) == name) {
                return Err(Failure::new(
                    operation.place(),
                    format!("another operation, {} {}, has this id", other.method, other.path),
                ));
            }
            operations.push(call);
        }
        reader.check_lists()?;
        check_project_id(&operations)?;
        if let Some(unused) =
            reader.components.keys().find(|name| !reader.schemas.contains_key(**name))
        {
            return Err(Failure::new(schema_place(unused), "no operation uses it"));
        }
        let error_codes = reader.error_codes()?;
        Ok(Self {
            info: document.root()["info"].clone(),
            server: server(document.root())?,
            token_header: token_header(document)?,
            schemas: reader.schemas,
            operations,
            error_codes,
        })
    }
}

fn server(root: &Value) -> Result<Server> {
    let fail = |reason: &str| Failure::new("servers", reason);
    let [server] = root["servers"].as_array().map_or(&[][..], Vec::as_slice) else {
        return Err(fail("exactly one server is needed"));
    };
    let url = server["url"].as_str().ok_or_else(|| fail("the server has no url"))?;
    let regions: Vec<String> = items(&server["variables"]["region"]["enum"])
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    if regions.is_empty() || url.matches("{region}").count() != 1 || url.matches('{').count() != 1 {
        return Err(fail("the url needs one variable, {region}, with an enum of its values"));
    }
    Ok(Server { url: url.to_owned(), regions })
}

fn token_header(document: &Document) -> Result<String> {
    let root = document.root();
    let fail = |reason: &str| Failure::new("security", reason);
    let [requirement] = root["security"].as_array().map_or(&[][..], Vec::as_slice) else {
        return Err(fail("exactly one requirement is needed"));
    };
    let names: Vec<&String> = members(requirement).map(|(name, _)| name).collect();
    let [name] = names.as_slice() else {
        return Err(fail("exactly one scheme is needed"));
    };
    let scheme =
        document.resolve("security", &root["components"]["securitySchemes"][name.as_str()])?;
    match (&scheme["type"], &scheme["in"], &scheme["name"]) {
        (Value::String(kind), Value::String(place), Value::String(name))
            if kind == "apiKey" && place == "header" =>
        {
            Ok(name.to_ascii_lowercase())
        }
        _ => Err(fail("the scheme has to be an apiKey in a header")),
    }
}

/// The keywords that a schema may have, by what becomes of them. A keyword that stands in none of
/// these lists is refused: the generator would drop it.
const ANNOTATIONS: [&str; 9] = [
    "description",
    "example",
    "externalDocs",
    "title",
    "deprecated",
    "nullable",
    "x-unit",
    "x-observed",
    "x-error-codes",
];
const INTEGER_KEYWORDS: [&str; 6] =
    ["type", "format", "minimum", "maximum", "enum", "x-enum-descriptions"];
const STRING_KEYWORDS: [&str; 6] =
    ["type", "format", "minLength", "maxLength", "pattern", "x-strftime"];
const PLAIN_KEYWORDS: [&str; 1] = ["type"];
const ARRAY_KEYWORDS: [&str; 4] = ["type", "items", "minItems", "maxItems"];
const OBJECT_KEYWORDS: [&str; 5] =
    ["type", "properties", "required", "additionalProperties", "x-rules"];
/// What an error code can be classed as: the variants of the crate's `Class`.
const CLASSES: [&str; 6] = [
    "not-found",
    "unauthorized",
    "forbidden",
    "throttled",
    "scaling-action-running",
    "in-cooldown",
];
/// Allowed beside `allOf`, which wraps a reference so that it can have them.
const WRAPPER_KEYWORDS: [&str; 2] = ["allOf", "x-default-on-create"];
/// Allowed on the schemas of query parameters, and nowhere in a body.
const DEFAULT: &str = "default";
const NO_DEFAULT: &str = "a default here would be sent although the caller left it unset: \
                          say x-default-on-create";
const ONE_FORM: &str = "a list that is joined by commas is nothing else: where it stands in \
                        another form, give each a schema of its own";
/// What the parts of an operation may hold. What stands in none of these lists is refused, so that
/// one with a wrong name is not lost.
const OPERATION_PARTS: [&str; 10] = [
    "operationId",
    "summary",
    "description",
    "tags",
    "externalDocs",
    "deprecated",
    "parameters",
    "requestBody",
    "responses",
    "x-pagination",
];
const PARAMETER_PARTS: [&str; 11] = [
    "name",
    "in",
    "required",
    "description",
    "deprecated",
    "style",
    "explode",
    "schema",
    "example",
    "examples",
    "x-client-parameter",
];
const BODY_PARTS: [&str; 3] = ["description", "required", "content"];
const CONTENT_PARTS: [&str; 3] = ["schema", "example", "examples"];
const RESPONSE_PARTS: [&str; 4] = ["description", "headers", "content", "x-observed"];

impl<'a> Reader<'a> {
    fn operation(&mut self, operation: &Operation<'a>) -> Result<Call> {
        let place = operation.place();
        let value = operation.value;
        let fail = |reason: String| Failure::new(&place, reason);
        for part in ["servers", "security", "callbacks"] {
            if value.get(part).is_some() {
                return Err(fail(format!("{part} of its own would be lost; state it at the root")));
            }
        }
        parts(&place, value, &OPERATION_PARTS)?;
        let text = |key: &str| {
            let text = value[key].as_str().map(str::trim).filter(|text| !text.is_empty());
            text.map(str::to_owned).ok_or_else(|| fail(format!("has no {key}")))
        };

        let mut parameters = Vec::new();
        for parameter in items(&operation.item["parameters"]).chain(items(&value["parameters"])) {
            let parameter = self.document.resolve(&place, parameter)?;
            let parameter = self.parameter(operation, parameter)?;
            if parameters.iter().any(|other: &Parameter| other.name == parameter.name) {
                return Err(Failure::new(
                    format!("{place}, parameter {}", parameter.name),
                    "there is another parameter of this name",
                ));
            }
            parameters.push(parameter);
        }
        check_path(&place, operation.path, &parameters)?;

        let body = match value.get("requestBody") {
            None => None,
            Some(body) => {
                let body = self.document.resolve(&place, body)?;
                parts(&place, body, &BODY_PARTS)?;
                if body["required"] != true {
                    return Err(fail("an optional request body would always be sent".into()));
                }
                let schema = json_content(body).ok_or_else(|| {
                    fail("the request body needs one content, application/json".into())
                })?;
                Some(self.body(&place, schema, Direction::Request)?)
            }
        };

        let mut success = None;
        for (status, response) in members(&value["responses"]) {
            let response = self.document.resolve(&place, response)?;
            parts(&place, response, &RESPONSE_PARTS)?;
            let schema = match response.get("content") {
                None => None,
                Some(_) => Some(json_content(response).ok_or_else(|| {
                    fail(format!("the reply {status} needs one content, application/json"))
                })?),
            };
            let schema = match schema {
                None => None,
                Some(schema) => Some(self.body(&place, schema, Direction::Reply)?),
            };
            if status.starts_with('2') {
                if success.replace((status.clone(), schema)).is_some() {
                    return Err(fail(
                        "has more than one success; a method returns one type".into(),
                    ));
                }
            } else if status.starts_with('1') || status.starts_with('3') {
                return Err(fail(format!("the reply {status} is neither success nor error")));
            }
        }
        let success = success.ok_or_else(|| fail("has no success among its replies".into()))?;

        Ok(Call {
            id: operation.id.to_owned(),
            method: operation.method.to_owned(),
            path: operation.path.to_owned(),
            summary: text("summary")?,
            description: deprecation(value, text("description")?),
            page: value["externalDocs"]["url"].as_str().map(str::to_owned),
            parameters,
            body,
            success,
        })
    }

    /// The name of the component that a body is.
    fn body(&mut self, place: &str, schema: &'a Value, direction: Direction) -> Result<String> {
        let name = referred(schema)
            .ok_or_else(|| Failure::new(place, "a body has to refer to a component schema"))?;
        self.component(place, name, direction)?;
        match self.schemas[name].kind {
            Kind::Object(_) => Ok(name.to_owned()),
            _ => Err(Failure::new(place, format!("its body {name} is no object"))),
        }
    }

    fn parameter(&mut self, operation: &Operation<'a>, value: &'a Value) -> Result<Parameter> {
        let name = value["name"].as_str().unwrap_or_default();
        let place = format!("{}, parameter {name}", operation.place());
        let fail = |reason: &str| Failure::new(&place, reason);
        let location = value["in"].as_str().unwrap_or_default();
        let style = match location {
            "path" => "simple",
            "query" => "form",
            _ => return Err(fail("is in neither path nor query: it is not carried")),
        };
        if location == "path" && value["required"] != true {
            return Err(fail("a path parameter is required: say so"));
        }
        if value.get("style").is_some_and(|stated| stated != style) {
            return Err(fail("its style is not the default one, and would be ignored"));
        }
        parts(&place, value, &PARAMETER_PARTS)?;
        let schema = value.get("schema").ok_or_else(|| fail("has no schema"))?;
        let suggested = format!("{}{}", pascal_case(operation.id), pascal_case(name));
        let ty = self.ty(&place, schema, Direction::Request, Some(&suggested))?;
        let explode = value["explode"].as_bool().unwrap_or(location == "query");
        if let Type::Named(name) = &ty {
            self.check_style(&place, name, location, explode)?;
        }
        if location == "path" {
            self.check_path_value(&place, &ty)?;
        }
        let from_client = match value.get("x-client-parameter").map(Value::as_str) {
            None => false,
            Some(Some("project_id")) if location == "path" => true,
            Some(_) => return Err(fail("x-client-parameter knows only the path's project_id")),
        };
        let doc = description(&place, value)?;
        Ok(Parameter {
            name: name.to_owned(),
            location: location.to_owned(),
            doc: deprecation(value, doc),
            ty,
            required: value["required"] == true,
            from_client,
        })
    }

    /// How a list stands in a query is a matter of its type, and `explode: false` of nothing else.
    fn check_style(
        &mut self,
        place: &str,
        name: &str,
        location: &str,
        explode: bool,
    ) -> Result<()> {
        let schema = self.schemas.get_mut(name).ok_or_else(|| Failure::new(place, "no schema"))?;
        match &mut schema.kind {
            Kind::List { .. } if location != "query" => {
                Err(Failure::new(place, "a list is carried only by a query"))
            }
            Kind::List { comma_separated, item, .. } => {
                if self.lists.insert(name.to_owned(), explode).is_some_and(|other| other != explode)
                {
                    return Err(Failure::new(place, ONE_FORM));
                }
                *comma_separated = !explode;
                let scalar = !matches!(item, Type::Vec(_) | Type::Any);
                scalar.then_some(()).ok_or_else(|| Failure::new(place, "its items are no scalars"))
            }
            Kind::Map(_) | Kind::Object(_) => {
                Err(Failure::new(place, "an object as a parameter would be lost"))
            }
            _ => Ok(()),
        }
    }

    /// A path value is put into the URL, where `.` and `..` would lead to another resource.
    fn check_path_value(&self, place: &str, ty: &Type) -> Result<()> {
        let pattern = match ty {
            Type::Named(name) => match &self.schemas[name].kind {
                Kind::String(StringRule { pattern: Some(pattern), .. }) => pattern,
                Kind::Enumeration(_) | Kind::Integer(_) => return Ok(()),
                _ => return Err(Failure::new(place, "a path value needs a pattern")),
            },
            Type::Integer | Type::Boolean => return Ok(()),
            _ => return Err(Failure::new(place, "a path value needs a pattern")),
        };
        let regex = compile(place, pattern)?;
        // A pattern may ask for a length, so that each is tried at many.
        let repeated = ["/", "\\", "a/", "a\\", "./", ".\\"].into_iter();
        let repeated = repeated.flat_map(|text| (1..=64).map(move |count| text.repeat(count)));
        let mut texts = ["", ".", ".."].into_iter().map(str::to_owned).chain(repeated);
        match texts.find(|text| regex.is_match(text)) {
            Some(text) => Err(Failure::new(
                place,
                format!("its pattern {pattern} admits {text:?}, which would change the path"),
            )),
            None => Ok(()),
        }
    }

    /// Reads a component, once for requests and once for replies.
    fn component(&mut self, place: &str, name: &str, direction: Direction) -> Result<()> {
        let Some(schema) = self.components.get(name).copied() else {
            return Err(Failure::new(place, format!("there is no component schema {name}")));
        };
        let key = (name.to_owned(), direction == Direction::Request);
        if !self.begun.insert(key) {
            return Ok(());
        }
        let place = schema_place(name);
        if pascal_case(name) != name {
            return Err(Failure::new(place, "its name has to be in PascalCase, as a Rust type"));
        }
        let doc = deprecation(schema, description(&place, schema)?);
        let kind = self.kind(&place, name, schema, direction)?;
        self.insert(&place, name, doc, kind, direction, true)
    }

    fn insert(
        &mut self,
        place: &str,
        name: &str,
        doc: String,
        kind: Kind,
        direction: Direction,
        is_component: bool,
    ) -> Result<()> {
        let shared = matches!(kind, Kind::Enumeration(_) | Kind::IntegerOrString);
        if let Some(schema) = self.schemas.get_mut(name) {
            if schema.is_component != is_component {
                return Err(Failure::new(place, format!("there is another schema {name}")));
            }
            if !shared {
                return Err(Failure::new(
                    place,
                    "stands in requests, which are strict, and in replies, which are read \
                     liberally: give each a schema of its own",
                ));
            }
        }
        let schema = self.schemas.entry(name.to_owned()).or_insert(Schema {
            doc,
            kind,
            in_requests: false,
            in_replies: false,
            is_component,
        });
        match direction {
            Direction::Request => schema.in_requests = true,
            Direction::Reply => schema.in_replies = true,
        }
        Ok(())
    }

    /// What kind of type a schema is that has a name.
    fn kind(
        &mut self,
        place: &str,
        name: &str,
        schema: &'a Value,
        direction: Direction,
    ) -> Result<Kind> {
        let fail = |reason: String| Failure::new(place, reason);
        if let Some(alternatives) = schema.get("oneOf") {
            keywords(place, schema, &[&["oneOf"]])?;
            let types: BTreeSet<&str> =
                items(alternatives).filter_map(|each| each["type"].as_str()).collect();
            for each in items(alternatives) {
                keywords(place, each, &[&["type", "format"]])?;
                if each["type"] == "integer" && each["format"] != "int64" {
                    return Err(fail("its integer has to say format: int64".into()));
                }
            }
            return match items(alternatives).count() {
                2 if types == BTreeSet::from(["integer", "string"]) => Ok(Kind::IntegerOrString),
                _ => Err(fail("oneOf is carried only for an integer or a string".into())),
            };
        }
        let kind = schema["type"].as_str().unwrap_or_default();
        if schema["nullable"] == true && direction == Direction::Request {
            return Err(fail("a null can't be sent: null and absent are one".into()));
        }
        match kind {
            "integer" => {
                keywords(place, schema, &[&INTEGER_KEYWORDS, &[DEFAULT]])?;
                if direction == Direction::Reply {
                    return Err(fail(
                        "an integer of a reply has no bounds: write it inline".into(),
                    ));
                }
                Ok(Kind::Integer(integer_rule(place, schema)?))
            }
            "string" if schema.get("enum").is_some() => {
                keywords(place, schema, &[&["type", "enum", "x-enum-descriptions", DEFAULT]])?;
                Ok(Kind::Enumeration(enumeration(place, schema)?))
            }
            "string" => {
                keywords(place, schema, &[&STRING_KEYWORDS, &[DEFAULT]])?;
                if direction == Direction::Reply {
                    return Err(fail("a string of a reply has no bounds: write it inline".into()));
                }
                Ok(Kind::String(string_rule(place, schema)?))
            }
            "array" => {
                keywords(place, schema, &[&ARRAY_KEYWORDS])?;
                if direction == Direction::Reply {
                    return Err(fail("a list of a reply has no bounds: write it inline".into()));
                }
                let item =
                    self.ty(place, &schema["items"], direction, Some(&format!("{name}Item")))?;
                let count =
                    |key: &str| schema.get(key).map(Value::as_u64).map(Option::unwrap_or_default);
                Ok(Kind::List {
                    item,
                    min_items: count("minItems"),
                    max_items: count("maxItems"),
                    comma_separated: false,
                })
            }
            "object" => self.object(place, name, schema, direction),
            _ => {
                keywords(place, schema, &[&PLAIN_KEYWORDS])?;
                Err(fail(format!("the type {kind:?} is not carried to Rust under a name")))
            }
        }
    }

    fn object(
        &mut self,
        place: &str,
        name: &str,
        schema: &'a Value,
        direction: Direction,
    ) -> Result<Kind> {
        keywords(place, schema, &[&OBJECT_KEYWORDS])?;
        let fail = |reason: &str| Failure::new(place, reason);
        let properties = &schema["properties"];
        let additional = schema.get("additionalProperties");
        if members(properties).next().is_none() {
            return match (additional, direction) {
                (Some(values @ Value::Object(_)), Direction::Reply) => {
                    Ok(Kind::Map(self.ty(place, values, direction, None)?))
                }
                _ => Err(fail("an object without properties is carried only as a map of a reply")),
            };
        }
        match (direction, additional) {
            (Direction::Request, Some(Value::Bool(false))) | (Direction::Reply, None) => {}
            (Direction::Request, _) => {
                return Err(fail(
                    "a request holds documented keys only: say additionalProperties: false",
                ));
            }
            (Direction::Reply, Some(_)) => {
                return Err(fail("a reply may hold more keys: leave additionalProperties out"));
            }
        }
        let required: Vec<&str> = items(&schema["required"]).filter_map(Value::as_str).collect();
        if let Some(stray) = required.iter().find(|key| properties.get(*key).is_none()) {
            return Err(fail(&format!("requires {stray}, which is no property of it")));
        }
        let mut fields = Vec::new();
        for (key, property) in members(properties) {
            let place = format!("{place}, property {key}");
            self.no_default(&place, property)?;
            let suggested = format!("{name}{}", pascal_case(key));
            fields.push(Field {
                key: key.clone(),
                doc: deprecation(property, description(&place, property)?),
                ty: self.ty(&place, property, direction, Some(&suggested))?,
                required: required.contains(&key.as_str()),
                nullable: property["nullable"] == true,
            });
        }
        rules(place, self.document, schema)?;
        Ok(Kind::Object(fields))
    }

    /// The type of a schema that stands inside another one. What needs a name and has none is
    /// lifted out under the suggested one.
    fn ty(
        &mut self,
        place: &str,
        schema: &'a Value,
        direction: Direction,
        suggested: Option<&str>,
    ) -> Result<Type> {
        let fail = |reason: &str| Failure::new(place, reason);
        if schema.get("$ref").is_some() {
            if members(schema).count() > 1 {
                return Err(fail("what stands beside $ref is lost: wrap the $ref in allOf"));
            }
            let name = referred(schema).ok_or_else(|| fail("refers to no component schema"))?;
            self.component(place, name, direction)?;
            return Ok(Type::Named(name.to_owned()));
        }
        if schema["nullable"] == true && direction == Direction::Request {
            return Err(fail("a null can't be sent: null and absent are one"));
        }
        if let Some(wrapped) = schema.get("allOf") {
            keywords(place, schema, &[&WRAPPER_KEYWORDS])?;
            return match wrapped.as_array().map(Vec::as_slice) {
                Some([reference]) if reference.get("$ref").is_some() => {
                    self.ty(place, reference, direction, None)
                }
                _ => Err(fail("allOf is carried only around a single $ref")),
            };
        }
        let kind = schema["type"].as_str().unwrap_or_default();
        let has = |keys: &[&str]| keys.iter().any(|key| schema.get(key).is_some());
        let needs_name = match (kind, direction) {
            ("string", Direction::Reply) => has(&["enum"]),
            ("string", Direction::Request) => {
                has(&["enum", "minLength", "maxLength", "pattern", "x-strftime", "format"])
            }
            ("integer", Direction::Request) => has(&["enum", "minimum", "maximum"]),
            ("array", Direction::Request) => true,
            ("object", _) => has(&["properties", "additionalProperties"]),
            _ => false,
        };
        if needs_name || schema.get("oneOf").is_some() {
            let name = suggested.ok_or_else(|| fail("needs a name: make it a component schema"))?;
            let key = (name.to_owned(), direction == Direction::Request);
            if !self.components.contains_key(name) && self.begun.insert(key) {
                let doc = description(place, schema)?;
                let kind = self.kind(place, name, schema, direction)?;
                self.insert(place, name, doc, kind, direction, false)?;
                return Ok(Type::Named(name.to_owned()));
            }
            return Err(fail(&format!("there is another schema {name}")));
        }
        let format = schema.get("format").map(|format| format.as_str().unwrap_or_default());
        let plain = |ty: Type, known: &[&str]| {
            keywords(place, schema, &[known, &["x-default-on-create"]])?;
            Ok(ty)
        };
        match (kind, format) {
            ("string", None) => plain(Type::String, &PLAIN_KEYWORDS),
            ("string", Some("date-time")) => plain(Type::DateTime, &["type", "format"]),
            ("integer", Some("int64")) => plain(Type::Integer, &["type", "format"]),
            ("integer", _) => Err(fail("an integer without bounds has to say format: int64")),
            ("number", None | Some("double")) => plain(Type::Number, &["type", "format"]),
            ("boolean", None) => plain(Type::Boolean, &PLAIN_KEYWORDS),
            ("array", None) => {
                keywords(place, schema, &[&["type", "items"]])?;
                let item = self.ty(place, &schema["items"], direction, None)?;
                Ok(Type::Vec(Box::new(item)))
            }
            ("object", None) if direction == Direction::Reply => plain(Type::Any, &PLAIN_KEYWORDS),
            (kind, Some(format)) => {
                Err(fail(&format!("the format {format} of the type {kind} is not carried")))
            }
            (kind, None) => {
                keywords(place, schema, &[&PLAIN_KEYWORDS])?;
                Err(fail(&format!("the type {kind:?} is not carried to Rust")))
            }
        }
    }

    /// A list is written in one way, wherever it stands.
    fn check_lists(&self) -> Result<()> {
        let is_joined =
            |ty: &Type| matches!(ty, Type::Named(name) if self.lists.get(name) == Some(&false));
        for (name, schema) in &self.schemas {
            let place = schema_place(name);
            match &schema.kind {
                Kind::Object(fields) => {
                    if let Some(field) = fields.iter().find(|field| is_joined(&field.ty)) {
                        let place = format!("{place}, property {}", field.key);
                        return Err(Failure::new(place, ONE_FORM));
                    }
                }
                Kind::List { item, .. } if is_joined(item) => {
                    return Err(Failure::new(place, ONE_FORM));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A property has no default, and neither has the component that it refers to.
    fn no_default(&self, place: &str, property: &'a Value) -> Result<()> {
        let wrapped = property.get("allOf").and_then(|wrapped| wrapped.get(0));
        let schema = self.document.resolve(place, wrapped.unwrap_or(property));
        // A reference that leads nowhere is refused where it is followed.
        match schema.is_ok_and(|schema| schema.get(DEFAULT).is_some()) {
            true => Err(Failure::new(place, NO_DEFAULT)),
            false => Ok(()),
        }
    }

    /// `x-error-codes`, wherever a schema states them.
    fn error_codes(&self) -> Result<Vec<ErrorCode>> {
        let mut codes = Vec::new();
        for (name, schema) in self.document.schemas() {
            for entry in items(&schema["x-error-codes"]) {
                let code = entry["code"].as_str().ok_or_else(|| {
                    Failure::new(schema_place(name), "an x-error-codes entry has no code")
                })?;
                let fail = |reason: String| {
                    Failure::new(format!("{}, error code {code}", schema_place(name)), reason)
                };
                let known = ["code", "class", "description"];
                if let Some((key, _)) =
                    members(entry).find(|(key, _)| !known.contains(&key.as_str()))
                {
                    return Err(fail(format!("{key} is no part of an error code")));
                }
                if let Some(class) = entry.get("class") {
                    let class = CLASSES.iter().find(|known| class == **known);
                    let class = class
                        .ok_or_else(|| fail(format!("there is no class {}", entry["class"])))?;
                    codes.push(ErrorCode { code: code.to_owned(), class: (*class).to_owned() });
                }
            }
        }
        Ok(codes)
    }
}

/// Refuses a part of an operation that is not one of those known.
fn parts(place: &str, value: &Value, known: &[&str]) -> Result<()> {
    if let Some((key, _)) = members(value).find(|(key, _)| !known.contains(&key.as_str())) {
        return Err(Failure::new(place, format!("{key} would be lost here")));
    }
    members(&value["content"]).try_for_each(|(_, content)| parts(place, content, &CONTENT_PARTS))
}

/// Checks that a path names its parameters, each once.
fn check_path(place: &str, path: &str, parameters: &[Parameter]) -> Result<()> {
    let pieces = path.split('{').skip(1);
    let named: Vec<&str> = pieces.filter_map(|piece| Some(piece.split_once('}')?.0)).collect();
    let in_path = parameters.iter().filter(|parameter| parameter.location == "path");
    let given: Vec<&str> = in_path.map(|parameter| parameter.name.as_str()).collect();
    let stray = named.iter().find(|name| !given.contains(name));
    let stray = stray.or_else(|| given.iter().find(|name| !named.contains(name)));
    match stray {
        Some(name) => Err(Failure::new(
            place,
            format!("{name} is not both in its path and among its path parameters"),
        )),
        None => Ok(()),
    }
}

/// Checks that the client can be given its project once, for all operations.
fn check_project_id(operations: &[Call]) -> Result<()> {
    let fail = |reason: &str| Failure::new("x-client-parameter", reason);
    let parameters = operations.iter().flat_map(|call| &call.parameters);
    let mut types = parameters.filter(|parameter| parameter.from_client).map(|each| &each.ty);
    let first = types.next().ok_or_else(|| fail("no path parameter is the client's project_id"))?;
    match types.all(|other| other == first) {
        true => Ok(()),
        false => Err(fail("there are two types of project_id")),
    }
}

/// Refuses a keyword that is neither an annotation nor one of those listed.
fn keywords(place: &str, schema: &Value, known: &[&[&str]]) -> Result<()> {
    let is_known =
        |key: &str| ANNOTATIONS.contains(&key) || known.iter().any(|keys| keys.contains(&key));
    match members(schema).find(|(key, _)| !is_known(key)) {
        None => Ok(()),
        Some((key, _)) if key == DEFAULT => Err(Failure::new(place, NO_DEFAULT)),
        Some((key, _)) => Err(Failure::new(place, format!("{key} would be lost here"))),
    }
}

fn description(place: &str, value: &Value) -> Result<String> {
    match value["description"].as_str().map(str::trim) {
        Some(text) if !text.is_empty() => Ok(text.to_owned()),
        _ => Err(Failure::new(place, "has no description")),
    }
}

/// A description that says so when its subject is deprecated.
fn deprecation(value: &Value, description: String) -> String {
    if value["deprecated"] == true { format!("**Deprecated.** {description}") } else { description }
}

fn json_content(value: &Value) -> Option<&Value> {
    let content = value.get("content")?;
    match members(content).count() {
        1 => content.get("application/json")?.get("schema"),
        _ => None,
    }
}

fn integer_rule(place: &str, schema: &Value) -> Result<IntegerRule> {
    let fail = |reason: &str| Failure::new(place, reason);
    let whole = |key: &str| match schema.get(key) {
        None => Ok(None),
        Some(value) => {
            value.as_i64().map(Some).ok_or_else(|| fail(&format!("{key} is no 64-bit integer")))
        }
    };
    let values: Option<Vec<i64>> = items(&schema["enum"]).map(Value::as_i64).collect();
    let values =
        values.ok_or_else(|| fail("its enum holds something else than 64-bit integers"))?;
    let has_meanings = !values.is_empty() || schema.get("x-enum-descriptions").is_some();
    let meanings = if has_meanings { meanings(place, schema)? } else { Vec::new() };
    let rule = IntegerRule {
        minimum: whole("minimum")?,
        maximum: whole("maximum")?,
        values: values.into_iter().zip(meanings).collect(),
        unit: schema["x-unit"].as_str().map(str::to_owned),
        format: schema["format"].as_str().map(str::to_owned),
    };
    if !rule.values.is_empty() && (rule.minimum.is_some() || rule.maximum.is_some()) {
        return Err(fail("bounds beside an enum would be lost"));
    }
    if rule.minimum.zip(rule.maximum).is_some_and(|(minimum, maximum)| minimum > maximum) {
        return Err(fail("its minimum is more than its maximum"));
    }
    match rule.format.as_deref() {
        None | Some("int32" | "int64") => Ok(rule),
        Some(format) => Err(fail(&format!("the format {format} would not be checked"))),
    }
}

fn string_rule(place: &str, schema: &Value) -> Result<StringRule> {
    let fail = |reason: &str| Failure::new(place, reason);
    let rule = StringRule {
        min_length: schema["minLength"].as_u64(),
        max_length: schema["maxLength"].as_u64(),
        pattern: schema["pattern"].as_str().map(str::to_owned),
        times: items(&schema["x-strftime"]).filter_map(Value::as_str).map(str::to_owned).collect(),
        format: schema["format"].as_str().map(str::to_owned),
    };
    if let Some(pattern) = &rule.pattern {
        anchored(place, pattern)?;
    }
    let times = schema.get("x-strftime");
    if times.is_some_and(|times| rule.times.is_empty() || items(times).count() != rule.times.len())
    {
        return Err(fail("x-strftime has to list formats"));
    }
    match rule.format.as_deref() {
        None => Ok(rule),
        Some("date-time") if !rule.times.is_empty() => Ok(rule),
        Some("date-time") => Err(fail(
            "a date-time that is sent has to say x-strftime: else it goes out in a form of the \
             generator's choice",
        )),
        Some(format) => Err(fail(&format!("the format {format} would not be checked"))),
    }
}

/// Compiles a pattern that has to match from start to end.
fn anchored(place: &str, pattern: &str) -> Result<regex_lite::Regex> {
    if !(pattern.starts_with('^') && pattern.ends_with('$')) {
        return Err(Failure::new(place, "its pattern has to be anchored by ^ and $"));
    }
    compile(place, pattern)
}

/// Compiles a pattern with the engine that will run it.
fn compile(place: &str, pattern: &str) -> Result<regex_lite::Regex> {
    regex_lite::Regex::new(pattern)
        .map_err(|error| Failure::new(place, format!("its pattern {pattern}: {error}")))
}

/// What each value of an `enum` means.
fn meanings(place: &str, schema: &Value) -> Result<Vec<String>> {
    let fail = |reason: String| Failure::new(place, reason);
    let texts = items(&schema["x-enum-descriptions"]).map(|text| text.as_str().map(str::trim));
    let texts: Option<Vec<&str>> = texts.collect();
    let texts = texts.filter(|texts| !texts.is_empty()).ok_or_else(|| {
        fail("x-enum-descriptions has to list strings, one for each value".into())
    })?;
    let values = items(&schema["enum"]).count();
    if values != texts.len() {
        return Err(fail(format!("has {values} values, and {} x-enum-descriptions", texts.len())));
    }
    if texts.contains(&"") {
        return Err(fail("one of its x-enum-descriptions says nothing".into()));
    }
    Ok(texts.into_iter().map(str::to_owned).collect())
}

/// The values of an enumeration, each with its meaning.
fn enumeration(place: &str, schema: &Value) -> Result<Vec<(String, String)>> {
    let fail = |reason: String| Failure::new(place, reason);
    let values: Option<Vec<&str>> = items(&schema["enum"]).map(Value::as_str).collect();
    let values = values.ok_or_else(|| fail("enum has to list strings".into()))?;
    let meanings = meanings(place, schema)?;
    let mut variants = BTreeMap::from([("Unknown".to_owned(), "the variant for any other value")]);
    for value in &values {
        let variant = variant_name(value);
        if !variant.starts_with(|first: char| first.is_ascii_alphabetic()) {
            return Err(fail(format!("the value {value:?} makes no Rust name")));
        }
        if let Some(other) = variants.insert(variant.clone(), value) {
            return Err(fail(format!("{value:?} and {other:?} would both be {variant}")));
        }
    }
    let pairs = values.into_iter().zip(meanings);
    Ok(pairs.map(|(value, meaning)| (value.to_owned(), meaning)).collect())
}

/// `ELB_CHECK_DELETE` as `ElbCheckDelete`.
pub fn variant_name(value: &str) -> String {
    let words = value.split(|c: char| !c.is_ascii_alphanumeric());
    words
        .map(|word| {
            if word.chars().any(|c| c.is_ascii_lowercase()) {
                capitalised(word)
            } else {
                capitalised(&word.to_ascii_lowercase())
            }
        })
        .collect()
}

/// `scaling_group_id` and `updateScalingGroup` as type names.
pub fn pascal_case(name: &str) -> String {
    name.split(|c: char| !c.is_ascii_alphanumeric()).map(capitalised).collect()
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

/// The rules that span fields: each has to speak of fields and values that there are.
fn rules(place: &str, document: &Document, schema: &Value) -> Result<()> {
    const VERBS: [&str; 7] =
        ["require", "forbid", "exclusive", "ascending", "within", "allow", "match"];
    let mut ids = BTreeSet::new();
    for rule in items(&schema["x-rules"]) {
        let id = rule["id"].as_str().unwrap_or("without an id");
        let place = format!("{place}, rule {id}");
        let fail = |reason: String| Failure::new(&place, reason);
        for (key, _) in members(rule) {
            if !["id", "description", "mend", "when"].contains(&key.as_str())
                && !VERBS.contains(&key.as_str())
            {
                return Err(fail(format!("{key} is no part of a rule")));
            }
        }
        if ["id", "description", "mend"].iter().any(|key| !rule[*key].is_string()) {
            return Err(fail("needs an id, a description and a mend".into()));
        }
        if !ids.insert(id.to_owned()) {
            return Err(fail("there are two of this id".into()));
        }
        let verbs: Vec<&str> = VERBS.into_iter().filter(|verb| rule.get(*verb).is_some()).collect();
        let [verb] = verbs.as_slice() else {
            return Err(fail(format!("needs exactly one of {}", VERBS.join(", "))));
        };
        let listed = items(&rule[*verb]).filter_map(Value::as_str);
        let keyed = members(&rule[*verb]).map(|(pointer, _)| pointer.as_str());
        let pointers: Vec<&str> = listed.chain(keyed).collect();
        if pointers.is_empty() {
            return Err(fail(format!("{verb} names no field")));
        }
        for pointer in pointers {
            field_at(document, &place, schema, pointer)?;
        }
        for (pointer, values) in members(&rule["when"]).chain(members(&rule["allow"])) {
            let field = field_at(document, &place, schema, pointer)?;
            if items(values).next().is_none() {
                return Err(fail(format!("{pointer} has no list of values")));
            }
            for value in items(values) {
                if field.get("enum").is_some() && !items(&field["enum"]).any(|known| known == value)
                {
                    return Err(fail(format!("{pointer} is never {value}")));
                }
            }
        }
        for (_, pattern) in members(&rule["match"]) {
            anchored(&place, pattern.as_str().unwrap_or_default())?;
        }
        for (pointer, bounds) in members(&rule["within"]) {
            let known = |key: &str| ["minimum", "maximum"].contains(&key);
            let mut keys = members(bounds).map(|(key, _)| known(key)).peekable();
            if keys.peek().is_none() || !keys.all(|known| known) {
                return Err(fail(format!("{pointer} needs minimum, maximum or both")));
            }
        }
    }
    Ok(())
}

/// The schema of the field that a rule's pointer names.
fn field_at<'a>(
    document: &'a Document,
    place: &str,
    schema: &'a Value,
    pointer: &str,
) -> Result<&'a Value> {
    let steps = pointer
        .strip_prefix('/')
        .ok_or_else(|| Failure::new(place, format!("{pointer:?} is no JSON pointer")))?;
    let mut at = schema;
    for step in steps.split('/') {
        at = at["properties"]
            .get(step)
            .ok_or_else(|| Failure::new(place, format!("there is no field {pointer}")))?;
        if let Some(reference) = at.get("allOf").and_then(|wrapped| wrapped.get(0)) {
            at = reference;
        }
        at = document.resolve(place, at)?;
    }
    Ok(at)
}
