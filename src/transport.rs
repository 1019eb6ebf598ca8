//! The HTTP client, with the policy that keeps secrets from other hosts.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::redirect::Policy;
use reqwest::{ClientBuilder, Url};

use crate::error::cause::innermost;
use crate::error::one_line;
use crate::validation::{ValidationError, quoted};

/// The default timeout for a connection.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Less than the idle timeout of servers, which can be 5 seconds: a PUT on a connection that the server is closing
/// fails, and may have been applied.
const IDLE_TIMEOUT: Duration = Duration::from_secs(3);
/// More than the defaults, 100 headers and 16 KiB: a token of the identity service with a long catalog is a header
/// of 20 KiB and more.
const MOST_HEADERS: usize = 1_000;
const LONGEST_HEADERS: u32 = 1 << 18;
/// The variables with a proxy for `https`, as in reqwest. In each pair, the first one that is set takes precedence, even
/// if it is empty, and the second pair is used if the first one has no value.
const PROXIES: [[&str; 2]; 2] = [["HTTPS_PROXY", "https_proxy"], ["ALL_PROXY", "all_proxy"]];

/// An HTTP client with custom settings, such as a proxy, certificates or default headers.
///
/// Clones share connections, even between several [`Client`](crate::Client)s with the same
/// [`connect_timeout`](crate::ClientBuilder::connect_timeout). These settings can't be changed:
/// redirects are not followed, since they would send credentials to another host; requests are not retried, except by
/// [`Retry`](crate::Retry); and no proxy is used for `http`, which is allowed only for loopback addresses. SOCKS proxies require
/// the feature `socks` of `reqwest`. If `Host`
/// is set as a default header, it is sent, but not signed.
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
    /// Whether the caller may have set a proxy, which takes precedence over the variables.
    may_have_proxy: bool,
    /// One client for `https` and one for `http`, which have different proxies, for each connect timeout.
    clients: Mutex<HashMap<(bool, Duration), reqwest::Client>>,
}

impl HttpClient {
    /// Creates an HTTP client that a function configures. The function may be called several times: for `https` and
    /// `http`, and for each connect timeout. A connect timeout that it sets takes precedence.
    ///
    /// The variables with a proxy (such as `HTTPS_PROXY`) are not validated, since the function may set another one.
    /// reqwest ignores invalid ones.
    pub fn new(configure: impl Fn(ClientBuilder) -> ClientBuilder + Send + Sync + 'static) -> Self {
        Self::made(Box::new(configure), true)
    }

    fn made(
        configure: Box<dyn Fn(ClientBuilder) -> ClientBuilder + Send + Sync>,
        may_have_proxy: bool,
    ) -> Self {
        Self(Arc::new(Shared { configure, may_have_proxy, clients: Mutex::default() }))
    }

    /// Trusts further root certificates in PEM format.
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
    /// Returns an error if there is no certificate in PEM format. A certificate with invalid content is an error when
    /// the client is built.
    #[cfg(any(feature = "rustls", feature = "rustls-no-provider"))]
    pub fn root_certificates(self, pem: impl AsRef<[u8]>) -> Result<Self, ValidationError> {
        let roots = reqwest::Certificate::from_pem_bundle(pem.as_ref()).unwrap_or_default();
        if roots.is_empty() {
            return Err(ValidationError::new("contains no valid certificate in PEM format"));
        }
        let may_have_proxy = self.0.may_have_proxy;
        let configure = move |settings| (self.0.configure)(settings).tls_certs_merge(roots.clone());
        Ok(Self::made(Box::new(configure), may_have_proxy))
    }

    /// Returns the client for a URL.
    pub(crate) fn for_address(
        &self,
        address: &Url,
        connect_timeout: Duration,
    ) -> Result<reqwest::Client, ValidationError> {
        #[cfg(all(feature = "rustls-no-provider", not(feature = "rustls")))]
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            return Err(ValidationError::new(
                "no crypto provider for TLS is installed: install one of rustls, or enable the feature \
                 `rustls`",
            )
            .at("http_client"));
        }
        let is_plain = address.scheme() == "http";
        let mut clients = self.0.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (is_plain, connect_timeout);
        if let Some(client) = clients.get(&key) {
            return Ok(client.clone());
        }
        if !is_plain && !self.0.may_have_proxy {
            check_proxy(|name| std::env::var(name).ok())?;
        }
        let defaults = reqwest::Client::builder()
            .pool_idle_timeout(IDLE_TIMEOUT)
            .http1_max_headers(MOST_HEADERS)
            .http2_max_header_list_size(LONGEST_HEADERS)
            .connect_timeout(connect_timeout);
        let settings =
            (self.0.configure)(defaults).redirect(Policy::none()).retry(reqwest::retry::never());
        let settings = if is_plain { without_tls(settings.no_proxy()) } else { settings };
        let client = settings.build().map_err(|error| {
            let cause = innermost(&error).unwrap_or_else(|| error.to_string());
            let reason = format!("invalid settings: {}", one_line(&cause));
            ValidationError::new(reason).at("http_client")
        })?;
        clients.insert(key, client.clone());
        Ok(client)
    }
}

/// An HTTP client with default settings.
impl Default for HttpClient {
    fn default() -> Self {
        Self::made(Box::new(|settings| settings), false)
    }
}

/// Omits the settings, which may contain secrets.
impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClient").finish_non_exhaustive()
    }
}

/// Plain `http` needs no certificates, and the system may have none.
#[cfg(any(feature = "rustls", feature = "rustls-no-provider"))]
fn without_tls(settings: ClientBuilder) -> ClientBuilder {
    settings.tls_certs_only([])
}

#[cfg(not(any(feature = "rustls", feature = "rustls-no-provider")))]
fn without_tls(settings: ClientBuilder) -> ClientBuilder {
    settings
}

/// Rejects an invalid proxy, with which requests and tokens would be sent without a proxy.
fn check_proxy(variable: impl Fn(&str) -> Option<String>) -> Result<(), ValidationError> {
    let set =
        |names: [&'static str; 2]| names.into_iter().find_map(|name| Some((name, variable(name)?)));
    let mut proxies = PROXIES.into_iter().filter_map(set);
    let Some((name, proxy)) = proxies.find(|(_, proxy)| !proxy.is_empty()) else {
        return Ok(());
    };
    // The URL may contain a password.
    let reason = "not a valid URL of a proxy: use http://host:port, without quotes and spaces, and with special \
                  characters of a password percent-encoded";
    if is_proxy(&proxy) { Ok(()) } else { Err(ValidationError::new(reason).at(name)) }
}

/// Whether reqwest uses this proxy. It ignores an invalid one.
fn is_proxy(proxy: &str) -> bool {
    let matcher = Matcher::builder().https(proxy).build();
    let found = matcher.intercept(&http::Uri::from_static("https://host"));
    found.is_some_and(|found| {
        let authority = found.uri().authority().map(http::uri::Authority::as_str);
        // The matcher accepts some hosts and ports that can't be connected to.
        let is_host = |host: &str| format!("http://{host}").parse::<Url>().is_ok();
        authority.is_some_and(|host| is_host(host) && !host.contains('%'))
    })
}

/// Validates a URL to which secrets can be sent.
pub(crate) fn checked(address: &str) -> Result<Url, ValidationError> {
    let invalid = |reason: String| ValidationError::new(reason);
    let url: Url = address.parse().map_err(|error| {
        invalid(format!("{} is not a valid URL: {error}", quoted(&shown(address))))
    })?;
    // The URL may contain a password, and is not part of the following messages.
    if !url.username().is_empty() || url.password().is_some() {
        return Err(invalid("contains a user or a password: remove them".into()));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(invalid("contains a query or a fragment: remove it".into()));
    }
    match (url.scheme(), is_loopback(&url)) {
        ("https", _) | ("http", true) => Ok(url),
        ("http", false) => {
            Err(invalid("http is allowed only for loopback addresses: use https".into()))
        }
        (scheme, _) => Err(invalid(format!("the scheme {scheme} is not supported: use https"))),
    }
}

/// An invalid URL without user, password and query.
fn shown(address: &str) -> String {
    let address = address.replace("%40", "@");
    let (before, query) = address.split_at(address.find(['?', '#']).unwrap_or(address.len()));
    // The `?` or `#` may be part of a password, or the `@` part of the query.
    if query.contains('@') {
        return match address.split_once("://") {
            Some((scheme, _)) if !scheme.contains(['@', '?', '#']) => {
                format!("{scheme}://[secret]")
            }
            _ => "[secret]".to_owned(),
        };
    }
    let query = if query.is_empty() { "" } else { "?[secret]" };
    match before.rsplit_once('@') {
        Some((_, rest)) => format!("[secret]@{rest}{query}"),
        None => format!("{before}{query}"),
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
    fn invalid_proxy_is_reported() {
        let check = |variables: &[(&str, &str)]| {
            check_proxy(|name| {
                variables.iter().find(|(it, _)| *it == name).map(|(_, value)| (*value).to_owned())
            })
        };
        for proxy in [
            "",
            "proxy:3128",
            "http://proxy:3128",
            "https://u:p@proxy",
            "socks5h://proxy:1080",
            "10.0.0.1",
            "HTTP://proxy:3128/",
            "user:p%5Ess@proxy:3128",
            "http://u:it's@proxy:3128",
            "http://[::1]:3128",
        ] {
            assert!(check(&[("HTTPS_PROXY", proxy)]).is_ok(), "{proxy}");
        }
        for proxy in [
            "\"http://proxy:3128\"",
            "'http://proxy:3128'",
            " ",
            "http://proxy:3128 ",
            "htp://proxy:3128",
            "http://",
            "http://canary:canary@proxy:99999",
            "ftp://proxy",
            "proxy:3128/",
            "canary:canary@proxy:3128/",
            "//proxy:3128",
            "http:///proxy:3128",
            "http:/proxy:3128",
            "SOCKS5://proxy:1080",
            "http://user:cana^ry@proxy:3128",
            "http://user:canaryü@proxy:3128",
            "http://pro%78y:3128",
            "http://pröxy:3128",
        ] {
            for name in PROXIES.concat() {
                let error = check(&[(name, proxy)]).unwrap_err().to_string();
                assert!(
                    error.starts_with(&format!("{name}: not a valid URL of a proxy")),
                    "{error}"
                );
                assert!(!error.contains("canary"), "{error}");
            }
            // The first variable that is set takes precedence.
            assert!(check(&[("HTTPS_PROXY", "proxy"), ("ALL_PROXY", proxy)]).is_ok());
            assert!(check(&[("HTTPS_PROXY", ""), ("https_proxy", proxy)]).is_ok());
            assert!(check(&[("HTTPS_PROXY", ""), ("ALL_PROXY", proxy)]).is_err());
        }
    }

    #[test]
    #[cfg(feature = "rustls")]
    fn clients_with_the_same_connect_timeout_are_shared() {
        use std::sync::atomic::{AtomicUsize, Ordering};

        let count = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&count);
        let client = HttpClient::new(move |settings| {
            counter.fetch_add(1, Ordering::Relaxed);
            settings
        });
        let address = "http://127.0.0.1:1".parse().unwrap();
        for (seconds, made) in [(1, 1), (1, 1), (2, 2), (1, 2)] {
            client.clone().for_address(&address, Duration::from_secs(seconds)).unwrap();
            assert_eq!(count.load(Ordering::Relaxed), made);
        }
    }

    #[test]
    fn invalid_url_is_shown_without_secrets() {
        for (address, expected) in [
            ("https://h:99999/v3", "https://h:99999/v3"),
            ("https://u:canary@h:99999", "[secret]@h:99999"),
            ("https://u:canary%40h:99999", "[secret]@h:99999"),
            ("https://u:c@nary@h:99999", "[secret]@h:99999"),
            ("https://h:99999/?token=canary", "https://h:99999/?[secret]"),
            ("https://u:canary@h:99999/?token=canary", "[secret]@h:99999/?[secret]"),
            ("https://h:99999/#canary@x", "https://[secret]"),
            ("https://u:cana#ry@h:99999", "https://[secret]"),
            ("https://u:cana?ry@h:99999/?a=canary", "https://[secret]"),
            ("https://h:99999/?user=a%40canary&token=canary", "https://[secret]"),
            ("canary?canary@h://x", "[secret]"),
        ] {
            let error = checked(address).unwrap_err().to_string();
            assert!(error.starts_with(&format!("\"{expected}\" is not a valid URL: ")), "{error}");
        }
    }

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
