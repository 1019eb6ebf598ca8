//! Kinds of errors.

/// The kind of an [`Error`](crate::Error), returned by [`Error::kind`](crate::Error::kind).
///
/// It is derived from the error code, if the OpenAPI document lists it, and otherwise from the status.
///
/// ```
/// use otc_autoscaling::{Error, ErrorKind};
///
/// fn advice(error: &Error) -> &'static str {
///     match error.kind() {
///         ErrorKind::NotFound => "create the group",
///         ErrorKind::Throttled | ErrorKind::InCooldown | ErrorKind::ScalingActionRunning => "wait",
///         _ if error.may_have_been_applied() => "read the group before modifying it again",
///         _ => "see the message",
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A value of the request or a setting of the client is invalid. No request was sent.
    /// [`violations`](crate::Error::violations) lists the values.
    Invalid,
    /// No credentials are available, for example because fetching a token failed or timed out. No request was sent.
    /// The message contains the cause.
    Credentials,
    /// No connection could be established. The request has not reached the service.
    Connect,
    /// The connection was lost before the response was complete.
    Connection,
    /// A timeout expired while waiting for the response, in the client or in the service (status 408 and 504, and the
    /// nonstandard 522, 524, 598 and 599 of gateways).
    Timeout,
    /// The group, the policy or the project does not exist.
    ///
    /// A 404 from a gateway or a proxy, without an error code of the service, is reported as
    /// [`Service`](Self::Service), since it does not mean that the resource does not exist.
    #[doc = concat!("\n\nStatus 404 if the response contains an error code of the service that the OpenAPI document does not list, and any status with ",
                    codes!("not-found"), ".")]
    NotFound,
    /// The credentials are invalid or have expired.
    #[doc = concat!("\n\nStatus 401, status 403 with a message about an invalid token, credentials that the identity service has rejected, and any status with ",
                    codes!("unauthorized"), ".")]
    Unauthorized,
    /// The credentials lack a permission.
    #[doc = concat!("\n\nStatus 403 (except with a message about an invalid token), and any status with ", codes!("forbidden"), ".")]
    Forbidden,
    /// Too many requests were sent. The request was not processed: retry it after the delay
    /// that [`retry_after`](crate::Error::retry_after) returns, or after a minute if there is none.
    #[doc = concat!("\n\nStatus 429, and any status with ", codes!("throttled"), ".")]
    Throttled,
    /// A scaling action is in progress. The group can be modified once the action has ended.
    #[doc = concat!("\n\nAny status with ", codes!("scaling-action-running"), ".")]
    ScalingActionRunning,
    /// The group is in its cooldown period after a scaling action.
    #[doc = concat!("\n\nAny status with ", codes!("in-cooldown"), ".")]
    InCooldown,
    /// The service, or one that it depends on, is temporarily unavailable.
    #[doc = concat!("\n\nStatus 500, 502, 503 and other 5xx (except those of `Timeout`, 501, 505 and 511), and any status with ", codes!("unavailable"), ".")]
    Unavailable,
    /// Any other error of the service.
    Service,
    /// The status is 2xx, but the body can't be read or exceeds the size limit. [`body`](crate::Error::body) returns
    /// what was received.
    Unreadable,
    /// A page of a list repeats earlier entries, so other entries may be missing.
    Stalled,
    /// The [`HttpClient`](crate::HttpClient) followed a redirect, which could send credentials and modifications to
    /// another host. To prevent this, create the
    /// `HttpClient` with `redirect::Policy::none()`.
    Redirected,
}
