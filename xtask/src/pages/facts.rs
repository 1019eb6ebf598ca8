//! What a page states, as facts without sentences: made from the blocks that `xtask/pages/read.py` reads.

use std::collections::{BTreeSet, HashMap};
use std::ptr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::page::{Block, Field, Prose, Table, status, type_name};
use super::words::{digest, hash, tokens, unnumbered};

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

impl Facts {
    /// Whether two pages are editions of one, by ID or by call.
    pub fn is_of_same_page(&self, other: &Self) -> bool {
        (!self.page.is_empty() && self.page == other.page)
            || (!self.calls.is_empty() && self.calls == other.calls)
    }
}

/// A row of a table: a field, a status, or something else.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Row {
    /// `path/…`, `query/…`, `header/…`, `request/…`, `response/…` with `*` for the items of a list;
    /// `status/…`; `table/<caption>/…` for what belongs to none of these. The second row of a place has
    /// `#2` after it.
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
    /// `request`, `response` or `other`.
    pub of: String,
    /// The method and the URL of a request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
    /// Identifies what is not JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    #[serde(skip)]
    pub text: String,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Paragraph {
    pub words: String,
    #[serde(skip)]
    pub text: String,
    /// The heading above it.
    #[serde(skip)]
    pub section: String,
}

/// Something that could not be read in full.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Unread {
    pub what: String,
    pub why: String,
    /// How many rows it has; 0 where all rows were read, but something that they lead to was not.
    pub rows: usize,
    /// The digest of its words.
    pub words: String,
}

/// What a section of a page is about.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Uri,
    Request,
    Response,
    Other,
}

/// The labels and headings of the parts of a page: how they are arranged is layout.
const LABELS: &str = "|uri|request|request message|request parameters|example request\
                      |response|response message|response parameters|example response|";
const METHODS: [&str; 7] = ["GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS"];

/// The facts of a page. Rows may link to tables of other pages.
pub fn of(page: &[Block], others: &[&[Block]]) -> Facts {
    let own: Vec<&Table> = page.iter().filter_map(Block::table).collect();
    let others = others.iter().copied().flatten().filter_map(Block::table).collect();
    Reader { own, others, placed: Vec::new(), facts: Facts::default() }.read(page)
}

struct Reader<'a> {
    own: Vec<&'a Table>,
    /// The tables of other pages.
    others: Vec<&'a Table>,
    placed: Vec<&'a Table>,
    facts: Facts,
}

impl<'a> Reader<'a> {
    fn read(mut self, blocks: &'a [Block]) -> Facts {
        let (mut part, mut section) = (Part::Other, "");
        let mut tables = Vec::new();
        for block in blocks {
            match block {
                Block::Page { id } => self.facts.page.clone_from(id),
                Block::Heading(text) => {
                    part = Part::named(&text.text, part).unwrap_or(Part::Other);
                    section = &text.text;
                    self.paragraph(&text.text, section);
                }
                Block::Paragraph(Prose { text, .. }) | Block::Code { text }
                    if self.is_call(text, part) =>
                {
                    self.facts.calls.push(text.trim().to_owned());
                }
                Block::Paragraph(text) => {
                    if let Some(status) = status(&text.text) {
                        self.facts.rows.push(Row::new(format!("status/{status}"), &[text]));
                        continue;
                    }
                    if is_label(&text.text) {
                        part = Part::named(&text.text, part).unwrap_or(part);
                    }
                    self.paragraph(&text.text, section);
                }
                Block::Code { text } => self.example(text, part),
                Block::Table(table) => {
                    self.facts.seen += table.rows.len();
                    self.paragraph(&table.title(), section);
                    tables.push((part, section, table));
                }
                Block::Unreadable { rows, why, text } => {
                    self.facts.seen += rows;
                    self.unread(text.lines().next().unwrap_or_default(), why, *rows, text);
                }
            }
        }
        self.tables(&tables);
        self.facts
    }

    /// Whether a text of this part is the method and the path of an operation.
    fn is_call(&self, text: &str, part: Part) -> bool {
        let is_alone = self.facts.calls.is_empty() && text.split_whitespace().count() == 2;
        (part == Part::Uri || (is_alone && text.contains(" /"))) && call(text).is_some()
    }

    fn paragraph(&mut self, text: &str, section: &str) {
        if !is_label(text) && !text.trim().is_empty() {
            let [text, section] = [text, section].map(str::to_owned);
            self.facts.paragraphs.push(Paragraph { words: digest(&text), text, section });
        }
    }

    fn unread(&mut self, what: &str, why: &str, rows: usize, text: &str) {
        let [what, why] = [what, why].map(str::to_owned);
        self.facts.unread.push(Unread { what, why, rows, words: digest(text) });
    }

    fn example(&mut self, code: &str, part: Part) {
        let (first, rest) = code.trim().split_once('\n').unwrap_or((code.trim(), ""));
        let call = call(first).map(str::to_owned);
        let text = if call.is_some() { rest } else { code }.trim().to_owned();
        let of = match part {
            Part::Request => "request",
            _ if call.is_some() => "request",
            Part::Response => "response",
            _ => "other",
        };
        let json = serde_json::from_str(&text).ok();
        let words = (json.is_none() && !text.is_empty())
            .then(|| hash(&text.split_whitespace().collect::<Vec<_>>().join(" ")));
        if words.is_some() {
            self.unread(&format!("example of a {of}"), "it is not JSON", 0, "");
        }
        self.facts.examples.push(Example { of: of.to_owned(), call, json, words, text });
    }

    /// Places each table: at the root of its part, below the row that leads to it, or by its caption.
    fn tables(&mut self, tables: &[(Part, &str, &'a Table)]) {
        let mut inner: Vec<&Table> = Vec::new();
        for table in &self.own {
            let rows = table.fields().unwrap_or_default();
            let below = rows.iter().filter_map(|row| self.inner(row));
            inner.extend(below.filter(|below| !ptr::eq(*below, *table)));
        }
        let mut fields = Vec::new();
        for (part, section, table) in tables {
            if table.is_of_statuses() {
                self.others("status", table);
            } else if table.fields().is_none() {
                self.others(&format!("table/{}", table.name(section)), table);
            } else {
                fields.push((*part, *section, *table));
            }
        }
        let mut roots = BTreeSet::new();
        // Tables that only lead to each other begin with the first of them.
        for is_last in [false, true] {
            for (part, section, table) in &fields {
                if is_in(&self.placed, table) || (!is_last && is_in(&inner, table)) {
                    continue;
                }
                let root = self.root(*part, section, table).filter(|root| roots.insert(*root));
                if let Some(root) = root {
                    self.fields(root, table, &mut Vec::new());
                } else if is_last {
                    self.fields(&format!("table/{}", table.name(section)), table, &mut Vec::new());
                }
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
        linked(&self.own).or_else(named).or_else(|| linked(&self.others))
    }

    /// The part of the exchange that a table describes from its root on.
    fn root(&self, part: Part, section: &str, table: &Table) -> Option<&'static str> {
        let head = table.head.first().map_or("", |cell| &cell.text);
        let title = format!("{section} {} {head}", table.caption()).to_lowercase();
        // A request without a body has only its query.
        let has_body = self.facts.calls.iter().any(|call| !call.starts_with("GET "));
        Some(match part {
            Part::Response if title.contains("header") => "response-header",
            Part::Response => "response",
            Part::Other => return None,
            _ if title.contains("header") => "header",
            _ if title.contains("query") => "query",
            Part::Uri => "uri",
            _ if title.contains("path param") => "uri",
            Part::Request if has_body => "request",
            Part::Request => "query",
        })
    }

    /// Reads a table of fields at a place, and below its rows the tables that they lead to.
    fn fields(&mut self, place: &str, table: &'a Table, above: &mut Vec<&'a Table>) {
        let is_first = is_in(&self.own, table) && !is_in(&self.placed, table);
        above.push(table);
        self.placed.push(table);
        for row in table.fields().into_iter().flatten() {
            let is_in_path = |name| {
                let mut paths = self.facts.calls.iter().filter_map(|call| call.split('?').next());
                paths.any(|path| path.contains(&format!("{{{name}}}")))
            };
            let place = match place {
                "uri" if is_in_path(row.name) => "path",
                "uri" => "query",
                place => place,
            };
            let place = format!("{place}/{}", row.name);
            if let Some(why) = row.fault {
                self.unread(&place, why, usize::from(is_first), &row.text());
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
                    let why = "its fields stand on another page; give that page too";
                    self.unread(&below, why, 0, "");
                }
                None => {}
            }
        }
        above.pop();
    }

    /// Reads a table whose rows are no fields. They are named by the first column in which nearly all cells
    /// differ.
    fn others(&mut self, place: &str, table: &Table) {
        self.facts.read += table.rows.len();
        let names = |column: usize| {
            let cells = table.rows.iter().map(move |row| row.get(column));
            cells.map(|cell| cell.map_or(String::new(), |cell| unnumbered(&cell.text).into()))
        };
        let is_naming = |column: &usize| {
            place == "status"
                || names(*column).collect::<BTreeSet<String>>().len() * 10 >= table.rows.len() * 9
        };
        let column = (0..table.head.len()).find(is_naming).unwrap_or(0);
        for (row, name) in table.rows.iter().zip(names(column)) {
            let name = if place == "status" { status(&name).unwrap_or(&name) } else { &name };
            let cells: Vec<&Prose> = row.iter().collect();
            self.facts.rows.push(Row::new(format!("{place}/{name}"), &cells));
        }
    }
}

impl Row {
    fn new(place: String, cells: &[&Prose]) -> Self {
        let text = cells.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>().join(" ");
        let literals: Vec<String> =
            cells.iter().flat_map(|cell| cell.literals.iter().cloned()).collect();
        let (tokens, words) = (tokens(&text, &literals), digest(&text));
        Self { place, tokens, words, text, ..Self::default() }
    }
}

impl Part {
    /// The part that a heading, or a label in the place of one, announces within another part.
    fn named(text: &str, within: Self) -> Option<Self> {
        let text = text.to_lowercase();
        let has = |names: &[&str]| {
            text.split(|it: char| !it.is_alphanumeric()).any(|word| names.contains(&word))
        };
        Some(match within {
            _ if has(&["uri", "url"]) => Self::Uri,
            _ if has(&["request", "requests"]) => Self::Request,
            _ if has(&["response", "responses"]) => Self::Response,
            _ if !has(&["path", "query", "header", "headers", "body"]) => return None,
            Self::Other | Self::Uri => Self::Request,
            part => part,
        })
    }
}

fn is_in(tables: &[&Table], table: &Table) -> bool {
    tables.iter().any(|it| ptr::eq(*it, table))
}

fn is_label(text: &str) -> bool {
    LABELS.contains(&format!("|{}|", text.to_lowercase().trim_end_matches(':')))
}

/// The text, if it is a method and a path or URL.
fn call(text: &str) -> Option<&str> {
    let text = text.trim();
    let (method, rest) = text.split_once(char::is_whitespace)?;
    let rest = rest.trim_start();
    (METHODS.contains(&method) && (rest.starts_with('/') || rest.starts_with("http")))
        .then_some(text)
}
