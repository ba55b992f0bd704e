//! Reads the past of monitors as views of it.

use std::time::Duration;

use jiff::Timestamp;

use super::facts::{HealthFacts, MonitorFacts};
use super::read::{Detail, Question, past};
use crate::history::{Lookback, RollupUnit, Stretch, Sum, cut};
use crate::inventory::{Inventory, WatchedMonitor};
use crate::store::{Consistency, StateReader, StoreError};
use crate::view::MonitorPast;

/// What is asked of the past.
#[derive(Debug, Clone, Copy)]
pub struct Ask {
    pub window: Stretch,
    /// Each hour or each UTC day of the window gets a sum of its own.
    pub each: RollupUnit,
    pub detail: Detail,
    /// Time from one run to the next.
    pub period: Duration,
    pub now: Timestamp,
}

/// The past of `monitors`, in their order; also that of their former ids.
pub async fn load(
    reader: &StateReader,
    inventory: &Inventory,
    monitors: &[&WatchedMonitor],
    ask: Ask,
) -> Result<Vec<MonitorPast>, StoreError> {
    let known =
        HealthFacts::read(reader, inventory, monitors, (ask.window.from, ask.period, ask.now)).await?;
    measured(reader, known, ask).await
}

/// The past of monitors of which everything is known but what they add up to.
pub async fn measured(
    reader: &StateReader,
    known: HealthFacts<'_>,
    ask: Ask,
) -> Result<Vec<MonitorPast>, StoreError> {
    let Ask { window, each, detail, period: _, now } = ask;
    let lookbacks: Vec<_> = known.monitors.iter().flat_map(lookbacks).collect();
    let question = Question { window, each, detail, now, consistency: Consistency::Eventual };
    let mut past = past(reader, &lookbacks, question).await?;
    let empty = || cut(window, each.seconds()).into_iter().map(|part| (part, Sum::default()));
    let view = |known: MonitorFacts<'_>| {
        let MonitorFacts { watched, row, positions: _, hold: _, changes, timeline } = known;
        let id = &watched.monitor.id;
        let parts = past.sums.remove(id).unwrap_or_else(|| empty().collect());
        MonitorPast::new(id.clone(), row.map(|row| &row.confirmed), window, parts, changes, timeline)
    };
    Ok(known.monitors.into_iter().map(view).collect())
}

fn lookbacks(known: &MonitorFacts<'_>) -> Vec<Lookback> {
    let lookback = |position| Lookback {
        monitor: known.watched.monitor.id.clone(),
        position,
        hold: known.hold,
        timeline: known.timeline.clone(),
    };
    known.positions.iter().copied().map(lookback).collect()
}
