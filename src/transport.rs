//! The HTTP client that requests and tokens go through, with the policy that keeps secrets where they
//! belong.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{ClientBuilder, Url};

use crate::validation::{ValidationError, quoted};

/// The default time for making a connection.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Less than the time for which servers keep an idle connection, which is 5 seconds with some: a change
/// that is sent on one that is being closed is lost, and can't be told from one that was applied. A new
/// connection takes less time than finding that out.
const IDLE_TIMEOUT: Duration = Duration::from_secs(3);

/// An HTTP client with settings of the caller's: a proxy, certificates, default headers.
///
/// Its clones share connections, and so do the [`Client`](crate::Client)s that are given one of them.
/// Whatever the settings, it follows no redirects, which would carry the token elsewhere; repeats
/// nothing, since [`Retry`](crate::Retry) decides that; and uses no proxy for plain `http`, which is
/// accepted for loopback only. A header `Host` among the default ones would be sent and not signed.
///
/// ```
/// use otc_autoscaling::{Client, Credentials, HttpClient};
///
/// let proxy = reqwest::Proxy::https("http://proxy.example.com:3128")?;
/// let http_client = HttpClient::new(move |settings| settings.proxy(proxy.clone()));
/// let client = Client::builder()
///     .region("eu-de")
///     .project_id("edcb94a885a84ed3a3fdf8ea4d2741da")
///     .credentials(Credentials::token("gAAAAABk..."))
///     .http_client(http_client)
///     .build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct HttpClient(Arc<Shared>);

struct Shared {
    configure: Box<dyn Fn(ClientBuilder) -> ClientBuilder + Send + Sync>,
    /// For `https`, and for plain `http`: they differ in proxies.
    https: OnceLock<reqwest::Client>,
    http: OnceLock<reqwest::Client>,
}

impl HttpClient {
    /// Makes a client of what the function sets. It may be called twice: for `https` and for `http`.
    pub fn new(configure: impl Fn(ClientBuilder) -> ClientBuilder + Send + Sync + 'static) -> Self {
        let (https, http) = (OnceLock::new(), OnceLock::new());
        Self(Arc::new(Shared { configure: Box::new(configure), https, http }))
    }

    /// Adds root certificates, in PEM, to those that are trusted already.
    ///
    /// ```no_run
    /// use otc_autoscaling::HttpClient;
    ///
    /// let http_client = HttpClient::default().root_certificates(std::fs::read("ca.pem")?)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If there is no certificate in it, or one that can't be read.
    #[cfg(any(feature = "rustls", feature = "rustls-no-provider"))]
    pub fn root_certificates(self, pem: impl AsRef<[u8]>) -> Result<Self, ValidationError> {
        let roots = reqwest::Certificate::from_pem_bundle(pem.as_ref()).unwrap_or_default();
        if roots.is_empty() {
            return Err(ValidationError::new("has no certificate in PEM"));
        }
        Ok(Self::new(move |settings| (self.0.configure)(settings).tls_certs_merge(roots.clone())))
    }

    /// The client for an address.
    pub(crate) fn for_address(
        &self,
        address: &Url,
        connect_timeout: Duration,
    ) -> Result<reqwest::Client, ValidationError> {
        #[cfg(all(feature = "rustls-no-provider", not(feature = "rustls")))]
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            return Err(ValidationError::new(
                "there is no provider of cryptography for TLS: install one of rustls, or turn on the \
                 feature `rustls`",
            ));
        }
        let is_plain = address.scheme() == "http";
        let made = if is_plain { &self.0.http } else { &self.0.https };
        if let Some(made) = made.get() {
            return Ok(made.clone());
        }
        let defaults = reqwest::Client::builder()
            .pool_idle_timeout(IDLE_TIMEOUT)
            .connect_timeout(connect_timeout);
        let settings =
            (self.0.configure)(defaults).redirect(Policy::none()).retry(reqwest::retry::never());
        let settings = if is_plain { settings.no_proxy() } else { settings };
        let client = settings.build().map_err(|error| {
            ValidationError::new(format!("its settings make no HTTP client: {}", causes(&error)))
        })?;
        Ok(made.get_or_init(|| client).clone())
    }
}

/// The client with no settings of the caller's.
impl Default for HttpClient {
    fn default() -> Self {
        Self::new(|settings| settings)
    }
}

/// Says nothing about the settings, which may hold secrets.
impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClient").finish_non_exhaustive()
    }
}

/// An error and its causes, on one line.
fn causes(error: &dyn std::error::Error) -> String {
    let cause = error.source().map(|cause| format!(": {}", causes(cause)));
    format!("{error}{}", cause.unwrap_or_default())
}

/// An address that a secret can be sent to.
pub(crate) fn checked(address: &str) -> Result<Url, ValidationError> {
    let refused = |reason: String| ValidationError::new(reason);
    let url: Url = address
        .parse()
        .map_err(|error| refused(format!("{} is no URL: {error}", quoted(&shown(address)))))?;
    // The address may hold a password, so it is not shown from here on.
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused("holds a user or a password: leave them out".into()));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refused("holds a query or a fragment: leave it out".into()));
    }
    match (url.scheme(), is_loopback(&url)) {
        ("https", _) | ("http", true) => Ok(url),
        ("http", false) => {
            Err(refused("is plain http, which is taken only to this machine: give https://".into()))
        }
        (scheme, _) => Err(refused(format!("begins with {scheme}: give https://"))),
    }
}

/// An address that is no URL, without a user and a password that may stand in it.
fn shown(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((_, rest)) => format!("[secret]@{rest}"),
        None => address.to_owned(),
    }
}

fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_loopback() {
        let url = |text: &str| text.parse::<Url>().unwrap();
        for here in ["http://127.0.0.1:1", "http://[::1]/", "http://localhost:8080", "http://127.1"]
        {
            assert!(is_loopback(&url(here)), "{here}");
        }
        for there in ["http://localhost.example", "http://10.0.0.1", "http://127.0.0.1.example"] {
            assert!(!is_loopback(&url(there)), "{there}");
        }
    }
}
