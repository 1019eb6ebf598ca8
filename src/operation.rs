//! What the document says of an operation, for errors and logs.

/// An operation of the document.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    pub(crate) operation_id: &'static str,
}

/// What callers branch on, where the document gives an error code a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "the document decides which classes have a code")]
pub(crate) enum Class {
    NotFound,
    Unauthorized,
    Forbidden,
    Throttled,
    ScalingActionRunning,
    InCooldown,
}
