//! A time of day alone is no point in time.

use chrono::NaiveTime;
use otc_autoscaling::trigger::Scheduled;

fn scheduled(time: NaiveTime) {
    let _ = Scheduled::at(time);
}

fn main() {}
