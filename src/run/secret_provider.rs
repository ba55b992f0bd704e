//! The secrets of a run: those of the machine are at hand, those of AWS are on their way.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::{BoxFuture, FutureExt, Shared};

use crate::inventory::WatchedMonitor;
use crate::monitor::{Monitor, Offer, SecretRef};
use crate::probe::Secrets;
use crate::secrets::{Values, is_kept};

/// What monitors refer to. Clones wait for the same delivery.
#[derive(Clone)]
pub struct SecretProvider {
    at_hand: Arc<Secrets>,
    resolution: Shared<BoxFuture<'static, Arc<Resolution>>>,
}

/// The environment of this machine, and what of it monitors may name.
#[derive(Debug, Clone)]
pub struct Variables {
    pub offer: Offer,
    /// Gives the value of a variable.
    pub read: fn(&str) -> Option<String>,
}

/// Everything, as far as it could be had.
pub struct Resolution {
    /// What AWS gave.
    pub values: Values,
    /// That, and what the machine has.
    pub secrets: Secrets,
}

impl SecretProvider {
    /// For the monitors `due`. `fetch` begins when it is first awaited.
    pub fn order(
        due: &[Arc<WatchedMonitor>],
        variables: Variables,
        fetch: impl Future<Output = Values> + Send + 'static,
    ) -> Self {
        Self::order_after(&Secrets::default(), due, variables, fetch)
    }

    /// The same, and what was fetched with `earlier` secrets stays hidden.
    pub fn order_after(
        earlier: &Secrets,
        due: &[Arc<WatchedMonitor>],
        variables: Variables,
        fetch: impl Future<Output = Values> + Send + 'static,
    ) -> Self {
        let resolved = move |due: &[Arc<WatchedMonitor>], values: &Values| {
            let monitors = due.iter().map(|watched| &watched.monitor);
            Secrets::resolve(monitors, &variables.offer, variables.read, |secret| values.get(secret))
        };
        let at_hand = Arc::new(resolved(due, &Values::default()).sharing_fetched_with(earlier));
        let (due, first) = (due.to_vec(), Arc::clone(&at_hand));
        let resolution = async move {
            let values = fetch.await;
            // What was fetched with the ones at hand is hidden in all words of the run.
            let secrets = resolved(&due, &values).sharing_fetched_with(&first);
            Arc::new(Resolution { values, secrets })
        };
        Self { at_hand, resolution: resolution.boxed().shared() }
    }

    /// What a monitor needs, as soon as it is there: one that refers to nothing in AWS waits for nothing.
    pub async fn secrets_for(&self, monitor: &Monitor) -> ResolvedSecrets {
        if aws_references(monitor).next().is_none() {
            return ResolvedSecrets::AtHand(Arc::clone(&self.at_hand));
        }
        ResolvedSecrets::Resolved(self.resolved().await)
    }

    pub async fn resolved(&self) -> Arc<Resolution> {
        self.resolution.clone().await
    }
}

impl Resolution {
    /// What people have to know of the secrets, a sentence each.
    pub fn notices(&self) -> Vec<String> {
        let short = |reference: &str| {
            format!("{reference} has a value of fewer than 4 characters, too short to redact in texts")
        };
        self.secrets.too_short().map(short).collect()
    }
}

/// What a monitor is probed with.
pub enum ResolvedSecrets {
    AtHand(Arc<Secrets>),
    Resolved(Arc<Resolution>),
}

impl ResolvedSecrets {
    pub fn secrets(&self) -> &Secrets {
        match self {
            Self::AtHand(secrets) => secrets,
            Self::Resolved(resolution) => &resolution.secrets,
        }
    }
}

/// What AWS keeps for the monitors `due`.
pub fn secrets_of(due: &[Arc<WatchedMonitor>]) -> BTreeSet<SecretRef> {
    due.iter().flat_map(|watched| aws_references(&watched.monitor)).cloned().collect()
}

/// The references of a monitor to what AWS keeps.
pub fn aws_references(monitor: &Monitor) -> impl Iterator<Item = &SecretRef> {
    Secrets::references(monitor).filter(|secret| is_kept(secret))
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;
    use std::time::Duration;

    use jiff::Timestamp;
    use tokio::sync::watch;
    use tokio::time::{Instant, timeout};

    use super::super::judging::Judging;
    use super::super::probing::{Judged, Probing};
    use super::super::scenarios::endpoints::{Endpoints, Manner};
    use super::super::timeout_bound::TimeoutBound;
    use super::*;
    use crate::assert::{Assertion, Comparison};
    use crate::clock::Clock;
    use crate::kinds::http;
    use crate::monitor::Spec;
    use crate::net::AddressPolicy;
    use crate::probe::{Limits, Prober};

    fn secret() -> SecretRef {
        SecretRef::Ssm("/token".to_owned())
    }

    async fn probed(due: Vec<Arc<WatchedMonitor>>, secret_provider: SecretProvider) -> Vec<Judged> {
        let one = NonZeroUsize::MIN;
        let probing = Probing {
            judging: Judging::default(),
            prober: Arc::new(Prober::new(
                AddressPolicy::laptop(Vec::new()),
                Limits { total: one, per_host: one },
            )),
            secret_provider,
            deadline: Instant::now() + Duration::from_secs(30),
            timeout_bound: TimeoutBound::endless(),
            stop: watch::Sender::new(false).subscribe(),
        };
        let mut judged = probing.probe_all(due, || Timestamp::UNIX_EPOCH, |_| {}).await;
        judged.sort_by(|a, b| a.watched.monitor.id.cmp(&b.watched.monitor.id));
        judged
    }

    fn faults(judged: &Judged) -> Vec<String> {
        judged.judgement.faults.iter().map(ToString::to_string).collect()
    }

    // AWS gives the secret once the monitor without one is probed. P10: it is hidden all the same.
    #[tokio::test]
    async fn only_those_that_need_a_secret_wait_for_it_and_no_one_shows_it() {
        let endpoints = Endpoints::open(Clock::system()).await;
        let gate = watch::Sender::new(false);
        let mut open = gate.subscribe();
        endpoints.set("plain", Manner::Opening(gate));
        let mut plain = Monitor::sample("plain", &endpoints.url("plain"));
        let expected = vec![Comparison::Contains("keep-alive".to_owned())];
        plain.expect.assertions.push(Assertion::new(http::HEADER, "connection", expected));
        let needy = Monitor::sample("needy", &endpoints.url("needy"));
        let needy = needy.with_headers(&[("x-token", "${ssm:/token}")]);
        let due: Vec<_> = [needy, plain]
            .into_iter()
            .map(|monitor| Arc::new(WatchedMonitor::new(monitor, Spec::default(), None)))
            .collect();
        let variables = Variables { offer: Offer::nothing(), read: |_| None };
        let secret_provider = SecretProvider::order(&due, variables, async move {
            let came = timeout(Duration::from_secs(10), open.wait_for(|open| *open)).await.is_ok();
            // What the endpoint says in its header is the secret of the other one.
            if came { Values::of([(secret(), "close")]) } else { Values::default() }
        });
        let judged = probed(due, secret_provider).await;
        assert_eq!(faults(&judged[0]), [""; 0], "{judged:?}");
        let said = faults(&judged[1]).join("\n");
        assert!(said.contains("${ssm:/token}") && !said.contains("close"), "{said}");
    }
}
