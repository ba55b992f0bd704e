//! Everything there is to say of one monitor.

use std::time::Duration;

use jiff::Timestamp;

use super::facts::{ExplanationFacts, Membership};
use super::page::{NextAlert, page};
use super::prospect::{NextRun, next_run};
use crate::alert::{Alert, AlertFacts, AlertKind, RunPhase, next_reminder};
use crate::monitor::{MonitorId, Span};
use crate::plan::{best_time_to_alert, worst_time_to_alert};
use crate::simulation::{Actor, Notice, Stage};
use crate::state::{Decider, Row, let_go};
use crate::suppress::{Ruling, SuppressionFacts, SuppressionReason, next_window, reasons, rule};
use crate::transition::{StreakProgress, Thresholds, progress};

/// The answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    pub membership: Membership,
    /// As it is stored; `None` before the first run.
    pub row: Option<Row>,
    /// What is being counted.
    pub progress: Option<StreakProgress>,
    /// The pending alert, and whether the next run sends it.
    pub pending: Option<Pending>,
    /// The reminder that comes next if nothing changes.
    pub reminder: Option<(AlertKind, Timestamp)>,
    /// Until when it is flapping, unless it changes again.
    pub flapping_until: Option<Timestamp>,
    /// Everything that would suppress an alert now.
    pub suppressions: Vec<SuppressionReason>,
    pub next_window: Option<(Span, Option<String>)>,
    /// `None` if it is not watched.
    pub next: Option<NextRun>,
    pub page: Option<NextAlert>,
    /// The shortest and the longest time from the begin of an outage to the message, with nothing in its way.
    pub time_to_page: (Duration, Duration),
}

/// A pending alert.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    pub notice: Notice,
    pub ruling: Ruling,
}

/// Explains it.
pub fn explain(facts: &ExplanationFacts<'_>) -> Explanation {
    let ExplanationFacts {
        subject,
        membership,
        others,
        rows,
        silences,
        backlog: _,
        period,
        environment: _,
        now,
    } = facts;
    let monitor = subject.monitor;
    let row_of = |id: &MonitorId| rows.iter().find(|row| row.monitor == *id);
    let row = row_of(&monitor.id);
    let find = |id: &MonitorId| {
        let monitors = others.iter().map(|other| other.monitor).chain([monitor]);
        let found = monitors.into_iter().find(|monitor| monitor.id == *id)?;
        Some(SuppressionFacts { monitor: found, row: row_of(id), judgement: None })
    };
    let watched = match membership {
        Membership::Watched => true,
        Membership::Unwatched(_) => false,
    };
    let known = SuppressionFacts { monitor, row, judgement: None };
    let stage = || Stage::new(others.iter().chain([subject]).cloned(), rows.clone(), silences);
    Explanation {
        membership: *membership,
        row: row.cloned(),
        progress: row.and_then(|row| progress(Thresholds::of(&monitor.alert), &row.confirmed)),
        pending: row.and_then(|row| pending(facts, row, find)),
        reminder: row
            .filter(|_| watched)
            .and_then(|row| next_reminder(&row.confirmed, &row.delivered, &monitor.alert, *now)),
        flapping_until: row
            .filter(|row| row.confirmed.recent_changes.flapping(*now).is_some())
            .and_then(|row| row.confirmed.recent_changes.stable_at()),
        suppressions: if watched { reasons(&known, silences, find, *now) } else { Vec::new() },
        next_window: next_window(monitor, *now)
            .filter(|_| watched)
            .map(|(span, reason)| (span, reason.map(str::to_owned))),
        next: watched.then(|| next_run(facts, row, &stage())),
        page: watched.then(|| page(facts, row, stage())),
        time_to_page: (best_time_to_alert(monitor, *period), worst_time_to_alert(monitor, *period)),
    }
}

/// The pending alert of the row; of a monitor that is not watched, once the next run has let it go.
fn pending<'a>(
    facts: &ExplanationFacts<'_>,
    row: &Row,
    find: impl Fn(&MonitorId) -> Option<SuppressionFacts<'a>>,
) -> Option<Pending> {
    let ExplanationFacts { subject, membership, silences, environment, now, .. } = facts;
    let row = match membership {
        Membership::Watched => row.clone(),
        Membership::Unwatched(why) => {
            let by = Decider { holder: "next", epoch: row.epoch.saturating_add(1), now: *now };
            let_go(by, row, *why).map_or_else(|| row.clone(), |write| write.row().clone())
        }
    };
    let Actor { monitor, judged: _, topic } = subject;
    let alert_facts = AlertFacts { monitor, row: &row, judgement: None };
    let alert = Alert::pending(alert_facts, topic.clone(), RunPhase::AfterProbes, *now)?;
    let known = SuppressionFacts { monitor, row: Some(&row), judgement: None };
    let ruling = rule(&known, alert.kind, silences, find, (RunPhase::AfterProbes, *now));
    Some(Pending { notice: Notice::of(&alert, *environment, *now), ruling })
}
