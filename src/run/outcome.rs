//! What came of a run, and how it ends for the caller.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use jiff::Timestamp;

use super::notified::Notified;
use super::options::RunOptions;
use super::probing::Judged;
use crate::inventory::Inventory;
use crate::monitor::{ChannelId, Idle, MonitorId};
use crate::report::{MonitorMetrics, RunLine, RunMetrics, RunReport, StoreUse, Tally};
use crate::state::{Held, LastOk, SelfCheck, SkippedRange};
use crate::store::{Consumed, StoreError};
use crate::transition::Health;
use crate::verdict::Verdict;

/// How a run ended.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one of it in a process")]
pub enum RunOutcome {
    /// Another run has the lease, or the slot is done: nothing to do here.
    NotOurs(Held),
    CompletedRun(CompletedRun),
}

/// Why there was no run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error(transparent)]
    NothingMatches(Idle),
    #[error("the monitor {id} is disabled (`enabled: false`)")]
    Disabled { id: MonitorId },
    #[error("the table belongs to the environment {stored}, and this is {chosen}")]
    OtherEnvironment { stored: String, chosen: String },
    #[error("SNS_TOPIC_ARN is not set and no repository synced `channels:`, so alerts have no channel")]
    NoChannel,
    #[error("lost the lease before anything was done")]
    LeaseLost,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A run that held the lease.
#[derive(Debug)]
pub struct CompletedRun {
    pub epoch: u64,
    pub slot: u64,
    /// When a run was done last: this one, unless it left the slot open.
    pub last_run: Option<Timestamp>,
    /// Time from one run to the next, as it was in this one.
    pub period: Duration,
    /// Where its probes began on the ring.
    pub start: u64,
    pub started_at: Timestamp,
    pub took: Duration,
    /// From the last probe to the first message that was accepted after it.
    pub notified_after: Option<Duration>,
    pub judged: Vec<Judged>,
    pub self_check: SelfCheck,
    /// Every channel that it could notify, that of the machine among them.
    pub channels: BTreeSet<ChannelId>,
    /// Its rows are as they are after the run.
    pub inventory: Inventory,
    pub notified: Notified,
    /// Seen, but not stored: the next run looks again, whenever they would be due.
    pub unstored: Vec<MonitorId>,
    /// The epoch up to which every incident is in the history.
    pub recorded: Option<u64>,
    /// The end of the last hour that is rolled up.
    pub rolled_up: Option<Timestamp>,
    /// What went wrong without stopping it, a sentence each.
    pub problems: Vec<String>,
    /// What should be put right, although nothing went wrong; shown with the problems.
    pub notices: Vec<String>,
}

impl CompletedRun {
    /// The record of this run for the next one, and for `status`. `before` is that of the run before.
    pub fn last_ok(&self, options: &RunOptions, before: Option<&LastOk>, now: Timestamp) -> LastOk {
        let Tally { pass, degraded, fail, unknown, skipped } = self.tally();
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let skipped_ones = self.judged.iter().filter(|judged| judged.judgement.verdict == Verdict::Skipped);
        let skipped_ones = skipped_ones.map(|judged| &judged.watched.monitor);
        // What is not watched, and the prober, are decided on again in any case.
        let unstored = self.unstored.iter().filter_map(|id| Some(&self.inventory.watchlist.get(id)?.monitor));
        LastOk {
            slot: self.slot,
            period: options.period,
            in_a_row: LastOk::row_after(before, options.period, options.other_period, now),
            at: now,
            run: options.holder.clone(),
            host: options.host.clone(),
            probed: count(pass + degraded + fail + unknown),
            up: count(pass),
            degraded: count(degraded),
            down: count(fail),
            unknown: count(unknown),
            skipped: count(skipped),
            range: SkippedRange::over(skipped_ones.chain(unstored), self.start, self.slot, options.period),
            recorded: self.recorded,
            rolled_up: self.rolled_up,
            took: Duration::try_from(now.duration_since(self.started_at)).unwrap_or_default(),
        }
    }

    /// Whether every monitor that should be watched is confirmed to be up.
    pub fn all_up(&self, options: &RunOptions) -> bool {
        !self.self_check.is_blind()
            && self
                .inventory
                .watchlist
                .enabled()
                .map(|watched| &watched.monitor)
                .filter(|monitor| options.covers(monitor))
                .all(|monitor| {
                    self.inventory.rows.get(&monitor.id).is_some_and(|row| row.confirmed.health == Health::Up)
                })
    }

    /// Whether something is left for the next run, or was not as it should be.
    pub fn is_partial(&self) -> bool {
        let skipped = self.tally().skipped > 0;
        skipped || self.self_check.is_blind() || !self.problems.is_empty() || self.notified.pending() > 0
    }

    /// The run as Prometheus reads it.
    pub fn metrics(&self, options: &RunOptions) -> RunMetrics<'_> {
        let Inventory { watchlist, rows, .. } = &self.inventory;
        let judgements: HashMap<_, _> =
            self.judged.iter().map(|judged| (&judged.watched.monitor.id, &judged.judgement)).collect();
        let monitors = watchlist.enabled().map(|watched| {
            let monitor = &watched.monitor;
            let health = rows.get(&monitor.id).map_or(Health::New, |row| row.confirmed.health);
            MonitorMetrics { monitor, health, judgement: judgements.get(&monitor.id).copied() }
        });
        let mut pending: BTreeMap<_, _> = self.channels.iter().map(|channel| (channel.clone(), 0)).collect();
        pending.extend(self.notified.pending_by_channel.clone());
        RunMetrics {
            origin: options.origin(),
            at: self.started_at.checked_add(self.took).unwrap_or(self.started_at),
            took: self.took,
            blind: self.self_check.is_blind(),
            pending,
            monitors: monitors.collect(),
        }
    }

    /// The run as people and programs read it.
    pub fn report(self, options: &RunOptions, consumed: Consumed) -> RunReport {
        let Consumed { requests, read_units, write_units } = consumed;
        let mut problems = self.problems;
        problems.extend(self.notices);
        let due = self.judged.len();
        let Inventory { watchlist, rows, .. } = &self.inventory;
        let lines = self.judged.into_iter().map(|Judged { watched, judgement }| {
            let row = rows.get(&watched.monitor.id);
            let streak = row.and_then(|row| row.confirmed.streak.as_ref());
            let policy = &watched.monitor.alert;
            RunLine {
                id: watched.monitor.id.clone(),
                health: row.map_or(Health::New, |row| row.confirmed.health),
                pending: streak.filter(|streak| streak.verdict == judgement.verdict).map(|streak| {
                    let health = row.map_or(Health::New, |row| row.confirmed.health);
                    let better = health == Health::Down || streak.verdict == Verdict::Pass;
                    (streak.count, if better { policy.successes } else { policy.failures })
                }),
                judgement,
            }
        });
        let pending = self.notified.pending();
        let mut report = RunReport {
            run: options.holder.clone(),
            epoch: self.epoch,
            slot: self.slot,
            started_at: self.started_at,
            took: self.took,
            notified_after: self.notified_after,
            lines: lines.collect(),
            self_check: self.self_check,
            not_due: if options.only.is_none() { watchlist.enabled().count().saturating_sub(due) } else { 0 },
            messages: self.notified.messages,
            pending,
            pending_since: self.notified.oldest,
            suppressed: self.notified.suppressed,
            discarded: self.notified.discarded.len(),
            store: StoreUse { requests, read_units, write_units },
            problems,
        };
        report.sort();
        report
    }

    fn tally(&self) -> Tally {
        Tally::of(self.judged.iter().map(|judged| judged.judgement.verdict))
    }
}
