//! What the code is generated from: the document's schemas and operations, in the terms that the
//! code is written in. [`read`](super::read) makes it.

use std::collections::BTreeMap;

use serde_json::Value;

/// All that the code is generated from.
pub struct Plan {
    pub info: Value,
    pub server: Server,
    /// The name of the request header that carries a token.
    pub token_header: String,
    /// The name of the reply's header with the service's name for the exchange.
    pub request_id_header: String,
    pub schemas: BTreeMap<String, Schema>,
    pub operations: Vec<Call>,
    pub error_codes: Vec<ErrorCode>,
    /// The rules that span fields, by the body that they are of.
    pub rules: BTreeMap<String, Vec<Rule>>,
}

impl Plan {
    /// Whether a number that is no integer stands in a schema, or in one that it refers to.
    pub fn has_number(&self, name: &str) -> bool {
        let (mut open, mut seen) = (vec![name], std::collections::BTreeSet::new());
        while let Some(name) = open.pop() {
            let Some(schema) = self.schemas.get(name).filter(|_| seen.insert(name)) else {
                continue;
            };
            let types = match &schema.kind {
                Kind::Object(fields) => fields.iter().map(|field| &field.ty).collect(),
                Kind::List { item, .. } | Kind::Map(item) => vec![item],
                _ => Vec::new(),
            };
            for mut ty in types {
                while let Type::Vec(item) = ty {
                    ty = item;
                }
                match ty {
                    Type::Number => return true,
                    Type::Named(name) => open.push(name),
                    _ => {}
                }
            }
        }
        false
    }
}

pub struct Server {
    pub url: String,
    /// What the identity service's catalog calls the service.
    pub service_type: String,
    pub regions: Vec<String>,
}

/// An error code that the document gives a class, so that callers can branch on it.
pub struct ErrorCode {
    pub code: String,
    pub class: String,
}

/// A rule that spans fields of a body. Fields are named by JSON pointers from its root.
pub struct Rule {
    pub id: String,
    pub description: String,
    pub mend: String,
    /// The list to each item of which the rule applies; its pointers begin at the item.
    pub each: Option<String>,
    /// Where each of these fields has one of these values; everywhere, when there are none.
    pub when: Vec<(String, Vec<String>)>,
    pub holds: Holds,
}

/// A field, and the least and the greatest value that it may have.
pub type Bounds = (String, Option<i64>, Option<i64>);

/// What has to hold of a body.
pub enum Holds {
    Require(Vec<String>),
    AnyOf(Vec<String>),
    Forbid(Vec<String>),
    Exclusive(Vec<String>),
    Ascending(Vec<String>),
    Within(Vec<Bounds>),
    Allow(Vec<(String, Vec<String>)>),
    Match(Vec<(String, String)>),
}

/// A type of the crate: a component schema, or a constrained value that stands inline in one.
pub struct Schema {
    pub doc: String,
    pub kind: Kind,
    pub in_requests: bool,
    pub in_replies: bool,
    /// Whether it is a component, and not lifted out of another schema.
    pub is_component: bool,
}

pub enum Kind {
    Integer(IntegerRule),
    String(StringRule),
    /// Each value with its meaning.
    Enumeration(Vec<(String, String)>),
    List {
        item: Type,
        min_items: Option<u64>,
        max_items: Option<u64>,
        comma_separated: bool,
    },
    Map(Type),
    IntegerOrString,
    Object(Vec<Field>),
}

#[derive(Default)]
pub struct IntegerRule {
    pub minimum: Option<i64>,
    pub maximum: Option<i64>,
    /// Each value with its meaning, where there is an `enum`.
    pub values: Vec<(i64, String)>,
    pub unit: Option<String>,
    pub format: Option<String>,
}

#[derive(Default)]
pub struct StringRule {
    pub min_length: Option<u64>,
    pub max_length: Option<u64>,
    pub pattern: Option<String>,
    pub times: Vec<String>,
    pub format: Option<String>,
}

/// The type of a field, an item or a parameter.
#[derive(Clone, PartialEq)]
pub enum Type {
    /// A schema of the plan, by name.
    Named(String),
    /// A list of a reply, without bounds.
    Vec(Box<Type>),
    String,
    Integer,
    Number,
    Boolean,
    DateTime,
    Any,
}

pub struct Field {
    /// The key on the wire.
    pub key: String,
    pub doc: String,
    pub ty: Type,
    pub required: bool,
    pub nullable: bool,
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
    /// What a success brings: its status and the schema of its body, if it has one.
    pub success: (String, Option<String>),
    /// How all its pages are read, where it answers a list in pages.
    pub pagination: Option<Pagination>,
}

/// How all pages of a list are read.
pub struct Pagination {
    /// The schema of a page, which is the success of the operation.
    pub reply: String,
    /// The schema of an entry.
    pub entry: String,
    /// The property of a page with its entries.
    pub items: String,
    /// The property of a page with the number of all entries.
    pub total: String,
    /// The property of an entry with its ID.
    pub id: String,
    /// The parameter that says how many entries to skip.
    pub offset: String,
    /// The parameter that says how many entries to answer at most.
    pub limit: String,
    /// The most that `limit` can be.
    pub largest: i64,
}

pub struct Parameter {
    pub name: String,
    pub location: String,
    pub doc: String,
    pub ty: Type,
    pub required: bool,
    /// Taken from the client, not from the caller.
    pub from_client: bool,
}
