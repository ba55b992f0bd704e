//! One attempt: hop after hop until there is an answer, a fault, or no time left.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use url::Host;

use super::address::AddressPolicy;
use super::connect;
use super::exchange::{self, Reply};
use super::head::Head;
use super::offer::{ConnectionOffer, Refused};
use super::request::Request;
use super::resolve::{Found, Resolver};
use super::tls::{HTTP_2, Session, Tls};
use super::trace::{Phase, Trace};
use crate::kinds::Evidence;
use crate::kinds::http::Answer;
use crate::monitor::format_duration;
use crate::observation::{Certificate, Fault, Peer, Phases, Transport};

/// What attempts share.
#[derive(Default)]
pub struct AttemptDeps {
    pub policy: AddressPolicy,
    pub resolver: Resolver,
    pub tls: Tls,
}

/// How an attempt went.
pub struct Attempt {
    pub started: Instant,
    pub phases: Phases,
    pub latency: Duration,
    pub redirects: u8,
    pub certificate: Option<Certificate>,
    pub peer: Peer,
    pub result: Result<Evidence, Fault>,
}

/// What an attempt is about.
pub struct Task {
    pub request: Request,
    /// Where the monitor has its own idea of TLS; else that of the machine.
    pub session: Option<Session>,
}

/// Makes one attempt. It is over after `patience` at the latest, and an endpoint that did not answer by then has failed.
pub async fn attempt(deps: &AttemptDeps, task: &Task, patience: Duration) -> Attempt {
    let mut trace = Trace::start();
    let started = trace.started();
    let result = match timeout_at(started + patience, hops(deps, task, &mut trace)).await {
        Ok(result) => result,
        Err(_) => Err(timed_out(patience, trace.running())),
    };
    let (redirects, peer) = (trace.redirects(), trace.peer());
    let (phases, latency, certificate) = trace.stop();
    Attempt { started, phases, latency, redirects, certificate, peer, result }
}

async fn hops(deps: &AttemptDeps, task: &Task, trace: &mut Trace) -> Result<Evidence, Fault> {
    let session = task.session.as_ref();
    let mut reply = hop(deps, session, &task.request, trace).await?;
    loop {
        match reply {
            Reply::Answer(Head { status, fields }, body) => {
                return Ok(Evidence::Http(Answer { status, headers: fields, body }));
            }
            Reply::Redirect(next) => {
                trace.redirected();
                reply = hop(deps, session, &next, trace).await?;
            }
        }
    }
}

/// One request. A server that refuses what was offered is asked once more, with what it asked for.
async fn hop(
    deps: &AttemptDeps,
    session: Option<&Session>,
    request: &Request,
    trace: &mut Trace,
) -> Result<Reply, Fault> {
    let refused = match offering(ConnectionOffer::Everything, deps, session, request, trace).await {
        Ok(reply) => return Ok(reply),
        Err(refused) => refused,
    };
    let instead = refused.next(ConnectionOffer::Everything)?;
    offering(instead, deps, session, request, trace).await.map_err(|refused| refused.fault)
}

/// One request over a connection of its own. Each hop is resolved and judged like the first.
async fn offering(
    offer: ConnectionOffer,
    deps: &AttemptDeps,
    session: Option<&Session>,
    request: &Request,
    trace: &mut Trace,
) -> Result<Reply, Refused> {
    let target = &request.target;
    let host = target.host();
    trace.toward(target.is_https());
    let found = match host {
        Host::Ipv4(address) => Found::Addresses(vec![address.into()]),
        Host::Ipv6(address) => Found::Addresses(vec![address.into()]),
        Host::Domain(name) => {
            trace.enter(Phase::Dns);
            deps.resolver.find(name).await
        }
    };
    let place = (target.host_name(), target.port());
    let tcp = connect::connect(found, place, &deps.policy, trace).await?;
    if !target.is_https() {
        trace.enter(Phase::Wait);
        return Ok(exchange::over_http1(tcp, request, trace).await?);
    }
    trace.enter(Phase::Tls);
    let session = match session {
        Some(own) => own,
        None => deps.tls.prepare()?,
    };
    let (stream, certificate) = session.handshake(tcp, &host, request.identity, offer).await?;
    trace.secured(certificate);
    let chosen = stream.get_ref().1.alpn_protocol();
    trace.enter(Phase::Wait);
    if chosen == Some(HTTP_2) {
        exchange::over_http2(stream, request, trace).await
    } else {
        Ok(exchange::over_http1(stream, request, trace).await?)
    }
}

fn timed_out(patience: Duration, phase: Option<Phase>) -> Fault {
    let patience = format_duration(patience);
    let place = phase.map_or(String::new(), |phase| format!(", in the phase {}", phase.as_str()));
    let actual = format!("no answer after {patience}{place}");
    Fault::new(Transport::Timeout, actual, format!("an answer within {patience}"))
}
