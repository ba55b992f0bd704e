//! The first line of a message: what a lock screen and the list of a mailbox show.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::line::{cut, cut_middle};
use super::{AlertParts, Message, Purpose, SeverityWord};
use crate::monitor::is_hidden;

/// UTF-16 units of a headline where there is no limit: more is not read.
pub const HEADLINE: usize = 300;

/// Units of an id in a headline, before it is cut in the middle.
const ID: usize = 48;

/// Units of a group and of a symptom that many share.
const NAME: usize = 40;

/// Symptoms that a headline of many names.
const SYMPTOMS: usize = 3;

impl Message {
    /// One line of at most `limit` UTF-16 units, severity first:
    /// `CRITICAL DOWN payments-api (prod): HTTP 503, expected 200`, or
    /// `CRITICAL 14 DOWN in payments (prod): HTTP 503 (9), timeout (5)`.
    pub fn headline(&self, limit: usize) -> String {
        self.line(&self.alerts, self.severity.into(), limit)
    }

    /// The headline of one of its alerts.
    pub fn headline_of(&self, alert: &AlertParts, limit: usize) -> String {
        self.line(std::slice::from_ref(alert), alert.record.severity, limit)
    }

    fn line(&self, alerts: &[AlertParts], severity: SeverityWord, limit: usize) -> String {
        let mut line = String::new();
        match self.purpose {
            Purpose::Alert => {}
            Purpose::Test => line.push_str("[TEST] "),
        }
        // What is good again is not critical any more.
        if alerts.iter().any(|alert| alert.record.kind.is_bad()) {
            let _ = write!(line, "{} ", severity.as_str().to_uppercase());
        }
        let environment = self.environment.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
        let _ = match alerts {
            [AlertParts { word, subject, tail, .. }] => {
                write!(line, "{word} {}{environment}{tail}", cut_middle(subject, ID))
            }
            many => write!(line, "{}{}{environment}{}", counts(many), place(many), symptoms(many)),
        };
        let visible: String = line.chars().map(|c| if is_hidden(c) { ' ' } else { c }).collect();
        cut(visible.trim(), limit)
    }
}

/// `3 DOWN, 1 UP`
fn counts(alerts: &[AlertParts]) -> String {
    // The alerts are sorted by kind, so equal words stand together.
    let words: Vec<_> = alerts.iter().map(|alert| alert.word).collect();
    let runs = words.chunk_by(|a, b| a == b);
    runs.filter_map(|run| Some(format!("{} {}", run.len(), run.first()?))).collect::<Vec<_>>().join(", ")
}

/// ` in payments`, ` in 3 groups`
fn place(alerts: &[AlertParts]) -> String {
    let groups: BTreeSet<_> = alerts.iter().map(|alert| alert.record.group.as_str()).collect();
    match groups.first() {
        Some(_) if groups.len() > 1 => format!(" in {} groups", groups.len()),
        Some(group) if !group.is_empty() => format!(" in {}", cut_middle(group, NAME)),
        Some(_) | None => String::new(),
    }
}

/// `: HTTP 503 (9), timeout (5)`, the most frequent first; of what is not good.
fn symptoms(alerts: &[AlertParts]) -> String {
    let mut all: BTreeMap<&str, usize> = BTreeMap::new();
    let bad = alerts.iter().filter(|alert| alert.record.kind.is_bad());
    for symptom in bad.filter_map(|alert| alert.symptom.as_deref()) {
        *all.entry(symptom).or_default() += 1;
    }
    let mut all: Vec<_> = all.into_iter().collect();
    all.sort_by(|(a, many), (b, more)| (more, a).cmp(&(many, b)));
    let named = all.iter().take(SYMPTOMS).map(|(symptom, count)| format!("{} ({count})", cut(symptom, NAME)));
    let named: Vec<_> = named.collect();
    let rest = if all.len() > SYMPTOMS { ", …" } else { "" };
    if named.is_empty() { String::new() } else { format!(": {}{rest}", named.join(", ")) }
}
