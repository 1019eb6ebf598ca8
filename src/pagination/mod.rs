//! Streams over all pages of a list, for each operation with `x-pagination` in the document.

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

/// The number of consecutive failures of a page after which the stream ends.
const FAILURES: u32 = 3;

/// A list operation that returns its entries in pages.
///
/// The request builders of such operations implement it. It is sealed.
pub trait List: Paged<<Self as List>::Page, <Self as List>::Item> {
    /// The body of one response.
    type Page: ResponseObject + Send + 'static;
    /// The type of an entry.
    type Item: Clone + PartialEq + Send + 'static;
}

/// A [`Stream`] of the entries of a list, from all pages. Returned by `items()` of a request builder.
///
/// It requests the largest page that the OpenAPI document allows, unless `limit` is set, and begins at the first entry,
/// unless an offset or a marker is set. While a page is consumed, the next one is requested: see
/// [`prefetch`](Self::prefetch).
///
/// ```no_run
/// use futures_util::TryStreamExt;
///
/// # async fn example(client: otc_autoscaling::Client) -> Result<(), otc_autoscaling::Error> {
/// let mut logs = client
///     .list_scaling_activity_logs()
///     .scaling_group_id("e5d27f5c-dd76-4a61-b4bc-a67c5686719a")
///     .items()
///     .take(1000);
/// while let Some(log) = logs.try_next().await? {
///     println!("{:?} {:?}", log.start_time, log.status);
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Guarantees
///
/// The list may change while it is read:
///
/// 1. Every entry that is in the list throughout the read, from the first request to the last, is yielded; otherwise,
///    the stream ends with an error. Added and removed entries move others to other pages; pages are read again where
///    necessary.
/// 2. No entry is yielded twice within a window of 10,000 entries: the ID of each entry is compared with those of
///    the last 10,000. Entries with the same ID in one page are different entries.
/// 3. The stream ends without an error only if the last page was empty or not full, and the number of entries read
///    has reached the total. Without a total, it ends only after an empty page. The service may cap the page size below
///    the requested limit, presumably at a multiple of 10, so a page whose number of entries is a multiple of 10 also
///    counts as full, unless an earlier page was longer.
/// 4. The stream ends with an error for which [`Error::is_stalled`] is true if a page repeats entries that were already
///    read and concurrent additions or removals can't explain it (for example, because the service ignores the offset),
///    or if more than 50 consecutive pages contain no new entry.
/// 5. Memory use does not depend on the length of the list.
///
/// Limitations: guarantee 1 depends on the total in the response. Without a total, or if as many entries are added
/// as removed, an entry may be missed. Without a total, the stream also can't detect a service that interprets the
/// offset as a page number and returns an empty page. Entries without an ID are compared with the previous page
/// only.
///
/// # Errors
///
/// A failed call is yielded as an error. The next poll requests the same page again, without waiting. If
/// [`Error::retry_after`] returns a delay, sleep that long before polling. The stream ends if the error is not
/// transient ([`Error::is_transient`]), or after three consecutive failures.
///
/// If some entries of a page are not objects, the stream yields the other entries, then a single error
/// ([`Error::is_unreadable`]), and continues. If the page has no list, or no entry can be read, the stream ends with
/// this error.
///
/// After an error that ended the stream, [`resume`](Self::resume) continues it.
#[must_use = "streams do nothing unless polled"]
pub struct Items<L: List> {
    reader: Reader<L>,
    /// The entries of the current page, with their positions in the list.
    entries: vec::IntoIter<(i64, L::Item)>,
    /// The error for entries of the page that could not be read.
    unread: Option<Error>,
}

/// A [`Stream`] of the pages of a list. Returned by `pages()` of a request builder.
///
/// Each page is a [`Response`] with request ID and raw body. Entries of earlier pages are removed
/// from the typed page, and a page without new entries is not yielded. See [`Items`] for the guarantees and errors.
/// Unlike there, single entries that are not objects are no error: the page is yielded, the typed page omits them, and
/// its `extra()` contains the whole list.
///
/// ```no_run
/// use futures_util::TryStreamExt;
///
/// # async fn example(client: otc_autoscaling::Client) -> Result<(), otc_autoscaling::Error> {
/// let mut pages = client
///     .list_scaling_policy_execute_logs()
///     .scaling_policy_id("05545d3d-ccf9-4bca-ae4f-1e5e73ca0bf6")
///     .pages();
/// while let Some(page) = pages.try_next().await? {
///     println!("{} entries, {:?}", page.scaling_policy_execute_log.iter().flatten().count(), page.request_id());
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "streams do nothing unless polled"]
pub struct Pages<L: List> {
    reader: Reader<L>,
}

impl<L: List> Items<L> {
    pub(crate) fn new(request: L) -> Self {
        Self { reader: Reader::new(request), entries: Vec::new().into_iter(), unread: None }
    }

    /// Ends the stream after `count` more entries. The limit of the last request is reduced accordingly, plus the number
    /// of entries by which the list has changed.
    ///
    /// If it is called several times, the stream ends at the earliest of the resulting limits.
    pub fn take(mut self, count: usize) -> Self {
        let left = self.entries.as_slice().len();
        if let Some((position, _)) = self.entries.as_slice().get(count) {
            self.reader.cursor.resume_at(*position);
            self.entries = self.entries.take(count).collect::<Vec<_>>().into_iter();
        }
        self.reader.take(count.saturating_sub(left));
        self
    }

    /// Sets whether the next page is requested while the current one is consumed. The default is true.
    ///
    /// The request runs in a Tokio task, which is aborted when the stream is dropped.
    pub fn prefetch(mut self, enabled: bool) -> Self {
        self.reader.is_prefetching = enabled;
        self
    }

    /// Continues a stream that an error has ended: the next poll requests the failed page again.
    ///
    /// Entries that were already yielded are skipped. Does nothing if the stream has not ended, or has ended without an
    /// error.
    pub fn resume(&mut self) {
        self.reader.resume();
    }

    /// Returns the position of the next entry in the list. Pass it to `start_number` of a new request to continue
    /// there.
    ///
    /// Entries that could not be read are not counted. If there are any, or if the list changes, the new stream yields
    /// some entries again.
    #[must_use]
    pub fn offset(&self) -> i64 {
        let next = self.entries.as_slice().first();
        next.map_or(self.reader.cursor.offset(), |(position, _)| *position)
    }

    /// Returns the marker of the next page, if the list has markers. Pass it to a new request to continue there.
    #[must_use]
    pub fn marker(&self) -> Option<&str> {
        self.reader.cursor.marker()
    }
}

impl<L: List> Pages<L> {
    pub(crate) fn new(request: L) -> Self {
        Self { reader: Reader::new(request) }
    }

    /// Ends the stream after `count` more entries in total. The limit of the last request is reduced accordingly, plus
    /// the number of entries by which the list has changed.
    ///
    /// `StreamExt::take` counts pages, and does not prevent the request for the page after the last.
    pub fn take_entries(mut self, count: usize) -> Self {
        self.reader.take(count);
        self
    }

    /// Sets whether the next page is requested while the current one is consumed. The default is true.
    ///
    /// The request runs in a Tokio task, which is aborted when the stream is dropped.
    pub fn prefetch(mut self, enabled: bool) -> Self {
        self.reader.is_prefetching = enabled;
        self
    }

    /// Continues a stream that an error has ended: the next poll requests the failed page again.
    ///
    /// Entries that were already yielded are skipped. Does nothing if the stream has not ended, or has ended without an
    /// error.
    pub fn resume(&mut self) {
        self.reader.resume();
    }

    /// Returns the position of the next page in the list. Pass it to `start_number` of a new request to continue
    /// there.
    ///
    /// If the list changes, the new stream yields some entries again.
    #[must_use]
    pub fn offset(&self) -> i64 {
        self.reader.cursor.offset()
    }

    /// Returns the marker of the next page, if the list has markers. Pass it to a new request to continue there.
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
                    self.unread =
                        (unread > 0).then(|| unreadable::<_, _, L>(&page, &not_documented(unread)));
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

// Their futures are boxed.
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

/// A page, and the entries taken from it.
struct Read<L: List> {
    page: Response<L::Page>,
    /// The new entries, with their positions in the list.
    new: Vec<(i64, L::Item)>,
    /// The number of entries that could not be read.
    unread: u64,
}

/// Requests the pages in order.
struct Reader<L: List> {
    request: L,
    cursor: Cursor<L::Item>,
    /// The largest limit of a request.
    limit: u64,
    /// The number of new entries still to be read.
    wanted: u64,
    is_prefetching: bool,
    /// The number of failures of the next page.
    failures: u32,
    state: State,
    fetching: Option<Fetch<L::Page>>,
}

enum State {
    Reading,
    /// Yields this error next, and ends.
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
        // The request in progress may be for more entries.
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
                    if let Some(read) = self.take_in(page, fetch.requested) {
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
                // The runtime has aborted the task: request the page here.
                None => {}
            }
        }
        Poll::Ready(None)
    }

    /// Returns a page that has new or unreadable entries, and updates the state.
    fn take_in(&mut self, mut page: Response<L::Page>, requested: u64) -> Option<Read<L>> {
        let total = L::total(&page);
        let has_more = self.cursor.has_more(total);
        let (count, fault) = match paged::entries::<_, _, L>(&mut page, has_more) {
            Ok(Entries::List(0) | Entries::Nothing) if has_more => {
                (0, Some("the page is empty before the total is reached".to_owned()))
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
        // The format has changed.
        if unread > 0 && entries.is_empty() {
            self.state = State::Failing(unreadable::<_, _, L>(&page, &not_documented(unread)));
            return None;
        }
        let read = Page { entries, count, total, requested };
        let Verdict { mut new, then } = match &mut self.cursor {
            Cursor::Offset(progress) => progress.on_page(read, L::id),
            Cursor::Marker(markers) => {
                let next = L::HAS_NEXT.then(|| L::next(&page).unwrap_or_default().to_owned());
                markers.on_page(read, next, L::id)
            }
        };
        let wanted = usize::try_from(self.wanted).unwrap_or(usize::MAX);
        // The service may ignore the limit.
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
                let error = Error::stalled(L::CALL, L::POSITION, offset, page.raw().clone());
                self.state = State::Failing(error.after(page.attempts()));
            }
        }
        (unread > 0 || !new.is_empty()).then_some(Read { page, new, unread })
    }

    fn fetch(&self, how: impl FnOnce(PageFuture<L::Page>) -> Fetching<L::Page>) -> Fetch<L::Page> {
        let requested = self.limit.min(self.cursor.needed(self.wanted));
        let request = self.request.clone().with_position(self.cursor.position());
        let request = match i64::try_from(requested) {
            Ok(requested @ 1..) => request.with_limit(Ok(requested)),
            // An invalid limit of the caller, which is reported.
            _ => request,
        };
        Fetch { requested, fetching: how(Box::pin(request.page())) }
    }
}

/// Why entries of a page can't be read.
fn not_documented(unread: u64) -> String {
    format!("{unread} of its entries are not as documented")
}

/// The position of the next page, and what was read before it.
enum Cursor<T> {
    Offset(Progress<T>),
    Marker(Markers),
}

impl<T: Clone + PartialEq> Cursor<T> {
    /// The position of the next page.
    fn position(&self) -> Position {
        match self {
            Self::Offset(progress) => Position::Offset(progress.offset()),
            Self::Marker(markers) => Position::Marker(markers.marker().map(str::to_owned)),
        }
    }

    /// The number of entries before the next page.
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

/// A requested page.
struct Fetch<P> {
    requested: u64,
    fetching: Fetching<P>,
}

enum Fetching<P> {
    /// Runs while the stream is polled.
    Here(PageFuture<P>),
    /// Runs in a task.
    Ahead(JoinHandle<Result<Response<P>, Error>>),
}

impl<P: Send + 'static> Fetch<P> {
    fn here(page: PageFuture<P>) -> Fetching<P> {
        Fetching::Here(page)
    }

    fn ahead(runtime: &Handle, page: PageFuture<P>) -> Fetching<P> {
        // Its events belong to the caller's span.
        Fetching::Ahead(runtime.spawn(page.in_current_span().with_current_subscriber()))
    }

    /// Returns the page, or `None` if its task was aborted.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Response<P>, Error>>> {
        match &mut self.fetching {
            Fetching::Here(page) => page.as_mut().poll(cx).map(Some),
            Fetching::Ahead(task) => Pin::new(task).poll(cx).map(Result::ok),
        }
    }
}

/// Cancels the request, which a dropped handle of a task does not.
impl<P> Drop for Fetching<P> {
    fn drop(&mut self) {
        if let Self::Ahead(task) = self {
            task.abort();
        }
    }
}
