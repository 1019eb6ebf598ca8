//! Lays the generated code out for its reader, who reviews it in a snapshot.
//!
//! prettyplease leaves the body of a macro's invocation as it is, in one heap; here the bodies are
//! laid out, and nothing but that: the text has to parse to the same tokens as before.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::File;
use syn::visit_mut::VisitMut;

use super::{Failure, Result};

const WIDTH: usize = 100;
const INDENT: usize = 4;

pub fn text(file: &File) -> Result<String> {
    let mut bodies = Bodies(Vec::new());
    let mut outline = file.clone();
    bodies.visit_file_mut(&mut outline);
    let mut text = String::new();
    for line in prettyplease::unparse(&outline).lines() {
        let indent = line.len() - line.trim_start().len();
        match bodies.0.iter().find(|(mark, _)| line.contains(mark.as_str())) {
            Some((mark, body)) if line.trim() == mark => text.push_str(&laid_out(body, indent)),
            Some((mark, body)) => {
                let (before, after) = line.split_once(mark.as_str()).unwrap_or((line, ""));
                text.push_str(before.trim_end());
                text.push('\n');
                text.push_str(&laid_out(body, indent + INDENT));
                text.push_str(&" ".repeat(indent));
                text.push_str(after.trim_start());
            }
            None => text.push_str(line),
        }
        if !text.ends_with('\n') {
            text.push('\n');
        }
    }
    check(&text, file)?;
    Ok(text)
}

/// Checks that a text is the code of a file.
pub fn check(text: &str, file: &File) -> Result<()> {
    match tokens_of(text)? == tokens_of(&prettyplease::unparse(file))? {
        true => Ok(()),
        false => Err(Failure::new("the layout", "is not the generated code any more")),
    }
}

fn tokens_of(text: &str) -> Result<String> {
    match syn::parse_file(text) {
        Ok(file) => Ok(file.to_token_stream().to_string()),
        Err(error) => Err(Failure::new("the layout", error.to_string())),
    }
}

/// Takes the bodies of the crate's own macros out, and leaves a mark in each one's place.
struct Bodies(Vec<(String, TokenStream)>);

impl VisitMut for Bodies {
    fn visit_macro_mut(&mut self, invocation: &mut syn::Macro) {
        if invocation.path.segments.first().is_some_and(|segment| segment.ident == "crate")
            && matches!(invocation.delimiter, syn::MacroDelimiter::Brace(_))
        {
            let mark = format!("__body_{}__", self.0.len());
            let ident = proc_macro2::Ident::new(&mark, proc_macro2::Span::call_site());
            let body = std::mem::replace(&mut invocation.tokens, ident.to_token_stream());
            self.0.push((mark, body));
        }
    }
}

fn laid_out(body: &TokenStream, indent: usize) -> String {
    let mut lines = Lines { text: String::new(), line: String::new(), indent, last: None };
    lines.add(body.clone());
    lines.end_line();
    lines.text
}

struct Lines {
    text: String,
    line: String,
    indent: usize,
    last: Option<TokenTree>,
}

impl Lines {
    fn add(&mut self, tokens: TokenStream) {
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match (&token, tokens.peek()) {
                (TokenTree::Punct(hash), Some(TokenTree::Group(group)))
                    if hash.as_char() == '#' && doc(group).is_some() =>
                {
                    let doc = doc(group).unwrap_or_default();
                    tokens.next();
                    self.end_line();
                    self.line = format!("///{doc}");
                    self.end_line();
                }
                (TokenTree::Punct(hash), Some(TokenTree::Group(group)))
                    if hash.as_char() == '#' && group.delimiter() == Delimiter::Bracket =>
                {
                    let attribute = inline(group.stream());
                    tokens.next();
                    self.end_line();
                    self.line = format!("#[{attribute}]");
                    self.end_line();
                }
                (TokenTree::Group(group), _) if group.delimiter() == Delimiter::Brace => {
                    let inline = inline(group.stream());
                    let has_doc = inline.contains("#[");
                    let width = self.indent + self.line.len() + inline.len() + " {  },".len();
                    if !self.line.is_empty() {
                        self.line.push(' ');
                    }
                    if group.stream().is_empty() {
                        self.line.push_str("{}");
                    } else if !has_doc && width <= WIDTH {
                        self.line.push_str(&format!("{{ {inline} }}"));
                    } else {
                        self.line.push('{');
                        self.end_line();
                        self.indent += INDENT;
                        self.add(group.stream());
                        self.end_line();
                        self.indent -= INDENT;
                        self.line.push('}');
                    }
                    self.last = Some(token);
                }
                (TokenTree::Punct(comma), _) if comma.as_char() == ',' => {
                    self.line.push(',');
                    self.end_line();
                }
                _ => self.push(token),
            }
        }
    }

    fn push(&mut self, token: TokenTree) {
        push(&mut self.line, &mut self.last, token);
    }

    fn end_line(&mut self) {
        if !self.line.is_empty() {
            self.text.push_str(&" ".repeat(self.indent));
            self.text.push_str(self.line.trim_end());
            self.text.push('\n');
            self.line.clear();
        }
        self.last = None;
    }
}

fn inline(tokens: TokenStream) -> String {
    let (mut text, mut last) = (String::new(), None);
    for token in tokens {
        push(&mut text, &mut last, token);
    }
    text
}

/// Adds a token, with a space before it where one belongs.
fn push(text: &mut String, last: &mut Option<TokenTree>, token: TokenTree) {
    let is_word = |token: &TokenTree| matches!(token, TokenTree::Ident(_) | TokenTree::Literal(_));
    let spaced = match (&*last, &token) {
        (None, _) => false,
        (Some(TokenTree::Punct(punct)), _) => match punct.as_char() {
            ',' | '=' => true,
            ':' => punct.spacing() == Spacing::Alone && !text.ends_with("::"),
            _ => false,
        },
        (Some(_), TokenTree::Punct(punct)) => punct.as_char() == '=',
        (Some(last), token) if is_word(last) => {
            is_word(token)
                || matches!(token, TokenTree::Group(group)
                    if group.delimiter() != Delimiter::Parenthesis)
        }
        (Some(_), token) => is_word(token),
    };
    if spaced {
        text.push(' ');
    }
    match &token {
        TokenTree::Group(group) => {
            let (open, close) = match group.delimiter() {
                Delimiter::Parenthesis => ("(", ")"),
                Delimiter::Bracket => ("[", "]"),
                Delimiter::Brace => ("{ ", " }"),
                Delimiter::None => ("", ""),
            };
            text.push_str(open);
            text.push_str(&inline(group.stream()));
            text.push_str(close);
        }
        other => text.push_str(&other.to_string()),
    }
    *last = Some(token);
}

/// The text of `[doc = "text"]`.
fn doc(group: &proc_macro2::Group) -> Option<String> {
    let text: syn::MetaNameValue = syn::parse2(group.stream()).ok()?;
    match text.value {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. })
            if !text.value().contains('\n') =>
        {
            Some(text.value())
        }
        _ => None,
    }
}
