//! The past of one monitor over a window of time. Pure.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Figures, IncidentView, incidents, mean_time_between_failures, mean_time_to_recovery};
use crate::history::{HealthChange, HealthTimeline, Stretch, Sum, moment};
use crate::monitor::MonitorId;
use crate::page::MaintenanceTime;
use crate::transition::{Confirmed, Health};

/// What was read of one monitor, and what it adds up to.
#[derive(Debug, Clone, PartialEq)]
pub struct MonitorPast {
    pub monitor: MonitorId,
    /// As it is now, and since when; `None` if no run ever saw it.
    pub health: Option<(Health, Timestamp)>,
    pub window: Stretch,
    /// The hours or days of the window, in the order of time.
    pub parts: BTreeMap<Stretch, Sum>,
    /// Those that began in the window or before it as far as an incident of the window reaches back, in the order of time.
    pub changes: Vec<HealthChange>,
    /// Those that lasted in the window, in the order of time.
    pub incidents: Vec<IncidentView>,
    /// Those, and what is known of earlier ones.
    known: Vec<IncidentView>,
    timeline: HealthTimeline,
}

impl MonitorPast {
    /// `changes` in the order of time; they may reach back before the window.
    pub fn new(
        monitor: MonitorId,
        confirmed: Option<&Confirmed>,
        window: Stretch,
        parts: BTreeMap<Stretch, Sum>,
        changes: Vec<HealthChange>,
        timeline: HealthTimeline,
    ) -> Self {
        let lasted = |incident: &IncidentView| {
            let closed = incident.closed.unwrap_or(Timestamp::MAX);
            closed > moment(window.from) && incident.opened < moment(window.to)
        };
        let known = incidents(&changes, confirmed);
        let incidents = known.iter().filter(|incident| lasted(incident)).cloned().collect();
        let health = confirmed.map(|confirmed| (confirmed.health, confirmed.since));
        Self { monitor, health, window, parts, changes, incidents, known, timeline }
    }

    /// The figures of the whole window. Its percentiles are exact only if the latencies were asked for.
    pub fn figures(&self, rule: MaintenanceTime) -> Figures {
        let mut whole = Sum::default();
        self.parts.values().for_each(|part| whole.add(part));
        Figures::new(self.window, &whole, &self.timeline, rule)
    }

    /// The figures of the hours or days of the window that begin at `from` or later.
    pub fn figures_since(&self, from: i64, rule: MaintenanceTime) -> Figures {
        let mut sum = Sum::default();
        let first = Stretch { from, to: i64::MIN };
        self.parts.range(first..).for_each(|(_, part)| sum.add(part));
        Figures::new(Stretch { from, to: self.window.to }, &sum, &self.timeline, rule)
    }

    /// The figures of one hour or day of the window.
    pub fn figures_of(&self, part: Stretch, rule: MaintenanceTime) -> Figures {
        let nothing = Sum::default();
        Figures::new(part, self.parts.get(&part).unwrap_or(&nothing), &self.timeline, rule)
    }

    /// Incidents of the window, and those before it that were read for its sake, in the order of time.
    pub fn known_incidents(&self) -> &[IncidentView] {
        &self.known
    }

    pub fn timeline(&self) -> &HealthTimeline {
        &self.timeline
    }

    /// Changes of the window itself.
    pub fn changes_in_window(&self) -> impl Iterator<Item = &HealthChange> {
        let (from, to) = (moment(self.window.from), moment(self.window.to));
        self.changes.iter().filter(move |change| (from..to).contains(&change.at))
    }

    pub fn mean_time_to_recovery(&self) -> Option<std::time::Duration> {
        mean_time_to_recovery(&self.incidents)
    }

    pub fn mean_time_between_failures(&self) -> Option<std::time::Duration> {
        mean_time_between_failures(&self.incidents)
    }
}
