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

/// How many entries can be asked for in vain, one page after another, whatever the total says: all
/// that were stepped back over, and as many that arrived.
const IN_VAIN: u64 = 2 * REMEMBERED as u64;

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
    /// How many entries from the offset on were read already, as far as one can know.
    known: u64,
    /// How many entries were asked for since the last one that was new.
    in_vain: u64,
    /// Whether entries came again a little later in the list, which its growth does not explain:
    /// as many may have vanished as arrived.
    has_moved: bool,
    /// The first page that was passed over with entries which came again for no reason.
    incoherent: Option<i64>,
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
            known: 0,
            in_vain: 0,
            has_moved: false,
            incoherent: None,
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
        wanted.saturating_add(self.known)
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
        let before = self.total;
        self.total = total.or(before);
        let change = total.zip(before).map_or(0, |(now, before)| now.saturating_sub(before));
        self.grown = self.grown.saturating_add(change.max(0));
        self.known = self.known.saturating_add(change.max(0).unsigned_abs());
        let vanished = change.min(0).saturating_neg();

        // A page that begins with what was read goes on from there, whatever vanished.
        let is_joined = entries.iter().find_map(id).is_some_and(|id| self.seen.contains(&id));
        let was_over = before.is_some_and(|before| at >= before);
        if vanished > 0 && !is_joined && !was_over && self.step_back(vanished) {
            return Verdict { new: Vec::new(), then: self.after_nothing_new(asked, at) };
        }
        self.stepped_back = 0;
        if count == 0 {
            return Verdict { new: Vec::new(), then: self.end() };
        }

        let read = entries.len() as u64;
        let (new, unexplained) = self.sort_out(entries, id);
        if unexplained > new.len() {
            return Verdict { new, then: Then::Stalled(at) };
        }
        if unexplained > 0 {
            self.incoherent.get_or_insert(at);
        }
        // Some services state the number of a page's entries as the total: only a page that is not full
        // is the last one by its total. And of a list that has moved, the next page tells.
        if total == Some(end) && count < asked && !self.has_moved {
            let then = self.end();
            if then == Then::End {
                self.offset = end;
            }
            return Verdict { new, then };
        }
        self.known = if new.is_empty() { self.known.saturating_sub(read) } else { 0 };
        self.offset = end;
        // Of a list that shrinks, the next page is to begin with what was read, if as many vanish.
        if vanished > 0 && self.nameless.is_empty() {
            let overlap = vanished.saturating_add(1).min(end.saturating_sub(at) / 2);
            self.offset -= overlap;
            self.known = self.known.saturating_add(overlap.unsigned_abs());
        }
        if new.is_empty() {
            return Verdict { new, then: self.after_nothing_new(asked, at) };
        }
        self.in_vain = 0;
        Verdict { new, then: Then::Next }
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
        self.known = self.stepped_back.unsigned_abs();
        step > 0
    }

    fn after_nothing_new(&mut self, asked: u64, at: i64) -> Then {
        self.in_vain = self.in_vain.saturating_add(asked);
        if self.in_vain <= IN_VAIN {
            return Then::Next;
        }
        // All that was passed over: should it be read on, the end is not the end of a whole list.
        Then::Stalled(*self.incoherent.get_or_insert(at))
    }

    fn end(&self) -> Then {
        self.incoherent.map_or(Then::End, Then::Stalled)
    }

    /// The entries of the page at the offset that are new, each with its position, and how many
    /// came again for no reason.
    ///
    /// An entry stands later in the list than where it was read when others arrived before it. If
    /// as many vanished behind it, the total does not show that. Yet it has moved by less than what
    /// was read on since: or else reading gets nowhere, or the service does not begin where it is
    /// asked to, and sends the entry where it stood in an earlier page.
    fn sort_out(
        &mut self,
        entries: Vec<T>,
        id: impl Fn(&T) -> Option<Arc<str>>,
    ) -> (Vec<(i64, T)>, usize) {
        let (mut new, mut nameless) = (Vec::with_capacity(entries.len()), Vec::new());
        let (mut unexplained, mut has_new_id) = (0, false);
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
            let moved = place.position.saturating_sub(first.position);
            let read_on = place.page.saturating_sub(first.page);
            if moved > 0 && read_on > 0 {
                if moved >= read_on {
                    unexplained += 1;
                } else {
                    self.has_moved = true;
                }
            }
        }
        // Of entries without an ID it can be told only when nothing else in the page is new, and
        // they are those of the page before.
        if !has_new_id && nameless == self.nameless {
            let known = usize::try_from(self.known).unwrap_or(usize::MAX);
            unexplained += nameless.len().saturating_sub(known);
            new.clear();
        }
        self.nameless = nameless;
        (new, unexplained)
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
