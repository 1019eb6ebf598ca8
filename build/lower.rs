//! The copy of the document that the generator gets: the plan, in the words that it keeps.
//!
//! * A value that the generator has no type for is an opaque string there, a [`Slot`], which it is
//!   told to replace.
//! * Every property of a response is optional, whatever the document says: responses are read
//!   leniently.
//! * Optional lists are nullable, since the generator makes them an `Option` only then.
//! * Errors are left out: any response whose status is no success is read by the crate.
//! * Titles, examples, defaults and the like are left out: two schemas of one title would become
//!   one type, and a default would be sent. So are descriptions: the edits write them.

use proc_macro2::TokenStream;
use serde_json::{Map, Value, json};

use super::document::SCHEMAS;
use super::names::{lowered_parameter, lowered_property};
use super::plan::{Call, Object, Plan, Type};
use super::values::rust_type;

/// The copy, and the types that are put into its slots.
pub struct Lowered {
    pub document: Value,
    pub slots: Vec<Slot>,
}

/// A type that the generator is told to use as it is.
pub struct Slot {
    pub name: String,
    pub ty: TokenStream,
}

pub fn lower(plan: &Plan) -> Lowered {
    let mut lowering = Lowering { plan, slots: Vec::new() };
    let mut schemas = Map::new();
    for object in &plan.objects {
        schemas.insert(object.name.clone(), lowering.object(object));
    }
    let mut paths = Map::new();
    for call in &plan.operations {
        let path = paths.entry(&call.path).or_insert_with(|| json!({}));
        path[&call.method] = lowering.call(call);
    }
    for slot in &lowering.slots {
        schemas.insert(slot.name.clone(), json!({ "type": "string" }));
    }
    let document = json!({
        "openapi": "3.0.3",
        "info": { "title": plan.info["title"], "version": plan.info["version"] },
        "paths": paths,
        "components": { "schemas": schemas },
    });
    Lowered { document, slots: lowering.slots }
}

struct Lowering<'a> {
    plan: &'a Plan,
    slots: Vec<Slot>,
}

impl Lowering<'_> {
    fn object(&mut self, object: &Object) -> Value {
        let mut properties = Map::new();
        let mut required = Vec::new();
        for (field, ty) in &object.fields {
            let mut property = self.ty(ty, object.is_request);
            if object.is_request && field.required {
                required.push(lowered_property(&field.key));
            } else if matches!(ty, Type::Vec(_)) {
                property["nullable"] = true.into();
            }
            properties.insert(lowered_property(&field.key), property);
        }
        let mut lowered = json!({
            "type": "object",
            "properties": properties,
            "required": required,
        });
        if let Some(values) = object.additional.as_ref().filter(|_| object.is_request) {
            lowered["additionalProperties"] = self.ty(values, true);
        }
        lowered
    }

    fn ty(&mut self, ty: &Type, in_request: bool) -> Value {
        match ty {
            Type::Named(name) if self.plan.object(name).is_some() => {
                json!({ "$ref": format!("{SCHEMAS}{name}") })
            }
            Type::Vec(item) => json!({ "type": "array", "items": self.ty(item, in_request) }),
            Type::String => json!({ "type": "string" }),
            Type::Integer => json!({ "type": "integer", "format": "int64" }),
            Type::Number => json!({ "type": "number", "format": "double" }),
            Type::Boolean => json!({ "type": "boolean" }),
            Type::DateTime => json!({ "type": "string", "format": "date-time" }),
            Type::Any => json!({}),
            Type::Named(_) | Type::Map(_) | Type::Nullable(_) | Type::Secret => {
                let ty = rust_type(self.plan, ty, in_request);
                let is_it = |slot: &Slot| slot.ty.to_string() == ty.to_string();
                let at = self.slots.iter().position(is_it).unwrap_or_else(|| {
                    self.slots.push(Slot { name: format!("Slot{}", self.slots.len()), ty });
                    self.slots.len() - 1
                });
                json!({ "$ref": format!("{SCHEMAS}{}", self.slots[at].name) })
            }
        }
    }

    fn call(&mut self, call: &Call) -> Value {
        let parameters: Vec<Value> = call
            .parameters
            .iter()
            .map(|parameter| {
                json!({
                    "name": lowered_parameter(&parameter.name),
                    "in": parameter.location,
                    "required": parameter.required,
                    "schema": self.ty(&parameter.ty, true),
                })
            })
            .collect();
        let content = |name: &str| {
            let schema = json!({ "$ref": format!("{SCHEMAS}{name}") });
            json!({ "application/json": { "schema": schema } })
        };
        let (status, response) = &call.success;
        let mut success = json!({ "description": "success" });
        if let Some(response) = response {
            success["content"] = content(response);
        }
        let mut lowered = json!({
            "operationId": call.id,
            "parameters": parameters,
            "responses": { status: success },
        });
        if let Some(body) = &call.body {
            lowered["requestBody"] = json!({ "required": true, "content": content(body) });
        }
        lowered
    }
}
