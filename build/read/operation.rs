//! Operations and their parameters.

use std::collections::BTreeSet;

use serde_json::Value;

use super::scalar::compile;
use super::{Reader, description};
use crate::pipeline::Result;
use crate::pipeline::document::{Operation, Part, SCHEMAS, items, members, only, referred};
use crate::pipeline::names::pascal_case;
use crate::pipeline::plan::{ANY, Call, Kind, Parameter, SECRET, Schema, Type, Use};

const REQUEST: Use = Use { in_requests: true, in_responses: false };

impl<'a> Reader<'a> {
    pub fn operation(&mut self, operation: &Operation<'a>) -> Result<Call> {
        let at = &operation.at;
        at.keys(&["operation"])?;
        let parameters = operation.parameters.iter();
        let parameters = parameters.map(|parameter| self.parameter(operation, parameter));
        let parameters = parameters.collect::<Result<Vec<_>>>()?;
        let mut names = BTreeSet::new();
        if let Some(twice) = parameters.iter().find(|parameter| !names.insert(&parameter.name)) {
            return Err(at.fail(format!("there are two parameters {}", twice.name)));
        }

        let (mut body, mut body_example) = (None, None);
        if let Some(stated) = at.get("requestBody") {
            let stated = self.document.resolve(&at.with(stated))?;
            stated.keys(&["requestBody"])?;
            let is_required = stated.value["required"] == true;
            at.check(is_required, "an optional request body would always be sent")?;
            body = self.body(&stated, "request body")?;
            body_example = self.example(&stated)?;
        }
        let mut successes = Vec::new();
        for (status, response) in members(&at.value["responses"]) {
            let response = self.document.resolve(&at.with(response))?;
            response.keys(&["response"])?;
            let headers = members(&response.value["headers"])
                .filter(|(_, header)| header["$ref"] == "#/components/headers/RequestId");
            let names = headers.map(|(name, _)| name.to_ascii_lowercase());
            self.plan.request_id_headers.extend(names);
            let body = self.body(&response, &format!("response {status}"))?;
            if status.starts_with('2') {
                let body = body.map(|name| self.plan.response_name(&name));
                let example = self.example(&response)?.map(ToString::to_string);
                successes.push(((status.clone(), body), example));
            }
            let is_final = !status.starts_with(['1', '3']);
            at.check(is_final, format!("the response {status} is neither success nor error"))?;
        }
        let count = successes.len();
        let reason = format!("has {count} successes among its responses: a method has one");
        let (success, example) = at.need(only(successes), reason)?;
        Ok(Call {
            id: operation.id.to_owned(),
            method: operation.method.to_owned(),
            path: operation.path.to_owned(),
            summary: at.text("summary")?.to_owned(),
            description: description(at)?,
            page: at.value["externalDocs"]["url"].as_str().map(str::to_owned),
            parameters,
            body,
            body_example: body_example.cloned(),
            success,
            example,
            pagination: at.get("x-pagination").cloned(),
            error_codes: self.error_codes(at)?,
        })
    }

    /// The error codes that the operation names, with the descriptions that the schema of errors has.
    fn error_codes(&self, at: &Part<'a>) -> Result<Vec<(String, String)>> {
        let schemas = self.document.schemas();
        let known = schemas.flat_map(|(_, schema)| items(&schema.value["x-error-codes"]));
        let known: Vec<&Value> = known.collect();
        let described = items(&at.value["x-error-codes"]).map(|code| {
            let entry = known.iter().find(|entry| entry["code"] == *code);
            let entry = at.need(entry, format!("x-error-codes: no schema describes {code}"))?;
            let text = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
            Ok((text("code"), text("description")))
        });
        described.collect()
    }

    /// The first example of a body.
    fn example(&self, response: &Part<'a>) -> Result<Option<&'a Value>> {
        let content = response.with(&response.value["content"]["application/json"]);
        let named = members(&content.value["examples"]).next();
        let example = match named {
            Some((_, example)) => self.document.resolve(&content.with(example))?.get("value"),
            None => content.get("example"),
        };
        Ok(example)
    }

    /// The object that a request or a response has as its body, if it has one.
    fn body(&mut self, at: &Part<'a>, what: &str) -> Result<Option<String>> {
        let Some(content) = at.get("content") else { return Ok(None) };
        let json = only(members(content)).filter(|(form, _)| *form == "application/json");
        let reason = format!("the {what} needs one content, application/json");
        let (_, json) = at.need(json, reason)?;
        at.with(json).keys(&["content"])?;
        let reason = "a body has to refer to a component schema";
        let name = at.need(referred(&json["schema"]), reason)?;
        self.component(at, name)?;
        let is_object = matches!(self.plan.schemas[name].kind, Kind::Object { .. });
        at.check(is_object, format!("its body {name} is no object"))?;
        Ok(Some(name.to_owned()))
    }

    fn parameter(&mut self, operation: &Operation<'a>, at: &Part<'a>) -> Result<Parameter> {
        let name = at.str("name");
        let at = &at.part(format!("parameter {name}"), at.value);
        at.keys(&["parameter"])?;
        let location = at.str("in");
        let style = match location {
            "path" => "simple",
            "query" => "form",
            _ => return Err(at.fail("is in neither path nor query: it is not carried")),
        };
        let required = at.value["required"] == true;
        at.check(required || location != "path", "a path parameter is required: say so")?;
        let has_place = operation.path.contains(&format!("{{{name}}}")) || location != "path";
        at.check(has_place, format!("the path {} has no place for it", operation.path))?;
        let is_default = at.get("style").is_none_or(|stated| stated == style);
        at.check(is_default, "its style is not the default one, and would be ignored")?;
        let schema = at.with(&at.value["schema"]);
        let suggested = pascal_case(operation.id) + &pascal_case(name);
        let ty = self.held(&schema, REQUEST, &suggested)?;
        let scalar = match self.plan.in_response(&ty) {
            Type::Vec(item) if location == "query" => *item,
            ty => ty,
        };
        let is_scalar = match self.plan.schema(&scalar) {
            Some(schema) => !matches!(schema.kind, Kind::Object { .. }),
            None => matches!(scalar, Type::Plain(ty) if ty != ANY),
        };
        at.check(is_scalar, "only a scalar is carried here, or in a query a list of scalars")?;
        let reason = "a secret in an address would stand in logs: send it in the body";
        at.check(scalar != Type::Plain(SECRET), reason)?;
        if location == "path" {
            self.check_path_value(at, &ty)?;
        } else if at.value["explode"] == false {
            self.join(at, &ty)?;
        }
        let ty = if location == "query" { self.filter(ty) } else { ty };
        let client = at.get("x-client-parameter");
        let is_known = client.is_none_or(|it| it == "project_id" && location == "path");
        at.check(is_known, "x-client-parameter knows only the path's project_id")?;
        Ok(Parameter {
            name: name.to_owned(),
            location: location.to_owned(),
            doc: description(at)?,
            ty,
            required,
            example: {
                let documented = &at.value["examples"][format!("{}Request", operation.id)];
                let first = members(&at.value["examples"]).map(|(_, example)| example).next();
                let example = documented.get("value").or(at.get("example"));
                example.or(first.and_then(|first| first.get("value"))).cloned()
            },
            from_client: client.is_some(),
        })
    }

    /// What is searched for may be a value that only responses have.
    fn filter(&mut self, ty: Type) -> Type {
        let Type::Named(name) = &ty else { return ty };
        let item = match &self.plan.schemas[name].kind {
            Kind::Enumeration => return Type::Filter(name.clone()),
            Kind::List(item) => item.clone(),
            _ => return ty,
        };
        let item = self.filter(item);
        if let Some(Schema { kind, .. }) = self.plan.schemas.get_mut(name) {
            *kind = Kind::List(item);
        }
        ty
    }

    /// A list that stands in a query as one value, joined by commas, has a type that says so.
    fn join(&mut self, at: &Part, list: &Type) -> Result<()> {
        if let Type::Named(name) = list
            && matches!(self.plan.schemas[name].kind, Kind::List(_))
        {
            self.plan.joined.insert(name.clone());
            let reference = format!("\"{SCHEMAS}{name}\"");
            let uses = self.document.root.to_string().matches(&reference).count();
            let reason = "a list that is joined by commas is nothing else: where it stands twice, \
                          give each a schema of its own, or make them one parameter";
            at.check(uses < 2, reason)?;
        }
        Ok(())
    }

    /// A path value is put into the URL, where `.` and `..` would lead to another resource.
    fn check_path_value(&self, at: &Part, ty: &Type) -> Result<()> {
        let schema = self.plan.schema(ty);
        let is_enum = schema.is_some_and(|schema| matches!(schema.kind, Kind::Enumeration));
        if is_enum || matches!(self.plan.in_response(ty), Type::Plain("i64" | "bool")) {
            return Ok(());
        }
        let pattern = schema.and_then(|schema| schema.text("pattern"));
        let pattern = at.need(pattern, "a path value needs a pattern")?;
        let regex = compile(at, pattern)?;
        // A pattern may ask for a length, so that each is tried at many.
        let repeated = ["/", "\\", "a/", "a\\", "./", ".\\"].into_iter();
        let repeated = repeated.flat_map(|text| (1..=64).map(move |count| text.repeat(count)));
        let mut texts = ["", ".", ".."].map(str::to_owned).into_iter().chain(repeated);
        texts.find(|text| regex.is_match(text)).map_or(Ok(()), |text| {
            let reason = format!("admits {text:?}, which would change the path");
            Err(at.fail(format!("its pattern {pattern} {reason}")))
        })
    }
}
