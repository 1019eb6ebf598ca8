//! A service on loopback that goes by a script, down to the bytes, and counts what it got.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use otc_autoscaling::Clock;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::clock::VirtualClock;
use super::is_complete;

/// What the service does once it has read a request.
#[derive(Clone)]
pub enum Step {
    Send(Vec<u8>),
    /// Sends a byte that many times.
    Fill(u8, usize),
    Wait(Duration),
    /// Breaks the connection off. At the end of an answer it is closed without that.
    Reset,
}

/// All that it does for one request.
pub type Answer = Vec<Step>;

/// A reply with its length.
pub fn reply(status: &str, headers: &[&str], body: impl AsRef<[u8]>) -> Answer {
    let length = format!("content-length: {}", body.as_ref().len());
    let headers: Vec<&str> = headers.iter().copied().chain([length.as_str()]).collect();
    vec![Step::Send(raw(status, &headers, body))]
}

/// A reply whose length is stated by nobody, or wrongly.
pub fn raw(status: &str, headers: &[&str], body: impl AsRef<[u8]>) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {status}\r\n");
    for header in headers.iter().chain(&["connection: close"]) {
        bytes.push_str(header);
        bytes.push_str("\r\n");
    }
    bytes.push_str("\r\n");
    let mut bytes = bytes.into_bytes();
    bytes.extend_from_slice(body.as_ref());
    bytes
}

pub struct Service {
    pub address: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Service {
    /// Gives these answers in turn, and the last one from then on.
    pub async fn start(clock: &VirtualClock, script: Vec<Answer>) -> Self {
        Self::answering(clock, move |number, _| {
            script.get(number).or(script.last()).cloned().unwrap_or_default()
        })
        .await
    }

    /// Gives the answer to each request that this makes of its number, from zero, and its text.
    pub async fn answering(
        clock: &VirtualClock,
        answer: impl Fn(usize, &str) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (kept, clock, answer) = (Arc::clone(&requests), clock.clone(), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let (kept, clock, answer) = (Arc::clone(&kept), clock.clone(), Arc::clone(&answer));
                tokio::spawn(async move {
                    let Some(request) = read(&mut socket, &clock).await else { return };
                    let number = {
                        let mut kept = kept.lock().unwrap();
                        kept.push(request.clone());
                        kept.len() - 1
                    };
                    play(socket, &clock, answer(number, &request)).await;
                });
            }
        });
        Self { address, requests }
    }

    /// The requests that came whole.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

async fn read(socket: &mut TcpStream, clock: &VirtualClock) -> Option<String> {
    let mut request = Vec::new();
    while !is_complete(&request) {
        match socket.read_buf(&mut request).await {
            Ok(1..) => clock.note(),
            _ => return None,
        }
    }
    Some(String::from_utf8(request).unwrap())
}

/// Does what the answer says, until the client has had enough of it.
async fn play(mut socket: TcpStream, clock: &VirtualClock, answer: Answer) {
    for step in answer {
        match step {
            Step::Send(bytes) => {
                clock.note();
                if socket.write_all(&bytes).await.is_err() {
                    return;
                }
            }
            Step::Fill(byte, mut count) => {
                let piece = vec![byte; 1 << 16];
                while count > 0 {
                    clock.note();
                    if socket.write_all(&piece[..count.min(piece.len())]).await.is_err() {
                        return;
                    }
                    count = count.saturating_sub(piece.len());
                }
            }
            Step::Wait(duration) => clock.sleep(duration).await,
            Step::Reset => {
                let _ = socket.set_zero_linger();
                return;
            }
        }
    }
    let _ = socket.shutdown().await;
    // What the client still sends would turn the end into a reset.
    let _ = socket.read_to_end(&mut Vec::new()).await;
}
