//! The step RECORD: what a run leaves behind for people, which is the result of every probe and every incident.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use jiff::Timestamp;

use super::probing::Judged;
use super::state::{Remaining, RunState};
use crate::history::{Directory, InMaintenance, LedgerEntry, LedgerPage, Sample, StoredReason};
use crate::monitor::{MonitorId, Window};
use crate::report::chain;
use crate::state::{Rows, Write};
use crate::store::{Committed, StoreError};
use crate::transition::Incident;
use crate::verdict::Verdict;

/// How long results are kept.
const KEEP_RESULTS: Duration = Duration::from_hours(90 * 24);

/// How long incidents are kept.
const KEEP_INCIDENTS: Duration = Duration::from_hours(800 * 24);

impl RunState<'_> {
    /// Writes both, once everything that was decided is stored: what a run could not commit is in no history, and a
    /// machine whose runs all fail writes nothing there. History is no condition of an alert, so nothing of it stops a run.
    pub async fn record(&mut self) {
        match self.remaining {
            Remaining::Everything => {}
            Remaining::Release | Remaining::Nothing => return,
        }
        let failed = match self.record_results().await {
            // A run of some monitors says nothing about the others.
            Ok(Recorded::Nothing) if !self.options.is_partial() => self
                .lease
                .write_heartbeat(self.deps.store.now())
                .await
                .err()
                .map(|error| ("write the heartbeat", error)),
            Ok(Recorded::Nothing | Recorded::Results) => None,
            Err(error) => Some(("store the results", error)),
        };
        self.problems.extend(failed.map(|(task, error)| format!("could not {task}: {}", chain(&error))));
        // After its lease a run may know an incident as it no longer is; its successor knows better.
        if self.lease.left().is_zero() {
            return;
        }
        match self.lease.write_incidents(&self.incidents, KEEP_INCIDENTS).await {
            Ok(()) => self.recorded = Some(self.lease.epoch()),
            Err(error) => self
                .problems
                .push(format!("could not store the incidents; the next run tries again: {}", chain(&error))),
        }
    }

    async fn record_results(&self) -> Result<Recorded, StoreError> {
        // What was skipped has no result.
        let judged = || self.judged.iter().filter(|judged| judged.judgement.verdict != Verdict::Skipped);
        if judged().next().is_none() {
            return Ok(Recorded::Nothing);
        }
        let directory = self.deps.store.state_reader(&self.options.shard).directory().await?;
        // New ones get their positions in the order of their ids, so that a page reads like the catalog.
        let mut monitors: Vec<_> = judged().map(|judged| &judged.watched.monitor.id).collect();
        monitors.sort();
        let directory = self.lease.extend_directory(directory, monitors).await?;
        self.lease.write_ledger(&pages(&directory, self.started_at, judged()), KEEP_RESULTS).await?;
        Ok(Recorded::Results)
    }
}

/// Whether there was something to record.
enum Recorded {
    Results,
    Nothing,
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
        let windows = &watched.monitor.maintenance;
        let is_open = |window: &Window| window.between(at, at).iter().any(|span| span.has(at));
        let sample = Sample {
            verdict: judgement.verdict,
            reason: judgement.faults.first().map(|fault| StoredReason::of(fault.kind)),
            maintenance: if windows.iter().any(is_open) { InMaintenance::Yes } else { InMaintenance::No },
            code: judgement.code,
            latency: judgement.latency,
        };
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
