//! The calls that every client makes: what it is given, what it has to send and what it has to read,
//! all of it made from the document.

use serde_json::{Map, Value};

use super::schema::Schema;
use crate::Failure;
use crate::document::{Document, Operation};
use crate::node::{Kind, Node, escape};

/// The columns beside those of the operations.
pub const ERROR_REPLY: &str = "error reply";
pub const UNKNOWN_VALUE: &str = "unknown enum value";
pub const UNKNOWN_FIELD: &str = "unknown field";

/// A name that no document uses, for what is planted in replies.
const UNKNOWN: &str = "UNKNOWN_TO_THE_DOCUMENT";

/// One call.
#[derive(Clone, Debug)]
pub struct Case {
    /// The column of the table that it counts in: an operation's ID, or what is tried.
    pub column: String,
    /// Tells it from the others of its column.
    pub name: String,
    pub operation: String,
    pub given: Given,
    pub sent: Sent,
    pub reply: Reply,
}

/// What a driver is given: values by their names in the document.
#[derive(Clone, Debug, Default)]
pub struct Given {
    pub path: Map<String, Value>,
    pub query: Map<String, Value>,
    pub body: Option<Value>,
}

/// What has to arrive.
#[derive(Clone, Debug)]
pub struct Sent {
    pub method: String,
    pub path: String,
    /// Names and values, decoded.
    pub query: Vec<(String, String)>,
    /// May be sent unasked, since they mean the same: defaults of query parameters.
    pub defaults: Vec<(String, String)>,
    pub body: Option<Value>,
}

/// What is answered, and has to be read.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    /// The key of the example in the document.
    pub example: String,
    pub body: Value,
    /// Whether the body is another than that example.
    pub is_ours: bool,
    /// Pointers to what the document does not know.
    pub planted: Vec<String>,
}

/// All calls, in the order of the document.
pub fn all(document: &Document) -> Result<Vec<Case>, Failure> {
    let mut cases = Vec::new();
    for operation in document.operations() {
        cases.extend(Source::new(document, operation)?.cases()?);
    }
    Ok(cases)
}

/// An operation, from which cases are made.
struct Source<'a> {
    document: &'a Document,
    operation: Operation<'a>,
    parameters: Vec<Parameter<'a>>,
    body: Option<Body<'a>>,
}

struct Parameter<'a> {
    name: &'a str,
    is_path: bool,
    /// Of a list: whether each item is a parameter of its own.
    explode: bool,
    node: &'a Node,
    schema: Schema<'a>,
}

struct Body<'a> {
    pointer: String,
    schema: Schema<'a>,
}

/// From where the values of a request are taken.
#[derive(Clone, Copy, PartialEq)]
enum Values {
    Documented,
    Every,
    Empty,
}

impl<'a> Source<'a> {
    fn new(document: &'a Document, operation: Operation<'a>) -> Result<Self, Failure> {
        let pointer = format!("{}/parameters", operation.pointer);
        let count = operation.node.get("parameters").map_or(0, |list| list.items().count());
        let parameters = (0..count).map(|index| {
            let pointer = format!("{pointer}/{index}");
            Parameter::at(document, &pointer)
                .ok_or_else(|| format!("{}: not a parameter", document.place(&pointer)).into())
        });
        let parameters = parameters.collect::<Result<_, Failure>>()?;
        let body = document.resolve(&format!("{}/requestBody", operation.pointer));
        let body = body.and_then(|(pointer, _)| {
            let pointer = format!("{pointer}/content/application~1json");
            let schema = Schema::at(document, &format!("{pointer}/schema"))?;
            Some(Body { pointer, schema })
        });
        Ok(Self { document, operation, parameters, body })
    }

    fn cases(&self) -> Result<Vec<Case>, Failure> {
        let id = self.operation.id;
        let replies = self.replies();
        let success = replies.iter().find(|(_, reply)| reply.status < 300);
        let (schema, success) = success.ok_or_else(|| {
            let place = self.document.place(&format!("{}/responses", self.operation.pointer));
            format!("{place}: no success has an example to compare with; add `examples`")
        })?;

        let mut cases = vec![
            self.case(id, "as documented", Values::Documented, success.clone()),
            self.case(id, "every field", Values::Every, success.clone()),
        ];
        if self.body.is_some() {
            cases.push(self.case(id, "empty values", Values::Empty, success.clone()));
        }
        for (name, body) in [("every field read", schema.example()), ("nulls read", nulls(schema))]
        {
            let ours = |body| Reply { body, is_ours: true, ..success.clone() };
            cases.extend(body.map(|body| self.case(id, name, Values::Documented, ours(body))));
        }
        for (_, error) in replies.iter().filter(|(_, reply)| reply.status >= 400) {
            let name = format!("{id}, {}", error.example);
            cases.push(self.case(ERROR_REPLY, &name, Values::Documented, error.clone()));
        }
        for (column, plant) in [(UNKNOWN_VALUE, plant_value as Plant), (UNKNOWN_FIELD, plant_field)]
        {
            let mut reply = Reply { is_ours: true, ..success.clone() };
            schema.visit(&mut reply.body, &mut |schema, value, pointer| {
                reply.planted.extend(plant(schema, value, pointer));
            });
            if !reply.planted.is_empty() {
                cases.push(self.case(column, id, Values::Documented, reply));
            }
        }
        Ok(cases)
    }

    fn case(&self, column: &str, name: &str, values: Values, reply: Reply) -> Case {
        let mut given = Given::default();
        let mut sent = Sent {
            method: self.operation.method.to_uppercase(),
            path: self.operation.path.to_owned(),
            query: Vec::new(),
            defaults: Vec::new(),
            body: None,
        };
        let key = format!("{}Request", self.operation.id);
        for parameter in &self.parameters {
            if let Some(default) = parameter.schema.default() {
                sent.defaults.extend(parameter.written(&default));
            }
            let Some(value) = parameter.value(&key, values) else { continue };
            if parameter.is_path {
                let placeholder = format!("{{{}}}", parameter.name);
                sent.path = sent.path.replace(&placeholder, &text(&value));
                given.path.insert(parameter.name.to_owned(), value);
            } else {
                sent.query.extend(parameter.written(&value));
                given.query.insert(parameter.name.to_owned(), value);
            }
        }
        given.body = self.body.as_ref().and_then(|body| match values {
            Values::Documented => {
                let example = format!("{}/examples/{}", body.pointer, escape(&key));
                Some(self.document.resolve(&example)?.1.get("value")?.to_value())
            }
            Values::Every => body.schema.example(),
            Values::Empty => Some(body.schema.empty()),
        });
        sent.body.clone_from(&given.body);
        Case {
            column: column.to_owned(),
            name: name.to_owned(),
            operation: self.operation.id.to_owned(),
            given,
            sent,
            reply,
        }
    }

    /// Each example of each reply, with its schema.
    fn replies(&self) -> Vec<(Schema<'a>, Reply)> {
        let responses = format!("{}/responses", self.operation.pointer);
        let statuses = self.operation.node.get("responses").into_iter().flat_map(Node::members);
        let mut replies = Vec::new();
        for (status, _) in statuses {
            let response = self.document.resolve(&format!("{responses}/{status}"));
            let Some((pointer, response)) = response else { continue };
            let content = format!("{pointer}/content/application~1json");
            let schema = Schema::at(self.document, &format!("{content}/schema"));
            let (Some(schema), Ok(status)) = (schema, status.parse()) else { continue };
            let examples = response.pointer("/content/application~1json/examples");
            for (name, _) in examples.into_iter().flat_map(Node::members) {
                let example = format!("{content}/examples/{}", escape(name));
                let value = self.document.resolve(&example).and_then(|(_, node)| node.get("value"));
                let Some(body) = value.map(Node::to_value) else { continue };
                let example = name.to_owned();
                let reply = Reply { status, example, body, is_ours: false, planted: Vec::new() };
                replies.push((schema.clone(), reply));
            }
        }
        replies
    }
}

impl<'a> Parameter<'a> {
    fn at(document: &'a Document, pointer: &str) -> Option<Self> {
        let (pointer, node) = document.resolve(pointer)?;
        Some(Self {
            name: node.get("name")?.as_str()?,
            is_path: node.get("in")?.as_str()? == "path",
            explode: !node
                .get("explode")
                .is_some_and(|explode| matches!(explode.kind, Kind::Bool(false))),
            schema: Schema::at(document, &format!("{pointer}/schema"))?,
            node,
        })
    }

    /// The value that it has in the documented request, or any one that is shown.
    fn value(&self, key: &str, values: Values) -> Option<Value> {
        let documented = self.node.pointer(&format!("/examples/{}/value", escape(key)));
        // A path needs all of its parameters, also those that the documented request leaves open.
        if values == Values::Every || self.is_path {
            let first = self.node.get("examples").and_then(|examples| examples.members().next());
            let first = first.and_then(|(_, example)| example.get("value"));
            let shown = documented.or(first).or_else(|| self.node.get("example"));
            return shown.map(Node::to_value).or_else(|| self.schema.example());
        }
        documented.map(Node::to_value)
    }

    /// As it stands in a query, decoded.
    fn written(&self, value: &Value) -> Vec<(String, String)> {
        let values = match value {
            Value::Array(items) if self.explode => items.iter().map(text).collect(),
            Value::Array(items) => vec![items.iter().map(text).collect::<Vec<_>>().join(",")],
            value => vec![text(value)],
        };
        values.into_iter().map(|value| (self.name.to_owned(), value)).collect()
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A value with a null wherever the schema takes one, except around others. None without any.
fn nulls(schema: &Schema) -> Option<Value> {
    let mut value = schema.example()?;
    let mut has_nulls = false;
    schema.visit(&mut value, &mut |schema, value, _| {
        if schema.is_nullable() && !has_null(value) {
            *value = Value::Null;
            has_nulls = true;
        }
    });
    has_nulls.then_some(value)
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().any(has_null),
        Value::Object(members) => members.values().any(has_null),
        _ => false,
    }
}

/// Plants something that the schema does not know, and says where.
type Plant = fn(&Schema, &mut Value, &str) -> Option<String>;

fn plant_value(schema: &Schema, value: &mut Value, pointer: &str) -> Option<String> {
    if !schema.is_enum() {
        return None;
    }
    *value = Value::from(UNKNOWN);
    Some(pointer.to_owned())
}

fn plant_field(schema: &Schema, value: &mut Value, pointer: &str) -> Option<String> {
    let members = value.as_object_mut().filter(|_| schema.has_properties())?;
    members.insert(UNKNOWN.to_owned(), Value::from(UNKNOWN));
    Some(format!("{pointer}/{UNKNOWN}"))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use serde_json::json;

    use super::*;

    /// A document of an invented service.
    pub const BAKERY: &str = r"
paths:
  /ovens/{oven}/loaves:
    put:
      operationId: bake
      parameters:
        - {name: oven, in: path, schema: {type: string}, example: left}
        - $ref: '#/components/parameters/Crusts'
        - name: shelves
          in: query
          schema: {type: array, items: {type: integer}}
          examples: {bakeRequest: {value: [1, 2]}}
        - {name: limit, in: query, schema: {type: integer, default: 20}, example: 5}
      requestBody: {$ref: '#/components/requestBodies/Bake'}
      responses:
        '200':
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Batch'}
              examples: {bakeResponse: {value: {loaves: [{crust: DARK}]}}}
        '409': {$ref: '#/components/responses/Burnt'}
components:
  parameters:
    Crusts:
      name: crusts
      in: query
      explode: false
      schema: {type: array, items: {$ref: '#/components/schemas/Crust'}}
      example: [DARK, LIGHT]
  requestBodies:
    Bake:
      content:
        application/json:
          schema: {$ref: '#/components/schemas/Dough'}
          examples: {bakeRequest: {value: {grams: 500}}}
  responses:
    Burnt:
      content:
        application/json:
          schema: {type: object, properties: {reason: {type: string}}}
          examples: {burnt: {value: {reason: too hot}}}
  schemas:
    Crust: {type: string, enum: [DARK, LIGHT]}
    Dough:
      type: object
      properties:
        grams: {allOf: [{$ref: '#/components/schemas/Grams'}], example: 750}
        rest: {type: integer, minimum: 0, example: 30}
        is_sour: {type: boolean, example: true}
        seeds: {type: array, items: {type: string, example: poppy}}
        flours: {type: array, minItems: 1, items: {type: string, example: rye}}
    Grams: {type: integer, minimum: 1, example: 500}
    Batch:
      type: object
      properties:
        loaves: {type: array, items: {$ref: '#/components/schemas/Loaf'}}
    Loaf:
      type: object
      properties:
        crust: {allOf: [{$ref: '#/components/schemas/Crust'}], example: LIGHT}
        slices: {type: array, nullable: true, items: {$ref: '#/components/schemas/Slice'}}
    Slice:
      type: object
      properties: {grams: {type: integer, nullable: true, example: 40}}
";

    fn bakery(text: &str) -> Document {
        Document { file: PathBuf::from("bakery.yaml"), root: Node::parse(text).unwrap() }
    }

    fn case(column: &str, name: &str) -> Case {
        let cases = all(&bakery(BAKERY)).unwrap();
        let found = cases.into_iter().find(|case| case.column == column && case.name == name);
        found.unwrap_or_else(|| panic!("no case {column}: {name}"))
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_documented_request_is_made_of_the_examples_with_its_key() {
        let case = case("bake", "as documented");
        assert_eq!(case.given.query, *json!({"shelves": [1, 2]}).as_object().unwrap());
        assert_eq!(case.given.body, Some(json!({"grams": 500})));
        assert_eq!((case.sent.method.as_str(), case.reply.status), ("PUT", 200));
        assert_eq!(case.sent.path, "/ovens/left/loaves");
        assert_eq!(case.reply.body, json!({"loaves": [{"crust": "DARK"}]}));
    }

    #[test]
    fn every_field_has_its_own_example_or_that_of_its_schema() {
        let case = case("bake", "every field");
        let body = json!({
            "grams": 750, "rest": 30, "is_sour": true, "seeds": ["poppy"], "flours": ["rye"],
        });
        assert_eq!(case.given.body, Some(body));
        assert_eq!(case.given.query.len(), 3);
    }

    #[test]
    fn a_list_is_joined_by_commas_where_it_is_not_exploded() {
        let query = case("bake", "every field").sent.query;
        let expected =
            [("crusts", "DARK,LIGHT"), ("shelves", "1"), ("shelves", "2"), ("limit", "5")];
        assert_eq!(query, pairs(&expected));
    }

    #[test]
    fn empty_values_are_sent_only_where_they_are_allowed() {
        let body = json!({"rest": 0, "is_sour": false, "seeds": []});
        assert_eq!(case("bake", "empty values").given.body, Some(body));
    }

    #[test]
    fn a_default_may_be_sent_unasked() {
        assert_eq!(case("bake", "as documented").sent.defaults, pairs(&[("limit", "20")]));
    }

    #[test]
    fn each_example_of_an_error_is_a_case() {
        let case = case(ERROR_REPLY, "bake, burnt");
        assert_eq!((case.reply.status, case.reply.body), (409, json!({"reason": "too hot"})));
    }

    #[test]
    fn every_field_of_a_reply_and_every_null_is_a_case() {
        let reply = case("bake", "every field read").reply;
        let loaf = json!({"crust": "LIGHT", "slices": [{"grams": 40}]});
        assert_eq!((reply.body, reply.is_ours), (json!({"loaves": [loaf]}), true));
        let loaf = json!({"crust": "LIGHT", "slices": [{"grams": null}]});
        assert_eq!(case("bake", "nulls read").reply.body, json!({"loaves": [loaf]}));
    }

    #[test]
    fn unknown_things_are_planted_by_the_schema_of_the_reply() {
        let reply = case(UNKNOWN_VALUE, "bake").reply;
        assert_eq!(reply.body, json!({"loaves": [{"crust": UNKNOWN}]}));
        assert_eq!(reply.planted, ["/loaves/0/crust"]);

        let reply = case(UNKNOWN_FIELD, "bake").reply;
        let loaf = json!({"crust": "DARK", UNKNOWN: UNKNOWN});
        assert_eq!(reply.body, json!({"loaves": [loaf], UNKNOWN: UNKNOWN}));
        assert_eq!(reply.planted.len(), 2);
    }

    #[test]
    fn an_operation_without_an_example_of_its_reply_is_an_error_with_its_place() {
        let text = BAKERY.replace("examples: {bakeResponse", "x-examples: {bakeResponse");
        let failure = all(&bakery(&text)).unwrap_err().to_string();
        assert!(
            failure.starts_with(
                "bakery.yaml:16: /paths/~1ovens~1{oven}~1loaves/put/responses: no success"
            ),
            "{failure}"
        );
    }

    #[test]
    fn all_operations_of_this_project_are_tried_in_every_way() {
        let document = Document::ours().unwrap();
        let cases = all(&document).unwrap();
        for operation in document.operations() {
            let of_it = |column: &str| {
                cases.iter().any(|case| case.operation == operation.id && case.column == column)
            };
            assert!(of_it(operation.id) && of_it(ERROR_REPLY) && of_it(UNKNOWN_FIELD));
            assert_eq!(of_it(UNKNOWN_VALUE), operation.method == "get", "{}", operation.id);
        }
    }
}
