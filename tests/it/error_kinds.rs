//! The kind of an error: by its code, whatever the status, if the document classifies the code, and otherwise by its
//! status.

use otc_autoscaling::mock::{MockResponse, MockService};
use otc_autoscaling::{Client, Credentials, Error, ErrorKind, Token};
use serde_json::json;

use crate::support::GROUP;

/// The errors of a read and of a modification that always receive this response.
async fn errors(response: MockResponse) -> [Error; 2] {
    let service = MockService::new();
    let client = service.client();
    for operation in ["listScalingActivityLogs", "updateScalingGroup"] {
        let response = response.clone();
        service.respond_with(operation, move |_| response.clone());
    }
    let read = client.list_scaling_activity_logs().scaling_group_id(GROUP).send().await;
    let change = client.update_scaling_group().scaling_group_id(GROUP).send().await;
    [read.unwrap_err(), change.unwrap_err()]
}

async fn kind(response: MockResponse) -> ErrorKind {
    let [read, change] = errors(response).await;
    assert_eq!(read.kind(), change.kind());
    read.kind()
}

fn gateway(status: u16, code: &str) -> MockResponse {
    let body = json!({ "error_code": code, "error_msg": "m", "request_id": "r" });
    MockResponse::new(status).json(&body)
}

fn service(status: u16, code: &str) -> MockResponse {
    MockResponse::error(status, code, "m")
}

#[tokio::test]
async fn not_found_requires_an_error_of_the_service() {
    for code in ["AS.2007", "AS.3020"] {
        for status in [400, 404, 500] {
            assert_eq!(kind(service(status, code)).await, ErrorKind::NotFound, "{status} {code}");
        }
    }
    for code in ["AS.0007", "AS.9999"] {
        assert_eq!(kind(service(404, code)).await, ErrorKind::NotFound, "{code}");
    }
    let identity_service =
        json!({ "error": { "code": 404, "message": "m", "title": "Not Found" } });
    for other in [
        gateway(404, "APIGW.0101"),
        gateway(404, "APIGW.9999"),
        service(404, "AS.0033"),
        service(404, "APIGW.0101"),
        MockResponse::new(404).body("<html><title>404 Not Found</title><hr>nginx</html>"),
        MockResponse::new(404).json(&json!({ "message": "no Route matched with those values" })),
        MockResponse::new(404).json(&identity_service),
        // The format of the service with codes that are not its own.
        service(404, "APIG.0101"),
        service(404, "IAM.0004"),
        service(404, "NotFound"),
        service(404, "404"),
        MockResponse::new(404),
    ] {
        let shown = format!("{other:?}");
        assert_eq!(kind(other).await, ErrorKind::Service, "{shown}");
    }
}

#[tokio::test]
async fn code_decides_whatever_the_status() {
    for (status, code, expected) in [
        (400, "AS.0031", ErrorKind::Forbidden),
        (404, "AS.0031", ErrorKind::Forbidden),
        (500, "AS.0011", ErrorKind::Forbidden),
        (400, "AS.0005", ErrorKind::Unauthorized),
        (403, "APIGW.0301", ErrorKind::Unauthorized),
        (400, "AS.3038", ErrorKind::ScalingActionRunning),
        (400, "AS.0034", ErrorKind::ScalingActionRunning),
        (500, "AS.2047", ErrorKind::ScalingActionRunning),
        (400, "AS.0026", ErrorKind::InCooldown),
        (400, "AS.7078", ErrorKind::Unavailable),
        (400, "AS.7079", ErrorKind::Unavailable),
        (500, "AS.0049", ErrorKind::Unavailable),
        (400, "AS.3036", ErrorKind::Service),
        (403, "AS.9999", ErrorKind::Forbidden),
        (401, "AS.9999", ErrorKind::Unauthorized),
        (502, "AS.9999", ErrorKind::Unavailable),
        (400, " AS.2007\n", ErrorKind::NotFound),
        (400, "as.2047", ErrorKind::ScalingActionRunning),
    ] {
        assert_eq!(kind(service(status, code)).await, expected, "{status} {code}");
    }
}

#[tokio::test]
async fn invalid_token_is_not_a_missing_permission() {
    let rejected = |message: &str| MockResponse::error(403, "111401001", message);
    for message in [
        "Invalid token.",
        "The token has expired",
        "Incorrect IAM authentication information: x-auth-token is not valid",
        "TOKEN REVOKED",
    ] {
        assert_eq!(kind(rejected(message)).await, ErrorKind::Unauthorized, "{message}");
    }
    for message in ["Policy doesn't allow it", "The token lacks the role", "Invalid project", ""] {
        assert_eq!(kind(rejected(message)).await, ErrorKind::Forbidden, "{message}");
    }
    // A code of the document takes precedence over the message.
    let known = MockResponse::error(403, "AS.0011", "invalid token");
    assert_eq!(kind(known).await, ErrorKind::Forbidden);
    // A new token is fetched, as after a 401.
    let service = MockService::new();
    let responses = [rejected("token expired"), MockResponse::new(200).json(&json!({}))];
    for response in responses {
        service.respond("updateScalingGroup", response);
    }
    let tokens = || async { Ok::<_, String>(Token::new("t")) };
    let client = Client::builder().region("eu-de").project_id("p").mock(&service);
    let client = client.credentials(Credentials::token_from(tokens)).build().unwrap();
    client.update_scaling_group().scaling_group_id(GROUP).send().await.unwrap();
    assert_eq!(service.requests().len(), 2);
}

#[tokio::test]
async fn throttling_is_known_by_its_code_and_retried() {
    let cases = [200, 202, 400, 401, 403, 429, 500, 503].map(|status| (status, "APIGW.0308"));
    for (status, code) in cases.into_iter().chain([(200, "apigw.0308"), (403, " APIGW.0308 ")]) {
        for error in errors(gateway(status, code)).await {
            assert!(error.is_throttled() && !error.is_forbidden(), "{status}: {error}");
            assert!(error.is_transient() && !error.may_have_been_applied(), "{status}: {error}");
            assert_eq!(error.attempts(), 4, "{status}: {error}");
        }
    }
}

/// A code for a rejected request takes precedence over a 5xx status.
#[tokio::test]
async fn rejection_is_final_whatever_the_status() {
    for (status, response) in [
        (500, service(500, "AS.2007")),
        (503, service(503, "AS.2047")),
        (502, gateway(502, "APIGW.0302")),
    ] {
        for error in errors(response).await {
            assert_eq!(error.attempts(), 1, "{status}: {error}");
            assert!(!error.is_transient() && !error.may_have_been_applied(), "{status}: {error}");
        }
    }
}

/// Gateways have nonstandard statuses. An unknown one is treated as 500.
#[tokio::test]
async fn unknown_5xx_is_unavailable() {
    for (status, expected) in [
        (507, ErrorKind::Unavailable),
        (520, ErrorKind::Unavailable),
        (522, ErrorKind::Timeout),
        (524, ErrorKind::Timeout),
        (529, ErrorKind::Unavailable),
        (599, ErrorKind::Timeout),
    ] {
        let [read, change] = errors(MockResponse::new(status).body("error code: 5xx")).await;
        assert_eq!((read.kind(), read.attempts()), (expected, 4), "{read}");
        assert_eq!((change.kind(), change.attempts()), (expected, 1), "{change}");
        let begin =
            if status == 507 { "507 Insufficient Storage: " } else { &format!("{status}: ") };
        assert!(
            change.to_string().starts_with(&format!("updateScalingGroup: {begin}")),
            "{change}"
        );
        assert!(change.is_transient() && change.may_have_been_applied(), "{change}");
    }
    for status in [501, 505, 511] {
        let [read, change] = errors(MockResponse::new(status)).await;
        assert_eq!((read.kind(), read.attempts()), (ErrorKind::Service, 1), "{read}");
        assert!(!change.is_transient() && !change.may_have_been_applied(), "{change}");
    }
}

#[tokio::test]
async fn page_that_mentions_a_code_is_not_an_error() {
    let log = json!({ "id": "a", "description": "APIGW.0308", "code": "APIGW.0308" });
    let page = json!({ "scaling_activity_log": [log], "total_number": 1 });
    let service = MockService::new();
    service.respond("listScalingActivityLogs", MockResponse::new(200).json(&page));
    let call = service.client().list_scaling_activity_logs().scaling_group_id(GROUP);
    assert_eq!(call.send().await.unwrap().attempts(), 1);
}

/// The modification was rejected, so it was not applied. However, it is unknown whether a retry is safe.
#[tokio::test]
async fn temporary_rejection_is_retried_only_for_a_get() {
    for code in ["AS.7078", "AS.7079"] {
        let [read, change] = errors(service(400, code)).await;
        assert_eq!((read.attempts(), change.attempts()), (4, 1), "{code}");
        assert!(read.is_transient() && change.is_transient());
        assert!(!change.may_have_been_applied());
    }
    let [_, change] = errors(service(500, "AS.0001")).await;
    assert!(change.is_transient() && change.may_have_been_applied());
}

/// A token that the response repeats is not shown, whatever its encoding.
#[tokio::test]
async fn repeated_token_is_not_shown() {
    let token = "gAAAAABk/b+c=canary";
    for response in [
        MockResponse::error(401, token, &format!("token {token} is not valid")),
        MockResponse::error(401, "AS.0006", "token gAAAAABk%2Fb%2Bc%3Dcanary is not valid"),
        MockResponse::error(401, "AS.0006", r"token gAAAAABk\/b+c\u003dcanary is not valid"),
        MockResponse::new(502).body(format!("<html>{token}</html>")),
        MockResponse::new(502).body("<html>gAAAAABk&#47;b+c&#x3D;canary</html>"),
        MockResponse::new(502).body(r#"{"token": "gAAAAABk\/b+c\u003dcanary", "#),
        MockResponse::new(502).header("Content-Type", &format!("text/{token}")).body("x"),
        MockResponse::new(500).header("X-Request-Id", token),
    ] {
        let service = MockService::new();
        let sent = format!("{response:?}");
        service.respond_with("updateScalingGroup", move |_| response.clone());
        let client = Client::builder()
            .endpoint("https://as.example")
            .project_id("p")
            .credentials(Credentials::token(token))
            .mock(&service)
            .build()
            .unwrap();
        let call = client.update_scaling_group().scaling_group_id(GROUP);
        let error = call.send().await.unwrap_err();
        let shown = format!("{error} {error:?} {:?}", error.message());
        assert!(!shown.contains("canary"), "{sent}: {shown}");
        assert!(shown.contains("[secret]"), "{sent}: {shown}");
    }
}

#[tokio::test]
async fn display_has_what_a_caller_needs() {
    let uncertain = "; the modification may have been applied: read the state before retrying";
    for (response, expected) in [
        (
            service(429, "APIGW.0308").header("Retry-After", "3600"),
            "429 Too Many Requests: APIGW.0308: m (request mock-1), retry after 3600s".to_owned(),
        ),
        (
            service(400, "AS.2007").header("X-Request-Id", ""),
            "400 Bad Request: AS.2007: m".to_owned(),
        ),
        (
            service(200, "AS.0022"),
            format!(
                "200 OK: error with the status of a success: AS.0022: m (request mock-1){uncertain}"
            ),
        ),
        (
            service(500, "AS.0001"),
            format!("500 Internal Server Error: AS.0001: m (request mock-1){uncertain}"),
        ),
        (service(403, "AS.0011"), "403 Forbidden: AS.0011: m (request mock-1)".to_owned()),
    ] {
        let service = MockService::new();
        service.respond("updateScalingGroup", response);
        let call = service.client().update_scaling_group().scaling_group_id(GROUP);
        let error = call.send().await.unwrap_err();
        assert_eq!(error.to_string(), format!("updateScalingGroup: {expected}"));
    }
    let [read, change] = errors(MockResponse::timeout()).await;
    assert!(!read.to_string().contains("may have been applied"), "{read}");
    assert!(change.to_string().ends_with(uncertain), "{change}");
}
