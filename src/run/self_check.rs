//! The step SELF-CHECK: whether what the probes saw is trouble of this machine's own network.

use tokio::time::Instant;

use super::canaries::{Asking, problems};
use super::notified::Notified;
use super::probe::ProbeFindings;
use super::probing::Judged;
use super::state::RunState;
use crate::report::log::LogEvent;
use crate::state::{RunEvidence, SelfCheck, needs_canaries};

impl RunState<'_> {
    /// Enters what was notified and seen by now, as far as it is to be believed. What was accepted by its channel is
    /// entered before anything is decided.
    pub async fn self_check(&mut self, notified: Notified, findings: ProbeFindings) {
        self.probed = Instant::now();
        self.enter_delivered(&notified);
        self.notified = notified;
        let ProbeFindings { judged, problems: of_probes, notices } = findings;
        self.problems.extend(of_probes);
        self.notices = notices;
        let now = self.deps.store.now();
        let check = self.look(&judged, now).await;
        self.problems.extend(problems(&check));
        if check.is_worth_a_word() {
            self.deps.log.event(&LogEvent::Looked(&check));
        }
        let believed =
            |Judged { watched, judgement }| Judged { watched, judgement: check.believed(judgement) };
        self.judged = judged.into_iter().map(believed).collect();
        self.self_check = check;
    }

    async fn look(&self, judged: &[Judged], now: jiff::Timestamp) -> SelfCheck {
        let rows = &self.inventory.rows;
        // Who beats is not reached from here, so its beats say nothing of this network.
        let asked = judged.iter().filter(|judged| judged.watched.monitor.ask.beat_rule().is_none());
        let evidence =
            RunEvidence::of(asked.map(|judged| (rows.get(&judged.watched.monitor.id), &judged.judgement)));
        let prober = self.inventory.prober();
        let canaries = if needs_canaries(&evidence, prober) {
            let canaries = &self.inventory.watchlist.canaries;
            let asking = Asking { prober: &self.deps.prober, canaries, until: self.deadline() };
            asking.ask(&evidence, now).await
        } else {
            Vec::new()
        };
        SelfCheck::new(evidence, prober, canaries)
    }
}
