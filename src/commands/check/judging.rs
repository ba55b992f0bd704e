//! Judges answers beside the runtime: what a monitor asks of its answer may keep a processor busy for a tenth of a
//! second, and no other monitor waits for that.

use std::sync::Arc;
use std::thread::available_parallelism;

use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout_at};

use super::inventory::WatchedMonitor;
use super::secret_provider::Resolution;
use crate::monitor::Expectations;
use crate::observation::Observation;
use crate::verdict::{Judgement, Verdict, judge};

/// Characters of an answer that are made fit to be shown; a judgement shows fewer.
const QUOTED: usize = 160;

/// Places for judgements that take their time. There are as many as processors, because each of them may also hold
/// some 40 MB.
#[derive(Clone)]
pub struct Judging(Arc<Semaphore>);

impl Default for Judging {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(available_parallelism().map_or(1, usize::from))))
    }
}

impl Judging {
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
        // The place is free again when the judgement is made, not when nobody waits for it any more.
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
    expect.reads_body() || !expect.headers.is_empty()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    fn judgement(verdict: Verdict) -> Judgement {
        Judgement::without_evidence(verdict, Timestamp::UNIX_EPOCH)
    }

    #[tokio::test]
    async fn a_judgement_that_breaks_says_nothing_and_gives_its_place_back() {
        let judging = Judging(Arc::new(Semaphore::new(1)));
        for _ in 0..3 {
            let broken = judging.beside(|| unreachable!("planted"), Timestamp::UNIX_EPOCH).await;
            assert_eq!(broken.verdict, Verdict::Unknown);
        }
        let good = judging.beside(|| judgement(Verdict::Pass), Timestamp::UNIX_EPOCH).await;
        assert_eq!(good.verdict, Verdict::Pass);
    }

    #[tokio::test]
    async fn a_judgement_that_takes_its_time_stops_neither_the_runtime_nor_the_next_one_but_at_its_place() {
        let judging = Judging(Arc::new(Semaphore::new(1)));
        let (go, wait) = mpsc::channel::<()>();
        let slow = move || {
            wait.recv().expect("it is told to go on");
            judgement(Verdict::Pass)
        };
        let soon = Instant::now() + Duration::from_millis(20);
        let late = timeout_at(soon, judging.beside(slow, Timestamp::UNIX_EPOCH)).await;
        assert!(late.is_err(), "the runtime goes on, and the deadline is seen");
        let next = judging.beside(|| judgement(Verdict::Fail), Timestamp::UNIX_EPOCH);
        let waiting = timeout_at(Instant::now() + Duration::from_millis(20), next).await;
        assert!(waiting.is_err(), "the place is taken as long as the processor is");
        go.send(()).expect("somebody waits");
        let next = judging.beside(|| judgement(Verdict::Fail), Timestamp::UNIX_EPOCH).await;
        assert_eq!(next.verdict, Verdict::Fail);
    }
}
