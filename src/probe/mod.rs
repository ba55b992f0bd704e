//! The edge that talks HTTP to endpoints: a [`Monitor`](crate::monitor::Monitor) goes in, an
//! [`Observation`](crate::observation::Observation) comes out.
//!
//! # One attempt is five phases, each a line of code
//!
//! ```text
//! request ─▶ dns ─▶ (policy) ─▶ connect ─▶ tls ─▶ wait ─▶ read ─▶ answer
//!    ▲      resolve  address    connect    tls   exchange  body       │
//!    └───────────────────────── redirect ◀──────────────────────────┘
//! ```
//!
//! There is no HTTP client with a pool underneath, only well-kept parts (hickory, rustls, hyper for HTTP/2) and a
//! lenient reader of HTTP/1.1, because
//!
//! - a phase that is our own line can be **measured**, and a timeout can name the phase that it cut;
//! - a connection made here is **fresh**: keep-alive and TLS resumption would hide that new clients cannot get in;
//! - address rules hold **by construction**. The socket is opened to the very address that the policy let through,
//!   so neither an IP literal, nor a redirect, nor a name that changes its mind between check and use gets past it.
//!
//! # What the caller should know
//!
//! - Any number of probes may be started at once on one [`Prober`]: each *attempt* waits for its turn within the
//!   [`Limits`], before its clock starts, and a pause before a retry takes no place. What waits is small.
//! - Dropping a probe's future ends its tasks and closes its connections; only the resolver, which all share,
//!   goes on. Each probe holds one file descriptor, or a few while it resolves and connects: a bound near the
//!   `ulimit` of the machine would read as faults of the endpoints.
//! - No [`Fault`](crate::observation::Fault) of [`Prober::probe`] holds the value of a secret. An answer is left as it
//!   came, because redacting it would change what the assertions see: what is quoted from it goes through [`Secrets::quoter`].
//!   So do the faults of [`Prober::observe`], which is for those who know more secrets than the probe needs.

mod attempt;
mod http;
mod prepared;
mod prober;
mod rate_limiter;
mod retry;
mod secrets;
mod tcp;
mod tls;

#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;

pub use prober::{Probed, Prober};
pub use rate_limiter::Limits;
pub use secrets::Secrets;

use self::prepared::PreparedProbe;
use crate::kinds::Ask;
use crate::monitor::Monitor;
use crate::observation::Fault;

/// What `monitor` asks, with its secrets filled in, or why it cannot be asked. The one place that knows all kinds.
fn prepare(monitor: &Monitor, secrets: &Secrets) -> Result<Box<dyn PreparedProbe>, Fault> {
    Ok(match &monitor.ask {
        Ask::Http(request) => Box::new(http::Request::new(monitor, request, secrets)?),
        Ask::Tcp(dialog) => Box::new(tcp::Conversation::new(monitor, dialog, secrets)?),
        Ask::Tls(_) => Box::new(tls::Greeting::new(monitor, secrets)?),
    })
}
