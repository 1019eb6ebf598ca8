//! HTML within a Markdown page. Tags have to be closed and nested as in XML, which is how the
//! vendor's pages have them: a table with a tag astray is told, not guessed at.

use std::collections::BTreeMap;

use html5gum::{DefaultEmitter, Token, Tokenizer};

use super::layout::{Block, Cell, Code, Fault, Table, Text, push};

/// More levels than any page has; bounds the recursion.
const DEPTH: usize = 64;

/// Tags that have no end.
const VOID: [&str; 5] = ["br", "col", "hr", "img", "wbr"];

struct Element {
    line: usize,
    name: String,
    attributes: BTreeMap<String, String>,
    children: Vec<Node>,
}

enum Node {
    Element(Element),
    Text(usize, String),
}

/// Reads a piece of HTML; `line` tells the line of a byte of it.
pub fn blocks(html: &str, line: &dyn Fn(usize) -> usize) -> Result<Vec<Block>, Fault> {
    let nodes = tree(html, line)?;
    let mut flow = Flow::new(line(0));
    for node in &nodes {
        flow.node(node)?;
    }
    Ok(flow.finish())
}

/// The name that an anchor gives to its place, if a tag in the flow of a text is one.
pub fn anchor(tag: &str) -> Option<String> {
    let mut tokens = Tokenizer::new(tag).flatten();
    match tokens.next()? {
        Token::StartTag(tag) if *tag.name == b"a" => {
            let name = tag.attributes.get(b"name".as_slice())?;
            Some(String::from_utf8_lossy(name).into_owned())
        }
        _ => None,
    }
}

fn tree(html: &str, line: &dyn Fn(usize) -> usize) -> Result<Vec<Node>, Fault> {
    let utf8 = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut open: Vec<Element> = Vec::new();
    let mut top = Vec::new();
    let emitter = DefaultEmitter::<usize>::new_with_span();
    for token in Tokenizer::new_with_emitter(html, emitter).flatten() {
        let node = match token {
            Token::StartTag(tag) => {
                let element = Element {
                    line: line(tag.span.start),
                    name: utf8(&tag.name),
                    attributes: tag.attributes.iter().map(|(n, v)| (utf8(n), utf8(v))).collect(),
                    children: Vec::new(),
                };
                if !tag.self_closing && !VOID.contains(&element.name.as_str()) {
                    if open.len() == DEPTH {
                        return Err(Fault::new(element.line, "tags within tags, too deep to read"));
                    }
                    open.push(element);
                    continue;
                }
                Node::Element(element)
            }
            Token::EndTag(tag) => {
                let (name, line) = (utf8(&tag.name), line(tag.span.start));
                match open.pop() {
                    Some(element) if element.name == name => Node::Element(element),
                    Some(other) => {
                        let (inner, since) = (other.name, other.line);
                        return Err(Fault::new(
                            line,
                            format!("</{name}>, but <{inner}> of line {since} is not closed"),
                        ));
                    }
                    None => return Err(Fault::new(line, format!("</{name}> without its start"))),
                }
            }
            Token::String(text) => Node::Text(line(text.span.start), utf8(&text.value)),
            Token::Error(error) => {
                return Err(Fault::new(line(error.span.start), format!("HTML: {}", error.value)));
            }
            Token::Comment(_) | Token::Doctype(_) => continue,
        };
        open.last_mut().map_or(&mut top, |element| &mut element.children).push(node);
    }
    match open.pop() {
        Some(element) => {
            let name = element.name;
            Err(Fault::new(element.line, format!("<{name}> is not closed where the HTML ends")))
        }
        None => Ok(top),
    }
}

/// Blocks in the making.
struct Flow {
    blocks: Vec<Block>,
    text: Text,
    anchors: Vec<String>,
}

impl Flow {
    fn new(line: usize) -> Self {
        Self { blocks: Vec::new(), text: Text::new(line), anchors: Vec::new() }
    }

    fn finish(mut self) -> Vec<Block> {
        self.end_paragraph();
        self.blocks
    }

    fn end_paragraph(&mut self) {
        let text = std::mem::take(&mut self.text);
        if !text.is_blank() {
            push(&mut self.blocks, Block::Paragraph(text));
            self.anchors.clear();
        }
    }

    fn add(&mut self, block: Block) {
        self.end_paragraph();
        push(&mut self.blocks, block);
        self.anchors.clear();
    }

    fn within(element: &Element) -> Result<Vec<Block>, Fault> {
        let mut flow = Self::new(element.line);
        for node in &element.children {
            flow.node(node)?;
        }
        Ok(flow.finish())
    }

    fn node(&mut self, node: &Node) -> Result<(), Fault> {
        let element = match node {
            Node::Text(line, text) => {
                if self.text.is_blank() {
                    self.text.line = *line;
                }
                self.text.push_plain(text);
                return Ok(());
            }
            Node::Element(element) => element,
        };
        if self.text.is_blank() {
            self.text.line = element.line;
        }
        match element.name.as_str() {
            "a" => match element.attributes.get("href") {
                Some(target) => self.text.push_link(&words(&element.children), target),
                None => self.anchors.extend(element.attributes.get("name").cloned()),
            },
            "strong" | "b" | "code" | "tt" | "kbd" => {
                self.text.push_literal(&words(&element.children));
            }
            "em" | "i" | "u" | "span" | "sub" | "sup" => {
                for child in &element.children {
                    self.node(child)?;
                }
            }
            "br" | "wbr" | "hr" => self.text.push_plain(" "),
            "img" => {}
            "p" | "div" => {
                self.end_paragraph();
                for child in &element.children {
                    self.node(child)?;
                }
                self.end_paragraph();
            }
            "pre" => {
                let code = Code { line: element.line, text: words(&element.children) };
                self.add(Block::Code(code));
            }
            "ul" | "ol" => {
                let items = children(element, &["li"])?;
                let items = items.into_iter().map(Self::within).collect::<Result<_, _>>()?;
                self.add(Block::List(items));
            }
            "table" => {
                self.end_paragraph();
                let mut table = table(element)?;
                table.anchors.append(&mut self.anchors);
                self.add(Block::Table(table));
            }
            other => {
                return Err(Fault::new(
                    element.line,
                    format!("<{other}>, of which nothing is known"),
                ));
            }
        }
        Ok(())
    }
}

/// All text within, anchors and the like left out.
fn words(nodes: &[Node]) -> String {
    nodes.iter().fold(String::new(), |text, node| match node {
        Node::Text(_, more) => text + more,
        Node::Element(element) if element.name == "br" => text + " ",
        Node::Element(element) => text + &words(&element.children),
    })
}

/// The elements within, which have to have one of these names; text has no place between them.
fn children<'a>(parent: &'a Element, names: &[&str]) -> Result<Vec<&'a Element>, Fault> {
    let mut elements = Vec::new();
    let expected = || format!("within <{}>, expected <{}>", parent.name, names.join("> or <"));
    for node in &parent.children {
        match node {
            Node::Element(child) if names.contains(&child.name.as_str()) => elements.push(child),
            // Anchors stand anywhere.
            Node::Element(child) if child.name == "a" && child.children.is_empty() => {}
            Node::Element(child) => {
                return Err(Fault::new(child.line, format!("<{}> {}", child.name, expected())));
            }
            Node::Text(_, text) if text.trim().is_empty() => {}
            Node::Text(line, text) => {
                return Err(Fault::new(*line, format!("`{}` {}", text.trim(), expected())));
            }
        }
    }
    Ok(elements)
}

fn table(element: &Element) -> Result<Table, Fault> {
    let mut head = None;
    let mut rows = Vec::new();
    for part in children(element, &["colgroup", "thead", "tbody", "tr"])? {
        let (part_rows, in_head) = match part.name.as_str() {
            "tr" => (vec![part], false),
            // Widths of columns.
            "colgroup" => continue,
            name => (children(part, &["tr"])?, name == "thead"),
        };
        for row in part_rows {
            let cells = children(row, &["th", "td"])?;
            let headings = in_head || cells.iter().all(|cell| cell.name == "th");
            let cells = cells.into_iter().map(cell).collect::<Result<Vec<_>, _>>()?;
            match (headings, &head) {
                (true, None) if rows.is_empty() => head = Some(cells),
                (true, _) => return Err(Fault::new(row.line, "a second row of column headings")),
                (false, _) => rows.push(cells),
            }
        }
    }
    let head =
        head.ok_or_else(|| Fault::new(element.line, "a table without a row of column headings"))?;
    Ok(Table { line: element.line, caption: None, anchors: Vec::new(), head, rows })
}

fn cell(element: &Element) -> Result<Cell, Fault> {
    for (attribute, what) in [("colspan", "columns"), ("rowspan", "rows")] {
        if element.attributes.get(attribute).is_some_and(|span| span != "1") {
            let message = format!("a cell over several {what}, expected one per row and column");
            return Err(Fault::new(element.line, message));
        }
    }
    Ok(Cell { line: element.line, blocks: Flow::within(element)? })
}
