//! Fifty monitors on a random walk and five channels, of which one is in trouble for thirty runs, while runs are killed.

use std::collections::BTreeMap;
use std::time::Duration;

use super::process::{End, Excuse};
use super::watched::{Watched, monitor};
use super::world::World;
use crate::deliver::recording::ChannelManner;

const CHANNELS: [&str; 5] = ["alive", "chat", "dead", "default", "oncall"];

const MONITORS: usize = 50;

const RUNS: usize = 30;

/// Requests of a run in which many rows change, at least.
const REQUESTS: usize = 12;

/// Random enough, and the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % bound
    }
}

/// What came of a walk, for who reads the output of the test.
#[derive(Debug, Default)]
struct Counts {
    changes: usize,
    killed: usize,
    accepted: BTreeMap<String, usize>,
}

/// The invariants hold after each run, and two clean runs leave nothing pending.
async fn walk(troubled: &str, manner: ChannelManner, dice: &mut Dice) -> Counts {
    let ids: Vec<&'static str> = (0..MONITORS).map(|n| &*format!("m-{n:02}").leak()).collect();
    let monitors: Vec<Watched> = ids.iter().map(|id| monitor(id).to(&CHANNELS)).collect();
    let mut world = World::watching(&monitors).await;
    world.run().await;
    world.channel(troubled, manner);
    let (mut counts, mut is_down) = (Counts::default(), [false; MONITORS]);
    for _ in 0..RUNS {
        for _ in 0..4 {
            let number = dice.below(MONITORS);
            is_down[number] = !is_down[number];
            counts.changes += 1;
            if is_down[number] {
                world.break_(ids[number]);
            } else {
                world.repair(ids[number]);
            }
        }
        world.next_slot();
        let mut process = world.process();
        // An answer that is lost is a reason to send again, and a process that dies is one anyway.
        if manner == ChannelManner::Loses {
            process.excuse = Excuse::Trouble;
        }
        let process = match dice.below(6) {
            0 => process.dying_before(1 + dice.below(REQUESTS)),
            1 => process.dying_after(1 + dice.below(REQUESTS)),
            _ => process,
        };
        counts.killed += usize::from(matches!(world.finish(process).await, End::Died));
    }
    // Who refuses is tried hourly.
    world.pass(Duration::from_hours(1));
    world.discard().await;
    for alert in world.accepted() {
        *counts.accepted.entry(alert.route.channel.name.to_string()).or_default() += 1;
    }
    counts
}

#[tokio::test]
async fn whatever_one_channel_does_no_alert_is_lost_doubled_or_out_of_order_on_any() {
    let manners = [
        ChannelManner::Down,
        ChannelManner::Slow,
        ChannelManner::Refuses,
        ChannelManner::Loses,
        ChannelManner::Kills,
    ];
    let mut dice = Dice(20_261_129);
    for (troubled, manner) in CHANNELS.into_iter().zip(manners) {
        let counts = Box::pin(walk(troubled, manner, &mut dice)).await;
        println!("{troubled} {manner:?}: {counts:?}");
        assert_eq!(counts.accepted.len(), CHANNELS.len(), "each heard something in the end");
        assert!(counts.killed > 0 && counts.changes == 4 * RUNS, "{counts:?}");
    }
}
