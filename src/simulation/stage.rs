//! Monitors with what is stored of them, and one run after the other, all in memory.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use crate::alert::{Alert, AlertFacts, AlertKind, RunPhase, Topic, compose};
use crate::monitor::{Monitor, MonitorId};
use crate::state::{Decider, Row, decide};
use crate::suppress::{Discarded, Scene, StoredSilence, SuppressionReason, sort};
use crate::verdict::Judgement;

/// The name of a made-up run.
const HOLDER: &str = "simulation";

/// A monitor that is watched.
#[derive(Debug, Clone)]
pub struct Actor<'a> {
    pub monitor: &'a Monitor,
    /// Its material fingerprint: what was counted for another text does not count.
    pub judged: String,
    /// Where its alerts go.
    pub topic: Topic,
}

/// Monitors, and what is stored of them.
#[derive(Debug, Clone)]
pub struct Stage<'a> {
    actors: BTreeMap<&'a MonitorId, Actor<'a>>,
    rows: BTreeMap<MonitorId, Row>,
    silences: &'a [StoredSilence],
    epoch: u64,
}

/// What came of one run.
#[derive(Debug, Default)]
pub struct SimulatedRun {
    /// Taken by their topics.
    pub alerts: Vec<Alert>,
    /// Suppressed at its end.
    pub suppressed: Vec<(MonitorId, SuppressionReason)>,
    pub discarded: Vec<Discarded>,
}

/// An alert as people get it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub monitor: MonitorId,
    pub id: String,
    pub kind: AlertKind,
    /// The word at its head: `STILL DOWN`.
    pub word: &'static str,
    pub subject: String,
    pub topic: String,
}

impl<'a> Actor<'a> {
    /// One that is known by its file alone.
    pub fn of(monitor: &'a Monitor) -> Self {
        Self { monitor, judged: String::new(), topic: Topic::Name(monitor.alert.topic.clone()) }
    }
}

impl<'a> Stage<'a> {
    pub fn new(
        actors: impl IntoIterator<Item = Actor<'a>>,
        rows: impl IntoIterator<Item = Row>,
        silences: &'a [StoredSilence],
    ) -> Self {
        let rows: BTreeMap<_, _> = rows.into_iter().map(|row| (row.monitor.clone(), row)).collect();
        Self {
            actors: actors.into_iter().map(|actor| (&actor.monitor.id, actor)).collect(),
            // A run is later than whatever is stored.
            epoch: rows.values().map(|row| row.epoch).max().unwrap_or_default(),
            rows,
            silences,
        }
    }

    pub fn row(&self, id: &MonitorId) -> Option<&Row> {
        self.rows.get(id)
    }

    /// One run at `now` that saw this, in the order of [`check`](crate): pending alerts are sent, the probes are decided
    /// on, and what they make pending is sent.
    pub fn run(&mut self, seen: &BTreeMap<MonitorId, Judgement>, now: Timestamp) -> SimulatedRun {
        self.epoch += 1;
        let mut run = self.notify(&HashMap::new(), RunPhase::BeforeProbes, now);
        let by = Decider { holder: HOLDER, epoch: self.epoch, now };
        for (id, judgement) in seen {
            let Some(actor) = self.actors.get(id) else { continue };
            let judged = || actor.judged.clone();
            if let Some(write) = decide(by, self.rows.get(id), actor.monitor, judgement, judged) {
                self.rows.insert(id.clone(), write.row().clone());
            }
        }
        let after = self.notify(&seen.iter().collect(), RunPhase::AfterProbes, now);
        run.alerts.extend(after.alerts);
        run.discarded.extend(after.discarded);
        SimulatedRun { suppressed: after.suppressed, ..run }
    }

    fn notify(
        &mut self,
        judgements: &HashMap<&MonitorId, &Judgement>,
        moment: RunPhase,
        now: Timestamp,
    ) -> SimulatedRun {
        let pending = self.rows.values().filter_map(|row| {
            let Actor { monitor, judged: _, topic } = self.actors.get(&row.monitor)?;
            let judgement = judgements.get(&monitor.id).copied();
            Alert::pending(AlertFacts { monitor, row, judgement }, topic.clone(), moment, now)
        });
        let scene = Scene { rows: &self.rows, judgements, silences: self.silences, moment, now };
        let sorted = sort(pending.collect(), scene, |id| self.actors.get(id).map(|actor| actor.monitor));
        let delivered = sorted.alerts.iter().map(|alert| (&alert.monitor.id, alert.delivered(now)));
        let discarded =
            sorted.discarded.iter().map(|discarded| (&discarded.monitor, discarded.delivered.clone()));
        for (id, delivered) in delivered.chain(discarded) {
            if let Some(row) = self.rows.get_mut(id) {
                row.delivered = delivered;
            }
        }
        SimulatedRun { alerts: sorted.alerts, suppressed: sorted.suppressed, discarded: sorted.discarded }
    }
}

impl Notice {
    /// The alert in a message of its own.
    pub fn of(alert: &Alert, environment: Option<&str>, now: Timestamp) -> Self {
        let messages = compose(vec![alert.clone()], environment, now);
        Self {
            monitor: alert.monitor.id.clone(),
            id: alert.id.clone(),
            kind: alert.kind,
            word: alert.word(),
            subject: messages.into_iter().map(|message| message.subject).collect(),
            topic: alert.topic.to_string(),
        }
    }
}
