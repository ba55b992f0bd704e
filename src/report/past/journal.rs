//! The journal: every change of health of every monitor, the newest last.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::json::{FORMAT_VERSION, change_json};
use super::text::turned;
use crate::history::{HealthChange, StoredReason, Stretch, moment};
use crate::monitor::{count, minute};
use crate::report::Surface;
use crate::report::csv::{CsvCell, csv};
use crate::report::figures_json::ends;
use crate::report::fit::cut_middle;
use crate::report::paint::{FAINT, STRONG, paint};
use crate::transition::Unwatched;

/// Characters of an id, so that a reason is seen beside it.
const ID: usize = 24;

const HEAD: [&str; 10] =
    ["at", "monitor", "from", "to", "reason", "why", "incident", "opened_at", "closed_at", "unwatched"];

/// The changes of a window.
#[derive(Debug, Clone)]
pub struct JournalReport {
    pub window: Stretch,
    /// In the order of time.
    pub changes: Vec<HealthChange>,
}

impl JournalReport {
    pub fn text(&self, surface: Surface) -> String {
        let since = minute(moment(self.window.from));
        if self.changes.is_empty() {
            return format!("No change of health since {since}.\n");
        }
        let longest =
            self.changes.iter().map(|change| change.monitor.as_str().len()).max().unwrap_or_default();
        let width = match surface {
            Surface::Plain => longest,
            Surface::Terminal(_) => longest.min(ID),
        };
        let mut text = String::new();
        let mut day = None;
        for change in &self.changes {
            let of_change = date(change.at);
            if day != Some(of_change) {
                let space = if day.is_some() { "\n" } else { "" };
                let _ = writeln!(text, "{space}{}", paint(STRONG, &of_change.to_string()));
                day = Some(of_change);
            }
            let id = cut_middle(change.monitor.as_str(), width);
            let start = format!("{}  {id:<width$}  ", change.at.strftime("%H:%M:%S"));
            let _ = writeln!(text, "{start}{}", turned(change, start.chars().count(), surface));
        }
        let monitors: BTreeSet<_> = self.changes.iter().map(|change| &change.monitor).collect();
        let changes = count(self.changes.len(), "change");
        let line = format!("{changes} of {} since {since}", count(monitors.len(), "monitor"));
        let _ = writeln!(text, "\n{}", paint(FAINT, &line));
        text
    }

    pub fn json(&self) -> Value {
        let [from, to] = ends(self.window);
        json!({
            "format_version": FORMAT_VERSION,
            "from": from,
            "to": to,
            "changes": self.changes.iter().map(change_json).collect::<Vec<_>>(),
        })
    }

    pub fn csv(&self) -> String {
        let rows = self.changes.iter().map(|change| {
            let HealthChange { monitor, seq: _, at, from, to, incident, why, reason, unwatched } = change;
            let incident = incident.as_ref();
            let closed = incident.and_then(|incident| incident.closed);
            [
                CsvCell::text(at.to_string()),
                CsvCell::text(monitor.as_str()),
                CsvCell::text(from.as_str()),
                CsvCell::text(to.as_str()),
                CsvCell::maybe_text(reason.map(StoredReason::word)),
                CsvCell::text(why.as_str()),
                CsvCell::maybe_count(incident.map(|incident| incident.n)),
                CsvCell::maybe_text(incident.map(|incident| incident.opened.to_string())),
                CsvCell::maybe_text(closed.map(|closed| closed.to_string())),
                CsvCell::maybe_text(unwatched.map(Unwatched::as_str)),
            ]
        });
        csv(HEAD, rows)
    }
}

fn date(at: Timestamp) -> jiff::civil::Date {
    at.to_zoned(TimeZone::UTC).date()
}
