//! Monitors with what is stored of them, and one run after the other, all in memory.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use jiff::Timestamp;

use crate::alert::{Alert, AlertFacts, AlertKind, MessageContext, Route, Routes, RunPhase, compose};
use crate::message::HEADLINE;
use crate::monitor::{ChannelId, ChannelName, Monitor, MonitorId};
use crate::state::{Acknowledgement, Decider, OwnedMonitor, Row, decide};
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
    /// The channels that may hear of it.
    pub routes: Routes,
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
    /// Taken by their channels.
    pub alerts: Vec<Alert>,
    /// Suppressed at its end.
    pub suppressed: Vec<(MonitorId, SuppressionReason)>,
    pub discarded: Vec<Discarded>,
}

/// An alert as people get it, on every channel that takes it at the same time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub monitor: MonitorId,
    pub id: String,
    pub kind: AlertKind,
    /// The word at its head: `STILL DOWN`.
    pub word: &'static str,
    pub subject: String,
    /// Sorted.
    pub channels: Vec<ChannelName>,
}

impl<'a> Actor<'a> {
    /// One that is known by its file alone.
    pub fn of(monitor: &'a Monitor) -> Self {
        let route = |name: &ChannelName| Route::plain(ChannelId { owner: None, name: name.clone() });
        let routes = Routes { to: monitor.alert.to.iter().map(route).collect(), left: Vec::new() };
        Self { monitor, judged: String::new(), routes }
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
            let routed = || actor.routes.in_row_of(id);
            // Whose it is stands in the key of an incident, which no one sees here.
            let owned = OwnedMonitor { monitor: actor.monitor, owner: None };
            if let Some(write) = decide(by, self.rows.get(id), owned, judgement, judged, routed) {
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
        let known = self.rows.values().filter_map(|row| Some((row, self.actors.get(&row.monitor)?)));
        let pending = known.flat_map(|(row, Actor { monitor, judged: _, routes })| {
            let judgement = judgements.get(&monitor.id).copied();
            routes.alerts(AlertFacts { monitor, row, judgement }, moment, now)
        });
        let scene = Scene { rows: &self.rows, judgements, silences: self.silences, moment, now };
        let sorted = sort(pending.collect(), scene, |id| self.actors.get(id).map(|actor| actor.monitor));
        let sent = sorted.alerts.iter().map(|alert| alert.accepted(now));
        let accepted: Vec<_> = sent.chain(sorted.discarded.iter().map(|one| one.accepted.clone())).collect();
        for Acknowledgement { monitor, channel, heard } in &accepted {
            if let Some(row) = self.rows.get_mut(monitor) {
                row.acknowledge(channel, heard);
            }
        }
        SimulatedRun { alerts: sorted.alerts, suppressed: sorted.suppressed, discarded: sorted.discarded }
    }
}

impl Notice {
    /// The alert in a message of its own.
    pub fn of(alert: &Alert, environment: Option<&str>, now: Timestamp) -> Self {
        let context = MessageContext { environment, machine: None, now, period: Duration::ZERO };
        let messages = compose(vec![alert.clone()], context).into_iter();
        Self {
            monitor: alert.monitor.id.clone(),
            id: alert.id.clone(),
            kind: alert.kind,
            word: alert.word(),
            subject: messages.map(|one| one.message.headline(HEADLINE)).collect(),
            channels: vec![alert.route.channel.name.clone()],
        }
    }

    /// Alerts in their order, each once for all of its channels.
    pub fn all<'a>(
        alerts: impl IntoIterator<Item = &'a Alert>,
        environment: Option<&str>,
        now: Timestamp,
    ) -> Vec<Self> {
        let mut notices: Vec<Self> = Vec::new();
        for alert in alerts {
            match notices.iter_mut().find(|notice| notice.id == alert.id) {
                Some(known) => {
                    known.channels.push(alert.route.channel.name.clone());
                    known.channels.sort();
                }
                None => notices.push(Self::of(alert, environment, now)),
            }
        }
        notices
    }

    /// `chat, oncall`
    pub fn channels(&self) -> String {
        self.channels.iter().map(ChannelName::as_str).collect::<Vec<_>>().join(", ")
    }
}
