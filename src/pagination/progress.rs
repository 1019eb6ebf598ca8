//! The progress of reading a list by offset. Independent of HTTP.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

/// The number of entries whose IDs are remembered, to yield none twice.
///
/// A page repeats only entries that were read shortly before: as many as were added since the previous page, or
/// as the offset was moved back by.
const REMEMBERED: u16 = 10_000;

/// The number of consecutive pages without a new entry after which the list is stalled.
const MOST_IDLE: u32 = 50;

/// The progress of reading a list by offset.
pub(super) struct Progress<T> {
    /// The offset of the first page.
    start: i64,
    /// The offset of the next page.
    offset: i64,
    /// The last plausible total.
    total: Option<i64>,
    /// The sum of the increases of the total.
    grown: i64,
    seen: Seen,
    /// The entries of the last page without an ID.
    nameless: Vec<T>,
    /// How far the offset was moved back, to find the entries that follow.
    stepped_back: i64,
    /// The number of consecutive pages without a new entry.
    idle: u32,
}

/// The properties of a page.
pub(super) struct Page<T> {
    pub(super) entries: Vec<T>,
    /// The number of entries, including those that can't be read.
    pub(super) count: u64,
    pub(super) total: Option<i64>,
    /// The requested number of entries.
    pub(super) requested: u64,
}

/// The result of adding a page.
#[derive(Debug, PartialEq)]
pub(super) struct Verdict<T> {
    /// The new entries, with their positions in the list.
    pub(super) new: Vec<(i64, T)>,
    pub(super) then: Then,
}

/// What follows a page.
#[derive(Debug, PartialEq)]
pub(super) enum Then {
    /// The page at the offset.
    Next,
    /// Nothing: the list is complete.
    End,
    /// Nothing: the page at this position repeats earlier entries without a reason.
    Stalled(i64),
}

impl<T: Clone + PartialEq> Progress<T> {
    pub(super) fn new(start: i64) -> Self {
        Self {
            start,
            offset: start,
            total: None,
            grown: 0,
            seen: Seen::default(),
            nameless: Vec::new(),
            stepped_back: 0,
            idle: 0,
        }
    }

    /// The offset of the next page.
    pub(super) fn offset(&self) -> i64 {
        self.offset
    }

    /// Treats the entry at a position, and all after it, as not read.
    pub(super) fn resume_at(&mut self, position: i64) {
        self.offset = position;
    }

    /// The number of entries to request, so that `wanted` of them are new.
    pub(super) fn needed(&self, wanted: u64) -> u64 {
        let known = self.grown.saturating_add(self.stepped_back);
        wanted.saturating_add(known.unsigned_abs())
    }

    /// Whether there are entries at the offset, by the total of the page or of an earlier one.
    pub(super) fn has_more(&self, total: Option<i64>) -> bool {
        total.or(self.total).is_some_and(|total| total > self.offset)
    }

    /// Adds the page at the offset.
    pub(super) fn on_page(&mut self, page: Page<T>, id: fn(&T) -> Option<&str>) -> Verdict<T> {
        let Page { entries, count, total, requested } = page;
        let id = |entry: &T| id(entry).filter(|id| !id.is_empty()).map(Arc::<str>::from);
        let at = self.offset;
        let end = at.saturating_add(i64::try_from(count).unwrap_or(i64::MAX));
        // A total that is less than the entries read is not plausible. An empty page may be beyond the end.
        let total = total.filter(|total| *total >= if count == 0 { 0 } else { end });
        let was_over = self.total.is_some_and(|before| at >= before);
        let change = total.zip(self.total).map_or(0, |(now, before)| now.saturating_sub(before));
        self.total = total.or(self.total);
        self.grown = self.grown.saturating_add(change.max(0));
        let vanished = change.min(0).saturating_neg();

        // A page that begins with a known entry overlaps: nothing is missing in between.
        let is_joined = entries.iter().find_map(id).is_some_and(|id| self.seen.contains(&id));
        if vanished > 0 && !is_joined && !was_over && self.step_back(vanished) {
            return Verdict { new: Vec::new(), then: self.go_on(0, at) };
        }
        self.stepped_back = 0;
        if count == 0 {
            return Verdict { new: Vec::new(), then: Then::End };
        }

        let (new, is_repeated) = self.sort_out(entries, id);
        if is_repeated {
            return Verdict { new, then: Then::Stalled(at) };
        }
        self.offset = end;
        // Some services return the number of entries in the page as the total, so that only a page that is not
        // full can be the last. A round number of entries may be a limit of the service's own.
        let is_longest = usize::try_from(count).is_ok_and(|count| count >= self.seen.longest);
        let is_full = count >= requested || is_longest && count.is_multiple_of(10);
        if total == Some(end) && !is_full {
            return Verdict { new, then: Then::End };
        }
        // In a list that shrinks, the next page should overlap even if as many entries are removed again.
        if vanished > 0 && self.nameless.is_empty() {
            self.offset -= vanished.saturating_add(1).min(end.saturating_sub(at) / 2);
        }
        let then = self.go_on(new.len(), at);
        Verdict { new, then }
    }

    /// What follows a page that is not the last, with this many new entries.
    fn go_on(&mut self, new: usize, at: i64) -> Then {
        self.idle = if new == 0 { self.idle + 1 } else { 0 };
        if self.idle > MOST_IDLE { Then::Stalled(at) } else { Then::Next }
    }

    /// Moves the offset back, further each time, and returns whether it did. If removed entries were before the
    /// page, those that follow have moved to positions before the offset. Without IDs, entries that are read
    /// again can't be recognized.
    fn step_back(&mut self, vanished: i64) -> bool {
        if !self.nameless.is_empty() {
            return false;
        }
        let farthest = (i64::from(REMEMBERED) - self.stepped_back).min(self.offset - self.start);
        let step = self.stepped_back.saturating_add(vanished).min(farthest);
        self.stepped_back += step;
        self.offset -= step;
        step > 0
    }

    /// The new entries of the page at the offset, with their positions, and whether the page repeats an earlier
    /// one.
    ///
    /// A known entry is at a later position if others were added before it. If as many were removed after it, the
    /// total does not show that, but the entry has moved by less than the number of entries read since. If it has
    /// moved by more, the service ignores the offset.
    fn sort_out(
        &mut self,
        entries: Vec<T>,
        id: impl Fn(&T) -> Option<Arc<str>>,
    ) -> (Vec<(i64, T)>, bool) {
        let (mut new, mut nameless) = (Vec::with_capacity(entries.len()), Vec::new());
        let (mut is_repeated, mut has_new_id) = (false, false);
        // Entries with the same ID in one page are all new, or all known.
        let mut of_page = HashSet::new();
        self.seen.make_room(entries.len());
        for (index, entry) in (0..).zip(entries) {
            let position = self.offset.saturating_add(index);
            let Some(id) = id(&entry) else {
                nameless.push(entry.clone());
                new.push((position, entry));
                continue;
            };
            let place = Place { page: self.offset, position: position.saturating_sub(self.grown) };
            let first = self.seen.insert(Arc::clone(&id), place);
            let Some(first) = first.filter(|_| !of_page.contains(&id)) else {
                of_page.insert(id);
                has_new_id = true;
                new.push((position, entry));
                continue;
            };
            let read_on = place.page.saturating_sub(first.page);
            let moved = place.position.saturating_sub(first.position);
            is_repeated |= read_on > 0 && moved >= read_on;
        }
        // Entries without an ID are known if the page has no other new entry and they equal those of the previous
        // page.
        if !has_new_id && !nameless.is_empty() && nameless == self.nameless {
            new.clear();
            is_repeated = true;
        }
        self.nameless = nameless;
        (new, is_repeated)
    }
}

/// The place at which an entry was read.
#[derive(Clone, Copy)]
struct Place {
    /// The offset of its page.
    page: i64,
    /// Its position, less the growth of the list by then.
    position: i64,
}

/// The IDs of the entries that were read last.
#[derive(Default)]
struct Seen {
    places: HashMap<Arc<str>, Place>,
    order: VecDeque<Arc<str>>,
    /// The length of the longest page, if it is more than the default capacity.
    longest: usize,
}

impl Seen {
    /// Reserves capacity for a whole page, which the next one may repeat.
    fn make_room(&mut self, entries: usize) {
        self.longest = self.longest.max(entries);
    }

    /// The place at which a known entry was read first.
    fn insert(&mut self, id: Arc<str>, place: Place) -> Option<Place> {
        if let Some(first) = self.places.get(&id) {
            return Some(*first);
        }
        self.places.insert(Arc::clone(&id), place);
        self.order.push_back(id);
        if self.order.len() > self.longest.max(REMEMBERED.into())
            && let Some(oldest) = self.order.pop_front()
        {
            self.places.remove(&oldest);
        }
        None
    }

    fn contains(&self, id: &str) -> bool {
        self.places.contains_key(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Entry = Option<&'static str>;

    fn add(progress: &mut Progress<Entry>, entries: Vec<Entry>) -> Verdict<Entry> {
        let page = Page { count: entries.len() as u64, entries, total: None, requested: 100 };
        progress.on_page(page, |entry| *entry)
    }

    #[test]
    fn only_the_most_recent_ids_are_remembered() {
        let mut seen = Seen::default();
        let (place, remembered) = (Place { page: 0, position: 0 }, usize::from(REMEMBERED));
        let mut is_new = |number: usize| seen.insert(number.to_string().into(), place).is_none();
        assert!((0..5 * remembered).all(&mut is_new));
        assert!(!is_new(4 * remembered));
        assert!(is_new(4 * remembered - 1));
        assert_eq!((seen.places.len(), seen.order.len()), (remembered, remembered));
    }

    #[test]
    fn empty_id_is_ignored() {
        let mut progress = Progress::new(0);
        let entries = vec![Some(""), None, Some("")];
        let new = vec![(0, Some("")), (1, None), (2, Some(""))];
        assert_eq!(add(&mut progress, entries.clone()), Verdict { new, then: Then::Next });
        let (new, then) = (vec![], Then::Stalled(3));
        assert_eq!(add(&mut progress, entries), Verdict { new, then });
        assert_eq!(progress.offset(), 3);
    }

    #[test]
    fn offset_saturates() {
        let mut progress = Progress::new(i64::MAX - 1);
        let positions = |verdict: Verdict<Entry>| -> Vec<i64> {
            verdict.new.into_iter().map(|(position, _)| position).collect()
        };
        let verdict = add(&mut progress, vec![Some("a"), Some("b"), Some("c")]);
        assert_eq!(positions(verdict), [i64::MAX - 1, i64::MAX, i64::MAX]);
        assert_eq!(progress.offset(), i64::MAX);
        assert_eq!(positions(add(&mut progress, vec![Some("d")])), [i64::MAX]);
        assert_eq!(add(&mut progress, vec![]).then, Then::End);
    }
}
