//! Throttled calls wait for the window of the rate limit, in virtual time.

use std::time::Duration;

use otc_autoscaling::mock::{MockResponse, MockService};
use otc_autoscaling::{Client, Clock, Credentials, Error, Retry};
use serde_json::json;

use crate::support::clock::VirtualClock;
use crate::support::{GROUP, PROJECT};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: &str =
    "The throttling threshold has been reached: policy user over ratelimit,limit:60,time:1 minute";

fn throttled(status: u16, message: &str) -> MockResponse {
    let body = json!({ "error_code": "APIGW.0308", "error_msg": message, "request_id": "r" });
    MockResponse::new(status).json(&body)
}

/// The outcomes of a read and a modification that receive this response for the duration `lasts`: the error, if any,
/// the number of attempts, and the time in seconds.
async fn calls(
    response: MockResponse,
    lasts: Duration,
    retry: Retry,
) -> [(Option<Error>, u32, f64); 2] {
    let mut outcomes = Vec::new();
    for operation in ["listScalingActivityLogs", "updateScalingGroup"] {
        let (clock, service) = (VirtualClock::default(), MockService::new());
        let (now, response) = (clock.clone(), response.clone());
        service.respond_with(operation, move |request| match now.elapsed() < lasts {
            true => response.clone(),
            false => MockResponse::documented(request.operation()),
        });
        let client = Client::builder()
            .endpoint("https://as.example")
            .project_id(PROJECT)
            .credentials(Credentials::token("a-token"))
            .retry(retry)
            .clock(clock.clone())
            .mock(&service)
            .build()
            .unwrap();
        let error = match operation {
            "updateScalingGroup" => {
                let call = client.update_scaling_group().scaling_group_id(GROUP);
                clock.run(call.send()).await.err()
            }
            _ => {
                let call = client.list_scaling_activity_logs().scaling_group_id(GROUP);
                clock.run(call.send()).await.err()
            }
        };
        let attempts = u32::try_from(service.requests().len()).unwrap();
        outcomes.push((error, attempts, clock.elapsed().as_secs_f64()));
    }
    outcomes.try_into().unwrap_or_else(|_| unreachable!())
}

fn exact() -> Retry {
    Retry::default().without_jitter()
}

#[tokio::test]
async fn limit_per_minute_is_waited_for_by_default() {
    for response in [
        throttled(429, MINUTE),
        throttled(429, "Too many requests, wait up to a minute."),
        throttled(403, MINUTE),
        throttled(503, MINUTE),
        throttled(200, MINUTE),
        MockResponse::new(429),
        MockResponse::new(429).body("<html>429 Too Many Requests</html>"),
    ] {
        let shown = format!("{response:?}");
        for retry in [exact(), Retry::default()] {
            for (error, attempts, time) in calls(response.clone(), 60 * SECOND, retry).await {
                assert!(error.is_none(), "{shown}: {error:?}");
                assert_eq!(attempts, 4, "{shown}");
                assert!((60.0..=90.0).contains(&time), "{shown}: {time} s");
            }
        }
    }
}

#[tokio::test]
async fn no_more_than_the_window_is_waited_between_attempts() {
    let second = throttled(429, "limit:5,time:1 second");
    for (error, attempts, time) in calls(second.clone(), 2 * SECOND, exact()).await {
        assert_eq!((error.is_none(), attempts, time), (true, 3, 2.0));
    }
    let seconds = throttled(429, "limit:5,time:15 seconds");
    for (error, attempts, time) in calls(seconds, 40 * SECOND, exact()).await {
        assert_eq!((error.is_none(), attempts, time), (true, 4, 40.0));
    }
    for (error, attempts, time) in calls(second, 60 * SECOND, exact()).await {
        assert_eq!((error.unwrap().is_throttled(), attempts, time), (true, 4, 3.0));
    }
}

#[tokio::test]
async fn window_that_is_too_long_is_not_waited_for() {
    for window in ["2 minutes", "1 hour", "1 day"] {
        let response = throttled(429, &format!("limit:5,time:{window}"));
        for (error, attempts, time) in calls(response, 60 * SECOND, exact()).await {
            assert_eq!((error.unwrap().is_throttled(), attempts, time), (true, 1, 0.0), "{window}");
        }
    }
}

#[tokio::test]
async fn requested_delay_takes_precedence() {
    for (delay, expected) in [("7", 7.0), ("6.2", 7.0), ("30.0", 30.0)] {
        let response = throttled(429, MINUTE).header("Retry-After", delay);
        for (error, attempts, time) in calls(response, 5 * SECOND, exact()).await {
            assert_eq!((error.is_none(), attempts, time), (true, 2, expected), "{delay}");
        }
    }
}

/// Such a delay is too short for a limit per minute, so the window is used instead.
#[tokio::test]
async fn requested_delay_of_a_second_or_less_is_no_window() {
    for delay in ["0", "1", "0.5", "1.0", "Thu, 22 Nov 2018 13:46:50 GMT"] {
        let response = throttled(429, MINUTE).header("Retry-After", delay);
        for (error, attempts, time) in calls(response, 60 * SECOND, exact()).await {
            assert_eq!((error.is_none(), attempts, time), (true, 4, 70.0), "{delay}");
        }
    }
    let second = throttled(429, "limit:5,time:1 second").header("Retry-After", "1");
    for (error, attempts, time) in calls(second, 2 * SECOND, exact()).await {
        assert_eq!((error.is_none(), attempts, time), (true, 3, 2.0));
    }
}

#[tokio::test]
async fn throttling_that_goes_on_ends_within_the_budget() {
    for (error, attempts, time) in calls(throttled(429, MINUTE), 3600 * SECOND, exact()).await {
        let error = error.unwrap();
        assert!(error.is_throttled() && !error.may_have_been_applied());
        assert_eq!((attempts, error.attempts(), time), (4, 4, 70.0));
    }
    let patient = exact().throttle_backoff(60 * SECOND, 60 * SECOND).attempts(20);
    let patient = patient.budget(1200 * SECOND);
    for (error, attempts, time) in calls(throttled(429, ""), 100 * SECOND, patient).await {
        // The default timeout of a call is two minutes.
        assert_eq!((error.is_some(), attempts, time), (true, 2, 60.0));
    }
}

#[test]
fn backoff_that_begins_above_its_ceiling_is_rejected() {
    let retry = Retry::default().throttle_backoff(2 * SECOND, SECOND);
    let settings = Client::builder().region("eu-de").project_id(PROJECT).retry(retry);
    let error = settings.credentials(Credentials::token("a-token")).build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid client configuration: retry.throttle_backoff: the first delay is longer than the \
         ceiling: use a shorter one"
    );
}
