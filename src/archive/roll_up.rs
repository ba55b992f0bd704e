//! Rolls hours and days up that are over.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::ledger::{Sampled, sums};
use super::read::{Detail, Question, past};
use crate::history::{DAY, HOUR, Lookback, RollupPage, RollupUnit, Stretch, Sum, cut, second, start_of};
use crate::store::{Consistency, RunWriter, StateReader, StoreError};

/// What is to be rolled up of one page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overdue {
    pub page: usize,
    /// Whole hours, all over.
    pub hours: Stretch,
}

/// Writes the hours of `overdue`, and each day that is over and has one of them. To do it twice changes nothing.
/// `subjects` are the monitors of the page.
pub async fn roll_up(
    (reader, writer): (&StateReader, &RunWriter),
    overdue: Overdue,
    subjects: &[Lookback],
    now: Timestamp,
) -> Result<(), StoreError> {
    let Overdue { page, hours } = overdue;
    let known = subjects
        .iter()
        .map(|subject| (subject.position.index, Sampled { hold: subject.hold, timeline: &subject.timeline }));
    let sums = sums(reader, page, &cut(hours, HOUR), &known.collect(), now).await?;
    let rolled: Vec<_> =
        sums.into_iter().map(|(hour, sums)| rollup(page, RollupUnit::Hour, hour, sums)).collect();
    writer.write_rollups(&rolled).await?;
    let closed = start_of(second(now), DAY);
    let days = cut(Stretch { from: start_of(hours.from, DAY), ..hours }, DAY);
    let days = days.into_iter().filter(|day| day.to - day.from == DAY && day.to <= closed);
    let mut rolled = Vec::new();
    for day in days {
        // The hours were written just now.
        let question = Question {
            window: day,
            each: RollupUnit::Hour,
            detail: Detail::Latencies,
            now,
            consistency: Consistency::Strong,
        };
        let past = past(reader, subjects, question).await?;
        let mut sums = BTreeMap::new();
        for subject in subjects {
            let mut of_day = Sum::default();
            past.sums
                .get(&subject.monitor)
                .into_iter()
                .flat_map(BTreeMap::values)
                .for_each(|hour| of_day.add(hour));
            sums.insert(subject.position.index, of_day);
        }
        rolled.push(rollup(page, RollupUnit::Day, day, sums));
    }
    writer.write_rollups(&rolled).await
}

fn rollup(page: usize, unit: RollupUnit, stretch: Stretch, sums: BTreeMap<usize, Sum>) -> RollupPage {
    let totals = sums.into_iter().map(|(position, sum)| (position, (sum.totals, sum.latencies)));
    RollupPage { page, unit, start: stretch.from, totals: totals.collect() }
}
