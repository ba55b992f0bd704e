//! Hours and days: what the samples of one hour or day add up to, 200 monitors packed in one item. Pure.
//!
//! A page is a bitmap of positions; then, for each, eight numbers in LEB128 (probes passed, degraded, failed, unknown;
//! seconds down, down in maintenance, not observed, in maintenance), and the codes of the 50th, 95th and 99th percentile
//! and of the longest latency. A monitor has at most 24 bytes, and some 13 if all is well.

use std::collections::BTreeMap;
use std::time::Duration;

use super::directory::POSITIONS_PER_PAGE;
use super::latencies::{Latencies, Percentiles};
use super::latency_code::LatencyCode;
use super::packing::{self, PackedBytes, PackingError};
use super::stretch::{DAY, HOUR};
use super::totals::Totals;

/// How far back a change of health may begin before the run that confirms it, as far as rolled-up hours follow it. Of a
/// monitor that is probed every six hours, this is a streak of twelve.
pub const LONGEST_STREAK: i64 = 72 * HOUR;

/// How long a rollup is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RollupUnit {
    Hour,
    Day,
}

/// What is kept of one monitor for one hour or day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rollup {
    pub totals: Totals,
    pub percentiles: Percentiles,
}

/// One hour or day of a page, by position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollupPage {
    pub page: usize,
    pub unit: RollupUnit,
    /// When the hour or day began, in seconds since 1970.
    pub start: i64,
    pub totals: BTreeMap<usize, (Totals, Latencies)>,
}

impl RollupUnit {
    pub fn seconds(self) -> i64 {
        match self {
            Self::Hour => HOUR,
            Self::Day => DAY,
        }
    }

    fn length(self) -> u64 {
        u64::try_from(self.seconds()).unwrap_or(u64::MAX)
    }
}

impl RollupPage {
    /// What has neither a probe nor an observed second is left out.
    pub fn pack(&self) -> Vec<u8> {
        let known: Vec<_> = self
            .totals
            .iter()
            .filter(|(position, (totals, _))| **position < POSITIONS_PER_PAGE && *totals != Totals::default())
            .collect();
        let mut bytes = packing::bitmap(known.iter().map(|(position, _)| **position));
        for (_, (totals, latencies)) in known {
            let Totals {
                passed,
                degraded,
                failed,
                unknown,
                observed,
                maintenance,
                down,
                down_in_maintenance,
            } = *totals;
            let unobserved = self.unit.length().saturating_sub(observed);
            for number in
                [passed, degraded, failed, unknown, down, down_in_maintenance, unobserved, maintenance]
            {
                packing::push(&mut bytes, u32::try_from(number).unwrap_or(u32::MAX));
            }
            let Percentiles { p50, p95, p99, max } = latencies.percentiles();
            bytes.extend([p50, p95, p99, max].map(|latency| LatencyCode::new(latency).byte()));
        }
        bytes
    }

    /// The latencies of the page, packed.
    pub fn pack_latencies(&self) -> Vec<u8> {
        let latencies = self.totals.iter().map(|(position, (_, latencies))| (*position, latencies.clone()));
        super::latencies::pack(&latencies.collect())
    }
}

/// What [`RollupPage::pack`] has packed, by position.
pub fn unpack(unit: RollupUnit, bytes: &[u8]) -> Result<BTreeMap<usize, Rollup>, PackingError> {
    let (positions, mut reader) = PackedBytes::after_bitmap(bytes)?;
    let mut rollups = BTreeMap::new();
    for position in positions {
        let [passed, degraded, failed, unknown] = reader.numbers()?.map(u64::from);
        let [down, down_in_maintenance, unobserved, maintenance] = reader.numbers()?.map(u64::from);
        let observed = unit.length().saturating_sub(unobserved);
        let totals =
            Totals { passed, degraded, failed, unknown, observed, maintenance, down, down_in_maintenance };
        let percentiles = Percentiles {
            p50: latency(&mut reader)?,
            p95: latency(&mut reader)?,
            p99: latency(&mut reader)?,
            max: latency(&mut reader)?,
        };
        rollups.insert(position, Rollup { totals, percentiles });
    }
    reader.end()?;
    Ok(rollups)
}

fn latency(reader: &mut PackedBytes) -> Result<Option<Duration>, PackingError> {
    Ok(LatencyCode::from_byte(reader.byte()?).upper_bound())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn page(unit: RollupUnit, totals: BTreeMap<usize, (Totals, Latencies)>) -> RollupPage {
        RollupPage { page: 0, unit, start: 0, totals }
    }

    fn totals() -> impl Strategy<Value = Totals> {
        let counts = prop::array::uniform4(0..9_000_u64);
        (counts, prop::array::uniform4(0..=86_400_u64)).prop_map(
            |([passed, degraded, failed, unknown], [observed, maintenance, down, down_in_maintenance])| {
                Totals { passed, degraded, failed, unknown, observed, maintenance, down, down_in_maintenance }
            },
        )
    }

    proptest! {
        #[test]
        fn a_page_comes_back_as_it_was(totals in prop::collection::btree_map(0..200_usize, totals(), 0..=200)) {
            let mut latencies = Latencies::default();
            latencies.add(Some(Duration::from_millis(80)));
            let known: BTreeMap<_, _> =
                totals.into_iter().filter(|(_, totals)| *totals != Totals::default()).collect();
            let with_latencies = known.iter().map(|(position, totals)| (*position, (*totals, latencies.clone())));
            let bytes = page(RollupUnit::Day, with_latencies.collect()).pack();
            prop_assert!(bytes.len() <= 25 + 24 * known.len());
            let read = unpack(RollupUnit::Day, &bytes).expect("it is packed");
            let percentiles = latencies.percentiles();
            let expected: BTreeMap<_, _> =
                known.into_iter().map(|(position, totals)| (position, Rollup { totals, percentiles })).collect();
            prop_assert_eq!(read, expected);
        }

        #[test]
        fn garbage_is_an_error_or_reads_but_never_panics(bytes: Vec<u8>) {
            let _ = unpack(RollupUnit::Hour, &bytes);
            let _ = super::super::latencies::unpack(&bytes);
        }
    }

    #[test]
    fn an_hour_in_which_all_was_well_takes_12_bytes_a_monitor() {
        let well = Totals { passed: 30, observed: 3_600, ..Totals::default() };
        let all = (0..200).map(|position| (position, (well, Latencies::default())));
        assert_eq!(page(RollupUnit::Hour, all.collect()).pack().len(), 25 + 200 * 12);
    }
}
