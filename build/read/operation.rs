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
            return Err(at.fail(format!("duplicate parameter {}", twice.name)));
        }

        let (mut body, mut body_example) = (None, None);
        if let Some(stated) = at.get("requestBody") {
            let stated = self.document.resolve(&at.with(stated))?;
            stated.keys(&["requestBody"])?;
            let is_required = stated.value["required"] == true;
            at.check(is_required, "the request body must be required: it is always sent")?;
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
            at.check(is_final, format!("the response {status} is neither a success nor an error"))?;
        }
        let count = successes.len();
        let reason = format!("expected one successful response, found {count}");
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

    /// The error codes of an operation, with the descriptions from the error schema.
    fn error_codes(&self, at: &Part<'a>) -> Result<Vec<(String, String)>> {
        let schemas = self.document.schemas();
        let known = schemas.flat_map(|(_, schema)| items(&schema.value["x-error-codes"]));
        let known: Vec<&Value> = known.collect();
        let described = items(&at.value["x-error-codes"]).map(|code| {
            let entry = known.iter().find(|entry| entry["code"] == *code);
            let entry = at.need(
                entry,
                format!("x-error-codes: {code} is not described in the error schema"),
            )?;
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

    /// Reads the body of a request or a response, and returns the name of its schema, if there is a body.
    fn body(&mut self, at: &Part<'a>, what: &str) -> Result<Option<String>> {
        let Some(content) = at.get("content") else { return Ok(None) };
        let json = only(members(content)).filter(|(form, _)| *form == "application/json");
        let reason = format!("the content of the {what} must be application/json");
        let (_, json) = at.need(json, reason)?;
        at.with(json).keys(&["content"])?;
        let reason = "the schema of a body must be a $ref to a component";
        let name = at.need(referred(&json["schema"]), reason)?;
        self.component(at, name)?;
        let is_object = matches!(self.plan.schemas[name].kind, Kind::Object { .. });
        at.check(is_object, format!("the schema {name} of the body must be an object"))?;
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
            _ => return Err(at.fail("only path and query parameters are supported")),
        };
        let required = at.value["required"] == true;
        at.check(required || location != "path", "a path parameter must have required: true")?;
        let has_place = operation.path.contains(&format!("{{{name}}}")) || location != "path";
        at.check(has_place, format!("the path {} does not contain it", operation.path))?;
        let is_default = at.get("style").is_none_or(|stated| stated == style);
        at.check(is_default, "only the default style is supported")?;
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
        at.check(is_scalar, "must be a scalar, or a list of scalars in a query")?;
        let reason = "a secret must not be part of a URL, which is logged; move it to the body";
        at.check(scalar != Type::Plain(SECRET), reason)?;
        if location == "path" {
            self.check_path_value(at, &ty)?;
        } else if at.value["explode"] == false {
            self.join(at, &ty)?;
        }
        let ty = if location == "query" { self.filter(ty) } else { ty };
        let client = at.get("x-client-parameter");
        let is_known = client.is_none_or(|it| it == "project_id" && location == "path");
        at.check(
            is_known,
            "x-client-parameter is supported only for a path parameter, with the value project_id",
        )?;
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

    /// Converts enums in a query to filters, which also accept unknown values from responses.
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

    /// Marks a list as joined by commas in a query. Its schema can't be used elsewhere.
    fn join(&mut self, at: &Part, list: &Type) -> Result<()> {
        if let Type::Named(name) = list
            && matches!(self.plan.schemas[name].kind, Kind::List(_))
        {
            self.plan.joined.insert(name.clone());
            let reference = format!("\"{SCHEMAS}{name}\"");
            let uses = self.document.root.to_string().matches(&reference).count();
            let reason = "the schema of a comma-separated list must not be used elsewhere; add another \
                          schema, or use the same parameter component";
            at.check(uses < 2, reason)?;
        }
        Ok(())
    }

    /// Checks that a value can't change the path of the URL, as `.` and `..` would.
    fn check_path_value(&self, at: &Part, ty: &Type) -> Result<()> {
        let schema = self.plan.schema(ty);
        let is_enum = schema.is_some_and(|schema| matches!(schema.kind, Kind::Enumeration));
        if is_enum || matches!(self.plan.in_response(ty), Type::Plain("i64" | "bool")) {
            return Ok(());
        }
        let pattern = schema.and_then(|schema| schema.text("pattern"));
        let pattern = at.need(pattern, "a path parameter must have a pattern")?;
        let regex = compile(at, pattern)?;
        // A pattern may require a length, so each string is tried with many lengths.
        let repeated = ["/", "\\", "a/", "a\\", "./", ".\\"].into_iter();
        let repeated = repeated.flat_map(|text| (1..=64).map(move |count| text.repeat(count)));
        let mut texts = ["", ".", ".."].map(str::to_owned).into_iter().chain(repeated);
        texts.find(|text| regex.is_match(text)).map_or(Ok(()), |text| {
            let reason = format!("must not match {text:?}, which would change the path");
            Err(at.fail(format!("the pattern {pattern} {reason}")))
        })
    }
}
