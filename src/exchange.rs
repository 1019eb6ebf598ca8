//! Raw responses.

use http::{HeaderMap, StatusCode};

use crate::generated::service;
use crate::operation::Operation;
use crate::redact::Sent;

/// A response as it was received.
#[derive(Clone)]
pub(crate) struct RawResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// The secrets of the request, which the response may repeat.
    pub(crate) sent: Sent,
}

impl RawResponse {
    /// The request ID, from the header in the document.
    pub(crate) fn request_id(&self) -> Option<&str> {
        self.headers.get(service::REQUEST_ID_HEADER)?.to_str().ok()
    }
}

/// A response with the status of a success, before its body is read.
pub(crate) struct Success {
    pub(crate) operation: Operation,
    pub(crate) raw: RawResponse,
    pub(crate) attempts: u32,
    /// Whether the request only reads.
    pub(crate) is_read: bool,
}

impl Success {
    pub(crate) fn status(&self) -> StatusCode {
        self.raw.status
    }
}
