//! Finds out whether a change was applied whose response was lost: `cargo run --features mock --example settle`.
//!
//! The state of the group shows it. The example runs against a double of the
//! service in the process, whose response to the change gets lost.

use otc_autoscaling::mock::{MockResponse, MockService};
use otc_autoscaling::{Client, Error};
use serde_json::json;

/// Sets the expected number of instances. Returns how it was done.
async fn set_expected_number(
    client: &Client,
    group: &str,
    number: i64,
) -> Result<&'static str, Error> {
    let change = || {
        let request = client.update_scaling_group().scaling_group_id(group);
        request.body_map(|body| body.desire_instance_number(number)).send()
    };
    match change().await {
        Ok(_) => return Ok("the change was confirmed"),
        Err(error) if error.may_have_been_applied() => println!("  {error}"),
        // It was certainly not applied.
        Err(error) => return Err(error),
    }
    let response = client.show_scaling_group().scaling_group_id(group).send().await?;
    let shown = response.scaling_group.as_ref();
    if shown.and_then(|group| group.desire_instance_number) == Some(number) {
        return Ok("the change was applied: the group has the number");
    }
    // A fixed number may be set twice. A change without that property, such as one that depends on the
    // number of instances, must not be sent again before it is certain that the first one was not applied.
    change().await?;
    Ok("the change was not applied, and was sent again")
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    for (case, number) in [("applied", 3), ("not applied", 1)] {
        let service = MockService::new();
        service.respond("updateScalingGroup", MockResponse::timeout());
        let group = json!({ "scaling_group": { "desire_instance_number": number } });
        service.respond("showScalingGroup", MockResponse::new(200).json(&group));

        println!("== The response is lost; the change was {case}");
        let outcome = set_expected_number(&service.client(), "g-1", 3).await?;
        println!("  {outcome}");
        for request in service.requests() {
            println!("  {} {}", request.method(), request.path());
        }
    }
    Ok(())
}
