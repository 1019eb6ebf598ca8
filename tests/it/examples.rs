//! Snapshots of the documented examples: each request as it is sent, and each response as it is read and
//! serialized again.

use std::fmt::Debug;

use otc_autoscaling::{Client, Response, Result};
use serde::Serialize;
use serde_json::{Value, json};

use crate::support::service::{Service, json_response};
use crate::support::{example, parameter, without_nulls};

#[tokio::test]
async fn update_scaling_group_matches_the_documentation() {
    let server =
        Service::always(json_response("200 OK", &example("updateScalingGroupResponse"))).await;
    let reply = server
        .client()
        .update_scaling_group()
        .scaling_group_id(parameter("ScalingGroupId", "updateScalingGroup"))
        .body_map(|body| {
            body.scaling_group_name("group_1")
                .scaling_configuration_id("f8327883-6a07-4497-9a61-68c03e8e72a2")
                .enterprise_project_id("c92b1a5d-6f20-43f2-b1b7-7ce35e58e413")
                .desire_instance_number(1)
                .min_instance_number(1)
                .max_instance_number(3)
                .cool_down_time(200)
                .multi_az_priority_policy("PICK_FIRST")
        })
        .send()
        .await
        .unwrap();
    insta::assert_snapshot!("update_scaling_group_request", server.request());
    insta::assert_debug_snapshot!("update_scaling_group_response", reply);
    assert_eq!(body_of(&server), example("updateScalingGroupRequest"));
    assert_eq!(json!(*reply), example("updateScalingGroupResponse"));
}

#[tokio::test]
async fn update_scaling_policy_matches_the_documentation() {
    let server =
        Service::always(json_response("200 OK", &example("updateScalingPolicyResponse"))).await;
    let body: otc_autoscaling::types::UpdateScalingPolicyRequest =
        serde_json::from_value(example("updateScalingPolicyRequest")).unwrap();
    let reply = server
        .client()
        .update_scaling_policy()
        .scaling_policy_id(parameter("ScalingPolicyId", "updateScalingPolicy"))
        .body(body)
        .send()
        .await
        .unwrap();
    insta::assert_snapshot!("update_scaling_policy_request", server.request());
    insta::assert_debug_snapshot!("update_scaling_policy_response", reply);
    assert_eq!(body_of(&server), example("updateScalingPolicyRequest"));
    assert_eq!(json!(*reply), example("updateScalingPolicyResponse"));
}

/// Checks the documented request and response of an operation that reads.
async fn matches_the_documentation<T: Serialize + Debug>(
    operation: &str,
    name: &str,
    call: impl AsyncFnOnce(Client) -> Result<Response<T>>,
) {
    let documented = example(&format!("{operation}Response"));
    let server = Service::always(json_response("200 OK", &documented)).await;
    let reply = call(server.client()).await.unwrap();
    insta::assert_snapshot!(format!("{name}_request"), server.request());
    insta::assert_debug_snapshot!(format!("{name}_response"), reply);
    insta::assert_json_snapshot!(format!("{name}_written"), *reply);
    assert_eq!(json!(*reply), without_nulls(&documented));
}

#[tokio::test]
async fn list_scaling_activity_logs_matches_the_documentation() {
    let operation = "listScalingActivityLogs";
    let call = async |client: Client| {
        let call = client.list_scaling_activity_logs();
        call.scaling_group_id(parameter("ScalingGroupId", operation))
            .start_time(parameter("StartTime", operation))
            .end_time(parameter("EndTime", operation))
            .send()
            .await
    };
    matches_the_documentation(operation, "list_scaling_activity_logs", call).await;
}

#[tokio::test]
async fn list_scaling_policy_execute_logs_matches_the_documentation() {
    let operation = "listScalingPolicyExecuteLogs";
    let call = async |client: Client| {
        let call = client.list_scaling_policy_execute_logs();
        call.scaling_policy_id(parameter("ScalingPolicyId", operation)).send().await
    };
    matches_the_documentation(operation, "list_scaling_policy_execute_logs", call).await;
}

#[tokio::test]
async fn show_scaling_group_matches_the_documentation() {
    let operation = "showScalingGroup";
    let call = async |client: Client| {
        let call = client.show_scaling_group();
        call.scaling_group_id(parameter("ScalingGroupId", operation)).send().await
    };
    matches_the_documentation(operation, "show_scaling_group", call).await;
}

#[tokio::test]
async fn show_scaling_policy_matches_the_documentation() {
    let operation = "showScalingPolicy";
    let call = async |client: Client| {
        let call = client.show_scaling_policy();
        call.scaling_policy_id(parameter("ScalingPolicyId", operation)).send().await
    };
    matches_the_documentation(operation, "show_scaling_policy", call).await;
}

#[tokio::test]
async fn list_scaling_groups_matches_the_documentation() {
    let operation = "listScalingGroups";
    let call = async |client: Client| {
        let call = client.list_scaling_groups();
        call.scaling_group_name(parameter("ScalingGroupName", operation))
            .scaling_configuration_id(parameter("ScalingConfigurationId", operation))
            .send()
            .await
    };
    matches_the_documentation(operation, "list_scaling_groups", call).await;
}

#[tokio::test]
async fn list_scaling_instances_matches_the_documentation() {
    let operation = "listScalingInstances";
    let call = async |client: Client| {
        let call = client.list_scaling_instances();
        call.scaling_group_id(parameter("ScalingGroupId", operation))
            .life_cycle_state(parameter("LifeCycleState", operation))
            .health_status(parameter("HealthStatus", operation))
            .send()
            .await
    };
    matches_the_documentation(operation, "list_scaling_instances", call).await;
}

#[tokio::test]
async fn list_scaling_policies_matches_the_documentation() {
    let operation = "listScalingPolicies";
    let call = async |client: Client| {
        let call = client.list_scaling_policies();
        call.scaling_resource_id(parameter("PolicyResourceId", operation))
            .scaling_policy_type(parameter("ScalingPolicyType", operation))
            .send()
            .await
    };
    matches_the_documentation(operation, "list_scaling_policies", call).await;
}

#[tokio::test]
async fn error_matches_the_documentation() {
    let documented = example("serviceError");
    let server = Service::always(json_response("400 Bad Request", &documented)).await;
    let group = parameter("ScalingGroupId", "updateScalingGroup");
    let call = server.client().update_scaling_group().scaling_group_id(group).send().await;
    let error = call.unwrap_err();
    insta::assert_snapshot!("error_display", error);
    insta::assert_debug_snapshot!("error_debug", error);
    let read: otc_autoscaling::types::ErrorResponse =
        serde_json::from_slice(error.body().unwrap()).unwrap();
    assert_eq!(json!(read), without_nulls(&documented));
}

/// A number in a string stays a string, a number stays a number, and an empty list stays a list.
#[test]
fn spelling_as_number_or_string_survives_a_round_trip() {
    let written = |name: &str| -> Value {
        let page = example(name);
        if name.starts_with("listScalingActivity") {
            json!(
                serde_json::from_value::<otc_autoscaling::types::ScalingActivityLogPage>(page)
                    .unwrap()
            )
        } else {
            json!(
                serde_json::from_value::<otc_autoscaling::types::ScalingPolicyExecuteLogPage>(page)
                    .unwrap()
            )
        }
    };
    let executed = written("listScalingPolicyExecuteLogsResponse");
    assert_eq!(executed["scaling_policy_execute_log"][0]["limit_value"], json!("0"));
    let activity = written("listScalingActivityLogsResponse");
    assert_eq!(activity["scaling_activity_log"][0]["scaling_value"], json!(0));
    assert_eq!(activity["scaling_activity_log"][0]["lb_bind_failed_list"], json!([]));
}

fn body_of(server: &Service) -> Value {
    let request = server.request();
    let (_, body) = request.split_once("\n\n").unwrap();
    serde_json::from_str(body).unwrap()
}
