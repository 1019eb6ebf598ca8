//! Tokens: one that is given, and those that are fetched, kept and renewed.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, TimeDelta, Utc};
use futures_core::future::BoxFuture;
use http::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

use super::{Authorize, CredentialsError, OutgoingRequest};
use crate::generated::service;
use crate::validation::ValidationError;

/// A token is renewed this long before it expires, or a tenth of the time that was left when it
/// came, if that is less: a call that begins with it should not end without it.
const MARGIN: TimeDelta = TimeDelta::minutes(5);

/// A token of the identity service, and when it expires.
#[derive(Clone)]
pub struct Token {
    secret: SecretString,
    expires_at: Option<DateTime<Utc>>,
    /// What the identity service said beside it.
    #[cfg(feature = "keystone")]
    grant: Option<Arc<super::keystone::Grant>>,
}

impl Token {
    /// A token of which it is not known when it expires: it is used until the service refuses it.
    pub fn new(token: impl Into<String>) -> Self {
        Self {
            secret: token.into().into(),
            expires_at: None,
            #[cfg(feature = "keystone")]
            grant: None,
        }
    }

    /// The same token, with the time from which on the service refuses it.
    #[must_use]
    pub fn expires_at(mut self, time: DateTime<Utc>) -> Self {
        self.expires_at = Some(time);
        self
    }

    #[cfg(feature = "keystone")]
    pub(super) fn granting(mut self, grant: super::keystone::Grant) -> Self {
        self.grant = Some(Arc::new(grant));
        self
    }

    #[cfg(feature = "keystone")]
    pub(super) fn grant(&self) -> Option<&Arc<super::keystone::Grant>> {
        self.grant.as_ref()
    }

    /// Refuses what no token can be, without a word about what it is.
    pub(crate) fn check(&self) -> Result<(), ValidationError> {
        let token = self.secret.expose_secret();
        if token.is_empty() {
            return Err(ValidationError::new("the token is empty"));
        }
        if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ValidationError::new("the token holds a character that no token can"));
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

/// A token that was given, and is all there is.
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

/// A token that is fetched when it is needed, kept while it is good, and renewed before it is not.
pub(super) struct Cached(Arc<Cache>);

struct Cache {
    fetch: Fetch,
    kept: RwLock<Option<Kept>>,
    /// Held by whoever fetches, with the outcome of the last fetch if that failed.
    fetching: Arc<Mutex<Option<CredentialsError>>>,
    /// How many fetches have ended.
    fetched: AtomicU64,
}

#[derive(Clone)]
struct Kept {
    token: Token,
    renew_at: Option<DateTime<Utc>>,
}

impl Kept {
    fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        self.renew_at.is_none_or(|time| now < time)
    }

    fn is_valid(&self, now: DateTime<Utc>) -> bool {
        self.token.expires_at.is_none_or(|time| now < time)
    }
}

impl Cached {
    pub(super) fn new(
        fetch: impl Fn() -> BoxFuture<'static, Result<Token, CredentialsError>> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Cache {
            fetch: Box::new(fetch),
            kept: RwLock::default(),
            fetching: Arc::default(),
            fetched: AtomicU64::new(0),
        }))
    }

    pub(super) async fn token(&self, now: DateTime<Utc>) -> Result<Token, CredentialsError> {
        let cache = &self.0;
        let fetched = cache.fetched.load(Ordering::Acquire);
        if let Some(kept) = cache.kept() {
            if kept.is_valid(now) && !kept.is_fresh(now) {
                cache.renew_meanwhile(now);
            }
            if kept.is_valid(now) {
                return Ok(kept.token);
            }
        }
        let mut last = cache.fetching.lock().await;
        // All that waited while another one fetched share the outcome.
        if cache.fetched.load(Ordering::Acquire) != fetched {
            match (&*last, cache.kept()) {
                (Some(error), _) => return Err(error.clone()),
                (None, Some(kept)) => return Ok(kept.token),
                (None, None) => {}
            }
        }
        let outcome = cache.fetch(now).await;
        *last = outcome.as_ref().err().cloned();
        outcome
    }
}

impl Cache {
    fn kept(&self) -> Option<Kept> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, kept: Option<Kept>) {
        *self.kept.write().unwrap_or_else(PoisonError::into_inner) = kept;
    }

    async fn fetch(&self, now: DateTime<Utc>) -> Result<Token, CredentialsError> {
        let fetched = (self.fetch)().await.and_then(|token| {
            token.check().map_err(|error| CredentialsError::new(error.to_string()))?;
            Ok(token)
        });
        if let Ok(token) = &fetched {
            let renew_at = token.expires_at.map(|time| time - MARGIN.min((time - now) / 10));
            self.keep(Some(Kept { token: token.clone(), renew_at }));
        }
        self.fetched.fetch_add(1, Ordering::Release);
        fetched
    }

    /// Fetches the next token while the present one is still good, so that no call waits for it,
    /// and none fails when it can't be had yet. Does nothing while someone else is at it.
    fn renew_meanwhile(self: &Arc<Self>, now: DateTime<Utc>) {
        let Ok(mut last) = Arc::clone(&self.fetching).try_lock_owned() else { return };
        if self.kept().is_some_and(|kept| kept.is_fresh(now)) {
            return;
        }
        let cache = Arc::clone(self);
        tokio::spawn(async move { *last = cache.fetch(now).await.err() });
    }
}

impl Authorize for Cached {
    fn authorize<'a>(
        &'a self,
        request: &'a mut OutgoingRequest<'_>,
    ) -> BoxFuture<'a, Result<(), CredentialsError>> {
        Box::pin(async move { self.token(request.now()).await?.authorize(request) })
    }

    fn refused(&self, headers: &HeaderMap) -> bool {
        // Of many calls that were refused at once, the first drops the token. To the others it is
        // gone already, or there is a new one, which must stay.
        if self.0.kept().is_some_and(|kept| kept.token.is_in(headers)) {
            self.0.keep(None);
        }
        true
    }
}
