//! `discover` with a token and with an access key.
use otc_autoscaling::{
    AccessKey, Client, ClientBuilder, Credentials, ErrorKind, Keystone, Retry, Token,
};
use serde_json::{Value, json};

use crate::support::clock::VirtualClock;
use crate::support::service::{Service, json_response, reply};
use crate::support::{PROJECT, TOKEN};

fn catalog() -> Value {
    let endpoint = |region: &str| json!({ "interface": "public", "region": region, "url": format!("https://as.{region}.example/v1") });
    json!([{ "type": "asv1", "endpoints": [endpoint("eu-de"), endpoint("eu-nl")] }])
}

/// A mock of the identity service. `of_token` is the token, and `of_key` are the projects of the access key.
async fn identity(of_token: Value, of_key: Value) -> Service {
    Service::answering(&VirtualClock::default(), move |_, request| {
        let path = request.split(' ').nth(1).unwrap_or_default();
        let body = match path.split('?').next().unwrap_or_default() {
            "/v3/auth/tokens" => json!({ "token": of_token }),
            "/v3/projects" => json!({ "projects": of_key, "links": {} }),
            "/v3/auth/catalog" => json!({ "catalog": catalog(), "links": {} }),
            _ => return reply("404 Not Found", &[], ""),
        };
        json_response("200 OK", &body)
    })
    .await
}

async fn scoped() -> Service {
    let token = json!({ "user": {}, "project": { "id": PROJECT }, "catalog": catalog() });
    identity(token, json!([{ "id": PROJECT, "name": "eu-de" }, { "id": "b", "name": "eu-de_b" }]))
        .await
}

fn builder(service: &Service, credentials: impl Into<Credentials>) -> ClientBuilder {
    let builder = Client::builder().auth_url(&service.address).retry(Retry::never());
    builder.credentials(credentials)
}

fn key() -> AccessKey {
    AccessKey::new("AK", "canary-secret")
}

/// The endpoint and the project that were found, or the error.
async fn found(settings: ClientBuilder) -> Result<String, String> {
    let client = settings.discover().await.map_err(|error| error.to_string())?;
    let shown = format!("{client:?}");
    let (_, shown) = shown.split_once("endpoint: ").unwrap();
    Ok(shown.split(", ").take(2).collect::<Vec<_>>().join(" "))
}

#[tokio::test]
async fn project_of_a_token_is_looked_up() {
    let fetched = || Credentials::token_from(|| async { Ok::<_, String>(Token::new(TOKEN)) });
    for credentials in [Credentials::token(TOKEN), fetched()] {
        let service = scoped().await;
        let expected = format!("\"https://as.eu-nl.example\" project_id: \"{PROJECT}\"");
        let client = found(builder(&service, credentials).region("eu-nl")).await.unwrap();
        assert_eq!(client, expected);
        let request = service.request();
        assert!(request.starts_with("GET /v3/auth/tokens HTTP/1.1\n"), "{request}");
        for header in ["x-auth-token", "x-subject-token"] {
            assert!(request.contains(&format!("{header}: [token]\n")), "{request}");
        }
    }
}

#[tokio::test]
async fn access_key_is_for_the_named_project_or_that_of_the_region() {
    let service = scoped().await;
    for (settings, name, expected) in [
        (builder(&service, key()), "eu-de", PROJECT),
        (builder(&service, key()).project_name("eu-de_b"), "eu-de_b", "b"),
        (builder(&service, key().security_token("t").scoped("", "")), "eu-de", PROJECT),
    ] {
        let client = found(settings.region("eu-de")).await.unwrap();
        assert_eq!(client, format!("\"https://as.eu-de.example\" project_id: \"{expected}\""));
        let requests: Vec<String> =
            service.requests().iter().map(|request| request.replace('\r', "")).collect();
        let [.., projects, catalog] = &requests[..] else { panic!("{requests:?}") };
        assert!(
            projects.starts_with(&format!("GET /v3/projects?name={name} HTTP/1.1\n")),
            "{projects}"
        );
        assert!(catalog.starts_with("GET /v3/auth/catalog HTTP/1.1\n"), "{catalog}");
        for request in [projects, catalog] {
            assert!(request.contains("authorization: SDK-HMAC-SHA256 "), "{request}");
            assert!(!request.contains("x-auth-token") && !request.contains("canary"), "{request}");
        }
        assert!(!projects.contains("x-project-id"));
        assert!(catalog.contains(&format!("x-project-id: {expected}\n")));
    }
}

#[tokio::test]
async fn only_missing_settings_are_looked_up() {
    for credentials in [Credentials::token(TOKEN), key().into()] {
        let service = scoped().await;
        let known = || builder(&service, credentials.clone()).project_id(PROJECT);
        known().region("eu-de").discover().await.unwrap();
        known().endpoint("https://as.example").discover().await.unwrap();
        assert_eq!(service.requests().len(), 0);
        // The catalog has two regions.
        let error = found(known()).await.unwrap_err();
        assert!(error.contains("endpoint: the catalog has several endpoints ("), "{error}");
        assert_eq!(service.requests().len(), 1);
        let settings = builder(&service, credentials.clone()).endpoint("https://as.example");
        let client = found(settings.project_name("eu-de")).await.unwrap();
        assert_eq!(client, format!("\"https://as.example\" project_id: \"{PROJECT}\""));
    }
    // Custom credentials are not looked up in the identity service.
    let custom = Credentials::custom(Credentials::token(TOKEN));
    let service = scoped().await;
    let error = found(builder(&service, custom).region("eu-de")).await.unwrap_err();
    assert_eq!(error, "invalid client configuration: project_id: required");
    assert_eq!(service.requests().len(), 0);
}

#[tokio::test]
async fn missing_settings_of_a_lookup_are_reported() {
    let service = identity(
        json!({ "user": { "id": "u" } }),
        json!([{ "id": "a", "name": "twice" }, { "id": "b", "name": "twice" }, { "name": "x" }, 5]),
    )
    .await;
    let at = &service.address;
    let token = || builder(&service, Credentials::token(TOKEN));
    let key = || builder(&service, key());
    let unscoped = "project_id: the token is not scoped to a project: use a project-scoped token";
    for (settings, expected) in [
        (token().region("eu-de"), unscoped.to_owned()),
        (token().project_id(PROJECT), unscoped.to_owned()),
        (
            key().region("eu-de"),
            format!(
                "discovery failed: the identity service at {at} has no project \"eu-de\" for the access key: set project_id, or another project_name"
            ),
        ),
        (
            key().region("eu-de").project_name("twice"),
            format!(
                "discovery failed: the identity service at {at} has several projects \"twice\": set project_id to one of \"a\", \"b\""
            ),
        ),
        (key(), "project_id: required: set project_id, project_name, or region (to use its default project)".to_owned()),
        (
            token().auth_url("http://iam.example"),
            "auth_url: http is allowed only for loopback addresses: use https".to_owned(),
        ),
    ] {
        let error = found(settings).await.unwrap_err();
        let is_of_setting = !expected.starts_with("discovery");
        let prefix = if is_of_setting { "invalid client configuration: " } else { "" };
        assert_eq!(error, format!("{prefix}{expected}"));
    }
    // The region becomes part of a URL to which a secret is sent.
    for region in ["evil.example/", "eu-de@evil.example", "eu-fr", ""] {
        let settings = Client::builder().credentials(Credentials::token(TOKEN)).region(region);
        let error = found(settings).await.unwrap_err();
        assert_eq!(
            error,
            "invalid client configuration: auth_url: required for discover(): set it, or set the region to eu-de or eu-nl"
        );
    }
}

#[tokio::test]
async fn error_of_the_identity_service_is_that_of_discover() {
    let said = |code: u16, message: &str| json!({ "error": { "code": code, "message": message } });
    for (status, body, kind, expected) in [
        (
            "401 Unauthorized",
            said(401, "no"),
            ErrorKind::Unauthorized,
            "rejected the credentials: 401 Unauthorized: no",
        ),
        (
            "404 Not Found",
            said(404, &format!("no token {TOKEN}")),
            ErrorKind::Unauthorized,
            "rejected the credentials: 404 Not Found: no token [secret]",
        ),
        (
            "500 Internal Server Error",
            json!(1),
            ErrorKind::Credentials,
            "failed: 500 Internal Server Error: unrecognized error response; body \"1\"",
        ),
        (
            "429 Too Many Requests",
            json!({}),
            ErrorKind::Throttled,
            "failed: 429 Too Many Requests: unrecognized error response; body \"{}\"",
        ),
        ("200 OK", json!("{"), ErrorKind::Invalid, "required, and"),
    ] {
        let service = Service::always(json_response(status, &body)).await;
        let settings = builder(&service, Credentials::token(TOKEN)).region("eu-de");
        let error = settings.discover().await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        if kind != ErrorKind::Invalid {
            assert!(error.to_string().ends_with(expected), "{error}");
        }
        assert!(!format!("{error} {error:?}").contains(TOKEN), "{error}");
    }
}

#[tokio::test]
async fn build_suggests_discover_where_it_helps() {
    let hint = "project_id: required: set it, or call discover() instead of build() to look it up";
    for credentials in [Credentials::token(TOKEN), key().into()] {
        let settings = || Client::builder().credentials(credentials.clone());
        let error = settings().region("eu-de").build().unwrap_err();
        assert_eq!(error.to_string(), format!("invalid client configuration: {hint}"));
        let error = settings().endpoint("https://as.example").build().unwrap_err();
        assert_eq!(error.to_string(), "invalid client configuration: project_id: required");
    }
    let named = Client::builder().credentials(key()).region("eu-de").project_name("p");
    let error = named.build().unwrap_err();
    let expected = "invalid client configuration: project_id: required: set it to the ID of the project \"p\", \
                    or call discover() instead of build() to look it up";
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn settings_of_keystone_credentials_are_rejected_by_the_builder() {
    let keystone = Keystone::new("https://iam.example.com").user_id("u").password("canary");
    let settings = Client::builder().credentials(keystone).auth_url("https://iam.example.com");
    let error = found(settings.project_name("p")).await.unwrap_err();
    let reason = "can't be combined with Keystone credentials: set it in Keystone";
    let expected =
        format!("invalid client configuration: auth_url: {reason}; project_name: {reason}");
    assert_eq!(error, expected);
}

/// Most rejected signatures are caused by a wrong clock.
#[tokio::test]
async fn difference_of_clocks_is_named_in_a_rejected_signature() {
    let clock = VirtualClock::default();
    for (date, expected) in [
        ("Thu, 01 Jan 2026 00:20:00 GMT", Some("is 20 minutes behind that of the service")),
        ("Wed, 31 Dec 2025 23:40:00 GMT", Some("is 20 minutes ahead of that of the service")),
        ("Thu, 02 Jan 2025 00:00:00 GMT", Some("is 524160 minutes ahead of")),
        ("Thu, 01 Jan 2026 00:14:00 GMT", None),
        ("Wed, 31 Dec 2025 23:46:00 GMT", None),
        ("now", None),
    ] {
        let header = format!("date: {date}");
        let service =
            Service::start(&clock, vec![reply("401 Unauthorized", &[&header], "{}")]).await;
        let client = Client::builder().endpoint(&service.address).project_id(PROJECT);
        let client = client.credentials(key()).clock(clock.clone()).build().unwrap();
        let error =
            clock.run(client.list_scaling_activity_logs().scaling_group_id("g").send()).await;
        let called = error.unwrap_err().to_string();
        let settings = builder(&service, key()).region("eu-de").clock(clock.clone());
        let discovered = clock.run(settings.discover()).await.unwrap_err().to_string();
        for error in [called, discovered] {
            match expected {
                Some(expected) => {
                    assert!(
                        error.contains(&format!("; the clock of the system {expected}")),
                        "{error}"
                    );
                }
                None => assert!(!error.contains("clock"), "{error}"),
            }
        }
    }
}
