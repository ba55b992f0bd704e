//! The step MIGRATE: the rows of renamed monitors move to their new ids.

use std::collections::{BTreeSet, HashSet};

use super::outcome::RunError;
use super::state::RunState;
use crate::report::chain;
use crate::report::log::LogEvent;
use crate::store::CommitEnd;

impl RunState<'_> {
    /// From here on it is as if renamed monitors had never had other ids. One whose row cannot follow is not probed: with
    /// a new row it could never take the old one along.
    pub async fn migrate(mut self: Box<Self>) -> Result<Box<Self>, RunError> {
        let moves = std::mem::take(&mut self.moves);
        let committed = self.lease.move_rows(&moves).await;
        match committed.end {
            CommitEnd::Complete => {}
            CommitEnd::LeaseLost => return Err(self.give_up(RunError::LeaseLost).await),
            CommitEnd::Failed(error) => self.problems.push(format!(
                "could not move the state of renamed monitors; the next run tries again: {}",
                chain(&error)
            )),
        }
        self.problems.extend(committed.overtaken.iter().map(|to| {
            format!("the state of the renamed monitor {to} changed during the move; the next run moves it")
        }));
        let written: HashSet<_> = committed.written.iter().collect();
        let mut waiting = BTreeSet::new();
        for step in moves {
            if written.contains(&step.to) {
                self.deps.log.event(&LogEvent::Moved { from: &step.row.monitor, to: &step.to });
                self.inventory.rows.remove(&step.row.monitor);
                self.inventory.rows.insert(step.to.clone(), step.moved());
            } else {
                waiting.insert(step.to);
            }
        }
        self.due.retain(|watched| !waiting.contains(&watched.monitor.id));
        Ok(self)
    }
}
