//! The invariants of the protocol, held against everything that can be seen from outside after each step.
//!
//! I11 (what a quiet run costs) is a scenario of its own; all others are here.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::endpoints::Probe;
use super::process::{End, Excuse};

use crate::alert::{Alert, AlertKind, pending};
use crate::inventory::{Inventory, Watchlist};
use crate::monitor::{ChannelId, ChannelPolicy, MonitorId};
use crate::state::{IncidentKey, Row, RunRecord};
use crate::suppress::{reason_at, suppressions};
use crate::transition::Health;
use crate::verdict::Verdict;

/// What is to be seen after a process came to its end, died or froze.
pub struct Step<'a> {
    pub now: Timestamp,
    /// What is watched and silenced, and what is stored of it.
    pub inventory: Inventory,
    pub holder: &'a str,
    pub excuse: Excuse,
    /// The slot in which it went on.
    pub slot: u64,
    pub end: &'a End,
    pub run: Option<RunRecord>,
    /// Everything that was accepted since the world began.
    pub accepted: Vec<Alert>,
    /// Every probe since the world began.
    pub probes: Vec<Probe>,
}

/// What was seen so far.
#[derive(Default)]
pub struct Chronicle {
    steps: usize,
    troubles: BTreeSet<usize>,
    /// Slots in which a monitor may be probed more than once.
    repeated: BTreeSet<u64>,
    rows: BTreeMap<MonitorId, Row>,
    /// Who held the lease of each epoch.
    holders: BTreeMap<u64, String>,
    /// With the step in which it was accepted.
    accepted: Vec<(usize, Alert)>,
    /// When each confirmed change began, by incarnation and number.
    changes: BTreeMap<(String, u64), Timestamp>,
    /// The last change of each incarnation that was discarded, by channel.
    discarded: BTreeMap<(String, ChannelId), u64>,
    /// What a channel counted as having heard of an incarnation when it was entered.
    entered: BTreeMap<(String, ChannelId), u64>,
}

impl Chronicle {
    pub fn enter(&mut self, step: Step<'_>) {
        self.steps += 1;
        match step.excuse {
            Excuse::None => {}
            Excuse::Manual => drop(self.repeated.insert(step.slot)),
            Excuse::Trouble => {
                self.troubles.insert(self.steps);
                self.repeated.insert(step.slot);
            }
        }
        self.enter_lease(&step);
        let new = step.accepted.into_iter().skip(self.accepted.len());
        let new: Vec<_> = new.map(|alert| (self.steps, alert)).collect();
        for (_, alert) in &new {
            nothing_opens_in_a_suppression(alert, &step.inventory.watchlist, step.now);
        }
        self.accepted.extend(new);
        let Inventory { watchlist, rows, .. } = step.inventory;
        self.rows_follow_their_monitors(&rows);
        self.rows_follow_the_rules(&rows, step.run.as_ref());
        self.what_said_nothing_changed_nothing(&rows, step.end);
        self.what_is_discarded_was_suppressed(&rows, &watchlist, step.now);
        self.rows = rows;
        self.only_what_was_committed_is_notified();
        self.nothing_is_notified_twice_without_a_reason();
        self.first_accepts_come_in_order();
        self.an_incident_ends_under_the_key_that_began_it();
        self.nothing_is_probed_twice_without_a_reason(&step.probes);
    }

    /// The process that froze in the last step will wake too late.
    pub fn frozen_over_its_lease(&mut self) {
        self.troubles.insert(self.steps);
    }

    /// A channel was taken from a monitor, or given back.
    pub fn rerouted(&mut self) {
        self.troubles.insert(self.steps);
    }

    /// The row of `id` is about to be unreadable.
    pub fn forget(&mut self, id: &str) {
        self.rows.retain(|monitor, _| monitor.as_str() != id);
    }

    fn enter_lease(&mut self, step: &Step<'_>) {
        if let End::CompletedRun(completed) = step.end {
            self.holders.insert(completed.epoch, step.holder.to_owned());
        }
        let Some(run) = &step.run else { return };
        let by_last_ok = || run.last_ok.as_ref().filter(|_| run.done).map(|last| last.run.clone());
        if let Some(holder) = run.holder.clone().or_else(by_last_ok) {
            self.holders.entry(run.epoch).or_insert(holder);
        }
    }

    /// A row that goes on under another id is the same row in everything else; `before` gets its new id.
    fn rows_follow_their_monitors(&mut self, rows: &BTreeMap<MonitorId, Row>) {
        let gone: Vec<_> = self.rows.keys().filter(|id| !rows.contains_key(*id)).cloned().collect();
        for from in gone {
            let Some(before) = self.rows.get(&from) else { continue };
            let new =
                |row: &&Row| row.incarnation == before.incarnation && !self.rows.contains_key(&row.monitor);
            let Some(to) = rows.values().find(new).map(|row| row.monitor.clone()) else { continue };
            let row = Row { monitor: to.clone(), ..before.clone() };
            self.rows.remove(&from);
            self.rows.insert(to, row);
        }
    }

    fn rows_follow_the_rules(&self, rows: &BTreeMap<MonitorId, Row>, run: Option<&RunRecord>) {
        for (monitor, row) in rows {
            // I5: only the holder of the lease writes.
            assert!(run.is_none_or(|run| row.epoch <= run.epoch), "{row:?} is ahead of {run:?}");
            assert_eq!(self.holders.get(&row.epoch), Some(&row.run), "I5 {row:?}");
            match self.rows.get(monitor) {
                None => assert!(
                    row.revision == 1 && row.confirmed.seq <= 1,
                    "a row begins at its beginning: {row:?}"
                ),
                Some(before) => follows(before, row),
            }
        }
        let gone: Vec<_> = self.rows.keys().filter(|monitor| !rows.contains_key(*monitor)).collect();
        assert!(gone.is_empty(), "{gone:?} vanished");
    }

    fn what_said_nothing_changed_nothing(&self, rows: &BTreeMap<MonitorId, Row>, end: &End) {
        match end {
            // I8: unknown changes nothing.
            End::CompletedRun(completed) => {
                let silent = |verdict| matches!(verdict, Verdict::Unknown | Verdict::Skipped);
                for judged in completed.judged.iter().filter(|judged| silent(judged.judgement.verdict)) {
                    let id = &judged.watched.monitor.id;
                    let revision = |rows: &BTreeMap<_, Row>| rows.get(id).map(|row| row.revision);
                    assert_eq!(revision(rows), revision(&self.rows), "I8 {id} was not seen, and written");
                }
            }
            // I9: what was not read is not written.
            End::Failed(error) => assert_eq!(rows, &self.rows, "I9 the run failed: {error}"),
            End::NotOurs(held) => assert_eq!(rows, &self.rows, "the lease was refused: {held:?}"),
            End::Died | End::Frozen => {}
        }
    }

    /// I7
    fn only_what_was_committed_is_notified(&self) {
        for (_, alert) in &self.accepted {
            let row = self.rows.values().find(|row| row.incarnation == incarnation(alert));
            let row =
                row.unwrap_or_else(|| panic!("I7 {} was delivered, but there is no such row", alert.id));
            assert!(alert.seq <= row.confirmed.seq, "I7 {} was delivered, but {row:?}", alert.id);
        }
    }

    /// I2, for each channel. A rename changes the first part of an id, and is no reason.
    fn nothing_is_notified_twice_without_a_reason(&self) {
        let mut last: BTreeMap<(&ChannelId, &str), usize> = BTreeMap::new();
        for (step, alert) in &self.accepted {
            if let Some(before) = last.insert((&alert.route.channel, said(alert)), *step) {
                let between = self.troubles.range(before..=*step).count();
                assert!(between > 0, "I2 {} was delivered twice, and nothing had gone wrong", alert.id);
            }
        }
    }

    /// I3, for each channel.
    fn first_accepts_come_in_order(&self) {
        let mut seen: BTreeMap<(&ChannelId, &str), BTreeSet<u64>> = BTreeMap::new();
        for (_, alert) in &self.accepted {
            let seen = seen.entry((&alert.route.channel, incarnation(alert))).or_default();
            let late = seen.last().is_some_and(|last| alert.seq < *last) && !seen.contains(&alert.seq);
            assert!(!late, "I3 {} was first delivered after {seen:?}", alert.id);
            seen.insert(alert.seq);
        }
    }

    /// What begins under a key on a channel goes on and ends under it: a pager waits for that end.
    fn an_incident_ends_under_the_key_that_began_it(&self) {
        let mut open: BTreeMap<(&ChannelId, &str), &IncidentKey> = BTreeMap::new();
        for (_, alert) in &self.accepted {
            let place = (&alert.route.channel, incarnation(alert));
            if let Some(key) = open.remove(&place) {
                assert_eq!(&alert.incident_key, key, "{} is under another key", alert.id);
            }
            if alert.kind.is_bad() {
                open.insert(place, &alert.incident_key);
            }
        }
    }

    /// I10
    fn nothing_is_probed_twice_without_a_reason(&self, probes: &[Probe]) {
        let mut seen = BTreeSet::new();
        for probe in probes {
            let again = !seen.insert(probe) && !self.repeated.contains(&probe.slot);
            assert!(!again, "I10 {probe:?} came twice, and nothing had gone wrong");
        }
    }

    /// I1: delivered by a message, discarded because it lay inside a suppression, or still pending.
    fn what_is_discarded_was_suppressed(
        &mut self,
        rows: &BTreeMap<MonitorId, Row>,
        watchlist: &Watchlist,
        now: Timestamp,
    ) {
        for (monitor, row) in rows {
            let begin = |seq| (row.incarnation.clone(), seq);
            self.changes.entry(begin(row.confirmed.seq)).or_insert(row.confirmed.since);
            for (channel, delivered) in &row.delivered {
                let before = self.rows.get(monitor);
                let known = before.map(|row| row.delivered_to(channel));
                if before.is_some_and(|row| !row.delivered.contains_key(channel)) {
                    let assumed = known.as_ref().map_or(0, |known| known.seq);
                    self.entered.insert((row.incarnation.clone(), channel.clone()), assumed);
                }
                let before = known.as_ref().map_or(0, |known| known.seq);
                let accepted_it = |alert: &Alert| {
                    incarnation(alert) == row.incarnation
                        && alert.route.channel.in_row_of(monitor) == *channel
                        && alert.seq == delivered.seq
                };
                if delivered.seq == before || self.accepted.iter().any(|(_, alert)| accepted_it(alert)) {
                    continue;
                }
                let good = matches!(delivered.health, Health::Up | Health::New);
                let as_known = good || known.map(|known| known.health) == Some(delivered.health);
                assert!(
                    as_known && before + 1 < delivered.seq,
                    "I1 {row:?} opened or ended something unheard on {channel}"
                );
                let (Some(from), Some(to)) =
                    (self.changes.get(&begin(before + 1)), self.changes.get(&begin(delivered.seq)))
                else {
                    panic!("I1 {row:?} was discarded, and its beginning is unknown");
                };
                let suppressed = watchlist.get(monitor).is_some_and(|watched| {
                    let inside = |at: &Timestamp| {
                        let suppressions = suppressions(&watched.monitor, &watchlist.silences, *at, now);
                        suppressions
                            .iter()
                            .any(|suppress| suppress.span.from <= *at && *at <= suppress.span.to)
                    };
                    // Good again at the first probe after the suppression.
                    let last_bad = *to - watched.monitor.interval;
                    let was_down = |parent: &MonitorId| {
                        let incident = rows.get(parent).and_then(|row| row.confirmed.incident.as_ref());
                        incident.is_some_and(|incident| incident.opened_at <= *to)
                    };
                    inside(from) && (inside(to) || inside(&last_bad.max(*from)))
                        || watched.monitor.depends_on.iter().any(was_down)
                });
                let of_owners = watchlist.channels.values().filter_map(|own| own.get(&channel.name));
                let by_policy =
                    of_owners.into_iter().any(|channel| channel.policy != ChannelPolicy::default());
                assert!(suppressed || by_policy, "I1 {row:?} was discarded, and nothing had suppressed it");
                self.discarded.insert((row.incarnation.clone(), channel.clone()), delivered.seq);
            }
        }
    }

    /// I1, for each channel.
    pub fn has_nothing_pending(&self, suppressed: &BTreeSet<MonitorId>, now: Timestamp) {
        for row in self.rows.values().filter(|row| !suppressed.contains(&row.monitor)) {
            for (channel, known) in &row.delivered {
                assert_eq!(pending(&row.confirmed, known, now), None, "I1 {channel} {row:?}");
                let own = self.accepted.iter().filter(|(_, alert)| {
                    incarnation(alert) == row.incarnation
                        && alert.route.channel.in_row_of(&row.monitor) == *channel
                });
                let delivered = own.map(|(_, alert)| alert.seq).max().unwrap_or(0);
                let key = (row.incarnation.clone(), channel.clone());
                let without = self.discarded.get(&key).max(self.entered.get(&key));
                let delivered = delivered.max(without.copied().unwrap_or(0));
                // While it flaps people know that, and what comes is held.
                let suppressed = row
                    .confirmed
                    .recent_changes
                    .flapping(now)
                    .is_some_and(|flapping| delivered >= flapping.seq);
                assert!(
                    suppressed || delivered == row.confirmed.seq,
                    "I1 {channel} accepted the last word about {}",
                    row.monitor
                );
            }
        }
    }
}

/// An alert that opens something is not sent while its monitor is suppressed.
fn nothing_opens_in_a_suppression(alert: &Alert, watchlist: &Watchlist, now: Timestamp) {
    let ends_what_was_notified = alert.kind == AlertKind::Degraded && alert.incident.is_some();
    if let Some(watched) = watchlist.get(&alert.monitor.id)
        && alert.kind.is_bad()
        && !ends_what_was_notified
    {
        let suppressions = suppressions(&watched.monitor, &watchlist.silences, now, now);
        assert_eq!(reason_at(&suppressions, now), None, "{} was delivered during a suppression", alert.id);
    }
}

/// The row that an alert is about, whatever its monitor is called by now.
fn incarnation(alert: &Alert) -> &str {
    said(alert).split_once('.').map_or("", |(incarnation, _)| incarnation)
}

/// An alert's id without the id of its monitor, which a rename changes: `<incarnation>.<seq>`, and what kind of message it is.
fn said(alert: &Alert) -> &str {
    let said = alert.id.strip_prefix(alert.monitor.id.as_str()).and_then(|rest| rest.strip_prefix('.'));
    let number = alert.seq.to_string();
    said.filter(|said| said.split('.').nth(1) == Some(&number) || alert.kind == AlertKind::Flapping)
        .unwrap_or_else(|| panic!("{} is no id of {} {}", alert.id, alert.monitor.id, alert.seq))
}

/// Whether one row may come after the other within the life of one process.
fn follows(before: &Row, after: &Row) {
    assert_eq!(after.incarnation, before.incarnation, "a row keeps its incarnation");
    for (channel, delivered) in &after.delivered {
        let known = before.delivered_to(channel).seq;
        assert!(known <= delivered.seq && delivered.seq <= after.confirmed.seq, "{before:?} {after:?}");
    }
    if after.revision == before.revision {
        let acknowledged = Row { delivered: after.delivered.clone(), ..before.clone() };
        assert_eq!(after, &acknowledged, "nothing but an acknowledgement leaves the revision as it is");
        return;
    }
    assert_eq!(after.revision, before.revision + 1, "a run writes a row once");
    // I4: evidence is of a newer epoch than the row.
    assert!(after.epoch > before.epoch, "I4 {before:?} {after:?}");
    // I6: k has no gaps, and counts nothing but changes of health.
    let (was, is) = (&before.confirmed, &after.confirmed);
    if is.seq == was.seq {
        let discarded = was.health == Health::New && is.health == Health::Up;
        assert!(is.health == was.health || discarded, "I6 {before:?} {after:?}");
    } else {
        assert!(is.seq == was.seq + 1 && is.health != was.health, "I6 {before:?} {after:?}");
    }
}
