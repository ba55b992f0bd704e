//! The probe of a monitor: its attempts, and what they come to.

use std::iter;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::accounts::Accounts;
use super::attempt::{AttemptNumber, attempt};
use super::prepare;
use super::prepared::{PreparedProbe, ProbeDeps};
use super::rate_limiter::{Limits, Permit, RateLimiter};
use super::retry;
use super::secrets::{Quoter, Secrets};
use crate::aws::Aws;
use crate::monitor::{FILES_VARIABLE, Monitor, Permits};
use crate::net::{AddressPolicy, Dialer, Net, TlsClient};
use crate::observation::{Fault, FaultKind, Observation, Peer, Phases};

/// Probes endpoints; one for a whole run, shared by all its probes.
pub struct Prober {
    pub(super) net: Net,
    rate_limiter: RateLimiter,
    pub(super) accounts: Accounts,
    permits: Permits,
}

/// What a probe came to.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "one lives for each probe under way, and few are skipped")]
pub enum Probed {
    Observed(Observation),
    /// No attempt could end before the deadline, or there is nothing to ask, so none was begun. Nothing is known about the
    /// endpoint.
    Skipped,
}

impl Probed {
    /// The same without the secrets that `quoter` knows.
    #[must_use]
    pub fn redacted(self, quoter: &Quoter<'_>) -> Self {
        match self {
            Self::Skipped => Self::Skipped,
            Self::Observed(observation) => {
                let result = observation.result.map_err(|fault| quoter.clean(&fault));
                Self::Observed(Observation { result, ..observation })
            }
        }
    }
}

impl Prober {
    /// A prober that has read nothing yet: name servers and trust are looked up when a URL first needs them.
    pub fn new(addresses: AddressPolicy, limits: Limits) -> Self {
        let accounts = Accounts::new(addresses.clone());
        let net = Net { policy: addresses, ..Net::default() };
        Self { net, rate_limiter: RateLimiter::new(limits), accounts, permits: Permits::default() }
    }

    /// The same on a machine that lets probes use these files, proxies and roles. Without it, they read any file, and use none
    /// of the others.
    #[must_use]
    pub fn permitting(self, permits: Permits) -> Self {
        Self { permits, ..self }
    }

    /// The same with the AWS that this machine belongs to. Without it, roles are assumed as the SDK finds it.
    #[must_use]
    pub fn within(self, aws: Aws) -> Self {
        Self { accounts: self.accounts.within(aws), ..self }
    }

    /// Attempts at `monitor` until one is not worth repeating, or the next one could not have its whole timeout before
    /// `deadline`; `now` is the wall time of this call. So no attempt is cut: one that hangs is the fault `timeout`.
    ///
    /// A fault may hold a secret: a caller that shows it redacts it first ([`Probed::redacted`]).
    pub async fn observe(
        &self,
        monitor: &Monitor,
        secrets: &Secrets,
        now: Timestamp,
        deadline: Option<Instant>,
    ) -> Probed {
        let called = Instant::now();
        let Some(ask) = monitor.ask.probed() else { return Probed::Skipped };
        let mut probe = match prepare(monitor, ask, secrets) {
            Ok(probe) => probe,
            Err(fault) => return Probed::Observed(unasked(now, fault)),
        };
        let client = match self.client_of(monitor, secrets, deadline).await {
            Some(Ok(client)) => client,
            Some(Err(fault)) => return Probed::Observed(unasked(now, fault)),
            None => return Probed::Skipped,
        };
        let deps = ProbeDeps { accounts: &self.accounts, permits: &self.permits, secrets, monitor };
        match before(deadline, probe.ready(deps, now)).await {
            Some(Ok(())) => {}
            Some(Err(fault)) => return Probed::Observed(unasked(now, fault)),
            None => return Probed::Skipped,
        }
        if client.is_none() && probe.uses_tls() {
            // If it fails, the handshake says so.
            let _ready = self.net.tls.prepare();
        }
        let own = match monitor.resolver.map(|address| self.net.resolver_at(address)).transpose() {
            Ok(own) => own,
            Err(fault) => return Probed::Observed(unasked(now, fault)),
        };
        let resolver = own.as_deref().unwrap_or(&self.net.resolver);
        let dialer = Dialer { net: &self.net, resolver, only: monitor.ip.only(), client: client.as_ref() };
        let mut last: Option<Observation> = None;
        for (number, wait) in (1..).zip(iter::once(Duration::ZERO).chain(monitor.retry.waits())) {
            let Some(_permit) = self.permit_after(wait, monitor, &*probe, deadline).await else { break };
            let at = last.as_ref().map_or_else(|| later(now, called.elapsed()), |first| first.at);
            let number = AttemptNumber { at, number };
            let observation = attempt(&*probe, &dialer, monitor.timeout, number).await;
            let again = retry::is_worthwhile(&observation.result, &monitor.retry, &monitor.expect);
            last = Some(observation);
            if !again {
                break;
            }
        }
        last.map_or(Probed::Skipped, Probed::Observed)
    }

    /// The TLS of `monitor`, if it has its own; `None` if the deadline comes before its files are read.
    async fn client_of(
        &self,
        monitor: &Monitor,
        secrets: &Secrets,
        deadline: Option<Instant>,
    ) -> Option<Result<Option<TlsClient>, Fault>> {
        if let Some(path) = monitor.tls.files().find(|path| !self.permits.reads(path)) {
            let actual = format!("the file {path} is outside the folders of {FILES_VARIABLE}");
            let expected = format!("a file below {}", self.permits.folders());
            return Some(Err(Fault::new(FaultKind::Prober, actual, expected)));
        }
        let fill = |template: &_| secrets.fill(template);
        before(deadline, self.net.tls.client_of(&monitor.tls, &fill, monitor.timeout)).await
    }

    /// The right to make one attempt, after `wait` and when it is its turn; `None` if the attempt would not have its
    /// timeout before the deadline.
    async fn permit_after(
        &self,
        wait: Duration,
        monitor: &Monitor,
        probe: &dyn PreparedProbe,
        deadline: Option<Instant>,
    ) -> Option<Permit> {
        let waited = Instant::now() + wait;
        let latest = match deadline {
            Some(deadline) => Some(deadline.checked_sub(monitor.timeout)?),
            None => None,
        };
        // A wait that ends too late would only delay the end of the run.
        if latest.is_some_and(|latest| waited > latest) {
            return None;
        }
        if !wait.is_zero() {
            sleep_until(waited).await;
        }
        before(latest, self.rate_limiter.take(probe.host())).await.flatten()
    }
}

/// What `future` gives; `None` if the time comes first.
async fn before<T>(time: Option<Instant>, future: impl Future<Output = T>) -> Option<T> {
    match time {
        Some(time) => timeout_at(time, future).await.ok(),
        None => Some(future.await),
    }
}

/// A probe that ended before there was anything to ask.
fn unasked(at: Timestamp, fault: Fault) -> Observation {
    Observation {
        at,
        attempts: 1,
        phases: Phases::default(),
        latency: Duration::ZERO,
        certificate: None,
        peer: Peer::default(),
        result: Err(fault),
    }
}

fn later(now: Timestamp, waited: Duration) -> Timestamp {
    now.checked_add(waited).unwrap_or(now)
}
