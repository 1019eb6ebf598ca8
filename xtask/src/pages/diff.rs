//! `cargo xtask pages diff`: the differences between two editions of a page.

use std::fmt;

use similar::{Algorithm, ChangeTag, DiffTag, TextDiff, capture_diff_slices};

use super::facts::{Example, Facts, Paragraph, Row, Unread};

/// A difference. The place is empty if it concerns the page as a whole.
#[derive(Debug, PartialEq)]
pub struct Change {
    pub kind: &'static str,
    pub place: String,
    pub detail: String,
}

/// All differences. Those of rows and examples precede those of paragraphs.
pub fn changes(old: &Facts, new: &Facts) -> Vec<Change> {
    let mut changes = Changes(Vec::new());
    changes.of("page", "", &old.page, &new.page);
    changes.of("call", "", &old.calls.join(", "), &new.calls.join(", "));
    changes.rows(&old.rows, &new.rows);
    changes.examples(&old.examples, &new.examples);
    changes.paragraphs(&old.paragraphs, &new.paragraphs);
    changes.unread(&old.unread, &new.unread, "");
    changes.unread(&new.unread, &old.unread, "no longer: ");
    changes.0
}

struct Changes(Vec<Change>);

impl Changes {
    fn add(&mut self, kind: &'static str, place: &str, detail: String) {
        self.0.push(Change { kind, place: place.to_owned(), detail });
    }

    fn of(&mut self, kind: &'static str, place: &str, old: &str, new: &str) {
        if old != new {
            self.add(kind, place, format!("{old} → {new}"));
        }
    }

    fn rows(&mut self, old: &[Row], new: &[Row]) {
        let find = |rows: &'_ [Row], place: &str| rows.iter().position(|row| row.place == place);
        let mut removed: Vec<&Row> =
            old.iter().filter(|row| find(new, &row.place).is_none()).collect();
        for row in new.iter().filter(|row| find(old, &row.place).is_none()) {
            // A row with the same words and type, but another name or another parent, is the same field.
            let split = |row: &Row| {
                row.place.rsplit_once('/').map(|(above, name)| [above, name].map(str::to_owned))
            };
            let is_near = |other: &Row| {
                split(row).zip(split(other)).is_some_and(|(a, b)| a[0] == b[0] || a[1] == b[1])
            };
            let is_same = |other: &&Row| {
                (&other.words, &other.type_) == (&row.words, &row.type_) && is_near(other)
            };
            match removed.iter().position(is_same) {
                Some(index) => {
                    self.add("moved", &row.place, format!("was {}", removed.remove(index).place));
                }
                None => self.add("added", &row.place, row.to_string()),
            }
        }
        for row in removed {
            self.add("removed", &row.place, row.to_string());
        }
        for row in new {
            let Some(was) = find(old, &row.place).map(|index| &old[index]) else { continue };
            let stated =
                |value: &'_ Option<String>| value.clone().unwrap_or("not stated".to_owned());
            self.of("type", &row.place, &stated(&was.type_), &stated(&row.type_));
            self.of("mandatory", &row.place, &stated(&was.mandatory), &stated(&row.mandatory));
            let gone = was.tokens.difference(&row.tokens).map(|token| format!("-{token}"));
            let come = row.tokens.difference(&was.tokens).map(|token| format!("+{token}"));
            if was.tokens != row.tokens {
                self.add("tokens", &row.place, gone.chain(come).collect::<Vec<_>>().join(" "));
            }
            if was.words != row.words {
                self.add("words", &row.place, words(&was.text, &row.text));
            }
        }
    }

    fn examples(&mut self, old: &[Example], new: &[Example]) {
        for of in ["request", "response", "other"] {
            let only = |some: &[Example], others: &[Example]| -> Vec<String> {
                let is_new =
                    |it: &&Example| it.of == of && !others.iter().any(|other| it.is_like(other));
                some.iter().filter(is_new).map(Example::shown).collect()
            };
            let (old, new) = (only(old, new), only(new, old));
            for index in 0..old.len().max(new.len()) {
                let [old, new] = [&old, &new].map(|all| all.get(index).map_or("", String::as_str));
                let diff =
                    TextDiff::from_lines(old, new).unified_diff().context_radius(1).to_string();
                self.add("example", of, diff);
            }
        }
    }

    fn paragraphs(&mut self, old: &[Paragraph], new: &[Paragraph]) {
        let [before, after] =
            [old, new].map(|all| all.iter().map(|it| it.words.as_str()).collect::<Vec<_>>());
        for step in capture_diff_slices(Algorithm::Myers, &before, &after) {
            let (tag, before, after) = step.as_tag_tuple();
            let (before, after) = (&old[before], &new[after]);
            for index in 0..if tag == DiffTag::Equal { 0 } else { before.len().max(after.len()) } {
                let (was, is) = (before.get(index), after.get(index));
                let detail = match (was, is) {
                    (Some(was), Some(is)) => words(&was.text, &is.text),
                    (None, Some(is)) => format!("added: {}", is.text),
                    (was, None) => format!("removed: {}", was.map_or("", |it| &it.text)),
                };
                self.add("text", is.or(was).map_or("", |it| &it.section), detail);
            }
        }
    }

    /// Adds the unread parts that only the second page has. Parts without words of their own are omitted.
    fn unread(&mut self, others: &[Unread], all: &[Unread], how: &str) {
        for it in all.iter().filter(|it| !it.words.is_empty() && !others.contains(it)) {
            self.add("unread", &it.what, format!("{how}{}", it.why));
        }
    }
}

/// The changed words with three words of context, or the new text if the old one is only recorded as a digest.
fn words(old: &str, new: &str) -> String {
    if old.is_empty() {
        return format!("now: {new}");
    }
    let [old, new] = [old, new].map(|text| text.split_whitespace().collect::<Vec<_>>());
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
        parts.into_iter().flatten().fold(String::new(), |text, part| text + part + "\n")
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mandatory = match self.mandatory.as_deref() {
            Some("yes") => Some("mandatory"),
            Some("no") => Some("optional"),
            other => other,
        };
        let stated = [self.type_.as_deref(), mandatory].into_iter().flatten().collect::<Vec<_>>();
        let tokens = self.tokens.iter().map(String::as_str).collect::<Vec<_>>();
        let mut parts = vec![stated.join(", "), tokens.join(" ")];
        parts.retain(|part| !part.is_empty());
        f.write_str(&parts.join("; "))
    }
}
