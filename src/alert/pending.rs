//! The difference between the confirmed health and the delivered one.

use jiff::Timestamp;

use crate::message::AlertKind;
use crate::monitor::AlertPolicy;
use crate::state::Delivered;
use crate::transition::{Confirmed, Flapping, Health};

/// The pending alert of one monitor, if any.
///
/// While it flaps, one message says so, and everything after that is held until it is stable. Then one message says
/// how it is, also if that is what was true before.
pub fn pending(confirmed: &Confirmed, delivered: &Delivered, now: Timestamp) -> Option<AlertKind> {
    if let Some(Flapping { seq, .. }) = confirmed.recent_changes.flapping(now) {
        return (delivered.seq < seq).then_some(AlertKind::Flapping);
    }
    if delivered.seq >= confirmed.seq && delivered.flapping.is_none() {
        return None;
    }
    Some(match (delivered.health, confirmed.health) {
        (Health::New, Health::Down) => AlertKind::NeverUp,
        (Health::Up | Health::Degraded | Health::Down, Health::Down) => AlertKind::Down,
        (_, Health::Degraded) => AlertKind::Degraded,
        // A monitor is new again once it is no longer watched.
        (_, Health::New) => AlertKind::Unwatched,
        (Health::Degraded | Health::Down, Health::Up) => AlertKind::Up,
        (Health::Up | Health::New, Health::Up) if delivered.flapping.is_some() => AlertKind::Up,
        (Health::Up | Health::New, Health::Up) => AlertKind::Over,
    })
}

/// Whether a reminder is due. It depends on nothing but what was delivered and
/// when, both of which are stored: neither a restart nor an edit makes it come early (trap 3).
pub fn reminder(
    confirmed: &Confirmed,
    delivered: &Delivered,
    policy: &AlertPolicy,
    now: Timestamp,
) -> Option<AlertKind> {
    let (kind, due) = next_reminder(confirmed, delivered, policy, now)?;
    (due <= now).then_some(kind)
}

/// The reminder that comes next, if nothing changes, and when it is due.
pub fn next_reminder(
    confirmed: &Confirmed,
    delivered: &Delivered,
    policy: &AlertPolicy,
    now: Timestamp,
) -> Option<(AlertKind, Timestamp)> {
    // A flapping is notified when it is stable.
    if delivered.seq != confirmed.seq
        || delivered.flapping.is_some()
        || confirmed.recent_changes.flapping(now).is_some()
    {
        return None;
    }
    let kind = match confirmed.health {
        Health::Down => AlertKind::StillDown,
        Health::Degraded => AlertKind::StillDegraded,
        Health::New | Health::Up => return None,
    };
    Some((kind, delivered.at.checked_add(policy.wait_before(delivered.reminders)?).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(delivered: (u64, Health), confirmed: (u64, Health), kind: Option<AlertKind>) {
        let now = Timestamp::UNIX_EPOCH;
        let delivered = Delivered::new(delivered.0, delivered.1, now);
        let confirmed = Confirmed { seq: confirmed.0, health: confirmed.1, ..Confirmed::new(now) };
        assert_eq!(pending(&confirmed, &delivered, now), kind, "{delivered:?} {confirmed:?}");
    }

    #[test]
    fn an_alert_is_pending_exactly_while_delivered_lags() {
        use Health::{Degraded, Down, New, Up};
        check((0, Up), (0, Up), None);
        check((0, Up), (1, Down), Some(AlertKind::Down));
        check((1, Down), (1, Down), None);
        check((1, Down), (2, Up), Some(AlertKind::Up));
        check((0, New), (1, Down), Some(AlertKind::NeverUp));
        check((0, Up), (1, Degraded), Some(AlertKind::Degraded));
        check((1, Down), (2, Degraded), Some(AlertKind::Degraded));
        check((1, Degraded), (2, Up), Some(AlertKind::Up));
        check((1, Down), (2, New), Some(AlertKind::Unwatched));
        check((0, Up), (2, New), Some(AlertKind::Unwatched));
        // No channel took the alert in time.
        check((0, Up), (2, Up), Some(AlertKind::Over));
        check((0, New), (2, Up), Some(AlertKind::Over));
        // It came up and went down again in between: still down, and a new incident.
        check((1, Down), (3, Down), Some(AlertKind::Down));
    }

    #[test]
    fn a_reminder_comes_after_its_time_and_never_for_what_is_good_or_pending_anyway() {
        use Health::{Degraded, Down, New, Up};
        let hours = |n: i64| Timestamp::from_second(n * 3600).expect("in range");
        let policy =
            AlertPolicy { remind: Some(std::time::Duration::from_hours(4)), ..AlertPolicy::default() };
        let check = |delivered: (u64, u32), confirmed: (u64, Health), now: i64, kind| {
            let reminders = delivered.1;
            let delivered = Delivered { reminders, ..Delivered::new(delivered.0, confirmed.1, hours(10)) };
            let confirmed = Confirmed { seq: confirmed.0, health: confirmed.1, ..Confirmed::new(hours(0)) };
            assert_eq!(
                reminder(&confirmed, &delivered, &policy, hours(now)),
                kind,
                "{delivered:?} {confirmed:?}"
            );
            assert_eq!(reminder(&confirmed, &delivered, &AlertPolicy::default(), hours(now)), None);
        };
        check((1, 0), (1, Down), 13, None);
        check((1, 0), (1, Down), 14, Some(AlertKind::StillDown));
        check((1, 0), (1, Degraded), 14, Some(AlertKind::StillDegraded));
        check((1, 1), (1, Down), 17, None);
        check((1, 1), (1, Down), 18, Some(AlertKind::StillDown));
        check((1, 9), (1, Down), 33, None);
        check((1, 9), (1, Down), 34, Some(AlertKind::StillDown));
        check((2, 0), (2, Up), 99, None);
        check((2, 0), (2, New), 99, None);
        check((1, 0), (3, Down), 99, None);
    }
}
