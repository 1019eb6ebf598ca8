//! From a page as it is laid out to the facts that it states.

mod examples;
mod places;
mod tables;

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{Conditional, Location, Page, Part, Row, Table};
use super::layout::{self, Block, Fault, Section};
use super::{pattern, prose};
use tables::RawTable;

/// What a section is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Subject {
    Part(Part),
    Statuses,
}

/// What the headings of the sections that matter read.
fn subject(heading: &str) -> Option<Subject> {
    match heading.to_ascii_lowercase().as_str() {
        "uri" => Some(Subject::Part(Part::Uri)),
        "request" | "request message" | "request parameters" => Some(Subject::Part(Part::Request)),
        "response" | "response message" | "response parameters" => {
            Some(Subject::Part(Part::Response))
        }
        "returned value" | "returned values" | "status code" | "status codes" => {
            Some(Subject::Statuses)
        }
        _ => None,
    }
}

/// The part whose example a section of its own has.
fn example_of(heading: &str) -> Option<Part> {
    match heading.to_ascii_lowercase().as_str() {
        "example request" | "example requests" => Some(Part::Request),
        "example response" | "example responses" => Some(Part::Response),
        _ => None,
    }
}

/// The page with each example in the section of its part, where other pages have it.
fn with_examples_in_parts(mut layout: layout::Page) -> layout::Page {
    let mut sections: Vec<Section> = Vec::new();
    for section in layout.sections {
        let part = example_of(&section.heading).map(Subject::Part);
        let home = sections.iter_mut().find(|s| part.is_some() && subject(&s.heading) == part);
        match home {
            Some(home) => home.blocks.extend(section.blocks),
            None => sections.push(section),
        }
    }
    layout.sections = sections;
    layout
}

pub fn page(layout: layout::Page, edition: &str) -> Result<Page, Fault> {
    let layout = &with_examples_in_parts(layout);
    let id = layout.id.clone().ok_or_else(|| {
        Fault::new(1, "no name of the page's own, expected an anchor in the title, or a label")
    })?;
    for section in &layout.sections {
        refuse_beside_subjects(section)?;
    }
    let uri = part(layout, Part::Uri)?;
    let (method, path) = method_and_path(uri)?;
    let mut raw = Vec::new();
    for part_name in [Part::Uri, Part::Request, Part::Response] {
        raw.extend(tables::of_part(part(layout, part_name)?, part_name)?);
    }
    if let (true, false) = (path.contains('{'), raw.iter().any(|table| table.part == Part::Uri)) {
        return Err(Fault::new(uri.line, "no table of the parameters in the path"));
    }
    tables::refuse_duplicates(&raw)?;
    let references = places::references(&raw)?;
    let places = places::places(&raw, &references)?;
    let examples = examples::examples(
        &method,
        &path,
        part(layout, Part::Request)?,
        part(layout, Part::Response)?,
    )?;
    let tables = raw.iter().map(|table| {
        let at = places.get(&table.number).cloned().unwrap_or_default();
        facts(table, at, &references, &path)
    });
    Ok(Page {
        id,
        edition: edition.to_owned(),
        method,
        tables: tables.collect(),
        path: path.clone(),
        statuses: statuses(layout)?,
        examples,
    })
}

/// No table and no code is to be passed over: the reader would not know that it is missing.
fn refuse_beside_subjects(section: &Section) -> Result<(), Fault> {
    if subject(&section.heading).is_some() {
        return Ok(());
    }
    let found = layout::flat(&section.blocks).into_iter().find_map(|block| match block {
        Block::Table(table) => Some((table.line, "table")),
        Block::Code(code) => Some((code.line, "code")),
        Block::Paragraph(_) | Block::List(_) => None,
    });
    let Some((line, what)) = found else { return Ok(()) };
    let heading = &section.heading;
    Err(Fault::new(
        line,
        format!(
            "{what} in the section `{heading}`, expected only under URI, Request Message, Response \
             Message and Returned Values"
        ),
    ))
}

/// The one section on a subject.
fn section<'a>(
    layout: &'a layout::Page,
    wanted: Subject,
    name: &str,
) -> Result<&'a Section, Fault> {
    let mut found = layout.sections.iter().filter(|s| subject(&s.heading) == Some(wanted));
    match (found.next(), found.next()) {
        (Some(section), None) => Ok(section),
        (Some(_), Some(second)) => {
            Err(Fault::new(second.line, format!("a second section `{name}`, expected one")))
        }
        (None, _) => Err(Fault::new(1, format!("no section `{name}`"))),
    }
}

fn part(layout: &layout::Page, part: Part) -> Result<&Section, Fault> {
    let name = match part {
        Part::Uri => "URI",
        Part::Request => "Request Message",
        Part::Response => "Response Message",
    };
    section(layout, Subject::Part(part), name)
}

fn method_and_path(section: &Section) -> Result<(String, String), Fault> {
    let mut found = None;
    for block in layout::flat(&section.blocks) {
        let (line, text) = match block {
            Block::Paragraph(text) => (text.line, text.plain()),
            Block::Code(code) => (code.line, code.text.trim().to_owned()),
            Block::List(_) | Block::Table(_) => continue,
        };
        if let Some(uri) = pattern!(r"^([A-Z]+) (/\S+)$").captures(&text) {
            if found.is_some() {
                return Err(Fault::new(line, format!("a second URI, `{text}`, expected one")));
            }
            found = Some((uri[1].to_owned(), uri[2].to_owned()));
        }
    }
    found.ok_or_else(|| {
        Fault::new(section.line, "no URI, expected a method and a path, such as `GET /v1/{id}`")
    })
}

/// The facts of a table. The descriptions are read twice: a condition may name a value alone, and
/// then means the field whose value that is, which the first reading finds out.
fn facts(
    table: &RawTable,
    at: Vec<String>,
    references: &BTreeMap<(u32, String), u32>,
    path: &str,
) -> Table {
    let (first, _) = rows(table, references, path, &BTreeMap::new());
    let (mut rows, silenced) = rows(table, references, path, &owners(&first));
    for (name, other) in silenced {
        if let Some(row) = rows.iter_mut().find(|row| row.name == other) {
            let when = BTreeMap::from([(name.clone(), BTreeSet::from(["*".to_owned()]))]);
            row.conditional.push(Conditional { when, unavailable: true, ..Conditional::default() });
            row.mentions.remove(&name);
            if let Some(row) = rows.iter_mut().find(|row| row.name == name) {
                row.mentions.remove(&other);
            }
        }
    }
    Table { number: table.number, name: table.name.clone(), part: table.part, at, rows }
}

/// The rows, and pairs of fields of which the first, once it is there, leaves the second no effect.
fn rows(
    table: &RawTable,
    references: &BTreeMap<(u32, String), u32>,
    path: &str,
    owners: &BTreeMap<String, String>,
) -> (Vec<Row>, Vec<(String, String)>) {
    let mut rows = Vec::new();
    let mut silenced = Vec::new();
    for row in &table.rows {
        let mut kind = row.kind.clone();
        kind.table = references.get(&(table.number, row.name.clone())).copied();
        let said = prose::read(row.description, &row.name, &kind, owners);
        silenced.extend(said.silenced.into_iter().map(|other| (row.name.clone(), other)));
        rows.push(Row {
            name: row.name.clone(),
            location: (table.part == Part::Uri).then(|| location(&row.name, path)),
            mandatory: row.mandatory,
            kind,
            limits: said.limits,
            conditional: said.conditional,
            mentions: said.mentions,
        });
    }
    (rows, silenced)
}

fn location(name: &str, path: &str) -> Location {
    if path.contains(&format!("{{{name}}}")) { Location::Path } else { Location::Query }
}

/// For each text that is a value of one field alone: that field.
fn owners(rows: &[Row]) -> BTreeMap<String, String> {
    let mut owners: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for row in rows {
        for value in row.limits.values.iter().filter_map(|value| value.as_str()) {
            owners.entry(value.to_owned()).or_default().push(&row.name);
        }
    }
    let only = owners.into_iter().filter(|(_, names)| names.len() == 1);
    only.map(|(value, names)| (value, names.concat())).collect()
}

fn statuses(layout: &layout::Page) -> Result<BTreeSet<u16>, Fault> {
    let section = section(layout, Subject::Statuses, "Returned Values")?;
    let mut statuses = BTreeSet::new();
    let mut add = |line: usize, text: &str| -> Result<(), Fault> {
        let status = pattern!(r"^([1-5]\d\d)\b").captures(text);
        let Some(status) = status.and_then(|status| status[1].parse().ok()) else {
            return Err(Fault::new(line, format!("`{text}`, expected a status such as `200`")));
        };
        if !statuses.insert(status) {
            return Err(Fault::new(line, format!("the status {status} for a second time")));
        }
        Ok(())
    };
    for block in layout::flat(&section.blocks) {
        match block {
            // Labels hold no digit.
            Block::Paragraph(text) if text.plain().contains(|c: char| c.is_ascii_digit()) => {
                add(text.line, &text.plain())?;
            }
            Block::Table(table) => {
                for row in &table.rows {
                    if let Some(cell) = row.first() {
                        add(cell.line, &layout::plain(cell))?;
                    }
                }
            }
            Block::Code(code) => add(code.line, code.text.trim())?,
            Block::Paragraph(_) | Block::List(_) => {}
        }
    }
    if statuses.is_empty() {
        return Err(Fault::new(section.line, "no statuses, expected a list or a table of them"));
    }
    Ok(statuses)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::{facts, rst};

    const BARE: &str = "\
.. _topic_bell:

Ringing the Bell
================

URI
---

POST /bell

Request
-------

None

Response
--------

None

Status Codes
------------

204 No Content
";

    fn read(source: &str) -> Result<Page, Fault> {
        page(rst::read(source)?, "2024-01")
    }

    #[test]
    fn a_page_may_say_that_there_are_no_parameters() {
        let page = read(BARE).unwrap();
        assert_eq!((page.id.as_str(), page.path.as_str()), ("topic_bell", "/bell"));
        assert!(page.tables.is_empty());
        assert_eq!(page.statuses, BTreeSet::from([204]));
        assert_eq!(page.examples, facts::Examples::default());
    }

    #[test]
    fn a_page_that_says_nothing_of_its_parameters_is_refused() {
        let fault = read(&BARE.replacen("None", "Nothing", 1)).unwrap_err();
        assert_eq!(fault.line, 11);
        assert!(fault.what.contains("or the word `None`"), "{}", fault.what);
        let fault = read(&BARE.replace("/bell", "/bell/{bell_id}")).unwrap_err();
        assert_eq!(fault.line, 6);
        assert!(fault.what.contains("no table of the parameters in the path"), "{}", fault.what);
    }
}
