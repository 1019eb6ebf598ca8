//! Why a call, or the making of a client, failed.

mod body;
pub(crate) mod cause;
mod classify;
mod credentials;
mod delay;
mod display;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::time::Duration;

use chrono::{DateTime, Utc};
use http::{HeaderMap, StatusCode};

use crate::clock::Elapsed;
use crate::exchange::{RawResponse, Success};
use crate::generated::service;
use crate::operation::Operation;
use crate::validation::{self, ValidationError, Violation};

pub(crate) use body::{ERROR_LIMIT, ErrorBody};
pub(crate) use classify::{Fault, is_throttling};
pub use credentials::CredentialsError;
#[cfg(feature = "keystone")]
pub(crate) use delay::{clock_difference, requested as requested_delay};
pub(crate) use display::one_line;
#[cfg(feature = "keystone")]
pub(crate) use display::{of_status, said_by_page};

/// The error type of this crate: why a call, or the making of a client, failed.
///
/// Displays as the operation, the status, the service's code and its message. [`kind`](Self::kind)
/// is what to branch on; the predicates ask for what is asked most.
pub struct Error {
    inner: Box<Inner>,
}

struct Inner {
    cause: Cause,
    operation: Option<Operation>,
    /// The response, as far as it was received.
    reply: Option<RawResponse>,
    body: ErrorBody,
    /// The start of the body, without the secrets of the request.
    start: String,
    /// The requested delay before the next attempt.
    retry_after: Option<Duration>,
    /// The difference of the clocks, where it may be the cause.
    clock: Option<String>,
    attempts: u32,
    may_have_been_applied: bool,
}

enum Cause {
    /// The client was not made, since its settings are invalid.
    Settings(ValidationError),
    /// The request was not sent, since values in it are invalid.
    Rejected(ValidationError),
    /// The request was not sent, since there are no credentials.
    Credentials(CredentialsError),
    /// The request was not sent, since there were no credentials within this time.
    NoCredentialsInTime(Duration),
    /// The request could not be made, or there was no response.
    Transport(reqwest::Error),
    /// There was no response within this time.
    NoResponseInTime(Duration),
    /// A response began, and broke off.
    Interrupted(reqwest::Error),
    /// A response began, and did not end within this time.
    CutShort(Duration),
    /// A response is longer than this many bytes.
    TooLarge(usize),
    /// The caller's own HTTP client went to another address.
    Redirected,
    /// A response whose status is no success.
    Status,
    /// A success whose body is not as documented.
    Unreadable(serde_json::Error),
    /// A page of a list, at this position, that repeats entries.
    Stalled { parameter: &'static str, offset: i64 },
}

impl Error {
    fn new(cause: Cause, operation: Option<Operation>) -> Self {
        let inner = Inner {
            cause,
            operation,
            reply: None,
            body: ErrorBody::default(),
            start: String::new(),
            retry_after: None,
            clock: None,
            attempts: 0,
            may_have_been_applied: false,
        };
        Self { inner: Box::new(inner) }
    }

    pub(crate) fn settings(error: ValidationError) -> Self {
        Self::new(Cause::Settings(error), None)
    }

    pub(crate) fn refused(operation: Operation, error: ValidationError) -> Self {
        Self::new(Cause::Rejected(error), Some(operation))
    }

    /// The violations of a request, all at once, where there are any.
    pub(crate) fn report<const N: usize>(
        operation: Operation,
        rejected: [Option<&ValidationError>; N],
    ) -> Result<(), Self> {
        validation::report(rejected).map_err(|error| Self::refused(operation, error))
    }

    /// A single value that was rejected, in the generated code's terms; [`report`](Self::report)
    /// has been before.
    #[allow(
        non_snake_case,
        reason = "the generated code calls it as a variant of progenitor's error"
    )]
    pub(crate) fn InvalidRequest(error: ValidationError) -> Self {
        error.into()
    }

    /// A status that is neither a success nor an error, in the generated code's terms.
    #[allow(
        non_snake_case,
        reason = "the generated code calls it as a variant of progenitor's error"
    )]
    pub(crate) fn UnexpectedResponse(success: Success) -> Self {
        let Success { operation, reply, attempts, is_read } = success;
        Self::new(Cause::Status, Some(operation)).with(reply).after(attempts).uncertain(!is_read)
    }

    /// Its body can be sent only once, so that it could not be repeated.
    pub(crate) fn unrepeatable(operation: Operation) -> Self {
        Self::refused(operation, ValidationError::new("is a stream: give bytes").at("body"))
    }

    /// Of an operation, or of making a client, which asks for credentials too.
    pub(crate) fn credentials(operation: Option<Operation>, error: CredentialsError) -> Self {
        Self::new(Cause::Credentials(error), operation)
    }

    pub(crate) fn no_credentials_in_time(operation: Option<Operation>, time: &Elapsed) -> Self {
        Self::new(Cause::NoCredentialsInTime(time.limit), operation)
    }

    /// An error of the HTTP client, without the URL: that has the IDs of what the caller owns.
    pub(crate) fn transport(operation: Operation, error: reqwest::Error) -> Self {
        Self::new(Cause::Transport(error.without_url()), Some(operation))
    }

    pub(crate) fn no_response_in_time(operation: Operation, time: &Elapsed) -> Self {
        Self::new(Cause::NoResponseInTime(time.limit), Some(operation))
    }

    pub(crate) fn redirected(operation: Operation) -> Self {
        Self::new(Cause::Redirected, Some(operation))
    }

    pub(crate) fn interrupted(
        operation: Operation,
        error: reqwest::Error,
        reply: RawResponse,
        now: DateTime<Utc>,
    ) -> Self {
        Self::new(Cause::Interrupted(error.without_url()), Some(operation)).with(reply).at(now)
    }

    pub(crate) fn cut_short(
        operation: Operation,
        time: &Elapsed,
        reply: RawResponse,
        now: DateTime<Utc>,
    ) -> Self {
        Self::new(Cause::CutShort(time.limit), Some(operation)).with(reply).at(now)
    }

    pub(crate) fn too_large(operation: Operation, limit: usize, reply: RawResponse) -> Self {
        Self::new(Cause::TooLarge(limit), Some(operation)).with(reply)
    }

    pub(crate) fn status_of(operation: Operation, reply: RawResponse, now: DateTime<Utc>) -> Self {
        Self::new(Cause::Status, Some(operation)).with(reply).at(now)
    }

    pub(crate) fn unreadable(
        operation: Operation,
        error: serde_json::Error,
        reply: RawResponse,
    ) -> Self {
        Self::new(Cause::Unreadable(error), Some(operation)).with(reply)
    }

    pub(crate) fn stalled(
        operation: Operation,
        parameter: &'static str,
        offset: i64,
        reply: RawResponse,
    ) -> Self {
        // A success, in which there is no error to look for.
        Self::new(Cause::Stalled { parameter, offset }, Some(operation)).keep(reply)
    }

    /// Takes a reply in, and what it says: without what was sent in secret, should it repeat that.
    fn with(mut self, reply: RawResponse) -> Self {
        self.inner.body = ErrorBody::read(&reply.body);
        self.keep(reply)
    }

    fn keep(mut self, reply: RawResponse) -> Self {
        // More than is shown, since markup is left out, and a secret that begins in it.
        const SHOWN: usize = 16 << 10;
        let (inner, sent) = (&mut *self.inner, &reply.sent);
        if let Some(id) = reply.request_id() {
            inner.body.request_id = Some(id.to_owned());
        }
        let ErrorBody { code, message, request_id, .. } = &mut inner.body;
        // A code of the document is no secret, whatever the secret is.
        let is_known = |code: &str| service::ERROR_CODES.iter().any(|(it, _)| *it == code);
        let code = code.as_mut().filter(|code| !is_known(code));
        for text in code.into_iter().chain(message).chain(request_id) {
            *text = sent.left_out_of(text.as_str()).into_owned();
        }
        let start = &reply.body[..reply.body.len().min(SHOWN + sent.longest())];
        inner.start = sent.left_out_of(String::from_utf8_lossy(start)).into_owned();
        if let Cause::Unreadable(error) = &mut inner.cause {
            // It may quote a value.
            let text = error.to_string();
            if let Cow::Owned(text) = sent.left_out_of(&text) {
                *error = serde::de::Error::custom(text);
            }
        }
        inner.reply = Some(reply);
        self
    }

    /// Reads the requested delay, and the difference of the clocks, counted from now.
    fn at(mut self, now: DateTime<Utc>) -> Self {
        if let Some(reply) = &self.inner.reply {
            self.inner.retry_after = delay::requested(&reply.headers, Some(now.into()));
            if reply.status == StatusCode::UNAUTHORIZED {
                self.inner.clock = delay::clock_difference(&reply.headers, now);
            }
        }
        self
    }

    /// The error of a call, after so many attempts.
    pub(crate) fn after(mut self, attempts: u32) -> Self {
        self.inner.attempts = attempts;
        self
    }

    /// Says whether any attempt of the call may have been applied.
    pub(crate) fn uncertain(mut self, uncertain: bool) -> Self {
        self.inner.may_have_been_applied = uncertain;
        self
    }

    fn reply(&self) -> Option<&RawResponse> {
        self.inner.reply.as_ref()
    }

    /// The `operationId` of the operation that failed; `None` when a client or a value could not be
    /// made.
    #[must_use]
    pub fn operation(&self) -> Option<&'static str> {
        self.inner.operation.map(|operation| operation.operation_id)
    }

    /// The status of the reply, when one came: an error status, or a success that nothing can be
    /// made of.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.reply().map(|reply| reply.status)
    }

    /// The error code, as text: `AS.2007` from the service, `APIGW.0301` from its gateway, `401`
    /// from the identity service.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.inner.body.code.as_deref()
    }

    /// What the service says about it, in its own words.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.inner.body.message.as_deref()
    }

    /// The service's name for the exchange (the header `X-Request-Id`, or the body's
    /// `request_id`), to quote when asking the vendor about it.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.inner.body.request_id.as_deref()
    }

    /// The header fields of the reply, when one came: all, as they came.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.reply().map(|reply| &reply.headers)
    }

    /// The body of the reply as it came, when one came: whatever it is, and also where it broke
    /// off. Of an error status it is the first MiB at most. A service may repeat in it what it was
    /// sent, a token too: unlike `Display` and `Debug`, this leaves nothing out.
    #[must_use]
    pub fn body(&self) -> Option<&[u8]> {
        self.reply().map(|reply| reply.body.as_slice())
    }

    /// How many times the request was attempted; zero when it was refused before the first.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.inner.attempts
    }

    /// Returns the requested delay (`Retry-After`, of the service or of the identity service), counted
    /// from when the response was received. Fractions of a second are rounded up.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match &self.inner.cause {
            Cause::Credentials(error) => error.retry_after,
            _ => self.inner.retry_after,
        }
    }

    /// The window of the limit that was exceeded, as the gateway's message names it.
    pub(crate) fn window(&self) -> Option<Duration> {
        self.message().and_then(delay::window)
    }

    /// Each value that was refused before anything was sent; empty for any other error.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        match &self.inner.cause {
            Cause::Settings(error) | Cause::Rejected(error) => error.violations(),
            _ => &[],
        }
    }
}

/// So that `?` works on values and calls alike.
impl From<ValidationError> for Error {
    fn from(error: ValidationError) -> Self {
        Self::new(Cause::Rejected(error), None)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.inner.cause {
            // Its text is that of the error in the body then.
            Cause::Unreadable(error) if self.code().is_some() => Some(error),
            // What it is itself stands in this error's text.
            Cause::Credentials(error) => error.source(),
            // The text has the innermost cause.
            Cause::Unreadable(_)
            | Cause::Transport(_)
            | Cause::Interrupted(_)
            | Cause::Settings(_)
            | Cause::Rejected(_)
            | Cause::NoCredentialsInTime(_)
            | Cause::NoResponseInTime(_)
            | Cause::CutShort(_)
            | Cause::TooLarge(_)
            | Cause::Redirected
            | Cause::Status
            | Cause::Stalled { .. } => None,
        }
    }
}
