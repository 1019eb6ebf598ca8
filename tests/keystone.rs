//! Credentials of the identity service, against a real Keystone: version 30.0.0, with SQLite, on
//! loopback. `tests/keystone/` has how it is installed and started.
#![cfg(all(feature = "keystone", unix))]

#[path = "keystone/server.rs"]
mod server;

use std::error::Error as _;
use std::time::{Duration, Instant};

use otc_autoscaling::{Client, ClientBuilder, Credentials, Error, Keystone, Retry};
use server::{CREDENTIAL, CREDENTIAL_SECRET, DOMAIN, Gate, PASSWORD, PROJECT, Service, USER};
use tokio::sync::OnceCell;

const GROUP: &str = "a8327883-6b07-4497-9c61-68d03ee193a1";

/// One for all tests that leave its settings alone.
async fn keystone() -> Option<&'static server::Keystone> {
    static KEYSTONE: OnceCell<Option<server::Keystone>> = OnceCell::const_new();
    KEYSTONE.get_or_init(|| server::Keystone::start(3600)).await.as_ref()
}

/// A double of the service, in the catalog under a region of this name.
async fn service(keystone: &'static server::Keystone, region: &str) -> Service {
    let service = Service::start(keystone).await;
    keystone.catalogue(region, &service.address).await;
    service
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

async fn called(client: &Client) -> Result<(), Error> {
    let reply = client.list_scaling_activity_logs().scaling_group_id(GROUP).send().await?;
    assert_eq!(reply.scaling_activity_log.as_ref().map(Vec::len), Some(0));
    Ok(())
}

#[tokio::test]
async fn every_form_of_credentials_gets_a_token_that_keystone_takes() {
    let Some(keystone) = keystone().await else { return };
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
        assert_eq!(client.project_id().as_str(), keystone.project_id, "form {position}");
        // The double asks Keystone about the token, and for which project it is.
        called(&client).await.unwrap_or_else(|error| panic!("form {position}: {error}"));
    }
    assert_eq!(service.statuses(), vec![200; count]);
}

#[tokio::test]
async fn of_many_calls_at_once_one_fetches_a_token() {
    let Some(keystone) = keystone().await else { return };
    let service = service(keystone, "many").await;
    for is_discovered in [true, false] {
        let gate = Gate::before(keystone, 0).await;
        let settings = settings(by_password(&gate.url, keystone));
        let client = if is_discovered {
            settings.region("many").discover().await.unwrap()
        } else {
            // The project is that of the credentials.
            settings.endpoint(&service.address).build().unwrap()
        };
        let calls = (0..20).map(|_| {
            let client = client.clone();
            tokio::spawn(async move { called(&client).await })
        });
        for call in calls.collect::<Vec<_>>() {
            call.await.unwrap().unwrap();
        }
        assert_eq!(gate.asked(), 1, "discovered: {is_discovered}");
    }
    assert_eq!(service.statuses(), [200; 40]);
}

#[tokio::test]
async fn a_token_is_renewed_before_it_expires() {
    // One of its own, whose catalog has a single region.
    let Some(keystone) = server::Keystone::start(10).await else { return };
    let keystone: &'static server::Keystone = Box::leak(Box::new(keystone));
    let service = service(keystone, "only").await;
    let gate = Gate::before(keystone, 0).await;
    let client = settings(by_password(&gate.url, keystone)).discover().await.unwrap();
    let began = Instant::now();
    let mut tokens = Vec::new();
    while tokens.len() < 2 {
        assert!(began.elapsed() < Duration::from_secs(20), "one token was used all along");
        called(&client).await.unwrap();
        tokens = service.requests().into_iter().map(|(token, _)| token).collect();
        tokens.dedup();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(gate.asked(), 2);
    // The first one was good to the end.
    assert!(service.statuses().iter().all(|status| *status == 200), "{:?}", service.statuses());
}

#[tokio::test]
async fn a_token_that_was_revoked_is_renewed_once_and_the_call_repeated() {
    let Some(keystone) = keystone().await else { return };
    let service = service(keystone, "revoked").await;
    let gate = Gate::before(keystone, 0).await;
    let settings = settings(by_password(&gate.url, keystone)).region("revoked");
    let client = settings.discover().await.unwrap();
    called(&client).await.unwrap();
    keystone.revoke(&service.requests()[0].0).await;
    called(&client).await.unwrap();
    called(&client).await.unwrap();
    assert_eq!(service.statuses(), [200, 401, 200, 200]);
    let tokens: Vec<String> = service.requests().into_iter().map(|(token, _)| token).collect();
    assert!(tokens[0] == tokens[1] && tokens[1] != tokens[2] && tokens[2] == tokens[3]);
    assert_eq!(gate.asked(), 2);
}

#[tokio::test]
async fn what_keystone_refuses_is_told_without_a_secret_and_not_tried_again() {
    let Some(keystone) = keystone().await else { return };
    let service = service(keystone, "refused").await;
    let unknown = "ffffffffffffffffffffffffffffffff";
    let credential = |url: &str, id: &str, secret: &str| {
        Keystone::new(url).application_credential_id(id).application_credential_secret(secret)
    };
    let gate = Gate::before(keystone, 0).await;
    let url = &gate.url;
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
        let undiscovered = settings.clone().region("refused").discover().await.unwrap_err();
        let settings = settings.endpoint(&service.address).project_id(&keystone.project_id);
        let not_sent = called(&settings.build().unwrap()).await.unwrap_err();
        for (error, start) in [
            (undiscovered, "the client can't be made: no credentials: "),
            (not_sent, "listScalingActivityLogs: was not sent: no credentials: "),
        ] {
            assert!(error.is_unauthorized() && error.is_credentials() && !error.is_transient());
            assert_eq!((error.status(), error.attempts()), (None, 1));
            let at = url.trim_end_matches("/v3");
            let expected = format!("{start}the identity service at {at} refused: {expected}");
            assert_eq!(error.to_string(), expected);
            let shown = format!("{error:?} {:?}", error.source());
            assert!(!shown.contains("canary"), "{shown}");
        }
        // A wrong password that is sent twice locks its user out twice as fast: for a while the
        // refusal is remembered.
        asked += 1;
        assert_eq!(gate.asked(), asked);
    }
    assert_eq!(service.statuses(), [0; 0]);
}

#[tokio::test]
async fn a_keystone_that_is_down_is_tried_again() {
    let Some(keystone) = keystone().await else { return };
    let service = service(keystone, "down").await;
    let retry = Retry::default().attempts(3).backoff(Duration::ZERO, Duration::ZERO);
    for broken in [2, 3] {
        let discovering = Gate::before(keystone, broken).await;
        let settings = Client::builder().retry(retry);
        let discovered = settings
            .clone()
            .credentials(by_password(&discovering.url, keystone))
            .region("down")
            .discover()
            .await
            .map(|_| ());
        let calling = Gate::before(keystone, broken).await;
        let settings = settings.credentials(by_password(&calling.url, keystone));
        let client = settings.endpoint(&service.address).build().unwrap();
        for (outcome, gate) in [(discovered, discovering), (called(&client).await, calling)] {
            assert_eq!(gate.asked(), 3);
            if broken == 2 {
                outcome.unwrap();
                continue;
            }
            let error = outcome.unwrap_err();
            assert!(error.is_credentials() && error.is_transient() && !error.is_unauthorized());
            assert_eq!(error.attempts(), 3);
            assert!(
                error.to_string().ends_with("broke the connection off, after 3 attempts"),
                "{error}"
            );
        }
    }
    assert_eq!(service.statuses(), [200]);
}

#[tokio::test]
async fn a_project_beside_the_token_of_another_one_is_told() {
    let Some(keystone) = keystone().await else { return };
    let service = service(keystone, "other").await;
    let settings = || {
        let credential = Keystone::new(&keystone.url)
            .application_credential_id(&keystone.credential_id)
            .application_credential_secret(CREDENTIAL_SECRET);
        settings(credential).project_id("another")
    };
    let both = format!(
        "the token is for the project \"{}\", and the client for \"another\"",
        keystone.project_id
    );
    let error = settings().region("other").discover().await.unwrap_err();
    assert!(error.is_invalid());
    assert_eq!(error.to_string(), format!("the client can't be made: project_id: {both}"));
    let client = settings().endpoint(&service.address).build().unwrap();
    let error = called(&client).await.unwrap_err();
    assert!(error.is_credentials() && !error.is_transient());
    assert!(error.to_string().ends_with(&format!("no credentials: {both}")), "{error}");
    assert_eq!(service.statuses(), [0; 0]);
}
