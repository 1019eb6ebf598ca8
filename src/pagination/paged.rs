//! What reading all pages needs to know of an operation. `build.rs` implements [`Paged`] for each of
//! which the document says it.

use std::future::Future;

use serde_json::{Map, Value};

use crate::error::Error;
use crate::json;
use crate::operation::Operation;
use crate::response::Response;
use crate::validation::ValidationError;
use crate::wire::response::ResponseObject;

/// Where a page begins.
#[derive(Clone, Debug, PartialEq)]
pub enum Position {
    /// After this many entries.
    Offset(i64),
    /// After what this marker stands for, or at the beginning.
    Marker(Option<String>),
}

/// The builder of an operation that answers a list in pages. Outside of this crate it has no name,
/// so that nothing else can be a [`List`](super::List).
pub trait Paged<Page, Item>: Clone + Send + 'static {
    const CALL: Operation;
    /// The property of a page with its entries.
    const ITEMS: &'static str;
    /// What says in a request where the page begins.
    const POSITION: &'static str;
    /// Whether a page has the marker of the next one, which is the ID of its last entry otherwise.
    const HAS_NEXT: bool;
    /// The largest limit.
    const LARGEST: i64;

    /// The position that the caller has set, or the beginning.
    fn position(&self) -> Position;

    /// The limit that the caller has set.
    fn limit(&self) -> Option<i64>;

    /// Makes the request one for the page at a position. Values that were rejected stay so, and are
    /// what the error is about.
    fn with_position(self, position: Position) -> Self;

    /// Sets the limit, or rejects the one that is set.
    fn with_limit(self, limit: Result<i64, ValidationError>) -> Self;

    fn page(self) -> impl Future<Output = Result<Response<Page>, Error>> + Send + 'static;

    /// The entries of a page, as far as they can be read.
    fn entries(page: &mut Page) -> &mut Option<Vec<Item>>;

    /// How many entries the list has, as a page says.
    fn total(page: &Page) -> Option<i64>;

    /// The marker of the page after a page, where [`HAS_NEXT`](Self::HAS_NEXT).
    fn next(page: &Page) -> Option<&str>;

    /// The ID of an entry.
    fn id(item: &Item) -> Option<&str>;
}

/// Returns the request with a limit of 0 rejected, and the limit.
pub(super) fn limited<Page, Item, L: Paged<Page, Item>>(request: L) -> (L, u64) {
    let limit = request.limit().unwrap_or(L::LARGEST);
    if let Ok(limit @ 1..) = u64::try_from(limit) {
        return (request, limit);
    }
    let largest = L::LARGEST;
    let rule = format!("asks for pages without entries: give 1 to {largest}, or leave it out");
    (request.with_limit(Err(ValidationError::new(rule))), 0)
}

/// What a page has in place of its entries.
#[derive(Debug, PartialEq)]
pub(super) enum Entries {
    /// A list, of this many entries with those that can't be read.
    List(u64),
    /// A null or an empty string.
    Nothing,
}

/// Looks at the entries of a page. What is wrong with them, where they are no list.
/// `has_more` says whether the page is said to have some.
pub(super) fn entries<Page: ResponseObject, Item, L: Paged<Page, Item>>(
    page: &mut Response<Page>,
    has_more: bool,
) -> Result<Entries, String> {
    let key = L::ITEMS;
    let is_empty = !has_more && L::total(page).is_some();
    let read = L::entries(page.value_mut()).as_ref().map(|entries| entries.len() as u64);
    // Where some can't be read, the list as it was received is kept beside those that can.
    match (page.value_mut().extra_mut().get(key), read) {
        (Some(Value::Array(original)), Some(_)) => Ok(Entries::List(original.len() as u64)),
        (_, Some(read)) => Ok(Entries::List(read)),
        (Some(Value::String(text)), None) if text.is_empty() => Ok(Entries::Nothing),
        (Some(_), None) => Err(format!("{key} is no list")),
        // A null and nothing at all are one in the typed page.
        // Some services leave out a list without entries.
        (None, None) if is_empty => Ok(Entries::Nothing),
        (None, None) => match json::read::<Map<String, Value>>(page.body()) {
            Ok(body) if body.contains_key(key) => Ok(Entries::Nothing),
            _ => Err(format!("{key} is missing")),
        },
    }
}

/// The error of a page of which nothing can be made.
pub(super) fn unreadable<Page, Item, L: Paged<Page, Item>>(
    page: &Response<Page>,
    reason: &str,
) -> Error {
    let error = serde::de::Error::custom(reason);
    Error::unreadable(L::CALL, error, page.reply().clone()).after(page.attempts())
}
