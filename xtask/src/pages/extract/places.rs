//! Which table describes which field, and so where its rows stand.

use std::collections::{BTreeMap, BTreeSet};

use super::tables::{RawRow, RawTable};
use crate::node::escape;
use crate::pages::facts::{Part, Type};
use crate::pages::layout::{self, Block, Fault, Text};
use crate::pages::pattern;

/// More places than a page has. Tables that refer to one another several times over could have no
/// end of them.
const MOST: usize = 1000;

/// For each row, by its table's number and its name: the table that it refers to.
pub fn references(tables: &[RawTable]) -> Result<BTreeMap<(u32, String), u32>, Fault> {
    let mut references = BTreeMap::new();
    for table in tables {
        for row in &table.rows {
            if let Some(number) = reference(table, row, tables)? {
                references.insert((table.number, row.name.clone()), number);
            }
        }
    }
    Ok(references)
}

fn reference(table: &RawTable, row: &RawRow, tables: &[RawTable]) -> Result<Option<u32>, Fault> {
    let holds_objects = match row.kind.name {
        Type::Object => true,
        Type::Array => matches!(row.kind.items, None | Some(Type::Object)),
        _ => false,
    };
    if !holds_objects {
        return Ok(None);
    }
    let cells = [&row.type_cell.blocks, row.description].map(|blocks| layout::flat(blocks));
    let mut found = BTreeSet::new();
    for block in cells.into_iter().flatten() {
        if let Block::Paragraph(text) = block {
            found.extend(tables_in(text, tables)?);
        }
    }
    let fault =
        |what: String| Err(Fault::new(row.line, format!("`{}` refers to {what}", row.name)));
    let Some(number) = found.pop_first() else { return Ok(None) };
    if let Some(second) = found.first() {
        return fault(format!("the tables {number} and {second}, expected one"));
    }
    match tables.iter().find(|other| other.number == number) {
        Some(other) if other.part == table.part => Ok(Some(number)),
        Some(other) => fault(format!("table {number} of another section, in line {}", other.line)),
        None => fault(format!("table {number}, which is not on the page")),
    }
}

/// The numbers of the tables that a text refers to, by a link or by number alone.
fn tables_in(text: &Text, tables: &[RawTable]) -> Result<BTreeSet<u32>, Fault> {
    let number = |text: &str| -> Option<u32> {
        pattern!(r"\bTable (\d+)\b").captures(text).and_then(|number| number[1].parse().ok())
    };
    let mut found = BTreeSet::new();
    for (words, target) in text.links() {
        let linked = tables.iter().find(|table| table.anchors.iter().any(|a| a == target));
        match (linked.map(|table| table.number), number(words)) {
            (Some(linked), Some(worded)) if linked != worded => {
                let message = format!("a link `{words}` that leads to table {linked}");
                return Err(Fault::new(text.line, message));
            }
            (Some(linked), _) => found.extend([linked]),
            (None, Some(worded)) => {
                let message =
                    format!("a link to table {worded}, but no table has the anchor `{target}`");
                return Err(Fault::new(text.line, message));
            }
            // To the page itself, or to another.
            (None, None) => {}
        }
    }
    found.extend(number(&text.plain()));
    Ok(found)
}

/// The JSON Pointers of each table, by its number.
pub fn places(
    tables: &[RawTable],
    references: &BTreeMap<(u32, String), u32>,
) -> Result<BTreeMap<u32, Vec<String>>, Fault> {
    let mut walk =
        Walk { tables, references, within: Vec::new(), places: BTreeMap::new(), count: 0 };
    for table in tables.iter().filter(|table| table.part != Part::Uri && table.name.is_none()) {
        walk.table(table, String::new())?;
    }
    Ok(walk.places)
}

struct Walk<'a> {
    tables: &'a [RawTable<'a>],
    references: &'a BTreeMap<(u32, String), u32>,
    /// The tables from the root to here.
    within: Vec<u32>,
    places: BTreeMap<u32, Vec<String>>,
    count: usize,
}

impl Walk<'_> {
    fn table(&mut self, table: &RawTable, at: String) -> Result<(), Fault> {
        self.count += 1;
        if self.within.contains(&table.number) || self.count > MOST {
            let message = format!("table {} within itself, at {at}", table.number);
            return Err(Fault::new(table.line, message));
        }
        self.within.push(table.number);
        for row in &table.rows {
            let number = self.references.get(&(table.number, row.name.clone()));
            if let Some(inner) = self.tables.iter().find(|other| Some(&other.number) == number) {
                let step = if row.kind.name == Type::Array { "/*" } else { "" };
                self.table(inner, format!("{at}/{}{step}", escape(&row.name)))?;
            }
        }
        self.within.pop();
        self.places.entry(table.number).or_default().push(at);
        Ok(())
    }
}
