//! The ledger: the result of every probe of every run, 200 monitors packed in one small item. Pure.
//!
//! A page begins with a bitmap of 25 bytes: bit `p % 8` of byte `p / 8` is set if the monitor at position `p` has a
//! sample. Its samples follow in the order of their positions, 4 bytes each:
//!
//! | byte | |
//! |---|---|
//! | 0 | bits 7, 6: verdict (0 pass, 1 degraded, 2 fail, 3 unknown) · bits 5 to 1: reason (0 none) · bit 0: in maintenance |
//! | 1, 2 | code of the answer (HTTP status), 0 for none; big-endian |
//! | 3 | latency, as a [`LatencyCode`] |

use std::time::Duration;

use jiff::Timestamp;

use super::directory::POSITIONS_PER_PAGE;
use super::latency_code::LatencyCode;
use super::packing::{self, BITMAP};
use super::reason::StoredReason;
use crate::verdict::Verdict;

/// Bytes of one sample.
const SAMPLE: usize = 4;

const NO_CODE: u16 = 0;

/// One result as the ledger keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    pub verdict: Verdict,
    /// Why it is no pass: the gravest fault. `None` for a pass.
    pub reason: Option<StoredReason>,
    pub maintenance: InMaintenance,
    /// What the protocol of the endpoint calls its answer: the HTTP status. `None` without an answer, and where it has
    /// no codes.
    pub code: Option<u16>,
    /// As [`LatencyCode`] keeps it.
    pub latency: Option<Duration>,
}

/// Whether a maintenance window of the monitor was open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InMaintenance {
    Yes,
    No,
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
    #[error("a ledger page of {bytes} bytes does not hold the {samples} samples of its bitmap")]
    WrongLength { bytes: usize, samples: usize },
    #[error("a ledger page of {0} bytes ends within its bitmap")]
    Cut(usize),
}

impl LedgerPage {
    /// Packs the results of one page. What was skipped has no result and is left out, and so is a position
    /// that no page has. Of two results at one position the last counts.
    pub fn pack(page: usize, at: Timestamp, entries: impl IntoIterator<Item = LedgerEntry>) -> Self {
        let mut packed = [None; POSITIONS_PER_PAGE];
        for LedgerEntry { position, sample } in entries {
            if let Some(place) = packed.get_mut(position) {
                *place = sample.pack();
            }
        }
        let known = packed.iter().enumerate().filter_map(|(position, sample)| sample.map(|_| position));
        let mut samples = packing::bitmap(known);
        samples.extend(packed.iter().flatten().flatten());
        Self { page, at, samples }
    }

    /// The samples in the order of their positions.
    pub fn unpack(&self) -> Result<Vec<LedgerEntry>, LedgerError> {
        let bytes = self.samples.len();
        let (bitmap, samples) = self.samples.split_at_checked(BITMAP).ok_or(LedgerError::Cut(bytes))?;
        let positions = packing::positions(bitmap);
        let (samples, rest) = samples.as_chunks::<SAMPLE>();
        if samples.len() != positions.len() || !rest.is_empty() {
            return Err(LedgerError::WrongLength { bytes, samples: positions.len() });
        }
        let entry = |(position, sample): (usize, &[u8; SAMPLE])| LedgerEntry {
            position,
            sample: Sample::unpack(*sample),
        };
        Ok(positions.into_iter().zip(samples).map(entry).collect())
    }
}

impl Sample {
    /// `None` for what was skipped.
    fn pack(self) -> Option<[u8; SAMPLE]> {
        let Self { verdict, reason, maintenance, code, latency } = self;
        let verdict: u8 = match verdict {
            Verdict::Pass => 0,
            Verdict::Degraded => 1,
            Verdict::Fail => 2,
            Verdict::Unknown => 3,
            Verdict::Skipped => return None,
        };
        let maintenance = match maintenance {
            InMaintenance::Yes => 1,
            InMaintenance::No => 0,
        };
        let first = verdict << 6 | reason.map_or(0, StoredReason::number) << 1 | maintenance;
        let [c0, c1] = code.unwrap_or(NO_CODE).to_be_bytes();
        Some([first, c0, c1, LatencyCode::new(latency).byte()])
    }

    fn unpack([first, c0, c1, latency]: [u8; SAMPLE]) -> Self {
        Self {
            verdict: match first >> 6 {
                0 => Verdict::Pass,
                1 => Verdict::Degraded,
                2 => Verdict::Fail,
                // Two bits have no other value.
                _ => Verdict::Unknown,
            },
            reason: StoredReason::from_number(first >> 1 & 0b1_1111),
            maintenance: if first & 1 == 1 { InMaintenance::Yes } else { InMaintenance::No },
            code: Some(u16::from_be_bytes([c0, c1])).filter(|code| *code != NO_CODE),
            latency: LatencyCode::from_byte(latency).upper_bound(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample() -> impl Strategy<Value = Sample> {
        let verdict =
            prop::sample::select(vec![Verdict::Pass, Verdict::Degraded, Verdict::Fail, Verdict::Unknown]);
        let maintenance = prop::sample::select(vec![InMaintenance::Yes, InMaintenance::No]);
        (verdict, 0..=31_u8, maintenance, prop::option::of(1..=u16::MAX), any::<u8>()).prop_map(
            |(verdict, reason, maintenance, code, latency)| Sample {
                verdict,
                reason: StoredReason::from_number(reason),
                maintenance,
                code,
                latency: LatencyCode::from_byte(latency).upper_bound(),
            },
        )
    }

    proptest! {
        #[test]
        fn a_page_comes_back_as_it_was(samples in prop::collection::btree_map(0..200_usize, sample(), 0..=200)) {
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
        let entry = |position, verdict| LedgerEntry {
            position,
            sample: Sample {
                verdict,
                reason: None,
                maintenance: InMaintenance::No,
                code: None,
                latency: Some(Duration::from_secs(100)),
            },
        };
        let page = LedgerPage::pack(
            0,
            Timestamp::UNIX_EPOCH,
            [entry(0, Verdict::Skipped), entry(1, Verdict::Fail), entry(200, Verdict::Pass)],
        );
        let entries = page.unpack().expect("it is packed");
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].sample.latency, Some(Duration::from_millis(65_534)));
    }

    #[test]
    fn bytes_that_do_not_fit_the_bitmap_are_an_error() {
        let unpack = |samples: Vec<u8>| LedgerPage { page: 0, at: Timestamp::UNIX_EPOCH, samples }.unpack();
        assert_eq!(unpack(vec![0; 7]), Err(LedgerError::Cut(7)));
        assert_eq!(unpack(vec![0; 26]), Err(LedgerError::WrongLength { bytes: 26, samples: 0 }));
        let mut two = vec![0; 25 + 7];
        two[24] = 0b1100_0000;
        assert_eq!(unpack(two), Err(LedgerError::WrongLength { bytes: 32, samples: 2 }));
    }
}
