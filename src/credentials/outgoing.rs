//! A request for authentication.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::CredentialsError;
use crate::clock::Clock;

/// A request that [`Authorize::authorize`](super::Authorize::authorize) authenticates. All parts can be read, and
/// headers can be set.
pub struct OutgoingRequest<'a> {
    request: &'a mut reqwest::Request,
    project_id: &'a str,
    clock: &'a Arc<dyn Clock>,
}

impl<'a> OutgoingRequest<'a> {
    pub(crate) fn new(
        request: &'a mut reqwest::Request,
        project_id: &'a str,
        clock: &'a Arc<dyn Clock>,
    ) -> Self {
        Self { request, project_id, clock }
    }

    /// Returns the method.
    #[must_use]
    pub fn method(&self) -> &Method {
        self.request.method()
    }

    /// Returns the value of the header `Host`: the host, and the port unless it is the default port of the scheme.
    #[must_use]
    pub fn host(&self) -> String {
        let url = self.request.url();
        let host = url.host_str().unwrap_or_default();
        url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Returns the percent-encoded path.
    #[must_use]
    pub fn path(&self) -> &str {
        self.request.url().path()
    }

    /// Returns the percent-encoded query, without the question mark.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.request.url().query()
    }

    /// Returns the headers, without `Host` and `Content-Length`, which the HTTP client adds.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.request.headers()
    }

    /// Returns the body, which is empty if there is none.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default()
    }

    /// Returns the ID of the project.
    #[must_use]
    pub fn project_id(&self) -> &str {
        self.project_id
    }

    /// Returns the date and time of the client's clock.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    pub(crate) fn clock(&self) -> &'a Arc<dyn Clock> {
        self.clock
    }

    /// Sets a header.
    ///
    /// # Errors
    ///
    /// Returns an error if the name or the value is invalid.
    pub fn set_header(&mut self, name: &str, value: &str) -> Result<(), CredentialsError> {
        self.set(name, value, false)
    }

    /// Sets a header with a secret value. The value is omitted from `Debug` output, errors and logs, and HTTP/2 header
    /// compression does not store it.
    ///
    /// # Errors
    ///
    /// Returns an error without the value if the name or the value is invalid.
    pub fn set_secret_header(&mut self, name: &str, value: &str) -> Result<(), CredentialsError> {
        self.set(name, value, true)
    }

    fn set(&mut self, name: &str, value: &str, is_secret: bool) -> Result<(), CredentialsError> {
        let name: HeaderName = name.parse().map_err(|_| {
            CredentialsError::new(format!("{name:?} is not a valid name of a header"))
        })?;
        let mut value = HeaderValue::from_str(value).map_err(|_| {
            CredentialsError::new(format!("the value of {name} contains an invalid character"))
        })?;
        value.set_sensitive(is_secret);
        self.request.headers_mut().insert(name, value);
        Ok(())
    }
}

/// Omits headers and body, which may contain secrets.
impl fmt::Debug for OutgoingRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutgoingRequest")
            .field("method", self.method())
            .field("host", &self.host())
            .field("path", &self.path())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    #[test]
    fn host_is_the_one_of_the_header() {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        for (url, host) in [
            ("https://AS.example.com/v1", "as.example.com"),
            ("https://as.example.com:443/v1", "as.example.com"),
            ("https://as.example.com:8443/v1", "as.example.com:8443"),
            ("http://127.0.0.1:80/", "127.0.0.1"),
            ("http://[::1]:8080/", "[::1]:8080"),
        ] {
            let mut request = reqwest::Request::new(Method::GET, url.parse().unwrap());
            assert_eq!(OutgoingRequest::new(&mut request, "p", &clock).host(), host);
        }
    }
}
