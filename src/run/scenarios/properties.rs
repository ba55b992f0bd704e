//! Whatever happens in whatever order: the invariants hold after each step, and in the end all is well.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::process::{End, TRIES};
use super::watched::{Watched, monitor};
use super::world::{PERIOD, World};
use crate::deliver::recording::{ChannelManner, Mode};
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
    /// The monitor is suppressed for so many slots.
    Silence(usize, u32),
    EndSilences,
    /// So many slots of maintenance begin at the next one.
    Maintain(usize, u32),
    TopicDown,
    TopicUp,
    /// One of two channels.
    ChatDown,
    ChatUp,
    /// Out of the chat, or into it again.
    Reroute(usize),
}

fn event() -> impl Strategy<Value = Event> {
    let request = || 1..=REQUESTS;
    let failure = || prop_oneof![Just(Failure::Internal), Just(Failure::Denied), Just(Failure::Conflict)];
    prop_oneof![
        4 => Just(Event::Run),
        4 => (0..MONITORS.len()).prop_map(Event::Break),
        4 => (0..MONITORS.len()).prop_map(Event::Repair),
        2 => (0..MONITORS.len()).prop_map(Event::Rename),
        2 => (0..MONITORS.len()).prop_map(Event::Switch),
        2 => (0..MONITORS.len(), 1..5_u32).prop_map(|(monitor, slots)| Event::Silence(monitor, slots)),
        1 => Just(Event::EndSilences),
        1 => (0..MONITORS.len(), 1..5_u32).prop_map(|(monitor, slots)| Event::Maintain(monitor, slots)),
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
        2 => Just(Event::ChatDown),
        1 => Just(Event::ChatUp),
        1 => (0..MONITORS.len()).prop_map(Event::Reroute),
    ]
}

/// The second one cannot work without the first.
fn tie(monitors: &mut [Watched; 3]) {
    let (parent, _) = monitors[0].place();
    monitors[1] = monitors[1].clone().depends_on(&[parent]);
}

async fn happens(world: &mut World, monitors: &mut [Watched; 3], tied: Tied, event: &Event) {
    match event {
        Event::Break(monitor) => return world.break_(MONITORS[*monitor]),
        Event::Repair(monitor) => return world.repair(MONITORS[*monitor]),
        Event::Rename(monitor) => {
            let (id, path) = monitors[*monitor].place();
            let other = if id == path { OTHERWISE[*monitor] } else { path };
            monitors[*monitor] = monitors[*monitor].clone().renamed(other);
            if tied == Tied::Yes {
                tie(monitors);
            }
            return world.sync(monitors).await;
        }
        Event::Silence(monitor, slots) => {
            let (id, _) = monitors[*monitor].place();
            drop(world.silence(id, PERIOD * *slots).await);
            return;
        }
        Event::EndSilences => return world.end_silences().await,
        Event::Maintain(monitor, slots) => {
            let starts = (world.now() + PERIOD).strftime("%Y-%m-%dT%H:%M").to_string();
            let lasts = format!("{}m", 2 * slots);
            monitors[*monitor] = monitors[*monitor].clone().maintained(&starts, &lasts);
            return world.sync(monitors).await;
        }
        Event::Switch(monitor) => {
            monitors[*monitor] = monitors[*monitor].clone().switched();
            return world.sync(monitors).await;
        }
        Event::Reroute(monitor) => {
            monitors[*monitor] = monitors[*monitor].clone().rerouted();
            return world.reroute(monitors).await;
        }
        Event::ChatDown => return world.channel("chat", ChannelManner::Down),
        Event::ChatUp => return world.mend_channel("chat"),
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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tied {
    Yes,
    No,
}

proptest! {
    // The same cases each time, so that a failure always belongs to the change at hand.
    #![proptest_config(ProptestConfig {
        cases: crate::testing::cases(64),
        rng_seed: RngSeed::Fixed(19),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_happens_every_change_is_notified_and_nothing_else(
        events in proptest::collection::vec(event(), 1..8), failures in 1u32..3,
        tied in prop_oneof![Just(Tied::Yes), Just(Tied::No)], rows_per_batch in 1usize..4,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let mut monitors = MONITORS.map(|id| monitor(id).failures(failures).to(&["chat", "default"]));
            if tied == Tied::Yes {
                tie(&mut monitors);
            }
            let mut world = World::watching(&monitors).await;
            world.shared.in_batches_of(rows_per_batch);
            for event in &events {
                happens(&mut world, &mut monitors, tied, event).await;
            }
            world.discard().await;
            // Once nothing is suppressed by a window and nothing is down, no alert is suppressed any more.
            world.end_silences().await;
            for id in MONITORS {
                world.repair(id);
            }
            for _ in 0..6 {
                world.run().await;
            }
            world.discard().await;
            world.nothing_is_held();
        });
    }
}
