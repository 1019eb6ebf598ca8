//! A secret is in the request that it belongs to, and nowhere else: not in output, logs, errors or snapshots, and not
//! in a request to another host.

use std::error::Error as _;
use std::fmt::{Debug, Write as _};
use std::future::Future;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::StreamExt;
use otc_autoscaling::{
    AccessKey, Authorize, Client, ClientBuilder, Credentials, CredentialsError, Error, ErrorKind,
    HttpClient, OutgoingRequest, Retry, Token,
};
use serde_json::json;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::util::SubscriberInitExt;

use crate::support::clock::VirtualClock;
use crate::support::faults::{ECHOES, echo, faults, page_faults, start_of};
use crate::support::log::Log;
use crate::support::service::{Service, reply};
use crate::support::{GROUP, PROJECT, unused_address};

/// Every secret in these tests contains this.
const CANARY: &str = "canary";

/// Collects the logs of this crate and its dependencies at the most detailed level. Each test has a single thread.
fn logging() -> (Log, DefaultGuard) {
    let log = Log::default();
    let guard = log.subscriber(tracing::Level::TRACE).set_default();
    (log, guard)
}

/// An implementation of `Authorize` with its own header.
struct Custom;

impl Authorize for Custom {
    fn authorize<'a>(
        &'a self,
        request: &'a mut OutgoingRequest<'_>,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<(), CredentialsError>> + Send + 'a>> {
        Box::pin(async move {
            request.set_secret_header("x-own", "canary-custom")?;
            assert!(!format!("{request:?}").contains(CANARY));
            Ok(())
        })
    }
}

/// Each kind of credentials, with a canary in every secret, and the headers that contain it.
fn kinds() -> Vec<(Credentials, &'static [&'static str])> {
    let fetched = || async { Ok::<_, Error>(Token::new("canary-fetched")) };
    let key = || AccessKey::new("key", "canary-key");
    vec![
        (Credentials::token("canary-token"), &["x-auth-token: canary-token"]),
        (Credentials::token_from(fetched), &["x-auth-token: canary-fetched"]),
        // The secret key itself is never sent.
        (key().into(), &[]),
        (key().scoped("eu-de", "as").into(), &[]),
        (key().security_token("canary-sts").into(), &["x-security-token: canary-sts"]),
        (Credentials::custom(Custom), &["x-own: canary-custom"]),
    ]
}

fn settings(address: &str, credentials: &Credentials) -> ClientBuilder {
    let settings = Client::builder().endpoint(address).project_id(PROJECT);
    settings.credentials(credentials.clone()).retry(Retry::default().without_jitter())
}

/// The outcome of a call, formatted in every way.
fn shown<T: Debug>(outcome: &Result<T, Error>) -> String {
    let mut text = format!("{outcome:?} {outcome:#?}");
    if let Err(error) = outcome {
        let _ = write!(text, " {error} {error:#}");
        let mut source = error.source();
        while let Some(error) = source {
            let _ = write!(text, " {error} {error:?}");
            source = error.source();
        }
        let _ = write!(text, " {:?} {:?} {:?}", error.code(), error.message(), error.request_id());
    }
    text
}

#[tokio::test]
async fn secret_is_sent_in_its_header_and_shown_nowhere() {
    let (log, _guard) = logging();
    let names: Vec<&str> = faults("").iter().map(|fault| fault.name).collect();
    for (credentials, carriers) in kinds() {
        for name in &names {
            let clock = VirtualClock::default();
            let elsewhere = Service::start(&clock, vec![]).await;
            let fault = faults(&elsewhere.address).into_iter().find(|fault| fault.name == *name);
            let service = match fault.unwrap().script {
                Some(script) => Some(Service::start(&clock, script).await),
                None => None,
            };
            let (unused, _socket) = unused_address();
            let address = service.as_ref().map_or(&unused, |service| &service.address);
            let settings = settings(address, &credentials).clock(clock.clone());
            let mut text = format!("{settings:?} {credentials:?}");
            let client = settings.build().unwrap();
            let read = client.list_scaling_activity_logs().scaling_group_id(GROUP);
            let change = client.update_scaling_group().scaling_group_id(GROUP);
            let _ = write!(text, " {client:?} {read:?} {change:?}");
            text.push_str(&shown(&clock.run(read.send()).await));
            text.push_str(&shown(&clock.run(change.send()).await));
            assert!(!text.contains(CANARY), "{credentials:?}, {name}: {text}");

            assert!(elsewhere.requests().is_empty());
            for request in service.iter().flat_map(Service::requests) {
                let found: Vec<&str> =
                    request.lines().filter(|line| line.contains(CANARY)).collect();
                assert_eq!(found, carriers, "{credentials:?}, {name}");
            }
        }
    }
    let log = log.text();
    for logged in
        ["attempt{", "attempt failed, retrying", "request_id=\"r-1\"", "starting new connection"]
    {
        assert!(log.contains(logged), "{logged} was not logged");
    }
    assert!(!log.contains(CANARY), "{}", around(&log));
}

/// A service may repeat a secret that it rejects.
#[tokio::test]
async fn secret_echoed_by_a_response_is_redacted() {
    let (log, _guard) = logging();
    let mut left_out = 0;
    for (credentials, carriers) in kinds() {
        for (status, place) in ECHOES {
            let clock = VirtualClock::default();
            let service = Service::answering(&clock, echo(status, place)).await;
            let settings = settings(&service.address, &credentials).clock(clock.clone());
            let client = settings.build().unwrap();
            let read = client.list_scaling_activity_logs().scaling_group_id(GROUP);
            let outcome = clock.run(read.send()).await;
            let text = shown(&outcome);
            assert!(!text.contains(CANARY), "{credentials:?}, {place}: {text}");
            let error = outcome.unwrap_err();
            // The raw response still contains it.
            let body = String::from_utf8_lossy(error.body().unwrap()).into_owned();
            let came = format!("{body} {:?}", error.headers());
            assert!(carriers.is_empty() || came.contains(CANARY), "{place}: {came}");
            left_out += text.matches("[secret]").count();
        }
    }
    assert!(left_out > 50, "{left_out}");

    // A page without a list is a success for `send`, but an error for `items`.
    for list in [json!("<token>"), json!(null)] {
        let clock = VirtualClock::default();
        let page = json!({
            "error": { "code": "AS.0005", "message": "bad: <token>" },
            "total_number": 250,
            "scaling_activity_log": list,
        });
        let page = page.to_string().replace("<token>", CANARY);
        let service = Service::answering(&clock, move |_, _| reply("200 OK", &[], &page)).await;
        let credentials = Credentials::token(CANARY);
        let client = settings(&service.address, &credentials).clock(clock.clone()).build().unwrap();
        let list = client.list_scaling_activity_logs().scaling_group_id(GROUP);
        let outcome = clock.run(list.items().next()).await.unwrap();
        let text = shown(&outcome);
        assert!(!text.contains(CANARY) && text.contains("bad: [secret]"), "{text}");
        assert!(text.contains("error with the status of a success: AS.0005"), "{text}");
    }
    let log = log.text();
    assert!(!log.contains(CANARY), "{}", around(&log));
}

#[tokio::test]
async fn failed_and_renewed_tokens_are_not_shown() {
    let (log, _guard) = logging();
    for name in ["token not available", "credentials rejected", "token request never completes"] {
        let clock = VirtualClock::default();
        let service = Service::start(&clock, vec![]).await;
        let fault = faults("").into_iter().find(|fault| fault.name == name).unwrap();
        let (fault, _) = fault.token.unwrap();
        let fetch = move || async move { fault.fail().await.map(|()| Token::new(CANARY)) };
        let settings = settings(&service.address, &Credentials::token_from(fetch));
        let client = settings.clock(clock.clone()).build().unwrap();
        let change = client.update_scaling_group().scaling_group_id(GROUP);
        let outcome = clock.run(change.send()).await;
        assert!(outcome.as_ref().is_err_and(|error| error.status().is_none()));
        assert!(!shown(&outcome).contains(CANARY));
        assert!(service.requests().is_empty());
    }
    for fault in page_faults() {
        let clock = VirtualClock::default();
        let answer = fault.answer;
        let service = Service::answering(&clock, move |number, request| {
            answer(number, start_of(request), request)
        })
        .await;
        let number = AtomicUsize::new(0);
        let fetch = move || {
            let number = number.fetch_add(1, Ordering::Relaxed);
            async move { Ok::<_, Error>(Token::new(format!("{CANARY}-{number}"))) }
        };
        let settings = settings(&service.address, &Credentials::token_from(fetch));
        let client = settings.clock(clock.clone()).build().unwrap();
        let list = client.list_scaling_activity_logs().scaling_group_id(GROUP);
        let mut items = list.items();
        let mut text = format!("{items:?}");
        while let Some(item) = clock.run(items.next()).await {
            text.push_str(&shown(&item));
        }
        assert!(!text.contains(CANARY), "{}", fault.name);
        assert!(service.requests().iter().all(|it| it.matches(CANARY).count() == 1));
    }
    let log = log.text();
    assert!(!log.contains(CANARY), "{}", around(&log));
}

/// The library for HTTP/2 logs every frame.
#[tokio::test]
async fn http_2_frames_are_logged_without_secrets() {
    let (log, _guard) = logging();
    let server = wiremock::MockServer::start().await;
    // Without a matching mock, wiremock would log the request itself.
    wiremock::Mock::given(wiremock::matchers::any())
        .respond_with(wiremock::ResponseTemplate::new(404))
        .mount(&server)
        .await;
    let own = HttpClient::new(reqwest::ClientBuilder::http2_prior_knowledge);
    for (credentials, carriers) in kinds() {
        let client =
            settings(&server.uri(), &credentials).http_client(own.clone()).build().unwrap();
        let error = client.update_scaling_group().scaling_group_id(GROUP).send().await.unwrap_err();
        assert_eq!(error.status().unwrap(), 404);
        let requests = server.received_requests().await.unwrap();
        let request = requests.last().unwrap();
        for carrier in carriers {
            let (name, value) = carrier.split_once(": ").unwrap();
            assert_eq!(request.headers[name], value);
        }
    }
    let log = log.text();
    assert!(log.contains("h2::"), "the library's frames were not logged");
    assert!(!log.contains(CANARY), "{}", around(&log));
}

/// A password is sent and a token is received, with either version of HTTP.
#[cfg(feature = "keystone")]
#[tokio::test]
async fn keystone_exchange_is_not_logged() {
    let (log, _guard) = logging();
    let server = wiremock::MockServer::start().await;
    let granted = wiremock::ResponseTemplate::new(201)
        .insert_header("x-subject-token", "canary-subject")
        .set_body_json(serde_json::json!({ "token": {} }));
    let path = wiremock::matchers::path("/v3/auth/tokens");
    wiremock::Mock::given(path).respond_with(granted).mount(&server).await;
    wiremock::Mock::given(wiremock::matchers::any())
        .respond_with(wiremock::ResponseTemplate::new(404))
        .mount(&server)
        .await;
    for own in
        [HttpClient::default(), HttpClient::new(reqwest::ClientBuilder::http2_prior_knowledge)]
    {
        let keystone = otc_autoscaling::Keystone::new(server.uri())
            .user_id("u")
            .password("canary-password")
            .http_client(own);
        let client = settings(&server.uri(), &keystone.into()).build().unwrap();
        let outcome = client.update_scaling_group().scaling_group_id(GROUP).send().await;
        assert_eq!(outcome.as_ref().unwrap_err().status().unwrap(), 404);
        assert!(!shown(&outcome).contains(CANARY));
        let requests = server.received_requests().await.unwrap();
        let [.., login, call] = requests.as_slice() else { panic!("two requests were sent") };
        assert!(String::from_utf8_lossy(&login.body).contains("canary-password"));
        assert_eq!(call.headers["x-auth-token"], "canary-subject");
    }
    let log = log.text();
    assert!(log.contains("starting new connection"), "nothing was logged");
    assert!(!log.contains(CANARY), "{}", around(&log));
}

/// An invalid secret is not shown, whichever setting contains it.
#[test]
fn invalid_secret_is_not_shown() {
    for credentials in [
        Credentials::token("canary\n"),
        AccessKey::new("canary\n", "canary").into(),
        AccessKey::new("key", "canary").security_token("canary\n").into(),
    ] {
        let error = settings("https://as.example.com", &credentials).build().unwrap_err();
        assert!(!shown(&Err::<(), _>(error)).contains(CANARY));
    }
}

#[tokio::test]
async fn invalid_fetched_token_is_not_shown() {
    let fetch = || async { Ok::<_, Error>(Token::new("canary\n")) };
    let clock = VirtualClock::default();
    let service = Service::start(&clock, vec![]).await;
    let client = settings(&service.address, &Credentials::token_from(fetch)).build().unwrap();
    let outcome = client.update_scaling_group().scaling_group_id(GROUP).send().await;
    assert!(outcome.as_ref().is_err_and(|error| error.kind() == ErrorKind::Credentials));
    assert!(!shown(&outcome).contains(CANARY));
    assert!(service.requests().is_empty());
}

/// The tokens of other tests contain a canary as well.
#[test]
fn no_snapshot_holds_a_secret() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut looked_at = 0;
    for folder in ["it/snapshots", "faults"] {
        for entry in std::fs::read_dir(tests.join(folder)).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            assert!(!text.contains(CANARY), "{folder}");
            looked_at += 1;
        }
    }
    assert!(looked_at > 5);
}

/// The lines of a text that contain a canary.
fn around(text: &str) -> String {
    text.lines().filter(|line| line.contains(CANARY)).collect::<Vec<_>>().join("\n")
}
