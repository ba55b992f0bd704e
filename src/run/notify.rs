//! The step NOTIFY: what was pending before the run is sent beside the probes, and what a run decided as soon as it is
//! stored.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep_until};

use super::channel_book::ChannelBook;
use super::commit::CommitStep;
use super::notified::Notified;
use super::publishing::Notifications;
use super::state::{Deps, Remaining, RunState};
use super::waves::{Urgency, Waves};
use crate::alert::{Alert, RunPhase};
use crate::monitor::ChannelId;
use crate::state::{ChannelRecord, Write};
use crate::suppress::Sorted;

/// Time from the first stored change to the first word about it, where many are pending. It gathers a few thousand on a
/// laptop and two batches on AWS; with the rest of the work it keeps below 2 s from the last probe.
const FIRST_WORD: Duration = Duration::from_millis(250);

/// Time for what is stored to go out, before the lease ends and all else waits for the next run.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Time to notify in any case.
const LEAST: Duration = Duration::from_secs(3);

/// The end of the lease in which nothing is published any more: acknowledgements and the release need it.
const LAST_WRITES: Duration = Duration::from_secs(2);

/// As if no channel had refused anything: who asks for everything wants no one to wait.
static UNTRIED: BTreeMap<ChannelId, ChannelRecord> = BTreeMap::new();

impl RunState<'_> {
    /// Notifies what was pending before there are probes. A channel that does not answer holds up no probe.
    pub async fn notify_pending(&self) -> Notified {
        let Sorted { alerts, suppressed, discarded } =
            self.pending(&self.inventory.rows, RunPhase::BeforeProbes);
        let now = || self.deps.store.now();
        let notifications = self.notifications(self.options.notify_pending(), &now);
        let mut notified = notifications.notify(alerts, Notified::default()).await;
        notified.suppressed = suppressed;
        notifications.discard(discarded, &mut notified).await;
        notified
    }

    /// Notifies what the changes of this run make pending, beside their commit, as `stored` says what of them is stored.
    ///
    /// Which alerts there are was decided on the rows as they will be: whether one is suppressed because of another monitor
    /// must not hang on the order of the batches. Only when they go out is a matter of what is stored ([`Waves`]).
    pub async fn notify(
        &self,
        changes: &[Write],
        pending: Sorted,
        stored: UnboundedReceiver<CommitStep>,
    ) -> Notified {
        let Sorted { alerts, suppressed, discarded } = pending;
        let unstored: HashSet<_> = changes.iter().map(|write| write.row().monitor.clone()).collect();
        let mut waves = Waves::new(alerts, unstored);
        let now = || self.deps.store.now();
        let notifications = self.notifications(self.time_to_notify(), &now);
        let (mut notified, remaining) =
            in_waves(&notifications, &mut waves, stored, self.notified.next()).await;
        // Of what was decided and is not stored, nothing is known.
        notified.suppressed = suppressed.into_iter().filter(|(monitor, _)| waves.is_known(monitor)).collect();
        match remaining {
            Remaining::Nothing => {}
            Remaining::Everything | Remaining::Release => {
                let discarded =
                    discarded.into_iter().filter(|one| waves.is_known(&one.accepted.monitor)).collect();
                notifications.discard(discarded, &mut notified).await;
            }
        }
        notified
    }

    /// What is left for notifications of the lease, because what is notified after it ran out, its next holder notifies too;
    /// and of the time until the next run is due, so that a channel that hangs delays no probe of that one.
    pub fn time_to_notify(&self) -> Duration {
        let until_next = self.options.period.saturating_sub(self.begun.elapsed()).max(LEAST);
        self.lease.left().saturating_sub(LAST_WRITES).min(until_next)
    }

    /// What this run knows of channels.
    pub fn channel_book(&self) -> ChannelBook<'_> {
        let Deps { machine, variables, vault, .. } = &self.deps;
        ChannelBook { watchlist: &self.inventory.watchlist, machine, variables, vault }
    }

    /// Sends for so long at most.
    pub fn notifications<'a>(
        &'a self,
        time: Duration,
        now: &'a (dyn Fn() -> Timestamp + Sync),
    ) -> Notifications<'a> {
        let Deps { notifier, log, .. } = &self.deps;
        Notifications {
            environment: self.options.environment.as_deref(),
            period: self.options.period,
            machine: &self.options.host,
            notifier,
            rows: &self.inventory.rows,
            book: self.channel_book(),
            records: if self.options.all { &UNTRIED } else { &self.inventory.channels },
            lease: &self.lease,
            log,
            until: Instant::now() + time,
            now,
        }
    }
}

/// Sends what is stored until the commit has ended. Gives how that was.
async fn in_waves(
    notifications: &Notifications<'_>,
    waves: &mut Waves,
    mut stored: UnboundedReceiver<CommitStep>,
    mut notified: Notified,
) -> (Notified, Remaining) {
    let mut urgency = Urgency::Patient;
    let begun = Instant::now();
    let last = notifications.until.checked_sub(LAST_WORDS).unwrap_or(begun);
    loop {
        let next = match urgency {
            Urgency::Patient => Some(begun + FIRST_WORD),
            Urgency::FirstWord => Some(last),
            Urgency::Last => None,
        };
        let mut step = tokio::select! {
            biased;
            step = stored.recv() => step,
            () = sleep_until(next.unwrap_or(begun)), if next.is_some() => {
                urgency = if urgency == Urgency::Patient { Urgency::FirstWord } else { Urgency::Last };
                None
            }
        };
        let mut ended = None;
        while let Some(received) = step {
            match received {
                CommitStep::Stored(monitors) => waves.stored(&monitors),
                CommitStep::Ended(remaining) => ended = Some(remaining),
            }
            // All that is stored by now goes out together.
            step = stored.try_recv().ok();
        }
        let ready: Vec<Alert> = match ended {
            Some(Remaining::Nothing) => return (notified, Remaining::Nothing),
            Some(Remaining::Everything | Remaining::Release) => waves.take(Urgency::Last),
            None if urgency == Urgency::Last && next.is_none() => Vec::new(),
            None => waves.take(urgency),
        };
        if !ready.is_empty() {
            notified = notifications.notify(ready, notified).await;
        }
        if let Some(remaining) = ended {
            return (notified, remaining);
        }
    }
}
