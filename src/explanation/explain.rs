//! Everything there is to say of one monitor.

use std::time::Duration;

use jiff::Timestamp;

use super::facts::{ExplanationFacts, Membership};
use super::page::{NextAlert, page};
use super::prospect::{NextRun, next_run};
use crate::alert::{AlertFacts, AlertKind, RunPhase, next_reminder};
use crate::monitor::{ChannelName, MonitorId, Span};
use crate::plan::{best_time_to_alert, worst_time_to_alert};
use crate::simulation::{Actor, Notice, Stage};
use crate::state::{Decider, Delivered, Row, let_go};
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
    /// What each channel knows, once there is a row; in the order of their names.
    pub channels: Vec<ChannelExplanation>,
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

/// What a channel knows of the monitor.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelExplanation {
    pub name: ChannelName,
    pub delivered: Delivered,
    /// The pending alert, and whether the next run sends it.
    pub pending: Option<Pending>,
    /// The reminder that comes next if nothing changes.
    pub reminder: Option<(AlertKind, Timestamp)>,
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
        channels: row.map(|row| channels(facts, row, find)).unwrap_or_default(),
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

/// What each channel knows; of a monitor that is not watched, what is pending once the next run has let it go.
fn channels<'a>(
    facts: &ExplanationFacts<'_>,
    row: &Row,
    find: impl Fn(&MonitorId) -> Option<SuppressionFacts<'a>>,
) -> Vec<ChannelExplanation> {
    let ExplanationFacts { subject, membership, silences, environment, now, .. } = facts;
    let after = match membership {
        Membership::Watched => row.clone(),
        Membership::Unwatched(why) => {
            let by = Decider { holder: "next", epoch: row.epoch.saturating_add(1), now: *now };
            let_go(by, row, *why).map_or_else(|| row.clone(), |write| write.row().clone())
        }
    };
    let Actor { monitor, judged: _, routes } = subject;
    let alert_facts = AlertFacts { monitor, row: &after, judgement: None };
    let known = SuppressionFacts { monitor, row: Some(&after), judgement: None };
    let moment = (RunPhase::AfterProbes, *now);
    let alerts = routes.alerts(alert_facts, RunPhase::AfterProbes, *now);
    let explained = routes.to.iter().chain(&routes.left).map(|route| {
        let delivered = row.delivered_to(&route.channel.in_row_of(&monitor.id));
        let reminder = match membership {
            Membership::Watched => next_reminder(&row.confirmed, &delivered, &monitor.alert, *now),
            Membership::Unwatched(_) => None,
        };
        let alert = alerts.iter().find(|alert| alert.route.channel == route.channel);
        let pending = alert.map(|alert| Pending {
            notice: Notice::of(alert, *environment, *now),
            ruling: rule(&known, alert, silences, &find, moment),
        });
        ChannelExplanation { name: route.channel.name.clone(), delivered, pending, reminder }
    });
    let mut explained: Vec<_> = explained.collect();
    explained.sort_by(|a, b| a.name.cmp(&b.name));
    explained
}
