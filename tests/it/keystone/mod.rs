//! Credentials of the identity service, against a real Keystone server: version 30.0.0, with SQLite, on
//! loopback. `keystone_responses.rs` covers responses that a real server does not return.

mod server;

use std::error::Error as _;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use otc_autoscaling::{
    Client, ClientBuilder, Clock, Credentials, Error, ErrorKind, Keystone, Retry,
};
use serde_json::json;
use tokio::sync::OnceCell;

use self::server::{CREDENTIAL, CREDENTIAL_SECRET, DOMAIN, PASSWORD, PROJECT, USER};
use crate::support::clock::VirtualClock;
use crate::support::service::{Service, Step, json_response};
use crate::support::{GROUP, token_of};

/// The server that all tests share.
async fn keystone() -> &'static server::Keystone {
    static KEYSTONE: OnceCell<server::Keystone> = OnceCell::const_new();
    KEYSTONE.get_or_init(server::Keystone::start).await
}

/// A mock service, in the catalog under this region. It accepts requests with a token that Keystone
/// confirms for the project in the path, and returns 401 for all others.
async fn service(keystone: &'static server::Keystone, region: &str) -> Service {
    let clock = VirtualClock::default();
    let service = Service::deciding(&clock, move |_, request| async move {
        let project = keystone.project_of(token_of(&request)).await;
        let path = project.map(|id| format!("/autoscaling-api/v2/{id}/"));
        if path.is_some_and(|path| request.contains(&path)) {
            json_response("200 OK", &json!({ "scaling_activity_log": [] }))
        } else {
            let error = json!({ "error": { "code": "AS.0005", "message": "m" } });
            json_response("401 Unauthorized", &error)
        }
    });
    let service = service.await;
    keystone.catalogue(region, &service.address).await;
    service
}

/// A proxy for token requests to Keystone, which closes the first `broken` connections without a
/// response.
async fn gate(keystone: &'static server::Keystone, broken: usize) -> Service {
    let clock = VirtualClock::default();
    let gate = Service::deciding(&clock, move |number, request| async move {
        assert!(request.starts_with("POST /v3/auth/tokens HTTP/1.1\r\n"), "{request}");
        if number < broken { vec![] } else { vec![Step::Send(keystone.reply_to(&request).await)] }
    });
    gate.await
}

/// The system clock, ahead by this number of seconds.
#[derive(Clone, Default)]
struct Ahead(Arc<AtomicU64>);

impl Clock for Ahead {
    fn now(&self) -> DateTime<Utc> {
        (SystemTime::now() + Duration::from_secs(self.0.load(Ordering::Relaxed))).into()
    }

    fn elapsed(&self) -> Duration {
        SystemTime::UNIX_EPOCH.elapsed().unwrap()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep(duration))
    }
}

fn by_password(url: &str, keystone: &server::Keystone) -> Keystone {
    Keystone::new(url)
        .user_id(&keystone.user_id)
        .password(PASSWORD)
        .project_id(&keystone.project_id)
}

fn settings(credentials: impl Into<Credentials>) -> ClientBuilder {
    Client::builder().credentials(credentials).retry(Retry::never())
}

/// The tokens of the requests, without consecutive duplicates.
fn tokens(service: &Service) -> Vec<String> {
    let requests = service.requests();
    let mut tokens: Vec<_> = requests.iter().map(|request| token_of(request).to_owned()).collect();
    tokens.dedup();
    tokens
}

async fn called(client: &Client) -> Result<(), Error> {
    let reply = client.list_scaling_activity_logs().scaling_group_id(GROUP).send().await?;
    assert_eq!(reply.scaling_activity_log.as_ref().map(Vec::len), Some(0));
    Ok(())
}

#[tokio::test]
#[ignore = "installs Keystone from PyPI; run: cargo test --workspace --all-features -- --ignored"]
async fn every_form_of_credentials_gets_a_valid_token() {
    let keystone = keystone().await;
    let service = service(keystone, "forms").await;
    let with_slash = format!("{}/", keystone.url);
    let without_version = keystone.url.trim_end_matches("/v3");
    let forms = [
        by_password(&keystone.url, keystone),
        by_password(&with_slash, keystone),
        by_password(without_version, keystone),
        Keystone::new(&keystone.url)
            .username(USER)
            .user_domain_name(DOMAIN)
            .password(PASSWORD)
            .project_name(PROJECT)
            .project_domain_name(DOMAIN),
        Keystone::new(&keystone.url)
            .username(USER)
            .user_domain_id(&keystone.domain_id)
            .password(PASSWORD)
            .project_name(PROJECT),
        Keystone::new(&keystone.url)
            .user_id(&keystone.user_id)
            .password(PASSWORD)
            .project_name(PROJECT)
            .project_domain_id(&keystone.domain_id),
        Keystone::new(&keystone.url)
            .application_credential_id(&keystone.credential_id)
            .application_credential_secret(CREDENTIAL_SECRET),
        Keystone::new(&keystone.url)
            .application_credential_name(CREDENTIAL)
            .user_id(&keystone.user_id)
            .application_credential_secret(CREDENTIAL_SECRET),
        Keystone::new(&keystone.url)
            .application_credential_name(CREDENTIAL)
            .username(USER)
            .user_domain_name(DOMAIN)
            .application_credential_secret(CREDENTIAL_SECRET),
    ];
    let count = forms.len();
    for (position, form) in forms.into_iter().enumerate() {
        let client = settings(form).region("forms").discover().await.unwrap();
        assert_eq!(client.project_id(), keystone.project_id, "form {position}");
        // The mock service validates the token and its project with Keystone.
        called(&client).await.unwrap_or_else(|error| panic!("form {position}: {error}"));
    }
    assert_eq!(service.statuses(), vec![200; count]);
}

#[tokio::test]
#[ignore = "installs Keystone from PyPI; run: cargo test --workspace --all-features -- --ignored"]
async fn concurrent_calls_fetch_one_token() {
    let keystone = keystone().await;
    let service = service(keystone, "many").await;
    for is_discovered in [true, false] {
        let gate = gate(keystone, 0).await;
        let settings = settings(by_password(&gate.address, keystone));
        let client = if is_discovered {
            settings.region("many").discover().await.unwrap()
        } else {
            // The project ID is that of the credentials.
            settings.endpoint(&service.address).build().unwrap()
        };
        let calls = (0..20).map(|_| {
            let client = client.clone();
            tokio::spawn(async move { called(&client).await })
        });
        for call in calls.collect::<Vec<_>>() {
            call.await.unwrap().unwrap();
        }
        assert_eq!(gate.requests().len(), 1, "discovered: {is_discovered}");
    }
    assert_eq!(service.statuses(), [200; 40]);
}

#[tokio::test]
#[ignore = "installs Keystone from PyPI; run: cargo test --workspace --all-features -- --ignored"]
async fn token_is_renewed_before_it_expires() {
    let keystone = keystone().await;
    let service = service(keystone, "renewed").await;
    let gate = gate(keystone, 0).await;
    let clock = Ahead::default();
    let settings = settings(by_password(&gate.address, keystone)).clock(clock.clone());
    let client = settings.endpoint(&service.address).build().unwrap();
    called(&client).await.unwrap();
    // A token lasts an hour. Three minutes before it expires, the next one is fetched in the background.
    clock.0.store(57 * 60, Ordering::Relaxed);
    called(&client).await.unwrap();
    clock.0.store(0, Ordering::Relaxed);
    while tokens(&service).len() < 2 {
        assert!(service.requests().len() < 10_000, "one token was used all along");
        called(&client).await.unwrap();
    }
    assert_eq!(gate.requests().len(), 2);
    // The first token stayed valid.
    assert!(service.statuses().iter().all(|status| *status == 200), "{:?}", service.statuses());
}

#[tokio::test]
#[ignore = "installs Keystone from PyPI; run: cargo test --workspace --all-features -- --ignored"]
async fn revoked_token_is_renewed_once_and_the_call_retried() {
    let keystone = keystone().await;
    let service = service(keystone, "revoked").await;
    let gate = gate(keystone, 0).await;
    let settings = settings(by_password(&gate.address, keystone)).region("revoked");
    let client = settings.discover().await.unwrap();
    called(&client).await.unwrap();
    keystone.revoke(token_of(&service.requests()[0])).await;
    called(&client).await.unwrap();
    called(&client).await.unwrap();
    assert_eq!(service.statuses(), [200, 401, 200, 200]);
    assert_eq!(tokens(&service).len(), 2);
    assert_eq!(gate.requests().len(), 2);
}

#[tokio::test]
#[ignore = "installs Keystone from PyPI; run: cargo test --workspace --all-features -- --ignored"]
async fn rejected_credentials_are_reported_without_secrets_and_not_retried() {
    let keystone = keystone().await;
    let service = service(keystone, "rejected").await;
    let unknown = "ffffffffffffffffffffffffffffffff";
    let credential = |url: &str, id: &str, secret: &str| {
        Keystone::new(url).application_credential_id(id).application_credential_secret(secret)
    };
    let gate = gate(keystone, 0).await;
    let url = &gate.address;
    let requires = "401 Unauthorized: The request you have made requires authentication.";
    let not_found = format!("404 Not Found: Could not find Application Credential: {unknown}.");
    let wrong = [
        (by_password(url, keystone).password("canary-wrong"), requires),
        (by_password(url, keystone).user_id(unknown), requires),
        (by_password(url, keystone).project_id(unknown), requires),
        (credential(url, &keystone.credential_id, "canary-wrong"), requires),
        (credential(url, unknown, CREDENTIAL_SECRET), not_found.as_str()),
    ];
    let mut asked = 0;
    for (credentials, expected) in wrong {
        let settings = Client::builder().credentials(credentials);
        let undiscovered = settings.clone().region("rejected").discover().await.unwrap_err();
        let settings = settings.endpoint(&service.address).project_id(&keystone.project_id);
        let not_sent = called(&settings.build().unwrap()).await.unwrap_err();
        for (error, start) in [
            (undiscovered, "discovery failed: "),
            (not_sent, "listScalingActivityLogs: request not sent: authentication failed: "),
        ] {
            assert!(error.is_unauthorized() && error.status().is_none() && !error.is_transient());
            assert_eq!((error.status(), error.attempts()), (None, 1));
            let expected = format!(
                "{start}the identity service at {url} rejected the credentials: {expected}"
            );
            assert_eq!(error.to_string(), expected);
            let shown = format!("{error:?} {:?}", error.source());
            assert!(!shown.contains("canary"), "{shown}");
        }
        // Repeated wrong passwords may lock the account, so a rejection is cached for a while.
        asked += 1;
        assert_eq!(gate.requests().len(), asked);
    }
    assert_eq!(service.statuses(), [0; 0]);
}

#[tokio::test]
#[ignore = "installs Keystone from PyPI; run: cargo test --workspace --all-features -- --ignored"]
async fn unreachable_keystone_is_retried() {
    let keystone = keystone().await;
    let service = service(keystone, "down").await;
    let retry = Retry::default().attempts(3).backoff(Duration::ZERO, Duration::ZERO);
    for broken in [2, 3] {
        let discovering = gate(keystone, broken).await;
        let settings = Client::builder().retry(retry);
        let discovered = settings
            .clone()
            .credentials(by_password(&discovering.address, keystone))
            .region("down")
            .discover()
            .await
            .map(|_| ());
        let calling = gate(keystone, broken).await;
        let settings = settings.credentials(by_password(&calling.address, keystone));
        let client = settings.endpoint(&service.address).build().unwrap();
        for (outcome, gate) in [(discovered, discovering), (called(&client).await, calling)] {
            assert_eq!(gate.requests().len(), 3);
            if broken == 2 {
                outcome.unwrap();
                continue;
            }
            let error = outcome.unwrap_err();
            assert!(
                error.kind() == ErrorKind::Credentials
                    && error.is_transient()
                    && !error.is_unauthorized()
            );
            assert_eq!(error.attempts(), 3);
            let message = error.to_string();
            assert!(message.contains("closed the connection: "), "{message}");
            assert!(message.ends_with(", after 3 attempts"), "{message}");
        }
    }
    assert_eq!(service.statuses(), [200]);
}

#[tokio::test]
#[ignore = "installs Keystone from PyPI; run: cargo test --workspace --all-features -- --ignored"]
async fn project_that_differs_from_that_of_the_token_is_reported() {
    let keystone = keystone().await;
    let service = service(keystone, "other").await;
    let settings = || {
        let credential = Keystone::new(&keystone.url)
            .application_credential_id(&keystone.credential_id)
            .application_credential_secret(CREDENTIAL_SECRET);
        settings(credential).project_id("another")
    };
    let both = format!(
        "the token is for the project \"{}\", but the client is for \"another\"",
        keystone.project_id
    );
    let error = settings().region("other").discover().await.unwrap_err();
    assert!(error.is_invalid());
    assert_eq!(error.to_string(), format!("invalid client configuration: project_id: {both}"));
    let client = settings().endpoint(&service.address).build().unwrap();
    let error = called(&client).await.unwrap_err();
    assert!(error.kind() == ErrorKind::Credentials && !error.is_transient());
    assert!(error.to_string().ends_with(&format!("authentication failed: {both}")), "{error}");
    assert_eq!(service.statuses(), [0; 0]);
}
