//! Makes one call with this project's client, and says what it read: see ../README.md.

use std::collections::HashMap;

use otc_autoscaling::types::{
    ErrorResponse, UpdateScalingGroupRequest, UpdateScalingPolicyRequest,
};
use otc_autoscaling::{Client, Credentials, Error, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

type Failure = Box<dyn std::error::Error>;

#[derive(serde::Deserialize)]
struct Call {
    operation: String,
    endpoint: String,
    token: String,
    path: HashMap<String, String>,
    #[serde(default)]
    query: HashMap<String, Value>,
    #[serde(default)]
    body: Value,
}

impl Call {
    fn path(&self, name: &str) -> &str {
        self.path.get(name).map_or("", String::as_str)
    }
}

/// Sets those query parameters that are given, each by its setter.
macro_rules! with {
    ($request:expr, $query:expr, $($name:literal => $setter:ident($type:ty),)*) => {{
        let mut request = $request;
        $(if let Some(value) = $query.get($name) {
            request = request.$setter(read::<$type>(value)?);
        })*
        request
    }};
}

fn read<T: DeserializeOwned>(value: &Value) -> Result<T, Failure> {
    Ok(serde_json::from_value(value.clone())?)
}

/// What came of a call: the reply, or the error that the service answered.
fn said<T: Serialize>(outcome: Result<Response<T>, Error>) -> Result<Value, Failure> {
    match outcome {
        Ok(response) => {
            Ok(json!({ "status": response.status().as_u16(), "reply": response.into_inner() }))
        }
        Err(error) => match (error.status(), error.body()) {
            // It has to have found what callers branch on, wherever in the body that stands.
            (Some(status), Some(body)) if error.code().is_some() && error.message().is_some() => {
                let reply: ErrorResponse = serde_json::from_slice(body)?;
                Ok(json!({ "status": status.as_u16(), "reply": reply }))
            }
            _ => Err(error.into()),
        },
    }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let call: Call = serde_json::from_reader(std::io::stdin())?;
    let client = Client::builder()
        .endpoint(&*call.endpoint)
        .project_id(call.path("project_id"))
        .credentials(Credentials::token(&*call.token))
        .build()?;
    let group = call.path("scaling_group_id");
    let policy = call.path("scaling_policy_id");
    let answer = match &*call.operation {
        "updateScalingGroup" => {
            let request = client.update_scaling_group().scaling_group_id(group);
            let body: UpdateScalingGroupRequest = read(&call.body)?;
            // Every field at once is more than the rules between fields allow.
            said(request.body(body).unchecked().send().await)?
        }
        "updateScalingPolicy" => {
            let request = client.update_scaling_policy().scaling_policy_id(policy);
            let body: UpdateScalingPolicyRequest = read(&call.body)?;
            said(request.body(body).unchecked().send().await)?
        }
        "listScalingActivityLogs" => {
            let request = with!(
                client.list_scaling_activity_logs().scaling_group_id(group),
                call.query,
                "log_id" => log_id(String),
                "start_time" => start_time(String),
                "end_time" => end_time(String),
                "start_number" => start_number(i64),
                "limit" => limit(i64),
                "type" => type_(Vec<String>),
                "status" => status(String),
            );
            said(request.send().await)?
        }
        "listScalingPolicyExecuteLogs" => {
            let request = with!(
                client.list_scaling_policy_execute_logs().scaling_policy_id(policy),
                call.query,
                "log_id" => log_id(String),
                "scaling_resource_type" => scaling_resource_type(String),
                "scaling_resource_id" => scaling_resource_id(String),
                "execute_type" => execute_type(String),
                "start_time" => start_time(String),
                "end_time" => end_time(String),
                "start_number" => start_number(i64),
                "limit" => limit(i64),
            );
            said(request.send().await)?
        }
        other => return Err(format!("no operation {other:?}").into()),
    };
    println!("{}", answer);
    Ok(())
}
