//! Credentials of the identity service: settings that are rejected before anything is sent, and responses
//! that a real Keystone server does not return. `keystone/` has the tests against a real server.
use std::error::Error as _;
use std::time::Duration;

use otc_autoscaling::{
    Client, ClientBuilder, Clock, Credentials, Error, ErrorKind, HttpClient, Keystone, Retry,
};
use serde_json::{Value, json};

use crate::support::clock::VirtualClock;
use crate::support::service::{Service, Step, json_response, reply};
use crate::support::{GROUP, PROJECT, TOKEN, unused_address};

const PASSWORD: &str = "canary-password";

fn keystone(url: &str) -> Keystone {
    Keystone::new(url).user_id("u").password(PASSWORD).project_id(PROJECT)
}

fn settings(credentials: impl Into<Credentials>) -> ClientBuilder {
    Client::builder().credentials(credentials).retry(Retry::never())
}

/// A mock identity service that returns a token with this catalog.
async fn granting(catalog: Value) -> Service {
    let token = json!({
        "expires_at": "2999-01-01T00:00:00.000000Z",
        "project": { "id": PROJECT, "name": "fleet" },
        "catalog": catalog,
    });
    let header = format!("x-subject-token: {TOKEN}");
    Service::always(reply("201 Created", &[&header], json!({ "token": token }).to_string())).await
}

fn endpoint(interface: &str, region: &str, url: &str) -> Value {
    json!({ "interface": interface, "region": region, "region_id": region, "url": url })
}

async fn discovered(settings: ClientBuilder) -> Result<String, String> {
    match settings.discover().await {
        Ok(client) => Ok(format!("{client:?}")),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn invalid_settings_are_reported_with_the_fix() {
    let url = "https://iam.example.com/v3";
    let new = || Keystone::new(url);
    let credential = || new().application_credential_secret(PASSWORD);
    let none = "required";
    let beside = "can't be combined with an application credential";
    for (keystone, expected) in [
        (keystone(""), format!("auth_url: {none}")),
        (
            keystone("http://iam.example.com/v3"),
            "auth_url: http is allowed only for loopback addresses: use https".into(),
        ),
        (
            keystone("https://me:canary@iam.example.com"),
            "auth_url: contains a user or a password: remove them".into(),
        ),
        (
            keystone("https://iam.example.com/?a=canary"),
            "auth_url: contains a query or a fragment: remove it".into(),
        ),
        (
            keystone("iam"),
            r#"auth_url: "iam" is not a valid URL: relative URL without a base"#.into(),
        ),
        (
            new(),
            format!(
                "password: required: set a password or an application credential; credentials.username: \
                 {none}: set username or user_id"
            ),
        ),
        (new().password(PASSWORD), format!("username: {none}: set username or user_id")),
        (
            new().username("u").password(PASSWORD).project_name("p"),
            "user_domain_name: required with username: set user_domain_name or \
             user_domain_id"
                .into(),
        ),
        (
            new().user_id("u").password(PASSWORD).project_name("p"),
            "project_domain_name: required with project_name: set project_domain_name or \
             project_domain_id"
                .into(),
        ),
        (
            credential(),
            "application_credential_id: required with application_credential_secret: set application_credential_id, or \
             application_credential_name and user_id"
                .into(),
        ),
        (
            new().application_credential_id("a"),
            "application_credential_secret: required with an application credential".into(),
        ),
        (
            credential().application_credential_name("a"),
            format!("username: {none}: set username or user_id"),
        ),
        (
            credential().application_credential_id("a").password(PASSWORD),
            format!("password: {beside}: set only one of them"),
        ),
        (
            credential().application_credential_id("a").project_id("p"),
            format!("project_id: {beside}, which belongs to a project: unset it"),
        ),
        (
            credential().application_credential_id("a").project_name("p"),
            format!("project_name: {beside}, which belongs to a project: unset it"),
        ),
        (
            keystone(url).http_client(HttpClient::new(|settings| settings.user_agent("a\nb"))),
            "http_client: invalid settings: failed to parse header \
             value"
                .into(),
        ),
    ] {
        let shown = format!("{keystone:?}");
        assert_eq!(shown, "Keystone(..)");
        let settings = settings(keystone).region("eu-de").project_id(PROJECT);
        assert!(!format!("{settings:?}").contains("canary"));
        let error = settings.build().unwrap_err();
        let expected = format!("invalid client configuration: credentials.{expected}");
        assert_eq!(error.to_string(), expected);
        assert!(!format!("{error:?}").contains("canary"));
    }
}

#[test]
fn missing_settings_suggest_discover() {
    let credentials = Keystone::new("https://iam.example.com").user_id("u").password(PASSWORD);
    let error = settings(credentials).build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid client configuration: \
         project_id: required: set it, or call discover() instead of build() to look it up; \
         region: required: use eu-de or eu-nl, or set an endpoint, or call discover() instead of build() to look it up"
    );
    // The suggestion is also made if the credentials are invalid.
    let incomplete = Keystone::new("https://iam.example.com").user_id("u").project_name("p");
    let error = settings(incomplete).region("eu-de").build().unwrap_err();
    let expected =
        "project_id: required: set it, or call discover() instead of build() to look it up";
    assert!(error.to_string().ends_with(expected), "{error}");
    // discover() would reject the name of a project that is not set in the credentials.
    let credentials = Keystone::new("https://iam.example.com").user_id("u").password(PASSWORD);
    let error = settings(credentials).region("eu-de").project_name("p").build().unwrap_err();
    let expected = "project_id: required: set it to the ID of the project \"p\"";
    assert!(error.to_string().ends_with(expected), "{error}");
}

#[tokio::test]
async fn invalid_settings_are_rejected_before_a_password_is_sent() {
    let server = granting(json!([])).await;
    let settings = settings(keystone(&server.address)).region("eu-de");
    let error = settings.timeout(Duration::ZERO).discover().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid client configuration: timeout: must be greater than zero"
    );
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn token_request_matches_the_documentation() {
    let server = granting(json!([])).await;
    let service = Service::always(json_response("200 OK", &json!({}))).await;
    let settings = settings(keystone(&server.address)).endpoint(&service.address);
    called(&settings.build().unwrap()).await.unwrap();
    let request = server.request();
    let (head, body) = request.split_once("\n\n").unwrap();
    assert!(head.starts_with("POST /v3/auth/tokens HTTP/1.1\n"), "{head}");
    assert!(!head.contains("canary"));
    let expected = json!({ "auth": {
        "identity": {
            "methods": ["password"],
            "password": { "user": { "id": "u", "password": PASSWORD } },
        },
        "scope": { "project": { "id": PROJECT } },
    } });
    assert_eq!(serde_json::from_str::<Value>(body).unwrap(), expected);
}

async fn called(client: &Client) -> Result<(), Error> {
    client.update_scaling_group().scaling_group_id(GROUP).send().await.map(|_| ())
}

/// Makes a call, asserts that its request is not sent, and returns the error.
async fn not_sent(keystone_: &Service) -> Error {
    let service = Service::always(json_response("200 OK", &json!({}))).await;
    let settings = settings(keystone(&keystone_.address)).endpoint(&service.address);
    let error = called(&settings.build().unwrap()).await.unwrap_err();
    let kinds = [ErrorKind::Credentials, ErrorKind::Unauthorized, ErrorKind::Throttled];
    assert!(kinds.contains(&error.kind()) && error.status().is_none(), "{error:?}");
    assert_eq!(service.requests().len(), 0);
    assert_eq!(keystone_.requests().len(), 1);
    let shown = format!("{error} {error:?} {:?}", error.source());
    assert!(!shown.contains("canary"), "{shown}");
    error
}

#[tokio::test]
async fn response_without_a_token_is_reported() {
    let token = format!("x-subject-token: {TOKEN}");
    let odd = format!("x-subject-token: {TOKEN} {TOKEN}");
    let huge = format!(r#"{{"token":{{}},"padding":"{}"}}"#, "x".repeat(5 << 20));
    for (header, body, expected) in [
        (None, "{\"token\":{}}", "returned no token: the response has no X-Subject-Token"),
        (Some(&token), "<html>", "returned no token: the response is no JSON"),
        (Some(&token), "[]", "returned no token: the response has no object `token`"),
        (Some(&token), "", "returned no token: the response is no JSON"),
        (
            Some(&odd),
            "{\"token\":{}}",
            "the token contains a space, a line break or another invalid character",
        ),
        (Some(&token), huge.as_str(), "returned 201 Created with more than 4194304 bytes"),
    ] {
        let headers: Vec<&str> = header.into_iter().map(String::as_str).collect();
        let server = Service::always(reply("201 Created", &headers, body)).await;
        let error = not_sent(&server).await;
        assert!(!error.is_transient() && !error.is_unauthorized());
        assert!(error.to_string().ends_with(expected), "{error}");
    }
}

#[tokio::test]
async fn token_without_an_expiry_is_used() {
    for expires_at in [json!(null), json!("soon"), json!(5)] {
        let token = format!("x-subject-token: {TOKEN}");
        let body = json!({ "token": { "expires_at": expires_at } }).to_string();
        let server = Service::always(reply("201 Created", &[&token], body)).await;
        let service = Service::always(json_response("200 OK", &json!({}))).await;
        let settings = settings(keystone(&server.address)).endpoint(&service.address);
        let client = settings.build().unwrap();
        called(&client).await.unwrap();
        called(&client).await.unwrap();
        assert_eq!((server.requests().len(), service.requests().len()), (1, 2));
        assert!(service.requests()[1].contains("x-auth-token: canary-4f1c9b\r\n"));
    }
}

#[tokio::test]
async fn status_of_keystone_decides_whether_an_error_is_transient() {
    let said = |message: &str| json!({ "error": { "code": 1, "message": message } }).to_string();
    let plain = |message: &str| message.to_owned();
    for (status, body, is_transient, is_unauthorized, expected) in [
        (
            "401 Unauthorized",
            said("m"),
            false,
            true,
            "rejected the credentials: 401 Unauthorized: m",
        ),
        ("403 Forbidden", said("m"), false, true, "rejected the credentials: 403 Forbidden: m"),
        ("400 Bad Request", said("m"), false, false, "failed: 400 Bad Request: m"),
        // Without an application credential, a 404 means that the URL is wrong.
        ("404 Not Found", said("m"), false, false, "failed: 404 Not Found: m"),
        (
            "408 Request Timeout",
            plain(""),
            true,
            false,
            "408 Request Timeout: unrecognized error response; empty body",
        ),
        ("429 Too Many Requests", said("m"), true, false, "failed: 429 Too Many Requests: m"),
        (
            "500 Internal Server Error",
            plain("<html><title>Oops</title> at nginx"),
            true,
            false,
            "unrecognized error response; body \"Oops at nginx\"",
        ),
        (
            "502 Bad Gateway",
            format!("upstream error, request: {PASSWORD}"),
            true,
            false,
            "unrecognized error response; body \"upstream error, request: [secret]\"",
        ),
        (
            "503 Service Unavailable",
            said("a\nb"),
            true,
            false,
            "failed: 503 Service Unavailable: a b",
        ),
        // A validation error may quote the request.
        (
            "400 Bad Request",
            said(&format!("of {PASSWORD}")),
            false,
            false,
            "Bad Request: of [secret]",
        ),
    ] {
        let server = Service::always(reply(status, &[], body)).await;
        let error = not_sent(&server).await;
        assert_eq!(error.is_transient(), is_transient, "{error}");
        assert_eq!(error.is_unauthorized(), is_unauthorized, "{error}");
        assert!(error.to_string().ends_with(expected), "{error}");
        assert!(
            error.to_string().contains(&format!("the identity service at {} ", server.address))
        );
    }
}

/// The gateway of the identity service throttles with any status, even one that usually means invalid credentials.
#[tokio::test]
async fn throttling_by_the_gateway_of_keystone_is_known_by_its_code() {
    for status in ["200 OK", "201 Created", "401 Unauthorized", "403 Forbidden", "503 Unavailable"]
    {
        let body = json!({ "error_code": "APIGW.0308", "error_msg": "m", "request_id": "r" });
        let error = not_sent(&Service::always(json_response(status, &body)).await).await;
        assert!(error.is_throttled() && error.is_transient(), "{error}");
        assert!(!error.is_unauthorized() && !error.may_have_been_applied(), "{error}");
    }
}

#[tokio::test]
async fn refused_connection_is_transient() {
    let (address, _socket) = unused_address();
    let settings = settings(keystone(&address)).region("eu-de");
    let error = settings.discover().await.unwrap_err();
    assert!(
        error.kind() == ErrorKind::Credentials
            && error.is_transient()
            && error.kind() != ErrorKind::Connect
    );
    let expected = format!(
        "discovery failed: the identity service at {address} can't be reached: \
         Connection refused (os error"
    );
    assert!(error.to_string().starts_with(&expected), "{error}");
    // The message includes the cause, so `source()` does not repeat it.
    assert!(error.source().is_none());
}

/// anyhow, for example, prints the causes below the error.
#[tokio::test]
async fn causes_do_not_repeat_the_error() {
    let (address, _socket) = unused_address();
    let rejection = json!({ "error": { "code": 401, "message": "no", "title": "Unauthorized" } });
    let rejecting = Service::always(json_response("401 Unauthorized", &rejection)).await;
    let odd = Service::always(json_response("201 Created", &json!({}))).await;
    for address in [&address, &rejecting.address, &odd.address] {
        let settings = settings(keystone(address)).region("eu-de");
        let error = settings.discover().await.unwrap_err();
        let mut texts = vec![error.to_string()];
        let mut source = error.source();
        while let Some(cause) = source {
            texts.push(cause.to_string());
            source = cause.source();
        }
        for (index, text) in texts.iter().enumerate() {
            assert!(!texts[..index].iter().any(|above| above.contains(text)), "{texts:?}");
        }
    }
}

#[tokio::test]
async fn silent_keystone_is_a_timeout() {
    let clock = VirtualClock::default();
    let server = Service::start(&clock, vec![vec![Step::Hold]]).await;
    let settings = settings(keystone(&server.address)).clock(clock.clone());
    let settings = settings.attempt_timeout(Duration::from_millis(50));
    let error = clock.run(settings.discover()).await.unwrap_err();
    assert!(error.kind() == ErrorKind::Credentials && error.is_timeout() && error.is_transient());
    assert_eq!(error.to_string(), "discovery timed out after 50ms");
}

/// Throttled token requests are retried after the same delay as calls, unless the response requests another delay.
#[tokio::test]
async fn delay_that_keystone_requests_is_waited_for() {
    let date = "date: Thu, 22 Nov 2018 13:46:20 GMT";
    for (status, headers, expected) in [
        ("429 Too Many Requests", &["retry-after: 7"][..], 7.0),
        ("503 Service Unavailable", &["retry-after: 6.5"], 7.0),
        ("500 Internal Server Error", &["retry-after: 30"], 30.0),
        ("429 Too Many Requests", &[date, "retry-after: Thu, 22 Nov 2018 13:46:29 GMT"], 9.0),
        ("429 Too Many Requests", &[], 10.0),
        ("429 Too Many Requests", &["retry-after: soon"], 10.0),
        ("503 Service Unavailable", &[], 1.0),
    ] {
        let clock = VirtualClock::default();
        let token = json!({ "token": { "project": { "id": PROJECT } } });
        let granted = [format!("x-subject-token: {TOKEN}")];
        let granted = granted.each_ref().map(String::as_str);
        let script =
            vec![reply(status, headers, ""), reply("201 Created", &granted, token.to_string())];
        let server = Service::start(&clock, script).await;
        let second = Duration::from_secs(1);
        let retry = Retry::default().backoff(second, second).without_jitter();
        let settings =
            settings(keystone(&server.address)).endpoint("https://as.example").retry(retry);
        clock.run(settings.clock(clock.clone()).discover()).await.unwrap();
        assert_eq!(clock.elapsed().as_secs_f64(), expected, "{status} {headers:?}");
    }
    let server = Service::always(reply("429 Too Many Requests", &["retry-after: 90"], "")).await;
    let error = not_sent(&server).await;
    assert!(error.is_throttled() && error.is_transient() && !error.is_unauthorized());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(90)));
}

#[tokio::test]
async fn password_is_not_sent_along_a_redirect() {
    let other = granting(json!([])).await;
    let location = format!("location: {}/v3/auth/tokens", other.address);
    for status in ["302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let server = Service::always(reply(status, &[&location], "")).await;
        let error = not_sent(&server).await;
        assert!(error.to_string().ends_with("redirects are not followed"), "{error}");
    }
    assert_eq!(other.requests().len(), 0);
}

#[tokio::test]
async fn custom_http_client_fetches_tokens() {
    let server = granting(json!([])).await;
    let mut headers = reqwest::header::HeaderMap::new();
    headers.insert("x-mine", "1".parse().unwrap());
    let own = HttpClient::new(move |settings| settings.default_headers(headers.clone()));
    let service = Service::always(json_response("200 OK", &json!({}))).await;
    let credentials = keystone(&server.address).http_client(own);
    let client = settings(credentials).endpoint(&service.address).build().unwrap();
    called(&client).await.unwrap();
    assert!(server.request().contains("x-mine: 1\n"));
}

#[tokio::test]
async fn endpoint_is_the_public_one_of_the_region() {
    let catalog = json!([
        5,
        { "type": "identity", "endpoints": [endpoint("public", "eu-de", "https://iam.example")] },
        { "type": "asv1", "endpoints": null },
        { "type": "asv1", "endpoints": [
            null,
            { "interface": "public", "region": "eu-de" },
            endpoint("internal", "eu-de", "https://internal.example"),
            endpoint("public", "eu-de", "https://as.de.example:8443/autoscaling-api/v1/p"),
            endpoint("public", "eu-de", "https://as.de.example:8443/autoscaling-api/v2/p"),
            { "interface": "public", "region": "eu-nl", "url": "https://as.nl.example/v1" },
            endpoint("public", "plain", "http://as.plain.example"),
        ] },
    ]);
    let server = granting(catalog).await;
    let in_region = |region: &str| settings(keystone(&server.address)).region(region);
    for (region, expected) in
        [("eu-de", "https://as.de.example:8443"), ("eu-nl", "https://as.nl.example")]
    {
        let client = discovered(in_region(region)).await.unwrap();
        assert!(client.contains(&format!("endpoint: \"{expected}\", project_id: \"{PROJECT}\"")));
    }
    let known = "\"https://as.de.example:8443/autoscaling-api/v1/p\" in \"eu-de\", \
                 \"https://as.de.example:8443/autoscaling-api/v2/p\" in \"eu-de\", \
                 \"https://as.nl.example/v1\" in \"eu-nl\", \
                 \"http://as.plain.example\" in \"plain\"";
    for (settings, expected) in [
        (
            in_region("eu-fr"),
            format!(
                "endpoint: the catalog has no endpoint in region \"eu-fr\" (available: {known}): \
                 set the endpoint, or another region"
            ),
        ),
        (
            in_region("plain"),
            "endpoint: invalid endpoint in the catalog: http is allowed only for loopback addresses: use https"
                .to_owned(),
        ),
    ] {
        let error = discovered(settings).await.unwrap_err();
        assert_eq!(error, format!("invalid client configuration: {expected}"));
    }
    // An explicit endpoint needs no catalog.
    let given = settings(keystone(&server.address)).endpoint("https://as.example");
    assert!(discovered(given).await.unwrap().contains("endpoint: \"https://as.example\""));
}

#[tokio::test]
async fn catalog_with_several_endpoints_or_none_is_reported() {
    let several = granting(json!([{ "type": "asv1", "endpoints": [
        endpoint("public", "a", "https://a.example"),
        endpoint("public", "b", "https://b.example"),
    ] }]))
    .await;
    let error = discovered(settings(keystone(&several.address))).await.unwrap_err();
    let expected = "invalid client configuration: endpoint: the catalog has several endpoints (\"https://a.example\" in \"a\", \"https://b.example\" in \"b\"): set one of them, or the region";
    assert_eq!(error, expected);
    for (catalog, listed) in [
        (
            json!([{ "type": "compute" }, { "type": "a\u{1b}b" }]),
            r"available types: compute, a\u{1b}b",
        ),
        (json!(null), "it is empty"),
    ] {
        let server = granting(catalog).await;
        let error = discovered(settings(keystone(&server.address))).await.unwrap_err();
        let expected = format!(
            "invalid client configuration: endpoint: the catalog has no endpoint of \
             type asv1 ({listed}): set the endpoint"
        );
        assert_eq!(error, expected);
    }
}

#[tokio::test]
async fn interface_selects_the_endpoint() {
    let catalog = json!([{ "type": "asv1", "endpoints": [
        endpoint("internal", "a", "https://internal.example"),
        endpoint("admin", "a", "https://admin.example"),
        endpoint("internal", "b", "https://internal.b.example"),
    ] }]);
    let server = granting(catalog).await;
    for (interface, expected) in [
        ("internal", "https://internal.example"),
        ("internalURL", "https://internal.example"),
        ("admin", "https://admin.example"),
    ] {
        let keystone = keystone(&server.address).interface(interface);
        let client = discovered(settings(keystone).region("a")).await.unwrap();
        assert!(client.contains(&format!("endpoint: \"{expected}\"")), "{client}");
    }
    let error = discovered(settings(keystone(&server.address))).await.unwrap_err();
    let expected = "invalid client configuration: endpoint: the catalog has no \
                    public endpoint of type asv1 (only internal, admin): set the endpoint";
    assert_eq!(error, expected);
    for endpoints in [json!([]), json!(null), json!([{ "url": "https://a" }]), json!([{}])] {
        let server = granting(json!([{ "type": "asv1", "endpoints": endpoints }])).await;
        let error = discovered(settings(keystone(&server.address))).await.unwrap_err();
        assert!(error.ends_with("no public endpoint of type asv1: set the endpoint"), "{error}");
    }
}

#[tokio::test]
async fn token_without_a_project_is_reported() {
    let header = format!("x-subject-token: {TOKEN}");
    let server = Service::always(reply("201 Created", &[&header], r#"{"token":{}}"#)).await;
    let credentials = Keystone::new(&server.address).user_id("u").password(PASSWORD);
    let error = discovered(settings(credentials)).await.unwrap_err();
    assert_eq!(
        error,
        "invalid client configuration: project_id: the token is not scoped to a project: \
         set the project of the credentials"
    );
}

#[tokio::test]
async fn token_for_no_project_is_not_used() {
    let header = format!("x-subject-token: {TOKEN}");
    let body = json!({ "token": { "user": { "id": "u" }, "catalog": [] } }).to_string();
    let server = Service::always(reply("201 Created", &[&header], body)).await;
    let credentials = || Keystone::new(&server.address).user_id("u").password(PASSWORD);
    let expected = "the token is not scoped to a project: set the project of the credentials";
    let known = || settings(credentials()).project_id(PROJECT).endpoint(&server.address);
    let error = discovered(known()).await.unwrap_err();
    assert_eq!(error, format!("invalid client configuration: project_id: {expected}"));
    let error = called(&known().build().unwrap()).await.unwrap_err();
    assert!(error.to_string().ends_with(expected), "{error}");
    assert!(server.requests().iter().all(|request| request.starts_with("POST /v3/auth/tokens ")));
}
