//! Responses: unexpected values are accepted, and are serialized again as they were received.

use otc_autoscaling::types::{
    IntegerOrString, ScalingActivityLog, ScalingActivityLogPage, ScalingActivityStatus,
    ScalingPolicyExecuteLog, ScalingPolicyExecuteLogPage,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::support::service::{Service, reply};
use crate::support::{GROUP, example, without_nulls};

/// Collects the pointers to a value and to each value in it.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                pointers(value, &format!("{at}/{key}"), found);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                pointers(value, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

/// Checks that odd values at any place of a documented response survive a round trip. Returns the number of cases.
fn survives_anything<T: DeserializeOwned + Serialize>(documented: &Value) -> usize {
    let odd = [
        json!(null),
        json!(true),
        json!(0),
        json!(-7),
        json!(1.5),
        json!(u64::MAX),
        json!(""),
        json!("0"),
        json!("5"),
        json!("text"),
        json!("2018-11-22T13:46:20+02:00"),
        json!([]),
        json!([null]),
        json!(["a", 1]),
        json!({}),
        json!({ "new": { "deep": [1, null] } }),
    ];
    let mut places = Vec::new();
    pointers(documented, "", &mut places);
    let mut tried = 0;
    for place in places.iter().filter(|place| !place.is_empty()) {
        for odd in &odd {
            let mut came = documented.clone();
            *came.pointer_mut(place).unwrap() = odd.clone();
            let read: T = serde_json::from_str(&came.to_string())
                .unwrap_or_else(|error| panic!("{place} = {odd}: {error}"));
            assert_eq!(without_nulls(&json!(read)), without_nulls(&came), "{place} = {odd}");
            tried += 1;
        }
    }
    tried
}

#[test]
fn unexpected_value_anywhere_does_not_lose_the_page() {
    let activity = example("listScalingActivityLogsResponse");
    assert!(survives_anything::<ScalingActivityLogPage>(&activity) > 500);
    let executed = example("listScalingPolicyExecuteLogsResponse");
    assert!(survives_anything::<ScalingPolicyExecuteLogPage>(&executed) > 300);
}

#[test]
fn missing_fields_are_none() {
    let mut places = Vec::new();
    let documented = example("listScalingActivityLogsResponse");
    pointers(&documented, "", &mut places);
    for place in places.iter().filter(|place| !place.is_empty()) {
        let (parent, key) = place.rsplit_once('/').unwrap();
        let mut came = documented.clone();
        if came
            .pointer_mut(parent)
            .and_then(Value::as_object_mut)
            .and_then(|o| o.remove(key))
            .is_some()
        {
            let read: ScalingActivityLogPage = serde_json::from_value(came.clone()).unwrap();
            assert_eq!(without_nulls(&json!(read)), without_nulls(&came), "without {place}");
        }
    }
    assert_eq!(
        serde_json::from_str::<ScalingActivityLog>("{}").unwrap(),
        ScalingActivityLog::default()
    );
}

fn log(value: Value) -> ScalingActivityLog {
    serde_json::from_value(value).unwrap()
}

#[test]
fn unknown_status_survives_a_round_trip() {
    let paused = log(json!({ "status": "PAUSED" }));
    assert_eq!(paused.status, Some(ScalingActivityStatus::from("PAUSED")));
    assert_eq!(json!(paused), json!({ "status": "PAUSED" }));
}

#[test]
fn numbers_and_strings_are_read_for_each_other() {
    let log = log(json!({ "instance_value": "5", "scaling_value": "1", "id": 7 }));
    assert_eq!(log.instance_value, Some(5));
    assert_eq!(log.scaling_value.as_ref().and_then(IntegerOrString::as_i64), Some(1));
    assert_eq!(log.id.as_deref(), Some("7"));
    assert_eq!(json!(log), json!({ "instance_value": "5", "scaling_value": "1", "id": 7 }));
}

#[test]
fn changed_field_is_serialized_changed() {
    let mut log = log(json!({ "instance_value": "7", "id": 5, "instance_failed_list": "" }));
    log.instance_value = Some(8);
    log.id = None;
    assert_eq!(json!(log), json!({ "instance_value": 8, "instance_failed_list": "" }));
}

#[test]
fn last_of_duplicate_keys_takes_precedence() {
    let read = |text: &str| serde_json::from_str::<ScalingActivityLog>(text).unwrap();
    let log = read(r#"{"instance_value": "1", "instance_value": 2}"#);
    assert_eq!((log.instance_value, log.extra().is_empty()), (Some(2), true));
    let log = read(r#"{"instance_value": 2, "instance_value": null}"#);
    assert_eq!(log, ScalingActivityLog::default());
}

#[test]
fn value_other_than_an_object_is_an_error() {
    for text in ["[]", "null", "5", "\"text\""] {
        assert!(serde_json::from_str::<ScalingActivityLog>(text).is_err(), "{text}");
    }
}

#[test]
fn fields_of_a_nested_object_that_are_not_documented_are_preserved() {
    let received = json!({
        "meta_data": { "metadata_eip_id": "x", "metadataeip_address": 5, "b": 5, "c": null }
    });
    let log: ScalingPolicyExecuteLog = serde_json::from_value(received.clone()).unwrap();
    let meta_data = log.meta_data.as_ref().unwrap();
    assert_eq!(meta_data.metadata_eip_id.as_deref(), Some("x"));
    assert_eq!(meta_data.metadataeip_address.as_deref(), Some("5"));
    assert_eq!(meta_data.extra().get("b"), Some(&json!(5)));
    assert_eq!(json!(log), received);
}

#[test]
fn time_with_an_offset_is_read_in_utc_and_preserved() {
    let received = json!({ "start_time": "2018-11-22T13:46:20+02:00", "end_time": "soon" });
    let log = log(received.clone());
    assert_eq!(log.start_time.unwrap().to_rfc3339(), "2018-11-22T11:46:20+00:00");
    assert_eq!(log.end_time, None);
    assert_eq!(json!(log), received);
}

#[test]
fn list_with_an_unexpected_item_preserves_it_and_reads_the_rest() {
    let received = json!({ "instance_added_list": [{ "instance_id": "i-1" }, "odd", null] });
    let log = log(received.clone());
    assert_eq!(log.instance_added_list.as_ref().map(Vec::len), Some(1));
    assert_eq!(json!(log), received);
}

#[test]
fn absent_and_empty_lists_differ() {
    let log = log(json!({ "instance_added_list": [], "instance_failed_list": "" }));
    assert_eq!(log.instance_added_list, Some(Vec::new()));
    assert_eq!(log.instance_deleted_list, None);
    assert_eq!(log.extra().get("instance_failed_list"), Some(&json!("")));
}

#[test]
fn unknown_field_is_preserved_in_extra() {
    let came = json!({ "status": "SUCCESS", "new": { "deep": [1, 2.5, null] } });
    let log = log(came.clone());
    assert_eq!(log.extra().get("new"), Some(&came["new"]));
    assert_eq!(json!(log), came);
}

/// The reasons of a scaling action are usually JSON within a string.
#[test]
fn json_within_a_string_is_read_as_values() {
    let reasons = |text: &str| {
        let content = log(json!({ "description": text })).description_content()?;
        let reason = content.reason?.into_iter().next()?;
        Some((reason.change_reason, reason.old_value, reason.new_value))
    };
    let expected = Some((Some("MANNUAL".to_owned()), Some(0), Some(1)));
    for text in [
        r#"{"reason":[{"change_reason":"MANNUAL","old_value":0,"new_value":1}]}"#,
        r#"{"reason":[{"change_reason":"MANNUAL","old_value":"0","new_value":1.0,"odd":[]}],"a":1}"#,
        " {\"reason\":[{\"change_reason\":\"MANNUAL\",\"old_value\":0,\"new_value\":1}]}\n",
        r#"{"reason":[{"change_reason":"MANNUAL","old_value":00,"new_value":1},]}"#,
        r#"{"reason":[{"change_reason":"MANNUAL","old_value":0,"new_value":1},{"change_rea"#,
    ] {
        assert_eq!(reasons(text), expected, "{text}");
    }
    for text in ["", "added by hand", "null", "[]", "5", "{reason", r#""{}""#] {
        assert_eq!(log(json!({ "description": text })).description_content(), None, "{text}");
    }
    assert_eq!(log(json!({})).description_content(), None);
    assert_eq!(reasons("{}"), None);
    let page: ScalingActivityLogPage =
        serde_json::from_value(example("listScalingActivityLogsResponse")).unwrap();
    let log = &page.scaling_activity_log.unwrap()[1];
    let reason = &log.description_content().unwrap().reason.unwrap()[0];
    assert_eq!(reason.change_time.unwrap().to_rfc3339(), "2018-11-22T13:44:19+00:00");
}

/// Found by fuzzing: the last digit of a number changed in each round trip.
#[test]
fn long_number_is_the_same_after_a_round_trip() {
    for number in ["1111111111111111111111111111111111", "0.1234567890123456789", "1e-320", "1e300"]
    {
        let text = format!("{{\"odd\":[{number}]}}");
        let log: ScalingActivityLog = serde_json::from_str(&text).unwrap();
        let again: ScalingActivityLog = serde_json::from_value(json!(log)).unwrap();
        let written = json!(log).to_string();
        assert_eq!(serde_json::from_str::<ScalingActivityLog>(&written).unwrap(), log, "{number}");
        assert_eq!(again, log, "{number}");
    }
}

#[test]
fn description_is_always_a_string() {
    for text in [r#"{"reason":[{"old_value":0}]}"#, "{not json", ""] {
        assert_eq!(log(json!({ "description": text })).description.as_deref(), Some(text));
    }
}

#[test]
fn whole_numbers_in_any_form_are_read() {
    for one in ["1", "1.0", "1e0", "10e-1", "\"1\"", "\"1.0\"", "\"1e0\"", "\" 1 \""] {
        let text = format!("{{\"desire_value\":{one}}}");
        let log: ScalingActivityLog = serde_json::from_str(&text).unwrap();
        assert_eq!(log.desire_value, Some(1), "{one}");
        let text = format!("{{\"scaling_value\":{one}}}");
        let log: ScalingActivityLog = serde_json::from_str(&text).unwrap();
        assert_eq!(log.scaling_value.and_then(|value| value.as_i64()), Some(1), "{one}");
    }
    for none in ["1.5", "\"1.5\"", "1e300", "\"1e300\"", "\"NaN\"", "\"inf\"", "\"\""] {
        let text = format!("{{\"desire_value\":{none}}}");
        let log: ScalingActivityLog = serde_json::from_str(&text).unwrap();
        assert_eq!(log.desire_value, None, "{none}");
    }
}

#[test]
fn times_in_other_forms_are_read_in_utc() {
    for same in [
        "2018-11-22T13:44:00Z",
        "2018-11-22T13:44:00",
        "2018-11-22T13:44",
        "2018-11-22T13:44Z",
        "2018-11-22 13:44:00",
        "2018-11-22 13:44:00Z",
        "2018-11-22T13:44:00.000",
        "2018-11-22T15:44:00+0200",
        "2018-11-22T15:44:00+02",
        "2018-11-22T15:44+02:00",
        "2018-11-22 15:44:00+02:00",
        " 2018-11-22T13:44:00Z ",
        "2018-11-22t13:44z",
        "2018-11-22t13:44:00",
        "2018-11-22T13:44:00,000Z",
        "2018-11-22T13:44:00 Z",
        "2018-11-22 13:44:00 UTC",
        "2018-11-22T13:44:00GMT",
        "2018-11-22T15:44:00 +0200",
        "2018-11-22 15:44:00.0 +02:00",
        "2018-11-22T11:44:00\u{2212}02:00",
        "20181122T134400Z",
        "20181122T134400.000",
        "20181122T1544+02",
        "2018-W47-4T13:44Z",
    ] {
        let read = log(json!({ "start_time": same }));
        let time = read.start_time.unwrap_or_else(|| panic!("{same}"));
        assert_eq!(time.to_rfc3339(), "2018-11-22T13:44:00+00:00", "{same}");
        assert_eq!(json!(read)["start_time"], same);
    }
    for (midnight, utc) in [
        ("2018-11-22T24:00:00Z", "2018-11-23T00:00:00+00:00"),
        ("2018-12-31 24:00", "2019-01-01T00:00:00+00:00"),
        ("20181122T2400+0200", "2018-11-22T22:00:00+00:00"),
        ("2018-12-31T23:59:60", "2018-12-31T23:59:60+00:00"),
        ("2018-12-31T23:59:60.5+00", "2018-12-31T23:59:60.500+00:00"),
    ] {
        let read = log(json!({ "start_time": midnight }));
        assert_eq!(read.start_time.map(|time| time.to_rfc3339()).as_deref(), Some(utc));
    }
    for none in [
        "2018-11-22T24:01Z",
        "2018-11-22T13:44:00+99",
        "2018-11-22T13:44 CET",
        "2018-11T13:44",
        "2018-11-22T",
    ] {
        assert_eq!(log(json!({ "start_time": none })).start_time, None, "{none}");
    }
    for none in ["2018-11-22", "13:44", "2018-13-22T13:44:00", "soon", "", "1542894240"] {
        assert_eq!(log(json!({ "start_time": none })).start_time, None, "{none}");
    }
}

/// Reads a page with this first entry and a valid second one.
async fn read_beside(odd: &str) -> (ScalingActivityLog, ScalingActivityLog) {
    let page = format!("{{\"total_number\":2,\"scaling_activity_log\":[{odd},{{\"id\":\"b\"}}]}}");
    let server = Service::always(reply("200 OK", &[], &page)).await;
    let client = server.client();
    let call = client.list_scaling_activity_logs().scaling_group_id(GROUP);
    let page = call.send().await.unwrap_or_else(|error| panic!("{odd}: {error}")).into_inner();
    let [first, second]: [_; 2] = page.scaling_activity_log.unwrap().try_into().unwrap();
    (first, second)
}

#[tokio::test]
async fn invalid_json_in_a_string_does_not_lose_the_page() {
    for (odd, description) in [
        (r#"{"id":"a","description":"x\ud83dy"}"#, Some("x\u{fffd}y")),
        (r#"{"id":"a","description":"\udc00"}"#, Some("\u{fffd}")),
        ("{\"id\":\"a\",\"description\":\"x\ny\"}", Some("x\ny")),
        ("{\"id\":\"a\",\"description\":\"x\u{0}y\"}", Some("x\u{0}y")),
        (r#"{"id":"a","extra":1e400}"#, None),
        (r#"{"id":"a","desire_value":-1e999}"#, None),
        (r#"{"id":"a","desire_value":NaN}"#, None),
        (r#"{"id":"a","desire_value":+1,"scaling_value":007}"#, None),
        (r#"{"id":"a","description":"C:\users\new"}"#, Some("C:\\users\new")),
        (r#"{"id":"a","description":"\u12",}"#, Some("\\u12")),
    ] {
        let (first, second) = read_beside(odd).await;
        assert_eq!(first.description.as_deref(), description, "{odd}");
        assert_eq!((first.id.as_deref(), second.id.as_deref()), (Some("a"), Some("b")));
    }
}

#[tokio::test]
async fn number_in_a_string_field_keeps_its_digits() {
    for number in [
        "12345678901234567890123",
        "-98765432109876543210",
        "18446744073709551616",
        "1.2345678901234567890",
        "1.10",
        "1e3",
        "-0",
        "0.0000001",
    ] {
        let (first, _) = read_beside(&format!("{{\"id\":{number}}}")).await;
        assert_eq!(first.id.as_deref(), Some(number));
    }
}

#[tokio::test]
async fn truncated_page_is_an_error() {
    let page = json!({ "total_number": 2, "scaling_activity_log": [{ "id": "a" }, { "id": "b" }] });
    let page = page.to_string();
    for length in 1..page.len() {
        let server = Service::always(reply("200 OK", &[], &page[..length])).await;
        let client = server.client();
        let call = client.list_scaling_activity_logs().scaling_group_id(GROUP);
        assert!(call.send().await.unwrap_err().is_unreadable(), "{length}");
    }
}

/// A decoded list takes many times its size in memory, so its length is limited.
#[tokio::test]
async fn endless_list_is_an_error() {
    for (item, count) in
        [("{}", 100_001), ("null", 100_001), ("[]", 200_000), ("{\"id\":\"a\"}", 100_001)]
    {
        let list = vec![item; count].join(",");
        let page = format!("{{\"scaling_activity_log\":[{list}]}}");
        let server = Service::always(reply("200 OK", &[], &page)).await;
        let client = server.client();
        let error = client.list_scaling_activity_logs().scaling_group_id(GROUP).send().await;
        let error = error.unwrap_err();
        assert!(error.is_unreadable(), "{error}");
        assert!(error.to_string().contains("a list has more than 100000 items"), "{error}");
        assert!(std::error::Error::source(&error).is_none());
    }
}

/// The number of values is limited as well, in documented and undocumented fields.
#[tokio::test]
async fn too_many_values_are_an_error() {
    let logs = format!("{{\"instance_added_list\":[{}]}}", vec!["{}"; 99_999].join(","));
    for page in [
        format!("{{\"scaling_activity_log\":[{}]}}", [logs.as_str(); 6].join(",")),
        format!("{{\"total_number\":0,\"x\":[{}]}}", vec!["{\"\":0}"; 300_000].join(",")),
    ] {
        let server = Service::always(reply("200 OK", &[], &page)).await;
        let client = server.client();
        let error = client.list_scaling_activity_logs().scaling_group_id(GROUP).send().await;
        let cause = error.unwrap_err().to_string();
        assert!(cause.contains(": it has more than 500000 values"), "{cause}");
    }
}
