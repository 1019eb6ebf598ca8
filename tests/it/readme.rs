//! The code of the README compiles, and runs against the double of the feature `mock`.

use include_file::include_markdown;
use otc_autoscaling::mock::{MockResponse, MockService};
use otc_autoscaling::{Client, Credentials};
use serde_json::json;

use crate::support::service::{Service, json_reply};

type Outcome = Result<(), Box<dyn std::error::Error>>;

const TOKEN: &str = "a-token";

fn double() -> (MockService, Client) {
    let service = MockService::new();
    let client = service.client();
    (service, client)
}

/// It would go to the real cloud: here it only compiles.
#[test]
fn a_program() {
    include_markdown!("README.md", "a-program");
    let _: fn() -> Outcome = main;
}

#[tokio::test]
async fn update_scaling_group() -> Outcome {
    let (_double, client) = double();
    include_markdown!("README.md", "update-scaling-group");
    Ok(())
}

#[tokio::test]
async fn update_scaling_policy() -> Outcome {
    let (_double, client) = double();
    include_markdown!("README.md", "update-scaling-policy");
    assert_eq!(reply.request_id(), Some("mock-1"));
    Ok(())
}

#[tokio::test]
async fn triggers() -> Outcome {
    let (double, client) = double();
    include_markdown!("README.md", "triggers");
    let last = double.requests().pop().unwrap();
    let schedule = &last.json().unwrap()["scheduled_policy"];
    assert_eq!(schedule["recurrence_value"], "1,15");
    Ok(())
}

#[tokio::test]
async fn list_scaling_activity_logs() -> Outcome {
    let (_double, client) = double();
    include_markdown!("README.md", "list-scaling-activity-logs");
    assert_eq!(page.scaling_activity_log.as_ref().map(Vec::len), Some(2));
    Ok(())
}

#[tokio::test]
async fn list_scaling_policy_execute_logs() -> Outcome {
    let (_double, client) = double();
    include_markdown!("README.md", "list-scaling-policy-execute-logs");
    assert_eq!(page.scaling_policy_execute_log.as_ref().map(Vec::len), Some(1));
    Ok(())
}

#[tokio::test]
async fn read_all_pages() -> Outcome {
    let (double, client) = double();
    include_markdown!("README.md", "read-all-pages");
    assert_eq!(logs.offset(), 2);
    assert_eq!(double.requests()[0].query("limit").as_deref(), Some("100"));
    Ok(())
}

#[tokio::test]
async fn wait() -> Outcome {
    let (double, client) = double();
    let group = json!({ "current_instance_number": 3, "desire_instance_number": 3 });
    let response = MockResponse::new(200).json(&json!({ "scaling_group": group }));
    double.respond("showScalingGroup", response);
    include_markdown!("README.md", "wait");
    assert_eq!(double.requests().len(), 3);
    Ok(())
}

#[tokio::test]
async fn read_page_by_page() -> Outcome {
    let (_double, client) = double();
    include_markdown!("README.md", "read-page-by-page");
    assert_eq!((runs, pages.offset()), (1, 1));
    Ok(())
}

#[tokio::test]
async fn errors() -> Outcome {
    let (_double, client) = double();
    include_markdown!("README.md", "errors");
    Ok(())
}

#[tokio::test]
async fn retries() -> Outcome {
    let service = Service::always(json_reply("200 OK", &json!({ "scaling_group_id": "g" }))).await;
    let settings = Client::builder().endpoint(&service.address).project_id("p");
    let client = settings.credentials(Credentials::token(TOKEN)).build()?;
    include_markdown!("README.md", "retries");
    Ok(())
}

#[tokio::test]
async fn testing() -> Outcome {
    include_markdown!("README.md", "testing");
    Ok(())
}

#[test]
fn credentials() -> Outcome {
    include_markdown!("README.md", "credentials");
    Ok(())
}

#[test]
fn authorize() {
    include_markdown!("README.md", "authorize");
    assert_eq!(format!("{credentials:?}"), "Credentials(custom)");
}

#[cfg(feature = "keystone")]
#[tokio::test]
async fn keystone() -> Outcome {
    use wiremock::matchers::{method, path};
    use wiremock::{Mock, MockServer, ResponseTemplate};

    let body = json!({ "scaling_group_id": "g" });
    let service = Service::always(json_reply("200 OK", &body)).await;
    let identity_service = MockServer::start().await;
    let endpoint = json!({ "interface": "public", "region_id": "eu-de", "url": service.address });
    let token = json!({
        "project": { "id": "p" },
        "catalog": [{ "type": "asv1", "endpoints": [endpoint] }],
    });
    let reply = ResponseTemplate::new(201).insert_header("x-subject-token", TOKEN);
    let reply = reply.set_body_json(json!({ "token": token }));
    let asked = Mock::given(method("POST")).and(path("/v3/auth/tokens")).respond_with(reply);
    asked.expect(2).mount(&identity_service).await;
    let (auth_url, password) = (identity_service.uri(), "a password");
    let auth_url = auth_url.as_str();
    include_markdown!("README.md", "keystone");
    let call = client.update_scaling_group().scaling_group_id("g");
    assert!(call.body_map(|group| group.cool_down_time(1)).send().await.is_ok());
    Ok(())
}

/// It would take what the environment has: here it only compiles. `tests/from_env.rs` runs it.
#[test]
fn from_env() {
    let _ = || -> Outcome {
        include_markdown!("README.md", "from-env");
        drop(client);
        Ok(())
    };
}

/// A block that no test runs would rot: each has a name, and a test above has it.
#[test]
fn every_block_is_compiled() {
    let readme = include_str!("../../README.md");
    let names: Vec<&str> =
        readme.lines().filter_map(|line| line.strip_prefix("```rust")).map(str::trim).collect();
    assert_eq!(names.len(), 16);
    for name in names {
        let name = name.split_once(' ').map(|(_, name)| name);
        let name = name.unwrap_or_else(|| panic!("a block has no name"));
        let run = format!("include_markdown!(\"README.md\", \"{name}\")");
        assert!(include_str!("readme.rs").contains(&run), "no test runs the block {name}");
    }
}
