//! Credentials from where OpenStack's tools have them: variables, or a file of clouds.

#[cfg(feature = "keystone")]
mod clouds;

use std::collections::BTreeMap;
use std::ffi::OsString;
#[cfg(feature = "keystone")]
use std::{io, path::Path};

use secrecy::{ExposeSecret, SecretString};

use super::{AccessKey, Credentials};
use crate::validation::{ValidationError, Violations, quoted};

/// Where variables and files are read from: the process's own, unless a test brings its own.
pub(super) trait Environment {
    fn variable(&self, name: &str) -> Option<OsString>;

    #[cfg(feature = "keystone")]
    fn file(&self, path: &Path) -> io::Result<String>;
}

pub(super) struct Process;

impl Environment for Process {
    fn variable(&self, name: &str) -> Option<OsString> {
        std::env::var_os(name)
    }

    #[cfg(feature = "keystone")]
    fn file(&self, path: &Path) -> io::Result<String> {
        std::fs::read_to_string(path)
    }
}

/// A variable that is set to a text that is not empty.
fn text(environment: &dyn Environment, name: &str) -> Result<Option<String>, ValidationError> {
    let value = environment.variable(name).filter(|value| !value.is_empty());
    let value = value.map(OsString::into_string).transpose();
    value.map_err(|_| ValidationError::new("is not UTF-8").at(name))
}

/// What a setting is called where it comes from.
pub(super) enum Names {
    /// By the methods of [`Keystone`](super::Keystone).
    #[cfg(feature = "keystone")]
    Setters,
    Variables,
    /// By the keys of a cloud of this name.
    #[cfg(feature = "keystone")]
    Cloud(String),
}

impl Names {
    pub(super) fn name(&self, key: &str) -> String {
        match self {
            Self::Variables => format!("OS_{}", key.to_ascii_uppercase()),
            #[cfg(feature = "keystone")]
            Self::Setters | Self::Cloud(_) => key.to_owned(),
        }
    }

    pub(super) fn at(&self, key: &str, reason: &str) -> ValidationError {
        self.place(ValidationError::new(reason), key)
    }

    pub(super) fn place(&self, error: ValidationError, key: &str) -> ValidationError {
        let error = error.at(&self.name(key));
        match self {
            #[cfg(feature = "keystone")]
            Self::Cloud(cloud) if OUTSIDE.contains(&key) => error.at(cloud).at("clouds"),
            #[cfg(feature = "keystone")]
            Self::Cloud(cloud) => error.at("auth").at(cloud).at("clouds"),
            _ => error,
        }
    }
}

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

/// What a cloud of a file has beside `auth`, and not in it.
#[cfg(feature = "keystone")]
const OUTSIDE: [&str; 2] = ["auth_type", "region_name"];

/// Keys that mean the same; the first is the present one.
const ALIASES: [(&str, &str); 5] = [
    ("access_key", "ak"),
    ("project_id", "tenant_id"),
    ("project_name", "tenant_name"),
    ("secret_key", "sk"),
    ("token", "auth_token"),
];

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Token,
    AccessKey,
    Password,
    ApplicationCredential,
}

impl Kind {
    const ALL: [Self; 4] =
        [Self::Token, Self::AccessKey, Self::Password, Self::ApplicationCredential];

    /// What the setting `auth_type` calls it, as it is shown, and what else it is called.
    fn types(self) -> &'static [&'static str] {
        match self {
            Self::Token => &["token", "v3token"],
            Self::AccessKey => &["aksk"],
            Self::Password => &["password", "v3password"],
            Self::ApplicationCredential => {
                &["v3applicationcredential", "v3_application_credential"]
            }
        }
    }

    /// The settings that show that it is meant.
    fn marks(self) -> &'static [&'static str] {
        match self {
            Self::Token => &["token"],
            Self::AccessKey => &["access_key", "secret_key"],
            Self::Password => &["password"],
            Self::ApplicationCredential => &[
                "application_credential_secret",
                "application_credential_id",
                "application_credential_name",
            ],
        }
    }
}

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
        if wrong.is_empty() { Ok(Self { names, values }) } else { Err(wrong.into_error()) }
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
        if wrong.is_empty() { Ok(values) } else { Err(wrong.into_error()) }
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
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// Variables and files in the making.
    struct Sketch {
        variables: HashMap<String, OsString>,
        #[cfg(feature = "keystone")]
        files: HashMap<std::path::PathBuf, io::Result<String>>,
    }

    impl Environment for Sketch {
        fn variable(&self, name: &str) -> Option<OsString> {
            self.variables.get(name).cloned()
        }

        #[cfg(feature = "keystone")]
        fn file(&self, path: &Path) -> io::Result<String> {
            match self.files.get(path) {
                Some(Ok(text)) => Ok(text.clone()),
                Some(Err(error)) => Err(error.kind().into()),
                None => Err(io::ErrorKind::NotFound.into()),
            }
        }
    }

    /// Variables, without their `OS_`.
    fn variables<const N: usize>(variables: [(&str, &str); N]) -> Sketch {
        let variables = variables.map(|(name, value)| (format!("OS_{name}"), value.into()));
        Sketch {
            variables: variables.into(),
            #[cfg(feature = "keystone")]
            files: HashMap::new(),
        }
    }

    fn refused(sketch: &Sketch) -> String {
        let error = credentials(sketch).unwrap_err().to_string();
        assert!(!error.contains("canary"), "{error}");
        error
    }

    /// What is found: the form, the project, the region.
    fn found(sketch: &Sketch) -> [String; 3] {
        let found = credentials(sketch).unwrap_or_else(|error| panic!("{error}"));
        found.check().unwrap();
        let [project_id, region] = [&found.project_id, &found.region];
        [
            format!("{found:?}"),
            project_id.clone().unwrap_or_default(),
            region.clone().unwrap_or_default(),
        ]
    }

    #[test]
    fn token_or_access_key_is_read_with_project_and_region() {
        let token = variables([("TOKEN", "t"), ("PROJECT_ID", "p"), ("REGION_NAME", "r")]);
        assert_eq!(found(&token), ["Credentials(token)", "p", "r"]);
        let key = [("ACCESS_KEY", "a"), ("SECRET_KEY", "s"), ("SECURITY_TOKEN", "t")];
        assert_eq!(found(&variables(key)), ["Credentials(access key)", "", ""]);
        let older = [("AK", "a"), ("SK", "s"), ("TENANT_ID", "p")];
        assert_eq!(found(&variables(older)), ["Credentials(access key)", "p", ""]);
        assert_eq!(found(&variables([("AUTH_TOKEN", "t")]))[0], "Credentials(token)");
    }

    #[test]
    fn all_missing_and_contradictory_variables_are_named() {
        let none = "is required, and was not given";
        for (sketch, expected) in [
            (
                variables([("TOKEN", ""), ("REGION_NAME", "r")]),
                "OS_AUTH_TYPE: is required, and none of OS_TOKEN, OS_ACCESS_KEY, OS_PASSWORD, \
                 OS_APPLICATION_CREDENTIAL_SECRET is given, and OS_CLOUD names no cloud of a \
                 clouds.yaml"
                    .to_owned(),
            ),
            (variables([("ACCESS_KEY", "a")]), format!("OS_SECRET_KEY: {none}")),
            (variables([("SECRET_KEY", "canary")]), format!("OS_ACCESS_KEY: {none}")),
            (
                variables([("AUTH_TYPE", "aksk")]),
                format!("OS_ACCESS_KEY: {none}; OS_SECRET_KEY: {none}"),
            ),
            (variables([("AUTH_TYPE", "v3token")]), format!("OS_TOKEN: {none}")),
            (
                variables([("AUTH_TYPE", "v3oidc"), ("TOKEN", "canary")]),
                "OS_AUTH_TYPE: \"v3oidc\" is none of token, aksk, password, \
                 v3applicationcredential"
                    .to_owned(),
            ),
            (
                variables([("TOKEN", "canary"), ("ACCESS_KEY", "canary"), ("SECRET_KEY", "c")]),
                "OS_ACCESS_KEY: was given beside OS_TOKEN: leave one out, or say by OS_AUTH_TYPE \
                 which counts"
                    .to_owned(),
            ),
            (
                variables([
                    ("TENANT_ID", "p"),
                    ("PROJECT_ID", "q"),
                    ("TOKEN", "canary"),
                    ("AUTH_TOKEN", "canary2"),
                ]),
                "OS_TENANT_ID: is not what OS_PROJECT_ID is: leave one out; \
                 OS_AUTH_TOKEN: is not what OS_TOKEN is: leave one out"
                    .to_owned(),
            ),
            (
                variables([("TOKEN", "canary canary")]),
                "OS_TOKEN: the token holds a character that no token can".to_owned(),
            ),
            (
                variables([("ACCESS_KEY", "canary canary"), ("SECRET_KEY", "s")]),
                "OS_ACCESS_KEY: the access key holds a character that none can".to_owned(),
            ),
        ] {
            assert_eq!(refused(&sketch), expected);
        }
    }

    #[test]
    fn auth_type_selects_among_several_credentials() {
        let both = |form: &'static str| {
            variables([
                ("TOKEN", "t"),
                ("ACCESS_KEY", "a"),
                ("SECRET_KEY", "s"),
                ("AUTH_TYPE", form),
            ])
        };
        assert_eq!(found(&both("token"))[0], "Credentials(token)");
        assert_eq!(found(&both("aksk"))[0], "Credentials(access key)");
    }

    #[cfg(unix)]
    #[test]
    fn variable_that_is_not_utf_8_is_named() {
        use std::os::unix::ffi::OsStringExt;

        let mut sketch = variables([("TOKEN", "t")]);
        let value = OsString::from_vec(b"canary\xff".to_vec());
        sketch.variables.insert("OS_PASSWORD".to_owned(), value);
        assert_eq!(refused(&sketch), "OS_PASSWORD: is not UTF-8");
    }

    #[cfg(feature = "keystone")]
    mod keystone {
        use super::*;

        const URL: &str = "https://iam.example.com/v3";

        impl Sketch {
            fn file(mut self, path: &str, text: &str) -> Self {
                self.files.insert(path.into(), Ok(text.to_owned()));
                self
            }

            fn unreadable(mut self, path: &str) -> Self {
                self.files.insert(path.into(), Err(io::ErrorKind::PermissionDenied.into()));
                self
            }
        }

        fn cloud(variables: &[(&str, &str)]) -> Sketch {
            let mut sketch = self::variables([("CLOUD", "otc")]);
            sketch.variables.insert("HOME".to_owned(), "/home/me".into());
            for (name, value) in variables {
                sketch.variables.insert(format!("OS_{name}"), value.into());
            }
            sketch
        }

        fn clouds(auth: &str) -> String {
            format!("clouds: {{otc: {{region_name: r, auth: {{auth_url: '{URL}', {auth}}}}}}}")
        }

        #[test]
        fn user_or_application_credential_is_read() {
            let user = [("AUTH_URL", URL), ("USERNAME", "u"), ("PASSWORD", "canary")];
            let [url, name, password] = user;
            for sketch in [
                variables([url, name, password, ("USER_DOMAIN_NAME", "d"), ("PROJECT_ID", "p")]),
                // Both an ID and a name, as the files have it that the console writes.
                variables([
                    url,
                    name,
                    password,
                    ("USER_ID", "i"),
                    ("USER_DOMAIN_ID", "i"),
                    ("USER_DOMAIN_NAME", "d"),
                    ("PROJECT_ID", "p"),
                    ("PROJECT_NAME", "n"),
                ]),
                // One domain for both.
                variables([
                    url,
                    name,
                    password,
                    ("DOMAIN_NAME", "d"),
                    ("TENANT_NAME", "n"),
                    ("TENANT_ID", "p"),
                ]),
                // The project is the client's, and the credential has its own.
                variables([
                    url,
                    ("APPLICATION_CREDENTIAL_ID", "a"),
                    ("APPLICATION_CREDENTIAL_SECRET", "canary"),
                    ("PROJECT_ID", "p"),
                ]),
                variables([
                    url,
                    name,
                    ("USER_DOMAIN_ID", "d"),
                    ("APPLICATION_CREDENTIAL_NAME", "a"),
                    ("APPLICATION_CREDENTIAL_SECRET", "canary"),
                    ("AUTH_TYPE", "v3applicationcredential"),
                    ("PASSWORD", "canary"),
                    ("PROJECT_ID", "p"),
                ]),
            ] {
                assert_eq!(found(&sketch), ["Credentials(Keystone)", "p", ""]);
            }
        }

        #[test]
        fn all_missing_settings_are_named() {
            let none = "is required, and was not given";
            for (sketch, expected) in [
                (
                    variables([("PASSWORD", "canary")]),
                    format!(
                        "OS_AUTH_URL: {none}; OS_USERNAME: {none}; or give OS_USER_ID"
                    ),
                ),
                (
                    variables([("AUTH_URL", "http://iam.example.com"), ("USERNAME", "u")]),
                    format!(
                        "OS_AUTH_URL: is plain http, which is taken only to this machine: give \
                         https://; OS_PASSWORD: {none}, and no application credential either; \
                         OS_USER_DOMAIN_NAME: is required beside a name, and was not given; or \
                         give OS_USER_DOMAIN_ID"
                    ),
                ),
                (
                    variables([
                        ("AUTH_URL", URL),
                        ("APPLICATION_CREDENTIAL_ID", "a"),
                        ("APPLICATION_CREDENTIAL_SECRET", "canary"),
                        ("PROJECT_NAME", "n"),
                    ]),
                    "OS_PROJECT_NAME: was given beside an application credential, which is for one \
                     project already: leave it out"
                        .to_owned(),
                ),
                (
                    variables([("PASSWORD", "canary"), ("TOKEN", "canary")]),
                    "OS_PASSWORD: was given beside OS_TOKEN: leave one out, or say by OS_AUTH_TYPE \
                     which counts"
                        .to_owned(),
                ),
            ] {
                assert_eq!(refused(&sketch), expected);
            }
        }

        #[test]
        fn first_clouds_yaml_found_is_used() {
            let of = |project: &str| clouds(&format!("token: t, project_id: {project}"));
            let places = [
                "./clouds.yaml",
                "./clouds.yml",
                "/home/me/.config/openstack/clouds.yaml",
                "/etc/openstack/clouds.yaml",
            ];
            for first in 0..places.len() {
                let mut sketch = cloud(&[]);
                for (position, place) in places.iter().enumerate().skip(first) {
                    sketch = sketch.file(place, &of(&position.to_string()));
                }
                let project = first.to_string();
                assert_eq!(found(&sketch), ["Credentials(token)", project.as_str(), "r"]);
            }
            let named = cloud(&[("CLIENT_CONFIG_FILE", "/my.yaml")]);
            let named = named.file("./clouds.yaml", &of("0")).file("/my.yaml", &of("mine"));
            assert_eq!(found(&named)[1], "mine");
        }

        #[test]
        fn variables_are_not_merged_into_a_cloud() {
            let variables = [("TOKEN", "t"), ("PROJECT_ID", "other"), ("REGION_NAME", "other")];
            let sketch = cloud(&variables);
            let sketch = sketch.file("./clouds.yaml", &clouds("ak: a, sk: s, project_id: p"));
            assert_eq!(found(&sketch), ["Credentials(access key)", "p", "r"]);
        }

        #[test]
        fn secure_yaml_is_merged_over_clouds_yaml() {
            let base = clouds("username: u, user_id: i");
            let secure = |password: &str| {
                format!("clouds: {{otc: {{auth: {{password: {password}, project_id: p}}}}}}")
            };
            for place in ["/a/secure.yaml", "/home/me/.config/openstack/secure.yaml"] {
                let sketch = cloud(&[("CLIENT_CONFIG_FILE", "/a/my.yaml")]);
                let sketch = sketch.file("/a/my.yaml", &base).file(place, &secure("canary"));
                let expected = ["Credentials(Keystone)", "p", "r"];
                assert_eq!(found(&sketch), expected, "{place}");
            }
            let sketch = cloud(&[("CLIENT_SECURE_FILE", "/my.yaml")]);
            let sketch = sketch.file("./clouds.yaml", &base).file("./secure.yaml", "clouds: {}");
            assert_eq!(found(&sketch.file("/my.yaml", &secure("canary")))[1], "p");
            let without = cloud(&[]).file("./clouds.yaml", &base);
            assert!(refused(&without).starts_with("clouds.otc.auth.password: is required"));
        }

        #[test]
        fn yaml_scalars_are_read_as_written() {
            let found = |value: &str| {
                let text = format!("clouds: {{otc: {{auth: {{password: {value}}}}}}}");
                let sketch = cloud(&[]).file("./clouds.yaml", &text);
                clouds::find("otc", &sketch).unwrap().get("password").unwrap_or_default()
            };
            for value in ["0123", "1e3", "true", "0x10", "2020-01-01", "1_000", "12:30:45", "1.50"]
            {
                assert_eq!(found(value), value);
            }
            assert_eq!(found("'a: #b'"), "a: #b");
            for value in ["", "''", "null", "~"] {
                assert_eq!(found(value), "", "{value}");
            }
        }

        #[test]
        fn unknown_keys_are_ignored() {
            let text = format!(
                "cache: {{max_age: 5}}\nbase: &base {{region_name: r, verify: true, regions: [a]}}\n\
                 clouds:\n  another: {{auth: null}}\n  otc:\n    <<: *base\n    ak: a\n    sk: s\n    \
                 auth: {{auth_methods: [a, b], auth_url: '{URL}'}}\n"
            );
            let sketch = cloud(&[]).file("./clouds.yaml", &text);
            assert_eq!(found(&sketch), ["Credentials(access key)", "", "r"]);
        }

        #[test]
        fn missing_cloud_is_reported() {
            assert_eq!(
                refused(&cloud(&[])),
                "OS_CLOUD: there is no clouds.yaml in ., /home/me/.config/openstack, /etc/openstack"
            );
            for (text, known) in [("clouds: {a: {}, b: {}}", r#""a", "b""#), ("", "none")] {
                assert_eq!(
                    refused(&cloud(&[]).file("./clouds.yaml", text)),
                    format!(r#"OS_CLOUD: "otc" is not in ./clouds.yaml, which has {known}"#)
                );
            }
            assert_eq!(
                refused(&cloud(&[("CLIENT_CONFIG_FILE", "/a")])),
                r#"OS_CLIENT_CONFIG_FILE: there is no file "/a""#
            );
            assert_eq!(
                refused(&cloud(&[]).unreadable("./clouds.yaml")),
                "./clouds.yaml: can't be read: permission denied"
            );
        }

        #[test]
        fn errors_of_a_file_show_line_and_column_and_no_content() {
            for text in [
                "clouds: {otc: {auth: {password: [canary]}}}",
                "clouds: {otc: {auth: canary}}",
                "clouds: {otc: canary}",
                "clouds: canary",
                "canary",
                "clouds:\n  otc:\n    auth:\n      password: canary\n     username: canary",
                "clouds: {otc: {auth: {password: \"canary",
                "clouds: {otc: {auth: {password: canary, password: canary}}}",
                "clouds: {otc: {auth: {password: !!int canary}}}",
                "clouds: {otc: {auth: {password: *canary}}}",
            ] {
                let error = refused(&cloud(&[]).file("./clouds.yaml", text));
                let start = "./clouds.yaml: is no YAML of clouds, by name, with texts at line ";
                assert!(error.starts_with(start), "{text}: {error}");
            }
        }

        #[test]
        fn errors_name_settings_by_their_keys_in_the_file() {
            let sketch = cloud(&[]).file("./clouds.yaml", "clouds: {otc: {auth_type: x}}");
            let error = credentials(&sketch).unwrap_err();
            assert_eq!(error.violations()[0].pointer(), "/clouds/otc/auth_type");
            let sketch = cloud(&[]).file("./clouds.yaml", &clouds("password: canary"));
            let error = credentials(&sketch).unwrap_err();
            assert_eq!(
                error.to_string(),
                "clouds.otc.auth.username: is required, and was not given; or give user_id"
            );
            assert_eq!(error.violations()[0].pointer(), "/clouds/otc/auth/username");
        }
    }
}
