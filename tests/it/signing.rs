//! Access keys: the signature matches the exact bytes of the request, as the service would verify it.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use otc_autoscaling::types::ScalingActivityType;
use otc_autoscaling::{AccessKey, Client, Clock, Retry};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::support::clock::VirtualClock;
use crate::support::faults::success;
use crate::support::service::{Service, reply};
use crate::support::{GROUP, PROJECT};

const SECRET: &str = "a secret key";

/// A request as it was received.
struct Received<'a> {
    method: &'a str,
    path: &'a str,
    query: &'a str,
    headers: Vec<(&'a str, &'a str)>,
    body: &'a str,
}

impl<'a> Received<'a> {
    fn new(request: &'a str) -> Self {
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let mut lines = head.lines();
        let mut line = lines.next().unwrap().split(' ');
        let (method, target) = (line.next().unwrap(), line.next().unwrap());
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let headers = lines.map(|line| line.split_once(": ").unwrap()).collect();
        Self { method, path, query, headers, body }
    }

    fn header(&self, name: &str) -> &'a str {
        let mut found = self.headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
        let (_, value) = found.next().unwrap_or_else(|| panic!("no {name}"));
        assert!(found.next().is_none(), "{name} came twice");
        value
    }

    /// The names of the signed headers, and the expected signature.
    fn signature(&self, scope: Option<(&str, &str)>) -> (Vec<&'a str>, String) {
        let authorization = self.header("authorization");
        let said = authorization.split("SignedHeaders=").nth(1).unwrap();
        let names: Vec<&str> = said.split(',').next().unwrap().split(';').collect();
        let headers: String =
            names.iter().map(|name| format!("{name}:{}\n", self.header(name))).collect();
        let mut query: Vec<&str> = self.query.split('&').collect();
        query.sort_unstable();
        let canonical = format!(
            "{}\n{}/\n{}\n{headers}\n{}\n{}",
            self.method,
            self.path,
            query.join("&"),
            names.join(";"),
            hex(&Sha256::digest(self.body))
        );
        let date = self.header("x-sdk-date");
        let (scope, key) = match scope {
            None => (String::new(), SECRET.as_bytes().to_vec()),
            Some((region, service)) => {
                let day = &date[..8];
                let key = [day, region, service, "sdk_request"]
                    .iter()
                    .fold(format!("SDK{SECRET}").into_bytes(), |key, part| mac(&key, part));
                (format!("{day}/{region}/{service}/sdk_request\n"), key)
            }
        };
        let hash = hex(&Sha256::digest(canonical));
        (names, hex(&mac(&key, &format!("SDK-HMAC-SHA256\n{date}\n{scope}{hash}"))))
    }
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn client(service: &Service, clock: &VirtualClock, key: AccessKey) -> Client {
    Client::builder()
        .endpoint(&service.address)
        .project_id(PROJECT)
        .credentials(key)
        .retry(Retry::default().without_jitter())
        .clock(clock.clone())
        .build()
        .unwrap()
}

#[tokio::test]
async fn signed_bytes_are_the_sent_bytes() {
    let key = || AccessKey::new("AK", SECRET);
    let always = ["host", "x-project-id", "x-sdk-date"];
    let with_token = ["host", "x-project-id", "x-sdk-date", "x-security-token"];
    for (key, scope, expected) in [
        (key(), None, always.as_slice()),
        (key().security_token("sts"), None, with_token.as_slice()),
        (key().scoped("", ""), Some(("", "")), always.as_slice()),
        (
            key().scoped("eu-de", "as").security_token("sts"),
            Some(("eu-de", "as")),
            with_token.as_slice(),
        ),
    ] {
        let clock = VirtualClock::default();
        let service = Service::start(&clock, vec![success()]).await;
        let client = client(&service, &clock, key);
        let list = client
            .list_scaling_activity_logs()
            .scaling_group_id(GROUP)
            .start_time("2026-01-01T00:00:00Z")
            .type_([ScalingActivityType::Normal, ScalingActivityType::ManualRemove])
            .limit(7);
        clock.run(list.send()).await.unwrap();
        let change = client.update_scaling_group().scaling_group_id(GROUP);
        let change = change.body_map(|group| group.description("größer").min_instance_number(0));
        clock.run(change.send()).await.unwrap();

        let requests = service.requests();
        assert_eq!(requests.len(), 2);
        assert!(requests[0].contains("%3A") && requests[0].contains("%2C"), "{}", requests[0]);
        let body = Received::new(&requests[1]).body;
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(body, json!({ "description": "größer", "min_instance_number": 0 }));
        for request in &requests {
            let received = Received::new(request);
            let (names, signature) = received.signature(scope);
            assert_eq!(names, expected);
            let authorization = received.header("authorization");
            let credential = scope.map_or_else(
                || "Access=AK".to_owned(),
                |(region, name)| format!("Credential=AK/20260101/{region}/{name}/sdk_request"),
            );
            assert_eq!(
                authorization,
                format!(
                    "SDK-HMAC-SHA256 {credential}, SignedHeaders={}, Signature={signature}",
                    expected.join(";")
                )
            );
            assert_eq!(received.header("x-project-id"), PROJECT);
            assert_eq!(received.header("x-sdk-date"), "20260101T000000Z");
            assert_eq!(received.header("host"), service.address.trim_start_matches("http://"));
            // The signature depends on the body.
            let altered = Received::new(request);
            let altered = Received { body: "other", ..altered };
            assert_ne!(altered.signature(scope).1, signature);
        }
    }
}

#[tokio::test]
async fn every_attempt_is_signed_anew() {
    let clock = VirtualClock::default();
    let busy = reply("429 Too Many Requests", &["retry-after: 60"], "");
    let service = Service::start(&clock, vec![busy, success()]).await;
    let client = client(&service, &clock, AccessKey::new("AK", SECRET));
    let change = client.update_scaling_group().scaling_group_id(GROUP);
    assert_eq!(clock.run(change.send()).await.unwrap().attempts(), 2);
    let requests = service.requests();
    let dates: Vec<&str> =
        requests.iter().map(|request| Received::new(request).header("x-sdk-date")).collect();
    assert_eq!(dates, ["20260101T000000Z", "20260101T000100Z"]);
    for request in &requests {
        let received = Received::new(request);
        let signature = received.signature(None).1;
        assert!(received.header("authorization").ends_with(&signature));
    }
}

/// An access key can't be renewed, so a retry would be rejected as well.
#[tokio::test]
async fn rejected_key_is_not_retried() {
    let clock = VirtualClock::default();
    let service = Service::start(&clock, vec![reply("401 Unauthorized", &[], "")]).await;
    let client = client(&service, &clock, AccessKey::new("AK", SECRET));
    let read = client.list_scaling_activity_logs().scaling_group_id(GROUP);
    let error = clock.run(read.send()).await.unwrap_err();
    assert!(error.is_unauthorized());
    assert_eq!((error.attempts(), service.requests().len()), (1, 1));
    assert_eq!(clock.elapsed(), Duration::ZERO);
}
