//! The four calls, with nothing but this crate: `cargo run --features mock --example quickstart`.
//!
//! Without arguments it talks to a double of the service in the process. With `-- --live` it makes
//! the two calls that only read on the real cloud.

use std::env;
use std::process::ExitCode;

use futures_util::TryStreamExt;
use otc_autoscaling::mock::MockService;
use otc_autoscaling::types::{ScalingActivityLog, ScalingPolicyExecuteLog};
use otc_autoscaling::{Client, Credentials};
use serde_json::json;

type Failure = Box<dyn std::error::Error>;

const USAGE: &str = "\
usage: quickstart
       quickstart --live --group ID --policy ID

  --live        read from the real cloud, in place of the double
  --group ID    the scaling group whose scaling actions to list
  --policy ID   the scaling policy whose runs to list

--live takes the variables of OpenStack's tools: OS_TOKEN, or OS_ACCESS_KEY and OS_SECRET_KEY, with
OS_PROJECT_ID and OS_REGION_NAME (eu-de, eu-nl). With `--features mock,keystone`, also OS_CLOUD, or
OS_AUTH_URL with a password or an application credential.";

/// How many entries of a log are listed.
const SHOWN: usize = 120;

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Arguments::read(env::args().skip(1)) {
        Ok(Arguments::Double) => against_the_double().await,
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

async fn against_the_double() -> Result<(), Failure> {
    let service = MockService::new();
    let client = service.client();
    let sent = || service.requests().last().map(ToString::to_string).unwrap_or_default();

    println!("== Change a scaling group\n");
    let reply = client
        .update_scaling_group()
        .scaling_group_id("a8327883-6b07-4497-9c61-68d03ee193a1")
        .body_map(|group| {
            group
                .scaling_group_name("group_1")
                .scaling_configuration_id("f8327883-6a07-4497-9a61-68c03e8e72a2")
                .desire_instance_number(1)
                .min_instance_number(1)
                .max_instance_number(3)
                .cool_down_time(200)
                .multi_az_priority_policy("PICK_FIRST")
        })
        .send()
        .await?;
    println!("{}\n", sent());
    println!("{}: group {}\n", reply.status(), shown(reply.scaling_group_id.as_ref()));

    println!("== Change a scaling policy\n");
    let reply = client
        .update_scaling_policy()
        .scaling_policy_id("0h327883-324n-4dzd-9c61-68d03ee191dd")
        .body(json!({
            "scaling_policy_name": "hth_aspolicy_1",
            "scaling_policy_type": "ALARM",
            "alarm_id": "al1513822380493GvlJKZwA8",
            "scaling_policy_action": { "operation": "ADD", "size": 1, "limits": 10 },
            "cool_down_time": 900,
        }))
        .send()
        .await?;
    println!("{}\n", sent());
    println!("{}: policy {}\n", reply.status(), shown(reply.scaling_policy_id.as_ref()));

    println!("== List the scaling actions of a group\n");
    let page = client
        .list_scaling_activity_logs()
        .scaling_group_id("e5d27f5c-dd76-4a61-b4bc-a67c5686719a")
        .start_time("2018-11-22T00:00:00Z")
        .end_time("2018-11-22T14:00:00Z")
        .send()
        .await?;
    println!("{}\n", sent());
    println!("{}: {} in all", page.status(), shown(page.total_number.as_ref()));
    print_activity(page.scaling_activity_log.as_deref().unwrap_or_default());

    println!("== List the runs of a policy\n");
    let page = client
        .list_scaling_policy_execute_logs()
        .scaling_policy_id("05545d3d-ccf9-4bca-ae4f-1e5e73ca0bf6")
        .send()
        .await?;
    println!("{}\n", sent());
    println!("{}: {} in all", page.status(), shown(page.total_number.as_ref()));
    print_runs(page.scaling_policy_execute_log.as_deref().unwrap_or_default());
    Ok(())
}

async fn live(group: &str, policy: &str) -> Result<(), Failure> {
    let credentials = Credentials::from_env().map_err(|error| format!("--live: {error}"))?;
    let settings = Client::builder().credentials(credentials);
    // What the environment does not say, Keystone does.
    #[cfg(feature = "keystone")]
    let client = settings.discover().await?;
    #[cfg(not(feature = "keystone"))]
    let client = settings.build()?;

    println!("== List the last scaling actions of group {group}\n");
    let log = client.list_scaling_activity_logs().scaling_group_id(group);
    print_activity(&log.items().take(SHOWN).try_collect::<Vec<_>>().await?);

    println!("== List the last runs of policy {policy}\n");
    let log = client.list_scaling_policy_execute_logs().scaling_policy_id(policy);
    print_runs(&log.items().take(SHOWN).try_collect::<Vec<_>>().await?);
    Ok(())
}

fn print_activity(log: &[ScalingActivityLog]) {
    let rows = log.iter().map(|entry| {
        [
            shown(entry.start_time.as_ref()),
            shown(entry.end_time.as_ref()),
            shown(entry.type_.as_ref()),
            shown(entry.status.as_ref()),
            shown(entry.instance_value.as_ref()),
            shown(entry.desire_value.as_ref()),
            shown(entry.scaling_value.as_ref()),
        ]
    });
    print_table(["start", "end", "type", "status", "instances", "desired", "by"], rows);
}

fn print_runs(log: &[ScalingPolicyExecuteLog]) {
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

/// A field of a reply, any of which may be missing.
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
    Double,
    Live { group: String, policy: String },
}

impl Arguments {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let (mut live, mut group, mut policy) = (false, None, None);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--live" => live = true,
                "--group" => group = Some(arguments.next().ok_or("--group needs an ID")?),
                "--policy" => policy = Some(arguments.next().ok_or("--policy needs an ID")?),
                other => return Err(format!("{other} is no argument of this")),
            }
        }
        match (live, group, policy) {
            (false, None, None) => Ok(Self::Double),
            (false, ..) => Err("--group and --policy are for --live".to_owned()),
            (true, Some(group), Some(policy)) => Ok(Self::Live { group, policy }),
            (true, None, Some(_)) => Err("--live needs --group ID".to_owned()),
            (true, Some(_), None) => Err("--live needs --policy ID".to_owned()),
            (true, None, None) => Err("--live needs --group ID and --policy ID".to_owned()),
        }
    }
}
