//! A request as credentials see it.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::CredentialsError;
use crate::clock::Clock;

/// A request that is about to be sent, as [`Authorize`](super::Authorize) sees it: all that goes
/// over the wire can be read, and header fields can be set.
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

    /// The method.
    #[must_use]
    pub fn method(&self) -> &Method {
        self.request.method()
    }

    /// Whom it is sent to, as the header `Host` says it: the host, and the port unless it is the
    /// scheme's own.
    #[must_use]
    pub fn host(&self) -> String {
        let url = self.request.url();
        let host = url.host_str().unwrap_or_default();
        url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// The path, percent-encoded as it is sent.
    #[must_use]
    pub fn path(&self) -> &str {
        self.request.url().path()
    }

    /// The query, percent-encoded as it is sent, without its question mark.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.request.url().query()
    }

    /// The header fields that are set so far. What the HTTP client adds is not among them: `Host`
    /// and `Content-Length`.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.request.headers()
    }

    /// The body, byte for byte; empty where there is none.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default()
    }

    /// The project that the client is for.
    #[must_use]
    pub fn project_id(&self) -> &str {
        self.project_id
    }

    /// The time of day, by the client's clock.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    pub(crate) fn clock(&self) -> &'a Arc<dyn Clock> {
        self.clock
    }

    /// Sets a header field, in place of one of this name.
    ///
    /// # Errors
    ///
    /// When no header can have this name or value.
    pub fn set_header(&mut self, name: &str, value: &str) -> Result<(), CredentialsError> {
        self.set(name, value, false)
    }

    /// Sets a header field whose value nothing may print: neither a `Debug` nor a log has it, and
    /// HTTP/2 does not compress it.
    ///
    /// # Errors
    ///
    /// When no header can have this name or value, which is not shown.
    pub fn set_secret_header(&mut self, name: &str, value: &str) -> Result<(), CredentialsError> {
        self.set(name, value, true)
    }

    fn set(&mut self, name: &str, value: &str, is_secret: bool) -> Result<(), CredentialsError> {
        let name: HeaderName = name
            .parse()
            .map_err(|_| CredentialsError::new(format!("{name:?} is no name of a header")))?;
        let mut value = HeaderValue::from_str(value).map_err(|_| {
            CredentialsError::new(format!("a value for {name} has a character that no header can"))
        })?;
        value.set_sensitive(is_secret);
        self.request.headers_mut().insert(name, value);
        Ok(())
    }
}

/// Method, host and path; header fields and body may hold what is nobody's business.
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
