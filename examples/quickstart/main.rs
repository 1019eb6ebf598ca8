//! Finds a group, modifies it, waits, and prints its logs: `cargo run --features mock --example quickstart`.
//!
//! Without arguments, it uses a mock service in the process, which returns the examples of the vendor documentation.
//! With `-- --live`, it reads from the real service.

use std::env;
use std::process::ExitCode;
use std::time::Duration;

use futures_util::TryStreamExt;
use otc_autoscaling::mock::{MockResponse, MockService};
use otc_autoscaling::types::{
    ScalingActivityLog, ScalingGroup, ScalingPolicy, ScalingPolicyExecuteLog,
};
use otc_autoscaling::{Client, Credentials};
use serde_json::json;

type Failure = Box<dyn std::error::Error>;

const USAGE: &str = "\
usage: quickstart
       quickstart --live --group ID --policy ID

  --live        read from the real service
  --group ID    the scaling group, whose activity log is listed
  --policy ID   the scaling policy, whose execution log is listed

--live uses the variables of OpenStack's tools: OS_TOKEN, or OS_ACCESS_KEY and OS_SECRET_KEY, with
OS_PROJECT_ID and OS_REGION_NAME (eu-de, eu-nl). With `--features mock,keystone`, also OS_CLOUD, or
OS_AUTH_URL with a password or an application credential.";

/// The maximum number of listed entries of a log.
const SHOWN: usize = 120;

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Arguments::read(env::args().skip(1)) {
        Ok(Arguments::Mock) => mock().await,
        Ok(Arguments::Live { group, policy }) => live(&group, &policy).await,
        Err(wrong) => Err(format!("{wrong}\n\n{USAGE}").into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn mock() -> Result<(), Failure> {
    let service = MockService::new();
    let client = service.client();
    let sent = || service.requests().last().map(ToString::to_string).unwrap_or_default();

    println!("== Find the scaling group by name\n");
    let page = client.list_scaling_groups().scaling_group_name("as-group-test").send().await?;
    println!("{}\n", sent());
    let groups = page.scaling_groups.as_deref().unwrap_or_default();
    print_groups(groups);
    let found = groups.iter().find(|it| it.scaling_group_name.as_deref() == Some("as-group-test"));
    let group =
        found.and_then(|it| it.scaling_group_id.as_deref()).ok_or("there is no such group")?;

    println!("== List its policies\n");
    let page = client.list_scaling_policies().scaling_resource_id(group).send().await?;
    println!("{}\n", sent());
    let policies = page.scaling_policies.as_deref().unwrap_or_default();
    print_policies(policies);
    let policy = policies.first().and_then(|policy| policy.scaling_policy_id.as_deref());
    let policy = policy.ok_or("the group has no policy")?;

    println!("== Modify the first policy: add two instances\n");
    let response = client
        .update_scaling_policy()
        .scaling_policy_id(policy)
        .body(json!({ "scaling_policy_action": { "operation": "ADD", "size": 2 } }))
        .send()
        .await?;
    println!("{}\n", sent());
    println!("{}: policy {}\n", response.status(), shown(response.scaling_policy_id.as_ref()));

    println!("== Increase the expected number of instances\n");
    let response = client
        .update_scaling_group()
        .scaling_group_id(group)
        .body_map(|group| group.desire_instance_number(2).max_instance_number(3))
        .send()
        .await?;
    println!("{}\n", sent());
    println!("{}: group {}\n", response.status(), shown(response.scaling_group_id.as_ref()));

    println!("== Wait until the scaling action has ended\n");
    // The mock service has the instances at the second poll.
    for current in [1, 2] {
        let state = json!({ "current_instance_number": current, "desire_instance_number": 2 });
        let response = MockResponse::new(200).json(&json!({ "scaling_group": state }));
        service.respond("showScalingGroup", response);
        let entry =
            json!({ "id": format!("action-{current}"), "status": "SUCCESS", "type": "NORMAL" });
        let response = MockResponse::new(200).json(&json!({ "scaling_activity_log": [entry] }));
        service.respond("listScalingActivityLogs", response);
    }
    let moment = Duration::from_millis(10);
    let action = client.wait_for_scaling_action(group).interval(moment, moment).wait().await?;
    println!("scaling action {}: {}\n", shown(action.id.as_ref()), shown(action.status.as_ref()));

    println!("== List the activity log of the group\n");
    let log = client.list_scaling_activity_logs().scaling_group_id(group).send().await?;
    println!("{}\n", sent());
    print_activity(log.scaling_activity_log.as_deref().unwrap_or_default());

    println!("== List the execution log of the policy\n");
    let log = client.list_scaling_policy_execute_logs().scaling_policy_id(policy).send().await?;
    println!("{}\n", sent());
    print_executions(log.scaling_policy_execute_log.as_deref().unwrap_or_default());
    Ok(())
}

async fn live(group: &str, policy: &str) -> Result<(), Failure> {
    let credentials = Credentials::from_env().map_err(|error| format!("--live: {error}"))?;
    let settings = Client::builder().credentials(credentials);
    // Missing settings are requested from Keystone.
    #[cfg(feature = "keystone")]
    let client = settings.discover().await?;
    #[cfg(not(feature = "keystone"))]
    let client = settings.build()?;

    println!("== Show group {group}\n");
    let response = client.show_scaling_group().scaling_group_id(group).send().await?;
    print_groups(response.scaling_group.as_slice());

    println!("== Show policy {policy}\n");
    let response = client.show_scaling_policy().scaling_policy_id(policy).send().await?;
    print_policies(response.scaling_policy.as_slice());

    println!("== List the activity log of group {group}\n");
    let log = client.list_scaling_activity_logs().scaling_group_id(group);
    print_activity(&log.items().take(SHOWN).try_collect::<Vec<_>>().await?);

    println!("== List the execution log of policy {policy}\n");
    let log = client.list_scaling_policy_execute_logs().scaling_policy_id(policy);
    print_executions(&log.items().take(SHOWN).try_collect::<Vec<_>>().await?);
    Ok(())
}

fn print_groups(groups: &[ScalingGroup]) {
    let rows = groups.iter().map(|group| {
        [
            shown(group.scaling_group_name.as_ref()),
            shown(group.scaling_group_id.as_ref()),
            shown(group.scaling_group_status.as_ref()),
            shown(group.current_instance_number.as_ref()),
            shown(group.desire_instance_number.as_ref()),
            shown(group.max_instance_number.as_ref()),
        ]
    });
    print_table(["group", "id", "status", "instances", "desired", "max"], rows);
}

fn print_policies(policies: &[ScalingPolicy]) {
    let rows = policies.iter().map(|policy| {
        let action = policy.scaling_policy_action.as_ref();
        [
            shown(policy.scaling_policy_name.as_ref()),
            shown(policy.scaling_policy_id.as_ref()),
            shown(policy.policy_status.as_ref()),
            shown(policy.scaling_policy_type.as_ref()),
            shown(action.and_then(|action| action.operation.as_ref())),
            shown(action.and_then(|action| action.size.as_ref())),
        ]
    });
    print_table(["policy", "id", "status", "trigger", "operation", "size"], rows);
}

fn print_activity(log: &[ScalingActivityLog]) {
    let rows = log.iter().map(|entry| {
        // The description contains JSON with reasons, of which the first is shown.
        let reasons = entry.description_content().and_then(|content| content.reason);
        let reason = reasons.and_then(|reasons| reasons.into_iter().next()?.change_reason);
        [
            shown(entry.start_time.as_ref()),
            shown(entry.end_time.as_ref()),
            shown(entry.type_.as_ref()),
            shown(entry.status.as_ref()),
            shown(entry.instance_value.as_ref()),
            shown(entry.desire_value.as_ref()),
            shown(entry.scaling_value.as_ref()),
            shown(reason.as_ref()),
        ]
    });
    print_table(["start", "end", "type", "status", "instances", "desired", "by", "reason"], rows);
}

fn print_executions(log: &[ScalingPolicyExecuteLog]) {
    let rows = log.iter().map(|entry| {
        [
            shown(entry.execute_time.as_ref()),
            shown(entry.execute_type.as_ref()),
            shown(entry.type_.as_ref()),
            shown(entry.status.as_ref()),
            shown(entry.old_value.as_ref()),
            shown(entry.desire_value.as_ref()),
            shown(entry.limit_value.as_ref()),
        ]
    });
    print_table(["time", "trigger", "type", "status", "old", "desired", "limit"], rows);
}

/// A field of a response, or `-` if it is absent.
fn shown<T: ToString>(field: Option<&T>) -> String {
    field.map_or_else(|| "-".to_owned(), T::to_string)
}

fn print_table<const N: usize>(heads: [&str; N], rows: impl Iterator<Item = [String; N]>) {
    let rows: Vec<[String; N]> = std::iter::once(heads.map(str::to_owned)).chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    for row in &rows {
        let cells = row.iter().enumerate().map(|(at, cell)| format!("{cell:0$}", width(at)));
        println!("  {}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
    println!();
}

enum Arguments {
    Mock,
    Live { group: String, policy: String },
}

impl Arguments {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let (mut live, mut group, mut policy) = (false, None, None);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--live" => live = true,
                "--group" => group = Some(arguments.next().ok_or("--group requires an ID")?),
                "--policy" => policy = Some(arguments.next().ok_or("--policy requires an ID")?),
                other => return Err(format!("unknown argument {other}")),
            }
        }
        match (live, group, policy) {
            (false, None, None) => Ok(Self::Mock),
            (false, ..) => Err("--group and --policy require --live".to_owned()),
            (true, Some(group), Some(policy)) => Ok(Self::Live { group, policy }),
            (true, None, Some(_)) => Err("--live requires --group ID".to_owned()),
            (true, Some(_), None) => Err("--live requires --policy ID".to_owned()),
            (true, None, None) => Err("--live requires --group ID and --policy ID".to_owned()),
        }
    }
}
