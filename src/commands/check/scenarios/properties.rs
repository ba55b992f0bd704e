//! Whatever happens in whatever order: the invariants hold after each step, and in the end all is well.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::process::{End, TRIES};
use super::watched::{Watched, monitor};
use super::world::World;
use crate::notify::recording::Mode;
use crate::store::testing::Failure;

const MONITORS: [&str; 3] = ["login", "payments", "search"];

/// What they are called when they are renamed; the next time they are called as before.
const OTHERWISE: [&str; 3] = ["signin", "checkout", "find"];

/// More requests than a run makes.
const REQUESTS: usize = 18;

/// One thing that happens.
#[derive(Debug, Clone)]
enum Event {
    Run,
    RunDyingBefore(usize),
    RunDyingAfter(usize),
    RunDyingInTheTopic,
    RunLosingAnswer(usize),
    RunInTrouble(usize, Failure),
    /// Two in one slot; the first stands still in this request until the second has ended.
    TwoAtOnce(usize),
    /// As before, but the second is of the next slot.
    FrozenOverItsLease(usize),
    /// The same, and its request was executed when it froze.
    FrozenInAnAnswer(usize),
    Break(usize),
    Repair(usize),
    Rename(usize),
    /// Off, or on again.
    Switch(usize),
    TopicDown,
    TopicUp,
}

fn event() -> impl Strategy<Value = Event> {
    let request = || 1..=REQUESTS;
    let failure = || prop_oneof![Just(Failure::Internal), Just(Failure::Denied)];
    prop_oneof![
        4 => Just(Event::Run),
        4 => (0..MONITORS.len()).prop_map(Event::Break),
        4 => (0..MONITORS.len()).prop_map(Event::Repair),
        2 => (0..MONITORS.len()).prop_map(Event::Rename),
        2 => (0..MONITORS.len()).prop_map(Event::Switch),
        2 => request().prop_map(Event::RunDyingBefore),
        2 => request().prop_map(Event::RunDyingAfter),
        1 => Just(Event::RunDyingInTheTopic),
        1 => request().prop_map(Event::RunLosingAnswer),
        1 => (request(), failure()).prop_map(|(request, failure)| Event::RunInTrouble(request, failure)),
        2 => request().prop_map(Event::TwoAtOnce),
        2 => request().prop_map(Event::FrozenOverItsLease),
        2 => request().prop_map(Event::FrozenInAnAnswer),
        1 => Just(Event::TopicDown),
        1 => Just(Event::TopicUp),
    ]
}

async fn happens(world: &mut World, monitors: &mut [Watched; 3], event: &Event) {
    match event {
        Event::Break(monitor) => return world.break_(MONITORS[*monitor]),
        Event::Repair(monitor) => return world.repair(MONITORS[*monitor]),
        Event::Rename(monitor) => {
            let (id, path) = monitors[*monitor].place();
            let other = if id == path { OTHERWISE[*monitor] } else { path };
            monitors[*monitor] = monitors[*monitor].clone().renamed(other);
            return world.sync(monitors).await;
        }
        Event::Switch(monitor) => {
            monitors[*monitor] = monitors[*monitor].clone().switched();
            return world.sync(monitors).await;
        }
        Event::TopicDown => return world.topic(Mode::Down),
        Event::TopicUp => return world.topic(Mode::Accept),
        _ => world.next_slot(),
    }
    let process = world.process();
    let process = match event {
        Event::RunDyingBefore(request) => process.dying_before(*request),
        Event::RunDyingAfter(request) => process.dying_after(*request),
        Event::RunLosingAnswer(request) => process.losing_answer(*request),
        Event::RunInTrouble(request, failure) => process.failing(*request, *failure, TRIES),
        Event::TwoAtOnce(request) | Event::FrozenOverItsLease(request) => {
            process.plug.hold_before(*request);
            process
        }
        Event::FrozenInAnAnswer(request) => {
            process.plug.hold_after(*request);
            process
        }
        _ => process,
    };
    if matches!(event, Event::RunDyingInTheTopic) {
        world.topic(Mode::DieAfterAccepting);
    }
    let mut running = process.start();
    let end = world.proceed(&mut running).await;
    if matches!(event, Event::RunDyingInTheTopic) {
        world.topic(Mode::Accept);
    }
    if matches!(end, End::Frozen) {
        if !matches!(event, Event::TwoAtOnce(_)) {
            world.next_slot();
        }
        let other = world.process();
        world.finish(other).await;
        world.wake(running).await;
    }
}

proptest! {
    // The same cases each time, so that a failure is never somebody else's.
    #![proptest_config(ProptestConfig {
        cases: 64,
        rng_seed: RngSeed::Fixed(19),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_happens_every_change_is_told_and_nothing_else(
        events in proptest::collection::vec(event(), 1..8), failures in 1u32..3,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let mut monitors = MONITORS.map(|id| monitor(id).failures(failures));
            let mut world = World::watching(&monitors).await;
            for event in &events {
                happens(&mut world, &mut monitors, event).await;
            }
            world.settle().await;
        });
    }
}
