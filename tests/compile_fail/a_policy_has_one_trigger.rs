//! An alarm beside a rhythm would leave one of them without effect.

use otc_autoscaling::trigger::{Alarm, Recurring};
use otc_autoscaling::types::UpdateScalingPolicyRequest;

fn policy(rhythm: Recurring) {
    let _ = UpdateScalingPolicyRequest::builder().trigger((Alarm::new("al1"), rhythm));
}

fn main() {}
