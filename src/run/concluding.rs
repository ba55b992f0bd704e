//! The end of a run: what it decided is stored batch by batch, the gravest first, and what is stored goes out beside that.
//!
//! Which alerts there are is decided once, on the rows as they will be: whether one is suppressed because of another monitor
//! must not hang on the order of the batches. Only when they go out is a matter of what is stored ([`Waves`]).

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::time::{Instant, sleep_until};

use super::flow::Rows;
use super::notifying::{Notifications, Notified};
use super::suppressing::Sorted;
use super::waves::{Urgency, Waves};
use crate::alert::{Alert, AlertKind};
use crate::monitor::{MonitorId, Severity};
use crate::state::Write;
use crate::store::{CommitEnd, Committed};

/// Time from the first stored change to the first word about it, where many are pending. It gathers a few thousand on a
/// laptop and two batches on AWS; with the rest of the work it keeps below 2 s from the last probe.
const FIRST_WORD: Duration = Duration::from_millis(250);

/// Time for what is stored to go out, before the lease ends and all else waits for the next run.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// What the notifying part receives.
enum Step {
    /// The rows of these are stored.
    Stored(Vec<MonitorId>),
    /// No more will be.
    Ended(Then),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    Notify,
    /// Another run has the lease, and notifies what is left.
    Stop,
}

/// The rows as they are once everything is stored.
pub fn after(rows: &Rows, writes: &[Write]) -> Rows {
    let mut after = rows.clone();
    after.extend(writes.iter().map(|write| (write.row().monitor.clone(), write.row().clone())));
    after
}

/// Sorts what is to be stored by what it means to people: first what calls them, and of that what is critical; last what
/// no alert is sent of.
pub fn gravest_first(mut writes: Vec<Write>, alerts: &[Alert]) -> Vec<Write> {
    let graveness = |alert: &Alert| (!alert.kind.is_bad(), Reverse(alert.severity()), alert.kind);
    let by_monitor: BTreeMap<_, _> =
        alerts.iter().map(|alert| (&alert.monitor.id, graveness(alert))).collect();
    let no_alert = (true, Reverse(Severity::Info), AlertKind::Unwatched);
    writes.sort_by_cached_key(|write| {
        let found = by_monitor.get(&write.row().monitor).copied();
        (found.is_none(), found.unwrap_or(no_alert))
    });
    writes
}

/// Stores `writes` in their order and notifies `sorted` beside that. Gives what became of both.
///
/// `stored` receives the monitors of each batch.
pub async fn conclude(
    notifications: &Notifications<'_>,
    writes: &[Write],
    sorted: Sorted,
    before: Notified,
    mut stored: impl FnMut(&[MonitorId]),
) -> (Committed, Notified) {
    let Sorted { alerts, suppressed, discarded } = sorted;
    let decided: HashSet<_> = writes.iter().map(|write| write.row().monitor.clone()).collect();
    let (steps, from) = mpsc::unbounded_channel();
    let commit = async move {
        let committed = notifications
            .run
            .commit_each(writes, |batch| {
                stored(batch);
                // It is received as long as this is running.
                let _ = steps.send(Step::Stored(batch.to_vec()));
            })
            .await;
        let then = match committed.end {
            CommitEnd::LeaseLost => Then::Stop,
            CommitEnd::Complete | CommitEnd::Failed(_) => Then::Notify,
        };
        let _ = steps.send(Step::Ended(then));
        committed
    };
    let notify = notify(notifications, Waves::new(alerts, decided.clone()), from, before);
    let (committed, mut notified) = tokio::join!(biased; commit, notify);
    // Of what was decided and is not stored, nothing is known.
    let written: HashSet<_> = committed.written.iter().collect();
    let is_known = |monitor: &MonitorId| !decided.contains(monitor) || written.contains(monitor);
    notified.suppressed = suppressed.into_iter().filter(|(monitor, _)| is_known(monitor)).collect();
    if !matches!(committed.end, CommitEnd::LeaseLost) {
        let discarded = discarded.into_iter().filter(|one| is_known(&one.monitor)).collect();
        notifications.discard(discarded, &mut notified).await;
    }
    (committed, notified)
}

async fn notify(
    notifications: &Notifications<'_>,
    mut waves: Waves,
    mut from: UnboundedReceiver<Step>,
    mut notified: Notified,
) -> Notified {
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
            step = from.recv() => step,
            () = sleep_until(next.unwrap_or(begun)), if next.is_some() => {
                urgency = if urgency == Urgency::Patient { Urgency::FirstWord } else { Urgency::Last };
                None
            }
        };
        let mut then = None;
        while let Some(received) = step {
            match received {
                Step::Stored(monitors) => waves.stored(&monitors),
                Step::Ended(ended) => then = Some(ended),
            }
            // All that is stored by now goes out together.
            step = from.try_recv().ok();
        }
        let ready = match then {
            Some(Then::Stop) => return notified,
            Some(Then::Notify) => waves.take(Urgency::Last),
            // Once the last words are said, what is stored after them goes out together at the end.
            None if urgency == Urgency::Last && next.is_none() => Vec::new(),
            None => waves.take(urgency),
        };
        if !ready.is_empty() {
            notified = notifications.notify(ready, notified).await;
        }
        if then.is_some() {
            return notified;
        }
    }
}

/// The monitors whose decided change is not known to be stored.
pub fn unstored(writes: &[Write], committed: &Committed) -> Vec<MonitorId> {
    let written: HashSet<_> = committed.written.iter().collect();
    let monitors = writes.iter().map(|write| &write.row().monitor);
    monitors.filter(|monitor| !written.contains(monitor)).cloned().collect()
}

/// Enters what was delivered.
pub fn enter_delivered(rows: &mut Rows, notified: &Notified) {
    for (monitor, delivered) in &notified.delivered {
        if let Some(row) = rows.get_mut(monitor) {
            row.delivered.clone_from(delivered);
        }
    }
}

/// Enters what was committed; a row that another run changed is not ours to speak of any more.
pub fn enter(rows: &mut Rows, writes: &[Write], committed: &Committed) {
    let written: HashMap<_, _> = writes.iter().map(|write| (&write.row().monitor, write.row())).collect();
    for monitor in &committed.written {
        if let Some(row) = written.get(monitor) {
            rows.insert(monitor.clone(), (*row).clone());
        }
    }
    for monitor in &committed.overtaken {
        rows.remove(monitor);
    }
}
