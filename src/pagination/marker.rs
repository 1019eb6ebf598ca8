//! The progress of reading a list whose pages begin at a marker. Independent of HTTP.

use std::collections::HashSet;

use super::progress::{Page, Then, Verdict};

/// The progress of reading a list by marker. The list ends at an empty page, or at one without a next marker.
pub(super) struct Markers {
    marker: Option<String>,
    /// The number of entries read.
    read: i64,
    /// The IDs of the entries of the last page.
    last: HashSet<String>,
}

impl Markers {
    pub(super) fn new(marker: Option<String>) -> Self {
        Self { marker, read: 0, last: HashSet::new() }
    }

    /// The marker of the next page.
    pub(super) fn marker(&self) -> Option<&str> {
        self.marker.as_deref()
    }

    /// The number of entries read.
    pub(super) fn read(&self) -> i64 {
        self.read
    }

    /// Adds the page at the marker. `next` is the marker of the next page, empty for none; if it is `None`, the
    /// marker is the ID of the last entry.
    pub(super) fn on_page<T>(
        &mut self,
        page: Page<T>,
        next: Option<String>,
        id: fn(&T) -> Option<&str>,
    ) -> Verdict<T> {
        let ids: Vec<Option<String>> =
            page.entries.iter().map(|entry| id(entry).map(str::to_owned)).collect();
        // Without the ID of the last entry, the next page can't be requested.
        let is_lost = next.is_none() && page.count > 0;
        let next = next.or_else(|| ids.last().cloned().flatten()).filter(|next| !next.is_empty());
        let is_known = |id: &Option<String>| id.as_ref().is_some_and(|id| self.last.contains(id));
        let repeats = next == self.marker || (!ids.is_empty() && ids.iter().all(is_known));
        let mut new = Vec::with_capacity(ids.len());
        for (entry, id) in page.entries.into_iter().zip(&ids) {
            if !is_known(id) {
                new.push((self.read, entry));
                self.read += 1;
            }
        }
        self.last = ids.into_iter().flatten().collect();
        let then = match next {
            None if is_lost => Then::Stalled(self.read),
            None => Then::End,
            Some(_) if page.count == 0 && new.is_empty() => Then::End,
            Some(_) if repeats => Then::Stalled(self.read),
            next => {
                self.marker = next;
                Then::Next
            }
        };
        Verdict { new, then }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Entry = &'static str;

    fn on_page(markers: &mut Markers, entries: &[Entry], next: Option<&str>) -> (Vec<Entry>, Then) {
        let count = entries.len() as u64;
        let page = Page { entries: entries.to_vec(), count, total: None, requested: 2 };
        let next = next.map(str::to_owned);
        let Verdict { new, then } = markers.on_page(page, next, |entry| Some(*entry));
        (new.into_iter().map(|(_, entry)| entry).collect(), then)
    }

    #[test]
    fn last_id_is_the_next_marker() {
        let mut markers = Markers::new(None);
        assert_eq!(on_page(&mut markers, &["a", "b"], None), (vec!["a", "b"], Then::Next));
        assert_eq!(markers.marker(), Some("b"));
        assert_eq!(on_page(&mut markers, &["c"], None), (vec!["c"], Then::Next));
        assert_eq!(on_page(&mut markers, &[], None), (vec![], Then::End));
    }

    #[test]
    fn marker_of_the_page_is_followed_to_its_end() {
        let mut markers = Markers::new(Some("m0".to_owned()));
        assert_eq!(on_page(&mut markers, &["a"], Some("m1")), (vec!["a"], Then::Next));
        assert_eq!(markers.marker(), Some("m1"));
        assert_eq!(on_page(&mut markers, &["b"], Some("")), (vec!["b"], Then::End));
    }

    #[test]
    fn service_that_ignores_the_marker_is_not_read_forever() {
        let mut markers = Markers::new(None);
        assert_eq!(on_page(&mut markers, &["a", "b"], None).1, Then::Next);
        assert_eq!(on_page(&mut markers, &["a", "b"], None), (vec![], Then::Stalled(2)));
        assert_eq!(on_page(&mut Markers::new(None), &["a", ""], None).1, Then::Stalled(2));
        let mut markers = Markers::new(Some("m".to_owned()));
        let then = on_page(&mut markers, &["a"], Some("m")).1;
        assert_eq!(then, Then::Stalled(1));
    }
}
