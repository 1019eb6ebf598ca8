//! A daily rhythm falls on every day.

use chrono::{DateTime, NaiveTime, Utc, Weekday};
use otc_autoscaling::trigger::Recurring;

fn daily(time: NaiveTime, until: DateTime<Utc>) {
    let _ = Recurring::daily([Weekday::Mon], time, until);
}

fn main() {}
