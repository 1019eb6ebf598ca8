//! A test server on loopback that is scripted down to the bytes, and records the requests.
//!
//! `wiremock` parses requests and writes responses, but these tests inspect the bytes of both, and break connections.
//! It is used where neither matters, and for HTTP/2.

use std::future::{Future, ready};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use otc_autoscaling::{Client, Clock, Credentials, Retry};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::clock::VirtualClock;
use super::{PROJECT, TOKEN};

/// A step of the response to a request.
#[derive(Clone)]
pub enum Step {
    Send(Vec<u8>),
    /// Sends a byte this many times.
    Fill(u8, usize),
    Wait(Duration),
    /// Waits until the client closes the connection.
    Hold,
    /// Resets the connection. Without this, it is closed gracefully after the last step.
    Reset,
    /// Keeps the connection open for the next request.
    Keep,
}

/// All steps for one request.
pub type Answer = Vec<Step>;

/// A response with a `content-length`.
pub fn reply(status: &str, headers: &[&str], body: impl AsRef<[u8]>) -> Answer {
    let length = format!("content-length: {}", body.as_ref().len());
    let headers: Vec<&str> = headers.iter().copied().chain([length.as_str()]).collect();
    vec![Step::Send(raw(status, &headers, body))]
}

/// A response with a JSON body.
pub fn json_response(status: &str, body: &Value) -> Answer {
    let headers = ["content-type: application/json", "x-request-id: request-1"];
    reply(status, &headers, body.to_string())
}

/// The bytes of a response, without a `content-length` unless `headers` contains one.
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
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    requests: Vec<String>,
    /// The status of each response that has one.
    statuses: Vec<u16>,
    connections: usize,
    /// The number of clients that have closed the connection during [`Step::Hold`].
    left: usize,
}

impl Service {
    /// Starts a server that gives these answers in order, and then repeats the last one.
    pub async fn start(clock: &VirtualClock, script: Vec<Answer>) -> Self {
        Self::answering(clock, move |number, _| {
            script.get(number).or(script.last()).cloned().unwrap_or_default()
        })
        .await
    }

    /// Starts a server that gives the same answer to every request.
    pub async fn always(answer: Answer) -> Self {
        Self::start(&VirtualClock::default(), vec![answer]).await
    }

    /// Starts a server with a function that returns the answer, by the number (from 0) and the text of the request.
    pub async fn answering(
        clock: &VirtualClock,
        answer: impl Fn(usize, &str) -> Answer + Send + Sync + 'static,
    ) -> Self {
        Self::deciding(clock, move |number, request| ready(answer(number, &request))).await
    }

    /// Like [`Self::answering`], with an asynchronous function.
    pub async fn deciding<F: Future<Output = Answer> + Send>(
        clock: &VirtualClock,
        answer: impl Fn(usize, String) -> F + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Seen::default()));
        let (kept, clock, answer) = (Arc::clone(&seen), clock.clone(), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let (kept, clock, answer) = (Arc::clone(&kept), clock.clone(), Arc::clone(&answer));
                kept.lock().unwrap().connections += 1;
                tokio::spawn(async move {
                    while let Some(request) = read(&mut socket, &clock).await {
                        let number = {
                            let requests = &mut kept.lock().unwrap().requests;
                            requests.push(request.clone());
                            requests.len() - 1
                        };
                        let answer = answer(number, request).await;
                        kept.lock().unwrap().statuses.extend(status_of(&answer));
                        if !play(&mut socket, &clock, &kept, answer).await {
                            return;
                        }
                    }
                });
            }
        });
        Self { address, seen }
    }

    /// Creates a client with [`TOKEN`] that does not retry.
    pub fn client(&self) -> Client {
        Client::builder()
            .endpoint(&self.address)
            .project_id(PROJECT)
            .credentials(Credentials::token(TOKEN))
            .retry(Retry::never())
            .build()
            .unwrap()
    }

    /// The complete requests that were received.
    pub fn requests(&self) -> Vec<String> {
        self.seen.lock().unwrap().requests.clone()
    }

    /// The status of each response that has one.
    pub fn statuses(&self) -> Vec<u16> {
        self.seen.lock().unwrap().statuses.clone()
    }

    /// The only request, for a snapshot. Placeholders replace values that differ between runs.
    pub fn request(&self) -> String {
        let requests = self.requests();
        let [request] = requests.as_slice() else { panic!("not one request: {requests:#?}") };
        request
            .replace(self.address.trim_start_matches("http://"), "[address]")
            .replace(env!("CARGO_PKG_VERSION"), "[version]")
            .replace(TOKEN, "[token]")
            .replace("\r\n", "\n")
    }

    pub fn connections(&self) -> usize {
        self.seen.lock().unwrap().connections
    }

    pub fn left(&self) -> usize {
        self.seen.lock().unwrap().left
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

fn status_of(answer: &Answer) -> Option<u16> {
    let Some(Step::Send(bytes)) = answer.first() else { return None };
    str::from_utf8(bytes.get(9..12)?).ok()?.parse().ok()
}

/// Whether a request was received to the end of its body.
fn is_complete(request: &[u8]) -> bool {
    let Some(end) = request.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length = length.map_or(0, |length| length.trim().parse::<usize>().unwrap());
    request.len() >= end + 4 + length
}

/// Performs the steps of an answer, unless the client closes the connection. Returns whether the connection is kept
/// open.
async fn play(
    socket: &mut TcpStream,
    clock: &VirtualClock,
    seen: &Mutex<Seen>,
    answer: Answer,
) -> bool {
    for step in answer {
        match step {
            Step::Send(bytes) => {
                clock.note();
                if socket.write_all(&bytes).await.is_err() {
                    return false;
                }
            }
            Step::Fill(byte, mut count) => {
                let piece = vec![byte; 1 << 16];
                while count > 0 {
                    clock.note();
                    if socket.write_all(&piece[..count.min(piece.len())]).await.is_err() {
                        return false;
                    }
                    count = count.saturating_sub(piece.len());
                }
            }
            Step::Wait(duration) => clock.sleep(duration).await,
            Step::Hold => {
                let _ = socket.read_to_end(&mut Vec::new()).await;
                clock.note();
                seen.lock().unwrap().left += 1;
            }
            Step::Reset => {
                let _ = socket.set_zero_linger();
                return false;
            }
            Step::Keep => return true,
        }
    }
    let _ = socket.shutdown().await;
    // Unread data of the client would turn the close into a reset.
    let _ = socket.read_to_end(&mut Vec::new()).await;
    false
}
