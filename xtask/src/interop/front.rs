//! What the clients talk to: a server on this machine that keeps what it receives and hands it on to
//! Prism, of which it asks for a given example.

use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::Value;
use tiny_http::{Header, Request, Response, Server};

use super::cases::Reply;
use crate::Failure;

/// A request as it arrived, and what Prism said of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Received {
    pub method: String,
    pub path: String,
    /// Names and values, decoded.
    pub query: Vec<(String, String)>,
    pub token: Option<String>,
    pub body: Option<Value>,
    /// In what it is not valid, according to Prism.
    pub violations: Option<String>,
}

pub struct Front {
    server: Arc<Server>,
    exchange: Arc<Mutex<Exchange>>,
    worker: Option<JoinHandle<()>>,
}

/// A call under way.
#[derive(Default)]
struct Exchange {
    reply: Option<Reply>,
    received: Vec<Received>,
}

/// Hop by hop, or of the one connection only.
const NOT_HANDED_ON: [&str; 8] = [
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "host",
    "http2-settings",
    "transfer-encoding",
    "upgrade",
];

impl Front {
    /// A server in front of the one at that address.
    pub fn start(behind: &str, token_header: &str) -> Result<Self, Failure> {
        let server = Server::http("127.0.0.1:0").map(Arc::new);
        let server = server.map_err(|error| format!("no server on this machine: {error}"))?;
        let exchange = Arc::new(Mutex::new(Exchange::default()));
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .timeout_global(Some(Duration::from_secs(30)))
            .build()
            .new_agent();
        let worker = Worker {
            server: Arc::clone(&server),
            exchange: Arc::clone(&exchange),
            agent,
            behind: behind.to_owned(),
            token_header: token_header.to_owned(),
        };
        let worker = thread::spawn(move || worker.run());
        Ok(Self { server, exchange, worker: Some(worker) })
    }

    pub fn address(&self) -> String {
        format!("http://{}", self.server.server_addr())
    }

    /// What arrives while the call is made, which gets that reply.
    pub fn during<T>(&self, reply: &Reply, call: impl FnOnce() -> T) -> (T, Vec<Received>) {
        *lock(&self.exchange) = Exchange { reply: Some(reply.clone()), received: Vec::new() };
        let outcome = call();
        (outcome, std::mem::take(&mut *lock(&self.exchange)).received)
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.server.unblock();
        if let Some(worker) = self.worker.take() {
            // It has nothing to say, not even when it panicked.
            let _ = worker.join();
        }
    }
}

struct Worker {
    server: Arc<Server>,
    exchange: Arc<Mutex<Exchange>>,
    agent: ureq::Agent,
    behind: String,
    token_header: String,
}

impl Worker {
    fn run(&self) {
        while let Ok(mut request) = self.server.recv() {
            let (status, body) = self.answer(&mut request).unwrap_or_else(|failure| {
                // The client gets an error, and the request counts as not valid.
                self.keep(Received {
                    violations: Some(failure.to_string()),
                    ..Received::default()
                });
                (502, failure.to_string())
            });
            let mut response = Response::from_string(body).with_status_code(status);
            if let Ok(header) = Header::from_bytes("Content-Type", "application/json") {
                response = response.with_header(header);
            }
            // A client that is gone has said so itself.
            let _ = request.respond(response);
        }
    }

    fn keep(&self, received: Received) {
        lock(&self.exchange).received.push(received);
    }

    /// Hands a request on, and tells what to answer.
    fn answer(&self, request: &mut Request) -> Result<(u16, String), Failure> {
        let body = body(request)?;
        let reply = lock(&self.exchange).reply.clone().ok_or("a request outside of any call")?;
        let prefer = format!("code={}, example={}", reply.status, reply.example);

        let mut onward = ureq::http::Request::builder()
            .method(request.method().as_str())
            .uri(format!("{}{}", self.behind, request.url()))
            .header("Prefer", prefer);
        for header in request.headers() {
            let name = header.field.as_str().as_str();
            if !NOT_HANDED_ON.iter().any(|not| name.eq_ignore_ascii_case(not)) {
                onward = onward.header(name, header.value.as_str());
            }
        }
        let has_body = !body.is_empty();
        let mut response = if has_body {
            self.agent.run(onward.body(body.clone())?)?
        } else {
            self.agent.run(onward.body(())?)?
        };

        let violations = response.headers().get("sl-violations");
        let violations =
            violations.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let is_refused = violations.is_some();
        let (path, query) = request.url().split_once('?').unwrap_or((request.url(), ""));
        let query = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        self.keep(Received {
            method: request.method().to_string(),
            path: path.to_owned(),
            query,
            token: header(request, &self.token_header),
            body: serde_json::from_slice(&body).ok(),
            violations,
        });
        let status = response.status().as_u16();
        let answered = response.body_mut().read_to_string()?;
        if is_refused || !reply.is_ours {
            return Ok((status, answered));
        }
        Ok((status, reply.body.to_string()))
    }
}

/// By its length, since the server leaves a request that offers to upgrade, as Java's do, open.
fn body(request: &mut Request) -> Result<Vec<u8>, Failure> {
    let is_chunked = header(request, "Transfer-Encoding").is_some();
    let length = request.body_length().map_or(0, |length| length as u64);
    let mut body = Vec::new();
    let limit = if is_chunked { u64::MAX } else { length };
    request.as_reader().take(limit).read_to_end(&mut body)?;
    Ok(body)
}

fn header(request: &Request, name: &str) -> Option<String> {
    let mut headers = request.headers().iter();
    let header = headers.find(|header| header.field.as_str().as_str().eq_ignore_ascii_case(name));
    header.map(|header| header.value.to_string())
}

fn lock(exchange: &Mutex<Exchange>) -> std::sync::MutexGuard<'_, Exchange> {
    exchange.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A server that says in its reply what it was asked to prefer.
    struct Behind(Arc<Server>);

    impl Behind {
        fn start(violations: Option<&'static str>) -> (Self, String) {
            let server = Arc::new(Server::http("127.0.0.1:0").unwrap());
            let address = format!("http://{}", server.server_addr());
            let worker = Arc::clone(&server);
            thread::spawn(move || {
                while let Ok(request) = worker.recv() {
                    let preferred = json!({"prefer": header(&request, "Prefer")}).to_string();
                    let mut response = Response::from_string(preferred);
                    if let Some(violations) = violations {
                        let header = Header::from_bytes("sl-violations", violations).unwrap();
                        response = response.with_header(header);
                    }
                    request.respond(response).unwrap();
                }
            });
            (Self(server), address)
        }
    }

    impl Drop for Behind {
        fn drop(&mut self) {
            self.0.unblock();
        }
    }

    fn reply(is_ours: bool) -> Reply {
        Reply {
            status: 200,
            example: "bakeResponse".to_owned(),
            body: json!({"ours": true}),
            is_ours,
            planted: Vec::new(),
        }
    }

    fn put(front: &Front) -> String {
        let address = format!("{}/ovens/left?crusts=DARK%2CLIGHT&x=a+b", front.address());
        let request = ureq::put(address).header("x-key", "secret");
        request.send(r#"{"grams": 0}"#).unwrap().body_mut().read_to_string().unwrap()
    }

    #[test]
    fn a_request_is_kept_and_the_example_asked_for() {
        let (_behind, address) = Behind::start(None);
        let front = Front::start(&address, "X-Key").unwrap();
        let (answer, received) = front.during(&reply(false), || put(&front));
        assert_eq!(answer, r#"{"prefer":"code=200, example=bakeResponse"}"#);
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let expected = Received {
            method: "PUT".to_owned(),
            path: "/ovens/left".to_owned(),
            query: vec![pair("crusts", "DARK,LIGHT"), pair("x", "a b")],
            token: Some("secret".to_owned()),
            body: Some(json!({"grams": 0})),
            violations: None,
        };
        assert_eq!(received, [expected]);
    }

    #[test]
    fn a_request_that_offers_to_upgrade_is_read_to_its_length() {
        let (_behind, address) = Behind::start(None);
        let front = Front::start(&address, "X-Key").unwrap();
        let call = || {
            let request = ureq::put(front.address()).header("Upgrade", "h2c");
            let request = request.header("Connection", "Upgrade, HTTP2-Settings");
            request
                .config()
                .timeout_global(Some(Duration::from_secs(10)))
                .build()
                .send("[1]")
                .is_ok()
        };
        let (is_answered, received) = front.during(&reply(false), call);
        assert!(is_answered);
        assert_eq!(received[0].body, Some(json!([1])));
    }

    #[test]
    fn a_request_in_chunks_is_read_to_its_end() {
        let (_behind, address) = Behind::start(None);
        let front = Front::start(&address, "X-Key").unwrap();
        let mut body = &b"[1, 2]"[..];
        let call =
            || ureq::put(front.address()).send(ureq::SendBody::from_reader(&mut body)).is_ok();
        let (is_answered, received) = front.during(&reply(false), call);
        assert!(is_answered);
        assert_eq!(received[0].body, Some(json!([1, 2])));
    }

    #[test]
    fn a_reply_of_ours_goes_out_only_for_a_valid_request() {
        for (violations, expected) in [
            (None, r#"{"ours":true}"#),
            (Some("[]"), r#"{"prefer":"code=200, example=bakeResponse"}"#),
        ] {
            let (_behind, address) = Behind::start(violations);
            let front = Front::start(&address, "X-Key").unwrap();
            let (answer, received) = front.during(&reply(true), || put(&front));
            assert_eq!(answer, expected);
            assert_eq!(received[0].violations.as_deref(), violations);
        }
    }

    #[test]
    fn a_server_that_is_gone_is_a_violation() {
        let (behind, address) = Behind::start(None);
        drop(behind);
        let front = Front::start(&address, "X-Key").unwrap();
        let (_, received) =
            front.during(&reply(false), || ureq::get(front.address()).call().is_ok());
        assert!(received[0].violations.is_some(), "{received:?}");
    }
}
