//! A page in Markdown, with its tables in HTML.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::html;
use super::layout::{Block, Code, Fault, Page, Section, Text, push};
use super::pattern;

pub fn read(source: &str) -> Result<Page, Fault> {
    let mut reader = Reader::new(source);
    for (event, range) in Parser::new_ext(source, Options::ENABLE_TABLES).into_offset_iter() {
        reader.event(event, &range)?;
    }
    reader.end_html()?;
    Ok(reader.page)
}

/// More lists in lists than any page has; bounds the recursion.
const DEPTH: usize = 64;

/// How many lines end within a part of a text.
fn line_ends(text: &str, part: Range<usize>) -> usize {
    text.get(part).map_or(0, |part| part.matches('\n').count())
}

/// A list or an item that is open.
enum Open {
    List(Vec<Vec<Block>>),
    Item(Vec<Block>),
}

/// HTML that is not read yet. A blank line ends a block of it for CommonMark, but not a table that is
/// open, since what comes next is HTML again.
#[derive(Default)]
struct Html {
    text: String,
    /// Where each piece begins in it, and in which line of the page.
    pieces: Vec<(usize, usize)>,
}

impl Html {
    fn has_open_table(&self) -> bool {
        let count = |tag: &regex_lite::Regex| tag.find_iter(&self.text).count();
        count(pattern!("(?i)<table\\b")) > count(pattern!("(?i)</table\\b"))
    }

    fn line(&self, offset: usize) -> usize {
        let piece = self.pieces.iter().rev().find(|(start, _)| *start <= offset);
        let (start, line) = piece.copied().unwrap_or_default();
        line + line_ends(&self.text, start..offset)
    }
}

struct Reader<'a> {
    source: &'a str,
    page: Page,
    open: Vec<Open>,
    text: Text,
    /// What is collected of a bold text or a link, and the link's target.
    literal: Option<String>,
    link: Option<(String, String)>,
    /// How many images are open: their text is none of the page.
    images: usize,
    code: Option<Code>,
    html: Option<Html>,
    /// Names given to what comes next.
    anchors: Vec<String>,
}

impl<'a> Reader<'a> {
    fn new(source: &'a str) -> Self {
        Self {
            source,
            page: Page::default(),
            open: Vec::new(),
            text: Text::default(),
            literal: None,
            link: None,
            images: 0,
            code: None,
            html: None,
            anchors: Vec::new(),
        }
    }

    fn line(&self, offset: usize) -> usize {
        1 + line_ends(self.source, 0..offset)
    }

    fn event(&mut self, event: Event, range: &Range<usize>) -> Result<(), Fault> {
        let is_html = matches!(
            event,
            Event::Html(_) | Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock)
        );
        if !is_html {
            self.end_html()?;
        }
        match event {
            Event::Start(tag) => self.start(tag, range)?,
            Event::End(tag) => self.end(tag, range)?,
            Event::Text(text) => self.words(&text, range),
            Event::Code(text) => {
                self.begin(range);
                match &mut self.literal {
                    Some(literal) => literal.push_str(&text),
                    None => self.text.push_literal(&text),
                }
            }
            Event::SoftBreak | Event::HardBreak => self.words(" ", range),
            Event::InlineHtml(tag) if pattern!("(?i)^<br */?>$").is_match(&tag) => {
                self.words(" ", range);
            }
            Event::InlineHtml(tag) if pattern!("(?i)^</?a\\b|^<!--").is_match(&tag) => {
                self.anchors.extend(html::anchor(&tag));
            }
            Event::Html(piece) => {
                let line = self.line(range.start);
                if let Some(html) = &mut self.html {
                    html.pieces.push((html.text.len(), line));
                    html.text.push_str(&piece);
                }
            }
            Event::Rule => self.end_paragraph(),
            other => {
                let line = self.line(range.start);
                let message = format!("{other:?} in a text, of which nothing is known");
                return Err(Fault::new(line, message));
            }
        }
        Ok(())
    }

    fn start(&mut self, tag: Tag, range: &Range<usize>) -> Result<(), Fault> {
        match tag {
            Tag::Heading { .. } => {
                self.end_paragraph();
                self.anchors.clear();
            }
            Tag::Paragraph | Tag::BlockQuote(_) => self.end_paragraph(),
            Tag::List(_) => {
                self.end_paragraph();
                self.open.push(Open::List(Vec::new()));
            }
            Tag::Item if self.open.len() > DEPTH => {
                return Err(Fault::new(self.line(range.start), "lists in lists, too deep to read"));
            }
            Tag::Item => self.open.push(Open::Item(Vec::new())),
            Tag::Strong => self.literal = Some(String::new()),
            Tag::Emphasis => {}
            Tag::Link { dest_url, .. } => self.link = Some((String::new(), dest_url.to_string())),
            Tag::Image { .. } => self.images += 1,
            Tag::CodeBlock(kind) => {
                self.end_paragraph();
                let fence = usize::from(matches!(kind, CodeBlockKind::Fenced(_)));
                let line = self.line(range.start) + fence;
                self.code = Some(Code { line, text: String::new() });
            }
            Tag::HtmlBlock => {
                self.end_paragraph();
                self.html.get_or_insert_default();
            }
            Tag::Table(_) => {
                let line = self.line(range.start);
                return Err(Fault::new(line, "a table of pipes, expected one in HTML"));
            }
            other => {
                let line = self.line(range.start);
                return Err(Fault::new(line, format!("{other:?}, of which nothing is known")));
            }
        }
        Ok(())
    }

    fn end(&mut self, tag: TagEnd, range: &Range<usize>) -> Result<(), Fault> {
        match tag {
            TagEnd::Heading(level) => self.heading(level, range),
            TagEnd::Paragraph | TagEnd::BlockQuote(_) => self.end_paragraph(),
            TagEnd::Item => {
                self.end_paragraph();
                if let Some(Open::Item(blocks)) = self.open.pop()
                    && let Some(Open::List(items)) = self.open.last_mut()
                {
                    items.push(blocks);
                }
            }
            TagEnd::List(_) => {
                if let Some(Open::List(items)) = self.open.pop() {
                    self.add(Block::List(items));
                }
            }
            TagEnd::Strong => {
                let literal = self.literal.take().unwrap_or_default();
                match &mut self.link {
                    Some((text, _)) => text.push_str(&literal),
                    None => self.text.push_literal(&literal),
                }
            }
            TagEnd::Link => {
                if let Some((text, target)) = self.link.take() {
                    self.begin(range);
                    self.text.push_link(&text, &target);
                }
            }
            TagEnd::Image => self.images = self.images.saturating_sub(1),
            TagEnd::CodeBlock => {
                if let Some(code) = self.code.take() {
                    self.add(Block::Code(code));
                }
            }
            TagEnd::HtmlBlock if !self.html.as_ref().is_some_and(Html::has_open_table) => {
                self.end_html()?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Remembers where a paragraph begins.
    fn begin(&mut self, range: &Range<usize>) {
        if self.text.is_blank() {
            self.text.line = self.line(range.start);
        }
    }

    fn words(&mut self, words: &str, range: &Range<usize>) {
        if let Some(code) = &mut self.code {
            code.text.push_str(words);
            return;
        }
        if self.images > 0 {
            return;
        }
        self.begin(range);
        if let Some(literal) = &mut self.literal {
            literal.push_str(words);
        } else if let Some((text, _)) = &mut self.link {
            text.push_str(words);
        } else {
            self.text.push_plain(words);
        }
    }

    fn heading(&mut self, level: HeadingLevel, range: &Range<usize>) {
        let heading = std::mem::take(&mut self.text).plain();
        let name = self.anchors.drain(..).next();
        if level == HeadingLevel::H1 {
            self.page.id = name;
        }
        let line = self.line(range.start);
        self.page.sections.push(Section { line, heading, blocks: Vec::new() });
    }

    fn end_html(&mut self) -> Result<(), Fault> {
        let Some(html) = self.html.take() else { return Ok(()) };
        for mut block in html::blocks(&html.text, &|offset| html.line(offset))? {
            if let Block::Table(table) = &mut block {
                table.anchors.append(&mut self.anchors);
            }
            self.add(block);
        }
        Ok(())
    }

    fn end_paragraph(&mut self) {
        let text = std::mem::take(&mut self.text);
        if !text.is_blank() {
            self.add(Block::Paragraph(text));
        }
    }

    fn add(&mut self, block: Block) {
        self.anchors.clear();
        if let Some(Open::Item(blocks)) = self.open.last_mut() {
            push(blocks, block);
        } else {
            push(self.page.blocks(), block);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::layout::plain;

    #[test]
    fn cells_of_a_table_in_a_list_know_their_lines() {
        let source = "# T<a name=\"x\"></a>\n\n-   Item\n\n    **Table  1**  Things\n\n    <a name=\"t\"></a>\n    \
                      <table><tr><th>A</th></tr>\n    <tr><td><p>b &amp; <strong>c</strong></p>\n    \
                      </td></tr></table>\n";
        let page = read(source).expect("a page");
        assert_eq!(page.id.as_deref(), Some("x"));
        let Block::List(items) = &page.sections[0].blocks[0] else { panic!("{page:?}") };
        let Block::Table(table) = &items[0][1] else { panic!("{items:?}") };
        assert_eq!(table.caption.as_ref().map(Text::plain).as_deref(), Some("Table 1 Things"));
        assert_eq!((table.line, &table.anchors), (8, &vec!["t".to_owned()]));
        let cell = &table.rows[0][0];
        assert_eq!((cell.line, plain(cell).as_str()), (9, "b & c"));
    }

    #[test]
    fn widths_of_columns_are_passed_over() {
        let plain = "<table><tr><th>A</th></tr><tr><td>b</td></tr></table>\n";
        let wide = plain.replace("<tr><th>", "<colgroup><col width=\"9%\"></colgroup><tr><th>");
        assert_eq!(read(&wide).expect("a page"), read(plain).expect("a page"));
    }

    #[test]
    fn what_nests_without_end_is_refused() {
        let lists = "- ".repeat(300) + "x";
        assert!(read(&lists).unwrap_err().what.contains("too deep"));
        let tags = "<div>".repeat(300);
        assert!(read(&tags).unwrap_err().what.contains("too deep"));
    }
}
