//! The client: how every request is sent, and every reply read.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use http::header::USER_AGENT;

use crate::config::ClientBuilder;
use crate::credentials::Credentials;
use crate::error::Error;
use crate::generated::service::ProjectId;
use crate::operation::Operation;
use crate::reply_body::{ERROR_LIMIT, ReplyBody};
use crate::response::{Reply, Response};

/// The most that is read of a success: a page of 100 log entries is some 100 KiB.
const REPLY_LIMIT: usize = 64 << 20;

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
}

/// What a client is made with, checked.
pub(crate) struct Settings {
    pub(crate) project_id: ProjectId,
    pub(crate) credentials: Credentials,
    pub(crate) user_agent: HeaderValue,
    /// For the whole of a call; `None` leaves it to the caller's own HTTP client.
    pub(crate) timeout: Option<Duration>,
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

    /// Sends a request of an operation, and reads its reply.
    pub(crate) async fn execute<T: ReplyBody>(
        &self,
        operation: &'static Operation,
        request: Result<reqwest::Request, reqwest::Error>,
    ) -> Result<Response<T>, Error> {
        let mut request = request.map_err(|error| Error::transport(operation, error))?;
        let settings = &self.settings;
        request.headers_mut().insert(USER_AGENT, settings.user_agent.clone());
        if settings.timeout.is_some() {
            *request.timeout_mut() = settings.timeout;
        }
        let refused = |error| Error::refused(operation, error);
        settings.credentials.authorise(&mut request).map_err(refused)?;

        let url = request.url().clone();
        let response = self.client.execute(request).await;
        let response = response.map_err(|error| Error::transport(operation, error))?;
        if *response.url() != url {
            return Err(Error::redirected(operation));
        }
        let reply = read(operation, response).await?;
        if !reply.status.is_success() {
            return Err(Error::status_of(operation, reply));
        }
        match T::read(&reply.body) {
            Ok(value) => Ok(Response::new(value, reply)),
            Err(error) => Err(Error::unreadable(operation, error, reply)),
        }
    }
}

/// Reads a reply to its end, or to the limit. What came is kept, also when it breaks off.
async fn read(
    operation: &'static Operation,
    mut response: reqwest::Response,
) -> Result<Reply, Error> {
    let mut reply =
        Reply { status: response.status(), headers: response.headers().clone(), body: Vec::new() };
    let limit = if reply.status.is_success() { REPLY_LIMIT } else { ERROR_LIMIT };
    loop {
        match response.chunk().await {
            Ok(None) => return Ok(reply),
            Ok(Some(chunk)) => {
                let room = limit - reply.body.len();
                reply.body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                if chunk.len() > room {
                    if reply.status.is_success() {
                        return Err(Error::too_large(operation, limit, reply));
                    }
                    // Of an error, its start is enough.
                    return Ok(reply);
                }
            }
            Err(error) => return Err(Error::interrupted(operation, error, reply)),
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", &self.baseurl)
            .field("project_id", &self.settings.project_id.as_str())
            .field("credentials", &self.settings.credentials)
            .finish_non_exhaustive()
    }
}
