//! What the tests share: the document as JSON, and a server on loopback that keeps every byte.

#![allow(dead_code, reason = "each test binary uses a part of it")]

pub mod clock;
pub mod faults;
pub mod log;
pub mod service;

use std::sync::{Arc, Mutex};

use otc_autoscaling::{Client, Credentials, Retry};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// The token that every test sends, to be looked for where it must not be.
pub const TOKEN: &str = "canary-4f1c9b";
/// The documented project.
pub const PROJECT: &str = "edcb94a885a84ed3a3fdf8ea4d2741da";

/// The document, parsed.
pub fn document() -> Value {
    serde_saphyr::from_str(include_str!("../../openapi/autoscaling.yaml")).unwrap()
}

/// A named example of the document.
pub fn example(name: &str) -> Value {
    let example = document()["components"]["examples"][name]["value"].take();
    assert!(!example.is_null(), "the document has no example {name}");
    example
}

/// The value that a parameter has in the documented request of an operation.
pub fn parameter(component: &str, operation: &str) -> String {
    let parameter = document()["components"]["parameters"][component].take();
    let value = &parameter["examples"][format!("{operation}Request")]["value"];
    value.as_str().unwrap_or_else(|| panic!("{operation} has no example of {component}")).to_owned()
}

/// An address at which nobody listens: of a port that was free just now.
pub fn unused_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// Without the nulls of objects: those are one with absent. A null in a list stays.
pub fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(object) => object
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key.clone(), without_nulls(value)))
            .collect(),
        Value::Array(list) => list.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

/// A server on loopback that answers every request with the same bytes, and keeps what it got.
pub struct Server {
    pub address: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Answers with a status line's rest (`200 OK`), header lines and a body.
    pub async fn answering(status: &str, headers: &[&str], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let mut reply = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n", body.len());
        for header in headers {
            reply.push_str(header);
            reply.push_str("\r\n");
        }
        reply.push_str("connection: close\r\n\r\n");
        let mut reply = reply.into_bytes();
        reply.extend_from_slice(body);
        Self::sending(reply).await
    }

    pub async fn answering_json(status: &str, body: &Value) -> Self {
        let headers = ["content-type: application/json", "x-request-id: request-1"];
        Self::answering(status, &headers, body.to_string()).await
    }

    /// Answers with these bytes, whatever they are, and closes the connection.
    pub async fn sending(reply: Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let mut request = Vec::new();
                while !is_complete(&request) {
                    match socket.read_buf(&mut request).await {
                        Ok(1..) => {}
                        _ => break,
                    }
                }
                kept.lock().unwrap().push(String::from_utf8(request).unwrap());
                let _ = socket.write_all(&reply).await;
                let _ = socket.shutdown().await;
            }
        });
        Self { address, requests }
    }

    pub fn client(&self) -> Client {
        Client::builder()
            .endpoint(&self.address)
            .project_id(PROJECT)
            .credentials(Credentials::token(TOKEN))
            .retry(Retry::never())
            .build()
            .unwrap()
    }

    /// Each request as it came, with what differs from run to run put in brackets.
    pub fn requests(&self) -> Vec<String> {
        let host = self.address.trim_start_matches("http://");
        let requests = self.requests.lock().unwrap();
        let version = env!("CARGO_PKG_VERSION");
        let stable = |request: &String| {
            request
                .replace(host, "[address]")
                .replace(version, "[version]")
                .replace(TOKEN, "[token]")
        };
        requests.iter().map(stable).collect()
    }

    /// The one request that came, laid out for a snapshot.
    pub fn request(&self) -> String {
        let requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:#?}");
        requests[0].replace("\r\n", "\n")
    }
}

/// Whether a request is there to the end of its body.
pub fn is_complete(request: &[u8]) -> bool {
    let Some(end) = request.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length = length.map_or(0, |length| length.trim().parse::<usize>().unwrap());
    request.len() >= end + 4 + length
}
