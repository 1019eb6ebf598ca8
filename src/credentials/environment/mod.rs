//! Credentials from the sources of OpenStack's tools: variables, or `clouds.yaml`.

#[cfg(feature = "keystone")]
mod clouds;
mod kind;
mod source;

use std::collections::BTreeMap;
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

#[cfg(feature = "keystone")]
use super::identity::address_in;
use super::{AccessKey, Credentials, Defaults};
#[cfg(feature = "keystone")]
use crate::generated::service;
use crate::transport::HttpClient;
use crate::validation::{ValidationError, Violations, quoted};
use kind::Kind;
use source::{Environment, Place, Used, text};
pub(super) use source::{Names, Process};

/// The settings, with their older names. The last of the names that has a value takes precedence, as in OpenStack's
/// tools.
const SETTINGS: [&[&str]; 31] = [
    &["ak", "access_key"],
    &["application_credential_id"],
    &["application_credential_name"],
    &["application_credential_secret"],
    &["auth_plugin", "auth_type"],
    &["auth_url"],
    &["cacert"],
    &["cert"],
    &["cloud", "profile"],
    &["default_domain_id", "domain_id"],
    &["default_domain_name", "domain_name"],
    &["endpoint_type", "interface"],
    &["insecure"],
    &["key"],
    &["password"],
    &["project_domain_id"],
    &["project_domain_name"],
    &["tenant_id", "project_id"],
    &["tenant_name", "project_name"],
    &["region", "region_name"],
    &["sk", "secret_key"],
    &["security_token"],
    &["system_scope"],
    &["auth_token", "token"],
    &["trust_id"],
    &["user_domain_id"],
    &["user_domain_name"],
    &["userid", "user_id"],
    &["user_name", "username"],
    &["verify"],
    &["as_endpoint_override", "auto_scaling_endpoint_override", "endpoint_override"],
];

/// Settings for which a value next to `auth` takes precedence over one in it, as in OpenStack's tools. For the others,
/// it is the reverse.
const BESIDE: [&str; 9] = [
    "domain_id",
    "domain_name",
    "project_domain_id",
    "project_domain_name",
    "project_id",
    "project_name",
    "token",
    "user_domain_id",
    "user_domain_name",
];

/// Values by name, including older names.
type Values = BTreeMap<&'static str, SecretString>;

/// The name of a setting for a key of a file.
#[cfg(feature = "keystone")]
fn known(key: &str) -> Option<&'static str> {
    let key = key.replace('-', "_");
    if Names::endpoint_override() == key {
        return Some("endpoint_override");
    }
    SETTINGS.iter().copied().flatten().copied().find(|name| *name == key)
}

/// Returns one value for each setting, from the values next to `auth` and in it, and the names that provide them.
fn settled(beside: &Values, auth: &Values) -> (Values, Used) {
    let (mut values, mut used) = (Values::new(), Used::new());
    for names in SETTINGS {
        let [.., setting] = names else { continue };
        let order = if BESIDE.contains(setting) { [false, true] } else { [true, false] };
        let places = names.iter().flat_map(|name| order.map(|is_beside| Place { name, is_beside }));
        for place in places {
            let source = if place.is_beside { beside } else { auth };
            if let Some(value) = source.get(place.name) {
                values.insert(setting, value.clone());
                used.insert(setting, place);
            }
        }
    }
    (values, used)
}

/// Reads the credentials.
pub(super) fn credentials(environment: &dyn Environment) -> Result<Credentials, ValidationError> {
    // `envvars` is the cloud that consists of the variables, as in OpenStack's tools.
    match text(environment, "OS_CLOUD")?.filter(|cloud| cloud != "envvars") {
        #[cfg(feature = "keystone")]
        Some(cloud) => clouds::find(&cloud, environment)?.credentials(environment),
        #[cfg(not(feature = "keystone"))]
        Some(_) => Err(ValidationError::new(format!("clouds.yaml {NEEDS_FEATURE}")).at("OS_CLOUD")),
        None => Found::in_variables(environment)?.credentials(environment),
    }
}

#[cfg(not(feature = "keystone"))]
const NEEDS_FEATURE: &str = "requires the feature `keystone` of otc-autoscaling";

/// The settings of a source, without empty strings.
struct Found {
    names: Names,
    values: Values,
    http_client: Option<HttpClient>,
}

impl Found {
    fn in_variables(environment: &dyn Environment) -> Result<Self, ValidationError> {
        let names = Names::Variables(Used::new());
        let mut values = Values::new();
        let mut wrong = Violations::default();
        for key in SETTINGS.iter().copied().flatten() {
            match text(environment, &names.name(key)) {
                Ok(value) => values.extend(value.map(|value| (*key, value.into()))),
                Err(error) => wrong.add(error),
            }
        }
        let (values, used) = settled(&values, &Values::new());
        wrong.or(Self { names: Names::Variables(used), values, http_client: None })
    }

    fn has(&self, key: &str) -> bool {
        self.values.contains_key(key)
    }

    fn get(&self, key: &str) -> Option<String> {
        self.values.get(key).map(|value| value.expose_secret().to_owned())
    }

    fn credentials(
        mut self,
        environment: &dyn Environment,
    ) -> Result<Credentials, ValidationError> {
        let mut wrong = Violations::default();
        self.check_supported(&mut wrong);
        let roots = self.roots(environment).map_err(|error| wrong.add(error));
        self.http_client = roots.ok().flatten();
        let kind = self.kind().map_err(|error| wrong.add(error));
        #[cfg(feature = "keystone")]
        let is_login = matches!(kind, Ok(Kind::Password | Kind::ApplicationCredential));
        let credentials = kind.and_then(|kind| self.made(kind).map_err(|error| wrong.add(error)));
        #[cfg(feature = "keystone")]
        let auth_url = match if is_login { Ok(None) } else { self.auth_url() } {
            Ok(auth_url) => auth_url,
            Err(error) => {
                wrong.add(error);
                None
            }
        };
        let (Ok(mut credentials), true) = (credentials, wrong.is_empty()) else {
            return Err(wrong.into_error());
        };
        credentials.defaults = Defaults {
            project_id: self.get("project_id"),
            project_name: self.get("project_name"),
            region: self.get("region_name"),
            endpoint: self.get("endpoint_override"),
            http_client: self.http_client.clone(),
            #[cfg(feature = "keystone")]
            auth_url,
            #[cfg(feature = "keystone")]
            interface: self.get("interface"),
            names: Some(self.names),
        };
        Ok(credentials)
    }

    /// Returns an HTTP client that trusts the certificates in `cacert`, if it is set.
    fn roots(&self, environment: &dyn Environment) -> Result<Option<HttpClient>, ValidationError> {
        let Some(path) = self.get("cacert") else { return Ok(None) };
        let path = match (path.strip_prefix("~/"), text(environment, "HOME")?) {
            (Some(rest), Some(home)) => Path::new(&home).join(rest),
            _ => path.into(),
        };
        let pem = environment.file(&path);
        let pem =
            pem.map_err(|error| self.names.at("cacert", &format!("can't read the file: {error}")))?;
        #[cfg(any(feature = "rustls", feature = "rustls-no-provider"))]
        return match HttpClient::default().root_certificates(pem) {
            Ok(client) => Ok(Some(client)),
            Err(error) => Err(self.names.place(error, "cacert")),
        };
        #[cfg(not(any(feature = "rustls", feature = "rustls-no-provider")))]
        Err(self
            .names
            .at("cacert", &format!("requires TLS with rustls; {} bytes are not used", pem.len())))
    }

    /// Rejects settings that are not supported and must not be ignored.
    fn check_supported(&self, wrong: &mut Violations) {
        // The booleans of YAML 1.1 and of variables in OpenStack's tools.
        const FALSE: [&str; 5] = ["false", "no", "off", "0", "n"];
        const TRUE: [&str; 5] = ["true", "yes", "on", "1", "y"];

        let mut reject = |key: &str, reason: &str| wrong.add(self.names.at(key, reason));
        for key in ["system_scope", "trust_id"] {
            if self.has(key) {
                reject(key, "not supported: only tokens that are scoped to a project can be used");
            }
        }
        for key in ["cert", "key"] {
            if self.has(key) {
                let reason = "not supported: pass an HttpClient with the client certificate to ClientBuilder::http_client";
                reject(key, reason);
            }
        }
        let reason = format!(
            "not supported, since certificates are always verified: to trust another CA, set {} to the path of its \
             certificate",
            self.names.name("cacert")
        );
        for (key, supported) in [("verify", TRUE), ("insecure", FALSE)] {
            let given = self.get(key).map(|given| given.to_ascii_lowercase());
            if given.is_some_and(|given| !supported.contains(&given.as_str())) {
                reject(key, &reason);
            }
        }
        let interface = self.get("interface").map(|given| given.replace("URL", ""));
        if interface.is_some_and(|it| !["public", "internal", "admin"].contains(&&*it)) {
            reject("interface", "not one of public, internal, admin");
        }
    }

    /// Selects the authentication method. A user takes precedence, as in OpenStack's tools; an access key is last,
    /// since it is often set for the object storage.
    fn kind(&self) -> Result<Kind, ValidationError> {
        if let Some(given) = self.get("auth_type") {
            let kind = Kind::ALL.into_iter().find(|kind| kind.types().contains(&given.as_str()));
            return kind.ok_or_else(|| {
                let known = Kind::ALL.map(|kind| kind.types()[0]).join(", ");
                self.names.at("auth_type", &format!("{} is not one of {known}", quoted(&given)))
            });
        }
        let has_user = self.has("username") || self.has("user_id");
        if has_user && self.has("password") {
            return Ok(Kind::Password);
        }
        let mark = |kind: Kind| kind.marks().iter().find(|key| self.has(key)).copied();
        match (mark(Kind::Token), mark(Kind::ApplicationCredential)) {
            (Some(token), Some(other)) => {
                let [token, auth_type] = [token, "auth_type"].map(|key| self.names.name(key));
                let reason = format!(
                    "can't be combined with {token}: unset one of them, or select one with {auth_type}"
                );
                Err(self.names.at(other, &reason))
            }
            (Some(_), None) => Ok(Kind::Token),
            (None, Some(_)) => Ok(Kind::ApplicationCredential),
            (None, None) if mark(Kind::AccessKey).is_some() => Ok(Kind::AccessKey),
            (None, None) if has_user || self.has("password") => Ok(Kind::Password),
            (None, None) => {
                let name = |key| self.names.name(key);
                let also = match self.names {
                    Names::Variables(_) => ", or OS_CLOUD to use a clouds.yaml",
                    #[cfg(feature = "keystone")]
                    _ => "",
                };
                let reason = format!(
                    "no credentials found: set {}, or {} and {}, or {} with {} and {} or with an application \
                     credential{also}",
                    name("token"),
                    name("access_key"),
                    name("secret_key"),
                    name("auth_url"),
                    name("username"),
                    name("password"),
                );
                Err(self.names.at("token", &reason))
            }
        }
    }

    fn made(&self, kind: Kind) -> Result<Credentials, ValidationError> {
        match kind {
            Kind::Token => {
                let Some(token) = self.get("token") else {
                    return Err(self.names.at("token", "required"));
                };
                let credentials = Credentials::token(token);
                match credentials.check() {
                    Ok(()) => Ok(credentials),
                    Err(error) => Err(self.names.place(error, "token")),
                }
            }
            Kind::AccessKey => {
                let [id, secret] = ["access_key", "secret_key"].map(|key| self.get(key));
                let mut key = AccessKey::new(id.unwrap_or_default(), secret.unwrap_or_default());
                if let Some(token) = self.get("security_token") {
                    key = key.security_token(token);
                }
                let mut wrong = Violations::default();
                for (setting, reason) in key.faults() {
                    let reason = if self.has(setting) { reason } else { "required" };
                    wrong.add(self.names.at(setting, reason));
                }
                wrong.or(key.into())
            }
            #[cfg(feature = "keystone")]
            Kind::Password | Kind::ApplicationCredential => self.keystone(kind),
            #[cfg(not(feature = "keystone"))]
            Kind::Password | Kind::ApplicationCredential => {
                Err(self.names.at(kind.marks()[0], NEEDS_FEATURE))
            }
        }
    }

    /// The URL of the identity service, which may contain a placeholder for the region.
    #[cfg(feature = "keystone")]
    fn auth_url(&self) -> Result<Option<String>, ValidationError> {
        let Some(auth_url) = self.get("auth_url") else { return Ok(None) };
        match (auth_url.contains("{region_name}"), self.get("region_name")) {
            (true, Some(region)) => Ok(Some(auth_url.replace("{region_name}", &region))),
            (true, None) => {
                let auth_url = self.names.name("auth_url");
                let reason = format!("required by the placeholder {{region_name}} in {auth_url}");
                Err(self.names.at("region_name", &reason))
            }
            (false, _) => Ok(Some(auth_url)),
        }
    }

    #[cfg(feature = "keystone")]
    fn keystone(&self, kind: Kind) -> Result<Credentials, ValidationError> {
        let mut wrong = Violations::default();
        // With any valid URL, the other settings are checked as well.
        let auth_url = self.auth_url().map_err(|error| wrong.add(error));
        let auth_url = auth_url.unwrap_or_else(|()| Some(address_in(service::REGIONS[0])));
        let mut keystone = super::Keystone::new(auth_url.unwrap_or_default());
        let mut set = |key: &str, value: Option<String>| {
            if let Some(value) = value {
                keystone.set(key, value);
            }
        };
        for key in ["user_id", "username", "interface"] {
            set(key, self.get(key));
        }
        if kind == Kind::Password {
            set("password", self.get("password"));
            set("project_id", self.get("project_id"));
        } else {
            for key in kind.marks() {
                set(key, self.get(key));
            }
        }
        // An application credential belongs to a project. A project ID is still valid, as a setting of the client, but
        // a project name is not.
        set("project_name", self.get("project_name"));
        for of in ["user_domain", "project_domain"] {
            let [id, name] = ["id", "name"].map(|form| format!("{of}_{form}"));
            if self.has(&id) || self.has(&name) {
                set(&id, self.get(&id));
                set(&name, self.get(&name));
            } else {
                set(&id, self.get("domain_id"));
                set(&name, self.get("domain_name"));
            }
        }
        if let Some(client) = &self.http_client {
            keystone = keystone.http_client(client.clone());
        }
        match keystone.credentials(&self.names) {
            Ok(credentials) => wrong.or(credentials),
            Err(error) => {
                wrong.add(error);
                Err(wrong.into_error())
            }
        }
    }
}

#[cfg(test)]
mod tests;
