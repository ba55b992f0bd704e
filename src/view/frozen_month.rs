//! A finished month as it is stored: everything that a report over it shows, of all monitors. Pure.
//!
//! It is JSON with a version of its own, so that a later version shows the same figures.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::report_view::{REPORT_RULE, ReportLine};
use super::{Figures, IncidentView};
use crate::history::{StoredReason, Totals};
use crate::monitor::MonitorId;
use crate::transition::Unwatched;

const FORMAT: u32 = 1;

/// A month that never changes again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrozenMonth {
    pub stored_at: Timestamp,
    pub lines: Vec<ReportLine>,
}

/// Why a stored month does not read.
#[derive(Debug, thiserror::Error)]
pub enum FrozenMonthError {
    #[error("it has the format {0}, and this version reads up to {FORMAT}")]
    Newer(u32),
    #[error("it is damaged")]
    Damaged(#[from] serde_json::Error),
    #[error("it is damaged: {0} is no value of it")]
    Value(String),
}

#[derive(Deserialize)]
struct StoredFormat {
    format: u32,
}

#[derive(Serialize, Deserialize)]
struct StoredMonth {
    format: u32,
    /// In milliseconds, as all times.
    stored_at: i64,
    monitors: Vec<StoredLine>,
}

#[derive(Serialize, Deserialize)]
struct StoredLine {
    id: String,
    name: Option<String>,
    group: String,
    team: Option<String>,
    tags: BTreeSet<String>,
    window: u64,
    totals: Totals,
    confirmed_down: u64,
    confirmed_degraded: u64,
    incidents: Vec<StoredIncident>,
}

#[derive(Serialize, Deserialize)]
struct StoredIncident {
    n: u64,
    opened: i64,
    closed: Option<i64>,
    cause: String,
    reason: Option<u8>,
    unwatched: Option<String>,
}

impl FrozenMonth {
    pub fn to_bytes(&self) -> Result<Vec<u8>, FrozenMonthError> {
        let monitors = self.lines.iter().map(StoredLine::of).collect();
        let stored = StoredMonth { format: FORMAT, stored_at: self.stored_at.as_millisecond(), monitors };
        Ok(serde_json::to_vec(&stored)?)
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FrozenMonthError> {
        let StoredFormat { format } = serde_json::from_slice(bytes)?;
        if format > FORMAT {
            return Err(FrozenMonthError::Newer(format));
        }
        let StoredMonth { format: _, stored_at, monitors } = serde_json::from_slice(bytes)?;
        let lines = monitors.into_iter().map(StoredLine::into_line).collect::<Result<_, _>>()?;
        Ok(Self { stored_at: time(stored_at)?, lines })
    }
}

impl StoredLine {
    fn of(line: &ReportLine) -> Self {
        let ReportLine { id, name, group, team, tags, figures, incidents } = line;
        Self {
            id: id.to_string(),
            name: name.clone(),
            group: group.clone(),
            team: team.clone(),
            tags: tags.clone(),
            window: figures.window,
            totals: figures.totals(),
            confirmed_down: figures.confirmed_down,
            confirmed_degraded: figures.confirmed_degraded,
            incidents: incidents.iter().map(StoredIncident::of).collect(),
        }
    }

    fn into_line(self) -> Result<ReportLine, FrozenMonthError> {
        let Self {
            id,
            name,
            group,
            team,
            tags,
            window,
            totals,
            confirmed_down,
            confirmed_degraded,
            incidents,
        } = self;
        Ok(ReportLine {
            id: MonitorId::parse(&id).map_err(|_| FrozenMonthError::Value(id))?,
            name,
            group,
            team,
            tags,
            figures: Figures::of_totals(window, totals, (confirmed_down, confirmed_degraded), REPORT_RULE),
            incidents: incidents.into_iter().map(StoredIncident::into_view).collect::<Result<_, _>>()?,
        })
    }
}

impl StoredIncident {
    fn of(incident: &IncidentView) -> Self {
        let IncidentView { n, opened, closed, cause, reason, unwatched } = incident;
        Self {
            n: *n,
            opened: opened.as_millisecond(),
            closed: closed.map(Timestamp::as_millisecond),
            cause: cause.clone(),
            reason: reason.map(StoredReason::number),
            unwatched: unwatched.map(|why| why.as_str().to_owned()),
        }
    }

    fn into_view(self) -> Result<IncidentView, FrozenMonthError> {
        let Self { n, opened, closed, cause, reason, unwatched } = self;
        Ok(IncidentView {
            n,
            opened: time(opened)?,
            closed: closed.map(time).transpose()?,
            cause,
            reason: reason.and_then(StoredReason::from_number),
            unwatched: unwatched.and_then(|word| Unwatched::parse(&word)),
        })
    }
}

fn time(millis: i64) -> Result<Timestamp, FrozenMonthError> {
    Timestamp::from_millisecond(millis).map_err(|_| FrozenMonthError::Value(millis.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{HealthTimeline, Latencies, Stretch, Sum, Totals};

    fn month() -> FrozenMonth {
        let totals = Totals { passed: 9, failed: 1, observed: 80, down: 7, ..Totals::default() };
        let sum = Sum::new(totals, Latencies::default());
        let window = Stretch { from: 0, to: 100 };
        let incident = IncidentView {
            n: 3,
            opened: Timestamp::from_millisecond(1_234).expect("a time"),
            closed: None,
            cause: "HTTP 503 \"=1\"".to_owned(),
            reason: StoredReason::from_number(1),
            unwatched: Some(Unwatched::Removed),
        };
        let line = ReportLine {
            id: MonitorId::parse("shop").expect("an id"),
            name: Some("Shop".to_owned()),
            group: "web".to_owned(),
            team: None,
            tags: BTreeSet::from(["eu".to_owned()]),
            figures: Figures::new(window, &sum, &HealthTimeline::default(), REPORT_RULE),
            incidents: vec![incident],
        };
        FrozenMonth { stored_at: Timestamp::UNIX_EPOCH, lines: vec![line] }
    }

    #[test]
    fn a_month_reads_back_as_it_was_stored() {
        let bytes = month().to_bytes().expect("it writes");
        assert_eq!(FrozenMonth::from_bytes(&bytes).expect("it reads"), month());
    }

    #[test]
    fn a_newer_month_and_a_damaged_one_are_errors() {
        let newer = FrozenMonth::from_bytes(br#"{"format": 2, "months": []}"#);
        assert!(matches!(newer, Err(FrozenMonthError::Newer(2))));
        let bytes = month().to_bytes().expect("it writes");
        assert!(FrozenMonth::from_bytes(&bytes[..bytes.len() - 1]).is_err());
        let text = String::from_utf8(bytes).expect("JSON").replace("\"shop\"", "\"a b\"");
        assert!(matches!(FrozenMonth::from_bytes(text.as_bytes()), Err(FrozenMonthError::Value(_))));
    }
}
