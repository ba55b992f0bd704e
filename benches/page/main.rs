//! What a status page of 1,000 monitors and 90 days costs to build. `cargo bench --bench page`
//!
//! Real processes: `monitorctl sync` and `check` bring the monitors into an embedded store, and this program adds the
//! history of a quarter. Then `monitorctl page` is measured: the first build, which reads everything, and later ones, which
//! read what is not closed. Prints Markdown; nothing is asserted about time. Linux only, as `benches/check`.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

#[path = "../check/catalog.rs"]
mod catalog;
#[path = "../support/gauge.rs"]
mod gauge;
mod quarter;
#[path = "../check/server.rs"]
#[expect(dead_code, reason = "its endpoints are always healthy here")]
mod server;

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Duration;

use gauge::Taken;

/// Names the role of a process that this program starts.
const ROLE: &str = "MONITORCTL_BENCH_ROLE";

/// Rounds; the figures are their medians.
const ROUNDS: usize = 5;

const MONITORS: usize = 1_000;

/// Components of the page, with as many monitors each.
const COMPONENTS: usize = 50;

const STORE: &str = "embedded:store.db";

fn main() -> Result<(), Box<dyn Error>> {
    match std::env::var(ROLE).as_deref() {
        Ok(server::ROLE) => server::serve(),
        Ok(gauge::ROLE) => gauge::measure(),
        _ => bench(),
    }
}

fn bench() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::Builder::new().prefix("monitorctl-bench-").tempdir()?;
    let folder = folder.path();
    let server = server::Server::start()?;
    catalog::write(folder, MONITORS, &server.addresses)?;
    fs::write(folder.join("status.yaml"), page()?)?;
    gauge::run(folder, &["sync", "--yes", "--format", "json", "--store", STORE])?;
    gauge::run(folder, &["check", "--all", "--format", "json", "--store", STORE])?;
    quarter::store(&folder.join("store.db"))?;
    println!("| page of {MONITORS} monitors, {COMPONENTS} components, 90 days | wall | CPU | peak memory |");
    println!("|:--|--:|--:|--:|");
    let (mut first, mut later) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let place = format!("page-{round}");
        first.push(build(folder, &place)?);
        later.push(build(folder, &place)?);
        holds(&folder.join(place))?;
    }
    row("first build", first);
    row("later builds", later);
    Ok(())
}

fn build(folder: &Path, place: &str) -> Result<Taken, Box<dyn Error>> {
    gauge::taken(folder, &["page", "--out", place, "--store", STORE])
}

/// A page without its quarter, or without its closed days, is no measurement.
fn holds(page: &Path) -> Result<(), Box<dyn Error>> {
    let [html, days] = ["index.html", "days.json"].map(|name| fs::read_to_string(page.join(name)));
    let bars = html?.matches("<g><title>").count();
    if bars == COMPONENTS * 90 && days?.contains("\"until\":") {
        return Ok(());
    }
    Err(format!("the page has {bars} bars").into())
}

fn page() -> Result<String, std::fmt::Error> {
    let mut text =
        "id: public\ntitle: Bench\nurl: https://status.example\ndays: 90\ncomponents:\n".to_owned();
    for part in 0..COMPONENTS {
        let each = MONITORS / COMPONENTS;
        let ids = (part * each..(part + 1) * each)
            .map(|number| format!("team-{:03}/api-{number:05}", number / 100))
            .collect::<Vec<_>>()
            .join(", ");
        writeln!(text, "  - {{ name: Part {part}, monitors: [{ids}] }}")?;
    }
    Ok(text)
}

fn row(what: &str, mut taken: Vec<Taken>) {
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    let peak = taken.iter().map(|taken| taken.peak_kib).max().unwrap_or_default() / 1024;
    taken.sort_by_key(|taken| taken.wall);
    let Some(middle) = taken.get(taken.len() / 2) else { return };
    println!("| {what} | {:.0} ms | {:.0} ms | {peak} MiB |", millis(middle.wall), millis(middle.cpu));
}
