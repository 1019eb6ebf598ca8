//! Measures reading a list with `items()`, with and without prefetch, and with a plain loop of requests that decodes
//! JSON values: `cargo bench --bench pagination`.
//!
//! The first list has a million entries. The second is shorter, and the service and the consumer pause for each page,
//! so that prefetch has an effect. Finally, pages of 16 MiB that are crafted to use much memory are read.
//!
//! The mock service and each reader run in separate processes, since the peak memory of a process (`VmHWM`, only on
//! Linux) never decreases.

use std::env;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use otc_autoscaling::{Client, Credentials};
use serde_json::Value;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const ENTRIES: usize = 1_000_000;
const FEWER: usize = 50_000;
/// The pause of the service and of the consumer for each page of the shorter list.
const PAUSE: Duration = Duration::from_millis(4);
const PAGE: usize = 100;
const PATH: &str = "/autoscaling-api/v2/p/scaling_activity_log/";

const READERS: [(&str, &str); 3] = [
    ("plain", "a plain loop into JSON values"),
    ("items", "items(), without prefetch"),
    ("ahead", "items(), with prefetch"),
];

fn main() -> Outcome<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["serve", total, pause] => serve(total.parse()?, millis(pause)?),
        ["page", page, reader, address] => read_page(page, reader, address),
        ["read", reader, address, total, pause] => {
            read(reader, address, total.parse()?, millis(pause)?)
        }
        _ => {
            println!("entries of {} bytes, {PAGE} in a page", entry().len());
            compare(ENTRIES, Duration::ZERO)?;
            compare(FEWER, PAUSE)?;
            withstand()
        }
    }
}

/// The process of the mock service, which is killed on drop.
struct Double(Child);

impl Drop for Double {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn millis(text: &str) -> Outcome<Duration> {
    Ok(Duration::from_millis(text.parse()?))
}

fn compare(total: usize, pause: Duration) -> Outcome<()> {
    let program = env::current_exe()?;
    let (total, pause) = (total.to_string(), pause.as_millis().to_string());
    let mut serve = Command::new(&program);
    let mut double = Double(serve.args(["serve", &total, &pause]).stdout(Stdio::piped()).spawn()?);
    let mut address = String::new();
    BufReader::new(double.0.stdout.take().ok_or("no output")?).read_line(&mut address)?;

    let title = format!("{total} entries, {pause} ms each for service and consumer");
    println!("\n{title:52} {:>12}  peak memory grown by", "");
    println!("{:52} {:>12} {:>12} {:>12}", "", "entries/s", "at a tenth", "at the end");
    for (reader, name) in READERS {
        let arguments = ["read", reader, address.trim(), &total, &pause];
        let output = Command::new(&program).args(arguments).output()?;
        if !output.status.success() {
            return Err(format!("{name}: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        let line = String::from_utf8(output.stdout)?;
        let numbers: Vec<&str> = line.split_whitespace().collect();
        let [per_second, early, late] = numbers.as_slice() else { return Err(line.into()) };
        println!("{name:52} {per_second:>12} {early:>8} KiB {late:>8} KiB");
    }
    Ok(())
}

/// Hostile pages: the name, the beginning, the repeated part and the end.
const HOSTILE: [(&str, &str, &str, &str); 5] = [
    ("empty entries", "{\"scaling_activity_log\":[{}", ",{}", "]}"),
    ("lists within an unknown field", "{\"total_number\":0,\"x\":[[0]", ",[0]", "]}"),
    ("objects in a string field", "{\"scaling_activity_log\":[{\"id\":[{}", ",{\"\":0}", "]}]}"),
    ("strings that are no JSON", "{\"scaling_activity_log\":[\"\"", ",\"\\ud83d\"", "]}"),
    ("one long string", "{\"scaling_activity_log\":[{\"id\":\"", "x", "\"}]}"),
];
/// The length of the repeated parts, so that a page is within the default `response_limit` of 16 MiB.
const LONGEST: usize = (16 << 20) - 100;

/// Prints the growth of memory and the outcome of reading each hostile page.
fn withstand() -> Outcome<()> {
    let program = env::current_exe()?;
    let mut serve = Command::new(&program);
    let mut double = Double(serve.args(["serve", "0", "0"]).stdout(Stdio::piped()).spawn()?);
    let mut address = String::new();
    BufReader::new(double.0.stdout.take().ok_or("no output")?).read_line(&mut address)?;
    println!("\na page of 16 MiB: peak memory grown by, and what came of it");
    for (page, (name, ..)) in HOSTILE.iter().enumerate() {
        for reader in ["plain", "send", "items"] {
            let arguments = ["page", &page.to_string(), reader, address.trim()];
            let output = Command::new(&program).args(arguments).output()?;
            print!("{name:32} {reader:6} {}", String::from_utf8(output.stdout)?);
        }
    }
    Ok(())
}

fn read_page(page: &str, reader: &str, address: &str) -> Outcome<()> {
    let (before, runtime) = (peak(), tokio::runtime::Runtime::new()?);
    let builder = Client::builder().endpoint(address).project_id("p");
    let client = builder.credentials(Credentials::token("t")).build()?;
    let call = client.list_scaling_activity_logs().scaling_group_id(format!("hostile{page}"));
    let outcome = runtime.block_on(async {
        match reader {
            "plain" => {
                let plain = reqwest::Client::builder().no_proxy().build()?;
                let url = format!("{address}{PATH}hostile{page}?start_number=0&limit=100");
                let body = plain.get(url).send().await?.bytes().await?;
                black_box(serde_json::from_slice::<Value>(&body)?);
            }
            "send" => drop(black_box(call.send().await?)),
            _ => {
                let mut items = call.items().prefetch(false);
                black_box(items.try_next().await?);
            }
        }
        Outcome::Ok(())
    });
    let grown = peak().zip(before).map_or(0, |(now, before)| (now - before) >> 10);
    let outcome = match outcome {
        Ok(()) => "is read".to_owned(),
        // The cause, since the message of the error also has the start of the body.
        Err(error) => error.source().unwrap_or(&*error).to_string().chars().take(60).collect(),
    };
    println!("{grown:>6} MiB  {outcome}");
    Ok(())
}

/// Reads all entries, and prints the entries per second and the growth of memory.
fn read(reader: &str, address: &str, total: usize, pause: Duration) -> Outcome<()> {
    let mut count = Count { entries: 0, total, pause, before: peak(), early: None };
    let begin = Instant::now();
    let runtime = tokio::runtime::Runtime::new()?;
    match reader {
        "plain" => runtime.block_on(plainly(address, &mut count))?,
        "items" => runtime.block_on(by_items(address, false, &mut count))?,
        _ => runtime.block_on(by_items(address, true, &mut count))?,
    }
    let took = begin.elapsed();
    if count.entries != total {
        return Err(format!("{} entries were read", count.entries).into());
    }
    let per_second = total as f64 / took.as_secs_f64();
    let shown = |grown: Option<u64>| grown.map_or("-".to_owned(), |grown| grown.to_string());
    println!("{per_second:.0} {} {}", shown(count.early), shown(count.grown()));
    Ok(())
}

/// The consumer, which counts the entries and pauses after each page.
struct Count {
    entries: usize,
    total: usize,
    pause: Duration,
    before: Option<u64>,
    early: Option<u64>,
}

impl Count {
    async fn add(&mut self) {
        self.entries += 1;
        if self.entries == self.total / 10 {
            self.early = self.grown();
        }
        if self.entries.is_multiple_of(PAGE) && !self.pause.is_zero() {
            tokio::time::sleep(self.pause).await;
        }
    }

    fn grown(&self) -> Option<u64> {
        Some(peak()? - self.before?)
    }
}

async fn by_items(address: &str, prefetch: bool, count: &mut Count) -> Outcome<()> {
    let client = Client::builder()
        .endpoint(address)
        .project_id("p")
        .credentials(Credentials::token("t"))
        .build()?;
    let call = client.list_scaling_activity_logs().scaling_group_id("g");
    let mut items = call.items().prefetch(prefetch);
    while let Some(entry) = items.try_next().await? {
        black_box(entry);
        count.add().await;
    }
    Ok(())
}

async fn plainly(address: &str, count: &mut Count) -> Outcome<()> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    loop {
        let offset = count.entries;
        let url = format!("{address}{PATH}g?start_number={offset}&limit={PAGE}");
        let reply = client.get(url).header("x-auth-token", "t").send().await?.bytes().await?;
        let page: Value = serde_json::from_slice(&reply)?;
        let entries = page["scaling_activity_log"].as_array().ok_or("no list")?;
        for entry in entries {
            black_box(entry);
            count.add().await;
        }
        if page["total_number"].as_u64() == Some(count.entries as u64) {
            return Ok(());
        }
    }
}

/// The peak memory of this process, in KiB.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The placeholder for the number in the ID of an entry.
const DIGITS: &str = "000000000000";

fn entry() -> String {
    let entry = serde_json::json!({
        "id": format!("8753a18c-931d-4cb8-8d49-{DIGITS}"),
        "instance_value": 3,
        "desire_value": 4,
        "scaling_value": 1,
        "start_time": "2018-11-22T13:46:20Z",
        "end_time": "2018-11-22T13:47:38Z",
        "status": "SUCCESS",
        "type": "NORMAL",
        "description": "{\"reason\":[{\"change_reason\":\"ALARM\",\"old_value\":3,\"new_value\":4}]}",
        "instance_added_list": [{
            "instance_id": "8e273bac-d303-46dc-9883-628be2294bdf",
            "instance_name": "as-config-t66a_9W8L9SSK",
        }],
        "instance_deleted_list": [],
        "instance_removed_list": [],
    });
    entry.to_string()
}

fn serve(total: usize, pause: Duration) -> Outcome<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("http://{}", listener.local_addr()?);
    for connection in listener.incoming() {
        let connection = connection?;
        // The thread ends when the reader disconnects.
        thread::spawn(move || drop(answer(connection, total, pause)));
    }
    Ok(())
}

/// Responds to the requests of a connection. The page is created once, and only its IDs are replaced.
fn answer(mut connection: TcpStream, total: usize, pause: Duration) -> Outcome<()> {
    connection.set_nodelay(true)?;
    let mut entries = vec![entry(); PAGE].join(",").into_bytes();
    let text = String::from_utf8(entries.clone())?;
    let ids: Vec<usize> = text.match_indices(DIGITS).map(|(at, _)| at).collect();
    let mut buffer = [0; 8192];
    loop {
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            match connection.read(&mut buffer)? {
                0 => return Ok(()),
                length => request.extend_from_slice(&buffer[..length]),
            }
        }
        let request = String::from_utf8(request)?;
        let target = request.split(' ').nth(1).ok_or("no target")?;
        if let Some((_, page)) = target.split_once("/hostile") {
            let (_, begin, again, end) = HOSTILE[page[..1].parse::<usize>()?];
            let body = begin.to_owned() + &again.repeat(LONGEST / again.len()) + end;
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
            connection.write_all((head + &body).as_bytes())?;
            continue;
        }
        let number = |name: &str| -> Outcome<usize> {
            let mut pairs = target.split(['?', '&', '=']).skip_while(|part| *part != name);
            Ok(pairs.nth(1).ok_or("a parameter is missing")?.parse()?)
        };
        let (offset, limit) = (number("start_number")?, number("limit")?);
        if limit != PAGE {
            return Err(format!("pages of {limit} were asked for").into());
        }
        for (index, at) in ids.iter().enumerate() {
            let id = format!("{:0width$}", offset + index, width = DIGITS.len());
            entries[*at..*at + DIGITS.len()].copy_from_slice(id.as_bytes());
        }
        // After the last full page, the client requests another one, which is empty.
        let entries: &[u8] = if offset < total { &entries } else { b"" };
        let begin = format!(
            "{{\"limit\":{PAGE},\"start_number\":{offset},\"total_number\":{total},\
             \"scaling_activity_log\":["
        );
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{begin}",
            begin.len() + entries.len() + "]}".len()
        );
        thread::sleep(pause);
        connection.write_all(&[head.as_bytes(), entries, b"]}"].concat())?;
    }
}
