//! Calls that are dropped before they complete, and concurrent calls.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use chrono::TimeDelta;
use otc_autoscaling::{Client, ClientBuilder, Clock, Credentials, CredentialsError, Retry, Token};

use crate::support::clock::VirtualClock;
use crate::support::service::{Answer, Service, Step, raw, reply};
use crate::support::{GROUP, PROJECT, token_of};

const BODY: &str = r#"{"scaling_group_id":"g"}"#;
const SECOND: Duration = Duration::from_secs(1);

fn settings(service: &Service) -> ClientBuilder {
    Client::builder().endpoint(&service.address).project_id(PROJECT)
}

/// A test server that accepts every call, and a client for it.
async fn served(clock: &VirtualClock, credentials: Credentials) -> (Service, Client) {
    let service = Service::answering(clock, |_, _| reply("200 OK", &[], BODY)).await;
    let settings = settings(&service).credentials(credentials).clock(clock.clone());
    let client = settings.build().unwrap();
    (service, client)
}

async fn call(client: &Client) -> Result<(), otc_autoscaling::Error> {
    client.update_scaling_group().scaling_group_id(GROUP).send().await.map(drop)
}

/// A response that is sent slowly, in four parts.
fn halting() -> Answer {
    let length = format!("content-length: {}", BODY.len());
    let bytes = raw("200 OK", &[&length], BODY);
    let pieces = bytes.chunks(bytes.len().div_ceil(4));
    pieces.flat_map(|piece| [Step::Wait(SECOND), Step::Send(piece.to_vec())]).collect()
}

/// Polls a future this many times, each time after it was woken, and drops it. Returns whether it has completed.
async fn polled<F: Future>(times: usize, future: F) -> bool {
    let mut future = pin!(future);
    let mut left = times;
    std::future::poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        let is_done = future.as_mut().poll(context).is_ready();
        if is_done {
            return Poll::Ready(true);
        }
        if left == 0 {
            return Poll::Ready(false);
        }
        Poll::Pending
    })
    .await
}

#[tokio::test]
async fn client_stays_usable_after_a_call_is_dropped_at_any_await() {
    let mut times = 0;
    loop {
        let clock = VirtualClock::default();
        let service = Service::answering(&clock, |_, _| halting()).await;
        let fetched = Arc::new(AtomicUsize::new(0));
        let (count, waits) = (Arc::clone(&fetched), clock.clone());
        // The first fetch fails, so that the call waits for its second attempt.
        let credentials = Credentials::token_from(move || {
            let (number, wait) = (count.fetch_add(1, Ordering::Relaxed), waits.sleep(SECOND));
            async move {
                wait.await;
                match number {
                    0 => Err(CredentialsError::new("not yet").transient()),
                    _ => Ok(Token::new(format!("t-{number}"))),
                }
            }
        });
        let client = settings(&service)
            .credentials(credentials)
            .retry(Retry::default().without_jitter())
            .clock(clock.clone())
            .build()
            .unwrap();
        let is_done = clock.run(polled(times, call(&client))).await;
        // A request that is in progress still arrives.
        clock.rest().await;
        let sent = service.requests().len();
        assert!(sent <= 1, "a change was sent {sent} times");
        clock.run(call(&client)).await.unwrap();
        assert_eq!(service.requests().len(), sent + 1);
        if is_done {
            break;
        }
        times += 1;
    }
    // At least two fetches, the wait between them, the connection, the headers, and three parts of the body.
    assert!(times >= 8, "dropped at {times} places only");
}

#[tokio::test]
async fn waiting_call_gets_a_token_when_the_fetching_call_is_dropped() {
    let clock = VirtualClock::default();
    let waits = clock.clone();
    let credentials = Credentials::token_from(move || {
        let wait = waits.sleep(SECOND);
        async move {
            wait.await;
            Ok::<_, CredentialsError>(Token::new("t"))
        }
    });
    let (service, client) = served(&clock, credentials).await;
    let (first, second) = (client.clone(), client);
    let first = tokio::spawn(async move { call(&first).await });
    tokio::task::yield_now().await;
    let second = tokio::spawn(async move { call(&second).await });
    tokio::task::yield_now().await;
    first.abort();
    clock.run(second).await.unwrap().unwrap();
    assert!(first.await.unwrap_err().is_cancelled());
    assert_eq!(service.requests().len(), 1);
}

/// Credentials with the tokens `t-0`, `t-1`, …, and the number of fetches.
fn counted() -> (Credentials, Arc<AtomicUsize>) {
    let fetched = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&fetched);
    let credentials = Credentials::token_from(move || {
        let number = count.fetch_add(1, Ordering::Relaxed);
        async move {
            // Lets other calls begin to wait.
            tokio::task::yield_now().await;
            Ok::<_, CredentialsError>(Token::new(format!("t-{number}")))
        }
    });
    (credentials, fetched)
}

async fn thousand(client: &Client) {
    let calls: Vec<_> = (0..1000)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { call(&client).await })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_concurrent_calls_fetch_one_token() {
    // Both ends of 1000 connections exceed the default limit of some systems.
    rlimit::increase_nofile_limit(4096).unwrap();
    let service =
        Service::answering(&VirtualClock::default(), |_, request| match token_of(request) {
            "t-0" if request.contains("/first-token-revoked/") => {
                reply("401 Unauthorized", &[], "")
            }
            _ => reply("200 OK", &[], BODY),
        })
        .await;
    let (credentials, fetched) = counted();
    let client = settings(&service).credentials(credentials.clone()).build().unwrap();
    thousand(&client).await;
    assert_eq!(service.requests().len(), 1000);
    assert_eq!(fetched.load(Ordering::Relaxed), 1);

    // Calls with the current token are rejected, and all use the next one.
    let client = Client::builder()
        .endpoint(&service.address)
        .project_id("first-token-revoked")
        .credentials(credentials)
        .build()
        .unwrap();
    thousand(&client).await;
    assert_eq!(fetched.load(Ordering::Relaxed), 2);
    let requests = service.requests();
    let with = |token: &str| requests.iter().filter(|it| token_of(it) == token).count();
    assert_eq!(with("t-1"), 1000);
    assert_eq!(with("t-0") + with("t-1"), requests.len());
}

#[tokio::test]
async fn token_failure_is_shared_by_all_waiting_calls() {
    let clock = VirtualClock::default();
    let fetched = Arc::new(AtomicUsize::new(0));
    let (count, time) = (Arc::clone(&fetched), clock.clone());
    let credentials = Credentials::token_from(move || {
        count.fetch_add(1, Ordering::Relaxed);
        let wait = time.sleep(SECOND);
        async move {
            wait.await;
            Err::<Token, _>(CredentialsError::new("the vault is sealed").rejected())
        }
    });
    let (service, client) = served(&clock, credentials).await;
    let calls: Vec<_> = (0..100)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { call(&client).await })
        })
        .collect();
    for call in calls {
        let error = clock.run(call).await.unwrap().unwrap_err();
        assert_eq!(
            error.to_string(),
            "updateScalingGroup: request not sent: authentication failed: the vault is sealed"
        );
        assert!(error.is_unauthorized() && error.status().is_none());
    }
    assert_eq!(fetched.load(Ordering::Relaxed), 1);
    assert_eq!(service.requests().len(), 0);
}

#[tokio::test]
async fn token_is_renewed_in_the_background_before_it_expires() {
    let clock = VirtualClock::default();
    let fetched = Arc::new(AtomicUsize::new(0));
    let (count, time) = (Arc::clone(&fetched), clock.clone());
    let credentials = Credentials::token_from(move || {
        let number = count.fetch_add(1, Ordering::Relaxed);
        let (wait, expires_at) = (time.sleep(SECOND), time.now() + TimeDelta::hours(1));
        async move {
            wait.await;
            match number {
                // The first renewal fails; the current token is still valid.
                1 => Err(CredentialsError::new("not now").transient()),
                _ => Ok(Token::new(format!("t-{number}")).expires_at(expires_at)),
            }
        }
    });
    let (service, client) = served(&clock, credentials).await;
    let at = async |minute: u64| {
        let moment = Duration::from_secs(minute * 60);
        let began = clock.elapsed();
        clock.run(clock.sleep(moment - began)).await;
        clock.run(call(&client)).await.unwrap();
        let waited = clock.elapsed() - moment;
        // Lets a renewal in the background complete.
        clock.run(clock.sleep(2 * SECOND)).await;
        (token_of(service.requests().last().unwrap()).to_owned(), waited.as_secs())
    };
    assert_eq!(at(0).await, ("t-0".to_owned(), 1));
    assert_eq!(at(50).await, ("t-0".to_owned(), 0));
    assert_eq!(fetched.load(Ordering::Relaxed), 1);
    // Renewals begin five minutes before the token expires: the first one fails, the second one succeeds.
    assert_eq!(at(56).await, ("t-0".to_owned(), 0));
    assert_eq!(at(57).await, ("t-0".to_owned(), 0));
    assert_eq!(at(58).await, ("t-2".to_owned(), 0));
    assert_eq!(fetched.load(Ordering::Relaxed), 3);
    // After the token has expired, the call waits for the next one.
    assert_eq!(at(200).await, ("t-3".to_owned(), 1));
}

/// Tokens that are valid for an hour. Each fetch except the first awaits `later`.
fn hourly<F>(
    clock: &VirtualClock,
    later: impl Fn(usize) -> F + Send + Sync + 'static,
) -> (Credentials, Arc<AtomicUsize>)
where
    F: Future<Output = Result<(), CredentialsError>> + Send + 'static,
{
    let fetched = Arc::new(AtomicUsize::new(0));
    let (count, time) = (Arc::clone(&fetched), clock.clone());
    let credentials = Credentials::token_from(move || {
        let number = count.fetch_add(1, Ordering::Relaxed);
        let (later, expires_at) = (later(number), time.now() + TimeDelta::hours(1));
        async move {
            if number > 0 {
                later.await?;
            }
            Ok::<_, CredentialsError>(Token::new(format!("t-{number}")).expires_at(expires_at))
        }
    });
    (credentials, fetched)
}

#[tokio::test]
async fn hanging_token_renewal_delays_no_call() {
    let clock = VirtualClock::default();
    let (credentials, fetched) = hourly(&clock, |number| async move {
        if number == 1 { std::future::pending().await } else { Ok(()) }
    });
    let (service, client) = served(&clock, credentials).await;
    clock.run(call(&client)).await.unwrap();
    clock.run(clock.sleep(57 * 60 * SECOND)).await;
    for _ in 0..10 {
        clock.run(call(&client)).await.unwrap();
    }
    assert_eq!(fetched.load(Ordering::Relaxed), 2);
    // The renewal times out after 30 seconds, and is not retried for another 30 seconds.
    clock.run(clock.sleep(45 * SECOND)).await;
    clock.run(call(&client)).await.unwrap();
    assert_eq!(fetched.load(Ordering::Relaxed), 2);
    clock.run(clock.sleep(20 * SECOND)).await;
    clock.run(call(&client)).await.unwrap();
    clock.run(clock.sleep(SECOND)).await;
    assert_eq!(fetched.load(Ordering::Relaxed), 3);
    clock.run(call(&client)).await.unwrap();
    assert_eq!(token_of(service.requests().last().unwrap()), "t-2");
}

#[tokio::test]
async fn token_that_expires_during_its_renewal_is_fetched_by_the_call() {
    let clock = VirtualClock::default();
    let (credentials, fetched) = hourly(&clock, |number| async move {
        if number == 1 { std::future::pending().await } else { Ok(()) }
    });
    let (_service, client) = served(&clock, credentials).await;
    clock.run(call(&client)).await.unwrap();
    clock.run(clock.sleep((60 * 60 - 1) * SECOND)).await;
    clock.run(call(&client)).await.unwrap();
    clock.run(clock.sleep(2 * SECOND)).await;
    let began = clock.elapsed();
    clock.run(call(&client)).await.unwrap();
    assert_eq!(clock.elapsed(), began);
    assert_eq!(fetched.load(Ordering::Relaxed), 3);
}

/// Repeated rejections of a password may lock the account.
#[tokio::test]
async fn rejected_credentials_are_not_retried_by_every_call() {
    let clock = VirtualClock::default();
    let reject = |_| async { Err(CredentialsError::new("wrong password").rejected()) };
    let (credentials, fetched) = hourly(&clock, reject);
    let (_service, client) = served(&clock, credentials).await;
    clock.run(call(&client)).await.unwrap();
    // While the token is valid, a rejected renewal is not retried by every call.
    clock.run(clock.sleep(57 * 60 * SECOND)).await;
    for _ in 0..50 {
        clock.run(call(&client)).await.unwrap();
    }
    assert_eq!(fetched.load(Ordering::Relaxed), 2);
    // After the token has expired, a rejected fetch is not retried by every call either.
    clock.run(clock.sleep(4 * 60 * SECOND)).await;
    for _ in 0..50 {
        assert!(clock.run(call(&client)).await.unwrap_err().is_unauthorized());
    }
    assert_eq!(fetched.load(Ordering::Relaxed), 3);
    clock.run(clock.sleep(31 * SECOND)).await;
    clock.run(call(&client)).await.unwrap_err();
    assert_eq!(fetched.load(Ordering::Relaxed), 4);
}
