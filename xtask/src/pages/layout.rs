//! A documentation page as it is laid out, whatever format it is written in.

use std::fmt;

use super::pattern;

/// What can't be read of a page, and the line on which it stands.
#[derive(Debug)]
pub struct Fault {
    pub line: usize,
    pub what: String,
}

impl Fault {
    pub fn new(line: usize, what: impl fmt::Display) -> Self {
        Self { line, what: what.to_string() }
    }
}

#[derive(Debug, Default, PartialEq)]
pub struct Page {
    /// Its own name for itself.
    pub id: Option<String>,
    pub sections: Vec<Section>,
}

impl Page {
    /// The blocks of the section that is open, which has no heading at the page's start.
    pub fn blocks(&mut self) -> &mut Vec<Block> {
        if self.sections.is_empty() {
            self.sections.push(Section { line: 1, heading: String::new(), blocks: Vec::new() });
        }
        let last = self.sections.len() - 1;
        &mut self.sections[last].blocks
    }
}

#[derive(Debug, PartialEq)]
pub struct Section {
    pub line: usize,
    pub heading: String,
    pub blocks: Vec<Block>,
}

#[derive(Debug, PartialEq)]
pub enum Block {
    Paragraph(Text),
    List(Vec<Vec<Block>>),
    Code(Code),
    Table(Table),
}

/// Text on which nothing was read but its end.
#[derive(Debug, PartialEq)]
pub struct Code {
    pub line: usize,
    pub text: String,
}

#[derive(Debug, PartialEq)]
pub struct Table {
    pub line: usize,
    pub caption: Option<Text>,
    /// The names by which cross-references lead here.
    pub anchors: Vec<String>,
    pub head: Vec<Cell>,
    pub rows: Vec<Vec<Cell>>,
}

#[derive(Debug, PartialEq)]
pub struct Cell {
    pub line: usize,
    pub blocks: Vec<Block>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Text {
    pub line: usize,
    pub runs: Vec<Run>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Run {
    Plain(String),
    /// Bold or code: the name of a field, or a value.
    Literal(String),
    /// The target is as it stands, but for a `#` before it.
    Link {
        text: String,
        target: String,
    },
}

impl Text {
    pub fn new(line: usize) -> Self {
        Self { line, runs: Vec::new() }
    }

    pub fn push_plain(&mut self, text: &str) {
        match self.runs.last_mut() {
            Some(Run::Plain(before)) => before.push_str(text),
            _ => self.runs.push(Run::Plain(text.to_owned())),
        }
    }

    pub fn push_literal(&mut self, text: &str) {
        let text = squeeze(text);
        if !text.is_empty() {
            self.runs.push(Run::Literal(text));
        }
    }

    pub fn push_link(&mut self, text: &str, target: &str) {
        let target = target.strip_prefix('#').unwrap_or(target).to_owned();
        self.runs.push(Run::Link { text: squeeze(text), target });
    }

    pub fn is_blank(&self) -> bool {
        self.plain().is_empty()
    }

    /// All of it, without marks.
    pub fn plain(&self) -> String {
        let runs = self.runs.iter().map(|run| match run {
            Run::Plain(text) | Run::Literal(text) | Run::Link { text, .. } => text.as_str(),
        });
        squeeze(&runs.collect::<String>())
    }

    pub fn literals(&self) -> impl Iterator<Item = &str> {
        self.runs.iter().filter_map(|run| match run {
            Run::Literal(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// The text and the target of each link.
    pub fn links(&self) -> impl Iterator<Item = (&str, &str)> {
        self.runs.iter().filter_map(|run| match run {
            Run::Link { text, target } => Some((text.as_str(), target.as_str())),
            _ => None,
        })
    }
}

/// White space as one space each, and none at the ends.
fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Adds a block; a paragraph that reads like the caption of the table behind it becomes that.
pub fn push(blocks: &mut Vec<Block>, mut block: Block) {
    if let Block::Table(table) = &mut block
        && table.caption.is_none()
        && let Some(caption) = blocks.pop_if(|before| is_caption(before))
        && let Block::Paragraph(text) = caption
    {
        table.caption = Some(text);
    }
    blocks.push(block);
}

fn is_caption(block: &Block) -> bool {
    matches!(block, Block::Paragraph(text) if pattern!(r"^Table \d+\b").is_match(&text.plain()))
}

/// All blocks in the order of the page, those of lists in their place.
pub fn flat(blocks: &[Block]) -> Vec<&Block> {
    let mut all = Vec::new();
    for block in blocks {
        match block {
            Block::List(items) => all.extend(items.iter().flat_map(|item| flat(item))),
            _ => all.push(block),
        }
    }
    all
}

/// The paragraphs of a cell, joined.
pub fn plain(cell: &Cell) -> String {
    let mut parts = Vec::new();
    for block in flat(&cell.blocks) {
        match block {
            Block::Paragraph(text) => parts.push(text.plain()),
            Block::Code(code) => parts.push(squeeze(&code.text)),
            Block::List(_) | Block::Table(_) => {}
        }
    }
    parts.join(" ")
}
