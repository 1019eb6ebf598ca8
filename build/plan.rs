//! The input of code generation: the schemas and operations of the document, as converted by [`read`](super::read).

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use serde_json::Value;

use super::document::items;

#[derive(Default)]
pub struct Plan {
    pub info: Value,
    /// The code of constants for the service as a whole.
    pub facts: TokenStream,
    pub schemas: BTreeMap<String, Schema>,
    /// The lists that are sent in a query as one value, joined by commas.
    pub joined: BTreeSet<String>,
    /// The names of the header of the request ID in responses.
    pub request_id_headers: BTreeSet<String>,
    /// The structs: one for each object schema, or two if both requests and responses use it.
    pub objects: Vec<Object>,
    pub operations: Vec<Call>,
    /// The code of the cross-field rules, by the name of the body.
    pub rules: BTreeMap<String, TokenStream>,
}

/// A schema with a name: a component, or an inline schema that is named after its location.
pub struct Schema {
    pub doc: String,
    pub kind: Kind,
    /// The schema in the document, with keywords that have been checked.
    pub stated: Value,
    pub used: Use,
    /// Whether it is a component, and not an inline schema.
    pub is_component: bool,
}

/// Where a schema is used.
#[derive(Clone, Copy)]
pub struct Use {
    pub in_requests: bool,
    pub in_responses: bool,
}

pub enum Kind {
    Integer,
    String,
    Enumeration,
    List(Type),
    Map(Type),
    IntegerOrString,
    Object {
        fields: Vec<Field>,
        /// The type of the fields that are not in `fields`, if they are allowed.
        additional: Option<Type>,
    },
}

/// A struct for an object schema, in requests or in responses.
pub struct Object {
    /// The name of the struct.
    pub name: String,
    pub schema: String,
    pub is_request: bool,
    /// Each field, with its type in this struct.
    pub fields: Vec<(Field, Type)>,
    pub additional: Option<Type>,
}

/// The type of a field, an item or a parameter.
#[derive(Clone, PartialEq)]
pub enum Type {
    /// The name of a schema, or of a struct in responses.
    Named(String),
    /// A list of a response.
    Vec(Box<Type>),
    /// A map of a response.
    Map(Box<Type>),
    /// A field of a request that can be null.
    Nullable(Box<Type>),
    /// An enumeration in a query, by name.
    Filter(String),
    /// A type as Rust code.
    Plain(&'static str),
}

pub const DATE_TIME: &str = "::chrono::DateTime<::chrono::Utc>";
pub const SECRET: &str = "crate::wire::Secret";
pub const ANY: &str = "::serde_json::Value";

#[derive(Clone)]
pub struct Field {
    /// The key on the wire.
    pub key: String,
    pub doc: String,
    pub ty: Type,
    pub required: bool,
    pub nullable: bool,
    /// `x-content`: the schema of the JSON in the string.
    pub content: Option<String>,
}

/// An operation, as a method of the client.
pub struct Call {
    pub id: String,
    pub method: String,
    pub path: String,
    pub summary: String,
    pub description: String,
    /// The URL of its page in the vendor documentation.
    pub page: Option<String>,
    pub parameters: Vec<Parameter>,
    pub body: Option<String>,
    /// The documented body of the request.
    pub body_example: Option<Value>,
    /// The status of a success, and the struct of its body, if it has one.
    pub success: (String, Option<String>),
    /// The documented response, as JSON.
    pub example: Option<String>,
    /// `x-pagination`, for a list in pages.
    pub pagination: Option<Value>,
    /// The error codes of the service that concern the operation, with descriptions.
    pub error_codes: Vec<(String, String)>,
}

pub struct Parameter {
    pub name: String,
    pub location: String,
    pub doc: String,
    pub ty: Type,
    pub required: bool,
    /// The documented value.
    pub example: Option<Value>,
    /// Taken from the client, not from the caller.
    pub from_client: bool,
}

impl Plan {
    pub fn object(&self, name: &str) -> Option<&Object> {
        self.objects.iter().find(|object| object.name == name)
    }

    /// The schema of a named type.
    pub fn schema(&self, ty: &Type) -> Option<&Schema> {
        match ty {
            Type::Named(name) => self.schemas.get(name),
            _ => None,
        }
    }

    /// The name of an object's struct in responses, which has a suffix if requests use the object too.
    pub fn response_name(&self, name: &str) -> String {
        let used = self.schemas[name].used;
        let suffix = if used.in_requests && used.in_responses { "Response" } else { "" };
        format!("{name}{suffix}")
    }

    /// The corresponding type in responses, where bounds are not checked.
    pub fn in_response(&self, ty: &Type) -> Type {
        let boxed = |ty| Box::new(self.in_response(ty));
        let (name, schema) = match ty {
            Type::Named(name) => (name, &self.schemas[name]),
            Type::Vec(item) => return Type::Vec(boxed(item)),
            Type::Filter(name) => return Type::Named(name.clone()),
            plain => return plain.clone(),
        };
        match (&schema.kind, schema.text("format")) {
            (Kind::Integer, _) => Type::Plain("i64"),
            (Kind::String, Some("date-time")) => Type::Plain(DATE_TIME),
            (Kind::String, Some("password")) => Type::Plain(SECRET),
            (Kind::String, _) => Type::Plain("String"),
            (Kind::List(item), _) => Type::Vec(boxed(item)),
            (Kind::Map(value), _) => Type::Map(boxed(value)),
            (Kind::Object { .. }, _) => Type::Named(self.response_name(name)),
            (Kind::Enumeration | Kind::IntegerOrString, _) => ty.clone(),
        }
    }

    /// Whether an object contains a floating-point number, directly or indirectly.
    pub fn has_number(&self, object: &Object) -> bool {
        self.is_number(&Type::Named(object.schema.clone()), &mut BTreeSet::new())
    }

    fn is_number(&self, ty: &Type, seen: &mut BTreeSet<String>) -> bool {
        match ty {
            Type::Plain(ty) => *ty == "f64",
            Type::Filter(_) => false,
            Type::Vec(ty) | Type::Map(ty) | Type::Nullable(ty) => self.is_number(ty, seen),
            Type::Named(name) if !seen.insert(name.clone()) => false,
            Type::Named(name) => match &self.schemas[name].kind {
                Kind::Object { fields, additional } => {
                    let mut types = fields.iter().map(|field| &field.ty).chain(additional);
                    types.any(|ty| self.is_number(ty, seen))
                }
                Kind::List(item) | Kind::Map(item) => self.is_number(item, seen),
                _ => false,
            },
        }
    }
}

impl Schema {
    /// The value of a keyword, if it is a string.
    pub fn text(&self, keyword: &str) -> Option<&str> {
        self.stated[keyword].as_str()
    }

    /// Each value of the `enum` with its meaning.
    pub fn values(&self) -> impl Iterator<Item = (&Value, &str)> {
        let meanings = items(&self.stated["x-enum-descriptions"]);
        let meanings = meanings.filter_map(Value::as_str).map(str::trim);
        items(&self.stated["enum"]).zip(meanings)
    }
}
