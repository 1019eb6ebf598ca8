//! The outcome of each fault for a read and for a modification: the tables in `tests/faults/`.
//!
//! `TABLE=write cargo test --test it faults::` rewrites them, for review.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use http::StatusCode;
use otc_autoscaling::{
    Client, Clock, Credentials, CredentialsError, Error, ErrorKind, Response, Retry, Token,
};

use crate::support::clock::VirtualClock;
use crate::support::faults::{Fault, TokenFault, faults, page_faults, start_of, success};
use crate::support::service::{Answer, Service, Step};
use crate::support::{GROUP, PROJECT, TOKEN, unused_address};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults/table.md");
const HEAD: &str = "\
# Faults

The outcome of a call for each fault, with default settings except for a backoff without jitter (1, 2 and 4 seconds).
`sent` is the number of complete requests that the service received, `tokens` the number of fetched tokens, and `time`
that of the virtual clock. Without `retry_unsafe`, a PUT is sent again only if it was rejected before it was processed.

| fault | method | attempts | sent | tokens | time | status | code | request ID | kind |
|---|---|---|---|---|---|---|---|---|---|
";

const PAGES_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults/pages.md");
const PAGES_HEAD: &str = "\
# Faults between pages

The outcome of a stream of all 250 entries of a list for each fault, with the settings of [table.md](table.md). `sent`
is the number of requests that the service received, and `errors` the number of errors in the stream, which was polled
until it ended. `kind` is that of the last error.

| fault | entries | errors | sent | tokens | time | kind |
|---|---|---|---|---|---|---|
";

const METHODS: [&str; 3] = ["GET", "PUT", "PUT, `retry_unsafe`"];

#[test]
fn table_md_lists_the_outcome_of_each_fault() {
    let names = faults("http://127.0.0.1:1").into_iter().map(|fault| fault.name);
    let rows = names.flat_map(|name| METHODS.map(|method| (name, method)));
    let rows = each(rows.collect(), |(name, method)| measured(name, method));
    assert_written(FILE, HEAD, &rows);
}

#[test]
fn pages_md_lists_the_outcome_of_each_fault_between_pages() {
    let names = page_faults().into_iter().map(|fault| fault.name).collect();
    assert_written(PAGES_FILE, PAGES_HEAD, &each(names, measured_pages));
}

/// Maps values in several threads, since each measurement mostly waits until nothing happens.
fn each<T: Copy + Sync, U: Send>(of: Vec<T>, make: impl Fn(T) -> U + Sync) -> Vec<U> {
    std::thread::scope(|scope| {
        let pieces = of.chunks(of.len().div_ceil(8));
        let make = &make;
        let threads: Vec<_> = pieces
            .map(|piece| scope.spawn(move || piece.iter().map(|it| make(*it)).collect::<Vec<_>>()))
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

/// Checks that a file contains this table, or writes it with `TABLE=write`.
fn assert_written(file: &str, head: &str, rows: &[String]) {
    let table = format!("{head}{}\n", rows.join("\n"));
    if std::env::var_os("TABLE").is_some_and(|value| value == "write") {
        std::fs::write(file, table).unwrap();
        return;
    }
    let written = std::fs::read_to_string(file).unwrap();
    let only_in = |one: &str, other: &str| {
        let other: BTreeSet<&str> = other.lines().collect();
        one.lines().filter(|line| !other.contains(line)).collect::<Vec<_>>().join("\n")
    };
    assert!(
        written == table,
        "{file} says\n{}\nand it is\n{}\nTABLE=write writes it anew",
        only_in(&written, &table),
        only_in(&table, &written)
    );
}

/// The rows of the only table in a text.
fn rows_of(text: &str) -> Vec<String> {
    text.lines().filter(|line| line.starts_with("| ")).skip(1).map(str::to_owned).collect()
}

#[test]
fn documentation_of_retry_lists_the_failures_that_are_retried() {
    let docs = include_str!("../../src/retry.rs").replace("/// ", "");
    let rows = rows_of(docs.split("\n# Delays\n").next().unwrap());
    assert!(rows.len() > 10, "Retry has no table of failures");
    let claims: Vec<_> = rows
        .iter()
        .flat_map(|row| {
            let names = faults_of(&cells(row)[0]);
            assert!(!names.is_empty(), "no fault shows {row}");
            names.iter().map(move |name| (*name, row))
        })
        .collect();
    each(claims, |(name, row)| {
        for (method, said) in METHODS.iter().zip(&cells(row)[1..]) {
            let attempts = cells(&measured(name, method))[2].parse::<u32>().unwrap();
            assert_eq!(attempts > 1, said != "no", "{name}, {method}: {attempts} attempts");
        }
    });
}

/// The faults that cover a row of the table in the documentation of `Retry`.
fn faults_of(row: &str) -> &'static [&'static str] {
    match row {
        "no connection (unless the cause is permanent, such as an invalid certificate or an unknown host)" => {
            &["connection refused"]
        }
        "credentials temporarily not available" => {
            &["token not available", "token request never completes"]
        }
        "timeout of the attempt" => &["slow headers", "slow body"],
        "connection lost before the response was complete" => &[
            "reset before the headers",
            "closed before the headers",
            "reset after the headers",
            "body cut off",
            "chunked body cut off",
        ],
        "response that is not HTTP" => &["response that is not HTTP", "endless headers"],
        "status 408, 500, 502, 504, and other 5xx except 501, 505 and 511" => {
            &["408", "500", "502 with HTML", "504, empty"]
        }
        "status 429, and throttling codes with any status" => &["429", "throttling cut off"],
        "status 503 with `Retry-After`" => &["503 with Retry-After"],
        "status 503 without `Retry-After`" => {
            &["503 without Retry-After", "503 with an invalid Retry-After"]
        }
        "status 401, if the credentials can be renewed" => &["401 on every attempt"],
        "other statuses" => &[
            "501",
            "error cut off",
            "error of the service",
            "error of the gateway",
            "error, empty",
            "redirect to another host",
        ],
        "success with an unreadable body" => {
            &["200 with HTML", "200 with an error of the service", "a body of 100 MB"]
        }
        "requested delay or period of the rate limit above [`retry_after_ceiling`](Self::retry_after_ceiling)" => {
            &["429 with an hour"]
        }
        _ => &[],
    }
}

fn cells(row: &str) -> Vec<String> {
    row.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect()
}

/// Measures the row of a fault.
fn measured(name: &str, method: &str) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let clock = VirtualClock::default();
        let elsewhere = Service::start(&clock, vec![success()]).await;
        let fault = faults(&elsewhere.address).into_iter().find(|fault| fault.name == name);
        let row = row(&clock, &fault.expect("the table has a fault that is unknown"), method).await;
        assert!(elsewhere.requests().is_empty(), "a redirect was followed");
        row
    })
}

/// Measures the row of a fault between pages.
fn measured_pages(name: &str) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let clock = VirtualClock::default();
        let fault = page_faults().into_iter().find(|fault| fault.name == name);
        let answer = fault.expect("the table has a fault that is unknown").answer;
        let service = Service::answering(&clock, move |number, request| {
            answer(number, start_of(request), request)
        })
        .await;
        let fetched = Arc::new(AtomicUsize::new(0));
        let client = client(service.address.clone(), &clock, credentials(&fetched, None));
        let list = client.list_scaling_activity_logs().scaling_group_id(GROUP);
        let read = clock.run(list.items().collect::<Vec<_>>()).await;
        let errors: Vec<&Error> = read.iter().filter_map(|item| item.as_ref().err()).collect();
        let ids: BTreeSet<_> =
            read.iter().filter_map(|item| item.as_ref().ok()?.id.as_deref()).collect();
        let entries = read.len() - errors.len();
        assert!(ids.is_empty() || ids.len() == entries, "an entry came twice");
        format!(
            "| {name} | {entries} | {} | {} | {} | {} s | {} |",
            errors.len(),
            service.requests().len(),
            fetched.load(Ordering::Relaxed),
            clock.elapsed().as_secs_f64(),
            errors.last().map(|error| predicates(error)).unwrap_or_default()
        )
    })
}

async fn row(clock: &VirtualClock, fault: &Fault, method: &str) -> String {
    let service = match &fault.script {
        Some(script) => Some(Service::start(clock, script.clone()).await),
        None => None,
    };
    let unused = unused_address();
    let address = service.as_ref().map_or(&unused.0, |service| &service.address).clone();
    let fetched = Arc::new(AtomicUsize::new(0));
    let credentials = credentials(&fetched, fault.token);
    let client = client(address, clock, credentials);

    let outcome = match method {
        "GET" => {
            outcome(clock, client.list_scaling_activity_logs().scaling_group_id(GROUP).send()).await
        }
        "PUT" => outcome(clock, client.update_scaling_group().scaling_group_id(GROUP).send()).await,
        _ => {
            let call = client.update_scaling_group().scaling_group_id(GROUP).retry_unsafe();
            outcome(clock, call.send()).await
        }
    };
    let sent = service.map_or(0, |service| service.requests().len());
    if method == "PUT" {
        let script = fault.script.iter().flatten();
        let before =
            script.clone().chain(std::iter::repeat_with(|| script.clone().last().unwrap()));
        let unsafe_to_repeat = before.take(sent.saturating_sub(1)).find(|it| !is_rejection(it));
        assert!(unsafe_to_repeat.is_none(), "{}: a change was sent again", fault.name);
    }
    let attempts = match &outcome {
        Outcome::Success { attempts, .. } => *attempts,
        Outcome::Error(error) => error.attempts(),
    };
    let time = clock.elapsed().as_secs_f64();
    let fetched = fetched.load(Ordering::Relaxed);
    let (status, code, request_id, is) = match &outcome {
        Outcome::Success { status, request_id, .. } => {
            (Some(*status), "", request_id.as_deref().unwrap_or_default(), "a success".to_owned())
        }
        Outcome::Error(error) => (
            error.status(),
            error.code().unwrap_or_default(),
            error.request_id().unwrap_or_default(),
            predicates(error),
        ),
    };
    let status = status.map(|status| status.as_u16().to_string()).unwrap_or_default();
    format!(
        "| {} | {method} | {attempts} | {sent} | {fetched} | {time} s | {status} | {code} | {request_id} | {is} |",
        fault.name
    )
}

fn client(address: String, clock: &VirtualClock, credentials: Credentials) -> Client {
    let retry =
        Retry::default().backoff(Duration::from_secs(1), Duration::from_secs(20)).without_jitter();
    Client::builder()
        .endpoint(address)
        .project_id(PROJECT)
        .credentials(credentials)
        .retry(retry)
        .clock(clock.clone())
        .build()
        .unwrap()
}

/// Whether a response means that the request was not processed.
fn is_rejection(answer: &Answer) -> bool {
    let Some(Step::Send(bytes)) = answer.first() else { return false };
    let text = String::from_utf8_lossy(bytes);
    let asks = text.lines().find_map(|line| line.strip_prefix("retry-after: "));
    let asks = asks.is_some_and(|asks| asks.parse::<u64>().is_ok());
    ["HTTP/1.1 401 ", "HTTP/1.1 429 "].iter().any(|status| text.starts_with(status))
        || text.contains(r#""error_code":"APIGW.0308""#)
        || asks && text.starts_with("HTTP/1.1 503 ")
}

/// Tokens from a function that counts its calls, and fails with this fault.
fn credentials(fetched: &Arc<AtomicUsize>, fault: Option<(TokenFault, usize)>) -> Credentials {
    let fetched = Arc::clone(fetched);
    Credentials::token_from(move || {
        let number = fetched.fetch_add(1, Ordering::Relaxed);
        async move {
            if let Some((fault, _)) = fault.filter(|(_, times)| number < *times) {
                fault.fail().await?;
            }
            Ok::<_, CredentialsError>(Token::new(format!("{TOKEN}-{number}")))
        }
    })
}

enum Outcome {
    Success { status: StatusCode, request_id: Option<String>, attempts: u32 },
    Error(Error),
}

async fn outcome<T>(
    clock: &VirtualClock,
    call: impl Future<Output = Result<Response<T>, Error>>,
) -> Outcome {
    match clock.run(call).await {
        Ok(reply) => Outcome::Success {
            status: reply.status(),
            request_id: reply.request_id().map(str::to_owned),
            attempts: reply.attempts(),
        },
        Err(error) => Outcome::Error(error),
    }
}

/// The kind of an error, and the predicates that are true for it.
fn predicates(error: &Error) -> String {
    let kind = format!("{:?}", error.kind());
    let answers = [
        (&*kind, true),
        ("timeout", error.is_timeout() && error.kind() != ErrorKind::Timeout),
        ("transient", error.is_transient()),
        ("may have been applied", error.may_have_been_applied()),
    ];
    let yes: Vec<&str> =
        answers.into_iter().filter(|(_, yes)| *yes).map(|(name, _)| name).collect();
    if yes.is_empty() { "an error".to_owned() } else { yes.join(", ") }
}
