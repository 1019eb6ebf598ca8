//! What kind of error it is, and what a caller can do about it.

use std::error::Error as StdError;

use http::StatusCode;

use super::cause::is_permanent;
use super::{Cause, Error, ErrorBody};
use crate::generated::service;
use crate::kind::ErrorKind;

/// How far an attempt got that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It has not reached the service, or was refused before anything was done.
    NotActedUpon,
    /// The service may have acted upon it.
    Uncertain,
    /// The service has rejected it, and may accept it later.
    Later,
    /// Another attempt would fail as well.
    Final,
}

impl Error {
    /// Returns the kind of the error, to branch on.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        let known = self.code().and_then(known);
        if let Some((_, Some(kind))) = known {
            return *kind;
        }
        if let Some(status) = self.status().filter(|status| !status.is_success()) {
            return match status {
                StatusCode::UNAUTHORIZED => ErrorKind::Unauthorized,
                // Some services answer so to a token that has expired.
                StatusCode::FORBIDDEN if known.is_none() && self.is_about_token() => {
                    ErrorKind::Unauthorized
                }
                StatusCode::FORBIDDEN => ErrorKind::Forbidden,
                // Not of a gateway that knows no such path, nor of a code that says something else.
                StatusCode::NOT_FOUND
                    if self.inner.body.is_of_service
                        && known.is_none()
                        && self.code().is_some_and(is_of_service) =>
                {
                    ErrorKind::NotFound
                }
                StatusCode::TOO_MANY_REQUESTS => ErrorKind::Throttled,
                StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => ErrorKind::Timeout,
                // A gateway of Cloudflare, or another proxy, gave up waiting.
                _ if matches!(status.as_u16(), 522 | 524 | 598 | 599) => ErrorKind::Timeout,
                _ if is_failure_of_server(status) => ErrorKind::Unavailable,
                _ => ErrorKind::Service,
            };
        }
        match &self.inner.cause {
            Cause::Settings(_) | Cause::Rejected(_) => ErrorKind::Invalid,
            Cause::Credentials(error) if error.is_refusal() => ErrorKind::Unauthorized,
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

    /// Whether the message says that the token is not valid, rather than that a permission is missing.
    fn is_about_token(&self) -> bool {
        const WRONG: [&str; 5] = ["invalid", "not valid", "incorrect", "expired", "revoked"];
        let message = self.message().unwrap_or_default().to_ascii_lowercase();
        message.contains("token") && WRONG.iter().any(|word| message.contains(word))
    }

    /// Returns whether a value of the request, or a setting of the client, is invalid
    /// ([`ErrorKind::Invalid`]). Nothing was sent: correct what [`violations`](Self::violations)
    /// lists.
    #[must_use]
    pub fn is_invalid(&self) -> bool {
        self.kind() == ErrorKind::Invalid
    }

    /// Returns whether the group, the policy or the project does not exist
    /// ([`ErrorKind::NotFound`]). Sending the request again does not help.
    #[doc = concat!("\n\nStatus 404 with an error of the service, and the codes ",
                    codes!("not-found"), ".")]
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.kind() == ErrorKind::NotFound
    }

    /// Returns whether the credentials are wrong, or no longer valid ([`ErrorKind::Unauthorized`]):
    /// get new ones.
    #[doc = concat!("\n\nStatus 401, 403 with a message that says that the token is not valid, and the codes ",
                    codes!("unauthorized"), ".")]
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.kind() == ErrorKind::Unauthorized
    }

    /// Returns whether the credentials lack the permission ([`ErrorKind::Forbidden`]): have it
    /// granted.
    #[doc = concat!("\n\nStatus 403, and the codes ", codes!("forbidden"), ".")]
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.kind() == ErrorKind::Forbidden
    }

    /// Returns whether there were too many requests ([`ErrorKind::Throttled`]). This one was not
    /// processed: send it again later, after [`retry_after`](Self::retry_after) or a minute.
    #[doc = concat!("\n\nStatus 429, and the codes ", codes!("throttled"), ".")]
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.kind() == ErrorKind::Throttled
    }

    /// Returns whether a scaling action is running in the group, which can't be changed meanwhile
    /// ([`ErrorKind::ScalingActionRunning`]): wait until it has ended, as its log shows.
    #[doc = concat!("\n\nThe codes ", codes!("scaling-action-running"), ".")]
    #[must_use]
    pub fn is_scaling_action_running(&self) -> bool {
        self.kind() == ErrorKind::ScalingActionRunning
    }

    /// Returns whether the group is in its cooldown period after a scaling action
    /// ([`ErrorKind::InCooldown`]): wait until it has ended.
    #[doc = concat!("\n\nThe codes ", codes!("in-cooldown"), ".")]
    #[must_use]
    pub fn is_in_cooldown(&self) -> bool {
        self.kind() == ErrorKind::InCooldown
    }

    /// Returns whether the time ran out: for credentials, for a connection, for the response, or at
    /// the service (408 and 504).
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        let here = match &self.inner.cause {
            Cause::Transport(error) | Cause::Interrupted(error) => error.is_timeout(),
            Cause::NoCredentialsInTime(_) | Cause::CutShort(_) => true,
            _ => false,
        };
        here || self.kind() == ErrorKind::Timeout
    }

    /// Returns whether the response has a status of success and a body that is not as documented, or
    /// too long ([`ErrorKind::Unreadable`]). A change has most likely been applied.
    /// [`body`](Self::body) has what was received.
    #[must_use]
    pub fn is_unreadable(&self) -> bool {
        self.kind() == ErrorKind::Unreadable
    }

    /// Returns whether reading all pages of a list received one that repeats entries
    /// ([`ErrorKind::Stalled`]), which no arrivals explain: the service ignores where the page is to
    /// begin, or the list changes faster than it is read. The entries that were read are right, and
    /// more may be missing. Narrow the search, for example by a start and an end time, so that it fits
    /// in one page.
    #[must_use]
    pub fn is_stalled(&self) -> bool {
        self.kind() == ErrorKind::Stalled
    }

    /// Returns whether a change may have been applied although the call failed, in any of its
    /// attempts: the connection broke or the time ran out after the request may have left, a gateway
    /// gave up (408, and 5xx but for 501, 505, 511, and 503 with `Retry-After`), or the response to an applied
    /// change can't be read. Read the state of the resource before sending it again. Always false for
    /// a read.
    #[must_use]
    pub fn may_have_been_applied(&self) -> bool {
        self.inner.may_have_been_applied
    }

    /// Returns whether the same request, sent again, may succeed: no connection, no response in time
    /// or no complete one, 408, 429, and 5xx but for 501, 505 and 511, unless
    /// the code says that the request was rejected. Whether it may be sent again is another
    /// question, which [`Retry`](crate::Retry) answers for reads and changes: what it allows was tried
    /// before the error is returned.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.fault() != Fault::Final
    }

    /// Whether the service may have acted upon the attempt, or has: then its response was no use.
    pub(crate) fn is_of_uncertain_attempt(&self) -> bool {
        self.fault() == Fault::Uncertain
            || match &self.inner.cause {
                Cause::TooLarge(_) | Cause::Redirected => true,
                // A response that is no HTTP.
                Cause::Transport(error) => !error.is_connect() && is_permanent(error),
                _ => false,
            }
    }

    /// How far the attempt got. An error status says it, also when its body did not arrive.
    pub(crate) fn fault(&self) -> Fault {
        if self.kind() == ErrorKind::Throttled {
            return Fault::NotActedUpon;
        }
        if let Some(status) = self.status().filter(|status| !status.is_success()) {
            let kind = self.code().and_then(known).and_then(|(_, kind)| *kind);
            return match status.as_u16() {
                // The code says that it was rejected, whatever the status.
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

/// A code of the document, with its kind, if it has one.
fn known(code: &str) -> Option<&'static (&'static str, Option<ErrorKind>)> {
    let code = code.trim();
    service::ERROR_CODES.iter().find(|(known, _)| known.eq_ignore_ascii_case(code))
}

/// Whether a code has the prefix of those by which the service says that something does not exist.
/// A gateway may use the same form, with codes of its own.
fn is_of_service(code: &str) -> bool {
    let prefix = |code: &'static str| code.split('.').next().unwrap_or_default();
    let own = service::ERROR_CODES.iter().filter(|(_, kind)| *kind == Some(ErrorKind::NotFound));
    let code = code.trim().split_once('.');
    code.is_some_and(|(of, _)| own.into_iter().any(|(it, _)| prefix(it).eq_ignore_ascii_case(of)))
}

/// Whether a status says that the server, or a gateway, failed: a status that is not known is as good as
/// 500 ([RFC 9110], section 15). The others say that the request was never looked at.
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

/// Whether a body, whatever its status, says that there were too many requests.
pub(crate) fn is_throttling(body: &[u8]) -> bool {
    // An error is short, and a page is not searched.
    const LONGEST: usize = 4096;
    let codes = service::ERROR_CODES.iter();
    let mut codes = codes.filter(|(_, kind)| *kind == Some(ErrorKind::Throttled));
    body.len() <= LONGEST
        && codes.any(|(code, _)| {
            // Most bodies lack the point of a code, which is found out in no time.
            let mut marks = code.bytes().filter(|byte| !byte.is_ascii_alphanumeric());
            marks.all(|mark| body.contains(&mark))
                && body.windows(code.len()).any(|part| part.eq_ignore_ascii_case(code.as_bytes()))
                && ErrorBody::read(body).code.is_some_and(|it| it.trim().eq_ignore_ascii_case(code))
        })
}

/// Whether the service says that it has not looked at the request, in the two ways that HTTP/2 has
/// for it ([RFC 9113], section 8.7).
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
