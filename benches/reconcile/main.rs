//! What `validate`, `diff` and `sync` cost on a large repository: time, processor, memory.
//! `cargo bench --bench reconcile`, or with another number of monitors, `cargo bench --bench reconcile -- 1000`
//!
//! Real processes only, each measured from a process of its own. The repository is one of git, with five monitors in a
//! file and defaults in every folder; the store is the embedded one. Prints Markdown; nothing is asserted about time.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod catalog;
#[path = "../support/gauge.rs"]
mod gauge;
mod growth;

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use gauge::Taken;

/// Names the role of a process that this program starts.
const ROLE: &str = "MONITORCTL_BENCH_ROLE";

/// Rounds; the figures are their medians.
const ROUNDS: usize = 5;

/// Monitors in the repository.
const SIZE: usize = 10_000;

/// One in so many monitors is edited for the diff of a change.
const EDITED: usize = 100;

fn main() -> Result<(), Box<dyn Error>> {
    match std::env::var(ROLE).as_deref() {
        Ok(gauge::ROLE) => gauge::measure(),
        _ => bench(),
    }
}

fn bench() -> Result<(), Box<dyn Error>> {
    // `cargo bench` adds an option of its own.
    let size = std::env::args().skip(1).find_map(|arg| arg.parse().ok()).unwrap_or(SIZE);
    let folder = tempfile::Builder::new().prefix("monitorctl-bench-").tempdir()?;
    let folder = folder.path();
    catalog::write(folder, size, catalog::Text::First)?;
    catalog::commit(folder)?;
    println!("| {size} monitors | wall | CPU | CPU a monitor | peak memory |");
    println!("|:--|--:|--:|--:|--:|");
    row("`validate`", size, &measure(folder, &["validate", "--format", "json"])?);
    row("`diff`, nothing stored", size, &diff(folder, size)?);
    let (taken, _) = gauge::run(folder, &["sync", "--yes", "--format", "json", "--store", STORE])?;
    row("`sync` of all (once)", size, &taken);
    row("`diff`, nothing to do", size, &diff(folder, 0)?);
    catalog::write(folder, size, catalog::Text::EditedOneIn(EDITED))?;
    row("`diff`, one in 100 edited", size, &diff(folder, size.div_ceil(EDITED))?);
    let hostile = tempfile::Builder::new().prefix("monitorctl-bench-").tempdir()?;
    growth::rows(hostile.path())
}

const STORE: &str = "embedded:store.db";

/// A diff that finds something else than it is measured for is no measurement.
fn diff(folder: &Path, changes: usize) -> Result<Taken, Box<dyn Error>> {
    let args = ["diff", "--format", "json", "--store", STORE];
    let (_, plan) = gauge::run(folder, &args)?;
    let found = plan["changes"].as_array().map(Vec::len);
    if found != Some(changes) {
        return Err(format!("a plan of {changes} changes has {found:?}").into());
    }
    measure(folder, &args)
}

/// The medians of several rounds.
fn measure(folder: &Path, args: &[&str]) -> Result<Taken, Box<dyn Error>> {
    let runs =
        (0..ROUNDS).map(|_| Ok(gauge::run(folder, args)?.0)).collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    let middle = |figure: fn(&Taken) -> Duration| {
        let mut figures: Vec<_> = runs.iter().map(figure).collect();
        figures.sort_unstable();
        figures[figures.len() / 2]
    };
    let peak_kib = runs.iter().map(|taken| taken.peak_kib).max().unwrap_or_default();
    Ok(Taken { wall: middle(|taken| taken.wall), cpu: middle(|taken| taken.cpu), peak_kib })
}

fn row(what: &str, size: usize, taken: &Taken) {
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    let (size, peak) = (size as f64, taken.peak_kib as f64 / 1024.0);
    println!(
        "| {what} | {:.0} ms | {:.0} ms | {:.3} ms | {peak:.0} MiB |",
        millis(taken.wall),
        millis(taken.cpu),
        millis(taken.cpu) / size,
    );
}
