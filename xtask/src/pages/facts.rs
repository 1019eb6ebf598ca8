//! What a page states, as facts without sentences: made from the blocks that `xtask/pages/read.py` reads.

use std::collections::{BTreeSet, HashMap};
use std::ptr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::page::{Block, Field, Table, Text, status, type_name};
use super::words::{digest, tokens};

/// What a page states.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Facts {
    /// The vendor's ID of the page.
    pub page: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
    /// The commit of the vendor's repository, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Methods and paths: `PUT /v1/{project_id}/…`.
    pub calls: Vec<String>,
    pub rows: Vec<Row>,
    pub examples: Vec<Example>,
    /// The words outside of tables: headings, captions, paragraphs.
    pub paragraphs: Vec<Paragraph>,
    /// What could not be read in full.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<Unread>,
    /// How many rows the page's tables have, and how many of them were read.
    pub seen: usize,
    pub read: usize,
}

/// A row of a table: a field, a status, or something else.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Row {
    /// `path/…`, `query/…`, `header/…`, `request/…`, `response/…` with `*` for the items of a list;
    /// `status/…`; `table/<caption>/…` for what belongs to none of these.
    pub place: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mandatory: Option<String>,
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tokens: BTreeSet<String>,
    /// The digest of its words.
    pub words: String,
    /// The words themselves, of a page at hand; never recorded.
    #[serde(skip)]
    pub text: String,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Example {
    /// `request` or `response`.
    pub of: String,
    /// The method and the URL of a request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
    /// The digest of what is not JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Paragraph {
    pub words: String,
    #[serde(skip)]
    pub text: String,
}

/// Something that could not be read in full.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Unread {
    pub what: String,
    pub why: String,
    /// How many rows it has; 0 where all rows were read, but something that they lead to was not.
    pub rows: usize,
}

/// What a section of a page is about.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Uri,
    Request,
    Response,
    RequestExample,
    ResponseExample,
    Other,
}

/// The labels and headings of the parts of a page: how they are arranged is layout.
const LABELS: [&str; 9] = [
    "uri",
    "request",
    "request message",
    "request parameters",
    "response",
    "response message",
    "response parameters",
    "example request",
    "example response",
];
const METHODS: [&str; 7] = ["GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS"];

/// The facts of pages that were read together: a table may stand on another one of them.
pub fn of_pages(pages: &[Vec<Block>]) -> Vec<Facts> {
    let all: Vec<&Table> = pages.iter().flatten().filter_map(Block::table).collect();
    let facts = |page: &Vec<Block>| {
        let own = page.iter().filter_map(Block::table).collect();
        Reader { own, all: all.clone(), placed: Vec::new(), facts: Facts::default() }.read(page)
    };
    pages.iter().map(facts).collect()
}

struct Reader<'a> {
    /// The tables of the page, and those of all pages.
    own: Vec<&'a Table>,
    all: Vec<&'a Table>,
    placed: Vec<&'a Table>,
    facts: Facts,
}

impl<'a> Reader<'a> {
    fn read(mut self, blocks: &'a [Block]) -> Facts {
        let (mut part, mut heading) = (Part::Other, "");
        let mut tables = Vec::new();
        for block in blocks {
            match block {
                Block::Page { id } => self.facts.page.clone_from(id),
                Block::Heading(text) => {
                    part = Part::named(&text.text).unwrap_or(Part::Other);
                    heading = &text.text;
                    self.paragraph(&text.text);
                }
                Block::Paragraph(text) if part == Part::Uri && is_call(&text.text) => {
                    self.facts
                        .calls
                        .push(text.text.split_whitespace().collect::<Vec<_>>().join(" "));
                }
                Block::Paragraph(text) => {
                    if let Some(status) = status(&text.text) {
                        self.facts.rows.push(Row::new(format!("status/{status}"), &[text]));
                    }
                    let is_label = LABELS.contains(&text.text.to_lowercase().as_str());
                    part = Part::named(&text.text).filter(|_| is_label).unwrap_or(part);
                    self.paragraph(&text.text);
                }
                Block::Code { text } => self.example(text, part),
                Block::Table(table) => {
                    self.facts.seen += table.rows.len();
                    let head = table.head.iter().map(|cell| cell.text.as_str());
                    let caption = table.caption.iter().map(|caption| caption.text.as_str());
                    self.paragraph(&caption.chain(head).collect::<Vec<_>>().join(" "));
                    tables.push((part, heading, table));
                }
                Block::Unreadable { line, rows, why, text } => {
                    self.facts.seen += rows;
                    self.unread(
                        text.lines().next().unwrap_or_default(),
                        &format!("line {line}: {why}"),
                        *rows,
                    );
                    // A change of it is reported all the same.
                    self.paragraph(text);
                }
            }
        }
        self.tables(&tables);
        self.facts
    }

    fn paragraph(&mut self, text: &str) {
        if LABELS.contains(&text.to_lowercase().as_str()) {
            return;
        }
        self.facts.paragraphs.push(Paragraph { words: digest(text), text: text.to_owned() });
    }

    fn unread(&mut self, what: &str, why: &str, rows: usize) {
        self.facts.unread.push(Unread { what: what.to_owned(), why: why.to_owned(), rows });
    }

    fn example(&mut self, text: &str, part: Part) {
        let (first, rest) = text.trim().split_once('\n').unwrap_or((text.trim(), ""));
        let call = is_call(first).then(|| first.trim().to_owned());
        let body = if call.is_some() { rest } else { text }.trim();
        let is_request =
            part == Part::RequestExample || (part != Part::ResponseExample && call.is_some());
        let of = if is_request { "request" } else { "response" };
        let json = serde_json::from_str(body).ok();
        let words = (json.is_none() && !body.is_empty()).then(|| digest(body));
        if words.is_some() {
            self.unread(&format!("example of a {of}"), "is not JSON", 0);
        }
        self.facts.examples.push(Example { of: of.to_owned(), call, json, words });
    }

    /// Places each table: at the root of its part, below the row that leads to it, or by its caption.
    fn tables(&mut self, tables: &[(Part, &str, &'a Table)]) {
        let rows: Vec<Field> =
            self.own.iter().filter_map(|table| table.fields()).flatten().collect();
        let inner: Vec<&Table> = rows.iter().filter_map(|row| self.inner(row)).collect();
        drop(rows);
        let mut roots = BTreeSet::new();
        for (part, heading, table) in tables {
            let name = [table.caption(), heading].into_iter().find(|name| !name.is_empty());
            if table.is_of_statuses() {
                self.others("status", table);
            } else if table.fields().is_none() {
                self.others(&format!("table/{}", name.unwrap_or_default()), table);
            } else if !is_in(&inner, table) {
                let root = self.root(*part, table).filter(|root| roots.insert(*root));
                if let Some(root) = root {
                    self.fields(root, table, &mut Vec::new());
                }
            }
        }
        for (_, _, table) in tables {
            if table.fields().is_some() && !is_in(&self.placed, table) {
                let name = table.owner().unwrap_or(table.caption());
                self.fields(&format!("table/{name}"), table, &mut Vec::new());
            }
        }
        let mut places = HashMap::new();
        for row in &mut self.facts.rows {
            let count = places.entry(row.place.clone()).or_insert(0);
            *count += 1;
            if *count > 1 {
                row.place = format!("{}#{count}", row.place);
            }
        }
    }

    /// The table of a row's fields: the one that it links to, or the one whose caption names it. A link to
    /// another page comes last, since some lead to a like table elsewhere.
    fn inner(&self, row: &Field) -> Option<&'a Table> {
        let linked = |tables: &[&'a Table]| {
            row.targets()
                .find_map(|id| tables.iter().find(|it| it.ids.iter().any(|own| own == id)).copied())
        };
        let named = || {
            self.own.iter().find(|it| row.is_compound() && it.owner() == Some(row.name)).copied()
        };
        linked(&self.own).or_else(named).or_else(|| linked(&self.all))
    }

    /// The part of the exchange that a table describes from its root on.
    fn root(&self, part: Part, table: &Table) -> Option<&'static str> {
        let caption = table.caption().to_lowercase();
        let is_of_headers = caption.contains("header")
            || table.head.first()?.text.to_lowercase().contains("header");
        // A request without a body has only its query.
        let is_of_query = caption.contains("query")
            || self.facts.calls.iter().all(|call| call.starts_with("GET "));
        Some(match part {
            Part::Response if is_of_headers => "response-header",
            Part::Response => "response",
            Part::Uri | Part::Request if is_of_headers => "header",
            Part::Uri => "uri",
            Part::Request if is_of_query => "query",
            Part::Request => "request",
            _ => return None,
        })
    }

    /// Reads a table of fields at a place, and below its rows the tables that they lead to.
    fn fields(&mut self, place: &str, table: &'a Table, above: &mut Vec<&'a Table>) {
        let is_first = is_in(&self.own, table) && !is_in(&self.placed, table);
        above.push(table);
        self.placed.push(table);
        for row in table.fields().into_iter().flatten() {
            let is_in_path =
                |name| self.facts.calls.iter().any(|call| call.contains(&format!("{{{name}}}")));
            let place = match place {
                "uri" if is_in_path(row.name) => "path",
                "uri" => "query",
                place => place,
            };
            let place = format!("{place}/{}", row.name);
            if let Some(why) = row.fault {
                self.unread(&place, why, usize::from(is_first));
                continue;
            }
            self.facts.read += usize::from(is_first);
            let kind = row.kind.map(|cell| cell.text.clone());
            let is_list = kind.as_ref().is_some_and(|kind| type_name(kind).starts_with("array"));
            let below = if is_list { format!("{place}/*") } else { place.clone() };
            let mandatory = row.mandatory.map(|cell| cell.text.to_lowercase());
            self.facts.rows.push(Row { mandatory, kind, ..Row::new(place, &row.rest) });
            match self.inner(&row) {
                // A table that leads back to itself describes values of any depth.
                Some(inner) if is_in(above, inner) => {}
                Some(inner) => self.fields(&below, inner, above),
                None if row.is_compound() && row.targets().next().is_some() => {
                    self.unread(&below, "its fields stand on another page; give that page too", 0);
                }
                None => {}
            }
        }
        above.pop();
    }

    /// Reads a table whose rows are no fields. They are named by the first column in which no two cells are
    /// alike.
    fn others(&mut self, place: &str, table: &Table) {
        let columns = table.rows.iter().map(Vec::len).max().unwrap_or(0);
        let name = |row: &[Text], column: usize| {
            row.get(column).map_or("", |cell| cell.text.as_str()).to_owned()
        };
        let column = (0..columns).find(|column| {
            let names: BTreeSet<String> = table.rows.iter().map(|row| name(row, *column)).collect();
            names.len() == table.rows.len() && !names.contains("")
        });
        self.facts.read += table.rows.len();
        for (number, row) in (1..).zip(&table.rows) {
            let name = column.map_or_else(|| number.to_string(), |column| name(row, column));
            let name = if place == "status" { status(&name).unwrap_or(&name) } else { &name };
            self.facts
                .rows
                .push(Row::new(format!("{place}/{name}"), &row.iter().collect::<Vec<_>>()));
        }
    }
}

impl Row {
    fn new(place: String, cells: &[&Text]) -> Self {
        let text = cells.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>().join(" ");
        let literals: Vec<String> =
            cells.iter().flat_map(|cell| cell.literals.iter().cloned()).collect();
        Self {
            place,
            mandatory: None,
            kind: None,
            tokens: tokens(&text, &literals),
            words: digest(&text),
            text,
        }
    }
}

impl Part {
    /// The part that a heading, or a label in the place of one, announces.
    fn named(text: &str) -> Option<Self> {
        let text = text.to_lowercase();
        let has = |word| text.contains(word);
        Some(match () {
            () if has("example") || has("sample") => {
                if has("request") {
                    Self::RequestExample
                } else if has("response") {
                    Self::ResponseExample
                } else {
                    Self::Other
                }
            }
            () if has("uri") || has("url") => Self::Uri,
            () if has("request") => Self::Request,
            () if has("response") => Self::Response,
            () => return None,
        })
    }
}

fn is_in(tables: &[&Table], table: &Table) -> bool {
    tables.iter().any(|it| ptr::eq(*it, table))
}

fn is_call(text: &str) -> bool {
    let (method, rest) = text.trim().split_once(' ').unwrap_or_default();
    METHODS.contains(&method)
        && (rest.trim_start().starts_with('/') || rest.trim_start().starts_with("http"))
}
