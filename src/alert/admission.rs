//! Whether a channel takes an alert, by its policy. Pure.

use jiff::Timestamp;

use super::{Alert, AlertKind};
use crate::monitor::{ChannelPolicy, Severity};
use crate::transition::{Health, Incident};

/// What the policy of a channel says of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyRuling {
    Taken,
    /// Not as it is now; that may change.
    NotTaken,
    /// It is over, and was never taken.
    NeverTaken,
}

impl Alert {
    /// Whether its channel takes it at `now`. What ends what the channel has heard goes where that went.
    pub fn admission(&self, now: Timestamp) -> PolicyRuling {
        let ChannelPolicy { severities, after, reminders } = &self.route.policy;
        // A channel of levels reminds by itself.
        let reminders = *reminders && !self.route.is_of_levels();
        let lasted =
            |incident: &Incident| incident.closed_at.unwrap_or(now).duration_since(incident.opened_at);
        let is_long = match after {
            None => true,
            Some(after) => {
                self.incident.as_ref().is_some_and(|incident| lasted(incident).unsigned_abs() >= *after)
            }
        };
        let is_grave = severities.contains(&match self.kind {
            // It was never down.
            AlertKind::Over if self.incident.is_none() => self.severity().min(Severity::Warning),
            AlertKind::Down
            | AlertKind::NeverUp
            | AlertKind::Flapping
            | AlertKind::Degraded
            | AlertKind::StillDown
            | AlertKind::StillDegraded
            | AlertKind::Up
            | AlertKind::Over
            | AlertKind::Unwatched
            | AlertKind::Rerouted => self.severity(),
        });
        let taken = |is_taken, otherwise| if is_taken { PolicyRuling::Taken } else { otherwise };
        match self.kind {
            AlertKind::Rerouted => PolicyRuling::Taken,
            AlertKind::Up | AlertKind::Unwatched if self.is_waited_for() => PolicyRuling::Taken,
            AlertKind::Degraded if self.heard == Health::Down => PolicyRuling::Taken,
            AlertKind::StillDown | AlertKind::StillDegraded => taken(reminders, PolicyRuling::NotTaken),
            AlertKind::Down | AlertKind::NeverUp => taken(is_grave && is_long, PolicyRuling::NotTaken),
            // An escalation is about what is DOWN.
            AlertKind::Degraded | AlertKind::Flapping => {
                taken(is_grave && after.is_none(), PolicyRuling::NotTaken)
            }
            AlertKind::Up | AlertKind::Over | AlertKind::Unwatched => {
                taken(is_grave && is_long, PolicyRuling::NeverTaken)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::testing::{confirmed, delivered, down, monitor, now, pending, up};
    use super::*;

    fn check(alert: Alert, policy: &ChannelPolicy, expected: PolicyRuling) {
        let mut alert = alert;
        alert.route.policy = policy.clone();
        assert_eq!(alert.admission(now()), expected, "{:?} {policy:?}", alert.kind);
    }

    #[test]
    fn a_channel_takes_what_is_grave_enough_and_the_end_of_what_it_took() {
        let critical = ChannelPolicy { severities: [Severity::Critical].into(), ..ChannelPolicy::default() };
        let degraded =
            |heard| pending(&monitor("a"), &confirmed(Health::Degraded, 4), &delivered(3, heard), None, "");
        check(down("a"), &critical, PolicyRuling::Taken);
        check(degraded(Health::Up), &critical, PolicyRuling::NotTaken);
        check(degraded(Health::Down), &critical, PolicyRuling::Taken);
        check(up("a"), &critical, PolicyRuling::Taken);
        let mut minor = down("a");
        minor.monitor.alert.severity = Severity::Info;
        check(minor, &critical, PolicyRuling::NotTaken);
        let late = pending(&monitor("a"), &confirmed(Health::Up, 4), &delivered(2, Health::Up), None, "");
        let late_degraded = Alert { incident: None, ..late.clone() };
        check(late, &critical, PolicyRuling::Taken);
        check(late_degraded, &critical, PolicyRuling::NeverTaken);
    }

    // It opened at 14:02:11, and it is 14:10.
    #[test]
    fn an_escalation_takes_what_is_down_for_long_and_nothing_else() {
        let after =
            |minutes| ChannelPolicy { after: Some(Duration::from_mins(minutes)), ..ChannelPolicy::default() };
        check(down("a"), &after(7), PolicyRuling::Taken);
        check(down("a"), &after(8), PolicyRuling::NotTaken);
        let over = || pending(&monitor("a"), &confirmed(Health::Up, 4), &delivered(2, Health::Up), None, "");
        check(over(), &after(7), PolicyRuling::Taken);
        check(over(), &after(8), PolicyRuling::NeverTaken);
        check(up("a"), &after(60), PolicyRuling::Taken);
        let degraded =
            pending(&monitor("a"), &confirmed(Health::Degraded, 4), &delivered(3, Health::Up), None, "");
        check(degraded, &after(1), PolicyRuling::NotTaken);
    }

    #[test]
    fn a_channel_without_reminders_gets_none() {
        let quiet = ChannelPolicy { reminders: false, ..ChannelPolicy::default() };
        let mut still = down("a");
        still.kind = AlertKind::StillDown;
        check(still.clone(), &quiet, PolicyRuling::NotTaken);
        check(still, &ChannelPolicy::default(), PolicyRuling::Taken);
    }
}
