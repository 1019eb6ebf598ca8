//! Reads the document into a [`Plan`]. Everything that would get lost on the way to Rust is refused
//! here, by name.

mod operation;
pub mod scalar;
mod schema;

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use serde_json::Value;

use super::document::{Document, SCHEMAS, schema_place};
use super::facts::facts;
use super::names::pascal_case;
use super::plan::{Call, Field, Kind, Object, Plan, Schema, Type, Use};
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
    let facts = facts(document, &operations)?;
    if let Some(unused) = reader.components.keys().find(|name| !reader.schemas.contains_key(**name))
    {
        return Err(Failure::new(schema_place(unused), "no operation uses it"));
    }
    Ok(Plan {
        info: document.root()["info"].clone(),
        facts,
        objects: reader.objects()?,
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
