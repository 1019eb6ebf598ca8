//! Credentials, with which requests are authenticated.

mod access_key;
mod environment;
#[cfg(feature = "keystone")]
mod identity;
#[cfg(feature = "keystone")]
mod keystone;
#[cfg(feature = "keystone")]
mod lookup;
mod outgoing;
mod token;

use std::fmt;
use std::sync::Arc;

use futures_core::future::BoxFuture;
use http::HeaderMap;

pub use access_key::AccessKey;
use environment::Names;
#[cfg(feature = "keystone")]
pub(crate) use identity::{Endpoint, Grant, Identity, address_in, interface};
#[cfg(feature = "keystone")]
pub use keystone::Keystone;
#[cfg(feature = "keystone")]
pub(crate) use keystone::{NO_PROJECT, Scoped, another_project};
#[cfg(feature = "keystone")]
pub(crate) use lookup::Lookup;
pub use outgoing::OutgoingRequest;
pub use token::Token;

pub use crate::error::CredentialsError;
use crate::transport::HttpClient;
use crate::validation::ValidationError;

/// Custom credentials, which authenticate requests.
///
/// [`Credentials`] has the documented authentication methods; implement this trait for others.
///
/// ```
/// use futures_core::future::BoxFuture;
/// use otc_autoscaling::{Authorize, Credentials, CredentialsError, OutgoingRequest};
///
/// /// Authenticates with a gateway in front of the service.
/// struct Gateway {
///     key: String,
/// }
///
/// impl Authorize for Gateway {
///     fn authorize<'a>(
///         &'a self,
///         request: &'a mut OutgoingRequest<'_>,
///     ) -> BoxFuture<'a, Result<(), CredentialsError>> {
///         Box::pin(async move { request.set_secret_header("x-gateway-key", &self.key) })
///     }
/// }
///
/// let credentials = Credentials::custom(Gateway { key: "k".to_owned() });
/// ```
pub trait Authorize: Send + Sync + 'static {
    /// Authenticates a request by setting headers. It is called before each attempt, with the complete request.
    ///
    /// # Errors
    ///
    /// Returns an error if no credentials are available. The request is not sent then.
    fn authorize<'a>(
        &'a self,
        request: &'a mut OutgoingRequest<'_>,
    ) -> BoxFuture<'a, Result<(), CredentialsError>>;

    /// Called when the service has rejected the credentials of a request with these headers
    /// ([`Error::is_unauthorized`](crate::Error::is_unauthorized)).
    ///
    /// Implementations should discard the rejected credentials, and return `true` if a retry can use different ones. If
    /// so, the request is retried once. The default returns false.
    fn rejected(&self, headers: &HeaderMap) -> bool {
        let _ = headers;
        false
    }
}

/// The credentials of a client.
///
/// | credentials | |
/// |---|---|
/// | [`Credentials::from_env`] | from the environment, or from `clouds.yaml` |
/// | [`Credentials::token`] | a token of the identity service, which is not renewed |
/// | [`Credentials::token_from`] | tokens from a function, cached and renewed |
/// | [`AccessKey`] | an access key (AK/SK), with which requests are signed |
#[cfg_attr(
    feature = "keystone",
    doc = "| [`Keystone`] | a user or an application credential of the identity service |"
)]
#[cfg_attr(
    not(feature = "keystone"),
    doc = "| `Keystone` | a user or an application credential of the identity service; requires the feature `keystone` |"
)]
/// | [`Credentials::custom`] | an implementation of [`Authorize`] |
///
/// ```
/// use chrono::{TimeDelta, Utc};
/// use otc_autoscaling::{AccessKey, Client, Credentials, Token};
///
/// let token = Credentials::token("gAAAAABk...");
/// let tokens = Credentials::token_from(|| async {
///     let token = std::fs::read_to_string("/run/secrets/token")?;
///     Ok::<_, std::io::Error>(Token::new(token.trim()).expires_at(Utc::now() + TimeDelta::hours(1)))
/// });
/// let access_key = Credentials::from(AccessKey::new("access-key", "secret key"));
/// for credentials in [token, tokens, access_key] {
///     Client::builder().region("eu-de").project_id("p").credentials(credentials).build()?;
/// }
/// # Ok::<(), otc_autoscaling::Error>(())
/// ```
///
/// Clones share cached tokens. `Debug` does not show secrets.
#[derive(Clone)]
pub struct Credentials {
    authorizer: Arc<dyn Authorize>,
    form: Form,
    /// Violations, which are reported when a client is built.
    wrong: Option<ValidationError>,
    pub(crate) defaults: Defaults,
}

/// The kind of credentials.
#[derive(Clone)]
pub(crate) enum Form {
    Token,
    TokenFromFunction,
    AccessKey,
    /// With the source of tokens, for a lookup of their project.
    #[cfg(feature = "keystone")]
    Keystone(Option<Arc<Scoped>>),
    Custom,
}

/// Settings from the source of the credentials, which settings of the client replace.
#[derive(Clone, Default)]
pub(crate) struct Defaults {
    pub(crate) project_id: Option<String>,
    /// The name of the project, for which the identity service has the ID.
    pub(crate) project_name: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) endpoint: Option<String>,
    /// With root certificates.
    pub(crate) http_client: Option<HttpClient>,
    /// The names of settings in the source.
    pub(crate) names: Option<Names>,
    /// The URL of the identity service, and the interface of endpoints in its catalog.
    #[cfg(feature = "keystone")]
    pub(crate) auth_url: Option<String>,
    #[cfg(feature = "keystone")]
    pub(crate) interface: Option<String>,
}

impl Credentials {
    fn new(form: Form, authorizer: Arc<dyn Authorize>) -> Self {
        Self { authorizer, form, wrong: None, defaults: Defaults::default() }
    }

    /// Creates credentials from a token of the identity service (Keystone v3) for the project.
    ///
    /// The token is not renewed. It expires after at most 24 hours.
    pub fn token(token: impl Into<String>) -> Self {
        let token = Token::new(token);
        let wrong = token.check().err();
        Self { wrong, ..Self::new(Form::Token, Arc::new(token::Fixed(token))) }
    }

    /// Creates credentials from a function that fetches tokens, for example from a vault.
    ///
    /// Concurrent first requests share a single call of the function. It is called again shortly before the token
    /// expires, if its expiry is set, and when the service rejects the token. Errors of the function are returned by
    /// the request. To have an error retried, return a [`CredentialsError`] that is marked with
    /// [`transient`](CredentialsError::transient).
    ///
    /// ```
    /// use otc_autoscaling::{Credentials, Token};
    ///
    /// let credentials = Credentials::token_from(|| async {
    ///     let token = std::env::var("OS_TOKEN")?;
    ///     Ok::<_, std::env::VarError>(Token::new(token))
    /// });
    /// ```
    pub fn token_from<F, Fetching, E>(fetch: F) -> Self
    where
        F: Fn() -> Fetching + Send + Sync + 'static,
        Fetching: Future<Output = Result<Token, E>> + Send + 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let fetch = move || -> BoxFuture<'static, _> {
            let fetching = fetch();
            Box::pin(async move { fetching.await.map_err(CredentialsError::new) })
        };
        Self::new(Form::TokenFromFunction, Arc::new(token::Cached::new(fetch)))
    }

    /// Reads credentials from the environment, like OpenStack's tools: if `OS_CLOUD` is set, from the cloud of this
    /// name in `clouds.yaml`, and otherwise from the other `OS_` variables.
    ///
    /// The project, the region and the endpoint that are read are also used for the client, unless they are set on its
    /// builder.
    ///
    /// | variable | |
    /// |---|---|
    /// | `OS_CLOUD` | the name of the cloud in `clouds.yaml`; if it is set to any name other than `envvars`, the other variables in this table are ignored. Requires the feature `keystone` |
    /// | `OS_AUTH_TYPE` | `token`, `aksk`, `password` or `v3applicationcredential` |
    /// | `OS_TOKEN` | a token, which is not renewed |
    /// | `OS_ACCESS_KEY`, `OS_SECRET_KEY`, `OS_SECURITY_TOKEN` | an access key; the last one is for a temporary access key |
    /// | `OS_AUTH_URL` | the URL of the identity service: required for a user or an application credential, and used by `discover`; requires the feature `keystone` |
    /// | `OS_USERNAME` or `OS_USER_ID`, `OS_USER_DOMAIN_NAME` or `OS_USER_DOMAIN_ID`, `OS_PASSWORD` | a user |
    /// | `OS_APPLICATION_CREDENTIAL_ID` (or `_NAME` and the user), `OS_APPLICATION_CREDENTIAL_SECRET` | an application credential |
    /// | `OS_PROJECT_ID` or `OS_PROJECT_NAME`, `OS_PROJECT_DOMAIN_NAME` or `OS_PROJECT_DOMAIN_ID` | the project |
    /// | `OS_DOMAIN_NAME`, `OS_DOMAIN_ID` | the default domain of both the user and the project; `OS_DEFAULT_DOMAIN_NAME` and `OS_DEFAULT_DOMAIN_ID` are used if these are not set |
    /// | `OS_REGION_NAME` | the region |
    /// | `OS_INTERFACE` | the interface of the endpoint in the catalog: `public` (the default), `internal` or `admin` |
    /// | `OS_ASV1_ENDPOINT_OVERRIDE`, or `OS_AS_ENDPOINT_OVERRIDE` | the endpoint |
    /// | `OS_CACERT` | a file with further root certificates in PEM format |
    ///
    /// Without `OS_AUTH_TYPE`, the first of these that is set is used:
    ///
    /// 1. a user with a password;
    /// 2. a token, or an application credential (an error if both are set);
    /// 3. an access key (last, since its variables are often set for object storage).
    ///
    /// An empty variable counts as unset. The older names `OS_TENANT_ID`, `OS_TENANT_NAME`, `OS_AUTH_TOKEN`, `OS_AK`,
    /// `OS_SK`, `OS_USERID` and `OS_REGION` are read if the current name is not set.
    ///
    /// # `clouds.yaml`
    ///
    /// The file is the one that `OS_CLIENT_CONFIG_FILE` names, or else the first `clouds.yaml` (or `clouds.yml`) in `./`,
    /// `~/.config/openstack/` and `/etc/openstack/`. A `secure.yaml` is merged over it: the file that
    /// `OS_CLIENT_SECURE_FILE` names, or else the `secure.yaml` next to `clouds.yaml`, or else the first one in these
    /// folders. Only the cloud that `OS_CLOUD` names is read.
    ///
    /// The keys of a cloud are the names of the variables in lower case without `OS_`. `region_name` and `regions` must be
    /// on the same level as `auth`, and other keys may be there or in `auth`. The only supported value of `profile` is
    /// `otc`. The first entry of `regions` takes precedence over `region_name`.
    ///
    /// The working directory may contain files that someone else has written. Therefore, `./clouds.yaml` is merged only
    /// with `./secure.yaml`, and `./secure.yaml` only with `./clouds.yaml`; other combinations are an error. Set
    /// `OS_CLIENT_CONFIG_FILE` or `OS_CLIENT_SECURE_FILE` to merge `./clouds.yaml` with secrets from another folder,
    /// and `OS_CLIENT_SECURE_FILE` to merge `./secure.yaml` with a file from another folder.
    ///
    /// ```no_run
    /// use otc_autoscaling::{Client, Credentials};
    ///
    /// let client = Client::builder().credentials(Credentials::from_env()?).build()?;
    /// # Ok::<(), otc_autoscaling::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error with the names of the variables or keys that are missing, invalid or contradictory. Variables
    /// with a line break or invalid UTF-8 and an invalid `clouds.yaml` are reported first, without other errors.
    pub fn from_env() -> Result<Self, ValidationError> {
        environment::credentials(&environment::Process)
    }

    /// Creates credentials from an implementation of [`Authorize`].
    pub fn custom(authorizer: impl Authorize) -> Self {
        Self::new(Form::Custom, Arc::new(authorizer))
    }

    /// Returns the violations. They do not contain secrets.
    pub(crate) fn check(&self) -> Result<(), ValidationError> {
        self.wrong.clone().map_or(Ok(()), Err)
    }

    #[cfg(feature = "keystone")]
    pub(crate) fn form(&self) -> &Form {
        &self.form
    }

    pub(crate) fn authorizer(&self) -> &dyn Authorize {
        &*self.authorizer
    }
}

/// An implementation of [`Authorize`] can wrap credentials, for example to limit the rate of requests:
///
/// ```
/// use std::time::Duration;
///
/// use futures_core::future::BoxFuture;
/// use otc_autoscaling::{Authorize, Credentials, CredentialsError, OutgoingRequest};
/// use tokio::sync::Mutex;
/// use tokio::time::Interval;
///
/// /// Limits the combined rate of attempts of all tasks.
/// struct Paced {
///     credentials: Credentials,
///     turns: Mutex<Interval>,
/// }
///
/// impl Authorize for Paced {
///     fn authorize<'a>(
///         &'a self,
///         request: &'a mut OutgoingRequest<'_>,
///     ) -> BoxFuture<'a, Result<(), CredentialsError>> {
///         Box::pin(async move {
///             self.turns.lock().await.tick().await;
///             self.credentials.authorize(request).await
///         })
///     }
///
///     fn rejected(&self, headers: &http::HeaderMap) -> bool {
///         self.credentials.rejected(headers)
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let turns = Mutex::new(tokio::time::interval(Duration::from_secs(1)));
/// let credentials = Credentials::token("gAAAAABk...");
/// let credentials = Credentials::custom(Paced { credentials, turns });
/// # }
/// ```
///
/// The delay is part of the [`attempt_timeout`](crate::ClientBuilder::attempt_timeout).
impl Authorize for Credentials {
    fn authorize<'a>(
        &'a self,
        request: &'a mut OutgoingRequest<'_>,
    ) -> BoxFuture<'a, Result<(), CredentialsError>> {
        self.authorizer.authorize(request)
    }

    fn rejected(&self, headers: &HeaderMap) -> bool {
        self.authorizer.rejected(headers)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let form = match self.form {
            Form::Token => "token",
            Form::TokenFromFunction => "token from a function",
            Form::AccessKey => "access key",
            #[cfg(feature = "keystone")]
            Form::Keystone(_) => "Keystone",
            Form::Custom => "custom",
        };
        write!(f, "Credentials({form})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Clock, SystemClock};

    /// Libraries do not log headers that are marked as sensitive.
    #[tokio::test]
    async fn headers_with_secrets_are_marked_sensitive() {
        let key = AccessKey::new("key", "canary").security_token("canary");
        let fetch = || async { Ok::<_, CredentialsError>(Token::new("canary")) };
        for (credentials, secrets) in [
            (Credentials::token("canary"), vec!["x-auth-token"]),
            (Credentials::token_from(fetch), vec!["x-auth-token"]),
            (key.into(), vec!["authorization", "x-security-token"]),
        ] {
            let url = "https://as.example.com/v1".parse().unwrap();
            let mut request = reqwest::Request::new(http::Method::GET, url);
            let clock: Arc<dyn Clock> = Arc::new(SystemClock);
            let mut outgoing = OutgoingRequest::new(&mut request, "p", &clock);
            credentials.authorizer().authorize(&mut outgoing).await.unwrap();
            let headers = outgoing.headers();
            let mut marked: Vec<&str> = headers
                .iter()
                .filter(|(_, value)| value.is_sensitive())
                .map(|(name, _)| name.as_str())
                .collect();
            marked.sort_unstable();
            assert_eq!(marked, secrets);
            assert!(!format!("{headers:?} {outgoing:?}").contains("canary"));
        }
    }
}
