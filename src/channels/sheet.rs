//! What a message says, in the order in which it is read, before a channel gives it its markup.
//!
//! The channels have limits of size, and a message has none: one alert or ten thousand, each text short or long. So a
//! sheet comes in several sizes, and a channel takes the largest that fits ([`fitting`]).

use std::sync::LazyLock;

use crate::message::{
    AlertGroup, AlertParts, Message, MessageFact, MessageLink, NextStep, RecordSize, cut, groups,
};

/// The command that shows what a message leaves out.
const STATUS: &str = "monitorctl status --down";

/// What to do about many alerts.
static STEP_OF_MANY: LazyLock<NextStep> =
    LazyLock::new(|| NextStep { purpose: "Show all that is down", command: STATUS.to_owned() });

/// Alerts that are shown one by one; more are a storm, which is shown by its reasons. A phone shows about ten lines.
const LISTED: usize = 10;

/// Alerts of one message that are shown in full where there is room; more are too many to read at 3 am.
const IN_FULL: usize = 5;

/// How much of a message a sheet shows.
#[derive(Debug, Clone, Copy)]
pub struct SheetSize {
    /// Lines of a list: an alert or a reason each.
    pub lines: usize,
    /// Names below one reason.
    pub names: usize,
    /// Facts about a single alert.
    pub facts: usize,
    /// UTF-16 units of a value, and of a reason in a list.
    pub value: usize,
    /// For programs.
    pub record: RecordSize,
}

const fn records(full: usize, others: usize) -> RecordSize {
    RecordSize { full, others }
}

/// From everything to a headline.
const SIZES: [SheetSize; 9] = [
    SheetSize { lines: 50, names: 100, facts: 40, value: 2_000, record: RecordSize::LARGEST },
    SheetSize { lines: 50, names: 50, facts: 30, value: 500, record: records(20, 1_000) },
    SheetSize { lines: 40, names: 20, facts: 20, value: 300, record: records(10, 1_000) },
    SheetSize { lines: 30, names: 10, facts: 16, value: 200, record: records(5, 500) },
    SheetSize { lines: 20, names: 5, facts: 12, value: 150, record: records(3, 200) },
    SheetSize { lines: 14, names: 3, facts: 10, value: 100, record: records(2, 100) },
    SheetSize { lines: 8, names: 2, facts: 6, value: 80, record: records(1, 50) },
    SheetSize { lines: 4, names: 1, facts: 3, value: 60, record: records(1, 10) },
    SheetSize { lines: 0, names: 0, facts: 0, value: 0, record: records(1, 0) },
];

/// The parts of a message that are shown.
#[derive(Debug)]
pub struct Sheet<'a> {
    pub message: &'a Message,
    pub size: SheetSize,
    pub cause: Option<String>,
    /// Of the only alert; empty for many.
    pub facts: Vec<MessageFact>,
    pub excerpt: Option<String>,
    /// Of many alerts: one, or those of one reason, a line.
    pub lines: Vec<String>,
    /// Alerts that no line names: `+940: monitorctl status --down`.
    pub rest: Option<String>,
    pub steps: Vec<&'a NextStep>,
    pub links: Vec<&'a MessageLink>,
    /// Id and machine, for a thread about it.
    pub footer: String,
}

/// The largest layout of a message that `fits`; the smallest, if none does.
pub fn fitting<T>(message: &Message, layout: impl Fn(&Sheet<'_>) -> T, fits: impl Fn(&T) -> bool) -> T {
    let [sizes @ .., smallest] = SIZES;
    let larger = sizes.into_iter().map(|size| layout(&Sheet::new(message, size)));
    larger.into_iter().find(fits).unwrap_or_else(|| layout(&Sheet::new(message, smallest)))
}

impl<'a> Sheet<'a> {
    /// Everything there is.
    pub fn full(message: &'a Message) -> Self {
        let [full, ..] = SIZES;
        Self::new(message, full)
    }

    fn new(message: &'a Message, size: SheetSize) -> Self {
        let only = message.only();
        let (lines, named) = match only {
            Some(_) => (Vec::new(), 1),
            None if message.alerts.len() > LISTED => by_reason(&message.alerts, size),
            None => one_by_one(&message.alerts, size),
        };
        let rest = message.alerts.len() - named;
        Self {
            message,
            size,
            cause: message
                .cause
                .as_ref()
                .filter(|_| size.lines > 0)
                .map(|cause| cut(cause, size.value.max(120))),
            facts: only.map(|alert| facts(alert, size)).unwrap_or_default(),
            excerpt: only.and_then(|alert| alert.excerpt.as_ref()).map(|text| cut(text, size.value)),
            lines,
            rest: (rest > 0).then(|| format!("+{rest}: {STATUS}")),
            steps: steps(message, rest),
            links: only.iter().flat_map(|alert| &alert.links).filter(|_| size.facts > 0).collect(),
            footer: footer(message),
        }
    }

    /// Of a few alerts, each in full; empty for one, and for many.
    pub fn in_full(&self) -> Vec<(&'a AlertParts, Vec<MessageFact>)> {
        let alerts = &self.message.alerts;
        if alerts.len() < 2 || alerts.len() > IN_FULL || self.size.facts == 0 {
            return Vec::new();
        }
        alerts.iter().map(|alert| (alert, facts(alert, self.size))).collect()
    }
}

/// Of many alerts, each has steps of its own, which are too many. A line that says how to see the rest is enough.
fn steps(message: &Message, rest: usize) -> Vec<&NextStep> {
    match message.only() {
        Some(alert) => alert.next.iter().collect(),
        None if rest > 0 || message.is_good() => Vec::new(),
        None => vec![&*STEP_OF_MANY],
    }
}

fn facts(alert: &AlertParts, size: SheetSize) -> Vec<MessageFact> {
    let facts = alert.facts.iter().take(size.facts);
    facts.map(|MessageFact { label, value }| MessageFact { label, value: cut(value, size.value) }).collect()
}

/// `DOWN payments-api, since 14:02 UTC (8m ago): HTTP 503, expected 200`
fn one_by_one(alerts: &[AlertParts], size: SheetSize) -> (Vec<String>, usize) {
    let line = |alert: &AlertParts| {
        let reason = alert.record.reason.as_ref().map(|reason| format!(": {}", cut(reason, size.value)));
        format!("{} {}, {}{}", alert.word, alert.subject, alert.when, reason.unwrap_or_default())
    };
    let lines: Vec<_> = alerts.iter().take(size.lines).map(line).collect();
    let named = lines.len();
    (lines, named)
}

/// `48 DOWN: connection refused, expected a connection: shop-01, shop-02, …`, the gravest first.
fn by_reason(alerts: &[AlertParts], size: SheetSize) -> (Vec<String>, usize) {
    let mut named = 0;
    let line = |AlertGroup { kind: _, word, reason, alerts }: AlertGroup<'_>| {
        let reason = reason.map(|reason| format!(": {}", cut(&reason, size.value))).unwrap_or_default();
        let ids: Vec<_> = alerts.iter().take(size.names).map(|alert| alert.subject.as_str()).collect();
        named += ids.len();
        let rest = if ids.len() < alerts.len() { ", …" } else { "" };
        format!("{} {word}{reason}: {}{rest}", alerts.len(), ids.join(", "))
    };
    let lines = groups(alerts).into_iter().take(size.lines).map(line).collect();
    (lines, named)
}

fn footer(message: &Message) -> String {
    let id = match message.only() {
        Some(alert) => format!("Alert {}", alert.record.id),
        None => format!("{} alerts, {}", message.alerts.len(), message.id),
    };
    let machine = message.machine.as_ref().map(|name| format!(", sent by {name}")).unwrap_or_default();
    format!("{id}{machine}")
}
