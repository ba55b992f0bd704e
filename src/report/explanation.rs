//! Why a monitor is as it is and what comes next, for people and for programs.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::bars::{full_bar, spark};
use super::beats::BeatStatus;
use super::paint::{BAD, FAINT, STRONG, WARN, column, health_style, health_word, latency, paint};
use super::past::availability_line;
use super::spoken::one_line;
use super::workflow::inert;
use crate::explanation::{ChannelExplanation, Explanation, Membership, NextAlert, Pending, Prospect};
use crate::history::{InMaintenance, Sample};
use crate::monitor::{
    ChannelName, Monitor, Origin, age, count, format_duration, marked, moment_near, moments_near,
    rough_duration, rough_limit,
};
use crate::simulation::Notice;
use crate::state::{LastOk, Row};
use crate::suppress::{Ruling, SuppressionReason};
use crate::transition::{Health, Incident, StreakProgress, Unwatched};
use crate::verdict::Verdict;
use crate::view::MonitorPast;

/// Where values begin.
const LABEL: usize = 9;

/// Everything that `explain` shows.
#[derive(Debug, Clone)]
pub struct ExplanationReport<'a> {
    pub monitor: &'a Monitor,
    /// `None` if it was put into the table by hand.
    pub owner: Option<&'a str>,
    /// Where its alerts go.
    pub channels: Vec<NotifiedChannel>,
    pub explanation: Explanation,
    /// The last results with when their run began, oldest first; `None` if the history cannot be read.
    pub samples: Option<Vec<(Timestamp, Sample)>>,
    /// Of a program that beats; `None` also if its beats cannot be read.
    pub beats: Option<BeatStatus>,
    /// The last 30 days; `None` if the history cannot be read.
    pub past: Option<MonitorPast>,
    pub last_run: Option<LastOk>,
    /// No run came to its end for too long.
    pub is_stale: bool,
    pub now: Timestamp,
    /// What could not be read, a sentence each.
    pub problems: Vec<String>,
}

/// A channel that the monitor notifies.
#[derive(Debug, Clone)]
pub struct NotifiedChannel {
    pub name: ChannelName,
    /// What the name stands for.
    pub target: String,
    /// Whether no setting defines the name, so that its alerts go to the default channel.
    pub is_unknown: bool,
}

impl ExplanationReport<'_> {
    pub fn text(&self) -> String {
        let mut text = self.heading();
        let mut line = |label: &str, value: &str| {
            let _ = writeln!(text, "{} {value}", column(STRONG, label, LABEL));
        };
        for (label, value) in self.present() {
            line(label, &value);
        }
        for (number, value) in self.suppressions().iter().enumerate() {
            line(if number == 0 { "alerts" } else { "" }, value);
        }
        if let Some(next) = &self.explanation.next {
            let looks =
                if self.monitor.ask.beat_rule().is_some() { "looks at its beats" } else { "probes it" };
            line("next run", &format!("{looks} {}", self.moment(next.at)));
            for prospect in &next.prospects {
                for (number, said) in self.prospect(prospect).iter().enumerate() {
                    let verdict = prospect.verdict.as_str();
                    let head = if number == 0 { format!("if {verdict}") } else { String::new() };
                    line("", &format!("{} {said}", column(FAINT, &head, 11)));
                }
            }
        }
        for (number, said) in self.page().iter().enumerate() {
            line(if number == 0 { "page" } else { "" }, said);
        }
        for problem in &self.problems {
            let _ = writeln!(text, "{} {}", paint(WARN, "warning:"), marked(problem.clone()));
        }
        inert(text)
    }

    fn heading(&self) -> String {
        let Monitor { id, name, description, team, runbook, origin, alert, .. } = self.monitor;
        let row = self.explanation.row.as_ref();
        let health = row.map_or(Health::New, |row| row.confirmed.health);
        let (word, style) = match self.explanation.membership {
            Membership::Watched => (health_word(health), health_style(health)),
            Membership::Unwatched(Unwatched::Disabled) => {
                ("not watched: disabled (`enabled: false`)".to_owned(), WARN)
            }
            Membership::Unwatched(Unwatched::Removed) => ("not watched: removed by sync".to_owned(), WARN),
        };
        let since = match (self.explanation.membership, row) {
            (Membership::Watched, Some(row)) => {
                format!(" since {} ({})", self.clock(row.confirmed.since), self.age(row.confirmed.since))
            }
            (Membership::Watched, None) => ", not checked yet".to_owned(),
            (Membership::Unwatched(_), _) => String::new(),
        };
        let mut text = format!("{}  {}{since}\n", paint(STRONG, id.as_str()), paint(style, &word));
        let owner = self
            .owner
            .map_or("no owner: added to the table by hand".to_owned(), |owner| format!("owner {owner}"));
        let channel = |NotifiedChannel { name, target, is_unknown }: &NotifiedChannel| {
            let unknown = if *is_unknown { ", because no setting defines the name" } else { "" };
            if target == name.as_str() { target.clone() } else { format!("{name} ({target}{unknown})") }
        };
        let channels: Vec<_> = self.channels.iter().map(channel).collect();
        let parts = [
            name.clone(),
            Some(owner),
            team.as_ref().map(|team| format!("team {team}")),
            Some(format!("notifies {}", channels.join(", "))),
            Some(format!("severity {}", alert.severity)),
        ];
        let mut faint = |parts: Vec<String>| {
            if !parts.is_empty() {
                let _ = writeln!(text, "{}", paint(FAINT, &marked(parts.join(", "))));
            }
        };
        faint(parts.into_iter().flatten().collect());
        faint(description.iter().map(|text| one_line(text)).collect());
        let Origin { source, commit, synced_at } = origin;
        let parts = [
            source.as_ref().map(|source| format!("defined in {source}")),
            commit.as_ref().map(|commit| format!("commit {commit}")),
            synced_at.map(|at| format!("synced {}", self.clock(at))),
        ];
        faint(parts.into_iter().flatten().collect());
        faint(runbook.iter().map(|runbook| format!("runbook {runbook}")).collect());
        text.push('\n');
        text
    }

    /// How it is, and how it came to be so.
    fn present(&self) -> Vec<(&'static str, String)> {
        let Explanation { row, progress, channels, flapping_until, .. } = &self.explanation;
        let mut lines = Vec::new();
        if let Some(Row { confirmed, why, .. }) = row {
            if !why.is_empty() {
                lines.push(("why", paint(health_style(confirmed.health), &marked(why.clone()))));
            }
            lines.extend(confirmed.incident.as_ref().map(|incident| ("incident", self.incident(incident))));
        }
        lines.extend(self.beats.as_ref().map(|beats| ("beats", marked(beats.text()))));
        lines.push(("results", self.results()));
        let past = self.past.as_ref().map(availability_line).filter(|line| !line.is_empty());
        lines.extend(past.map(|past| ("30 days", past)));
        let counted = match (progress, row) {
            (Some(progress), _) => Some(counted(*progress)),
            (None, Some(_)) => Some("no change in progress".to_owned()),
            (None, None) => None,
        };
        lines.extend(counted.map(|counted| ("counted", counted)));
        if let Some(until) = flapping_until {
            let until = self.clock(*until);
            lines.push((
                "flapping",
                format!("no notification before {until}; then one if its health stays the same"),
            ));
        }
        if let Some(row) = row {
            let named = |channel: &ChannelExplanation| match channels.as_slice() {
                [_] => String::new(),
                _ => format!("{}: ", channel.name),
            };
            for channel in channels {
                lines.push(("delivered", format!("{}{}", named(channel), self.delivered(row, channel))));
            }
            for channel in channels {
                let pending = channel.pending.as_ref();
                lines.extend(
                    pending
                        .map(|pending| ("pending", format!("{}{}", named(channel), self.pending(pending)))),
                );
            }
        }
        lines
    }

    fn incident(&self, incident: &Incident) -> String {
        let Incident { n, opened_at, closed_at, cause, unwatched } = incident;
        let lasted = match closed_at {
            None => format!("open since {}", self.clock(*opened_at)),
            Some(closed) => moments_near(*opened_at, *closed, self.now),
        };
        let end = match unwatched {
            None => "",
            Some(Unwatched::Disabled) => ", ended because it was disabled",
            Some(Unwatched::Removed) => ", ended because it was removed",
        };
        format!("number {n}, {lasted}{end}: {}", marked(cause.clone()))
    }

    fn results(&self) -> String {
        match self.samples.as_deref() {
            None => "cannot be read".to_owned(),
            Some([]) => "none yet".to_owned(),
            Some(samples @ [.., (at, last)]) => {
                let Sample { verdict, reason, maintenance, code, latency: time } = last;
                let parts = [
                    Some(verdict.as_str().to_owned()),
                    reason.map(|reason| reason.word().to_owned()),
                    self.monitor.ask.code_name().zip(*code).map(|(name, code)| format!("{name} {code}")),
                    time.map(latency),
                    (*maintenance == InMaintenance::Yes).then(|| "in maintenance".to_owned()),
                ];
                let last = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
                format!("{}  {last}, {} ago", spark(samples, full_bar(samples.iter())), self.age(*at))
            }
        }
    }

    fn delivered(&self, row: &Row, channel: &ChannelExplanation) -> String {
        let ChannelExplanation { name: _, delivered, pending: _, reminder } = channel;
        let confirmed = &row.confirmed;
        let mut text = match (delivered.seq, delivered.flapping) {
            (_, Some(_)) => format!("FLAPPING, {}", self.clock(delivered.at)),
            (0, None) if confirmed.seq == 0 => "nothing yet; its health never changed".to_owned(),
            (0, None) => "nothing yet".to_owned(),
            // A monitor that was delivered as anything is new again only when it is no longer watched.
            (_, None) if delivered.health == Health::New => {
                format!("NOT WATCHED, {}", self.clock(delivered.at))
            }
            (_, None) => format!("{}, {}", health_word(delivered.health), self.clock(delivered.at)),
        };
        if delivered.reminders > 0 {
            let _ = write!(text, ", the last of {}", count(delivered.reminders, "reminder"));
        }
        if let Some((_, due)) = reminder {
            let _ = write!(text, "; if nothing changes, a reminder {}", self.moment(*due));
        }
        text
    }

    fn pending(&self, Pending { notice, ruling }: &Pending) -> String {
        let what = format!("{} ({})", notice.subject, notice.id);
        let then = match ruling {
            Ruling::Notify => "the next run sends it".to_owned(),
            Ruling::Suppress(reason) => marked(reason.text(self.now)),
            Ruling::Discard(why) => format!("discarded: it {why}"),
            Ruling::NotTaken => "its channel does not take it now (`severities` or `after`)".to_owned(),
        };
        format!("{}; {then}", paint(BAD, &what))
    }

    fn suppressions(&self) -> Vec<String> {
        if self.explanation.membership != Membership::Watched {
            return Vec::new();
        }
        let mut lines: Vec<_> = self
            .explanation
            .suppressions
            .iter()
            .map(|reason| paint(WARN, &marked(reason.text(self.now))))
            .collect();
        if lines.is_empty() {
            lines.push("not suppressed".to_owned());
        }
        if let Some((span, reason)) = &self.explanation.next_window {
            let reason = reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
            let lasts = format_duration(span.to.duration_since(span.from).unsigned_abs());
            lines.push(marked(format!("next maintenance {} for {lasts}{reason}", self.moment(span.from))));
        }
        lines
    }

    fn prospect(&self, prospect: &Prospect) -> Vec<String> {
        let Prospect { verdict, health, is_change, progress, alerts, suppressed, discarded } = prospect;
        let word = || health_word(*health);
        let before = self.explanation.progress;
        let mut lines = vec![match (is_change, progress) {
            (true, _) => match before.filter(|before| before.towards == *health) {
                Some(StreakProgress { count, of, .. }) => {
                    format!("{} is confirmed, as the {} of {of} in a row", word(), ordinal(count + 1))
                }
                None => format!("{} is confirmed", word()),
            },
            (false, progress) if *verdict == Verdict::Unknown => match progress {
                Some(progress) => format!("nothing changes, it stays at {}", counted(*progress)),
                None => "nothing changes".to_owned(),
            },
            (false, Some(progress)) => format!("{}, stays {}", counted(*progress), word()),
            (false, None) if before.is_some() => format!("stays {}, and the count starts again", word()),
            (false, None) => format!("stays {}", word()),
        }];
        lines.extend(alerts.iter().map(|notice| format!("alert {}", self.sent(notice))));
        lines.extend(
            suppressed.iter().map(|reason| paint(WARN, &format!("no alert, {}", self.why_not(reason)))),
        );
        lines.extend(discarded.iter().map(|discarded| paint(WARN, &format!("no alert, it {discarded}"))));
        lines
    }

    fn page(&self) -> Vec<String> {
        let Explanation { page, time_to_page: (soonest, latest), row, progress, .. } = &self.explanation;
        let Some(page) = page else {
            return Vec::new();
        };
        let (soonest, latest) = (rough_duration(*soonest), rough_limit(*latest));
        let usual = format!("in general {soonest} to {latest} (worst case) after it stops answering");
        let known = |at: &Timestamp| format!("already notified: DOWN, delivered {}", self.clock(*at));
        let goes_on = progress.is_some_and(|progress| progress.towards == Health::Down);
        let if_it = match row.as_ref().map_or(Health::New, |row| row.confirmed.health) {
            Health::Down => "if it stays DOWN",
            Health::New | Health::Up | Health::Degraded if goes_on => "if it goes on failing",
            Health::New | Health::Up | Health::Degraded => "if it stopped answering now",
        };
        let now = match page {
            NextAlert::Known(at) => known(at),
            NextAlert::At { at, notice } => format!("{if_it}: {}, {}", self.moment(*at), self.sent(notice)),
            NextAlert::Suppressed(reason) => {
                paint(WARN, &format!("{if_it}: no alert, {}", self.why_not(reason)))
            }
            NextAlert::NotBefore(at) => paint(WARN, &format!("{if_it}: no alert before {}", self.clock(*at))),
        };
        let stale = match &self.last_run {
            _ if !self.is_stale => None,
            None => Some("no check has completed yet, and no alert is sent until one does".to_owned()),
            Some(last) => {
                let ago = self.age(last.at);
                Some(format!(
                    "the last check completed {ago} ago, and no alert is sent until the next one; is cron or `monitorctl run` still running?"
                ))
            }
        };
        [now, usual].into_iter().chain(stale.map(|stale| paint(BAD, &stale))).collect()
    }

    /// `DOWN to default (payments-api.a1b2c3d4.3)`
    fn sent(&self, notice: &Notice) -> String {
        let id = self.id_of(notice).map(|id| format!(" ({id})")).unwrap_or_default();
        format!("{} to {}{id}", notice.word, notice.channels())
    }

    /// The id that an alert would have. The first run that sees a monitor makes a part of it, which is unknown before.
    pub fn id_of<'a>(&self, notice: &'a Notice) -> Option<&'a str> {
        self.explanation.row.as_ref().map(|_| notice.id.as_str())
    }

    fn why_not(&self, reason: &SuppressionReason) -> String {
        marked(reason.text(self.now))
    }

    /// `at 14:06:00 UTC (in 1m20s)`
    fn moment(&self, at: Timestamp) -> String {
        if at <= self.now {
            return "now".to_owned();
        }
        let left = rough_duration(age(self.now, at));
        format!("at {} (in {left})", self.clock(at))
    }

    fn clock(&self, at: Timestamp) -> String {
        moment_near(at, self.now)
    }

    fn age(&self, at: Timestamp) -> String {
        rough_duration(age(at, self.now))
    }
}

/// `1 of 2 towards DOWN`
fn counted(StreakProgress { count, of, towards }: StreakProgress) -> String {
    format!("{count} of {of} towards {}", health_word(towards))
}

pub fn ordinal(number: u32) -> String {
    let end = match (number % 10, number % 100) {
        (1, hundred) if hundred != 11 => "st",
        (2, hundred) if hundred != 12 => "nd",
        (3, hundred) if hundred != 13 => "rd",
        _ => "th",
    };
    format!("{number}{end}")
}
