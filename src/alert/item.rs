//! The alert of one monitor, with everything a reader at 3 am needs.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::pending::reminder;
use super::{AlertKind, Route, pending};
use crate::monitor::excerpt;
use crate::monitor::{Monitor, MonitorId, Origin, Severity, Template, is_hidden};
use crate::observation::Fault;
use crate::state::{Acknowledgement, Delivered, Heard, IncidentKey, Level, Row};
use crate::transition::{FlapChanges, Health, Incident};
use crate::verdict::{Judgement, Verdict};

/// Faults of one alert that a message shows; the rest is counted. It bounds a message, and a reader.
const FAULTS: usize = 10;

/// Characters of a link and of any other text of a monitor that a message shows. `validate` lets none of the others be as
/// long, but a message has a limit of size, and the table has none of ours.
const LINK: usize = 2_000;
const TEXT: usize = 200;
const DESCRIPTION: usize = 500;

/// Characters of a reason that was stored.
const REASON: usize = 700;

/// Monitors that wait for it, of those that it shows.
const WAITING: usize = 20;

/// Tags that it shows.
const TAGS: usize = 20;

/// The alert about one monitor.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// `<monitor>.<incarnation>.<seq>`, with `.r<n>` for a reminder and `.f` for a flapping: the same for every attempt to send the same.
    pub id: String,
    pub route: Route,
    pub monitor: Monitor,
    pub kind: AlertKind,
    /// What it has in common with all alerts of the incident on its channel, from the first to the end.
    pub incident_key: IncidentKey,
    /// The confirmed change that is notified.
    pub seq: u64,
    /// The number of the reminder of it that this is; 0 for the alert itself.
    pub reminders: u32,
    pub health: Health,
    /// What the channel heard last.
    pub heard: Health,
    /// When the first change began that the channel has not accepted, if that is known.
    pub began: Option<Timestamp>,
    pub since: Timestamp,
    /// The time it was DOWN, if people do not know of its end yet.
    pub incident: Option<Incident>,
    /// What this run saw, if it shows the same as the alert.
    pub evidence: Option<Judgement>,
    /// The stored reason, for when this run did not see it.
    pub why: Option<String>,
    /// Confirmed changes before this one without a notification.
    pub undelivered: u64,
    /// The flapping that is notified.
    pub flapping: Option<u64>,
    /// What happened while it flapped.
    pub flapping_changes: Option<FlapChanges>,
    /// Monitors that depend on this one and whose alerts are suppressed because of it.
    pub waiting: Vec<MonitorId>,
    /// What its channel keeps of it, if that is one of levels.
    pub level: Level,
}

/// What a run knows of a monitor when it looks for a pending alert.
#[derive(Debug, Clone, Copy)]
pub struct AlertFacts<'a> {
    pub monitor: &'a Monitor,
    pub row: &'a Row,
    /// This run's, if the monitor was probed in it.
    pub judgement: Option<&'a Judgement>,
}

/// When a run looks for pending alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunPhase {
    /// What is stored may be long past, so only changes are notified, and reminders wait.
    BeforeProbes,
    AfterProbes,
}

impl Alert {
    /// The alert that is pending for the channel of `route`, if there is one.
    pub fn pending(facts: AlertFacts<'_>, route: &Route, moment: RunPhase, now: Timestamp) -> Option<Self> {
        let AlertFacts { monitor, row, judgement: _ } = facts;
        let Row { confirmed, .. } = row;
        let delivered = &row.delivered_to(&route.channel.in_row_of(&monitor.id));
        let discarded = moment == RunPhase::AfterProbes;
        // That it is stable is seen by the probes of this run, or it is not; and so is whether this machine, which
        // reaches the topic now, is still cut off from the rest.
        let is_seen = discarded || (delivered.flapping.is_none() && !monitor.id.is_prober());
        let (kind, reminders) = match pending(confirmed, delivered, now).filter(|_| is_seen) {
            Some(kind) => (kind, 0),
            None if discarded => {
                (reminder(confirmed, delivered, &monitor.alert, now)?, delivered.reminders.saturating_add(1))
            }
            None => return None,
        };
        Some(Self::of(facts, route, kind, (delivered, reminders), now))
    }

    /// The last message to a channel that a monitor notifies no longer, if people there wait for the end of something.
    pub fn closing(facts: AlertFacts<'_>, route: &Route, now: Timestamp) -> Option<Self> {
        let delivered = facts.row.delivered.get(&route.channel.in_row_of(&facts.monitor.id))?;
        delivered
            .is_open()
            .then(|| Self::of(facts, route, AlertKind::Rerouted, (delivered, delivered.reminders), now))
    }

    pub(super) fn of(
        AlertFacts { monitor, row, judgement }: AlertFacts<'_>,
        route: &Route,
        kind: AlertKind,
        (delivered, reminders): (&Delivered, u32),
        now: Timestamp,
    ) -> Self {
        let Row { incarnation, confirmed, why, .. } = row;
        let flapping = confirmed
            .recent_changes
            .flapping
            .filter(|_| kind == AlertKind::Flapping)
            .map(|flapping| flapping.seq);
        // A flapping has one id however many changes come until it is notified; a change, the reminders of it, and that
        // a channel hears no more of it have others.
        let number = match (flapping, reminders) {
            (Some(found), _) => format!("{found}.f"),
            (None, _) if kind == AlertKind::Rerouted => format!("{}.x", confirmed.seq),
            (None, 0) => confirmed.seq.to_string(),
            (None, reminders) => format!("{}.r{reminders}", confirmed.seq),
        };
        let flapping_changes = if flapping.is_some() || delivered.flapping.is_some() {
            confirmed.recent_changes.delivered(confirmed.seq)
        } else {
            None
        };
        let bad = matches!(confirmed.health, Health::Degraded | Health::Down);
        let agrees = |judgement: &&Judgement| match judgement.verdict {
            Verdict::Pass => !bad,
            Verdict::Degraded | Verdict::Fail => bad,
            Verdict::Unknown | Verdict::Skipped => false,
        };
        let in_short = |incident: Incident| Incident { cause: excerpt(&incident.cause, REASON), ..incident };
        // An incident that ended before the last message does not belong to this one. People who were notified of DOWN
        // know of no end: what was delivered last may have been accepted after the first good probe.
        let is_notified = |incident: &Incident| {
            delivered.health == Health::Down || incident.closed_at.is_none_or(|closed| closed > delivered.at)
        };
        let alert = Self {
            id: format!("{}.{incarnation}.{number}", monitor.id),
            route: route.clone(),
            monitor: presentable(monitor),
            kind,
            incident_key: row.incident_key_for(&route.channel.in_row_of(&monitor.id)).clone(),
            seq: confirmed.seq,
            reminders,
            health: confirmed.health,
            heard: delivered.health,
            began: row.pending_since(&route.channel.in_row_of(&monitor.id)),
            since: confirmed.since,
            incident: confirmed.incident.clone().filter(is_notified).map(in_short),
            evidence: judgement.filter(agrees).cloned(),
            why: Some(excerpt(why, REASON)).filter(|why| bad && !why.is_empty()),
            // The changes of a flapping are counted where it is notified.
            undelivered: if flapping_changes.is_some() {
                0
            } else {
                (confirmed.seq.saturating_sub(delivered.seq)).saturating_sub(1)
            },
            flapping,
            flapping_changes,
            waiting: Vec::new(),
            level: Level { labels: BTreeMap::new(), starts: confirmed.since, ended: None },
        };
        let open = delivered.level.as_ref().filter(|_| delivered.is_open());
        Self { level: alert.level_after(open, now), ..alert }
    }

    /// What the row of its monitor is to know once its channel accepted this at `at`.
    pub fn accepted(&self, at: Timestamp) -> Acknowledgement {
        let heard = match self.kind {
            AlertKind::Rerouted => Heard::Closed { seq: self.seq },
            AlertKind::Down
            | AlertKind::NeverUp
            | AlertKind::Flapping
            | AlertKind::Degraded
            | AlertKind::StillDown
            | AlertKind::StillDegraded
            | AlertKind::Up
            | AlertKind::Over
            | AlertKind::Unwatched => Heard::Delivered(
                Delivered {
                    reminders: self.reminders,
                    flapping: self.flapping,
                    level: Some(self.level.clone()).filter(|_| self.is_kept_as_level()),
                    ..Delivered::new(self.seq, self.health, at)
                }
                .under(&self.incident_key),
            ),
        };
        let monitor = self.monitor.id.clone();
        Acknowledgement { channel: self.route.channel.in_row_of(&monitor), monitor, heard }
    }

    /// Whether its channel is one of levels, and keeps this one or kept it until now.
    fn is_kept_as_level(&self) -> bool {
        self.route.is_of_levels() && (self.kind.is_bad() || self.is_waited_for())
    }

    /// Whether people on its channel wait for the end of what they heard.
    pub(super) fn is_waited_for(&self) -> bool {
        matches!(self.heard, Health::Degraded | Health::Down) || self.flapping_changes.is_some()
    }

    /// What was not as expected, and how much of that is left out.
    pub fn faults(&self) -> (&[Fault], usize) {
        let faults = self.evidence.as_ref().map_or(&[][..], |judgement| judgement.faults.as_slice());
        let shown = faults.len().min(FAULTS);
        (&faults[..shown], faults.len() - shown)
    }

    /// Monitors that wait for this one, and how many more there are.
    pub fn first_waiting(&self) -> (&[MonitorId], usize) {
        let shown = self.waiting.len().min(WAITING);
        (&self.waiting[..shown], self.waiting.len() - shown)
    }

    /// The incident that is over, and its end.
    pub fn ended(&self) -> Option<(&Incident, Timestamp)> {
        let incident = self.incident.as_ref()?;
        Some((incident, incident.closed_at?))
    }

    /// Why it is not good, in one line.
    pub fn reason(&self) -> Option<String> {
        self.faults().0.first().map(ToString::to_string).or_else(|| self.why.clone())
    }

    /// Slow is not down: what merely works less well is never more than a warning.
    pub fn severity(&self) -> Severity {
        let severity = self.monitor.alert.severity;
        match self.kind {
            // What flaps between good and degraded was never down.
            AlertKind::Flapping if !self.was_down() => severity.min(Severity::Warning),
            AlertKind::Degraded | AlertKind::StillDegraded => severity.min(Severity::Warning),
            AlertKind::Down
            | AlertKind::NeverUp
            | AlertKind::Flapping
            | AlertKind::StillDown
            | AlertKind::Up
            | AlertKind::Over
            | AlertKind::Unwatched
            | AlertKind::Rerouted => severity,
        }
    }

    /// Whether it was down while it flapped.
    fn was_down(&self) -> bool {
        let since = |incident: &Incident, changes: FlapChanges| {
            incident.closed_at.is_none_or(|closed| closed >= changes.from)
        };
        self.health == Health::Down
            || self
                .incident
                .as_ref()
                .zip(self.flapping_changes)
                .is_some_and(|(incident, changes)| since(incident, changes))
    }
}

/// The monitor with texts that fit into a message and steer nothing where they are read.
fn presentable(monitor: &Monitor) -> Monitor {
    let text = |text: &String| excerpt(text, TEXT);
    let Origin { source, commit, synced_at } = &monitor.origin;
    Monitor {
        name: monitor.name.as_ref().map(text),
        description: monitor.description.as_ref().map(|text| excerpt(text, DESCRIPTION)),
        group: text(&monitor.group),
        url: short(&monitor.url),
        team: monitor.team.as_ref().map(text),
        tags: monitor.tags.iter().take(TAGS).map(text).collect(),
        runbook: monitor.runbook.as_ref().map(|link| excerpt(link, LINK)),
        origin: Origin {
            source: source.as_ref().map(text),
            commit: commit.as_ref().map(text),
            synced_at: *synced_at,
        },
        ..monitor.clone()
    }
}

fn short(url: &Template) -> Template {
    let text = url.to_string();
    if text.chars().count() <= LINK && !text.contains(is_hidden) {
        return url.clone();
    }
    let cut = excerpt(&text, LINK);
    // A reference that was cut in two is none.
    let whole = || cut.rsplit_once("${").and_then(|(whole, _)| Template::parse(whole).ok());
    Template::parse(&cut).ok().or_else(whole).unwrap_or_default()
}
