//! The client: what every call is made with.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;

use crate::clock::Clock;
use crate::credentials::Credentials;
use crate::retry::Retry;
use crate::rules::{self, HasRules};
use crate::validation::ValidationError;

/// A client of the service, for one project in one region.
///
/// Cheap to clone: the clones share their connections. Made by [`Client::builder`].
#[derive(Clone)]
#[allow(clippy::struct_field_names, reason = "the generated code calls it so")]
pub struct Client {
    // These two by name: the generated code builds URLs and requests with them.
    pub(crate) baseurl: Arc<str>,
    pub(crate) client: reqwest::Client,
    pub(crate) settings: Arc<Settings>,
    pub(crate) retry: Retry,
    /// Whether the rules of the document that span fields are checked.
    pub(crate) checks_rules: bool,
}

/// What a client is made with, checked.
pub(crate) struct Settings {
    pub(crate) project_id: String,
    pub(crate) credentials: Credentials,
    pub(crate) user_agent: HeaderValue,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) timeout: Duration,
    pub(crate) attempt_timeout: Duration,
    /// The most that is read of a reply, in bytes.
    pub(crate) response_limit: usize,
    /// What answers in place of the service.
    #[cfg(feature = "mock")]
    pub(crate) mock: Option<crate::mock::MockService>,
}

impl Client {
    /// The project whose groups and policies this client is for.
    #[must_use]
    pub fn project_id(&self) -> &str {
        &self.settings.project_id
    }

    /// The address of the service.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.baseurl
    }

    /// The same client, whose calls may be repeated also where a change may have been made.
    pub(crate) fn retrying_unsafe(mut self) -> Self {
        self.retry = self.retry.retry_unsafe();
        self
    }

    /// The same client, whose calls do not check the rules that span fields.
    pub(crate) fn unchecked(mut self) -> Self {
        self.checks_rules = false;
        self
    }

    /// The body, if it breaks no rule that spans fields.
    pub(crate) fn check<T: HasRules>(&self, body: T) -> Result<T, ValidationError> {
        if self.checks_rules { rules::check(body) } else { Ok(body) }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", &self.baseurl)
            .field("project_id", &self.settings.project_id)
            .field("credentials", &self.settings.credentials)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}
