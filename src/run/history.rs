//! What a run leaves behind for people: the result of every probe, and every incident.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use jiff::Timestamp;

use super::flow::Rows;
use super::probing::Judged;
use crate::monitor::MonitorId;
use crate::report::chain;
use crate::state::{Directory, LedgerEntry, LedgerPage, Sample, Write};
use crate::store::{Committed, RunWriter, Store, StoreError};
use crate::transition::Incident;
use crate::verdict::Verdict;

/// How long results are kept.
const KEEP_RESULTS: Duration = Duration::from_hours(30 * 24);

/// How long incidents are kept.
const KEEP_INCIDENTS: Duration = Duration::from_hours(400 * 24);

/// What came of it.
pub struct Recorded {
    /// Whether all incidents are in the history now.
    pub incidents: bool,
    /// What went wrong, a sentence each.
    pub problems: Vec<String>,
}

/// Which monitors a run was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    Everything,
    /// Some by name, or a folder tried out: it says nothing about the others.
    Some,
}

/// Writes both, once everything that was decided is stored: what a run could not commit is in no history, and a machine
/// whose runs all fail writes nothing there. History is no condition of an alert, so nothing of it stops a run.
pub async fn keep(
    store: &Store,
    run: &RunWriter,
    (started_at, extent): (Timestamp, Reach),
    judged: &[Judged],
    incidents: &[(MonitorId, Incident)],
) -> Recorded {
    let mut recorded = Recorded { incidents: false, problems: Vec::new() };
    match keep_results(store, run, started_at, judged).await {
        Ok(false) if extent == Reach::Everything => {
            if let Err(error) = run.write_heartbeat(store.now()).await {
                recorded.problems.push(format!("could not write the heartbeat: {}", chain(&error)));
            }
        }
        Ok(_) => {}
        Err(error) => recorded.problems.push(format!("could not store the results: {}", chain(&error))),
    }
    // After its lease a run may know an incident as it no longer is; its successor knows better.
    if run.left().is_zero() {
        return recorded;
    }
    match run.write_incidents(incidents, KEEP_INCIDENTS).await {
        Ok(()) => recorded.incidents = true,
        Err(error) => {
            recorded
                .problems
                .push(format!("could not store the incidents; the next run tries again: {}", chain(&error)));
        }
    }
    recorded
}

/// Says whether there was something to keep.
async fn keep_results(
    store: &Store,
    run: &RunWriter,
    started_at: Timestamp,
    judged: &[Judged],
) -> Result<bool, StoreError> {
    // What was skipped has no result.
    let seen = || judged.iter().filter(|judged| judged.judgement.verdict != Verdict::Skipped);
    if seen().next().is_none() {
        return Ok(false);
    }
    let directory = store.state_reader().directory().await?;
    // New ones get their positions in the order of their ids, so that a page reads like the catalog.
    let mut monitors: Vec<_> = seen().map(|judged| &judged.watched.monitor.id).collect();
    monitors.sort();
    let directory = run.extend_directory(directory, monitors).await?;
    run.write_ledger(&pages(&directory, started_at, seen()), KEEP_RESULTS).await?;
    Ok(true)
}

/// The results by page.
fn pages<'a>(
    directory: &Directory,
    at: Timestamp,
    judged: impl Iterator<Item = &'a Judged>,
) -> Vec<LedgerPage> {
    let mut pages: BTreeMap<usize, Vec<LedgerEntry>> = BTreeMap::new();
    for Judged { watched, judgement } in judged {
        let Some(position) = directory.position_of(&watched.monitor.id) else { continue };
        let sample = Sample { verdict: judgement.verdict, code: judgement.code, latency: judgement.latency };
        pages.entry(position.page).or_default().push(LedgerEntry { position: position.index, sample });
    }
    pages.into_iter().map(|(page, entries)| LedgerPage::pack(page, at, entries)).collect()
}

/// Incidents that committed writes opened or closed, whatever else they changed; and those of rows that were written
/// after `recorded`, because the run that wrote them died before it could keep them, or failed to.
pub fn incidents(
    before: &Rows,
    writes: &[Write],
    committed: &Committed,
    recorded: Option<u64>,
) -> Vec<(MonitorId, Incident)> {
    let written: HashSet<_> = committed.written.iter().collect();
    let known = |id| before.get(id).and_then(|row| row.confirmed.incident.as_ref());
    let changed = writes
        .iter()
        .map(Write::row)
        .filter(|row| written.contains(&row.monitor))
        .filter(|row| row.confirmed.incident.as_ref() != known(&row.monitor));
    let left = before.values().filter(|row| recorded.is_some_and(|recorded| row.epoch > recorded));
    // Of one incident the newer word comes last; the history is put in batches, which take each key once.
    let mut incidents = BTreeMap::new();
    for row in left.chain(changed) {
        if let Some(incident) = &row.confirmed.incident {
            incidents.insert((row.monitor.clone(), incident.opened_at), incident.clone());
        }
    }
    incidents.into_iter().map(|((monitor, _), incident)| (monitor, incident)).collect()
}
