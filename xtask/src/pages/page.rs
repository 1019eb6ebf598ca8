//! A page as `xtask/pages/read.py` gives it: a list of blocks.

use std::sync::LazyLock;

use regex_lite::Regex;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Block {
    Page {
        id: String,
    },
    Heading(Prose),
    Paragraph(Prose),
    Code {
        text: String,
    },
    Table(Table),
    /// What the parser could not read, and how many rows it seems to have.
    Unreadable {
        rows: usize,
        why: String,
        text: String,
    },
}

impl Block {
    pub fn table(&self) -> Option<&Table> {
        match self {
            Self::Table(table) => Some(table),
            _ => None,
        }
    }
}

#[derive(Clone, Default, Deserialize)]
pub struct Prose {
    pub text: String,
    /// What stands in it in bold or as code.
    pub literals: Vec<String>,
    /// The IDs that its links lead to.
    pub links: Vec<String>,
}

#[derive(Deserialize)]
pub struct Table {
    pub ids: Vec<String>,
    caption: Option<Prose>,
    /// The text of all rows of the head but the last one.
    above: String,
    pub head: Vec<Prose>,
    pub rows: Vec<Vec<Prose>>,
}

/// A row of a table whose rows are fields.
pub struct Field<'a> {
    pub name: &'a str,
    pub mandatory: Option<&'a Prose>,
    pub kind: Option<&'a Prose>,
    /// Its other cells: the description.
    pub rest: Vec<&'a Prose>,
    /// Why the row can't be read, if so.
    pub fault: Option<&'static str>,
}

impl Table {
    /// The caption without its number.
    pub fn caption(&self) -> &str {
        static NUMBER: LazyLock<Regex> =
            LazyLock::new(|| Regex::new(r"^Table\s+[0-9]+\s*").expect("a valid pattern"));
        let caption = self.caption.as_ref().map_or("", |caption| &caption.text);
        NUMBER.find(caption).map_or(caption, |number| &caption[number.end()..])
    }

    /// The caption and the head, as a text.
    pub fn title(&self) -> String {
        let head = self.head.iter().map(|cell| cell.text.as_str());
        [self.caption(), &self.above].into_iter().chain(head).collect::<Vec<_>>().join(" ")
    }

    /// The field that the caption says the table is of: `disk field description`.
    pub fn owner(&self) -> Option<&str> {
        let literals = self.caption.iter().flat_map(|caption| &caption.literals);
        let named = literals.map(String::as_str).find(|literal| !literal.starts_with("Table"));
        let first = || {
            let (first, rest) = self.caption().split_once(' ')?;
            let rest = rest.to_lowercase();
            let kinds = ["field description", "data structure", "parameter description"];
            kinds.iter().any(|kind| rest.starts_with(kind)).then_some(first)
        };
        named.or_else(first)
    }

    /// What to call it: after its owner, its caption or the section in which it stands.
    pub fn name<'a>(&'a self, section: &'a str) -> &'a str {
        let names = [self.owner().unwrap_or_default(), self.caption(), section, "unnamed"];
        names.into_iter().find(|name| !name.is_empty()).unwrap_or_default()
    }

    /// The column with one of several words in its head.
    fn column(&self, names: &str) -> Option<usize> {
        let is_name = |word: &str| names.split(' ').any(|name| name.eq_ignore_ascii_case(word));
        self.head.iter().position(|cell| cell.text.split_whitespace().any(is_name))
    }

    /// The rows, if they are fields: with a column of names and one of types or one that says which are
    /// mandatory.
    pub fn fields<'a>(&'a self) -> Option<Vec<Field<'a>>> {
        let name = self.column("parameter parameters name field header attribute element")?;
        let [mandatory, kind] = ["mandatory required", "type"].map(|names| self.column(names));
        mandatory.or(kind)?;
        let field = |row: &'a Vec<Prose>| -> Field<'a> {
            let cell = |column: Option<usize>| column.and_then(|column| row.get(column));
            let is_rest = |column: &usize| ![Some(name), mandatory, kind].contains(&Some(*column));
            let rest = (0..row.len()).filter(is_rest).map(|column| &row[column]).collect();
            let name = row.get(name).map_or("", |cell| &cell.text);
            let is_one_cell = row.len() > 1 && row.iter().all(|cell| cell.text == row[0].text);
            let faults = [
                (row.len() != self.head.len(), "it has more or fewer cells than the head"),
                (name.is_empty(), "it has no name"),
                (is_one_cell, "one cell spans the row"),
            ];
            let fault = faults.into_iter().find(|(is_so, _)| *is_so).map(|(_, fault)| fault);
            Field { name, mandatory: cell(mandatory), kind: cell(kind), rest, fault }
        };
        Some(self.rows.iter().map(field).collect())
    }

    /// Whether the rows are the statuses of responses.
    pub fn is_of_statuses(&self) -> bool {
        let head = self.head.first().map_or("value", |cell| &cell.text).to_lowercase();
        let mut first = self.rows.iter().map(|row| row.first().and_then(|cell| status(&cell.text)));
        ["value", "status", "code"].iter().any(|name| head.contains(name))
            && (self.head.len() < 4
                && !self.rows.is_empty()
                && first.all(|status| status.is_some()))
    }
}

/// The code of a text that is the status of a response: `204`, `400 Bad Request`.
pub fn status(text: &str) -> Option<&str> {
    let mut words = text.split_whitespace();
    let code = words.next()?;
    let is_code =
        code.len() == 3 && code.parse::<u16>().is_ok_and(|code| (100..600).contains(&code));
    (is_code && words.all(|word| word.starts_with(char::is_uppercase))).then_some(code)
}

impl Field<'_> {
    /// Whether the value may have fields of its own.
    pub fn is_compound(&self) -> bool {
        let scalars = ["boolean", "integer", "number", "string"];
        let kind = self.kind.map(|kind| type_name(&kind.text));
        kind.is_none_or(|kind| !scalars.iter().any(|scalar| kind.ends_with(scalar)))
    }

    /// The text of the whole row.
    pub fn text(&self) -> String {
        let cells =
            [self.mandatory, self.kind].into_iter().flatten().chain(self.rest.iter().copied());
        let texts = cells.map(|cell| cell.text.as_str());
        [self.name].into_iter().chain(texts).collect::<Vec<_>>().join(" ")
    }

    /// The IDs of tables that may hold its fields: those that the type names go before those of the
    /// description.
    pub fn targets(&self) -> impl Iterator<Item = &str> {
        let compound = self.is_compound();
        let links =
            self.kind.into_iter().chain(self.rest.iter().copied().filter(move |_| compound));
        links.flat_map(|text| &text.links).map(String::as_str)
    }
}

/// A type in the words of a document: `array of object`, `string`. What is not known stays as it is.
pub fn type_name(text: &str) -> String {
    let text = text.to_lowercase();
    let words = text.split(|it: char| !it.is_alphanumeric()).filter_map(|word| {
        KINDS.iter().find(|(_, words)| words.contains(&word)).map(|(kind, _)| *kind)
    });
    match words.collect::<Vec<_>>()[..] {
        [kind] => kind.to_owned(),
        ["array", item] | [item, "array"] => format!("array of {item}"),
        ["object", ..] => "object".to_owned(),
        _ => text,
    }
}

/// Each type with the words that the pages use for it.
const KINDS: [(&str, &[&str]); 6] = [
    ("array", &["array", "arrays", "list", "lists"]),
    ("boolean", &["boolean", "booleans", "bool"]),
    ("integer", &["integer", "integers", "int", "long"]),
    ("number", &["number", "numbers", "float", "double"]),
    ("object", &["object", "objects", "map", "dict", "json"]),
    ("string", &["string", "strings"]),
];
