//! The identity service (Keystone v3): its URL, requests to it, and the project and catalog of a token.

use std::time::Duration;

use chrono::{DateTime, Utc};
use http::header::{ACCEPT, USER_AGENT};
use http::{HeaderMap, HeaderValue, StatusCode};
use reqwest::Url;
use serde_json::Value;

use super::CredentialsError;
use crate::error::cause::{innermost, is_permanent};
use crate::error::{
    ERROR_LIMIT, ErrorBody, clock_difference, is_throttling, of_status, one_line, requested_delay,
    said_by_page,
};
use crate::generated::service;
use crate::redact::Sent;
use crate::transport::{CONNECT_TIMEOUT, HttpClient, checked};
use crate::validation::ValidationError;

/// The header with the token that a request or a response concerns.
pub(super) const TOKEN_HEADER: &str = "x-subject-token";
/// The path of tokens.
pub(super) const TOKENS: &str = "auth/tokens";
/// The timeout for a request, including the connection and the body.
const TIMEOUT: Duration = Duration::from_secs(30);
/// A catalog of all services in all regions is about 100 KiB.
const RESPONSE_LIMIT: usize = 4 << 20;
const AGENT: HeaderValue =
    HeaderValue::from_static(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")));

/// The URL of the identity service in a region.
pub(crate) fn address_in(region: &str) -> String {
    let (_, domain) = service::URL.split_once('.').unwrap_or_default();
    format!("https://iam.{}", domain.replace("{region}", region))
}

/// The interface of endpoints, in the spelling of Keystone v3.
pub(crate) fn interface(given: Option<&str>) -> String {
    given.unwrap_or("public").replace("URL", "")
}

/// The identity service at a URL.
pub(crate) struct Identity {
    url: Url,
    client: reqwest::Client,
}

/// A complete response.
pub(super) struct IdentityResponse {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Identity {
    /// Validates a URL, with or without `/v3` at the end.
    pub(crate) fn at(address: &str) -> Result<Url, ValidationError> {
        let mut url = checked(address)?;
        let path = url.path().trim_end_matches('/');
        let path = path.strip_suffix("/v3").unwrap_or(path);
        url.set_path(&format!("{path}/v3/"));
        Ok(url)
    }

    pub(crate) fn new(url: Url, client: &HttpClient) -> Result<Self, ValidationError> {
        let client = client.for_address(&url, CONNECT_TIMEOUT)?;
        Ok(Self { url, client })
    }

    /// The URL of a path below `v3`.
    pub(super) fn url(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path(&format!("{}{path}", self.url.path()));
        url
    }

    pub(super) async fn exchange(
        &self,
        mut request: reqwest::Request,
    ) -> Result<IdentityResponse, CredentialsError> {
        *request.timeout_mut() = Some(TIMEOUT);
        let headers = request.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, AGENT);
        let response = self.client.execute(request).await;
        let mut response = response.map_err(|error| self.broken(&error))?;
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        let limit = if status.is_success() { RESPONSE_LIMIT } else { ERROR_LIMIT };
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.broken(&error))? {
            if body.len() + chunk.len() > limit {
                let status = of_status(status);
                let reason = format!("returned {status} with more than {limit} bytes");
                return Err(self.failed(&reason));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(IdentityResponse { status, headers, body })
    }

    /// The error for an error status. `is_by_id` is whether the request contains an ID of credentials, and `signed_at`
    /// the time of its signature.
    pub(super) fn rejected(
        &self,
        response: &IdentityResponse,
        is_by_id: bool,
        sent: &Sent,
        signed_at: Option<DateTime<Utc>>,
    ) -> CredentialsError {
        let IdentityResponse { status, headers, body } = response;
        let error_body = ErrorBody::read(body);
        // With an error of Keystone in the body, a 404 means an unknown ID, not an unknown path.
        let is_unknown = is_by_id
            && *status == StatusCode::NOT_FOUND
            && error_body.code.as_deref() == Some("404");
        // The gateway was observed to throttle with other statuses.
        let is_throttled = *status == StatusCode::TOO_MANY_REQUESTS || is_throttling(body);
        let is_rejection = !is_throttled
            && (is_unknown || [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(status));
        let is_transient = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS]
            .contains(status)
            || status.is_server_error();
        let message = match error_body.message {
            // The message may contain secrets of the request.
            Some(message) => one_line(&sent.left_out_of(message)),
            None if status.is_redirection() => "redirects are not followed".to_owned(),
            None => match said_by_page(body, sent) {
                Some(text) => format!("unrecognized error response; body {text}"),
                None => "unrecognized error response; empty body".to_owned(),
            },
        };
        let verb = if is_rejection { "rejected the credentials" } else { "failed" };
        let clock = signed_at.and_then(|now| clock_difference(headers, now));
        let clock = clock.map(|clock| format!("; {clock}")).unwrap_or_default();
        let error = self.failed(&format!("{verb}: {}: {message}{clock}", of_status(*status)));
        let error = match (is_rejection, is_transient) {
            (true, _) => error.rejected(),
            _ if is_throttled => error.throttled(),
            (_, true) => error.transient(),
            _ => error,
        };
        match requested_delay(headers, None) {
            Some(delay) if error.is_transient() => error.retry_after(delay),
            _ => error,
        }
    }

    fn broken(&self, error: &reqwest::Error) -> CredentialsError {
        let reason = match error {
            error if error.is_connect() => "can't be reached",
            error if error.is_timeout() => "did not respond in time",
            _ => "closed the connection",
        };
        let cause = innermost(error).map(|cause| format!(": {}", one_line(&cause)));
        let failure = self.failed(&format!("{reason}{}", cause.unwrap_or_default()));
        if is_permanent(error) { failure } else { failure.transient() }
    }

    pub(super) fn failed(&self, reason: &str) -> CredentialsError {
        let at = self.url.origin().ascii_serialization();
        CredentialsError::new(format!("the identity service at {at} {reason}"))
    }
}

/// The project and the endpoints of credentials.
#[derive(Default)]
pub(crate) struct Grant {
    /// The ID of the project.
    pub(crate) project_id: Option<String>,
    /// Whether the token is certainly not scoped to a project.
    pub(crate) is_unscoped: bool,
    /// The endpoints of the service with the requested interface.
    pub(crate) endpoints: Vec<Endpoint>,
    /// The requested interface, and the interfaces of other endpoints of the service.
    pub(crate) interface: String,
    pub(crate) other_interfaces: Vec<String>,
    /// The types of all services in the catalog.
    pub(crate) services: Vec<String>,
}

pub(crate) struct Endpoint {
    /// IDs, and names in older responses.
    pub(crate) regions: Vec<String>,
    pub(crate) url: String,
}

impl Grant {
    /// Reads a response leniently.
    pub(super) fn read(token: &Value, interface: &str) -> Self {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let items = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let (mut endpoints, mut services) = (Vec::new(), Vec::new());
        let mut other_interfaces = Vec::new();
        for entry in items(&token["catalog"]) {
            services.extend(text(&entry["type"]));
            if entry["type"] != service::SERVICE_TYPE {
                continue;
            }
            for endpoint in items(&entry["endpoints"]) {
                let Some(url) = text(&endpoint["url"]) else { continue };
                if endpoint["interface"] == interface {
                    let mut regions: Vec<String> = ["region_id", "region"]
                        .iter()
                        .filter_map(|key| text(&endpoint[*key]))
                        .collect();
                    regions.dedup();
                    endpoints.push(Endpoint { regions, url });
                } else if let Some(other) = text(&endpoint["interface"])
                    && !other_interfaces.contains(&other)
                {
                    other_interfaces.push(other);
                }
            }
        }
        Self {
            project_id: text(&token["project"]["id"]),
            // A response without a user may have been reduced by a proxy.
            is_unscoped: token["user"].is_object() && token["project"].is_null(),
            endpoints,
            interface: interface.to_owned(),
            other_interfaces,
            services,
        }
    }
}
