//! Measures the decoding of a page of 100 entries into this crate's types, into plain serde structs with fields of the
//! same types, and into JSON values: `cargo bench --bench decoding`.
//!
//! The first page is as documented. In the second, a number of each entry is a string, which plain structs reject.

use std::hint::black_box;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use otc_autoscaling::types::ScalingActivityLogPage;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[allow(dead_code, reason = "what is decoded is not read")]
struct PlainPage {
    limit: Option<i64>,
    scaling_activity_log: Option<Vec<PlainLog>>,
    start_number: Option<i64>,
    total_number: Option<i64>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "what is decoded is not read")]
struct PlainLog {
    description: Option<String>,
    desire_value: Option<i64>,
    end_time: Option<DateTime<Utc>>,
    id: Option<String>,
    instance_added_list: Option<Vec<PlainInstance>>,
    instance_deleted_list: Option<Vec<PlainInstance>>,
    instance_failed_list: Option<Vec<PlainInstance>>,
    instance_removed_list: Option<Vec<PlainInstance>>,
    instance_value: Option<i64>,
    scaling_value: Option<Either>,
    start_time: Option<DateTime<Utc>>,
    status: Option<Status>,
    #[serde(rename = "type")]
    type_: Option<Type>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "what is decoded is not read")]
struct PlainInstance {
    instance_id: Option<String>,
    instance_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
#[allow(dead_code, reason = "what is decoded is not read")]
enum Either {
    Integer(i64),
    String(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Status {
    Success,
    Fail,
    Doing,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Type {
    Normal,
    ManualRemove,
}

fn page(instance_value: &Value) -> String {
    let entry = |number: usize| {
        json!({
            "id": format!("44152cf2-a005-4507-b6e9-{number:012}"),
            "instance_value": instance_value,
            "desire_value": 1,
            "scaling_value": 1,
            "start_time": "2018-11-22T13:44:22Z",
            "end_time": "2018-11-22T13:46:02Z",
            "instance_added_list": [
                { "instance_id": "8e273bac-d303-46dc-9883-628be2294bdf",
                  "instance_name": "as-config-t66a_9W8L9SSK" },
            ],
            "instance_deleted_list": [],
            "instance_removed_list": [],
            "instance_failed_list": [],
            "status": "SUCCESS",
            "description": "{\"reason\":[{\"change_reason\":\"MANNUAL\",\"old_value\":0}]}",
            "type": "NORMAL",
        })
    };
    let entries: Vec<Value> = (0..100).map(entry).collect();
    let page = json!({
        "limit": 100, "start_number": 0, "total_number": 100, "scaling_activity_log": entries,
    });
    page.to_string()
}

/// Returns the time of the fastest round, which other processes slowed down least.
fn best<T: DeserializeOwned>(text: &str) -> Duration {
    const ROUNDS: usize = 200;
    let round = |_| {
        let start = Instant::now();
        let decoded: Result<T, _> = serde_json::from_str(black_box(text));
        black_box(decoded.is_ok());
        start.elapsed()
    };
    (0..ROUNDS).map(round).min().unwrap_or_default()
}

fn main() -> Result<(), serde_json::Error> {
    for (name, value) in [("as documented", json!(0)), ("numbers as strings", json!("0"))] {
        let text = page(&value);
        println!("\n{name}, {} bytes", text.len());
        let row = |name: &str, time: Duration| {
            let per_second = text.len() as f64 / time.as_secs_f64() / 1e6;
            println!("{name:30} {:>8.1} µs {per_second:>8.0} MB/s", time.as_secs_f64() * 1e6);
        };
        if serde_json::from_str::<PlainPage>(&text).is_ok() {
            row("plain structs of serde", best::<PlainPage>(&text));
        } else {
            println!("{:30} rejected", "plain structs of serde");
        }
        serde_json::from_str::<ScalingActivityLogPage>(&text)?;
        row("this crate's types", best::<ScalingActivityLogPage>(&text));
        row("JSON values", best::<Value>(&text));
    }
    Ok(())
}
