//! A response as it was received, before anything is made of it.

use http::{HeaderMap, StatusCode};

use crate::generated::service;
use crate::operation::Operation;
use crate::redact::Sent;

/// A response as it came, before anything is made of it.
#[derive(Clone)]
pub(crate) struct RawResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// The secrets of the request, which a response may repeat.
    pub(crate) sent: Sent,
}

impl RawResponse {
    /// The service's name for the exchange, from the header that the document gives it.
    pub(crate) fn request_id(&self) -> Option<&str> {
        self.headers.get(service::REQUEST_ID_HEADER)?.to_str().ok()
    }
}

/// A response whose status is a success, before its body is read.
pub(crate) struct Success {
    pub(crate) operation: Operation,
    pub(crate) raw: RawResponse,
    pub(crate) attempts: u32,
    /// Whether the request changes nothing.
    pub(crate) is_read: bool,
}

impl Success {
    pub(crate) fn status(&self) -> StatusCode {
        self.raw.status
    }
}
