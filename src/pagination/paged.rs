//! The properties of a list operation that pagination needs. `build.rs` implements [`Paged`] for each operation
//! with `x-pagination`.

use std::future::Future;

use serde_json::{Map, Value};

use crate::error::Error;
use crate::json;
use crate::operation::Operation;
use crate::response::Response;
use crate::validation::ValidationError;
use crate::wire::response::ResponseObject;

/// The position of a page.
#[derive(Clone, Debug, PartialEq)]
pub enum Position {
    /// The number of entries before it.
    Offset(i64),
    /// The marker at which it begins; none for the first page.
    Marker(Option<String>),
}

/// The request builder of a list operation. It is private, so that [`List`](super::List) is sealed.
pub trait Paged<Page, Item>: Clone + Send + 'static {
    const CALL: Operation;
    /// The property with the entries.
    const ITEMS: &'static str;
    /// The parameter for the position.
    const POSITION: &'static str;
    /// Whether a page has the marker of the next one. Otherwise it is the ID of the last entry.
    const HAS_NEXT: bool;
    /// The largest limit.
    const LARGEST: i64;

    /// The position that the caller has set, or the first.
    fn position(&self) -> Position;

    /// The limit that the caller has set.
    fn limit(&self) -> Option<i64>;

    /// Sets the position. Invalid values of the caller remain, and are reported.
    fn with_position(self, position: Position) -> Self;

    /// Sets the limit, or an error in its place.
    fn with_limit(self, limit: Result<i64, ValidationError>) -> Self;

    fn page(self) -> impl Future<Output = Result<Response<Page>, Error>> + Send + 'static;

    /// The entries of a page that can be read.
    fn entries(page: &mut Page) -> &mut Option<Vec<Item>>;

    /// The total number of entries in the list.
    fn total(page: &Page) -> Option<i64>;

    /// The marker of the next page, with [`HAS_NEXT`](Self::HAS_NEXT).
    fn next(page: &Page) -> Option<&str>;

    /// The ID of an entry.
    fn id(item: &Item) -> Option<&str>;
}

/// Returns the request, in which a limit of 0 is an error, and the limit.
pub(super) fn limited<Page, Item, L: Paged<Page, Item>>(request: L) -> (L, u64) {
    let limit = request.limit().unwrap_or(L::LARGEST);
    if let Ok(limit @ 1..) = u64::try_from(limit) {
        return (request, limit);
    }
    let largest = L::LARGEST;
    let rule = format!("0 requests empty pages: use 1 to {largest}, or leave it unset");
    (request.with_limit(Err(ValidationError::new(rule))), 0)
}

/// The entries of a page.
#[derive(Debug, PartialEq)]
pub(super) enum Entries {
    /// A list of this many entries, including those that can't be read.
    List(u64),
    /// A null or an empty string.
    Nothing,
}

/// Counts the entries of a page, or returns why they are not a list. `has_more` is whether the page should have
/// entries, by the total.
pub(super) fn entries<Page: ResponseObject, Item, L: Paged<Page, Item>>(
    page: &mut Response<Page>,
    has_more: bool,
) -> Result<Entries, String> {
    let key = L::ITEMS;
    let is_empty = !has_more && L::total(page).is_some();
    let read = L::entries(page.value_mut()).as_ref().map(|entries| entries.len() as u64);
    // If some can't be read, `extra()` has the whole list.
    match (page.value_mut().extra_mut().get(key), read) {
        (Some(Value::Array(original)), Some(_)) => Ok(Entries::List(original.len() as u64)),
        (_, Some(read)) => Ok(Entries::List(read)),
        (Some(Value::String(text)), None) if text.is_empty() => Ok(Entries::Nothing),
        (Some(_), None) => Err(format!("{key} is no list")),
        // Some services omit an empty list.
        (None, None) if is_empty => Ok(Entries::Nothing),
        // The typed page does not distinguish null from absent.
        (None, None) => match json::read::<Map<String, Value>>(page.body()) {
            Ok(body) if body.contains_key(key) => Ok(Entries::Nothing),
            _ => Err(format!("{key} is missing")),
        },
    }
}

/// The error for a page that can't be read.
pub(super) fn unreadable<Page, Item, L: Paged<Page, Item>>(
    page: &Response<Page>,
    reason: &str,
) -> Error {
    let error = serde::de::Error::custom(reason);
    Error::unreadable(L::CALL, error, page.raw().clone()).after(page.attempts())
}
