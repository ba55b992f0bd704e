//! What `simulate` says of outcomes is what `check` makes of them.

use std::time::Duration;

use super::watched::{Watched, monitor};
use super::world::{PERIOD, World};
use crate::monitor::Monitor;
use crate::simulation::{Outcome, Play, SimulatedMonitor, simulate};

/// What is notified when, in minutes after the first run: `4 DOWN shop`.
type Delivered = Vec<String>;

/// Whole runs against endpoints that are up (`u`) or down (`d`), a letter a run. The last letter goes on.
async fn checked(monitors: &[Watched], scripts: &[&str]) -> (Delivered, Vec<Monitor>) {
    let mut world = World::watching(monitors).await;
    let mut delivered = Vec::new();
    let mut before = 0;
    for run in 0..scripts[0].len() {
        for (watched, script) in monitors.iter().zip(scripts) {
            let (id, _) = watched.place();
            match script.as_bytes()[run.min(script.len() - 1)] {
                b'u' => world.repair(id),
                _ => world.break_(id),
            }
        }
        world.run().await;
        let accepted = world.notified();
        delivered.extend(accepted[before..].iter().map(|alert| format!("{} {alert}", run * 2)));
        before = accepted.len();
    }
    delivered.sort();
    let meant = monitors.iter().map(|watched| watched.desired(&world.endpoints, 1).monitor);
    (delivered, meant.collect())
}

fn simulated(monitors: &[Monitor], scripts: &[&str]) -> Delivered {
    let part = |(monitor, script): (_, &&str)| {
        let outcomes = script.chars().map(|c| if c == 'u' { Outcome::Pass } else { Outcome::Fail });
        SimulatedMonitor::new(monitor, outcomes.collect())
    };
    let mut parts = monitors.iter().zip(scripts).map(part);
    let play = Play {
        lead: parts.next().expect("a monitor"),
        parents: parts.collect(),
        // The first run of a scenario.
        from: "2026-11-20T10:02:00Z".parse().expect("a time"),
        period: PERIOD,
        environment: None,
    };
    let timeline = simulate(&play).expect("not too long");
    let mut delivered: Vec<_> = timeline
        .moments
        .iter()
        .flat_map(|moment| {
            let minutes = moment.after.as_secs() / 60;
            moment.alerts.iter().map(move |notice| format!("{minutes} {} {}", notice.word, notice.monitor))
        })
        .collect();
    delivered.sort();
    delivered
}

async fn check(monitors: &[Watched], scripts: &[&str]) {
    let (delivered, meant) = checked(monitors, scripts).await;
    assert_eq!(simulated(&meant, scripts), delivered, "{scripts:?}");
    assert!(!delivered.is_empty(), "a comparison of nothing says nothing: {scripts:?}");
}

#[tokio::test]
async fn thresholds_reminders_and_flapping_are_notified_at_the_same_times() {
    let shop = || monitor("shop");
    check(&[shop().failures(2).successes(2)], &["udududdduduuuu"]).await;
    check(&[shop().failures(3)], &["ddduu"]).await;
    check(&[shop().remind("10m")], &[&format!("u{}u", "d".repeat(40))]).await;
    check(&[shop()], &[&format!("u{}{}", "du".repeat(7), "u".repeat(20))]).await;
    check(&[shop()], &[&format!("u{}{}", "du".repeat(4), "d".repeat(20))]).await;
}

#[tokio::test]
async fn what_happens_in_a_window_is_notified_at_the_same_times_or_not_at_all() {
    // Suppressed in the runs of 10:04, 10:06 and 10:08, which are two to six minutes after the first.
    let shop = || monitor("shop").maintained("2026-11-20T10:03", "6m");
    check(&[shop()], &["udddddu"]).await;
    check(&[shop()], &["ududuuddu"]).await;
    check(&[shop().failures(2)], &["uudduuudd"]).await;
    let reminded = monitor("shop").remind("10m").maintained("2026-11-20T10:07", "20m");
    check(&[reminded], &[&format!("u{}u", "d".repeat(30))]).await;
}

#[tokio::test]
async fn what_a_parent_accounts_for_is_notified_at_the_same_times_or_not_at_all() {
    let both = |failures| [monitor("shop").depends_on(&["auth"]), monitor("auth").failures(failures)];
    for scripts in
        [["udddduu", "udduuuu"], ["udddddd", "udduuuu"], ["uddddu", "uududu"], ["uuddduu", "udddddu"]]
    {
        check(&both(1), &scripts).await;
        check(&both(2), &scripts).await;
    }
}

#[tokio::test]
async fn a_rare_monitor_is_notified_at_the_same_times_once_it_is_probed_in_its_own_slots() {
    // A new monitor is probed at once, and then in its own slots; a simulation begins with one of these.
    let rare = monitor("shop").interval("6m").failures(1);
    let mut world = World::watching(std::slice::from_ref(&rare)).await;
    let meant = rare.desired(&world.endpoints, 1).monitor;
    world.run().await;
    let mut runs = 0;
    while world.probed().is_empty() || runs == 0 {
        world.run().await;
        runs += 1;
    }
    world.break_("shop");
    let mut delivered = Vec::new();
    for run in 1..=4_u32 {
        world.run().await;
        delivered
            .extend(world.notified().get(delivered.len()..).unwrap_or_default().iter().map(|_| PERIOD * run));
    }
    let play = Play {
        lead: SimulatedMonitor::new(&meant, vec![Outcome::Pass, Outcome::Fail]),
        parents: Vec::new(),
        from: world.now(),
        period: PERIOD,
        environment: None,
    };
    let simulated: Vec<_> = simulate(&play).expect("short").alerts().map(|(_, after)| after).collect();
    assert_eq!((&simulated, simulated.as_slice()), (&delivered, &[Duration::from_mins(6)][..]));
}
