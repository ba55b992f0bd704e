//! A check of `tls://`: the connection, and the session over it.

use super::attempt::{self, AttemptDeps};
use super::endpoint::Endpoint;
use super::tls::Session;
use super::trace::{Phase, Trace};
use crate::kinds::tls::{SessionFacts, TlsVersion};
use crate::observation::Fault;

/// Connects and agrees on a session; nothing is said over it.
pub async fn greet(
    deps: &AttemptDeps,
    endpoint: &Endpoint,
    session: Option<&Session>,
    trace: &mut Trace,
) -> Result<SessionFacts, Fault> {
    trace.toward(true);
    let place = (endpoint.host_name(), endpoint.port());
    let tcp = attempt::reach(deps, &endpoint.host(), place, trace).await?;
    trace.enter(Phase::Tls);
    let stream = attempt::secure(deps, tcp, endpoint, session, trace).await?;
    let version = match stream.get_ref().1.protocol_version() {
        Some(rustls::ProtocolVersion::TLSv1_2) => TlsVersion::V12,
        // No other one is offered.
        Some(_) | None => TlsVersion::V13,
    };
    Ok(SessionFacts { version })
}
