//! The tables of parameters and fields, row by row.

use std::collections::BTreeMap;

use crate::pages::facts::{Kind, Part, Type};
use crate::pages::layout::{self, Block, Cell, Fault, Section, Table, Text};
use crate::pages::pattern;

/// A table whose references are not yet followed.
pub struct RawTable<'a> {
    pub line: usize,
    pub number: u32,
    pub name: Option<String>,
    pub part: Part,
    pub anchors: &'a [String],
    pub rows: Vec<RawRow<'a>>,
}

pub struct RawRow<'a> {
    pub line: usize,
    pub name: String,
    pub mandatory: Option<bool>,
    pub kind: Kind,
    /// The cells in which references to tables stand: type and description.
    pub type_cell: &'a Cell,
    pub description: &'a [Block],
}

pub fn of_part(section: &Section, part: Part) -> Result<Vec<RawTable<'_>>, Fault> {
    let mut tables = Vec::new();
    let mut none = false;
    for block in layout::flat(&section.blocks) {
        match block {
            Block::Table(found) => tables.push(table(found, part)?),
            Block::Paragraph(text) => none |= pattern!("^None[.]?$").is_match(&text.plain()),
            Block::List(_) | Block::Code(_) => {}
        }
    }
    if part == Part::Uri {
        return Ok(tables);
    }
    let mut roots = tables.iter().filter(|table| table.name.is_none());
    match (roots.next(), roots.next()) {
        (Some(_), None) => Ok(tables),
        (None, _) if none && tables.is_empty() => Ok(tables),
        (None, _) => {
            let message = "no table of parameters, expected one (whose caption names no field), or \
                           the word `None`";
            Err(Fault::new(section.line, message))
        }
        (_, Some(second)) => {
            let message = "a second table of parameters: its caption names no field, expected \
                           `Table 3 name field description`";
            Err(Fault::new(second.line, message))
        }
    }
}

pub fn refuse_duplicates(tables: &[RawTable]) -> Result<(), Fault> {
    let mut lines = BTreeMap::new();
    for table in tables {
        if let Some(line) = lines.insert(table.number, table.line) {
            let number = table.number;
            let message = format!("a second table {number}, the first is in line {line}");
            return Err(Fault::new(table.line, message));
        }
    }
    Ok(())
}

fn table(table: &Table, part: Part) -> Result<RawTable<'_>, Fault> {
    let (number, name) = caption(table)?;
    let columns = Columns::of(table)?;
    let mut lines = BTreeMap::new();
    let mut rows = Vec::new();
    for cells in &table.rows {
        let row = columns.row(cells, table.line)?;
        if let Some(line) = lines.insert(row.name.clone(), row.line) {
            let message = format!("a second row `{}`, the first is in line {line}", row.name);
            return Err(Fault::new(row.line, message));
        }
        rows.push(row);
    }
    if rows.is_empty() {
        return Err(Fault::new(table.line, "a table without rows"));
    }
    let line = table.caption.as_ref().map_or(table.line, |caption| caption.line);
    Ok(RawTable { line, number, name, part, anchors: &table.anchors, rows })
}

/// The number of a table, and the field or object that the caption names.
fn caption(table: &Table) -> Result<(u32, Option<String>), Fault> {
    let none = Text::new(table.line);
    let caption = table.caption.as_ref().unwrap_or(&none);
    let text = caption.plain();
    let number = pattern!(r"^Table (\d+)\b").captures(&text).and_then(|n| n[1].parse().ok());
    let Some(number) = number else {
        let message = format!("a table with the caption `{text}`, expected `Table 1 …` above it");
        return Err(Fault::new(caption.line, message));
    };
    let literal = caption.literals().find(|literal| !literal.starts_with("Table "));
    let worded = pattern!(
        r"^Table \d+ (?:(\w+) field description|(?:Data structure|Description) of the (\w+) field)$"
    );
    let worded = worded.captures(&text).and_then(|name| name.get(1).or_else(|| name.get(2)));
    let name = literal.or_else(|| worded.map(|name| name.as_str())).map(str::to_owned);
    Ok((number, name))
}

/// Which cell of a row holds what.
struct Columns {
    count: usize,
    name: usize,
    mandatory: Option<usize>,
    kind: usize,
    description: usize,
}

impl Columns {
    fn of(table: &Table) -> Result<Self, Fault> {
        let mut found = BTreeMap::new();
        for (index, cell) in table.head.iter().enumerate() {
            let heading = layout::plain(cell);
            let column = match heading.to_ascii_lowercase().as_str() {
                "parameter" | "name" => "Parameter",
                "mandatory" | "required" => "Mandatory",
                "type" => "Type",
                "description" => "Description",
                _ => {
                    let message = format!(
                        "the column heading `{heading}`, expected Parameter, Mandatory, Type or \
                         Description"
                    );
                    return Err(Fault::new(cell.line, message));
                }
            };
            if found.insert(column, index).is_some() {
                return Err(Fault::new(cell.line, format!("a second column `{column}`")));
            }
        }
        let needed = |column: &str| {
            let missing = || Fault::new(table.line, format!("a table without a column `{column}`"));
            found.get(column).copied().ok_or_else(missing)
        };
        Ok(Self {
            count: table.head.len(),
            name: needed("Parameter")?,
            mandatory: found.get("Mandatory").copied(),
            kind: needed("Type")?,
            description: needed("Description")?,
        })
    }

    fn row<'a>(&self, cells: &'a [Cell], table: usize) -> Result<RawRow<'a>, Fault> {
        let line = cells.first().map_or(table, |cell| cell.line);
        let wrong = || {
            let (found, expected) = (cells.len(), self.count);
            Fault::new(line, format!("a row of {found} cells in a table of {expected} columns"))
        };
        if cells.len() != self.count {
            return Err(wrong());
        }
        let cell = |index: usize| cells.get(index).ok_or_else(wrong);
        for cell in cells {
            if layout::flat(&cell.blocks).iter().any(|block| matches!(block, Block::Table(_))) {
                return Err(Fault::new(cell.line, "a table within a cell"));
            }
        }
        let type_cell = cell(self.kind)?;
        Ok(RawRow {
            line,
            name: name(cell(self.name)?)?,
            mandatory: self.mandatory.map(|index| mandatory(cell(index)?)).transpose()?,
            kind: kind(type_cell)?,
            type_cell,
            description: &cell(self.description)?.blocks,
        })
    }
}

fn name(cell: &Cell) -> Result<String, Fault> {
    let text = layout::plain(cell);
    if pattern!(r"^[A-Za-z_][A-Za-z0-9_-]*$").is_match(&text) {
        Ok(text)
    } else if pattern!(r"^(?i)user-defined key\b").is_match(&text) {
        Ok("*".to_owned())
    } else {
        let message = format!("`{text}`, expected the name of a parameter or field");
        Err(Fault::new(cell.line, message))
    }
}

fn mandatory(cell: &Cell) -> Result<bool, Fault> {
    let text = layout::plain(cell);
    match text.to_ascii_lowercase().as_str() {
        "yes" | "mandatory" => Ok(true),
        "no" | "optional" => Ok(false),
        _ => Err(Fault::new(cell.line, format!("mandatory `{text}`, expected Yes or No"))),
    }
}

fn kind(cell: &Cell) -> Result<Kind, Fault> {
    let text = layout::plain(cell);
    let of_items =
        pattern!(r"^(?i)(?:(?:array|list)(?: of (.+)|<(.+)>|\[(.+)\])|(\w+)(?: array|\[\]))$");
    let of_items = of_items.captures(&text);
    let items = of_items.iter().find_map(|found| (1..=4).find_map(|group| found.get(group)));
    let (name, items) = match items {
        Some(items) => (Some(Type::Array), Some(type_of(items.as_str()))),
        None => (type_of(&text), None),
    };
    match (name, items) {
        (Some(name), None) => Ok(Kind { name, items: None, table: None }),
        (Some(name), Some(Some(items))) => Ok(Kind { name, items: Some(items), table: None }),
        _ => {
            let message = format!(
                "the type `{text}`, expected String, Integer, Number, Boolean, Object, Array, or \
                 Array of one of these"
            );
            Err(Fault::new(cell.line, message))
        }
    }
}

/// A type by its name, in singular or plural; an object may have its own name before it.
fn type_of(text: &str) -> Option<Type> {
    let text = text.to_ascii_lowercase();
    // A number may have its width behind it.
    let text = pattern!(r" ?\((?:int(?:32|64)|float|double)\)$").replace(&text, "");
    Some(match text.strip_suffix('s').unwrap_or(&text) {
        "string" => Type::String,
        "integer" | "int" | "long" => Type::Integer,
        "number" | "float" | "double" => Type::Number,
        "boolean" | "bool" => Type::Boolean,
        "array" | "list" => Type::Array,
        other if pattern!(r"^(?:\S+ )?object$").is_match(other) => Type::Object,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> Cell {
        let mut paragraph = Text::new(1);
        paragraph.push_plain(text);
        Cell { line: 1, blocks: vec![Block::Paragraph(paragraph)] }
    }

    #[test]
    fn a_type_is_read_however_it_is_spelled() {
        let array = |items| Kind { name: Type::Array, items: Some(items), table: None };
        for text in
            ["Array of strings", "List<String>", "Array[string]", "String array", "String[]"]
        {
            assert_eq!(kind(&cell(text)).unwrap(), array(Type::String), "{text}");
        }
        assert_eq!(kind(&cell("Array of Lamp objects")).unwrap(), array(Type::Object));
        for text in ["Integer", "Long", "Integer(int32)", "Integer (int64)"] {
            assert_eq!(kind(&cell(text)).unwrap().name, Type::Integer, "{text}");
        }
        for text in ["Blob", "String(uuid)", "Array of blobs", "Map<String, String>"] {
            let fault = kind(&cell(text)).unwrap_err();
            assert!(fault.what.starts_with(&format!("the type `{text}`")), "{}", fault.what);
        }
    }

    #[test]
    fn a_caption_names_a_field_in_bold_or_in_words() {
        for (text, name) in [
            ("Table 3 lamps field description", Some("lamps")),
            ("Table 3 Data structure of the lamps field", Some("lamps")),
            ("Table 3 Request parameters", None),
        ] {
            let mut caption = Text::new(1);
            caption.push_plain(text);
            let caption = Some(caption);
            let (line, head, rows, anchors) = (1, Vec::new(), Vec::new(), Vec::new());
            let table = Table { line, caption, anchors, head, rows };
            assert_eq!(super::caption(&table).unwrap(), (3, name.map(str::to_owned)), "{text}");
        }
    }

    #[test]
    fn a_mandatory_flag_is_read_however_it_is_spelled() {
        for (text, expected) in
            [("Yes", true), ("Mandatory", true), ("no", false), ("Optional", false)]
        {
            assert_eq!(mandatory(&cell(text)).unwrap(), expected, "{text}");
        }
        let fault = mandatory(&cell("Maybe")).unwrap_err();
        assert_eq!(fault.what, "mandatory `Maybe`, expected Yes or No");
    }
}
