//! A page's rows by where they stand, whatever tables they stand in.

use std::collections::BTreeMap;
use std::fmt;

use crate::node::escape;
use crate::pages::facts::{Page, Part, Row, Table, Type};

/// Where a row stands. Ordered by part, then by pointer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub part: Part,
    /// The table that no field refers to: the pointer then begins in it.
    pub adrift: Option<String>,
    /// From the root of the body, with `*`; of a parameter, its name as the only step.
    pub pointer: String,
    /// 0, or more where a page has a second row for the same thing.
    nth: usize,
}

impl Place {
    /// Where the object stands that holds the field.
    pub fn parent(&self) -> &str {
        self.pointer.rsplit_once('/').map_or("", |(parent, _)| parent)
    }

    pub fn last_step(&self) -> &str {
        self.pointer.rsplit_once('/').map_or("", |(_, step)| step)
    }

    /// Whether both stand in the same object.
    pub fn is_beside(&self, other: &Self) -> bool {
        self.adrift == other.adrift && self.parent() == other.parent()
    }

    /// Whether this field is in what the other one holds.
    pub fn is_below(&self, other: &Self) -> bool {
        self.part == other.part
            && self.adrift == other.adrift
            && self.pointer.strip_prefix(&other.pointer).is_some_and(|rest| rest.starts_with('/'))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.part, &self.adrift) {
            (Part::Uri, _) => write!(f, "parameter {}", self.last_step())?,
            (part, None) => write!(f, "{} {}", part.name(), self.pointer)?,
            (part, Some(table)) => {
                let field = self.pointer.strip_prefix('/').unwrap_or(&self.pointer);
                write!(f, "{}, {field} of {table}", part.name())?;
            }
        }
        if self.nth > 0 {
            write!(f, " (row {} of that name)", self.nth + 1)?;
        }
        Ok(())
    }
}

impl Part {
    pub fn name(self) -> &'static str {
        match self {
            Self::Uri => "URI",
            Self::Request => "request",
            Self::Response => "response",
        }
    }
}

/// How a row's reference to a table fits the tables that stand below the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reference {
    Fits,
    /// It refers to a table that is not there, or stands elsewhere.
    Dangles(u32),
    /// A table stands below it, but it does not refer to one.
    Lacks,
}

/// A row, at one of the places where its table stands.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    pub row: &'a Row,
    /// Which table and row of the page it is: the same for all places of a shared table.
    pub origin: (usize, usize),
    pub reference: Reference,
}

impl Field<'_> {
    /// The type, and that of the items: an array that refers to a table is one of objects, whether
    /// the page says so or not.
    pub fn types(&self) -> (Type, Option<Type>) {
        let kind = &self.row.kind;
        let refers = (kind.name == Type::Array && kind.table.is_some()).then_some(Type::Object);
        (kind.name, kind.items.or(refers))
    }
}

/// How a table is called in messages.
pub fn table_name(table: &Table) -> String {
    match &table.name {
        Some(name) => format!("the table of {name}"),
        None => format!("table {}", table.number),
    }
}

/// All rows of a page. A table that stands at several places gives each of its rows several times.
pub fn fields(page: &Page) -> BTreeMap<Place, Field<'_>> {
    let mut fields = BTreeMap::new();
    for (t, table) in page.tables.iter().enumerate() {
        for (r, row) in table.rows.iter().enumerate() {
            for (adrift, root) in roots(table) {
                let step = if row.name == "*" { "*".to_owned() } else { escape(&row.name) };
                let pointer = format!("{root}/{step}");
                let reference = reference(page, row, &pointer);
                let mut place = Place { part: table.part, adrift, pointer, nth: 0 };
                while fields.contains_key(&place) {
                    place.nth += 1;
                }
                fields.insert(place, Field { row, origin: (t, r), reference });
            }
        }
    }
    fields
}

fn reference(page: &Page, row: &Row, pointer: &str) -> Reference {
    let below = [pointer.to_owned(), format!("{pointer}/*")];
    let mut tables = page.tables.iter().filter(|t| t.at.iter().any(|at| below.contains(at)));
    match row.kind.table {
        None if tables.next().is_some() => Reference::Lacks,
        Some(number) if !tables.any(|table| table.number == number) => Reference::Dangles(number),
        _ => Reference::Fits,
    }
}

fn roots(table: &Table) -> Vec<(Option<String>, &str)> {
    if table.part == Part::Uri {
        return vec![(None, "")];
    }
    if table.at.is_empty() {
        return vec![(Some(table_name(table)), "")];
    }
    table.at.iter().map(|at| (None, at.as_str())).collect()
}
