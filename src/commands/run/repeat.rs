//! The loop itself: a run at once, then one on each boundary of the servers' time.

use std::ops::ControlFlow;
use std::time::Duration;

use jiff::Timestamp;

use super::schedule::Schedule;
use crate::clock::Clock;

/// What a loop repeats.
pub trait LoopBody {
    /// How the loop ends.
    type End;

    /// Makes one run.
    async fn run(&mut self) -> ControlFlow<Self::End>;

    /// The servers' time, as far as it is known.
    fn now(&self) -> Timestamp;

    /// A run took this long, and so many scheduled runs were skipped.
    fn skipped(&mut self, took: Duration, runs: u64);

    /// Waits so long.
    async fn wait(&mut self, time: Duration) -> ControlFlow<Self::End>;
}

/// Repeats until a run or a wait ends it. Runs do not drift: each wait ends on the next boundary, whatever the run took.
pub async fn repeat<T: LoopBody>(repeated: &mut T, schedule: Schedule, clock: &Clock) -> T::End {
    loop {
        let (began, start) = (repeated.now(), clock.elapsed());
        if let ControlFlow::Break(end) = repeated.run().await {
            return end;
        }
        let (now, took) = (repeated.now(), clock.elapsed().saturating_sub(start));
        match schedule.skipped(began, now, took) {
            0 => {}
            runs => repeated.skipped(took, runs),
        }
        if let ControlFlow::Break(end) = repeated.wait(schedule.until_next(repeated.now())).await {
            return end;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;
    use std::sync::Arc;

    use serde_json::json;
    use tokio::runtime::Handle;
    use tokio::sync::watch;

    use super::*;
    use crate::aws::Aws;
    use crate::channels::ChannelDefinition;
    use crate::clock::manual::Hand;
    use crate::deliver::Notifier;
    use crate::deliver::recording::Topic;
    use crate::inventory::MachineChannel;
    use crate::monitor::Offer;
    use crate::net::AddressPolicy;
    use crate::probe::{Limits, Prober};
    use crate::run::{Deps, Judging, Log, RunOptions, RunOutcome, Variables, run};
    use crate::secrets::Vault;
    use crate::store::Store;
    use crate::store::testing::Shared;

    const SCHEDULE: Schedule = Schedule { period: Duration::from_secs(10) };

    /// Real runs on tables in memory, on a machine whose time passes when a run or a wait lets it pass.
    struct Loop {
        hand: Hand,
        store: Store,
        /// What each run takes; the loop ends after the last one.
        takes: Vec<Duration>,
        /// The slot of each run.
        slots: Vec<u64>,
        skipped: Vec<(Duration, u64)>,
        /// Tasks that are alive at the end of each run.
        tasks: Vec<usize>,
    }

    impl Loop {
        fn new(start: &str, takes: Vec<Duration>) -> (Self, Clock) {
            let hand = Hand::at(format!("2026-11-20T{start}Z").parse().expect("a time"));
            let shared = Shared::new(hand.clock());
            // Due in some runs, and refused at once: there is no endpoint.
            let spec = json!({"url": {"S": "http://127.0.0.1:1/"}, "interval": {"S": "10m"},
                "retry": {"M": {"attempts": {"N": "0"}}}});
            shared.put(
                "api_health_configs",
                &json!({"shard": {"S": "0"}, "monitor": {"S": "shop"}, "spec": {"M": spec}}),
            );
            let clock = hand.clock();
            let (slots, skipped, tasks) = (Vec::new(), Vec::new(), Vec::new());
            (Self { store: shared.open(), hand, takes, slots, skipped, tasks }, clock)
        }

        fn deps(&self, stop: watch::Receiver<bool>) -> Deps {
            let limits = Limits { total: NonZeroUsize::MIN, per_host: NonZeroUsize::MIN };
            Deps {
                store: self.store.clone(),
                prober: Arc::new(Prober::new(AddressPolicy::laptop(Vec::new()), limits)),
                judging: Judging::default(),
                notifier: Notifier::Recording(Topic::default()),
                machine: MachineChannel::File(ChannelDefinition::file()),
                watchlist: None,
                variables: Variables { offer: Offer::everything(), read: |_| None },
                vault: Vault::new(Aws::default()),
                log: Log::silent(),
                is_gone: |_| false,
                stop,
            }
        }
    }

    impl LoopBody for Loop {
        type End = ();

        async fn run(&mut self) -> ControlFlow<()> {
            let stop = watch::Sender::new(false);
            let options = RunOptions {
                holder: format!("run-{}", self.slots.len()),
                period: SCHEDULE.period,
                deadline: SCHEDULE.deadline(),
                ..RunOptions::sample()
            };
            let outcome = Box::pin(run(&options, self.deps(stop.subscribe()), |_, _| {})).await;
            match outcome.expect("the store is there") {
                RunOutcome::CompletedRun(completed) => self.slots.push(completed.slot),
                RunOutcome::NotOurs(held) => panic!("there is no other loop: {held:?}"),
            }
            self.tasks.push(Handle::current().metrics().num_alive_tasks());
            self.hand.advance(self.takes[self.slots.len() - 1]);
            if self.slots.len() == self.takes.len() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        }

        fn now(&self) -> Timestamp {
            self.store.now()
        }

        fn skipped(&mut self, took: Duration, runs: u64) {
            self.skipped.push((took, runs));
        }

        async fn wait(&mut self, time: Duration) -> ControlFlow<()> {
            assert!(time <= SCHEDULE.period, "{time:?}");
            self.hand.advance(time);
            ControlFlow::Continue(())
        }
    }

    #[tokio::test]
    async fn runs_keep_to_the_boundaries_and_a_long_one_skips_to_the_next() {
        let takes = [200, 9_000, 10_500, 25_000, 1].map(Duration::from_millis).to_vec();
        let (mut looping, clock) = Loop::new("10:00:07.5", takes);
        repeat(&mut looping, SCHEDULE, &clock).await;
        let first = looping.slots[0];
        let after: Vec<_> = looping.slots.iter().map(|slot| slot - first).collect();
        assert_eq!(after, [0, 1, 2, 4, 7]);
        let skipped = [(10_500, 1), (25_000, 2)].map(|(took, runs)| (Duration::from_millis(took), runs));
        assert_eq!(looping.skipped, skipped);
    }

    #[tokio::test]
    async fn a_thousand_runs_are_a_thousand_slots_and_leave_no_task_behind() {
        let (mut looping, clock) = Loop::new("10:00:03", vec![Duration::from_millis(300); 1_000]);
        repeat(&mut looping, SCHEDULE, &clock).await;
        assert!(looping.slots.windows(2).all(|two| two[1] == two[0] + 1));
        assert_eq!((looping.slots.len(), looping.skipped.len()), (1_000, 0));
        let early = looping.tasks[..100].iter().max();
        assert!(looping.tasks[900..].iter().max() <= early, "{:?}", &looping.tasks[900..]);
    }
}
