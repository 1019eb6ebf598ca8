//! A success, with all that the service said.

use std::fmt;
use std::ops::Deref;

use http::{HeaderMap, StatusCode};

use crate::error::Error;
use crate::exchange::{RawResponse, Success};
#[cfg(feature = "mock")]
use crate::redact::Sent;
use crate::wire::ResponseBody;

/// A typed reply, and beside it all that came with it. Reads like the reply itself.
#[derive(Clone)]
pub struct Response<T> {
    value: T,
    reply: RawResponse,
    attempts: u32,
}

impl Response<()> {
    /// Of a response without a body; one that is there all the same is not looked at.
    #[allow(dead_code, reason = "the document decides whether there is one")]
    pub(crate) fn empty(success: Success) -> Self {
        Self { value: (), reply: success.reply, attempts: success.attempts }
    }
}

impl<T> Response<T> {
    /// Reads the body. Asynchronous as the generated code expects it.
    #[allow(clippy::unused_async, reason = "the generated code awaits it")]
    pub(crate) async fn from_response(success: Success) -> Result<Self, Error>
    where
        T: ResponseBody,
    {
        let Success { operation, reply, attempts, is_read } = success;
        // A change that was made is not an error for lack of a body, of a status that needs none.
        let needs_none = !is_read && reply.status != StatusCode::OK;
        let is_blank = needs_none && reply.body.trim_ascii().is_empty();
        match if is_blank { Ok(T::default()) } else { T::read(&reply.body) } {
            Ok(value) => Ok(Self { value, reply, attempts }),
            Err(error) => {
                let error = Error::unreadable(operation, error, reply).after(attempts);
                Err(error.uncertain(!is_read))
            }
        }
    }

    /// Makes a response of a value, with the status 200: for tests of code that takes responses.
    ///
    /// # Panics
    ///
    /// If the value can't be serialized as JSON.
    #[cfg(feature = "mock")]
    #[cfg_attr(docsrs, doc(cfg(feature = "mock")))]
    pub fn mock(value: T) -> Self
    where
        T: serde::Serialize,
    {
        let body = serde_json::to_vec(&value).unwrap_or_else(|error| panic!("{error}"));
        let (status, headers, sent) = (StatusCode::OK, HeaderMap::new(), Sent::default());
        Self { value, reply: RawResponse { status, headers, body, sent }, attempts: 1 }
    }

    /// The status, a success (2xx).
    pub fn status(&self) -> StatusCode {
        self.reply.status
    }

    /// The header fields of the reply.
    pub fn headers(&self) -> &HeaderMap {
        &self.reply.headers
    }

    /// The service's name for this exchange (`X-Request-Id`), to quote when asking the vendor
    /// about it.
    pub fn request_id(&self) -> Option<&str> {
        self.reply.request_id()
    }

    /// The body as it came, byte for byte.
    pub fn body(&self) -> &[u8] {
        &self.reply.body
    }

    /// How many times the request was attempted, the one that succeeded among them.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    pub(crate) fn value_mut(&mut self) -> &mut T {
        &mut self.value
    }

    pub(crate) fn reply(&self) -> &RawResponse {
        &self.reply
    }

    /// The typed reply alone.
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

/// Status, request id and value; the header fields may hold what is nobody's business.
impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status())
            .field("request_id", &self.request_id().map(|id| self.reply.sent.left_out_of(id)))
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}
