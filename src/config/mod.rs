//! How a client is set up.

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
/// A page of 100 log entries is some 100 KiB.
const RESPONSE_LIMIT: usize = 16 << 20;

/// The settings of a client, from [`Client::builder`]. [`build`](Self::build) checks them.
#[derive(Clone, Default)]
#[must_use = "settings make a client only by `build()`"]
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
}

impl ClientBuilder {
    /// The region, which names the public endpoint: `eu-de`, say. Required, unless an
    /// [`endpoint`](Self::endpoint) is given, or it came with the credentials. The error of
    /// [`build`](Self::build) lists those that the document knows.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// The address of the service in place of a region's public one: `https://`, or `http://` to
    /// this machine (a loopback address, or `localhost`). An address as the identity service's catalog
    /// has it, with version and project, will do.
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    /// The project that holds the groups and policies. Given once, for every call; required, unless
    /// it came with the credentials.
    pub fn project_id(mut self, project_id: impl Into<String>) -> Self {
        self.project_id = Some(project_id.into());
        self
    }

    /// Sets the name of the project, in place of its ID, for an access key: [`discover`](Self::discover) looks up
    /// the ID. By default, it is the name of the region, which is also that of the default project there.
    #[cfg(feature = "keystone")]
    #[cfg_attr(docsrs, doc(cfg(feature = "keystone")))]
    pub fn project_name(mut self, name: impl Into<String>) -> Self {
        self.project_name = Some(name.into());
        self
    }

    /// Sets the address of the identity service in which [`discover`](Self::discover) looks up a token or an
    /// access key, with or without `/v3` at its end. By default, it is the one of the region.
    #[cfg(feature = "keystone")]
    #[cfg_attr(docsrs, doc(cfg(feature = "keystone")))]
    pub fn auth_url(mut self, url: impl Into<String>) -> Self {
        self.auth_url = Some(url.into());
        self
    }

    /// What the service knows the caller by: [`Credentials`], or what they are made of. Required.
    pub fn credentials(mut self, credentials: impl Into<Credentials>) -> Self {
        self.credentials = Some(credentials.into());
        self
    }

    /// How long making a connection may take; 10 seconds when not given, or half of what an attempt
    /// may take, if that is less.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// How long an attempt may take, from fetching a token, where one is needed, to the last byte
    /// of the reply; 30 seconds when not given.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = Some(timeout);
        self
    }

    /// How long a call may take in all, with every attempt and the time between them; 120 seconds
    /// when not given.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// When a failed attempt is followed by another one.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// The largest reply that is read, in bytes; 16 MiB when not given. A success that is larger is
    /// an error. Of an error that is larger, and of one above 1 MiB, the start is kept.
    pub fn response_limit(mut self, bytes: usize) -> Self {
        self.response_limit = Some(bytes);
        self
    }

    /// Where the time comes from, in place of the machine: for tests.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// The name of the calling program, which goes before this crate's own in `User-Agent`.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Sets the HTTP client, for a proxy or certificates, or to share connections with other clients.
    pub fn http_client(mut self, client: HttpClient) -> Self {
        self.http_client = Some(client);
        self
    }

    /// Sends the requests to a double of the service, in place of the network. Credentials that fetch
    /// tokens still fetch them.
    #[cfg(feature = "mock")]
    #[cfg_attr(docsrs, doc(cfg(feature = "mock")))]
    pub fn mock(mut self, service: &crate::mock::MockService) -> Self {
        self.mock = Some(service.clone());
        self
    }

    /// Makes the client.
    ///
    /// # Errors
    ///
    /// When a setting is missing, contradicts another one, or is not what it should be:
    /// [`Error::violations`] names each, and what to give.
    pub fn build(self) -> Result<Client, Error> {
        let settings = self.completed();
        let mut wrong = settings.wrong();
        let project_id = match &settings.project_id {
            Some(project_id) => ProjectId::try_from(project_id.as_str()),
            None => Err(settings.without_project()),
        };
        let endpoint = settings.address();
        let user_agent = settings.agent();
        let project_id = project_id.map_err(|error| wrong.add(error.at("project_id")));
        let endpoint = endpoint.map_err(|error| wrong.add(error));
        let user_agent = user_agent.map_err(|error| wrong.add(error.at("user_agent")));
        let (Ok(project_id), Ok(endpoint), Ok(user_agent), Some(credentials), true) =
            (project_id, endpoint, user_agent, settings.credentials.clone(), wrong.is_empty())
        else {
            return Err(Error::settings(wrong.into_error()));
        };

        let attempt_timeout = settings.attempt_timeout.unwrap_or(ATTEMPT_TIMEOUT);
        // Less than an attempt may take: what could not connect has not reached the service.
        let connect_timeout =
            settings.connect_timeout.unwrap_or(CONNECT_TIMEOUT.min(attempt_timeout / 2));
        let client = settings
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
                clock: settings.clock.unwrap_or_else(|| Arc::new(SystemClock)),
                timeout: settings.timeout.unwrap_or(TIMEOUT),
                attempt_timeout,
                response_limit: settings.response_limit.unwrap_or(RESPONSE_LIMIT),
                #[cfg(feature = "mock")]
                mock: settings.mock,
            }),
            retry: settings.retry,
            checks_rules: true,
        })
    }

    /// Takes over what came with the credentials, where nothing else was given.
    fn completed(mut self) -> Self {
        let Some(credentials) = &self.credentials else { return self };
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

    /// What is wrong with the settings that stand for themselves.
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
                None => Err(ValidationError::new("none were given: Credentials::token, say")),
            },
        );
        for (setting, is_zero) in [
            ("connect_timeout", self.connect_timeout == Some(Duration::ZERO)),
            ("attempt_timeout", self.attempt_timeout == Some(Duration::ZERO)),
            ("timeout", self.timeout == Some(Duration::ZERO)),
            ("response_limit", self.response_limit == Some(0)),
        ] {
            let more = || ValidationError::new("has to be more than zero");
            check(setting, if is_zero { Err(more()) } else { Ok(()) });
        }
        if self.connect_timeout >= Some(self.attempt_timeout.unwrap_or(ATTEMPT_TIMEOUT)) {
            let reason = "leaves no time of attempt_timeout for the request: give less";
            check("connect_timeout", Err(ValidationError::new(reason)));
        }
        if self.connect_timeout.is_some() && self.http_client.is_some() {
            let reason = "was given beside an http_client, which may be shared: set it there";
            check("connect_timeout", Err(ValidationError::new(reason)));
        }
        check("retry", self.retry.check());
        wrong
    }

    fn address(&self) -> Result<Url, ValidationError> {
        match (&self.region, &self.endpoint) {
            (Some(_), Some(_)) => Err(ValidationError::new(
                "was given beside a region, which names another one: give one of the two",
            )
            .at("endpoint")),
            (None, None) => Err(ValidationError::new(format!(
                "none was given: {}; or give an endpoint{}",
                service::REGIONS.join(" or "),
                self.hint()
            ))
            .at("region")),
            (Some(region), None) if !service::REGIONS.contains(&region.as_str()) => {
                Err(ValidationError::new(format!(
                    "{} is not one of {}; for another one, give its endpoint",
                    quoted(region),
                    service::REGIONS.join(", ")
                ))
                .at("region"))
            }
            (Some(region), None) => checked(&service::URL.replace("{region}", region))
                .map_err(|error| error.at("endpoint")),
            (None, Some(endpoint)) => {
                checked(endpoint).map(without_operations).map_err(|error| error.at("endpoint"))
            }
        }
    }

    fn without_project(&self) -> ValidationError {
        let name = self.project_name.as_ref();
        let name = name.map(|name| format!(", only the name {}: give the ID", quoted(name)));
        let name = name.unwrap_or_default();
        ValidationError::new(format!("none was given{name}{}", self.hint()))
    }

    /// Where else what is missing may come from.
    #[cfg_attr(
        not(feature = "keystone"),
        allow(clippy::unused_self, reason = "the identity service is asked by that feature only")
    )]
    fn hint(&self) -> &'static str {
        #[cfg(feature = "keystone")]
        if self.source().is_ok_and(|source| source.is_some()) {
            return "; discover() in place of build() asks the identity service for it";
        }
        ""
    }

    fn agent(&self) -> Result<HeaderValue, ValidationError> {
        let own = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
        let agent = match &self.user_agent {
            Some(agent) => format!("{agent} {own}"),
            None => own.to_owned(),
        };
        agent.parse().map_err(|_| ValidationError::new("holds a character that no header can"))
    }
}

#[cfg(feature = "mock")]
impl crate::mock::MockService {
    /// Makes a client whose requests go to this double, with a project and a token that stand for any.
    /// It waits a millisecond between attempts, or what `Retry-After` says.
    /// [`ClientBuilder::mock`] makes a client with other settings.
    ///
    /// # Panics
    ///
    /// With the feature `rustls-no-provider`, if no provider is installed.
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

/// An address without the paths of operations, with which the identity service's catalog has it.
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

/// All but the credentials, which say nothing, and the HTTP client.
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
