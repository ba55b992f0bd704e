//! One attempt: hop after hop until there is an answer, a fault, or no time left.

use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::client::TlsStream;
use url::Host;

use super::address::AddressPolicy;
use super::connect;
use super::endpoint::Endpoint;
use super::handshake;
use super::http::exchange::{self, Reply};
use super::http::head::Head;
use super::http::offer::{ConnectionOffer, Refused};
use super::http::request::{Identity, Request};
use super::resolve::{Found, Resolver};
use super::secrets::Secrets;
use super::tcp::{self, Progress};
use super::tls::{HTTP_2, Session, Tls};
use super::trace::{Phase, Trace};
use crate::kinds::http::Answer;
use crate::kinds::{Ask, Evidence};
use crate::monitor::{Monitor, format_duration};
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
    pub call: Call,
    /// Where the monitor has its own idea of TLS; else that of the machine.
    pub session: Option<Session>,
}

/// What is asked, with its secrets filled in: one a kind of check.
#[expect(clippy::large_enum_variant, reason = "nearly all are the large one, and few exist at a time")]
pub enum Call {
    Http(Request),
    Tcp(tcp::Conversation),
    Tls(Endpoint),
}

impl Call {
    /// What `monitor` asks, or why it cannot be asked.
    pub fn new(monitor: &Monitor, secrets: &Secrets) -> Result<Self, Fault> {
        let endpoint = || {
            Endpoint::parse(&secrets.fill(&monitor.url)?).ok_or_else(|| {
                let actual = format!("no host and port in {}", monitor.url);
                Fault::new(Transport::Protocol, actual, "a URL such as tcp://host:port")
            })
        };
        Ok(match &monitor.ask {
            Ask::Http(request) => Self::Http(Request::new(monitor, request, secrets)?),
            Ask::Tcp(dialog) => Self::Tcp(tcp::Conversation::new(endpoint()?, dialog, secrets)?),
            Ask::Tls(_) => Self::Tls(endpoint()?),
        })
    }

    /// Whom it goes to.
    pub fn host_name(&self) -> &str {
        match self {
            Self::Http(request) => request.target.host_name(),
            Self::Tcp(conversation) => conversation.endpoint.host_name(),
            Self::Tls(endpoint) => endpoint.host_name(),
        }
    }

    /// Whether a session will be wanted.
    pub fn is_secured(&self) -> bool {
        match self {
            Self::Http(request) => request.target.is_https(),
            Self::Tcp(conversation) => conversation.starts_tls(),
            Self::Tls(_) => true,
        }
    }
}

/// Makes one attempt. It is over after `patience` at the latest, and an endpoint that did not answer by then has failed.
pub async fn attempt(deps: &AttemptDeps, task: &Task, patience: Duration) -> Attempt {
    let mut trace = Trace::start();
    let started = trace.started();
    let mut progress = Progress::default();
    let result = match timeout_at(started + patience, made(deps, task, &mut trace, &mut progress)).await {
        Ok(result) => result,
        Err(_) => match progress.timed_out(patience) {
            Some(unmet) => Ok(Evidence::Tcp(unmet)),
            None => Err(timed_out(patience, trace.running())),
        },
    };
    let (redirects, peer) = (trace.redirects(), trace.peer());
    let (phases, latency, certificate) = trace.stop();
    Attempt { started, phases, latency, redirects, certificate, peer, result }
}

async fn made(
    deps: &AttemptDeps,
    task: &Task,
    trace: &mut Trace,
    progress: &mut Progress,
) -> Result<Evidence, Fault> {
    let session = task.session.as_ref();
    match &task.call {
        Call::Http(request) => hops(deps, session, request, trace).await,
        Call::Tcp(conversation) => {
            tcp::talk(deps, conversation, session, trace, progress).await.map(Evidence::Tcp)
        }
        Call::Tls(endpoint) => handshake::greet(deps, endpoint, session, trace).await.map(Evidence::Tls),
    }
}

async fn hops(
    deps: &AttemptDeps,
    session: Option<&Session>,
    request: &Request,
    trace: &mut Trace,
) -> Result<Evidence, Fault> {
    let mut reply = hop(deps, session, request, trace).await?;
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
    let tcp = reach(deps, &host, (target.host_name(), target.port()), trace).await?;
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

/// Resolves a host, and connects to the first of its addresses that answers and that the policy permits.
pub async fn reach(
    deps: &AttemptDeps,
    host: &Host<&str>,
    place: (&str, u16),
    trace: &mut Trace,
) -> Result<TcpStream, Fault> {
    let found = match *host {
        Host::Ipv4(address) => Found::Addresses(vec![address.into()]),
        Host::Ipv6(address) => Found::Addresses(vec![address.into()]),
        Host::Domain(name) => {
            trace.enter(Phase::Dns);
            deps.resolver.find(name).await
        }
    };
    connect::connect(found, place, &deps.policy, trace).await
}

/// Agrees on a session over `tcp`; `session` is how the monitor wants it, otherwise it is made as for every other one.
pub async fn secure(
    deps: &AttemptDeps,
    tcp: TcpStream,
    endpoint: &Endpoint,
    session: Option<&Session>,
    trace: &mut Trace,
) -> Result<TlsStream<TcpStream>, Fault> {
    let session = match session {
        Some(own) => own,
        None => deps.tls.prepare()?,
    };
    let (stream, certificate) = session
        .handshake(tcp, &endpoint.host(), Identity::Shown, ConnectionOffer::SessionAlone)
        .await
        .map_err(|refused| refused.fault)?;
    trace.secured(certificate);
    Ok(stream)
}

fn timed_out(patience: Duration, phase: Option<Phase>) -> Fault {
    let patience = format_duration(patience);
    let place = phase.map_or(String::new(), |phase| format!(", in the phase {}", phase.as_str()));
    let actual = format!("no answer after {patience}{place}");
    Fault::new(Transport::Timeout, actual, format!("an answer within {patience}"))
}
