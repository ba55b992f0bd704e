//! Rulings at the edges of time; what happens over whole runs is in the scenarios of `check`.

use std::time::Duration;

use jiff::Timestamp;

use super::times::{Suppression, cover};
use super::{Ruling, SuppressionFacts, SuppressionReason, rule};
use crate::alert::{Alert, AlertFacts, AlertKind, Route, RunPhase};
use crate::monitor::{ChannelId, Monitor, Span};
use crate::state::{Delivered, FirstPending, IncidentKey, Row};
use crate::transition::{Confirmed, Health};

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(minute * 60).expect("in range")
}

fn suppress(from: i64, to: i64) -> Suppression {
    let reason = SuppressionReason::Maintenance { reason: None, until: at(to) };
    Suppression { span: Span { from: at(from), to: at(to) }, reason }
}

#[test]
fn what_lies_inside_of_suppressions_that_touch_is_covered_and_a_gap_is_not() {
    for (spans, from, to, covered) in [
        (&[(0_i64, 10_i64)] as &[(i64, i64)], 0, 10, true),
        (&[(0, 10)], 2, 8, true),
        (&[(0, 10)], -1, 8, false),
        (&[(0, 10)], 2, 11, false),
        (&[(5, 10), (0, 5)], 2, 8, true),
        (&[(0, 8), (5, 10)], 2, 9, true),
        (&[(0, 4), (5, 10)], 2, 8, false),
        (&[(0, 10), (2, 3)], 1, 9, true),
        (&[], 2, 8, false),
    ] {
        let suppressions: Vec<_> = spans.iter().map(|(from, to)| suppress(*from, *to)).collect();
        assert_eq!(cover(&suppressions, at(from), at(to)), covered, "{spans:?} {from} {to}");
    }
}

#[test]
fn until_is_said_with_the_day_where_it_is_another_one() {
    let reason = |until| SuppressionReason::Maintenance { reason: Some("patching".to_owned()), until };
    assert_eq!(reason(at(90)).text(at(0)), "suppressed until 01:30 UTC: maintenance: patching");
    assert_eq!(reason(at(1530)).text(at(0)), "suppressed until 1970-01-02 01:30 UTC: maintenance: patching");
}

// Where an older version wrote the change, its beginning is unknown.
#[test]
fn what_began_at_an_unknown_time_is_never_discarded() {
    let mut monitor = Monitor::sample("payments", "https://payments.example");
    let hour = Duration::from_hours(1);
    let window = crate::monitor::Window::parse("1970-01-01T00:00", hour, "UTC", None, None);
    monitor.maintenance.push(window.expect("a window"));
    let incident_key = IncidentKey::next(None, &monitor.id, "incarnation", None);
    let mut row = Row {
        monitor: monitor.id.clone(),
        incarnation: "incarnation".to_owned(),
        incident_key: incident_key.clone(),
        revision: 3,
        confirmed: Confirmed { health: Health::Up, since: at(8), seq: 2, ..Confirmed::new(at(8)) },
        delivered: [(ChannelId::of_machine(), Delivered::new(0, Health::Up, at(-60)))].into(),
        first_pending: vec![FirstPending { seq: 1, since: at(4), incident_key: incident_key.clone() }],
        epoch: 1,
        why: String::new(),
        judged: String::new(),
        run: String::new(),
    };
    let ruling = |row: &Row, now| {
        let known = SuppressionFacts { monitor: &monitor, row: Some(row), judgement: None };
        let facts = AlertFacts { monitor: &monitor, row, judgement: None };
        let route = Route::plain(ChannelId::of_machine());
        let alert = Alert::pending(facts, &route, RunPhase::AfterProbes, now).expect("it is pending");
        assert_eq!(alert.kind, AlertKind::Over);
        rule(&known, &alert, &[], |_| None, (RunPhase::AfterProbes, now))
    };
    assert!(matches!(ruling(&row, at(10)), Ruling::Discard(_)));
    row.first_pending = Vec::new();
    assert!(matches!(ruling(&row, at(10)), Ruling::Suppress(SuppressionReason::Maintenance { .. })));
    assert_eq!(ruling(&row, at(60)), Ruling::Notify);
    // Of another time: the change after it was delivered long ago.
    row.first_pending = vec![FirstPending { seq: 2, since: at(4), incident_key }];
    assert_eq!(ruling(&row, at(60)), Ruling::Notify);
}
