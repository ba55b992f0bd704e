//! How often each latency came, and the percentiles of it. Pure.

use std::collections::BTreeMap;
use std::time::Duration;

use super::directory::POSITIONS_PER_PAGE;
use super::latency_code::LatencyCode;
use super::packing::{self, PackedBytes, PackingError};

/// How often each [`LatencyCode`] came. All answers count, also failed ones: what answers fast because it is broken does
/// not look better for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Latencies(BTreeMap<LatencyCode, u32>);

/// The percentiles that are kept of an hour and of a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Percentiles {
    pub p50: Option<Duration>,
    pub p95: Option<Duration>,
    pub p99: Option<Duration>,
    pub max: Option<Duration>,
}

/// The same as their codes, which take four bytes and compare as the latencies do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PercentileCodes {
    pub p50: LatencyCode,
    pub p95: LatencyCode,
    pub p99: LatencyCode,
    pub max: LatencyCode,
}

impl PercentileCodes {
    pub fn bytes(self) -> [u8; 4] {
        let Self { p50, p95, p99, max } = self;
        [p50, p95, p99, max].map(LatencyCode::byte)
    }

    pub fn of_bytes(bytes: [u8; 4]) -> Self {
        let [p50, p95, p99, max] = bytes.map(LatencyCode::from_byte);
        Self { p50, p95, p99, max }
    }

    /// Percentiles do not add up: of two, the slower is taken, so that none reads better than it was.
    #[must_use]
    pub fn slower(self, other: Self) -> Self {
        Self {
            p50: self.p50.max(other.p50),
            p95: self.p95.max(other.p95),
            p99: self.p99.max(other.p99),
            max: self.max.max(other.max),
        }
    }

    pub fn percentiles(self) -> Percentiles {
        let Self { p50, p95, p99, max } = self;
        let [p50, p95, p99, max] = [p50, p95, p99, max].map(LatencyCode::upper_bound);
        Percentiles { p50, p95, p99, max }
    }
}

impl Latencies {
    pub fn add(&mut self, latency: Option<Duration>) {
        let code = LatencyCode::new(latency);
        if code != LatencyCode::NONE {
            *self.0.entry(code).or_default() += 1;
        }
    }

    pub fn merge(&mut self, other: &Self) {
        for (code, count) in &other.0 {
            let sum = self.0.entry(*code).or_default();
            *sum = sum.saturating_add(*count);
        }
    }

    pub fn answers(&self) -> u64 {
        self.0.values().copied().map(u64::from).sum()
    }

    /// The latency that `percent` of the answers did not exceed (nearest rank); `None` without an answer.
    pub fn percentile(&self, percent: u64) -> Option<Duration> {
        self.percentile_code(percent).upper_bound()
    }

    fn percentile_code(&self, percent: u64) -> LatencyCode {
        let rank = (self.answers() * percent).div_ceil(100).max(1);
        let mut seen = 0;
        let reached = self.0.iter().find(|(_, count)| {
            seen += u64::from(**count);
            seen >= rank
        });
        reached.map_or(LatencyCode::NONE, |(code, _)| *code)
    }

    pub fn percentile_codes(&self) -> PercentileCodes {
        PercentileCodes {
            p50: self.percentile_code(50),
            p95: self.percentile_code(95),
            p99: self.percentile_code(99),
            max: self.percentile_code(100),
        }
    }
}

/// The latencies of a page: a bitmap of positions; then, for each, how many codes follow, and each code with its count.
/// Numbers are LEB128, codes are one byte.
pub fn pack(latencies: &BTreeMap<usize, Latencies>) -> Vec<u8> {
    let known =
        latencies.iter().filter(|(position, of_one)| **position < POSITIONS_PER_PAGE && !of_one.0.is_empty());
    let mut bytes = packing::bitmap(known.clone().map(|(position, _)| *position));
    for (_, Latencies(counts)) in known {
        packing::push(&mut bytes, u32::try_from(counts.len()).unwrap_or(u32::MAX));
        for (code, count) in counts {
            bytes.push(code.byte());
            packing::push(&mut bytes, *count);
        }
    }
    bytes
}

pub fn unpack(bytes: &[u8]) -> Result<BTreeMap<usize, Latencies>, PackingError> {
    let (positions, mut reader) = PackedBytes::after_bitmap(bytes)?;
    let mut latencies = BTreeMap::new();
    for position in positions {
        let mut counts = BTreeMap::new();
        for _ in 0..reader.number()? {
            let code = LatencyCode::from_byte(reader.byte()?);
            counts.insert(code, reader.number()?);
        }
        latencies.insert(position, Latencies(counts));
    }
    reader.end()?;
    Ok(latencies)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(millis: impl IntoIterator<Item = u64>) -> Latencies {
        let mut latencies = Latencies::default();
        millis.into_iter().for_each(|ms| latencies.add(Some(Duration::from_millis(ms))));
        latencies
    }

    fn kept(ms: u64) -> Option<Duration> {
        LatencyCode::new(Some(Duration::from_millis(ms))).upper_bound()
    }

    #[test]
    fn a_percentile_is_the_nearest_rank_and_never_better_than_it_was() {
        let one_slow = of((0..99).map(|_| 10).chain([1_000]));
        assert_eq!((one_slow.percentile(50), one_slow.percentile(99)), (kept(10), kept(10)));
        assert_eq!(one_slow.percentile(100), kept(1_000));
        assert_eq!(of([10, 20]).percentile(50), kept(10));
        assert_eq!(of([10, 20, 30]).percentile(50), kept(20));
        assert_eq!(of([10, 20]).percentile(95), kept(20));
        assert_eq!(Latencies::default().percentile(50), None);
    }

    #[test]
    fn no_answer_has_no_latency() {
        let mut latencies = Latencies::default();
        latencies.add(None);
        assert_eq!(latencies, Latencies::default());
    }

    #[test]
    fn a_page_comes_back_as_it_was_and_garbage_is_an_error() {
        let page = BTreeMap::from([(0, of([5, 5, 900])), (7, of(0..400)), (199, of([70_000]))]);
        assert_eq!(unpack(&pack(&page)), Ok(page.clone()));
        let bytes = pack(&page);
        for end in 0..bytes.len() {
            assert!(unpack(&bytes[..end]).is_err(), "{end} bytes");
        }
    }
}
