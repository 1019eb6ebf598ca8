//! A page in reStructuredText: the part of it that documentation pages use. What is not known is an
//! error, since a table might hide in it.
//!
//! Own code, since the one crate that reads reStructuredText, `rst_parser`, knows no tables, gives no
//! lines, and takes a target for a comment.

mod inline;
mod table;

use super::layout::{Block, Code, Fault, Page, Section, push};
use super::pattern;

/// More blocks within blocks than any page has; bounds the recursion.
const DEPTH: usize = 64;

/// A line, without white space at its end.
#[derive(Clone)]
pub struct Line {
    pub number: usize,
    pub text: String,
}

impl Line {
    fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    fn indent(&self) -> usize {
        self.text.chars().take_while(|c| *c == ' ').count()
    }

    /// The same line, less some columns at its start.
    pub fn cut(&self, columns: usize) -> Self {
        let text = self.text.chars().skip(columns).collect();
        Self { number: self.number, text }
    }
}

pub fn read(source: &str) -> Result<Page, Fault> {
    let lines: Vec<_> = source
        .lines()
        .enumerate()
        .map(|(index, text)| Line { number: index + 1, text: expand(text.trim_end()) })
        .collect();
    let mut page = Page { id: lines.iter().find_map(original_name), sections: Vec::new() };
    let mut at = 0;
    let mut start = 0;
    while let Some(line) = lines.get(at) {
        let Some((heading, length)) = heading(&lines[at..]) else {
            at += 1;
            continue;
        };
        let labels = blocks(&lines[start..at], page.blocks(), 0)?;
        // The label before the title, which is the first heading, is that of the page.
        if start == 0 {
            page.id = page.id.or_else(|| labels.into_iter().next());
        }
        page.sections.push(Section { line: line.number, heading, blocks: Vec::new() });
        at += length;
        start = at;
    }
    blocks(&lines[start..], page.blocks(), 0)?;
    Ok(page)
}

/// The name of the page before it became reStructuredText, which its label repeats.
fn original_name(line: &Line) -> Option<String> {
    let name = pattern!(r"^:original_name: +(\S+?)(?:\.html)?$").captures(&line.text)?;
    Some(name[1].to_owned())
}

/// Tabs as the spaces that they stand for.
fn expand(text: &str) -> String {
    let mut expanded = String::new();
    let mut column = 0;
    for c in text.chars() {
        let (shown, columns) = if c == '\t' { (' ', 8 - column % 8) } else { (c, 1) };
        expanded.extend(std::iter::repeat_n(shown, columns));
        column += columns;
    }
    expanded
}

/// The heading at the start of these lines, and how many lines it takes.
fn heading(lines: &[Line]) -> Option<(String, usize)> {
    let text = |at: usize| lines.get(at).map(|line| line.text.as_str());
    let (first, second) = (text(0)?, text(1)?);
    if let Some(third) = text(2)
        && is_adornment(first)
        && first == third
        && !second.is_empty()
    {
        return Some((second.trim().to_owned(), 3));
    }
    let is_title = first.starts_with(|c: char| !c.is_whitespace()) && !is_adornment(first);
    (is_title && is_adornment(second) && second.len() >= first.chars().count())
        .then(|| (first.to_owned(), 2))
}

fn is_adornment(line: &str) -> bool {
    let mut characters = line.chars();
    characters.next().is_some_and(|first| {
        first.is_ascii_punctuation() && line.len() > 1 && characters.all(|c| c == first)
    })
}

/// Reads blocks to the end of these lines. Gives the names that wait for a block to come.
pub fn blocks(lines: &[Line], to: &mut Vec<Block>, depth: usize) -> Result<Vec<String>, Fault> {
    let mut reader = Reader { lines, at: 0, anchors: Vec::new(), blocks: to, depth };
    if let Some(line) = lines.first()
        && depth > DEPTH
    {
        return Err(Fault::new(line.number, "blocks within blocks, too deep to read"));
    }
    while reader.at < lines.len() {
        reader.block()?;
    }
    Ok(reader.anchors)
}

/// Lines with the indentation that all of them have taken away, blank ones left out at both ends.
fn dedent(lines: &[Line]) -> Vec<Line> {
    let common = lines.iter().filter(|line| !line.is_blank()).map(Line::indent).min().unwrap_or(0);
    let mut lines: Vec<_> = lines.iter().map(|line| line.cut(common)).collect();
    while lines.last().is_some_and(Line::is_blank) {
        lines.pop();
    }
    lines.drain(..lines.iter().take_while(|line| line.is_blank()).count());
    lines
}

struct Reader<'a> {
    lines: &'a [Line],
    at: usize,
    /// Names given to the block to come.
    anchors: Vec<String>,
    blocks: &'a mut Vec<Block>,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn block(&mut self) -> Result<(), Fault> {
        let Some(line) = self.lines.get(self.at) else { return Ok(()) };
        let text = line.text.as_str();
        if text.is_empty() {
            self.at += 1;
            Ok(())
        } else if text.starts_with(' ') {
            let quote = self.indented(1);
            self.nested(&dedent(&quote))
        } else if text == ".." || text.starts_with(".. ") {
            self.explicit(line)
        } else if pattern!(r"^\+(?:[-=]+\+)+$").is_match(text) {
            let length = self.rest().iter().take_while(|l| l.text.starts_with(['+', '|'])).count();
            let table = table::grid(self.take(length), self.depth)?;
            self.add(Block::Table(table));
            Ok(())
        } else if pattern!(r"^=+(?: +=+)+$").is_match(text) {
            let (table, length) = table::simple(self.rest(), self.depth)?;
            self.at += length;
            self.add(Block::Table(table));
            Ok(())
        } else if bullet(text).is_some() {
            self.list()
        } else if is_adornment(text) && text.len() >= 4 {
            self.at += 1;
            Ok(())
        } else {
            self.paragraph(line)
        }
    }

    fn rest(&self) -> &'a [Line] {
        self.lines.get(self.at..).unwrap_or_default()
    }

    fn take(&mut self, length: usize) -> &'a [Line] {
        let taken = self.rest().get(..length).unwrap_or_default();
        self.at += length;
        taken
    }

    /// Takes the lines that are indented by at least so many columns, with the blank ones between.
    fn indented(&mut self, columns: usize) -> Vec<Line> {
        let rest = self.rest();
        let length = rest.iter().take_while(|l| l.is_blank() || l.indent() >= columns).count();
        self.take(length).to_vec()
    }

    fn nested(&mut self, lines: &[Line]) -> Result<(), Fault> {
        self.anchors.clear();
        blocks(lines, self.blocks, self.depth + 1).map(|_| ())
    }

    fn add(&mut self, mut block: Block) {
        if let Block::Table(table) = &mut block {
            table.anchors.append(&mut self.anchors);
        }
        self.anchors.clear();
        push(self.blocks, block);
    }

    fn paragraph(&mut self, first: &Line) -> Result<(), Fault> {
        let rest = self.rest();
        let more = rest.iter().skip(1).take_while(|l| !l.is_blank() && l.indent() == 0).count();
        let lines = self.take(more + 1);
        let mut text = String::new();
        for line in lines {
            if pattern!(r"^\+[-=]{2}|^=+(?: +=+)+$").is_match(&line.text) {
                let message = format!("`{}`, a border that is broken or out of place", line.text);
                return Err(Fault::new(line.number, message));
            }
            // Within a line block, a bar begins each line.
            let line = line.text.strip_prefix("| ").unwrap_or(&line.text);
            text.push_str(if text.is_empty() { "" } else { " " });
            text.push_str(line);
        }
        let literal_follows = text.ends_with("::");
        if literal_follows {
            text.pop();
        }
        if text != ":" {
            self.add(Block::Paragraph(inline::text(first.number, &text)));
        }
        if literal_follows {
            let code = self.indented(1);
            self.code(&code, first.number);
        }
        Ok(())
    }

    fn code(&mut self, lines: &[Line], otherwise: usize) {
        let lines = dedent(lines);
        let line = lines.first().map_or(otherwise, |line| line.number);
        let text = lines.iter().fold(String::new(), |text, line| text + &line.text + "\n");
        self.add(Block::Code(Code { line, text }));
    }

    fn list(&mut self) -> Result<(), Fault> {
        let mut items = Vec::new();
        while let Some(line) = self.lines.get(self.at)
            && let Some(indent) = bullet(&line.text)
        {
            self.at += 1;
            let mut lines = vec![line.cut(indent)];
            lines.extend(self.indented(1));
            // The body begins where the text behind the bullet does; less is no RST, but readable.
            let body = lines.iter().skip(1).filter(|l| !l.is_blank()).map(Line::indent).min();
            let cut = body.map_or(indent, |body| body.min(indent));
            for line in lines.iter_mut().skip(1) {
                *line = line.cut(cut);
            }
            let mut item = Vec::new();
            blocks(&lines, &mut item, self.depth + 1)?;
            items.push(item);
        }
        self.add(Block::List(items));
        Ok(())
    }

    /// What begins with two dots: targets and directives.
    fn explicit(&mut self, line: &Line) -> Result<(), Fault> {
        let text = line.text.as_str();
        if let Some(target) = pattern!(r"^\.\. _`?([^:`]+)`?:$").captures(text) {
            self.at += 1;
            self.anchors.push(target[1].to_owned());
            return Ok(());
        }
        let is_image = pattern!(r"^\.\. \|[^|]+\| image::").is_match(text);
        let is_address = pattern!(r"^\.\. _[^:]+: \S").is_match(text);
        self.at += 1;
        let body = self.indented(1);
        if is_image || is_address || (text == ".." && body.iter().all(Line::is_blank)) {
            return Ok(());
        }
        // A comment of one line hides nothing.
        let is_comment = pattern!(r"^\.\. [^_|:]*$").is_match(text);
        if is_comment && body.iter().all(Line::is_blank) {
            return Ok(());
        }
        let Some(directive) = pattern!(r"^\.\. ([a-z-]+)::(?: +(.*))?$").captures(text) else {
            let message =
                format!("`{text}`, of which nothing is known, and which may hide a table");
            return Err(Fault::new(line.number, message));
        };
        let argument = directive.get(2).map_or("", |argument| argument.as_str());
        match &directive[1] {
            "table" => self.table(line, argument, &body),
            "code-block" | "code" | "sourcecode" => {
                self.code(content(&body).1, line.number);
                Ok(())
            }
            "note" | "warning" | "caution" | "important" | "tip" | "attention" | "danger"
            | "hint" | "seealso" | "container" | "versionadded" | "versionchanged"
            | "deprecated" => {
                if !argument.is_empty() {
                    self.add(Block::Paragraph(inline::text(line.number, argument)));
                }
                self.nested(&dedent(&body))
            }
            "image" | "figure" => Ok(()),
            other => {
                let message = format!("the directive `{other}`, of which nothing is known");
                Err(Fault::new(line.number, message))
            }
        }
    }

    fn table(&mut self, line: &Line, argument: &str, body: &[Line]) -> Result<(), Fault> {
        let (head, body) = content(body);
        let mut caption = argument.to_owned();
        for more in head.iter().filter(|more| !more.text.trim().starts_with(':')) {
            caption = caption + " " + more.text.trim();
        }
        let mut inner = Vec::new();
        blocks(&dedent(body), &mut inner, self.depth + 1)?;
        match (inner.pop(), inner.is_empty()) {
            (Some(Block::Table(mut table)), true) => {
                if !caption.is_empty() {
                    table.caption = Some(inline::text(line.number, &caption));
                }
                self.add(Block::Table(table));
                Ok(())
            }
            _ => Err(Fault::new(line.number, "a directive `table` without a table, or with more")),
        }
    }
}

/// What stands directly below a directive, and its content behind a blank line.
fn content(body: &[Line]) -> (&[Line], &[Line]) {
    let head = body.iter().take_while(|line| !line.is_blank()).count();
    body.split_at(head)
}

/// Where the text begins behind the bullet or the number of an item.
fn bullet(text: &str) -> Option<usize> {
    let bullet = pattern!(r"^(?:[-*+\x{2022}]|\(?(?:\d+|#)[.)])(?: +|$)").find(text)?;
    Some(bullet.as_str().chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::layout::{Run, Text};

    fn only_section(source: &str) -> Vec<Block> {
        let mut page = read(source).expect("a page");
        assert_eq!(page.sections.len(), 1);
        page.sections.remove(0).blocks
    }

    fn paragraph(source: &str) -> Text {
        match only_section(source).remove(0) {
            Block::Paragraph(text) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn marks_are_told_from_plain_text() {
        let text =
            paragraph("A **bold\\_1** ``co*de``, 2 * 3 * 4, *so* :ref:`there <t_x>` a_b\\ c.");
        let expected = [
            Run::Plain("A ".to_owned()),
            Run::Literal("bold_1".to_owned()),
            Run::Plain(" ".to_owned()),
            Run::Literal("co*de".to_owned()),
            Run::Plain(", 2 * 3 * 4, so ".to_owned()),
            Run::Link { text: "there".to_owned(), target: "t_x".to_owned() },
            Run::Plain(" a_bc.".to_owned()),
        ];
        assert_eq!(text.runs, expected);
        let text = paragraph("See `Elsewhere <https://example.com/>`__ |icon| now.");
        assert_eq!(text.links().collect::<Vec<_>>(), [("Elsewhere", "https://example.com/")]);
        assert_eq!(text.plain(), "See Elsewhere now.");
    }

    #[test]
    fn sections_lists_quotes_and_code_nest() {
        let source = "Title\n=====\n\n1. One\n\n   -  Two\n      goes on\n\n2. Code::\n\n      x = 1\n\n        y\n";
        let blocks = read(source).expect("a page").sections.pop().expect("a section").blocks;
        let Block::List(items) = &blocks[0] else { panic!("{blocks:?}") };
        assert_eq!(items.len(), 2);
        let Block::List(inner) = &items[0][1] else { panic!("{items:?}") };
        let Block::Paragraph(text) = &inner[0][0] else { panic!("{inner:?}") };
        assert_eq!((text.line, text.plain().as_str()), (6, "Two goes on"));
        let code = Code { line: 11, text: "x = 1\n\n  y\n".to_owned() };
        assert_eq!(items[1][1], Block::Code(code));
    }

    #[test]
    fn a_comment_is_passed_over_unless_a_table_may_hide_in_it() {
        let source = ".. _lamp:\n\n.. words\n\n.. seealso:: Other lamps\n";
        assert_eq!(only_section(source).len(), 1);
        for source in [".. table\n\n   == ==\n   A  B\n", ".. table: **Table 1**\n", ".. _lamp\n"] {
            assert!(read(source).unwrap_err().what.contains("may hide a table"), "{source}");
        }
    }

    #[test]
    fn a_bar_within_a_cell_is_text() {
        let source = "+-----+---+\n| A   | B |\n+=====+===+\n| a|b |   |\n+-----+---+\n";
        let blocks = only_section(source);
        let Block::Table(table) = &blocks[0] else { panic!("{blocks:?}") };
        assert_eq!(crate::pages::layout::plain(&table.rows[0][0]), "a|b");
        assert!(table.rows[0][1].blocks.is_empty());
    }

    #[test]
    fn what_nests_without_end_is_refused() {
        let source = (0..200)
            .fold(String::new(), |source, depth| source + &" ".repeat(3 * depth) + "-  deeper\n\n");
        assert!(read(&source).unwrap_err().what.contains("too deep"));
    }
}
