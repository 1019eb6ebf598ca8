//! Settings of a client that the identity service provides.

use std::sync::Arc;

use super::{ATTEMPT_TIMEOUT, ClientBuilder, TIMEOUT};
use crate::client::Client;
use crate::clock::{Clock, Deadline, SystemClock};
use crate::credentials::{
    Credentials, CredentialsError, Endpoint, Form, Grant, Identity, Lookup, NO_PROJECT, Scoped,
    address_in, another_project, interface,
};
use crate::error::{Error, one_line};
use crate::generated::service;
use crate::retry::Attempts;
use crate::transport::checked;
use crate::validation::{ValidationError, Violations, quoted};

impl ClientBuilder {
    /// Builds the client like [`build`](Self::build), and requests missing settings from the identity service:
    ///
    /// - With [`Keystone`](crate::Keystone) credentials, a token is requested, and cached for the calls of the client.
    ///   The client uses the project to which the token is scoped.
    /// - With a token, the client uses the project to which the token is scoped.
    /// - With an access key, the project is looked up by its [`project_name`](Self::project_name).
    ///
    /// The endpoint is the public endpoint in the catalog for the configured region or, if none is configured, for the
    /// only region of the catalog. With a token or an access key, no request is sent if the project and either the
    /// region or the endpoint are set. With [`Credentials::custom`], nothing is looked up.
    ///
    /// ```no_run
    /// use otc_autoscaling::{AccessKey, Client, Credentials};
    ///
    /// # async fn example() -> Result<(), otc_autoscaling::Error> {
    /// let client = Client::builder().credentials(Credentials::from_env()?).discover().await?;
    ///
    /// let client = Client::builder()
    ///     .region("eu-de")
    ///     .project_name("eu-de_fleet")
    ///     .credentials(AccessKey::new("access-key", "secret key"))
    ///     .discover()
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error
    ///
    /// - in all cases in which [`build`](Self::build) does;
    /// - if the identity service rejects the credentials ([`ErrorKind::Unauthorized`](crate::ErrorKind));
    /// - if the identity service can't be reached or does not respond, after all attempts of the
    ///   [`Retry`](crate::Retry) policy
    ///   ([`ErrorKind::Credentials`](crate::ErrorKind));
    /// - if no project, or more than one, has the configured `project_name` (access key only;
    ///   [`ErrorKind::Credentials`](crate::ErrorKind));
    /// - if the token is not scoped to a project, or is scoped to a project other than the configured one
    ///   ([`ErrorKind::Invalid`](crate::ErrorKind));
    /// - if the catalog has no matching endpoint, or several ([`ErrorKind::Invalid`](crate::ErrorKind)).
    #[cfg_attr(docsrs, doc(cfg(feature = "keystone")))]
    pub async fn discover(self) -> Result<Client, Error> {
        self.check_own().map_err(Error::settings)?;
        let mut settings = self.completed();
        let source = settings.source();
        if !matches!(source, Ok(None)) {
            settings.wrong().or(()).map_err(Error::settings)?;
        }
        let Some(source) = source.map_err(Error::settings)? else { return settings.built() };
        let grant = settings.grant(&source).await?;
        settings.fill(&grant, &source).map_err(Error::settings)?;
        settings.built()
    }

    /// Rejects settings that apply only to a token or an access key.
    pub(super) fn check_own(&self) -> Result<(), ValidationError> {
        let Some(Credentials { defaults, .. }) =
            self.credentials.as_ref().filter(|it| matches!(it.form(), Form::Keystone(_)))
        else {
            return Ok(());
        };
        let mut wrong = Violations::default();
        for (setting, given, default) in [
            ("auth_url", &self.auth_url, &defaults.auth_url),
            ("project_name", &self.project_name, &defaults.project_name),
        ] {
            if given.is_some() && given != default {
                let reason = "can't be combined with Keystone credentials: set it in Keystone";
                wrong.add(ValidationError::new(reason).at(setting));
            }
        }
        wrong.or(())
    }

    /// Whether [`discover`](Self::discover) can provide a missing setting, once the credentials are valid.
    pub(super) fn can_discover(&self) -> bool {
        let form = self.credentials.as_ref().map(Credentials::form);
        matches!(form, Some(Form::Keystone(_))) || matches!(self.source(), Ok(Some(_)))
    }

    /// The lookup of missing settings, if any is missing.
    pub(super) fn source(&self) -> Result<Option<Source>, ValidationError> {
        let Some(credentials) = &self.credentials else { return Ok(None) };
        let is_token = match credentials.form() {
            Form::Keystone(scoped) => return Ok(scoped.clone().map(Source::Login)),
            Form::Token | Form::TokenFromFunction => true,
            Form::AccessKey => false,
            Form::Custom => return Ok(None),
        };
        if self.project_id.is_some() && (self.region.is_some() || self.endpoint.is_some()) {
            return Ok(None);
        }
        let at = |key: &str, reason: &str| ValidationError::new(reason).at(key);
        let address = match (&self.auth_url, &self.region) {
            (Some(address), _) => address.clone(),
            (None, Some(region)) if service::REGIONS.contains(&region.as_str()) => {
                address_in(region)
            }
            _ => {
                let regions = service::REGIONS.join(" or ");
                let reason =
                    format!("required for discover(): set it, or set the region to {regions}");
                return Err(self.place(ValidationError::new(reason), "auth_url"));
            }
        };
        let project_name = match (
            &self.project_id,
            self.project_name.as_ref().or(self.region.as_ref()),
        ) {
            (None, None) if !is_token => {
                let reason = "required: set project_id, project_name, or region (to use its default project)";
                return Err(at("project_id", reason));
            }
            (_, name) => name.cloned().unwrap_or_default(),
        };
        let url = Identity::at(&address).map_err(|error| self.place(error, "auth_url"))?;
        let identity = Identity::new(url, &self.http_client.clone().unwrap_or_default())?;
        let interface = interface(credentials.defaults.interface.as_deref());
        let lookup = Lookup {
            identity,
            credentials: credentials.clone(),
            project_id: self.project_id.clone(),
            project_name,
            interface,
        };
        Ok(Some(if is_token { Source::Token(lookup) } else { Source::AccessKey(lookup) }))
    }

    /// Applies the settings that were found, unless they are set.
    fn fill(&mut self, grant: &Grant, source: &Source) -> Result<(), ValidationError> {
        let at_project = |reason: &str| ValidationError::new(reason).at("project_id");
        match (&self.project_id, &grant.project_id) {
            (Some(given), Some(granted)) if given != granted => {
                return Err(at_project(&another_project(granted, given)));
            }
            (given, None) if given.is_none() || grant.is_unscoped => {
                return Err(at_project(match source {
                    Source::Login(_) => NO_PROJECT,
                    _ => "the token is not scoped to a project: use a project-scoped token",
                }));
            }
            (None, Some(granted)) => self.project_id = Some(granted.clone()),
            _ => {}
        }
        if self.endpoint.is_none() {
            self.endpoint = Some(origin(grant, self.region.as_deref())?);
            self.region = None;
        }
        Ok(())
    }

    /// Sends the lookup, with retries like a call.
    async fn grant(&self, source: &Source) -> Result<Arc<Grant>, Error> {
        let clock: Arc<dyn Clock> = self.clock.clone().unwrap_or_else(|| Arc::new(SystemClock));
        let attempt_timeout = self.attempt_timeout.unwrap_or(ATTEMPT_TIMEOUT);
        let timeout = self.timeout.unwrap_or(TIMEOUT);
        let mut attempts = Attempts::begin(self.retry, &clock, timeout, true);
        let mut made = 0;
        loop {
            made += 1;
            let mut deadline = Deadline::after(attempt_timeout.min(attempts.left()), &*clock);
            let error = match deadline.cap(source.grant(&clock)).await {
                Ok(Ok(grant)) => return Ok(grant),
                Ok(Err(error)) => Error::credentials(None, error),
                Err(elapsed) => Error::no_credentials_in_time(None, &elapsed),
            };
            let error = error.after(made);
            if !attempts.follow(&error).await {
                return Err(error);
            }
        }
    }
}

/// A source of the project and the endpoint.
pub(super) enum Source {
    Login(Arc<Scoped>),
    Token(Lookup),
    AccessKey(Lookup),
}

impl Source {
    async fn grant(&self, clock: &Arc<dyn Clock>) -> Result<Arc<Grant>, CredentialsError> {
        match self {
            Self::Login(scoped) => scoped.grant(clock).await,
            Self::Token(lookup) => lookup.of_token(clock).await.map(Arc::new),
            Self::AccessKey(lookup) => lookup.of_access_key(clock).await.map(Arc::new),
        }
    }
}

/// The endpoint of the service in this region, or in the only one.
fn origin(grant: &Grant, region: Option<&str>) -> Result<String, ValidationError> {
    let is_meant = |endpoint: &&Endpoint| {
        region.is_none_or(|region| endpoint.regions.iter().any(|name| name == region))
    };
    let mut origins = Vec::new();
    for endpoint in grant.endpoints.iter().filter(is_meant) {
        let url = checked(&endpoint.url).map_err(|error| {
            ValidationError::new(format!("invalid endpoint in the catalog: {error}")).at("endpoint")
        })?;
        let origin = url.origin().ascii_serialization();
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    let wrong = match (origins.pop(), origins.is_empty()) {
        (Some(origin), true) => return Ok(origin),
        (Some(_), false) => {
            format!(
                "the catalog has several endpoints ({}): set one of them, or the region",
                listed(grant)
            )
        }
        (None, _)
            if grant.endpoints.is_empty()
                && grant.services.iter().any(|it| it == service::SERVICE_TYPE) =>
        {
            let others = one_line(&grant.other_interfaces.join(", "));
            let only = if others.is_empty() { String::new() } else { format!(" (only {others})") };
            format!(
                "the catalog has no {} endpoint of type {}{only}: set the endpoint",
                grant.interface,
                service::SERVICE_TYPE,
            )
        }
        (None, _) if grant.endpoints.is_empty() => format!(
            "the catalog has no endpoint of type {} ({}): set the endpoint",
            service::SERVICE_TYPE,
            if grant.services.is_empty() {
                "it is empty".to_owned()
            } else {
                format!("available types: {}", one_line(&grant.services.join(", ")))
            }
        ),
        (None, _) => format!(
            "the catalog has no endpoint in region {} (available: {}): set the endpoint, or another region",
            quoted(region.unwrap_or_default()),
            listed(grant)
        ),
    };
    Err(ValidationError::new(wrong).at("endpoint"))
}

fn listed(grant: &Grant) -> String {
    let endpoints = grant.endpoints.iter().map(|endpoint| {
        format!("{} in {}", quoted(&endpoint.url), quoted(&endpoint.regions.join(" or ")))
    });
    endpoints.collect::<Vec<_>>().join(", ")
}
