use std::collections::HashMap;

use std::ffi::OsString;
#[cfg(feature = "keystone")]
use std::{io, path::Path};

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
        variables([("TOKEN", "t"), ("ACCESS_KEY", "a"), ("SECRET_KEY", "s"), ("AUTH_TYPE", form)])
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
                format!("OS_AUTH_URL: {none}; OS_USERNAME: {none}; or give OS_USER_ID"),
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
        for value in ["0123", "1e3", "true", "0x10", "2020-01-01", "1_000", "12:30:45", "1.50"] {
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
