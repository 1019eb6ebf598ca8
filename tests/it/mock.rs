//! The double of the feature `mock`, as users' tests use it.

use otc_autoscaling::mock::{MockResponse, MockService};
use otc_autoscaling::types::{ScalingActivityLogPage, UpdateScalingGroupResponse};
use otc_autoscaling::{Client, Credentials, ErrorKind, Response};
use serde_json::json;

use crate::support::{GROUP, document, example};

#[tokio::test]
async fn each_operation_answers_with_its_documented_response() {
    let service = MockService::new();
    let client = service.client();
    let group = client.update_scaling_group().scaling_group_id(GROUP).send().await.unwrap();
    let policy = client.update_scaling_policy().scaling_policy_id("p").send().await.unwrap();
    let logs = client.list_scaling_activity_logs().scaling_group_id(GROUP).send().await.unwrap();
    let runs = client.list_scaling_policy_execute_logs().scaling_policy_id("p").send();
    let bodies = [group.body(), policy.body(), logs.body(), runs.await.unwrap().body()]
        .map(|body| serde_json::from_slice::<serde_json::Value>(body).unwrap());
    let requests = service.requests();
    let operations: Vec<&str> = requests.iter().map(|request| request.operation()).collect();
    for (operation, body) in operations.iter().zip(bodies) {
        assert_eq!(body, example(&format!("{operation}Response")), "{operation}");
    }

    let document = document();
    let paths = document["paths"].as_object().unwrap().values();
    let mut documented: Vec<&str> = paths
        .flat_map(|path| path.as_object().unwrap().values())
        .filter_map(|operation| operation["operationId"].as_str())
        .collect();
    documented.sort_unstable();
    let mut called = operations;
    called.sort_unstable();
    assert_eq!(called, documented, "an operation has no call here");
}

#[tokio::test]
async fn responses_are_given_in_order_and_by_operation() {
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
    service.respond("listScalingActivityLogs", MockResponse::none());
    service.respond("listScalingActivityLogs", MockResponse::new(502).body("<html>"));
    let call = client.list_scaling_activity_logs().scaling_group_id(GROUP);
    assert_eq!(call.send().await.unwrap().attempts(), 3);

    service.respond("updateScalingGroup", MockResponse::none());
    let call = client.update_scaling_group().scaling_group_id(GROUP);
    let error = call.send().await.unwrap_err();
    assert!(error.is_timeout() && error.may_have_been_applied());
    assert_eq!(service.requests().len(), 4);
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
#[should_panic(expected = "there is no operation updateGroup: give one of updateScalingGroup")]
fn unknown_operation_panics() {
    MockService::new().respond("updateGroup", MockResponse::new(200));
}

#[test]
fn response_is_made_of_a_value() {
    let mut group = UpdateScalingGroupResponse::default();
    group.scaling_group_id = Some("g-1".to_owned());
    let response = Response::mock(group);
    assert_eq!(response.scaling_group_id.as_deref(), Some("g-1"));
    assert_eq!(response.body(), br#"{"scaling_group_id":"g-1"}"#);
    assert_eq!((response.status().as_u16(), response.attempts()), (200, 1));
    let page: ScalingActivityLogPage = serde_json::from_value(json!({ "limit": 5 })).unwrap();
    assert_eq!(page.limit, Some(5));
}
