//! The runs that a script takes, and what came of each.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::stage::SimulatedRun;
use super::{Actor, Notice, Outcome, Stage};
use crate::alert::Routes;
use crate::monitor::{Monitor, MonitorId};
use crate::state::{Backlog, SkippedRange, is_due, own_slot};
use crate::suppress::{DiscardReason, SuppressionReason};
use crate::transition::{Health, StreakProgress, Thresholds, progress};
use crate::verdict::{Judgement, Verdict};

/// Runs of a simulation: more than a year of one every two minutes.
const RUNS: u32 = 300_000;

/// What is simulated.
#[derive(Debug, Clone)]
pub struct Play<'a> {
    /// The monitor that it is about. The play ends with its last outcome.
    pub lead: SimulatedMonitor<'a>,
    /// Monitors that it depends on. Their last outcome goes on.
    pub parents: Vec<SimulatedMonitor<'a>>,
    /// When the first run is.
    pub from: Timestamp,
    /// From one run to the next.
    pub period: Duration,
    /// Shown in messages.
    pub environment: Option<&'a str>,
}

/// A monitor that was never probed, and what its probes see.
#[derive(Debug, Clone)]
pub struct SimulatedMonitor<'a> {
    pub monitor: &'a Monitor,
    pub outcomes: Vec<Outcome>,
    /// The channels that it notifies.
    pub routes: Routes,
}

impl<'a> SimulatedMonitor<'a> {
    /// One of whose channels nothing is known but their names.
    pub fn new(monitor: &'a Monitor, outcomes: Vec<Outcome>) -> Self {
        Self { monitor, outcomes, routes: Actor::of(monitor).routes }
    }

    #[must_use]
    pub fn notifying(self, routes: Routes) -> Self {
        Self { routes, ..self }
    }

    pub(super) fn actor(&self) -> Actor<'a> {
        Actor { monitor: self.monitor, judged: String::new(), routes: self.routes.clone() }
    }
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    pub monitor: MonitorId,
    pub from: Timestamp,
    /// From one probe of the monitor to the next.
    pub apart: Duration,
    /// The runs that probed it, and those in which something happened.
    pub moments: Vec<Moment>,
}

/// One run.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    pub at: Timestamp,
    /// Since the first run.
    pub after: Duration,
    /// What the monitor was seen to be, if it was probed.
    pub probe: Option<(Outcome, Judgement)>,
    /// How it is after the run.
    pub health: Health,
    pub progress: Option<StreakProgress>,
    /// The number of the change that this run confirmed.
    pub change: Option<u64>,
    pub flapping: bool,
    /// The parents that are not up, as they are after the run.
    pub parents: Vec<(MonitorId, Health)>,
    /// Of the monitor and of its parents.
    pub alerts: Vec<Notice>,
    /// Why the alert of the monitor is suppressed, where that is another reason than in the run before.
    pub suppressed: Option<SuppressionReason>,
    pub discarded: Option<DiscardReason>,
}

/// Why a simulation is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooLong {
    #[error("the script has more than {0} outcomes")]
    Probes(usize),
    #[error("the script takes more than {0} runs")]
    Runs(u32),
    #[error("the script ends beyond the calendar")]
    Calendar,
}

/// Plays it.
pub fn simulate(play: &Play<'_>) -> Result<Timeline, TooLong> {
    let Play { lead, parents, from, period, environment: _ } = play;
    let lead_id = &lead.monitor.id;
    let parts = || std::iter::once(lead).chain(parents);
    let mut stage = Stage::new(parts().map(SimulatedMonitor::actor), [], &[]);
    let mut players: Vec<_> = parts().map(|part| Player::new(part, *period)).collect();
    let mut recorder = Recorder::new(play);
    let mut moments = Vec::new();
    for number in 0.. {
        if players.first().is_none_or(Player::is_through) {
            break;
        }
        if number >= RUNS {
            return Err(TooLong::Runs(RUNS));
        }
        let after = period.saturating_mul(number);
        let at = from.checked_add(after).map_err(|_| TooLong::Calendar)?;
        let mut seen = BTreeMap::new();
        let mut probe = None;
        for player in &mut players {
            let id = &player.monitor.id;
            if let Some((outcome, judgement)) = player.probe(number, at, stage.row(id).is_none()) {
                if id == lead_id {
                    probe = Some((outcome, judgement.clone()));
                }
                seen.insert(id.clone(), judgement);
            }
        }
        let run = stage.run(&seen, at);
        moments.extend(recorder.moment(&stage, run, RunTime { at, after }, probe));
    }
    let apart = lead.monitor.apart(*period);
    Ok(Timeline { monitor: lead_id.clone(), from: *from, apart, moments })
}

/// Keeps what came of each run.
pub struct Recorder<'p> {
    play: &'p Play<'p>,
    /// Why the alert of the monitor is suppressed since the run before.
    reason: Option<SuppressionReason>,
    changes: u64,
}

/// When a run is.
#[derive(Debug, Clone, Copy)]
pub struct RunTime {
    pub at: Timestamp,
    /// Since the first run.
    pub after: Duration,
}

impl<'p> Recorder<'p> {
    pub fn new(play: &'p Play<'p>) -> Self {
        Self { play, reason: None, changes: 0 }
    }

    /// What is to be said of a run; `None` if it probed nothing and nothing happened.
    pub fn moment(
        &mut self,
        stage: &Stage<'_>,
        run: SimulatedRun,
        RunTime { at, after }: RunTime,
        probe: Option<(Outcome, Judgement)>,
    ) -> Option<Moment> {
        let Play { lead, parents, from: _, period: _, environment } = self.play;
        let lead_id = &lead.monitor.id;
        let row = stage.row(lead_id);
        let seq = row.map_or(0, |row| row.confirmed.seq);
        let suppressed = run.suppressed.into_iter().find(|(id, _)| id == lead_id).map(|(_, reason)| reason);
        let bad = |part: &SimulatedMonitor<'_>| {
            let health = stage.row(&part.monitor.id)?.confirmed.health;
            (health != Health::Up).then(|| (part.monitor.id.clone(), health))
        };
        let moment = Moment {
            at,
            after,
            probe,
            health: row.map_or(Health::New, |row| row.confirmed.health),
            progress: row.and_then(|row| progress(Thresholds::of(&lead.monitor.alert), &row.confirmed)),
            change: (seq > self.changes).then_some(seq),
            flapping: row.is_some_and(|row| row.confirmed.recent_changes.flapping(at).is_some()),
            parents: parents.iter().filter_map(bad).collect(),
            alerts: Notice::all(&run.alerts, *environment, at),
            suppressed: suppressed.clone().filter(|suppressed| self.reason.as_ref() != Some(suppressed)),
            discarded: run
                .discarded
                .into_iter()
                .find(|one| one.accepted.monitor == *lead_id)
                .map(|one| one.why),
        };
        (self.reason, self.changes) = (suppressed, seq);
        (moment.probe.is_some() || moment.is_eventful()).then_some(moment)
    }
}

impl Timeline {
    /// The alerts of the monitor itself, with the time from the first run on.
    pub fn alerts(&self) -> impl Iterator<Item = (&Notice, Duration)> {
        self.moments.iter().flat_map(|moment| {
            let own = moment.alerts.iter().filter(|notice| notice.monitor == self.monitor);
            own.map(|notice| (notice, moment.after))
        })
    }
}

impl Moment {
    /// Whether an alert is sent, suppressed or discarded.
    pub fn is_eventful(&self) -> bool {
        !self.alerts.is_empty() || self.suppressed.is_some() || self.discarded.is_some()
    }
}

/// A part that is being played.
struct Player<'a> {
    monitor: &'a Monitor,
    outcomes: &'a [Outcome],
    next: usize,
    period: Duration,
    /// The slot of the first run. It is one of the monitor's own, so that its probes are an interval apart from there.
    first: u64,
    /// Whether it was not reached when it was due last.
    behind: bool,
}

impl<'a> Player<'a> {
    fn new(part: &'a SimulatedMonitor<'_>, period: Duration) -> Self {
        let SimulatedMonitor { monitor, outcomes, routes: _ } = part;
        let first = own_slot(monitor, period);
        Self { monitor, outcomes, next: 0, period, first, behind: false }
    }

    fn is_through(&self) -> bool {
        self.next >= self.outcomes.len()
    }

    /// What is seen in this run, if it is due. `new` is one without a row, which is due at once.
    fn probe(&mut self, number: u32, at: Timestamp, new: bool) -> Option<(Outcome, Judgement)> {
        let slot = self.first + u64::from(number);
        let place = self.monitor.id.spread();
        let skipped = self.behind.then_some(SkippedRange { from: place, to: place, since: None });
        let backlog = Backlog { last_slot: Some(slot - 1), skipped };
        if !new && !is_due(self.monitor, self.period, slot, &backlog) {
            return None;
        }
        let outcome = *self.outcomes.get(self.next).or(self.outcomes.last())?;
        self.next += 1;
        let judgement = outcome.judgement(self.monitor, at);
        self.behind = judgement.verdict == Verdict::Skipped;
        Some((outcome, judgement))
    }
}
