//! The ledger: the result of every probe of every run, 100 monitors packed in one small item.
//!
//! A page directory gives each monitor a position for good; positions are only ever added, so an old page
//! reads the same under a newer directory.
//!
//! A page is a row of samples of 6 bytes, in the order of their positions:
//!
//! | byte | |
//! |---|---|
//! | 0 | position in the page |
//! | 1 | verdict: 0 pass, 1 degraded, 2 fail, 3 unknown |
//! | 2, 3 | code of the answer (HTTP status), 0 for none; big-endian |
//! | 4, 5 | latency in milliseconds, 65,535 for none; big-endian |

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::monitor::MonitorId;
use crate::verdict::Verdict;

/// Monitors in one page. With 6 bytes each, a page stays within one write unit (1 KB).
pub const POSITIONS_PER_PAGE: usize = 100;

const NO_CODE: u16 = 0;
const NO_LATENCY: u16 = u16::MAX;

/// Which monitor has which position of which page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Directory {
    pages: Vec<Vec<MonitorId>>,
    positions: HashMap<MonitorId, Position>,
}

/// Where the samples of a monitor are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub page: usize,
    /// Within the page.
    pub index: usize,
}

/// One result as the ledger keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    pub verdict: Verdict,
    /// What the protocol of the endpoint calls its answer: the HTTP status. `None` without an answer, and where it has
    /// no codes.
    pub code: Option<u16>,
    /// Whole milliseconds; more than 65.534 s reads as 65.534 s.
    pub latency: Option<Duration>,
}

/// The results of one run for one page, packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerPage {
    pub page: usize,
    /// When the run began.
    pub at: Timestamp,
    /// As packed by [`LedgerPage::pack`].
    pub samples: Vec<u8>,
}

/// One sample of a page with its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerEntry {
    pub position: usize,
    pub sample: Sample,
}

/// Packed bytes that do not read back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    #[error("a ledger page of {0} bytes ends in the middle of a sample")]
    Cut(usize),
    #[error("a ledger page has the unknown verdict code {0}")]
    UnknownVerdict(u8),
}

impl Directory {
    /// `pages[p][i]` is the monitor at position `i` of page `p`. A monitor named twice has its first position.
    pub fn new(pages: Vec<Vec<MonitorId>>) -> Self {
        let mut positions = HashMap::with_capacity(pages.iter().map(Vec::len).sum());
        for (page, monitors) in pages.iter().enumerate() {
            for (index, monitor) in monitors.iter().enumerate() {
                positions.entry(monitor.clone()).or_insert(Position { page, index });
            }
        }
        Self { pages, positions }
    }

    pub fn pages(&self) -> &[Vec<MonitorId>] {
        &self.pages
    }

    pub fn position_of(&self, monitor: &MonitorId) -> Option<Position> {
        self.positions.get(monitor).copied()
    }

    /// Appends those of `monitors` that have no position yet, in their order; gives the pages that changed.
    pub fn extend<'a>(&mut self, monitors: impl IntoIterator<Item = &'a MonitorId>) -> Vec<usize> {
        let mut changed = Vec::new();
        for monitor in monitors {
            if self.positions.contains_key(monitor) {
                continue;
            }
            if self.pages.last().is_none_or(|last| last.len() >= POSITIONS_PER_PAGE) {
                self.pages.push(Vec::new());
            }
            let page = self.pages.len() - 1;
            self.positions.insert(monitor.clone(), Position { page, index: self.pages[page].len() });
            self.pages[page].push(monitor.clone());
            if changed.last() != Some(&page) {
                changed.push(page);
            }
        }
        changed
    }
}

impl LedgerPage {
    /// Packs the results of one page. What was skipped has no result and is left out, and so is a position
    /// that no page has.
    pub fn pack(page: usize, at: Timestamp, entries: impl IntoIterator<Item = LedgerEntry>) -> Self {
        let mut packed: Vec<_> = entries.into_iter().filter_map(LedgerEntry::pack).collect();
        packed.sort_unstable();
        Self { page, at, samples: packed.concat() }
    }

    /// The samples in the order of their positions.
    pub fn unpack(&self) -> Result<Vec<LedgerEntry>, LedgerError> {
        let (samples, rest) = self.samples.as_chunks::<6>();
        match rest {
            [] => samples.iter().copied().map(LedgerEntry::unpack).collect(),
            _ => Err(LedgerError::Cut(self.samples.len())),
        }
    }
}

impl LedgerEntry {
    fn pack(self) -> Option<[u8; 6]> {
        let Self { position, sample: Sample { verdict, code, latency } } = self;
        let position = u8::try_from(position).ok().filter(|p| usize::from(*p) < POSITIONS_PER_PAGE)?;
        let verdict = match verdict {
            Verdict::Pass => 0,
            Verdict::Degraded => 1,
            Verdict::Fail => 2,
            Verdict::Unknown => 3,
            Verdict::Skipped => return None,
        };
        let [c0, c1] = code.unwrap_or(NO_CODE).to_be_bytes();
        let millis = |latency: Duration| u16::try_from(latency.as_millis()).unwrap_or(NO_LATENCY - 1);
        let [l0, l1] =
            latency.map_or(NO_LATENCY, |latency| millis(latency).min(NO_LATENCY - 1)).to_be_bytes();
        Some([position, verdict, c0, c1, l0, l1])
    }

    fn unpack([position, verdict, c0, c1, l0, l1]: [u8; 6]) -> Result<Self, LedgerError> {
        let verdict = match verdict {
            0 => Verdict::Pass,
            1 => Verdict::Degraded,
            2 => Verdict::Fail,
            3 => Verdict::Unknown,
            other => return Err(LedgerError::UnknownVerdict(other)),
        };
        let code = Some(u16::from_be_bytes([c0, c1])).filter(|code| *code != NO_CODE);
        let latency = Some(u16::from_be_bytes([l0, l1])).filter(|latency| *latency != NO_LATENCY);
        let latency = latency.map(|millis| Duration::from_millis(millis.into()));
        Ok(Self { position: position.into(), sample: Sample { verdict, code, latency } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ids(range: std::ops::Range<usize>) -> Vec<MonitorId> {
        range.map(|n| MonitorId::parse(&format!("m{n}")).expect("an id")).collect()
    }

    fn sample() -> impl Strategy<Value = Sample> {
        let verdict =
            prop::sample::select(vec![Verdict::Pass, Verdict::Degraded, Verdict::Fail, Verdict::Unknown]);
        let latency = prop::option::of((0..65_535_u64).prop_map(Duration::from_millis));
        (verdict, prop::option::of(1..=u16::MAX), latency).prop_map(|(verdict, code, latency)| Sample {
            verdict,
            code,
            latency,
        })
    }

    proptest! {
        #[test]
        fn a_page_comes_back_as_it_was(samples in prop::collection::btree_map(0..100_usize, sample(), 0..=100)) {
            let entries: Vec<_> =
                samples.into_iter().map(|(position, sample)| LedgerEntry { position, sample }).collect();
            let page = LedgerPage::pack(3, Timestamp::UNIX_EPOCH, entries.iter().rev().copied());
            prop_assert_eq!(page.unpack(), Ok(entries));
        }

        #[test]
        fn garbage_is_an_error_or_reads_but_never_panics(samples: Vec<u8>) {
            let _ = LedgerPage { page: 0, at: Timestamp::UNIX_EPOCH, samples }.unpack();
        }
    }

    // Trap 20: time without a probe is no time in which it was good.
    #[test]
    fn a_long_latency_saturates_and_a_skipped_monitor_leaves_no_sample() {
        let entry = |position, verdict, latency| LedgerEntry {
            position,
            sample: Sample { verdict, code: None, latency: Some(Duration::from_secs(latency)) },
        };
        let page = LedgerPage::pack(
            0,
            Timestamp::UNIX_EPOCH,
            [entry(0, Verdict::Skipped, 1), entry(1, Verdict::Fail, 100), entry(100, Verdict::Pass, 1)],
        );
        let entries = page.unpack().expect("it is packed");
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].sample.latency, Some(Duration::from_millis(65_534)));
    }

    #[test]
    fn cut_and_unknown_bytes_are_distinguished() {
        let unpack = |samples: &[u8]| {
            LedgerPage { page: 0, at: Timestamp::UNIX_EPOCH, samples: samples.to_vec() }.unpack()
        };
        assert_eq!(unpack(&[0; 7]), Err(LedgerError::Cut(7)));
        assert_eq!(unpack(&[0, 9, 0, 0, 0, 0]), Err(LedgerError::UnknownVerdict(9)));
    }

    #[test]
    fn positions_are_for_good() {
        let mut directory = Directory::default();
        assert_eq!(directory.extend(&ids(0..150)), [0, 1]);
        let before: Vec<_> = ids(0..150).iter().map(|id| directory.position_of(id)).collect();
        assert_eq!(directory.extend(&ids(100..160)), [1]);
        assert!(directory.extend(&ids(0..160)).is_empty());
        assert_eq!(before, ids(0..150).iter().map(|id| directory.position_of(id)).collect::<Vec<_>>());
        assert_eq!(directory.position_of(&ids(159..160)[0]), Some(Position { page: 1, index: 59 }));
        assert_eq!(Directory::new(directory.pages().to_vec()), directory);
    }
}
