//! A real Keystone server on loopback, with a domain, a project, a user and an application credential.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use http::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::python;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/keystone");
const CONSTRAINTS: &str = include_str!("constraints.txt");
pub const PASSWORD: &str = "canary-password-7d31";
pub const CREDENTIAL_SECRET: &str = "canary-credential-b86e";

pub struct Keystone {
    /// The URL, with `/v3`.
    pub url: String,
    pub domain_id: String,
    pub project_id: String,
    pub user_id: String,
    pub credential_id: String,
    admin_token: String,
    /// Exits with this process, which closes its standard input.
    _server: Child,
}

pub const DOMAIN: &str = "OTC-EU-DE-0001";
pub const PROJECT: &str = "eu-de_fleet";
pub const USER: &str = "scaler";
pub const CREDENTIAL: &str = "controller";

impl Keystone {
    /// Starts a server, and installs Keystone first if necessary.
    pub async fn start() -> Self {
        let (server, url) = tokio::task::spawn_blocking(started).await.unwrap();
        Self::filled(server, url).await
    }

    async fn filled(server: Child, url: String) -> Self {
        let mut keystone = Self {
            url,
            domain_id: String::new(),
            project_id: String::new(),
            user_id: String::new(),
            credential_id: String::new(),
            admin_token: String::new(),
            _server: server,
        };
        let user = json!({ "name": "admin", "domain": { "id": "default" }, "password": "admin" });
        let project = json!({ "name": "admin", "domain": { "id": "default" } });
        keystone.admin_token = keystone.token(&user, &project).await;
        let body = json!({ "domain": { "name": DOMAIN } });
        keystone.domain_id = keystone.made("domains", "domain", &body).await;
        let of_domain = |name: &str| json!({ "name": name, "domain_id": keystone.domain_id });
        let body = json!({ "project": of_domain(PROJECT) });
        keystone.project_id = keystone.made("projects", "project", &body).await;
        let mut user = of_domain(USER);
        user["password"] = json!(PASSWORD);
        keystone.user_id = keystone.made("users", "user", &json!({ "user": user })).await;
        let roles = keystone.asked(Method::GET, "roles?name=member", None, &[]).await.1;
        let role = roles["roles"][0]["id"].as_str().unwrap();
        let grant =
            format!("projects/{}/users/{}/roles/{role}", keystone.project_id, keystone.user_id);
        assert_eq!(keystone.asked(Method::PUT, &grant, None, &[]).await.0, StatusCode::NO_CONTENT);
        // Application credentials can only be created by their own user.
        let user = json!({ "id": keystone.user_id, "password": PASSWORD });
        let token = keystone.token(&user, &json!({ "id": keystone.project_id })).await;
        let body = json!({
            "application_credential": { "name": CREDENTIAL, "secret": CREDENTIAL_SECRET }
        });
        let path = format!("users/{}/application_credentials", keystone.user_id);
        let headers = [("x-auth-token", token.as_str())];
        let made = keystone.asked(Method::POST, &path, Some(&body), &headers).await.1;
        keystone.credential_id = id_of(&made["application_credential"]);
        keystone
    }

    async fn token(&self, user: &Value, project: &Value) -> String {
        let body = json!({ "auth": {
            "identity": { "methods": ["password"], "password": { "user": user } },
            "scope": { "project": project }
        } });
        let url = format!("{}/auth/tokens", self.url);
        let reply = http_client().post(url).json(&body).send().await.unwrap();
        assert_eq!(reply.status(), StatusCode::CREATED);
        reply.headers()["x-subject-token"].to_str().unwrap().to_owned()
    }

    async fn made(&self, path: &str, key: &str, body: &Value) -> String {
        let (status, reply) = self.asked(Method::POST, path, Some(body), &[]).await;
        assert_eq!(status, StatusCode::CREATED, "{reply}");
        id_of(&reply[key])
    }

    /// Sends a request, with the token of the admin unless the headers contain one.
    async fn asked(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> (StatusCode, Value) {
        let mut request = http_client().request(method, format!("{}/{path}", self.url));
        if !headers.iter().any(|(name, _)| *name == "x-auth-token") {
            request = request.header("x-auth-token", &self.admin_token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let reply = request.send().await.unwrap();
        (reply.status(), reply.json().await.unwrap_or_default())
    }

    /// Adds a service with this address to the catalog, in a new region.
    pub async fn catalogue(&self, region: &str, address: &str) {
        let body = json!({ "region": { "id": region } });
        self.made("regions", "region", &body).await;
        let body = json!({ "service": { "type": "asv1", "name": region } });
        let service = self.made("services", "service", &body).await;
        for (interface, address) in [("public", address), ("internal", "http://127.0.0.1:1")] {
            let url = format!("{address}/autoscaling-api/v1/$(project_id)s");
            let body = json!({ "endpoint": {
                "service_id": service, "interface": interface, "region_id": region, "url": url
            } });
            self.made("endpoints", "endpoint", &body).await;
        }
    }

    pub async fn revoke(&self, token: &str) {
        let headers = [("x-subject-token", token)];
        let reply = self.asked(Method::DELETE, "auth/tokens", None, &headers).await;
        assert_eq!(reply.0, StatusCode::NO_CONTENT);
    }

    /// Forwards the bytes of a request, and returns those of the response.
    pub async fn reply_to(&self, request: &str) -> Vec<u8> {
        let address = self.url.trim_start_matches("http://").trim_end_matches("/v3");
        let mut socket = TcpStream::connect(address).await.unwrap();
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut reply = Vec::new();
        socket.read_to_end(&mut reply).await.unwrap();
        reply
    }

    /// Returns the project of a token, if the token is valid.
    pub async fn project_of(&self, token: &str) -> Option<String> {
        // Authenticated with the token itself, since that of the admin may have expired.
        let headers = [("x-auth-token", token), ("x-subject-token", token)];
        let (status, reply) = self.asked(Method::GET, "auth/tokens", None, &headers).await;
        (status == StatusCode::OK).then(|| id_of(&reply["token"]["project"]))
    }
}

fn id_of(value: &Value) -> String {
    value["id"].as_str().unwrap_or_else(|| panic!("no id in {value}")).to_owned()
}

/// Keeps no idle connections, since each test has its own runtime.
fn http_client() -> &'static reqwest::Client {
    static CLIENT: LazyLock<reqwest::Client> = LazyLock::new(|| {
        reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap()
    });
    &CLIENT
}

/// Starts the server, and reads the address that it prints.
fn started() -> (Child, String) {
    let python = python::with("keystone", "keystone", CONSTRAINTS);
    // The server removes the folder.
    let folder = tempfile::Builder::new().prefix("keystone").tempdir().unwrap().keep();
    let log = folder.join("log");
    let mut server = Command::new(python)
        .arg(Path::new(FOLDER).join("serve.py"))
        .arg(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let lines = BufReader::new(server.stdout.take().unwrap()).lines().map_while(Result::ok);
    let Some(url) =
        lines.filter_map(|line| Some(format!("{}/v3", line.strip_prefix("ready ")?))).next()
    else {
        panic!("Keystone did not start: {}", fs::read_to_string(log).unwrap_or_default())
    };
    (server, url)
}
