//! The copy of the document that the generator gets: the plan, in the words that it keeps.
//!
//! * A schema that is no object is one opaque string, which the generator replaces by the type
//!   that [`values`](super::values) writes. An enumeration that requests use stands there twice:
//!   as itself for replies, and as its strict form for requests.
//! * Every property of a reply is optional, whatever the document says: replies are read liberally.
//! * Optional lists are nullable, since the generator makes them an `Option` only then.
//! * Errors are left out: whatever comes with a status that is no success is read by the crate.
//! * Titles, examples, defaults and the like are left out: two schemas of one title would become
//!   one type, and a default would be sent.

use serde_json::{Map, Value, json};

use super::document::SCHEMAS;
use super::names::{lowered_parameter, lowered_property};
use super::plan::{Call, Kind, Plan, Schema, Type};

/// The name, in the lowered copy only, of the strict form of an enumeration.
pub fn strict_name(enumeration: &str) -> String {
    format!("Known{enumeration}")
}

pub fn lower(plan: &Plan) -> Value {
    let mut schemas = Map::new();
    for (name, schema) in &plan.schemas {
        schemas.insert(name.clone(), lower_schema(plan, schema));
        if has_strict_form(schema) {
            schemas.insert(strict_name(name), opaque(&schema.doc));
        }
    }
    let mut paths = Map::new();
    for call in &plan.operations {
        let path = paths.entry(&call.path).or_insert_with(|| json!({}));
        path[&call.method] = lower_call(plan, call);
    }
    json!({
        "openapi": "3.0.3",
        "info": { "title": plan.info["title"], "version": plan.info["version"] },
        "paths": paths,
        "components": { "schemas": schemas },
    })
}

/// Whether requests use an enumeration: they take only what the document lists.
pub fn has_strict_form(schema: &Schema) -> bool {
    schema.in_requests && matches!(schema.kind, Kind::Enumeration(_))
}

fn opaque(doc: &str) -> Value {
    json!({ "type": "string", "description": doc })
}

fn lower_schema(plan: &Plan, schema: &Schema) -> Value {
    let Kind::Object(fields) = &schema.kind else {
        return opaque(&schema.doc);
    };
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in fields {
        let mut property = lower_type(plan, &field.ty, schema.in_requests);
        // A description beside a `$ref` would be lost.
        if property.get("$ref").is_some() {
            property = json!({ "allOf": [property] });
        }
        property["description"] = field.doc.clone().into();
        if schema.in_requests && field.required {
            required.push(lowered_property(&field.key));
        } else if matches!(field.ty, Type::Vec(_)) {
            property["nullable"] = true.into();
        }
        properties.insert(lowered_property(&field.key), property);
    }
    json!({
        "type": "object",
        "description": schema.doc,
        "properties": properties,
        "required": required,
    })
}

fn lower_type(plan: &Plan, ty: &Type, in_request: bool) -> Value {
    match ty {
        Type::Named(name) if in_request && has_strict_form(&plan.schemas[name]) => {
            json!({ "$ref": format!("{SCHEMAS}{}", strict_name(name)) })
        }
        Type::Named(name) => json!({ "$ref": format!("{SCHEMAS}{name}") }),
        Type::Vec(item) => {
            json!({ "type": "array", "items": lower_type(plan, item, in_request) })
        }
        Type::String => json!({ "type": "string" }),
        Type::Integer => json!({ "type": "integer", "format": "int64" }),
        Type::Number => json!({ "type": "number", "format": "double" }),
        Type::Boolean => json!({ "type": "boolean" }),
        Type::DateTime => json!({ "type": "string", "format": "date-time" }),
        Type::Any => json!({}),
    }
}

fn lower_call(plan: &Plan, call: &Call) -> Value {
    let parameters: Vec<Value> = call
        .parameters
        .iter()
        .map(|parameter| {
            json!({
                "name": lowered_parameter(&parameter.name),
                "in": parameter.location,
                "required": parameter.required,
                "description": parameter.doc,
                "schema": lower_type(plan, &parameter.ty, true),
            })
        })
        .collect();
    let content = |name: &str| {
        let schema = json!({ "$ref": format!("{SCHEMAS}{name}") });
        json!({ "application/json": { "schema": schema } })
    };
    let (status, reply) = &call.success;
    let mut success = json!({ "description": "success" });
    if let Some(reply) = reply {
        success["content"] = content(reply);
    }
    let mut lowered = json!({
        "operationId": call.id,
        "summary": call.summary,
        "description": call.description,
        "parameters": parameters,
        "responses": { status: success },
    });
    if let Some(body) = &call.body {
        lowered["requestBody"] = json!({ "required": true, "content": content(body) });
    }
    lowered
}
