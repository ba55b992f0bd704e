//! How many probes may talk to one host at once.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

/// The places at each host that a run has met, so that monitoring a host does not become its load test.
///
/// The key is the host as the URL names it. Two names of one machine count as two hosts: which addresses they
/// share is only known after a lookup that is itself part of a probe.
#[derive(Debug)]
pub struct Hosts {
    places: usize,
    met: Mutex<HashMap<String, Arc<Semaphore>>>,
}

impl Hosts {
    pub fn new(places: NonZeroUsize) -> Self {
        Self { places: places.get().min(Semaphore::MAX_PERMITS), met: Mutex::default() }
    }

    /// The places at `host`; never closed.
    pub fn at(&self, host: &str) -> Arc<Semaphore> {
        let mut met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(places) = met.get(host) {
            return Arc::clone(places);
        }
        Arc::clone(met.entry(host.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(self.places))))
    }
}
