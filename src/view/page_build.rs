//! Fills a status page with what was measured. Pure.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{
    ComponentPast, ComponentState, ComponentView, Impact, MonitorPast, PageIncident, PageView,
    PlannedMaintenance, PublicCause, place_notices, printed,
};
use crate::history::{ReasonClass, Stretch, moment, second};
use crate::monitor::{Monitor, Span, Traits, Window};
use crate::page::{Combine, PageComponent, PublicNotice, StatusPage};
use crate::transition::Health;

/// How far ahead planned maintenance is shown.
const AHEAD: SignedDuration = SignedDuration::from_hours(14 * 24);

/// A monitor with its past.
#[derive(Debug, Clone, Copy)]
pub struct PageMember<'a> {
    pub monitor: &'a Monitor,
    pub past: &'a MonitorPast,
}

/// What is known at the moment of a page.
#[derive(Debug, Clone, Copy)]
pub struct PageMoment {
    /// The days of the page, up to now.
    pub window: Stretch,
    pub now: Timestamp,
    /// When the last run ended, if one ever did.
    pub last_run: Option<Timestamp>,
    pub prober: ProberCondition,
}

/// Whether the prober sees the endpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProberCondition {
    Connected,
    /// It is cut off, so what it knows is of the past.
    Blind,
}

/// The page, with the notices that people wrote.
pub fn page_view(
    page: &StatusPage,
    members: &[PageMember<'_>],
    notices: &[PublicNotice],
    moment: PageMoment,
) -> PageView {
    let mut view = PageView {
        title: page.title.clone(),
        url: page.url.clone(),
        indexing: page.indexing,
        now: moment.now,
        last_run: moment.last_run,
        stale_after: SignedDuration::try_from(page.stale_after).unwrap_or(SignedDuration::MAX),
        maintenance_time: page.maintenance,
        components: Vec::new(),
        incidents: Vec::new(),
        notices: Vec::new(),
        maintenance: Vec::new(),
    };
    let mut planned: BTreeMap<Span, Vec<String>> = BTreeMap::new();
    for component in &page.components {
        let members: Vec<_> = members
            .iter()
            .copied()
            .filter(|member| component.takes(&Traits::of_monitor(member.monitor)))
            .collect();
        let pasts: Vec<_> = members.iter().map(|member| member.past).collect();
        let past = ComponentPast::new(moment.window, component.combine, &pasts, page.maintenance);
        view.components.push(component_view(component, &members, &past, moment));
        view.incidents.extend(incidents(component, &pasts, &past, moment));
        for span in members.iter().flat_map(|member| windows(member.monitor, moment.now)) {
            let components = planned.entry(span).or_default();
            if !components.iter().any(|id| id == component.id.as_str()) {
                components.push(component.id.to_string());
            }
        }
    }
    view.incidents.sort_by(|one, other| other.opened.cmp(&one.opened).then_with(|| one.id.cmp(&other.id)));
    view.notices = place_notices(&mut view.incidents, notices, moment.now);
    view.maintenance = planned
        .into_iter()
        .map(|(span, components)| PlannedMaintenance {
            id: format!("{}-{}", components.first().map_or("", String::as_str), span.from.as_second()),
            // The reason in a definition is for the team.
            title: "Planned maintenance".to_owned(),
            components,
            starts: span.from,
            ends: span.to,
        })
        .collect();
    view
}

fn component_view(
    component: &PageComponent,
    members: &[PageMember<'_>],
    past: &ComponentPast,
    moment: PageMoment,
) -> ComponentView {
    let states: Vec<_> = members.iter().map(|member| (state(*member, moment), member.past.health)).collect();
    let state = combined(component.combine, states.iter().map(|(state, _)| *state));
    let sinces = states
        .iter()
        .filter(|(of_one, _)| *of_one == state)
        .filter_map(|(_, health)| Some(health.as_ref()?.1));
    let since = match state {
        ComponentState::Operational => sinces.max(),
        ComponentState::Degraded | ComponentState::Down => sinces.min(),
        ComponentState::Maintenance | ComponentState::Unknown => None,
    };
    let millis = |latency: &Option<std::time::Duration>| {
        latency.map(|latency| u32::try_from(latency.as_micros().div_ceil(1_000)).unwrap_or(u32::MAX))
    };
    ComponentView {
        id: component.id.to_string(),
        name: component.name.clone(),
        state,
        since,
        days: past.days.clone(),
        availability: past.availability().map(|share| printed(Some(share))),
        observed_share: past.low_observed_share().map(|share| share.to_string()),
        latency: past.latency.iter().map(millis).collect(),
    }
}

fn state(member: PageMember<'_>, moment: PageMoment) -> ComponentState {
    let now = moment.now;
    if member.monitor.is_in_maintenance(now) {
        return ComponentState::Maintenance;
    }
    match (moment.prober, member.past.health.map(|(health, _)| health)) {
        (_, Some(Health::Down)) => ComponentState::Down,
        (ProberCondition::Blind, _) | (_, None | Some(Health::New)) => ComponentState::Unknown,
        (ProberCondition::Connected, Some(Health::Degraded)) => ComponentState::Degraded,
        (ProberCondition::Connected, Some(Health::Up)) => ComponentState::Operational,
    }
}

/// The worst of them. One that is down among several that must all be down makes a component degraded.
fn combined(combine: Combine, states: impl Iterator<Item = ComponentState> + Clone) -> ComponentState {
    let rank = |state: &ComponentState| match state {
        ComponentState::Operational => 0,
        ComponentState::Maintenance => 1,
        ComponentState::Unknown => 2,
        ComponentState::Degraded => 3,
        ComponentState::Down => 4,
    };
    let all_down = states.clone().all(|state| state == ComponentState::Down);
    let soften = |state| match (combine, state) {
        (Combine::All, ComponentState::Down) if !all_down => ComponentState::Degraded,
        (Combine::All | Combine::Worst, state) => state,
    };
    states.map(soften).max_by_key(rank).unwrap_or(ComponentState::Unknown)
}

/// A time in which the component was down, whichever of its monitors were.
fn incidents(
    component: &PageComponent,
    monitors: &[&MonitorPast],
    past: &ComponentPast,
    at: PageMoment,
) -> Vec<PageIncident> {
    let lasted = past.timeline.down().iter().filter(|down| down.overlap(at.window).is_some());
    let incident = |down: &Stretch| {
        let opened = down.from.max(at.window.from);
        let causes = monitors.iter().flat_map(|past| &past.incidents);
        let first = causes
            .filter(|incident| {
                let closed = incident.closed.map_or(i64::MAX, second);
                Stretch { from: second(incident.opened), to: closed.saturating_add(1) }
                    .overlap(*down)
                    .is_some()
            })
            .min_by_key(|incident| (incident.reason.is_none(), incident.opened));
        PageIncident {
            id: format!("{}-{opened}", component.id),
            components: vec![component.id.to_string()],
            impact: Impact::Down,
            cause: first
                .and_then(|incident| incident.reason)
                .map_or(PublicCause::NotReachable, |reason| PublicCause::of(reason.class())),
            opened: moment(opened),
            // What lasts ends after every window.
            closed: (down.to <= at.window.to).then(|| moment(down.to)),
            notices: Vec::new(),
        }
    };
    lasted.map(incident).collect()
}

impl PublicCause {
    fn of(class: ReasonClass) -> Self {
        match class {
            ReasonClass::Transport => Self::NotReachable,
            ReasonClass::Answer => Self::AnswersWithErrors,
            ReasonClass::Latency => Self::Slow,
            ReasonClass::Certificate => Self::Certificate,
        }
    }
}

/// The windows that are open or planned.
fn windows(monitor: &Monitor, now: Timestamp) -> impl Iterator<Item = Span> {
    let until = now.saturating_add(AHEAD).unwrap_or(Timestamp::MAX);
    let spans = move |window: &Window| window.between(now, until);
    monitor.maintenance.iter().flat_map(spans).filter(move |span| span.to > now)
}
