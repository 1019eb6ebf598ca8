//! Makes calls with this project's client and writes what it read: see ../README.md.

use otc_autoscaling::types;
use otc_autoscaling::{Client, Credentials, Error, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

type Failure = Box<dyn std::error::Error>;

/// Sets the given query parameters, each with its setter: `type` with `type_`.
macro_rules! with {
    ($request:expr, $query:expr, $($setter:ident: $type:ty),*) => {{
        let mut request = $request;
        $(if let Some(value) = $query.get(stringify!($setter).trim_end_matches('_')) {
            request = request.$setter(<$type>::deserialize(value)?);
        })*
        request
    }};
}

/// Returns the status and the body of the response or of the error.
fn answer<T: Serialize>(outcome: Result<Response<T>, Error>) -> Result<Value, Failure> {
    let (status, response) = match outcome {
        Ok(response) => (response.status(), serde_json::to_value(response.into_inner())?),
        // The error is compared only if the crate has found its code and message.
        Err(error) if error.code().is_some() && error.message().is_some() => {
            let status = error.status().ok_or("an error without a status")?;
            let response = serde_json::from_slice(error.body().unwrap_or_default())?;
            (status, serde_json::to_value::<types::ErrorResponse>(response)?)
        }
        Err(error) => return Err(error.into()),
    };
    Ok(json!({ "status": status.as_u16(), "response": response }))
}

async fn make(call: &Value) -> Result<Value, Failure> {
    let string = |pointer| call.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let client = Client::builder()
        .endpoint(string("/endpoint"))
        .project_id(string("/path/project_id"))
        .credentials(Credentials::token(string("/token")))
        .build()?;
    let (group, policy) = (string("/path/scaling_group_id"), string("/path/scaling_policy_id"));
    let (query, body) = (&call["query"], &call["body"]);
    // Unchecked, since every field at once breaks the rules between fields.
    match string("/operation") {
        "updateScalingGroup" => {
            let body = types::UpdateScalingGroupRequest::deserialize(body)?;
            let request = client.update_scaling_group().scaling_group_id(group).body(body);
            answer(request.unchecked().send().await)
        }
        "updateScalingPolicy" => {
            let body = types::UpdateScalingPolicyRequest::deserialize(body)?;
            let request = client.update_scaling_policy().scaling_policy_id(policy).body(body);
            answer(request.unchecked().send().await)
        }
        "listScalingActivityLogs" => {
            let request = with!(
                client.list_scaling_activity_logs().scaling_group_id(group), query,
                log_id: String, start_time: String, end_time: String, start_number: i64, limit: i64,
                type_: Vec<String>, status: String
            );
            answer(request.send().await)
        }
        "listScalingPolicyExecuteLogs" => {
            let request = with!(
                client.list_scaling_policy_execute_logs().scaling_policy_id(policy), query,
                log_id: String, start_time: String, end_time: String, start_number: i64, limit: i64,
                execute_type: String, scaling_resource_type: String, scaling_resource_id: String
            );
            answer(request.send().await)
        }
        "showScalingGroup" => {
            answer(client.show_scaling_group().scaling_group_id(group).send().await)
        }
        "showScalingPolicy" => {
            answer(client.show_scaling_policy().scaling_policy_id(policy).send().await)
        }
        "listScalingGroups" => {
            let request = with!(
                client.list_scaling_groups(), query,
                scaling_group_name: String, scaling_configuration_id: String,
                scaling_group_status: String, start_number: i64, limit: i64,
                enterprise_project_id: String
            );
            answer(request.send().await)
        }
        "listScalingInstances" => {
            let request = with!(
                client.list_scaling_instances().scaling_group_id(group), query,
                life_cycle_state: String, health_status: String,
                protect_from_scaling_down: bool, start_number: i64, limit: i64
            );
            answer(request.send().await)
        }
        "listScalingPolicies" => {
            let request = with!(
                client.list_scaling_policies(), query,
                scaling_resource_id: String, scaling_resource_type: String,
                scaling_policy_name: String, scaling_policy_id: String,
                scaling_policy_type: String, start_number: i64, limit: i64, sort_by: String,
                order: String, enterprise_project_id: String, alarm_id: String
            );
            answer(request.send().await)
        }
        other => Err(format!("no operation {other:?}").into()),
    }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    for line in std::io::stdin().lines() {
        println!("{}", make(&serde_json::from_str(&line?)?).await?);
    }
    Ok(())
}
