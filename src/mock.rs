//! An in-process mock service for testing code that uses this crate.
//!
//! [`MockService`] returns the example response of the vendor documentation for each operation, or the responses that
//! a test sets, and records the requests. The client behaves as with the real service: it validates, authenticates
//! and retries requests, and decodes responses.
//!
//! ```
//! use otc_autoscaling::mock::{MockResponse, MockService};
//! use otc_autoscaling::{Client, Error};
//!
//! /// The code under test.
//! async fn scale(client: &Client, group: &str, number: i64) -> Result<bool, Error> {
//!     let request = client.update_scaling_group().scaling_group_id(group);
//!     match request.body_map(|body| body.desire_instance_number(number)).send().await {
//!         Ok(_) => Ok(true),
//!         Err(error) if error.is_scaling_action_running() => Ok(false),
//!         Err(error) => Err(error),
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Error> {
//! let service = MockService::new();
//! let client = service.client();
//! service.respond("updateScalingGroup", MockResponse::error(400, "AS.2047", "It is scaling."));
//!
//! assert!(!scale(&client, "g-1", 3).await?);
//! assert!(scale(&client, "g-1", 3).await?); // the documented response
//!
//! let requests = service.requests();
//! assert_eq!(requests.len(), 2);
//! assert_eq!(requests[0].json().unwrap()["desire_instance_number"], 3);
//! # Ok(())
//! # }
//! ```
//!
//! # Responses that depend on the request
//!
//! [`respond`](MockService::respond) queues a response for the next request of an operation, and
//! [`respond_with`](MockService::respond_with) sets a function that returns the response to each request. An error
//! that the client retries, such as a 503 to a GET, has to be queued once for each attempt, or returned by a function:
//!
//! ```
//! use otc_autoscaling::mock::{MockResponse, MockService};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let service = MockService::new();
//! service.respond_with("listScalingActivityLogs", |request| {
//!     if request.path().ends_with("/g-1") {
//!         MockResponse::documented("listScalingActivityLogs")
//!     } else {
//!         MockResponse::new(503)
//!     }
//! });
//!
//! let client = service.client();
//! let logs = |group: &str| client.list_scaling_activity_logs().scaling_group_id(group).send();
//! assert!(logs("g-1").await.is_ok());
//! assert_eq!(logs("g-2").await.unwrap_err().attempts(), 4);
//! # }
//! ```
//!
//! If a response has a `Retry-After` header, the client waits for that delay before it retries. With the feature
//! `test-util` of Tokio, `#[tokio::test(start_paused = true)]` skips the delay.
//!
//! # Waiting for a scaling action
//!
//! The default response of `showScalingGroup` is a group with a scaling action in progress. To test code that
//! [waits](crate::Client::wait_for_scaling_action), queue responses with the group and its activity log:
//!
//! ```
//! use std::time::Duration;
//!
//! use otc_autoscaling::mock::{MockResponse, MockService};
//! use serde_json::json;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), otc_autoscaling::WaitError> {
//! let service = MockService::new();
//! for (is_scaling, status) in [(true, "DOING"), (false, "SUCCESS")] {
//!     let group = json!({ "scaling_group": { "is_scaling": is_scaling } });
//!     service.respond("showScalingGroup", MockResponse::new(200).json(&group));
//!     let log = json!({ "scaling_activity_log": [{ "id": "a-1", "status": status }] });
//!     service.respond("listScalingActivityLogs", MockResponse::new(200).json(&log));
//! }
//!
//! let waiter = service.client().wait_for_scaling_action("g-1");
//! let moment = Duration::from_millis(1);
//! assert_eq!(waiter.interval(moment, moment).wait().await?.id.as_deref(), Some("a-1"));
//! # Ok(())
//! # }
//! ```
//!
//! # Values of response types
//!
//! The structs of [`types`](crate::types) are `#[non_exhaustive]`: create them from their default, or from JSON.
//! [`Response::mock`](crate::Response::mock) creates a [`Response`](crate::Response) without a client, for tests of
//! functions that take one. To get an [`Error`](crate::Error), call a mock service that returns one.
//!
//! ```
//! use otc_autoscaling::Response;
//! use otc_autoscaling::types::{ScalingActivityLog, ScalingActivityLogPage};
//! use serde_json::json;
//!
//! let mut log = ScalingActivityLog::default();
//! log.id = Some("a-1".to_owned());
//! let mut page = ScalingActivityLogPage::default();
//! page.scaling_activity_log = Some(vec![log]);
//!
//! let same = json!({ "scaling_activity_log": [{ "id": "a-1" }] });
//! let same: ScalingActivityLogPage = serde_json::from_value(same)?;
//! assert_eq!(page.scaling_activity_log.as_ref().unwrap()[0].id.as_deref(), Some("a-1"));
//! assert_eq!(serde_json::to_value(&page)?, serde_json::to_value(&same)?);
//!
//! let response: Response<ScalingActivityLogPage> = Response::mock(page);
//! assert_eq!(response.status(), 200);
//! # Ok::<(), serde_json::Error>(())
//! ```

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use reqwest::{ResponseBuilderExt, Url};
use serde::Serialize;
use serde_json::{Value, json};

use crate::generated::service;

/// A mock service. Clones share their responses and requests.
///
/// See the [module](self) for examples. Responses have the request IDs `mock-1`, `mock-2` and so on, unless they
/// set another.
#[derive(Clone, Default)]
pub struct MockService(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    once: VecDeque<(&'static str, MockResponse)>,
    always: BTreeMap<&'static str, Respond>,
    requests: Vec<MockRequest>,
}

type Respond = Arc<dyn Fn(&MockRequest) -> MockResponse + Send + Sync>;

/// The `operationId`, and status and body of the documented response.
fn known(operation: &str) -> (&'static str, u16, &'static str) {
    let known = service::EXAMPLES.iter().find(|(id, ..)| *id == operation);
    *known.unwrap_or_else(|| {
        let known: Vec<&str> = service::EXAMPLES.iter().map(|(id, ..)| *id).collect();
        panic!("unknown operation {operation}: use one of {}", known.join(", "))
    })
}

impl MockService {
    /// Creates a mock service with the documented responses.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Queues a response for the next request of an operation, by its `operationId`. The responses of several calls
    /// are returned in order, one for each request.
    ///
    /// # Panics
    ///
    /// Panics if the OpenAPI document has no such operation.
    pub fn respond(&self, operation: &str, response: MockResponse) {
        self.state().once.push_back((known(operation).0, response));
    }

    /// Sets a function that returns the response to each request of an operation, by its `operationId`. Responses
    /// queued by [`respond`](Self::respond) take precedence.
    ///
    /// # Panics
    ///
    /// Panics if the OpenAPI document has no such operation.
    pub fn respond_with(
        &self,
        operation: &str,
        respond: impl Fn(&MockRequest) -> MockResponse + Send + Sync + 'static,
    ) {
        self.state().always.insert(known(operation).0, Arc::new(respond));
    }

    /// Returns the received requests in order, including retried ones.
    #[must_use]
    pub fn requests(&self) -> Vec<MockRequest> {
        self.state().requests.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the response to a request, or `None` for a timeout.
    pub(crate) fn answer(
        &self,
        operation: &'static str,
        request: &reqwest::Request,
    ) -> Option<reqwest::Response> {
        let request = MockRequest {
            operation,
            method: request.method().clone(),
            url: request.url().clone(),
            headers: request.headers().clone(),
            body: request.body().and_then(|body| body.as_bytes()).unwrap_or_default().to_vec(),
        };
        let (once, always, number) = {
            let mut state = self.state();
            state.requests.push(request.clone());
            let at = state.once.iter().position(|(id, _)| *id == operation);
            let once = at.and_then(|at| state.once.remove(at));
            (once, state.always.get(operation).cloned(), state.requests.len())
        };
        // Without the lock, since the function may read the requests.
        let response = match (once, always) {
            (Some((_, response)), _) => response,
            (None, Some(respond)) => respond(&request),
            (None, None) => MockResponse::documented(operation),
        };
        response.received(&request.url, number)
    }
}

impl fmt::Debug for MockService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockService").field("requests", &self.requests()).finish_non_exhaustive()
    }
}

/// A response of a [`MockService`].
#[derive(Clone, Debug)]
#[must_use = "a response takes effect with `MockService::respond`"]
pub struct MockResponse {
    /// `None` for a timeout.
    status: Option<StatusCode>,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl MockResponse {
    /// Creates a response without a body.
    ///
    /// # Panics
    ///
    /// Panics if the status is not within 100..=999.
    pub fn new(status: u16) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or_else(|error| panic!("{error}"));
        Self { status: Some(status), headers: HeaderMap::new(), body: Vec::new() }
    }

    /// Creates the documented response of an operation, by its `operationId`.
    ///
    /// # Panics
    ///
    /// Panics if the OpenAPI document has no such operation.
    pub fn documented(operation: &str) -> Self {
        let (_, status, body) = known(operation);
        Self::new(status).body(body)
    }

    /// Creates an error response of the service, with a code and a message.
    ///
    /// # Panics
    ///
    /// Panics if the status is not within 100..=999.
    pub fn error(status: u16, code: &str, message: &str) -> Self {
        Self::new(status).json(&json!({ "error": { "code": code, "message": message } }))
    }

    /// Simulates a timeout, without an actual delay. The service may have received the request, so a modification may
    /// have been applied.
    pub fn timeout() -> Self {
        Self { status: None, headers: HeaderMap::new(), body: Vec::new() }
    }

    /// Sets the body to a value as JSON, for example one of [`types`](crate::types).
    ///
    /// # Panics
    ///
    /// Panics if the value can't be serialized as JSON.
    pub fn json(self, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).unwrap_or_else(|error| panic!("{error}"));
        Self { body, ..self }
    }

    /// Sets the body.
    pub fn body(self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self }
    }

    /// Adds a header.
    ///
    /// # Panics
    ///
    /// Panics if the name or the value is invalid.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().unwrap_or_else(|error| panic!("{name:?}: {error}"));
        let value: HeaderValue = value.parse().unwrap_or_else(|error| panic!("{name}: {error}"));
        self.headers.append(name, value);
        self
    }

    /// Returns the response to the request with this number.
    fn received(mut self, url: &Url, number: usize) -> Option<reqwest::Response> {
        let mut response = http::Response::builder().status(self.status?).url(url.clone());
        if !self.headers.contains_key(service::REQUEST_ID_HEADER) {
            self = self.header(service::REQUEST_ID_HEADER, &format!("mock-{number}"));
        }
        if let Some(headers) = response.headers_mut() {
            *headers = self.headers;
        }
        // Status and headers are valid.
        Some(response.body(self.body).ok()?.into())
    }
}

/// A request that a [`MockService`] has received.
///
/// Displays as method, path, headers and body, without credentials.
#[derive(Clone)]
pub struct MockRequest {
    operation: &'static str,
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl MockRequest {
    /// Returns the `operationId` of the operation.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// Returns the method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Returns the path, without the query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.url.path()
    }

    /// Returns the value of a query parameter.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<String> {
        let mut pairs = self.url.query_pairs();
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// Returns the headers, including those with credentials.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the body, which is empty if the request has none.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Returns the body as JSON, if it is.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

impl fmt::Display for MockRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path())?;
        if let Some(query) = self.url.query() {
            write!(f, "?{query}")?;
        }
        for (name, value) in &self.headers {
            let secret = value.is_sensitive();
            let value = if secret { "[secret]" } else { value.to_str().unwrap_or("[bytes]") };
            write!(f, "\n{name}: {value}")?;
        }
        match self.json() {
            Some(body) => write!(f, "\n\n{body:#}"),
            None if self.body.is_empty() => Ok(()),
            None => write!(f, "\n\n{}", String::from_utf8_lossy(&self.body)),
        }
    }
}

impl fmt::Debug for MockRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MockRequest").field(&self.to_string()).finish()
    }
}
