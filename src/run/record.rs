//! The step RECORD: what a run leaves behind for people, which is the result of every probe, every incident and every
//! change of health, and what the hours and days add up to.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::probing::Judged;
use super::state::{Remaining, RunState};
use crate::history::{
    Directory, HealthChange, InMaintenance, LedgerEntry, LedgerPage, Sample, Stretch, second,
};
use crate::report::chain;
use crate::store::{Consistency, StoreError};
use crate::verdict::Verdict;

/// How long results are kept.
const KEEP_RESULTS: Duration = Duration::from_hours(90 * 24);

/// How long incidents are kept.
const KEEP_INCIDENTS: Duration = Duration::from_hours(800 * 24);

impl RunState<'_> {
    /// Writes them, once everything that was decided is stored: what a run could not commit is in no history, and a
    /// machine whose runs all fail writes nothing there. History is no condition of an alert, so nothing of it stops a run.
    pub async fn record(&mut self) {
        match self.remaining {
            Remaining::Everything => {}
            Remaining::Release | Remaining::Nothing => return,
        }
        let recorded = match self.record_results().await {
            // A run of some monitors says nothing about the others.
            Ok(None) if !self.options.is_partial() => {
                let beat = self.lease.write_heartbeat(self.deps.store.now()).await;
                beat.map(|()| None).map_err(|error| ("write the heartbeat", error))
            }
            Ok(directory) => Ok(directory),
            Err(error) => Err(("store the results", error)),
        };
        let directory = recorded.unwrap_or_else(|(task, error)| {
            self.problems.push(format!("could not {task}: {}", chain(&error)));
            None
        });
        // After its lease a run may know an incident as it no longer is; its successor knows better.
        if self.lease.left().is_zero() {
            return;
        }
        if let Err(error) = self.record_changes(directory.as_ref()).await {
            self.problems
                .push(format!("could not store the incidents; the next run tries again: {}", chain(&error)));
            return;
        }
        match self.roll_up(directory.as_ref()).await {
            Ok(()) => self.recorded = Some(self.lease.epoch()),
            Err(error) => self.problems.push(format!(
                "could not add the hours of the history up; the next run tries again: {}",
                chain(&error)
            )),
        }
    }

    /// The directory, in which everything has its position that has a result or changed; `None` if nothing has.
    async fn record_results(&self) -> Result<Option<Directory>, StoreError> {
        // What was skipped has no result.
        let judged = || self.judged.iter().filter(|judged| judged.judgement.verdict != Verdict::Skipped);
        let changed = self.changes.iter().map(|change| &change.monitor);
        // New ones get their positions in the order of their ids, so that a page reads like the catalog.
        let mut monitors: Vec<_> = judged().map(|judged| &judged.watched.monitor.id).chain(changed).collect();
        if monitors.is_empty() {
            return Ok(None);
        }
        monitors.sort();
        let directory = self.deps.store.state_reader(&self.options.shard).directory().await?;
        let directory = self.lease.extend_directory(directory, monitors).await?;
        self.lease.write_ledger(&pages(&directory, self.started_at, judged()), KEEP_RESULTS).await?;
        Ok(Some(directory))
    }

    /// Incidents and changes go together: what is missing of either is written again by the next run.
    async fn record_changes(&self, directory: Option<&Directory>) -> Result<(), StoreError> {
        self.lease.write_incidents(&self.incidents, KEEP_INCIDENTS).await?;
        match directory {
            Some(directory) => self.lease.write_journal(&self.new_changes().await?, directory).await,
            None => Ok(()),
        }
    }

    /// The changes that the journal does not have. A run before this one may have kept its changes and not said so, because
    /// it was for some monitors only: it knew what a row no longer says, the health before and the kind of fault.
    async fn new_changes(&self) -> Result<Cow<'_, [HealthChange]>, StoreError> {
        let is_known_until_now =
            self.recorded.is_none_or(|recorded| recorded.saturating_add(1) >= self.lease.epoch());
        let moments = || self.changes.iter().map(|change| second(change.at));
        let (Some(from), Some(to), false) = (moments().min(), moments().max(), is_known_until_now) else {
            return Ok(Cow::Borrowed(&self.changes));
        };
        let within = Stretch { from, to: to + 1 };
        let reader = self.deps.store.state_reader(&self.options.shard);
        let kept = reader.journal(within, (self.deps.store.now(), Consistency::Strong)).await?;
        let is_kept = |change: &HealthChange| {
            let key = |one: &HealthChange| (one.seq, one.at);
            kept.iter().any(|one| one.monitor == change.monitor && key(one) == key(change))
        };
        Ok(self.changes.iter().filter(|change| !is_kept(change)).cloned().collect())
    }
}

/// The results by page.
fn pages<'a>(
    directory: &Directory,
    at: Timestamp,
    judged: impl Iterator<Item = &'a Judged>,
) -> Vec<LedgerPage> {
    let mut pages: BTreeMap<usize, Vec<LedgerEntry>> = BTreeMap::new();
    for judged in judged {
        let Judged { watched, judgement } = judged;
        let Some(position) = directory.position_of(&watched.monitor.id) else { continue };
        let is_in_maintenance = watched.monitor.is_in_maintenance(at);
        let sample = Sample {
            verdict: judgement.verdict,
            reason: judged.reason(),
            maintenance: if is_in_maintenance { InMaintenance::Yes } else { InMaintenance::No },
            code: judgement.code,
            latency: judgement.latency,
        };
        pages.entry(position.page).or_default().push(LedgerEntry { position: position.index, sample });
    }
    pages.into_iter().map(|(page, entries)| LedgerPage::pack(page, at, entries)).collect()
}
