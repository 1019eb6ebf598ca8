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
    notes.append(&mut tables(was, is, pairs));
    notes
}

/// Which tables of the recorded page went into which of the newer page, told by their rows.
fn tables(was: &Page, is: &Page, pairs: &[(Place, Field, Field)]) -> Vec<String> {
    let mut notes = Vec::new();
    let mut into = BTreeMap::<usize, BTreeSet<usize>>::new();
    let mut from = BTreeMap::<usize, BTreeSet<usize>>::new();
    for (_, old, new) in pairs {
        into.entry(old.origin.0).or_default().insert(new.origin.0);
        from.entry(new.origin.0).or_default().insert(old.origin.0);
    }
    for (new, old) in &from {
        if old.len() > 1 {
            let (old, new) = (names(was, old), names(is, &BTreeSet::from([*new])));
            notes.push(format!("tables {old} are now one, {new}"));
        }
    }
    let mut numbers = Vec::new();
    for (old, new) in &into {
        if new.len() > 1 {
            let (old, new) = (names(was, &BTreeSet::from([*old])), names(is, new));
            notes.push(format!("table {old} is now several: {new}"));
        }
        // Those that were split or merged have been told.
        let alone = |new: &&usize| into[old].len() == 1 && from[*new].len() == 1;
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
