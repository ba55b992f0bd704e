//! Fills a status page with what was measured. Pure.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{
    ComponentOutage, ComponentPast, ComponentState, ComponentView, Impact, MonitorPast, PageIncident,
    PageView, PlannedMaintenance, place_notices, printed,
};
use crate::history::{DAY, Stretch, moment, start_of};
use crate::monitor::{Monitor, Span, Traits, Window};
use crate::page::{Combine, PageComponent, PublicNotice, SloPercent, StatusPage};
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

/// The monitors of each component of a page, by their places in a list of monitors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageMembership(Vec<Vec<usize>>);

impl PageMembership {
    pub fn new(page: &StatusPage, monitors: &[&Monitor]) -> Self {
        let traits: Vec<_> = monitors.iter().map(|monitor| Traits::of_monitor(monitor)).collect();
        let of_component = |component: &PageComponent| {
            let places = traits.iter().enumerate().filter(|(_, traits)| component.takes(traits));
            places.map(|(place, _)| place).collect()
        };
        Self(page.components.iter().map(of_component).collect())
    }

    /// The elements of `all` that belong to each component, in the order of the page.
    pub fn of<'a, T>(&self, all: &'a [T]) -> impl Iterator<Item = Vec<&'a T>> {
        self.0.iter().map(|places| places.iter().filter_map(|place| all.get(*place)).collect())
    }
}

/// The past of each component, in the order of the page.
pub fn component_pasts(
    page: &StatusPage,
    membership: &PageMembership,
    pasts: &[&MonitorPast],
    window: Stretch,
) -> Vec<ComponentPast> {
    let of_one = |(component, pasts): (&PageComponent, Vec<&&MonitorPast>)| {
        let pasts: Vec<_> = pasts.into_iter().copied().collect();
        ComponentPast::new(window, component.combine, &pasts, page.maintenance)
    };
    page.components.iter().zip(membership.of(pasts)).map(of_one).collect()
}

/// The days of the page up to now. The second that is going on is a part of it: an outage may have begun in it.
pub fn page_window(days: u16, now: i64) -> Stretch {
    let today = start_of(now, DAY);
    let days = i64::from(days.max(1)) - 1;
    Stretch { from: today - days * DAY, to: now + 1 }
}

/// The page, with the past of its components and the notices that people wrote.
pub fn page_view(
    page: &StatusPage,
    (members, membership): (&[PageMember<'_>], &PageMembership),
    pasts: &[ComponentPast],
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
        slo: page.slo,
        components: Vec::new(),
        incidents: Vec::new(),
        notices: Vec::new(),
        maintenance: Vec::new(),
    };
    let mut planned: BTreeMap<Span, Vec<String>> = BTreeMap::new();
    for ((component, members), past) in page.components.iter().zip(membership.of(members)).zip(pasts) {
        let members: Vec<_> = members.into_iter().copied().collect();
        view.components.push(component_view((component, page.slo), &members, past, moment));
        view.incidents.extend(past.outages.iter().filter_map(|outage| incident(component, outage, moment)));
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
    (component, slo): (&PageComponent, Option<SloPercent>),
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
    ComponentView {
        id: component.id.to_string(),
        name: component.name.clone(),
        group: component.group.clone(),
        state,
        since,
        days: past.days.clone(),
        availability: past.availability().map(|share| printed(Some(share))),
        error_budget: slo.and_then(|slo| past.error_budget_millis(slo)),
        observed_share: past.low_observed_share().map(|share| share.to_string()),
        latency: past.latency.clone(),
    }
}

/// What a monitor is right now.
pub(super) fn state(member: PageMember<'_>, moment: PageMoment) -> ComponentState {
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

/// The outage as an incident of the page; `None` if it was over before the window.
fn incident(component: &PageComponent, outage: &ComponentOutage, at: PageMoment) -> Option<PageIncident> {
    let ComponentOutage { down, cause } = *outage;
    down.overlap(at.window)?;
    let opened = down.from.max(at.window.from);
    Some(PageIncident {
        id: format!("{}-{opened}", component.id),
        components: vec![component.id.to_string()],
        impact: Impact::Down,
        cause,
        opened: moment(opened),
        // What lasts ends after every window.
        closed: (down.to <= at.window.to).then(|| moment(down.to)),
        notices: Vec::new(),
    })
}

/// The windows that are open or planned.
fn windows(monitor: &Monitor, now: Timestamp) -> impl Iterator<Item = Span> {
    let until = now.saturating_add(AHEAD).unwrap_or(Timestamp::MAX);
    let spans = move |window: &Window| window.between(now, until);
    monitor.maintenance.iter().flat_map(spans).filter(move |span| span.to > now)
}
