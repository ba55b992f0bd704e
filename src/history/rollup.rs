//! Hours and days: what the samples of one hour or day add up to, 200 monitors packed in one item. Pure.
//!
//! A page is a bitmap of positions, and a bitmap of those of them that are smooth: all probes passed, and there was no
//! maintenance. Then come, for each, numbers in LEB128: probes passed, and seconds not observed. One that is not smooth has
//! six more: probes degraded, failed, unknown; seconds down, down in maintenance, in maintenance. Last are the codes of
//! the 50th, 95th and 99th percentile and of the longest latency. A monitor has at most 24 bytes, and 8 of a smooth day.

use std::collections::BTreeMap;

use super::directory::POSITIONS_PER_PAGE;
use super::latencies::{Latencies, PercentileCodes};
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
    pub percentiles: PercentileCodes,
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
        let smooth = known.iter().filter(|(_, (totals, _))| is_smooth(totals));
        let mut bytes = packing::bitmap(known.iter().map(|(position, _)| **position));
        bytes.extend(packing::bitmap(smooth.map(|(position, _)| **position)));
        for (_, (totals, latencies)) in known {
            let mut push = |number| packing::push(&mut bytes, u32::try_from(number).unwrap_or(u32::MAX));
            push(totals.passed);
            push(self.unit.length().saturating_sub(totals.observed));
            if !is_smooth(totals) {
                trouble(totals).into_iter().for_each(push);
            }
            bytes.extend(latencies.percentile_codes().bytes());
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
    let smooth = reader.bitmap()?;
    let mut rollups = BTreeMap::new();
    for position in positions {
        let [passed, unobserved] = reader.numbers()?.map(u64::from);
        let observed = unit.length().saturating_sub(unobserved);
        let mut totals = Totals { passed, observed, ..Totals::default() };
        if smooth.binary_search(&position).is_err() {
            let [degraded, failed, unknown] = reader.numbers()?.map(u64::from);
            let [down, down_in_maintenance, maintenance] = reader.numbers()?.map(u64::from);
            totals = Totals { degraded, failed, unknown, maintenance, down, down_in_maintenance, ..totals };
        }
        let codes = [reader.byte()?, reader.byte()?, reader.byte()?, reader.byte()?];
        let percentiles = PercentileCodes::of_bytes(codes);
        rollups.insert(position, Rollup { totals, percentiles });
    }
    reader.end()?;
    Ok(rollups)
}

/// Whether nothing but passed probes and the lack of probes is to be kept of it.
fn is_smooth(totals: &Totals) -> bool {
    trouble(totals) == [0; 6]
}

fn trouble(totals: &Totals) -> [u64; 6] {
    let Totals { passed: _, observed: _, degraded, failed, unknown, maintenance, down, down_in_maintenance } =
        *totals;
    [degraded, failed, unknown, down, down_in_maintenance, maintenance]
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

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
            prop_assert!(bytes.len() <= 50 + 24 * known.len());
            let read = unpack(RollupUnit::Day, &bytes).expect("it is packed");
            let percentiles = latencies.percentile_codes();
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
    fn an_hour_in_which_all_was_well_takes_6_bytes_a_monitor() {
        let well = Totals { passed: 30, observed: 3_600, ..Totals::default() };
        let all = (0..200).map(|position| (position, (well, Latencies::default())));
        assert_eq!(page(RollupUnit::Hour, all.collect()).pack().len(), 50 + 200 * 6);
    }
}
