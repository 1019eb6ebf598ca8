//! Reads the document into a [`Plan`]. Everything that would get lost on the way to Rust is refused
//! here, by name.

mod operation;
pub mod scalar;
mod schema;

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use serde_json::Value;

use super::document::{Document, SCHEMAS, items, members, schema_place};
use super::names::pascal_case;
use super::plan::{Call, ErrorCode, Field, Kind, Object, Plan, Schema, Server, Type, Use};
use super::{Failure, Result};

/// Reads the document into a plan.
struct Reader<'a> {
    document: &'a Document,
    components: BTreeMap<&'a str, &'a Value>,
    /// The references in requests, and those in responses.
    in_requests: BTreeSet<&'a str>,
    in_responses: BTreeSet<&'a str>,
    schemas: BTreeMap<String, Schema>,
    /// What is being read, to see a schema that contains itself.
    begun: BTreeSet<String>,
    /// The rules that span fields, by the schema that states them.
    rules: BTreeMap<String, TokenStream>,
    /// The lists that stand in a query, and whether each item is a pair of its own there.
    lists: BTreeMap<String, bool>,
}

/// The plan of a document.
pub fn read(document: &Document) -> Result<Plan> {
    let mut reader = Reader {
        document,
        components: document.schemas().collect(),
        in_requests: BTreeSet::new(),
        in_responses: BTreeSet::new(),
        schemas: BTreeMap::new(),
        begun: BTreeSet::new(),
        rules: BTreeMap::new(),
        lists: BTreeMap::new(),
    };
    for operation in document.operations()? {
        for part in [&operation.item["parameters"], &operation.value["parameters"]] {
            document.collect(part, &mut reader.in_requests);
        }
        document.collect(&operation.value["requestBody"], &mut reader.in_requests);
        document.collect(&operation.value["responses"], &mut reader.in_responses);
    }
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
    let is_body = |name: &String| operations.iter().any(|call| call.body.as_ref() == Some(name));
    if let Some(lost) = reader.rules.keys().find(|name| !is_body(name)) {
        return Err(Failure::new(
            schema_place(lost),
            "x-rules are evaluated of a whole body: state them there",
        ));
    }
    check_project_id(&operations)?;
    if let Some(unused) = reader.components.keys().find(|name| !reader.schemas.contains_key(**name))
    {
        return Err(Failure::new(schema_place(unused), "no operation uses it"));
    }
    Ok(Plan {
        info: document.root()["info"].clone(),
        server: server(document.root())?,
        token_header: token_header(document)?,
        request_id_header: request_id_header(document)?,
        objects: reader.objects()?,
        error_codes: reader.error_codes()?,
        schemas: reader.schemas,
        operations,
        rules: reader.rules,
    })
}

impl Reader<'_> {
    fn used(&self, name: &str) -> Use {
        let reference = format!("{SCHEMAS}{name}");
        Use {
            in_requests: self.in_requests.contains(&*reference),
            in_responses: self.in_responses.contains(&*reference),
        }
    }

    /// The structs: an object that requests and responses use is strict in one of its two, and
    /// lenient in the other.
    fn objects(&self) -> Result<Vec<Object>> {
        let mut objects = Vec::new();
        for (name, schema) in &self.schemas {
            let Kind::Object { fields, additional } = &schema.kind else { continue };
            let form = response_form(name);
            if schema.used.is_shared() && self.schemas.contains_key(&form) {
                let reason = format!("is the name of {name} in responses as well");
                return Err(Failure::new(schema_place(&form), reason));
            }
            if schema.used.in_requests {
                let made = fields.iter().map(|field| {
                    let ty = field.ty.clone();
                    let made = if field.nullable { Type::Nullable(Box::new(ty)) } else { ty };
                    (field.clone(), made)
                });
                objects.push(Object {
                    name: name.clone(),
                    schema: name.clone(),
                    is_request: true,
                    fields: made.collect(),
                    additional: additional.clone(),
                });
            }
            if schema.used.in_responses {
                let made = |field: &Field| (field.clone(), in_response(&self.schemas, &field.ty));
                objects.push(Object {
                    name: self.response_name(name),
                    schema: name.clone(),
                    is_request: false,
                    fields: fields.iter().map(made).collect(),
                    additional: additional.clone(),
                });
            }
        }
        Ok(objects)
    }

    /// The name of the form that an object has in responses.
    pub fn response_name(&self, name: &str) -> String {
        if self.schemas[name].used.is_shared() { response_form(name) } else { name.to_owned() }
    }
}

/// The type that a response has where the document states this one: bounds are not checked.
pub fn in_response(schemas: &BTreeMap<String, Schema>, ty: &Type) -> Type {
    let name = match ty {
        Type::Named(name) => name,
        Type::Vec(item) => return Type::Vec(Box::new(in_response(schemas, item))),
        plain => return plain.clone(),
    };
    let schema = &schemas[name];
    match &schema.kind {
        Kind::Integer => Type::Integer,
        Kind::String => match schema.text("format") {
            Some("date-time") => Type::DateTime,
            Some("password") => Type::Secret,
            _ => Type::String,
        },
        Kind::List { item, .. } => Type::Vec(Box::new(in_response(schemas, item))),
        Kind::Map(value) => Type::Map(Box::new(in_response(schemas, value))),
        Kind::Object { .. } if schema.used.is_shared() => Type::Named(response_form(name)),
        _ => ty.clone(),
    }
}

/// The name of the form that a schema has in responses, where requests use it as well.
fn response_form(name: &str) -> String {
    format!("{name}Response")
}

/// What an error code can be classed as: variants of the crate's `ErrorKind`.
pub const CLASSES: [&str; 6] = [
    "not-found",
    "unauthorized",
    "forbidden",
    "throttled",
    "scaling-action-running",
    "in-cooldown",
];

impl Reader<'_> {
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
    let is_part =
        |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'-';
    let service_type = server["x-service-type"]
        .as_str()
        .filter(|name| !name.is_empty() && name.bytes().all(is_part))
        .ok_or_else(|| fail("the server needs an x-service-type: lower-case letters, digits, -"))?;
    Ok(Server { url: url.to_owned(), service_type: service_type.to_owned(), regions })
}

/// The header of the responses that is the component `RequestId`: one name in all of them.
fn request_id_header(document: &Document) -> Result<String> {
    let mut names = BTreeSet::new();
    for operation in document.operations()? {
        for (_, reply) in members(&operation.value["responses"]) {
            let reply = document.resolve(&operation.place(), reply)?;
            let headers = members(&reply["headers"])
                .filter(|(_, header)| header["$ref"] == "#/components/headers/RequestId");
            names.extend(headers.map(|(name, _)| name.to_ascii_lowercase()));
        }
    }
    match names.len() {
        1 => Ok(names.into_iter().collect()),
        count => Err(Failure::new(
            "the header RequestId",
            format!("has {count} names in the responses, where one is needed"),
        )),
    }
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
