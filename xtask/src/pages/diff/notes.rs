//! What is new about a page and no change of the API: its edition, and how it lays out its tables.

use std::collections::{BTreeMap, BTreeSet};

use super::fields::{Field, Place};
use crate::pages::facts::{Page, Table};

pub fn notes(was: &Page, is: &Page, pairs: &[(Place, Field, Field)]) -> Vec<String> {
    let mut notes = Vec::new();
    if was.edition != is.edition {
        let older = if is.edition < was.edition { ", which is older" } else { "" };
        notes.push(format!("edition: {} → {}{older}", was.edition, is.edition));
    }
    if was.id != is.id {
        notes.push(format!("the page's own name: {} → {}", was.id, is.id));
    }
    notes.extend(Tables::of(pairs).names_and_numbers(was, is));
    notes
}

/// Which tables of the recorded page went into which of the newer page, told by their rows.
pub struct Tables {
    into: BTreeMap<usize, BTreeSet<usize>>,
    from: BTreeMap<usize, BTreeSet<usize>>,
}

impl Tables {
    pub fn of(pairs: &[(Place, Field, Field)]) -> Self {
        let mut tables = Self { into: BTreeMap::new(), from: BTreeMap::new() };
        for (_, old, new) in pairs {
            tables.into.entry(old.origin.0).or_default().insert(new.origin.0);
            tables.from.entry(new.origin.0).or_default().insert(old.origin.0);
        }
        tables
    }

    /// Those that were merged or split: a table of the newer page, and what became of it.
    pub fn regrouped<'a>(&self, was: &Page, is: &'a Page) -> Vec<(&'a Table, String)> {
        let mut regrouped = Vec::new();
        for (new, old) in self.from.iter().filter(|(_, old)| old.len() > 1) {
            let (old, name) = (names(was, old), names(is, &BTreeSet::from([*new])));
            let text = format!("tables {old} are now one, {name}");
            regrouped.extend(is.tables.get(*new).map(|table| (table, text)));
        }
        for (old, new) in self.into.iter().filter(|(_, new)| new.len() > 1) {
            let text = format!(
                "table {} is now several: {}",
                names(was, &BTreeSet::from([*old])),
                names(is, new)
            );
            let first = new.first().and_then(|new| is.tables.get(*new));
            regrouped.extend(first.map(|table| (table, text)));
        }
        regrouped
    }

    fn names_and_numbers(&self, was: &Page, is: &Page) -> Vec<String> {
        let mut notes = Vec::new();
        let mut numbers = Vec::new();
        for (old, new) in &self.into {
            // Of those that were split or merged this says nothing.
            let alone = |new: &&usize| self.into[old].len() == 1 && self.from[*new].len() == 1;
            for new in new.iter().filter(alone) {
                let (Some(old), Some(new)) = (was.tables.get(*old), is.tables.get(*new)) else {
                    continue;
                };
                if old.number != new.number {
                    numbers.push(format!("{} → {}", old.number, new.number));
                }
                if old.name != new.name {
                    notes.push(format!("table {} is now called {}", name(old), name(new)));
                }
            }
        }
        if !numbers.is_empty() {
            notes.push(format!("numbers of tables: {}", numbers.join(", ")));
        }
        notes
    }
}

fn names(page: &Page, indices: &BTreeSet<usize>) -> String {
    let tables = indices.iter().filter_map(|index| page.tables.get(*index));
    tables.map(name).collect::<Vec<_>>().join(" and ")
}

/// `4 (networks)`.
fn name(table: &Table) -> String {
    match &table.name {
        Some(name) => format!("{} ({name})", table.number),
        None => table.number.to_string(),
    }
}
