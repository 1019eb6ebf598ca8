//! A real Keystone on loopback, with a user, projects and application credentials in it; and a
//! double of the service that asks it whether a token is good.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use http::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the tests run without it, unless this variable says `required`.
const SWITCH: &str = "OTC_AUTOSCALING_KEYSTONE";
const CONSTRAINTS: &str = include_str!("constraints.txt");
pub const PASSWORD: &str = "canary-password-7d31";
pub const CREDENTIAL_SECRET: &str = "canary-credential-b86e";

pub struct Keystone {
    /// With its `/v3`.
    pub url: String,
    pub domain_id: String,
    pub project_id: String,
    pub user_id: String,
    pub credential_id: String,
    admin_token: String,
    /// Ends when this process does, since its input does.
    _server: Child,
}

pub const DOMAIN: &str = "OTC-EU-DE-0001";
pub const PROJECT: &str = "eu-de_fleet";
pub const USER: &str = "scaler";
pub const CREDENTIAL: &str = "controller";

impl Keystone {
    /// Starts one whose tokens live that many seconds, and installs it before if it is not there.
    /// None, and a line that says why, where that can't be done.
    pub async fn start(lifetime: u32) -> Option<Self> {
        match tokio::task::spawn_blocking(move || started(lifetime)).await.unwrap() {
            Ok((server, url)) => Some(Self::filled(server, url).await),
            Err(reason) if std::env::var(SWITCH).is_ok_and(|value| value == "required") => {
                panic!("there is no Keystone: {reason}")
            }
            Err(reason) => {
                // Not by a macro, whose output is shown of failed tests only.
                let _ = writeln!(std::io::stderr(), "skipped, as there is no Keystone: {reason}");
                None
            }
        }
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
        // Only its own user can make an application credential.
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

    /// As the admin, unless the headers say otherwise.
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

    /// Puts the service into the catalog, at this address in a region of its own.
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

    /// The project that a token is for, while Keystone says that it is good.
    async fn project_of(&self, token: &str) -> Option<String> {
        // By itself: the admin's own token may have expired.
        let headers = [("x-auth-token", token), ("x-subject-token", token)];
        let (status, reply) = self.asked(Method::GET, "auth/tokens", None, &headers).await;
        (status == StatusCode::OK).then(|| id_of(&reply["token"]["project"]))
    }
}

fn id_of(value: &Value) -> String {
    value["id"].as_str().unwrap_or_else(|| panic!("no id in {value}")).to_owned()
}

/// Each test has a runtime of its own, so that no connection is kept for the next one.
fn http_client() -> &'static reqwest::Client {
    static CLIENT: LazyLock<reqwest::Client> = LazyLock::new(|| {
        reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap()
    });
    &CLIENT
}

/// Starts the server, and reads the address that it prints.
fn started(lifetime: u32) -> Result<(Child, String), String> {
    let python = installed()?;
    let folder = tempfile::Builder::new().prefix("keystone").tempdir();
    // The server removes it.
    let folder = folder.map_err(|error| error.to_string())?.keep();
    let log = folder.join("log");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keystone/serve.py");
    let mut server = Command::new(python)
        .arg(script)
        .arg(&folder)
        .arg(lifetime.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(File::create(&log).map_err(|error| error.to_string())?)
        .spawn()
        .map_err(|error| error.to_string())?;
    for line in BufReader::new(server.stdout.take().unwrap()).lines().map_while(Result::ok) {
        if let Some(address) = line.strip_prefix("ready ") {
            return Ok((server, format!("{address}/v3")));
        }
    }
    let log = fs::read_to_string(log).unwrap_or_default();
    let _ = server.kill();
    let _ = fs::remove_dir_all(folder);
    Err(format!("it did not start: {}", log.lines().last().unwrap_or_default()))
}

/// The Python that has Keystone, installed when it is not there as the constraints say.
fn installed() -> Result<PathBuf, String> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let (place, stamp) = (target.join("keystone"), target.join("keystone/installed"));
    let python = place.join("bin/python");
    let io = |error: std::io::Error| error.to_string();
    // Of tests that run at the same time, one installs.
    let lock = File::create(target.join("keystone.lock")).map_err(io)?;
    lock.lock().map_err(io)?;
    if fs::read_to_string(&stamp).is_ok_and(|text| text == CONSTRAINTS) {
        return Ok(python);
    }
    if place.exists() {
        fs::remove_dir_all(&place).map_err(io)?;
    }
    ran(Command::new("python3").args(["-m", "venv"]).arg(&place))?;
    let constraints = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keystone/constraints.txt");
    ran(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .args(["--only-binary", ":all:", "keystone", "--constraint"])
        .arg(constraints))?;
    fs::write(stamp, CONSTRAINTS).map_err(io)?;
    Ok(python)
}

/// Runs a command; of one that fails, the first line that is called an error, or else the last.
fn ran(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_owned();
    let output = command.output().map_err(|error| format!("{}: {error}", program.display()))?;
    if output.status.success() {
        return Ok(());
    }
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    let line = text.lines().find(|line| line.starts_with("ERROR"));
    Err(line.or(text.lines().last()).unwrap_or_default().to_owned())
}

/// A double of the service. It takes a request whose token Keystone says is good, for the project
/// that the path names, and answers 401 to any other.
pub struct Service {
    pub address: String,
    requests: Arc<Mutex<Vec<(String, StatusCode)>>>,
}

impl Service {
    pub async fn start(keystone: &'static Keystone) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(answered(socket, keystone, Arc::clone(&kept)));
            }
        });
        Self { address, requests }
    }

    /// Each token that came, and the status that was answered to it.
    pub fn requests(&self) -> Vec<(String, StatusCode)> {
        self.requests.lock().unwrap().clone()
    }

    pub fn statuses(&self) -> Vec<u16> {
        self.requests().iter().map(|(_, status)| status.as_u16()).collect()
    }
}

async fn answered(
    mut socket: TcpStream,
    keystone: &Keystone,
    kept: Arc<Mutex<Vec<(String, StatusCode)>>>,
) {
    let head = head(&mut socket).await;
    let token = head.lines().find_map(|line| line.strip_prefix("x-auth-token: "));
    let token = token.unwrap_or_default().to_owned();
    let project = keystone.project_of(&token).await;
    let is_good = project.is_some_and(|id| head.contains(&format!("/autoscaling-api/v2/{id}/")));
    let (status, body) = if is_good {
        (StatusCode::OK, json!({ "scaling_activity_log": [] }))
    } else {
        (StatusCode::UNAUTHORIZED, json!({ "error": { "code": "AS.0005", "message": "m" } }))
    };
    kept.lock().unwrap().push((token, status));
    let body = body.to_string();
    let reply = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let _ = socket.write_all(reply.as_bytes()).await;
    let _ = socket.shutdown().await;
}

/// The start of a request, to the end of its header fields.
async fn head(socket: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        match socket.read_buf(&mut head).await {
            Ok(1..) => {}
            _ => break,
        }
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// What stands before Keystone: it counts how often a token is asked for, and breaks off as many
/// connections as it is told to before it lets one through.
pub struct Gate {
    /// In place of Keystone's.
    pub url: String,
    asked: Arc<AtomicUsize>,
}

impl Gate {
    pub async fn before(keystone: &'static Keystone, broken: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v3", listener.local_addr().unwrap());
        let behind = keystone.url.trim_start_matches("http://").trim_end_matches("/v3");
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let count = Arc::clone(&count);
                tokio::spawn(async move {
                    let head = head(&mut socket).await;
                    assert!(head.starts_with("POST /v3/auth/tokens HTTP/1.1\r\n"), "{head}");
                    if count.fetch_add(1, Ordering::SeqCst) >= broken {
                        let mut behind = TcpStream::connect(behind).await.unwrap();
                        behind.write_all(head.as_bytes()).await.unwrap();
                        let _ = tokio::io::copy_bidirectional(&mut socket, &mut behind).await;
                    }
                });
            }
        });
        Self { url, asked }
    }

    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}
