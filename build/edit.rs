//! Edits of the generated code by search and replace. Each edit has to match exactly once: otherwise it is an error,
//! since the generator has changed its output.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::{ToTokens, quote};

use super::Outcome;

/// Code that is being edited, as tokens separated by spaces.
pub struct Code(String);

impl Code {
    pub fn new(items: &[impl ToTokens]) -> Self {
        Self(spaced(quote!(#(#items)*)))
    }

    /// Replaces code. In `from`, `__` matches any tokens within a statement; in `to`, `__1` is what the first `__`
    /// matched.
    pub fn edit(&mut self, reason: &str, from: TokenStream, to: TokenStream) -> Outcome<()> {
        let (from, mut to) = (spaced(from), spaced(to));
        let pieces: Vec<&str> = from.split("__ ").collect();
        let found = find(&self.0, &pieces);
        let again = found.as_ref().and_then(|(_, end, _)| find(&self.0[*end..], &pieces));
        let made = usize::from(found.is_some()) + usize::from(again.is_some());
        let (Some((start, end, held)), None) = (found, again) else {
            return Err(format!(
                "expected `{from}` once in the generated code, found it {made} times; it is edited because {reason}"
            ));
        };
        for (number, held) in held.into_iter().enumerate() {
            to = to.replace(&format!("__{} ", number + 1), held);
        }
        self.0.replace_range(start..end, &to);
        Ok(())
    }

    pub fn tokens(&self) -> Outcome<TokenStream> {
        self.0.parse().map_err(|error| format!("{error}"))
    }
}

/// Finds the pieces one after another, and returns the start, the end, and the strings between them.
fn find<'t>(text: &'t str, pieces: &[&str]) -> Option<(usize, usize, Vec<&'t str>)> {
    text.match_indices(pieces[0]).find_map(|(start, first)| {
        let (mut end, mut held) = (start + first.len(), Vec::new());
        for piece in &pieces[1..] {
            let hole = &text[end..][..text[end..].find(piece)?];
            if hole.contains(['{', '}', ';']) {
                return None;
            }
            held.push(hole);
            end += hole.len() + piece.len();
        }
        Some((start, end, held))
    })
}

/// Converts code to a string with normalized spacing.
pub fn spaced(code: TokenStream) -> String {
    let mut text = String::new();
    for token in code {
        match &token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("( ", ") "),
                    Delimiter::Brace => ("{ ", "} "),
                    Delimiter::Bracket => ("[ ", "] "),
                    Delimiter::None => ("", ""),
                };
                text += open;
                text += &spaced(group.stream());
                text += close;
            }
            TokenTree::Punct(punct)
                if punct.spacing() == Spacing::Joint && ":-=.'".contains(punct.as_char()) =>
            {
                text.push(punct.as_char());
            }
            token => text += &format!("{token} "),
        }
    }
    text
}
