//! The kinds of errors, and whether to retry.

use std::error::Error as StdError;

use http::StatusCode;

use super::cause::is_permanent;
use super::{Cause, Error, ErrorBody};
use crate::generated::service;
use crate::kind::ErrorKind;

/// The effect of a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It was not processed.
    NotActedUpon,
    /// It may have been processed.
    Uncertain,
    /// It was rejected, and may be accepted later.
    Later,
    /// A retry would fail as well.
    Final,
}

impl Error {
    /// Returns the kind of the error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        let known = self.code().and_then(known);
        if let Some((_, Some(kind))) = known {
            return *kind;
        }
        if let Some(status) = self.status().filter(|status| !status.is_success()) {
            return match status {
                StatusCode::UNAUTHORIZED => ErrorKind::Unauthorized,
                // Some services return this for an expired token.
                StatusCode::FORBIDDEN if known.is_none() && self.is_about_token() => {
                    ErrorKind::Unauthorized
                }
                StatusCode::FORBIDDEN => ErrorKind::Forbidden,
                // Only with an undocumented code of the service: a gateway returns 404 for an unknown path.
                StatusCode::NOT_FOUND
                    if self.inner.body.is_of_service
                        && known.is_none()
                        && self.code().is_some_and(is_of_service) =>
                {
                    ErrorKind::NotFound
                }
                StatusCode::TOO_MANY_REQUESTS => ErrorKind::Throttled,
                StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => ErrorKind::Timeout,
                // Timeouts of Cloudflare and other proxies.
                _ if matches!(status.as_u16(), 522 | 524 | 598 | 599) => ErrorKind::Timeout,
                _ if is_failure_of_server(status) => ErrorKind::Unavailable,
                _ => ErrorKind::Service,
            };
        }
        match &self.inner.cause {
            Cause::Settings(_) | Cause::Rejected(_) => ErrorKind::Invalid,
            Cause::Credentials(error) if error.is_rejection() => ErrorKind::Unauthorized,
            Cause::Credentials(error) if error.is_throttled => ErrorKind::Throttled,
            Cause::Credentials(_) | Cause::NoCredentialsInTime(_) => ErrorKind::Credentials,
            Cause::Transport(error) if error.is_builder() => ErrorKind::Invalid,
            Cause::Transport(error) if error.is_connect() => ErrorKind::Connect,
            Cause::Transport(error) | Cause::Interrupted(error) if error.is_timeout() => {
                ErrorKind::Timeout
            }
            Cause::NoResponseInTime(_) | Cause::CutShort(_) => ErrorKind::Timeout,
            Cause::Transport(_) | Cause::Interrupted(_) => ErrorKind::Connection,
            Cause::Status => ErrorKind::Service,
            Cause::Unreadable(_) | Cause::TooLarge(_) => ErrorKind::Unreadable,
            Cause::Stalled { .. } => ErrorKind::Stalled,
            Cause::Redirected => ErrorKind::Redirected,
        }
    }

    /// Whether the message is about an invalid token, not about a missing permission.
    fn is_about_token(&self) -> bool {
        const WRONG: [&str; 5] = ["invalid", "not valid", "incorrect", "expired", "revoked"];
        let message = self.message().unwrap_or_default().to_ascii_lowercase();
        message.contains("token") && WRONG.iter().any(|word| message.contains(word))
    }

    /// Returns whether a value of the request or a setting of the client is invalid ([`ErrorKind::Invalid`]). The
    /// request was not sent. [`violations`](Self::violations) returns the location of each invalid value, and the rule
    /// that it violates.
    #[must_use]
    pub fn is_invalid(&self) -> bool {
        self.kind() == ErrorKind::Invalid
    }

    /// Returns whether the group, the policy or the project does not exist ([`ErrorKind::NotFound`]).
    #[doc = concat!("\n\nStatus 404 if the response contains an error code of the service that the OpenAPI document does not list, and any status with ",
                    codes!("not-found"), ".")]
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.kind() == ErrorKind::NotFound
    }

    /// Returns whether the credentials are invalid or have expired ([`ErrorKind::Unauthorized`]).
    #[doc = concat!("\n\nStatus 401, status 403 with a message about an invalid token, and any status with ",
                    codes!("unauthorized"), ".")]
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.kind() == ErrorKind::Unauthorized
    }

    /// Returns whether the credentials lack a permission ([`ErrorKind::Forbidden`]).
    #[doc = concat!("\n\nStatus 403 (except with a message about an invalid token), and any status with ", codes!("forbidden"), ".")]
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.kind() == ErrorKind::Forbidden
    }

    /// Returns whether too many requests were sent ([`ErrorKind::Throttled`]). The request was not processed: retry it
    /// after the delay that [`retry_after`](Self::retry_after) returns, or after a minute if there is none.
    #[doc = concat!("\n\nStatus 429, and any status with ", codes!("throttled"), ".")]
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.kind() == ErrorKind::Throttled
    }

    /// Returns whether a scaling action is in progress, during which the group can't be modified
    /// ([`ErrorKind::ScalingActionRunning`]): see
    /// [`wait_for_scaling_action`](crate::Client::wait_for_scaling_action).
    #[doc = concat!("\n\nAny status with ", codes!("scaling-action-running"), ".")]
    #[must_use]
    pub fn is_scaling_action_running(&self) -> bool {
        self.kind() == ErrorKind::ScalingActionRunning
    }

    /// Returns whether the group is in its cooldown period after a scaling action ([`ErrorKind::InCooldown`]).
    #[doc = concat!("\n\nAny status with ", codes!("in-cooldown"), ".")]
    #[must_use]
    pub fn is_in_cooldown(&self) -> bool {
        self.kind() == ErrorKind::InCooldown
    }

    /// Returns whether a timeout has expired: while authenticating the request, while establishing the
    /// connection, while waiting for the response, or in the service (status 408 and 504, and the nonstandard 522, 524,
    /// 598 and 599 of gateways).
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        let here = match &self.inner.cause {
            Cause::Transport(error) | Cause::Interrupted(error) => error.is_timeout(),
            Cause::NoCredentialsInTime(_) | Cause::CutShort(_) => true,
            _ => false,
        };
        here || self.kind() == ErrorKind::Timeout
    }

    /// Returns whether the status is 2xx, but the body can't be read or exceeds the size limit
    /// ([`ErrorKind::Unreadable`]). [`body`](Self::body) returns what was received. A modification was probably
    /// applied.
    #[must_use]
    pub fn is_unreadable(&self) -> bool {
        self.kind() == ErrorKind::Unreadable
    }

    /// Returns whether reading a list has stopped making progress ([`ErrorKind::Stalled`]): a page repeats entries that
    /// were already read and concurrent additions or removals can't explain it (for example, because the service
    /// ignores the offset), or too many consecutive pages contain no new entry.
    ///
    /// The entries that were read are correct, but others may be missing. Filter the list so that it fits in one page,
    /// for example with a start and an end time.
    #[must_use]
    pub fn is_stalled(&self) -> bool {
        self.kind() == ErrorKind::Stalled
    }

    /// Returns whether a modification may have been applied although the call failed. Read the state of the resource
    /// before you retry.
    ///
    /// This is the case if, in any attempt,
    ///
    /// - the connection was lost or a timeout expired when the request might already have been sent;
    /// - the status was 408 or 5xx (except 501, 505, 511, and 503 with `Retry-After`), unless the error code maps to a
    ///   kind other than [`Unavailable`](ErrorKind::Unavailable);
    /// - the status was 2xx, but the response can't be read, or the HTTP client followed a redirect.
    ///
    /// It is always false for a GET.
    #[must_use]
    pub fn may_have_been_applied(&self) -> bool {
        self.inner.may_have_been_applied
    }

    /// Returns whether the same request may succeed later: no connection was established (unless the cause is
    /// permanent, such as an invalid certificate), credentials are temporarily not available, no complete response was
    /// received, the status is 408, 429 or 5xx (except 501, 505 and 511), or the error code maps to
    /// [`Throttled`](ErrorKind::Throttled) or [`Unavailable`](ErrorKind::Unavailable). If the error code maps to any
    /// other kind, the error is never transient, whatever its status.
    ///
    /// [`Retry`](crate::Retry) decides whether the client retries it. By the time an error is returned, the client has
    /// made all retries that the policy allows.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.fault() != Fault::Final
    }

    /// Whether the attempt may have been processed.
    pub(crate) fn is_of_uncertain_attempt(&self) -> bool {
        self.fault() == Fault::Uncertain
            || match &self.inner.cause {
                Cause::TooLarge(_) | Cause::Redirected => true,
                // A response that is not HTTP.
                Cause::Transport(error) => !error.is_connect() && is_permanent(error),
                _ => false,
            }
    }

    /// The effect of the attempt. An error status defines it, also if the body is incomplete.
    pub(crate) fn fault(&self) -> Fault {
        if self.kind() == ErrorKind::Throttled {
            return Fault::NotActedUpon;
        }
        if let Some(status) = self.status().filter(|status| !status.is_success()) {
            let kind = self.code().and_then(known).and_then(|(_, kind)| *kind);
            return match status.as_u16() {
                // The code means that the request was rejected.
                _ if kind.is_some_and(|kind| kind != ErrorKind::Unavailable) => Fault::Final,
                429 => Fault::NotActedUpon,
                503 if self.inner.retry_after.is_some() => Fault::NotActedUpon,
                408 => Fault::Uncertain,
                _ if is_failure_of_server(status) => Fault::Uncertain,
                _ if self.kind() == ErrorKind::Unavailable => Fault::Later,
                _ => Fault::Final,
            };
        }
        match &self.inner.cause {
            Cause::Credentials(error) if error.is_transient() => Fault::NotActedUpon,
            Cause::NoCredentialsInTime(_) => Fault::NotActedUpon,
            Cause::Transport(error) if is_permanent(error) => Fault::Final,
            Cause::Transport(error) if error.is_connect() || was_turned_away(error) => {
                Fault::NotActedUpon
            }
            Cause::Transport(error) if error.is_builder() => Fault::Final,
            Cause::Transport(_)
            | Cause::NoResponseInTime(_)
            | Cause::Interrupted(_)
            | Cause::CutShort(_) => Fault::Uncertain,
            Cause::Credentials(_)
            | Cause::Settings(_)
            | Cause::Rejected(_)
            | Cause::TooLarge(_)
            | Cause::Redirected
            | Cause::Status
            | Cause::Unreadable(_)
            | Cause::Stalled { .. } => Fault::Final,
        }
    }
}

/// A code of the document with its kind.
fn known(code: &str) -> Option<&'static (&'static str, Option<ErrorKind>)> {
    let code = code.trim();
    service::ERROR_CODES.iter().find(|(known, _)| known.eq_ignore_ascii_case(code))
}

/// Whether a code has the prefix of the service. Gateways have codes of the same form.
fn is_of_service(code: &str) -> bool {
    let prefix = |code: &'static str| code.split('.').next().unwrap_or_default();
    let own = service::ERROR_CODES.iter().filter(|(_, kind)| *kind == Some(ErrorKind::NotFound));
    let code = code.trim().split_once('.');
    code.is_some_and(|(of, _)| own.into_iter().any(|(it, _)| prefix(it).eq_ignore_ascii_case(of)))
}

/// Whether a status is a failure of the service or a gateway. An unknown status is treated as 500 ([RFC 9110], section
/// 15). With the excluded ones, the request was not processed.
///
/// [RFC 9110]: https://www.rfc-editor.org/rfc/rfc9110
fn is_failure_of_server(status: StatusCode) -> bool {
    status.is_server_error()
        && ![
            StatusCode::NOT_IMPLEMENTED,
            StatusCode::HTTP_VERSION_NOT_SUPPORTED,
            StatusCode::NETWORK_AUTHENTICATION_REQUIRED,
        ]
        .contains(&status)
}

/// Whether a body contains a throttling code, whatever the status.
pub(crate) fn is_throttling(body: &[u8]) -> bool {
    // Errors are short. Pages of lists are not searched.
    const LONGEST: usize = 4096;
    let codes = service::ERROR_CODES.iter();
    let mut codes = codes.filter(|(_, kind)| *kind == Some(ErrorKind::Throttled));
    body.len() <= LONGEST
        && codes.any(|(code, _)| {
            // A fast check, since most bodies do not contain the punctuation of a code.
            let mut marks = code.bytes().filter(|byte| !byte.is_ascii_alphanumeric());
            marks.all(|mark| body.contains(&mark))
                && body.windows(code.len()).any(|part| part.eq_ignore_ascii_case(code.as_bytes()))
                && ErrorBody::read(body).code.is_some_and(|it| it.trim().eq_ignore_ascii_case(code))
        })
}

/// Whether the service reports with HTTP/2 that it has not processed the request ([RFC 9113], section 8.7).
///
/// [RFC 9113]: https://www.rfc-editor.org/rfc/rfc9113
fn was_turned_away(error: &reqwest::Error) -> bool {
    let mut source = error.source();
    while let Some(error) = source {
        if let Some(error) = error.downcast_ref::<h2::Error>() {
            let reason = error.reason();
            return error.is_remote()
                && (error.is_reset() && reason == Some(h2::Reason::REFUSED_STREAM)
                    || error.is_go_away() && reason == Some(h2::Reason::NO_ERROR));
        }
        source = error.source();
    }
    false
}
