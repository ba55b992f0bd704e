//! What a notification says, as plain parts that every channel lays out in its own way. Pure.

mod headline;
mod kind;
mod level;
mod line;
mod reasons;
mod record;
mod words;

use jiff::Timestamp;

pub use headline::HEADLINE;
pub use kind::AlertKind;
pub use level::LevelParts;
pub use line::{cut, cut_middle, units};
pub use reasons::{AlertGroup, groups};
pub use record::{
    AlertRecord, FaultRecord, FlappingRecord, IncidentRecord, PhaseRecord, ProbeRecord, RecordSize, record,
    record_schema,
};
pub use words::{HealthWord, SeverityWord, UnwatchedWord};

use crate::monitor::Severity;

/// One message to one channel.
#[derive(Debug, Clone)]
pub struct Message {
    /// Id of the notification: the alert's, or a digest of the ids of many. A duplicate carries the same id.
    pub id: String,
    /// The name of the channel.
    pub channel: String,
    /// When it is sent.
    pub at: Timestamp,
    pub purpose: Purpose,
    /// Environment of the monitors, such as prod.
    pub environment: Option<String>,
    /// The name of the machine that sends it.
    pub machine: Option<String>,
    /// The gravest of its alerts.
    pub severity: Severity,
    /// What all or most of the alerts have in common, in a sentence.
    pub cause: Option<String>,
    /// Monitors about which people wait for an end once they have this message; `None` where that is not known.
    pub lasting: Option<usize>,
    /// Never empty; the gravest first, then by id.
    pub alerts: Vec<AlertParts>,
}

/// Why a message is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Alert,
    /// A person tries a channel: `[TEST]` begins the message.
    Test,
}

/// What a message says about one monitor.
#[derive(Debug, Clone)]
pub struct AlertParts {
    /// Everything that programs read.
    pub record: AlertRecord,
    /// The word at the head: `DOWN`, `STILL DOWN`, `UP`.
    pub word: &'static str,
    /// What people call it: the id of a monitor, or the name of a channel.
    pub subject: String,
    /// What follows that in a headline: `: HTTP 503, expected 200`, ` for 4h: timeout`. May be empty.
    pub tail: String,
    /// The reason in a few words, for the headline of many: `HTTP 503`.
    pub symptom: Option<String>,
    /// Since when, for a list: `since 14:02 UTC (8m ago)`, `was down 14:02 to 14:09 UTC`.
    pub when: String,
    /// In the order in which they are read.
    pub facts: Vec<MessageFact>,
    /// The beginning of the answer, in one line, without secrets.
    pub excerpt: Option<String>,
    /// What to do next.
    pub next: Vec<NextStep>,
    pub links: Vec<MessageLink>,
    /// For channels of levels.
    pub level: LevelParts,
}

/// A label and its value, such as `Expected` and `200`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageFact {
    pub label: &'static str,
    pub value: String,
}

/// A command that can be pasted, and what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextStep {
    pub purpose: &'static str,
    pub command: String,
}

/// A page to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageLink {
    pub label: &'static str,
    pub url: String,
}

/// How the alerts of a channel become messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// One message for each group of monitors; many groups share one.
    Together,
    /// One message an alert, up to so many alerts; more share one.
    Each { up_to: usize },
    /// The same of a pager, where each has an end of its own: what opens shares one message above so many, and what ends
    /// goes in parts of so many.
    Incidents { up_to: usize },
    /// One message with all that changed; and in every run another one with all that lasts, and what ended lately.
    Levels,
}

impl Message {
    /// The only alert, if there is only one.
    pub fn only(&self) -> Option<&AlertParts> {
        match self.alerts.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// Whether nothing of it needs to be done.
    pub fn is_good(&self) -> bool {
        self.alerts.iter().all(|alert| !alert.record.kind.is_bad())
    }
    /// As little as says it: for a channel that refused the whole.
    pub fn in_short(&self) -> Self {
        let short = |alert: &AlertParts| AlertParts {
            record: AlertRecord {
                tags: Vec::new(),
                faults: Vec::new(),
                probe: None,
                runbook: None,
                waiting: Vec::new(),
                ..alert.record.clone()
            },
            facts: Vec::new(),
            excerpt: None,
            next: Vec::new(),
            links: Vec::new(),
            ..alert.clone()
        };
        Self { cause: None, alerts: self.alerts.iter().map(short).collect(), ..self.clone() }
    }
}
