//! When a monitor was confirmed DOWN and DEGRADED, from its changes of health. Pure.

use jiff::Timestamp;

use super::stretch::{Stretch, joined, second, second_after};
use crate::transition::Health;

/// One change of health, as far as a timeline needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// When the health `to` began.
    pub at: Timestamp,
    pub from: Health,
    pub to: Health,
}

/// When a monitor had which health that is not good, in whole seconds: a part of a second counts in full.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HealthTimeline {
    down: Vec<Stretch>,
    degraded: Vec<Stretch>,
}

/// No stretch begins before this, and none ends after the other.
const EVER: Stretch = Stretch { from: i64::MIN / 4, to: i64::MAX / 4 };

impl HealthTimeline {
    /// `turns` in the order of time. What came before the first is its `from`; where there is none, `current` says what
    /// lasts, and since when.
    pub fn new(turns: &[Turn], current: Option<(Health, Timestamp)>) -> Self {
        let mut timeline = Self::default();
        match (turns.first(), current) {
            (Some(first), _) => timeline.enter(first.from, EVER.from, second_after(first.at)),
            (None, Some((health, since))) => timeline.enter(health, second(since), EVER.to),
            (None, None) => {}
        }
        for (n, turn) in turns.iter().enumerate() {
            let to = turns.get(n + 1).map_or(EVER.to, |next| second_after(next.at));
            timeline.enter(turn.to, second(turn.at), to);
        }
        timeline
    }

    fn enter(&mut self, health: Health, from: i64, to: i64) {
        let stretches = match health {
            Health::New | Health::Up => return,
            Health::Degraded => &mut self.degraded,
            Health::Down => &mut self.down,
        };
        match stretches.last_mut() {
            // Both ends of one second belong to two stretches, which are one then.
            Some(last) if from <= last.to => last.to = last.to.max(to),
            _ => stretches.push(Stretch { from, to }),
        }
    }

    /// DOWN while any of them is.
    pub fn worst(all: &[&Self]) -> Self {
        let down = union(all.iter().flat_map(|timeline| &timeline.down));
        let bad = union(all.iter().flat_map(|timeline| timeline.down.iter().chain(&timeline.degraded)));
        Self { degraded: without(&bad, &down), down }
    }

    /// DOWN while all of them are, and DEGRADED while some are.
    pub fn all(all: &[&Self]) -> Self {
        let mut lists = all.iter().map(|timeline| timeline.down.clone());
        let first = lists.next().unwrap_or_default();
        let down = lists.fold(first, |common, list| intersection(&common, &list));
        let bad = union(all.iter().flat_map(|timeline| timeline.down.iter().chain(&timeline.degraded)));
        Self { degraded: without(&bad, &down), down }
    }

    /// Seconds of `within` that were confirmed DOWN, whether they were observed or not.
    pub fn seconds_down(&self, within: Stretch) -> u64 {
        common(&self.down, within)
    }

    /// Seconds of `within` that were confirmed DEGRADED.
    pub fn seconds_degraded(&self, within: Stretch) -> u64 {
        common(&self.degraded, within)
    }

    /// When it was DOWN, in the order of time.
    pub fn down(&self) -> &[Stretch] {
        &self.down
    }
}

fn union<'a>(all: impl Iterator<Item = &'a Stretch>) -> Vec<Stretch> {
    let mut all: Vec<_> = all.copied().collect();
    all.sort_unstable();
    joined(all)
}

/// Both lists are in the order of time, and no stretch of one overlaps another of the same.
fn intersection(one: &[Stretch], other: &[Stretch]) -> Vec<Stretch> {
    one.iter().flat_map(|stretch| other.iter().filter_map(|with| stretch.overlap(*with))).collect()
}

/// What remains of `all` outside of `taken`.
fn without(all: &[Stretch], taken: &[Stretch]) -> Vec<Stretch> {
    let mut left = Vec::new();
    for stretch in all {
        let mut from = stretch.from;
        for gap in taken.iter().filter_map(|taken| taken.overlap(*stretch)) {
            left.push(Stretch { from, to: gap.from });
            from = gap.to;
        }
        left.push(Stretch { from, to: stretch.to });
    }
    left.retain(|stretch| stretch.from < stretch.to);
    left
}

fn common(all: &[Stretch], within: Stretch) -> u64 {
    let first = all.partition_point(|stretch| stretch.to <= within.from);
    let reached = all.iter().skip(first).take_while(|stretch| stretch.from < within.to);
    reached.filter_map(|stretch| stretch.overlap(within)).map(Stretch::seconds).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Health::{Degraded, Down, New, Up};

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(millis).expect("a time")
    }

    fn turn(millis: i64, from: Health, to: Health) -> Turn {
        Turn { at: at(millis), from, to }
    }

    const MINUTE: Stretch = Stretch { from: 0, to: 60 };

    #[test]
    fn a_part_of_a_second_is_a_second_and_no_second_counts_twice() {
        let down = |turns: &[Turn]| HealthTimeline::new(turns, None).seconds_down(MINUTE);
        assert_eq!(down(&[turn(10_900, Up, Down), turn(11_100, Down, Up)]), 2);
        assert_eq!(down(&[turn(10_000, Up, Down), turn(11_000, Down, Up)]), 1);
        let twice =
            [turn(10_000, Up, Down), turn(10_100, Down, Up), turn(10_200, Up, Down), turn(10_300, Down, Up)];
        assert_eq!(down(&twice), 1);
    }

    #[test]
    fn several_are_down_while_any_or_all_of_them_are() {
        let one = HealthTimeline::new(&[turn(10_000, Up, Down), turn(30_000, Down, Up)], None);
        let two = HealthTimeline::new(
            &[turn(20_000, Up, Down), turn(40_000, Down, Degraded), turn(50_000, Degraded, Up)],
            None,
        );
        let seconds =
            |timeline: HealthTimeline| (timeline.seconds_down(MINUTE), timeline.seconds_degraded(MINUTE));
        assert_eq!(seconds(HealthTimeline::worst(&[&one, &two])), (30, 10));
        // Both from 20 to 30; one of them from 10 to 20 and from 30 to 50.
        assert_eq!(seconds(HealthTimeline::all(&[&one, &two])), (10, 30));
        for of_one in [HealthTimeline::worst(&[&two]), HealthTimeline::all(&[&two])] {
            assert_eq!(of_one, two);
        }
        assert_eq!(HealthTimeline::all(&[]), HealthTimeline::default());
        assert_eq!(HealthTimeline::worst(&[]), HealthTimeline::default());
    }

    #[test]
    fn what_lasts_at_the_edges_is_clipped() {
        let before = HealthTimeline::new(&[turn(20_000, Down, Degraded)], None);
        assert_eq!((before.seconds_down(MINUTE), before.seconds_degraded(MINUTE)), (20, 40));
        let lasts = HealthTimeline::new(&[], Some((Down, at(50_000))));
        assert_eq!(lasts.seconds_down(MINUTE), 10);
        assert_eq!(HealthTimeline::new(&[], Some((New, at(0)))), HealthTimeline::default());
        assert_eq!(HealthTimeline::new(&[], None).seconds_down(MINUTE), 0);
    }
}
