//! `diff --probe`: probes what a plan adds and changes, once and from here, with the prober of `check`. Nothing is
//! written, and no secret is filled in unasked: the author of a pull request chooses where it would go.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::cli::Diff;
use crate::commands::context::Context;
use crate::commands::environment::variable;
use crate::commands::failure::Failure;
use crate::inventory::WatchedMonitor;
use crate::plan::{Change, Plan};
use crate::probe::{Limits, Prober, Secrets};
use crate::report::ProbePreview;
use crate::run::{Judged, Judging, Probing, SecretProvider, TimeoutBound, Variables, secrets_of};
use crate::secrets::Vault;

/// Time for all probes together: a reviewer waits for it.
const DEADLINE: Duration = Duration::from_secs(100);

/// Longest time in which secrets are fetched.
const FETCH: Duration = Duration::from_secs(10);

/// Probes at the same time, and of one host: a runner of CI is small, and an endpoint is not to be hit by a review.
const TOTAL: usize = 64;
const PER_HOST: usize = 8;

/// The added and changed monitors of a plan, each probed once; by id.
pub async fn probe_preview(
    context: &Context,
    args: &Diff,
    plan: &Plan,
) -> Result<Vec<ProbePreview>, Failure> {
    let (beating, enabled): (Vec<_>, Vec<_>) = plan
        .changes
        .iter()
        .filter_map(Change::desired)
        .filter(|desired| desired.monitor.enabled)
        .map(|desired| Arc::new(WatchedMonitor::new(desired.monitor.clone(), desired.spec.clone(), None)))
        .partition(|watched| watched.monitor.ask.beat_rule().is_some());
    let needs = |watched: &WatchedMonitor| -> Vec<_> {
        let names: BTreeSet<_> = Secrets::references(&watched.monitor).cloned().collect();
        names.into_iter().collect()
    };
    let (due, left): (Vec<_>, Vec<_>) =
        enabled.into_iter().partition(|watched| args.secrets || needs(watched).is_empty());
    let at_most = |number| NonZeroUsize::new(number).unwrap_or(NonZeroUsize::MIN);
    let limits = Limits { total: at_most(TOTAL), per_host: at_most(PER_HOST) };
    let (_never, stop) = watch::channel(false);
    let vault = Vault::new(context.aws.clone());
    let secrets = secrets_of(&due);
    let variables = Variables { offer: context.offer()?, read: variable };
    let probing =
        Probing {
            judging: Judging::default(),
            prober: Arc::new(
                Prober::new(context.addresses(&args.allow)?, limits)
                    .permitting(context.permits()?)
                    .within(context.aws.clone()),
            ),
            secret_provider: SecretProvider::order(&due, variables, async move {
                vault.fetch(&secrets, FETCH).await
            }),
            deadline: Instant::now() + DEADLINE,
            timeout_bound: TimeoutBound::endless(),
            stop,
        };
    let clock = context.clock.clone();
    let now = clock.wall();
    let judged = probing.probe_all(due, move || clock.wall(), |_| {}).await;
    let probed = |Judged { watched, judgement }| ProbePreview {
        id: watched.monitor.id.clone(),
        judgement,
        needs: Vec::new(),
        beats: None,
    };
    let unprobed = |watched: Arc<WatchedMonitor>| {
        ProbePreview::without_secrets(watched.monitor.id.clone(), now, needs(&watched))
    };
    let beats = |watched: Arc<WatchedMonitor>| {
        ProbePreview::of_beats(watched.monitor.id.clone(), now, watched.monitor.request_line())
    };
    let mut probe_previews: Vec<_> = judged
        .into_iter()
        .map(probed)
        .chain(left.into_iter().map(unprobed))
        .chain(beating.into_iter().map(beats))
        .collect();
    probe_previews.sort_by(|one, two| one.id.cmp(&two.id));
    Ok(probe_previews)
}
