//! Waiting for a scaling action, in virtual time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use otc_autoscaling::mock::{MockResponse, MockService};
use otc_autoscaling::types::ScalingActivityLog;
use otc_autoscaling::{Client, Clock, Credentials, ScalingActionWaiter, WaitError};
use serde_json::{Value, json};

use crate::support::clock::VirtualClock;
use crate::support::{GROUP, PROJECT};

/// A group with these current and expected numbers of instances.
fn group(current: i64, desired: i64) -> Value {
    json!({ "current_instance_number": current, "desire_instance_number": desired })
}

fn scaling(current: i64, desired: i64) -> Value {
    let mut group = group(current, desired);
    group["is_scaling"] = true.into();
    group
}

fn entry(id: &str, status: &str) -> Value {
    json!({ "id": id, "status": status })
}

/// Waits while the polls read these groups and newest entries of the activity log, the last of which are
/// repeated. Returns the result, the number of polls, and the elapsed seconds.
async fn waited(
    polls: &[(Value, Value)],
    set: impl FnOnce(ScalingActionWaiter) -> ScalingActionWaiter,
) -> (Result<ScalingActivityLog, WaitError>, usize, u64) {
    let (clock, service, count) =
        (VirtualClock::default(), MockService::new(), Arc::new(AtomicUsize::new(0)));
    let (groups, entries): (Vec<Value>, Vec<Value>) = polls.iter().cloned().unzip();
    let next = Arc::clone(&count);
    service.respond_with("listScalingActivityLogs", move |request| {
        assert_eq!(request.query("limit").as_deref(), Some("1"));
        let at = next.fetch_add(1, Ordering::Relaxed).min(entries.len() - 1);
        let log = if entries[at].is_null() { json!([]) } else { json!([entries[at]]) };
        MockResponse::new(200).json(&json!({ "scaling_activity_log": log }))
    });
    let now = Arc::clone(&count);
    service.respond_with("showScalingGroup", move |_| {
        let at = (now.load(Ordering::Relaxed) - 1).min(groups.len() - 1);
        MockResponse::new(200).json(&json!({ "scaling_group": groups[at] }))
    });
    let client = client(&service, &clock);
    let outcome = clock.run(set(client.wait_for_scaling_action(GROUP)).wait()).await;
    (outcome, count.load(Ordering::Relaxed), clock.elapsed().as_secs())
}

fn client(service: &MockService, clock: &VirtualClock) -> Client {
    let settings = Client::builder().endpoint("https://as.example").project_id(PROJECT);
    let settings = settings.credentials(Credentials::token("a-token")).clock(clock.clone());
    settings.mock(service).build().unwrap()
}

#[tokio::test]
async fn action_that_ends_is_returned() {
    let done = || entry("new", "SUCCESS");
    for (name, polls, expected) in [
        (
            "in progress",
            vec![(scaling(1, 3), entry("new", "DOING")), (group(3, 3), done())],
            (2, 5),
        ),
        (
            "begins late",
            vec![
                (group(1, 3), entry("old", "SUCCESS")),
                (scaling(1, 3), entry("new", "DOING")),
                (scaling(2, 3), entry("new", "DOING")),
                (group(3, 3), done()),
            ],
            (4, 35),
        ),
        (
            "an old one failed",
            vec![(group(1, 3), entry("old", "FAIL")), (group(3, 3), done())],
            (2, 5),
        ),
        ("has ended already", vec![(group(3, 3), done())], (1, 0)),
        (
            "the log is empty, and late",
            vec![(group(1, 3), Value::Null), (group(3, 3), Value::Null), (group(3, 3), done())],
            (3, 15),
        ),
        (
            "in progress in the log alone",
            vec![(group(3, 3), entry("new", "DOING")), (group(3, 3), done())],
            (2, 5),
        ),
        (
            "in progress in the group alone",
            vec![(scaling(3, 3), done()), (group(3, 3), entry("newer", "SUCCESS"))],
            (2, 5),
        ),
        ("the service leaves everything out", vec![(json!({}), entry("new", "SUCCESS"))], (1, 0)),
        ("a status of tomorrow", vec![(group(3, 3), entry("new", "PARTLY"))], (1, 0)),
    ] {
        let (outcome, count, seconds) = waited(&polls, |waiter| waiter).await;
        let id = outcome.unwrap().id.unwrap();
        assert!(id.starts_with("new"), "{name}: {id}");
        assert_eq!((count, seconds), expected, "{name}");
    }
}

#[tokio::test]
async fn action_after_a_known_one_is_waited_for() {
    let polls = [
        (group(3, 3), entry("old", "SUCCESS")),
        (group(3, 3), entry("old", "SUCCESS")),
        (group(3, 3), entry("new", "SUCCESS")),
    ];
    let (outcome, count, _) = waited(&polls, |waiter| waiter.after("old")).await;
    assert_eq!((outcome.unwrap().id.as_deref(), count), (Some("new"), 3));
    // Without `after`, the group counts as done.
    let (outcome, count, _) = waited(&polls, |waiter| waiter).await;
    assert_eq!((outcome.unwrap().id.as_deref(), count), (Some("old"), 1));
    // With `after`, an action that failed before the first poll is reported.
    let polls = [(group(1, 3), entry("new", "FAIL"))];
    let (outcome, ..) = waited(&polls, |waiter| waiter.after("old")).await;
    assert!(matches!(outcome, Err(WaitError::Failed { .. })), "{outcome:?}");
}

#[tokio::test]
async fn failed_action_is_an_error_with_its_reasons() {
    let mut failed = entry("new", "FAIL");
    failed["instance_failed_list"] = json!([
        { "failed_reason": "no capacity" }, { "failed_reason": "no capacity" }, { "failed_reason": "" }
    ]);
    failed["lb_bind_failed_list"] = json!([{ "failed_reason": "no such pool" }]);
    let mut short = group(1, 3);
    short["detail"] = "quota".into();
    let polls = [(scaling(1, 3), entry("new", "DOING")), (short, failed)];
    let (outcome, ..) = waited(&polls, |waiter| waiter).await;
    let error = outcome.unwrap_err();
    assert_eq!(error.to_string(), "scaling action new failed: no capacity; no such pool; quota");
    let WaitError::Failed { activity: entry, .. } = error else { panic!("{error}") };
    assert_eq!(entry.instance_failed_list.unwrap().len(), 3);
    let polls = [(group(3, 3), json!({ "status": "FAIL" }))];
    let (outcome, ..) = waited(&polls, |waiter| waiter).await;
    assert_eq!(outcome.unwrap_err().to_string(), "scaling action ? failed");
}

#[tokio::test]
async fn wait_that_cannot_succeed_ends() {
    let with = |mut group: Value, key: &str, value: &str| {
        group[key] = value.into();
        group
    };
    let gone = with(group(1, 3), "scaling_group_status", "DELETING");
    let (outcome, count, _) = waited(&[(gone, entry("old", "SUCCESS"))], |waiter| waiter).await;
    assert_eq!(outcome.unwrap_err().to_string(), "group ? is in the state DELETING");
    assert_eq!(count, 1);
    let fault = with(with(group(1, 3), "scaling_group_status", "ERROR"), "detail", "no network");
    let (outcome, ..) = waited(&[(fault, json!({}))], |waiter| waiter.after("old")).await;
    assert_eq!(outcome.unwrap_err().to_string(), "group ? is in the state ERROR: no network");

    // A disabled group finishes the scaling action in progress, and begins no other.
    let paused = |group: Value| with(group, "scaling_group_status", "PAUSED");
    let polls = [
        (paused(scaling(1, 3)), entry("new", "SUCCESS")),
        (paused(group(1, 3)), entry("new", "DOING")),
        (paused(group(1, 3)), entry("new", "SUCCESS")),
    ];
    let (outcome, count, _) = waited(&polls, |waiter| waiter).await;
    assert_eq!(outcome.unwrap_err().to_string(), "group ? is in the state PAUSED");
    assert_eq!(count, 3);
    let polls = [(paused(group(3, 3)), entry("new", "SUCCESS"))];
    assert!(waited(&polls, |waiter| waiter).await.0.is_ok());

    let (clock, service) = (VirtualClock::default(), MockService::new());
    let client = client(&service, &clock);
    service.respond(
        "showScalingGroup",
        MockResponse::error(400, "AS.2007", "There is no such group."),
    );
    let error = clock.run(client.wait_for_scaling_action(GROUP).wait()).await.unwrap_err();
    assert!(matches!(&error, WaitError::Call(error) if error.is_not_found()), "{error}");
    assert!(error.to_string().starts_with("showScalingGroup: 400"), "{error}");

    let documented = MockResponse::new(200).json(&json!({ "scaling_group": group(0, 0) }));
    service.respond("showScalingGroup", documented);
    service.respond("listScalingActivityLogs", MockResponse::new(200).json(&json!({})));
    let error = clock.run(client.wait_for_scaling_action(GROUP).wait()).await.unwrap_err();
    assert_eq!(error.to_string(), "group ? has no scaling action");
}

#[tokio::test]
async fn polls_are_spaced_and_end_in_time() {
    let polls = [(scaling(1, 3), entry("new", "DOING"))];
    let (outcome, count, seconds) = waited(&polls, |waiter| waiter).await;
    // Polls at 0, 5, 15, 35 and 75 seconds, then every minute, and at the timeout.
    assert_eq!((count, seconds), (34, 1800));
    let message = "timed out after 1800s: group ? has 1 of 3 instances, and its newest scaling action new has the status DOING";
    assert_eq!(outcome.unwrap_err().to_string(), message);
    let seconds_of = Duration::from_secs;
    let (outcome, count, seconds) = waited(&polls, |waiter| {
        waiter.interval(seconds_of(1), seconds_of(2)).timeout(seconds_of(7))
    })
    .await;
    assert!(matches!(outcome, Err(WaitError::TimedOut { .. })), "{outcome:?}");
    assert_eq!((count, seconds), (5, 7));
    // An action that ends during the last delay is found by the poll at the timeout.
    let ends = [polls[0].clone(), (group(3, 3), entry("new", "SUCCESS"))];
    let (outcome, count, seconds) = waited(&ends, |waiter| waiter.timeout(seconds_of(4))).await;
    assert_eq!((outcome.unwrap().id.as_deref(), count, seconds), (Some("new"), 2, 4));
    let (outcome, count, seconds) = waited(&ends, |waiter| waiter.timeout(Duration::ZERO)).await;
    assert!(matches!(outcome, Err(WaitError::TimedOut { .. })), "{outcome:?}");
    assert_eq!((count, seconds), (1, 0));
    // The message includes a failure from before the first poll.
    let mut failed = entry("old", "FAIL");
    failed["instance_failed_list"] = json!([{ "failed_reason": "no capacity" }]);
    let (outcome, ..) = waited(&[(group(1, 3), failed.clone())], |waiter| waiter).await;
    let message = outcome.unwrap_err().to_string();
    assert!(message.ends_with("old has the status FAIL: no capacity"), "{message}");
    failed["instance_failed_list"] = json!([{ "failed_reason": "no\n\u{1b}[31mcapacity" }]);
    failed["id"] = "x\n\u{1b}".into();
    let (outcome, ..) = waited(&[(group(1, 3), failed)], |waiter| waiter).await;
    let message = outcome.unwrap_err().to_string();
    assert!(!message.contains(char::is_control), "{message}");
    let endless = |waiter: ScalingActionWaiter| {
        waiter.interval(seconds_of(1), Duration::MAX).timeout(Duration::MAX)
    };
    let ends = [polls[0].clone(), polls[0].clone(), (group(3, 3), entry("new", "SUCCESS"))];
    assert_eq!(waited(&ends, endless).await.2, 3);
}

#[tokio::test]
async fn dropped_wait_sends_nothing_more() {
    let (clock, service) = (VirtualClock::default(), MockService::new());
    let client = client(&service, &clock);
    // The documented group has a scaling action in progress.
    let wait = client.wait_for_scaling_action(GROUP).wait();
    let outcome = clock.run(futures_util::future::select(
        Box::pin(wait),
        Box::pin(async {
            clock.sleep(Duration::from_secs(6)).await;
        }),
    ));
    assert!(matches!(outcome.await, futures_util::future::Either::Right(_)));
    let count = service.requests().len();
    clock.run(clock.sleep(Duration::from_secs(600))).await;
    assert_eq!((count, service.requests().len()), (4, 4));
}

#[tokio::test]
async fn invalid_settings_are_rejected_before_anything_is_sent() {
    let second = Duration::from_secs(1);
    for (first, ceiling) in
        [(Duration::ZERO, second), (2 * second, second), (Duration::ZERO, Duration::ZERO)]
    {
        let polls = [(group(3, 3), entry("new", "SUCCESS"))];
        let (outcome, count, _) = waited(&polls, |waiter| waiter.interval(first, ceiling)).await;
        let error = outcome.unwrap_err().to_string();
        assert!(error.contains("interval: the first delay is zero or longer"), "{error}");
        assert_eq!(count, 0);
    }
    let service = MockService::new();
    let clock = VirtualClock::default();
    let waiter = client(&service, &clock).wait_for_scaling_action("no/group");
    let error = clock.run(waiter.wait()).await.unwrap_err().to_string();
    assert!(error.contains("scaling_group_id"), "{error}");
    assert!(service.requests().is_empty());
}
