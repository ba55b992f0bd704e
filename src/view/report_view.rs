//! What a report over a period shows, as a plain value. Pure.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use super::{Figures, IncidentView, ReportPeriod, mean_time_between_failures_of, mean_time_to_recovery};
use crate::history::{Stretch, moment};
use crate::monitor::{MonitorId, Traits};
use crate::page::{MaintenanceTime, SloPercent};

/// As reports have it. A status page may have it otherwise.
pub const REPORT_RULE: MaintenanceTime = MaintenanceTime::Excluded;

/// One monitor over the period, with what it was called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportLine {
    pub id: MonitorId,
    pub name: Option<String>,
    /// The folder of its file, `""` at the root.
    pub group: String,
    pub team: Option<String>,
    pub tags: BTreeSet<String>,
    pub figures: Figures,
    /// In the order of time.
    pub incidents: Vec<IncidentView>,
}

/// A report. The renderers add no figure to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportView {
    pub period: ReportPeriod,
    pub window: Stretch,
    /// When the month was stored, which never changes again; `None` if it is not.
    pub stored_at: Option<Timestamp>,
    pub slo: Option<SloPercent>,
    /// By group and id.
    pub lines: Vec<ReportLine>,
    /// Monitors that have no result in the period.
    pub without_results: Vec<MonitorId>,
}

/// What several monitors add up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportTotals {
    pub monitors: usize,
    pub figures: Figures,
    pub outages: usize,
    pub recovery: Option<Duration>,
    pub between: Option<Duration>,
}

impl ReportLine {
    /// What a selector looks at.
    pub fn traits(&self) -> Traits<'_> {
        Traits {
            id: self.id.as_str(),
            group: &self.group,
            team: self.team.as_deref(),
            tags: self.tags.iter().map(String::as_str).collect(),
        }
    }

    pub fn has_results(&self) -> bool {
        let figures = &self.figures;
        figures.probes() + figures.unknown_probes() + figures.observed() + figures.confirmed_down > 0
    }
}

impl ReportView {
    pub fn new(
        period: ReportPeriod,
        window: Stretch,
        stored_at: Option<Timestamp>,
        slo: Option<SloPercent>,
        lines: Vec<ReportLine>,
    ) -> Self {
        let (mut lines, without): (Vec<_>, Vec<_>) = lines.into_iter().partition(ReportLine::has_results);
        lines.sort_by(|a, b| (&a.group, &a.id).cmp(&(&b.group, &b.id)));
        let mut without_results: Vec<_> = without.into_iter().map(|line| line.id).collect();
        without_results.sort();
        Self { period, window, stored_at, slo, lines, without_results }
    }

    /// The groups by name, each with its monitors.
    pub fn groups(&self) -> impl Iterator<Item = (&str, &[ReportLine])> {
        let groups = self.lines.chunk_by(|a, b| a.group == b.group);
        groups.filter_map(|lines| Some((lines.first()?.group.as_str(), lines)))
    }

    pub fn totals(&self) -> ReportTotals {
        ReportTotals::of(&self.lines)
    }

    /// The longest outages, the longest first.
    pub fn worst(&self, most: usize) -> Vec<(&ReportLine, &IncidentView)> {
        let until = self.until();
        let of_line = |line| move |incident| (line, incident);
        let mut all: Vec<(&ReportLine, &IncidentView)> =
            self.lines.iter().flat_map(|line| line.incidents.iter().map(of_line(line))).collect();
        all.sort_by_key(|(line, incident)| {
            (std::cmp::Reverse(incident.age(until)), incident.opened, line.id.clone())
        });
        all.truncate(most);
        all
    }

    /// What is open at the end of the period is as old as it was then.
    pub fn until(&self) -> Timestamp {
        moment(self.window.to)
    }
}

impl ReportTotals {
    pub fn of(lines: &[ReportLine]) -> Self {
        let incidents: Vec<_> = lines.iter().flat_map(|line| line.incidents.iter().cloned()).collect();
        Self {
            monitors: lines.len(),
            figures: Figures::sum(lines.iter().map(|line| &line.figures), REPORT_RULE),
            outages: incidents.len(),
            recovery: mean_time_to_recovery(&incidents),
            between: mean_time_between_failures_of(lines.iter().map(|line| line.incidents.as_slice())),
        }
    }
}
