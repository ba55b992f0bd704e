//! Asks the canaries: addresses that answer as long as the network of this machine works.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join_all;
use futures_util::stream::{FuturesUnordered, StreamExt};
use jiff::Timestamp;
use tokio::time::{Instant, timeout_at};

use crate::kinds::Ask;
use crate::monitor::{Canary, Monitor, MonitorId, Retry, Template};
use crate::observation::Transport;
use crate::probe::{Probed, Prober, Secrets};
use crate::state::{CanaryOutcome, CanaryResult, RunEvidence, SelfCheck};

/// A canary's time to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Who is asked, and how.
pub struct Asking<'a> {
    /// The one that probes: what the machine does not allow to a monitor, it does not allow to a canary.
    pub prober: &'a Prober,
    pub canaries: &'a BTreeSet<Canary>,
    /// When the answers must be there.
    pub until: Instant,
}

impl Asking<'_> {
    /// Asks all of them at once, until one answers that vouches for the network: one is enough.
    pub async fn ask(&self, evidence: &RunEvidence, now: Timestamp) -> Vec<CanaryResult> {
        let mut asking: FuturesUnordered<_> =
            self.canaries.iter().map(|canary| self.ask_one(canary, now)).collect();
        let mut canaries = Vec::with_capacity(self.canaries.len());
        while let Some(one) = asking.next().await {
            let is_enough = one.vouches(evidence);
            canaries.push(one);
            if is_enough {
                break;
            }
        }
        canaries.sort_by(|a, b| a.canary.cmp(&b.canary));
        canaries
    }

    /// What every one of them answers, whatever the others do; by their order.
    pub async fn ask_all(&self, now: Timestamp) -> Vec<(Canary, Probed)> {
        let asking =
            self.canaries.iter().map(|canary| async { (canary.clone(), self.probe(canary, now).await) });
        join_all(asking).await
    }

    fn patience(&self) -> Duration {
        PATIENCE.min(self.until.saturating_duration_since(Instant::now()))
    }

    async fn probe(&self, canary: &Canary, now: Timestamp) -> Probed {
        // Whatever it answers is an answer, a redirect too.
        let monitor = Monitor {
            url: Template::parse(canary.as_str()).unwrap_or_default(),
            ask: Ask::any_answer(),
            timeout: self.patience(),
            retry: Retry { attempts: 0, ..Retry::default() },
            ..Monitor::remembered(MonitorId::prober())
        };
        // The turn of a canary comes at once: the probes are over.
        let secrets = Secrets::default();
        let probed = timeout_at(self.until, self.prober.observe(&monitor, &secrets, now, None)).await;
        probed.map_or(Probed::Skipped, |probed| probed.redacted(&secrets.quoter(&monitor)))
    }

    async fn ask_one(&self, canary: &Canary, now: Timestamp) -> CanaryResult {
        // A run that has less time for it than it may take can conclude nothing from its silence.
        let patience = self.patience();
        let cut = || CanaryOutcome::Barred("no answer in the remaining time".to_owned());
        let outcome = match self.probe(canary, now).await {
            Probed::Skipped => cut(),
            Probed::Observed(observation) => match observation.result {
                Ok(_) => CanaryOutcome::Answer,
                Err(fault) if fault.kind == Transport::Timeout.into() && patience < PATIENCE => cut(),
                Err(fault) if fault.kind.is_of_the_network() => CanaryOutcome::Silence(fault.to_string()),
                Err(fault)
                    if canary.is_https()
                        && matches!(fault.transport(), Some(Transport::Tls | Transport::Protocol)) =>
                {
                    CanaryOutcome::Broken(fault.to_string())
                }
                // A server was reached, though perhaps not the canary.
                Err(fault) => CanaryOutcome::Barred(fault.to_string()),
            },
        };
        CanaryResult { canary: canary.clone(), outcome }
    }
}

/// What is to be put right before the canaries can be asked, a sentence each.
pub fn problems(check: &SelfCheck) -> Vec<String> {
    let problem = |canaries: &CanaryResult| {
        let why = match &canaries.outcome {
            CanaryOutcome::Barred(why) => why,
            CanaryOutcome::Broken(why) if !check.is_blind() => why,
            CanaryOutcome::Answer | CanaryOutcome::Silence(_) | CanaryOutcome::Broken(_) => return None,
        };
        Some(format!("no result from the canary {}: {why}", canaries.canary))
    };
    check.canaries.iter().filter_map(problem).collect()
}
