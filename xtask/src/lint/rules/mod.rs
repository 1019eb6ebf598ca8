//! The project's own rules of the document: what neither the validators nor the build ask for.
//!
//! A rule is a line in [`RULES`] and a function that tells what breaks it.

mod errors;
mod examples;
mod extensions;
mod names;
mod schemas;
mod texts;
mod units;

use std::fs;

use super::schemas::{Schema, components};
use crate::Failure;
use crate::document::{Document, Operation};
use crate::node::{Node, escape};
use extensions::Extension;

pub struct Rule {
    pub name: &'static str,
    /// What it demands.
    pub demand: &'static str,
    /// Why.
    pub reason: &'static str,
    check: fn(&Subject) -> Vec<Complaint>,
}

/// The rules. `cargo xtask generate` writes them into openapi/README.md.
pub const RULES: [Rule; 18] = [
    Rule {
        name: "operation-names",
        demand: "an operationId is a verb and what it is about, as in `updateScalingGroup`: get, \
                 list or show for GET, update for PUT and PATCH, delete for DELETE, none of these \
                 for POST; list where there is `x-pagination`",
        reason: "generators make it the name of a method",
        check: names::operations,
    },
    Rule {
        name: "component-names",
        demand: "components are in upper camel case, examples and security schemes in lower",
        reason: "generators make schemas types, and a name looks the same in each language",
        check: names::components,
    },
    Rule {
        name: "body-names",
        demand: "the body of an operation's request is the schema `<OperationId>Request` in the \
                 request body `<OperationId>`; its reply is `<OperationId>Response`, or `…Page` \
                 where there is `x-pagination`",
        reason: "who knows the operation knows the types",
        check: names::bodies,
    },
    Rule {
        name: "wire-names",
        demand: "parameters and properties are in snake case, headers in capitals and hyphens",
        reason: "the service has no others: it would be a slip",
        check: names::wire,
    },
    Rule {
        name: "enum-values",
        demand: "the texts of an enum are all in upper snake case, or all capitalised words",
        reason: "the service has no others: it would be a slip",
        check: names::enum_values,
    },
    Rule {
        name: "example-names",
        demand: "an example goes by the name of its component; `<operationId>Request` or \
                 `…Response` names an operation, and on a parameter one that takes it",
        reason: "the tests put the examples of an operation together by their names",
        check: names::examples,
    },
    Rule {
        name: "extensions",
        demand: "the `x-` keys of the document and of the table below are the same",
        reason: "one that is not explained is of no use to others",
        check: extensions::check,
    },
    Rule {
        name: "example-each",
        demand: "each parameter, header and scalar has an example; an enum is its own",
        reason: "documentation shows it, and mock servers answer it",
        check: examples::each,
    },
    Rule {
        name: "example-values",
        demand: "each example and each `x-default-on-create` is valid",
        reason: "an example that is refused misleads",
        check: examples::values,
    },
    Rule {
        name: "error-statuses",
        demand: "all operations answer the same errors, some of 4xx and some of 5xx, each a \
                 component",
        reason: "the gateway and the service are the same for all of them",
        check: errors::statuses,
    },
    Rule {
        name: "error-bodies",
        demand: "all errors have one schema",
        reason: "a client reads an error before it knows which it is",
        check: errors::bodies,
    },
    Rule {
        name: "reply-headers",
        demand: "each reply has the header `RequestId`, and 429 and 503 also `Retry-After`",
        reason: "support asks for the one, and a retry waits for the other",
        check: errors::headers,
    },
    Rule {
        name: "units",
        demand: "an integer's description names its `x-unit` and no other of the kind; without \
                 `x-unit` it names several on which it depends, or says that it counts entries or \
                 is a port, a share or a code",
        reason: "who does not know `x-unit` still learns the unit",
        check: units::check,
    },
    Rule {
        name: "descriptions",
        demand: "whatever can have a description has one, which ends with a full stop, and so has \
                 each value of an enum with `x-enum-descriptions`; summaries and the names of links \
                 end without",
        reason: "they become the documentation of a client",
        check: texts::descriptions,
    },
    Rule {
        name: "shared-parts",
        demand: "parameters and the headers of replies are components",
        reason: "each stands once, under a name, and all rules see it",
        check: schemas::shared,
    },
    Rule {
        name: "request-values",
        demand: "a bounded value or list of a request is a component; integers are int32",
        reason: "a bound stands once",
        check: schemas::requests,
    },
    Rule {
        name: "reply-values",
        demand: "a reply requires nothing, and its lists are nullable",
        reason: "one odd value must not cost the reader a page",
        check: schemas::replies,
    },
    Rule {
        name: "layout",
        demand: "no tabs, no blanks at the end of a line, at most 100 characters in it unless \
                 they are an address",
        reason: "differences of two versions stay readable",
        check: texts::layout,
    },
];

/// What the rules are applied to.
struct Subject<'a> {
    document: &'a Document,
    schemas: Vec<Schema<'a>>,
    /// The lines of the document's file.
    text: String,
    /// What the README lists.
    extensions: Vec<Extension>,
}

/// What is wrong somewhere, and what mends it.
struct Complaint {
    place: String,
    text: String,
}

impl<'a> Subject<'a> {
    fn complaint(&self, pointer: &str, text: String) -> Complaint {
        Complaint { place: self.document.place(pointer), text }
    }

    /// The request bodies and replies, each where it stands.
    fn messages(&self) -> impl Iterator<Item = (String, &'a Node)> + use<'a> {
        let bodies = components(self.document, "requestBodies");
        let shared = components(self.document, "responses");
        let operations = self.document.operations();
        bodies.chain(shared).chain(operations.flat_map(|operation| replies(&operation)))
    }
}

/// The replies of an operation.
fn replies<'a>(operation: &Operation<'a>) -> impl Iterator<Item = (String, &'a Node)> + use<'a> {
    let above = format!("{}/responses", operation.pointer);
    let replies = operation.node.get("responses").into_iter().flat_map(Node::members);
    replies.map(move |(status, node)| (format!("{above}/{}", escape(status)), node))
}

/// All that breaks any of the rules, a line for each.
pub fn check(document: &Document) -> Result<Vec<String>, Failure> {
    let file = crate::root().join(&document.file);
    let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let extensions = extensions::listed(&file)?;
    let subject = Subject { document, schemas: Schema::all(document), text, extensions };
    let complaints = RULES.iter().flat_map(|rule| {
        let complaints = (rule.check)(&subject).into_iter();
        complaints.map(|Complaint { place, text }| format!("{place}: {text} [{}]", rule.name))
    });
    Ok(complaints.collect())
}
