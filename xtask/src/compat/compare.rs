//! Two documents side by side. Whatever differs ends up in the list of changes: what no step knows,
//! as [`Kind::Unknown`].

use std::collections::{BTreeMap, BTreeSet};

use super::rules::Kind;
use crate::direction::{Direction, Directions};
use crate::document::Document;
use crate::node::{self, Node, escape};

/// A difference between two documents.
#[derive(Clone, Debug)]
pub struct Change {
    pub kind: Kind,
    pub direction: Direction,
    /// Where it stands: in the new document, or in the old one when it is gone.
    pub pointer: String,
    pub is_gone: bool,
    /// What was and what is.
    pub what: String,
}

/// A part of a document, and the pointer to it.
#[derive(Clone)]
pub struct At<'n> {
    pub node: &'n Node,
    pub pointer: String,
}

impl<'n> At<'n> {
    pub fn new(node: &'n Node, pointer: &str) -> Self {
        Self { node, pointer: pointer.to_owned() }
    }

    pub fn get(&self, name: &str) -> Option<Self> {
        let node = self.node.get(name)?;
        Some(Self { node, pointer: format!("{}/{}", self.pointer, escape(name)) })
    }

    pub fn members(&self) -> Vec<Self> {
        self.node.members().filter_map(|(name, _)| self.get(name)).collect()
    }

    fn item(&self, index: usize, node: &'n Node) -> Self {
        Self { node, pointer: format!("{}/{index}", self.pointer) }
    }

    pub fn items(&self) -> Vec<Self> {
        self.node.items().enumerate().map(|(index, node)| self.item(index, node)).collect()
    }

    pub fn text(&self, name: &str) -> Option<&'n str> {
        self.node.text(name)
    }

    pub fn is(&self, name: &str) -> bool {
        self.node.is(name)
    }
}

/// A member of a map or a list that differs.
pub enum Difference<'n> {
    Added(At<'n>),
    Removed(At<'n>),
    Changed(At<'n>, At<'n>),
}

impl<'n> Difference<'n> {
    /// What was and what is.
    pub fn sides(&self) -> (Option<&At<'n>>, Option<&At<'n>>) {
        match self {
            Self::Added(new) => (None, Some(new)),
            Self::Removed(old) => (Some(old), None),
            Self::Changed(old, new) => (Some(old), Some(new)),
        }
    }
}

use Difference::{Added, Changed, Removed};

pub struct Comparison<'d> {
    pub old: &'d Document,
    pub new: &'d Document,
    directions: Directions,
    /// The components that only have another name, old pointer by old pointer.
    renamed: BTreeMap<String, String>,
    pub changes: Vec<Change>,
    /// How many differences needed no change of their own, since another one says it.
    covered: usize,
    /// The pairs that were compared because one took the other's place.
    swapped: BTreeSet<(String, String, Direction)>,
}

/// All that differs.
pub fn compare(old: &Document, new: &Document) -> Vec<Change> {
    let mut comparison = Comparison {
        old,
        new,
        directions: Directions::of(&[old, new]),
        renamed: BTreeMap::new(),
        changes: Vec::new(),
        covered: 0,
        swapped: BTreeSet::new(),
    };
    comparison.document();
    comparison.changes
}

impl Comparison<'_> {
    /// Compares the members of two maps: `each` gets those that differ, and has to report each.
    pub fn members(
        &mut self,
        old: &At<'_>,
        new: &At<'_>,
        order: Kind,
        direction: Direction,
        mut each: impl FnMut(&mut Self, &str, &Difference<'_>),
    ) {
        let (node::Kind::Map(_), node::Kind::Map(_)) = (&old.node.kind, &new.node.kind) else {
            if !same(old.node, new.node) {
                self.unknown(&Changed(old.clone(), new.clone()), direction);
            }
            return;
        };
        let names = old.node.members().chain(new.node.members()).map(|(name, _)| name);
        let names: indexmap::IndexSet<&str> = names.collect();
        for name in &names {
            if let (Some(old), Some(new)) = (old.node.get(name), new.node.get(name))
                && same(old, new)
            {
                continue;
            }
            let difference = match (old.get(name), new.get(name)) {
                (Some(old), Some(new)) => Changed(old, new),
                (Some(old), None) => Removed(old),
                (None, Some(new)) => Added(new),
                (None, None) => continue,
            };
            self.handle(&difference, direction, |it, difference| each(it, name, difference));
        }
        let in_both = |name: &&str| old.node.get(name).is_some() && new.node.get(name).is_some();
        let names_of = |at: &At<'_>| -> Vec<String> {
            let names = at.node.members().map(|(name, _)| name).filter(in_both);
            names.map(str::to_owned).collect()
        };
        self.order(order, direction, &names_of(old), &names_of(new), new);
    }

    /// Compares two lists whose items have a name each.
    pub fn named(
        &mut self,
        old: &At<'_>,
        new: &At<'_>,
        order: Kind,
        direction: Direction,
        key: impl Fn(&Node) -> Option<String>,
        mut each: impl FnMut(&mut Self, &str, &Difference<'_>),
    ) {
        let names_of = |at: &At<'_>| -> Option<Vec<String>> {
            let node::Kind::List(items) = &at.node.kind else { return None };
            let names: Vec<String> = items.iter().map(&key).collect::<Option<_>>()?;
            let distinct: BTreeSet<&String> = names.iter().collect();
            (distinct.len() == names.len()).then_some(names)
        };
        let (Some(old_names), Some(new_names)) = (names_of(old), names_of(new)) else {
            self.unknown(&Changed(old.clone(), new.clone()), direction);
            return;
        };
        let (old_items, new_items) = (old.items(), new.items());
        let find = |names: &[String], name: &String| names.iter().position(|each| each == name);
        for (name, item) in old_names.iter().zip(&old_items) {
            let counterpart = find(&new_names, name).and_then(|index| new_items.get(index));
            let difference = match counterpart {
                Some(new) if same(item.node, new.node) => continue,
                Some(new) => Changed(item.clone(), new.clone()),
                None => Removed(item.clone()),
            };
            self.handle(&difference, direction, |it, difference| each(it, name, difference));
        }
        for (name, item) in new_names.iter().zip(&new_items) {
            if !old_names.contains(name) {
                self.handle(&Added(item.clone()), direction, |it, difference| {
                    each(it, name, difference);
                });
            }
        }
        let common = |names: &[String], others: &[String]| -> Vec<String> {
            names.iter().filter(|name| others.contains(name)).cloned().collect()
        };
        let (olds, news) = (common(&old_names, &new_names), common(&new_names, &old_names));
        self.order(order, direction, &olds, &news, new);
    }

    /// Hands a difference on, and reports it as unknown when nothing came of it.
    fn handle<'n>(
        &mut self,
        difference: &Difference<'n>,
        direction: Direction,
        each: impl FnOnce(&mut Self, &Difference<'n>),
    ) {
        let before = self.changes.len() + self.covered;
        each(self, difference);
        if self.changes.len() + self.covered == before {
            self.unknown(difference, direction);
        }
    }

    fn order(
        &mut self,
        kind: Kind,
        direction: Direction,
        old: &[String],
        new: &[String],
        at: &At<'_>,
    ) {
        if old != new {
            let what = format!("order: {} -> {}", shortened(&old.join(", ")), new.join(", "));
            self.at(kind, direction, at, what);
        }
    }

    /// Reports a change at a place of the new document.
    pub fn at(&mut self, kind: Kind, direction: Direction, new: &At<'_>, what: String) {
        let pointer = new.pointer.clone();
        self.changes.push(Change { kind, direction, pointer, is_gone: false, what });
    }

    /// Reports a difference.
    pub fn report(&mut self, kind: Kind, direction: Direction, difference: &Difference<'_>) {
        self.report_as(kind, direction, difference, told(difference));
    }

    pub fn report_as(
        &mut self,
        kind: Kind,
        direction: Direction,
        difference: &Difference<'_>,
        what: String,
    ) {
        let (pointer, is_gone) = match difference {
            Added(at) | Changed(_, at) => (at.pointer.clone(), false),
            Removed(at) => (at.pointer.clone(), true),
        };
        self.changes.push(Change { kind, direction, pointer, is_gone, what });
    }

    pub fn unknown(&mut self, difference: &Difference<'_>, direction: Direction) {
        self.report(Kind::Unknown, direction, difference);
    }

    /// Notes that other changes say what a difference means.
    pub fn cover(&mut self) {
        self.covered += 1;
    }

    /// Reports prose and examples, each at the text that differs.
    pub fn documentation(&mut self, difference: &Difference<'_>) {
        self.told_only(Kind::Documentation, difference);
    }

    /// Reports what is only told, as of one kind, each at the text that differs.
    pub fn told_only(&mut self, kind: Kind, difference: &Difference<'_>) {
        match difference {
            Changed(old, new) => match (&old.node.kind, &new.node.kind) {
                (node::Kind::Map(_), node::Kind::Map(_)) => {
                    self.members(old, new, Kind::Order, Direction::NEITHER, |it, _, inner| {
                        it.told_only(kind, inner);
                    });
                }
                (node::Kind::List(olds), node::Kind::List(news)) if olds.len() == news.len() => {
                    for (old, new) in old.items().into_iter().zip(new.items()) {
                        if !same(old.node, new.node) {
                            self.told_only(kind, &Changed(old, new));
                        }
                    }
                }
                _ => self.report(kind, Direction::NEITHER, difference),
            },
            _ => self.report(kind, Direction::NEITHER, difference),
        }
    }

    /// Compares two parts either of which may be a `$ref`.
    pub fn referred(
        &mut self,
        old: &At<'_>,
        new: &At<'_>,
        direction: Direction,
        another: Kind,
        compare: impl FnOnce(&mut Self, &At<'_>, &At<'_>),
    ) {
        let (old_target, new_target) = (old.node.reference(), new.node.reference());
        if old.node.get("$ref").is_none() && new.node.get("$ref").is_none() {
            return compare(self, old, new);
        }
        let difference = &Changed(old.clone(), new.clone());
        if self.is_same_reference(old.node, new.node) {
            // What stands beside a `$ref` is ignored.
            let beside = |at: &At<'_>| at.node.members().count() > 1;
            if beside(old) || beside(new) {
                self.report(Kind::SameMeaning, direction, difference);
            } else {
                self.cover();
            }
            return;
        }
        let Some((resolved_old, resolved_new)) = resolve(self.old, old).zip(resolve(self.new, new))
        else {
            return self.unknown(difference, direction);
        };
        let name = |target: Option<&str>| match target.and_then(|it| it.rsplit('/').next()) {
            Some(name) => name.to_owned(),
            None => "inline".to_owned(),
        };
        let what = format!("{} -> {}", name(old_target), name(new_target));
        self.report_as(another, direction, difference, what);
        // Once: a schema may hold itself.
        let swap = (resolved_old.pointer.clone(), resolved_new.pointer.clone(), direction);
        if self.swapped.insert(swap) {
            compare(self, &resolved_old, &resolved_new);
        }
    }

    /// The direction of a component.
    pub fn direction_of(&self, pointer: &str) -> Direction {
        self.directions.at(pointer)
    }

    pub fn rename(&mut self, old: &str, new: &str) {
        let (from, to) = (old.to_owned(), new.to_owned());
        self.renamed.insert(from, to);
    }

    pub fn renamed(&self) -> &BTreeMap<String, String> {
        &self.renamed
    }

    /// Whether two parts refer to the same component, whatever its name.
    pub fn is_same_reference(&self, old: &Node, new: &Node) -> bool {
        match (old.reference(), new.reference()) {
            (Some(old), Some(new)) => {
                old == new || self.renamed.get(old).is_some_and(|name| name == new)
            }
            _ => false,
        }
    }
}

/// Where a `$ref` leads, or the part itself.
pub fn resolve<'n, 'd: 'n>(document: &'d Document, at: &At<'n>) -> Option<At<'n>> {
    if at.node.get("$ref").is_none() {
        return Some(at.clone());
    }
    let (pointer, node) = document.resolve(at.node.reference()?)?;
    Some(At { node, pointer })
}

/// Whether two nodes are the same, in the same order.
pub fn same(old: &Node, new: &Node) -> bool {
    use node::Kind as K;
    match (&old.kind, &new.kind) {
        (K::Null, K::Null) => true,
        (K::Bool(old), K::Bool(new)) => old == new,
        (K::Number(old), K::Number(new)) => old == new,
        (K::String(old), K::String(new)) => old == new,
        (K::List(old), K::List(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same(old, new))
        }
        (K::Map(old), K::Map(new)) => {
            old.len() == new.len()
                && old.iter().zip(new).all(|(old, new)| old.0 == new.0 && same(old.1, new.1))
        }
        _ => false,
    }
}

/// What was and what is, in one line.
fn told(difference: &Difference<'_>) -> String {
    let (old, new) = difference.sides();
    let name = new.or(old).map_or("", |at| at.pointer.rsplit('/').next().unwrap_or(""));
    let side = |at: Option<&At<'_>>| at.map_or("none".to_owned(), |at| short(at.node));
    let name = name.replace("~1", "/").replace("~0", "~");
    match (old, new) {
        (None, Some(new)) if is_nest(new.node) => format!("{name}: new"),
        (Some(old), None) if is_nest(old.node) => format!("{name}: gone"),
        _ => format!("{name}: {} -> {}", side(old), side(new)),
    }
}

fn is_nest(node: &Node) -> bool {
    matches!(node.kind, node::Kind::Map(_) | node::Kind::List(_))
}

/// A value as JSON, cut off where it is long.
pub fn short(node: &Node) -> String {
    shortened(&node.to_value().to_string())
}

fn shortened(text: &str) -> String {
    const LENGTH: usize = 60;
    match text.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text)),
        None => text.to_owned(),
    }
}
