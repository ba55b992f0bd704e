//! What a run works with, and what it knows and has found by now.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::Instant;

use super::judging::Judging;
use super::log::Log;
use super::notified::Notified;
use super::options::RunOptions;
use super::probing::Judged;
use super::secret_provider::Variables;
use super::timeout_bound::TimeoutBound;
use crate::deliver::Notifier;
use crate::history::HealthChange;
use crate::inventory::{Inventory, MachineChannel, WatchedMonitor, Watchlist};
use crate::monitor::MonitorId;
use crate::probe::Prober;
use crate::secrets::Vault;
use crate::state::{Acknowledgement, Backlog, HolderProcess, LastOk, Move, RunEvidence, SelfCheck};
use crate::store::{RunWriter, Store};
use crate::transition::Incident;

/// What a run works with.
pub struct Deps {
    pub store: Store,
    pub prober: Arc<Prober>,
    pub judging: Judging,
    pub notifier: Notifier,
    /// Where alerts go that no owner gives a channel.
    pub machine: MachineChannel,
    /// Monitors from files; those of the config table otherwise.
    pub watchlist: Option<Watchlist>,
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

/// A run that holds the lease. Each step reads it and adds its own part.
pub struct RunState<'a> {
    pub options: Cow<'a, RunOptions>,
    pub deps: Deps,
    /// The right to write.
    pub lease: RunWriter,
    pub begun: Instant,
    pub started_at: Timestamp,
    pub slot: u64,
    /// The run that came to its end last.
    pub last: Option<LastOk>,
    /// What it left to do.
    pub backlog: Backlog,
    /// The epoch up to which every incident is in the history.
    pub recorded: Option<u64>,
    /// Its rows are at each step as they are stored by then.
    pub inventory: Inventory,
    /// Rows of renamed monitors, until they are moved.
    pub moves: Vec<Move>,
    pub due: Vec<Arc<WatchedMonitor>>,
    pub judged: Vec<Judged>,
    pub self_check: SelfCheck,
    /// When the last probe and the alerts of earlier runs were through.
    pub probed: Instant,
    pub notified: Notified,
    /// Seen, but not stored: the next run looks again, whenever they would be due.
    pub unstored: Vec<MonitorId>,
    /// Those that changed, or that an earlier run could not keep.
    pub incidents: Vec<(MonitorId, Incident)>,
    /// The changes of health, as the incidents.
    pub changes: Vec<HealthChange>,
    /// The end of the last hour that is rolled up; `None` before the first run.
    pub rolled_up: Option<Timestamp>,
    pub took: Duration,
    /// Set by a step that fails.
    pub remaining: Remaining,
    /// What went wrong in any step without stopping the run, a sentence each.
    pub problems: Vec<String>,
    /// What should be put right, although nothing went wrong; shown after the problems.
    pub notices: Vec<String>,
}

/// What the steps after a commit may still do, the most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remaining {
    /// Everything is stored: the results and incidents are recorded, and the lease is released.
    Everything,
    /// Not everything is stored. What a run could not commit is in no history: the lease is released, and no more.
    Release,
    /// Another run has the lease, so this one neither notifies nor writes anything more.
    Nothing,
}

impl<'a> RunState<'a> {
    /// A run that was granted its lease now. `last` is the last run that came to its end.
    pub fn new(
        options: Cow<'a, RunOptions>,
        deps: Deps,
        lease: RunWriter,
        (begun, slot): (Instant, u64),
        last: Option<LastOk>,
    ) -> Self {
        Self {
            lease,
            begun,
            started_at: deps.store.now(),
            slot,
            // Before the first run that came to its end nothing is known to be kept.
            recorded: last.as_ref().map_or(Some(0), |last| last.recorded),
            rolled_up: last.as_ref().and_then(|last| last.rolled_up),
            backlog: last.clone().map(|last| last.into_backlog(options.period)).unwrap_or_default(),
            last,
            options,
            inventory: Inventory::default(),
            moves: Vec::new(),
            due: Vec::new(),
            judged: Vec::new(),
            self_check: SelfCheck::new(RunEvidence::default(), None, Vec::new()),
            probed: begun,
            notified: Notified::default(),
            unstored: Vec::new(),
            incidents: Vec::new(),
            changes: Vec::new(),
            took: Duration::ZERO,
            remaining: Remaining::Everything,
            problems: Vec::new(),
            notices: Vec::new(),
            deps,
        }
    }

    /// What is seen after the lease could not be stored.
    pub fn deadline(&self) -> Instant {
        (self.begun + self.options.deadline).min(Instant::now() + self.lease.left())
    }

    /// Probes leave time for the canaries, if there are any.
    pub fn probes_end(&self) -> Instant {
        let has_canaries = !self.inventory.watchlist.canaries.is_empty();
        let spare = if has_canaries { self.options.spare() } else { Duration::ZERO };
        self.deadline().checked_sub(spare).unwrap_or(self.begun)
    }

    pub fn timeout_bound(&self, probes_end: Instant) -> TimeoutBound {
        TimeoutBound::of(&self.options, probes_end.saturating_duration_since(Instant::now()))
    }

    /// Enters what channels have accepted into the rows.
    pub fn enter_delivered(&mut self, notified: &Notified) {
        for Acknowledgement { monitor, channel, heard } in &notified.accepted {
            if let Some(row) = self.inventory.rows.get_mut(monitor) {
                row.acknowledge(channel, heard);
            }
        }
    }
}
