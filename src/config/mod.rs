//! The settings of a client.

#[cfg(feature = "keystone")]
mod discover;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use reqwest::Url;

use crate::client::{Client, Settings};
use crate::clock::{Clock, SystemClock};
use crate::credentials::Credentials;
use crate::error::Error;
use crate::generated::{ProjectId, service};
use crate::retry::Retry;
use crate::transport::{CONNECT_TIMEOUT, HttpClient, checked};
use crate::validation::{ValidationError, Violations, quoted};

const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);
const TIMEOUT: Duration = Duration::from_secs(120);
/// A page of 100 log entries is about 100 KiB.
const RESPONSE_LIMIT: usize = 16 << 20;

/// A builder of a [`Client`], returned by [`Client::builder`].
///
/// A client requires credentials, a project, and either a region or an endpoint. [`Credentials::from_env`] can provide
/// region, endpoint and project, and `discover` can look up endpoint and project (feature `keystone`).
///
/// ```
/// use std::time::Duration;
///
/// use otc_autoscaling::{AccessKey, Client, HttpClient, Retry};
///
/// let client = Client::builder()
///     .region("eu-de")
///     .project_id("edcb94a885a84ed3a3fdf8ea4d2741da")
///     .credentials(AccessKey::new("access-key", "secret key"))
///     .user_agent("fleet-manager/1.4")
///     .timeout(Duration::from_secs(60))
///     .retry(Retry::default().attempts(3))
///     .http_client(HttpClient::new(|settings| settings.https_only(true)))
///     .build()?;
/// # Ok::<(), otc_autoscaling::Error>(())
/// ```
#[derive(Clone, Default)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder {
    region: Option<String>,
    endpoint: Option<String>,
    project_id: Option<String>,
    project_name: Option<String>,
    #[cfg(feature = "keystone")]
    auth_url: Option<String>,
    credentials: Option<Credentials>,
    connect_timeout: Option<Duration>,
    attempt_timeout: Option<Duration>,
    timeout: Option<Duration>,
    retry: Retry,
    response_limit: Option<usize>,
    user_agent: Option<String>,
    http_client: Option<HttpClient>,
    clock: Option<Arc<dyn Clock>>,
    #[cfg(feature = "mock")]
    mock: Option<crate::mock::MockService>,
}

impl Client {
    /// Returns a builder for configuring a `Client`.
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
}

impl ClientBuilder {
    /// Sets the region, such as `eu-de`. Requests are sent to its public endpoint.
    ///
    /// [`build`](Self::build) rejects an unknown region, and lists the known ones. For another region, set the
    /// [`endpoint`](Self::endpoint).
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// Sets the endpoint. It can't be combined with [`region`](Self::region), which determines the
    /// endpoint.
    ///
    /// The scheme must be `https`; `http` is allowed only for loopback addresses and `localhost`. A version and a
    /// project in the path, as in the catalog of the identity service (`/autoscaling-api/v1/{project_id}`), are
    /// ignored.
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    /// Sets the ID of the project for all calls.
    pub fn project_id(mut self, project_id: impl Into<String>) -> Self {
        self.project_id = Some(project_id.into());
        self
    }

    /// Sets the name of the project. If the credentials are an access key, [`discover`](Self::discover) looks up the ID
    /// of the project by this name.
    ///
    /// The default is the name of the region, which is also the name of its default project.
    #[cfg(feature = "keystone")]
    #[cfg_attr(docsrs, doc(cfg(feature = "keystone")))]
    pub fn project_name(mut self, name: impl Into<String>) -> Self {
        self.project_name = Some(name.into());
        self
    }

    /// Sets the URL of the identity service for [`discover`](Self::discover) with a token or an access key, with or
    /// without `/v3` at the end. The default is the identity service of the region.
    #[cfg(feature = "keystone")]
    #[cfg_attr(docsrs, doc(cfg(feature = "keystone")))]
    pub fn auth_url(mut self, url: impl Into<String>) -> Self {
        self.auth_url = Some(url.into());
        self
    }

    /// Sets the credentials: [`Credentials`], or a type that converts to them, such as
    /// [`AccessKey`](crate::AccessKey).
    pub fn credentials(mut self, credentials: impl Into<Credentials>) -> Self {
        self.credentials = Some(credentials.into());
        self
    }

    /// Sets the timeout for establishing a connection, which must be greater than zero and less than the
    /// [`attempt_timeout`](Self::attempt_timeout). The default is 10 seconds, or half of the attempt timeout if that is
    /// less.
    ///
    /// A connect timeout that is set in [`HttpClient::new`] takes precedence.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// Sets the timeout for one attempt, including the request for a token and the body of the response. It must be
    /// greater than zero. The default is 30 seconds.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = Some(timeout);
        self
    }

    /// Sets the timeout for a call, including all attempts and the delays between them. It must be greater than zero.
    /// The default is 120 seconds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets the retry policy.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Sets the maximum size of the body of a response, in bytes. It must be greater than zero. The default is 16 MiB.
    ///
    /// If the body of a successful response is longer, the call fails. The body of an error response is truncated to
    /// this size or to 1 MiB, whichever is smaller.
    pub fn response_limit(mut self, bytes: usize) -> Self {
        self.response_limit = Some(bytes);
        self
    }

    /// Sets the clock, for tests. The default is the clock of the system and the timer of Tokio.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Sets the name of the calling program, which precedes the name of this crate in `User-Agent`.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Sets the HTTP client, for a proxy or certificates, or to share connections with other clients.
    pub fn http_client(mut self, client: HttpClient) -> Self {
        self.http_client = Some(client);
        self
    }

    /// Sends requests to a mock service instead of the network. Requests for tokens, such as those of `Keystone`, are
    /// still sent to the identity service.
    #[cfg(feature = "mock")]
    #[cfg_attr(docsrs, doc(cfg(feature = "mock")))]
    pub fn mock(mut self, service: &crate::mock::MockService) -> Self {
        self.mock = Some(service.clone());
        self
    }

    /// Builds the client. No request is sent.
    ///
    /// # Errors
    ///
    /// Returns an error if settings are missing, invalid or contradictory. [`Error::violations`] lists all of them.
    /// The proxy and the settings of the HTTP client are validated last, if all others are valid.
    pub fn build(self) -> Result<Client, Error> {
        self.completed().built()
    }

    /// Builds the client from completed settings.
    fn built(self) -> Result<Client, Error> {
        let mut wrong = self.wrong();
        let project_id = match &self.project_id {
            Some(project_id) => ProjectId::try_from(project_id.as_str()),
            None => Err(self.without_project()),
        };
        let endpoint = self.address();
        let user_agent = self.agent();
        let project_id = project_id.map_err(|error| wrong.add(self.place(error, "project_id")));
        let endpoint = endpoint.map_err(|error| wrong.add(error));
        let user_agent = user_agent.map_err(|error| wrong.add(error.at("user_agent")));
        let (Ok(project_id), Ok(endpoint), Ok(user_agent), Some(credentials), true) =
            (project_id, endpoint, user_agent, self.credentials.clone(), wrong.is_empty())
        else {
            return Err(Error::settings(wrong.into_error()));
        };

        let attempt_timeout = self.attempt_timeout.unwrap_or(ATTEMPT_TIMEOUT);
        // Less than the timeout of an attempt, since a failed connection can be retried safely.
        let connect_timeout =
            self.connect_timeout.unwrap_or(CONNECT_TIMEOUT.min(attempt_timeout / 2));
        let client = self
            .http_client
            .unwrap_or_default()
            .for_address(&endpoint, connect_timeout)
            .map_err(Error::settings)?;
        Ok(Client {
            baseurl: endpoint.as_str().trim_end_matches('/').into(),
            client,
            settings: Arc::new(Settings {
                project_id: project_id.into(),
                credentials,
                user_agent,
                clock: self.clock.unwrap_or_else(|| Arc::new(SystemClock)),
                timeout: self.timeout.unwrap_or(TIMEOUT),
                attempt_timeout,
                response_limit: self.response_limit.unwrap_or(RESPONSE_LIMIT),
                #[cfg(feature = "mock")]
                mock: self.mock,
            }),
            retry: self.retry,
            checks_rules: true,
        })
    }

    /// Applies the settings that the credentials provide, unless they are set.
    fn completed(mut self) -> Self {
        let Some(credentials) = &mut self.credentials else { return self };
        // An explicit setting is not one of the source of the credentials, even if it has the same value.
        if self.region.is_some() {
            credentials.defaults.region = None;
        }
        if self.endpoint.is_some() {
            credentials.defaults.endpoint = None;
        }
        if self.project_id.is_some() {
            credentials.defaults.project_id = None;
        }
        #[cfg(feature = "keystone")]
        if self.auth_url.is_some() {
            credentials.defaults.auth_url = None;
        }
        let defaults = credentials.defaults.clone();
        self.http_client = self.http_client.or(defaults.http_client);
        if self.project_id.is_none() && self.project_name.is_none() {
            self.project_id = defaults.project_id;
            self.project_name = defaults.project_name;
        }
        if self.region.is_none() && self.endpoint.is_none() {
            self.endpoint = defaults.endpoint;
            if self.endpoint.is_none() {
                self.region = defaults.region;
            }
        }
        #[cfg(feature = "keystone")]
        {
            self.auth_url = self.auth_url.or(defaults.auth_url);
        }
        self
    }

    /// The violations of settings that do not depend on others.
    fn wrong(&self) -> Violations {
        let mut wrong = Violations::default();
        let mut check = |setting: &str, outcome: Result<(), ValidationError>| {
            if let Err(error) = outcome {
                wrong.add(error.at(setting));
            }
        };
        check(
            "credentials",
            match &self.credentials {
                Some(credentials) => credentials.check(),
                None => Err(ValidationError::new(
                    "required: use, for example, Credentials::token or Credentials::from_env",
                )),
            },
        );
        for (setting, is_zero) in [
            ("connect_timeout", self.connect_timeout == Some(Duration::ZERO)),
            ("attempt_timeout", self.attempt_timeout == Some(Duration::ZERO)),
            ("timeout", self.timeout == Some(Duration::ZERO)),
            ("response_limit", self.response_limit == Some(0)),
        ] {
            let more = || ValidationError::new("must be greater than zero");
            check(setting, if is_zero { Err(more()) } else { Ok(()) });
        }
        if self.connect_timeout >= Some(self.attempt_timeout.unwrap_or(ATTEMPT_TIMEOUT)) {
            let reason = "must be less than attempt_timeout, to leave time for the request";
            check("connect_timeout", Err(ValidationError::new(reason)));
        }
        check("retry", self.retry.check());
        wrong
    }

    fn address(&self) -> Result<Url, ValidationError> {
        match (&self.region, &self.endpoint) {
            (Some(_), Some(_)) => {
                Err(ValidationError::new("can't be combined with region: set only one of them")
                    .at("endpoint"))
            }
            (None, None) => {
                let regions = service::REGIONS.join(" or ");
                let reason = format!("required: use {regions}, or set an endpoint{}", self.hint());
                Err(self.place(ValidationError::new(reason), "region"))
            }
            (Some(region), None) if !service::REGIONS.contains(&region.as_str()) => {
                let reason = format!(
                    "{} is not one of {}: for another region, set its endpoint",
                    quoted(region),
                    service::REGIONS.join(", ")
                );
                Err(self.place(ValidationError::new(reason), "region"))
            }
            (Some(region), None) => checked(&service::URL.replace("{region}", region))
                .map_err(|error| error.at("endpoint")),
            (None, Some(endpoint)) => checked(endpoint)
                .map(without_operations)
                .map_err(|error| self.place(error, "endpoint")),
        }
    }

    /// Locates an error at a setting, by its name in the source of the credentials if they provide its value or if it
    /// is missing.
    fn place(&self, error: ValidationError, setting: &str) -> ValidationError {
        let Some(Credentials { defaults, .. }) = &self.credentials else {
            return error.at(setting);
        };
        let (value, default, key) = match setting {
            "region" => (&self.region, &defaults.region, "region_name"),
            "endpoint" => (&self.endpoint, &defaults.endpoint, "endpoint_override"),
            #[cfg(feature = "keystone")]
            "auth_url" => (&self.auth_url, &defaults.auth_url, setting),
            _ => (&self.project_id, &defaults.project_id, setting),
        };
        match &defaults.names {
            Some(names) if value == default => names.place(error, key),
            _ => error.at(setting),
        }
    }

    fn without_project(&self) -> ValidationError {
        let fix = match (&self.project_name, self.hint()) {
            (None, "") => String::new(),
            (None, hint) => format!(": set it{hint}"),
            (Some(name), hint) => {
                format!(": set it to the ID of the project {}{hint}", quoted(name))
            }
        };
        ValidationError::new(format!("required{fix}"))
    }

    /// The fix for a missing setting that can be looked up.
    #[cfg_attr(
        not(feature = "keystone"),
        allow(clippy::unused_self, reason = "only that feature uses the identity service")
    )]
    fn hint(&self) -> &'static str {
        #[cfg(feature = "keystone")]
        if self.check_own().is_ok() && self.can_discover() {
            return ", or call discover() instead of build() to look it up";
        }
        ""
    }

    fn agent(&self) -> Result<HeaderValue, ValidationError> {
        let own = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
        let agent = match &self.user_agent {
            Some(agent) => format!("{agent} {own}"),
            None => own.to_owned(),
        };
        agent
            .parse()
            .map_err(|_| ValidationError::new("contains a character that is invalid in a header"))
    }
}

#[cfg(feature = "mock")]
impl crate::mock::MockService {
    /// Returns a client for this mock service, with an arbitrary project and token, and a delay of one millisecond
    /// between attempts. For other settings, use [`ClientBuilder::mock`].
    ///
    /// # Panics
    ///
    /// Panics with the feature `rustls-no-provider`, if no provider is installed.
    #[must_use]
    pub fn client(&self) -> Client {
        let moment = Duration::from_millis(1);
        let client = Client::builder()
            .endpoint(service::URL.replace("{region}", service::REGIONS[0]))
            .project_id("mock-project")
            .credentials(Credentials::token("mock-token"))
            .retry(Retry::default().backoff(moment, moment).throttle_backoff(moment, moment))
            .mock(self)
            .build();
        client.unwrap_or_else(|error| panic!("{error}"))
    }
}

/// Removes the path of an endpoint in the catalog of the identity service.
fn without_operations(mut address: Url) -> Url {
    let mut kept = String::new();
    for segment in address.path().split('/').skip(1) {
        if service::ROOTS.contains(&segment) {
            address.set_path(&kept);
            break;
        }
        kept.push('/');
        kept.push_str(segment);
    }
    address
}

/// Omits the HTTP client, whose settings may contain secrets.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("region", &self.region)
            .field("project_id", &self.project_id)
            .field("credentials", &self.credentials)
            .field("connect_timeout", &self.connect_timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("timeout", &self.timeout)
            .field("retry", &self.retry)
            .field("response_limit", &self.response_limit)
            .field("user_agent", &self.user_agent)
            .finish_non_exhaustive()
    }
}
