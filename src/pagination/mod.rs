//! All pages of a list, as a stream: made for each operation of which the document says how its
//! pages are read (`x-pagination`).

mod marker;
mod paged;
mod progress;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

use futures_core::Stream;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tracing::Instrument;
use tracing::instrument::WithSubscriber;

use crate::error::Error;
use crate::response::Response;
use crate::wire::response::ResponseObject;
use marker::Markers;
use paged::{Entries, unreadable};
pub(crate) use paged::{Paged, Position};
use progress::{Page, Progress, Then, Verdict};

/// A page fails this often in a row before the stream ends.
const FAILURES: u32 = 3;

/// An operation that answers a list in pages. The builders of such operations implement it, and
/// nothing else can.
pub trait List: Paged<<Self as List>::Page, <Self as List>::Item> {
    /// What one request answers.
    type Page: ResponseObject + Send + 'static;
    /// An entry of the list.
    type Item: Clone + PartialEq + Send + 'static;
}

/// The entries of a list, from all its pages, as a [`Stream`]; from `items()` on the builder of a
/// list operation.
///
/// It requests the largest pages that the document admits, from the beginning, unless the request
/// says how many entries a page is to have, or how many to skip.
///
/// # Guarantees
///
/// 1. Every entry that is in the list throughout is yielded, also when others arrive or vanish meanwhile, or
///    the stream ends with an error.
/// 2. No entry of an earlier page is yielded again: entries are identified by their IDs, of which the last
///    10,000 are remembered.
/// 3. The stream ends without an error only at a page without entries, or at one that is not full and
///    reaches the total, where one of 10, 20, … entries may be full; if the total says that more follow, a page
///    without entries is an error.
/// 4. A page with entries in the place that they had in an earlier page, and 50 pages in a row without
///    anything new, end the stream with an error ([`Error::is_stalled`]).
/// 5. Memory does not grow with the list.
///
/// The first guarantee depends on the total. If the service reports none, or as many entries are added as
/// vanish, entries that vanish from pages already read may hide others. Without a total, a service that takes
/// the offset for a page number, and returns an empty page, can't be detected. Entries without an ID are
/// compared with those of the previous page only.
///
/// # Errors
///
/// A page that can't be fetched is an error among the entries. The next poll requests that page again,
/// at once: wait before it for as long as [`Error::retry_after`] says, if it does. If another attempt
/// won't help ([`Error::is_transient`] is false), and after the third failure in a row, the stream ends.
///
/// Entries that are no objects are an error after the others of their page ([`Error::is_unreadable`]), and
/// the stream goes on with the next page. It ends with such an error at a page that has no list, no entry
/// that can be read, or no entries at all when the total says that more follow.
///
/// A page that repeats an earlier one ends the stream with an error whose [`Error::is_stalled`] is true,
/// after what it has that is new.
///
/// After an error that ended it, [`resume`](Self::resume) lets the stream go on, and
/// [`offset`](Self::offset) tells where a new one has to begin.
#[must_use = "a stream asks for nothing before it is polled"]
pub struct Items<L: List> {
    reader: Reader<L>,
    /// Entries of the current page, each with its position in the list.
    entries: vec::IntoIter<(i64, L::Item)>,
    /// The error of those entries of the page that could not be read.
    unread: Option<Error>,
}

/// The pages of a list, as a [`Stream`]; from `pages()` on the builder of a list operation.
///
/// Each page is a [`Response`], with the request ID and the raw body beside the typed page. From
/// the typed page, entries are left out that an earlier page had; a page with nothing else is left
/// out itself, and so is an empty one. For all else, errors and [`resume`](Self::resume) among it,
/// see [`Items`].
#[must_use = "a stream asks for nothing before it is polled"]
pub struct Pages<L: List> {
    reader: Reader<L>,
}

impl<L: List> Items<L> {
    pub(crate) fn new(request: L) -> Self {
        Self { reader: Reader::new(request), entries: Vec::new().into_iter(), unread: None }
    }

    /// Ends after this many further entries, and asks for no more than these. Of several such
    /// numbers the one that is reached first counts, and what it has ended stays ended.
    pub fn take(mut self, count: usize) -> Self {
        let left = self.entries.as_slice().len();
        if let Some((position, _)) = self.entries.as_slice().get(count) {
            self.reader.cursor.resume_at(*position);
            self.entries = self.entries.take(count).collect::<Vec<_>>().into_iter();
        }
        self.reader.take(count.saturating_sub(left));
        self
    }

    /// Whether the next page is asked for while the current one is consumed, which is so when not
    /// given. It takes a task of the tokio runtime, which ends with the stream. With `false`,
    /// nothing is asked for before it is needed.
    pub fn prefetch(mut self, is_wanted: bool) -> Self {
        self.reader.is_prefetching = is_wanted;
        self
    }

    /// Lets a stream go on that an error has ended: it asks for that page again, and knows what it
    /// has handed out. It ends again after three failures, or one that asking again won't mend. Of
    /// a stream that goes on, or has come to its end, nothing changes.
    pub fn resume(&mut self) {
        self.reader.resume();
    }

    /// The position in the list of the next entry: a new stream that skips as many goes on from
    /// here. It knows nothing of what this one has read, so that entries which arrive in between
    /// move some that were read into its way.
    #[must_use]
    pub fn offset(&self) -> i64 {
        let next = self.entries.as_slice().first();
        next.map_or(self.reader.cursor.offset(), |(position, _)| *position)
    }

    /// Returns the marker of the next page, for lists whose pages follow markers: a new stream with
    /// it goes on after the current page.
    #[must_use]
    pub fn marker(&self) -> Option<&str> {
        self.reader.cursor.marker()
    }
}

impl<L: List> Pages<L> {
    pub(crate) fn new(request: L) -> Self {
        Self { reader: Reader::new(request) }
    }

    /// Ends after this many further entries, in all pages together, and asks for no more than
    /// these: what [`Items::take`] is for entries. (The `take` of `StreamExt` counts pages, and
    /// does not keep the one after from being asked for ahead.)
    pub fn take_entries(mut self, count: usize) -> Self {
        self.reader.take(count);
        self
    }

    /// Whether the next page is asked for while the current one is consumed, which is so when not
    /// given. It takes a task of the tokio runtime, which ends with the stream. With `false`,
    /// nothing is asked for before it is needed.
    pub fn prefetch(mut self, is_wanted: bool) -> Self {
        self.reader.is_prefetching = is_wanted;
        self
    }

    /// Lets a stream go on that an error has ended: it asks for that page again, and knows what it
    /// has handed out. It ends again after three failures, or one that asking again won't mend. Of
    /// a stream that goes on, or has come to its end, nothing changes.
    pub fn resume(&mut self) {
        self.reader.resume();
    }

    /// The position in the list at which the next page begins: a new stream that skips as many
    /// goes on from here. It knows nothing of what this one has read, so that entries which arrive
    /// in between move some that were read into its way.
    #[must_use]
    pub fn offset(&self) -> i64 {
        self.reader.cursor.offset()
    }

    /// Returns the marker of the next page, for lists whose pages follow markers: a new stream with
    /// it goes on from here.
    #[must_use]
    pub fn marker(&self) -> Option<&str> {
        self.reader.cursor.marker()
    }
}

impl<L: List> Stream for Items<L> {
    type Item = Result<L::Item, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some((_, entry)) = self.entries.next() {
                return Poll::Ready(Some(Ok(entry)));
            }
            if let Some(error) = self.unread.take() {
                return Poll::Ready(Some(Err(error)));
            }
            match ready!(self.reader.poll_next(cx)) {
                Some(Ok(Read { page, new, unread })) => {
                    if unread > 0 {
                        let reason = format!("{unread} of its entries are not as documented");
                        self.unread = Some(unreadable::<_, _, L>(&page, &reason));
                    }
                    // Nothing is gained by reading on.
                    if new.is_empty() {
                        self.reader.fail();
                    }
                    self.entries = new.into_iter();
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<L: List> Stream for Pages<L> {
    type Item = Result<Response<L::Page>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(ready!(self.reader.poll_next(cx)).map(|read| {
            let Read { mut page, new, .. } = read?;
            let entries = new.into_iter().map(|(_, entry)| entry).collect();
            *L::entries(page.value_mut()) = Some(entries);
            Ok(page)
        }))
    }
}

// What they hold is pinned nowhere but in a box of its own.
impl<L: List> Unpin for Items<L> {}
impl<L: List> Unpin for Pages<L> {}

impl<L: List> fmt::Debug for Items<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Items");
        debug
            .field("operation", &L::CALL.operation_id)
            .field("offset", &self.offset())
            .finish_non_exhaustive()
    }
}

impl<L: List> fmt::Debug for Pages<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Pages");
        debug
            .field("operation", &L::CALL.operation_id)
            .field("offset", &self.offset())
            .finish_non_exhaustive()
    }
}

/// A page whose entries were taken out.
struct Read<L: List> {
    page: Response<L::Page>,
    /// Those that are new, each with its position in the list.
    new: Vec<(i64, L::Item)>,
    /// How many could not be read.
    unread: u64,
}

/// Asks for one page after another.
struct Reader<L: List> {
    request: L,
    cursor: Cursor<L::Item>,
    /// The most entries that a page is asked to have.
    limit: u64,
    /// How many new entries are to be read still.
    wanted: u64,
    is_prefetching: bool,
    /// How often the next page has failed.
    failures: u32,
    state: State,
    fetching: Option<Fetch<L::Page>>,
}

enum State {
    Reading,
    /// The next thing is this error, and then the end.
    Failing(Error),
    /// Ended by an error.
    Failed,
    Over,
}

impl<L: List> Reader<L> {
    fn new(request: L) -> Self {
        let (request, limit) = paged::limited(request);
        let cursor = match request.position() {
            Position::Offset(offset) => Cursor::Offset(Progress::new(offset)),
            Position::Marker(marker) => Cursor::Marker(Markers::new(marker)),
        };
        Self {
            request,
            cursor,
            limit,
            wanted: u64::MAX,
            is_prefetching: true,
            failures: 0,
            state: State::Reading,
            fetching: None,
        }
    }

    fn take(&mut self, count: usize) {
        self.wanted = self.wanted.min(count as u64);
        // It may ask for more than that.
        self.fetching = None;
    }

    fn fail(&mut self) {
        self.state = State::Failed;
        self.fetching = None;
    }

    fn resume(&mut self) {
        if let State::Failed = self.state {
            self.state = State::Reading;
            self.failures = 0;
        }
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Read<L>, Error>>> {
        while self.wanted > 0 {
            match std::mem::replace(&mut self.state, State::Failed) {
                State::Failing(error) => return Poll::Ready(Some(Err(error))),
                State::Reading => self.state = State::Reading,
                ended => {
                    self.state = ended;
                    break;
                }
            }
            let mut fetch = self.fetching.take().unwrap_or_else(|| self.fetch(Fetch::here));
            let Poll::Ready(outcome) = fetch.poll(cx) else {
                self.fetching = Some(fetch);
                return Poll::Pending;
            };
            match outcome {
                Some(Ok(page)) => {
                    self.failures = 0;
                    if let Some(read) = self.take_in(page, fetch.asked) {
                        return Poll::Ready(Some(Ok(read)));
                    }
                }
                Some(Err(error)) => {
                    self.failures += 1;
                    if !error.is_transient() || self.failures == FAILURES {
                        self.state = State::Failed;
                    }
                    return Poll::Ready(Some(Err(error)));
                }
                // Its task was ended from outside: ask here.
                None => {}
            }
        }
        Poll::Ready(None)
    }

    /// What is new in a page; `None` when nothing is.
    fn take_in(&mut self, mut page: Response<L::Page>, asked: u64) -> Option<Read<L>> {
        let total = L::total(&page);
        let has_more = self.cursor.has_more(total);
        let (count, fault) = match paged::entries::<_, _, L>(&mut page, has_more) {
            Ok(Entries::List(0) | Entries::Nothing) if has_more => {
                (0, Some("it has no entries, and more entries are said to follow".to_owned()))
            }
            Ok(Entries::List(count)) => (count, None),
            Ok(Entries::Nothing) => (0, None),
            Err(reason) => (0, Some(reason)),
        };
        if let Some(reason) = fault {
            self.state = State::Failing(unreadable::<_, _, L>(&page, &reason));
            return None;
        }
        let entries = L::entries(page.value_mut()).take().unwrap_or_default();
        let unread = count.saturating_sub(entries.len() as u64);
        let read = Page { entries, count, total, asked };
        let Verdict { mut new, then } = match &mut self.cursor {
            Cursor::Offset(progress) => progress.on_page(read, L::id),
            Cursor::Marker(markers) => {
                let next = L::HAS_NEXT.then(|| L::next(&page).unwrap_or_default().to_owned());
                markers.on_page(read, next, L::id)
            }
        };
        let wanted = usize::try_from(self.wanted).unwrap_or(usize::MAX);
        // More than was asked for.
        if let Some((position, _)) = new.get(wanted) {
            self.cursor.resume_at(*position);
            new.truncate(wanted);
        }
        self.wanted -= new.len() as u64;
        match then {
            Then::Next if self.is_prefetching && self.wanted > 0 => {
                self.fetching = Handle::try_current()
                    .ok()
                    .map(|runtime| self.fetch(|page| Fetch::ahead(&runtime, page)));
            }
            Then::Next => {}
            Then::End => self.state = State::Over,
            Then::Stalled(offset) => {
                let error = Error::stalled(L::CALL, L::POSITION, offset, page.reply().clone());
                self.state = State::Failing(error.after(page.attempts()));
            }
        }
        (unread > 0 || !new.is_empty()).then_some(Read { page, new, unread })
    }

    fn fetch(&self, how: impl FnOnce(PageFuture<L::Page>) -> Fetching<L::Page>) -> Fetch<L::Page> {
        let asked = self.limit.min(self.cursor.needed(self.wanted));
        let request = self.request.clone().with_position(self.cursor.position());
        let request = match i64::try_from(asked) {
            Ok(asked @ 1..) => request.with_limit(Ok(asked)),
            // It was rejected.
            _ => request,
        };
        Fetch { asked, fetching: how(Box::pin(request.page())) }
    }
}

/// Where the next page begins, and what was read before it.
enum Cursor<T> {
    Offset(Progress<T>),
    Marker(Markers),
}

impl<T: Clone + PartialEq> Cursor<T> {
    /// Where the next page begins.
    fn position(&self) -> Position {
        match self {
            Self::Offset(progress) => Position::Offset(progress.offset()),
            Self::Marker(markers) => Position::Marker(markers.marker().map(str::to_owned)),
        }
    }

    /// How many entries stand before the next page.
    fn offset(&self) -> i64 {
        match self {
            Self::Offset(progress) => progress.offset(),
            Self::Marker(markers) => markers.read(),
        }
    }

    fn marker(&self) -> Option<&str> {
        match self {
            Self::Offset(_) => None,
            Self::Marker(markers) => markers.marker(),
        }
    }

    fn resume_at(&mut self, position: i64) {
        if let Self::Offset(progress) = self {
            progress.resume_at(position);
        }
    }

    fn needed(&self, wanted: u64) -> u64 {
        match self {
            Self::Offset(progress) => progress.needed(wanted),
            // One more than the page before may be known.
            Self::Marker(_) => wanted,
        }
    }

    fn has_more(&self, total: Option<i64>) -> bool {
        match self {
            Self::Offset(progress) => progress.has_more(total),
            Self::Marker(_) => false,
        }
    }
}

type PageFuture<P> = Pin<Box<dyn Future<Output = Result<Response<P>, Error>> + Send>>;

/// A page that was asked for.
struct Fetch<P> {
    asked: u64,
    fetching: Fetching<P>,
}

enum Fetching<P> {
    /// Goes on while the stream is polled.
    Here(PageFuture<P>),
    /// Goes on by itself.
    Ahead(JoinHandle<Result<Response<P>, Error>>),
}

impl<P: Send + 'static> Fetch<P> {
    fn here(page: PageFuture<P>) -> Fetching<P> {
        Fetching::Here(page)
    }

    fn ahead(runtime: &Handle, page: PageFuture<P>) -> Fetching<P> {
        // What it logs belongs to the caller's span, as it does without a task.
        Fetching::Ahead(runtime.spawn(page.in_current_span().with_current_subscriber()))
    }

    /// The page, or `None` when its task was ended.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Response<P>, Error>>> {
        match &mut self.fetching {
            Fetching::Here(page) => page.as_mut().poll(cx).map(Some),
            Fetching::Ahead(task) => Pin::new(task).poll(cx).map(Result::ok),
        }
    }
}

/// A page that nobody waits for any more is not asked for any longer.
impl<P> Drop for Fetching<P> {
    fn drop(&mut self) {
        if let Self::Ahead(task) = self {
            task.abort();
        }
    }
}
