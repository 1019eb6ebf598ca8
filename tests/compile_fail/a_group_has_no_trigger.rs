//! What triggers is a policy, not the group that it scales.

use otc_autoscaling::Client;
use otc_autoscaling::trigger::Alarm;

fn group(client: &Client) {
    let _ = client.update_scaling_group().body_map(|group| group.trigger(Alarm::new("al1")));
}

fn main() {}
