//! The alerts of a made-up outage that tries a channel: what `notify test` sends, and what `validate` lays out.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::{Actor, Outcome, Stage};
use crate::alert::{Alert, Route, Routes};
use crate::monitor::{AlertPolicy, ChannelPolicy, Monitor};

/// From one made-up probe to the next.
const APART: SignedDuration = SignedDuration::from_mins(1);

/// The alerts about `monitor`, one for each of the `wanted` outcomes of its probes, the last one at `now`. The reason of
/// each is `reason`. Neither the monitor nor the channel of `route` holds back any of them.
pub fn test_alerts(
    monitor: &Monitor,
    route: &Route,
    wanted: &[Outcome],
    reason: &str,
    now: Timestamp,
) -> Vec<Alert> {
    let subject = Monitor {
        enabled: true,
        alert: AlertPolicy { failures: 1, successes: 1, remind: None, ..monitor.alert.clone() },
        depends_on: BTreeSet::new(),
        maintenance: Vec::new(),
        ..monitor.clone()
    };
    let route = Route { policy: ChannelPolicy::default(), ..route.clone() };
    let routes = Routes { to: vec![route], left: Vec::new() };
    let mut stage = Stage::new([Actor { monitor: &subject, judged: String::new(), routes }], [], &[]);
    let mut alerts = Vec::new();
    let steps = steps(wanted);
    for ((outcome, part), left) in steps.iter().zip((0..steps.len()).rev()) {
        let earlier = APART * i32::try_from(left).unwrap_or(i32::MAX);
        let at = now.checked_sub(earlier).unwrap_or(now);
        let mut judgement = outcome.judgement(&subject, at);
        for fault in &mut judgement.faults {
            reason.clone_into(&mut fault.actual);
        }
        let run = stage.run(&BTreeMap::from([(subject.id.clone(), judgement)]), at);
        match part {
            StepPart::Sent => alerts.extend(run.alerts),
            StepPart::Assumed => {}
        }
    }
    alerts
}

/// What a step is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StepPart {
    /// Its alert is wanted.
    Sent,
    /// It makes the next one a change.
    Assumed,
}

/// The monitor is known to be up, and each wanted outcome is a change.
fn steps(wanted: &[Outcome]) -> Vec<(Outcome, StepPart)> {
    let mut steps = vec![(Outcome::Pass, StepPart::Assumed)];
    for outcome in wanted {
        if steps.last().is_some_and(|(last, _)| last == outcome) {
            let other = if *outcome == Outcome::Pass { Outcome::Fail } else { Outcome::Pass };
            steps.push((other, StepPart::Assumed));
        }
        steps.push((*outcome, StepPart::Sent));
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitor::{ChannelId, MonitorId};

    fn words(wanted: &[Outcome]) -> Vec<&'static str> {
        let mut monitor = Monitor::sample("shop", "https://shop.example");
        monitor.alert.failures = 5;
        monitor.enabled = false;
        monitor.depends_on = [MonitorId::parse("db").expect("an id")].into();
        let escalation =
            ChannelPolicy { after: Some(std::time::Duration::from_hours(1)), ..ChannelPolicy::default() };
        let route = Route { policy: escalation, ..Route::plain(ChannelId::of_machine()) };
        let now = "2026-11-22T14:00:00Z".parse().expect("a time");
        let alerts = test_alerts(&monitor, &route, wanted, "a simulated failure", now);
        alerts.iter().map(Alert::word).collect()
    }

    #[test]
    fn each_wanted_outcome_is_one_alert_whatever_came_before() {
        use Outcome::{Degraded, Fail, Pass};
        assert_eq!(words(&[Fail, Pass]), ["DOWN", "UP"]);
        assert_eq!(words(&[Pass]), ["UP"]);
        assert_eq!(words(&[Degraded, Fail, Degraded, Pass]), ["DEGRADED", "DOWN", "DEGRADED", "UP"]);
        assert_eq!(words(&[Fail, Fail]), ["DOWN", "DOWN"]);
        assert_eq!(words(&[]), [""; 0]);
    }
}
