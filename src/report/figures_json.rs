//! Figures and incidents of the past for programs. Pure.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::history::{Percentiles, StoredReason, Stretch, moment};
use crate::transition::Unwatched;
use crate::view::{Figures, IncidentView, Proportion};

/// Times are in seconds. What is not known is `null`.
pub fn figures_json(figures: &Figures) -> Value {
    json!({
        "availability_percent": figures.availability().map(Proportion::per_cent),
        "observed_percent": figures.observed_share().map(Proportion::per_cent),
        "window_s": figures.window,
        "observed_s": figures.observed(),
        "unknown_s": figures.unknown(),
        "maintenance_s": figures.maintenance(),
        "down_s": figures.down(),
        "confirmed_down_s": figures.confirmed_down,
        "confirmed_degraded_s": figures.confirmed_degraded,
        "probes": figures.probes(),
        "probes_passed": figures.passed(),
        "probes_degraded": figures.degraded_probes(),
        "probes_failed": figures.failed_probes(),
        "probes_unknown": figures.unknown_probes(),
    })
}

pub fn percentiles_json(percentiles: &Percentiles) -> Value {
    let Percentiles { p50, p95, p99, max } = percentiles;
    let millis = |latency: &Option<Duration>| latency.map(whole_millis);
    json!({"p50": millis(p50), "p95": millis(p95), "p99": millis(p99), "max": millis(max)})
}

/// `until` ends what is still open.
pub fn incident_json(incident: &IncidentView, until: Timestamp) -> Value {
    let IncidentView { n, opened, closed, cause, reason, unwatched } = incident;
    json!({
        "n": n,
        "opened_at": opened.to_string(),
        "closed_at": closed.map(|closed| closed.to_string()),
        "lasted_s": whole_seconds(incident.age(until)),
        "cause": cause,
        "reason": reason.map(StoredReason::word),
        "unwatched": unwatched.map(Unwatched::as_str),
    })
}

/// The two ends of a stretch of time, as `from` and `to`.
pub fn ends(stretch: Stretch) -> [String; 2] {
    [moment(stretch.from).to_string(), moment(stretch.to).to_string()]
}

/// Rounded up: no latency is shown better than it was.
pub fn whole_millis(latency: Duration) -> u64 {
    u64::try_from(latency.as_micros().div_ceil(1_000)).unwrap_or(u64::MAX)
}

/// Rounded up: no outage is shown shorter than it was.
pub fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs().saturating_add(u64::from(duration.subsec_nanos() > 0))
}
