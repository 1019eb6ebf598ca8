//! Comparison of `Credentials::from_env` with openstacksdk 4.22.0: with the same variables and files, both send
//! the same body to the identity service, except for the differences that `variants.yaml` gives a reason for.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use otc_autoscaling::{Client, Credentials};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::support::python;
use crate::support::service::{Service, json_response};

const CONSTRAINTS: &str = include_str!("constraints.txt");
const VARIANTS: &str = include_str!("variants.yaml");

/// The input of both.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Variant {
    name: String,
    variables: BTreeMap<String, String>,
    clouds: Option<String>,
    secure: Option<String>,
    /// The reason for the difference, if one is expected.
    differs: Option<String>,
    #[serde(default)]
    folder: PathBuf,
}

/// The child process. Logs in with the credentials that it finds, and prints the outcome.
#[tokio::test]
#[ignore = "is a part of the other test, which runs it with variables"]
async fn child() {
    let outcome = match Credentials::from_env() {
        Ok(credentials) => {
            let client =
                Client::builder().region("eu-de").credentials(credentials).discover().await;
            client.map_err(|error| error.to_string())
        }
        Err(error) => Err(error.to_string()),
    };
    println!("found {outcome:?}");
}

/// Returns the request of this crate, or the error if it sends none.
async fn ours(variant: &Variant) -> Value {
    let rejection = json!({ "error": { "code": 401, "message": "no", "title": "Unauthorized" } });
    let identity = Service::always(json_response("401 Unauthorized", &rejection)).await;
    let put = |text: &str| {
        let url = format!("{}/v3", identity.address);
        text.replace("URL", &url).replace("ROOT", &identity.address)
    };
    let folder = variant.folder.join("ours");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, text) in [("clouds.yaml", &variant.clouds), ("secure.yaml", &variant.secure)] {
        if let Some(text) = text {
            std::fs::write(folder.join(name), put(text)).unwrap();
        }
    }
    let mut child = Command::new(std::env::current_exe().unwrap());
    child
        .args(["--exact", "openstacksdk::child", "--ignored", "--nocapture"])
        .current_dir(&folder)
        .env_clear()
        .env("HOME", &folder)
        .envs(variant.variables.iter().map(|(name, value)| (name, put(value))));
    let output = tokio::task::spawn_blocking(move || child.output().unwrap()).await.unwrap();
    let output = String::from_utf8(output.stdout).unwrap();
    let error = output.lines().find_map(|line| Some(line.split_once("found ")?.1));
    match identity.requests().as_slice() {
        [] => json!({ "error": error.unwrap_or_else(|| panic!("{output}")) }),
        [request, ..] => {
            let (head, body) = request.split_once("\r\n\r\n").unwrap();
            let lookup = || head.split(" HTTP").next().into();
            json!({ "body": serde_json::from_str::<Value>(body).unwrap_or_else(|_| lookup()) })
        }
    }
}

/// Returns the request of openstacksdk for each variant, or the error if it sends none.
fn theirs(variants: &[Variant]) -> Vec<Value> {
    let python = python::with("openstacksdk", "openstacksdk", CONSTRAINTS);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/openstacksdk/capture.py");
    let mut capture = Command::new(python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    capture.stdin.take().unwrap().write_all(json!(variants).to_string().as_bytes()).unwrap();
    let output = capture.wait_with_output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The identity and the scope of a request, in one line.
fn shown(sent: &Value) -> String {
    let auth = &sent["body"]["auth"];
    match (sent["error"].as_str(), sent["body"].as_str()) {
        (Some(_), _) => "nothing".to_owned(),
        (None, Some(lookup)) => lookup.to_owned(),
        (None, None) => format!("{} {}", auth["identity"], auth["scope"]),
    }
}

#[tokio::test]
#[ignore = "installs openstacksdk; run: cargo test --workspace --all-features -- --ignored"]
async fn both_send_the_same_but_for_the_listed_differences() {
    let mut variants: Vec<Variant> = serde_saphyr::from_str(VARIANTS).unwrap();
    assert!(variants.len() >= 60);
    let folder = tempfile::tempdir().unwrap();
    for (index, variant) in variants.iter_mut().enumerate() {
        variant.folder = folder.path().join(index.to_string());
        std::fs::create_dir(&variant.folder).unwrap();
    }
    let theirs = theirs(&variants);
    let (mut wrong, mut same, mut table) = (Vec::new(), 0, String::new());
    for (variant, theirs) in variants.iter().zip(&theirs) {
        let name = &variant.name;
        let ours = ours(variant).await;
        let is_same = match (ours.get("body"), theirs.get("body")) {
            (None, None) => true,
            (ours, theirs) => ours == theirs,
        };
        match (variant.differs.as_deref(), is_same) {
            (None, true) => same += 1,
            (Some(reason), false) => {
                table += &format!(
                    "{}\n  openstacksdk  {}\n  ours          {}\n  {reason}\n",
                    name,
                    shown(theirs),
                    shown(&ours)
                );
            }
            (None, false) => wrong.push(format!("{name} differs: {theirs} {ours}")),
            (Some(_), true) => wrong.push(format!("{name} does not differ: {theirs} {ours}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    insta::assert_snapshot!("differences", format!("the same: {same}\n\n{table}"));
}
