//! Which probe starts next: as many as allowed at once, but only so many of one host.
//!
//! One slow host must neither be hammered nor hold up the others, so a monitor whose host is busy waits in
//! the lane of that host while the next lane goes on. Pure.

use std::collections::{HashMap, VecDeque};

/// Queues of work, one for each host.
#[derive(Debug)]
pub struct Lanes<T> {
    all: Vec<Lane<T>>,
    /// Lanes that have work and room, in turn.
    ready: VecDeque<usize>,
    per_lane: usize,
}

#[derive(Debug)]
struct Lane<T> {
    waiting: VecDeque<T>,
    running: usize,
    /// Whether the lane stands in `ready`.
    listed: bool,
}

/// The lane that a started piece of work has to be reported to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LaneId(usize);

impl<T> Lanes<T> {
    /// Sorts `work` into lanes by its host, keeping the order within each and of their first appearance.
    pub fn new<K: std::hash::Hash + Eq>(per_lane: usize, work: impl IntoIterator<Item = (K, T)>) -> Self {
        let mut index: HashMap<K, usize> = HashMap::new();
        let mut lanes: Vec<Lane<T>> = Vec::new();
        for (host, item) in work {
            let at = *index.entry(host).or_insert(lanes.len());
            match lanes.get_mut(at) {
                Some(lane) => lane.waiting.push_back(item),
                None => lanes.push(Lane { waiting: VecDeque::from([item]), running: 0, listed: true }),
            }
        }
        Self { ready: (0..lanes.len()).collect(), all: lanes, per_lane: per_lane.max(1) }
    }

    /// Starts the next piece of work, if a lane has both work and room.
    pub fn start(&mut self) -> Option<(LaneId, T)> {
        let at = self.ready.pop_front()?;
        let lane = self.all.get_mut(at)?;
        lane.listed = false;
        let item = lane.waiting.pop_front()?;
        lane.running += 1;
        self.list(at);
        Some((LaneId(at), item))
    }

    /// Makes room in a lane.
    pub fn finish(&mut self, LaneId(at): LaneId) {
        if let Some(lane) = self.all.get_mut(at) {
            lane.running = lane.running.saturating_sub(1);
        }
        self.list(at);
    }

    /// What was never started.
    pub fn into_rest(self) -> impl Iterator<Item = T> {
        self.all.into_iter().flat_map(|lane| lane.waiting)
    }

    fn list(&mut self, at: usize) {
        let Some(lane) = self.all.get_mut(at) else { return };
        if !lane.listed && lane.running < self.per_lane && !lane.waiting.is_empty() {
            lane.listed = true;
            self.ready.push_back(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // Trap 16: a slow endpoint delays the others.
    #[test]
    fn a_busy_host_does_not_hold_up_the_next() {
        let mut lanes = Lanes::new(1, [("slow", 1), ("slow", 2), ("fast", 3), ("fast", 4)]);
        let (slow, first) = lanes.start().expect("work");
        let (fast, second) = lanes.start().expect("work");
        assert_eq!((first, second), (1, 3));
        assert!(lanes.start().is_none(), "both hosts are busy");
        lanes.finish(fast);
        assert_eq!(lanes.start().map(|(_, item)| item), Some(4));
        lanes.finish(slow);
        assert_eq!(lanes.start().map(|(_, item)| item), Some(2));
    }

    proptest! {
        #[test]
        fn everything_runs_once_and_no_lane_is_ever_over_its_limit(
            hosts in proptest::collection::vec(0u8..5, 0..60), per_lane in 1usize..4, order in any::<u64>(),
        ) {
            let mut lanes = Lanes::new(per_lane, hosts.iter().copied().zip(0..));
            let (mut running, mut seen) = (Vec::new(), Vec::new());
            loop {
                while let Some((lane, item)) = lanes.start() {
                    running.push((lane, item));
                    seen.push(item);
                    prop_assert!(running.iter().filter(|(other, _)| *other == lane).count() <= per_lane);
                }
                if running.is_empty() {
                    break;
                }
                let at = usize::try_from(order).unwrap_or(0) % running.len();
                lanes.finish(running.swap_remove(at).0);
            }
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..hosts.len()).collect::<Vec<_>>());
        }
    }
}
