//! The step COMMIT: what a run decided is stored batch by batch, the gravest first.

use std::collections::{HashMap, HashSet};

use tokio::sync::mpsc::UnboundedSender;

use super::changed::{changes, incidents};
use super::notified::Notified;
use super::state::{Remaining, RunState};
use crate::history::StoredReason;
use crate::monitor::MonitorId;
use crate::report::chain;
use crate::report::log::LogEvent;
use crate::state::Write;
use crate::store::{CommitEnd, Committed};

/// What the step NOTIFY learns of the commit beside it.
pub enum CommitStep {
    /// The rows of these are stored.
    Stored(Vec<MonitorId>),
    /// No more will be, and this is left to do.
    Ended(Remaining),
}

impl RunState<'_> {
    /// Stores `changes` in their order; `batches` receives what is stored as soon as it is.
    pub async fn commit(&self, changes: &[Write], batches: UnboundedSender<CommitStep>) -> Committed {
        let by_monitor: HashMap<_, _> = changes.iter().map(|write| (&write.row().monitor, write)).collect();
        // It is received as long as this is running.
        let send = |step| drop(batches.send(step));
        let stored = |batch: &[MonitorId]| {
            batch
                .iter()
                .filter_map(|monitor| by_monitor.get(monitor))
                .for_each(|write| self.log_change(write));
            send(CommitStep::Stored(batch.to_vec()));
        };
        let committed = self.lease.commit_each(changes, stored).await;
        send(CommitStep::Ended(remaining(&committed.end)));
        committed
    }

    pub fn log_change(&self, write: &Write) {
        let row = write.row();
        let before = self.inventory.rows.get(&row.monitor).map_or(0, |row| row.confirmed.seq);
        if row.confirmed.seq > before {
            let changed =
                LogEvent::Changed { monitor: &row.monitor, confirmed: &row.confirmed, why: &row.why };
            self.deps.log.event(&changed);
        }
    }

    /// Enters what was committed and notified.
    pub fn enter(&mut self, writes: &[Write], committed: Committed, notified: Notified) {
        self.took = self.begun.elapsed();
        let (before, recorded) = (&self.inventory.rows, self.recorded);
        self.incidents = incidents(before, writes, &committed, recorded);
        self.changes = changes(before, writes, &committed, recorded, &self.reasons());
        self.enter_committed(writes, committed);
        self.enter_delivered(&notified);
        self.notified = std::mem::take(&mut self.notified).followed_by(notified);
        self.problems.append(&mut self.notified.problems);
        for (monitor, reason) in &self.notified.suppressed {
            self.deps.log.event(&LogEvent::Suppressed { monitor, reason });
        }
    }

    /// The kind of the gravest fault of each monitor that has one.
    fn reasons(&self) -> HashMap<&MonitorId, StoredReason> {
        self.judged.iter().filter_map(|judged| Some((&judged.watched.monitor.id, judged.reason()?))).collect()
    }

    /// Enters the rows that were committed, and what is left to do after that.
    pub fn enter_committed(&mut self, changes: &[Write], committed: Committed) {
        let written: HashSet<_> = committed.written.iter().collect();
        for row in changes.iter().map(Write::row) {
            if written.contains(&row.monitor) {
                self.inventory.rows.insert(row.monitor.clone(), row.clone());
            } else {
                self.unstored.push(row.monitor.clone());
            }
        }
        // A row that another run changed is not ours to speak of any more.
        for monitor in &committed.overtaken {
            self.inventory.rows.remove(monitor);
        }
        // What an earlier commit could not store is still not stored.
        self.remaining = self.remaining.max(remaining(&committed.end));
        match committed.end {
            CommitEnd::Complete => {}
            // The present holder of the lease notifies what was committed.
            CommitEnd::LeaseLost => self
                .problems
                .push("lost the lease before everything was stored; the next run continues".to_owned()),
            CommitEnd::Failed(error) => {
                self.problems.push(format!("could not store everything: {}", chain(&error)));
            }
        }
    }
}

fn remaining(end: &CommitEnd) -> Remaining {
    match end {
        CommitEnd::Complete => Remaining::Everything,
        CommitEnd::Failed(_) => Remaining::Release,
        CommitEnd::LeaseLost => Remaining::Nothing,
    }
}
