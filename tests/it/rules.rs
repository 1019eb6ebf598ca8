//! The cross-field rules of the document, each with a body that violates it and one that barely satisfies it.

use std::collections::BTreeSet;

use otc_autoscaling::Error;
use otc_autoscaling::types::{UpdateScalingGroupRequest, UpdateScalingPolicyRequest};
use serde_json::{Value, json};

use crate::support::service::{Service, json_response};
use crate::support::{GROUP, document, example};

/// A rule, the field that it reports, a body that violates it, and one that barely satisfies it.
struct Case {
    rule: &'static str,
    at: &'static str,
    broken: Value,
    held: Value,
}

fn case(rule: &'static str, at: &'static str, broken: Value, held: Value) -> Case {
    Case { rule, at, broken, held }
}

fn group_cases() -> Vec<Case> {
    vec![
        case(
            "instance-numbers-ascend",
            "/desire_instance_number",
            json!({ "min_instance_number": 2, "desire_instance_number": 1 }),
            json!({ "min_instance_number": 2, "desire_instance_number": 2, "max_instance_number": 2 }),
        ),
        case(
            "one-kind-of-load-balancer",
            "/lbaas_listeners",
            json!({ "lb_listener_id": "l", "lbaas_listeners":
                    [{ "pool_id": "p", "protocol_port": 82, "weight": 1 }] }),
            json!({ "lb_listener_id": "l", "lbaas_listeners": [] }),
        ),
    ]
}

fn policy_cases() -> Vec<Case> {
    let schedule = |fields: Value| {
        let mut schedule = json!({ "launch_time": "07:00" });
        let fields = fields.as_object().unwrap().clone();
        schedule.as_object_mut().unwrap().extend(fields);
        json!({ "scheduled_policy": schedule })
    };
    let typed = |kind: &str, mut body: Value| {
        body["scaling_policy_type"] = kind.into();
        body
    };
    let action = |fields: Value| json!({ "scaling_policy_action": fields });
    let of = |resource: &str, mut body: Value| {
        body["scaling_resource_type"] = resource.into();
        body
    };
    vec![
        case(
            "alarm-policy-names-alarm",
            "/alarm_id",
            typed("ALARM", json!({})),
            typed("ALARM", json!({ "alarm_id": "al1" })),
        ),
        case(
            "timed-policy-has-schedule",
            "/scheduled_policy",
            typed("SCHEDULED", json!({})),
            typed(
                "SCHEDULED",
                json!({ "scheduled_policy": { "launch_time": "2026-03-01T07:00Z" } }),
            ),
        ),
        case(
            "recurrence-is-complete",
            "/scheduled_policy/end_time",
            typed("RECURRENCE", schedule(json!({ "recurrence_type": "Daily" }))),
            typed(
                "RECURRENCE",
                schedule(json!({ "recurrence_type": "Daily", "end_time": "2026-03-01T07:00Z" })),
            ),
        ),
        case(
            "scheduled-launch-has-date",
            "/scheduled_policy/launch_time",
            typed("SCHEDULED", schedule(json!({}))),
            typed("SCHEDULED", schedule(json!({ "launch_time": "2026-03-01T07:00Z" }))),
        ),
        case(
            "recurring-launch-has-no-date",
            "/scheduled_policy/launch_time",
            typed(
                "RECURRENCE",
                schedule(
                    json!({ "launch_time": "2026-03-01T07:00Z", "recurrence_type": "Daily", "end_time": "2026-03-01T07:00Z" }),
                ),
            ),
            typed(
                "RECURRENCE",
                schedule(json!({ "recurrence_type": "Daily", "end_time": "2026-03-01T07:00Z" })),
            ),
        ),
        case(
            "weekly-or-monthly-names-days",
            "/scheduled_policy/recurrence_value",
            schedule(json!({ "recurrence_type": "Monthly" })),
            schedule(json!({ "recurrence_type": "Monthly", "recurrence_value": "31" })),
        ),
        case(
            "weekly-days-within-week",
            "/scheduled_policy/recurrence_value",
            schedule(json!({ "recurrence_type": "Weekly", "recurrence_value": "1,8" })),
            schedule(json!({ "recurrence_type": "Weekly", "recurrence_value": "1,7" })),
        ),
        case(
            "recurrence-ends-after-start",
            "/scheduled_policy/end_time",
            schedule(json!({ "start_time": "2026-03-01T07:01Z", "end_time": "2026-03-01T07:00Z" })),
            schedule(json!({ "start_time": "2026-03-01T07:00Z", "end_time": "2026-03-01T07:00Z" })),
        ),
        case(
            "size-or-percentage",
            "/scaling_policy_action/percentage",
            action(json!({ "size": 1, "percentage": 1 })),
            action(json!({ "percentage": 1 })),
        ),
        case(
            "no-percentage-of-bandwidth",
            "/scaling_policy_action/percentage",
            of("BANDWIDTH", action(json!({ "percentage": 1 }))),
            of("SCALING_GROUP", action(json!({ "percentage": 1 }))),
        ),
        case(
            "zero-size-needs-set",
            "/scaling_policy_action/size",
            action(json!({ "operation": "ADD", "size": 0 })),
            action(json!({ "operation": "SET", "size": 0 })),
        ),
        case(
            "zero-percentage-needs-set",
            "/scaling_policy_action/percentage",
            action(json!({ "operation": "REDUCE", "percentage": 0 })),
            action(json!({ "operation": "REDUCE", "percentage": 1 })),
        ),
        case(
            "bandwidth-size-above-zero",
            "/scaling_policy_action/size",
            of("BANDWIDTH", action(json!({ "operation": "SET", "size": 0 }))),
            of("BANDWIDTH", action(json!({ "operation": "SET", "size": 1 }))),
        ),
        case(
            "bandwidth-operations",
            "/scaling_policy_action/operation",
            of("BANDWIDTH", action(json!({ "operation": "REMOVE" }))),
            of("BANDWIDTH", action(json!({ "operation": "REDUCE" }))),
        ),
    ]
}

async fn change_group(server: &Service, body: Value) -> Result<(), Error> {
    let body: UpdateScalingGroupRequest = serde_json::from_value(body).unwrap();
    let client = server.client();
    client.update_scaling_group().scaling_group_id(GROUP).body(body).send().await.map(drop)
}

async fn change_policy(server: &Service, body: Value) -> Result<(), Error> {
    let body: UpdateScalingPolicyRequest = serde_json::from_value(body).unwrap();
    let client = server.client();
    client.update_scaling_policy().scaling_policy_id(GROUP).body(body).send().await.map(drop)
}

fn assert_breaks(outcome: Result<(), Error>, case: &Case) {
    let error = outcome.expect_err(case.rule);
    let broken = error.violations().iter().find(|each| each.rule_id() == Some(case.rule));
    let broken = broken.unwrap_or_else(|| panic!("{}: {error}", case.rule));
    assert_eq!(broken.pointer(), case.at, "{}", case.rule);
    assert!(broken.fix().is_some_and(|fix| !fix.is_empty()));
}

#[tokio::test]
async fn each_rule_has_a_case_that_breaks_it_and_one_that_holds() {
    let server = Service::always(json_response("200 OK", &json!({}))).await;
    let mut held = 0;
    for case in group_cases() {
        assert_breaks(change_group(&server, case.broken.clone()).await, &case);
        change_group(&server, case.held).await.unwrap_or_else(|error| panic!("{error}"));
        held += 1;
    }
    for case in policy_cases() {
        assert_breaks(change_policy(&server, case.broken.clone()).await, &case);
        change_policy(&server, case.held).await.unwrap_or_else(|error| panic!("{error}"));
        held += 1;
    }
    assert_eq!(server.requests().len(), held, "what breaks a rule was sent");
}

/// A rule that is added to the document needs a case here.
#[test]
fn every_rule_of_the_document_has_a_case() {
    let document = document();
    for (name, cases) in [
        ("UpdateScalingGroupRequest", group_cases()),
        ("UpdateScalingPolicyRequest", policy_cases()),
    ] {
        let rules = document["components"]["schemas"][name]["x-rules"].as_array().unwrap();
        let stated: BTreeSet<&str> = rules.iter().filter_map(|rule| rule["id"].as_str()).collect();
        let tested: BTreeSet<&str> = cases.iter().map(|case| case.rule).collect();
        assert_eq!(stated, tested, "{name}");
    }
}

/// Fields that the service ignores in combination with others are sent, since the service accepts the
/// request.
#[tokio::test]
async fn fields_without_effect_are_sent() {
    let server = Service::always(json_response("200 OK", &json!({}))).await;
    let groups = [
        json!({ "health_periodic_audit_method": "NOVA_AUDIT", "health_periodic_audit_grace_period": 600 }),
        json!({ "health_periodic_audit_method": "NOVA_AUDIT", "health_periodic_audit_grace_period": 0 }),
        json!({ "health_periodic_audit_grace_period": 86400 }),
    ];
    for body in &groups {
        change_group(&server, body.clone()).await.unwrap_or_else(|error| panic!("{error}"));
    }
    let schedule = json!({ "launch_time": "07:00", "recurrence_type": "Daily",
                           "recurrence_value": "1,7", "end_time": "2026-03-01T07:00Z" });
    // Recurrences that violate a rule, in policies that do not recur.
    let weekly = json!({ "launch_time": "07:00", "recurrence_type": "Weekly" });
    let eighth =
        json!({ "launch_time": "07:00", "recurrence_type": "Weekly", "recurrence_value": "8" });
    let once = "2026-03-01T07:00Z";
    let monthly = json!({ "launch_time": once, "recurrence_type": "Monthly" });
    let reversed =
        json!({ "launch_time": once, "start_time": "2026-03-02T07:00Z", "end_time": once });
    let policies = [
        json!({ "scaling_policy_type": "ALARM", "alarm_id": "al1", "scheduled_policy": weekly }),
        json!({ "scaling_policy_type": "ALARM", "alarm_id": "al1", "scheduled_policy": eighth }),
        json!({ "scaling_policy_type": "SCHEDULED", "scheduled_policy": monthly }),
        json!({ "scaling_policy_type": "SCHEDULED", "scheduled_policy": reversed }),
        json!({ "alarm_id": "al1", "scheduled_policy": schedule }),
        json!({ "scaling_policy_type": "ALARM", "alarm_id": "al1", "scheduled_policy": schedule }),
        json!({ "scaling_policy_type": "RECURRENCE", "alarm_id": "al1", "scheduled_policy": schedule }),
        json!({ "scaling_resource_type": "SCALING_GROUP", "scaling_policy_action": { "limits": 10 } }),
        json!({ "scaling_policy_action": { "operation": "SET", "size": 3, "limits": 10 } }),
        json!({ "scaling_resource_type": "BANDWIDTH",
                "scaling_policy_action": { "operation": "SET", "size": 3, "limits": 300 } }),
    ];
    for body in &policies {
        change_policy(&server, body.clone()).await.unwrap_or_else(|error| panic!("{error}"));
    }
    let requests = server.requests();
    let bodies = requests.iter().filter_map(|request| Some(request.split_once("\r\n\r\n")?.1));
    let sent: Vec<Value> = bodies.map(|body| serde_json::from_str(body).unwrap()).collect();
    assert_eq!(sent, [&groups[..], &policies].concat());
}

#[tokio::test]
async fn all_violated_rules_are_reported_at_once_with_the_fix() {
    let server = Service::always(json_response("200 OK", &json!({}))).await;
    let client = server.client();
    let call = client.update_scaling_policy().body_map(|policy| {
        policy
            .scaling_policy_type("ALARM")
            .scaling_resource_type("BANDWIDTH")
            .scaling_policy_action(
                otc_autoscaling::types::ScalingPolicyAction::builder()
                    .operation("REMOVE")
                    .percentage(5),
            )
    });
    let error = call.send().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "updateScalingPolicy: request not sent: scaling_policy_id: required; \
         alarm_id: scaling_policy_type is \"ALARM\", but a policy of type ALARM requires an alarm \
         rule: set alarm_id; \
         scaling_policy_action.percentage: scaling_policy_action.percentage is 5, \
         scaling_resource_type is \"BANDWIDTH\", but the action for a bandwidth must not have a percentage: \
         use scaling_policy_action.size instead; \
         scaling_policy_action.operation: scaling_policy_action.operation is \"REMOVE\", \
         scaling_resource_type is \"BANDWIDTH\", but the operation for a bandwidth must be ADD, REDUCE or SET: \
         use REDUCE instead of REMOVE; \
         use unchecked() to skip cross-field rules"
    );
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn unchecked_skips_only_rules_that_span_fields() {
    let server = Service::always(json_response("200 OK", &json!({}))).await;
    let client = server.client();
    let call = || client.update_scaling_group().scaling_group_id(GROUP).unchecked();
    let numbers = call().body_map(|group| group.min_instance_number(2).max_instance_number(1));
    numbers.send().await.unwrap();
    let error = call().body_map(|group| group.min_instance_number(-1)).send().await.unwrap_err();
    assert!(error.is_invalid());
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn documented_requests_violate_no_rule() {
    let server = Service::always(json_response("200 OK", &json!({}))).await;
    change_group(&server, example("updateScalingGroupRequest")).await.unwrap();
    change_policy(&server, example("updateScalingPolicyRequest")).await.unwrap();
}
