//! The same for programs.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{HealthCounts, MonitorStatus, StatusReport};
use crate::history::{InMaintenance, StoredReason};
use crate::report::beats::BeatStatus;
use crate::report::channel::ChannelStatus;
use crate::report::prober::prober_json;
use crate::report::silence::suppression_json;
use crate::transition::Health;

/// The version of the shape of the JSON form.
const FORMAT_VERSION: u32 = 1;

impl StatusReport {
    pub fn json(&self) -> Value {
        json!({
            "format_version": FORMAT_VERSION,
            "now": self.now.to_string(),
            "environment": self.environment,
            "stale": self.stale,
            "last_run": self.last_run.as_ref().map(|last| json!({
                "id": last.run,
                "host": last.host,
                "ended_at": last.at.to_string(),
                "slot": last.slot,
                "took_ms": u64::try_from(last.took.as_millis()).unwrap_or(u64::MAX),
                "probed": last.probed,
                "up": last.up,
                "degraded": last.degraded,
                "down": last.down,
                "unknown": last.unknown,
                "skipped": last.skipped,
            })),
            "prober": prober_json(self.prober.as_ref()),
            "channels": self.channels.iter().map(ChannelStatus::json).collect::<Vec<_>>(),
            "monitors": self.monitors.iter().map(|monitor| monitor.json(self.now)).collect::<Vec<_>>(),
            "summary": self.counts().json(),
            "left_out": self.left_out.total(),
            "problems": self.problems,
        })
    }
}

impl MonitorStatus {
    pub(super) fn json(&self, now: Timestamp) -> Value {
        let last = self.last();
        json!({
            "id": self.id.as_str(),
            "name": self.name,
            "group": (!self.group.is_empty()).then_some(&self.group),
            "team": self.team,
            "severity": self.severity.as_str(),
            "tags": self.tags,
            "enabled": self.enabled,
            "health": self.health_word(),
            "last_known": self.health.map(Health::as_str),
            "since": self.since.map(|since| since.to_string()),
            "why": self.why,
            "stale": self.stale,
            "pending": self.pending,
            "suppressed": self.suppressed.as_ref().map(|reason| suppression_json(reason, now)),
            "last_probed": last.map(|(at, _)| at.to_string()),
            "beats": self.beats.as_ref().map(BeatStatus::json),
            "latency_ms": last.and_then(|(_, sample)| sample.latency).map(whole_millis),
            "incident": self.incident.as_ref().map(|incident| json!({
                "n": incident.n,
                "opened_at": incident.opened_at.to_string(),
                "closed_at": incident.closed_at.map(|at| at.to_string()),
                "cause": incident.cause,
            })),
            "results": self.samples.as_ref().map(|samples| samples.iter().map(|(at, sample)| json!({
                "at": at.to_string(),
                "verdict": sample.verdict.as_str(),
                "reason": sample.reason.map(StoredReason::word),
                "maintenance": sample.maintenance == InMaintenance::Yes,
                "code": sample.code,
                "latency_ms": sample.latency.map(whole_millis),
            })).collect::<Vec<_>>()),
        })
    }
}

impl HealthCounts {
    fn json(&self) -> Value {
        let Self { up, degraded, down, unknown, new, off } = self;
        json!({"up": up, "degraded": degraded, "down": down, "unknown": unknown, "new": new, "disabled": off})
    }
}

/// Rounded up: no latency is shown better than it was.
fn whole_millis(latency: Duration) -> u64 {
    u64::try_from(latency.as_micros().div_ceil(1_000)).unwrap_or(u64::MAX)
}
