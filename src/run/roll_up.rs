//! The part of the step RECORD that adds up the hours and days that are over.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use super::state::RunState;
use crate::archive::{Overdue, roll_up};
use crate::history::{
    Directory, HOUR, HealthChange, HealthTimeline, LONGEST_STREAK, Lookback, Position, Stretch, by_monitor,
    hold, moment, second, start_of,
};
use crate::monitor::MonitorId;
use crate::store::{Consistency, StoreError};

/// Hours that one run rolls up at the most, so that a machine that was off for weeks catches up in many short runs.
const HOURS_AT_ONCE: i64 = 48;

impl RunState<'_> {
    /// Rolls up what is over since the last time, and again the hours in which a change began that was confirmed now.
    pub async fn roll_up(&mut self, directory: Option<&Directory>) -> Result<(), StoreError> {
        let Some(directory) = directory else { return Ok(()) };
        let now = self.deps.store.now();
        let began = start_of(second(self.started_at), HOUR);
        let done = self.rolled_up.map_or(began, second);
        let changed = earliest(&self.changes, directory);
        let closed = start_of(second(now), HOUR);
        let to = closed.clamp(done, done + HOURS_AT_ONCE * HOUR);
        let pages = 0..directory.pages().len();
        let overdue: Vec<_> = pages
            .filter_map(|page| overdue(page, done.min(began), changed.get(&page).copied(), to))
            .collect();
        let first = overdue.iter().map(|overdue| overdue.hours.from).min();
        if let Some(first) = first {
            let reader = self.deps.store.state_reader(&self.options.shard);
            let since = Stretch { from: first, to: second(now) + 1 };
            let journal = reader.journal(since, (now, Consistency::Strong)).await?;
            let journal = by_monitor(journal);
            for overdue in overdue {
                let monitors = self.lookbacks(directory, overdue.page, &journal);
                roll_up((&reader, &self.lease), overdue, &monitors, now).await?;
            }
        }
        self.rolled_up = Some(moment(to));
        Ok(())
    }

    /// All monitors of a page, also those that are no longer watched.
    fn lookbacks(
        &self,
        directory: &Directory,
        page: usize,
        journal: &BTreeMap<MonitorId, Vec<HealthChange>>,
    ) -> Vec<Lookback> {
        let period = self.options.period;
        let monitors = directory.pages().get(page).into_iter().flatten().enumerate();
        let lookback = |(index, id): (usize, &MonitorId)| {
            let watched = self.inventory.watchlist.get(id);
            let apart: Duration = watched.map_or(period, |watched| watched.monitor.apart(period));
            let turns: Vec<_> = journal.get(id).into_iter().flatten().map(HealthChange::turn).collect();
            let row = self.inventory.rows.get(id).map(|row| &row.confirmed);
            Lookback {
                monitor: id.clone(),
                position: Position { page, index },
                hold: hold(apart),
                timeline: HealthTimeline::new(
                    &turns,
                    row.map(|confirmed| (confirmed.health, confirmed.since)),
                ),
            }
        };
        monitors.map(lookback).collect()
    }
}

/// When the first of the changes in each page began.
fn earliest(changes: &[HealthChange], directory: &Directory) -> HashMap<usize, i64> {
    let mut earliest = HashMap::new();
    for change in changes {
        if let Some(position) = directory.position_of(&change.monitor) {
            let first = earliest.entry(position.page).or_insert(i64::MAX);
            *first = second(change.at).min(*first);
        }
    }
    earliest
}

/// What there is to roll up of a page: from `done` on to `to`, and the hours from `changed` on once more.
fn overdue(page: usize, done: i64, changed: Option<i64>, to: i64) -> Option<Overdue> {
    let again = changed.map_or(done, |changed| start_of(changed, HOUR).max(done - LONGEST_STREAK));
    let hours = Stretch { from: done.min(again), to };
    (hours.from < hours.to).then_some(Overdue { page, hours })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_rolled_up_once_and_again_if_a_change_began_in_it() {
        let hours =
            |done, changed, to| overdue(0, done * HOUR, changed, to * HOUR).map(|overdue| overdue.hours);
        let between = |from, to| Some(Stretch { from: from * HOUR, to: to * HOUR });
        assert_eq!(hours(100, None, 100), None);
        assert_eq!(hours(100, None, 101), between(100, 101));
        assert_eq!(hours(100, Some(100 * HOUR + 5), 100), None);
        assert_eq!(hours(100, Some(100 * HOUR - 1), 100), between(99, 100));
        assert_eq!(hours(100, Some(100 * HOUR - 1), 102), between(99, 102));
        assert_eq!(hours(100, Some(0), 100), between(28, 100));
    }
}
