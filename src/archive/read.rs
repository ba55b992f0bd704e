//! Reads what a window of time adds up to, from the coarsest that is kept.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::ledger::{Sampled, sums};
use crate::history::{HOUR, Latencies, Lookback, RollupUnit, Stretch, Sum, cut, joined, second, start_of};
use crate::monitor::MonitorId;
use crate::store::{Consistency, StateReader, StoreError, StoredRollup};

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    pub window: Stretch,
    /// Each hour or each UTC day of the window gets a sum of its own.
    pub each: RollupUnit,
    pub detail: Detail,
    pub now: Timestamp,
    pub consistency: Consistency,
}

/// Which latencies are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// None: the seconds and the numbers of probes are enough.
    Totals,
    /// The percentiles of each sum, which do not add up. It costs half as much.
    Percentiles,
    /// All latencies, so that the percentiles of the whole window are known.
    Latencies,
}

/// What was found: for each monitor the sums of the hours or days of the window, in the order of time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PastSums {
    pub sums: BTreeMap<MonitorId, BTreeMap<Stretch, Sum>>,
}

/// Reads the past of `subjects`.
///
/// A day that is not kept is read by its hours, and an hour that is not kept from the ledger: a rollup that got lost costs
/// a longer reading, and changes no figure.
pub async fn past(
    reader: &StateReader,
    subjects: &[Lookback],
    question: Question,
) -> Result<PastSums, StoreError> {
    let mut pages: BTreeMap<usize, Vec<&Lookback>> = BTreeMap::new();
    for subject in subjects {
        pages.entry(subject.position.page).or_default().push(subject);
    }
    let mut past = PastSums::default();
    for (page, subjects) in pages {
        let found = PageReading { reader, page, subjects: &subjects, question }.read().await?;
        for subject in &subjects {
            let of_one = |by_position: &SumsOfPage| by_position.get(&subject.position.index).cloned();
            let own = found.iter().map(|(stretch, sums)| (*stretch, of_one(sums).unwrap_or_default()));
            match past.sums.get_mut(&subject.monitor) {
                // It has another position under a former id.
                Some(sums) => own.for_each(|(stretch, sum)| sums.entry(stretch).or_default().add(&sum)),
                None => drop(past.sums.insert(subject.monitor.clone(), own.collect())),
            }
        }
    }
    Ok(past)
}

/// Sums by the position of the monitor.
type SumsOfPage = BTreeMap<usize, Sum>;

/// The reading of one page.
struct PageReading<'a> {
    reader: &'a StateReader,
    page: usize,
    subjects: &'a [&'a Lookback],
    question: Question,
}

impl PageReading<'_> {
    async fn read(&self) -> Result<BTreeMap<Stretch, SumsOfPage>, StoreError> {
        let Question { window, each, now, .. } = self.question;
        let mut left = cut(window, each.seconds());
        let mut found: BTreeMap<Stretch, SumsOfPage> =
            left.iter().map(|stretch| (*stretch, SumsOfPage::new())).collect();
        let levels: &[_] = match each {
            RollupUnit::Day => &[RollupUnit::Day, RollupUnit::Hour],
            RollupUnit::Hour => &[RollupUnit::Hour],
        };
        for unit in levels {
            left = self.take_rollups(*unit, left, &mut found).await?;
        }
        let known = self.subjects.iter().map(|subject| {
            (subject.position.index, Sampled { hold: subject.hold, timeline: &subject.timeline })
        });
        for (stretch, sums) in sums(self.reader, self.page, &left, &known.collect(), now).await? {
            enter(&mut found, stretch, sums);
        }
        Ok(found)
    }

    /// Enters what is kept of `wanted`, and returns what is not.
    async fn take_rollups(
        &self,
        unit: RollupUnit,
        wanted: Vec<Stretch>,
        found: &mut BTreeMap<Stretch, SumsOfPage>,
    ) -> Result<Vec<Stretch>, StoreError> {
        let Question { each, detail, now, consistency, .. } = self.question;
        let closed = start_of(second(now), HOUR);
        let parts: Vec<_> = wanted.into_iter().flat_map(|stretch| cut(stretch, unit.seconds())).collect();
        let is_whole = |part: &Stretch| part.to - part.from == unit.seconds() && part.to <= closed;
        let (mut rollups, mut latencies) = (BTreeMap::new(), BTreeMap::new());
        // Only latencies add up to the percentiles of something longer.
        let with_latencies = match detail {
            Detail::Totals => false,
            Detail::Percentiles => unit != each,
            Detail::Latencies => true,
        };
        for range in joined(parts.iter().copied().filter(is_whole)) {
            let place = (unit, self.page);
            rollups.extend(self.reader.rollups(place, range, (now, consistency)).await?);
            if with_latencies {
                latencies.extend(self.reader.latencies(place, range, (now, consistency)).await?);
            }
        }
        let mut left = Vec::new();
        for part in parts {
            let rollup = rollups.get(&part.from).filter(|_| is_whole(&part));
            match (rollup, latencies.get(&part.from)) {
                (Some(rollup), Some(latencies)) => enter(found, part, of_rollups(rollup, Some(latencies))),
                (Some(rollup), None) if !with_latencies => enter(found, part, of_rollups(rollup, None)),
                (Some(_) | None, _) => left.push(part),
            }
        }
        Ok(left)
    }
}

/// Adds the sums of a part to those of the hour or day that it belongs to.
fn enter(found: &mut BTreeMap<Stretch, SumsOfPage>, part: Stretch, sums: SumsOfPage) {
    let last = Stretch { from: part.from, to: i64::MAX };
    let Some((_, by_position)) = found.range_mut(..=last).next_back() else { return };
    for (position, sum) in sums {
        match by_position.get_mut(&position) {
            Some(known) => known.add(&sum),
            None => drop(by_position.insert(position, sum)),
        }
    }
}

fn of_rollups(rollups: &StoredRollup, latencies: Option<&BTreeMap<usize, Latencies>>) -> SumsOfPage {
    let of_one = |(position, rollup): (&usize, &_)| {
        let latencies = latencies.map(|all| all.get(position).cloned().unwrap_or_default());
        (*position, Sum::of_rollup(*rollup, latencies))
    };
    rollups.iter().map(of_one).collect()
}
