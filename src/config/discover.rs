//! What a client needs, found out by asking the identity service.

use std::sync::Arc;

use super::{ATTEMPT_TIMEOUT, ClientBuilder, TIMEOUT};
use crate::client::Client;
use crate::clock::{Clock, Deadline, SystemClock};
use crate::credentials::{Credentials, Endpoint, Grant, Scoped, another_project};
use crate::error::{Error, one_line};
use crate::generated::service;
use crate::retry::Attempts;
use crate::transport::checked;
use crate::validation::{ValidationError, quoted};

impl ClientBuilder {
    /// Makes the client as [`build`](Self::build) does, and asks the credentials for what was not
    /// given, if they are of the identity service ([`Keystone`](crate::Keystone)): the project is
    /// the token's, and the endpoint is the public one in its catalog, in the region that was given
    /// or in the only one that is there. The token is kept for the calls.
    ///
    /// ```no_run
    /// use otc_autoscaling::{Client, Credentials};
    ///
    /// # async fn example() -> Result<(), otc_autoscaling::Error> {
    /// let client = Client::builder().credentials(Credentials::from_env()?).discover().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`build`](Self::build); when there is no token, which is tried for as
    /// [`Retry`](crate::Retry) says ([`ErrorKind::Credentials`](crate::ErrorKind)); and when the token is for another
    /// project than the one that was given, or its catalog has no endpoint, or several.
    #[cfg_attr(docsrs, doc(cfg(feature = "keystone")))]
    pub async fn discover(self) -> Result<Client, Error> {
        let mut settings = self.completed();
        let scoped = settings.credentials.as_ref().and_then(Credentials::scoped).cloned();
        let Some(scoped) = scoped else { return settings.build() };
        settings.wrong().or(()).map_err(Error::settings)?;
        let grant = settings.grant(&scoped).await?;
        settings.fill(&grant).map_err(Error::settings)?;
        settings.build()
    }

    /// Takes from what was found out what was not given.
    fn fill(&mut self, grant: &Grant) -> Result<(), ValidationError> {
        match (&self.project_id, &grant.project_id) {
            (Some(given), Some(granted)) if given != granted => {
                let reason = another_project(granted, given);
                return Err(ValidationError::new(reason).at("project_id"));
            }
            (None, None) => {
                let reason =
                    "none was given, and the token is for none: name it to the credentials";
                return Err(ValidationError::new(reason).at("project_id"));
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

    /// Has a token fetched, unless one is there, and repeats that as a call would be.
    async fn grant(&self, scoped: &Scoped) -> Result<Arc<Grant>, Error> {
        let clock: Arc<dyn Clock> = self.clock.clone().unwrap_or_else(|| Arc::new(SystemClock));
        let attempt_timeout = self.attempt_timeout.unwrap_or(ATTEMPT_TIMEOUT);
        let timeout = self.timeout.unwrap_or(TIMEOUT);
        let mut attempts = Attempts::begin(self.retry, &clock, timeout, true);
        let mut made = 0;
        loop {
            made += 1;
            let mut deadline = Deadline::after(attempt_timeout.min(attempts.left()), &*clock);
            let error = match deadline.cap(scoped.grant(&clock)).await {
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

/// The address of the service in this region, or in the only one. The paths are the operations' own.
fn origin(grant: &Grant, region: Option<&str>) -> Result<String, ValidationError> {
    let is_meant = |endpoint: &&Endpoint| {
        region.is_none_or(|region| endpoint.regions.iter().any(|name| name == region))
    };
    let mut origins = Vec::new();
    for endpoint in grant.endpoints.iter().filter(is_meant) {
        let url = checked(&endpoint.url).map_err(|error| {
            ValidationError::new(format!("that of the catalog {error}")).at("endpoint")
        })?;
        let origin = url.origin().ascii_serialization();
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    let wrong = match (origins.pop(), origins.is_empty()) {
        (Some(origin), true) => return Ok(origin),
        (Some(_), false) => format!(
            "none was given, and the catalog has several: {}; give the region, or one of them",
            listed(grant)
        ),
        (None, _)
            if grant.endpoints.is_empty()
                && grant.services.iter().any(|it| it == service::SERVICE_TYPE) =>
        {
            let others = one_line(&grant.other_interfaces.join(", "));
            let only = if others.is_empty() { String::new() } else { format!(", only {others}") };
            format!(
                "none was given, and the catalog has no {} endpoint of the type {}{only}; give it",
                grant.interface,
                service::SERVICE_TYPE,
            )
        }
        (None, _) if grant.endpoints.is_empty() => format!(
            "none was given, and the catalog has none of the type {}: it has {}; give it",
            service::SERVICE_TYPE,
            if grant.services.is_empty() {
                "nothing".to_owned()
            } else {
                one_line(&grant.services.join(", "))
            }
        ),
        (None, _) => format!(
            "none was given, and the catalog has none in the region {}: it has {}; give another \
             region, or the endpoint",
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
