//! Faults on the way to the service and back, as scripts of the test server.

use std::iter;
use std::time::Duration;

use otc_autoscaling::CredentialsError;
use serde_json::{Value, json};

use super::service::{Answer, Step, raw, reply};

/// A fault, and the script of the test server that causes it.
pub struct Fault {
    pub name: &'static str,
    /// `None` if nothing listens at the address.
    pub script: Option<Vec<Answer>>,
    /// How fetching the token fails, and how often.
    pub token: Option<(TokenFault, usize)>,
}

/// A failure to fetch a token.
#[derive(Clone, Copy)]
pub enum TokenFault {
    /// A temporary failure.
    Transient,
    /// The credentials are rejected.
    Rejection,
    /// The fetch never completes.
    Endless,
}

impl TokenFault {
    /// Returns the error, or never completes.
    pub async fn fail(self) -> Result<(), CredentialsError> {
        match self {
            Self::Transient => Err(CredentialsError::new("no vault").transient()),
            Self::Rejection => Err(CredentialsError::new("no right").rejected()),
            Self::Endless => std::future::pending().await,
        }
    }
}

const ID: &str = "x-request-id: r-1";
const JSON: &str = "content-type: application/json";
const HTML: &str = "content-type: text/html";
const PAGE: &str = "<html><body>A page of a proxy</body></html>";
/// Longer than the default timeout of an attempt.
const LONG: Duration = Duration::from_secs(45);

/// A successful response for both operations, with the fields of each.
pub fn success() -> Answer {
    let body = json!({ "scaling_group_id": "g", "total_number": 0, "scaling_activity_log": [] });
    reply("200 OK", &[JSON, ID], body.to_string())
}

fn error(status: &str, headers: &[&str]) -> Answer {
    let body = json!({ "error": { "code": "AS.0001", "message": "m" } });
    let headers: Vec<&str> = headers.iter().copied().chain([JSON, ID]).collect();
    reply(status, &headers, body.to_string())
}

fn rejection() -> Answer {
    let body = json!({ "error_code": "APIGW.0301", "error_msg": "m", "request_id": "r-2" });
    reply("401 Unauthorized", &[JSON], body.to_string())
}

/// Responds with the credentials of the request, at this place in the response.
pub fn echo(status: &'static str, place: &'static str) -> impl Fn(usize, &str) -> Answer {
    move |_, request| {
        let marked = ["x-auth-token: ", "x-security-token: ", "authorization: ", "x-own: "];
        let values = request.lines().filter_map(|line| {
            marked.iter().find_map(|name| line.strip_prefix(name)).map(str::to_owned)
        });
        let echoed = values.collect::<Vec<_>>().join(" ");
        let id = format!("x-request-id: {echoed}");
        match place {
            "message" => {
                let body =
                    json!({ "error": { "code": "AS.0005", "message": format!("bad: {echoed}") } });
                reply(status, &[JSON, ID], body.to_string())
            }
            "code" => reply(status, &[JSON, ID], json!({ "error_code": echoed }).to_string()),
            "body" => reply(status, &[HTML, ID], format!("<p>{echoed}</p>")),
            "cut" => {
                let body = format!("<p>{}{echoed}</p>", "x".repeat(70));
                vec![Step::Send(raw(status, &[HTML, ID, "content-length: 9999"], body))]
            }
            "text" => reply(status, &[JSON, ID], json!(echoed).to_string()),
            "request id" => reply(status, &[id.as_str()], ""),
            _ => panic!("no such place"),
        }
    }
}

pub const ECHOES: [(&str, &str); 9] = [
    ("401 Unauthorized", "message"),
    ("401 Unauthorized", "code"),
    ("401 Unauthorized", "body"),
    ("401 Unauthorized", "cut"),
    ("401 Unauthorized", "request id"),
    ("200 OK", "body"),
    ("200 OK", "cut"),
    ("200 OK", "text"),
    ("200 OK", "message"),
];

fn coded(status: &str, body: &str) -> Answer {
    reply(status, &[JSON, ID], body)
}

fn large(status: &str, byte: u8) -> Answer {
    const LENGTH: usize = 100_000_000;
    let length = format!("content-length: {LENGTH}");
    vec![Step::Send(raw(status, &[JSON, ID, &length], "")), Step::Fill(byte, LENGTH)]
}

fn nested(depth: usize) -> String {
    "[".repeat(depth) + &"]".repeat(depth)
}

/// Returns all faults. `elsewhere` is the address of another host.
pub fn faults(elsewhere: &str) -> Vec<Fault> {
    let always = |name, answer: Answer| Fault { name, script: Some(vec![answer]), token: None };
    let once =
        |name, answer: Answer| Fault { name, script: Some(vec![answer, success()]), token: None };
    let without_token = |name, fault, times| Fault {
        name,
        script: Some(vec![success()]),
        token: Some((fault, times)),
    };
    let bytes = |bytes: Vec<u8>| vec![Step::Send(bytes)];
    let half = |length: &str| raw("200 OK", &[JSON, ID, length], r#"{"scaling_gro"#);
    let moved = |status: &str, to: &str| reply(status, &[ID, &format!("location: {to}")], "");
    vec![
        Fault { name: "connection refused", script: None, token: None },
        always("reset before the headers", vec![Step::Reset]),
        once("reset before the headers, once", vec![Step::Reset]),
        always("closed before the headers", vec![]),
        always(
            "reset after the headers",
            vec![Step::Send(half("content-length: 90")), Step::Reset],
        ),
        always("body cut off", bytes(half("content-length: 90"))),
        once("body cut off, once", bytes(half("content-length: 90"))),
        always(
            "chunked body cut off",
            bytes(raw("200 OK", &[JSON, ID, "transfer-encoding: chunked"], "5\r\n{\"sca\r\n")),
        ),
        always(
            "error cut off",
            bytes(raw("403 Forbidden", &[JSON, ID, "content-length: 90"], r#"{"error":{"#)),
        ),
        always(
            "throttling cut off",
            bytes(raw("429 Too Many Requests", &[JSON, ID, "content-length: 90"], r#"{"error":{"#)),
        ),
        always("slow headers", [vec![Step::Wait(LONG)], success()].concat()),
        once("slow headers, once", [vec![Step::Wait(LONG)], success()].concat()),
        always("slow body", vec![Step::Send(half("content-length: 90")), Step::Wait(LONG)]),
        once("slow body, once", vec![Step::Send(half("content-length: 90")), Step::Wait(LONG)]),
        always(
            "slow, but within the timeout",
            [vec![Step::Wait(Duration::from_secs(29))], success()].concat(),
        ),
        always("408", error("408 Request Timeout", &[])),
        always("429", error("429 Too Many Requests", &[])),
        once("429 with seconds, once", error("429 Too Many Requests", &["retry-after: 17"])),
        once(
            "429 with a date, once",
            error("429 Too Many Requests", &["retry-after: Thu, 01 Jan 2026 00:00:19 GMT"]),
        ),
        once(
            "429 with a date that has passed, once",
            error("429 Too Many Requests", &["retry-after: Mon, 01 Dec 2025 00:00:00 GMT"]),
        ),
        once(
            "429 with an invalid Retry-After, once",
            error("429 Too Many Requests", &["retry-after: -1 soon"]),
        ),
        always("429 with an hour", error("429 Too Many Requests", &["retry-after: 3600"])),
        always(
            "429 with an overflowing number of seconds",
            error("429 Too Many Requests", &["retry-after: 99999999999999999999999"]),
        ),
        once("503 with Retry-After, once", error("503 Service Unavailable", &["retry-after: 5"])),
        always("503 with Retry-After", error("503 Service Unavailable", &["retry-after: 5"])),
        always(
            "503 with an invalid Retry-After",
            error("503 Service Unavailable", &["retry-after: later"]),
        ),
        always("503 without Retry-After", error("503 Service Unavailable", &[])),
        once("500, once", error("500 Internal Server Error", &[])),
        always("500", error("500 Internal Server Error", &[])),
        always("502 with HTML", reply("502 Bad Gateway", &[HTML, ID], PAGE)),
        always("504, empty", reply("504 Gateway Timeout", &[ID], "")),
        always("501", error("501 Not Implemented", &[])),
        once("401, once", rejection()),
        always("401 on every attempt", rejection()),
        Fault {
            name: "401, 429 with seconds, 401",
            script: Some(vec![
                rejection(),
                error("429 Too Many Requests", &["retry-after: 5"]),
                rejection(),
            ]),
            token: None,
        },
        always(
            "error of the service",
            coded(
                "400 Bad Request",
                r#"{"error":{"code":"AS.2007","message":"m","details":null}}"#,
            ),
        ),
        always(
            "error of the identity service",
            coded("403 Forbidden", r#"{"error":{"code":403,"message":"m","title":"Forbidden"}}"#),
        ),
        always(
            "error of the gateway",
            coded(
                "404 Not Found",
                r#"{"error_msg":"m","error_code":"APIGW.0101","request_id":"r-2"}"#,
            ),
        ),
        always(
            "error of an older service",
            coded("400 Bad Request", r#"{"badRequest":{"message":"m","code":"400"}}"#),
        ),
        always(
            "error of the monitoring service",
            coded(
                "403 Forbidden",
                r#"{"code":403,"element":"Forbidden","message":"m","details":{}}"#,
            ),
        ),
        always("error in HTML", reply("400 Bad Request", &[HTML, ID], PAGE)),
        always("error, empty", reply("409 Conflict", &[ID], "")),
        always(
            "error that is not valid UTF-8",
            reply(
                "400 Bad Request",
                &[ID],
                b"{\"error\":{\"code\":\"AS.2007\",\"message\":\"\xff\"}}",
            ),
        ),
        always("error, deeply nested", coded("400 Bad Request", &nested(100_000))),
        always(
            "200 with an error of the service",
            coded("200 OK", r#"{"error":{"code":"AS.2007","message":"m"}}"#),
        ),
        always(
            "200 with an error of the gateway",
            coded("200 OK", r#"{"error_msg":"m","error_code":"APIGW.0308","request_id":"r-2"}"#),
        ),
        always("200 with HTML", reply("200 OK", &[HTML, ID], PAGE)),
        always("200, empty", reply("200 OK", &[ID], "")),
        always("200 with a list", coded("200 OK", "[]")),
        always("200 with a string", coded("200 OK", r#""done""#)),
        always("200, deeply nested", coded("200 OK", &format!(r#"{{"new":{}}}"#, nested(100_000)))),
        always(
            "200 that is not valid UTF-8",
            reply("200 OK", &[ID], b"{\"scaling_group_id\":\"g\xff\",\"total_number\":0}"),
        ),
        always(
            "gzip declared but not used",
            reply(
                "200 OK",
                &[JSON, ID, "content-encoding: gzip"],
                r#"{"scaling_group_id":"g","total_number":0}"#,
            ),
        ),
        always(
            "gzip used but not requested",
            reply(
                "200 OK",
                &[JSON, ID, "content-encoding: gzip"],
                b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\xae\x05\x00",
            ),
        ),
        always("a body of 100 MB", large("200 OK", b' ')),
        always("an error of 100 MB", large("500 Internal Server Error", b'x')),
        always(
            "Content-Length too small",
            bytes(raw("200 OK", &[JSON, ID, "content-length: 9"], r#"{"scaling_group_id":"g"}"#)),
        ),
        always(
            "two different Content-Length headers",
            bytes(raw("200 OK", &[JSON, ID, "content-length: 2", "content-length: 3"], "{}")),
        ),
        always(
            "Content-Length that is not a number",
            bytes(raw("200 OK", &[JSON, ID, "content-length: two"], "{}")),
        ),
        always("response that is not HTTP", bytes(b"220 mail.example.com ESMTP\r\n".to_vec())),
        always(
            "endless headers",
            bytes([b"HTTP/1.1 200 OK\r\n".to_vec(), b"x-a: b\r\n".repeat(100_000)].concat()),
        ),
        without_token("token not available, once", TokenFault::Transient, 1),
        without_token("token not available", TokenFault::Transient, usize::MAX),
        without_token("credentials rejected", TokenFault::Rejection, usize::MAX),
        without_token("token request never completes", TokenFault::Endless, usize::MAX),
        always("redirect to another host", moved("302 Found", elsewhere)),
        always("redirect that keeps the method", moved("307 Temporary Redirect", elsewhere)),
        always("redirect to http", moved("308 Permanent Redirect", "http://as.example.com/")),
    ]
}

/// A fault while all pages of a list are read, with 100 entries each.
pub struct PageFault {
    pub name: &'static str,
    /// Returns the response, by the number of the request (from 0), the offset of its page, and its text.
    pub answer: fn(usize, usize, &str) -> Answer,
}

/// A page with the entries of these numbers, from a list of `total` entries.
fn page_of(numbers: impl IntoIterator<Item = usize>, total: usize) -> Answer {
    page(numbers.into_iter().map(entry).collect(), &json!(total))
}

fn entry(number: usize) -> Value {
    json!({ "id": format!("e{number}") })
}

fn page(entries: Vec<Value>, total: &Value) -> Answer {
    list(&entries.into(), total)
}

/// A page with any value as its list.
fn list(list: &Value, total: &Value) -> Answer {
    let body = json!({ "total_number": total, "scaling_activity_log": list });
    reply("200 OK", &[JSON, ID], body.to_string())
}

/// The page at an offset of a list of 250 entries.
fn whole(start: usize) -> Answer {
    page_of(start..250.min(start + 100), 250)
}

pub fn page_faults() -> Vec<PageFault> {
    let fault = |name, answer| PageFault { name, answer };
    vec![
        fault("none", |_, start, _| whole(start)),
        fault("token that expires between pages", |_, start, request| {
            if start > 0 && request.contains("-0\r\n") { rejection() } else { whole(start) }
        }),
        fault("500, once", |number, start, _| match number {
            1 => error("500 Internal Server Error", &[]),
            _ => whole(start),
        }),
        fault("500, from the second page on", |_, start, _| match start {
            0 => whole(0),
            _ => error("500 Internal Server Error", &[]),
        }),
        fault("429 with seconds, once", |number, start, _| match number {
            1 => error("429 Too Many Requests", &["retry-after: 5"]),
            _ => whole(start),
        }),
        fault("body cut off, once", |number, start, _| match number {
            1 => vec![Step::Send(raw("200 OK", &[JSON, ID, "content-length: 9"], "{"))],
            _ => whole(start),
        }),
        fault("404 at the second page", |_, start, _| match start {
            0 => whole(0),
            _ => error("404 Not Found", &[]),
        }),
        fault("HTML at the second page", |_, start, _| match start {
            0 => whole(0),
            _ => reply("200 OK", &[HTML, ID], PAGE),
        }),
        // Ten entries are added before those that were read: entry n is now at position n + 10.
        fault("entries added: pages repeat entries", |_, start, _| match start {
            0 => whole(0),
            _ => page_of(start - 10..250.min(start + 90), 260),
        }),
        // Ten of the entries that were read are removed: entry n is now at position n - 10.
        fault("entries removed: pages skip entries", |_, start, _| match start {
            0 => whole(0),
            _ => page_of(start + 10..250.min(start + 110), 240),
        }),
        fault("pages shorter than the limit", |_, start, _| {
            page_of(start..250.min(start + 30), 250)
        }),
        fault("repeated page", |_, _, _| whole(0)),
        // A list of 199 entries, to which one is added. The offset is ignored.
        fault("repeated page, and an added entry", |number, _, _| match number {
            0 => page_of(0..100, 199),
            _ => page_of(iter::once(999).chain(0..99), 200),
        }),
        // One entry expires before each request.
        fault("entries removed before each page", |number, start, _| {
            page_of(start..(250 - number).min(start + 100), 250 - number)
        }),
        fault("repeated page without IDs", |_, _, _| {
            page(vec![json!({ "status": "SUCCESS" }); 100], &json!(250))
        }),
        fault("repeated page, without a total", |_, _, _| {
            page((0..100).map(entry).collect(), &json!(null))
        }),
        fault("no total", |_, start, _| {
            let numbers = start..250.min(start + 100);
            page(numbers.map(entry).collect(), &json!(null))
        }),
        fault("total that is not a number", |_, start, _| {
            let numbers = start..250.min(start + 100);
            page(numbers.map(entry).collect(), &json!("many"))
        }),
        fault("total that is too large", |_, start, _| {
            page_of(start.min(250)..250.min(start + 100), 1_000_000)
        }),
        fault("empty page", |_, start, _| match start {
            0 => whole(0),
            _ => page_of([], 250),
        }),
        fault("null for the last list", |_, start, _| match start {
            250 => list(&json!(null), &json!(null)),
            _ => page((start..250.min(start + 100)).map(entry).collect(), &json!(null)),
        }),
        fault("null for a list before the end", |_, start, _| match start {
            0 => whole(0),
            _ => list(&json!(null), &json!(250)),
        }),
        fault("empty string for a list before the end", |_, start, _| match start {
            0 => whole(0),
            _ => list(&json!(""), &json!(250)),
        }),
        fault("list of another type", |_, start, _| match start {
            0 => whole(0),
            _ => list(&json!({ "0": { "id": "e100" } }), &json!(250)),
        }),
        fault("missing list", |_, start, _| match start {
            0 => whole(0),
            _ => coded("200 OK", r#"{"total_number":250}"#),
        }),
    ]
}

/// The offset of the requested page.
pub fn start_of(request: &str) -> usize {
    let number = request.split_once("start_number=").map_or("0", |(_, rest)| rest);
    number.split(|letter: char| !letter.is_ascii_digit()).next().unwrap().parse().unwrap()
}
