//! Rollups change no figure, however they are split, repeated or lost.

use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;

use super::read::{Detail, PastSums, Question, past};
use super::roll_up::{Overdue, roll_up};
use crate::clock::manual::Hand;
use crate::history::{
    DAY, Directory, HOUR, HealthTimeline, InMaintenance, LedgerEntry, LedgerPage, Lookback, Position,
    RollupUnit, Sample, Stretch, Turn, hold, moment, start_of,
};
use crate::monitor::MonitorId;
use crate::state::{Lease, Shard};
use crate::store::testing::Shared;
use crate::store::{Acquired, Consistency, RunWriter, Store};
use crate::transition::Health;
use crate::verdict::Verdict;

/// 27 November 2026, 22:00 UTC: a day ends after two hours, and a second one after 26.
const START: i64 = 1_795_816_800;
const HOURS: i64 = 30;
const PERIOD: i64 = 600;

/// The samples and changes of one monitor: `None` where it was not probed.
#[derive(Debug, Clone)]
struct Story {
    samples: Vec<Option<Sample>>,
    /// Seconds from the start, in order; it goes DOWN at the first, UP at the second, and so on.
    turns: Vec<i64>,
    /// In runs.
    apart: u64,
}

fn story() -> impl Strategy<Value = Story> {
    let verdict = prop::sample::select(vec![
        Verdict::Pass,
        Verdict::Pass,
        Verdict::Degraded,
        Verdict::Fail,
        Verdict::Unknown,
    ]);
    let maintenance = prop::sample::select(vec![InMaintenance::No, InMaintenance::No, InMaintenance::Yes]);
    let sample =
        (verdict, maintenance, prop::option::of(1..5_000_u64)).prop_map(|(verdict, maintenance, ms)| {
            Sample { verdict, reason: None, maintenance, code: None, latency: ms.map(Duration::from_millis) }
        });
    let runs = usize::try_from(HOURS * HOUR / PERIOD).expect("a few");
    let samples = prop::collection::vec(prop::option::weighted(0.8, sample), runs);
    let turns = prop::collection::btree_set(-HOUR..HOURS * HOUR, 0..8);
    (samples, turns, 1..12_u64).prop_map(|(samples, turns, apart)| Story {
        samples,
        turns: turns.into_iter().collect(),
        apart,
    })
}

/// What is rolled up, in hours from the start.
fn rollings() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec(
        (0..HOURS, 1..12_i64).prop_map(|(from, hours)| (from, (from + hours).min(HOURS))),
        0..6,
    )
}

struct RolledUpStore {
    shared: Shared,
    store: Store,
    writer: RunWriter,
    lookbacks: Vec<Lookback>,
    now: Timestamp,
}

impl RolledUpStore {
    async fn new(stories: &[Story]) -> Self {
        let now = moment(START + HOURS * HOUR + 1_234);
        let shared = Shared::new(Hand::at(now).clock());
        let store = shared.open();
        let Acquired::Granted { run: writer, .. } =
            store.acquire(&Lease::sample("run", 1)).await.expect("it answers")
        else {
            panic!("the tables are new")
        };
        let ids: Vec<_> =
            (0..stories.len()).map(|n| MonitorId::parse(&format!("m{n}")).expect("an id")).collect();
        let directory = writer.extend_directory(Directory::default(), &ids).await.expect("it extends");
        let runs = 0..stories.first().map_or(0, |story| story.samples.len());
        let page = |run: usize| {
            let entry = |(position, story): (usize, &Story)| {
                story.samples.get(run).copied().flatten().map(|sample| LedgerEntry { position, sample })
            };
            let at = START + i64::try_from(run).expect("a few") * PERIOD;
            // A run begins at no full second.
            let at = moment(at) + Duration::from_millis(137);
            LedgerPage::pack(0, at, stories.iter().enumerate().filter_map(entry))
        };
        writer
            .write_ledger(&runs.map(page).collect::<Vec<_>>(), Duration::from_hours(2_000))
            .await
            .expect("it writes");
        let lookback = |(index, (id, story)): (usize, (&MonitorId, &Story))| Lookback {
            monitor: id.clone(),
            position: Position { page: 0, index },
            hold: hold(
                Duration::from_secs(PERIOD.unsigned_abs()) * u32::try_from(story.apart).expect("a few"),
            ),
            timeline: timeline(story),
        };
        assert_eq!(directory.pages().len(), 1);
        let lookbacks = ids.iter().zip(stories).enumerate().map(lookback).collect();
        Self { shared, store, writer, lookbacks, now }
    }

    async fn read(&self, window: Stretch, each: RollupUnit) -> PastSums {
        let reader = self.store.state_reader(&Shard::sample());
        let question = Question {
            window,
            each,
            detail: Detail::Latencies,
            now: self.now,
            consistency: Consistency::Strong,
        };
        past(&reader, &self.lookbacks, question).await.expect("it reads")
    }

    /// What does not read is as good as lost.
    fn lose(&self, series: &str, hour: i64) {
        let unit = if series.starts_with("day") { DAY } else { HOUR };
        let start = start_of(START + hour * HOUR, unit) * 1_000;
        let item = serde_json::json!({
            "series": {"S": format!("{series}#0#0")},
            "at": {"N": start.to_string()},
            "format": {"N": "1"},
            "packed": {"B": "AAAA"},
        });
        self.shared.put("api_health_history", &item);
    }

    async fn roll_up(&self, from: i64, to: i64) {
        let reader = self.store.state_reader(&Shard::sample());
        let hours = Stretch { from: START + from * HOUR, to: START + to * HOUR };
        let overdue = Overdue { page: 0, hours };
        roll_up((&reader, &self.writer), overdue, &self.lookbacks, self.now).await.expect("it writes");
    }
}

fn timeline(story: &Story) -> HealthTimeline {
    let health = |n: usize| if n.is_multiple_of(2) { Health::Up } else { Health::Down };
    let turn = |(n, at): (usize, &i64)| Turn {
        at: moment(START + at) + Duration::from_millis(419),
        from: health(n),
        to: health(n + 1),
    };
    HealthTimeline::new(&story.turns.iter().enumerate().map(turn).collect::<Vec<_>>(), None)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn rollups_give_the_figures_of_the_ledger_however_they_are_split_repeated_or_lost(
        stories in prop::collection::vec(story(), 1..4),
        rollings in rollings(),
        lost in prop::collection::vec((prop::sample::select(vec!["hour", "hourlat", "day", "daylat"]), 0..HOURS), 0..9),
        from in -HOUR..DAY,
        length in 1..DAY,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let stored = RolledUpStore::new(&stories).await;
            let window = Stretch { from: START + from, to: (START + from + length).min(stored.now.as_second()) };
            let raw = (stored.read(window, RollupUnit::Hour).await, stored.read(window, RollupUnit::Day).await);
            for (from, to) in &rollings {
                stored.roll_up(*from, *to).await;
            }
            for (series, hour) in lost {
                stored.lose(series, hour);
            }
            let rolled = (stored.read(window, RollupUnit::Hour).await, stored.read(window, RollupUnit::Day).await);
            assert_eq!(raw, rolled);
        });
    }
}
