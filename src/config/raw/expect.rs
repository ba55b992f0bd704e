//! `expect:` as it is written, without rules.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::written::DurationText;

/// Expectations on the answer, beside those of a kind of check.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawExpect {
    /// Limits on the time from the start of the probe to the last byte.
    pub latency: Option<RawLatency>,

    /// Required remaining validity of the certificate.
    pub certificate: Option<RawCertificate>,
}

/// Required remaining validity of the certificate: the first to expire in the chain to a trusted authority.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawCertificate {
    /// With less than this left the monitor is DEGRADED.
    #[schemars(example = &"21d")]
    pub degraded: Option<DurationText>,

    /// With less than this left the monitor is DOWN.
    #[schemars(example = &"3d")]
    pub down: Option<DurationText>,
}

/// Limits on the time from the start of the probe to the last byte.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawLatency {
    /// From this latency on the monitor is DEGRADED.
    #[schemars(example = &"800ms")]
    pub degraded: Option<DurationText>,

    /// From this latency on the monitor is DOWN.
    #[schemars(example = &"5s")]
    pub down: Option<DurationText>,
}

/// Conditions that make a good answer degraded: what the kind of check takes within `expect`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RawWarn {}
