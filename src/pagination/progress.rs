//! How far the reading of a list has come, and what a page means for it. Knows nothing of HTTP.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

/// How many entries are remembered by their IDs, so as not to hand one out twice.
///
/// A page repeats only what was read just before it: as many entries as arrived since the page
/// before, or as were stepped back over. More than this many between two pages would have to arrive
/// for one to be handed out twice; and a reading of a million entries takes no more memory than one
/// of ten thousand.
const REMEMBERED: usize = 10_000;

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
    seen: Seen,
    /// The entries of the last page that have no ID.
    nameless: Vec<T>,
    /// How many repeated entries the changes of the total explain.
    explained: u64,
    /// How many entries were asked for since the last one that was new.
    in_vain: u64,
    /// The most entries that a page had.
    longest: u64,
}

/// A page, as far as it matters here.
pub(super) struct Came<T> {
    pub(super) entries: Vec<T>,
    /// How many entries the page has, with those that can't be read.
    pub(super) count: u64,
    pub(super) total: Option<i64>,
    /// How many entries were asked for.
    pub(super) asked: u64,
}

/// What a page means.
#[derive(Debug, PartialEq)]
pub(super) enum Verdict<T> {
    /// These are new, each with its position in the list. There may be more, or not.
    New { entries: Vec<(i64, T)>, is_last: bool },
    /// Nothing is new, which a change of the list explains: ask again, at the offset.
    Onward,
    /// All is read.
    End,
    /// Nothing is new, and nothing explains it.
    Stalled,
}

impl<T: Clone + PartialEq> Progress<T> {
    pub(super) fn new(start: i64) -> Self {
        Self {
            start,
            offset: start,
            total: None,
            seen: Seen::default(),
            nameless: Vec::new(),
            explained: 0,
            in_vain: 0,
            longest: 0,
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
        // While catching up with a list that has moved, the first of them are known.
        if self.in_vain > 0 { wanted.saturating_add(self.explained) } else { wanted }
    }

    /// Takes a page in, which begins at the offset.
    pub(super) fn judge(&mut self, came: Came<T>, id: fn(&T) -> Option<&str>) -> Verdict<T> {
        let at = self.offset;
        let end = at.saturating_add(i64::try_from(came.count).unwrap_or(i64::MAX));
        // A total that the page itself goes beyond says nothing. An empty page may lie behind it.
        let least = if came.count == 0 { 0 } else { end };
        let total = came.total.filter(|total| *total >= least);
        let before = self.total;
        self.total = total.or(before);
        if let (Some(now), Some(before)) = (total, before) {
            self.explained = self.explained.saturating_add(now.abs_diff(before));
            if let Some(offset) = self.moved(before, now) {
                self.offset = offset;
                return self.onward(came.asked);
            }
        }
        if came.count == 0 {
            return Verdict::End;
        }
        let is_last = total == Some(end);
        let read = came.entries.len() as u64;
        let new = self.new_of(came.entries, id);
        if new.is_empty() && read > 0 {
            // A service that began anew would have sent as much as before: a shorter page is the
            // end of a list whose arrivals and removals cancel out in the total.
            let is_rest = is_last && read < self.longest && read < came.asked;
            if read > self.explained && !is_rest {
                return Verdict::Stalled;
            }
            self.explained = self.explained.saturating_sub(read);
            self.offset = end;
            return if is_last { Verdict::End } else { self.onward(came.asked) };
        }
        if new.is_empty() {
            // Of what can't be read, nobody knows whether it is new.
            if self.onward(came.asked) == Verdict::Stalled {
                return Verdict::Stalled;
            }
        } else {
            self.in_vain = 0;
        }
        self.explained = self.explained.saturating_sub(read - new.len() as u64);
        self.longest = self.longest.max(read);
        self.offset = end;
        let entries = new.into_iter().map(|(index, entry)| (at.saturating_add(index), entry));
        Verdict::New { entries: entries.collect(), is_last }
    }

    /// Where to read on when entries have vanished: what follows them has moved towards the front,
    /// by as many positions at most. Without IDs what is read again could not be told.
    fn moved(&self, before: i64, now: i64) -> Option<i64> {
        let vanished = before.saturating_sub(now).min(self.seen.len());
        // What was to be read by the total before has all been read.
        let is_over = self.offset >= before;
        if vanished <= 0 || is_over || !self.nameless.is_empty() {
            return None;
        }
        let offset = self.offset.saturating_sub(vanished).max(self.start);
        (offset < self.offset).then_some(offset)
    }

    fn onward(&mut self, in_vain: u64) -> Verdict<T> {
        self.in_vain = self.in_vain.saturating_add(in_vain);
        if self.in_vain > IN_VAIN { Verdict::Stalled } else { Verdict::Onward }
    }

    /// The entries that were not seen, each with its index. Of those without an ID it can be told
    /// only when nothing else in the page is new, and they are those of the page before.
    fn new_of(&mut self, entries: Vec<T>, id: fn(&T) -> Option<&str>) -> Vec<(i64, T)> {
        let id = |entry: &T| id(entry).filter(|id| !id.is_empty()).map(Arc::<str>::from);
        let (mut new, mut nameless) = (Vec::with_capacity(entries.len()), Vec::new());
        let mut has_new_id = false;
        for (index, entry) in (0..).zip(entries) {
            let is_new = if let Some(id) = id(&entry) {
                let is_new = self.seen.insert(id);
                has_new_id |= is_new;
                is_new
            } else {
                nameless.push(entry.clone());
                true
            };
            if is_new {
                new.push((index, entry));
            }
        }
        if !has_new_id && nameless == self.nameless {
            new.clear();
        }
        self.nameless = nameless;
        new
    }
}

/// The IDs of the entries that were read last.
#[derive(Default)]
struct Seen {
    ids: HashSet<Arc<str>>,
    order: VecDeque<Arc<str>>,
}

impl Seen {
    /// Whether the ID is new.
    fn insert(&mut self, id: Arc<str>) -> bool {
        if !self.ids.insert(Arc::clone(&id)) {
            return false;
        }
        self.order.push_back(id);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
        true
    }

    fn len(&self) -> i64 {
        i64::try_from(self.order.len()).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Entry = Option<&'static str>;

    fn judge(progress: &mut Progress<Entry>, entries: Vec<Entry>) -> Verdict<Entry> {
        let came = Came { count: entries.len() as u64, entries, total: None, asked: 100 };
        progress.judge(came, |entry| *entry)
    }

    #[test]
    fn no_more_than_the_last_ids_are_remembered() {
        let mut seen = Seen::default();
        let id = |number: usize| Arc::from(number.to_string());
        assert!((0..5 * REMEMBERED).all(|number| seen.insert(id(number))));
        assert_eq!((seen.ids.len(), seen.order.len()), (REMEMBERED, REMEMBERED));
        assert!(!seen.insert(id(4 * REMEMBERED)));
        assert!(seen.insert(id(4 * REMEMBERED - 1)));
    }

    #[test]
    fn an_empty_id_is_none() {
        let mut progress = Progress::new(0);
        let new = |entries: Vec<(i64, Entry)>| Verdict::New { entries, is_last: false };
        let entries = vec![Some(""), None, Some("")];
        let all = vec![(0, Some("")), (1, None), (2, Some(""))];
        assert_eq!(judge(&mut progress, entries.clone()), new(all));
        assert_eq!(judge(&mut progress, entries), Verdict::Stalled);
        assert_eq!(progress.offset(), 3);
    }

    #[test]
    fn a_position_beyond_all_numbers_is_the_last_one() {
        let mut progress = Progress::new(i64::MAX - 1);
        judge(&mut progress, vec![Some("a"), Some("b")]);
        assert_eq!(progress.offset(), i64::MAX);
        judge(&mut progress, vec![Some("c")]);
        assert_eq!(progress.offset(), i64::MAX);
        assert_eq!(judge(&mut progress, vec![]), Verdict::End);
    }
}
