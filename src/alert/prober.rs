//! The words about monitorctl itself: it is not down, it is blind.

use jiff::Timestamp;

use super::fact_list::FactList;
use super::{Alert, AlertKind};
use crate::monitor::{age, ago, format_duration, minutes_near, moment, moments, rough_duration};

/// What to know while it lasts, and after.
const BLIND: &str = "this machine is cut off from the network. Probes without an answer count as unknown: no health \
                     changes, and no monitor goes DOWN";
const COMES_AND_GOES: &str = "the network of this machine comes and goes, or one of two machines that share a table is \
                              cut off. Probes without an answer count as unknown";
const SEES: &str =
    "the health of the monitors in that time is unknown. Monitors that are DOWN now alert as usual";

/// The part of a headline after the id.
pub fn tail(alert: &Alert, now: Timestamp) -> String {
    let reason = || alert.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    match (alert.kind, alert.ended()) {
        (AlertKind::StillDown | AlertKind::StillDegraded, _) => {
            format!(" for {}{}", rough_duration(age(alert.since, now)), reason())
        }
        (AlertKind::Up, Some((incident, _))) => incident
            .duration()
            .map(|time| format!(": it was blind for {}", rough_duration(time)))
            .unwrap_or_default(),
        (AlertKind::Over, Some((incident, closed))) => {
            format!(" {}, sees again", minutes_near(incident.opened_at, closed, now))
        }
        (
            AlertKind::Down
            | AlertKind::NeverUp
            | AlertKind::Degraded
            | AlertKind::Flapping
            | AlertKind::Up
            | AlertKind::Over
            | AlertKind::Unwatched
            | AlertKind::Rerouted,
            _,
        ) => reason(),
    }
}

/// What to know of it.
pub fn facts(alert: &Alert, now: Timestamp) -> FactList {
    let monitor = &alert.monitor;
    let mut facts = FactList::default();
    facts.add("Name", monitor.title());
    let (meaning, next) = if alert.kind.is_bad() {
        if let Some(why) = &alert.why {
            facts.add("Why", why);
        }
        facts.add("Since", &format!("{} ({})", moment(alert.since), ago(alert.since, now)));
        let wait = monitor.alert.wait_before(alert.reminders).map(format_duration);
        let reminder = wait.map(|wait| format!(", a reminder after {wait}")).unwrap_or_default();
        if alert.kind == AlertKind::Flapping {
            (COMES_AND_GOES, "a notification follows once nothing changed for 30 minutes".to_owned())
        } else {
            let next = "every run asks the canaries again; a notification when the network is back";
            (BLIND, format!("{next}{reminder}"))
        }
    } else {
        if let Some((incident, closed)) = alert.ended() {
            let lasted = incident.duration().map(rough_duration).unwrap_or_default();
            facts.add("Was blind", &format!("{lasted}, {}", moments(incident.opened_at, closed)));
            facts.add("Cause", &incident.cause);
        }
        if alert.kind == AlertKind::Over {
            facts.add("Late", "the network is back; no notification could be delivered while it was gone");
        }
        (SEES, "nothing to do".to_owned())
    };
    facts.add("Meaning", meaning);
    facts.add("Follow-up", &next);
    facts
}

#[cfg(test)]
mod tests {
    use super::super::testing::{blind, mail};

    #[test]
    fn people_read_that_it_is_the_machine_that_is_cut_off() {
        insta::assert_snapshot!(blind().map(|alert| mail(vec![alert])).join("\n----\n\n"));
    }
}
