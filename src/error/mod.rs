//! The error type of this crate.

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

/// The error type of this crate.
///
/// The message contains the operation, the status, the error code and the message of the service, and the fix where
/// one is known. To handle specific errors, match on [`kind`](Self::kind), or use a predicate:
///
/// | predicate | meaning |
/// |---|---|
/// | [`is_invalid`](Self::is_invalid) | values are invalid, and the request was not sent: correct the [`violations`](Self::violations) |
/// | [`is_not_found`](Self::is_not_found) | the group or policy does not exist |
/// | [`is_unauthorized`](Self::is_unauthorized) | the credentials are invalid or have expired |
/// | [`is_forbidden`](Self::is_forbidden) | a permission is missing |
/// | [`is_throttled`](Self::is_throttled) | too many requests: retry later |
/// | [`is_scaling_action_running`](Self::is_scaling_action_running), [`is_in_cooldown`](Self::is_in_cooldown) | the group can't be modified now: wait |
/// | [`is_timeout`](Self::is_timeout) | a timeout has expired |
/// | [`is_stalled`](Self::is_stalled) | a list repeats entries, and others may be missing |
/// | [`is_unreadable`](Self::is_unreadable) | the status is 2xx, but the body can't be read |
/// | [`is_transient`](Self::is_transient) | the same request may succeed later |
/// | [`may_have_been_applied`](Self::may_have_been_applied) | a modification may have been applied although the call failed: read the state before you retry |
///
/// Status, headers and raw body are available for any response of the endpoint, including an HTML page of a proxy and
/// an incomplete response; code, message and request ID if the response contains them.
///
/// # Examples
///
/// ```no_run
/// use otc_autoscaling::{Client, Error};
///
/// /// Sets the expected number of instances. Returns false if the group can't be modified now.
/// async fn scale(client: &Client, group: &str, number: i64) -> Result<bool, Error> {
///     let request = client.update_scaling_group().scaling_group_id(group);
///     match request.body_map(|body| body.desire_instance_number(number)).send().await {
///         Ok(_) => Ok(true),
///         Err(error) if error.is_scaling_action_running() || error.is_in_cooldown() => Ok(false),
///         Err(error) if error.may_have_been_applied() => {
///             let group = client.show_scaling_group().scaling_group_id(group).send().await?;
///             let group = group.scaling_group.as_ref();
///             Ok(group.and_then(|group| group.desire_instance_number) == Some(number))
///         }
///         Err(error) => {
///             for violation in error.violations() {
///                 eprintln!("{}: {}", violation.pointer(), violation.rule());
///             }
///             Err(error)
///         }
///     }
/// }
/// ```
pub struct Error {
    inner: Box<Inner>,
}

struct Inner {
    cause: Cause,
    operation: Option<Operation>,
    /// The received part of the response.
    raw: Option<RawResponse>,
    body: ErrorBody,
    /// The start of the body, without secrets of the request.
    start: String,
    /// The requested delay before the next attempt.
    retry_after: Option<Duration>,
    /// The difference of the clocks, if it may be the cause.
    clock: Option<String>,
    attempts: u32,
    may_have_been_applied: bool,
}

enum Cause {
    /// Invalid settings of a client.
    Settings(ValidationError),
    /// Invalid values of a request, which was not sent.
    Rejected(ValidationError),
    /// No credentials for a request, which was not sent.
    Credentials(CredentialsError),
    /// No credentials within this time.
    NoCredentialsInTime(Duration),
    /// An invalid request, or no response.
    Transport(reqwest::Error),
    /// No response within this time.
    NoResponseInTime(Duration),
    /// An incomplete response.
    Interrupted(reqwest::Error),
    /// A response that was not complete within this time.
    CutShort(Duration),
    /// A response of more than this many bytes.
    TooLarge(usize),
    /// The custom HTTP client followed a redirect.
    Redirected,
    /// An error status.
    Status,
    /// A success with an unreadable body.
    Unreadable(serde_json::Error),
    /// A page of a list that repeats entries.
    Stalled { parameter: &'static str, offset: i64 },
}

impl Error {
    fn new(cause: Cause, operation: Option<Operation>) -> Self {
        let inner = Inner {
            cause,
            operation,
            raw: None,
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

    pub(crate) fn rejected(operation: Operation, error: ValidationError) -> Self {
        Self::new(Cause::Rejected(error), Some(operation))
    }

    /// Returns the violations of all values of a request.
    pub(crate) fn report<const N: usize>(
        operation: Operation,
        rejected: [Option<&ValidationError>; N],
    ) -> Result<(), Self> {
        validation::report(rejected).map_err(|error| Self::rejected(operation, error))
    }

    /// An invalid value, for the generated code. [`report`](Self::report) is called before.
    #[allow(
        non_snake_case,
        reason = "the generated code calls it as a variant of progenitor's error"
    )]
    pub(crate) fn InvalidRequest(error: ValidationError) -> Self {
        error.into()
    }

    /// A status that is neither a success nor an error, for the generated code.
    #[allow(
        non_snake_case,
        reason = "the generated code calls it as a variant of progenitor's error"
    )]
    pub(crate) fn UnexpectedResponse(success: Success) -> Self {
        let Success { operation, raw, attempts, is_read } = success;
        Self::new(Cause::Status, Some(operation)).with(raw).after(attempts).uncertain(!is_read)
    }

    /// A body that can be sent only once, and so can't be retried.
    pub(crate) fn unrepeatable(operation: Operation) -> Self {
        Self::rejected(
            operation,
            ValidationError::new("a stream is not supported: use bytes").at("body"),
        )
    }

    /// An error of credentials in a call, or when a client is built.
    pub(crate) fn credentials(operation: Option<Operation>, error: CredentialsError) -> Self {
        Self::new(Cause::Credentials(error), operation)
    }

    pub(crate) fn no_credentials_in_time(operation: Option<Operation>, time: &Elapsed) -> Self {
        Self::new(Cause::NoCredentialsInTime(time.limit), operation)
    }

    /// An error of the HTTP client, without the URL, which contains IDs.
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
        raw: RawResponse,
        now: DateTime<Utc>,
    ) -> Self {
        Self::new(Cause::Interrupted(error.without_url()), Some(operation)).with(raw).at(now)
    }

    pub(crate) fn cut_short(
        operation: Operation,
        time: &Elapsed,
        raw: RawResponse,
        now: DateTime<Utc>,
    ) -> Self {
        Self::new(Cause::CutShort(time.limit), Some(operation)).with(raw).at(now)
    }

    pub(crate) fn too_large(operation: Operation, limit: usize, raw: RawResponse) -> Self {
        Self::new(Cause::TooLarge(limit), Some(operation)).with(raw)
    }

    pub(crate) fn status_of(operation: Operation, raw: RawResponse, now: DateTime<Utc>) -> Self {
        Self::new(Cause::Status, Some(operation)).with(raw).at(now)
    }

    pub(crate) fn unreadable(
        operation: Operation,
        error: serde_json::Error,
        raw: RawResponse,
    ) -> Self {
        Self::new(Cause::Unreadable(error), Some(operation)).with(raw)
    }

    pub(crate) fn stalled(
        operation: Operation,
        parameter: &'static str,
        offset: i64,
        raw: RawResponse,
    ) -> Self {
        // The body of a success contains no error.
        Self::new(Cause::Stalled { parameter, offset }, Some(operation)).keep(raw)
    }

    /// Adds a response and its error body, without secrets of the request.
    fn with(mut self, raw: RawResponse) -> Self {
        self.inner.body = ErrorBody::read(&raw.body);
        self.keep(raw)
    }

    fn keep(mut self, raw: RawResponse) -> Self {
        // More than the message shows, since markup is removed.
        const SHOWN: usize = 16 << 10;
        let (inner, sent) = (&mut *self.inner, &raw.sent);
        if let Some(id) = raw.request_id() {
            inner.body.request_id = Some(id.to_owned());
        }
        let ErrorBody { code, message, request_id, .. } = &mut inner.body;
        // A code of the document is not a secret.
        let is_known = |code: &str| service::ERROR_CODES.iter().any(|(it, _)| *it == code);
        let code = code.as_mut().filter(|code| !is_known(code));
        for text in code.into_iter().chain(message).chain(request_id) {
            *text = sent.left_out_of(text.as_str()).into_owned();
        }
        let start = &raw.body[..raw.body.len().min(SHOWN + sent.longest())];
        inner.start = sent.left_out_of(String::from_utf8_lossy(start)).into_owned();
        if let Cause::Unreadable(error) = &mut inner.cause {
            // The message may quote a secret.
            let text = error.to_string();
            if let Cow::Owned(text) = sent.left_out_of(&text) {
                *error = serde::de::Error::custom(text);
            }
        }
        inner.raw = Some(raw);
        self
    }

    /// Adds the requested delay and the difference of the clocks.
    fn at(mut self, now: DateTime<Utc>) -> Self {
        if let Some(raw) = &self.inner.raw {
            self.inner.retry_after = delay::requested(&raw.headers, Some(now.into()));
            if raw.status == StatusCode::UNAUTHORIZED {
                self.inner.clock = delay::clock_difference(&raw.headers, now);
            }
        }
        self
    }

    /// Sets the number of attempts.
    pub(crate) fn after(mut self, attempts: u32) -> Self {
        self.inner.attempts = attempts;
        self
    }

    /// Sets whether any attempt may have been applied.
    pub(crate) fn uncertain(mut self, uncertain: bool) -> Self {
        self.inner.may_have_been_applied = uncertain;
        self
    }

    fn raw(&self) -> Option<&RawResponse> {
        self.inner.raw.as_ref()
    }

    /// Returns the `operationId` of the failed operation, or `None` if the error comes from building a client or a
    /// value.
    #[must_use]
    pub fn operation(&self) -> Option<&'static str> {
        self.inner.operation.map(|operation| operation.operation_id)
    }

    /// Returns the status of the response. It can be 2xx, if the body is unreadable or incomplete.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.raw().map(|raw| raw.status)
    }

    /// Returns the error code, such as `AS.2007` of the service, `APIGW.0301` of its gateway, or `401` of the identity
    /// service.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.inner.body.code.as_deref()
    }

    /// Returns the error message of the service.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.inner.body.message.as_deref()
    }

    /// Returns the request ID (the header `X-Request-Id`, or `request_id` of the body), which the vendor's support asks
    /// for.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.inner.body.request_id.as_deref()
    }

    /// Returns the headers of the response.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.raw().map(|raw| &raw.headers)
    }

    /// Returns the raw body of the response, even if it is incomplete. The body of an error response is truncated to
    /// 1 MiB.
    ///
    /// Unlike `Display` and `Debug`, it may contain secrets of the request, if the service echoes them back.
    #[must_use]
    pub fn body(&self) -> Option<&[u8]> {
        self.raw().map(|raw| raw.body.as_slice())
    }

    /// Returns the number of attempts, including those that ended before the request was sent because no credentials
    /// were available. It is 0 if a value is invalid.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.inner.attempts
    }

    /// Returns the requested delay (`Retry-After`), counted from the time of the response. Fractions of a second are
    /// rounded up.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match &self.inner.cause {
            Cause::Credentials(error) => error.retry_after,
            _ => self.inner.retry_after,
        }
    }

    /// The window of the exceeded rate limit, from the message of the gateway.
    pub(crate) fn window(&self) -> Option<Duration> {
        self.message().and_then(delay::window)
    }

    /// Returns the invalid values of a request or of the settings of a client. It is empty for other errors.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        match &self.inner.cause {
            Cause::Settings(error) | Cause::Rejected(error) => error.violations(),
            _ => &[],
        }
    }
}

/// Lets `?` convert errors of values.
impl From<ValidationError> for Error {
    fn from(error: ValidationError) -> Self {
        Self::new(Cause::Rejected(error), None)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.inner.cause {
            // The message is that of the error in the body.
            Cause::Unreadable(error) if self.code().is_some() => Some(error),
            // The message contains that of the error itself.
            Cause::Credentials(error) => error.source(),
            // The message contains the innermost cause.
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
