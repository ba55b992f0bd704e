//! What one run writes about one monitor.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::incident_key::begins;
use super::{Delivered, Deliveries, DeliveryEdit, FirstPending, IncidentKey, Row, Write};
use crate::monitor::{ChannelId, Monitor};
use crate::transition::{Confirmed, Health, ObservedVerdict, Thresholds, Transition, Unwatched, step};
use crate::verdict::Judgement;

/// The run that decides.
#[derive(Debug, Clone, Copy)]
pub struct Decider<'a> {
    /// Its holder id, unique to the process.
    pub holder: &'a str,
    /// Its fence.
    pub epoch: u64,
    pub now: Timestamp,
}

/// The monitor that is decided on.
#[derive(Debug, Clone, Copy)]
pub struct OwnedMonitor<'a> {
    pub monitor: &'a Monitor,
    /// Whose it is now; `None` if it was put into the table by hand, or is no monitor of the table.
    pub owner: Option<&'a str>,
}

/// Decides what to write, if anything. Most of the time there is nothing: a monitor that is as it was
/// costs no write.
///
/// `judged` gives the material fingerprint of the monitor; it is asked only when a counter is at stake. `routed` gives
/// the channels that it notifies, as its row calls them; it is asked only when something is written.
pub fn decide(
    by: Decider<'_>,
    row: Option<&Row>,
    owned: OwnedMonitor<'_>,
    judgement: &Judgement,
    judged: impl FnOnce() -> String,
    routed: impl FnOnce() -> BTreeSet<ChannelId>,
) -> Option<Write> {
    let why = judgement.why();
    let evidence =
        ObservedVerdict { verdict: judgement.verdict, at: judgement.at, epoch: by.epoch, why: &why };
    decide_on(by, row, owned, evidence, (judged, routed))
}

/// The same on a verdict that comes from no probe.
pub(super) fn decide_on(
    by: Decider<'_>,
    row: Option<&Row>,
    owned: OwnedMonitor<'_>,
    evidence: ObservedVerdict<'_>,
    (judged, routed): (impl FnOnce() -> String, impl FnOnce() -> BTreeSet<ChannelId>),
) -> Option<Write> {
    let thresholds = Thresholds::of(&owned.monitor.alert);
    match row {
        None => create(
            by,
            owned,
            step(thresholds, &Confirmed::new(evidence.at), evidence),
            evidence.why.to_owned(),
            (judged, routed),
        ),
        // A later run has written already: what this one saw is stale.
        Some(row) if row.epoch >= by.epoch => None,
        Some(row) => update((by, owned), row, thresholds, evidence, (judged, routed)),
    }
}

fn create(
    by: Decider<'_>,
    OwnedMonitor { monitor, owner }: OwnedMonitor<'_>,
    first: Transition,
    why: String,
    (judged, routed): (impl FnOnce() -> String, impl FnOnce() -> BTreeSet<ChannelId>),
) -> Option<Write> {
    let (confirmed, announced) = match first {
        Transition::Keep => return None,
        Transition::Streak(confirmed) | Transition::Change(confirmed) => (confirmed, Health::New),
        Transition::Discard(confirmed) => {
            let health = confirmed.health;
            (confirmed, health)
        }
    };
    let delivered = routed().into_iter().map(|channel| (channel, Delivered::new(0, announced, by.now)));
    let delivered = delivered.collect();
    let incarnation = incarnation(by, monitor);
    let incident_key = IncidentKey::next(owner, &monitor.id, &incarnation, None);
    Some(Write::Create(Row {
        monitor: monitor.id.clone(),
        incarnation,
        revision: 1,
        first_pending: first_pending(&[], &delivered, (&confirmed, &incident_key)),
        incident_key,
        delivered,
        confirmed,
        epoch: by.epoch,
        why,
        judged: judged(),
        run: by.holder.to_owned(),
    }))
}

/// Remembers where the pending time of each channel begins: with the first change after what was delivered.
fn first_pending(
    before: &[FirstPending],
    delivered: &Deliveries,
    (after, key): (&Confirmed, &IncidentKey),
) -> Vec<FirstPending> {
    let firsts: BTreeSet<_> = delivered.values().map(|delivered| delivered.seq + 1).collect();
    let known = before.iter().filter(|known| firsts.contains(&known.seq));
    let mut first_pending: Vec<_> = known.cloned().collect();
    let is_known = first_pending.iter().any(|known| known.seq == after.seq);
    if !is_known && firsts.contains(&after.seq) {
        let incident_key = key.clone();
        first_pending.push(FirstPending { seq: after.seq, since: after.since, incident_key });
    }
    first_pending
}

fn update(
    (by, owned): (Decider<'_>, OwnedMonitor<'_>),
    row: &Row,
    thresholds: Thresholds,
    evidence: ObservedVerdict<'_>,
    (judged, routed): (impl FnOnce() -> String, impl FnOnce() -> BTreeSet<ChannelId>),
) -> Option<Write> {
    let first = step(thresholds, &row.confirmed, evidence);
    if first == Transition::Keep {
        return None;
    }
    // Only now a counter is at stake. Counters of an earlier text of the monitor do not count for this one;
    // an open incident stays open whatever is edited (trap 4).
    let judged = judged();
    let stepped = if judged == row.judged {
        first
    } else {
        step(thresholds, &Confirmed { streak: None, ..row.confirmed.clone() }, evidence)
    };
    let (mut delivered, mut deliveries) = rerouted(row, &routed());
    let confirmed = match stepped {
        // The streak that is left out was of the earlier text.
        Transition::Keep => Confirmed { streak: None, ..row.confirmed.clone() },
        Transition::Streak(confirmed) | Transition::Change(confirmed) => confirmed,
        // What was delivered before it was switched off is not forgotten, if its end is still pending.
        Transition::Discard(confirmed) => {
            for (channel, delivered) in &mut delivered {
                if delivered.seq == confirmed.seq {
                    *delivered = Delivered::new(confirmed.seq, confirmed.health, by.now);
                    deliveries.insert(channel.clone(), DeliveryEdit::Discard);
                }
            }
            confirmed
        }
    };
    // For a channel that is new, it begins with what is true already.
    let began = first_pending(&row.first_pending, &delivered, (&row.confirmed, &row.incident_key));
    let incident_key = if begins(row.confirmed.health, confirmed.health) {
        IncidentKey::next(owned.owner, &row.monitor, &row.incarnation, Some(&row.confirmed))
    } else {
        row.incident_key.clone()
    };
    let row = Row {
        monitor: row.monitor.clone(),
        incarnation: row.incarnation.clone(),
        revision: row.revision + 1,
        first_pending: first_pending(&began, &delivered, (&confirmed, &incident_key)),
        incident_key,
        confirmed,
        delivered,
        epoch: by.epoch,
        why: evidence.why.to_owned(),
        judged,
        run: by.holder.to_owned(),
    };
    Some(Write::Update { row, deliveries })
}

/// Enters the channels that the monitor notifies since a short while, as they are before anything changes, and forgets
/// those that it notifies no longer, unless they wait for a last message.
fn rerouted(row: &Row, routed: &BTreeSet<ChannelId>) -> (Deliveries, BTreeMap<ChannelId, DeliveryEdit>) {
    let mut delivered = row.delivered.clone();
    let mut edits = BTreeMap::new();
    for channel in routed {
        if !delivered.contains_key(channel) {
            delivered.insert(channel.clone(), Delivered::assumed(&row.confirmed));
            edits.insert(channel.clone(), DeliveryEdit::Enter);
        }
    }
    delivered.retain(|channel, delivered| {
        let stays = routed.contains(channel) || delivered.is_open();
        if !stays {
            edits.insert(channel.clone(), DeliveryEdit::Forget);
        }
        stays
    });
    (delivered, edits)
}

/// What to write about a monitor that is no longer watched, if anything.
pub fn let_go(by: Decider<'_>, row: &Row, why: Unwatched) -> Option<Write> {
    if row.epoch >= by.epoch {
        return None;
    }
    let confirmed = row.confirmed.unwatched(why, by.now)?;
    let first_pending = first_pending(&row.first_pending, &row.delivered, (&confirmed, &row.incident_key));
    let row = Row {
        revision: row.revision + 1,
        confirmed,
        first_pending,
        epoch: by.epoch,
        run: by.holder.to_owned(),
        ..row.clone()
    };
    Some(Write::Update { row, deliveries: BTreeMap::new() })
}

/// A name for this life of the row. The holder id is random and new for every process, so a monitor that is
/// removed and made again never repeats an alert id.
pub(super) fn incarnation(by: Decider<'_>, monitor: &Monitor) -> String {
    let mix = format!("{}/{}/{}", by.holder, by.epoch, monitor.id);
    crate::monitor::digest(&mix).chars().take(8).collect()
}

#[cfg(test)]
mod tests;
