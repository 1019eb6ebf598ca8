//! An alarm triggers whenever it fires; only a rhythm starts.

use chrono::{DateTime, Utc};
use otc_autoscaling::trigger::Alarm;

fn alarm(from: DateTime<Utc>) {
    let _ = Alarm::new("al1").starting(from);
}

fn main() {}
