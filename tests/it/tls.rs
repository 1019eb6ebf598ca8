//! Permanent causes of failed connections: certificates, host names, proxies. None is retried, and each is named.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use otc_autoscaling::{Client, Credentials, Error, ErrorKind, HttpClient};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::support::service::{Service, raw, reply};
use crate::support::{GROUP, PROJECT, TOKEN};

/// A test server with a certificate.
struct Secured {
    address: SocketAddr,
    /// The certificate, in PEM.
    pem: String,
    connections: Arc<AtomicUsize>,
}

/// Starts a server whose certificate is for this name, and valid from the first year to the second.
async fn secured(name: &str, years: (i32, i32)) -> Secured {
    let mut about = CertificateParams::new([name.to_owned()]).unwrap();
    about.not_before = date_time_ymd(years.0, 1, 1);
    about.not_after = date_time_ymd(years.1, 1, 1);
    let key = KeyPair::generate().unwrap();
    let certificate = about.self_signed(&key).unwrap();
    let provider = Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            // The client closes the connection if it does not accept the certificate.
            let Ok(mut socket) = acceptor.accept(socket).await else { continue };
            let mut request = [0; 4096];
            if socket.read(&mut request).await.is_ok() {
                let response = raw("200 OK", &["content-length: 2"], "{}");
                let _ = socket.write_all(&response).await;
                let _ = socket.shutdown().await;
            }
        }
    });
    Secured { address, pem: certificate.pem(), connections }
}

fn client(endpoint: &str, http_client: HttpClient) -> Client {
    Client::builder()
        .endpoint(endpoint)
        .project_id(PROJECT)
        .credentials(Credentials::token(TOKEN))
        .http_client(http_client)
        .build()
        .unwrap()
}

/// Checks that a read and a modification fail without a retry, and returns the error of the latter.
async fn rejected(client: &Client) -> String {
    let read = client.list_scaling_activity_logs().scaling_group_id(GROUP).send().await;
    let change = client.update_scaling_group().scaling_group_id(GROUP).send().await;
    let errors: [Error; 2] = [read.unwrap_err(), change.unwrap_err()];
    for error in &errors {
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 1), "{error}");
        assert!(!error.is_transient() && !error.may_have_been_applied(), "{error}");
        assert_eq!(error.to_string().lines().count(), 1);
    }
    errors[1].to_string()
}

fn trusting(service: &Secured) -> HttpClient {
    HttpClient::default().root_certificates(&service.pem).unwrap()
}

#[tokio::test]
async fn certificate_that_is_not_trusted_is_named() {
    let service = secured("localhost", (2020, 2090)).await;
    let endpoint = format!("https://localhost:{}", service.address.port());
    let error = rejected(&client(&endpoint, HttpClient::new(|settings| settings))).await;
    let expected = "updateScalingGroup: could not connect to the service: invalid peer certificate: UnknownIssuer";
    assert_eq!(error, expected);
    assert_eq!(service.connections.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn certificate_of_an_authority_that_is_added_is_trusted() {
    let service = secured("localhost", (2020, 2090)).await;
    let endpoint = format!("https://localhost:{}", service.address.port());
    let client = client(&endpoint, trusting(&service));
    client.update_scaling_group().scaling_group_id(GROUP).send().await.unwrap();
}

#[tokio::test]
async fn expired_certificate_and_one_of_another_name_are_named() {
    for (name, years, expected) in [
        ("localhost", (2010, 2011), "certificate expired"),
        ("localhost", (2089, 2090), "certificate not valid yet"),
        ("other.example", (2020, 2090), "certificate not valid for name \"localhost\""),
    ] {
        let service = secured(name, years).await;
        let endpoint = format!("https://localhost:{}", service.address.port());
        let error = rejected(&client(&endpoint, trusting(&service))).await;
        assert!(
            error.contains("could not connect to the service: invalid peer certificate: "),
            "{error}"
        );
        assert!(error.contains(expected), "{error}");
    }
}

#[tokio::test]
async fn service_without_tls_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let _ = socket.write_all(&raw("400 Bad Request", &[], "")).await;
            let _ = socket.read(&mut [0; 4096]).await;
        }
    });
    let error = rejected(&client(&endpoint, HttpClient::new(|settings| settings))).await;
    assert!(error.contains("could not connect to the service: "), "{error}");
}

#[tokio::test]
async fn unknown_host_is_named() {
    let http_client = HttpClient::new(|settings| settings.no_proxy());
    let error = client("https://as.invalid", http_client);
    let error = error.update_scaling_group().scaling_group_id(GROUP).send().await.unwrap_err();
    // Without a name server, the lookup fails temporarily.
    let text = error.to_string();
    let expected = "could not connect to the service: failed to lookup address information: ";
    assert!(text.contains(expected), "{text}");
    let is_unknown = !text.contains("Temporary failure");
    assert_eq!((error.attempts() == 1, error.is_transient()), (is_unknown, !is_unknown), "{text}");
}

#[tokio::test]
async fn proxy_that_rejects_is_named() {
    for (status, expected) in [
        ("407 Proxy Authentication Required", "tunnel error: proxy authorization required"),
        ("403 Forbidden", "tunnel error: unsuccessful"),
    ] {
        let proxy = Service::always(reply(status, &[], "")).await;
        let address = proxy.address.clone();
        let http_client = HttpClient::new(move |settings| {
            settings.proxy(reqwest::Proxy::https(&address).unwrap())
        });
        let error = rejected(&client("https://as.example.com", http_client)).await;
        assert!(
            error.ends_with(&format!("could not connect to the service: {expected}")),
            "{error}"
        );
        assert_eq!(proxy.requests().len(), 2);
    }
}

#[tokio::test]
async fn response_with_many_header_fields_is_read() {
    for count in [101, 500, 900] {
        let fields: Vec<String> = (0..count).map(|number| format!("x-{number}: v")).collect();
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        let service = Service::always(reply("200 OK", &fields, "{}")).await;
        let change = service.client().update_scaling_group().scaling_group_id(GROUP).send().await;
        assert!(change.unwrap().headers().len() > count);
    }
    let fields: Vec<String> = (0..2_000).map(|number| format!("x-{number}: v")).collect();
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    let service = Service::always(reply("200 OK", &fields, "{}")).await;
    let change = service.client().update_scaling_group().scaling_group_id(GROUP).send().await;
    let error = change.unwrap_err();
    assert!(error.to_string().contains("unreadable response: "), "{error}");
    assert!(error.may_have_been_applied() && !error.is_transient() && error.attempts() == 1);
}
