//! The settings of retries and timeouts, in virtual time. The outcome of each fault is in `faults.rs`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_core::future::BoxFuture;
use otc_autoscaling::{
    Authorize, Client, ClientBuilder, Clock, Credentials, CredentialsError, Error, OutgoingRequest,
    Retry, Token,
};

use crate::support::clock::VirtualClock;
use crate::support::service::{Answer, Service, Step, reply};
use crate::support::{PROJECT, TOKEN, token_of};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

/// The error of a read by a client with these settings, and the time until then in seconds.
async fn failing(answer: Answer, set: impl FnOnce(ClientBuilder) -> ClientBuilder) -> (Error, f64) {
    let clock = VirtualClock::default();
    let service = Service::start(&clock, vec![answer]).await;
    let settings = Client::builder()
        .endpoint(&service.address)
        .project_id(PROJECT)
        .credentials(Credentials::token(TOKEN))
        .retry(plain())
        .clock(clock.clone());
    let client = set(settings).build().unwrap();
    let call = client.list_scaling_activity_logs().scaling_group_id("g");
    let error = clock.run(call.send()).await.unwrap_err();
    assert_eq!(service.requests().len(), error.attempts() as usize);
    (error, clock.elapsed().as_secs_f64())
}

fn plain() -> Retry {
    Retry::default().backoff(SECOND, 20 * SECOND).without_jitter()
}

fn busy() -> Answer {
    reply("503 Service Unavailable", &[], "")
}

fn asking(seconds: u32) -> Answer {
    reply("429 Too Many Requests", &[&format!("retry-after: {seconds}")], "")
}

#[tokio::test]
async fn timeout_cuts_the_last_attempt() {
    let slow = vec![Step::Wait(HOUR)];
    let (error, time) = failing(slow, |settings| settings.timeout(40 * SECOND)).await;
    assert_eq!((error.attempts(), time), (2, 40.0));
    assert_eq!(
        error.to_string(),
        "listScalingActivityLogs: no response within 9s, after 2 attempts"
    );
}

#[tokio::test]
async fn attempt_timeout_applies_to_each_attempt() {
    let slow = vec![Step::Wait(HOUR)];
    let (error, time) = failing(slow, |settings| settings.attempt_timeout(2 * SECOND)).await;
    assert_eq!((error.attempts(), time), (4, 15.0));
    assert!(error.to_string().ends_with("no response within 2s, after 4 attempts"), "{error}");
}

#[tokio::test]
async fn no_wait_exceeds_the_timeout() {
    let (error, time) = failing(busy(), |settings| settings.timeout(3 * SECOND)).await;
    assert_eq!((error.attempts(), time), (2, 1.0));
}

#[tokio::test]
async fn no_attempt_starts_after_the_budget() {
    let retry = plain().budget(3 * SECOND);
    let (error, time) = failing(busy(), |settings| settings.retry(retry)).await;
    assert_eq!((error.attempts(), time), (3, 3.0));
}

#[tokio::test]
async fn attempts_are_limited() {
    for (attempts, expected) in [(1, 0.0), (2, 1.0), (6, 31.0), (7, 51.0)] {
        let retry = plain().attempts(attempts);
        let (error, time) = failing(busy(), |settings| settings.retry(retry)).await;
        assert_eq!((error.attempts(), time), (attempts, expected));
    }
    let (error, _) = failing(busy(), |settings| settings.retry(Retry::never())).await;
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn retry_after_is_waited_up_to_the_ceiling() {
    let (error, time) = failing(asking(61), |settings| settings).await;
    assert_eq!((error.attempts(), time), (1, 0.0));
    assert_eq!(error.retry_after(), Some(61 * SECOND));

    let retry = plain().retry_after_ceiling(HOUR).budget(2 * HOUR).attempts(3);
    let patient = |settings: ClientBuilder| settings.retry(retry).timeout(3 * HOUR);
    let (error, time) = failing(asking(3600), patient).await;
    assert_eq!((error.attempts(), time), (3, 7200.0));
}

#[tokio::test]
async fn jitter_only_shortens_waits() {
    let mut times = Vec::new();
    for _ in 0..8 {
        let retry = Retry::default().backoff(SECOND, 20 * SECOND);
        let (error, time) = failing(busy(), |settings| settings.retry(retry)).await;
        assert_eq!(error.attempts(), 4);
        assert!((0.0..=7.0).contains(&time), "{time}");
        times.push(time);
    }
    times.dedup();
    assert!(times.len() > 1, "nothing was drawn");
}

#[tokio::test]
async fn response_over_the_limit_is_not_read() {
    let body = format!(r#"{{"total_number":0,"new":"{}"}}"#, "x".repeat(1000));
    let (error, _) =
        failing(reply("200 OK", &[], &body), |settings| settings.response_limit(100)).await;
    assert!(error.is_unreadable());
    assert_eq!(error.body(), Some(&body.as_bytes()[..100]));
    assert_eq!(
        error.to_string(),
        "listScalingActivityLogs: 200 OK: response larger than the response_limit of 100 bytes"
    );
}

/// An earlier attempt may have been applied even if the last one was not.
#[tokio::test]
async fn modification_may_have_been_applied_by_any_attempt() {
    for (script, may_have_been) in
        [(vec![asking(1)], false), (vec![busy(), asking(1)], true), (vec![vec![], asking(1)], true)]
    {
        let clock = VirtualClock::default();
        let service = Service::start(&clock, script).await;
        let client = Client::builder()
            .endpoint(&service.address)
            .project_id(PROJECT)
            .credentials(Credentials::token(TOKEN))
            .retry(plain())
            .clock(clock.clone());
        let client = client.build().unwrap();
        let change = client.update_scaling_group().scaling_group_id("g").retry_unsafe();
        let error = clock.run(change.send()).await.unwrap_err();
        assert!(error.is_throttled());
        assert_eq!((error.attempts(), error.may_have_been_applied()), (4, may_have_been));
    }
}

/// Wraps credentials, and counts attempts and rejections.
struct Counting {
    credentials: Credentials,
    attempts: Arc<AtomicUsize>,
    rejections: Arc<AtomicUsize>,
}

impl Authorize for Counting {
    fn authorize<'a>(
        &'a self,
        request: &'a mut OutgoingRequest<'_>,
    ) -> BoxFuture<'a, Result<(), CredentialsError>> {
        Box::pin(async move {
            self.attempts.fetch_add(1, Ordering::SeqCst);
            self.credentials.authorize(request).await
        })
    }

    fn rejected(&self, headers: &http::HeaderMap) -> bool {
        self.rejections.fetch_add(1, Ordering::SeqCst);
        self.credentials.rejected(headers)
    }
}

#[tokio::test]
async fn credentials_within_others_are_used_at_each_attempt() {
    let tokens = AtomicUsize::new(0);
    let credentials = Credentials::token_from(move || {
        let number = tokens.fetch_add(1, Ordering::SeqCst);
        async move { Ok::<_, CredentialsError>(Token::new(format!("token-{number}"))) }
    });
    let [attempts, rejections] = [(); 2].map(|()| Arc::new(AtomicUsize::new(0)));
    let counting = Counting {
        credentials,
        attempts: Arc::clone(&attempts),
        rejections: Arc::clone(&rejections),
    };
    let clock = VirtualClock::default();
    let script = vec![
        reply("429 Too Many Requests", &["retry-after: 1"], ""),
        reply("401 Unauthorized", &[], ""),
        reply("200 OK", &[], "{}"),
    ];
    let server = Service::start(&clock, script).await;
    let client = Client::builder()
        .endpoint(&server.address)
        .project_id("p")
        .credentials(Credentials::custom(counting))
        .clock(clock.clone())
        .build()
        .unwrap();
    let call = client.update_scaling_group().scaling_group_id("g").send();
    clock.run(call).await.unwrap();
    assert_eq!((attempts.load(Ordering::SeqCst), rejections.load(Ordering::SeqCst)), (3, 1));
    let requests = server.requests();
    let sent: Vec<&str> = requests.iter().map(|request| token_of(request)).collect();
    assert_eq!(sent, ["token-0", "token-0", "token-1"]);
}
