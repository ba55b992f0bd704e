//! Channels of levels: what they keep of an alert, and what a run posts to them again. Pure.
//!
//! Such a channel takes no changes. It holds an alert to be over unless each run posts it again, so a run posts all that
//! lasts, and for a while what has ended. What is posted again is not pending: nothing is acknowledged for it.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{Alert, AlertFacts, AlertKind, Route};
use crate::message::SeverityWord;
use crate::monitor::Monitor;
use crate::state::{Delivered, Level};
use crate::transition::Health;

/// How long an end is posted again: the channel may have been restarted after the first time.
const REPEATED: SignedDuration = SignedDuration::from_mins(15);

/// The shortest time after which what is not posted again ends by itself.
const SHORTEST: Duration = Duration::from_mins(10);

/// In periods, the same time: two runs may be lost.
const PERIODS: u32 = 3;

/// How long after a run what it posts ends by itself, where a run follows in each `period`.
pub fn lasts(period: Duration) -> Duration {
    period.saturating_mul(PERIODS).max(SHORTEST)
}

/// What a run posts again of what a channel of levels accepted last; `None` if nothing.
///
/// It asks neither for a suppression nor for the policy of the channel. Both say whether an alert begins, and not to post
/// it again would end it.
fn repeated(delivered: &Delivered, now: Timestamp) -> Option<AlertKind> {
    if delivered.flapping.is_some() {
        return Some(AlertKind::Flapping);
    }
    match delivered.health {
        Health::Down => Some(AlertKind::Down),
        Health::Degraded => Some(AlertKind::Degraded),
        Health::New | Health::Up => {
            delivered.level.as_ref().and_then(|level| level.ended)?;
            let is_recent = now.duration_since(delivered.at) < REPEATED;
            let kind = if delivered.health == Health::New { AlertKind::Unwatched } else { AlertKind::Up };
            is_recent.then_some(kind)
        }
    }
}

/// The labels of an alert that begins. The severity is that of the definition: what begins as DEGRADED may become DOWN
/// under the same labels.
fn labels(monitor: &Monitor, route: &Route) -> BTreeMap<String, String> {
    let ours = [
        ("monitor", monitor.id.as_str()),
        ("group", monitor.group.as_str()),
        ("team", monitor.team.as_deref().unwrap_or_default()),
        ("severity", SeverityWord::from(monitor.alert.severity).as_str()),
    ];
    let ours = ours.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    let labels = route.labels.clone().into_iter().chain(ours);
    labels.filter(|(_, value)| !value.is_empty()).collect()
}

impl Alert {
    /// What a run posts again to the channel of `route`, if that is one of levels.
    pub fn repeated(facts: AlertFacts<'_>, route: &Route, now: Timestamp) -> Option<Self> {
        if !route.is_of_levels() {
            return None;
        }
        let delivered = facts.row.delivered.get(&route.channel.in_row_of(&facts.monitor.id))?;
        let kind = repeated(delivered, now)?;
        let alert = Self::of(facts, route, kind, (delivered, delivered.reminders), now);
        let level = delivered.level.clone().unwrap_or_else(|| alert.level.clone());
        Some(Self { level, ..alert })
    }

    /// What a channel of levels keeps of this alert; `open` is what it keeps by now, while that lasts.
    pub(super) fn level_after(&self, open: Option<&Level>, now: Timestamp) -> Level {
        let began = || {
            let flapping = self.flapping_changes.map(|changes| changes.from);
            let incident = self.incident.as_ref().map(|incident| incident.opened_at);
            flapping.or(incident).unwrap_or(self.since)
        };
        let (labels, starts) = match open {
            Some(Level { labels, starts, ended: _ }) => (labels.clone(), *starts),
            None => (labels(&self.monitor, &self.route), began()),
        };
        let end = match self.kind {
            AlertKind::Down
            | AlertKind::NeverUp
            | AlertKind::Flapping
            | AlertKind::Degraded
            | AlertKind::StillDown
            | AlertKind::StillDegraded => None,
            AlertKind::Up | AlertKind::Over | AlertKind::Unwatched => Some(self.since),
            // It lasts, but not here.
            AlertKind::Rerouted => Some(now),
        };
        Level { labels, starts, ended: end.map(|end| end.max(starts)) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{at, confirmed, delivered, monitor, now, pending};
    use super::*;
    use crate::message::Grouping;
    use crate::monitor::{ChannelId, Severity};
    use crate::state::{IncidentKey, Row};

    fn levels() -> Route {
        Route { grouping: Grouping::Levels, ..Route::plain(ChannelId::of_machine()) }
    }

    fn level(ended: Option<&str>) -> Level {
        let labels = [("monitor".to_owned(), "before".to_owned())].into();
        Level { labels, starts: at("2026-11-22T14:00:00Z"), ended: ended.map(at) }
    }

    fn check(delivered: &Delivered, now: &str, expected: Option<AlertKind>) {
        assert_eq!(repeated(delivered, at(now)), expected, "{delivered:?} {now}");
    }

    #[test]
    fn what_lasts_is_posted_always_and_an_end_for_a_quarter_of_an_hour() {
        let heard = |health, ended| Delivered {
            level: Some(level(ended)),
            ..Delivered::new(3, health, at("2026-11-22T14:10:00Z"))
        };
        for now in ["2026-11-22T14:10:00Z", "2026-12-31T00:00:00Z"] {
            check(&heard(Health::Down, None), now, Some(AlertKind::Down));
            check(&heard(Health::Degraded, None), now, Some(AlertKind::Degraded));
            let flapping = Delivered { flapping: Some(3), ..heard(Health::Up, None) };
            check(&flapping, now, Some(AlertKind::Flapping));
            check(&Delivered::new(0, Health::Up, at(now)), now, None);
            // Of before the channel was one of levels.
            check(&Delivered::new(3, Health::Down, at(now)), now, Some(AlertKind::Down));
        }
        let end = Some("2026-11-22T14:09:00Z");
        check(&heard(Health::Up, end), "2026-11-22T14:24:59Z", Some(AlertKind::Up));
        check(&heard(Health::New, end), "2026-11-22T14:24:59Z", Some(AlertKind::Unwatched));
        check(&heard(Health::Up, end), "2026-11-22T14:25:00Z", None);
    }

    #[test]
    fn what_is_not_posted_again_ends_after_three_periods_or_ten_minutes() {
        let minutes = Duration::from_mins;
        for (period, expected) in [(0, 10), (2, 10), (3, 10), (5, 15), (60, 180)] {
            assert_eq!(lasts(minutes(period)), minutes(expected), "{period}");
        }
    }

    /// The alert that is pending for a channel of levels which accepted this last.
    fn alert(health: Health, seq: u64, heard: &Delivered) -> Alert {
        let alert = pending(&monitor("api"), &confirmed(health, seq), heard, None, "");
        let alert = Alert { route: levels(), ..alert };
        let open = heard.level.as_ref().filter(|_| heard.is_open());
        let level = alert.level_after(open, now());
        Alert { level, ..alert }
    }

    #[test]
    fn labels_and_start_are_those_of_the_first_message_until_the_end() {
        let first = alert(Health::Down, 3, &delivered(2, Health::Up)).level;
        let labels: Vec<_> = first.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(labels, ["group=payments", "monitor=api", "severity=critical", "team=payments"]);
        assert_eq!((first.starts, first.ended), (at("2026-11-22T14:02:11Z"), None));
        let open = Delivered { level: Some(level(None)), ..delivered(3, Health::Down) };
        let ended = alert(Health::Up, 4, &open).level;
        assert_eq!(ended, level(Some("2026-11-22T14:09:30Z")));
        // What ended once does not count for what begins.
        let over = Delivered { level: Some(ended), ..delivered(4, Health::Up) };
        assert_eq!(alert(Health::Down, 5, &over).level, first);
    }

    #[test]
    fn an_end_never_lies_before_its_beginning() {
        let late = Level { starts: at("2026-11-22T14:09:59Z"), ..level(None) };
        let open = Delivered { level: Some(late.clone()), ..delivered(3, Health::Down) };
        assert_eq!(alert(Health::Up, 4, &open).level.ended, Some(late.starts));
    }

    #[test]
    fn only_a_channel_of_levels_keeps_one_and_only_of_what_it_got() {
        let kept = |alert: Alert| match alert.accepted(now()).heard {
            crate::state::Heard::Delivered(delivered) => delivered.level.is_some(),
            crate::state::Heard::Closed { .. } => false,
        };
        let down = || alert(Health::Down, 3, &delivered(2, Health::Up));
        assert!(kept(down()));
        assert!(!kept(Alert { route: Route::plain(ChannelId::of_machine()), ..down() }));
        let over = alert(Health::Up, 4, &delivered(2, Health::Up));
        assert_eq!(over.kind, AlertKind::Over);
        assert!(!kept(over));
    }

    #[test]
    fn what_is_posted_again_is_as_the_channel_keeps_it() {
        let mut monitor = monitor("renamed");
        monitor.alert.severity = Severity::Info;
        let heard = Delivered { level: Some(level(None)), ..delivered(3, Health::Down) };
        let row = Row {
            monitor: monitor.id.clone(),
            incarnation: "a1b2c3d4".to_owned(),
            incident_key: IncidentKey::next(None, &monitor.id, "a1b2c3d4", None),
            revision: 1,
            confirmed: confirmed(Health::Down, 3),
            delivered: [(ChannelId::of_machine(), heard)].into(),
            first_pending: Vec::new(),
            epoch: 1,
            why: "HTTP 503, expected 200".to_owned(),
            judged: String::new(),
            run: String::new(),
        };
        let facts = AlertFacts { monitor: &monitor, row: &row, judgement: None };
        let again = Alert::repeated(facts, &levels(), now()).expect("it lasts");
        assert_eq!((again.kind, again.level), (AlertKind::Down, level(None)));
        assert_eq!(Alert::repeated(facts, &Route::plain(ChannelId::of_machine()), now()), None);
    }
}
