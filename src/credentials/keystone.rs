//! Tokens of the identity service: Keystone v3.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures_core::future::BoxFuture;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method as HttpMethod};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::Value;

use super::environment::Names;
use super::identity::{Grant, Identity, IdentityResponse, TOKEN_HEADER, TOKENS, interface};
use super::token::Cached;
use super::{Authorize, Credentials, CredentialsError, Form, OutgoingRequest, Token};
use crate::clock::Clock;
use crate::error::is_throttling;
use crate::json;
use crate::redact::Sent;
use crate::transport::HttpClient;
use crate::validation::{ValidationError, Violations, quoted};

/// Credentials for the identity service (Keystone v3): a user with a password, or an application credential.
///
/// A token is requested before the first call and cached. It is renewed before it expires, and when the service rejects
/// it. The password is sent only to the URL of the identity service; redirects are not followed.
///
/// The setters are named after the `OS_` variables of OpenStack and the keys of `clouds.yaml`. If both an ID and a name
/// are set, the ID takes precedence.
///
/// ```
/// use otc_autoscaling::{Client, Keystone};
///
/// # async fn example() -> Result<(), otc_autoscaling::Error> {
/// let keystone = Keystone::new("https://iam.eu-de.otc.t-systems.com/v3")
///     .username("scaler")
///     .user_domain_name("OTC-EU-DE-00000000001000000001")
///     .password("its password")
///     .project_name("eu-de_fleet");
/// let client = Client::builder().region("eu-de").credentials(keystone).discover().await?;
/// # Ok(())
/// # }
/// ```
///
/// An application credential belongs to a project, so no project has to be set:
///
/// ```
/// use otc_autoscaling::{Credentials, Keystone};
///
/// let keystone = Keystone::new("https://keystone.example.com:5000")
///     .application_credential_id("21dced0fd20347869b93710d2b98aae0")
///     .application_credential_secret("its secret");
/// assert_eq!(format!("{:?}", Credentials::from(keystone)), "Credentials(Keystone)");
/// ```
#[derive(Clone, Default)]
#[cfg_attr(docsrs, doc(cfg(feature = "keystone")))]
#[must_use = "credentials take effect with `ClientBuilder::credentials`"]
pub struct Keystone {
    auth_url: String,
    user_id: Option<String>,
    username: Option<String>,
    user_domain_id: Option<String>,
    user_domain_name: Option<String>,
    password: Option<SecretString>,
    application_credential_id: Option<String>,
    application_credential_name: Option<String>,
    application_credential_secret: Option<SecretString>,
    project_id: Option<String>,
    project_name: Option<String>,
    project_domain_id: Option<String>,
    project_domain_name: Option<String>,
    interface: Option<String>,
    http_client: Option<HttpClient>,
}

impl Keystone {
    /// Creates credentials for the identity service at a URL, with or without `/v3` at the end.
    ///
    /// The scheme must be `https`; `http` is allowed only for loopback addresses and `localhost`.
    pub fn new(auth_url: impl Into<String>) -> Self {
        Self { auth_url: auth_url.into(), ..Self::default() }
    }

    /// Sets the ID of the user. No domain is required.
    pub fn user_id(mut self, id: impl Into<String>) -> Self {
        self.user_id = Some(id.into());
        self
    }

    /// Sets the name of the user. It requires a domain.
    pub fn username(mut self, name: impl Into<String>) -> Self {
        self.username = Some(name.into());
        self
    }

    /// Sets the ID of the domain of the user.
    pub fn user_domain_id(mut self, id: impl Into<String>) -> Self {
        self.user_domain_id = Some(id.into());
        self
    }

    /// Sets the name of the domain of the user. For Open Telekom Cloud, it begins with `OTC`.
    pub fn user_domain_name(mut self, name: impl Into<String>) -> Self {
        self.user_domain_name = Some(name.into());
        self
    }

    /// Sets the password of the user.
    pub fn password(mut self, password: impl Into<String>) -> Self {
        self.password = Some(password.into().into());
        self
    }

    /// Sets the ID of an application credential. No user is required.
    pub fn application_credential_id(mut self, id: impl Into<String>) -> Self {
        self.application_credential_id = Some(id.into());
        self
    }

    /// Sets the name of an application credential. It requires a user.
    pub fn application_credential_name(mut self, name: impl Into<String>) -> Self {
        self.application_credential_name = Some(name.into());
        self
    }

    /// Sets the secret of the application credential.
    pub fn application_credential_secret(mut self, secret: impl Into<String>) -> Self {
        self.application_credential_secret = Some(secret.into().into());
        self
    }

    /// Sets the ID of the project. The default is the default project of the user.
    pub fn project_id(mut self, id: impl Into<String>) -> Self {
        self.project_id = Some(id.into());
        self
    }

    /// Sets the name of the project.
    pub fn project_name(mut self, name: impl Into<String>) -> Self {
        self.project_name = Some(name.into());
        self
    }

    /// Sets the ID of the domain of the project. The default is the domain of the user.
    pub fn project_domain_id(mut self, id: impl Into<String>) -> Self {
        self.project_domain_id = Some(id.into());
        self
    }

    /// Sets the name of the domain of the project. The default is the domain of the user.
    pub fn project_domain_name(mut self, name: impl Into<String>) -> Self {
        self.project_domain_name = Some(name.into());
        self
    }

    /// Sets the interface of the endpoint for [`ClientBuilder::discover`](crate::ClientBuilder::discover): `public`,
    /// `internal` or `admin`. The default is `public`.
    pub fn interface(mut self, interface: impl Into<String>) -> Self {
        self.interface = Some(interface.into());
        self
    }

    /// Sets the HTTP client for requests to the identity service.
    pub fn http_client(mut self, client: HttpClient) -> Self {
        self.http_client = Some(client);
        self
    }

    /// Sets the setting with this name.
    pub(super) fn set(&mut self, key: &str, value: String) {
        let setting = match key {
            "user_id" => &mut self.user_id,
            "username" => &mut self.username,
            "user_domain_id" => &mut self.user_domain_id,
            "user_domain_name" => &mut self.user_domain_name,
            "application_credential_id" => &mut self.application_credential_id,
            "application_credential_name" => &mut self.application_credential_name,
            "project_id" => &mut self.project_id,
            "project_name" => &mut self.project_name,
            "project_domain_id" => &mut self.project_domain_id,
            "project_domain_name" => &mut self.project_domain_name,
            "interface" => &mut self.interface,
            "password" => {
                self.password = Some(value.into());
                return;
            }
            "application_credential_secret" => {
                self.application_credential_secret = Some(value.into());
                return;
            }
            _ => return,
        };
        *setting = Some(value);
    }

    /// Returns the credentials, or all violations, with these names of the settings.
    pub(super) fn credentials(self, names: &Names) -> Result<Credentials, ValidationError> {
        let mut wrong = Violations::default();
        let url = self.url().map_err(|error| wrong.add(names.place(error, "auth_url")));
        let method = self.method(names, &mut wrong);
        let project = self.project(names, &mut wrong);
        let (Ok(url), Some(method), true) = (url, method, wrong.is_empty()) else {
            return Err(wrong.into_error());
        };
        let identity = Identity::new(url, &self.http_client.unwrap_or_default())?;
        let project_id = match &project {
            Some(Named::Id { id }) => Some(id.clone()),
            _ => None,
        };
        let interface = interface(self.interface.as_deref());
        let login = Arc::new(Login { identity, method, project, interface });
        let cached = Cached::new(move || {
            let login = Arc::clone(&login);
            Box::pin(async move { login.token().await })
        });
        let scoped = Arc::new(Scoped(cached));
        let mut credentials = Credentials::new(Form::Keystone(Some(Arc::clone(&scoped))), scoped);
        credentials.defaults.project_id = project_id;
        Ok(credentials)
    }

    /// The URL of the identity service.
    fn url(&self) -> Result<Url, ValidationError> {
        if self.auth_url.is_empty() {
            return Err(ValidationError::new("required"));
        }
        Identity::at(&self.auth_url)
    }

    fn method(&self, names: &Names, wrong: &mut Violations) -> Option<Method> {
        let id = given(self.application_credential_id.as_ref());
        let name = given(self.application_credential_name.as_ref());
        let secret = self.application_credential_secret.as_ref().filter(|it| is_given(it));
        let password = self.password.as_ref().filter(|it| is_given(it));
        let has_credential = id.is_some() || name.is_some() || secret.is_some();
        match (password, has_credential) {
            (Some(_), true) => {
                wrong.add(names.at(
                    "password",
                    "can't be combined with an application credential: set only one of them",
                ));
                None
            }
            (None, false) => {
                wrong.add(
                    names.at("password", "required: set a password or an application credential"),
                );
                // Reports further violations.
                self.user(names, wrong);
                None
            }
            (Some(password), false) => {
                let user = self.user(names, wrong)?;
                Some(Method::Password { user: User { user, password: password.clone() } })
            }
            (None, true) => {
                if secret.is_none() {
                    let reason = "required with an application credential";
                    wrong.add(names.at("application_credential_secret", reason));
                }
                let which = match (id, name) {
                    (Some(id), _) => Some(Which::Id { id }),
                    (None, Some(name)) => {
                        self.user(names, wrong).map(|user| Which::Name { name, user })
                    }
                    (None, None) => {
                        let reason = format!(
                            "required with {}: set {}, or {} and {}",
                            names.name("application_credential_secret"),
                            names.name("application_credential_id"),
                            names.name("application_credential_name"),
                            names.name("user_id"),
                        );
                        wrong.add(names.at("application_credential_id", &reason));
                        None
                    }
                };
                let (which, secret) = (which?, secret?.clone());
                Some(Method::ApplicationCredential { which, secret })
            }
        }
    }

    fn user(&self, names: &Names, wrong: &mut Violations) -> Option<Named> {
        if let Some(id) = given(self.user_id.as_ref()) {
            return Some(Named::Id { id });
        }
        let domain = self.user_domain();
        let Some(name) = given(self.username.as_ref()) else {
            let [name, id] = ["username", "user_id"].map(|key| names.name(key));
            let reason = format!("required: set {name} or {id}");
            wrong.add(names.at("username", &reason));
            return None;
        };
        if domain.is_none() {
            wrong.add(without_domain(names, "user", "username"));
        }
        Some(Named::Name { name, domain: domain? })
    }

    fn user_domain(&self) -> Option<Domain> {
        domain(self.user_domain_id.as_ref(), self.user_domain_name.as_ref())
    }

    fn project(&self, names: &Names, wrong: &mut Violations) -> Option<Named> {
        let id = given(self.project_id.as_ref());
        let name = given(self.project_name.as_ref());
        let key = if id.is_some() { "project_id" } else { "project_name" };
        let is_named = id.is_some() || name.is_some();
        let has_credential = self.application_credential_id.is_some()
            || self.application_credential_name.is_some()
            || self.application_credential_secret.is_some();
        if is_named && has_credential {
            wrong.add(names.at(
                key,
                "can't be combined with an application credential, which belongs to a project: unset it",
            ));
            return None;
        }
        if let Some(id) = id {
            return Some(Named::Id { id });
        }
        let name = name?;
        let domain = domain(self.project_domain_id.as_ref(), self.project_domain_name.as_ref());
        let domain = domain.or_else(|| self.user_domain());
        // A missing domain of the user is reported already.
        let is_reported =
            given(self.user_id.as_ref()).is_none() && given(self.username.as_ref()).is_some();
        if domain.is_none() && !is_reported {
            wrong.add(without_domain(names, "project", "project_name"));
        }
        Some(Named::Name { name, domain: domain? })
    }
}

/// The violation of a user or a project that `setting` names without a domain.
fn without_domain(names: &Names, of: &str, setting: &str) -> ValidationError {
    let [name, id] = ["name", "id"].map(|form| format!("{of}_domain_{form}"));
    let both = [&name, &id].map(|key| names.name(key)).join(" or ");
    names.at(&name, &format!("required with {}: set {both}", names.name(setting)))
}

/// Returns a string, unless it is empty.
fn given(text: Option<&String>) -> Option<String> {
    text.filter(|text| !text.is_empty()).cloned()
}

fn is_given(secret: &SecretString) -> bool {
    !secret.expose_secret().is_empty()
}

fn domain(id: Option<&String>, name: Option<&String>) -> Option<Domain> {
    given(id).map(|id| Domain::Id { id }).or(given(name).map(|name| Domain::Name { name }))
}

/// Invalid settings are reported by [`ClientBuilder::build`](crate::ClientBuilder::build).
impl From<Keystone> for Credentials {
    fn from(keystone: Keystone) -> Self {
        keystone.credentials(&Names::Setters).unwrap_or_else(|wrong| {
            let rejecting = || -> BoxFuture<'static, _> {
                Box::pin(std::future::ready(Err(CredentialsError::new("invalid settings"))))
            };
            let authorizer = Arc::new(Cached::new(rejecting));
            Self { wrong: Some(wrong), ..Self::new(Form::Keystone(None), authorizer) }
        })
    }
}

impl fmt::Debug for Keystone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keystone(..)")
    }
}

/// Validated credentials for a token.
struct Login {
    identity: Identity,
    method: Method,
    project: Option<Named>,
    /// The interface of the endpoints in the catalog.
    interface: String,
}

/// Serialized as the key for the identity service.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Method {
    Password {
        user: User,
    },
    ApplicationCredential {
        #[serde(flatten)]
        which: Which,
        #[serde(serialize_with = "exposed")]
        secret: SecretString,
    },
}

#[derive(Serialize)]
struct User {
    #[serde(flatten)]
    user: Named,
    #[serde(serialize_with = "exposed")]
    password: SecretString,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Which {
    Id { id: String },
    Name { name: String, user: Named },
}

/// A user or a project.
#[derive(Serialize)]
#[serde(untagged)]
enum Named {
    Id { id: String },
    Name { name: String, domain: Domain },
}

#[derive(Serialize)]
#[serde(untagged)]
enum Domain {
    Id { id: String },
    Name { name: String },
}

fn exposed<S: serde::Serializer>(secret: &SecretString, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(secret.expose_secret())
}

#[derive(Serialize)]
struct Request<'a> {
    auth: Auth<'a>,
}

#[derive(Serialize)]
struct Auth<'a> {
    identity: Identification<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<Scope<'a>>,
}

#[derive(Serialize)]
struct Identification<'a> {
    methods: [&'static str; 1],
    #[serde(flatten)]
    method: &'a Method,
}

#[derive(Serialize)]
struct Scope<'a> {
    project: &'a Named,
}

impl Method {
    fn name(&self) -> &'static str {
        match self {
            Self::Password { .. } => "password",
            Self::ApplicationCredential { .. } => "application_credential",
        }
    }

    fn secret(&self) -> &str {
        match self {
            Self::Password { user } => user.password.expose_secret(),
            Self::ApplicationCredential { secret, .. } => secret.expose_secret(),
        }
    }
}

impl Login {
    async fn token(&self) -> Result<Token, CredentialsError> {
        let login = Request {
            auth: Auth {
                identity: Identification { methods: [self.method.name()], method: &self.method },
                scope: self.project.as_ref().map(|project| Scope { project }),
            },
        };
        let body = serde_json::to_vec(&login).map_err(CredentialsError::new)?;
        let mut request = reqwest::Request::new(HttpMethod::POST, self.identity.url(TOKENS));
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        *request.body_mut() = Some(body.into());
        let response = self.identity.exchange(request).await?;
        if response.status.is_success() && !is_throttling(&response.body) {
            self.granted(&response)
        } else {
            let is_by_id = matches!(self.method, Method::ApplicationCredential { .. });
            let sent = Sent::of(self.method.secret());
            Err(self.identity.rejected(&response, is_by_id, &sent, None))
        }
    }

    /// Returns the token of a successful response, with its project and catalog.
    fn granted(&self, response: &IdentityResponse) -> Result<Token, CredentialsError> {
        let malformed =
            |what: &str| self.identity.failed(&format!("returned no token: the response {what}"));
        let token = response.headers.get(TOKEN_HEADER).and_then(|token| token.to_str().ok());
        let token = token.ok_or_else(|| malformed("has no X-Subject-Token"))?;
        let root = json::read::<Value>(&response.body).map_err(|_| malformed("is no JSON"))?;
        let granted = &root["token"];
        if !granted.is_object() {
            return Err(malformed("has no object `token`"));
        }
        let token = Token::new(token).granting(Grant::read(granted, &self.interface));
        // Without a valid expiry time, the token is used until the service rejects it.
        let expires_at = granted["expires_at"].as_str();
        let expires_at = expires_at.and_then(|time| time.parse::<DateTime<Utc>>().ok());
        Ok(match expires_at {
            Some(time) => token.expires_at(time),
            None => token,
        })
    }
}

/// Tokens for a project.
pub(crate) struct Scoped(Cached);

impl Scoped {
    /// Returns the project and the catalog of the current token.
    pub(crate) async fn grant(
        &self,
        clock: &Arc<dyn Clock>,
    ) -> Result<Arc<Grant>, CredentialsError> {
        Ok(self.0.token(clock).await?.grant().cloned().unwrap_or_default())
    }
}

impl Authorize for Scoped {
    fn authorize<'a>(
        &'a self,
        request: &'a mut OutgoingRequest<'_>,
    ) -> BoxFuture<'a, Result<(), CredentialsError>> {
        Box::pin(async move {
            let token = self.0.token(request.clock()).await?;
            // The service would respond with a 403 that does not mention the cause.
            if token.grant().is_some_and(|grant| grant.is_unscoped) {
                return Err(CredentialsError::new(NO_PROJECT));
            }
            let project_id = token.grant().and_then(|grant| grant.project_id.as_deref());
            if let Some(project_id) = project_id.filter(|id| *id != request.project_id()) {
                return Err(CredentialsError::new(another_project(
                    project_id,
                    request.project_id(),
                )));
            }
            token.authorize(request)
        })
    }

    fn rejected(&self, headers: &HeaderMap) -> bool {
        self.0.rejected(headers)
    }
}

pub(crate) const NO_PROJECT: &str =
    "the token is not scoped to a project: set the project of the credentials";

pub(crate) fn another_project(of_token: &str, of_client: &str) -> String {
    format!(
        "the token is for the project {}, but the client is for {}",
        quoted(of_token),
        quoted(of_client)
    )
}
