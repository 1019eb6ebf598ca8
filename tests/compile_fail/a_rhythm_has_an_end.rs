//! The service takes no rhythm without an end.

use chrono::NaiveTime;
use otc_autoscaling::trigger::Recurring;

fn recurring(time: NaiveTime) {
    let _ = Recurring::daily(time);
}

fn main() {}
