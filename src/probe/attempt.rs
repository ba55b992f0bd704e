//! One attempt of any kind: it ends with evidence, a fault, or because its time is up.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::timeout_at;

use super::prepared::{AttemptRecord, PreparedProbe};
use crate::monitor::format_duration;
use crate::net::Dialer;
use crate::observation::{Fault, FaultKind, Observation, Transport};

/// Which attempt of a probe it is.
#[derive(Debug, Clone, Copy)]
pub struct AttemptNumber {
    /// When the first attempt began.
    pub at: Timestamp,
    /// From 1.
    pub number: u32,
}

/// Makes one attempt. It is over after `patience` at the latest, and an endpoint that did not answer by then has failed.
pub async fn attempt(
    probe: &dyn PreparedProbe,
    dialer: &Dialer<'_>,
    patience: Duration,
    AttemptNumber { at, number }: AttemptNumber,
) -> Observation {
    let mut record = AttemptRecord::start();
    let end = record.trace.started() + patience;
    let outcome = timeout_at(end, probe.attempt(dialer, &mut record)).await;
    let AttemptRecord { trace, evidence, proxy } = record;
    let result =
        outcome.unwrap_or_else(|_| evidence.ok_or_else(|| timed_out(patience, trace.running(), proxy)));
    let peer = trace.peer();
    let (phases, latency, certificate) = trace.stop();
    Observation { at, attempts: number, phases, latency, certificate, peer, result }
}

fn timed_out(patience: Duration, phase: Option<&str>, proxy: Option<String>) -> Fault {
    let patience = format_duration(patience);
    let place = phase.map_or(String::new(), |phase| format!(", in the phase {phase}"));
    if let Some(proxy) = proxy {
        let actual = format!("no connection to the proxy {proxy} after {patience}{place}");
        return Fault::new(FaultKind::Prober, actual, "a proxy that can be reached");
    }
    let actual = format!("no answer after {patience}{place}");
    Fault::new(Transport::Timeout, actual, format!("an answer within {patience}"))
}
