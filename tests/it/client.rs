//! Building a client, and how it handles responses.

use std::error::Error as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use otc_autoscaling::{
    AccessKey, Client, ClientBuilder, Credentials, Error, ErrorKind, HttpClient, Retry, Token,
};
use reqwest::redirect::Policy;
use serde_json::json;

use crate::support::clock::VirtualClock;
use crate::support::service::{Service, Step, json_response, reply};
use crate::support::{GROUP, PROJECT, TOKEN, unused_address};

const UNCERTAIN: &str = "; the modification may have been applied: read the state before retrying";

fn settings() -> ClientBuilder {
    let settings = Client::builder().project_id(PROJECT).credentials(Credentials::token(TOKEN));
    settings.retry(Retry::never())
}

fn error_of(settings: ClientBuilder) -> String {
    let error = settings.build().unwrap_err();
    assert!(error.is_invalid() && error.operation().is_none() && error.status().is_none());
    error.to_string()
}

async fn failing(server: &Service) -> Error {
    let client = server.client();
    let error = client.update_scaling_group().scaling_group_id(GROUP).send().await.unwrap_err();
    assert_eq!(error.operation(), Some("updateScalingGroup"));
    error
}

#[test]
fn builder_accepts_a_region_or_an_endpoint() {
    for settings in [
        settings().region("eu-de"),
        settings().region("eu-nl"),
        settings().endpoint("https://as.example.com/"),
        settings().endpoint("http://127.0.0.1:8080"),
        settings().endpoint("HTTPS://as.example.com").http_client(HttpClient::default()),
        settings().endpoint("http://localhost:8080"),
        settings().endpoint("http://[::1]:8080"),
    ] {
        settings.build().unwrap();
    }
}

#[test]
fn invalid_settings_are_reported_with_the_fix() {
    let misuses = [
        (settings(), "region: required: use eu-de or eu-nl, or set an endpoint"),
        (
            settings().region("eu-fr"),
            r#"region: "eu-fr" is not one of eu-de, eu-nl: for another region, set its endpoint"#,
        ),
        (
            settings().region("eu-de").endpoint("https://as.example.com"),
            "endpoint: can't be combined with region: set only one of them",
        ),
        (
            settings().endpoint("http://as.example.com"),
            "endpoint: http is allowed only for loopback addresses: use https",
        ),
        (
            settings().endpoint("ftp://as.example.com"),
            "endpoint: the scheme ftp is not supported: use https",
        ),
        (
            settings().endpoint("as"),
            r#"endpoint: "as" is not a valid URL: relative URL without a base"#,
        ),
        (
            settings().endpoint("https://me:secret@as.example.com"),
            "endpoint: contains a user or a password: remove them",
        ),
        (
            settings().endpoint("https://as.example.com/?a=b"),
            "endpoint: contains a query or a fragment: remove it",
        ),
        (
            settings().region("eu-de").project_id("a/b"),
            r#"project_id: "a/b" does not match ^[0-9A-Za-z_-]+$"#,
        ),
        (
            settings().region("eu-de").credentials(Credentials::token("")),
            "credentials: the token is empty",
        ),
        (
            settings().region("eu-de").credentials(Credentials::token(format!("{TOKEN}\n"))),
            "credentials: the token contains a space, a line break or another invalid character",
        ),
        (settings().region("eu-de").timeout(Duration::ZERO), "timeout: must be greater than zero"),
        (
            settings().region("eu-de").attempt_timeout(Duration::ZERO),
            "attempt_timeout: must be greater than zero",
        ),
        (
            settings().region("eu-de").connect_timeout(Duration::from_secs(30)),
            "connect_timeout: must be less than attempt_timeout, to leave time for the request",
        ),
        (settings().region("eu-de").response_limit(0), "response_limit: must be greater than zero"),
        (
            settings().region("eu-de").retry(Retry::default().attempts(0)),
            "retry.attempts: 0 is less than 1: use 1 or more",
        ),
        (
            settings().region("eu-de").credentials(AccessKey::new("", "secret")),
            "credentials: the access key is empty",
        ),
        (
            settings().region("eu-de").user_agent("a\nb"),
            "user_agent: contains a character that is invalid in a header",
        ),
        (
            settings()
                .region("eu-de")
                .http_client(HttpClient::new(|settings| settings.user_agent("a\nb"))),
            "http_client: invalid settings: failed to parse header \
             value",
        ),
        (
            settings().region("eu-de").credentials(Credentials::token("tök en")),
            "credentials: the token contains a space, a line break or another invalid character",
        ),
    ];
    for (settings, expected) in misuses {
        let settings_shown = format!("{settings:?}");
        assert_eq!(error_of(settings), format!("invalid client configuration: {expected}"));
        assert!(!settings_shown.contains(TOKEN) && !settings_shown.contains("secret"));
    }
}

#[test]
fn builder_reports_all_missing_settings_at_once() {
    assert_eq!(
        error_of(Client::builder()),
        "invalid client configuration: credentials: required: use, for example, Credentials::token or Credentials::from_env; \
         project_id: required; region: required: use eu-de or eu-nl, or set an endpoint"
    );
}

#[tokio::test]
async fn response_has_status_headers_request_id_and_body() {
    let body = r#"{ "scaling_group_id" : "g" }"#;
    let headers = ["x-request-id: request-7", "x-other: 1"];
    let server = Service::always(reply("200 OK", &headers, body)).await;
    let client = server.client();
    let reply = client.update_scaling_group().scaling_group_id(GROUP).send().await.unwrap();
    assert_eq!(reply.status(), 200);
    assert_eq!(reply.request_id(), Some("request-7"));
    assert_eq!(reply.headers()["x-other"], "1");
    assert_eq!(reply.body(), body.as_bytes());
    assert_eq!(reply.scaling_group_id.as_deref(), Some("g"));
    assert_eq!(reply.into_inner().scaling_group_id.as_deref(), Some("g"));
}

#[tokio::test]
async fn every_error_format_has_code_and_message() {
    let bodies = [
        (json!({ "error": { "code": "AS.2007", "message": "m" } }), "AS.2007"),
        (json!({ "error_msg": "m", "error_code": "APIGW.0301", "request_id": "r" }), "APIGW.0301"),
        (json!({ "error": { "code": 401, "message": "m", "title": "Unauthorized" } }), "401"),
        (json!({ "badRequest": { "message": "m", "code": "400" } }), "400"),
        (json!({ "code": 401, "element": "e", "message": "m", "details": { "a": 1 } }), "401"),
    ];
    for (body, code) in bodies {
        let server = Service::always(json_response("400 Bad Request", &body)).await;
        let error = failing(&server).await;
        assert_eq!(error.status().unwrap(), 400);
        assert_eq!((error.code(), error.message()), (Some(code), Some("m")), "{body}");
        assert_eq!(error.request_id(), Some("request-1"));
        assert_eq!(error.body(), Some(body.to_string().as_bytes()));
        let expected =
            format!("updateScalingGroup: 400 Bad Request: {code}: m (request request-1)");
        assert_eq!(error.to_string(), expected);
    }
}

#[tokio::test]
async fn unknown_error_body_is_shown_by_its_first_characters() {
    let html = "<html>\n<h1>502 Bad Gateway</h1></html>";
    for (body, shown) in [
        (html.as_bytes(), r#"body "502 Bad Gateway""#),
        (
            b"<a title=\"1 > 0\">Why</a> 5 < 6, <![CDATA[the <group> is gone]]><hr/>",
            r#"body "Why 5 < 6, the <group> is gone""#,
        ),
        (
            b"<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\">\n<head>\n<style>p { a: b }\n</style>\
              <script>if (1 < 2) x();</script><title>504 Gateway &lt;Time-out&gt;</title></head>\n\
              <!-- a > b --><p>The server didn&#39;t respond&nbsp;in <b>time</b>.\n",
            r#"body "504 Gateway <Time-out> The server didn't respond in time .""#,
        ),
        (
            b"<?xml version=\"1.0\"?><Error><Code>Busy</Code><Message>later</Message></Error>",
            r#"body "Busy later""#,
        ),
        (
            b"<p>gone &mdash; &#8212; &#x2014; &#x26;amp; &bogus; &#xzz; R&D &amp;lt;</p>",
            "body \"gone — — — &amp; &bogus; &#xzz; R&D &lt;\"",
        ),
        (b"<html><head></head></html>", r#"body "<html><head></head></html>""#),
        (b"<", r#"body "<""#),
        (b"upstream connect error\r\n\x1b[31mreset\x1b[0m", r#"body "upstream connect error \u{1b}[31mreset\u{1b}[0m""#),
        (b"", "empty body"),
        (b"{\"error\":{\"code\":\"AS.0", r#"body "{\"error\":{\"code\":\"AS.0""#),
        (b"\xff\xfe", "body \"\u{fffd}\u{fffd}\""),
    ] {
        let headers = ["content-type: text/html"];
        let server = Service::always(reply("502 Bad Gateway", &headers, body)).await;
        let error = failing(&server).await;
        assert_eq!(error.status().unwrap(), 502);
        assert_eq!((error.code(), error.message(), error.request_id()), (None, None, None));
        assert_eq!(error.body(), Some(body));
        let expected = format!(
            "updateScalingGroup: 502 Bad Gateway: unrecognized error response; content type text/html; {shown}{UNCERTAIN}"
        );
        assert_eq!(error.to_string(), expected);
    }
}

#[tokio::test]
async fn gateway_request_id_is_read_from_the_body() {
    let body = json!({ "error_msg": "m", "error_code": "APIGW.0301", "request_id": "r" });
    let server = Service::always(reply("401 Unauthorized", &[], body.to_string())).await;
    assert_eq!(failing(&server).await.request_id(), Some("r"));
}

/// The predicates that are true for an error, as letters: not found, unauthorized, forbidden, throttled, a scaling
/// action is running, in cooldown, timeout, connection.
fn answers(error: &Error) -> String {
    let answers = [
        ('n', error.is_not_found()),
        ('u', error.is_unauthorized()),
        ('f', error.is_forbidden()),
        ('t', error.is_throttled()),
        ('r', error.is_scaling_action_running()),
        ('c', error.is_in_cooldown()),
        ('T', error.is_timeout()),
        ('C', error.kind() == ErrorKind::Connection),
    ];
    answers.into_iter().filter(|(_, yes)| *yes).map(|(letter, _)| letter).collect()
}

#[tokio::test]
async fn error_predicates_follow_status_and_code() {
    for (status, code, expected) in [
        ("400 Bad Request", "AS.2007", "n"),
        ("400 Bad Request", "AS.3020", "n"),
        ("400 Bad Request", "AS.2047", "r"),
        ("400 Bad Request", "AS.2054", "r"),
        ("400 Bad Request", "AS.0026", "c"),
        ("400 Bad Request", "AS.3036", ""),
        ("401 Unauthorized", "AS.0005", "u"),
        ("401 Unauthorized", "APIGW.0301", "u"),
        ("403 Forbidden", "AS.0011", "f"),
        ("404 Not Found", "APIGW.0101", ""),
        ("404 Not Found", "AS.0007", "n"),
        ("408 Request Timeout", "x", "T"),
        ("429 Too Many Requests", "APIGW.0308", "t"),
        ("500 Internal Server Error", "AS.0001", ""),
        ("504 Gateway Timeout", "x", "T"),
    ] {
        let body = json!({ "error": { "code": code, "message": "m" } });
        let server = Service::always(json_response(status, &body)).await;
        let error = failing(&server).await;
        assert_eq!(answers(&error), expected, "{status} {code}");
    }
}

#[tokio::test]
async fn refused_connection_is_a_connect_error() {
    let (address, _socket) = unused_address();
    let client = settings().endpoint(address).build().unwrap();
    let error = client.update_scaling_group().scaling_group_id(GROUP).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert_eq!(answers(&error), "");
    let message = error.to_string();
    let expected =
        "updateScalingGroup: could not connect to the service: Connection refused (os error";
    assert!(message.starts_with(expected), "{message}");
    // The message contains the cause, so `source` does not repeat it.
    assert!(error.source().is_none());
    // The URL is omitted, since it contains the IDs of the project and the group.
    let shown = format!("{error:?}");
    assert!(shown.contains("ConnectionRefused"), "{shown}");
    assert!(!shown.contains(GROUP) && !shown.contains(PROJECT), "{shown}");
}

#[tokio::test]
async fn broken_connection_is_not_a_connect_error() {
    let server = Service::always(vec![]).await;
    let error = failing(&server).await;
    assert_eq!(answers(&error), "C");
    assert!(error.kind() != ErrorKind::Connect);
    assert_eq!(
        error.to_string(),
        format!(
            "updateScalingGroup: connection lost before the response: connection closed before \
             message completed{UNCERTAIN}"
        )
    );
}

#[tokio::test]
async fn truncated_response_keeps_status_and_partial_body() {
    let reply = b"HTTP/1.1 200 OK\r\nx-request-id: r\r\ncontent-length: 50\r\n\r\n{\"scal";
    let server = Service::always(vec![Step::Send(reply.to_vec())]).await;
    let error = failing(&server).await;
    assert_eq!(answers(&error), "C");
    assert_eq!(error.status().unwrap(), 200);
    assert_eq!(error.body(), Some(b"{\"scal".as_slice()));
    assert_eq!(
        error.to_string(),
        format!(
            "updateScalingGroup: 200 OK: connection lost before the response was complete (request r){UNCERTAIN}"
        )
    );
}

#[tokio::test]
async fn truncated_error_response_is_parsed_as_far_as_received() {
    let body = r#"{"error":{"code":"AS.2007","message":"m"}}"#;
    let reply = format!("HTTP/1.1 400 Bad Request\r\ncontent-length: 99\r\n\r\n{body}");
    let error = failing(&Service::always(vec![Step::Send(reply.into_bytes())]).await).await;
    assert!(error.is_not_found());
    let expected = "updateScalingGroup: 400 Bad Request: connection lost before the response was complete; received AS.2007: m";
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn control_characters_of_the_service_are_escaped() {
    let message = format!("\u{1b}[31mred\u{202e}\n{}", "x".repeat(60_000));
    let body = json!({ "error": { "code": "AS.0001", "message": message } });
    let server = Service::always(json_response("500 Internal Server Error", &body)).await;
    let error = failing(&server).await;
    assert_eq!(error.message(), Some(message.as_str()));
    let shown = error.to_string();
    assert!(shown.contains(r"AS.0001: \u{1b}[31mred\u{202e} xxx"), "{shown}");
    assert!(shown.chars().count() < 580);
}

#[test]
fn validation_error_converts_into_error() {
    fn made() -> Result<otc_autoscaling::types::CoolDownTime, Error> {
        Ok(otc_autoscaling::types::CoolDownTime::try_from(90_000)?)
    }
    let error = made().unwrap_err();
    assert!(error.is_invalid() && error.operation().is_none());
    assert_eq!(error.to_string(), "90000 is not within 0..=86400 seconds");
}

#[tokio::test]
async fn request_outlives_its_client() {
    let server = Service::always(json_response("200 OK", &json!({}))).await;
    let call = server.client().update_scaling_group().scaling_group_id(GROUP);
    tokio::spawn(call.send()).await.unwrap().unwrap();
}

#[tokio::test]
async fn missing_response_is_a_timeout() {
    let clock = VirtualClock::default();
    let service = Service::start(&clock, vec![vec![Step::Hold]]).await;
    let settings = settings().endpoint(&service.address).clock(clock.clone());
    let client = settings.timeout(Duration::from_millis(50)).build().unwrap();
    let call = client.update_scaling_group().scaling_group_id(GROUP).send();
    let error = clock.run(call).await.unwrap_err();
    assert_eq!(answers(&error), "T");
    assert_eq!(
        error.to_string(),
        format!("updateScalingGroup: no response within 50ms{UNCERTAIN}")
    );
}

#[tokio::test]
async fn undocumented_success_body_is_shown() {
    let headers = ["content-type: text/html", "x-request-id: r"];
    for (body, reason, shown) in [
        ("<html>", "expected value at line 1 column 1", r#"body "<html>""#),
        (
            "[]",
            "invalid type: sequence, expected an object, UpdateScalingGroupResponse at line 1 column 0",
            r#"body "[]""#,
        ),
    ] {
        let server = Service::always(reply("200 OK", &headers, body)).await;
        let error = failing(&server).await;
        assert!(error.is_unreadable());
        assert_eq!(error.body(), Some(body.as_bytes()));
        let expected = format!(
            "updateScalingGroup: 200 OK: unreadable response: {reason}; content type text/html; \
              {shown} (request r){UNCERTAIN}"
        );
        assert_eq!(error.to_string(), expected);
    }
}

#[tokio::test]
async fn byte_order_mark_and_invalid_utf_8_are_tolerated() {
    let marked = b"\xef\xbb\xbf{\"scaling_group_id\":\"g\xff\"}";
    let server = Service::always(reply("200 OK", &[], marked)).await;
    let client = server.client();
    let reply = client.update_scaling_group().scaling_group_id(GROUP).send().await.unwrap();
    assert_eq!(reply.scaling_group_id.as_deref(), Some("g\u{fffd}"));
    assert_eq!(reply.body(), marked);
}

#[tokio::test]
async fn large_error_body_is_truncated() {
    let body = vec![b'x'; 2 << 20];
    let server = Service::always(reply("500 Internal Server Error", &[], &body)).await;
    let error = failing(&server).await;
    assert_eq!(error.body().map(<[u8]>::len), Some(1 << 20));
    assert!(error.to_string().len() < 500);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let other = Service::always(json_response("200 OK", &json!({}))).await;
    let location = format!("location: {}/", other.address);
    for status in ["302 Found", "307 Temporary Redirect"] {
        let server = Service::always(reply(status, &[&location], "")).await;
        let own = HttpClient::new(|settings| settings.redirect(Policy::limited(3)));
        let clients = [
            server.client(),
            settings().endpoint(&server.address).http_client(own).build().unwrap(),
        ];
        for client in clients {
            let call = client.list_scaling_activity_logs().scaling_group_id(GROUP);
            let error = call.send().await.unwrap_err();
            assert!(error.status().unwrap().is_redirection());
            assert!(error.to_string().ends_with("redirects are not followed"), "{error}");
        }
    }
    assert_eq!(other.requests().len(), 0);
}

/// Otherwise, requests to this machine would be sent to the proxy unencrypted.
#[tokio::test]
async fn proxy_is_not_used_for_plain_http() {
    let server = Service::always(json_response("200 OK", &json!({}))).await;
    let proxy = Service::always(json_response("200 OK", &json!({}))).await;
    let address = proxy.address.clone();
    let own =
        HttpClient::new(move |settings| settings.proxy(reqwest::Proxy::all(&address).unwrap()));
    let client = settings().endpoint(&server.address).http_client(own).build().unwrap();
    client.update_scaling_group().scaling_group_id(GROUP).send().await.unwrap();
    assert_eq!((server.requests().len(), proxy.requests().len()), (1, 0));
}

#[tokio::test]
async fn custom_http_client_and_user_agent_are_used() {
    let server = Service::always(json_response("200 OK", &json!({}))).await;
    let mut headers = reqwest::header::HeaderMap::new();
    headers.insert("x-mine", "1".parse().unwrap());
    let own = HttpClient::new(move |settings| settings.default_headers(headers.clone()));
    let client = settings()
        .endpoint(format!("{}/", server.address))
        .http_client(own)
        .user_agent("fleet/2.0")
        .build()
        .unwrap();
    client.update_scaling_group().scaling_group_id(GROUP).send().await.unwrap();
    let request = server.request();
    assert!(request.contains("x-mine: 1\n"), "{request}");
    assert!(request.contains("user-agent: fleet/2.0 otc-autoscaling/"), "{request}");
    assert!(request.starts_with("PUT /autoscaling-api/v1/"), "{request}");
}

#[tokio::test]
async fn token_is_sent_and_never_shown() {
    let body = json!({ "error": { "code": "AS.0005", "message": "m" } });
    let server = Service::always(json_response("401 Unauthorized", &body)).await;
    let client = server.client();
    let error = failing(&server).await;
    let builder = client.update_scaling_group().scaling_group_id(GROUP);
    for shown in [
        format!("{client:?}"),
        format!("{builder:?}"),
        format!("{:?}", settings()),
        format!("{error} {error:?} {:?}", error.source()),
        format!("{:?}", Credentials::token(TOKEN)),
    ] {
        assert!(!shown.contains(TOKEN), "{shown}");
    }
    assert!(server.request().contains("x-auth-token: [token]\n"));
}

#[tokio::test]
async fn no_token_is_fetched_for_plain_http() {
    let fetched = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&fetched);
    let credentials = Credentials::token_from(move || {
        seen.store(true, Ordering::Relaxed);
        async { Ok::<_, Error>(Token::new(TOKEN)) }
    });
    let settings = settings().credentials(credentials.clone());
    error_of(settings.clone().endpoint("http://as.example.com"));
    assert!(!fetched.load(Ordering::Relaxed));

    let server = Service::always(json_response("200 OK", &json!({}))).await;
    let client = settings.endpoint(&server.address).build().unwrap();
    client.update_scaling_group().scaling_group_id(GROUP).send().await.unwrap();
    assert!(fetched.load(Ordering::Relaxed));
}

#[test]
fn public_types_are_send_and_sync() {
    fn crosses<T: Send + Sync + 'static>() {}
    crosses::<Client>();
    crosses::<Credentials>();
    crosses::<Error>();
    crosses::<otc_autoscaling::Response<otc_autoscaling::types::ScalingActivityLogPage>>();
}

/// A missing body is an error for a page, but not for a modification that was applied.
#[tokio::test]
async fn modification_without_a_response_body_is_a_success() {
    for (status, body) in [
        ("204 No Content", ""),
        ("202 Accepted", ""),
        ("205 Reset Content", ""),
        ("201 Created", " \n"),
    ] {
        let server = Service::always(reply(status, &[], body)).await;
        let client = settings().endpoint(&server.address).build().unwrap();
        let call = client.update_scaling_group().scaling_group_id(GROUP);
        let response = call.send().await.unwrap();
        assert_eq!(response.status().as_u16().to_string(), status[..3]);
        assert_eq!(
            (response.scaling_group_id.as_deref(), response.extra().is_empty()),
            (None, true)
        );
    }
    let server = Service::always(reply("200 OK", &[], "")).await;
    let client = settings().endpoint(&server.address).build().unwrap();
    let call = client.list_scaling_activity_logs().scaling_group_id(GROUP);
    assert!(call.send().await.unwrap_err().is_unreadable());
}

/// The catalog of the identity service contains such endpoints.
#[test]
fn version_and_project_in_an_endpoint_are_ignored() {
    for (endpoint, expected) in [
        ("https://as.example/autoscaling-api/v1/p", "https://as.example"),
        ("https://as.example/autoscaling-api/v2/$(tenant_id)s", "https://as.example"),
        ("https://as.example:8443/autoscaling-api/", "https://as.example:8443"),
        ("https://as.example/autoscaling-api", "https://as.example"),
        ("https://gateway.example/as/autoscaling-api/v1/p/", "https://gateway.example/as"),
        ("https://gateway.example/as", "https://gateway.example/as"),
        ("https://as.example/my-autoscaling-api", "https://as.example/my-autoscaling-api"),
        ("https://as.example", "https://as.example"),
    ] {
        let client = settings().endpoint(endpoint).build().unwrap();
        assert_eq!(client.endpoint(), expected, "{endpoint}");
    }
}

#[test]
fn password_in_an_endpoint_is_not_quoted() {
    for endpoint in [
        "https://user:secret@host:99999",
        "https://user:se@secret@host:99999",
        "https://user:secret@[::1",
        "//user:secret@host",
        "https://user:secret@host",
        "user:secret@host",
    ] {
        let error = settings().endpoint(endpoint).build().unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(shown.contains("endpoint: ") && !shown.contains("secret@"), "{shown}");
        assert!(!shown.replace("[secret]", "").contains("secret"), "{shown}");
    }
}
