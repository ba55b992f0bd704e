//! The one concurrent spot: probes everything that is due, and judges each answer where it arrives.

use std::num::NonZeroUsize;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::task::{Id, JoinSet};
use tokio::time::Instant;

use super::lanes::{LaneId, Lanes};
use super::subject::Subject;
use crate::probe::{Probed, Prober, Secrets};
use crate::verdict::{Judgement, Verdict, judge};

/// How a run probes.
pub struct Probing {
    pub prober: Arc<Prober>,
    pub secrets: Arc<Secrets>,
    /// Probes at the same time, over all hosts and of one.
    pub concurrency: NonZeroUsize,
    pub per_host: NonZeroUsize,
    /// When the run must be done with probing.
    pub deadline: Instant,
    /// Turns true when the run shall stop early.
    pub stop: watch::Receiver<bool>,
}

/// A judged monitor.
#[derive(Debug)]
pub struct Judged {
    pub subject: Arc<Subject>,
    pub judgement: Judgement,
}

impl Probing {
    /// Probes `due` in its order. Every one of them comes back: what was not reached is skipped, and a probe
    /// that broke is unknown; neither says anything about the endpoint.
    ///
    /// `now` gives the time of the store; `progress` is told how many are done.
    pub async fn probe_all(
        mut self,
        due: Vec<Arc<Subject>>,
        now: impl Fn() -> Timestamp,
        mut progress: impl FnMut(usize),
    ) -> Vec<Judged> {
        let mut judged = Vec::with_capacity(due.len());
        let mut lanes =
            Lanes::new(self.per_host.get(), due.into_iter().map(|subject| (host(&subject), subject)));
        let mut running = Running::default();
        loop {
            while running.tasks.len() < self.concurrency.get() && !self.is_over() {
                let Some((lane, subject)) = lanes.start() else { break };
                running.start(&self, lane, subject, now());
            }
            if running.tasks.is_empty() {
                break;
            }
            tokio::select! {
                Some((lane, result)) = running.next(&now) => {
                    lanes.finish(lane);
                    judged.push(result);
                    progress(judged.len());
                }
                // Probes that are under way see the deadline themselves; a stop drops them.
                () = stopped(&mut self.stop) => break,
            }
        }
        let unreached = running.abandon().chain(lanes.into_rest());
        judged.extend(unreached.map(|subject| Judged {
            subject,
            judgement: Judgement::without_evidence(Verdict::Skipped, now()),
        }));
        judged
    }

    fn is_over(&self) -> bool {
        *self.stop.borrow() || Instant::now() >= self.deadline
    }
}

/// The probes under way, each with what is needed when it ends or breaks.
#[derive(Default)]
struct Running {
    tasks: JoinSet<Option<Judgement>>,
    about: std::collections::HashMap<Id, (LaneId, Arc<Subject>)>,
}

impl Running {
    fn start(&mut self, probing: &Probing, lane: LaneId, subject: Arc<Subject>, now: Timestamp) {
        let (prober, secrets) = (Arc::clone(&probing.prober), Arc::clone(&probing.secrets));
        let (about, deadline) = (Arc::clone(&subject), probing.deadline);
        let task = self.tasks.spawn(async move {
            match prober.probe(&about.monitor, &secrets, now, Some(deadline)).await {
                Probed::Skipped => None,
                Probed::Observed(observation) => {
                    Some(judge(&about.monitor, &observation, &|text| secrets.redact(text)))
                }
            }
        });
        self.about.insert(task.id(), (lane, subject));
    }

    /// The next one that ends.
    async fn next(&mut self, now: &impl Fn() -> Timestamp) -> Option<(LaneId, Judged)> {
        let (id, verdict) = match self.tasks.join_next_with_id().await? {
            Ok((id, Some(judgement))) => (id, Ok(judgement)),
            Ok((id, None)) => (id, Err(Verdict::Skipped)),
            // A probe that panicked says nothing about its endpoint, and stops no other.
            Err(broken) => (broken.id(), Err(Verdict::Unknown)),
        };
        let (lane, subject) = self.about.remove(&id)?;
        let judgement = verdict.unwrap_or_else(|verdict| Judgement::without_evidence(verdict, now()));
        Some((lane, Judged { subject, judgement }))
    }

    /// Drops what is under way.
    fn abandon(mut self) -> impl Iterator<Item = Arc<Subject>> {
        self.tasks.abort_all();
        self.about.into_values().map(|(_, subject)| subject)
    }
}

/// The host as written: two monitors of one host share it, whatever else differs.
fn host(subject: &Subject) -> String {
    let url = subject.monitor.url.to_string();
    let after = url.split_once("://").map_or(url.as_str(), |(_, after)| after);
    after.split(['/', '?', '#']).next().unwrap_or(after).to_ascii_lowercase()
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        // Nobody is left who could stop the run.
        std::future::pending::<()>().await;
    }
}
