//! The life of a catalog of N monitors: its first run, quiet runs, an outage of everything, its end.

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::catalog;
use super::gauge::{self, Taken};
use super::server::Server;

/// Rounds; the figures are their medians.
const ROUNDS: usize = 5;

/// What kind of run was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Every row is created.
    First,
    /// Nothing changed since the last run.
    Quiet,
    /// Every monitor failed for the first time: every row is written.
    Failing,
    /// Every monitor is DOWN: the run writes every row, notifies, and acknowledges.
    Down,
    /// Every monitor is UP again: the same.
    Up,
}

impl Kind {
    const ALL: [Self; 5] = [Self::First, Self::Quiet, Self::Failing, Self::Down, Self::Up];

    pub fn words(self) -> &'static str {
        match self {
            Self::First => "first: all rows made",
            Self::Quiet => "quiet",
            Self::Failing => "all fail once: all rows written",
            Self::Down => "all go DOWN: rows, alerts, acknowledgements",
            Self::Up => "all come UP: the same",
        }
    }
}

/// One measured run.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    pub kind: Kind,
    pub size: usize,
    pub taken: Taken,
    /// The wall time without the slowest probe, which is no matter of ours.
    pub beyond_probe: Duration,
    /// From the last probe to the first message that was accepted; nothing if there was none.
    pub notified_after: Duration,
    pub requests: f64,
    pub read_units: f64,
    pub write_units: f64,
}

/// Plays it in several rounds, each with a new store, and gives the medians of every kind.
pub fn play(size: usize, server: &mut Server) -> Result<Vec<Run>, Box<dyn Error>> {
    let mut runs = Vec::new();
    for _ in 0..ROUNDS {
        let folder = tempfile::Builder::new().prefix("monitorctl-bench-").tempdir()?;
        let folder = folder.path();
        catalog::write(folder, size, &server.addresses)?;
        gauge::run(folder, &["sync", "--yes", "--format", "json", "--store", "embedded:store.db"])?;
        // The machine that checks has no checkout; where there is one, `check --all` compares the files with the table.
        std::fs::remove_dir_all(folder.join("monitors"))?;
        for kind in Kind::ALL {
            server.set_healthy(matches!(kind, Kind::First | Kind::Quiet | Kind::Up))?;
            runs.push(check(kind, size, folder)?);
        }
    }
    let of = |kind| runs.iter().filter(move |run| run.kind == kind).copied().collect::<Vec<_>>();
    Ok(Kind::ALL.into_iter().filter_map(|kind| median(&of(kind))).collect())
}

fn check(kind: Kind, size: usize, folder: &Path) -> Result<Run, Box<dyn Error>> {
    let (taken, report) =
        gauge::run(folder, &["check", "--all", "--format", "json", "--store", "embedded:store.db"])?;
    holds(kind, size, &report)?;
    let probes = report["monitors"].as_array().into_iter().flatten();
    let slowest = probes.filter_map(|monitor| monitor["latency_ms"].as_f64()).fold(0.0, f64::max);
    let consumed = |name: &str| report["store"][name].as_f64().ok_or("the report has no store figures");
    Ok(Run {
        kind,
        size,
        taken,
        beyond_probe: taken.wall.saturating_sub(Duration::from_secs_f64(slowest / 1e3)),
        notified_after: Duration::from_millis(
            report["run"]["notified_after_ms"].as_u64().unwrap_or_default(),
        ),
        requests: consumed("requests")?,
        read_units: consumed("read_units")?,
        write_units: consumed("write_units")?,
    })
}

/// A run that did something else than what it is measured for is no measurement.
fn holds(kind: Kind, size: usize, report: &Value) -> Result<(), Box<dyn Error>> {
    let verdict = match kind {
        Kind::First | Kind::Quiet | Kind::Up => "pass",
        Kind::Failing | Kind::Down => "fail",
    };
    let has_alerts = matches!(kind, Kind::Down | Kind::Up);
    let summary = &report["summary"];
    let complete =
        summary[verdict].as_u64() == Some(u64::try_from(size)?) && summary["pending"].as_u64() == Some(0);
    let quiet = report["problems"].as_array().is_some_and(Vec::is_empty);
    if complete && quiet && has_alerts == (summary["messages"].as_u64() > Some(0)) {
        return Ok(());
    }
    Err(format!("a run of the kind {kind:?} went otherwise: {summary} {}", report["problems"]).into())
}

/// The median of each figure by itself.
fn median(runs: &[Run]) -> Option<Run> {
    fn middle<T: PartialOrd + Copy>(runs: &[Run], figure: impl Fn(&Run) -> T) -> Option<T> {
        let mut figures: Vec<_> = runs.iter().map(figure).collect();
        figures.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
        figures.get(figures.len() / 2).copied()
    }
    let first = runs.first()?;
    Some(Run {
        kind: first.kind,
        size: first.size,
        taken: Taken {
            wall: middle(runs, |run| run.taken.wall)?,
            cpu: middle(runs, |run| run.taken.cpu)?,
            peak_kib: middle(runs, |run| run.taken.peak_kib)?,
        },
        beyond_probe: middle(runs, |run| run.beyond_probe)?,
        notified_after: middle(runs, |run| run.notified_after)?,
        requests: middle(runs, |run| run.requests)?,
        read_units: middle(runs, |run| run.read_units)?,
        write_units: middle(runs, |run| run.write_units)?,
    })
}
