//! A text would leave open whether it is an alarm or a time.

use otc_autoscaling::types::UpdateScalingPolicyRequest;

fn policy() {
    let _ = UpdateScalingPolicyRequest::builder().trigger("al1");
}

fn main() {}
