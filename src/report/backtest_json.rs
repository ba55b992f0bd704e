//! A backtest for programs.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::backtest::{BacktestReport, BacktestedMonitor};
use crate::monitor::limit_seconds;
use crate::simulation::{Backtested, ComparedOutage, OutageEffect};

/// What the added and changed monitors would have made of the stored results.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Backtest")]
pub struct BacktestRecord {
    /// Length of the time whose results were replayed.
    window_s: u64,
    /// End of this time.
    to: String,
    /// By id.
    monitors: Vec<BacktestedRecord>,
}

/// The policies before and after the change, on the same results.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "BacktestedMonitor")]
struct BacktestedRecord {
    id: String,
    /// Number of replayed results; with a longer interval, there are fewer than stored ones.
    results: usize,
    /// Time of the first and of the last stored result; null without results.
    results_from: Option<String>,
    results_to: Option<String>,
    /// Number of alerts by their words, such as `DOWN`; null for a monitor that was not watched.
    alerts_before: Option<BTreeMap<&'static str, usize>>,
    alerts_after: BTreeMap<&'static str, usize>,
    /// Outages that at least one of the policies alerts about.
    outages: Vec<OutageRecord>,
    /// Parts of the change that results cannot show, and what else was not taken into account.
    not_replayed: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "BacktestedOutage")]
struct OutageRecord {
    /// Time of the first failing result.
    from: String,
    /// Time of the first good result; null if the outage lasts to the last result.
    to: Option<String>,
    /// Time from the beginning to the first alert; null without an alert.
    alert_before_s: Option<u64>,
    alert_after_s: Option<u64>,
    effect: EffectWord,
}

/// Effect of the change on the alert about an outage.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "OutageEffect")]
enum EffectWord {
    Same,
    Later,
    Earlier,
    /// The outage causes no alert any more.
    Missed,
    /// The outage caused no alert before.
    New,
}

impl BacktestRecord {
    pub fn new(report: &BacktestReport) -> Self {
        let BacktestReport { window, to, monitors } = report;
        Self {
            window_s: window.as_secs(),
            to: to.to_string(),
            monitors: monitors.iter().map(BacktestedRecord::new).collect(),
        }
    }
}

impl BacktestedRecord {
    fn new(BacktestedMonitor { id, backtested }: &BacktestedMonitor) -> Self {
        let Backtested { span, probes, before, after, outages, unreplayed } = backtested;
        Self {
            id: id.to_string(),
            results: *probes,
            results_from: span.map(|span| span.from.to_string()),
            results_to: span.map(|span| span.to.to_string()),
            alerts_before: before.clone(),
            alerts_after: after.clone(),
            outages: outages.iter().map(OutageRecord::new).collect(),
            not_replayed: unreplayed.iter().map(ToString::to_string).collect(),
        }
    }
}

impl OutageRecord {
    fn new(outage: &ComparedOutage) -> Self {
        let ComparedOutage { from, to, before, after } = outage;
        Self {
            from: from.to_string(),
            to: to.map(|to| to.to_string()),
            alert_before_s: before.map(limit_seconds),
            alert_after_s: after.map(limit_seconds),
            effect: match outage.effect() {
                OutageEffect::Same => EffectWord::Same,
                OutageEffect::Later => EffectWord::Later,
                OutageEffect::Earlier => EffectWord::Earlier,
                OutageEffect::Missed => EffectWord::Missed,
                OutageEffect::New => EffectWord::New,
            },
        }
    }
}
