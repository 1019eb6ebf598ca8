//! A call: attempts to send a request, until one succeeds or no retry is allowed.

use std::time::Duration;

use http::HeaderMap;
use http::header::USER_AGENT;
use tracing::{Instrument, Span, debug_span, field};

use crate::client::{Client, Settings};
use crate::clock::Deadline;
use crate::credentials::OutgoingRequest;
use crate::error::{ERROR_LIMIT, Error, is_throttling};
use crate::exchange::{RawResponse, Success};
use crate::operation::Operation;
use crate::redact::Sent;
use crate::retry::Attempts;

/// The hooks of progenitor, which the generated code calls for each request.
impl Client {
    /// Completes a request before it is sent.
    #[allow(clippy::unused_async, reason = "the generated code awaits it")]
    pub(crate) async fn pre(
        &self,
        request: &mut reqwest::Request,
        _: &Operation,
    ) -> Result<(), Error> {
        request.headers_mut().insert(USER_AGENT, self.settings.user_agent.clone());
        Ok(())
    }

    /// Sends the request of a call, with retries.
    pub(crate) async fn exec(
        &self,
        request: reqwest::Request,
        operation: &Operation,
    ) -> Result<Success, Error> {
        Call::new(self, *operation, request).run().await
    }

    /// Does nothing: [`exec`](Self::exec) has logged the outcome.
    #[allow(clippy::unused_async, reason = "the generated code awaits it")]
    pub(crate) async fn post(
        &self,
        _: &Result<Success, Error>,
        _: &Operation,
    ) -> Result<(), Error> {
        Ok(())
    }
}

/// A call of an operation.
pub(crate) struct Call<'a> {
    client: &'a Client,
    operation: Operation,
    request: reqwest::Request,
    attempts: Attempts,
    /// The number of attempts.
    made: u32,
    has_renewed: bool,
    is_read: bool,
    /// Whether any attempt may have been applied.
    is_uncertain: bool,
}

impl<'a> Call<'a> {
    pub(crate) fn new(client: &'a Client, operation: Operation, request: reqwest::Request) -> Self {
        let Settings { clock, timeout, .. } = &*client.settings;
        let is_read = request.method().is_safe();
        Self {
            client,
            operation,
            request,
            attempts: Attempts::begin(client.retry, clock, *timeout, is_read),
            made: 0,
            has_renewed: false,
            is_read,
            is_uncertain: false,
        }
    }

    /// Makes attempts until one succeeds, or [`Retry`](crate::Retry) allows no other.
    pub(crate) async fn run(mut self) -> Result<Success, Error> {
        let span = tracing::info_span!(
            "call",
            operation = self.operation.operation_id,
            method = %self.request.method(),
            target = self.request.url().path(),
            attempts = field::Empty,
            status = field::Empty,
            request_id = field::Empty,
            duration_ms = field::Empty,
        );
        let outcome = self.repeated().instrument(span.clone()).await;
        span.record("attempts", self.made);
        record(&span, self.attempts.elapsed(), &outcome);
        outcome
    }

    async fn repeated(&mut self) -> Result<Success, Error> {
        loop {
            let error = match self.attempt_renewed().await {
                Ok(response) => return Ok(response),
                Err(error) => error.after(self.made).uncertain(self.is_uncertain),
            };
            if !self.attempts.follow(&error).await {
                return Err(error);
            }
        }
    }

    /// Makes an attempt, and once per call another one with renewed credentials, if they were rejected.
    async fn attempt_renewed(&mut self) -> Result<Success, Error> {
        let mut sent = HeaderMap::new();
        let outcome = self.attempt(&mut sent).await;
        // Not after a rejection by the identity service, which would reject them again, and may lock the account.
        let is_rejected = |error: &Error| error.status().is_some() && error.is_unauthorized();
        if self.has_renewed
            || !outcome.as_ref().is_err_and(is_rejected)
            || !self.client.settings.credentials.authorizer().rejected(&sent)
        {
            return outcome;
        }
        self.has_renewed = true;
        self.attempt(&mut sent).await
    }

    async fn attempt(&mut self, sent: &mut HeaderMap) -> Result<Success, Error> {
        let began = self.attempts.elapsed();
        self.made += 1;
        let span = debug_span!(
            "attempt",
            attempt = self.made,
            status = field::Empty,
            request_id = field::Empty,
            duration_ms = field::Empty,
        );
        let outcome = self.sent(sent).instrument(span.clone()).await;
        self.is_uncertain |=
            !self.is_read && outcome.as_ref().is_err_and(Error::is_of_uncertain_attempt);
        record(&span, self.attempts.elapsed().saturating_sub(began), &outcome);
        outcome
    }

    /// Authenticates the request, and sends it.
    async fn sent(&self, sent: &mut HeaderMap) -> Result<Success, Error> {
        let (operation, settings) = (self.operation, &self.client.settings);
        let limit = settings.attempt_timeout.min(self.attempts.left());
        let mut deadline = Deadline::after(limit, &*settings.clock);
        let request = self.request.try_clone();
        // The bodies of generated code are bytes, which can be cloned.
        let mut request = request.ok_or_else(|| Error::unrepeatable(operation))?;
        let mut outgoing =
            OutgoingRequest::new(&mut request, &settings.project_id, &settings.clock);
        let authorized = settings.credentials.authorizer().authorize(&mut outgoing);
        match deadline.cap(authorized).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(Error::credentials(Some(operation), error)),
            Err(elapsed) => return Err(Error::no_credentials_in_time(Some(operation), &elapsed)),
        }
        sent.clone_from(request.headers());
        self.exchanged(request, &mut deadline).await
    }

    /// Sends the authenticated request, and reads the response.
    async fn exchanged(
        &self,
        request: reqwest::Request,
        deadline: &mut Deadline,
    ) -> Result<Success, Error> {
        let operation = self.operation;
        let (url, sent) = (request.url().clone(), Sent::in_headers(request.headers()));
        #[cfg(not(feature = "mock"))]
        let mocked = None;
        #[cfg(feature = "mock")]
        let mocked = self.client.settings.mock.as_ref().map(|mock| {
            let response = mock.answer(operation.operation_id, &request);
            response.map(Ok).ok_or_else(|| deadline.elapsed())
        });
        let responded = match mocked {
            Some(responded) => responded,
            None => deadline.cap(self.client.client.execute(request)).await,
        };
        let response = match responded {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(Error::transport(operation, error)),
            Err(elapsed) => return Err(Error::no_response_in_time(operation, &elapsed)),
        };
        if *response.url() != url {
            return Err(Error::redirected(operation));
        }
        let raw = self.read(response, sent, deadline).await?;
        self.finished(raw)
    }

    fn finished(&self, raw: RawResponse) -> Result<Success, Error> {
        let (operation, now) = (self.operation, self.client.settings.clock.now());
        // The gateway was observed to throttle with the status of a success.
        if !raw.status.is_success() || is_throttling(&raw.body) {
            return Err(Error::status_of(operation, raw, now));
        }
        Ok(Success { operation, raw, attempts: self.made, is_read: self.is_read })
    }

    /// Reads a response up to the size limit. An incomplete response is kept.
    async fn read(
        &self,
        mut response: reqwest::Response,
        sent: Sent,
        deadline: &mut Deadline,
    ) -> Result<RawResponse, Error> {
        let (operation, settings) = (self.operation, &self.client.settings);
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        let mut raw = RawResponse { status, headers, body: Vec::new(), sent };
        let limit = if status.is_success() {
            settings.response_limit
        } else {
            settings.response_limit.min(ERROR_LIMIT)
        };
        loop {
            match deadline.cap(response.chunk()).await {
                Ok(Ok(None)) => return Ok(raw),
                Ok(Ok(Some(chunk))) => {
                    let room = limit - raw.body.len();
                    raw.body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                    if chunk.len() > room {
                        if raw.status.is_success() {
                            return Err(Error::too_large(operation, limit, raw));
                        }
                        // The body of an error is truncated.
                        return Ok(raw);
                    }
                }
                Ok(Err(error)) => {
                    return Err(Error::interrupted(operation, error, raw, settings.clock.now()));
                }
                Err(elapsed) => {
                    return Err(Error::cut_short(operation, &elapsed, raw, settings.clock.now()));
                }
            }
        }
    }
}

fn record(span: &Span, duration: Duration, outcome: &Result<Success, Error>) {
    if span.is_disabled() {
        return;
    }
    let (status, request_id) = match outcome {
        Ok(Success { raw, .. }) => {
            (Some(raw.status), raw.request_id().map(|id| raw.sent.left_out_of(id)))
        }
        Err(error) => (error.status(), error.request_id().map(Into::into)),
    };
    span.record("status", status.map(|status| status.as_u16()));
    span.record("request_id", request_id.as_deref());
    // A type that every subscriber supports.
    span.record("duration_ms", duration.as_secs_f64() * 1000.0);
}
