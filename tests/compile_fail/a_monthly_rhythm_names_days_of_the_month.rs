//! A day of the week is no day of a month.

use chrono::{DateTime, NaiveTime, Utc, Weekday};
use otc_autoscaling::trigger::Recurring;

fn monthly(time: NaiveTime, until: DateTime<Utc>) {
    let _ = Recurring::monthly([Weekday::Mon], time, until);
}

fn main() {}
