//! The probe of a monitor: its attempts, and what they come to.

use std::iter;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::address::AddressPolicy;
use super::attempt::{Attempt, AttemptDeps, Call, Task, attempt};
use super::rate_limiter::{Limits, RateLimiter};
use super::retry;
use super::secrets::Secrets;
use super::tls::Session;
use crate::monitor::Monitor;
use crate::observation::{Fault, Observation, Peer, Phases};

/// Probes endpoints; one for a whole run, shared by all its probes.
pub struct Prober {
    pub(super) deps: AttemptDeps,
    rate_limiter: RateLimiter,
}

/// What a probe came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Probed {
    Observed(Observation),
    /// No attempt could have come to its end before the deadline, so none was begun: nothing is known, least of all a
    /// fault.
    Skipped,
}

impl Prober {
    /// A prober that has read nothing yet: name servers and trust are looked up when a URL first needs them.
    pub fn new(addresses: AddressPolicy, limits: Limits) -> Self {
        Self {
            deps: AttemptDeps { policy: addresses, ..AttemptDeps::default() },
            rate_limiter: RateLimiter::new(limits),
        }
    }

    /// The same as [`observe`](Self::observe), fit to be shown as far as `secrets` are all that there are.
    pub async fn probe(
        &self,
        monitor: &Monitor,
        secrets: &Secrets,
        now: Timestamp,
        deadline: Option<Instant>,
    ) -> Probed {
        match self.observe(monitor, secrets, now, deadline).await {
            Probed::Skipped => Probed::Skipped,
            Probed::Observed(observation) => {
                let quoter = secrets.quoter(monitor);
                let result = observation.result.map_err(|fault| quoter.clean(&fault));
                Probed::Observed(Observation { result, ..observation })
            }
        }
    }

    /// Attempts at `monitor` until one is not worth repeating, or the next one could not have its whole timeout before
    /// `deadline`; `now` is the wall time of this call. So no attempt is cut: one that hangs is the fault `timeout`.
    /// A fault may hold a secret: a caller that shows it cleans it first.
    pub async fn observe(
        &self,
        monitor: &Monitor,
        secrets: &Secrets,
        now: Timestamp,
        deadline: Option<Instant>,
    ) -> Probed {
        let called = Instant::now();
        let call = match Call::new(monitor, secrets) {
            Ok(call) => call,
            Err(fault) => return Probed::Observed(unasked(now, fault)),
        };
        let session = match self.session_of(monitor, secrets, deadline).await {
            Some(Ok(session)) => session,
            Some(Err(fault)) => return Probed::Observed(unasked(now, fault)),
            None => return Probed::Skipped,
        };
        if session.is_none() && call.is_secured() {
            // If it fails, the handshake says so.
            let _ready = self.deps.tls.prepare();
        }
        let task = Task { call, session };
        let mut seen: Option<Observation> = None;
        for (number, wait) in (1..).zip(iter::once(Duration::ZERO).chain(monitor.retry.waits())) {
            let Some(made) = self.attempt_after(wait, monitor, &task, deadline).await else { break };
            let Attempt { started, phases, latency, redirects, certificate, peer, result } = made;
            let at = seen.as_ref().map_or_else(|| later(now, started - called), |first| first.at);
            let again = retry::is_worthwhile(&result, &monitor.retry, &monitor.expect);
            seen = Some(Observation {
                at,
                attempts: number,
                phases,
                latency,
                redirects,
                certificate,
                peer,
                result,
            });
            if !again {
                break;
            }
        }
        seen.map_or(Probed::Skipped, Probed::Observed)
    }

    /// The sessions of `monitor`, if it has its own; `None` if the deadline comes before its files are read.
    async fn session_of(
        &self,
        monitor: &Monitor,
        secrets: &Secrets,
        deadline: Option<Instant>,
    ) -> Option<Result<Option<Session>, Fault>> {
        let session = self.deps.tls.session_of(&monitor.tls, secrets, monitor.timeout);
        match deadline {
            Some(deadline) => timeout_at(deadline, session).await.ok(),
            None => Some(session.await),
        }
    }

    /// One attempt after `wait` and when it is its turn; `None` if it would not have its timeout before the deadline.
    async fn attempt_after(
        &self,
        wait: Duration,
        monitor: &Monitor,
        task: &Task,
        deadline: Option<Instant>,
    ) -> Option<Attempt> {
        let waited = Instant::now() + wait;
        let latest = match deadline {
            Some(deadline) => Some(deadline.checked_sub(monitor.timeout)?),
            None => None,
        };
        // A wait that ends too late is not begun: it would only hold up the end of the run.
        if latest.is_some_and(|latest| waited > latest) {
            return None;
        }
        if !wait.is_zero() {
            sleep_until(waited).await;
        }
        let permit = self.rate_limiter.take(task.call.host_name());
        let _turn = match latest {
            Some(latest) => timeout_at(latest, permit).await.ok().flatten()?,
            None => permit.await?,
        };
        // An attempt is a large future; those that wait for their turn do without it.
        Some(Box::pin(attempt(&self.deps, task, monitor.timeout)).await)
    }
}

/// A probe that ended before there was anything to ask.
fn unasked(at: Timestamp, fault: Fault) -> Observation {
    Observation {
        at,
        attempts: 1,
        phases: Phases::default(),
        latency: Duration::ZERO,
        redirects: 0,
        certificate: None,
        peer: Peer::default(),
        result: Err(fault),
    }
}

fn later(now: Timestamp, waited: Duration) -> Timestamp {
    now.checked_add(waited).unwrap_or(now)
}
