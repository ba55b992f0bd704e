//! The last results of each monitor, read back from the ledger.

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::monitor::{Monitor, MonitorId};
use crate::state::{LedgerPage, Sample};
use crate::store::{StateReader, StoreError};

/// Results shown of each monitor.
const SHOWN: usize = 30;

/// Runs read of a page at the most: two weeks of a run every two minutes, some 7 MB. A monitor that is probed
/// once a day shows 14 results, and one that was not probed for longer none.
const RUNS_AT_MOST: usize = 10_000;

/// What was found, and when its run began; oldest first.
pub type Results = Vec<(Timestamp, Sample)>;

/// Reads each page of the ledger back until the line of each of its monitors is full.
pub async fn results(
    reader: &StateReader,
    monitors: &[&Monitor],
    period: Duration,
) -> Result<HashMap<MonitorId, Results>, StoreError> {
    let directory = reader.directory().await?;
    let mut pages: BTreeMap<usize, Page> = BTreeMap::new();
    for monitor in monitors {
        if let Some(position) = directory.position_of(&monitor.id) {
            let line = Line::of(monitor, period);
            pages.entry(position.page).or_default().lines.insert(position.index, line);
        }
    }
    let mut found = HashMap::new();
    for (number, mut page) in pages {
        reader.ledger(number, RUNS_AT_MOST, |run| page.take(&run)).await?;
        found.extend(page.lines.into_values().map(Line::finish));
    }
    Ok(found)
}

/// The lines of the monitors of one page, by their positions.
#[derive(Default)]
struct Page {
    lines: BTreeMap<usize, Line>,
}

struct Line {
    monitor: MonitorId,
    patience: Patience,
    /// Newest first.
    results: Results,
}

/// How far back the results of a monitor are worth looking for.
#[derive(Clone, Copy)]
enum Patience {
    /// Nobody probes it; what comes along is taken.
    None,
    /// From its newest one: twice the time in which a line fills. A new monitor has no more.
    For(Duration),
}

impl Page {
    /// Takes the results of a run, an older one each time. Runs of a few monitors, by name, lie between those of
    /// all: how many runs there are says nothing about how many results a monitor has.
    fn take(&mut self, run: &LedgerPage) -> ControlFlow<()> {
        // A run that does not read is a gap in a line, and no more.
        for entry in run.unpack().unwrap_or_default() {
            if let Some(line) = self.lines.get_mut(&entry.position)
                && line.results.len() < SHOWN
            {
                line.results.push((run.at, entry.sample));
            }
        }
        if self.lines.values().any(|line| line.waits(run.at)) {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    }
}

impl Line {
    fn of(monitor: &Monitor, period: Duration) -> Self {
        let fills = monitor.interval.max(period).saturating_mul(u32::try_from(SHOWN).unwrap_or(u32::MAX));
        let patience = if monitor.enabled { Patience::For(fills.saturating_mul(2)) } else { Patience::None };
        Self { monitor: monitor.id.clone(), patience, results: Vec::new() }
    }

    fn waits(&self, at: Timestamp) -> bool {
        match (self.patience, self.results.as_slice()) {
            (Patience::For(_), []) => true,
            (Patience::For(patience), [(newest, _), ..]) if self.results.len() < SHOWN => {
                newest.duration_since(at) < SignedDuration::try_from(patience).unwrap_or(SignedDuration::MAX)
            }
            (Patience::None | Patience::For(_), _) => false,
        }
    }

    fn finish(mut self) -> (MonitorId, Results) {
        self.results.reverse();
        (self.monitor, self.results)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::LedgerEntry;
    use crate::verdict::Verdict;

    const PERIOD: Duration = Duration::from_mins(2);

    /// The page of monitors with these intervals, in periods.
    fn page(intervals: &[u32]) -> Page {
        let lines = intervals.iter().enumerate().map(|(position, periods)| {
            let id = format!("m{position}");
            let interval = PERIOD * *periods;
            let monitor = Monitor { interval, ..Monitor::sample(&id, "http://m.example/") };
            (position, Line::of(&monitor, PERIOD))
        });
        Page { lines: lines.collect() }
    }

    /// Gives runs to the page, the newest first, until it has enough; gives how many it took.
    fn read(page: &mut Page, runs: u32, probed: impl Fn(u32) -> Vec<usize>) -> u32 {
        let newest = Timestamp::UNIX_EPOCH + PERIOD * runs;
        for run in 0..runs {
            let sample = Sample { verdict: Verdict::Pass, status: Some(200), latency: None };
            let entries = probed(run).into_iter().map(|position| LedgerEntry { position, sample });
            if page.take(&LedgerPage::pack(0, newest - PERIOD * run, entries)).is_break() {
                return run + 1;
            }
        }
        runs
    }

    fn counts(page: &Page) -> Vec<usize> {
        page.lines.values().map(|line| line.results.len()).collect()
    }

    #[test]
    fn runs_of_one_monitor_do_not_hide_the_results_of_the_others() {
        let mut page = page(&[1, 1]);
        let runs = read(&mut page, 9_000, |run| if run < 2_000 { vec![0] } else { vec![0, 1] });
        assert_eq!((runs, counts(&page)), (2_030, vec![30, 30]));
    }

    #[test]
    fn a_monitor_that_is_probed_once_a_day_fills_its_line() {
        let mut page = page(&[1, 720]);
        let runs = read(&mut page, 30_000, |run| if run % 720 == 0 { vec![0, 1] } else { vec![0] });
        assert_eq!((runs, counts(&page)), (29 * 720 + 1, vec![30, 30]));
    }

    #[test]
    fn a_new_monitor_does_not_make_every_run_be_read() {
        let mut page = page(&[1, 1]);
        let runs = read(&mut page, 9_000, |run| if run < 3 { vec![0, 1] } else { vec![0] });
        assert_eq!((runs, counts(&page)), (61, vec![30, 3]));
    }

    #[test]
    fn what_is_switched_off_is_not_waited_for() {
        let mut page = page(&[1]);
        let off = Monitor { enabled: false, ..Monitor::sample("off", "http://m.example/") };
        page.lines.insert(1, Line::of(&off, PERIOD));
        let runs = read(&mut page, 9_000, |run| if run == 9 { vec![0, 1] } else { vec![0] });
        assert_eq!((runs, counts(&page)), (30, vec![30, 1]));
    }
}
