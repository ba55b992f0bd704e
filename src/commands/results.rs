//! The last results of each monitor, read back from the ledger; also those from before it was renamed.

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::history::{LedgerPage, Sample};
use crate::inventory::{WatchedMonitor, Watchlist};
use crate::monitor::{Monitor, MonitorId};
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
    watchlist: &Watchlist,
    shown: &[&WatchedMonitor],
    period: Duration,
) -> Result<HashMap<MonitorId, Results>, StoreError> {
    let directory = reader.directory().await?;
    let mut pages: BTreeMap<usize, LedgerLines> = BTreeMap::new();
    for subject in shown {
        let monitor = &subject.monitor;
        // What has a former id now is another monitor, and its results are its own.
        let former = subject
            .formerly
            .iter()
            .filter(|id| !watchlist.has(id))
            .map(|id| (id, ResultLine::former(monitor, period)));
        for (id, line) in std::iter::once((&monitor.id, ResultLine::of(monitor, period))).chain(former) {
            if let Some(position) = directory.position_of(id) {
                pages.entry(position.page).or_default().lines.insert(position.index, line);
            }
        }
    }
    let mut found: HashMap<MonitorId, Results> = HashMap::new();
    for (number, mut page) in pages {
        reader.ledger(number, RUNS_AT_MOST, |run| page.take(&run)).await?;
        for ResultLine { monitor, results, .. } in page.lines.into_values() {
            found.entry(monitor).or_default().extend(results);
        }
    }
    found.values_mut().for_each(newest_last);
    Ok(found)
}

/// The newest results as far as they are shown, in the order of time.
fn newest_last(results: &mut Results) {
    results.sort_by_key(|(at, _)| *at);
    results.drain(..results.len().saturating_sub(SHOWN));
}

/// The lines of the monitors of one page, by their positions.
#[derive(Default)]
struct LedgerLines {
    lines: BTreeMap<usize, ResultLine>,
    /// The newest run.
    newest: Option<Timestamp>,
}

struct ResultLine {
    monitor: MonitorId,
    patience: Patience,
    /// Newest first.
    results: Results,
}

/// How far back the results of a monitor are worth looking for.
#[derive(Clone, Copy)]
enum Patience {
    /// It is no longer probed; what comes along is taken.
    None,
    /// From its newest one: twice the time in which a line fills. A new monitor has no more.
    For(Duration),
    /// From the newest run: what a monitor that was renamed longer ago had before is not shown any more.
    Recent(Duration),
}

impl LedgerLines {
    /// Takes the results of a run, an older one each time. Runs of a few monitors, by name, lie between those of
    /// all: how many runs there are says nothing about how many results a monitor has.
    fn take(&mut self, run: &LedgerPage) -> ControlFlow<()> {
        let newest = *self.newest.get_or_insert(run.at);
        // A run that does not read is a gap in a line, and no more.
        for entry in run.unpack().unwrap_or_default() {
            if let Some(line) = self.lines.get_mut(&entry.position)
                && line.results.len() < SHOWN
            {
                line.results.push((run.at, entry.sample));
            }
        }
        if self.lines.values().any(|line| line.waits(run.at, newest)) {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    }
}

impl ResultLine {
    fn of(monitor: &Monitor, period: Duration) -> Self {
        let patience = Patience::For(fills(monitor, period).saturating_mul(2));
        Self::waiting(monitor, if monitor.enabled { patience } else { Patience::None })
    }

    /// The line of a monitor under an id that it has no more.
    fn former(monitor: &Monitor, period: Duration) -> Self {
        Self::waiting(monitor, Patience::Recent(fills(monitor, period)))
    }

    fn waiting(monitor: &Monitor, patience: Patience) -> Self {
        Self { monitor: monitor.id.clone(), patience, results: Vec::new() }
    }

    /// Whether older runs than `at` are worth reading; `newest` is the first that was read.
    fn waits(&self, at: Timestamp, newest: Timestamp) -> bool {
        let within = |patience, since: Timestamp| {
            since.duration_since(at) < SignedDuration::try_from(patience).unwrap_or(SignedDuration::MAX)
        };
        match (self.patience, self.results.as_slice()) {
            (Patience::For(_), []) => true,
            (Patience::For(patience), [(newest, _), ..]) if self.results.len() < SHOWN => {
                within(patience, *newest)
            }
            (Patience::Recent(patience), results) if results.len() < SHOWN => within(patience, newest),
            (Patience::None | Patience::For(_) | Patience::Recent(_), _) => false,
        }
    }
}

/// The time in which a line fills.
fn fills(monitor: &Monitor, period: Duration) -> Duration {
    monitor.interval.max(period).saturating_mul(u32::try_from(SHOWN).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{InMaintenance, LedgerEntry};
    use crate::verdict::Verdict;

    const PERIOD: Duration = Duration::from_mins(2);

    /// The page of monitors with these intervals, in periods.
    fn page(intervals: &[u32]) -> LedgerLines {
        let lines = intervals.iter().enumerate().map(|(position, periods)| {
            let id = format!("m{position}");
            let interval = PERIOD * *periods;
            let monitor = Monitor { interval, ..Monitor::sample(&id, "http://m.example/") };
            (position, ResultLine::of(&monitor, PERIOD))
        });
        LedgerLines { lines: lines.collect(), newest: None }
    }

    /// Gives runs to the page, the newest first, until it has enough; gives how many it took.
    fn read(page: &mut LedgerLines, runs: u32, probed: impl Fn(u32) -> Vec<usize>) -> u32 {
        let newest = Timestamp::UNIX_EPOCH + PERIOD * runs;
        for run in 0..runs {
            let sample = Sample {
                verdict: Verdict::Pass,
                reason: None,
                maintenance: InMaintenance::No,
                code: Some(200),
                latency: None,
            };
            let entries = probed(run).into_iter().map(|position| LedgerEntry { position, sample });
            if page.take(&LedgerPage::pack(0, newest - PERIOD * run, entries)).is_break() {
                return run + 1;
            }
        }
        runs
    }

    fn counts(page: &LedgerLines) -> Vec<usize> {
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
    fn what_a_monitor_was_called_is_read_back_as_far_as_its_line_reaches_and_no_further() {
        let renamed = Monitor { interval: PERIOD, ..Monitor::sample("renamed", "http://m.example/") };
        // Probed in each run until it was renamed, so many runs ago.
        for (ago, taken) in [(3, 28), (100, 0)] {
            let mut page = LedgerLines::default();
            page.lines.insert(0, ResultLine::former(&renamed, PERIOD));
            let runs = read(&mut page, 9_000, |run| if run < ago { vec![] } else { vec![0] });
            assert_eq!((runs, counts(&page)), (31, vec![taken]), "{ago}");
        }
    }

    #[test]
    fn what_is_switched_off_is_not_waited_for() {
        let mut page = page(&[1]);
        let off = Monitor { enabled: false, ..Monitor::sample("off", "http://m.example/") };
        page.lines.insert(1, ResultLine::of(&off, PERIOD));
        let runs = read(&mut page, 9_000, |run| if run == 9 { vec![0, 1] } else { vec![0] });
        assert_eq!((runs, counts(&page)), (30, vec![30, 1]));
    }
}
