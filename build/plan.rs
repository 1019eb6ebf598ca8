//! What the code is generated from: the document's schemas and operations, in the terms that the
//! code is written in. [`read`](super::read) makes it.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use serde_json::Value;

use super::document::items;

/// All that the code is generated from.
#[derive(Default)]
pub struct Plan {
    pub info: Value,
    /// The code of constants for the service as a whole.
    pub facts: TokenStream,
    pub schemas: BTreeMap<String, Schema>,
    /// The lists that stand in a query as one value, joined by commas.
    pub joined: BTreeSet<String>,
    /// The names that the header of the request ID has in responses.
    pub request_id_headers: BTreeSet<String>,
    /// The structs: one for each object schema, or two where requests and responses use it.
    pub objects: Vec<Object>,
    pub operations: Vec<Call>,
    /// The code of the cross-field rules, by the body that they are of.
    pub rules: BTreeMap<String, TokenStream>,
}

/// A schema with a name: a component, or one that stands inline and is named after its place.
pub struct Schema {
    pub doc: String,
    pub kind: Kind,
    /// The schema as the document has it: its bounds are checked, and looked up here.
    pub stated: Value,
    pub used: Use,
    /// Whether it is a component, and not lifted out of another schema.
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
        /// The type of fields that are not named.
        additional: Option<Type>,
    },
}

/// A struct, made of an object schema.
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
    /// A schema of the plan, or the form of one in responses, by name.
    Named(String),
    /// A list of a response.
    Vec(Box<Type>),
    /// A map of a response.
    Map(Box<Type>),
    /// A field of a request that can be null.
    Nullable(Box<Type>),
    /// An enumeration in a query, by name.
    Filter(String),
    /// A type that is written in Rust like this.
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
    /// `x-content`: the schema of the JSON that the text holds.
    pub content: Option<String>,
}

/// An operation, as a method of the client.
pub struct Call {
    pub id: String,
    pub method: String,
    pub path: String,
    pub summary: String,
    pub description: String,
    /// The address of the page that documents it.
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

    /// The schema that a type is by name.
    pub fn schema(&self, ty: &Type) -> Option<&Schema> {
        match ty {
            Type::Named(name) => self.schemas.get(name),
            _ => None,
        }
    }

    /// The name of the form that an object has in responses: another one where requests use it too.
    pub fn response_name(&self, name: &str) -> String {
        let used = self.schemas[name].used;
        let suffix = if used.in_requests && used.in_responses { "Response" } else { "" };
        format!("{name}{suffix}")
    }

    /// The type that a response has where the document states this one: bounds are not checked.
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

    /// Whether a number that is no integer stands in an object, or in one that it refers to.
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
    /// A keyword whose value is a text.
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
