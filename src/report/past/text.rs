//! The past of a monitor for people.

use std::fmt::Write as _;
use std::time::Duration;

use super::grid::grid;
use super::{MonitorHistory, RULE};
use crate::history::{HealthChange, Percentiles, moment as second};
use crate::monitor::{count, minute, moment, moments, rough_duration, rough_limit};
use crate::report::Surface;
use crate::report::fit::cut_end;
use crate::report::paint::{
    BAD, FAINT, GOOD, STRONG, WARN, column, health_style, health_word, latency, paint,
};
use crate::report::spoken::one_line;
use crate::transition::{Health, Unwatched};
use crate::view::{Figures, IncidentView, MonitorPast, printed};

/// Outages and changes that are listed of each.
const LISTED: usize = 20;

impl MonitorHistory {
    pub fn text(&self, surface: Surface) -> String {
        let mut text = self.head();
        text.push_str(&self.facts());
        text.push_str(&self.outages(surface));
        text.push_str(&self.changes(surface));
        text.push_str(&grid(self));
        text
    }

    fn head(&self) -> String {
        let past = &self.past;
        let name = self.name.as_ref().map(|name| format!(" ({})", one_line(name))).unwrap_or_default();
        let health = past.health.map_or_else(
            || paint(FAINT, "never checked"),
            |(health, since)| {
                let lasting = rough_duration(crate::monitor::age(since, self.now));
                format!("{} for {lasting}", paint(health_style(health), &health_word(health)))
            },
        );
        let window = moments(second(past.window.from), second(past.window.to));
        format!("{}{name}  {health}\n{}\n\n", paint(STRONG, past.monitor.as_str()), paint(FAINT, &window))
    }

    fn facts(&self) -> String {
        let figures = self.past.figures(RULE);
        if figures.probes() == 0 && figures.unknown_probes() == 0 && figures.confirmed_down == 0 {
            return "No results in this time.\n".to_owned();
        }
        let mut text = String::new();
        let mut fact = |name: &str, value: String| {
            let _ = writeln!(text, "{} {value}", column(FAINT, name, 11));
        };
        fact("available", format!("{}{}", printed(figures.availability()), downtime(&figures)));
        if figures.confirmed_degraded > 0 {
            fact("degraded", rough_limit(Duration::from_secs(figures.confirmed_degraded)));
        }
        if let Some(share) = figures.low_observed_share() {
            fact("observed", paint(WARN, &format!("{share} of the time")));
        }
        if figures.maintenance() > 0 {
            let lasted = rough_duration(Duration::from_secs(figures.maintenance()));
            fact("maintenance", format!("{lasted}, which does not count"));
        }
        let unknown = match figures.unknown_probes() {
            0 => String::new(),
            unknown => format!(", {unknown} unknown"),
        };
        fact("probes", format!("{} of {} passed{unknown}", figures.passed(), figures.probes()));
        let Percentiles { p50, p95, p99, max } = figures.percentiles;
        let latencies = [("p50", p50), ("p95", p95), ("p99", p99), ("max", max)];
        let latencies: Vec<_> = latencies
            .into_iter()
            .filter_map(|(name, known)| known.map(|known| format!("{name} {}", latency(known))))
            .collect();
        if !latencies.is_empty() {
            fact("latency", latencies.join(", "));
        }
        let recovery = self.past.mean_time_to_recovery().map(|mean| format!("MTTR {}", rough_limit(mean)));
        let between =
            self.past.mean_time_between_failures().map(|mean| format!("MTBF {}", rough_duration(mean)));
        let averages: Vec<_> = recovery.into_iter().chain(between).collect();
        if !averages.is_empty() {
            fact("recovery", averages.join(", "));
        }
        text
    }

    fn outages(&self, surface: Surface) -> String {
        let incidents = &self.past.incidents;
        if incidents.is_empty() {
            return String::new();
        }
        let mut text = format!("\n{}\n", paint(FAINT, "OUTAGES"));
        let hidden = incidents.len().saturating_sub(LISTED);
        text.push_str(&left_out(hidden, "outage"));
        let shown = incidents.get(hidden..).unwrap_or_default();
        let lasted: Vec<_> = shown.iter().map(|incident| self.lasted(incident)).collect();
        let width = lasted.iter().map(|lasted| lasted.chars().count()).max().unwrap_or_default();
        for (incident, lasted) in shown.iter().zip(&lasted) {
            let start = format!("{}  {lasted:<width$}  ", minute(incident.opened));
            let cause = fitted(&one_line(&incident.cause), start.chars().count(), surface);
            let style = if incident.closed.is_none() { BAD } else { FAINT };
            let _ = writeln!(text, "{start}{}", paint(style, &cause));
        }
        text
    }

    fn lasted(&self, incident: &IncidentView) -> String {
        let lasted = rough_limit(incident.age(self.now));
        match (incident.closed, incident.unwatched) {
            (None, _) => format!("{lasted} so far"),
            (Some(_), None) => lasted,
            (Some(_), Some(Unwatched::Disabled)) => format!("{lasted}, then disabled"),
            (Some(_), Some(Unwatched::Removed)) => format!("{lasted}, then removed"),
        }
    }

    fn changes(&self, surface: Surface) -> String {
        let changes: Vec<_> = self.past.changes_in_window().collect();
        if changes.is_empty() {
            return String::new();
        }
        let mut text = format!("\n{}\n", paint(FAINT, "CHANGES"));
        let hidden = changes.len().saturating_sub(LISTED);
        text.push_str(&left_out(hidden, "change"));
        for change in changes.get(hidden..).unwrap_or_default() {
            let start = format!("{}  ", moment(change.at));
            let _ = writeln!(text, "{start}{}", turned(change, start.chars().count(), surface));
        }
        text
    }
}

/// `99.22 % available, down 22m19s, 1 outage`; empty if nothing is known of the time.
pub fn availability_line(past: &MonitorPast) -> String {
    let figures = past.figures(RULE);
    if figures.observed() == 0 && past.incidents.is_empty() {
        return String::new();
    }
    let outages = match past.incidents.len() {
        0 => String::new(),
        outages => format!("; {}", count(outages, "outage")),
    };
    format!("{} available{}{outages}", printed(figures.availability()), downtime(&figures))
}

/// What stands behind the availability; empty without an outage.
fn downtime(figures: &Figures) -> String {
    let lasted = |seconds| rough_limit(Duration::from_secs(seconds));
    match (figures.down(), figures.confirmed_down) {
        (0, 0) => String::new(),
        (down, confirmed) if down == confirmed => format!(", down {}", lasted(down)),
        (down, confirmed) => format!(
            ", down {}; of {} in outages, the rest was maintenance or not observed",
            lasted(down),
            lasted(confirmed)
        ),
    }
}

/// `UP → DOWN  HTTP 503, expected 200`, behind `before` characters of a line.
pub fn turned(change: &HealthChange, before: usize, surface: Surface) -> String {
    let words = format!("{} → {}", health_word(change.from), health_word(change.to));
    let width = "DEGRADED → DOWN".chars().count();
    let style = match change.to {
        Health::Up => GOOD,
        Health::New | Health::Degraded | Health::Down => health_style(change.to),
    };
    let said = fitted(&why(change), before + width + 2, surface);
    format!("{}  {}", column(style, &words, width), paint(FAINT, &said)).trim_end().to_owned()
}

/// What there is to say of a change: why, or how long the outage lasted that it ends.
fn why(change: &HealthChange) -> String {
    let ended = change.incident.as_ref().and_then(|incident| {
        let lasted = rough_limit(crate::monitor::age(incident.opened, incident.closed?));
        Some(match change.unwatched {
            None => format!("after {lasted}"),
            Some(Unwatched::Disabled) => format!("disabled after {lasted}"),
            Some(Unwatched::Removed) => format!("removed after {lasted}"),
        })
    });
    let said: Vec<_> =
        ended.into_iter().chain((!change.why.is_empty()).then(|| one_line(&change.why))).collect();
    said.join(", ")
}

fn fitted(text: &str, before: usize, surface: Surface) -> String {
    match surface {
        Surface::Plain => text.to_owned(),
        Surface::Terminal(columns) => cut_end(text, columns.saturating_sub(before)),
    }
}

/// A line for those before the first that is listed.
pub fn left_out(hidden: usize, noun: &str) -> String {
    if hidden == 0 {
        return String::new();
    }
    let line = format!("{} before these; --format json has all", count(hidden, noun));
    format!("{}\n", paint(FAINT, &line))
}
