//! Operations and their parameters.

use serde_json::Value;

use super::scalar::compile;
use super::schema::ONE_FORM;
use super::{Reader, deprecation, description};
use crate::pipeline::document::{Operation, items, members, referred};
use crate::pipeline::names::pascal_case;
use crate::pipeline::plan::{Call, Kind, Parameter, Schema, Type, Use};
use crate::pipeline::{Failure, Result};

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

const REQUEST: Use = Use { in_requests: true, in_responses: false };

impl<'a> Reader<'a> {
    pub fn operation(&mut self, operation: &Operation<'a>) -> Result<Call> {
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
                Some(self.body(&place, schema)?)
            }
        };

        let (mut success, mut example) = (None, None);
        for (status, response) in members(&value["responses"]) {
            let response = self.document.resolve(&place, response)?;
            parts(&place, response, &RESPONSE_PARTS)?;
            let schema = match response.get("content") {
                None => None,
                Some(_) => Some(json_content(response).ok_or_else(|| {
                    fail(format!("the response {status} needs one content, application/json"))
                })?),
            };
            let schema = match schema {
                None => None,
                Some(schema) => Some(self.body(&place, schema)?),
            };
            if status.starts_with('2') {
                example = self.example(&place, response)?;
                if success.replace((status.clone(), schema)).is_some() {
                    return Err(fail(
                        "has more than one success; a method returns one type".into(),
                    ));
                }
            } else if status.starts_with('1') || status.starts_with('3') {
                return Err(fail(format!("the response {status} is neither success nor error")));
            }
        }
        let success = success.ok_or_else(|| fail("has no success among its responses".into()))?;
        let success = (success.0, success.1.map(|name| self.response_name(&name)));

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
            example,
            pagination: value.get("x-pagination").cloned(),
        })
    }

    /// The first example of a response.
    fn example(&self, place: &str, response: &'a Value) -> Result<Option<String>> {
        let content = &response["content"]["application/json"];
        let named = members(&content["examples"]).next().map(|(_, example)| example);
        let example = match named {
            Some(example) => self.document.resolve(place, example)?.get("value"),
            None => content.get("example"),
        };
        Ok(example.map(ToString::to_string))
    }

    /// The name of the component that a body is.
    fn body(&mut self, place: &str, schema: &'a Value) -> Result<String> {
        let name = referred(schema)
            .ok_or_else(|| Failure::new(place, "a body has to refer to a component schema"))?;
        self.component(place, name)?;
        match self.schemas[name].kind {
            Kind::Object { .. } => Ok(name.to_owned()),
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
        let ty = self.held(&place, schema, REQUEST, Some(&suggested))?;
        let explode = value["explode"].as_bool().unwrap_or(location == "query");
        if let Type::Named(name) = &ty {
            self.check_style(&place, name, location, explode)?;
        }
        if location == "path" {
            self.check_path_value(&place, &ty)?;
        }
        if let Type::Named(name) = &ty
            && self.schemas[name].text("format") == Some("password")
        {
            return Err(fail("a secret in an address would stand in logs: send it in the body"));
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
            Kind::Map(_) | Kind::Object { .. } => {
                Err(Failure::new(place, "an object as a parameter would be lost"))
            }
            _ => Ok(()),
        }
    }

    /// A path value is put into the URL, where `.` and `..` would lead to another resource.
    fn check_path_value(&self, place: &str, ty: &Type) -> Result<()> {
        let pattern = match ty {
            Type::Named(name) => match &self.schemas[name] {
                Schema { kind: Kind::Enumeration | Kind::Integer, .. } => return Ok(()),
                schema => schema.text("pattern"),
            },
            Type::Integer | Type::Boolean => return Ok(()),
            _ => None,
        };
        let pattern = pattern.ok_or_else(|| Failure::new(place, "a path value needs a pattern"))?;
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

fn json_content(value: &Value) -> Option<&Value> {
    let content = value.get("content")?;
    match members(content).count() {
        1 => content.get("application/json")?.get("schema"),
        _ => None,
    }
}
