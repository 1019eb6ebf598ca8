//! Calls the four core operations of the packed crate on its mock service. With the argument `credentials`, prints the
//! error of the credentials in the environment instead.

use otc_autoscaling::Credentials;
use otc_autoscaling::mock::MockService;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    if std::env::args().nth(1).is_some_and(|argument| argument == "credentials") {
        println!("{}", Credentials::from_env().unwrap_err());
        return Ok(());
    }
    let client = MockService::new().client();

    let group = client.update_scaling_group().scaling_group_id("a-group");
    let group = group.body_map(|body| body.cool_down_time(900)).send().await?;
    let policy = client.update_scaling_policy().scaling_policy_id("a-policy");
    let policy = policy.body_map(|body| body.cool_down_time(900)).send().await?;
    let actions = client.list_scaling_activity_logs().scaling_group_id("a-group");
    let actions = actions.send().await?;
    let runs = client.list_scaling_policy_execute_logs().scaling_policy_id("a-policy");
    let runs = runs.send().await?;
    let came = r#"{"limit":"5","new":1.50,"start_number":5.5,"total_number":1e+400}"#;
    let page: otc_autoscaling::types::ScalingActivityLogPage = serde_json::from_str(came)?;
    assert_eq!((page.limit, page.start_number), (Some(5), None));
    let came: serde_json::Value = serde_json::from_str(came)?;
    assert_eq!(serde_json::to_value(&page)?, came);
    println!(
        "{} {} {} {}",
        group.status(),
        policy.status(),
        actions.scaling_activity_log.as_ref().map_or(0, Vec::len),
        runs.scaling_policy_execute_log.as_ref().map_or(0, Vec::len),
    );
    Ok(())
}
