//! The client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;

use crate::clock::Clock;
use crate::credentials::Credentials;
use crate::retry::Retry;
use crate::rules::{self, HasRules};
use crate::validation::ValidationError;

/// A client for one project in one region.
///
/// Each operation has a method that returns a request builder. In addition,
/// [`wait_for_scaling_action`](Self::wait_for_scaling_action) returns a waiter. Clones are cheap and share connections
/// and tokens; create one client with [`Client::builder`], and clone it.
///
/// ```no_run
/// use otc_autoscaling::{Client, Credentials};
///
/// # async fn example() -> Result<(), otc_autoscaling::Error> {
/// let client = Client::builder()
///     .region("eu-de")
///     .project_id("edcb94a885a84ed3a3fdf8ea4d2741da")
///     .credentials(Credentials::token("gAAAAABk..."))
///     .build()?;
/// let response = client.list_scaling_groups().scaling_group_name("web").send().await?;
/// for group in response.scaling_groups.iter().flatten() {
///     println!("{:?} {:?}", group.scaling_group_id, group.current_instance_number);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[allow(clippy::struct_field_names, reason = "the generated code calls it so")]
pub struct Client {
    // The generated code uses these names.
    pub(crate) baseurl: Arc<str>,
    pub(crate) client: reqwest::Client,
    pub(crate) settings: Arc<Settings>,
    pub(crate) retry: Retry,
    /// Whether cross-field rules are checked.
    pub(crate) checks_rules: bool,
}

/// The validated settings of a client.
pub(crate) struct Settings {
    pub(crate) project_id: String,
    pub(crate) credentials: Credentials,
    pub(crate) user_agent: HeaderValue,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) timeout: Duration,
    pub(crate) attempt_timeout: Duration,
    /// The maximum size of a response, in bytes.
    pub(crate) response_limit: usize,
    /// The mock service that is used instead of the network.
    #[cfg(feature = "mock")]
    pub(crate) mock: Option<crate::mock::MockService>,
}

impl Client {
    /// Returns the ID of the project.
    #[must_use]
    pub fn project_id(&self) -> &str {
        &self.settings.project_id
    }

    /// Returns the endpoint.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.baseurl
    }

    /// The same client with [`Retry::retry_unsafe`].
    pub(crate) fn retrying_unsafe(mut self) -> Self {
        self.retry = self.retry.retry_unsafe();
        self
    }

    /// The same client without the cross-field rules.
    pub(crate) fn unchecked(mut self) -> Self {
        self.checks_rules = false;
        self
    }

    /// Returns the body, unless it violates a rule that spans fields.
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
