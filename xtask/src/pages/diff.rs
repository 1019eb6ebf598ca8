//! `cargo xtask pages diff`: what differs between two editions of a page.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use similar::{Algorithm, ChangeTag, TextDiff, capture_diff_slices};

use super::facts::{Example, Facts, Paragraph, Row};
use super::words::normalised;

/// A difference, by its kind and in words. The place is empty for the page as a whole.
#[derive(Debug, PartialEq)]
pub struct Change {
    pub kind: &'static str,
    pub place: String,
    pub detail: String,
}

/// All differences: those of fields first, those of words alone last.
pub fn changes(old: &Facts, new: &Facts) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut change = |kind, place: &str, detail: String| {
        changes.push(Change { kind, place: place.to_owned(), detail })
    };
    if old.page != new.page {
        change("page", "", format!("{} → {}", old.page, new.page));
    }
    if old.calls != new.calls {
        change("call", "", format!("{} → {}", old.calls.join(", "), new.calls.join(", ")));
    }
    let by_place = |facts: &'_ Facts| -> BTreeMap<String, Row> {
        facts.rows.iter().map(|row| (row.place.clone(), row.clone())).collect()
    };
    let (before, after) = (by_place(old), by_place(new));
    let mut removed: Vec<&Row> =
        old.rows.iter().filter(|row| !after.contains_key(&row.place)).collect();
    for row in new.rows.iter().filter(|row| !before.contains_key(&row.place)) {
        // What stands elsewhere, or under another name, with the same words is the same field.
        let is_same = |other: &&Row| {
            let (place, name) = split(&row.place);
            let (other_place, other_name) = split(&other.place);
            other.words == row.words
                && other.kind == row.kind
                && (place == other_place || name == other_name)
        };
        match removed.iter().position(is_same) {
            Some(index) => {
                change("moved", &row.place, format!("was {}", removed.remove(index).place))
            }
            None => change("added", &row.place, row.to_string()),
        }
    }
    for row in removed {
        change("removed", &row.place, row.to_string());
    }
    for row in &new.rows {
        let Some(was) = before.get(&row.place) else { continue };
        let stated =
            |value: &Option<String>| value.clone().unwrap_or_else(|| "not stated".to_owned());
        if was.kind != row.kind {
            change("type", &row.place, format!("{} → {}", stated(&was.kind), stated(&row.kind)));
        }
        if was.mandatory != row.mandatory {
            change(
                "mandatory",
                &row.place,
                format!("{} → {}", stated(&was.mandatory), stated(&row.mandatory)),
            );
        }
        if was.tokens != row.tokens {
            change("tokens", &row.place, tokens(&was.tokens, &row.tokens));
        }
        if was.words != row.words {
            change("words", &row.place, words(&was.text, &row.text));
        }
    }
    examples(&old.examples, &new.examples, &mut change);
    paragraphs(&old.paragraphs, &new.paragraphs, &mut change);
    for unread in new.unread.iter().filter(|unread| !old.unread.contains(unread)) {
        change("unread", &unread.what, unread.why.clone());
    }
    for unread in old.unread.iter().filter(|unread| !new.unread.contains(unread)) {
        change("read", &unread.what, format!("no longer: {}", unread.why));
    }
    changes
}

/// What holds a field, and its name.
fn split(place: &str) -> (&str, &str) {
    place.rsplit_once('/').unwrap_or(("", place))
}

fn tokens(old: &BTreeSet<String>, new: &BTreeSet<String>) -> String {
    let gone = old.difference(new).map(|token| format!("-{token}"));
    gone.chain(new.difference(old).map(|token| format!("+{token}"))).collect::<Vec<_>>().join(" ")
}

fn examples(old: &[Example], new: &[Example], change: &mut impl FnMut(&'static str, &str, String)) {
    for of in ["request", "response"] {
        let of_kind = |all: &[Example]| -> Vec<String> {
            all.iter().filter(|it| it.of == of).map(Example::text).collect()
        };
        let (old, new) = (of_kind(old), of_kind(new));
        for index in 0..old.len().max(new.len()) {
            let [old, new] = [&old, &new].map(|all| all.get(index).map_or("", String::as_str));
            if old != new {
                let diff =
                    TextDiff::from_lines(old, new).unified_diff().context_radius(1).to_string();
                change("example", of, format!("number {}\n{diff}", index + 1));
            }
        }
    }
}

fn paragraphs(
    old: &[Paragraph],
    new: &[Paragraph],
    change: &mut impl FnMut(&'static str, &str, String),
) {
    let digests =
        |all: &[Paragraph]| -> Vec<String> { all.iter().map(|it| it.words.clone()).collect() };
    for step in capture_diff_slices(Algorithm::Myers, &digests(old), &digests(new)) {
        let (_, before, after) = step.as_tag_tuple();
        let (before, after) = (&old[before], &new[after]);
        for index in 0..before.len().max(after.len()) {
            match (before.get(index), after.get(index)) {
                (Some(before), Some(after)) if before.words == after.words => {}
                (Some(before), Some(after)) => change("text", "", words(&before.text, &after.text)),
                (None, Some(after)) => change("text", "", format!("new: {}", after.text)),
                (Some(before), None) if before.text.is_empty() => {
                    change("text", "", "a recorded paragraph is gone".to_owned())
                }
                (Some(before), None) => change("text", "", format!("gone: {}", before.text)),
                (None, None) => {}
            }
        }
    }
}

/// The changed words with three words around them; of recorded words, which are digests, the new text.
fn words(old: &str, new: &str) -> String {
    if old.is_empty() {
        return format!("now: {new}");
    }
    let (old, new) = (normalised(old), normalised(new));
    let [old, new] = [&old, &new].map(|words| words.iter().map(String::as_str).collect::<Vec<_>>());
    let diff = TextDiff::from_slices(&old, &new);
    let mut text = String::new();
    for group in diff.grouped_ops(3) {
        let ellipsis = if text.is_empty() { "" } else { " … " };
        text.push_str(ellipsis);
        for change in group.iter().flat_map(|step| diff.iter_changes(step)) {
            let (before, after) = match change.tag() {
                ChangeTag::Equal => ("", ""),
                ChangeTag::Delete => ("[-", "-]"),
                ChangeTag::Insert => ("{+", "+}"),
            };
            // Writing to a string does not fail.
            let _ = write!(text, "{before}{}{after} ", change.value());
        }
    }
    text.trim_end().replace("-] [-", " ").replace("+} {+", " ")
}

impl Example {
    fn text(&self) -> String {
        let json = self.json.as_ref().map(|json| format!("{json:#}"));
        [self.call.clone(), json, self.words.clone()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("\n")
            + "\n"
    }
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mandatory = match self.mandatory.as_deref() {
            Some("yes") => Some("mandatory"),
            Some("no") => Some("optional"),
            other => other,
        };
        let stated =
            [self.kind.as_deref(), mandatory].into_iter().flatten().collect::<Vec<_>>().join(", ");
        let tokens = self.tokens.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
        write!(f, "{stated}{}{tokens}", if tokens.is_empty() { "" } else { "; " })
    }
}
