//! The stopwatch of one attempt. It lives outside the attempt, so that what was measured survives a timeout.

use std::time::Duration;

use tokio::time::Instant;

use crate::observation::{Certificate, Peer, Phases, Reach};

/// How long an attempt has taken, and in which phases of its current hop.
#[derive(Debug)]
pub struct Trace {
    started: Instant,
    running: Option<(&'static str, Instant)>,
    phases: Phases,
    certificate: Option<Certificate>,
    peer: Peer,
    /// What a kind of check takes for the latency, if it is not the time of the whole attempt.
    latency: Option<Duration>,
}

impl Trace {
    pub fn start() -> Self {
        Self {
            started: Instant::now(),
            running: None,
            phases: Phases::default(),
            certificate: None,
            peer: Peer::default(),
            latency: None,
        }
    }

    pub fn started(&self) -> Instant {
        self.started
    }

    /// Ends the running phase and begins `phase`.
    pub fn enter(&mut self, phase: &'static str) {
        let now = self.end_phase();
        self.running = Some((phase, now));
    }

    /// Forgets the phases of the hop behind.
    pub fn next_hop(&mut self) {
        self.running = None;
        self.phases = Phases::default();
    }

    /// Records the certificate that a hop relies on. Of all hops, the first to expire counts: without it the later
    /// hops are not reached.
    pub fn secured(&mut self, certificate: Option<Certificate>) {
        let both = self.certificate.take().into_iter().chain(certificate);
        self.certificate = both.min_by_key(|certificate| certificate.expires);
    }

    /// Replaces the time of the whole attempt by what was measured in it.
    pub fn measured(&mut self, latency: Duration) {
        self.latency = Some(latency);
    }

    /// Begins a hop to a peer whose address is not known yet.
    pub fn toward(&mut self, peer: Peer) {
        self.peer = peer;
    }

    /// Records what kind of address the name of a hop leads to.
    pub fn leads_to(&mut self, reach: Reach) {
        self.peer.reach = Some(reach);
    }

    pub fn peer(&self) -> Peer {
        self.peer
    }

    /// The phase that is running, if the first one has begun.
    pub fn running(&self) -> Option<&'static str> {
        self.running.map(|(phase, _)| phase)
    }

    /// Ends the attempt: the phases of its last hop, its latency, and the certificate that expires first.
    pub fn stop(mut self) -> (Phases, Duration, Option<Certificate>) {
        let now = self.end_phase();
        (self.phases, self.latency.unwrap_or(now - self.started), self.certificate)
    }

    fn end_phase(&mut self) -> Instant {
        let now = Instant::now();
        if let Some((phase, since)) = self.running {
            self.phases.record(phase, now - since);
        }
        now
    }
}
