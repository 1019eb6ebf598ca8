//! Tokens: fixed ones, and those that are fetched, cached and renewed.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_core::future::BoxFuture;
use http::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use tracing::Instrument;

use super::{Authorize, CredentialsError, OutgoingRequest};
use crate::clock::{Clock, Deadline};
use crate::generated::service;
use crate::validation::ValidationError;

/// A token is renewed this long before it expires, or a tenth of its remaining lifetime if that is less, so that it
/// remains valid for the whole call.
const MARGIN: TimeDelta = TimeDelta::minutes(5);
/// The timeout for a renewal in the background.
const RENEWAL_TIMEOUT: Duration = Duration::from_secs(30);
/// The time after a failure without a renewal in the background, and after a rejection without any request.
const PAUSE: Duration = Duration::from_secs(30);

/// A token of the identity service, and its expiry.
///
/// ```
/// use chrono::{TimeDelta, Utc};
/// use otc_autoscaling::{Credentials, Token};
///
/// let credentials = Credentials::token_from(|| async {
///     let token = std::fs::read_to_string("/run/secrets/token")?;
///     Ok::<_, std::io::Error>(Token::new(token.trim()).expires_at(Utc::now() + TimeDelta::hours(1)))
/// });
/// ```
#[derive(Clone)]
pub struct Token {
    secret: SecretString,
    expires_at: Option<DateTime<Utc>>,
    /// The project and the catalog of the token.
    #[cfg(feature = "keystone")]
    grant: Option<Arc<super::identity::Grant>>,
}

impl Token {
    /// Creates a token with an unknown expiry. It is used until the service rejects it.
    pub fn new(token: impl Into<String>) -> Self {
        Self {
            secret: token.into().into(),
            expires_at: None,
            #[cfg(feature = "keystone")]
            grant: None,
        }
    }

    /// Sets the time at which the token expires.
    #[must_use]
    pub fn expires_at(mut self, time: DateTime<Utc>) -> Self {
        self.expires_at = Some(time);
        self
    }

    #[cfg(feature = "keystone")]
    pub(super) fn granting(mut self, grant: super::identity::Grant) -> Self {
        self.grant = Some(Arc::new(grant));
        self
    }

    #[cfg(feature = "keystone")]
    pub(super) fn grant(&self) -> Option<&Arc<super::identity::Grant>> {
        self.grant.as_ref()
    }

    /// Validates the token. The error does not contain it.
    pub(crate) fn check(&self) -> Result<(), ValidationError> {
        let token = self.secret.expose_secret();
        if token.is_empty() {
            return Err(ValidationError::new("the token is empty"));
        }
        if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ValidationError::new(
                "the token contains a space, a line break or another invalid character",
            ));
        }
        Ok(())
    }

    pub(super) fn authorize(
        &self,
        request: &mut OutgoingRequest<'_>,
    ) -> Result<(), CredentialsError> {
        request.set_secret_header(service::TOKEN_HEADER, self.secret.expose_secret())
    }

    fn is_in(&self, headers: &HeaderMap) -> bool {
        let sent = headers.get(service::TOKEN_HEADER);
        sent.is_some_and(|sent| sent.as_bytes() == self.secret.expose_secret().as_bytes())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// A fixed token.
pub(super) struct Fixed(pub(super) Token);

impl Authorize for Fixed {
    fn authorize<'a>(
        &'a self,
        request: &'a mut OutgoingRequest<'_>,
    ) -> BoxFuture<'a, Result<(), CredentialsError>> {
        Box::pin(std::future::ready(self.0.authorize(request)))
    }
}

type Fetch = Box<dyn Fn() -> BoxFuture<'static, Result<Token, CredentialsError>> + Send + Sync>;

/// A token that is fetched for the first request, cached, and renewed before it expires.
pub(super) struct Cached(Arc<Cache>);

struct Cache {
    fetch: Fetch,
    state: Mutex<State>,
    /// Locked while a token is fetched.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    kept: Option<Kept>,
    /// The failure of the last fetch.
    failure: Option<Failure>,
    /// The number of completed fetches.
    fetched: u64,
    /// Whether a token is being fetched in the background.
    is_renewing: bool,
}

struct Kept {
    token: Token,
    renew_at: Option<DateTime<Utc>>,
}

struct Failure {
    error: CredentialsError,
    /// The elapsed time of the clock.
    at: Duration,
}

impl Kept {
    fn is_due(&self, now: DateTime<Utc>) -> bool {
        self.renew_at.is_some_and(|time| time <= now)
    }

    fn is_valid(&self, now: DateTime<Utc>) -> bool {
        self.token.expires_at.is_none_or(|time| now < time)
    }
}

impl Failure {
    fn is_recent(&self, clock: &dyn Clock) -> bool {
        clock.elapsed().saturating_sub(self.at) < PAUSE
    }
}

impl Cached {
    pub(super) fn new(
        fetch: impl Fn() -> BoxFuture<'static, Result<Token, CredentialsError>> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Cache {
            fetch: Box::new(fetch),
            state: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }))
    }

    pub(super) async fn token(&self, clock: &Arc<dyn Clock>) -> Result<Token, CredentialsError> {
        let cache = &self.0;
        let fetched = {
            let mut state = cache.state();
            let now = clock.now();
            if let Some(kept) = state.kept.as_ref().filter(|kept| kept.is_valid(now)) {
                let token = kept.token.clone();
                if kept.is_due(now) {
                    cache.renew_meanwhile(&mut state, clock);
                }
                return Ok(token);
            }
            state.fetched
        };
        let _turn = cache.turn.lock().await;
        {
            let state = cache.state();
            // Calls that waited for another fetch share its result.
            if state.fetched != fetched {
                match (&state.failure, &state.kept) {
                    (Some(failure), _) => return Err(failure.error.clone()),
                    (None, Some(kept)) => return Ok(kept.token.clone()),
                    (None, None) => {}
                }
            }
            // Repeated rejections may lock the account.
            if let Some(failure) = &state.failure
                && failure.error.is_rejection()
                && failure.is_recent(&**clock)
            {
                return Err(failure.error.clone());
            }
        }
        cache.fetch(&**clock).await
    }
}

impl Cache {
    /// No code that holds the lock panics.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn fetch(&self, clock: &dyn Clock) -> Result<Token, CredentialsError> {
        let outcome = (self.fetch)().await.and_then(|token| {
            token.check().map_err(|error| CredentialsError::new(error.to_string()))?;
            Ok(token)
        });
        self.take_in(&outcome, clock);
        outcome
    }

    fn take_in(&self, outcome: &Result<Token, CredentialsError>, clock: &dyn Clock) {
        let mut state = self.state();
        state.fetched += 1;
        match outcome {
            Ok(token) => {
                let now = clock.now();
                let renew_at = token.expires_at.map(|time| time - MARGIN.min((time - now) / 10));
                state.kept = Some(Kept { token: token.clone(), renew_at });
                state.failure = None;
            }
            Err(error) => {
                state.failure = Some(Failure { error: error.clone(), at: clock.elapsed() });
            }
        }
    }

    /// Fetches the next token in the background while the current one is valid, so that no call waits for it.
    fn renew_meanwhile(self: &Arc<Self>, state: &mut State, clock: &Arc<dyn Clock>) {
        let has_failed = state.failure.as_ref().is_some_and(|failure| failure.is_recent(&**clock));
        if state.is_renewing || has_failed {
            return;
        }
        state.is_renewing = true;
        let (renewal, clock) = (Renewal(Arc::clone(self)), Arc::clone(clock));
        let renew = async move {
            let mut deadline = Deadline::after(RENEWAL_TIMEOUT, &*clock);
            let cache = &renewal.0;
            if deadline.cap(cache.fetch(&*clock)).await.is_err() {
                let error = CredentialsError::new("no token was received in time").transient();
                cache.take_in(&Err(error), &*clock);
            }
        };
        tokio::spawn(renew.in_current_span());
    }
}

/// A renewal in progress. When it is dropped, another one can begin.
struct Renewal(Arc<Cache>);

impl Drop for Renewal {
    fn drop(&mut self) {
        self.0.state().is_renewing = false;
    }
}

impl Authorize for Cached {
    fn authorize<'a>(
        &'a self,
        request: &'a mut OutgoingRequest<'_>,
    ) -> BoxFuture<'a, Result<(), CredentialsError>> {
        Box::pin(async move {
            let token = self.token(request.clock()).await?;
            token.authorize(request)
        })
    }

    fn rejected(&self, headers: &HeaderMap) -> bool {
        // If several calls were rejected, the first one drops the token. For the others, there is none or a new one.
        let mut state = self.0.state();
        if state.kept.as_ref().is_some_and(|kept| kept.token.is_in(headers)) {
            state.kept = None;
        }
        true
    }
}
