//! What judging the dearest answers costs: time and memory of one monitor, whatever its assertions ask.
//! `cargo bench --bench judge`
//!
//! Real processes only, each measured from a process of its own: `check` of one monitor, whose endpoint answers with
//! 1 MiB. The first row has an assertion that costs nothing, so it is what the program takes by itself. Prints
//! Markdown; nothing is asserted about time. That the steps end at their bound is held by the tests of `json`.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

#[expect(dead_code, reason = "the other benches read every figure")]
#[path = "../support/gauge.rs"]
mod gauge;

use std::error::Error;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use gauge::Taken;
use serde_json::json;

/// Names the role of a process that this program starts.
const ROLE: &str = "MONITORCTL_BENCH_ROLE";

/// Rounds; the figures are their medians.
const ROUNDS: usize = 3;

/// The row of a monitor that is DOWN, of which many windows are asked.
const MAINTAINED: &str = "DOWN, 20 windows since the year 2000";

/// The most that a body may have.
const BODY: usize = 1 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    match std::env::var(ROLE).as_deref() {
        Ok(gauge::ROLE) => gauge::measure(),
        _ => bench(),
    }
}

/// Windows that count to their last day from the year 2000 on, or look for one that never comes.
fn windows() -> serde_json::Value {
    let days: Vec<_> = (1..=31).map(|day| day.to_string()).collect();
    let long_ago = |hour: usize| {
        let repeats = format!("FREQ=MONTHLY;INTERVAL=1000;COUNT=1000;BYMONTHDAY={}", days.join(","));
        json!({"starts": format!("2000-11-01T{hour:02}:00"), "for": "23h", "repeats": repeats})
    };
    let seldom = |hour: usize| {
        let repeats = "FREQ=MONTHLY;BYDAY=4MO;BYMONTHDAY=-1;COUNT=1000";
        json!({"starts": format!("2000-11-01T{hour:02}:00"), "for": "23h", "repeats": repeats})
    };
    (0..10).flat_map(|hour| [long_ago(hour), seldom(hour)]).collect()
}

/// A name, an assertion, and the body that it is dear on.
fn cases() -> Vec<(&'static str, serde_json::Value, String)> {
    let list = |item: &str| {
        let number = (BODY - 2) / (item.len() + 1);
        format!("[{}]", vec![item; number].join(","))
    };
    let exists = |path: &str| json!({"json": [{"path": path, "exists": true}]});
    let patterns: Vec<_> = (0..40_000).map(|i| format!(r#""{i}[a-z]{{9}}""#)).collect();
    let matches = |pattern: &str| json!({"body": {"matches": pattern}});
    let letters: String =
        (0..BODY as u64).map(|i| if (i * i / 7).is_multiple_of(3) { 'a' } else { 'b' }).collect();
    let many: Vec<_> = (0..100)
        .map(|i| json!({"path": format!("$[?search(@, '[a-z]{{{},1000}}')]", i + 1), "exists": true}))
        .collect();
    vec![
        ("nothing dear", json!({"body": {"contains": "1"}}), list("1")),
        ("`$[0]`", exists("$[0]"), list("1")),
        ("`$[?$[?@==2]]`", exists("$[?$[?@==2]]"), list("1")),
        ("`$[?count($..*) > 1]`", exists("$[?count($..*) > 1]"), list("1")),
        ("`$..*..*..*`", exists("$..*..*..*"), list("[1,[2]]")),
        (
            "`$..*..*..*`, deep",
            exists("$..*..*..*"),
            format!("{}{}", "[".repeat(BODY / 2), "]".repeat(BODY / 2)),
        ),
        ("`$[?@ == $[-1]]`", exists("$[?@ == $[-1]]"), list("1")),
        ("40,000 patterns of the answer", exists("$[?search('x', @)]"), format!("[{}]", patterns.join(","))),
        ("100 large patterns", json!({"json": many}), list(r#""a""#)),
        ("`a[ab]{8000}c` on the body", matches("a[ab]{8000}c"), letters),
        (r"`\bdown\b` on the body", matches(r"\bdown\b"), "日本語 up ".repeat(BODY / 13)),
        (MAINTAINED, matches("^down$"), list("1")),
    ]
}

fn bench() -> Result<(), Box<dyn Error>> {
    println!("| assertion on 1 MiB | CPU | peak memory |");
    println!("|:--|--:|--:|");
    for (name, expect, body) in cases() {
        let folder = tempfile::Builder::new().prefix("monitorctl-bench-").tempdir()?;
        let folder = folder.path();
        std::fs::create_dir(folder.join("monitors"))?;
        std::fs::write(folder.join("monitorctl.yaml"), "owner: bench/judge\n")?;
        let mut monitor = json!({"id": "dear", "url": serve(body)?, "expect": expect, "retry": {"attempts": 0}, "alert": {"failures": 1}});
        if name == MAINTAINED
            && let Some(fields) = monitor.as_object_mut()
        {
            fields.insert("maintenance".to_owned(), windows());
        }
        std::fs::write(folder.join("monitors/dear.yaml"), monitor.to_string())?;
        gauge::run(folder, &["sync", "--yes", "--format", "json", "--store", STORE])?;
        let mut taken = (0..ROUNDS)
            .map(|_| Ok(gauge::run(folder, &["check", "--all", "--format", "json", "--store", STORE])?.0))
            .collect::<Result<Vec<_>, Box<dyn Error>>>()?;
        taken.sort_by_key(|taken| taken.cpu);
        let peak = taken.iter().map(|taken| taken.peak_kib).max().unwrap_or_default();
        row(name, taken.get(ROUNDS / 2).copied(), peak);
    }
    Ok(())
}

const STORE: &str = "embedded:store.db";

fn row(name: &str, middle: Option<Taken>, peak_kib: u64) {
    let cpu = middle.map_or(Duration::ZERO, |taken| taken.cpu);
    println!("| {name} | {} ms | {} MiB |", cpu.as_millis(), peak_kib / 1024);
}

/// An endpoint on loopback that answers every request with `body` while this process lives.
fn serve(body: String) -> Result<String, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let body = Arc::new(body);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let body = Arc::clone(&body);
            // A client that goes away is its own affair.
            thread::spawn(move || drop(answer(stream, &body)));
        }
    });
    Ok(format!("http://{address}/"))
}

fn answer(mut stream: TcpStream, body: &str) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut part = [0; 1_024];
        match stream.read(&mut part)? {
            0 => return Ok(()),
            read => request.extend_from_slice(part.get(..read).unwrap_or_default()),
        }
    }
    let length = body.len();
    stream.write_all(
        format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n").as_bytes(),
    )?;
    stream.write_all(body.as_bytes())
}
