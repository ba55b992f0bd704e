//! Judges answers beside the runtime: what a monitor asks of its answer may keep a processor busy for a tenth of a
//! second, and no other monitor waits for that.

use std::sync::Arc;
use std::thread::available_parallelism;

use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout_at};

use super::secret_provider::Resolution;
use crate::inventory::WatchedMonitor;
use crate::monitor::Expectations;
use crate::observation::Observation;
use crate::verdict::{Judgement, Verdict, judge};

/// Characters of an answer that are made fit to be shown; a judgement shows fewer.
const QUOTED: usize = 200;

/// Places for judgements that take their time. There are as many as processors, because each of them may also hold
/// some 40 MB.
#[derive(Clone)]
pub struct Judging(Arc<Semaphore>);

impl Default for Judging {
    fn default() -> Self {
        Self::with_places(available_parallelism().map_or(1, usize::from))
    }
}

impl Judging {
    /// So many judgements take their time beside each other.
    pub fn with_places(number: usize) -> Self {
        Self(Arc::new(Semaphore::new(number)))
    }

    /// `None` if `deadline` comes first: such a monitor was not judged, so its health stays as it is, and the next run
    /// begins with it. A judgement that breaks says nothing of its endpoint.
    pub async fn judge(
        &self,
        watched: Arc<WatchedMonitor>,
        observation: Observation,
        resolution: Arc<Resolution>,
        deadline: Instant,
    ) -> Option<Judgement> {
        let at = observation.at;
        let looks_into_answer = observation.result.is_ok() && looks_into_answer(&watched.monitor.expect);
        let judged = move || {
            let quoter = resolution.secrets.quoter(&watched.monitor);
            judge(&watched.monitor, &observation, &|text| quoter.quote(text, QUOTED))
        };
        if !looks_into_answer {
            return Some(judged());
        }
        timeout_at(deadline, self.beside(judged, at)).await.ok()
    }

    async fn beside(&self, judged: impl FnOnce() -> Judgement + Send + 'static, at: Timestamp) -> Judgement {
        let broken = || Judgement::without_evidence(Verdict::Unknown, at);
        // The place is free again when the judgement is made, not when its result is no longer awaited.
        let Ok(place) = Arc::clone(&self.0).acquire_owned().await else { return broken() };
        let judged = spawn_blocking(move || {
            let judgement = judged();
            drop(place);
            judgement
        });
        judged.await.unwrap_or_else(|_| broken())
    }
}

/// Whether judging is more than a few comparisons of numbers.
fn looks_into_answer(expect: &Expectations) -> bool {
    expect.assertions.iter().any(|assertion| !assertion.subject.is_code())
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;
    use crate::assert::{Assertion, Comparison};
    use crate::kinds::Evidence;
    use crate::kinds::http::{self, Answer};
    use crate::monitor::{Monitor, Spec};
    use crate::observation::{Peer, Phases};
    use crate::probe::Secrets;
    use crate::secrets::Values;

    fn observation() -> Observation {
        Observation {
            at: Timestamp::UNIX_EPOCH,
            attempts: 1,
            phases: Phases::default(),
            latency: Duration::from_millis(1),
            certificate: None,
            peer: Peer::default(),
            result: Ok(Evidence::Http(Answer {
                status: 200,
                body: Some(b"ok".to_vec()),
                ..Answer::default()
            })),
        }
    }

    fn judgement(verdict: Verdict) -> Judgement {
        Judgement::without_evidence(verdict, Timestamp::UNIX_EPOCH)
    }

    // Without the deadline it would wait for a place for ever.
    #[tokio::test(start_paused = true)]
    async fn what_finds_no_place_before_the_deadline_is_not_judged() {
        let judge = async |monitor: Monitor| {
            let judging = Judging::with_places(0);
            let deadline = Instant::now() + Duration::from_secs(1);
            let resolution = Resolution { values: Values::default(), secrets: Secrets::default() };
            let watched = Arc::new(WatchedMonitor::new(monitor, Spec::default(), None));
            let judged = judging.judge(watched, observation(), Arc::new(resolution), deadline);
            timeout_at(deadline + Duration::from_secs(1), judged).await.expect("it ends at its deadline")
        };
        let mut monitor = Monitor::sample("a", "https://a.example/");
        assert!(judge(monitor.clone()).await.is_some(), "a status needs no place");
        let ok = vec![Comparison::Contains("ok".to_owned())];
        monitor.expect.assertions.push(Assertion::new(http::BODY, "", ok));
        assert!(judge(monitor).await.is_none());
    }

    #[tokio::test]
    async fn a_judgement_that_breaks_says_nothing_and_gives_its_place_back() {
        let judging = Judging::with_places(1);
        for _ in 0..3 {
            let broken = judging.beside(|| unreachable!("planted"), Timestamp::UNIX_EPOCH).await;
            assert_eq!(broken.verdict, Verdict::Unknown);
        }
        let good = judging.beside(|| judgement(Verdict::Pass), Timestamp::UNIX_EPOCH).await;
        assert_eq!(good.verdict, Verdict::Pass);
    }

    #[tokio::test]
    async fn a_judgement_that_takes_its_time_stops_neither_the_runtime_nor_the_next_one_but_at_its_place() {
        let judging = Judging::with_places(1);
        let (go, wait) = mpsc::channel::<()>();
        let slow = move || {
            wait.recv().expect("the sender lets it go on");
            judgement(Verdict::Pass)
        };
        let soon = Instant::now() + Duration::from_millis(20);
        let late = timeout_at(soon, judging.beside(slow, Timestamp::UNIX_EPOCH)).await;
        assert!(late.is_err(), "the runtime goes on, and the deadline is seen");
        let next = judging.beside(|| judgement(Verdict::Fail), Timestamp::UNIX_EPOCH);
        let waiting = timeout_at(Instant::now() + Duration::from_millis(20), next).await;
        assert!(waiting.is_err(), "the place is taken as long as the processor is");
        go.send(()).expect("the receiver waits");
        let next = judging.beside(|| judgement(Verdict::Fail), Timestamp::UNIX_EPOCH).await;
        assert_eq!(next.verdict, Verdict::Fail);
    }
}
