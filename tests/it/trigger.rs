//! Triggers of a policy: the fields they send, the values they reject, and combinations that do not compile.

use std::collections::BTreeSet;

use chrono::{DateTime, FixedOffset, NaiveTime, TimeDelta, TimeZone, Utc, Weekday};
use otc_autoscaling::trigger::{Alarm, Recurring, Scheduled, Trigger};
use otc_autoscaling::types::{
    RecurrenceType, RecurrenceValue, ScalingPolicyAction, ScalingPolicyType, ScheduledPolicy,
    UpdateScalingGroupRequest, UpdateScalingPolicyRequest, builder,
};
use serde_json::{Value, json};

use crate::support::document;
use crate::support::service::{Service, json_response};

const ALARM: &str = "al1513822380493GvlJKZwA8";

const SUNDAY_TO_SATURDAY: [Weekday; 7] = [
    Weekday::Sun,
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
];

fn utc(year: i32, month: u32, day: u32, hour: u32, minute: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(year, month, day, hour, minute, 0).unwrap()
}

fn time(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).unwrap()
}

fn until() -> DateTime<Utc> {
    utc(2027, 12, 31, 23, 59)
}

/// The body of a request with only this trigger.
fn body(trigger: impl Into<Trigger>) -> Value {
    json!(UpdateScalingPolicyRequest::builder().trigger(trigger).build().unwrap())
}

/// The violations of a trigger: the field and the rule of each.
fn rejected(trigger: impl Into<Trigger>) -> Vec<(String, String)> {
    let error = UpdateScalingPolicyRequest::builder().trigger(trigger).build().unwrap_err();
    let violations = error.violations().iter();
    violations.map(|each| (each.pointer(), each.rule().to_owned())).collect()
}

/// The names of a schema's fields in the document.
fn fields(schema: &str) -> BTreeSet<String> {
    let schema = document()["components"]["schemas"][schema].take();
    schema["properties"].as_object().unwrap().keys().cloned().collect()
}

#[test]
fn trigger_sends_exactly_its_documented_fields() {
    let schedule =
        |fields: Value| json!({ "scaling_policy_type": "RECURRENCE", "scheduled_policy": fields });
    assert_eq!(
        body(Alarm::new(ALARM)),
        json!({ "scaling_policy_type": "ALARM", "alarm_id": ALARM })
    );
    assert_eq!(
        body(Scheduled::at(utc(2027, 3, 1, 7, 5))),
        json!({
            "scaling_policy_type": "SCHEDULED",
            "scheduled_policy": { "launch_time": "2027-03-01T07:05Z" },
        })
    );
    assert_eq!(
        body(Recurring::daily(time(7, 5), until())),
        schedule(json!({
            "launch_time": "07:05", "recurrence_type": "Daily", "end_time": "2027-12-31T23:59Z",
        }))
    );
    assert_eq!(
        body(Recurring::weekly([Weekday::Sat], time(0, 0), until())),
        schedule(json!({
            "launch_time": "00:00", "recurrence_type": "Weekly", "recurrence_value": "7",
            "end_time": "2027-12-31T23:59Z",
        }))
    );
    assert_eq!(
        body(Recurring::monthly([31], time(23, 59), until()).starting(utc(2027, 1, 1, 0, 0))),
        schedule(json!({
            "launch_time": "23:59", "recurrence_type": "Monthly", "recurrence_value": "31",
            "start_time": "2027-01-01T00:00Z", "end_time": "2027-12-31T23:59Z",
        }))
    );
}

/// Fails when the document gets a policy type, recurrence type or schedule field that no trigger sets.
#[test]
fn triggers_cover_the_document() {
    let monthly = Recurring::monthly([1], time(7, 0), until()).starting(utc(2027, 1, 1, 0, 0));
    let bodies = [
        body(Alarm::new(ALARM)),
        body(Scheduled::at(until())),
        body(Recurring::daily(time(7, 0), until())),
        body(Recurring::weekly([Weekday::Sun], time(7, 0), until())),
        body(monthly),
    ];
    let used = |pointer: &str| -> BTreeSet<&str> {
        bodies.iter().filter_map(|body| body.pointer(pointer)?.as_str()).collect()
    };
    let kinds = ScalingPolicyType::VALUES.iter().map(ScalingPolicyType::as_str).collect();
    assert_eq!(used("/scaling_policy_type"), kinds);
    let rhythms = RecurrenceType::VALUES.iter().map(RecurrenceType::as_str).collect();
    assert_eq!(used("/scheduled_policy/recurrence_type"), rhythms);
    let schedule = bodies[4]["scheduled_policy"].as_object().unwrap();
    assert_eq!(schedule.keys().cloned().collect::<BTreeSet<_>>(), fields("ScheduledPolicy"));
}

#[test]
fn days_are_sent_once_in_ascending_order() {
    let days = |trigger: Recurring| body(trigger)["scheduled_policy"]["recurrence_value"].take();
    let weekly = [Weekday::Fri, Weekday::Mon, Weekday::Fri, Weekday::Sun];
    assert_eq!(days(Recurring::weekly(weekly, time(7, 0), until())), "1,2,6");
    assert_eq!(days(Recurring::monthly([15, 2, 31, 2, 10], time(7, 0), until())), "2,10,15,31");
}

#[test]
fn times_of_any_zone_are_sent_in_utc() {
    let east = FixedOffset::east_opt(2 * 3600).unwrap();
    let midnight = east.with_ymd_and_hms(2027, 1, 1, 0, 0, 0).unwrap();
    let launch = body(Scheduled::at(midnight));
    assert_eq!(launch["scheduled_policy"]["launch_time"], "2026-12-31T22:00Z");
    let rhythm = Recurring::daily(time(7, 0), midnight + TimeDelta::days(1)).starting(midnight);
    let rhythm = body(rhythm);
    assert_eq!(rhythm["scheduled_policy"]["start_time"], "2026-12-31T22:00Z");
    assert_eq!(rhythm["scheduled_policy"]["end_time"], "2027-01-01T22:00Z");
}

#[test]
fn later_trigger_replaces_an_earlier_one() {
    let triggers: [Trigger; 6] = [
        Alarm::new(ALARM).into(),
        Scheduled::at(until()).into(),
        Recurring::daily(time(7, 0), until()).into(),
        Recurring::monthly([1], time(7, 0), until()).starting(utc(2027, 1, 1, 0, 0)).into(),
        // Invalid triggers are replaced as well.
        Alarm::new("no/alarm").into(),
        Recurring::weekly([], time(7, 0), until()).into(),
    ];
    for earlier in &triggers {
        for later in &triggers[..4] {
            let policy = UpdateScalingPolicyRequest::builder().cool_down_time(900);
            let policy = policy.trigger(earlier.clone()).trigger(later.clone()).build().unwrap();
            let mut expected = body(later.clone());
            expected["cool_down_time"] = 900.into();
            assert_eq!(json!(policy), expected);
        }
    }
}

#[test]
fn trigger_replaces_single_setters() {
    let schedule = ScheduledPolicy::builder().launch_time(time(7, 0)).recurrence_value("x");
    let policy = UpdateScalingPolicyRequest::builder()
        .scaling_policy_type("RECURRENCE")
        .scheduled_policy(schedule)
        .trigger(Alarm::new(ALARM));
    assert_eq!(json!(policy.build().unwrap()), body(Alarm::new(ALARM)));
    let policy = UpdateScalingPolicyRequest::builder().alarm_id(ALARM);
    let policy = policy.trigger(Scheduled::at(until())).build().unwrap();
    assert_eq!(json!(policy), body(Scheduled::at(until())));
}

#[test]
fn time_with_seconds_is_rejected() {
    let rest = TimeDelta::seconds(30);
    let launch = "/scheduled_policy/launch_time".to_owned();
    let end = "/scheduled_policy/end_time".to_owned();
    let start = "/scheduled_policy/start_time".to_owned();
    let finer = |time: &str, form: &str| {
        let format = if form.contains('T') { "%Y-%m-%dT%H:%MZ" } else { "%H:%M" };
        format!(
            "{time} has more precision than the format {format}: use, for example, {form}, or truncate it with chrono::DurationRound"
        )
    };
    assert_eq!(
        rejected(Scheduled::at(utc(2027, 3, 1, 7, 5) + rest)),
        [(launch.clone(), finer("2027-03-01 07:05:30", "2027-03-01T07:05Z"))]
    );
    assert_eq!(
        rejected(
            Recurring::daily(time(7, 5) + TimeDelta::milliseconds(1), until() + rest)
                .starting(utc(2027, 1, 1, 0, 0) + rest)
        ),
        [
            (end, finer("2027-12-31 23:59:30", "2027-12-31T23:59Z")),
            (launch, finer("07:05:00.001", "07:05")),
            (start, finer("2027-01-01 00:00:30", "2027-01-01T00:00Z")),
        ]
    );
}

#[test]
fn year_beyond_the_format_is_rejected() {
    for moment in [DateTime::<Utc>::MIN_UTC, utc(-1, 1, 1, 0, 0), utc(10_000, 1, 1, 0, 0)] {
        let rejected = rejected(Scheduled::at(moment));
        assert_eq!(rejected[0].0, "/scheduled_policy/launch_time", "{moment}");
    }
}

#[test]
fn recurrence_without_a_day_is_rejected() {
    let at = "/scheduled_policy/recurrence_value".to_owned();
    let none = vec![(at, "no day is set: use at least one".to_owned())];
    assert_eq!(rejected(Recurring::weekly([], time(7, 0), until())), none);
    assert_eq!(rejected(Recurring::monthly([], time(7, 0), until())), none);
}

#[test]
fn invalid_day_of_month_is_rejected() {
    let at = || "/scheduled_policy/recurrence_value".to_owned();
    assert_eq!(
        rejected(Recurring::monthly([0, 1, 31, 32], time(7, 0), until())),
        [
            (at(), "0 is not a day of a month: use 1 to 31".to_owned()),
            (at(), "32 is not a day of a month: use 1 to 31".to_owned()),
        ]
    );
    let rejected = rejected(Recurring::monthly([u32::MAX], time(7, 0), until()));
    assert_eq!(rejected, [(at(), "4294967295 is not a day of a month: use 1 to 31".to_owned())]);
}

/// The bounds in the error message are hard-coded.
#[test]
fn days_of_a_month_match_the_document() {
    let days: Vec<u32> =
        (0..100).filter(|day| RecurrenceValue::try_from(day.to_string()).is_ok()).collect();
    assert_eq!(days, (1..=31).collect::<Vec<_>>());
}

#[test]
fn end_before_start_is_rejected() {
    let rhythm = |from| Recurring::daily(time(7, 0), utc(2027, 1, 1, 0, 0)).starting(from);
    let policy = UpdateScalingPolicyRequest::builder();
    let error = policy.trigger(rhythm(utc(2027, 1, 1, 0, 1))).build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "scheduled_policy.end_time: scheduled_policy.start_time is \"2027-01-01T00:01Z\", \
         scheduled_policy.end_time is \"2027-01-01T00:00Z\", but a recurrence must not end before \
         it starts: \
         set scheduled_policy.end_time to a time that is not before scheduled_policy.start_time"
    );
    assert_eq!(error.violations()[0].rule_id(), Some("recurrence-ends-after-start"));
    assert!(error.violations()[0].fix().is_some());
    assert_eq!(body(rhythm(utc(2027, 1, 1, 0, 0)))["scheduled_policy"]["launch_time"], "07:00");
}

#[tokio::test]
async fn violations_of_a_trigger_are_reported_with_all_others() {
    let server = Service::always(json_response("200 OK", &json!({}))).await;
    let client = server.client();
    let call = |trigger: Trigger| {
        client.update_scaling_policy().body_map(|policy| {
            policy
                .cool_down_time(90_000)
                .scaling_policy_action(ScalingPolicyAction::builder().size(301))
                .trigger(trigger)
        })
    };
    let rest = TimeDelta::seconds(1);
    let rhythm = Recurring::monthly([32], time(7, 0) + rest, until() + rest);
    let error = call(rhythm.into()).send().await.unwrap_err();
    assert!(error.is_invalid());
    let pointers: Vec<String> = error.violations().iter().map(|each| each.pointer()).collect();
    assert_eq!(
        pointers,
        [
            "/scaling_policy_id",
            "/cool_down_time",
            "/scaling_policy_action/size",
            "/scheduled_policy/end_time",
            "/scheduled_policy/launch_time",
            "/scheduled_policy/recurrence_value",
        ]
    );
    // `unchecked` does not skip the rules of a trigger.
    let rhythm = Recurring::daily(time(7, 0), until()).starting(until() + TimeDelta::minutes(1));
    let error = call(rhythm.into()).unchecked().send().await.unwrap_err();
    assert!(error.violations().iter().any(|each| each.pointer() == "/scheduled_policy/end_time"));
    let error = call(Alarm::new("no/alarm").into()).send().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "updateScalingPolicy: request not sent: scaling_policy_id: required; \
         alarm_id: \"no/alarm\" does not match ^[0-9A-Za-z_-]+$; \
         cool_down_time: 90000 is not within 0..=86400 seconds; \
         scaling_policy_action.size: 301 is not within 0..=300"
    );
    assert_eq!(server.requests().len(), 0);
}

/// Triggers of all kinds, each with the schedule that it has to send, if any.
fn spread() -> Vec<(Trigger, Value)> {
    let mut spread: Vec<(Trigger, Value)> = Vec::new();
    let times = [(0, 0), (7, 5), (12, 30), (23, 59)];
    let starts = [None, Some(utc(2024, 2, 29, 0, 0)), Some(until())];
    let mut add = |make: &dyn Fn(NaiveTime) -> Recurring, rhythm: &str, days: Option<String>| {
        for (hour, minute) in times {
            for start in starts {
                let trigger = make(time(hour, minute));
                let mut schedule = json!({
                    "launch_time": format!("{hour:02}:{minute:02}"),
                    "recurrence_type": rhythm,
                    "end_time": "2027-12-31T23:59Z",
                });
                if let Some(days) = &days {
                    schedule["recurrence_value"] = days.as_str().into();
                }
                let trigger = match start {
                    Some(start) => {
                        let text = start.to_rfc3339().replace(":00+00:00", "Z");
                        schedule["start_time"] = text.into();
                        trigger.starting(start)
                    }
                    None => trigger,
                };
                spread.push((trigger.into(), schedule));
            }
        }
    };
    let joined =
        |days: Vec<usize>| days.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    add(&|at| Recurring::daily(at, until()), "Daily", None);
    for subset in 1..1_u32 << 7 {
        let numbers: Vec<usize> = (1..=7).filter(|day| subset >> (day - 1) & 1 == 1).collect();
        let days = numbers.iter().map(|day| SUNDAY_TO_SATURDAY[day - 1]).rev().collect::<Vec<_>>();
        let weekly = |at| Recurring::weekly(days.iter().copied(), at, until());
        add(&weekly, "Weekly", Some(joined(numbers)));
    }
    for day in 1..=31 {
        add(&|at| Recurring::monthly([day], at, until()), "Monthly", Some(day.to_string()));
        let days = (1..=day as usize).collect();
        add(&|at| Recurring::monthly((1..=day).rev(), at, until()), "Monthly", Some(joined(days)));
    }
    for (hour, minute) in times {
        let launch = format!("2028-02-29T{hour:02}:{minute:02}Z");
        let trigger = Scheduled::at(utc(2028, 2, 29, hour, minute)).into();
        spread.push((trigger, json!({ "launch_time": launch })));
    }
    spread.push((Alarm::new(ALARM).into(), Value::Null));
    spread
}

#[tokio::test]
async fn every_trigger_passes_the_rules_and_is_sent_whole() {
    let server = Service::always(json_response("200 OK", &json!({}))).await;
    let client = server.client();
    let spread = spread();
    assert_eq!(spread.len(), (1 + 127 + 2 * 31) * 4 * 3 + 4 + 1);
    for (trigger, _) in &spread {
        let call = client.update_scaling_policy().scaling_policy_id("p1");
        let call = call.body_map(|policy| policy.trigger(trigger.clone()));
        call.send().await.unwrap_or_else(|error| panic!("{trigger:?}: {error}"));
    }
    let requests = server.requests();
    assert_eq!(requests.len(), spread.len());
    for (request, (_, schedule)) in requests.iter().zip(&spread) {
        let (_, sent) = request.split_once("\r\n\r\n").unwrap();
        let sent: Value = serde_json::from_str(sent).unwrap();
        assert_eq!(sent["scheduled_policy"], *schedule, "{sent}");
        let read: UpdateScalingPolicyRequest = serde_json::from_value(sent.clone()).unwrap();
        assert_eq!(json!(read), sent);
    }
}

/// A test can't contain code that does not compile, so this one checks what prevents it from compiling.
#[test]
fn invalid_combinations_do_not_compile() {
    // An inherent method of the same name would take precedence and not accept `()`.
    trait Lacks: Sized {
        fn starting(self, _: ()) {}
        fn trigger(self, _: ()) {}
    }
    impl Lacks for Alarm {}
    impl Lacks for Scheduled {}
    impl Lacks for builder::UpdateScalingGroupRequest {}
    // Only a recurring trigger has a start, and only a policy has a trigger.
    Alarm::new(ALARM).starting(());
    Scheduled::at(until()).starting(());
    UpdateScalingGroupRequest::builder().trigger(());

    // `Default::default()` compiles only if the parameter accepts a single type: a recurring trigger takes
    // a time of day and an end, and a scheduled one takes a date and time.
    let _ = Recurring::daily(Default::default(), until());
    let _ = Recurring::weekly::<Utc>([], Default::default(), Default::default());
    let _ = Recurring::monthly::<Utc>([], Default::default(), Default::default());
    let _ = Scheduled::at::<Utc>(Default::default());

    // Neither a string, which could be an alarm or a time, nor a pair of triggers is a trigger.
    trait Is<A> {
        fn only_once() {}
    }
    impl<T> Is<()> for T {}
    impl<T: Into<Trigger>> Is<Trigger> for T {}
    <&str as Is<_>>::only_once();
    <(Alarm, Recurring) as Is<_>>::only_once();
}
