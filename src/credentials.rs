//! What a request is authorised by.

use std::fmt;

use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::generated::service;
use crate::validation::ValidationError;

/// What the service knows the caller by.
///
/// ```
/// use otc_autoscaling::Credentials;
///
/// let credentials = Credentials::token("gAAAAABk...");
/// assert!(!format!("{credentials:?}").contains("gAAAA"));
/// ```
#[derive(Clone)]
pub struct Credentials {
    token: SecretString,
}

impl Credentials {
    /// A token of the identity service (Keystone v3), scoped to the project. It is sent as it is,
    /// and is not renewed: the service refuses it once it has expired, after 24 hours at most.
    pub fn token(token: impl Into<String>) -> Self {
        Self { token: token.into().into() }
    }

    /// Refuses what can't be sent, without a word about what it is.
    pub(crate) fn check(&self) -> Result<(), ValidationError> {
        if self.token.expose_secret().is_empty() {
            return Err(ValidationError::new("the token is empty"));
        }
        self.header().map(drop)
    }

    /// Adds what the service knows the caller by. The header is marked, so that nothing prints it.
    pub(crate) fn authorise(&self, request: &mut reqwest::Request) -> Result<(), ValidationError> {
        request.headers_mut().insert(service::TOKEN_HEADER, self.header()?);
        Ok(())
    }

    fn header(&self) -> Result<HeaderValue, ValidationError> {
        let token = self.token.expose_secret();
        let refused = || ValidationError::new("the token holds a character that no token can");
        if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(refused());
        }
        let mut value = HeaderValue::from_str(token).map_err(|_| refused())?;
        value.set_sensitive(true);
        Ok(value)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials::token(..)")
    }
}
