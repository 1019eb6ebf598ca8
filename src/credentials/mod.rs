//! What a request is authorised by.

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

/// Authorises requests: puts into each what the service knows the caller by.
///
/// [`Credentials`] has what the vendor documents; this is for whatever else an organisation has.
///
/// ```
/// use futures_core::future::BoxFuture;
/// use otc_autoscaling::{Authorize, Credentials, CredentialsError, OutgoingRequest};
///
/// /// A gateway of one's own stands before the service, and knows the caller by a header.
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
    /// Authorises a request, by header fields. It is asked before every attempt, with the bytes
    /// that will be sent.
    ///
    /// # Errors
    ///
    /// When there is nothing to authorise it by. The request is not sent then.
    fn authorize<'a>(
        &'a self,
        request: &'a mut OutgoingRequest<'_>,
    ) -> BoxFuture<'a, Result<(), CredentialsError>>;

    /// The service answered 401 to a request that had these header fields. Says whether the next
    /// one would be authorised by something else, so that the call is worth repeating; what was
    /// refused has to be forgotten here. Nothing is renewed unless this is implemented.
    fn refused(&self, headers: &HeaderMap) -> bool {
        let _ = headers;
        false
    }
}

/// What the service knows the caller by.
///
/// ```
/// use otc_autoscaling::{AccessKey, Credentials};
///
/// let credentials = Credentials::token("gAAAAABk...");
/// assert!(!format!("{credentials:?}").contains("gAAAA"));
///
/// let credentials = Credentials::from(AccessKey::new("access-key", "its secret"));
/// assert_eq!(format!("{credentials:?}"), "Credentials(access key)");
/// ```
#[derive(Clone)]
pub struct Credentials {
    authorizer: Arc<dyn Authorize>,
    form: Form,
    /// Why they can't be used, kept until a client is made.
    wrong: Option<ValidationError>,
    pub(crate) defaults: Defaults,
}

/// What credentials are.
#[derive(Clone)]
pub(crate) enum Form {
    Token,
    TokenFromFunction,
    AccessKey,
    /// With what can be asked what its tokens are for.
    #[cfg(feature = "keystone")]
    Keystone(Option<Arc<Scoped>>),
    Custom,
}

/// Settings that were found beside credentials, for a client that is given no others.
#[derive(Clone, Default)]
pub(crate) struct Defaults {
    pub(crate) project_id: Option<String>,
    /// The name of the project, which only the identity service can make an ID of.
    pub(crate) project_name: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) endpoint: Option<String>,
    /// Root certificates.
    pub(crate) http_client: Option<HttpClient>,
    /// The identity service, and the interface of endpoints in its catalog.
    #[cfg(feature = "keystone")]
    pub(crate) auth_url: Option<String>,
    #[cfg(feature = "keystone")]
    pub(crate) interface: Option<String>,
}

impl Credentials {
    fn new(form: Form, authorizer: Arc<dyn Authorize>) -> Self {
        Self { authorizer, form, wrong: None, defaults: Defaults::default() }
    }

    /// A token of the identity service (Keystone v3), scoped to the project. It is sent as it is,
    /// and is not renewed: the service refuses it once it has expired, after 24 hours at most.
    pub fn token(token: impl Into<String>) -> Self {
        let token = Token::new(token);
        let wrong = token.check().err();
        Self { wrong, ..Self::new(Form::Token, Arc::new(token::Fixed(token))) }
    }

    /// Tokens from a function that fetches one: from a vault, say.
    ///
    /// It is called when the first request is made, however many are made at once; then again
    /// before the token expires, if it says when, and once when the service refuses the token. An
    /// error of it is passed on: [`CredentialsError::transient`] marks one that a new attempt may
    /// cure.
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

    /// Reads credentials from the environment, as OpenStack's tools do: from the cloud of a
    /// `clouds.yaml` that `OS_CLOUD` names, or else from the other `OS_` variables. The two are not
    /// mixed. The project's ID, the region and the endpoint that are found there are used by the client,
    /// unless its builder is given others.
    ///
    /// | variable | |
    /// |---|---|
    /// | `OS_CLOUD` | the cloud of `clouds.yaml`; the variables below are ignored then. Needs the feature `keystone` |
    /// | `OS_AUTH_TYPE` | `token`, `aksk`, `password` or `v3applicationcredential` |
    /// | `OS_TOKEN` | a token, which is not renewed |
    /// | `OS_ACCESS_KEY`, `OS_SECRET_KEY`, `OS_SECURITY_TOKEN` | an access key; the last one of a temporary key |
    /// | `OS_AUTH_URL` | the identity service, for a user or an application credential, and for `discover`; these need the feature `keystone` |
    /// | `OS_USERNAME` or `OS_USER_ID`, `OS_USER_DOMAIN_NAME` or `OS_USER_DOMAIN_ID`, `OS_PASSWORD` | a user |
    /// | `OS_APPLICATION_CREDENTIAL_ID` (or `_NAME` and the user), `OS_APPLICATION_CREDENTIAL_SECRET` | an application credential |
    /// | `OS_PROJECT_ID` or `OS_PROJECT_NAME`, `OS_PROJECT_DOMAIN_NAME` or `OS_PROJECT_DOMAIN_ID` | the project |
    /// | `OS_DOMAIN_NAME`, `OS_DOMAIN_ID` | the domain of the user and the project, where none is given; or `OS_DEFAULT_DOMAIN_NAME`, `OS_DEFAULT_DOMAIN_ID` |
    /// | `OS_REGION_NAME` | the region |
    /// | `OS_INTERFACE` | the interface of the endpoint in the catalog: `public` (the default), `internal` or `admin` |
    /// | `OS_ASV1_ENDPOINT_OVERRIDE`, or `OS_AS_…` | the endpoint of the service |
    /// | `OS_CACERT` | a file of root certificates (PEM), beside those of the machine |
    ///
    /// Without `OS_AUTH_TYPE`, a user with a password takes precedence, then a token or an application
    /// credential, then an access key, which is often given for the object storage. An empty variable
    /// counts as unset. `OS_TENANT_ID`, `OS_TENANT_NAME`, `OS_AUTH_TOKEN`, `OS_AK`, `OS_SK`, `OS_USERID` and
    /// `OS_REGION` are older names, used where the present one is not given.
    ///
    /// `clouds.yaml` is the file that `OS_CLIENT_CONFIG_FILE` names, or the first one found in `./`,
    /// `~/.config/openstack/` and `/etc/openstack/`. A `secure.yaml` is merged over it: the one that
    /// `OS_CLIENT_SECURE_FILE` names, or the one beside it, or the first one found in the same folders.
    /// Secrets of another folder are not merged over a `./clouds.yaml`, which anybody may have put there,
    /// unless one of the two is named by its variable; nor is a `./secure.yaml` merged over a file of another
    /// folder, unless `OS_CLIENT_SECURE_FILE` names it. A cloud has the same keys in lower case, without
    /// `OS_`, below `auth` or beside it; in addition `profile: otc`, and `regions`, of which the first one
    /// is used. Other clouds of the file are not read.
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
    /// When something is missing or contradicts something else: each such variable or key is named.
    pub fn from_env() -> Result<Self, ValidationError> {
        environment::credentials(&environment::Process)
    }

    /// Credentials of one's own making.
    pub fn custom(authorizer: impl Authorize) -> Self {
        Self::new(Form::Custom, Arc::new(authorizer))
    }

    /// Refuses what can't be sent, without a word about what it is.
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

/// Authorizes requests by these credentials: for an [`Authorize`] that does something beside that.
///
/// ```
/// use std::time::Duration;
///
/// use futures_core::future::BoxFuture;
/// use otc_autoscaling::{Authorize, Credentials, CredentialsError, OutgoingRequest};
/// use tokio::sync::Mutex;
/// use tokio::time::Interval;
///
/// /// A limit of the rate of requests: each attempt waits for its turn, also those of other tasks.
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
///     fn refused(&self, headers: &http::HeaderMap) -> bool {
///         self.credentials.refused(headers)
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
/// The wait counts as a part of the attempt, and of the call: see
/// [`attempt_timeout`](crate::ClientBuilder::attempt_timeout).
impl Authorize for Credentials {
    fn authorize<'a>(
        &'a self,
        request: &'a mut OutgoingRequest<'_>,
    ) -> BoxFuture<'a, Result<(), CredentialsError>> {
        self.authorizer.authorize(request)
    }

    fn refused(&self, headers: &HeaderMap) -> bool {
        self.authorizer.refused(headers)
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

    /// No log of a library below can print what is marked so.
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
