//! Why a call, or the making of a client, failed.

mod credentials;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use http::header::RETRY_AFTER;
use http::{HeaderMap, StatusCode};

use crate::clock::Elapsed;
use crate::exchange::{Reply, Success};
use crate::generated::service;
use crate::operation::{Class, Operation};
use crate::reply_body::Said;
use crate::validation::{self, ValidationError, Violation, quoted};

pub use credentials::CredentialsError;

/// Why a call, or the making of a client, failed.
///
/// Displays as the operation, the status, the service's code and its message. What a caller may
/// want to branch on is a question with a yes or no; each says what to do about a yes.
pub struct Error {
    inner: Box<Inner>,
}

struct Inner {
    kind: Kind,
    operation: Option<Operation>,
    /// What came back, as far as anything did.
    reply: Option<Reply>,
    said: Said,
    /// The body's start, without what was sent in secret.
    start: String,
    /// What the service asks to be waited for before the next attempt.
    retry_after: Option<Duration>,
    attempts: u32,
    may_have_been_applied: bool,
}

enum Kind {
    /// The client was not made, since its settings are wrong.
    Settings(ValidationError),
    /// The request was not sent, since values in it are wrong.
    Refused(ValidationError),
    /// The request was not sent, since there was nothing to authorise it by.
    Credentials(CredentialsError),
    /// The request was not sent, since what authorises it did not come within this time.
    NoCredentialsInTime(Duration),
    /// The request could not be made, or no reply came.
    Transport(reqwest::Error),
    /// No reply came within this time.
    NoReplyInTime(Duration),
    /// A reply began, and broke off.
    Interrupted(reqwest::Error),
    /// A reply began, and did not end within this time.
    CutShort(Duration),
    /// A reply is larger than this many bytes.
    TooLarge(usize),
    /// The caller's own HTTP client went to another address.
    Redirected,
    /// A reply whose status is no success.
    Status,
    /// A success whose body is not of the documented shape.
    Unreadable(serde_json::Error),
    /// A page of a list, at this position, that repeats what was read already.
    Stalled { parameter: &'static str, offset: i64 },
}

/// How far an attempt got that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It has not reached the service, or was refused before anything was done.
    NotActedUpon,
    /// The service may have acted upon it.
    Uncertain,
    /// Another attempt would fail as well.
    Final,
}

impl Error {
    fn new(kind: Kind, operation: Option<Operation>) -> Self {
        let inner = Inner {
            kind,
            operation,
            reply: None,
            said: Said::default(),
            start: String::new(),
            retry_after: None,
            attempts: 0,
            may_have_been_applied: false,
        };
        Self { inner: Box::new(inner) }
    }

    pub(crate) fn settings(error: ValidationError) -> Self {
        Self::new(Kind::Settings(error), None)
    }

    pub(crate) fn refused(operation: Operation, error: ValidationError) -> Self {
        Self::new(Kind::Refused(error), Some(operation))
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
        Self::new(Kind::Status, Some(operation)).with(reply).after(attempts).uncertain(!is_read)
    }

    /// Its body can be sent only once, so that it could not be repeated.
    pub(crate) fn unrepeatable(operation: Operation) -> Self {
        Self::refused(operation, ValidationError::new("is a stream: give bytes").at("body"))
    }

    /// Of an operation, or of making a client, which asks for credentials too.
    pub(crate) fn credentials(operation: Option<Operation>, error: CredentialsError) -> Self {
        Self::new(Kind::Credentials(error), operation)
    }

    pub(crate) fn no_credentials_in_time(operation: Option<Operation>, time: &Elapsed) -> Self {
        Self::new(Kind::NoCredentialsInTime(time.limit), operation)
    }

    /// An error of the HTTP client, without the URL: that has the IDs of what the caller owns.
    pub(crate) fn transport(operation: Operation, error: reqwest::Error) -> Self {
        Self::new(Kind::Transport(error.without_url()), Some(operation))
    }

    pub(crate) fn no_reply_in_time(operation: Operation, time: &Elapsed) -> Self {
        Self::new(Kind::NoReplyInTime(time.limit), Some(operation))
    }

    pub(crate) fn redirected(operation: Operation) -> Self {
        Self::new(Kind::Redirected, Some(operation))
    }

    pub(crate) fn interrupted(
        operation: Operation,
        error: reqwest::Error,
        reply: Reply,
        now: DateTime<Utc>,
    ) -> Self {
        Self::new(Kind::Interrupted(error.without_url()), Some(operation)).with(reply).at(now)
    }

    pub(crate) fn cut_short(
        operation: Operation,
        time: &Elapsed,
        reply: Reply,
        now: DateTime<Utc>,
    ) -> Self {
        Self::new(Kind::CutShort(time.limit), Some(operation)).with(reply).at(now)
    }

    pub(crate) fn too_large(operation: Operation, limit: usize, reply: Reply) -> Self {
        Self::new(Kind::TooLarge(limit), Some(operation)).with(reply)
    }

    pub(crate) fn status_of(operation: Operation, reply: Reply, now: DateTime<Utc>) -> Self {
        Self::new(Kind::Status, Some(operation)).with(reply).at(now)
    }

    pub(crate) fn unreadable(operation: Operation, error: serde_json::Error, reply: Reply) -> Self {
        Self::new(Kind::Unreadable(error), Some(operation)).with(reply)
    }

    pub(crate) fn stalled(
        operation: Operation,
        parameter: &'static str,
        offset: i64,
        reply: Reply,
    ) -> Self {
        // A success, in which there is no error to look for.
        Self::new(Kind::Stalled { parameter, offset }, Some(operation)).keep(reply)
    }

    /// Takes a reply in, and what it says: without what was sent in secret, should it repeat that.
    fn with(mut self, reply: Reply) -> Self {
        self.inner.said = Said::read(&reply.body);
        self.keep(reply)
    }

    fn keep(mut self, reply: Reply) -> Self {
        // As much as is shown, and a secret that begins in it.
        const SHOWN: usize = 400;
        let (inner, sent) = (&mut *self.inner, &reply.sent);
        if let Some(id) = reply.request_id() {
            inner.said.request_id = Some(id.to_owned());
        }
        let Said { code, message, request_id } = &mut inner.said;
        for text in [code, message, request_id].into_iter().flatten() {
            *text = sent.left_out_of(text.as_str()).into_owned();
        }
        let start = &reply.body[..reply.body.len().min(SHOWN + sent.longest())];
        inner.start = sent.left_out_of(String::from_utf8_lossy(start)).into_owned();
        if let Kind::Unreadable(error) = &mut inner.kind {
            // It may quote a value.
            let said = error.to_string();
            if let Cow::Owned(said) = sent.left_out_of(&said) {
                *error = serde::de::Error::custom(said);
            }
        }
        inner.reply = Some(reply);
        self
    }

    /// Reads how long the service asks to be left alone, counted from now.
    fn at(mut self, now: DateTime<Utc>) -> Self {
        let asks = [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE];
        let reply = self.inner.reply.as_ref().filter(|reply| asks.contains(&reply.status));
        let asked = reply.and_then(|reply| reply.headers.get(RETRY_AFTER)?.to_str().ok());
        self.inner.retry_after = asked.and_then(|asked| retry_after(asked, now));
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

    /// Whether the service may have acted upon the attempt, or has: then its response was no use.
    pub(crate) fn is_of_uncertain_attempt(&self) -> bool {
        self.fault() == Fault::Uncertain
            || matches!(&self.inner.kind, Kind::TooLarge(_) | Kind::Redirected)
    }

    /// How far the attempt got. An error status says it, also when its body did not arrive.
    pub(crate) fn fault(&self) -> Fault {
        if let Some(status) = self.status().filter(|status| !status.is_success()) {
            return match status.as_u16() {
                429 => Fault::NotActedUpon,
                503 if self.inner.retry_after.is_some() => Fault::NotActedUpon,
                408 | 500 | 502 | 503 | 504 => Fault::Uncertain,
                _ => Fault::Final,
            };
        }
        match &self.inner.kind {
            Kind::Credentials(error) if error.is_transient() => Fault::NotActedUpon,
            Kind::NoCredentialsInTime(_) => Fault::NotActedUpon,
            Kind::Transport(error) if error.is_connect() || was_turned_away(error) => {
                Fault::NotActedUpon
            }
            Kind::Transport(error) if error.is_builder() => Fault::Final,
            Kind::Transport(_)
            | Kind::NoReplyInTime(_)
            | Kind::Interrupted(_)
            | Kind::CutShort(_) => Fault::Uncertain,
            Kind::Credentials(_)
            | Kind::Settings(_)
            | Kind::Refused(_)
            | Kind::TooLarge(_)
            | Kind::Redirected
            | Kind::Status
            | Kind::Unreadable(_)
            | Kind::Stalled { .. } => Fault::Final,
        }
    }

    fn reply(&self) -> Option<&Reply> {
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
        self.inner.said.code.as_deref()
    }

    /// What the service says about it, in its own words.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.inner.said.message.as_deref()
    }

    /// The service's name for the exchange (the header `X-Request-Id`, or the body's
    /// `request_id`), to quote when asking the vendor about it.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.inner.said.request_id.as_deref()
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

    /// How long the service asked to be left alone (`Retry-After`, with a status 429 or 503),
    /// counted from when it said so.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.inner.retry_after
    }

    /// Each value that was refused before anything was sent; empty for any other error.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        match &self.inner.kind {
            Kind::Settings(error) | Kind::Refused(error) => error.violations(),
            _ => &[],
        }
    }

    fn has_class(&self, class: Class) -> bool {
        let is_of = |(code, of): &(&str, Class)| *of == class && self.code() == Some(*code);
        service::ERROR_CODES.iter().any(is_of)
    }

    fn has_status(&self, status: StatusCode) -> bool {
        self.status() == Some(status)
    }

    /// Whether values were refused, of a request or of a client's settings. Nothing was sent: mend
    /// what [`violations`](Self::violations) lists.
    #[must_use]
    pub fn is_invalid(&self) -> bool {
        !self.violations().is_empty()
    }

    /// Whether the group, policy or project does not exist. Beside the status 404, the service
    /// says so by codes with the status 400. Sending it again does not help.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.has_status(StatusCode::NOT_FOUND) || self.has_class(Class::NotFound)
    }

    /// Whether the credentials are wrong, or no longer valid: get new ones.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        let is_refusal = matches!(&self.inner.kind, Kind::Credentials(error) if error.is_refusal());
        is_refusal
            || self.has_status(StatusCode::UNAUTHORIZED)
            || self.has_class(Class::Unauthorized)
    }

    /// Whether there was nothing to authorise the request by, a token that could not be fetched,
    /// say. It was not sent; [`source`](StdError::source) says why.
    #[must_use]
    pub fn is_credentials(&self) -> bool {
        matches!(&self.inner.kind, Kind::Credentials(_) | Kind::NoCredentialsInTime(_))
    }

    /// Whether the credentials are right, and may not do this: have the rights extended.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.has_status(StatusCode::FORBIDDEN) || self.has_class(Class::Forbidden)
    }

    /// Whether too many requests came. The request was not acted upon: send it again later, after
    /// what the header `Retry-After` says, or a minute.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.has_status(StatusCode::TOO_MANY_REQUESTS) || self.has_class(Class::Throttled)
    }

    /// Whether the group is being scaled, and can't be changed meanwhile: wait for the end of the
    /// scaling action, which its log shows.
    #[must_use]
    pub fn is_scaling_action_running(&self) -> bool {
        self.has_class(Class::ScalingActionRunning)
    }

    /// Whether the group rests after a scaling action: wait for the end of its cooldown period.
    #[must_use]
    pub fn is_in_cooldown(&self) -> bool {
        self.has_class(Class::InCooldown)
    }

    /// Whether time ran out, here or (408, 504) at the service. Unless
    /// [`is_connect`](Self::is_connect) says so, a change may have been made: read the state before
    /// making it again.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        let here = match &self.inner.kind {
            Kind::Transport(error) | Kind::Interrupted(error) => error.is_timeout(),
            Kind::NoCredentialsInTime(_) | Kind::NoReplyInTime(_) | Kind::CutShort(_) => true,
            _ => false,
        };
        here || self.has_status(StatusCode::REQUEST_TIMEOUT)
            || self.has_status(StatusCode::GATEWAY_TIMEOUT)
    }

    /// Whether the connection to the service failed: it could not be made, or it broke before the
    /// reply was complete. Unless [`is_connect`](Self::is_connect) says so, a change may have been
    /// made.
    #[must_use]
    pub fn is_connection(&self) -> bool {
        match &self.inner.kind {
            Kind::Transport(error) => {
                error.is_connect() || !error.is_timeout() && !error.is_builder()
            }
            Kind::Interrupted(error) => !error.is_timeout(),
            _ => false,
        }
    }

    /// Whether no connection could be made: the request has not reached the service, and can be
    /// sent again.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        matches!(&self.inner.kind, Kind::Transport(error) if error.is_connect())
    }

    /// Whether a change may have been applied although the call failed, in any of its attempts: the
    /// connection broke or time ran out after the request may have left, a gateway gave up (408, 500,
    /// 502, 504, and 503 without `Retry-After`), or the response to an applied change can't be read.
    /// Read the state of the resource before sending it again. Always false for a read.
    #[must_use]
    pub fn may_have_been_applied(&self) -> bool {
        self.inner.may_have_been_applied
    }

    /// Whether the same request, sent again, may succeed: no connection, no reply in time or none
    /// that is whole, 408, 429, 500, 502, 503 and 504. Whether it may be sent again is another
    /// question, which [`Retry`](crate::Retry) answers for reads and changes: what it admits has
    /// been tried before the error came.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.fault() != Fault::Final
    }

    /// Whether the status is a success, and the body not what the document says. A change has
    /// most likely been made, unless [`code`](Self::code) has something: then it is an error that
    /// came with the status of a success. [`body`](Self::body) has what came.
    #[must_use]
    pub fn is_unreadable(&self) -> bool {
        matches!(&self.inner.kind, Kind::Unreadable(_) | Kind::TooLarge(_))
    }

    /// Whether reading all pages of a list came upon one that repeats what was read already, which
    /// no arrivals explain: the service ignores from where it was asked to answer, or the list
    /// changes faster than it is read. What was read is right, and more may be missing.
    /// Narrow the search (a start and an end time, say), so that its answer fits in one page.
    #[must_use]
    pub fn is_stalled(&self) -> bool {
        matches!(&self.inner.kind, Kind::Stalled { .. })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.inner.kind, self.operation()) {
            (Kind::Refused(error), None) => return error.fmt(f),
            (Kind::Refused(error), Some(operation)) => {
                return write!(f, "{operation} was not sent: {error}");
            }
            (Kind::Settings(error), _) => return write!(f, "the client can't be made: {error}"),
            (_, None) => f.write_str("the client can't be made: ")?,
            (Kind::Credentials(_) | Kind::NoCredentialsInTime(_), Some(operation)) => {
                write!(f, "{operation}: was not sent: ")?;
            }
            (_, Some(operation)) => write!(f, "{operation}: ")?,
        }
        if let Some(reply) = self.reply() {
            write!(f, "{}: ", reply.status)?;
        }
        match &self.inner.kind {
            Kind::Settings(_) | Kind::Refused(_) => {}
            Kind::Credentials(error) => {
                write!(f, "no credentials: {}", one_line(&error.to_string()))?;
            }
            Kind::NoCredentialsInTime(time) => {
                write!(f, "no credentials within {time:?}")?;
            }
            Kind::Transport(error) if error.is_builder() => {
                f.write_str("no request can be made")?;
            }
            Kind::Transport(error) if error.is_connect() && error.is_timeout() => {
                f.write_str("no connection to the service in time")?;
            }
            Kind::Transport(error) if error.is_connect() => {
                f.write_str("no connection to the service")?;
            }
            Kind::Transport(error) if error.is_timeout() => f.write_str("no reply in time")?,
            Kind::NoReplyInTime(time) => write!(f, "no reply within {time:?}")?,
            Kind::Transport(_) => f.write_str("the connection broke before a reply")?,
            Kind::Interrupted(error) if error.is_timeout() => {
                f.write_str("the reply was not complete in time")?;
            }
            Kind::Interrupted(_) => f.write_str("the reply broke off")?,
            Kind::CutShort(time) => write!(f, "the reply was not complete within {time:?}")?,
            Kind::TooLarge(limit) => write!(f, "the reply is larger than {limit} bytes")?,
            Kind::Redirected => {
                f.write_str(
                    "the HTTP client that was given followed a redirect; \
                     make it with redirect::Policy::none()",
                )?;
            }
            Kind::Status => self.fmt_said(f)?,
            Kind::Unreadable(_) => {
                write!(f, "the reply is not as documented")?;
                self.fmt_start(f)?;
            }
            Kind::Stalled { parameter, offset } => {
                write!(
                    f,
                    "no progress: the page at {parameter} {offset} repeats entries already read; \
                     the service may be ignoring {parameter}"
                )?;
            }
        }
        if matches!(self.inner.kind, Kind::Interrupted(_) | Kind::CutShort(_))
            && (self.code().is_some() || self.message().is_some())
        {
            f.write_str(" after ")?;
            self.fmt_said(f)?;
        }
        if let Some(id) = self.request_id() {
            write!(f, " (request {})", one_line(id))?;
        }
        match self.attempts() {
            0 | 1 => Ok(()),
            attempts => write!(f, ", after {attempts} attempts"),
        }
    }
}

impl Error {
    /// Code and message, or else the start of whatever came.
    fn fmt_said(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.code(), self.message()) {
            (Some(code), Some(message)) => {
                write!(f, "{}: {}", one_line(code), one_line(message))
            }
            (Some(text), None) | (None, Some(text)) => f.write_str(&one_line(text)),
            (None, None) if self.status().is_some_and(|status| status.is_redirection()) => {
                f.write_str("redirects are not followed")
            }
            (None, None) => {
                f.write_str("no error message")?;
                self.fmt_start(f)
            }
        }
    }

    /// Content type and start of the body.
    fn fmt_start(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(reply) = self.reply() else { return Ok(()) };
        let content_type = reply.headers.get(http::header::CONTENT_TYPE);
        if let Some(content_type) = content_type.and_then(|value| value.to_str().ok()) {
            write!(f, ", {}", one_line(content_type))?;
        }
        if reply.body.is_empty() {
            return f.write_str(", an empty body");
        }
        write!(f, ", a body that starts {}", quoted(&self.inner.start))
    }
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

/// What `Retry-After` says, in either of its forms: seconds, or a date, which may have passed.
fn retry_after(asked: &str, now: DateTime<Utc>) -> Option<Duration> {
    let asked = asked.trim();
    if !asked.is_empty() && asked.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number that no u64 holds is as good as for ever.
        return Some(Duration::from_secs(asked.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(asked).ok()?;
    Some(date.duration_since(SystemTime::from(now)).unwrap_or_default())
}

/// What the service said: on one line, not too long, and without characters that a terminal or a
/// log would act upon.
pub(crate) fn one_line(text: &str) -> String {
    const SHOWN: usize = 400;
    let mut line = String::new();
    for (count, letter) in text.split_whitespace().collect::<Vec<_>>().join(" ").chars().enumerate()
    {
        if count == SHOWN {
            line.push('…');
            break;
        }
        // Controls, and what turns the direction of a text or is not seen.
        let is_acted_upon = letter.is_control()
            || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        if is_acted_upon {
            line.extend(letter.escape_unicode());
        } else {
            line.push(letter);
        }
    }
    line
}

/// What `Display` says, the answers, and the start of the body; no header fields, which may hold
/// what is nobody's business.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Error");
        debug.field("what", &self.to_string());
        if let Some(status) = self.status() {
            debug.field("status", &status.as_u16());
        }
        for (name, value) in
            [("code", self.code()), ("message", self.message()), ("request_id", self.request_id())]
        {
            if let Some(value) = value {
                debug.field(name, &one_line(value));
            }
        }
        if let Some(source) = self.source() {
            debug.field("source", &source);
        }
        debug.finish_non_exhaustive()
    }
}

/// So that `?` works on values and calls alike.
impl From<ValidationError> for Error {
    fn from(error: ValidationError) -> Self {
        Self::new(Kind::Refused(error), None)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.inner.kind {
            Kind::Transport(error) | Kind::Interrupted(error) => Some(error),
            Kind::Unreadable(error) => Some(error),
            Kind::Credentials(error) => Some(error),
            Kind::Settings(_)
            | Kind::Refused(_)
            | Kind::NoCredentialsInTime(_)
            | Kind::NoReplyInTime(_)
            | Kind::CutShort(_)
            | Kind::TooLarge(_)
            | Kind::Redirected
            | Kind::Status
            | Kind::Stalled { .. } => None,
        }
    }
}
