//! The edge that probes endpoints: a [`Monitor`](crate::monitor::Monitor) goes in, an
//! [`Observation`](crate::observation::Observation) comes out.
//!
//! ```text
//! prober ─▶ prepare ─▶ permit ─▶ attempt ─▶ observation
//!            (kind)      ▲       (kind)  │
//!                        └─────retry─────┘
//! ```
//!
//! What is the same for all kinds of check stands in this folder: attempts and retries, limits, secrets. A kind has a file
//! or a folder of its own, which implements [`PreparedProbe`] and knows no other kind.
//!
//! - A phase of an attempt is a line of our own, so it can be **measured**, and a timeout can name the phase that it cut.
//! - A connection is **fresh**: keep-alive and TLS resumption would hide that new clients cannot get in.
//!
//! # What the caller should know
//!
//! - Any number of probes may be started at once on one [`Prober`]: each *attempt* waits for its turn within the
//!   [`Limits`], before its clock starts, and a pause before a retry takes no place. What waits is small.
//! - Dropping a probe's future ends its tasks and closes its connections; only the resolver, which all share,
//!   goes on. Each probe holds one file descriptor, or a few while it resolves and connects: a bound near the
//!   `ulimit` of the machine would read as faults of the endpoints.
//! - A fault of [`Prober::observe`] may hold the value of a secret, until [`Probed::redacted`] made it fit to be shown. An
//!   answer is left as it came, because redacting it would change what the assertions see: what is quoted from it goes
//!   through [`Secrets::quoter`].

mod accounts;
mod attempt;
mod dialog;
mod dns;
mod grpc;
mod http;
mod icmp;
mod prepared;
mod prober;
mod rate_limiter;
mod retry;
mod secrets;
mod tcp;
mod tls;
mod websocket;
mod wire;

#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;

pub use prober::{Probed, Prober};
pub use rate_limiter::Limits;
pub use secrets::Secrets;

use self::prepared::PreparedProbe;
use crate::kinds::ProbedAsk;
use crate::monitor::Monitor;
use crate::observation::Fault;

/// What `monitor` asks, with its secrets filled in, or why it cannot be asked. The one place that knows all kinds.
fn prepare(
    monitor: &Monitor,
    ask: ProbedAsk<'_>,
    secrets: &Secrets,
) -> Result<Box<dyn PreparedProbe>, Fault> {
    Ok(match ask {
        ProbedAsk::Http(request) => Box::new(http::HopRequest::new(monitor, request, secrets)?),
        ProbedAsk::Tcp(dialog) => Box::new(tcp::Conversation::new(monitor, dialog, secrets)?),
        ProbedAsk::Tls(_) => Box::new(tls::Greeting::new(monitor, secrets)?),
        ProbedAsk::Dns(rule) => Box::new(dns::Inquiry::new(monitor, rule, secrets)?),
        ProbedAsk::Icmp(rule) => Box::new(icmp::Pinging::new(monitor, rule, secrets)?),
        ProbedAsk::Grpc(call) => Box::new(grpc::HealthProbe::new(monitor, call, secrets)?),
        ProbedAsk::WebSocket(call) => Box::new(websocket::SocketProbe::new(monitor, call, secrets)?),
    })
}
