//! The mock service of the feature `mock`, as the tests of users use it.

use otc_autoscaling::mock::{MockResponse, MockService};
use otc_autoscaling::types::{ScalingActivityLogPage, UpdateScalingGroupResponse};
use otc_autoscaling::{Client, Credentials, ErrorKind, Response};
use serde_json::{Map, Value, json};

use crate::support::{GROUP, document, example};

#[tokio::test]
async fn documented_response_is_the_default() {
    let service = MockService::new();
    let call = service.client().list_scaling_activity_logs().scaling_group_id(GROUP);
    let page = call.send().await.unwrap();
    let documented = example("listScalingActivityLogsResponse");
    assert_eq!(serde_json::from_slice::<Value>(page.body()).unwrap(), documented);
    assert_eq!(page.total_number, Some(2));
    assert_eq!(service.requests()[0].operation(), "listScalingActivityLogs");
}

/// All responses are set for the same operation, so that a new operation needs no code here.
#[tokio::test]
async fn each_operation_has_its_documented_response() {
    let document = document();
    let at = |value: &Value, pointer: &str| value.pointer(pointer).cloned().unwrap_or_default();
    let mut count = 0;
    for (id, responses) in operations(&document) {
        let (status, response) = responses.iter().find(|(code, _)| code.starts_with('2')).unwrap();
        let reference = at(response, "/$ref");
        let response = match reference.as_str() {
            Some(reference) => at(&document, reference.trim_start_matches('#')),
            None => response.clone(),
        };
        let content = at(&response, "/content");
        let documented = content.pointer("/application~1json/examples").map(|examples| {
            let name = at(examples.as_object().unwrap().values().next().unwrap(), "/$ref");
            example(name.as_str().unwrap().rsplit_once('/').unwrap().1)
        });
        // An operation without a response body, such as a DELETE, has no example.
        assert_eq!(content.is_null(), documented.is_none(), "{id}");

        let service = MockService::new();
        service.respond("updateScalingGroup", MockResponse::documented(&id));
        let call = service.client().update_scaling_group().scaling_group_id(GROUP);
        let (code, body) = match call.send().await {
            Ok(response) => (response.status(), response.body().to_vec()),
            // The response of another operation may be unreadable for this one.
            Err(error) => (error.status().unwrap(), error.body().unwrap().to_vec()),
        };
        assert_eq!(code.as_str(), status, "{id}");
        assert_eq!(serde_json::from_slice::<Value>(&body).ok(), documented, "{id}");
        count += 1;
    }
    assert!(count > 0);
}

/// The ID and the responses of each operation of the document.
fn operations(document: &Value) -> Vec<(String, Map<String, Value>)> {
    let paths = document["paths"].as_object().unwrap().values();
    let members = paths.flat_map(|path| path.as_object().unwrap().values());
    let operations = members.filter_map(|operation| {
        let id = operation["operationId"].as_str()?.to_owned();
        Some((id, operation["responses"].as_object().unwrap().clone()))
    });
    operations.collect()
}

#[tokio::test]
async fn function_responds_if_no_response_is_set() {
    let service = MockService::new();
    let seen = service.clone();
    // The function may use the mock service itself.
    service.respond_with("updateScalingGroup", move |request| {
        let is_other = !request.path().ends_with("/g-1");
        let message = format!("request {}", seen.requests().len());
        MockResponse::error(if is_other { 404 } else { 403 }, "AS.9999", &message)
    });
    service.respond("updateScalingGroup", MockResponse::documented("updateScalingGroup"));

    let client = service.client();
    let call = |group: &str| client.update_scaling_group().scaling_group_id(group).send();
    assert!(call("g-1").await.is_ok());
    let errors = [call("g-1").await.unwrap_err(), call("g-2").await.unwrap_err()];
    let errors = errors.each_ref().map(|error| (error.kind(), error.message().unwrap()));
    assert_eq!(errors, [(ErrorKind::Forbidden, "request 2"), (ErrorKind::NotFound, "request 3")]);
    // Other operations are not affected.
    let logs = client.list_scaling_activity_logs().scaling_group_id("g-2");
    assert!(logs.send().await.is_ok());
}

#[tokio::test]
async fn error_for_every_attempt_is_returned() {
    let service = MockService::new();
    let client = service.client();
    let call = || client.list_scaling_activity_logs().scaling_group_id(GROUP).send();
    service.respond("listScalingActivityLogs", MockResponse::new(503));
    assert_eq!(call().await.unwrap().attempts(), 2);
    service.respond_with("listScalingActivityLogs", |_| MockResponse::new(503));
    let error = call().await.unwrap_err();
    assert_eq!(usize::try_from(error.attempts()).unwrap(), service.requests().len() - 2);
    assert!(error.is_transient() && error.attempts() > 1);
}

#[tokio::test]
async fn responses_are_returned_in_order_and_by_operation() {
    let service = MockService::new();
    let client = service.client();
    let page = |total| MockResponse::new(200).json(&json!({ "total_number": total }));
    service.respond("listScalingActivityLogs", page(1));
    service.respond("updateScalingGroup", MockResponse::error(400, "AS.2007", "There is none."));
    service.respond("listScalingActivityLogs", page(2).header("X-Request-Id", "r"));

    for (total, id) in [(Some(1), "mock-1"), (Some(2), "r"), (Some(2), "mock-3")] {
        let call = client.list_scaling_activity_logs().scaling_group_id(GROUP);
        let page = call.send().await.unwrap();
        assert_eq!((page.total_number, page.request_id()), (total, Some(id)));
    }
    let call = client.update_scaling_group().scaling_group_id(GROUP);
    let error = call.send().await.unwrap_err();
    let shown = "updateScalingGroup: 400 Bad Request: AS.2007: There is none. (request mock-4)";
    assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::NotFound, shown));
}

#[tokio::test]
async fn requests_are_kept_and_displayed_without_secrets() {
    let service = MockService::new();
    let client = Client::builder()
        .endpoint("https://as.example")
        .project_id("p")
        .credentials(Credentials::token("a-secret"))
        .mock(&service)
        .build()
        .unwrap();
    let call = client.list_scaling_activity_logs().scaling_group_id(GROUP).limit(5);
    call.send().await.unwrap();
    let call = client.update_scaling_group().scaling_group_id(GROUP);
    call.body_map(|group| group.cool_down_time(5)).send().await.unwrap();

    let [list, change] = service.requests().try_into().unwrap();
    assert_eq!(list.method(), "GET");
    assert_eq!(list.path(), format!("/autoscaling-api/v2/p/scaling_activity_log/{GROUP}"));
    assert_eq!((list.query("limit").as_deref(), list.query("type")), (Some("5"), None));
    assert_eq!((list.body(), list.json()), (&b""[..], None));
    assert_eq!(change.json(), Some(json!({ "cool_down_time": 5 })));
    assert_eq!(change.headers()["x-auth-token"], "a-secret");
    let shown = format!("{list} {change} {change:?} {service:?}");
    assert!(shown.contains("?limit=5") && shown.contains("x-auth-token: [secret]"), "{shown}");
    assert!(!shown.contains("a-secret"), "{shown}");
}

#[tokio::test]
async fn attempts_are_retried_and_a_lost_response_is_uncertain() {
    let service = MockService::new();
    let client = service.client();
    service.respond("listScalingActivityLogs", MockResponse::timeout());
    service.respond("listScalingActivityLogs", MockResponse::new(502).body("<html>"));
    let call = client.list_scaling_activity_logs().scaling_group_id(GROUP);
    assert_eq!(call.send().await.unwrap().attempts(), 3);

    service.respond("updateScalingGroup", MockResponse::timeout());
    let call = client.update_scaling_group().scaling_group_id(GROUP);
    let error = call.send().await.unwrap_err();
    assert!(error.is_timeout() && error.may_have_been_applied());
    assert_eq!(service.requests().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn paused_time_skips_a_requested_delay() {
    let (service, began) = (MockService::new(), std::time::Instant::now());
    service.respond("updateScalingGroup", MockResponse::new(429).header("Retry-After", "60"));
    let paused = tokio::time::Instant::now();
    let call = service.client().update_scaling_group().scaling_group_id(GROUP);
    assert_eq!(call.send().await.unwrap().attempts(), 2);
    assert!(paused.elapsed().as_secs() >= 60 && began.elapsed().as_secs() < 60);
}

#[tokio::test]
async fn all_pages_are_read() {
    use futures_util::TryStreamExt;

    let service = MockService::new();
    for ids in [["1", "2"], ["3", "4"]] {
        let entries = ids.map(|id| json!({ "id": id }));
        let page = json!({ "scaling_activity_log": entries, "total_number": 4 });
        service.respond("listScalingActivityLogs", MockResponse::new(200).json(&page));
    }
    let call = service.client().list_scaling_activity_logs().scaling_group_id(GROUP);
    let logs: Vec<_> = call.items().try_collect().await.unwrap();
    assert_eq!(logs.len(), 4);
    assert_eq!(service.requests()[1].query("start_number").as_deref(), Some("2"));
}

#[test]
#[should_panic(expected = "unknown operation updateGroup: use one of ")]
fn unknown_operation_panics() {
    MockService::new().respond("updateGroup", MockResponse::new(200));
}

#[test]
fn response_is_created_from_a_value() {
    let mut group = UpdateScalingGroupResponse::default();
    group.scaling_group_id = Some("g-1".to_owned());
    let response = Response::mock(group);
    assert_eq!(response.scaling_group_id.as_deref(), Some("g-1"));
    assert_eq!(response.body(), br#"{"scaling_group_id":"g-1"}"#);
    assert_eq!((response.status().as_u16(), response.attempts()), (200, 1));
    let page: ScalingActivityLogPage = serde_json::from_value(json!({ "limit": 5 })).unwrap();
    assert_eq!(page.limit, Some(5));
}
