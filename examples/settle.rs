//! Checks whether a modification was applied whose response was lost: `cargo run --features mock --example settle`.
//!
//! It uses a mock service in the process, which does not respond to the modification.

use otc_autoscaling::mock::{MockResponse, MockService};
use otc_autoscaling::{Client, Error};
use serde_json::json;

/// Sets the expected number of instances. Returns how it was confirmed.
async fn set_expected_number(
    client: &Client,
    group: &str,
    number: i64,
) -> Result<&'static str, Error> {
    let modify = || {
        let request = client.update_scaling_group().scaling_group_id(group);
        request.body_map(|body| body.desire_instance_number(number)).send()
    };
    match modify().await {
        Ok(_) => return Ok("the modification was confirmed"),
        Err(error) if error.may_have_been_applied() => println!("  {error}"),
        // The modification was not applied.
        Err(error) => return Err(error),
    }
    let response = client.show_scaling_group().scaling_group_id(group).send().await?;
    let shown = response.scaling_group.as_ref();
    if shown.and_then(|group| group.desire_instance_number) == Some(number) {
        return Ok("the modification was applied: the group has the number");
    }
    // A fixed number can be set twice. A modification that depends on the current state must not be sent again.
    modify().await?;
    Ok("the modification was not applied, and was sent again")
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    for (case, number) in [("applied", 3), ("not applied", 1)] {
        let service = MockService::new();
        service.respond("updateScalingGroup", MockResponse::timeout());
        let group = json!({ "scaling_group": { "desire_instance_number": number } });
        service.respond("showScalingGroup", MockResponse::new(200).json(&group));

        println!("== The response is lost; the modification was {case}");
        let outcome = set_expected_number(&service.client(), "g-1", 3).await?;
        println!("  {outcome}");
        for request in service.requests() {
            println!("  {} {}", request.method(), request.path());
        }
    }
    Ok(())
}
