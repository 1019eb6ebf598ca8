//! The response of a successful call.

use std::fmt;
use std::ops::Deref;

use http::{HeaderMap, StatusCode};

use crate::error::Error;
use crate::exchange::{RawResponse, Success};
#[cfg(feature = "mock")]
use crate::redact::Sent;
use crate::wire::ResponseBody;

/// The response of a successful call: the typed body, status, headers and raw body.
///
/// Dereferences to the typed body, in which every field is an `Option`.
///
/// ```no_run
/// # async fn example(client: otc_autoscaling::Client) -> Result<(), otc_autoscaling::Error> {
/// let group = "a8327883-6b07-4497-9c61-68d03ee193a1";
/// let response = client.show_scaling_group().scaling_group_id(group).send().await?;
/// println!("{} {:?}", response.status(), response.request_id());
/// if let Some(group) = &response.scaling_group {
///     println!("{:?} instances", group.current_instance_number);
///     // Fields that are not in the OpenAPI document, and fields whose value does not have the documented type.
///     println!("{:?}", group.extra());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Response<T> {
    value: T,
    raw: RawResponse,
    attempts: u32,
}

impl Response<()> {
    /// A response for which the document has no body. A body that is sent nevertheless is ignored.
    #[allow(dead_code, reason = "the document decides whether there is one")]
    pub(crate) fn empty(success: Success) -> Self {
        Self { value: (), raw: success.raw, attempts: success.attempts }
    }
}

impl<T> Response<T> {
    /// Reads the body. Async, since the generated code awaits it.
    #[allow(clippy::unused_async, reason = "the generated code awaits it")]
    pub(crate) async fn from_response(success: Success) -> Result<Self, Error>
    where
        T: ResponseBody,
    {
        let Success { operation, raw, attempts, is_read } = success;
        // A modification that was applied is a success without a body, unless the status is 200.
        let needs_none = !is_read && raw.status != StatusCode::OK;
        let is_blank = needs_none && raw.body.trim_ascii().is_empty();
        match if is_blank { Ok(T::default()) } else { T::read(&raw.body) } {
            Ok(value) => Ok(Self { value, raw, attempts }),
            Err(error) => {
                let error = Error::unreadable(operation, error, raw).after(attempts);
                Err(error.uncertain(!is_read))
            }
        }
    }

    /// Creates a response with status 200 from a value, for tests of functions that take a response.
    ///
    /// # Panics
    ///
    /// Panics if the value can't be serialized as JSON.
    #[cfg(feature = "mock")]
    #[cfg_attr(docsrs, doc(cfg(feature = "mock")))]
    pub fn mock(value: T) -> Self
    where
        T: serde::Serialize,
    {
        let body = serde_json::to_vec(&value).unwrap_or_else(|error| panic!("{error}"));
        let (status, headers, sent) = (StatusCode::OK, HeaderMap::new(), Sent::default());
        Self { value, raw: RawResponse { status, headers, body, sent }, attempts: 1 }
    }

    /// Returns the status code (2xx).
    pub fn status(&self) -> StatusCode {
        self.raw.status
    }

    /// Returns the headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.raw.headers
    }

    /// Returns the request ID (`X-Request-Id`), which the vendor's support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.raw.request_id()
    }

    /// Returns the raw body.
    pub fn body(&self) -> &[u8] {
        &self.raw.body
    }

    /// Returns the number of attempts, including the one that succeeded.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    pub(crate) fn value_mut(&mut self) -> &mut T {
        &mut self.value
    }

    pub(crate) fn raw(&self) -> &RawResponse {
        &self.raw
    }

    /// Returns the typed body, and drops the rest.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> AsRef<T> for Response<T> {
    fn as_ref(&self) -> &T {
        &self.value
    }
}

/// Shows status, request ID and typed body. Headers may hold secrets, and are left out.
impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status())
            .field("request_id", &self.request_id().map(|id| self.raw.sent.left_out_of(id)))
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}
