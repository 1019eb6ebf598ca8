//! The simplified copy of the document for the generator.
//!
//! * A value for which the generator has no type is a reference to a slot, a placeholder that gets its type later.
//! * Every property of a response is optional, since responses are read leniently.
//! * A success has the status `2XX`.
//! * Optional lists are nullable, since the generator makes them an `Option` only then.
//! * Errors are omitted, since this crate reads them.
//! * Titles, examples and defaults are omitted: two schemas with the same title would become one type, and a default
//!   would be sent. Descriptions are omitted, since the edits add them.

use proc_macro2::TokenStream;
use serde_json::{Map, Value, json};

use super::document::SCHEMAS;
use super::names::{lowered_parameter, lowered_property};
use super::plan::{ANY, Call, DATE_TIME, Object, Plan, Type};
use super::values::rust_type;

/// The placeholder of the client's project in a path. It is not a parameter of the copy.
pub const PROJECT: &str = "-project_id-";

/// The name of a slot, without its number.
pub const SLOT: &str = "Slot";

/// The copy, and the types of its slots.
pub struct Lowered {
    pub document: Value,
    pub slots: Vec<TokenStream>,
}

pub fn lower(plan: &Plan) -> Lowered {
    let mut lowering = Lowering { plan, slots: Vec::new() };
    let objects = plan.objects.iter();
    let mut schemas: Map<_, _> =
        objects.map(|object| (object.name.clone(), lowering.object(object))).collect();
    let mut paths = json!({});
    for call in &plan.operations {
        let given = call.parameters.iter().filter(|it| it.from_client);
        let path = given.fold(call.path.clone(), |path, parameter| {
            path.replace(&format!("{{{}}}", parameter.name), PROJECT)
        });
        paths[path][&call.method] = lowering.call(call);
    }
    for slot in 0..lowering.slots.len() {
        schemas.insert(format!("{SLOT}{slot}"), json!({ "type": "string" }));
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
    slots: Vec<TokenStream>,
}

impl Lowering<'_> {
    fn object(&mut self, object: &Object) -> Value {
        let mut lowered = json!({ "type": "object", "properties": {}, "required": [] });
        let mut required = Vec::new();
        for (field, ty) in &object.fields {
            let key = lowered_property(&field.key);
            let mut property = self.ty(ty, object.is_request);
            if object.is_request && field.required {
                required.push(key.clone());
            } else if matches!(ty, Type::Vec(_)) {
                property["nullable"] = true.into();
            }
            lowered["properties"][key] = property;
        }
        lowered["required"] = required.into();
        if let Some(values) = object.additional.as_ref().filter(|_| object.is_request) {
            lowered["additionalProperties"] = self.ty(values, true);
        }
        lowered
    }

    fn ty(&mut self, ty: &Type, in_request: bool) -> Value {
        match ty {
            Type::Named(name) if self.plan.object(name).is_some() => reference(name),
            Type::Vec(item) => json!({ "type": "array", "items": self.ty(item, in_request) }),
            Type::Plain("String") => json!({ "type": "string" }),
            Type::Plain("i64") => json!({ "type": "integer", "format": "int64" }),
            Type::Plain("f64") => json!({ "type": "number", "format": "double" }),
            Type::Plain("bool") => json!({ "type": "boolean" }),
            Type::Plain(DATE_TIME) => json!({ "type": "string", "format": "date-time" }),
            Type::Plain(ANY) => json!({}),
            _ => {
                self.slots.push(rust_type(self.plan, ty, in_request));
                reference(&format!("{SLOT}{}", self.slots.len() - 1))
            }
        }
    }

    fn call(&mut self, call: &Call) -> Value {
        let own = call.parameters.iter().filter(|parameter| !parameter.from_client);
        let parameters = own.map(|parameter| {
            json!({
                "name": lowered_parameter(&parameter.name),
                "in": parameter.location,
                "required": parameter.required,
                "schema": self.ty(&parameter.ty, true),
            })
        });
        let parameters: Vec<Value> = parameters.collect();
        let content = |name: &String| json!({ "application/json": { "schema": reference(name) } });
        let mut lowered = json!({
            "operationId": call.id,
            "parameters": parameters,
            "responses": { "2XX": { "description": "", "content": {} } },
        });
        if let (_, Some(response)) = &call.success {
            lowered["responses"]["2XX"]["content"] = content(response);
        }
        if let Some(body) = &call.body {
            lowered["requestBody"] = json!({ "required": true, "content": content(body) });
        }
        lowered
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("{SCHEMAS}{name}") })
}
