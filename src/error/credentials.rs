//! The error of credentials.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The error type of [`Authorize`](crate::Authorize). The request was not sent.
#[derive(Clone)]
pub struct CredentialsError {
    error: Arc<dyn StdError + Send + Sync>,
    is_transient: bool,
    is_rejection: bool,
    pub(super) is_throttled: bool,
    pub(super) retry_after: Option<Duration>,
}

impl CredentialsError {
    /// Creates an error from an error or a string.
    ///
    /// Its message is part of the message of the failed call, and must not contain secrets.
    pub fn new(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        match error.into().downcast::<Self>() {
            Ok(already) => *already,
            Err(error) => Self {
                error: error.into(),
                is_transient: false,
                is_rejection: false,
                is_throttled: false,
                retry_after: None,
            },
        }
    }

    /// Marks the error as transient, such as a failed connection to a vault. The call is retried, even if it
    /// is a PUT.
    #[must_use]
    pub fn transient(mut self) -> Self {
        self.is_transient = true;
        self
    }

    /// Marks the error as a rejection of the credentials:
    /// [`Error::is_unauthorized`](crate::Error::is_unauthorized) returns true.
    #[must_use]
    pub fn rejected(mut self) -> Self {
        self.is_rejection = true;
        self
    }

    /// Marks the error as throttling: [`Error::is_throttled`](crate::Error::is_throttled) returns true. The error is
    /// transient.
    #[must_use]
    pub fn throttled(mut self) -> Self {
        self.is_throttled = true;
        self.transient()
    }

    /// Sets the requested delay (`Retry-After`). The error is transient.
    #[must_use]
    pub fn retry_after(mut self, delay: Duration) -> Self {
        self.retry_after = Some(delay);
        self.transient()
    }

    pub(crate) fn is_transient(&self) -> bool {
        self.is_transient
    }

    pub(crate) fn is_rejection(&self) -> bool {
        self.is_rejection
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
