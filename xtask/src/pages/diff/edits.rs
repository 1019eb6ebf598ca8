//! Where the document states what has changed: the places to edit.

use super::change::{Change, Example, Subject};
use super::fields::Place;
use super::row::Aspect;
use super::severity::What;
use crate::document::Document;
use crate::node::{Kind, Node, escape, unescape};
use crate::pages::facts::{Location, Part};
use crate::pages::locate::{Exchange, Located};

/// The places to edit, each as `file:line: pointer` and, where it matters, a remark.
pub fn edits(change: &Change, document: &Document, exchange: &Exchange) -> Vec<String> {
    let mut edits = Vec::new();
    for (pointer, remark) in pointers(change, exchange) {
        let mut edit = document.place(&pointer);
        let shared = component(&pointer).map_or(0, |component| referrers(document, &component));
        let shared =
            (shared > 1).then(|| format!("what stands there is referred to {shared} times"));
        let remarks: Vec<_> = remark.map(str::to_owned).into_iter().chain(shared).collect();
        if !remarks.is_empty() {
            edit = format!("{edit} ({})", remarks.join("; "));
        }
        if !edits.contains(&edit) {
            edits.push(edit);
        }
    }
    edits
}

type Edit = (String, Option<&'static str>);

fn pointers(change: &Change, exchange: &Exchange) -> Vec<Edit> {
    let operation = &exchange.operation;
    let pointer = match &change.subject {
        Subject::Address => operation.pointer.clone(),
        Subject::Status(status) => {
            let responses = format!("{}/responses", operation.pointer);
            match change.what {
                What::StatusNew => responses,
                _ => format!("{responses}/{status}"),
            }
        }
        Subject::Example { of, pointer } => example(of, pointer, change.part, exchange),
        Subject::Field { places, aspect, gone } => {
            let of_place = |place| at_place(place, *aspect, change.what, exchange);
            let all = places.iter().flat_map(of_place);
            return all
                .flat_map(|(pointer, remark)| {
                    exact(exchange, pointer, gone).into_iter().map(move |at| (at, remark))
                })
                .collect();
        }
        Subject::Table { name, likely } => {
            return table(name.as_deref(), likely, change.part, exchange);
        }
    };
    vec![(pointer, None)]
}

fn at_place(place: &Place, aspect: Aspect, what: What, exchange: &Exchange) -> Vec<Edit> {
    let pointers = match place.part {
        Part::Uri => parameter(place, aspect, exchange),
        part if place.adrift.is_some() => vec![body(part, exchange)],
        _ => field(place, aspect, exchange),
    };
    let is_new = matches!(what, What::Added | What::AddedMandatory | What::AddedConditional);
    let remark = (is_new && is_there(place, exchange)).then_some("the document has it already");
    let mut edits: Vec<_> = pointers.into_iter().map(|pointer| (pointer, remark)).collect();
    // A field that comes or goes stands in more than one place.
    let more = match what {
        What::AddedMandatory | What::Removed => {
            required(place, what, exchange).into_iter().collect()
        }
        What::AddedConditional => rules(place, exchange).unwrap_or_default(),
        _ => Vec::new(),
    };
    edits.extend(more.into_iter().map(|pointer| (pointer, None)));
    edits
}

fn is_there(place: &Place, exchange: &Exchange) -> bool {
    match place.part {
        Part::Uri => any_parameter(&unescape(place.last_step()), exchange).is_some(),
        part => exchange.field(part, &place.pointer).is_ok(),
    }
}

/// Where the object of a field lists it as required, or is to.
fn required(place: &Place, what: What, exchange: &Exchange) -> Option<String> {
    let owner = exchange.field(place.part, place.parent()).ok()?;
    let name = unescape(place.last_step());
    let list = owner.keyword("required").map(|(_, list)| list);
    let is_listed = |list: &Node| list.items().any(|item| item.as_str() == Some(&name));
    match (what, list.is_some_and(is_listed)) {
        (What::Removed, true) | (What::AddedMandatory, false) => {
            Some(fact(&owner, Aspect::Mandatory))
        }
        _ => None,
    }
}

fn example(of: &Example, pointer: &str, part: Part, exchange: &Exchange) -> String {
    let Example::Parameter(name) = of else {
        let example = exchange.example(part);
        return example.map_or_else(|| body(part, exchange), |value| format!("{value}{pointer}"));
    };
    let Some(parameter) = any_parameter(name, exchange) else {
        return format!("{}/parameters", exchange.operation.pointer);
    };
    let (owner, of_operation) = match parameter.keyword("examples") {
        Some((pointer, _)) => (pointer, format!("{}Request", exchange.operation.id)),
        None => (parameter.innermost(), "example".to_owned()),
    };
    format!("{owner}/{}", escape(&of_operation))
}

fn any_parameter<'a>(name: &str, exchange: &Exchange<'a>) -> Option<Located<'a>> {
    let mut places = [Location::Path, Location::Query].into_iter();
    places.find_map(|location| exchange.parameter(name, location))
}

fn parameter(place: &Place, aspect: Aspect, exchange: &Exchange) -> Vec<String> {
    let Some(parameter) = any_parameter(&unescape(place.last_step()), exchange) else {
        return vec![format!("{}/parameters", exchange.operation.pointer)];
    };
    match aspect {
        Aspect::Row => vec![parameter.pointer],
        Aspect::Location | Aspect::Mandatory | Aspect::Mentions => vec![fact(&parameter, aspect)],
        _ => vec![fact(&parameter.schema().unwrap_or(parameter), aspect)],
    }
}

fn field(place: &Place, aspect: Aspect, exchange: &Exchange) -> Vec<String> {
    let field = match exchange.field(place.part, &place.pointer) {
        Ok(field) => field,
        Err(Some(object)) => return vec![members(&object)],
        Err(None) => return vec![exchange.operation.pointer.clone()],
    };
    match aspect {
        Aspect::Row => vec![field.pointer],
        Aspect::Mandatory => {
            let owner = exchange.field(place.part, place.parent()).unwrap_or(field);
            vec![fact(&owner, aspect)]
        }
        Aspect::Conditional => rules(place, exchange).unwrap_or_else(|| vec![field.pointer]),
        _ => vec![fact(&field, aspect)],
    }
}

/// Where an object lists its fields, or would.
fn members(object: &Located) -> String {
    let list = object.keyword("properties").map(|(pointer, _)| pointer);
    list.or_else(|| Some(object.step("*")?.keyword("properties")?.0))
        .unwrap_or_else(|| object.innermost())
}

/// Where a keyword stands that may state the fact: at the field, or at the items of a list, which
/// may be how the document puts a text of joined items. Where none does: where one is to be added.
fn fact(located: &Located, aspect: Aspect) -> String {
    let find = |located: &Located| {
        aspect.keywords().iter().find_map(|keyword| Some(located.keyword(keyword)?.0))
    };
    find(located).or_else(|| find(&located.step("*")?)).unwrap_or_else(|| {
        let missing = aspect.keywords().iter().take(1).map(|keyword| format!("/{keyword}"));
        located.innermost() + &missing.collect::<String>()
    })
}

/// The rules that name the field; where none does, where a rule would stand.
fn rules(place: &Place, exchange: &Exchange) -> Option<Vec<String>> {
    let body = exchange.body(place.part).filter(|_| place.part == Part::Request)?;
    let Some((list, rules)) = body.keyword("x-rules") else { return Some(vec![body.innermost()]) };
    let named: Vec<_> = rules
        .items()
        .enumerate()
        .filter(|(_, rule)| speaks_of(rule, &place.pointer))
        .map(|(index, _)| format!("{list}/{index}"))
        .collect();
    Some(if named.is_empty() { vec![list] } else { named })
}

fn speaks_of(node: &Node, pointer: &str) -> bool {
    node.as_str() == Some(pointer)
        || node.items().any(|item| speaks_of(item, pointer))
        || node.members().any(|(name, value)| name == pointer || speaks_of(value, pointer))
}

/// In a list of values, those that are meant; elsewhere the pointer itself.
fn exact(exchange: &Exchange, pointer: String, values: &[serde_json::Value]) -> Vec<String> {
    let list = exchange.document.root.pointer(&pointer).into_iter().flat_map(Node::items);
    let found: Vec<_> = list
        .enumerate()
        .filter(|(_, item)| values.contains(&item.to_value()))
        .map(|(index, _)| format!("{pointer}/{index}"))
        .collect();
    if found.is_empty() { vec![pointer] } else { found }
}

fn table(name: Option<&str>, likely: &[String], part: Part, exchange: &Exchange) -> Vec<Edit> {
    let on_page = likely.iter().map(|home| match exchange.field(part, home) {
        Ok(object) | Err(Some(object)) => (members(&object), Some("likely here, by the page")),
        Err(None) => (body(part, exchange), None),
    });
    let edits: Vec<_> = on_page.collect();
    if !edits.is_empty() {
        return edits;
    }
    let named =
        name.zip(exchange.body(part)).map_or_else(Vec::new, |(name, body)| body.named(name));
    match named.as_slice() {
        [] => vec![(body(part, exchange), Some("somewhere in this body"))],
        named => named
            .iter()
            .map(|field| {
                (field.pointer.clone(), Some("likely here: the document has it by that name"))
            })
            .collect(),
    }
}

fn body(part: Part, exchange: &Exchange) -> String {
    let body = exchange.body(part);
    body.map_or_else(|| exchange.operation.pointer.clone(), |body| members(&body))
}

/// The component in which a pointer leads.
fn component(pointer: &str) -> Option<String> {
    let mut steps = pointer.strip_prefix("/components/")?.split('/');
    Some(format!("#/components/{}/{}", steps.next()?, steps.next()?))
}

fn referrers(document: &Document, component: &str) -> usize {
    fn count(node: &Node, component: &str) -> usize {
        match &node.kind {
            Kind::List(items) => items.iter().map(|item| count(item, component)).sum(),
            Kind::Map(_) => {
                let itself = node.get("$ref").and_then(Node::as_str) == Some(component);
                let below = node.members().map(|(_, value)| count(value, component));
                usize::from(itself) + below.sum::<usize>()
            }
            _ => 0,
        }
    }
    count(&document.root, component)
}
