//! The metrics that a run writes, with their help texts. Pure.

pub const SUCCESS: &str = "probe_success";
pub const DURATION: &str = "probe_duration_seconds";
pub const HTTP_DURATION: &str = "probe_http_duration_seconds";
pub const HTTP_STATUS: &str = "probe_http_status_code";
pub const CERTIFICATE: &str = "probe_ssl_last_chain_expiry_timestamp_seconds";
pub const FAILURE: &str = "probe_failure_info";
pub const PROBED_AT: &str = "monitorctl_probe_timestamp_seconds";
pub const HEALTH: &str = "monitorctl_health";
pub const AVAILABILITY: &str = "monitorctl_availability_ratio";
pub const PENDING: &str = "monitorctl_alerts_pending";
pub const RUN_AT: &str = "monitorctl_run_timestamp_seconds";
pub const RUN_DURATION: &str = "monitorctl_run_duration_seconds";
pub const BLIND: &str = "monitorctl_blind";

/// Every metric in the order of the file, with its help text. All of them are gauges.
pub const FAMILIES: [(&str, &str); 13] = [
    (SUCCESS, "Whether the last probe passed; absent if its result is unknown."),
    (DURATION, "How long the last attempt took, in seconds."),
    (HTTP_DURATION, "How long each phase of the last HTTP request took, in seconds."),
    (HTTP_STATUS, "Status code of the last HTTP response."),
    (CERTIFICATE, "When the verified certificate chain expires, in Unix time."),
    (FAILURE, "Why the last probe failed."),
    (PROBED_AT, "When the monitor was probed last, in Unix time."),
    (HEALTH, "Confirmed health of the monitor: 1 for the health that it has."),
    (AVAILABILITY, "Availability in the window, without maintenance; absent if nothing was observed."),
    (PENDING, "Alerts that the channel has not accepted yet."),
    (RUN_AT, "When the last run of the shard ended, in Unix time."),
    (RUN_DURATION, "How long the last run of the shard took, in seconds."),
    (BLIND, "Whether the prober was cut off from the network in the last run."),
];

/// The metrics of a probe, which are carried over as long as the monitor is not probed again.
pub const OF_PROBES: [&str; 7] =
    [SUCCESS, DURATION, HTTP_DURATION, HTTP_STATUS, CERTIFICATE, FAILURE, PROBED_AT];
