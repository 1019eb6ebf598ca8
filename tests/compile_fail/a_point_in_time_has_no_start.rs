//! A point in time is over at once; only a rhythm starts.

use chrono::{DateTime, Utc};
use otc_autoscaling::trigger::Scheduled;

fn scheduled(moment: DateTime<Utc>) {
    let _ = Scheduled::at(moment).starting(moment);
}

fn main() {}
