//! The words about a channel that takes no notifications: other channels hear of it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::fact_list::FactList;
use super::{Alert, AlertKind};
use crate::message::NextStep;
use crate::monitor::{
    ChannelId, MonitorId, ago, is_or_are, minute_near, minutes_near, moment, moments, rough_duration,
};
use crate::state::takes_none;

const MEANING: &str = "alerts for this channel stay pending, and are sent once it accepts them";
const NEXT: &str =
    "it is tried each hour, and at once after its definition changed; a notification when it accepts them";

/// The alerts, those about channels with the monitors whose alerts wait for the channel.
pub fn with_waiting(mut alerts: Vec<Alert>) -> Vec<Alert> {
    let mut waiting: BTreeMap<ChannelId, BTreeSet<MonitorId>> = BTreeMap::new();
    for channel in alerts.iter().filter_map(|alert| alert.monitor.id.channel()) {
        waiting.entry(channel).or_default();
    }
    for alert in &alerts {
        if let Some(monitors) = waiting.get_mut(&alert.route.channel) {
            monitors.insert(alert.monitor.id.clone());
        }
    }
    for alert in &mut alerts {
        if let Some(monitors) = alert.monitor.id.channel().and_then(|channel| waiting.get(&channel)) {
            alert.waiting = monitors.iter().cloned().collect();
        }
    }
    alerts
}

/// The part of a headline after the name.
pub fn tail(alert: &Alert, now: Timestamp) -> String {
    match (alert.kind, alert.ended()) {
        (
            AlertKind::Down
            | AlertKind::NeverUp
            | AlertKind::Degraded
            | AlertKind::StillDown
            | AlertKind::StillDegraded,
            _,
        ) => format!(": {}{}", reason(alert, now), waiting(alert)),
        (AlertKind::Flapping, _) => ": it takes notifications and refuses them, in turns".to_owned(),
        (AlertKind::Up, Some((incident, _))) => {
            let time = incident.duration().map(rough_duration).unwrap_or_default();
            format!(": accepts notifications again after {time}")
        }
        (AlertKind::Up, None) => ": accepts notifications again".to_owned(),
        (AlertKind::Over, Some((incident, closed))) => {
            format!(" {}, accepts notifications again", minutes_near(incident.opened_at, closed, now))
        }
        (AlertKind::Over, None) => ", accepts notifications again".to_owned(),
        (AlertKind::Unwatched, _) => ": no one defines it any more".to_owned(),
        (AlertKind::Rerouted, _) => ": other channels hear of it now".to_owned(),
    }
}

/// `refuses notifications since 14:02 UTC: HTTP 404: no_service`
fn reason(alert: &Alert, now: Timestamp) -> String {
    takes_none(alert.why.as_deref().unwrap_or_default(), &minute_near(alert.since, now))
}

/// `; 14 are waiting`
fn waiting(alert: &Alert) -> String {
    match alert.waiting.len() {
        0 => String::new(),
        number => format!("; {number} {} waiting", is_or_are(number)),
    }
}

/// What to know of it.
pub fn facts(alert: &Alert, now: Timestamp) -> FactList {
    let mut facts = FactList::default();
    facts.add("Name", alert.monitor.title());
    if alert.kind.is_bad() {
        if let Some(why) = &alert.why {
            facts.add("Why", why);
        }
        facts.add("Since", &format!("{} ({})", moment(alert.since), ago(alert.since, now)));
        let (ids, more) = alert.first_waiting();
        if !ids.is_empty() {
            let ids: Vec<_> = ids.iter().map(MonitorId::as_str).collect();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            facts.add("Waiting", &format!("{}{more}", ids.join(", ")));
        }
        facts.add("Meaning", MEANING);
        facts.add("Follow-up", NEXT);
        return facts;
    }
    if let Some((incident, closed)) = alert.ended() {
        let lasted = incident.duration().map(rough_duration).unwrap_or_default();
        facts.add("Was down", &format!("{lasted}, {}", moments(incident.opened_at, closed)));
        facts.add("Cause", &incident.cause);
    }
    facts.add("Follow-up", "nothing to do");
    facts
}

/// Commands that can be pasted.
pub fn next() -> Vec<NextStep> {
    let step = |purpose, command: &str| NextStep { purpose, command: format!("monitorctl {command}") };
    vec![
        step("See which secrets do not resolve", "doctor"),
        step("Try it now, on the machine that runs check", "check --all"),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::testing::{down, mail, refusing};
    use super::*;
    use crate::alert::Route;

    #[test]
    fn people_read_which_channel_takes_nothing_since_when_and_what_waits() {
        insta::assert_snapshot!(refusing().map(|alert| mail(vec![alert])).join("\n----\n\n"));
    }

    #[test]
    fn what_waits_is_what_is_pending_on_that_channel() {
        let chat = ChannelId::parse("shop#chat").expect("a channel");
        let [refusing, ..] = refusing();
        let waiting = |id: &str| Alert { route: Route::plain(chat.clone()), ..down(id) };
        let alerts = with_waiting(vec![waiting("b"), down("other"), refusing, waiting("a")]);
        let counted: Vec<_> = alerts.iter().map(|alert| alert.waiting.len()).collect();
        assert_eq!(counted, [0, 0, 2, 0]);
        assert!(tail(&alerts[2], super::super::testing::now()).ends_with("; 2 are waiting"));
    }
}
