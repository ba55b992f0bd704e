//! The step CHANNELS: what the run found of the channels that it tried becomes their health, and other channels hear of it.
//!
//! It comes last, when everything is sent that the run had to send, and writes only what changed.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::changed::incidents;
use super::state::{Remaining, RunState};
use crate::alert::RunPhase;
use crate::channels::ChannelDefinition;
use crate::monitor::{ChannelId, Monitor, MonitorId, is_or_are, minute_near};
use crate::report::chain;
use crate::state::{ChannelRecord, ChannelTrial, ChannelVerdict, Decider, Rows, Write, takes_none};
use crate::transition::Health;

/// What a run writes about a channel.
struct ChannelChange {
    channel: ChannelId,
    health: Option<Write>,
    record: Option<ChannelRecord>,
}

impl RunState<'_> {
    /// Decides on each channel that was tried. The health is stored before the record: a run that dies in between leaves the
    /// channel open, and the next one tries it and says so again.
    pub async fn judge_channels(&mut self) {
        match self.remaining {
            Remaining::Everything | Remaining::Release => {}
            Remaining::Nothing => return,
        }
        let now = self.deps.store.now();
        let trials = std::mem::take(&mut self.notified.trials);
        // What this version cannot read, it does not write.
        let known = trials.iter().filter(|(channel, _)| {
            !self.inventory.unreadable.contains_key(MonitorId::of_channel(channel).as_str())
        });
        let changes: Vec<_> =
            known.map(|(channel, trial)| self.channel_change(channel, trial, now)).collect();
        let health: Vec<_> = changes.iter().filter_map(|change| change.health.clone()).collect();
        if !health.is_empty() && !self.lease.left().is_zero() {
            self.commit_channels(&health).await;
        }
        for ChannelChange { channel, health: _, record } in changes {
            let Some(record) = record else { continue };
            match self.lease.record_channel(&channel, &record, now).await {
                Ok(()) => drop(self.inventory.channels.insert(channel, record)),
                Err(error) => self.problems.push(format!(
                    "could not record the tries of the channel {channel}; the next run tries it: {}",
                    chain(&error)
                )),
            }
        }
        self.problems.extend(self.refusing(now));
    }

    fn channel_change(&self, channel: &ChannelId, trial: &ChannelTrial, now: Timestamp) -> ChannelChange {
        let definition = self.channel_book().definition(channel).map_or("", ChannelDefinition::digest);
        let before = self.inventory.channels.get(channel).cloned().unwrap_or_default();
        let after = before.after(trial, definition, now);
        let by = Decider { holder: self.lease.holder(), epoch: self.lease.epoch(), now };
        let stored = self.inventory.channel(channel);
        let monitor = Monitor::channel(channel);
        let routed = || self.routes_of_channel(channel);
        let health = ChannelVerdict::of(trial, &after, now).decide(by, stored, &monitor, routed);
        ChannelChange { channel: channel.clone(), health, record: (after != before).then_some(after) }
    }

    /// The channels that hear of this one, as its row calls them.
    fn routes_of_channel(&self, channel: &ChannelId) -> BTreeSet<ChannelId> {
        self.inventory.watchlist.others(channel, &self.deps.machine)
    }

    /// Stores the health of channels, and notifies the others.
    async fn commit_channels(&mut self, changes: &[Write]) {
        let committed = self.lease.commit_each(changes, |_| {}).await;
        let written: BTreeSet<_> = committed.written.iter().cloned().collect();
        for write in changes.iter().filter(|write| written.contains(&write.row().monitor)) {
            self.log_change(write);
        }
        let opened = incidents(&Rows::new(), changes, &committed, None);
        self.incidents.retain(|(monitor, _)| !written.contains(monitor));
        self.incidents.extend(opened);
        self.enter_committed(changes, committed);
        match self.remaining {
            Remaining::Everything | Remaining::Release => {}
            Remaining::Nothing => return,
        }
        let mut alerts = self.pending(&self.inventory.rows, RunPhase::AfterProbes).alerts;
        alerts.retain(|alert| written.contains(&alert.monitor.id));
        let now = || self.deps.store.now();
        let notifications = self.notifications(self.time_to_notify(), &now);
        let notified = notifications.notify(alerts, self.notified.next()).await;
        self.enter_delivered(&notified);
        self.notified = std::mem::take(&mut self.notified).and(notified);
        self.problems.append(&mut self.notified.problems);
    }

    /// The channels for which something waits until their next try, a sentence each.
    fn refusing(&self, now: Timestamp) -> Vec<String> {
        let waiting = self.notified.waiting.iter();
        waiting.map(|(channel, number)| self.refusal(channel, *number, now)).collect()
    }

    /// `chat refuses notifications since 14:02 UTC: HTTP 404: no_service; 14 are waiting, and the next try is at 15:02 UTC`
    fn refusal(&self, channel: &ChannelId, waiting: usize, now: Timestamp) -> String {
        let name = &channel.name;
        let down = self.inventory.channel(channel).filter(|row| row.confirmed.health == Health::Down);
        let Some(row) = down else {
            return match waiting {
                1 => format!("{name} refused 1 alert; it is tried each hour"),
                number => format!("{name} refused {number} alerts; they are tried each hour"),
            };
        };
        let why = takes_none(&row.why, &minute_near(row.confirmed.since, now));
        let definition = self.channel_book().definition(channel);
        let record = self.inventory.channels.get(channel);
        let next = record
            .zip(definition)
            .and_then(|(record, definition)| record.closed_until(definition.digest(), now))
            .map(|next| format!(", and the next try is at {}", minute_near(next, now)))
            .unwrap_or_default();
        let are = is_or_are(waiting);
        format!("{name} {why}; {waiting} {are} waiting{next}; `monitorctl check --all` tries now")
    }
}
