//! An alarm triggers whenever it fires; only a rhythm ends.

use chrono::{DateTime, Utc};
use otc_autoscaling::trigger::Alarm;

fn alarm(until: DateTime<Utc>) {
    let _ = Alarm::new("al1", until);
}

fn main() {}
