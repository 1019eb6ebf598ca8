//! Kinds of errors.

/// What kind of error a call ended with, for callers that branch on it:
/// [`Error::kind`](crate::Error::kind).
///
/// An error code of the document decides, whatever the status; without one, the status does.
///
/// ```
/// use otc_autoscaling::{Error, ErrorKind};
///
/// fn advice(error: &Error) -> &'static str {
///     match error.kind() {
///         ErrorKind::NotFound => "create the group first",
///         ErrorKind::Throttled | ErrorKind::InCooldown | ErrorKind::ScalingActionRunning => "wait",
///         _ if error.may_have_been_applied() => "read the group before changing it again",
///         _ => "see the message",
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A value of the request, or a setting of the client, is invalid; nothing was sent.
    /// [`violations`](crate::Error::violations) lists what to correct.
    Invalid,
    /// There are no credentials to authenticate with, for example since a token could not be fetched;
    /// nothing was sent. [`source`](std::error::Error::source) has the cause.
    Credentials,
    /// No connection could be made; the request has not reached the service.
    Connect,
    /// The connection broke before the response was complete.
    Connection,
    /// The time ran out, here or at the service (408 and 504, and 522, 524, 598 and 599 of gateways).
    Timeout,
    /// The group, the policy or the project does not exist.
    ///
    /// A 404 of a gateway or a proxy, which knows nothing of groups, is [`Service`](Self::Service).
    #[doc = concat!("\n\nStatus 404 with an error of the service, and the codes ",
                    codes!("not-found"), ".")]
    NotFound,
    /// The credentials are wrong, or no longer valid.
    #[doc = concat!("\n\nStatus 401, credentials that the identity service rejects, and the codes ",
                    codes!("unauthorized"), ".")]
    Unauthorized,
    /// The credentials are right, and lack the permission.
    #[doc = concat!("\n\nStatus 403, and the codes ", codes!("forbidden"), ".")]
    Forbidden,
    /// There were too many requests. The request was not processed: send it again later, after
    /// [`retry_after`](crate::Error::retry_after) or a minute.
    #[doc = concat!("\n\nStatus 429, and the codes ", codes!("throttled"), ".")]
    Throttled,
    /// A scaling action is running in the group, which can't be changed until it has ended.
    #[doc = concat!("\n\nThe codes ", codes!("scaling-action-running"), ".")]
    ScalingActionRunning,
    /// The group is in its cooldown period after a scaling action.
    #[doc = concat!("\n\nThe codes ", codes!("in-cooldown"), ".")]
    InCooldown,
    /// The service, or one that it depends on, can't process the request now.
    #[doc = concat!("\n\nStatus 500, 502, 503 and others of 5xx, and the codes ", codes!("unavailable"), ".")]
    Unavailable,
    /// Any other error status.
    Service,
    /// The response has a status of success and a body that is not as documented, or that is longer
    /// than the limit. [`body`](crate::Error::body) has what was received.
    Unreadable,
    /// A page of a list repeats entries that were read before, and more entries may be missing.
    Stalled,
    /// The HTTP client followed a redirect.
    Redirected,
}
