//! The differences between two documents. The table in `verdicts.rs` defines the effects of each.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::{IndexMap, IndexSet};
use serde_json::{Value, json};

use super::verdicts::{ROWS, fits};
use crate::document::{Document, METHODS};
use crate::node::{Kind, Node, escape};

/// The paths that are shortened to a kind of object: a maximum is `schema/maximum`, wherever the schema is.
const OBJECTS: &[(&str, &str)] = &[
    ("document/components", "components"),
    ("document/servers/*", "server"),
    ("document/paths/*", "path"),
    ("path/operation", "operation"),
    ("operation/requestBody components/requestBodies/*", "body"),
    ("path|operation|components/parameters/*", "parameter"),
    ("operation|components/responses/*", "response"),
    ("response|components/headers/*", "header"),
    ("body|response/content/*", "media"),
    ("media|parameter|header/schema components/schemas/*", "schema"),
    ("schema/properties|allOf|oneOf|anyOf/* schema/items|additionalProperties", "schema"),
];

/// Numbers and flags: the value of a missing one, and the words for a decrease and an increase.
const LIMITS: &[(&str, f64, [&str; 2])] = &[
    ("schema/minimum", f64::NEG_INFINITY, ["widened", "narrowed"]),
    ("schema/minLength|minItems|minProp*|uniqueItems|exclusive*", 0.0, ["widened", "narrowed"]),
    ("schema/maximum|maxLength|maxItems|maxProperties", f64::INFINITY, ["narrowed", "widened"]),
    ("schema/additionalProperties", 1.0, ["unset", "set"]),
    ("parameter|body|header/required */deprecated schema/nullable", 0.0, ["unset", "set"]),
];

/// A change of a part of an object: `what` is a word of the table, and `direction` is where operations use the part:
/// `request`, `response`, both, or none.
pub struct Difference {
    pub path: String,
    pub what: &'static str,
    pub direction: Vec<&'static str>,
    pub pointer: String,
    pub is_gone: bool,
    pub values: String,
}

/// The pointers and nodes of a document. The keys are pointers with names of items instead of indices.
type Parts<'d> = IndexMap<String, (String, &'d Node)>;

pub fn differences(old: &Document, new: &Document) -> Vec<Difference> {
    let sides = [old, new].map(|document| collect("", "", &document.root, Parts::new()));
    let mut used = BTreeSet::new();
    // More rounds than the longest chain of references.
    for (key, (_, node)) in (0..9).flat_map(|_| sides.iter().flatten()) {
        if let Some(target) = node.reference() {
            let ways = direction(key, &used);
            used.extend(ways.into_iter().map(|way| (target.to_owned(), way)));
        }
    }
    let orders = [0, 1].map(|side| {
        let mut orders = BTreeMap::<_, Vec<_>>::new();
        for key in sides[side].keys().filter(|key| sides[1 - side].contains_key(*key)) {
            orders.entry(key.rsplit_once('/').unwrap_or_default().0).or_default().push(key);
        }
        orders
    });
    let (mut found, mut covered) = (Vec::new(), String::from("nothing"));
    for key in sides.iter().flat_map(IndexMap::keys).collect::<IndexSet<_>>() {
        let pair = sides.each_ref().map(|side| side.get(key));
        let nodes = pair.map(|part| Some(part?.1));
        let [old_order, new_order] = orders.each_ref().map(|orders| orders.get(&**key));
        let is_equal = nodes[0].map(own) == nodes[1].map(own) && old_order == new_order;
        if is_equal || key.starts_with(&covered) {
            continue;
        }
        let path = path(key);
        let what = what(&path, key, nodes, &sides);
        // Without a row for the whole, its members are reported. The last row matches everything.
        let is_known = ROWS.iter().rev().skip(1).any(|row| fits(row.0, &path, what));
        if !is_known && nodes[0].xor(nodes[1]).is_some_and(|it| own(it) != it.to_value()) {
            continue;
        }
        if what != "reordered" {
            covered = format!("{key}/");
        }
        let [from, to] = nodes.map(|it| it.map_or("none".into(), |it| it.to_value().to_string()));
        found.push(Difference {
            path,
            what,
            direction: direction(key, &used),
            pointer: pair[1].or(pair[0]).map_or_else(String::new, |part| part.0.clone()),
            is_gone: pair[1].is_none(),
            values: format!("{from:.60} -> {to:.60}"),
        });
    }
    found
}

fn collect<'d>(key: &str, at: &str, node: &'d Node, mut parts: Parts<'d>) -> Parts<'d> {
    if key == "/security" && node.to_value() == json!([]) {
        return parts; // Equivalent to no `security`.
    }
    parts.insert(key.to_owned(), (at.to_owned(), node));
    for (name, member) in node.members() {
        let step = escape(name);
        parts = collect(&format!("{key}/{step}"), &format!("{at}/{step}"), member, parts);
    }
    for (index, item) in node.items().enumerate() {
        let id = ["$ref", "id", "code", "url", "name", "type"].iter().find_map(|id| item.text(id));
        let id = id.map_or_else(|| item.to_value().to_string(), str::to_owned);
        let mut key = format!("{key}/{}", escape(&id));
        while parts.contains_key(&key) {
            key.push_str("/+");
        }
        parts = collect(&key, &format!("{at}/{index}"), item, parts);
    }
    parts
}

/// The path of a part, in the form of the patterns of the table.
fn path(key: &str) -> String {
    key.split('/').skip(1).fold("document".to_owned(), |path, step| {
        let object = OBJECTS.iter().find(|(pattern, _)| fits(pattern, &path, ""));
        let object = object.map_or(&*path, |(_, object)| object);
        let is_operation = object == "path" && METHODS.contains(&step);
        format!("{object}/{}", if is_operation { "operation" } else { step })
    })
}

fn direction(key: &str, used: &BTreeSet<(String, &str)>) -> Vec<&'static str> {
    let component = key.split('/').take(4).collect::<Vec<_>>().join("/");
    let is_schema = component.starts_with("/components/schemas/");
    let is_on = |(way, [one, other]): &(&'static str, [&str; 2])| {
        let is_below = key.contains(one) || key.contains(other);
        used.contains(&(component.clone(), *way)) || is_below && !is_schema
    };
    let ways = [("request", ["/param", "/requestBod"]), ("response", ["/responses", "/headers"])];
    ways.into_iter().filter(is_on).map(|it| it.0).collect()
}

fn what(path: &str, key: &str, nodes: [Option<&Node>; 2], sides: &[Parts<'_>; 2]) -> &'static str {
    let limit = LIMITS.iter().find(|(pattern, ..)| fits(pattern, path, ""));
    let value = |node: Option<&Node>| match node.map(|node| &node.kind) {
        Some(Kind::Number(number)) => number.as_f64(),
        Some(Kind::Bool(flag)) => Some(f64::from(u8::from(*flag))),
        Some(_) => None,
        None => limit.map(|it| it.1),
    };
    // Without its bound, an inline schema may have no type in the crate. A component still has one.
    let is_inline = nodes[1].is_none() && key.split('/').count() > 5;
    let widened = if is_inline { "widened-inline" } else { "widened" };
    if let (Some((.., words)), [Some(old), Some(new)]) = (limit, nodes.map(value)) {
        let what = if old < new || new < old { words[usize::from(old < new)] } else { "same" };
        return if what == "widened" { widened } else { what };
    }
    let is_bound = fits("schema/pattern|multipleOf", path, "");
    let flag = |at: &str, name: &str| value(sides[1].get(&format!("{at}/{name}")).map(|it| it.1));
    let schema = key.rsplit_once("/properties/").filter(|_| fits("schema/properties/*", path, ""));
    let is_closed = schema.is_some_and(|it| flag(it.0, "additionalProperties") == Some(0.0));
    let is_required = |node: &Node| flag(node.reference().unwrap_or(key), "required") == Some(1.0);
    let target = |side: usize| {
        Some(sides[side].get(nodes[side]?.as_str()?.trim_start_matches('#'))?.1.to_value())
    };
    match nodes {
        [None, Some(_)] if is_bound => "narrowed",
        [Some(_), None] if is_bound => widened,
        [None, Some(_)] if is_closed => "added-to-closed",
        [None, Some(node)] if is_required(node) => "added-required",
        [None, _] => "added",
        [_, None] => "removed",
        _ if path.ends_with("/$ref") && target(0).is_some() && target(0) == target(1) => "renamed",
        [old, new] if old.map(own) == new.map(own) => "reordered",
        _ => "changed",
    }
}

fn own(node: &Node) -> Value {
    match node.kind {
        Kind::Map(_) => json!({}),
        Kind::List(_) => json!([]),
        _ => node.to_value(),
    }
}
