//! What reading all pages needs to know of an operation. `build.rs` invokes [`list`] for each of
//! which the document says it.

use std::future::Future;

use serde_json::{Map, Value};

use crate::error::Error;
use crate::response::Response;
use crate::wire::read_json;

/// The builder of an operation that answers a list in pages. Outside of this crate it has no name,
/// so that nothing else can be a [`List`](super::List).
pub trait Paged<Page, Item>: Clone + Send + 'static {
    /// The `operationId`.
    const ID: &'static str;

    /// The request with what reading on can't do with refused, the position where it begins, and
    /// how many entries a page is asked to have.
    fn begin(self) -> (Self, i64, u64);

    /// Asks for a page. Values that were refused stay so, and are what the error is about.
    fn page(
        self,
        offset: i64,
        limit: u64,
    ) -> impl Future<Output = Result<Response<Page>, Error>> + Send + 'static;

    /// The entries of a page, as far as they can be read.
    fn entries(page: &mut Page) -> &mut Option<Vec<Item>>;

    /// Whether a page has a list, and no null or empty text in its place. What is wrong, where it
    /// has none of these.
    fn has_list(page: &Response<Page>) -> Result<bool, String>;

    /// How many entries a page has, with those that can't be read.
    fn count(page: &Page) -> u64;

    /// How many entries the list has, as a page says.
    fn total(page: &Page) -> Option<i64>;

    /// The ID of an entry.
    fn id(item: &Item) -> Option<&str>;

    /// The error of a page of which nothing can be made.
    fn unreadable(page: &Response<Page>, reason: String) -> Error;

    /// The error of a page that makes no sense, since that at this position repeats what was read.
    fn stalled(page: &Response<Page>, offset: i64) -> Error;
}

/// Whether the value of a key is a list, when it was read as one or came in another shape.
pub(crate) fn has_list(
    key: &str,
    is_list: bool,
    odd: Option<&Value>,
    body: &[u8],
) -> Result<bool, String> {
    // A null and nothing at all are one in the typed page.
    let is_there =
        || read_json::<Map<String, Value>>(body).is_ok_and(|page| page.contains_key(key));
    match odd {
        _ if is_list => Ok(true),
        Some(Value::String(text)) if text.is_empty() => Ok(false),
        Some(_) => Err(format!("{key} is no list")),
        None if is_there() => Ok(false),
        None => Err(format!("{key} is missing")),
    }
}

/// `items()` and `pages()` on the builder of an operation.
macro_rules! list {
    (
        $name:ident {
            page: $page:ty,
            items: $items:ident($items_key:literal) of $item:ty,
            total: $total:ident,
            id: $id:ident,
            offset: $offset:ident($offset_key:literal),
            limit: $limit:ident($limit_key:literal) up to $largest:literal,
        }
    ) => {
        impl $name {
            /// All entries of the list, from one page after another, as a stream.
            pub fn items(self) -> $crate::Items<Self> {
                $crate::Items::new(self)
            }

            /// All pages of the list, as a stream.
            pub fn pages(self) -> $crate::Pages<Self> {
                $crate::Pages::new(self)
            }
        }

        impl $crate::List for $name {
            type Page = $page;
            type Item = $item;
        }

        impl $crate::pagination::Paged<$page, $item> for $name {
            const ID: &'static str = Self::OPERATION.operation_id;

            fn begin(mut self) -> (Self, i64, u64) {
                let start = match &self.$offset {
                    Ok(Some(offset)) => i64::from(*offset),
                    _ => 0,
                };
                let limit = match &self.$limit {
                    Ok(Some(limit)) => i64::from(*limit),
                    _ => $largest,
                };
                let limit = u64::try_from(limit).unwrap_or(0);
                if limit == 0 {
                    let reason = concat!(
                        "asks for pages without entries: give 1 to ",
                        $largest,
                        ", or leave it out"
                    );
                    self.$limit = Err($crate::ValidationError::new(reason).at($limit_key));
                }
                (self, start, limit)
            }

            async fn page(
                mut self,
                offset: i64,
                limit: u64,
            ) -> Result<$crate::Response<$page>, $crate::Error> {
                if self.$offset.is_ok() {
                    self = self.$offset(offset);
                }
                if self.$limit.is_ok() {
                    self = self.$limit(i64::try_from(limit).unwrap_or($largest));
                }
                self.send().await
            }

            fn entries(page: &mut $page) -> &mut Option<Vec<$item>> {
                &mut page.$items
            }

            fn has_list(page: &$crate::Response<$page>) -> Result<bool, String> {
                let odd = page.extra().get($items_key);
                let has_list = $crate::pagination::has_list;
                has_list($items_key, page.$items.is_some(), odd, page.body())
            }

            fn count(page: &$page) -> u64 {
                // Where some can't be read, the list as it came is kept beside those that can.
                let came = page.extra().get($items_key).and_then(|came| came.as_array());
                let read = page.$items.as_ref().map_or(0, Vec::len);
                came.map_or(read, Vec::len) as u64
            }

            fn total(page: &$page) -> Option<i64> {
                page.$total
            }

            fn id(item: &$item) -> Option<&str> {
                item.$id.as_deref()
            }

            fn unreadable(page: &$crate::Response<$page>, reason: String) -> $crate::Error {
                let (error, reply) = (::serde::de::Error::custom(reason), page.reply().clone());
                $crate::Error::unreadable(Self::OPERATION, error, reply).after(page.attempts())
            }

            fn stalled(page: &$crate::Response<$page>, offset: i64) -> $crate::Error {
                let reply = page.reply().clone();
                $crate::Error::stalled(Self::OPERATION, $offset_key, offset, reply)
                    .after(page.attempts())
            }
        }
    };
}
pub(crate) use list;
