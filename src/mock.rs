//! A double of the service for tests of code that uses this crate, without a network.
//!
//! [`MockService`] answers each operation with the response that the vendor documents, or with what
//! it is told. Everything else is real: requests are checked, authenticated, retried and decoded as
//! they are with the service.
//!
//! ```
//! use otc_autoscaling::mock::{MockResponse, MockService};
//! use otc_autoscaling::types::{ScalingActivityLog, ScalingActivityLogPage};
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
//! assert!(scale(&client, "g-1", 3).await?);
//!
//! let requests = service.requests();
//! assert_eq!(requests.len(), 2);
//! assert_eq!(requests[0].json().unwrap()["desire_instance_number"], 3);
//!
//! // A typed response. Response types are made from their default, or from JSON.
//! let mut log = ScalingActivityLog::default();
//! log.id = Some("a-1".to_owned());
//! let mut page = ScalingActivityLogPage::default();
//! page.scaling_activity_log = Some(vec![log]);
//! page.total_number = Some(1);
//! service.respond("listScalingActivityLogs", MockResponse::new(200).json(&page));
//! let page = client.list_scaling_activity_logs().scaling_group_id("g-1").send().await?;
//! assert_eq!(page.total_number, Some(1));
//! # Ok(())
//! # }
//! ```

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use reqwest::{ResponseBuilderExt, Url};
use serde::Serialize;
use serde_json::{Value, json};

use crate::generated::service;

/// A double of the service. Its clones are one.
///
/// An operation for which nothing was set answers with the response that the document has as its
/// example. Responses have the request IDs `mock-1`, `mock-2` and so on, unless they are set. See the [module](self) for an example.
#[derive(Clone, Default)]
pub struct MockService(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    responses: VecDeque<(&'static str, MockResponse)>,
    requests: Vec<MockRequest>,
}

impl MockService {
    /// Makes a double that has received no requests.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the response to the next request of an operation, by its `operationId`. Called several
    /// times, the responses are given one after another.
    ///
    /// # Panics
    ///
    /// If there is no such operation.
    pub fn respond(&self, operation: &str, response: MockResponse) {
        let known = service::EXAMPLES.iter().find(|(id, ..)| *id == operation);
        let Some((id, ..)) = known else {
            let known: Vec<&str> = service::EXAMPLES.iter().map(|(id, ..)| *id).collect();
            panic!("there is no operation {operation}: give one of {}", known.join(", "));
        };
        self.state().responses.push_back((id, response));
    }

    /// Returns the requests that were received, in their order.
    #[must_use]
    pub fn requests(&self) -> Vec<MockRequest> {
        self.state().requests.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The response to a request of an operation, if there is to be one.
    pub(crate) fn answer(
        &self,
        operation: &'static str,
        request: &reqwest::Request,
    ) -> Option<reqwest::Response> {
        let mut state = self.state();
        state.requests.push(MockRequest {
            operation,
            method: request.method().clone(),
            url: request.url().clone(),
            headers: request.headers().clone(),
            body: request.body().and_then(|body| body.as_bytes()).unwrap_or_default().to_vec(),
        });
        let set = state.responses.iter().position(|(id, _)| *id == operation);
        let set = set.and_then(|at| state.responses.remove(at)).map(|(_, response)| response);
        let example = || service::EXAMPLES.iter().find(|(id, ..)| *id == operation);
        let response = match (set, example()) {
            (Some(response), _) => response,
            (None, Some((_, status, body))) => {
                MockResponse { body: body.as_bytes().to_vec(), ..MockResponse::new(*status) }
            }
            (None, None) => MockResponse::new(404),
        };
        response.made(request.url(), state.requests.len())
    }
}

impl fmt::Debug for MockService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockService").field("requests", &self.requests()).finish_non_exhaustive()
    }
}

/// A response of a [`MockService`].
#[derive(Clone, Debug)]
#[must_use = "give it to `MockService::respond`"]
pub struct MockResponse {
    /// None where there is no response at all.
    status: Option<StatusCode>,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl MockResponse {
    /// Makes a response without a body.
    ///
    /// # Panics
    ///
    /// If it is no HTTP status: less than 100, or more than 999.
    pub fn new(status: u16) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or_else(|error| panic!("{error}"));
        Self { status: Some(status), headers: HeaderMap::new(), body: Vec::new() }
    }

    /// Makes an error of the service, with a code and a message.
    ///
    /// # Panics
    ///
    /// As [`new`](Self::new) does.
    pub fn error(status: u16, code: &str, message: &str) -> Self {
        Self::new(status).json(&json!({ "error": { "code": code, "message": message } }))
    }

    /// No response: the service has received the request, and the time for the response runs out at
    /// once. A change may have been applied then.
    pub fn none() -> Self {
        Self { status: None, headers: HeaderMap::new(), body: Vec::new() }
    }

    /// Sets the body, as JSON: a response type of [`types`](crate::types), or any other value.
    ///
    /// # Panics
    ///
    /// If the value can't be serialized as JSON.
    pub fn json(self, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).unwrap_or_else(|error| panic!("{error}"));
        Self { body, ..self }
    }

    /// Sets the body, as it is.
    pub fn body(self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self }
    }

    /// Adds a header field.
    ///
    /// # Panics
    ///
    /// If the name or the value is none of HTTP.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().unwrap_or_else(|error| panic!("{name:?}: {error}"));
        let value: HeaderValue = value.parse().unwrap_or_else(|error| panic!("{name}: {error}"));
        self.headers.append(name, value);
        self
    }

    fn made(mut self, url: &Url, number: usize) -> Option<reqwest::Response> {
        let mut response = http::Response::builder().status(self.status?).url(url.clone());
        if !self.headers.contains_key(service::REQUEST_ID_HEADER) {
            self = self.header(service::REQUEST_ID_HEADER, &format!("mock-{number}"));
        }
        if let Some(headers) = response.headers_mut() {
            *headers = self.headers;
        }
        // Of a status and headers that were checked before.
        Some(response.body(self.body).ok()?.into())
    }
}

/// A request that a [`MockService`] has received. Displays as it is sent over HTTP/1, without its
/// secrets.
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

    /// Returns the header fields, with the secrets among them.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the body, which is empty where there is none.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Returns the body as JSON, where it is.
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
