//! The interface between a kind of check and the attempts at it.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use jiff::Timestamp;

use super::accounts::Accounts;
use super::secrets::Secrets;
use crate::kinds::Evidence;
use crate::monitor::{Monitor, Permits};
use crate::net::{Dialer, Endpoint, Trace};
use crate::observation::{Fault, Transport};

/// A probe of one kind, its secrets filled in, ready for as many attempts as it takes.
pub trait PreparedProbe: Send + Sync {
    /// The host that it goes to, as the URL names it.
    fn host(&self) -> &str;

    /// Whether its first connection needs TLS. The trust of the machine is then read before the clock starts.
    fn uses_tls(&self) -> bool;

    /// Fetches what the attempts need beyond the endpoint, if the machine permits that. Their clock does not run yet.
    fn ready<'a>(&'a mut self, _deps: ProbeDeps<'a>, _now: Timestamp) -> Readiness<'a> {
        async { Ok(()) }.boxed()
    }

    /// One attempt, over connections of its own. It may be dropped at any time.
    fn attempt<'a>(&'a self, dialer: &'a Dialer<'a>, record: &'a mut AttemptRecord) -> Attempt<'a>;
}

/// What a probe gets ready with.
#[derive(Clone, Copy)]
pub struct ProbeDeps<'a> {
    pub accounts: &'a Accounts,
    pub permits: &'a Permits,
    /// They take what is fetched, to hide it.
    pub secrets: &'a Secrets,
    pub monitor: &'a Monitor,
}

/// What an attempt needs, on its way.
pub type Readiness<'a> = BoxFuture<'a, Result<(), Fault>>;

/// One attempt under way.
pub type Attempt<'a> = BoxFuture<'a, Result<Evidence, Fault>>;

/// The record of an attempt under way. It lives outside the attempt, so it survives a timeout.
pub struct AttemptRecord {
    pub trace: Trace,
    /// The evidence if the time is up now. If there is none, the timeout is the fault.
    pub evidence: Option<Evidence>,
    /// The proxy that is being connected to. If the time is up now, nothing is known of the endpoint.
    pub proxy: Option<String>,
}

impl AttemptRecord {
    pub fn start() -> Self {
        Self { trace: Trace::start(), evidence: None, proxy: None }
    }
}

/// The host and the port that the URL of `monitor` names, for kinds whose URL has nothing else.
pub fn endpoint_of(monitor: &Monitor, secrets: &Secrets) -> Result<Endpoint, Fault> {
    Endpoint::parse(&secrets.fill(&monitor.url)?).ok_or_else(|| {
        let actual = format!("no host and port in {}", monitor.url);
        Fault::new(Transport::Protocol, actual, "a URL such as tcp://host:port")
    })
}
