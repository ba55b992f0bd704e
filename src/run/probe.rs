//! The step PROBE: what is due is probed, and secrets that changed under way are read again.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::{FutureExt, ready};
use tokio::time::Instant;

use super::beats::parted;
use super::probing::{Judged, Probing, broken, unless_stopped};
use super::reread;
use super::secret_provider::{SecretProvider, secrets_of};
use super::state::RunState;
use crate::inventory::WatchedMonitor;
use crate::monitor::SecretRef;
use crate::report::log::LogEvent;
use crate::secrets::Values;

/// What came of the probes.
#[derive(Debug)]
pub struct ProbeFindings {
    pub judged: Vec<Judged>,
    /// What went wrong, a sentence each.
    pub problems: Vec<String>,
    /// What people have to know of the secrets, a sentence each.
    pub notices: Vec<String>,
}

impl RunState<'_> {
    /// Probes what is due. `progress` receives how many are done, of how many.
    pub async fn probe(&self, progress: impl Fn(usize, usize)) -> ProbeFindings {
        let (beating, due) = parted(&self.due);
        let cut = self.timeout_bound(self.probes_end()).problem(&due, self.options.deadline);
        let secret_provider =
            SecretProvider::order(&due, self.deps.variables.clone(), self.fetch(secrets_of(&due)));
        let (mut judged, reading) =
            tokio::join!(self.probe_due(&due, secret_provider.clone(), progress), self.read_beats(&beating));
        // Where the run was stopped, they are not waited for any more.
        let resolution = secret_provider.resolved().now_or_never();
        let notices = resolution.as_ref().map(|resolution| resolution.notices()).unwrap_or_default();
        let broken = broken(&judged);
        let (of_beats, problems) = reading.judged(beating, resolution.as_deref());
        judged.extend(of_beats);
        ProbeFindings { judged, problems: cut.into_iter().chain(broken).chain(problems).collect(), notices }
    }

    /// Where a secret turns out to have changed under way, what was refused with the old one is probed once more, before it
    /// counts.
    async fn probe_due(
        &self,
        due: &[Arc<WatchedMonitor>],
        secret_provider: SecretProvider,
        progress: impl Fn(usize, usize),
    ) -> Vec<Judged> {
        let (number, now) = (due.len(), || self.deps.store.now());
        let probing = self.probing(secret_provider.clone());
        let judged = probing.probe_all(due.to_vec(), now, |done| progress(done, number)).await;
        // Where the run was stopped, they are not waited for any more.
        let Some(resolution) = secret_provider.resolved().now_or_never() else { return judged };
        let suspects = reread::suspects(&judged);
        let fresh = self.fetch(suspects.clone());
        let fresh =
            if suspects.is_empty() { None } else { Box::pin(unless_stopped(&self.deps.stop, fresh)).await };
        let outdated = |fresh| reread::outdated(&judged, &resolution.values, fresh);
        let again = fresh.as_ref().map(outdated).unwrap_or_default();
        let Some(fresh) = fresh.filter(|_| !again.is_empty()) else { return judged };
        self.deps.log.event(&LogEvent::Reread(again.len()));
        let variables = self.deps.variables.clone();
        let probing =
            self.probing(SecretProvider::order_after(&resolution.secrets, &again, variables, ready(fresh)));
        reread::replace(judged, probing.probe_all(again, now, |_| {}).await)
    }

    /// Asks AWS in the time that there is.
    fn fetch(&self, references: BTreeSet<SecretRef>) -> impl Future<Output = Values> + use<> {
        let left = (self.begun + self.options.deadline).saturating_duration_since(Instant::now());
        let (vault, within) = (self.deps.vault.clone(), self.options.fetch().min(left));
        async move { vault.fetch(&references, within).await }
    }

    fn probing(&self, secret_provider: SecretProvider) -> Probing {
        let deadline = self.probes_end();
        Probing {
            prober: Arc::clone(&self.deps.prober),
            secret_provider,
            judging: self.deps.judging.clone(),
            deadline,
            timeout_bound: self.timeout_bound(deadline),
            stop: self.deps.stop.clone(),
        }
    }
}
