//! The replies of each operation.

use std::collections::{BTreeMap, BTreeSet};

use super::{Complaint, Subject};
use crate::document::Operation;
use crate::node::Node;

/// The replies of an operation: status, pointer and node.
fn replies<'a>(operation: &Operation<'a>) -> impl Iterator<Item = (&'a str, String, &'a Node)> {
    let statuses = operation.node.get("responses").into_iter().flat_map(Node::members);
    let replies = super::replies(operation).zip(statuses);
    replies.map(|((pointer, node), (status, _))| (status, pointer, node))
}

fn is_error(status: &str) -> bool {
    !status.starts_with('2')
}

/// Each status that any operation answers with an error, and the components that it is.
type Statuses<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

pub fn statuses(subject: &Subject) -> Vec<Complaint> {
    let mut all = Statuses::new();
    for operation in subject.document.operations() {
        for (status, _, node) in replies(&operation).filter(|(status, ..)| is_error(status)) {
            all.entry(status).or_default().extend(node.reference());
        }
    }
    let operations = subject.document.operations();
    operations
        .flat_map(|operation| {
            let mut complaints = absent(subject, &operation, &all);
            complaints.extend(different(subject, &operation, &all));
            complaints
        })
        .collect()
}

/// What an operation does not answer.
fn absent(subject: &Subject, operation: &Operation, all: &Statuses) -> Vec<Complaint> {
    let id = operation.id;
    let own: BTreeSet<&str> = replies(operation).map(|(status, ..)| status).collect();
    let classes = ['4', '5'].into_iter();
    let classes = classes.filter(|class| !own.iter().any(|status| status.starts_with(*class)));
    let classes = classes.map(|class| {
        let text = format!("{id} answers no {class}xx; list those that it answers");
        subject.complaint(&operation.pointer, text)
    });
    let others = all.iter().filter(|(status, _)| !own.contains(*status));
    let others = others.map(|(status, components)| {
        let component = components.first().copied().unwrap_or("/components/responses/…");
        let text = format!("{id} does not answer {status}, which others do; refer to #{component}");
        subject.complaint(&format!("{}/responses", operation.pointer), text)
    });
    classes.chain(others).collect()
}

/// What an operation answers in another way than others.
fn different(subject: &Subject, operation: &Operation, all: &Statuses) -> Vec<Complaint> {
    let errors = replies(operation).filter(|(status, ..)| is_error(status));
    let complaints = errors.filter_map(|(status, pointer, node)| {
        let text = if node.reference().is_none() {
            format!("the error {status} is no component; move it to components/responses")
        } else if all.get(status).is_some_and(|components| components.len() > 1) {
            format!("{status} is not the same in all operations; refer to one component")
        } else {
            return None;
        };
        Some(subject.complaint(&pointer, text))
    });
    complaints.collect()
}

/// Every reply with its statuses, once: a component is that of many operations.
fn distinct<'a>(subject: &Subject<'a>) -> BTreeMap<String, (&'a Node, BTreeSet<&'a str>)> {
    let mut distinct = BTreeMap::new();
    for operation in subject.document.operations() {
        for (status, pointer, _) in replies(&operation) {
            if let Some((place, node)) = subject.document.resolve(&pointer) {
                let (_, statuses) = distinct.entry(place).or_insert((node, BTreeSet::new()));
                statuses.insert(status);
            }
        }
    }
    distinct
}

pub fn bodies(subject: &Subject) -> Vec<Complaint> {
    let distinct = distinct(subject).into_iter();
    let errors = distinct.filter(|(_, (_, statuses))| statuses.iter().any(|it| is_error(it)));
    let errors: Vec<(String, Option<&str>)> = errors
        .map(|(pointer, (node, _))| {
            (pointer, node.pointer("/content/application~1json/schema").and_then(Node::reference))
        })
        .collect();
    let schemas = errors.iter().filter_map(|(_, schema)| *schema);
    let usual = schemas
        .clone()
        .max_by_key(|schema| schemas.clone().filter(|other| other == schema).count())
        .unwrap_or("/components/schemas/…");
    let odd = errors.iter().filter(|(_, schema)| *schema != Some(usual));
    odd.map(|(pointer, _)| {
        let text = format!("its schema is not that of other errors; refer to #{usual}");
        subject.complaint(pointer, text)
    })
    .collect()
}

pub fn headers(subject: &Subject) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for (pointer, (node, statuses)) in distinct(subject) {
        let headers = || node.get("headers").into_iter().flat_map(Node::members);
        let request_id = "/components/headers/RequestId";
        if !headers().any(|(_, header)| header.reference() == Some(request_id)) {
            let text = format!("has no header that is #{request_id}; add it");
            complaints.push(subject.complaint(&pointer, text));
        }
        let waits = statuses.iter().any(|status| ["429", "503"].contains(status));
        if waits && !headers().any(|(name, _)| name.eq_ignore_ascii_case("Retry-After")) {
            let text = "has no header Retry-After, which HTTP has for it; add it".to_owned();
            complaints.push(subject.complaint(&pointer, text));
        }
    }
    complaints
}
