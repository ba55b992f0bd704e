//! `diff --backtest`: the added and changed policies of a plan on the results of the last days. It reads the history, each
//! page of it once, and holds only a reader.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::commands::catalog::READING;
use crate::history::{Directory, LedgerPage, Position, Stretch};
use crate::monitor::{Monitor, MonitorId};
use crate::plan::{Change, Plan};
use crate::report::{BacktestReport, BacktestedMonitor};
use crate::simulation::{Backtest, alters_alerts};
use crate::store::{StateReader, StoreError};

/// One monitor whose policy changes.
struct Changed<'a> {
    /// The id of its results: the former one, if it moves.
    results_of: &'a MonitorId,
    /// `None` if it is new, or what is stored does not read.
    before: Option<Monitor>,
    after: &'a Monitor,
}

/// The added and changed monitors of a plan, replayed on the results of the `window` that ends now.
pub async fn backtest(
    reader: &StateReader,
    plan: &Plan,
    window: Duration,
    period: Duration,
    now: Timestamp,
) -> Result<BacktestReport, StoreError> {
    let changed: Vec<_> = plan.changes.iter().filter_map(Changed::of).collect();
    let directory = if changed.is_empty() { Directory::default() } else { reader.directory().await? };
    let mut pages: BTreeMap<usize, PageBacktests<'_>> = BTreeMap::new();
    let mut monitors = Vec::new();
    for Changed { results_of, before, after } in &changed {
        let backtest = Backtest::new(before.as_ref(), after, period);
        match directory.position_of(results_of) {
            Some(Position { page, index }) => {
                pages.entry(page).or_default().insert(index, (&after.id, backtest));
            }
            None => monitors.push(finished(&after.id, backtest)),
        }
    }
    let within = Stretch::around(now.checked_sub(window).unwrap_or(Timestamp::MIN), now);
    for (page, mut backtests) in pages {
        // Packed, the runs of 30 days are some 20 MB.
        for run in reader.ledger_between(page, within, now).await? {
            see(&mut backtests, &run);
        }
        monitors.extend(backtests.into_values().map(|(id, backtest)| finished(id, backtest)));
    }
    monitors.sort_by(|one, two| one.id.cmp(&two.id));
    Ok(BacktestReport { window, to: now, monitors })
}

/// The monitors of one page of the ledger, by their positions.
type PageBacktests<'a> = BTreeMap<usize, (&'a MonitorId, Backtest<'a>)>;

/// A run that does not read is a gap, and no more.
fn see(backtests: &mut PageBacktests<'_>, run: &LedgerPage) {
    for entry in run.unpack().unwrap_or_default() {
        if let Some((_, backtest)) = backtests.get_mut(&entry.position) {
            backtest.see(run.at, &entry.sample);
        }
    }
}

fn finished(id: &MonitorId, backtest: Backtest<'_>) -> BacktestedMonitor {
    BacktestedMonitor { id: id.clone(), backtested: backtest.finish() }
}

impl<'a> Changed<'a> {
    /// `None` for what is not watched after the change, and for a change that no alert depends on.
    fn of(change: &'a Change) -> Option<Self> {
        let after = &change.desired()?.monitor;
        let stored = change.stored();
        let before = stored.and_then(|stored| (READING.meaning)(&stored.id, &stored.spec));
        let before = before.filter(|before| before.enabled);
        let is_altered = before.as_ref().is_none_or(|before| alters_alerts(before, after));
        let results_of = stored.map_or(&change.id, |stored| &stored.id);
        (after.enabled && is_altered).then_some(Self { results_of, before, after })
    }
}
