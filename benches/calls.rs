//! Measures the calls per second of this crate and, in turn, of plain reqwest with typed JSON:
//! `cargo bench --bench calls`.
//!
//! The service is on loopback and responds immediately, so that the result is the cost of a call in the client.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use otc_autoscaling::types::ScalingActivityLogPage;
use otc_autoscaling::{AccessKey, Client, Credentials, HttpClient};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

const ROUND: Duration = Duration::from_millis(400);
const ROUNDS: u32 = 5;
const GROUP: &str = "a8327883-6b07-4497-9c61-68d03ee193a1";

#[derive(Deserialize)]
#[allow(dead_code, reason = "what is decoded is not read")]
struct Page {
    total_number: Option<i64>,
    scaling_activity_log: Option<Vec<Log>>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "what is decoded is not read")]
struct Log {
    id: Option<String>,
    status: Option<String>,
    #[serde(rename = "type")]
    type_: Option<String>,
    description: Option<String>,
    start_time: Option<chrono::DateTime<chrono::Utc>>,
    end_time: Option<chrono::DateTime<chrono::Utc>>,
    instance_value: Option<i64>,
    desire_value: Option<i64>,
    scaling_value: Option<Value>,
}

/// Starts a service that responds to every request with a page of `entries` entries.
async fn service(entries: usize) -> SocketAddr {
    let log = json!({
        "id": "46a7bc25-4e2f-4e1b-9d7a-1c2b3a4d5e6f", "status": "SUCCESS", "type": "NORMAL",
        "description": "{\"reason\":[{\"change_reason\":\"DIFF\",\"old_value\":0,\"new_value\":1}]}",
        "start_time": "2018-11-22T13:44:30Z", "end_time": "2018-11-22T13:46:20Z",
        "instance_value": 0, "desire_value": 1, "scaling_value": 1
    });
    let page = json!({ "total_number": entries, "scaling_activity_log": vec![log; entries] });
    let body = page.to_string();
    let head =
        format!("HTTP/1.1 200 OK\r\nx-request-id: r\r\ncontent-length: {}\r\n\r\n", body.len());
    let response: Arc<[u8]> = (head + &body).into_bytes().into();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let response = Arc::clone(&response);
            let _ = socket.set_nodelay(true);
            tokio::spawn(async move {
                let (mut request, mut read) = ([0; 8192], 0);
                while let Ok(count @ 1..) = socket.read(&mut request[read..]).await {
                    read += count;
                    if request[..read].ends_with(b"\r\n\r\n") {
                        read = 0;
                        if socket.write_all(&response).await.is_err() {
                            break;
                        }
                    }
                }
            });
        }
    });
    address
}

/// Returns the calls per second of `tasks` concurrent tasks.
async fn rate<F, C>(tasks: usize, call: F) -> f64
where
    F: Fn() -> C + Clone + Send + 'static,
    C: Future<Output = ()> + Send,
{
    let began = Instant::now();
    let mut set = JoinSet::new();
    for _ in 0..tasks {
        let call = call.clone();
        set.spawn(async move {
            let mut count = 0_u32;
            while began.elapsed() < ROUND {
                call().await;
                count += 1;
            }
            count
        });
    }
    let count: u32 = set.join_all().await.into_iter().sum();
    f64::from(count) / began.elapsed().as_secs_f64()
}

#[tokio::main]
async fn main() {
    println!("calls per second of plain reqwest, and of this crate with a token and signed");
    for (name, entries) in [("1 entry", 1), ("100 entries", 100)] {
        let address = service(entries).await;
        let client = |credentials: Credentials| {
            Client::builder()
                .endpoint(format!("http://{address}"))
                .project_id("p")
                .credentials(credentials)
                .http_client(HttpClient::default())
                .build()
                .unwrap()
        };
        let with_token = client(Credentials::token("t"));
        let signed = client(AccessKey::new("key", "secret").into());
        let plain = reqwest::Client::builder().no_proxy().build().unwrap();
        let endpoint = format!("http://{address}/autoscaling-api/v2/p");
        for tasks in [1, 16, 128] {
            let mut rates = [0.0; 3];
            for _ in 0..ROUNDS {
                let (plain, endpoint) = (plain.clone(), endpoint.clone());
                rates[0] += rate(tasks, move || {
                    let request = plain
                        .get(format!("{endpoint}/scaling_activity_log/{GROUP}"))
                        .query(&[("limit", 100), ("start_number", 0)])
                        .header("x-auth-token", "t");
                    async move {
                        let page: Page = request.send().await.unwrap().json().await.unwrap();
                        assert!(page.scaling_activity_log.is_some());
                    }
                })
                .await;
                for (index, client) in [(1, &with_token), (2, &signed)] {
                    let client = client.clone();
                    rates[index] += rate(tasks, move || {
                        let call = client.list_scaling_activity_logs();
                        let call = call.scaling_group_id(GROUP).limit(100).start_number(0);
                        async move {
                            let page = call.send().await.unwrap();
                            let page: &ScalingActivityLogPage = &page;
                            assert!(page.scaling_activity_log.is_some());
                        }
                    })
                    .await;
                }
            }
            let [plain, token, signed] = rates.map(|rate| rate / f64::from(ROUNDS));
            println!(
                "{name:12} {tasks:4} tasks {plain:8.0} {token:8.0} ({:.2}) {signed:8.0} ({:.2})",
                token / plain,
                signed / plain
            );
        }
    }
}
