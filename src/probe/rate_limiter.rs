//! Limits the attempts under way, over all hosts and at each host.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many attempts may be under way at once.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Over all hosts; each takes a file descriptor.
    pub total: NonZeroUsize,
    /// At one host, so that watching it does not become its load test.
    pub per_host: NonZeroUsize,
}

/// Grants permits in the order of the requests.
#[derive(Debug)]
pub struct RateLimiter {
    total: Arc<Semaphore>,
    per_host: usize,
    hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
}

/// The right to make one attempt, given back when it is dropped.
#[derive(Debug)]
pub struct Permit {
    _host: OwnedSemaphorePermit,
    _total: OwnedSemaphorePermit,
}

impl RateLimiter {
    pub fn new(limits: Limits) -> Self {
        Self {
            total: Arc::new(Semaphore::new(limits.total.get().min(Semaphore::MAX_PERMITS))),
            per_host: limits.per_host.get().min(Semaphore::MAX_PERMITS),
            hosts: Mutex::default(),
        }
    }

    /// Waits for a permit at `host`. The limit of the host comes first, so an attempt that waits for a busy host takes
    /// no place from the others. The result is never `None` while the limiter exists.
    pub async fn take(&self, host: &str) -> Option<Permit> {
        let host = self.at(host).acquire_owned().await.ok()?;
        let total = Arc::clone(&self.total).acquire_owned().await.ok()?;
        Some(Permit { _host: host, _total: total })
    }

    /// The places at `host`, as the URL names it. Two names may share an address, but only the lookup tells, and it is
    /// part of the attempt.
    fn at(&self, host: &str) -> Arc<Semaphore> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(places) = hosts.get(host) {
            return Arc::clone(places);
        }
        Arc::clone(hosts.entry(host.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(self.per_host))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    fn rate_limiter(total: usize, per_host: usize) -> RateLimiter {
        let limit = |n| NonZeroUsize::new(n).expect("at least one");
        RateLimiter::new(Limits { total: limit(total), per_host: limit(per_host) })
    }

    // Trap 16: a slow endpoint delays the others.
    #[tokio::test]
    async fn who_waits_for_a_busy_host_keeps_no_place_from_the_others() {
        let rate_limiter = rate_limiter(2, 1);
        let slow = rate_limiter.take("slow").await;
        let mut next_slow = Box::pin(rate_limiter.take("slow"));
        assert!((&mut next_slow).now_or_never().is_none(), "the host is busy");
        assert!(rate_limiter.take("fast").now_or_never().flatten().is_some(), "another one is not");
        drop(slow);
        assert!(next_slow.now_or_never().flatten().is_some());
    }

    #[tokio::test]
    async fn no_more_than_the_total_talk_at_once() {
        let rate_limiter = rate_limiter(2, 2);
        let _held = (rate_limiter.take("a").await, rate_limiter.take("b").await);
        assert!(rate_limiter.take("c").now_or_never().is_none());
    }
}
