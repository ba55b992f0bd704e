//! The past of a monitor for programs.

use serde_json::{Value, json};

use super::{MonitorHistory, RULE, word};
use crate::history::{HealthChange, StoredReason};
use crate::report::figures_json::{ends, figures_json, incident_json, percentiles_json, whole_seconds};
use crate::transition::{Health, Unwatched};

/// The version of the shape of the JSON form.
pub const FORMAT_VERSION: u32 = 1;

impl MonitorHistory {
    pub fn json(&self) -> Value {
        let past = &self.past;
        let figures = past.figures(RULE);
        let [from, to] = ends(past.window);
        json!({
            "format_version": FORMAT_VERSION,
            "now": self.now.to_string(),
            "from": from,
            "to": to,
            "monitor": {
                "id": past.monitor.as_str(),
                "name": self.name,
                "group": (!self.group.is_empty()).then_some(&self.group),
                "health": past.health.map(|(health, _)| health.as_str()),
                "since": past.health.map(|(_, since)| since.to_string()),
            },
            "figures": figures_json(&figures),
            "latency_ms": percentiles_json(&figures.percentiles),
            "mttr_s": past.mean_time_to_recovery().map(whole_seconds),
            "mtbf_s": past.mean_time_between_failures().map(whole_seconds),
            "outages": past.incidents.iter().map(|incident| incident_json(incident, self.now)).collect::<Vec<_>>(),
            "changes": past.changes_in_window().map(change_json).collect::<Vec<_>>(),
            "each": word(self.each),
            "results": past.parts.keys().map(|part| {
                let figures = past.figures_of(*part, RULE);
                let [from, to] = ends(*part);
                let mut result = figures_json(&figures);
                result["from"] = from.into();
                result["to"] = to.into();
                result["latency_ms"] = percentiles_json(&figures.percentiles);
                result
            }).collect::<Vec<_>>(),
        })
    }
}

pub fn change_json(change: &HealthChange) -> Value {
    let HealthChange { monitor, seq, at, from, to, incident, why, reason, unwatched } = change;
    json!({
        "at": at.to_string(),
        "monitor": monitor.as_str(),
        "seq": seq,
        "from": Health::as_str(*from),
        "to": Health::as_str(*to),
        "why": why,
        "reason": reason.map(StoredReason::word),
        "unwatched": unwatched.map(Unwatched::as_str),
        "incident": incident.as_ref().map(|incident| json!({
            "n": incident.n,
            "opened_at": incident.opened.to_string(),
            "closed_at": incident.closed.map(|closed| closed.to_string()),
            "cause": incident.cause,
        })),
    })
}
