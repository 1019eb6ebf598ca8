//! Two pages of one operation, compared fact by fact.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::change::{Change, Example, Subject};
use super::fields::{Field, Place, fields, table_name};
use super::row::{Aspect, Difference, describe, differences};
use super::severity::What;
use super::{address, examples, notes};
use crate::node::escape;
use crate::pages::facts::{Examples, Page, Part};

/// What a newer page says that the recorded one does not, and the other way round.
pub struct Comparison {
    /// Most serious first.
    pub changes: Vec<Change>,
    /// What is new about the page, but not about the API.
    pub notes: Vec<String>,
}

pub fn compare(was: &Page, is: &Page) -> Comparison {
    let mut comparison = Compared::new(was, is);
    // As long as the pairs are those that did not move.
    comparison.regrouped();
    comparison.address();
    comparison.statuses();
    comparison.adrift();
    comparison.elsewhere();
    comparison.in_both();
    comparison.only_in_one();
    comparison.examples();
    let notes = notes::notes(was, is, &comparison.pairs);
    let mut changes = comparison.changes;
    changes.sort_by_key(|change| (change.severity(), change.what));
    Comparison { changes, notes }
}

type Fields<'a> = BTreeMap<Place, Field<'a>>;

struct Compared<'a> {
    was: &'a Page,
    is: &'a Page,
    /// Fields that both pages have.
    pairs: Vec<(Place, Field<'a>, Field<'a>)>,
    /// Fields that only the recorded page has.
    gone: Fields<'a>,
    /// Fields that only the newer page has.
    new: Fields<'a>,
    /// The recorded names of parameters of the path that have other names on the newer page.
    path_names: BTreeMap<&'a str, &'a str>,
    changes: Vec<Change>,
}

impl<'a> Compared<'a> {
    fn new(was: &'a Page, is: &'a Page) -> Self {
        let mut gone = fields(was);
        let mut new = fields(is);
        let mut pairs = Vec::new();
        gone.retain(|place, old| match new.remove(place) {
            Some(new) => {
                pairs.push((place.clone(), *old, new));
                false
            }
            None => true,
        });
        Self { was, is, pairs, gone, new, path_names: BTreeMap::new(), changes: Vec::new() }
    }

    fn address(&mut self) {
        let (was, is) = (self.was, self.is);
        let address::Difference { has_moved, renamed } = address::difference(was, is);
        if has_moved {
            let text = format!("{} {} → {} {}", was.method, was.path, is.method, is.path);
            self.changes.push(Change::new(What::Address, Part::Uri, Subject::Address, text));
        }
        for (old, new) in renamed {
            self.path_names.insert(new, old);
            let text = format!("in the path {{{old}}} → {{{new}}}");
            let at = |fields: &Fields, name: &str| {
                let pointer = format!("/{}", escape(name));
                fields.keys().find(|p| p.part == Part::Uri && p.pointer == pointer).cloned()
            };
            let mut subject = Subject::Address;
            if let (Some(place), Some(other)) = (at(&self.gone, old), at(&self.new, new))
                && let (Some(old), Some(new)) = (self.gone.remove(&place), self.new.remove(&other))
            {
                self.pairs.push((place.clone(), old, new));
                subject = Subject::row(place);
            }
            self.changes.push(Change::new(What::PathName, Part::Uri, subject, text));
        }
    }

    fn statuses(&mut self) {
        for status in self.was.statuses.symmetric_difference(&self.is.statuses) {
            let is_success = (200..300).contains(status);
            let (what, text) = match (self.is.statuses.contains(status), is_success) {
                (true, true) => (What::StatusNew, "a new status of success"),
                (true, false) => (What::StatusNew, "a new status of failure"),
                (false, true) => (What::SuccessGone, "the status of success is gone"),
                (false, false) => (What::FailureGone, "the status of failure is gone"),
            };
            let subject = Subject::Status(*status);
            self.changes.push(Change::new(what, Part::Response, subject, text.to_owned()));
        }
    }

    /// Tables that say where they belong on one of the two pages only.
    fn adrift(&mut self) {
        for (part, table) in tables_adrift(&self.new) {
            let homes = homes(&self.gone, &self.new, part, &table);
            let names = names_of(&self.new, part, &table);
            let caption = self.is.tables.iter().find(|t| table_name(t) == table);
            let caption = caption.and_then(|table| table.name.clone());
            let below = self.join(true, part, &table, &homes);
            let verb = if homes.is_empty() { "does not say" } else { "no longer says" };
            let recorded = match homes.as_slice() {
                [] => String::new(),
                homes => format!("; recorded at {}", homes.join(", ")),
            };
            let text = format!(
                "{table} names {}, and the page {verb} where that belongs{recorded}",
                names.into_iter().collect::<Vec<_>>().join(", ")
            );
            let likely = Some(homes).filter(|homes| !homes.is_empty());
            let likely = likely.unwrap_or_else(|| self.named_like(part, caption.as_deref()));
            let subject = Subject::Table { name: caption, likely };
            let change = Change::new(What::Unplaced, part, subject, text);
            self.changes.push(Change { below, ..change });
        }
        for (part, table) in tables_adrift(&self.gone) {
            let homes = homes(&self.new, &self.gone, part, &table);
            if homes.is_empty() {
                continue;
            }
            let text = format!("the page says now where {table} belongs: {}", homes.join(", "));
            let below = self.join(false, part, &table, &homes);
            let subject = Subject::Table { name: None, likely: homes };
            let change = Change::new(What::Placed, part, subject, text);
            self.changes.push(Change { below, ..change });
        }
    }

    /// Tables that were merged or split, whatever that means for their fields.
    fn regrouped(&mut self) {
        for (table, text) in notes::Tables::of(&self.pairs).regrouped(self.was, self.is) {
            let subject = Subject::Table { name: table.name.clone(), likely: table.at.clone() };
            self.changes.push(Change::new(What::Regrouped, table.part, subject, text));
        }
    }

    /// Pairs the rows of a table that is adrift on one page with the rows that the other page has
    /// at the table's homes. The rows that are left are told.
    fn join(&mut self, newly: bool, part: Part, table: &str, homes: &[String]) -> Vec<String> {
        let mut below = Vec::new();
        let (adrift, placed) =
            if newly { (&mut self.new, &mut self.gone) } else { (&mut self.gone, &mut self.new) };
        for (place, row) in take(adrift, |place| is_of(place, part, table)) {
            let mut is_known = false;
            for home in homes {
                let pointer = format!("{home}{}", place.pointer);
                let at = placed
                    .keys()
                    .find(|p| p.part == part && p.adrift.is_none() && p.pointer == pointer)
                    .cloned();
                let Some((at, other)) = at.and_then(|at| placed.remove_entry(&at)) else {
                    continue;
                };
                let (old, new) = if newly { (other, row) } else { (row, other) };
                self.pairs.push((at, old, new));
                is_known = true;
            }
            if !is_known {
                below.push(format!("{}: {}", row.row.name, describe(&row)));
            }
        }
        below
    }

    /// Where the newer page has a field of that name.
    fn named_like(&self, part: Part, name: Option<&str>) -> Vec<String> {
        let places = self.pairs.iter().map(|(place, ..)| place).chain(self.new.keys());
        places
            .filter(|p| p.part == part && p.adrift.is_none())
            .filter(|p| name.is_some_and(|name| p.last_step() == escape(name)))
            .map(|p| p.pointer.clone())
            .collect()
    }

    /// Fields that seem to have another name, or to stand in another object.
    fn elsewhere(&mut self) {
        let (old, new) = (tops(&self.gone), tops(&self.new));
        let alike = |old: &Place, new: &Place| {
            let near = old.is_beside(new) || old.last_step() == new.last_step();
            old.part == new.part && near && self.is_same_tree(old, new)
        };
        // Where it is not clear which one is meant, they are told as gone and new.
        let only = |list: &[Place], is_it: &dyn Fn(&Place) -> bool| {
            let mut found = list.iter().filter(|place| is_it(place));
            found.next().filter(|_| found.next().is_none()).cloned()
        };
        let twins: Vec<_> = old
            .iter()
            .filter_map(|place| {
                let twin = only(&new, &|new| alike(place, new))?;
                only(&old, &|old| alike(old, &twin))?;
                Some((place.clone(), twin))
            })
            .collect();
        for (place, twin) in twins {
            let Some(origin) = self.new.get(&twin).map(|field| field.origin) else { continue };
            let (what, text) = if place.is_beside(&twin) {
                (What::Renamed, format!("renamed, possibly: now {}", twin.last_step()))
            } else {
                (What::Moved, format!("moved, possibly: now {twin}"))
            };
            let below = self.pair_trees(&place, &twin);
            let mut change = Change::of_row(what, place, text, origin);
            change.below = below;
            self.group(change);
        }
    }

    /// Whether two fields, and all that they hold, differ in names alone.
    fn is_same_tree(&self, old: &Place, new: &Place) -> bool {
        let same = |old: &Field, new: &Field| {
            differences(old, new).iter().all(|difference| difference.aspect == Aspect::Mentions)
        };
        let (gone, new) = (tree(&self.gone, old), tree(&self.new, new));
        gone.len() == new.len()
            && gone.iter().all(|(step, old)| new.get(step).is_some_and(|new| same(old, new)))
    }

    /// Takes two such fields and what they hold from the fields that only one page has.
    fn pair_trees(&mut self, old: &Place, new: &Place) -> Vec<String> {
        let mut twins = tree(&self.new, new);
        self.new.retain(|place, _| place != new && !place.is_below(new));
        let mut steps = Vec::new();
        for (place, field) in take(&mut self.gone, |p| p == old || p.is_below(old)) {
            let step = place.pointer.strip_prefix(&old.pointer).unwrap_or_default().to_owned();
            if let Some(twin) = twins.remove(&step) {
                self.pairs.push((place, field, twin));
            }
            if !step.is_empty() {
                steps.push(format!("with {step}"));
            }
        }
        steps
    }

    fn in_both(&mut self) {
        let pairs = std::mem::take(&mut self.pairs);
        for (place, old, new) in &pairs {
            for Difference { what, aspect, text, gone } in differences(old, new) {
                let mut change = Change::of_row(what, place.clone(), text, new.origin);
                if what == What::Retyped {
                    change.below = take_below(&mut self.new, place, "new: ");
                    change.below.append(&mut take_below(&mut self.gone, place, "gone: "));
                }
                change.subject = Subject::Field { places: vec![place.clone()], aspect, gone };
                self.group(change);
            }
        }
        self.pairs = pairs;
    }

    fn only_in_one(&mut self) {
        for place in tops(&self.gone) {
            let below = take_below(&mut self.gone, &place, "");
            let Some(row) = self.gone.remove(&place) else { continue };
            let text = format!("gone; was {}", describe(&row));
            let mut change = Change::of_row(What::Removed, place, text, row.origin);
            change.below = below;
            self.group(change);
        }
        for place in tops(&self.new) {
            let below = take_below(&mut self.new, &place, "");
            let Some(field) = self.new.remove(&place) else { continue };
            let conditional = field.row.conditional.iter().any(|holds| holds.mandatory);
            let what = match field.row.mandatory {
                Some(true) => What::AddedMandatory,
                _ if conditional => What::AddedConditional,
                _ => What::Added,
            };
            let text = format!("new: {}", describe(&field));
            let mut change = Change::of_row(what, place, text, field.origin);
            change.below = below;
            self.group(change);
        }
    }

    fn examples(&mut self) {
        // Taken apart in full, as in row.rs.
        let Examples { parameters, request, response } = &self.was.examples;
        let is = &self.is.examples;
        let value = |text: &String| Value::String(text.clone());
        let mut values = BTreeMap::<&str, [Option<Value>; 2]>::new();
        for (name, text) in parameters {
            values.entry(name).or_default()[0] = Some(value(text));
        }
        for (name, text) in &is.parameters {
            let name = self.path_names.get(name.as_str()).copied().unwrap_or(name);
            values.entry(name).or_default()[1] = Some(value(text));
        }
        for (name, [old, new]) in values {
            let of = Example::Parameter(name.to_owned());
            self.example(Part::Uri, &of, old.as_ref(), new.as_ref());
        }
        self.example(Part::Request, &Example::Request, request.as_ref(), is.request.as_ref());
        self.example(Part::Response, &Example::Response, response.as_ref(), is.response.as_ref());
    }

    fn example(&mut self, part: Part, of: &Example, was: Option<&Value>, is: Option<&Value>) {
        let mut differing = Vec::new();
        examples::differences(was, is, "", &mut differing);
        for (pointer, text) in differing {
            let subject = Subject::Example { of: of.clone(), pointer };
            self.changes.push(Change::new(What::Example, part, subject, text));
        }
    }

    /// Adds a change of a field, or its place to the same change elsewhere.
    fn group(&mut self, mut change: Change) {
        let is_same = |known: &&mut Change| {
            let aspects = (known.subject.aspect(), change.subject.aspect());
            (known.origin, known.what, &known.text, &known.below)
                == (change.origin, change.what, &change.text, &change.below)
                && aspects.0 == aspects.1
        };
        let known = self.changes.iter_mut().find(is_same).map(|known| &mut known.subject);
        match (known, &mut change.subject) {
            (Some(Subject::Field { places, .. }), Subject::Field { places: more, .. }) => {
                places.append(more);
            }
            _ => self.changes.push(change),
        }
    }
}

fn is_of(place: &Place, part: Part, table: &str) -> bool {
    place.part == part && place.adrift.as_deref() == Some(table)
}

fn tables_adrift(fields: &Fields) -> BTreeSet<(Part, String)> {
    fields.keys().filter_map(|place| Some((place.part, place.adrift.clone()?))).collect()
}

fn names_of(fields: &Fields, part: Part, table: &str) -> BTreeSet<String> {
    let rows = fields.keys().filter(|place| is_of(place, part, table));
    rows.map(|place| place.last_step().to_owned()).collect()
}

/// The objects in which one page has at least half of the fields that a table of the other page
/// names without saying where they belong.
fn homes(placed: &Fields, adrift: &Fields, part: Part, table: &str) -> Vec<String> {
    let names = names_of(adrift, part, table);
    let mut shares = BTreeMap::<&str, usize>::new();
    for place in placed.keys().filter(|place| place.part == part && place.adrift.is_none()) {
        if names.contains(place.last_step()) {
            *shares.entry(place.parent()).or_default() += 1;
        }
    }
    let enough = shares.into_iter().filter(|(_, share)| share * 2 >= names.len());
    enough.map(|(home, _)| home.to_owned()).collect()
}

/// The fields that no other one in the list holds.
fn tops(fields: &Fields) -> Vec<Place> {
    let is_top = |place: &&Place| !fields.keys().any(|other| place.is_below(other));
    fields.keys().filter(is_top).cloned().collect()
}

/// A field and what it holds, by their pointers from the field.
fn tree<'a>(fields: &Fields<'a>, top: &Place) -> BTreeMap<String, Field<'a>> {
    fields
        .iter()
        .filter(|(place, _)| *place == top || place.is_below(top))
        .filter_map(|(p, field)| Some((p.pointer.strip_prefix(&top.pointer)?.to_owned(), *field)))
        .collect()
}

/// Takes out of the list those at certain places.
fn take<'a>(fields: &mut Fields<'a>, which: impl Fn(&Place) -> bool) -> Fields<'a> {
    let taken = fields.iter().filter(|(place, _)| which(place));
    let taken = taken.map(|(place, field)| (place.clone(), *field)).collect();
    fields.retain(|place, _| !which(place));
    taken
}

/// Takes what a field holds out of the list, in words.
fn take_below(fields: &mut Fields, top: &Place, lead: &str) -> Vec<String> {
    take(fields, |place| place.is_below(top))
        .into_iter()
        .map(|(place, field)| {
            let step = place.pointer.strip_prefix(&top.pointer).unwrap_or_default();
            format!("{step}: {lead}{}", describe(&field))
        })
        .collect()
}
