//! What one check of each kind costs: time and processor. `cargo bench --bench kinds`
//!
//! Real processes only: `monitorctl check --all` probes N monitors of one kind over fresh connections to a server on
//! loopback, which is a process of its own (this program, started again in another role). The run itself has its share in
//! the figures, which is the same for every kind. Prints Markdown; nothing is asserted about time. Linux only: it uses
//! the whole of 127.0.0.0/8, and pings must be permitted (`net.ipv4.ping_group_range`).

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

#[path = "../support/gauge.rs"]
mod gauge;
mod peers;
mod server;

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use gauge::Taken;
use peers::{KINDS, Peer};

/// Names the role of a process that this program starts.
const ROLE: &str = "MONITORCTL_BENCH_ROLE";

/// Runs of each kind; the figures are their medians.
const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    match std::env::var(ROLE).as_deref() {
        Ok(server::ROLE) => server::serve(),
        Ok(gauge::ROLE) => gauge::measure(),
        _ => bench(),
    }
}

fn bench() -> Result<(), Box<dyn Error>> {
    // `cargo bench -- 1000` takes another size; cargo adds an option of its own.
    let size = std::env::args().skip(1).find_map(|arg| arg.parse().ok()).unwrap_or(500);
    let folder = tempfile::Builder::new().prefix("monitorctl-bench-").tempdir()?;
    let server = server::Server::start(folder.path())?;
    println!(
        "| check | monitors | wall of the run | CPU a check | median latency of a check | peak memory of the run |"
    );
    println!("|:--|--:|--:|--:|--:|--:|");
    for (peer, port) in KINDS.iter().zip(&server.ports) {
        let (taken, latency) = play(peer, *port, size, folder.path())?;
        let millis = |time: Duration| time.as_secs_f64() * 1e3;
        #[expect(clippy::cast_precision_loss, reason = "figures for people")]
        let (each, peak) = (millis(taken.cpu) / size as f64, taken.peak_kib as f64 / 1024.0);
        println!(
            "| {} | {size} | {:.0} ms | {each:.3} ms | {latency:.2} ms | {peak:.0} MiB |",
            peer.words,
            millis(taken.wall)
        );
    }
    Ok(())
}

/// The medians of several runs, each of which must pass as a whole.
fn play(peer: &Peer, port: u16, size: usize, folder: &Path) -> Result<(Taken, f64), Box<dyn Error>> {
    let repository = folder.join(peer.scheme);
    fs::create_dir_all(repository.join("monitors"))?;
    fs::write(repository.join("monitorctl.yaml"), "owner: bench/monitors\n")?;
    let mut documents = String::new();
    for number in 0..size {
        // Several hosts, so that the limit for one of them does not count.
        let address = server::HOSTS[number % server::HOSTS.len()];
        let host = format!("{address}:{port}");
        let Peer { scheme, place, fields, words: _ } = peer;
        let fields = fields.replace("CA", &folder.join(server::CERTIFICATE).display().to_string());
        write!(
            documents,
            "---\nid: api-{number:05}\nurl: {scheme}://{}\n{fields}",
            place.replace("HOST", &host).replace("ADDRESS", address)
        )?;
    }
    fs::write(repository.join("monitors/apis.yaml"), documents)?;
    gauge::run(&repository, &["sync", "--yes", "--format", "json", "--store", "embedded:store.db"])?;
    let (mut runs, mut latencies) = (Vec::new(), Vec::new());
    for _ in 0..=ROUNDS {
        let args = ["check", "--all", "--format", "json", "--store", "embedded:store.db"];
        let (taken, report) = gauge::run(&repository, &args)?;
        if report["summary"]["pass"].as_u64() != Some(u64::try_from(size)?) {
            return Err(format!("not every check of {} passed: {}", peer.words, report["summary"]).into());
        }
        let monitors = report["monitors"].as_array().into_iter().flatten();
        latencies.extend(monitors.filter_map(|monitor: &Value| monitor["latency_ms"].as_f64()));
        runs.push(taken);
    }
    // The first one makes the rows.
    runs.remove(0);
    runs.sort_by_key(|taken| taken.cpu);
    latencies.sort_by(f64::total_cmp);
    Ok((runs[runs.len() / 2], latencies[latencies.len() / 2]))
}
