//! Credentials from where OpenStack's tools have them: variables, or a file of clouds.

#[cfg(feature = "keystone")]
mod clouds;
mod kind;
mod source;

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};

use super::{AccessKey, Credentials};
use crate::validation::{ValidationError, Violations, quoted};
use kind::Kind;
use source::{Environment, text};
pub(super) use source::{Names, Process};

/// All that is looked for.
const KEYS: [&str; 26] = [
    "access_key",
    "ak",
    "application_credential_id",
    "application_credential_name",
    "application_credential_secret",
    "auth_token",
    "auth_type",
    "auth_url",
    "domain_id",
    "domain_name",
    "password",
    "project_domain_id",
    "project_domain_name",
    "project_id",
    "project_name",
    "region_name",
    "secret_key",
    "security_token",
    "sk",
    "tenant_id",
    "tenant_name",
    "token",
    "user_domain_id",
    "user_domain_name",
    "user_id",
    "username",
];

/// Keys that mean the same; the first is the present one.
const ALIASES: [(&str, &str); 5] = [
    ("access_key", "ak"),
    ("project_id", "tenant_id"),
    ("project_name", "tenant_name"),
    ("secret_key", "sk"),
    ("token", "auth_token"),
];

/// The credentials that are found there.
pub(super) fn credentials(environment: &dyn Environment) -> Result<Credentials, ValidationError> {
    match text(environment, "OS_CLOUD")? {
        #[cfg(feature = "keystone")]
        Some(cloud) => clouds::find(&cloud, environment)?.credentials(),
        #[cfg(not(feature = "keystone"))]
        Some(_) => Err(ValidationError::new(format!("clouds.yaml {NEEDS_FEATURE}")).at("OS_CLOUD")),
        None => Found::in_variables(environment)?.credentials(),
    }
}

#[cfg(not(feature = "keystone"))]
const NEEDS_FEATURE: &str = "needs the feature `keystone` of otc-autoscaling";

/// What was found, by key: never an empty text.
struct Found {
    names: Names,
    values: BTreeMap<&'static str, SecretString>,
}

impl Found {
    fn in_variables(environment: &dyn Environment) -> Result<Self, ValidationError> {
        let names = Names::Variables;
        let mut values = BTreeMap::new();
        let mut wrong = Violations::default();
        for key in KEYS {
            match text(environment, &names.name(key)) {
                Ok(value) => values.extend(value.map(|value| (key, value.into()))),
                Err(error) => wrong.add(error),
            }
        }
        wrong.or(Self { names, values })
    }

    fn has(&self, key: &str) -> bool {
        self.values.contains_key(key)
    }

    fn get(&self, key: &str) -> Option<String> {
        self.values.get(key).map(|value| value.expose_secret().to_owned())
    }

    fn credentials(mut self) -> Result<Credentials, ValidationError> {
        let mut wrong = Violations::default();
        self.settle_aliases(&mut wrong);
        let kind = self.kind().map_err(|error| wrong.add(error));
        let credentials = kind.and_then(|kind| self.made(kind).map_err(|error| wrong.add(error)));
        let (Ok(mut credentials), true) = (credentials, wrong.is_empty()) else {
            return Err(wrong.into_error());
        };
        credentials.project_id = self.get("project_id");
        credentials.region = self.get("region_name");
        Ok(credentials)
    }

    fn settle_aliases(&mut self, wrong: &mut Violations) {
        for (key, alias) in ALIASES {
            let Some(value) = self.values.remove(alias) else { continue };
            let present = self.values.get(key).map(ExposeSecret::expose_secret);
            if present.is_some_and(|present| present != value.expose_secret()) {
                let reason = format!("is not what {} is: leave one out", self.names.name(key));
                wrong.add(self.names.at(alias, &reason));
            }
            self.values.entry(key).or_insert(value);
        }
    }

    /// Which credentials are meant.
    fn kind(&self) -> Result<Kind, ValidationError> {
        if let Some(given) = self.get("auth_type") {
            let kind = Kind::ALL.into_iter().find(|kind| kind.types().contains(&given.as_str()));
            return kind.ok_or_else(|| {
                let known = Kind::ALL.map(|kind| kind.types()[0]).join(", ");
                self.names.at("auth_type", &format!("{} is none of {known}", quoted(&given)))
            });
        }
        let mark = |kind: Kind| kind.marks().iter().find(|key| self.has(key)).copied();
        let found: Vec<(Kind, &str)> =
            Kind::ALL.into_iter().filter_map(|kind| Some((kind, mark(kind)?))).collect();
        match found.as_slice() {
            [(kind, _)] => Ok(*kind),
            // A user alone shows what is meant as well.
            [] if self.has("username") || self.has("user_id") => Ok(Kind::Password),
            [] => {
                let places = ["token", "access_key", "password", "application_credential_secret"];
                let places = places.map(|key| self.names.name(key)).join(", ");
                let also = match self.names {
                    Names::Variables => ", and OS_CLOUD names no cloud of a clouds.yaml",
                    #[cfg(feature = "keystone")]
                    _ => "",
                };
                let reason = format!("is required, and none of {places} is given{also}");
                Err(self.names.at("auth_type", &reason))
            }
            [(_, first), others @ ..] => {
                let mut wrong = Violations::default();
                for (_, other) in others {
                    wrong.add(self.names.at(
                        other,
                        &format!(
                            "was given beside {}: leave one out, or say by {} which counts",
                            self.names.name(first),
                            self.names.name("auth_type")
                        ),
                    ));
                }
                Err(wrong.into_error())
            }
        }
    }

    fn made(&self, kind: Kind) -> Result<Credentials, ValidationError> {
        match kind {
            Kind::Token => {
                let credentials = Credentials::token(self.required(&["token"])?.remove(0));
                match credentials.check() {
                    Ok(()) => Ok(credentials),
                    Err(error) => Err(self.names.place(error, "token")),
                }
            }
            Kind::AccessKey => {
                let mut both = self.required(&["access_key", "secret_key"])?;
                let (secret, id) = (both.remove(1), both.remove(0));
                let mut key = AccessKey::new(id, secret);
                if let Some(token) = self.get("security_token") {
                    key = key.security_token(token);
                }
                let credentials = Credentials::from(key);
                match credentials.check() {
                    Ok(()) => Ok(credentials),
                    Err(error) => Err(self.names.place(error, "access_key")),
                }
            }
            #[cfg(feature = "keystone")]
            Kind::Password | Kind::ApplicationCredential => self.keystone(kind),
            #[cfg(not(feature = "keystone"))]
            Kind::Password | Kind::ApplicationCredential => {
                Err(self.names.at(kind.marks()[0], NEEDS_FEATURE))
            }
        }
    }

    /// The values of these keys, or each that is missing.
    fn required(&self, keys: &[&str]) -> Result<Vec<String>, ValidationError> {
        let mut wrong = Violations::default();
        let mut values = Vec::new();
        for key in keys {
            match self.get(key) {
                Some(value) => values.push(value),
                None => wrong.add(self.names.at(key, "is required, and was not given")),
            }
        }
        wrong.or(values)
    }

    #[cfg(feature = "keystone")]
    fn keystone(&self, kind: Kind) -> Result<Credentials, ValidationError> {
        let mut keystone = super::Keystone::new(self.get("auth_url").unwrap_or_default());
        let mut set = |key: &str, value: Option<String>| {
            if let Some(value) = value {
                keystone.set(key, value);
            }
        };
        for key in ["user_id", "username"] {
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
        // An application credential has its project: an ID beside it is the client's, but a name
        // can't be.
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
        keystone.credentials(&self.names)
    }
}

#[cfg(test)]
mod tests;
