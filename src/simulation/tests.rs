//! Time lines: thresholds, reminders, flapping, maintenance and dependencies, as `check` has them.

use std::time::Duration;

use super::{Play, Script, SimulatedMonitor, Timeline, simulate};
use crate::alert::{Route, Routes};
use crate::monitor::{ChannelId, ChannelPolicy, Monitor, MonitorId, Severity, Window, format_duration};
use crate::suppress::DiscardReason;

fn monitor(id: &str, failures: u32, successes: u32) -> Monitor {
    let mut monitor = Monitor::sample(id, "https://a.example");
    (monitor.alert.failures, monitor.alert.successes) = (failures, successes);
    monitor
}

const PERIOD: Duration = Duration::from_mins(2);

fn part<'a>(monitor: &'a Monitor, script: &str) -> SimulatedMonitor<'a> {
    let script = Script::parse(script).expect("a script");
    SimulatedMonitor::new(monitor, script.outcomes(monitor.apart(PERIOD)).expect("not too long"))
}

/// From Monday, 2026-01-05 00:00 UTC on, with a run every two minutes.
fn play(lead: SimulatedMonitor<'_>, parents: Vec<SimulatedMonitor<'_>>) -> Timeline {
    let from = "2026-01-05T00:00:00Z".parse().expect("a time");
    simulate(&Play { lead, parents, from, period: PERIOD, environment: None }).expect("not too long")
}

fn alerts(timeline: &Timeline) -> String {
    let alerts = timeline.alerts().map(|(notice, at)| format!("{} {}", notice.word, format_duration(at)));
    alerts.collect::<Vec<_>>().join(", ")
}

fn check(monitor: &Monitor, script: &str, expected: &str) {
    assert_eq!(alerts(&play(part(monitor, script), vec![])), expected, "{script}");
}

#[test]
fn alerts_come_after_the_thresholds_and_not_before() {
    let two = monitor("a", 2, 1);
    check(&two, "up*3, fail, up, fail*2, up", "DOWN 12m, UP 14m");
    check(&two, "up, (fail, up)*9", "");
    check(&two, "up, fail, unknown*3, fail", "DOWN 10m");
    check(&two, "up, degraded*2, timeout*2, up", "DEGRADED 4m, DOWN 8m, UP 10m");
    check(&two, "fail*2", "DOWN 2m");
    check(&monitor("a", 3, 2), "up, status=503*3, up, fail, up*2", "DOWN 6m, UP 14m");
}

#[test]
fn a_channel_takes_what_its_policy_takes_and_others_the_rest() {
    let check = |monitor: &Monitor, policies: &[(&str, ChannelPolicy)], script: &str, expected: &str| {
        let route = |(name, policy): &(&str, ChannelPolicy)| {
            let channel = ChannelId::parse(name).expect("a channel");
            Route { policy: policy.clone(), ..Route::plain(channel) }
        };
        let routes = Routes { to: policies.iter().map(route).collect(), left: Vec::new() };
        let timeline = play(part(monitor, script).notifying(routes), vec![]);
        let notices = timeline.alerts();
        let alerts = notices
            .map(|(notice, at)| format!("{} {} to {}", notice.word, format_duration(at), notice.channels()));
        assert_eq!(alerts.collect::<Vec<_>>().join("; "), expected, "{script}");
    };
    let mut two = monitor("a", 2, 1);
    let all = ChannelPolicy::default();
    let later = ChannelPolicy { after: Some(Duration::from_mins(5)), ..all.clone() };
    let critical = ChannelPolicy { severities: [Severity::Critical].into(), ..all.clone() };
    let quiet = ChannelPolicy { reminders: false, ..all.clone() };
    let chat = [("chat", all.clone()), ("oncall", later.clone())];
    check(&two, &chat, "up, fail*2, up", "DOWN 4m to chat; UP 6m to chat");
    check(&two, &chat, "up, fail*5, up", "DOWN 4m to chat; DOWN 8m to oncall; UP 12m to chat, oncall");
    check(&two, &[("oncall", later)], "up, fail*2, up", "");
    check(&two, &[("oncall", critical.clone())], "up, degraded*3, up", "");
    two.alert.remind = Some(Duration::from_mins(4));
    let both = [("chat", all), ("oncall", quiet)];
    check(&two, &both, "up, fail*4", "DOWN 4m to chat, oncall; STILL DOWN 8m to chat");
    two.alert.severity = Severity::Info;
    check(&two, &[("oncall", critical)], "up, fail*4, up", "");
}

#[test]
fn probes_are_an_interval_apart_and_what_was_skipped_is_made_up_in_the_next_run() {
    for id in ["a", "b", "c", "payments-api"] {
        let rare = Monitor { interval: Duration::from_mins(11), ..monitor(id, 2, 1) };
        check(&rare, "up, fail*2, up", "DOWN 20m, UP 30m");
        check(&rare, "up, skip, fail*2", "DOWN 20m");
        let timeline = play(part(&rare, "up, fail, skip*2, up"), vec![]);
        let minutes: Vec<_> = timeline.moments.iter().map(|moment| moment.after.as_secs() / 60).collect();
        assert_eq!(minutes, [0, 10, 20, 22, 24], "{id}");
    }
}

#[test]
fn reminders_come_later_and_later_also_between_probes() {
    let mut shop = Monitor { interval: Duration::from_mins(30), ..monitor("shop", 1, 1) };
    shop.alert.remind = Some(Duration::from_mins(50));
    check(
        &shop,
        "up, fail for 8h, up",
        "DOWN 30m, STILL DOWN 1h20m, STILL DOWN 3h, STILL DOWN 6h20m, UP 8h30m",
    );
}

#[test]
fn a_monitor_that_flaps_is_notified_once_and_then_of_how_it_ended() {
    let shop = monitor("shop", 1, 1);
    let timeline = play(part(&shop, "up, (fail, up)*5, up for 40m"), vec![]);
    assert_eq!(alerts(&timeline), "DOWN 2m, UP 4m, DOWN 6m, UP 8m, DOWN 10m, FLAPPING 12m, UP 50m");
    let flapping = timeline.moments.iter().filter(|moment| moment.flapping).count();
    assert_eq!(flapping, 19, "from 12m to 48m");
}

#[test]
fn an_outage_that_outlasts_its_window_is_notified_at_the_first_probe_after_it() {
    let mut shop = monitor("shop", 2, 1);
    let window = |starts, minutes| Window::parse(starts, Duration::from_mins(minutes), "UTC", None, None);
    shop.maintenance.push(window("2026-01-05T00:05", 10).expect("a window"));
    check(&shop, "up*3, fail*6, up", "DOWN 16m, UP 18m");
    let timeline = play(part(&shop, "up*3, fail*3, up*9"), vec![]);
    assert_eq!(alerts(&timeline), "");
    let suppressed: Vec<_> = timeline.moments.iter().filter(|moment| moment.suppressed.is_some()).collect();
    assert_eq!(suppressed.len(), 1, "it is said once");
    assert_eq!(suppressed[0].after, Duration::from_mins(8));
    let discarded: Vec<_> = timeline.moments.iter().filter_map(|moment| moment.discarded.clone()).collect();
    assert_eq!(discarded, [DiscardReason::Recovered]);
}

// Trap 7: a DOWN inside a suppression needs no alert where DEGRADED was delivered before and after.
#[test]
fn what_is_as_people_know_it_after_a_window_is_not_notified_again() {
    let mut shop = monitor("shop", 2, 1);
    let window = Window::parse("2026-01-05T00:15", Duration::from_mins(30), "UTC", None, None);
    shop.maintenance.push(window.expect("a window"));
    check(&shop, "up*2, degraded*7, fail*4, degraded*20", "DEGRADED 6m");
    // One that lasts beyond the window is notified.
    check(&shop, "up*2, degraded*7, fail*20", "DEGRADED 6m, DOWN 46m");
}

#[test]
fn of_a_monitor_whose_parent_is_down_no_alert_is_sent() {
    let (auth, mut shop) = (monitor("auth", 2, 1), monitor("shop", 2, 1));
    shop.depends_on.insert(MonitorId::parse("auth").expect("an id"));
    let timeline = play(part(&shop, "up, fail*3, up*2"), vec![part(&auth, "up, fail*3, up")]);
    assert_eq!(alerts(&timeline), "");
    let notices: Vec<_> = timeline.moments.iter().flat_map(|moment| &moment.alerts).collect();
    assert_eq!(notices.iter().map(|notice| notice.word).collect::<Vec<_>>(), ["DOWN", "UP"]);
    // The last outcome of a parent goes on.
    let timeline = play(part(&shop, "up, fail*9"), vec![part(&auth, "up")]);
    assert_eq!(alerts(&timeline), "DOWN 4m");
}

#[test]
fn the_same_script_gives_the_same_line_down_to_the_ids() {
    let shop = monitor("shop", 2, 1);
    let one = play(part(&shop, "up, fail*2, up"), vec![]);
    assert_eq!(one, play(part(&shop, "up, fail*2, up"), vec![]));
    let ids: Vec<_> = one.alerts().map(|(notice, _)| notice.id.clone()).collect();
    assert!(ids[0].starts_with("shop.") && ids[0].ends_with(".1"), "{ids:?}");
    let subjects: Vec<_> = one.alerts().map(|(notice, _)| notice.subject.as_str()).collect();
    assert_eq!(
        subjects,
        ["CRITICAL DOWN shop: a simulated failure, expected a good answer", "UP shop: recovered after 4m"]
    );
}

#[test]
fn a_play_that_would_not_end_is_refused() {
    let daily = Monitor { interval: Duration::from_hours(24), ..monitor("a", 1, 1) };
    let lead = part(&daily, "up*9000");
    let from = "2026-01-05T00:00:00Z".parse().expect("a time");
    let endless = Play { lead, parents: vec![], from, period: PERIOD, environment: None };
    assert!(simulate(&endless).is_err());
    let late = Play { from: jiff::Timestamp::MAX, ..endless };
    assert!(simulate(&late).is_err());
}
