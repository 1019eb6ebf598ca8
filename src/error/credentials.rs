//! The error of credentials.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Why a request could not be authorised. Nothing was sent to the service.
#[derive(Clone)]
pub struct CredentialsError {
    error: Arc<dyn StdError + Send + Sync>,
    is_transient: bool,
    is_refusal: bool,
    pub(super) is_throttled: bool,
    pub(super) retry_after: Option<Duration>,
}

impl CredentialsError {
    /// An error of whatever makes the credentials; a text will do. Its `Display` is shown wherever
    /// the failed call is, so it must not hold a secret.
    pub fn new(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        match error.into().downcast::<Self>() {
            Ok(already) => *already,
            Err(error) => Self {
                error: error.into(),
                is_transient: false,
                is_refusal: false,
                is_throttled: false,
                retry_after: None,
            },
        }
    }

    /// The same error, as one that a new attempt may cure: no connection to a vault, say. The call
    /// is repeated as its [`Retry`](crate::Retry) says, a change too, since nothing was sent.
    #[must_use]
    pub fn transient(mut self) -> Self {
        self.is_transient = true;
        self
    }

    /// The same error, as one that says that the credentials are wrong, so that the call's
    /// [`is_unauthorized`](crate::Error::is_unauthorized) is a yes.
    #[must_use]
    pub fn refusal(mut self) -> Self {
        self.is_refusal = true;
        self
    }

    /// The same error, as one of too many requests, so that the call's
    /// [`is_throttled`](crate::Error::is_throttled) is true. A new attempt may succeed later.
    #[must_use]
    pub fn throttled(mut self) -> Self {
        self.is_throttled = true;
        self.transient()
    }

    /// The same error, as one that a new attempt may not meet after this delay: what `Retry-After`
    /// says.
    #[must_use]
    pub fn retry_after(mut self, delay: Duration) -> Self {
        self.retry_after = Some(delay);
        self.transient()
    }

    pub(crate) fn is_transient(&self) -> bool {
        self.is_transient
    }

    pub(crate) fn is_refusal(&self) -> bool {
        self.is_refusal
    }
}

impl fmt::Display for CredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl fmt::Debug for CredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CredentialsError").field(&self.to_string()).finish()
    }
}

impl StdError for CredentialsError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.error.source()
    }
}
