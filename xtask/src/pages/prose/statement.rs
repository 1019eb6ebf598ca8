//! A description, sentence by sentence, each with the condition under which it holds.

use std::collections::BTreeMap;

use super::condition::{When, literals, when};
use super::phrase;
use crate::pages::layout::{Block, Run, Text};
use crate::pages::pattern;

pub struct Statement {
    /// Without the condition before it; literals are in `«»`.
    pub text: String,
    /// With it.
    pub whole: String,
    pub scope: Scope,
    /// Whether it is an item that begins or ends with a value.
    pub lists_values: bool,
    /// Whether the sentence before its list says that values follow.
    pub is_announced: bool,
}

/// Under what condition a statement holds.
#[derive(Clone, PartialEq)]
pub enum Scope {
    Always,
    /// When other fields have these values.
    When(When),
    /// When the field itself has one of these values.
    Itself(Vec<String>),
    /// Under a condition that names no field.
    Worded,
}

pub fn all(blocks: &[Block], owners: &BTreeMap<String, String>) -> Vec<Statement> {
    let mut reader = Reader { owners, statements: Vec::new() };
    reader.blocks(blocks, &Scope::Always, false);
    reader.statements
}

struct Reader<'a> {
    owners: &'a BTreeMap<String, String>,
    statements: Vec<Statement>,
}

impl Reader<'_> {
    fn blocks(&mut self, blocks: &[Block], scope: &Scope, item: bool) {
        // The condition of a sentence that ends in a colon holds for the list behind it.
        let mut of_list = scope.clone();
        let mut announces = false;
        for (index, block) in blocks.iter().enumerate() {
            match block {
                Block::Paragraph(text) => {
                    of_list = self.paragraph(text, scope, item && index == 0);
                    announces = phrase!("{LABEL}:$").is_match(&marked(text));
                }
                Block::List(items) => {
                    for item in items {
                        let first = self.statements.len();
                        self.blocks(item, &of_list, true);
                        if let Some(statement) = self.statements.get_mut(first) {
                            statement.is_announced |= announces;
                        }
                    }
                }
                Block::Code(code) => self.add(format!("«{}»", code.text.trim()), scope, false),
                Block::Table(_) => {}
            }
        }
    }

    /// Reads a paragraph, and gives the condition for a list behind it. In an item, a condition holds
    /// for all sentences that follow; elsewhere for its own.
    fn paragraph(&mut self, text: &Text, outer: &Scope, item: bool) -> Scope {
        let mut scope = outer.clone();
        let mut own = outer.clone();
        for (index, sentence) in sentences(&marked(text)).into_iter().enumerate() {
            let read = split(&sentence, self.owners);
            let rest = read.as_ref().map_or(sentence.as_str(), |(_, rest)| rest).to_owned();
            own = match read {
                Some((condition, _)) => within(outer, condition),
                None => scope.clone(),
            };
            if item && matches!(own, Scope::When(_)) {
                scope = own.clone();
            }
            let lists_values = item && index == 0 && rest == sentence;
            self.statements.push(Statement {
                text: rest,
                whole: sentence,
                scope: own.clone(),
                lists_values,
                is_announced: false,
            });
        }
        if text.plain().ends_with(':') { own } else { outer.clone() }
    }

    fn add(&mut self, text: String, scope: &Scope, lists_values: bool) {
        let whole = text.clone();
        self.statements.push(Statement {
            text,
            whole,
            scope: scope.clone(),
            lists_values,
            is_announced: false,
        });
    }
}

/// A condition within another.
fn within(outer: &Scope, inner: Scope) -> Scope {
    match (outer, inner) {
        (Scope::When(outer), Scope::When(inner)) => {
            let mut both = outer.clone();
            both.extend(inner);
            Scope::When(both)
        }
        (Scope::When(_), Scope::Itself(_) | Scope::Always) => outer.clone(),
        (_, inner) => inner,
    }
}

/// Splits the condition of a sentence from what it is about.
fn split(sentence: &str, owners: &BTreeMap<String, String>) -> Option<(Scope, String)> {
    condition_first(sentence, owners).or_else(|| condition_last(sentence))
}

fn condition_last(sentence: &str) -> Option<(Scope, String)> {
    // An item that explains a value.
    if sentence.starts_with('«') {
        return None;
    }
    let found =
        pattern!("^([^«]*?(?:«[^»]*»[^«]*?)*?),? (?:when|if|unless) (.*)$").captures(sentence)?;
    let about = found[1].to_owned();
    // These are facts on their own.
    if phrase!("\\b(?:{MANDATORY}|only)$").is_match(&about) {
        return None;
    }
    match phrase!("^({CONDITION})[.]?$").captures(&found[2]) {
        Some(condition) => Some((Scope::When(when(&condition[1])), about)),
        None => Some((Scope::Worded, about)),
    }
}

fn condition_first(sentence: &str, owners: &BTreeMap<String, String>) -> Option<(Scope, String)> {
    let fields = phrase!("^(?:If|When) ({CONDITION}), (.*)$");
    if let Some(found) = fields.captures(sentence) {
        return Some((Scope::When(when(&found[1])), found[2].to_owned()));
    }
    let itself =
        phrase!("^(?:If|When) (?:the value|this parameter) is (?:set to )?({ANY_OF})[^,«]*, (.*)$");
    if let Some(found) = itself.captures(sentence) {
        let values = literals(&found[1]).map(str::to_owned).collect();
        return Some((Scope::Itself(values), found[2].to_owned()));
    }
    // The kind of value that the field may have: said of the field.
    if pattern!("^If the value is an? ").is_match(sentence) {
        return Some((Scope::Always, sentence.to_owned()));
    }
    let worded = pattern!("^(?:If|When|Unless|Otherwise)\\b([^,]*), (.*)$").captures(sentence)?;
    let rest = worded[2].to_owned();
    // A value that one field alone has tells which field is meant.
    let mut named = literals(&worded[1]);
    if let (Some(value), None) = (named.next(), named.next())
        && let Some(owner) = owners.get(value)
    {
        let when = When::from([(owner.clone(), [value.to_owned()].into())]);
        return Some((Scope::When(when), rest));
    }
    Some((Scope::Worded, rest))
}

/// The text with literals in `«»`, and of links nothing: they lead to tables and other pages.
fn marked(text: &Text) -> String {
    let mut marked = String::new();
    for run in &text.runs {
        match run {
            Run::Plain(text) => marked.push_str(&plain(text)),
            Run::Literal(text) => {
                let text = text.replace(['«', '»'], " ");
                // A colon in bold ends the literal before it.
                let (name, colon) = match text.strip_suffix(':') {
                    Some(name) => (name, ":"),
                    None => (text.as_str(), ""),
                };
                marked.extend(["«", name, "»", colon]);
            }
            Run::Link { .. } => {}
        }
    }
    // A title, such as of a note, says nothing.
    let titles =
        pattern!(r"(?i)«(?:note|notice|caution|warning)»:?|\b(?:note|notice|caution|warning):");
    let marked = titles.replace_all(&marked, " ");
    marked.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Plain text, with what is quoted as a literal, and thousands without their commas.
fn plain(text: &str) -> String {
    let text = text.replace(['«', '»'], " ");
    let text = pattern!(r#"["'“]([\w-]+)["'”]"#).replace_all(&text, "«$1»").into_owned();
    pattern!(r"\b([1-9]\d{0,2}),(\d{3})\b").replace_all(&text, "$1$2").into_owned()
}

fn sentences(text: &str) -> Vec<String> {
    let ends = pattern!(r"([.;]) +([A-Z«])").replace_all(text, "$1\n$2");
    ends.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}
