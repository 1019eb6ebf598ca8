//! The replies of each operation.

use std::collections::{BTreeMap, BTreeSet};

use super::super::schemas::reference;
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

pub fn statuses(subject: &Subject) -> Vec<Complaint> {
    // Each status that any operation answers with an error, and the component that it is.
    let mut all: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for operation in subject.document.operations() {
        for (status, _, node) in replies(&operation).filter(|(status, ..)| is_error(status)) {
            all.entry(status).or_default().extend(reference(node));
        }
    }
    let mut complaints = Vec::new();
    for operation in subject.document.operations() {
        let own: BTreeSet<&str> = replies(&operation).map(|(status, ..)| status).collect();
        for class in ['4', '5'] {
            if !own.iter().any(|status| status.starts_with(class)) {
                let text =
                    format!("{} answers no {class}xx; list those that it answers", operation.id);
                complaints.push(subject.complaint(&operation.pointer, text));
            }
        }
        for (status, components) in all.iter().filter(|(status, _)| !own.contains(*status)) {
            let component = components.first().copied().unwrap_or("/components/responses/…");
            let text = format!(
                "{} does not answer {status}, which others do; refer to #{component}",
                operation.id
            );
            complaints.push(subject.complaint(&format!("{}/responses", operation.pointer), text));
        }
        for (status, pointer, node) in replies(&operation).filter(|(status, ..)| is_error(status)) {
            if reference(node).is_none() {
                let text = format!(
                    "the error {status} of {} is no component; move it to components/responses",
                    operation.id
                );
                complaints.push(subject.complaint(&pointer, text));
            } else if all.get(status).is_some_and(|components| components.len() > 1) {
                let text =
                    format!("{status} is not the same in all operations; refer to one component");
                complaints.push(subject.complaint(&pointer, text));
            }
        }
    }
    complaints
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
    let distinct = distinct(subject);
    let errors = distinct
        .iter()
        .filter(|(_, (_, statuses))| statuses.iter().any(|status| is_error(status)))
        .map(|(pointer, (node, _))| {
            (pointer, node.pointer("/content/application~1json/schema").and_then(reference))
        });
    let errors: Vec<_> = errors.collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for schema in errors.iter().filter_map(|(_, schema)| *schema) {
        *counts.entry(schema).or_default() += 1;
    }
    let Some((usual, _)) = counts.into_iter().max_by_key(|(_, count)| *count) else {
        let none = errors.first().map(|(pointer, _)| {
            subject.complaint(pointer, "no error refers to a schema; give all the same".to_owned())
        });
        return none.into_iter().collect();
    };
    let odd = errors.iter().filter(|(_, schema)| *schema != Some(usual));
    odd.map(|(pointer, _)| {
        subject.complaint(
            pointer,
            format!("its schema is not that of other errors; refer to #{usual}"),
        )
    })
    .collect()
}

pub fn headers(subject: &Subject) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for (pointer, (node, statuses)) in distinct(subject) {
        let headers = || node.get("headers").into_iter().flat_map(Node::members);
        let request_id = "/components/headers/RequestId";
        if !headers().any(|(_, header)| reference(header) == Some(request_id)) {
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
