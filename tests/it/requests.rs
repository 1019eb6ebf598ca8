//! Requests: exactly what the caller set is sent, and nothing that the document forbids.

use chrono::{FixedOffset, NaiveTime, TimeDelta, TimeZone, Utc};
use otc_autoscaling::types::{
    self, Closed, HealthPeriodicAuditTime, LbaasListener, Network, NetworkList,
    ScalingActivityType, ScalingPolicyAction, ScalingResourceType, ScheduledPolicy,
    UpdateScalingGroupRequest, UpdateScalingPolicyRequest,
};
use serde_json::{Value, json};

use crate::support::service::{Service, json_response};
use crate::support::{GROUP, document};

fn group(
    set: impl FnOnce(
        types::builder::UpdateScalingGroupRequest,
    ) -> types::builder::UpdateScalingGroupRequest,
) -> Result<Value, String> {
    let request = UpdateScalingGroupRequest::try_from(set(UpdateScalingGroupRequest::builder()));
    request.map(|request| json!(request)).map_err(|error| error.to_string())
}

#[test]
fn unset_fields_are_not_sent() {
    assert_eq!(group(|body| body), Ok(json!({})));
    assert_eq!(json!(UpdateScalingPolicyRequest::default()), json!({}));
}

#[test]
fn zero_false_and_empty_list_are_sent() {
    let sent = group(|body| {
        body.min_instance_number(0)
            .cool_down_time(0)
            .health_periodic_audit_time(0)
            .delete_publicip(false)
            .delete_volume(false)
            .networks(NetworkList::default())
            .notifications([] as [&str; 0])
            .available_zones(Vec::<String>::new())
    });
    let expected = json!({
        "min_instance_number": 0, "cool_down_time": 0, "health_periodic_audit_time": 0,
        "delete_publicip": false, "delete_volume": false,
        "networks": [], "notifications": [], "available_zones": [],
    });
    assert_eq!(sent, Ok(expected));

    let action = ScalingPolicyAction::builder().operation("SET").size(0).limits(0);
    let policy =
        UpdateScalingPolicyRequest::builder().cool_down_time(0).scaling_policy_action(action);
    let policy = UpdateScalingPolicyRequest::try_from(policy).unwrap();
    let expected = json!({
        "cool_down_time": 0,
        "scaling_policy_action": { "operation": "SET", "size": 0, "limits": 0 },
    });
    assert_eq!(json!(policy), expected);
}

#[test]
fn setters_accept_plain_values_typed_values_and_builders() {
    let listener = LbaasListener::builder().pool_id("pool-1").protocol_port(80_u16).weight(1_i64);
    let ready = Network::try_from(Network::builder().id("net-2")).unwrap();
    let sent = group(|body| {
        body.scaling_group_name(String::from("group_1"))
            .cool_down_time(900_u32)
            .max_instance_number(3_usize)
            .networks([Network::builder().id("net-1"), ready.clone().into()])
            .lbaas_listeners(vec![listener])
            .multi_az_priority_policy(types::MultiAzPriorityPolicy::PickFirst)
            .health_periodic_audit_method("ELB_AUDIT")
            .health_periodic_audit_time(HealthPeriodicAuditTime::new(15).unwrap())
    });
    let expected = json!({
        "scaling_group_name": "group_1", "cool_down_time": 900, "max_instance_number": 3,
        "networks": [{ "id": "net-1" }, { "id": "net-2" }],
        "lbaas_listeners": [{ "pool_id": "pool-1", "protocol_port": 80, "weight": 1 }],
        "multi_az_priority_policy": "PICK_FIRST", "health_periodic_audit_method": "ELB_AUDIT",
        "health_periodic_audit_time": 15,
    });
    assert_eq!(sent, Ok(expected));
}

#[test]
fn when_some_sets_only_what_is_given() {
    let set = |name: Option<&str>| {
        group(|body| {
            body.cool_down_time(0).when_some(name, |body, name| body.scaling_group_name(name))
        })
    };
    assert_eq!(set(None), Ok(json!({ "cool_down_time": 0 })));
    let expected = json!({ "cool_down_time": 0, "scaling_group_name": "group_1" });
    assert_eq!(set(Some("group_1")), Ok(expected));
    assert!(set(Some("no name")).is_err());
}

#[tokio::test]
async fn when_some_sets_parameters_of_an_operation() {
    let server = Service::always(json_response("200 OK", &json!({ "total_number": 0 }))).await;
    for (limit, query) in [(None, ""), (Some(7), "?limit=7")] {
        let list = server.client().list_scaling_activity_logs().scaling_group_id("g");
        list.when_some(limit, |list, limit: i64| list.limit(limit)).send().await.unwrap();
        let sent = server.requests().pop().unwrap();
        let line = sent.lines().next().unwrap().to_owned();
        assert!(line.ends_with(&format!("/scaling_activity_log/g{query} HTTP/1.1")), "{line}");
    }
}

#[test]
fn requests_are_eq_and_hash() {
    let of =
        |number: i64| UpdateScalingGroupRequest::builder().cool_down_time(number).build().unwrap();
    let distinct: std::collections::HashSet<_> = [of(1), of(2), of(1)].into_iter().collect();
    assert_eq!(distinct.len(), 2);
}

#[test]
fn violation_names_field_rule_and_unit() {
    let rejected: [(Result<Value, String>, &str); 10] = [
        (
            group(|body| body.cool_down_time(90_000)),
            "cool_down_time: 90000 is not within 0..=86400 seconds",
        ),
        (
            group(|body| body.health_periodic_audit_time(7)),
            "health_periodic_audit_time: 7 is not one of 0, 1, 5, 15, 60, 180 minutes",
        ),
        (
            group(|body| body.scaling_group_name("a b")),
            r#"scaling_group_name: "a b" does not match ^[0-9A-Za-z_-]+$"#,
        ),
        (
            group(|body| body.description("")),
            r#"description: "" is 0 characters long, not within 1..=256"#,
        ),
        (
            group(|body| body.instance_terminate_policy("ANY")),
            "instance_terminate_policy: \"ANY\" is not one of OLD_CONFIG_OLD_INSTANCE, \
             OLD_CONFIG_NEW_INSTANCE, OLD_INSTANCE, NEW_INSTANCE",
        ),
        (
            group(|body| {
                body.security_groups(
                    [Network::builder().id("a"), Network::builder().id("b")]
                        .map(|_| types::SecurityGroup::builder().id("a")),
                )
            }),
            "security_groups: has 2 items, not within 0..=1",
        ),
        (
            group(|body| body.networks([Network::builder(), Network::builder().id("/")])),
            "networks[0].id: required; \
             networks[1].id: \"/\" does not match ^[0-9A-Za-z_-]+$",
        ),
        (
            group(|body| body.lb_listener_id("a,b,c,d,e,f,g")),
            r#"lb_listener_id: "a,b,c,d,e,f,g" does not match ^[0-9A-Za-z_-]+(,[0-9A-Za-z_-]+){0,5}$"#,
        ),
        (
            group(|body| body.desire_instance_number(-1)),
            "desire_instance_number: -1 is not within 0..=2147483647 instances",
        ),
        (
            group(|body| body.notifications([types::NotificationMode::Unknown("SMS".into())])),
            r#"notifications[0]: "SMS" is not one of EMAIL"#,
        ),
    ];
    for (outcome, expected) in rejected {
        assert_eq!(outcome, Err(expected.to_owned()));
    }
}

#[test]
fn json_request_is_validated() {
    let read = |value: Value| {
        serde_json::from_value::<UpdateScalingGroupRequest>(value)
            .map_err(|error| error.to_string())
    };
    assert!(read(json!({ "cool_down_time": 0, "networks": [] })).is_ok());
    for (value, expected) in [
        (
            json!({ "cool_down_time": 90_000 }),
            "cool_down_time: 90000 is not within 0..=86400 seconds",
        ),
        (json!({ "cooldown": 1 }), "cooldown: unknown field: UpdateScalingGroupRequest has"),
        (json!({ "networks": [{}] }), "networks[0].id: required"),
        (
            json!({ "cool_down_time": 90_000, "networks": [{}, { "id": "" }], "x": null }),
            "x: unknown field: UpdateScalingGroupRequest has",
        ),
        (
            json!({ "instance_terminate_policy": "ANY" }),
            "instance_terminate_policy: \"ANY\" is not one of",
        ),
        (json!({ "delete_volume": "yes" }), "delete_volume: invalid type"),
    ] {
        let error = read(value).unwrap_err();
        assert!(error.starts_with(expected), "{error}");
    }

    let null = serde_json::from_value::<UpdateScalingGroupRequest>(json!({ "description": null }));
    let expected = "description: null is not supported: omit the field";
    assert_eq!(null.unwrap_err().to_string(), expected);
    let nulls = json!({ "networks": null, "cool_down_time": null, "networks2": null });
    let error = UpdateScalingGroupRequest::try_from(nulls).unwrap_err();
    assert_eq!(error.violations().len(), 3);

    // The representation of a number in serde_json with `arbitrary_precision`.
    let number = r#"{"cool_down_time": {"$serde_json::private::Number": "5"}}"#;
    let body = serde_json::from_str::<UpdateScalingGroupRequest>(number).unwrap();
    assert_eq!(json!(body), json!({ "cool_down_time": 5 }));

    for (twice, key) in [
        (r#"{"cool_down_time": 1, "cool_down_time": 1}"#, "cool_down_time"),
        (r#"{"networks": [{"id": "a", "id": "b"}]}"#, "id"),
        (r#"{"lbaas_listeners": [{"weight": 1, "pool_id": "p", "weight": 2}]}"#, "weight"),
        (r#"{"notifications": [{"a": {"b": null, "b": null}}]}"#, "b"),
    ] {
        let error = serde_json::from_str::<UpdateScalingGroupRequest>(twice).unwrap_err();
        assert!(error.to_string().starts_with(&format!("{key}: is given twice")), "{error}");
    }

    let value = json!({ "cool_down_time": 90_000, "networks": [{}, { "id": "" }], "x": null });
    let error = UpdateScalingGroupRequest::try_from(value).unwrap_err();
    let pointers: Vec<String> = error.violations().iter().map(|it| it.pointer()).collect();
    assert_eq!(pointers, ["/x", "/cool_down_time", "/networks/0/id", "/networks/1/id"]);
}

#[test]
fn every_documented_bound_holds_at_its_edge() {
    let document = document();
    let mut seen = 0;
    let within = |name: &str, value: i64| -> bool {
        // Each bounded integer of the document is a type of the same name.
        macro_rules! is_taken {
            ($($ty:ident)*) => {
                match name {
                    $(stringify!($ty) => types::$ty::new(value).is_ok(),)*
                    other => panic!("{other} is a bounded integer that this test does not know"),
                }
            };
        }
        is_taken!(BackendPort BandwidthLimit CoolDownTime HealthPeriodicAuditGracePeriod
                  InstanceNumber ListenerWeight OperationPercentage OperationSize PageLimit
                  StartNumber)
    };
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        for (bound, outward) in [("minimum", -1), ("maximum", 1)] {
            if let Some(edge) = schema[bound].as_i64() {
                assert!(within(name, edge), "{name} rejects {edge}");
                assert!(!within(name, edge + outward), "{name} takes {}", edge + outward);
                seen += 1;
            }
        }
    }
    assert_eq!(seen, 17);
}

#[test]
fn every_enum_accepts_exactly_the_documented_values() {
    type Policy = UpdateScalingPolicyRequest;
    let read = |value: Value| serde_json::from_value::<Policy>(value).is_ok();
    for name in ["SCALING_GROUP", "BANDWIDTH"] {
        assert!(read(json!({ "scaling_resource_type": name })));
    }
    assert!(!read(json!({ "scaling_resource_type": "scaling_group" })));
    let known: Closed<_> = ScalingResourceType::Bandwidth.try_into().unwrap();
    assert_eq!(known, ScalingResourceType::Bandwidth);
}

#[test]
fn launch_time_has_two_formats() {
    let launch = |schedule: types::builder::ScheduledPolicy| {
        let policy = ScheduledPolicy::try_from(schedule);
        policy.map(|policy| policy.launch_time.to_string()).map_err(|error| error.to_string())
    };
    let moment = Utc.with_ymd_and_hms(2026, 3, 1, 7, 5, 0).unwrap();
    let time = NaiveTime::from_hms_opt(7, 5, 0).unwrap();
    let schedule = ScheduledPolicy::builder;
    assert_eq!(launch(schedule().launch_time(moment)), Ok("2026-03-01T07:05Z".into()));
    assert_eq!(launch(schedule().launch_time(time)), Ok("07:05".into()));
    assert_eq!(launch(schedule().launch_time("23:59")), Ok("23:59".into()));
    for wrong in ["7:05", "24:00", "2026-03-01T07:05:00Z", "2026-02-30T07:05Z", "", "07:05Z"] {
        assert!(launch(schedule().launch_time(wrong)).is_err(), "{wrong:?} was taken");
    }
    // Times with more precision are rejected rather than truncated.
    let finer = "launch_time: 11:43:59 has more precision than the format %H:%M: use, for example, 11:43, or truncate it with chrono::DurationRound";
    let time = NaiveTime::from_hms_opt(11, 43, 59).unwrap();
    assert_eq!(launch(schedule().launch_time(time)), Err(finer.into()));
    for finer in [TimeDelta::seconds(1), TimeDelta::milliseconds(1), TimeDelta::nanoseconds(1)] {
        let schedule = || schedule().launch_time("07:05");
        assert!(launch(schedule().launch_time(moment + finer)).is_err(), "{finer}");
        assert!(launch(schedule().start_time(moment + finer)).is_err(), "{finer}");
        assert!(launch(schedule().end_time(moment + finer)).is_err(), "{finer}");
        assert!(launch(schedule().end_time(moment)).is_ok());
    }
    let error = launch(schedule()).unwrap_err();
    assert_eq!(error, "launch_time: required");
}

#[tokio::test]
async fn query_times_are_sent_in_utc_in_whole_seconds() {
    let east = FixedOffset::east_opt(2 * 3600).unwrap();
    let start =
        east.with_ymd_and_hms(2018, 11, 22, 2, 0, 0).unwrap() + TimeDelta::milliseconds(999);
    let server = Service::always(json_response("200 OK", &json!({}))).await;
    let client = server.client();
    let call = client
        .list_scaling_activity_logs()
        .scaling_group_id(GROUP)
        .start_time(start)
        .type_([ScalingActivityType::Normal, ScalingActivityType::Diff])
        .status(types::ScalingActivityStatus::Success)
        .start_number(0)
        .limit(100);
    call.send().await.unwrap();
    let target = server.request();
    let target = target.split(' ').nth(1).unwrap();
    let (_, query) = target.split_once('?').unwrap();
    assert_eq!(
        query,
        "limit=100&start_number=0&start_time=2018-11-22T00%3A00%3A00Z&status=SUCCESS\
         &type=NORMAL%2CDIFF"
    );
}

#[tokio::test]
async fn all_violations_are_reported_at_once_and_nothing_is_sent() {
    let server = Service::always(json_response("200 OK", &json!({}))).await;
    let client = server.client();
    let call = client
        .update_scaling_group()
        .body_map(|body| body.cool_down_time(90_000).scaling_group_name("").delete_volume(true));
    let error = call.send().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "updateScalingGroup: request not sent: \
         scaling_group_id: required; \
         cool_down_time: 90000 is not within 0..=86400 seconds; \
         scaling_group_name: \"\" is 0 characters long, not within 1..=64"
    );
    assert!(error.is_invalid());
    let pointers: Vec<String> = error.violations().iter().map(|each| each.pointer()).collect();
    assert_eq!(pointers, ["/scaling_group_id", "/cool_down_time", "/scaling_group_name"]);
    assert_eq!(server.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn id_with_a_slash_is_rejected() {
    let server = Service::always(json_response("200 OK", &json!({}))).await;
    let client = server.client();
    for id in ["", ".", "..", "a/b", "a\\b", "a?b", "a#b", "a%2fb", "a\n"] {
        let call = client.update_scaling_group().scaling_group_id(id);
        let error = call.send().await.unwrap_err();
        assert!(error.is_invalid(), "{id:?}: {error}");
    }
    for id in [GROUP, "0h327883-324n-4dzd-9c61-68d03ee191dd", "al1513822380493GvlJKZwA8"] {
        client.update_scaling_group().scaling_group_id(id).send().await.unwrap();
    }
    assert_eq!(server.requests().len(), 3);
}

/// A value of a response can be used as a filter, even if the document does not list it.
#[tokio::test]
async fn query_accepts_values_of_responses() {
    let server = Service::always(json_response("200 OK", &json!({}))).await;
    let client = server.client();
    let log: types::ScalingActivityLog =
        serde_json::from_value(json!({ "type": "MANNUAL_REMOVE", "status": "PAUSED" })).unwrap();
    let list = || client.list_scaling_activity_logs().scaling_group_id(GROUP);
    let kind = log.type_.unwrap();
    list().type_([&kind]).status(log.status.unwrap()).send().await.unwrap();
    let kinds = [types::ScalingActivityType::Normal, kind, "ENTER_STANDBY".into()];
    list().type_(kinds).send().await.unwrap();
    let sent: Vec<String> = server.requests();
    let query = |request: &String| {
        request.lines().next().unwrap().split('?').next_back().map(str::to_owned)
    };
    assert_eq!(
        sent.iter().map(|it| query(it).unwrap()).collect::<Vec<_>>(),
        [
            "status=PAUSED&type=MANNUAL_REMOVE HTTP/1.1",
            "type=NORMAL%2CMANNUAL_REMOVE%2CENTER_STANDBY HTTP/1.1",
        ]
    );
    // In a body, such a value is rejected.
    let unknown = types::ScalingPolicyType::from("OTHER");
    let error = types::UpdateScalingPolicyRequest::builder().scaling_policy_type(unknown).build();
    assert!(error.unwrap_err().to_string().contains("\"OTHER\" is not one of ALARM"));
}

#[tokio::test]
async fn unknown_enum_value_is_rejected_in_requests() {
    let server = Service::always(json_response("200 OK", &json!({}))).await;
    let client = server.client();
    let call = client
        .list_scaling_activity_logs()
        .scaling_group_id(GROUP)
        .status("PAUSED")
        .type_(["NORMAL", "OTHER"])
        .limit(101);
    let error = call.send().await.unwrap_err().to_string();
    assert_eq!(
        error,
        "listScalingActivityLogs: request not sent: limit: 101 is not within 0..=100; \
         type[1]: \"OTHER\" is not one of NORMAL, MANUAL_REMOVE, MANUAL_DELETE, MANUAL_ADD, \
         ELB_CHECK_DELETE, AUDIT_CHECK_DELETE, DIFF, MODIFY_ELB; \
         status: \"PAUSED\" is not one of SUCCESS, FAIL, DOING"
    );
    assert_eq!(server.requests().len(), 0);
}
