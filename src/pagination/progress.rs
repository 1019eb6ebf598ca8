//! How far the reading of a list has come, and what a page means for it. Knows nothing of HTTP.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

/// How many entries are remembered by their IDs, so as not to hand one out twice.
///
/// A page repeats only what was read just before it: as many entries as arrived since the page
/// before, or as were stepped back over. More than this many between two pages would have to arrive
/// for one to be handed out twice; and a reading of a million entries takes no more memory than one
/// of ten thousand.
const REMEMBERED: u16 = 10_000;

/// How many pages in a row may have nothing new: those with as many entries as arrived, or as were stepped back
/// over.
const MOST_IDLE: u32 = 50;

/// How far a reading has come.
pub(super) struct Progress<T> {
    /// Where the reading began.
    start: i64,
    /// Where the next page begins.
    offset: i64,
    /// The number of all entries, as the last page says that can be believed.
    total: Option<i64>,
    /// By how much the total has gone up, all in all.
    grown: i64,
    seen: Seen,
    /// The entries of the last page that have no ID.
    nameless: Vec<T>,
    /// How far it was stepped back to find where the list goes on.
    stepped_back: i64,
    /// How many pages in a row had nothing new.
    idle: u32,
}

/// A page, as far as it matters here.
pub(super) struct Page<T> {
    pub(super) entries: Vec<T>,
    /// How many entries the page has, with those that can't be read.
    pub(super) count: u64,
    pub(super) total: Option<i64>,
    /// How many entries were asked for.
    pub(super) asked: u64,
}

/// What a page means.
#[derive(Debug, PartialEq)]
pub(super) struct Verdict<T> {
    /// The entries that are new, each with its position in the list.
    pub(super) new: Vec<(i64, T)>,
    pub(super) then: Then,
}

/// What comes after a page.
#[derive(Debug, PartialEq)]
pub(super) enum Then {
    /// The page at the offset.
    Next,
    /// Nothing: all is read.
    End,
    /// Nothing: the page at this position repeats what was read, and nothing explains it.
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

    /// Where the next page begins.
    pub(super) fn offset(&self) -> i64 {
        self.offset
    }

    /// Takes back that an entry was handed out, and all after it.
    pub(super) fn resume_at(&mut self, position: i64) {
        self.offset = position;
    }

    /// How many entries the next page has to have, so that as many as are wanted are new.
    pub(super) fn needed(&self, wanted: u64) -> u64 {
        let known = self.grown.saturating_add(self.stepped_back);
        wanted.saturating_add(known.unsigned_abs())
    }

    /// Whether there are entries at the offset, by the total of a page, or else of one before it.
    pub(super) fn has_more(&self, total: Option<i64>) -> bool {
        total.or(self.total).is_some_and(|total| total > self.offset)
    }

    /// Takes a page in, which begins at the offset.
    pub(super) fn on_page(&mut self, page: Page<T>, id: fn(&T) -> Option<&str>) -> Verdict<T> {
        let Page { entries, count, total, asked } = page;
        let id = |entry: &T| id(entry).filter(|id| !id.is_empty()).map(Arc::<str>::from);
        let at = self.offset;
        let end = at.saturating_add(i64::try_from(count).unwrap_or(i64::MAX));
        // A total that the page itself goes beyond says nothing. An empty page may lie behind it.
        let total = total.filter(|total| *total >= if count == 0 { 0 } else { end });
        let was_over = self.total.is_some_and(|before| at >= before);
        let change = total.zip(self.total).map_or(0, |(now, before)| now.saturating_sub(before));
        self.total = total.or(self.total);
        self.grown = self.grown.saturating_add(change.max(0));
        let vanished = change.min(0).saturating_neg();

        // A page that begins with what was read goes on from there, whatever vanished.
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
        // Some services state the number of a page's entries as the total: only a page that is not full
        // is the last one by its total. One that is as long as any may be full by a limit of the service's
        // own, which is a round number.
        let is_longest = usize::try_from(count).is_ok_and(|count| count >= self.seen.longest);
        let is_full = count >= asked || is_longest && count.is_multiple_of(10);
        if total == Some(end) && !is_full {
            return Verdict { new, then: Then::End };
        }
        // Of a list that shrinks, the next page is to begin with what was read, if as many vanish.
        if vanished > 0 && self.nameless.is_empty() {
            self.offset -= vanished.saturating_add(1).min(end.saturating_sub(at) / 2);
        }
        let then = self.go_on(new.len(), at);
        Verdict { new, then }
    }

    /// What follows a page with this many new entries, which is not the last one.
    fn go_on(&mut self, new: usize, at: i64) -> Then {
        self.idle = if new == 0 { self.idle + 1 } else { 0 };
        if self.idle > MOST_IDLE { Then::Stalled(at) } else { Then::Next }
    }

    /// What vanished may have stood before the page: then what follows has moved towards the
    /// front, past the offset. Steps back, further each time that it was not far enough. Whether it
    /// did: without IDs, what is read again could not be told.
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

    /// The entries of the page at the offset that are new, each with its position, and whether the page repeats
    /// an earlier one.
    ///
    /// An entry stands later in the list than where it was read when others arrived before it. If
    /// as many vanished behind it, the total does not show that. Yet it has moved by less than what
    /// was read on since: or else the service does not begin where it is asked to, and sends the entry where
    /// it stood in an earlier page.
    fn sort_out(
        &mut self,
        entries: Vec<T>,
        id: impl Fn(&T) -> Option<Arc<str>>,
    ) -> (Vec<(i64, T)>, bool) {
        let (mut new, mut nameless) = (Vec::with_capacity(entries.len()), Vec::new());
        let (mut is_repeated, mut has_new_id) = (false, false);
        // Entries of one page are all new, or none of those with one ID is.
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
        // Of entries without an ID it can be told only when nothing else in the page is new, and
        // they are those of the page before.
        if !has_new_id && !nameless.is_empty() && nameless == self.nameless {
            new.clear();
            is_repeated = true;
        }
        self.nameless = nameless;
        (new, is_repeated)
    }
}

/// Where an entry was read.
#[derive(Clone, Copy)]
struct Place {
    /// Where its page begins.
    page: i64,
    /// Its position, less what the list had grown by.
    position: i64,
}

/// The entries that were read last, by their IDs.
#[derive(Default)]
struct Seen {
    places: HashMap<Arc<str>, Place>,
    order: VecDeque<Arc<str>>,
    /// The entries of the longest page, where these are more than are remembered else.
    longest: usize,
}

impl Seen {
    /// Remembers a whole page of this many entries, however long: the next one may repeat it.
    fn make_room(&mut self, entries: usize) {
        self.longest = self.longest.max(entries);
    }

    /// Where the entry was read first, when it is not new.
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

    fn judge(progress: &mut Progress<Entry>, entries: Vec<Entry>) -> Verdict<Entry> {
        let page = Page { count: entries.len() as u64, entries, total: None, asked: 100 };
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
    fn empty_id_is_no_id() {
        let mut progress = Progress::new(0);
        let entries = vec![Some(""), None, Some("")];
        let new = vec![(0, Some("")), (1, None), (2, Some(""))];
        assert_eq!(judge(&mut progress, entries.clone()), Verdict { new, then: Then::Next });
        let (new, then) = (vec![], Then::Stalled(3));
        assert_eq!(judge(&mut progress, entries), Verdict { new, then });
        assert_eq!(progress.offset(), 3);
    }

    #[test]
    fn offset_saturates() {
        let mut progress = Progress::new(i64::MAX - 1);
        let positions = |verdict: Verdict<Entry>| -> Vec<i64> {
            verdict.new.into_iter().map(|(position, _)| position).collect()
        };
        let verdict = judge(&mut progress, vec![Some("a"), Some("b"), Some("c")]);
        assert_eq!(positions(verdict), [i64::MAX - 1, i64::MAX, i64::MAX]);
        assert_eq!(progress.offset(), i64::MAX);
        assert_eq!(positions(judge(&mut progress, vec![Some("d")])), [i64::MAX]);
        assert_eq!(judge(&mut progress, vec![]).then, Then::End);
    }
}
