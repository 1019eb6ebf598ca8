//! The client: what every call is made with.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use http::header::USER_AGENT;

use crate::call::Call;
use crate::clock::Clock;
use crate::config::ClientBuilder;
use crate::credentials::Credentials;
use crate::error::Error;
use crate::generated::service::ProjectId;
use crate::operation::Operation;
use crate::reply_body::ReplyBody;
use crate::response::Response;
use crate::retry::Retry;

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
}

/// What a client is made with, checked.
pub(crate) struct Settings {
    pub(crate) project_id: ProjectId,
    pub(crate) credentials: Credentials,
    pub(crate) user_agent: HeaderValue,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) timeout: Duration,
    pub(crate) attempt_timeout: Duration,
    /// The most that is read of a reply, in bytes.
    pub(crate) reply_limit: usize,
}

impl Client {
    /// Begins a client. It needs a region or an endpoint, a project and credentials:
    ///
    /// ```
    /// use otc_autoscaling::{Client, Credentials};
    ///
    /// let client = Client::builder()
    ///     .region("eu-de")
    ///     .project_id("edcb94a885a84ed3a3fdf8ea4d2741da")
    ///     .credentials(Credentials::token("gAAAAABk..."))
    ///     .build()?;
    /// # Ok::<(), otc_autoscaling::Error>(())
    /// ```
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// The project whose groups and policies this client is for.
    #[must_use]
    pub fn project_id(&self) -> &ProjectId {
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

    /// Sends a request of an operation, and reads its reply: every call passes here.
    pub(crate) async fn execute<T: ReplyBody>(
        &self,
        operation: &'static Operation,
        request: Result<reqwest::Request, reqwest::Error>,
    ) -> Result<Response<T>, Error> {
        let mut request = request.map_err(|error| Error::transport(operation, error))?;
        request.headers_mut().insert(USER_AGENT, self.settings.user_agent.clone());
        Call::new(self, operation, request).run().await
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", &self.baseurl)
            .field("project_id", &self.settings.project_id.as_str())
            .field("credentials", &self.settings.credentials)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}
