//! Sums stretches of time up from the samples of the ledger.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::history::{DAY, HealthTimeline, Sample, Stretch, Sum, cut, joined, total};
use crate::store::{StateReader, StoreError};

/// What has to be known of a monitor to sum its samples up.
#[derive(Debug, Clone, Copy)]
pub struct Sampled<'a> {
    /// How long a sample holds, in seconds.
    pub hold: i64,
    pub timeline: &'a HealthTimeline,
}

/// Sums each of `stretches` up, by the position of the monitor. They are in the order of time and do not overlap; each
/// range of them is read once. `known` says which positions are asked for.
pub async fn sums(
    reader: &StateReader,
    page: usize,
    stretches: &[Stretch],
    known: &BTreeMap<usize, Sampled<'_>>,
    now: Timestamp,
) -> Result<Vec<(Stretch, BTreeMap<usize, Sum>)>, StoreError> {
    let longest = known.values().map(|known| known.hold).max().unwrap_or(0);
    let mut sums = Vec::with_capacity(stretches.len());
    // A day at once bounds the memory: a year of samples does not fit into it.
    let ranges = joined(stretches.iter().copied()).into_iter().flat_map(|range| cut(range, DAY));
    for range in ranges {
        // What came before holds into it.
        let reaching = Stretch { from: range.from - longest, ..range };
        let runs = reader.ledger_between(page, reaching, now).await?;
        let mut samples: BTreeMap<usize, Vec<(Timestamp, Sample)>> = BTreeMap::new();
        for run in runs {
            // A page that does not read is as if its probes were skipped.
            for entry in run.unpack().unwrap_or_default() {
                if known.contains_key(&entry.position) {
                    samples.entry(entry.position).or_default().push((run.at, entry.sample));
                }
            }
        }
        for stretch in stretches.iter().filter(|stretch| range.overlap(**stretch).is_some()) {
            let of_one = |(position, samples): (&usize, &Vec<_>)| {
                let known = known.get(position)?;
                let (totals, latencies) = total(samples, known.hold, known.timeline, *stretch);
                Some((*position, Sum::new(totals, latencies)))
            };
            sums.push((*stretch, samples.iter().filter_map(of_one).collect()));
        }
    }
    Ok(sums)
}
