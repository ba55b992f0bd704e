//! The cells of a report, the same in every format for people.

use std::time::Duration;

use crate::monitor::{rough_duration, rough_limit};
use crate::page::SloPercent;
use crate::view::{
    Figures, ReportLine, ReportTotals, ReportView, mean_time_between_failures, mean_time_to_recovery, printed,
};

/// A column beside the monitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportColumn {
    Available,
    Down,
    Outages,
    Recovery,
    Between,
    Passed,
    Observed,
    Budget(SloPercent),
}

/// A row: the figures of a monitor or of several.
#[derive(Debug, Clone, Copy)]
pub struct ReportRow<'a> {
    figures: &'a Figures,
    outages: usize,
    recovery: Option<Duration>,
    between: Option<Duration>,
}

impl ReportColumn {
    pub fn title(self) -> &'static str {
        match self {
            Self::Available => "Available",
            Self::Down => "Down",
            Self::Outages => "Outages",
            Self::Recovery => "MTTR",
            Self::Between => "MTBF",
            Self::Passed => "Passed",
            Self::Observed => "Observed",
            Self::Budget(_) => "Budget",
        }
    }

    /// The columns of a report: the observed share only if one of it is low, the budget only with an objective.
    pub fn of(view: &ReportView) -> Vec<Self> {
        let is_low = |line: &ReportLine| line.figures.low_observed_share().is_some();
        let observed = view.lines.iter().any(is_low).then_some(Self::Observed);
        let always =
            [Self::Available, Self::Down, Self::Outages, Self::Recovery, Self::Between, Self::Passed];
        always.into_iter().chain(observed).chain(view.slo.map(Self::Budget)).collect()
    }
}

impl<'a> ReportRow<'a> {
    pub fn of_line(line: &'a ReportLine) -> Self {
        Self {
            figures: &line.figures,
            outages: line.incidents.len(),
            recovery: mean_time_to_recovery(&line.incidents),
            between: mean_time_between_failures(&line.incidents),
        }
    }

    pub fn of_totals(totals: &'a ReportTotals) -> Self {
        let ReportTotals { monitors: _, figures, outages, recovery, between } = totals;
        Self { figures, outages: *outages, recovery: *recovery, between: *between }
    }

    pub fn cell(&self, column: ReportColumn) -> String {
        let Self { figures, outages, recovery, between } = *self;
        match column {
            ReportColumn::Available => printed(figures.availability()),
            ReportColumn::Down => downtime(figures),
            ReportColumn::Outages => outages.to_string(),
            ReportColumn::Recovery => recovery.map_or_else(none, rough_limit),
            ReportColumn::Between => between.map_or_else(none, rough_duration),
            ReportColumn::Passed => format!("{} of {}", figures.passed(), figures.probes()),
            ReportColumn::Observed => {
                figures.low_observed_share().map_or_else(none, |share| share.to_string())
            }
            ReportColumn::Budget(slo) => budget(figures.error_budget_millis(slo)),
        }
    }
}

fn none() -> String {
    "–".to_owned()
}

pub fn downtime(figures: &Figures) -> String {
    rough_limit(Duration::from_secs(figures.down()))
}

/// What is left is rounded down, and what is exceeded up.
pub fn budget(millis: i64) -> String {
    let duration = Duration::from_millis(millis.unsigned_abs());
    if millis < 0 { format!("-{}", rough_limit(duration)) } else { rough_duration(duration) }
}
