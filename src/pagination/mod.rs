//! All pages of a list, as a stream: made for each operation of which the document says how its
//! pages are read (`x-pagination`).

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

use crate::error::Error;
use crate::response::Response;
pub(crate) use paged::{Paged, list};
use progress::{Came, Progress, Verdict};

/// A page fails this often in a row before the stream ends.
const FAILURES: u32 = 3;

/// An operation that answers a list in pages. The builders of such operations implement it, and
/// nothing else can.
pub trait List: Paged<<Self as List>::Page, <Self as List>::Item> {
    /// What one request answers.
    type Page: Send + 'static;
    /// An entry of the list.
    type Item: Clone + PartialEq + Send + 'static;
}

/// The entries of a list, from all its pages, as a [`Stream`]; from `items()` on the builder of a
/// list operation.
///
/// It asks for the largest pages that the document admits, from the beginning, unless the request
/// says how many entries a page is to have, or how many to skip. It ends when as many entries are
/// read as the list has, and at an empty page. Memory stays the same, however long the list.
///
/// # A list that changes meanwhile
///
/// Entries that arrive while one reads move what follows to later pages: what was handed out is
/// not handed out again. When the number of all entries has gone down, what follows has moved to
/// earlier pages: those are read again, so that nothing is left out. Both are told by the ID of an
/// entry, within the last 10,000 entries; of entries without an ID they can't be told. Of as many
/// that vanish as arrive between the same two pages, the number of all entries says nothing.
///
/// # Errors
///
/// A page that can't be had is an error among the entries. Polling on asks for that page again,
/// unless asking again won't help ([`Error::is_transient`] says no), or it was the third time in a
/// row: then the stream ends. [`offset`](Self::offset) tells from where to read on later.
///
/// A page that has only what was read already, and no arrivals that would explain it, ends the
/// stream with an error whose [`Error::is_stalled`] is true. So a service that repeats itself is
/// not asked for ever.
#[must_use = "a stream asks for nothing before it is polled"]
pub struct Items<L: List> {
    reader: Reader<L>,
    /// Entries of the current page, each with its position in the list.
    entries: vec::IntoIter<(i64, L::Item)>,
}

/// The pages of a list, as a [`Stream`]; from `pages()` on the builder of a list operation.
///
/// Each page is a [`Response`], with the request ID and the raw body beside the typed page. From
/// the typed page, entries are left out that an earlier page had; a page with nothing else is left
/// out itself, and so is an empty one. For all else see [`Items`].
#[must_use = "a stream asks for nothing before it is polled"]
pub struct Pages<L: List> {
    reader: Reader<L>,
}

impl<L: List> Items<L> {
    pub(crate) fn new(request: L) -> Self {
        Self { reader: Reader::new(request), entries: Vec::new().into_iter() }
    }

    /// Ends after this many entries, and asks for no more than these.
    pub fn take(mut self, count: usize) -> Self {
        let left = self.entries.as_slice().len();
        if let Some((position, _)) = self.entries.as_slice().get(count) {
            self.reader.progress.resume_at(*position);
            self.entries = self.entries.take(count).collect::<Vec<_>>().into_iter();
        }
        // What was left out before stays so: it counts as read.
        self.reader.wanted = self.reader.wanted.min(count.saturating_sub(left) as u64);
        // It may ask for more than that.
        self.reader.fetching = None;
        self
    }

    /// Whether the next page is asked for while the current one is consumed, which is so when not
    /// given. It takes a task of the tokio runtime, which ends with the stream. With `false`,
    /// nothing is asked for before it is needed.
    pub fn prefetch(mut self, is_wanted: bool) -> Self {
        self.reader.is_prefetching = is_wanted;
        self
    }

    /// The position in the list of the next entry: a new stream that skips as many goes on from
    /// here. It knows nothing of what this one has read, so that entries which arrive in between
    /// move some that were read into its way.
    #[must_use]
    pub fn offset(&self) -> i64 {
        let next = self.entries.as_slice().first();
        next.map_or(self.reader.progress.offset(), |(position, _)| *position)
    }
}

impl<L: List> Pages<L> {
    pub(crate) fn new(request: L) -> Self {
        Self { reader: Reader::new(request) }
    }

    /// Whether the next page is asked for while the current one is consumed, which is so when not
    /// given. It takes a task of the tokio runtime, which ends with the stream. With `false`,
    /// nothing is asked for before it is needed.
    pub fn prefetch(mut self, is_wanted: bool) -> Self {
        self.reader.is_prefetching = is_wanted;
        self
    }

    /// The position in the list at which the next page begins: a new stream that skips as many
    /// goes on from here. It knows nothing of what this one has read, so that entries which arrive
    /// in between move some that were read into its way.
    #[must_use]
    pub fn offset(&self) -> i64 {
        self.reader.progress.offset()
    }
}

impl<L: List> Stream for Items<L> {
    type Item = Result<L::Item, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some((_, entry)) = self.entries.next() {
                return Poll::Ready(Some(Ok(entry)));
            }
            match ready!(self.reader.poll_next(cx)) {
                Some(Ok((_, entries))) => self.entries = entries.into_iter(),
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
            let (mut page, entries) = read?;
            let entries = entries.into_iter().map(|(_, entry)| entry).collect();
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
        debug.field("operation", &L::ID).field("offset", &self.offset()).finish_non_exhaustive()
    }
}

impl<L: List> fmt::Debug for Pages<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Pages");
        debug.field("operation", &L::ID).field("offset", &self.offset()).finish_non_exhaustive()
    }
}

/// A page whose entries were taken out, and those of them that are new, with their positions.
type Read<L> = (Response<<L as List>::Page>, Vec<(i64, <L as List>::Item)>);

/// Asks for one page after another.
struct Reader<L: List> {
    request: L,
    progress: Progress<L::Item>,
    /// The most entries that a page is asked to have.
    limit: u64,
    /// How many new entries are to be read still.
    wanted: u64,
    is_prefetching: bool,
    /// How often the next page has failed.
    failures: u32,
    is_over: bool,
    fetching: Option<Fetch<L::Page>>,
}

impl<L: List> Reader<L> {
    fn new(request: L) -> Self {
        let (request, start, limit) = request.begin();
        Self {
            request,
            progress: Progress::new(start),
            limit,
            wanted: u64::MAX,
            is_prefetching: true,
            failures: 0,
            is_over: false,
            fetching: None,
        }
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Read<L>, Error>>> {
        loop {
            if self.is_over || self.wanted == 0 {
                return Poll::Ready(None);
            }
            let mut fetch = self.fetching.take().unwrap_or_else(|| self.fetch(Fetch::here));
            let Poll::Ready(outcome) = fetch.poll(cx) else {
                self.fetching = Some(fetch);
                return Poll::Pending;
            };
            match outcome {
                Some(Ok(page)) => {
                    self.failures = 0;
                    if let Some(read) = self.take_in(page, fetch.asked).transpose() {
                        return Poll::Ready(Some(read));
                    }
                }
                Some(Err(error)) => {
                    self.failures += 1;
                    self.is_over = !error.is_transient() || self.failures == FAILURES;
                    return Poll::Ready(Some(Err(error)));
                }
                // Its task was ended from outside: ask here.
                None => {}
            }
        }
    }

    /// What is new in a page; `None` when nothing is.
    fn take_in(
        &mut self,
        mut page: Response<L::Page>,
        asked: u64,
    ) -> Result<Option<Read<L>>, Error> {
        let (count, total) = (L::count(&page), L::total(&page));
        let entries = L::entries(page.value_mut()).take().unwrap_or_default();
        match self.progress.judge(Came { entries, count, total, asked }, L::id) {
            Verdict::New { mut entries, is_last } => {
                let wanted = usize::try_from(self.wanted).unwrap_or(usize::MAX);
                // More than was asked for.
                if let Some((position, _)) = entries.get(wanted) {
                    self.progress.resume_at(*position);
                    entries.truncate(wanted);
                }
                self.wanted -= entries.len() as u64;
                self.is_over = is_last;
                if self.is_prefetching && !self.is_over && self.wanted > 0 {
                    self.fetching = Handle::try_current()
                        .ok()
                        .map(|runtime| self.fetch(|page| Fetch::ahead(&runtime, page)));
                }
                Ok(Some((page, entries)))
            }
            Verdict::Onward => Ok(None),
            Verdict::End => {
                self.is_over = true;
                Ok(None)
            }
            Verdict::Stalled => {
                self.is_over = true;
                Err(L::stalled(page, self.progress.offset()))
            }
        }
    }

    fn fetch(&self, how: impl FnOnce(PageFuture<L::Page>) -> Fetching<L::Page>) -> Fetch<L::Page> {
        let asked = self.limit.min(self.progress.needed(self.wanted));
        let page = self.request.clone().page(self.progress.offset(), asked);
        Fetch { asked, fetching: how(Box::pin(page)) }
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
        Fetching::Ahead(runtime.spawn(page))
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
