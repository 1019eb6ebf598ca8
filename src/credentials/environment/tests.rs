use std::collections::HashMap;
use std::ffi::OsString;
use std::io;
use std::path::Path;

use super::*;

/// The variables and files of a test.
struct Sketch {
    variables: HashMap<String, OsString>,
    files: HashMap<std::path::PathBuf, io::Result<String>>,
}

impl Environment for Sketch {
    fn variable(&self, name: &str) -> Option<OsString> {
        self.variables.get(name).cloned()
    }

    fn file(&self, path: &Path) -> io::Result<String> {
        match self.files.get(path) {
            Some(Ok(text)) => Ok(text.clone()),
            Some(Err(error)) => Err(error.kind().into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

/// Variables with these names, to which `OS_` is prepended.
fn variables<const N: usize>(variables: [(&str, &str); N]) -> Sketch {
    let variables = variables.map(|(name, value)| (format!("OS_{name}"), value.into()));
    Sketch { variables: variables.into(), files: HashMap::new() }
}

fn error_of(sketch: &Sketch) -> String {
    let error = credentials(sketch).unwrap_err().to_string();
    assert!(!error.contains("canary"), "{error}");
    error
}

/// The form, the project and the region of the credentials.
fn found(sketch: &Sketch) -> [String; 3] {
    let found = credentials(sketch).unwrap_or_else(|error| panic!("{error}"));
    found.check().unwrap();
    let [project_id, region] = [&found.defaults.project_id, &found.defaults.region];
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
    let none = "required";
    for (sketch, expected) in [
        (
            variables([("TOKEN", ""), ("REGION_NAME", "r")]),
            "OS_TOKEN: no credentials found: set OS_TOKEN, or OS_ACCESS_KEY and OS_SECRET_KEY, or OS_AUTH_URL with OS_USERNAME and OS_PASSWORD or with an application credential, or OS_CLOUD to use a clouds.yaml"
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
            "OS_AUTH_TYPE: \"v3oidc\" is not one of token, aksk, password, \
             v3applicationcredential"
                .to_owned(),
        ),
        (
            variables([("TOKEN", "canary"), ("APPLICATION_CREDENTIAL_SECRET", "canary")]),
            "OS_APPLICATION_CREDENTIAL_SECRET: can't be combined with OS_TOKEN: unset one of them, or \
             select one with OS_AUTH_TYPE"
                .to_owned(),
        ),
        (
            variables([("TOKEN", "canary\r"), ("AUTH_TYPE", "token")]),
            "OS_TOKEN: contains a line break: the file that sets it may have Windows line endings"
                .to_owned(),
        ),
        (
            variables([("TOKEN", "canary"), ("INTERFACE", "inside"), ("TRUST_ID", "canary")]),
            "OS_TRUST_ID: not supported: only tokens that are scoped to a project can be used; \
             OS_INTERFACE: not one of public, internal, admin"
                .to_owned(),
        ),
        (
            variables([("TOKEN", "canary"), ("INSECURE", "True"), ("VERIFY", "FALSE")]),
            "OS_VERIFY: not supported, since certificates are always verified: to trust another CA, set OS_CACERT to the path of its certificate; OS_INSECURE: not supported, since certificates are always verified: to trust another CA, set OS_CACERT to the path of its certificate"
                .to_owned(),
        ),
        (
            variables([("TOKEN", "canary canary")]),
            "OS_TOKEN: the token contains a space, a line break or another invalid character".to_owned(),
        ),
        (
            variables([("AUTH_TOKEN", "canary canary")]),
            "OS_AUTH_TOKEN: the token contains a space, a line break or another invalid character"
                .to_owned(),
        ),
        (
            variables([("ACCESS_KEY", "canary canary"), ("SECRET_KEY", "s")]),
            "OS_ACCESS_KEY: contains an invalid character".to_owned(),
        ),
        (
            variables([("ACCESS_KEY", "canary a"), ("SECURITY_TOKEN", "canary t")]),
            "OS_ACCESS_KEY: contains an invalid character; OS_SECRET_KEY: required; \
             OS_SECURITY_TOKEN: is empty, or contains an invalid character"
                .to_owned(),
        ),
        (
            variables([("ACCESS_KEY", "a"), ("SECRET_KEY", "canary ")]),
            "OS_SECRET_KEY: begins or ends with a space or a line break, or contains a control character"
                .to_owned(),
        ),
        (
            variables([("ACCESS_KEY", "a"), ("SECRET_KEY", "s"), ("SECURITY_TOKEN", "canary t")]),
            "OS_SECURITY_TOKEN: is empty, or contains an invalid character".to_owned(),
        ),
    ] {
        assert_eq!(error_of(&sketch), expected);
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

/// As in OpenStack's tools, the current name takes precedence over the older one.
#[test]
fn present_name_takes_precedence() {
    let both = [("TENANT_ID", "older"), ("PROJECT_ID", "p"), ("AUTH_TOKEN", "o"), ("TOKEN", "t")];
    assert_eq!(found(&variables(both)), ["Credentials(token)", "p", ""]);
    let keys = [("AK", "older"), ("ACCESS_KEY", "a"), ("SK", "older"), ("SECRET_KEY", "s")];
    assert_eq!(found(&variables(keys))[0], "Credentials(access key)");
    // `OS_REGION` is a name in other tools for the cloud.
    let other = [("TOKEN", "t"), ("REGION", "older"), ("REGION_NAME", "r")];
    assert_eq!(found(&variables(other))[2], "r");
    assert_eq!(found(&variables([("TOKEN", "t"), ("REGION", "r")]))[2], "r");
}

#[cfg(any(feature = "rustls", feature = "rustls-no-provider"))]
#[test]
fn authority_of_cacert_is_trusted() {
    const CA: &str = include_str!("../../../tests/it/support/ca.pem");

    let with = |path: &str, file: io::Result<String>| {
        let mut sketch = variables([("TOKEN", "t"), ("CACERT", path)]);
        sketch.variables.insert("HOME".to_owned(), "/home/me".into());
        sketch.files.insert("/home/me/ca.pem".into(), file);
        sketch
    };
    for path in ["/home/me/ca.pem", "~/ca.pem"] {
        let found = credentials(&with(path, Ok(format!("{CA}{CA}")))).unwrap();
        assert!(found.defaults.http_client.is_some());
    }
    assert!(credentials(&variables([("TOKEN", "t")])).unwrap().defaults.http_client.is_none());
    for (file, reason) in [
        (Ok("canary".to_owned()), "contains no valid certificate in PEM format"),
        (Ok(String::new()), "contains no valid certificate in PEM format"),
        (Ok(CA.replace("MII", "!!!")), "contains no valid certificate in PEM format"),
        (Err(io::ErrorKind::PermissionDenied.into()), "can't read the file: permission denied"),
    ] {
        assert_eq!(error_of(&with("~/ca.pem", file)), format!("OS_CACERT: {reason}"));
    }
    let missing = error_of(&with("/none", Ok(CA.to_owned())));
    assert_eq!(missing, "OS_CACERT: can't read the file: entity not found");
}

/// An access key next to other credentials is for the object storage.
#[test]
fn access_key_beside_other_credentials_is_not_used() {
    let keys = [("ACCESS_KEY", "a"), ("SECRET_KEY", "s"), ("AK", "a"), ("SK", "s")];
    for key in keys {
        assert_eq!(found(&variables([("TOKEN", "t"), key]))[0], "Credentials(token)");
    }
}

#[cfg(unix)]
#[test]
fn variable_that_is_not_utf_8_is_named() {
    use std::os::unix::ffi::OsStringExt;

    let mut sketch = variables([("TOKEN", "t")]);
    let value = OsString::from_vec(b"canary\xff".to_vec());
    sketch.variables.insert("OS_PASSWORD".to_owned(), value);
    assert_eq!(error_of(&sketch), "OS_PASSWORD: not valid UTF-8");
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
            // Both an ID and a name, as in files from the console.
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
            // One domain for the user and the project.
            variables([
                url,
                name,
                password,
                ("DOMAIN_NAME", "d"),
                ("TENANT_NAME", "n"),
                ("TENANT_ID", "p"),
            ]),
            // The project is a setting of the client; the application credential has its own.
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
        let none = "required";
        for (sketch, expected) in [
            (
                variables([("PASSWORD", "canary")]),
                format!("OS_AUTH_URL: {none}; OS_USERNAME: {none}: set OS_USERNAME or OS_USER_ID"),
            ),
            (
                variables([("AUTH_URL", "http://iam.example.com"), ("USERNAME", "u")]),
                format!(
                    "OS_AUTH_URL: http is allowed only for loopback addresses: use https; OS_PASSWORD: {none}: set a password or an application credential; \
                     OS_USER_DOMAIN_NAME: required with OS_USERNAME: set OS_USER_DOMAIN_NAME or OS_USER_DOMAIN_ID"
                ),
            ),
            (
                variables([
                    ("AUTH_URL", URL),
                    ("APPLICATION_CREDENTIAL_ID", "a"),
                    ("APPLICATION_CREDENTIAL_SECRET", "canary"),
                    ("PROJECT_NAME", "n"),
                ]),
                "OS_PROJECT_NAME: can't be combined with an application credential, which belongs to a project: unset it"
                    .to_owned(),
            ),
            (
                variables([
                    ("AUTH_URL", "https://iam.{region_name}.example"),
                    ("PASSWORD", "canary"),
                ]),
                "OS_REGION_NAME: required by the placeholder {region_name} in OS_AUTH_URL; \
                 OS_USERNAME: required: set OS_USERNAME or OS_USER_ID"
                    .to_owned(),
            ),
        ] {
            assert_eq!(error_of(&sketch), expected);
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
        assert!(error_of(&without).starts_with("clouds.otc.auth.password: required"));
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
        assert_eq!(found(&sketch), ["Credentials(access key)", "", "a"]);
    }

    #[test]
    fn missing_cloud_is_reported() {
        assert_eq!(
            error_of(&cloud(&[])),
            "OS_CLOUD: no clouds.yaml found in ., /home/me/.config/openstack, /etc/openstack"
        );
        for (text, known) in [("clouds: {a: {}, b: {}}", r#""a", "b""#), ("", "none")] {
            assert_eq!(
                error_of(&cloud(&[]).file("./clouds.yaml", text)),
                format!(r#"OS_CLOUD: "otc" is not in ./clouds.yaml (available: {known})"#)
            );
        }
        let sketch = cloud(&[]).file("./clouds.yaml", "clouds: {a: {}}");
        let sketch = sketch.file("./secure.yaml", "clouds: {a: {}, b: {}}");
        assert_eq!(
            error_of(&sketch),
            r#"OS_CLOUD: "otc" is not in ./clouds.yaml or ./secure.yaml (available: "a", "b")"#
        );
        assert_eq!(
            error_of(&cloud(&[("CLIENT_CONFIG_FILE", "/a")])),
            r#"OS_CLIENT_CONFIG_FILE: file "/a" not found"#
        );
        assert_eq!(
            error_of(&cloud(&[]).unreadable("./clouds.yaml")),
            "./clouds.yaml: can't read the file: permission denied"
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
            let error = error_of(&cloud(&[]).file("./clouds.yaml", text));
            let start = "./clouds.yaml: not a valid clouds.yaml: expected a map of clouds whose settings are strings at line ";
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
            "clouds.otc.auth.username: required: set username or user_id"
        );
        assert_eq!(error.violations()[0].pointer(), "/clouds/otc/auth/username");
    }

    #[test]
    fn user_takes_precedence_over_other_credentials() {
        let user = "username: u, password: canary, user_domain_name: d, project_name: n";
        for beside in [
            "ak: a, sk: s",
            "access_key: a, secret_key: s",
            "token: t",
            "application_credential_id: a, application_credential_secret: canary",
        ] {
            let text = clouds(user).replace("region_name: r", &format!("region_name: r, {beside}"));
            assert_eq!(found(&cloud(&[]).file("./clouds.yaml", &text))[0], "Credentials(Keystone)");
            let text = clouds(&format!("{beside}, {user}"));
            assert_eq!(found(&cloud(&[]).file("./clouds.yaml", &text))[0], "Credentials(Keystone)");
        }
        let text = clouds("token: t, ak: a, sk: s");
        assert_eq!(found(&cloud(&[]).file("./clouds.yaml", &text))[0], "Credentials(token)");
    }

    #[test]
    fn other_clouds_are_not_validated() {
        let otc = clouds("token: t, project_id: p");
        let otc = otc.trim_start_matches("clouds: {").trim_end_matches('}').to_owned() + "}}";
        for other in [
            "other: null",
            "other: ''",
            "other: []",
            "other: {auth: {password: a, password: b}}",
            "other: {auth: null, auth: []}",
            "other: {auth: {password: !vault canary}}",
            "other: canary, other: {}",
            "1: {auth: 1}",
            "~: {auth: 1}",
            "null: a, ~: b",
            "? null\n: {auth: {password: a}}",
            "'': canary",
        ] {
            for text in
                [format!("clouds: {{{other}, {otc}}}"), format!("clouds: {{{otc}, {other}}}")]
            {
                assert_eq!(found(&cloud(&[]).file("./clouds.yaml", &text))[1], "p", "{text}");
            }
        }
    }

    /// Otherwise, the value would be sent without being decrypted or replaced.
    #[test]
    fn value_with_a_tag_of_another_tool_is_rejected() {
        for value in
            ["!vault canary", "!Ref canary", "!<tag:example.com,2000:x> canary", "!env canary"]
        {
            let text = clouds(&format!("username: u, password: {value}"));
            let error = error_of(&cloud(&[]).file("./clouds.yaml", &text));
            assert!(error.starts_with("./clouds.yaml: not a valid clouds.yaml"), "{error}");
        }
        let user = "username: u, user_domain_name: d, password: canary";
        for text in [
            format!("clouds: {{otc: {{auth: !vault {{{user}}}}}}}"),
            format!("clouds: {{otc: !vault {{auth: {{{user}}}}}}}"),
            format!("clouds: {{otc: {{region_name: !env canary, auth: {{{user}}}}}}}"),
            format!("clouds: {{otc: {{regions: !env [canary], auth: {{{user}}}}}}}"),
            format!("clouds: !vault {{otc: {{auth: {{{user}}}}}}}"),
            format!("clouds: !env {{other: null, otc: {{auth: {{{user}}}}}}}"),
            "clouds: !env canary".to_owned(),
            format!("{{clouds: {{otc: {{auth: {{{user}}}}}}}, clouds: !env null}}"),
        ] {
            let error = error_of(&cloud(&[]).file("./clouds.yaml", &text));
            assert!(error.starts_with("./clouds.yaml: not a valid clouds.yaml"), "{error}");
        }
        for password in ["!!str 0123", "! canary"] {
            let text = clouds(&format!("username: u, user_domain_name: d, password: {password}"));
            assert_eq!(found(&cloud(&[]).file("./clouds.yaml", &text))[0], "Credentials(Keystone)");
        }
    }

    /// The older names in each file are resolved before the files are merged.
    #[test]
    fn secure_yaml_may_have_other_names() {
        for (base, over) in [
            ("project_id: base", "tenant_id: over"),
            ("tenant_id: base", "project_id: over"),
            ("tenant-id: base", "project-id: over"),
            ("project_id: base", "project_id: over"),
        ] {
            let base = clouds(&format!("token: t, {base}"));
            for over in [format!("auth: {{{over}}}"), over.to_owned()] {
                let secure = format!("clouds: {{otc: {{{over}}}}}");
                let sketch = cloud(&[]).file("./clouds.yaml", &base).file("./secure.yaml", &secure);
                assert_eq!(found(&sketch)[1], "over", "{base} {secure}");
            }
        }
    }

    /// The result does not depend on the order of the keys.
    #[test]
    fn auth_takes_precedence_beside_it_or_not_in_any_order() {
        let read = |text: &str| {
            let sketch = cloud(&[]).file("./clouds.yaml", text);
            clouds::find("otc", &sketch).unwrap()
        };
        for (key, expected) in
            [("username", "inner"), ("password", "inner"), ("project_id", "outer")]
        {
            let [outer, inner] = ["outer", "inner"].map(|value| format!("{key}: {value}"));
            for text in [
                format!("clouds: {{otc: {{{outer}, auth: {{{inner}}}}}}}"),
                format!("clouds: {{otc: {{auth: {{{inner}}}, {outer}}}}}"),
            ] {
                assert_eq!(read(&text).get(key).as_deref(), Some(expected), "{text}");
            }
        }
    }

    #[test]
    fn profile_and_regions_are_taken_from_a_cloud() {
        let read = |settings: &str| {
            let text = format!("clouds: {{otc: {{{settings}}}}}");
            clouds::find("otc", &cloud(&[]).file("./clouds.yaml", &text))
        };
        let of = |settings: &str| {
            let found = read(settings).unwrap_or_else(|error| panic!("{settings}: {error}"));
            ["auth_url", "region_name"].map(|key| found.get(key).unwrap_or_default())
        };
        let iam = "https://iam.{region_name}.otc.t-systems.com";
        assert_eq!(of("profile: otc"), [iam, "eu-de"]);
        assert_eq!(of("cloud: otc, region_name: eu-nl"), [iam, "eu-nl"]);
        assert_eq!(of("profile: otc, auth: {auth_url: a}"), ["a", "eu-de"]);
        for regions in ["[b, a]", "[{name: b}, a]", "[{name: b, values: {}}]", "b", "'b,a'"] {
            assert_eq!(of(&format!("regions: {regions}")), ["", "b"]);
            assert_eq!(of(&format!("regions: {regions}, region_name: r")), ["", "b"]);
            assert_eq!(of(&format!("region_name: r, regions: {regions}")), ["", "b"]);
        }
        for regions in ["[]", "[null]", "''", ""] {
            assert_eq!(of(&format!("regions: {regions}, region_name: r")), ["", "r"], "{regions}");
            assert_eq!(of(&format!("region_name: r, regions: {regions}")), ["", "r"], "{regions}");
        }
        assert_eq!(of("region_name: r, region-name: "), ["", "r"]);
        assert_eq!(of("regions: ['', aa], region_name: zz"), ["", "aa"]);
        let message = |settings: &str| read(settings).err().unwrap().to_string();
        assert_eq!(
            message("profile: ovh"),
            r#"clouds.otc.profile: "ovh" is not supported: replace it with the settings that it contains"#
        );
        for (settings, key) in [
            ("region_name: 007", "region_name"),
            ("regions: [{name: 5}], region_name: z", "regions"),
        ] {
            let expected =
                format!("clouds.otc.{key}: the name of a region is not a string: put it in quotes");
            assert_eq!(message(settings), expected);
        }
        assert_eq!(
            message("regions: [{name: b, values: {auth: {password: canary}}}]"),
            "clouds.otc.regions: per-region settings are not supported: move them one level up, next to `regions`"
        );
    }

    #[test]
    fn settings_that_would_be_ignored_are_named() {
        for (setting, reason) in [
            (
                "verify: false",
                "clouds.otc.verify: not supported, since certificates are always verified: to trust another CA, set cacert to",
            ),
            (
                "verify: no",
                "clouds.otc.verify: not supported, since certificates are always verified: to trust another CA, set cacert to",
            ),
            (
                "verify: 'Off'",
                "clouds.otc.verify: not supported, since certificates are always verified: to trust another CA, set cacert to",
            ),
            (
                "verify: maybe",
                "clouds.otc.verify: not supported, since certificates are always verified: to trust another CA, set cacert to",
            ),
            (
                "insecure: maybe",
                "clouds.otc.insecure: not supported, since certificates are always verified: to trust another CA, set cacert to",
            ),
            (
                "cert: a.pem",
                "clouds.otc.cert: not supported: pass an HttpClient with the client certificate to ClientBuilder::http_client",
            ),
            (
                "key: a.key",
                "clouds.otc.key: not supported: pass an HttpClient with the client certificate to ClientBuilder::http_client",
            ),
            (
                "verify: 0",
                "clouds.otc.verify: not supported, since certificates are always verified: to trust another CA, set cacert to",
            ),
            (
                "insecure: yes",
                "clouds.otc.insecure: not supported, since certificates are always verified: to trust another CA, set cacert to",
            ),
            (
                "insecure: 1",
                "clouds.otc.insecure: not supported, since certificates are always verified: to trust another CA, set cacert to",
            ),
            (
                "insecure: true",
                "clouds.otc.insecure: not supported, since certificates are always verified: to trust another CA, set cacert to",
            ),
            ("interface: inside", "clouds.otc.interface: not one of public, internal, admin"),
            ("trust_id: canary", "clouds.otc.trust_id: not supported: only tokens that are scoped"),
        ] {
            let text =
                clouds("token: t").replace("region_name", &format!("{setting}, region_name"));
            let error = error_of(&cloud(&[]).file("./clouds.yaml", &text));
            assert!(error.starts_with(reason), "{error}");
        }
        for setting in ["verify: true", "insecure: 'false'", "interface: publicURL"] {
            let text =
                clouds("token: t").replace("region_name", &format!("{setting}, region_name"));
            found(&cloud(&[]).file("./clouds.yaml", &text));
        }
    }

    /// Otherwise, anyone with write access to the working directory could get the secrets.
    #[test]
    fn secrets_are_not_merged_with_files_of_the_working_directory() {
        let base = clouds("username: u, user_domain_name: d");
        let secure = "clouds: {otc: {auth: {password: canary}}}";
        let home = "/home/me/.config/openstack/secure.yaml";
        let foreign = cloud(&[]).file("./clouds.yaml", &base).file(home, secure);
        let error = error_of(&foreign);
        assert!(
            error.starts_with(&format!("{home}: contains secrets for ./clouds.yaml")),
            "{error}"
        );
        // Secrets of another cloud and explicitly named files are accepted.
        let other = cloud(&[]).file("./clouds.yaml", &clouds("token: t"));
        found(&other.file(home, "clouds: {other: {auth: {password: canary}}}"));
        let named = cloud(&[("CLIENT_SECURE_FILE", home)]);
        found(&named.file("./clouds.yaml", &base).file(home, secure));
        let named = cloud(&[("CLIENT_CONFIG_FILE", "./clouds.yaml")]);
        found(&named.file("./clouds.yaml", &base).file(home, secure));
        // A file in the working directory must not change the URL to which secrets in another folder are sent.
        let full = clouds("username: u, user_domain_name: d, password: canary");
        let evil = "clouds: {otc: {auth: {auth_url: 'https://evil.example'}}}";
        let config = "/home/me/.config/openstack/clouds.yaml";
        for (variables, path) in [
            (vec![], config),
            (vec![], "/etc/openstack/clouds.yaml"),
            (vec![("CLIENT_CONFIG_FILE", "/my/a.yaml")], "/my/a.yaml"),
        ] {
            for name in ["./secure.yaml", "./secure.yml"] {
                let error = error_of(&cloud(&variables).file(path, &full).file(name, evil));
                let expected = format!("{name}: in the working directory, and may set");
                assert!(error.starts_with(&expected), "{error}");
                let other = evil.replace("otc", "other");
                found(&cloud(&variables).file(path, &full).file(name, &other));
            }
        }
        let named = cloud(&[("CLIENT_SECURE_FILE", "./secure.yaml")]);
        found(&named.file(config, &base).file("./secure.yaml", secure));
        let here = cloud(&[("CLIENT_CONFIG_FILE", "./a.yaml")]);
        found(&here.file("./a.yaml", &base).file("./secure.yaml", secure));
        let beside = cloud(&[]).file("/home/me/.config/openstack/clouds.yaml", &base);
        found(&beside.file("/etc/openstack/secure.yaml", secure));
    }

    #[cfg(unix)]
    #[test]
    fn special_file_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        for path in [Path::new("/dev/zero"), folder.path()] {
            assert_eq!(
                Process.file(path).unwrap_err().to_string(),
                "not a regular file of less than 1 MiB"
            );
        }
        let long = folder.path().join("clouds.yaml");
        std::fs::write(&long, "#".repeat((1 << 20) + 1)).unwrap();
        assert!(Process.file(&long).is_err());
        std::fs::write(&long, "#").unwrap();
        assert_eq!(Process.file(&long).unwrap(), "#");
    }
}
