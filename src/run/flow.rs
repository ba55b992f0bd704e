//! One run, from the lease to its release: the steps of the protocol, in their order.
//!
//! ```text
//! acquire ─▶ read ─▶ move ─┬▶ notify what was pending ─┬▶ self-check ─▶ decide ─▶ conclude ─▶ ledger ─▶ release
//!                         └▶ fetch secrets, probe ┘                        │
//!                              batch by batch, the gravest first: commit ─▶ notify ─▶ acknowledge
//! ```
//!
//! Of each batch: commit first, notify second, acknowledge third. A process may die after any step: what was committed and
//! not delivered is pending, and the next run sends it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::Instant;

use super::acquire::acquire;
use super::concluding::{after, conclude, enter, enter_delivered, gravest_first, unstored};
use super::history;
use super::history::Reach;
use super::inventory::{Inventory, WatchedMonitor};
use super::judging::Judging;
use super::log::Log;
use super::moves::{Moves, moves};
use super::notifying::{Notifications, Notified, alerts};
use super::options::RunOptions;
use super::outcome::{CompletedRun, Outcome, RunError};
use super::probing::{Judged, broken};
use super::secret_provider::Variables;
use super::select::select;
use super::self_check::{self, Asking};
use super::suppressing::{Sorted, sort};
use super::timeout_bound::TimeoutBound;
use super::watch_status::{WatchStatus, WatchStatuses};
use crate::alert::Moment;
use crate::monitor::{Monitor, MonitorId};
use crate::notify::Notifier;
use crate::probe::Prober;
use crate::report::chain;
use crate::report::log::Event;
use crate::secrets::Vault;
use crate::state::{Backlog, Decider, HolderProcess, Move, Row, SelfCheck, Write, decide, let_go};
use crate::store::{Acquired, CommitEnd, Committed, Ending, Raised, Released, RunWriter, Store};

/// The end of the lease in which nothing is published any more: acknowledgements and the release need it.
const LAST_WRITES: Duration = Duration::from_secs(2);

/// What a run works with.
pub struct Deps {
    pub store: Store,
    pub prober: Arc<Prober>,
    pub judging: Judging,
    pub notifier: Notifier,
    /// Monitors from files; the config table otherwise.
    pub inventory: Option<Inventory>,
    /// What monitors may name of the environment.
    pub variables: Variables,
    /// Keeps the other secrets.
    pub vault: Vault,
    pub log: Log,
    /// Whether the process of another run has ended.
    pub is_gone: fn(&HolderProcess) -> bool,
    /// Turns true when the run shall stop early.
    pub stop: watch::Receiver<bool>,
}

/// Makes one run. `progress` receives how many monitors are probed, of how many.
pub async fn run(
    options: &RunOptions,
    deps: Deps,
    progress: impl Fn(usize, usize),
) -> Result<Outcome, RunError> {
    let begun = Instant::now();
    // The slot is a matter of the servers' time, so their clock is asked before anything else.
    deps.store.state_reader().run().await?;
    let slot = options.slot(deps.store.now());
    deps.log.in_slot(slot);
    match acquire(&deps.store, options.lease(slot), deps.is_gone).await? {
        Acquired::Refused(held) => Ok(Outcome::NotOurs(held)),
        Acquired::Granted { run, before } => {
            deps.log.granted(run.epoch());
            deps.log.event(&Event::Acquired);
            let started_at = deps.store.now();
            let last = before.and_then(|record| record.last_ok);
            // Before the first run that came to its end nothing is known to be kept.
            let recorded = last.as_ref().map_or(Some(0), |last| last.recorded);
            let backlog = last.map(|last| last.into_backlog(options.period)).unwrap_or_default();
            let session =
                Session { options, deps, run, begun, spare: Duration::ZERO, started_at, slot, recorded };
            session.work(&backlog, progress).await.map(Outcome::CompletedRun)
        }
    }
}

/// A run that holds the lease.
pub(super) struct Session<'a> {
    pub(super) options: &'a RunOptions,
    pub(super) deps: Deps,
    run: RunWriter,
    pub(super) begun: Instant,
    /// What is kept of its time for the canaries.
    spare: Duration,
    started_at: Timestamp,
    slot: u64,
    /// The epoch up to which every incident is in the history.
    recorded: Option<u64>,
}

/// The rows of the shard by monitor.
pub type Rows = BTreeMap<MonitorId, Row>;

impl Session<'_> {
    async fn work(
        mut self,
        backlog: &Backlog,
        progress: impl Fn(usize, usize),
    ) -> Result<CompletedRun, RunError> {
        let (inventory, mut rows, due, mut problems) = match Box::pin(self.read(backlog)).await {
            Ok(read) => read,
            // What was not read is not touched, and the slot stays open for another try.
            Err(error) => {
                // If this fails too, the lease runs out by itself, and the first error says more.
                drop(self.run.release(Ending::GivenUp).await);
                return Err(error);
            }
        };
        // A topic that does not answer holds up no probe. What it accepted is entered before anything is decided.
        problems.extend(self.patience(self.probes_end()).problem(&due, self.options.deadline));
        let notified = self.notify_pending(&rows, &inventory);
        let (notified, (judged, notices)) = tokio::join!(notified, self.probe(due, progress));
        problems.extend(broken(&judged));
        let probed = Instant::now();
        enter_delivered(&mut rows, &notified);
        let asking =
            Asking { prober: &self.deps.prober, canaries: &inventory.canaries, until: self.deadline() };
        let (self_check, judged) = asking.look(&rows, judged, self.deps.store.now()).await;
        problems.extend(self_check::problems(&self_check));
        if self_check.is_worth_a_word() {
            self.deps.log.event(&Event::Looked(&self_check));
        }
        let writes = self.decide(&rows, &judged, &inventory, &self_check);
        let (writes, committed, notified) = self.conclude(&rows, &inventory, &judged, writes, notified).await;
        let incidents = history::incidents(&rows, &writes, &committed, self.recorded);
        enter(&mut rows, &writes, &committed);
        let mut completed = CompletedRun {
            epoch: self.run.epoch(),
            slot: self.slot,
            start: backlog.start(),
            started_at: self.started_at,
            notified_after: notified.first.map(|first| first.saturating_duration_since(probed)),
            notified,
            judged,
            self_check,
            rows,
            inventory,
            unstored: unstored(&writes, &committed),
            recorded: self.recorded,
            problems: Vec::new(),
            notices,
            took: self.begun.elapsed(),
        };
        enter_delivered(&mut completed.rows, &completed.notified);
        for (monitor, reason) in &completed.notified.suppressed {
            self.deps.log.event(&Event::Suppressed { monitor, reason });
        }
        match committed.end {
            // The present holder of the lease notifies what was committed; this run has nothing more to say.
            CommitEnd::LeaseLost => {
                problems
                    .push("lost the lease before everything was stored; the next run continues".to_owned());
                completed.problems = problems;
                return Ok(completed);
            }
            CommitEnd::Failed(error) => {
                problems.push(format!("could not store everything: {}", chain(&error)));
            }
            CommitEnd::Complete => {
                let reach = if self.options.is_partial() { Reach::Some } else { Reach::Everything };
                let at = (self.started_at, reach);
                let recorded =
                    history::keep(&self.deps.store, &self.run, at, &completed.judged, &incidents).await;
                if recorded.incidents {
                    completed.recorded = Some(self.run.epoch());
                }
                problems.extend(recorded.problems);
            }
        }
        problems.extend(self.release(&completed).await);
        completed.problems = problems;
        Ok(completed)
    }

    async fn read(
        &mut self,
        backlog: &Backlog,
    ) -> Result<(Inventory, Rows, Vec<Arc<WatchedMonitor>>, Vec<String>), RunError> {
        let Deps { store, inventory, .. } = &mut self.deps;
        let (configs, states) = (store.config_reader(), store.state_reader());
        // While the one is decoded, the store is at work on the other.
        let (inventory, states) = match inventory.take() {
            Some(inventory) => (inventory, states.read().await?),
            None => tokio::try_join!(Inventory::read(&configs), states.read())?,
        };
        let mut problems = inventory.problems.clone();
        problems.extend(inventory.lost(self.deps.notifier.default_topic()));
        problems.extend(states.unreadable.iter().map(ToString::to_string));
        let mut alone: HashSet<_> = states.unreadable.iter().map(|row| row.key.as_str()).collect();
        let rows = states.rows.into_iter().chain(states.prober);
        let mut rows: Rows = rows.map(|row| (row.monitor.clone(), row)).collect();
        let newest = rows.values().map(|row| row.epoch).max().unwrap_or_default();
        if newest >= self.run.epoch() {
            if self.run.raise(newest).await? == Raised::LeaseLost {
                return Err(RunError::LeaseLost);
            }
            self.deps.log.granted(self.run.epoch());
        }
        let Moves { ready, stuck } = moves(self.options, &inventory, &rows, &alone);
        problems.extend(
            stuck.iter().map(|(to, at)| {
                format!("{to} is not checked: cannot read its state under the former id {at}")
            }),
        );
        alone.extend(stuck.iter().map(|(to, _)| to.as_str()));
        // Before the rows follow, so that a renamed monitor is due now: its new id has slots of its own.
        let mut due = select(self.options, &inventory, &rows, &alone, self.slot, backlog)?;
        let waiting = self.follow(ready, &mut rows, &mut problems).await?;
        due.retain(|watched| !waiting.contains(&watched.monitor.id));
        self.spare = if inventory.canaries.is_empty() { Duration::ZERO } else { self.options.spare() };
        Ok((inventory, rows, due, problems))
    }

    /// Moves the rows of renamed monitors to their new ids: from here on it is as if they had never had others. Gives
    /// the monitors that have to wait for theirs, because with a new row they could never take the old one along.
    async fn follow(
        &self,
        ready: Vec<Move>,
        rows: &mut Rows,
        problems: &mut Vec<String>,
    ) -> Result<BTreeSet<MonitorId>, RunError> {
        let committed = self.run.move_rows(&ready).await;
        match committed.end {
            CommitEnd::Complete => {}
            CommitEnd::LeaseLost => return Err(RunError::LeaseLost),
            CommitEnd::Failed(error) => problems.push(format!(
                "could not move the state of renamed monitors; the next run tries again: {}",
                chain(&error)
            )),
        }
        problems.extend(committed.overtaken.iter().map(|to| {
            format!("the state of the renamed monitor {to} changed during the move; the next run moves it")
        }));
        let written: HashSet<_> = committed.written.iter().collect();
        let mut waiting = BTreeSet::new();
        for step in ready {
            if written.contains(&step.to) {
                self.deps.log.event(&Event::Moved { from: &step.row.monitor, to: &step.to });
                rows.remove(&step.row.monitor);
                rows.insert(step.to.clone(), step.moved());
            } else {
                waiting.insert(step.to);
            }
        }
        Ok(waiting)
    }

    /// Notifies what was pending before there are probes.
    async fn notify_pending(&self, rows: &Rows, inventory: &Inventory) -> Notified {
        let sorted = self.pending(rows, inventory, &[], Moment::BeforeProbes);
        let now = || self.deps.store.now();
        let notifications = self.notifications(self.options.notify_pending(), &now);
        let mut notified = notifications.notify(sorted.alerts, Notified::default()).await;
        notified.suppressed = sorted.suppressed;
        notifications.discard(sorted.discarded, &mut notified).await;
        notified
    }

    /// Stores what was decided and sends its alerts. Gives the writes in the order in which they were stored.
    async fn conclude(
        &self,
        rows: &Rows,
        inventory: &Inventory,
        judged: &[Judged],
        writes: Vec<Write>,
        notified: Notified,
    ) -> (Vec<Write>, Committed, Notified) {
        let after = after(rows, &writes);
        let sorted = self.pending(&after, inventory, judged, Moment::AfterProbes);
        let writes = gravest_first(writes, &sorted.alerts);
        let log = |monitors: &[MonitorId]| self.log_changes(rows, &after, monitors);
        // What is notified after the lease ran out, its next holder notifies too.
        let now = || self.deps.store.now();
        let notifications = self.notifications(self.run.left().saturating_sub(LAST_WRITES), &now);
        let (committed, notified) = conclude(&notifications, &writes, sorted, notified.afresh(), log).await;
        (writes, committed, notified)
    }

    /// What the rows owe at a moment of the run, sorted.
    fn pending(&self, rows: &Rows, inventory: &Inventory, judged: &[Judged], moment: Moment) -> Sorted {
        let judgements: HashMap<_, _> =
            judged.iter().map(|judged| (&judged.watched.monitor.id, &judged.judgement)).collect();
        let (default, at) = (self.deps.notifier.default_topic(), (moment, self.deps.store.now()));
        let pending = alerts(self.options, rows, inventory, &judgements, default, at);
        sort(pending, rows, inventory, &judgements, at)
    }

    fn notifications<'a>(
        &'a self,
        time: Duration,
        now: &'a (dyn Fn() -> Timestamp + Sync),
    ) -> Notifications<'a> {
        let Deps { notifier, log, .. } = &self.deps;
        Notifications {
            options: self.options,
            notifier,
            run: &self.run,
            log,
            until: Instant::now() + time,
            now,
        }
    }

    pub(super) fn probes_end(&self) -> Instant {
        self.deadline().checked_sub(self.spare).unwrap_or(self.begun)
    }

    pub(super) fn patience(&self, probes_end: Instant) -> TimeoutBound {
        TimeoutBound::of(self.options, probes_end.saturating_duration_since(Instant::now()))
    }

    /// What is seen after the lease could not be stored.
    fn deadline(&self) -> Instant {
        (self.begun + self.options.deadline).min(Instant::now() + self.run.left())
    }

    /// Logs what changed of `monitors`, whose rows are stored now.
    fn log_changes(&self, before: &Rows, after: &Rows, monitors: &[MonitorId]) {
        for row in monitors.iter().filter_map(|monitor| after.get(monitor)) {
            if row.confirmed.seq > before.get(&row.monitor).map_or(0, |row| row.confirmed.seq) {
                self.deps.log.event(&Event::Changed { monitor: &row.monitor, confirmed: &row.confirmed });
            }
        }
    }

    fn decide(
        &self,
        rows: &Rows,
        judged: &[Judged],
        inventory: &Inventory,
        self_check: &SelfCheck,
    ) -> Vec<Write> {
        let by = Decider { holder: self.run.holder(), epoch: self.run.epoch(), now: self.deps.store.now() };
        let seen = judged.iter().filter_map(|Judged { watched, judgement }| {
            let row = rows.get(&watched.monitor.id);
            let judged = || watched.judged.clone();
            decide(by, row, &watched.monitor, judgement, judged)
        });
        let watch_statuses = WatchStatuses::new(self.options, inventory, rows);
        let left = rows.values().filter_map(|row| match watch_statuses.of(&row.monitor) {
            WatchStatus::Unwatched(why, _) if !self.options.is_partial() => let_go(by, row, why),
            WatchStatus::Unwatched(..)
            | WatchStatus::Watched(_)
            | WatchStatus::Unclear
            | WatchStatus::Prober => None,
        });
        let prober = Monitor::prober(&self.options.host);
        let prober_health = self_check.decide(by, rows.get(&prober.id), &prober);
        seen.chain(left).chain(prober_health).collect()
    }

    /// Gives the lease back. A run for some monitors only leaves the slot open for the others.
    async fn release(self, completed: &CompletedRun) -> Option<String> {
        let ending = if self.options.is_partial() {
            Ending::GivenUp
        } else {
            Ending::Done(completed.last_ok(self.options, self.deps.store.now()))
        };
        match self.run.release(ending).await {
            Ok(Released::Done) => None,
            Ok(Released::Overtaken) => Some("the lease ran out before the end of the run".to_owned()),
            Err(error) => Some(format!("could not release the lease: {}", chain(&error))),
        }
    }
}
