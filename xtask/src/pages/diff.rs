//! `cargo xtask pages diff`: what differs between two editions of a page.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use similar::{Algorithm, ChangeTag, DiffTag, TextDiff, capture_diff_slices};

use super::facts::{Example, Facts, Paragraph, Row, Unread};
use super::words::{digest, normalised};

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
    // What has no words of its own is a limit of the reading: no change of the page.
    let unread = |all: &[Unread], others: &[Unread]| -> Vec<Unread> {
        let is_new = |it: &&Unread| it.words != digest("") && !others.contains(it);
        all.iter().filter(is_new).cloned().collect()
    };
    for Unread { what, why, .. } in unread(&new.unread, &old.unread) {
        change("unread", &what, why);
    }
    for Unread { what, why, .. } in unread(&old.unread, &new.unread) {
        change("unread", &what, format!("no longer: {why}"));
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
    for of in ["request", "response", "other"] {
        let only = |some: &[Example], others: &[Example]| -> Vec<String> {
            let is_in = |one: &Example| others.iter().any(|other| one.is_like(other));
            some.iter().filter(|it| it.of == of && !is_in(it)).map(Example::shown).collect()
        };
        let (old, new) = (only(old, new), only(new, old));
        for index in 0..old.len().max(new.len()) {
            let [old, new] = [&old, &new].map(|all| all.get(index).map_or("", String::as_str));
            let diff = TextDiff::from_lines(old, new).unified_diff().context_radius(1).to_string();
            change("example", of, diff);
        }
    }
}

fn paragraphs(
    old: &[Paragraph],
    new: &[Paragraph],
    change: &mut impl FnMut(&'static str, &str, String),
) {
    let [before, after] =
        [old, new].map(|all| all.iter().map(|it| it.words.as_str()).collect::<Vec<_>>());
    for step in capture_diff_slices(Algorithm::Myers, &before, &after) {
        let (tag, before, after) = step.as_tag_tuple();
        let (before, after) = (&old[before], &new[after]);
        for index in 0..if tag == DiffTag::Equal { 0 } else { before.len().max(after.len()) } {
            let section = [after.get(index), before.get(index)].into_iter().flatten().next();
            let section = section.map_or("", |paragraph| &paragraph.section);
            let detail = match (before.get(index), after.get(index)) {
                (Some(before), Some(after)) => words(&before.text, &after.text),
                (None, Some(after)) => format!("added: {}", after.text),
                (before, _) => format!("removed: {}", before.map_or("", |it| &it.text)),
            };
            change("text", section, detail);
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
    let groups = diff.grouped_ops(3).into_iter().map(|group| {
        let changes = group.iter().flat_map(|step| diff.iter_changes(step));
        let marked = changes.map(|change| match change.tag() {
            ChangeTag::Equal => change.value().to_owned(),
            ChangeTag::Delete => format!("[-{}-]", change.value()),
            ChangeTag::Insert => format!("{{+{}+}}", change.value()),
        });
        marked.collect::<Vec<_>>().join(" ")
    });
    groups.collect::<Vec<_>>().join(" … ").replace("-] [-", " ").replace("+} {+", " ")
}

impl Example {
    fn is_like(&self, other: &Self) -> bool {
        let all = |it: &Self| (it.of.clone(), it.call.clone(), it.json.clone(), it.words.clone());
        all(self) == all(other)
    }

    fn shown(&self) -> String {
        let json = self.json.as_ref().map(|json| format!("{json:#}"));
        let words = self.words.as_ref().map(|hash| match self.text.as_str() {
            "" => hash,
            _ => &self.text,
        });
        let parts = [self.call.as_ref(), json.as_ref(), words];
        parts.into_iter().flatten().map(|part| format!("{part}\n")).collect()
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mandatory = match self.mandatory.as_deref() {
            Some("yes") => Some("mandatory"),
            Some("no") => Some("optional"),
            other => other,
        };
        let stated = [self.kind.as_deref(), mandatory].into_iter().flatten().collect::<Vec<_>>();
        let tokens = self.tokens.iter().map(String::as_str).collect::<Vec<_>>();
        let mut parts = vec![stated.join(", "), tokens.join(" ")];
        parts.retain(|part| !part.is_empty());
        f.write_str(&parts.join("; "))
    }
}
