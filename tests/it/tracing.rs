//! The `tracing` spans of a call.

use std::time::Duration;

use futures_util::StreamExt;
use otc_autoscaling::{Client, Credentials, Retry};
use tracing::Instrument;

use crate::support::clock::VirtualClock;
use crate::support::faults::{page_faults, success};
use crate::support::log::Log;
use crate::support::service::{Service, Step, reply};
use crate::support::{PROJECT, TOKEN};

/// Returns what this crate logs for a call, up to a level.
async fn logged(level: tracing::Level) -> String {
    let log = Log::default();
    let subscriber = log.subscriber(level);
    let clock = VirtualClock::default();
    let busy = reply("503 Service Unavailable", &["x-request-id: r-0"], "");
    let slow = [vec![Step::Wait(Duration::from_millis(250))], success()].concat();
    let service = Service::start(&clock, vec![busy, slow]).await;
    let client = Client::builder()
        .endpoint(&service.address)
        .project_id(PROJECT)
        .credentials(Credentials::token(TOKEN))
        .retry(Retry::default().without_jitter())
        .clock(clock.clone())
        .build()
        .unwrap();
    let read = client.list_scaling_activity_logs().scaling_group_id("g").limit(7);
    {
        let _guard = tracing::subscriber::set_default(subscriber);
        clock.run(read.send()).await.unwrap();
    }
    let text = log.text();
    // The times of a span differ from run to run.
    let lines = text.lines().filter(|line| line.contains("otc_autoscaling"));
    let lines = lines.map(|line| line.split(" time.busy=").next().unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn call_is_a_span_with_a_span_per_attempt() {
    insta::assert_snapshot!(logged(tracing::Level::DEBUG).await);
}

#[tokio::test]
async fn call_span_at_info_has_the_outcome() {
    insta::assert_snapshot!(logged(tracing::Level::INFO).await);
}

/// The tasks run on threads for which no subscriber is set.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn prefetched_page_belongs_to_the_reading_span() {
    let log = Log::default();
    let clock = VirtualClock::default();
    let whole = page_faults().into_iter().find(|fault| fault.name == "none").unwrap();
    let service = Service::answering(&clock, move |number, request| {
        (whole.answer)(number, 100 * number, request)
    })
    .await;
    let client = Client::builder()
        .endpoint(&service.address)
        .project_id(PROJECT)
        .credentials(Credentials::token(TOKEN))
        .build()
        .unwrap();
    let _guard = tracing::subscriber::set_default(log.subscriber(tracing::Level::INFO));
    let items = client.list_scaling_activity_logs().scaling_group_id("g").items();
    assert_eq!(items.count().instrument(tracing::info_span!("reading")).await, 250);
    let text = log.text();
    let calls = text.lines().filter(|line| line.contains("otc_autoscaling"));
    let inside = calls.clone().filter(|line| line.contains("reading:call{"));
    assert_eq!((calls.count(), inside.count()), (3, 3), "{text}");
}
