//! Constrained values: which input each accepts, how other input is reported, and how values are serialized.

use chrono::{DateTime, FixedOffset, NaiveTime, TimeDelta, TimeZone, Utc};
use otc_autoscaling::types::{
    Closed, CoolDownTime, HealthPeriodicAuditTime, InstanceNumber, IntegerOrString, LaunchTime,
    Network, NetworkList, QueryTime, ResourceName, ScalingActivityStatus,
    ScalingActivityTypeFilter, ScalingResourceType, StartNumber, UpdateScalingGroupRequest,
};
use serde_json::json;

#[test]
fn integer_bounds_are_inclusive_and_reported_with_their_unit() {
    assert_eq!(CoolDownTime::new(86_400).unwrap().get(), 86_400);
    assert_eq!(CoolDownTime::try_from(0_u8).unwrap().get(), 0);
    let rejected = |value: i64| CoolDownTime::new(value).unwrap_err().to_string();
    assert_eq!(rejected(86_401), "86401 is not within 0..=86400 seconds");
    assert_eq!(rejected(-1), "-1 is not within 0..=86400 seconds");
}

#[test]
fn integer_accepts_only_listed_values() {
    assert_eq!(HealthPeriodicAuditTime::new(5).unwrap().get(), 5);
    let error = HealthPeriodicAuditTime::new(7).unwrap_err();
    assert_eq!(error.to_string(), "7 is not one of 0, 1, 5, 15, 60, 180 minutes");
}

#[test]
fn integer_width_is_the_bound_where_none_is_documented() {
    let error = StartNumber::new(1 << 31).unwrap_err();
    assert_eq!(error.to_string(), "2147483648 is not within 0..=2147483647");
    let error = StartNumber::try_from(u64::MAX).unwrap_err();
    assert_eq!(error.to_string(), "18446744073709551615 is not within 0..=2147483647");
}

#[test]
fn integer_of_a_string_or_of_json_is_checked() {
    assert_eq!("30".parse::<CoolDownTime>().unwrap().get(), 30);
    assert!("x".parse::<CoolDownTime>().is_err());
    let rejected = |text| serde_json::from_str::<CoolDownTime>(text).unwrap_err().to_string();
    assert!(rejected("90000").starts_with("90000 is not within 0..=86400 seconds"));
    assert!(rejected(r#""5""#).contains("expected a whole number"));
    assert!(rejected("18446744073709551615").starts_with("18446744073709551615 is not within"));
    assert_eq!(serde_json::to_string(&CoolDownTime::new(7).unwrap()).unwrap(), "7");
}

#[test]
fn text_length_counts_characters() {
    assert_eq!(ResourceName::try_from("fleet_1").unwrap().as_str(), "fleet_1");
    let rejected = |text: &str| ResourceName::try_from(text).unwrap_err().to_string();
    assert!(rejected("").starts_with(r#""" is 0 characters long, not within 1..=64"#));
    assert!(rejected(&"é".repeat(64)).contains("does not match ^"));
    assert!(rejected(&"é".repeat(65)).ends_with("is 65 characters long, not within 1..=64"));
    assert!(rejected("a\n").starts_with(r#""a\n" does not match ^"#));
}

#[test]
fn time_is_sent_in_utc_in_whole_seconds() {
    let east = FixedOffset::east_opt(2 * 3600).unwrap();
    let time = east.with_ymd_and_hms(2018, 11, 22, 1, 2, 3).unwrap();
    let time = time + TimeDelta::milliseconds(999);
    assert_eq!(QueryTime::try_from(time).unwrap().as_str(), "2018-11-21T23:02:03Z");
}

#[test]
fn time_must_exist_and_match_one_of_its_formats() {
    assert!(LaunchTime::try_from("2026-02-28T23:59Z").is_ok());
    assert!(LaunchTime::try_from("07:05").is_ok());
    for wrong in ["2026-02-30T10:00Z", "7:05", " 07:05", "24:00", "2026-02-28T23:59:00Z", ""] {
        let error = LaunchTime::try_from(wrong).unwrap_err().to_string();
        assert!(error.ends_with("is not a time as %Y-%m-%dT%H:%MZ or %H:%M (UTC)"), "{error}");
    }
}

#[test]
fn chrono_type_selects_the_time_format() {
    let moment = Utc.with_ymd_and_hms(2026, 3, 1, 7, 5, 0).unwrap();
    assert_eq!(LaunchTime::try_from(moment).unwrap().as_str(), "2026-03-01T07:05Z");
    let time = NaiveTime::from_hms_opt(7, 5, 0).unwrap();
    assert_eq!(LaunchTime::try_from(time).unwrap().as_str(), "07:05");
    let error = QueryTime::try_from(time).unwrap_err().to_string();
    assert_eq!(error, "a time of day is not supported: use a `DateTime`");
}

#[test]
fn year_beyond_the_time_format_is_rejected() {
    for year in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
        assert!(QueryTime::try_from(year).is_err());
    }
    let moment = Utc.with_ymd_and_hms(12_026, 1, 1, 0, 0, 0).unwrap();
    let error = QueryTime::try_from(moment).unwrap_err().to_string();
    assert!(error.starts_with(r#""+12026-01-01T00:00:00Z" does not match ^"#), "{error}");
}

#[test]
fn list_reports_its_length_and_every_rejected_item() {
    assert_eq!(
        json!(NetworkList::try_from([""; 0].map(|_| Network::builder())).unwrap()),
        json!([])
    );
    let networks = ["net-1", "", "net-2", "net-3", "net-4", ""].map(|id| Network::builder().id(id));
    let error = NetworkList::try_from(networks).unwrap_err().to_string();
    let start = r#"has 6 items, not within 0..=5; [1].id: "" "#;
    assert!(error.starts_with(start) && error.contains(r#"; [5].id: "" "#), "{error}");
    let ids = ["net-1", "", "net-2", "net-3", "net-4", ""].map(|id| json!({ "id": id }));
    let of_json = serde_json::from_value::<NetworkList>(json!(ids)).unwrap_err();
    assert_eq!(of_json.to_string(), error);
    let error = serde_json::from_value::<NetworkList>(json!({})).unwrap_err();
    assert_eq!(error.to_string(), "not a list");
}

#[test]
fn comma_separated_list_is_one_nonempty_value() {
    let filter = ScalingActivityTypeFilter::try_from(["NORMAL", "DIFF"]).unwrap();
    assert_eq!(json!(filter), json!("NORMAL,DIFF"));
    assert_eq!("NORMAL,DIFF".parse::<ScalingActivityTypeFilter>(), Ok(filter));
    let error = ScalingActivityTypeFilter::try_from([""; 0]).unwrap_err();
    assert_eq!(error.to_string(), "is empty");
    let error = "NORMAL,".parse::<ScalingActivityTypeFilter>().unwrap_err().to_string();
    assert!(error.starts_with(r#"[1]: "" is not one of"#), "{error}");
}

#[test]
fn enum_of_a_response_keeps_an_unknown_value() {
    let status: ScalingActivityStatus = serde_json::from_value(json!("PAUSED")).unwrap();
    assert_eq!(status, "PAUSED");
    assert_eq!((status.to_string(), json!(status)), ("PAUSED".to_owned(), json!("PAUSED")));
    assert!(!ScalingActivityStatus::VALUES.contains(&status));
    // One wildcard arm covers unknown values and values that a later version adds.
    let shown = match &status {
        ScalingActivityStatus::Success => "done",
        ScalingActivityStatus::Fail => "failed",
        other => other.as_str(),
    };
    assert_eq!(shown, "PAUSED");
    assert_eq!("FAIL".parse(), Ok(ScalingActivityStatus::Fail));
    assert_eq!(ScalingActivityStatus::Fail, "FAIL");
}

#[test]
fn enum_of_a_request_rejects_an_unknown_value() {
    type Strict = Closed<ScalingResourceType>;
    let bandwidth = ScalingResourceType::Bandwidth;
    assert_eq!(Strict::try_from(&bandwidth).unwrap(), bandwidth);
    assert_eq!(Strict::try_from("BANDWIDTH").unwrap().into_inner(), bandwidth);
    let error = Strict::try_from(ScalingResourceType::from("DISK")).unwrap_err();
    assert!(error.to_string().starts_with(r#""DISK" is not one of SCALING_GROUP, "#), "{error}");
    assert!(serde_json::from_value::<Strict>(json!("DISK")).is_err());
}

#[test]
fn integer_or_string_keeps_its_spelling() {
    for (text, number) in [("0", Some(0)), (r#""0""#, Some(0)), (r#""x""#, None)] {
        let either: IntegerOrString = serde_json::from_str(text).unwrap();
        assert_eq!(either.as_i64(), number);
        assert_eq!(serde_json::to_string(&either).unwrap(), text);
    }
    assert_eq!(IntegerOrString::from(7).to_string(), IntegerOrString::from("7").to_string());
    assert!(serde_json::from_str::<IntegerOrString>("[]").is_err());
    assert!(serde_json::from_str::<IntegerOrString>("1.5").is_err());
}

/// The types agree with JSON Schema, in which 5.0 is an integer.
#[test]
fn whole_number_with_a_fraction_of_zero_is_an_integer() {
    for (text, expected) in [
        ("5", Some(5)),
        ("5.0", Some(5)),
        ("5e0", Some(5)),
        ("-0", Some(0)),
        ("-0.0", Some(0)),
        ("0.5", None),
        ("1e300", None),
        ("\"5\"", None),
    ] {
        let read = serde_json::from_str::<InstanceNumber>(text);
        assert_eq!(read.ok().map(i64::from), expected, "{text}");
        let body = format!("{{\"min_instance_number\":{text}}}");
        let read = serde_json::from_str::<UpdateScalingGroupRequest>(&body);
        let value = read.ok().and_then(|body| body.min_instance_number).map(i64::from);
        assert_eq!(value, expected, "{text}");
    }
}
