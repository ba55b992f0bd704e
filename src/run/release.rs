//! The step RELEASE: the run gives its lease back, and says what it did.

use super::outcome::{CompletedRun, RunError};
use super::state::{Remaining, RunState};
use crate::monitor::ChannelId;
use crate::report::chain;
use crate::store::{Ending, Released};

impl RunState<'_> {
    /// A run for some monitors only leaves the slot open for the others. After a lease that was lost there is nothing to
    /// give back.
    pub async fn release(self: Box<Self>) -> CompletedRun {
        let Self {
            options,
            deps,
            lease,
            begun: _,
            started_at,
            slot,
            last,
            backlog,
            recorded,
            inventory,
            moves: _,
            due: _,
            judged,
            self_check,
            probed,
            notified,
            unstored,
            incidents: _,
            changes: _,
            rolled_up,
            took,
            remaining,
            problems,
            notices,
        } = *self;
        let of_machine = deps.machine.definition().map(|_| ChannelId::of_machine());
        let mut completed = CompletedRun {
            epoch: lease.epoch(),
            slot,
            last_run: last.as_ref().map(|last| last.at),
            period: options.period,
            start: backlog.start(),
            started_at,
            took,
            notified_after: notified.first.map(|first| first.saturating_duration_since(probed)),
            judged,
            self_check,
            channels: inventory.watchlist.channel_ids().chain(of_machine).collect(),
            inventory,
            notified,
            unstored,
            recorded,
            rolled_up,
            problems,
            notices,
        };
        match remaining {
            Remaining::Nothing => return completed,
            Remaining::Everything | Remaining::Release => {}
        }
        let now = deps.store.now();
        let (ending, last_run) = if options.is_partial() {
            (Ending::GivenUp, completed.last_run)
        } else {
            (Ending::Done(completed.last_ok(&options, last.as_ref(), now)), Some(now))
        };
        completed.problems.extend(match lease.release(ending).await {
            Ok(Released::Done) => {
                completed.last_run = last_run;
                None
            }
            Ok(Released::Overtaken) => Some("the lease ran out before the end of the run".to_owned()),
            Err(error) => Some(format!("could not release the lease: {}", chain(&error))),
        });
        completed
    }

    /// Leaves the slot open for another try after `error`. If this fails too, the lease runs out by itself, and the first
    /// error says more.
    pub async fn give_up(self: Box<Self>, error: RunError) -> RunError {
        drop(self.lease.release(Ending::GivenUp).await);
        error
    }
}
