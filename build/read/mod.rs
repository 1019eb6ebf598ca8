//! Converts the document to a [`Plan`]. Parts that are not supported are rejected.

mod operation;
pub mod scalar;
mod schema;

use std::collections::BTreeSet;

use super::document::{Document, Part, schema_place};
use super::facts::facts;
use super::names::pascal_case;
use super::plan::{Field, Kind, Object, Plan, Schema, Type};
use super::{Failure, Result};

struct Reader<'a> {
    document: &'a Document,
    /// The references in requests, and those in responses.
    in_requests: BTreeSet<&'a str>,
    in_responses: BTreeSet<&'a str>,
    /// The names of schemas that have been read or are being read, since a schema can contain itself.
    begun: BTreeSet<String>,
    plan: Plan,
}

pub fn read(document: &Document) -> Result<Plan> {
    let mut reader = Reader {
        document,
        in_requests: BTreeSet::new(),
        in_responses: BTreeSet::new(),
        begun: BTreeSet::new(),
        plan: Plan { info: document.root["info"].clone(), ..Plan::default() },
    };
    let operations = document.operations()?;
    for operation in &operations {
        for parameter in &operation.parameters {
            document.collect(parameter.value, &mut reader.in_requests);
        }
        document.collect(&operation.at.value["requestBody"], &mut reader.in_requests);
        document.collect(&operation.at.value["responses"], &mut reader.in_responses);
    }
    let mut names = BTreeSet::new();
    for operation in &operations {
        let is_new = names.insert(pascal_case(operation.id));
        operation.at.check(is_new, "duplicate operationId")?;
        let call = reader.operation(operation)?;
        reader.plan.operations.push(call);
    }
    let plan = &reader.plan;
    let bodies: Vec<_> = plan.operations.iter().filter_map(|call| call.body.as_ref()).collect();
    let lost = plan.rules.keys().find(|name| !bodies.contains(name));
    let lost = lost.map(|name| {
        (&**name, "x-rules are supported only for the schema of a request body; move them there")
    });
    let unused = document.schemas().find(|(name, _)| !plan.schemas.contains_key(*name));
    let unused = unused.map(|(name, _)| (name, "not used by any operation"));
    if let Some((name, reason)) = lost.or(unused) {
        return Err(Failure::new(schema_place(name), reason));
    }
    reader.plan.facts = facts(document, &reader.plan)?;
    reader.plan.objects = objects(&reader.plan)?;
    Ok(reader.plan)
}

/// The structs. An object that both requests and responses use has two: a strict one and a lenient one.
fn objects(plan: &Plan) -> Result<Vec<Object>> {
    let mut objects = Vec::new();
    for (schema, Schema { kind, used, .. }) in &plan.schemas {
        let Kind::Object { fields, additional } = kind else { continue };
        let forms = [(true, used.in_requests), (false, used.in_responses)];
        for (is_request, _) in forms.into_iter().filter(|(_, is_used)| *is_used) {
            let name = if is_request { schema.clone() } else { plan.response_name(schema) };
            if name != *schema && plan.schemas.contains_key(&name) {
                let reason = format!("is also the name of {schema} in responses");
                return Err(Failure::new(schema_place(&name), reason));
            }
            let ty = |field: &Field| match (is_request, field.nullable) {
                (true, true) => Type::Nullable(Box::new(field.ty.clone())),
                (true, false) => field.ty.clone(),
                (false, _) => plan.in_response(&field.ty),
            };
            let fields = fields.iter().map(|field| (field.clone(), ty(field))).collect();
            let (schema, additional) = (schema.clone(), additional.clone());
            objects.push(Object { name, schema, is_request, fields, additional });
        }
    }
    Ok(objects)
}

/// The description of a part, with a prefix if the part is deprecated.
fn description(at: &Part) -> Result<String> {
    let deprecated = if at.value["deprecated"] == true { "**Deprecated.** " } else { "" };
    Ok(format!("{deprecated}{}", at.text("description")?))
}
