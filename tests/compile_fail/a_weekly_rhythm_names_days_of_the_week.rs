//! A number would leave open on which day the week begins.

use chrono::{DateTime, NaiveTime, Utc};
use otc_autoscaling::trigger::Recurring;

fn weekly(time: NaiveTime, until: DateTime<Utc>) {
    let _ = Recurring::weekly([1, 15], time, until);
}

fn main() {}
