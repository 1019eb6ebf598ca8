//! Reused connections, and HTTP/2.

use std::sync::{Arc, Mutex};

use h2::Reason;
use http::{Method, Response};
use otc_autoscaling::{Client, Credentials, ErrorKind, HttpClient, Retry};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::support::clock::VirtualClock;
use crate::support::service::{Service, Step};
use crate::support::{PROJECT, TOKEN};

const BODY: &str = r#"{"scaling_group_id":"g","total_number":0}"#;

fn retry() -> Retry {
    Retry::default().backoff(std::time::Duration::ZERO, std::time::Duration::ZERO)
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    (listener, address)
}

/// A test server that responds to the first request, closes the connection at the second, and responds to the third.
async fn forgetful() -> Service {
    let length = format!("content-length: {}", BODY.len());
    let kept = format!("HTTP/1.1 200 OK\r\n{length}\r\n\r\n{BODY}");
    let kept = vec![Step::Send(kept.into()), Step::Keep];
    Service::start(&VirtualClock::default(), vec![kept.clone(), vec![], kept]).await
}

/// The methods of the received requests.
fn methods(service: &Service) -> Vec<String> {
    let requests = service.requests();
    requests.iter().map(|request| request.split(' ').next().unwrap().to_owned()).collect()
}

fn client(address: &str) -> Client {
    let settings = Client::builder().endpoint(address).project_id(PROJECT).retry(retry());
    settings.credentials(Credentials::token(TOKEN)).build().unwrap()
}

#[tokio::test]
async fn put_on_a_reused_connection_that_closes_is_not_retried() {
    let service = forgetful().await;
    let client = client(&service.address);
    let change = || client.update_scaling_group().scaling_group_id("g");
    change().send().await.unwrap();
    let error = change().send().await.unwrap_err();
    assert!(error.kind() == ErrorKind::Connection);
    assert_eq!(error.attempts(), 1);
    assert_eq!((methods(&service), service.connections()), (vec!["PUT".to_owned(); 2], 1));
}

#[tokio::test]
async fn get_on_a_reused_connection_that_closes_is_retried() {
    let service = forgetful().await;
    let client = client(&service.address);
    let read = || client.list_scaling_activity_logs().scaling_group_id("g");
    read().send().await.unwrap();
    assert_eq!(read().send().await.unwrap().attempts(), 2);
    assert_eq!((methods(&service), service.connections()), (vec!["GET".to_owned(); 3], 2));
}

/// A test server for HTTP/2 that resets the streams of the first requests with these reasons, and responds to the
/// others.
async fn multiplexing(reasons: Vec<Reason>) -> (String, Arc<Mutex<Vec<Method>>>) {
    let (listener, address) = listen().await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&seen);
    tokio::spawn(async move {
        let mut reasons = reasons.into_iter();
        while let Ok((socket, _)) = listener.accept().await {
            let mut connection = h2::server::handshake(socket).await.unwrap();
            while let Some(Ok((request, mut respond))) = connection.accept().await {
                kept.lock().unwrap().push(request.method().clone());
                match reasons.next() {
                    Some(reason) => respond.send_reset(reason),
                    None => {
                        let mut body = respond.send_response(Response::new(()), false).unwrap();
                        body.send_data(BODY.into(), true).unwrap();
                    }
                }
            }
        }
    });
    (address, seen)
}

/// Creates a client that uses HTTP/2 without TLS.
fn multiplexing_client(address: &str, retry: Retry) -> Client {
    Client::builder()
        .endpoint(address)
        .project_id(PROJECT)
        .credentials(Credentials::token(TOKEN))
        .http_client(HttpClient::new(reqwest::ClientBuilder::http2_prior_knowledge))
        .retry(retry)
        .build()
        .unwrap()
}

/// A token of the identity service with a long catalog is a header of this size.
#[tokio::test]
async fn long_header_field_is_read_over_http_2() {
    let (listener, address) = listen().await;
    tokio::spawn(async move {
        let (socket, _) = listener.accept().await.unwrap();
        let mut connection = h2::server::handshake(socket).await.unwrap();
        while let Some(Ok((_, mut respond))) = connection.accept().await {
            let response = Response::builder().header("x-long", "a".repeat(20 << 10));
            let mut body = respond.send_response(response.body(()).unwrap(), false).unwrap();
            body.send_data(BODY.into(), true).unwrap();
        }
    });
    let client = multiplexing_client(&address, Retry::never());
    let response = client.update_scaling_group().scaling_group_id("g").send().await.unwrap();
    assert_eq!(response.headers()["x-long"].len(), 20 << 10);
}

#[tokio::test]
async fn put_on_a_refused_stream_is_retried() {
    let (address, seen) = multiplexing(vec![Reason::REFUSED_STREAM; 2]).await;
    let client = multiplexing_client(&address, retry());
    let change = client.update_scaling_group().scaling_group_id("g");
    assert_eq!(change.send().await.unwrap().attempts(), 3);
    assert_eq!(seen.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn retry_never_disables_retries_of_reqwest() {
    let (address, seen) = multiplexing(vec![Reason::REFUSED_STREAM]).await;
    let client = multiplexing_client(&address, Retry::never());
    let change = client.update_scaling_group().scaling_group_id("g");
    let error = change.send().await.unwrap_err();
    assert!(error.kind() == ErrorKind::Connection && error.is_transient());
    assert_eq!((error.attempts(), seen.lock().unwrap().len()), (1, 1));
}

#[tokio::test]
async fn put_on_a_reset_stream_is_not_retried() {
    for reason in [Reason::INTERNAL_ERROR, Reason::CANCEL, Reason::NO_ERROR] {
        let (address, seen) = multiplexing(vec![reason]).await;
        let client = multiplexing_client(&address, retry());
        let change = client.update_scaling_group().scaling_group_id("g");
        let error = change.send().await.unwrap_err();
        assert_eq!((error.attempts(), seen.lock().unwrap().len()), (1, 1), "{reason}");

        let (address, _) = multiplexing(vec![reason]).await;
        let client = multiplexing_client(&address, retry());
        let read = client.list_scaling_activity_logs().scaling_group_id("g");
        assert_eq!(read.send().await.unwrap().attempts(), 2, "{reason}");
    }
}

/// A test server that sends GOAWAY with the last stream ID `last` on its first connection, and responds on the second.
async fn leaving(last: u8) -> (String, Arc<Mutex<Vec<Method>>>) {
    const SETTINGS: [u8; 9] = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    // With the error code NO_ERROR.
    let goaway = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, last, 0, 0, 0, 0];
    let (listener, address) = listen().await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&seen);
    tokio::spawn(async move {
        let (mut first, _) = listener.accept().await.unwrap();
        first.write_all(&SETTINGS).await.unwrap();
        let mut came = Vec::new();
        while !has_headers(&came) {
            assert_ne!(first.read_buf(&mut came).await.unwrap(), 0);
        }
        first.write_all(&goaway).await.unwrap();
        drop(first);
        let (second, _) = listener.accept().await.unwrap();
        let mut connection = h2::server::handshake(second).await.unwrap();
        while let Some(Ok((request, mut respond))) = connection.accept().await {
            kept.lock().unwrap().push(request.method().clone());
            let mut body = respond.send_response(Response::new(()), false).unwrap();
            body.send_data(BODY.into(), true).unwrap();
        }
    });
    (address, seen)
}

/// Whether a HEADERS frame was received after the preface of 24 bytes.
fn has_headers(came: &[u8]) -> bool {
    let mut at = 24;
    while let Some(head) = came.get(at..at + 9) {
        if head[3] == 1 {
            return true;
        }
        at += 9 + usize::from(head[0]) * 65_536 + usize::from(head[1]) * 256 + usize::from(head[2]);
    }
    false
}

#[tokio::test]
async fn put_before_goaway_is_sent_on_another_connection() {
    let (address, seen) = leaving(0).await;
    let client = multiplexing_client(&address, retry());
    let change = client.update_scaling_group().scaling_group_id("g");
    assert_eq!(change.send().await.unwrap().attempts(), 2);
    assert_eq!(*seen.lock().unwrap(), [Method::PUT]);
}

#[tokio::test]
async fn put_processed_before_goaway_is_not_retried() {
    let (address, seen) = leaving(1).await;
    let client = multiplexing_client(&address, retry());
    let change = client.update_scaling_group().scaling_group_id("g");
    let error = change.send().await.unwrap_err();
    assert!(error.kind() == ErrorKind::Connection, "{error:?}");
    assert_eq!((error.attempts(), seen.lock().unwrap().len()), (1, 0));
}
