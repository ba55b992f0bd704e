//! What the rows make pending at a moment of the run.

use std::collections::HashMap;

use super::state::RunState;
use crate::alert::{Routes, RunPhase};
use crate::inventory::{Outlook, WatchStatus};
use crate::state::{Row, Rows};
use crate::suppress::Sorted;

impl RunState<'_> {
    pub fn pending(&self, rows: &Rows, moment: RunPhase) -> Sorted {
        let judged = self.judged.iter().map(|judged| (&judged.watched.monitor.id, &judged.judgement));
        let judgements: HashMap<_, _> = judged.collect();
        let outlook = Outlook {
            machine: &self.deps.machine,
            host: &self.options.host,
            judgements: &judgements,
            moment,
            now: self.deps.store.now(),
        };
        self.inventory.pending(rows, outlook)
    }

    /// The channels that may hear of a monitor.
    pub fn routes(&self, status: WatchStatus<'_>, row: Option<&Row>) -> Routes {
        self.inventory.watchlist.routes(status, row, &self.deps.machine)
    }
}
