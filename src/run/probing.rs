//! The one concurrent spot: probes everything that is due, and judges each answer where it arrives.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use tokio::sync::watch;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, interval};

use super::judging::Judging;
use super::named::named;
use super::secret_provider::SecretProvider;
use super::timeout_bound::TimeoutBound;
use crate::history::StoredReason;
use crate::inventory::WatchedMonitor;
use crate::observation::{Fault, Observation};
use crate::probe::{Probed, Prober};
use crate::verdict::{Judgement, Verdict};

/// How often the progress is shown.
const PROGRESS: Duration = Duration::from_millis(250);

/// How a run probes.
#[derive(Clone)]
pub struct Probing {
    pub prober: Arc<Prober>,
    pub secret_provider: SecretProvider,
    pub judging: Judging,
    /// When the run must be done with probing.
    pub deadline: Instant,
    /// The longest that an attempt may take, so that one that hangs is over by then.
    pub timeout_bound: TimeoutBound,
    /// Turns true when the run shall stop early.
    pub stop: watch::Receiver<bool>,
}

/// A judged monitor.
#[derive(Debug)]
pub struct Judged {
    pub watched: Arc<WatchedMonitor>,
    pub judgement: Judgement,
}

impl Judged {
    /// The kind of the gravest fault, if there is one.
    pub fn reason(&self) -> Option<StoredReason> {
        self.judgement.faults.first().map(|fault| StoredReason::of(fault.kind))
    }
}

impl Probing {
    /// Probes `due`, in its order as far as there is room. Every one of them comes back: what was not reached
    /// is skipped, and a probe that broke is unknown; neither says anything about the endpoint.
    ///
    /// `now` gives the time of the store; `progress` receives now and then how many are done.
    pub async fn probe_all(
        mut self,
        due: Vec<Arc<WatchedMonitor>>,
        now: impl Fn() -> Timestamp,
        mut progress: impl FnMut(usize),
    ) -> Vec<Judged> {
        let mut judged = Vec::with_capacity(due.len());
        let mut tasks = JoinSet::new();
        let mut waiting: HashMap<Id, Arc<WatchedMonitor>> = HashMap::with_capacity(due.len());
        for watched in due {
            let task = tasks.spawn(self.probe(Arc::clone(&watched), now()));
            waiting.insert(task.id(), watched);
        }
        let mut enter = |ended: Result<(Id, Option<Judgement>), JoinError>| {
            let (id, judgement) = match ended {
                Ok((id, Some(judgement))) => (id, judgement),
                Ok((id, None)) => (id, Judgement::without_evidence(Verdict::Skipped, now())),
                // A probe that panicked says nothing about its endpoint, and stops no other.
                Err(broken) => (broken.id(), Judgement::without_evidence(Verdict::Unknown, now())),
            };
            judged.extend(waiting.remove(&id).map(|watched| Judged { watched, judgement }));
            judged.len()
        };
        let (mut done, mut tick) = (0, interval(PROGRESS));
        loop {
            tokio::select! {
                ended = tasks.join_next_with_id() => match ended {
                    Some(ended) => done = enter(ended),
                    None => break,
                },
                _ = tick.tick() => progress(done),
                // The deadline is seen by the probes themselves; a stop drops those that are not at their end.
                () = stopped(&mut self.stop) => break,
            }
        }
        while let Some(ended) = tasks.try_join_next_with_id() {
            enter(ended);
        }
        tasks.shutdown().await;
        judged.extend(waiting.into_values().map(|watched| Judged {
            watched,
            judgement: Judgement::without_evidence(Verdict::Skipped, now()),
        }));
        judged
    }

    /// One monitor, judged where its answer arrives; `None` if the deadline came first.
    fn probe(
        &self,
        watched: Arc<WatchedMonitor>,
        now: Timestamp,
    ) -> impl Future<Output = Option<Judgement>> + use<> {
        let (prober, secret_provider, judging) =
            (Arc::clone(&self.prober), self.secret_provider.clone(), self.judging.clone());
        let (deadline, timeout_bound, begun) = (self.deadline, self.timeout_bound, Instant::now());
        async move {
            let resolved = secret_provider.secrets_for(&watched.monitor).await;
            let now = now.checked_add(begun.elapsed()).unwrap_or(now);
            let bounded = timeout_bound.bounded(&watched.monitor);
            let versions = bounded.by_ip_version();
            let observe = |monitor| prober.observe(monitor, resolved.secrets(), now, Some(deadline));
            let observed = join_all(versions.iter().map(|monitor| observe(monitor))).await;
            // An endpoint may show a secret that another monitor sent it. So words wait for all secrets.
            let resolution = secret_provider.resolved().await;
            let mut judgements = Vec::new();
            for probed in observed {
                let Probed::Observed(observation) = probed else { return None };
                let clean = |fault: Fault| resolution.secrets.quoter(&watched.monitor).clean(&fault);
                let result = observation.result.map_err(clean);
                let observation = Observation { result, ..observation };
                let (watched, resolution) = (Arc::clone(&watched), Arc::clone(&resolution));
                judgements.push(judging.judge(watched, observation, resolution, deadline).await?);
            }
            Judgement::of_ip_versions(judgements)
        }
    }
}

/// What a run says of probes that broke down or could not be made, before it looks at itself: until then nothing else is
/// unknown. A person has to hear of it, because such a monitor is not watched.
pub fn broken(judged: &[Judged]) -> Vec<String> {
    let mut unmade: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut crashed = Vec::new();
    for Judged { watched, judgement } in judged.iter().filter(|one| one.judgement.verdict == Verdict::Unknown)
    {
        let id = watched.monitor.id.as_str();
        match judgement.faults.first() {
            Some(fault) => unmade.entry(fault.to_string()).or_default().push(id),
            None => crashed.push(id),
        }
    }
    let unmade = unmade.into_iter().map(|(why, ids)| format!("cannot probe {}: {why}", named(ids)));
    let crashed = (!crashed.is_empty()).then(|| {
        let named = named(crashed);
        format!(
            "a probe crashed, so the health of {named} is unknown (a bug in monitorctl; please report it)"
        )
    });
    crashed.into_iter().chain(unmade).collect()
}

/// What `work` comes to, unless the run shall stop before it is done.
pub async fn unless_stopped<T>(stop: &watch::Receiver<bool>, work: impl Future<Output = T>) -> Option<T> {
    let mut stop = stop.clone();
    tokio::select! {
        done = work => Some(done),
        () = stopped(&mut stop) => None,
    }
}

/// Comes back when the run shall stop early.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        // The sender is gone, so the run cannot be stopped.
        std::future::pending::<()>().await;
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::super::secret_provider::Variables;
    use super::*;
    use crate::monitor::{IpChoice, Monitor, Offer, Retry, Spec};
    use crate::net::AddressPolicy;
    use crate::probe::Limits;
    use crate::secrets::Values;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// Its second attempt would begin beyond the end of time, which `validate` lets no file ask for.
    fn breaking(id: &str) -> Monitor {
        let retry = Retry { attempts: 1, wait: Duration::MAX, ..Retry::default() };
        Monitor { retry, ..Monitor::sample(id, "http://127.0.0.1:1/") }
    }

    fn due_of(monitors: impl IntoIterator<Item = Monitor>) -> Vec<Arc<WatchedMonitor>> {
        let watched = |monitor| Arc::new(WatchedMonitor::new(monitor, Spec::default(), None));
        monitors.into_iter().map(watched).collect()
    }

    fn probing(due: &[Arc<WatchedMonitor>]) -> Probing {
        let variables = Variables { offer: Offer::nothing(), read: |_| None };
        let many = NonZeroUsize::new(8).expect("more than none");
        let limits = Limits { total: many, per_host: many };
        Probing {
            prober: Arc::new(Prober::new(AddressPolicy::laptop(Vec::new()), limits)),
            secret_provider: SecretProvider::order(due, variables, async { Values::default() }),
            judging: Judging::default(),
            deadline: Instant::now() + Duration::from_mins(10),
            timeout_bound: TimeoutBound::endless(),
            stop: watch::Sender::new(false).subscribe(),
        }
    }

    // P11: one bad monitor never stops the others, and what is not watched is said.
    #[tokio::test]
    async fn a_probe_that_panics_stops_no_other_and_is_named() {
        let patient = Retry { attempts: 0, ..Retry::default() };
        let good = Monitor { retry: patient, ..Monitor::sample("good", "http://127.0.0.1:1/") };
        let due = due_of([breaking("bad"), good, breaking("worse")]);
        let probing = probing(&due);
        // The sender of the stop is gone, which stops nothing.
        let judged = probing.probe_all(due, || Timestamp::UNIX_EPOCH, |_| {}).await;
        let verdict = |id: &str| {
            let found = judged.iter().find(|judged| judged.watched.monitor.id.as_str() == id);
            found.map(|judged| judged.judgement.verdict)
        };
        assert_eq!(
            (verdict("bad"), verdict("good"), verdict("worse")),
            (Some(Verdict::Unknown), Some(Verdict::Fail), Some(Verdict::Unknown))
        );
        assert_eq!(
            broken(&judged),
            [
                "a probe crashed, so the health of bad, worse is unknown (a bug in monitorctl; please report it)"
            ]
        );
        assert_eq!(broken(&[]), [] as [&str; 0]);
    }

    #[tokio::test]
    async fn a_monitor_of_both_versions_of_ip_is_probed_over_each_of_them() {
        // It listens on IPv4 alone, and `localhost` has both.
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
                let _taken = stream.read(&mut [0; 1024]).await.expect("a request");
                stream.write_all(answer).await.expect("an answer");
            }
        });
        let retry = Retry { attempts: 0, ..Retry::default() };
        let over = |id: &str, ip| {
            let monitor = Monitor::sample(id, &format!("http://localhost:{port}/"));
            Monitor { ip, retry: retry.clone(), ..monitor }
        };
        let due = due_of([over("any", IpChoice::Any), over("both", IpChoice::Both)]);
        let judged = probing(&due).probe_all(due, || Timestamp::UNIX_EPOCH, |_| {}).await;
        let of =
            |id: &str| judged.iter().find(|one| one.watched.monitor.id.as_str() == id).expect("it is there");
        assert_eq!(of("any").judgement.verdict, Verdict::Pass);
        let both = &of("both").judgement;
        assert_eq!((both.verdict, both.code), (Verdict::Fail, Some(200)));
        // The hosts file of a machine may give it no address of IPv6.
        assert!(both.why().starts_with("over IPv6: "), "{}", both.why());
    }
}
