//! A rhythm does not fall on a date.

use chrono::{DateTime, Utc};
use otc_autoscaling::trigger::Recurring;

fn recurring(launch: DateTime<Utc>, until: DateTime<Utc>) {
    let _ = Recurring::daily(launch, until);
}

fn main() {}
