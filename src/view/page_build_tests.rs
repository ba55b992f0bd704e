//! What a status page says of its components, at one moment.

use std::collections::BTreeMap;
use std::time::Duration;

use super::*;
use crate::history::{
    ChangedIncident, DAY, HealthChange, HealthTimeline, StoredReason, Stretch, Sum, Turn, moment, second,
};
use crate::monitor::{Monitor, Selector, Window};
use crate::page::{Combine, ComponentId, Indexing, MaintenanceTime, PageComponent, StatusPage};
use crate::transition::{Confirmed, Health};
use ComponentState::{Degraded, Down, Maintenance, Operational, Unknown};

const WINDOW: Stretch = Stretch { from: 0, to: DAY };

/// A component that is made of all monitors.
fn page(combine: Combine) -> StatusPage {
    StatusPage {
        id: "public".to_owned(),
        title: "Acme".to_owned(),
        url: "https://status.acme.example".to_owned(),
        components: vec![PageComponent {
            id: ComponentId::parse("shop").expect("an id"),
            name: "Shop".to_owned(),
            group: None,
            monitors: Selector::parse("*").expect("a selector"),
            combine,
        }],
        days: 1,
        slo: None,
        stale_after: Duration::from_mins(10),
        maintenance: MaintenanceTime::Excluded,
        indexing: Indexing::Refused,
    }
}

fn at_noon(prober: ProberCondition) -> PageMoment {
    PageMoment { window: WINDOW, now: moment(DAY / 2), last_run: Some(moment(DAY / 2)), prober }
}

fn confirmed(health: Health, since: i64) -> Confirmed {
    Confirmed { health, ..Confirmed::new(moment(since)) }
}

/// A monitor that has this health since a second.
fn past(id: &str, health: Option<(Health, i64)>) -> (Monitor, MonitorPast) {
    let monitor = Monitor::sample(id, "https://secret.internal/health");
    let known = health.map(|(health, since)| confirmed(health, since));
    let current = health.map(|(health, since)| (health, moment(since)));
    let timeline = HealthTimeline::new(&[], current);
    let parts = BTreeMap::from([(WINDOW, Sum::default())]);
    let past = MonitorPast::new(monitor.id.clone(), known.as_ref(), WINDOW, parts, Vec::new(), timeline);
    (monitor, past)
}

fn view(combine: Combine, all: &[(Monitor, MonitorPast)], prober: ProberCondition) -> PageView {
    let page = page(combine);
    let members: Vec<_> = all.iter().map(|(monitor, past)| PageMember { monitor, past }).collect();
    let membership = PageMembership::new(&page, &all.iter().map(|(monitor, _)| monitor).collect::<Vec<_>>());
    let pasts: Vec<_> = all.iter().map(|(_, past)| past).collect();
    let pasts = component_pasts(&page, &membership, &pasts, WINDOW);
    page_view(&page, (&members, &membership), &pasts, &[], at_noon(prober))
}

fn state(combine: Combine, healths: &[Option<Health>], prober: ProberCondition) -> ComponentState {
    let health =
        |(n, health): (usize, &Option<Health>)| past(&format!("m{n}"), health.map(|health| (health, 60)));
    let all: Vec<_> = healths.iter().enumerate().map(health).collect();
    view(combine, &all, prober).components[0].state
}

#[test]
fn a_component_is_as_its_monitors_combine() {
    let (up, degraded, down, new) =
        (Some(Health::Up), Some(Health::Degraded), Some(Health::Down), Some(Health::New));
    let cases: &[(&[Option<Health>], ComponentState, ComponentState)] = &[
        (&[up, up], Operational, Operational),
        (&[up, degraded], Degraded, Degraded),
        (&[up, down], Down, Degraded),
        (&[down, down], Down, Down),
        (&[up, new], Unknown, Unknown),
        (&[up, None], Unknown, Unknown),
        (&[down, None], Down, Degraded),
        (&[], Unknown, Unknown),
    ];
    for (healths, worst, all) in cases {
        let of = |combine| state(combine, healths, ProberCondition::Connected);
        assert_eq!((of(Combine::Worst), of(Combine::All)), (*worst, *all), "{healths:?}");
    }
}

#[test]
fn a_prober_that_is_cut_off_knows_only_what_is_down() {
    let of = |health| state(Combine::Worst, &[Some(health)], ProberCondition::Blind);
    assert_eq!((of(Health::Up), of(Health::Degraded), of(Health::Down)), (Unknown, Unknown, Down));
}

#[test]
fn a_component_has_its_state_since_the_first_that_is_bad_or_the_last_that_is_good() {
    let since = |healths: &[(Health, i64)]| {
        let all: Vec<_> =
            healths.iter().enumerate().map(|(n, health)| past(&format!("m{n}"), Some(*health))).collect();
        view(Combine::Worst, &all, ProberCondition::Connected).components[0].since.map(second)
    };
    assert_eq!(since(&[(Health::Up, 10), (Health::Up, 20)]), Some(20));
    assert_eq!(since(&[(Health::Down, 30), (Health::Down, 20), (Health::Up, 5)]), Some(20));
}

#[test]
fn a_component_in_maintenance_says_so_and_the_page_shows_the_window_without_its_reason() {
    let (mut monitor, past) = past("m", Some((Health::Down, 60)));
    let window = Window::parse("1970-01-01T11:00", Duration::from_hours(2), "UTC", None, Some("move db-17"));
    monitor.maintenance = vec![window.expect("a window")];
    let view = view(Combine::Worst, &[(monitor, past)], ProberCondition::Connected);
    assert_eq!(view.components[0].state, Maintenance);
    assert_eq!((view.maintenance.len(), view.maintenance[0].title.as_str()), (1, "Planned maintenance"));
}

/// Down between two seconds for a reason that only the team may know in full.
fn outage(id: &str, from: i64, to: i64) -> (Monitor, MonitorPast) {
    let monitor = Monitor::sample(id, "https://secret.internal/health");
    let change = |at: i64, from_health, to_health, closed: Option<i64>| HealthChange {
        monitor: monitor.id.clone(),
        seq: 1,
        at: moment(at),
        from: from_health,
        to: to_health,
        incident: Some(ChangedIncident {
            n: 1,
            opened: moment(from),
            closed: closed.map(moment),
            cause: "secret.internal does not resolve".to_owned(),
        }),
        why: String::new(),
        // The name of the host does not resolve.
        reason: StoredReason::from_number(1),
        unwatched: None,
    };
    let changes =
        vec![change(from, Health::Up, Health::Down, None), change(to, Health::Down, Health::Up, Some(to))];
    let turns: Vec<Turn> = changes.iter().map(HealthChange::turn).collect();
    let timeline = HealthTimeline::new(&turns, None);
    let parts = BTreeMap::from([(WINDOW, Sum::default())]);
    let up = confirmed(Health::Up, to);
    let past = MonitorPast::new(monitor.id.clone(), Some(&up), WINDOW, parts, changes, timeline);
    (monitor, past)
}

#[test]
fn outages_of_a_component_that_overlap_are_one_incident_with_a_public_cause() {
    let all = [outage("a", 100, 200), outage("b", 150, 300), outage("c", 900, 1_000)];
    let view = view(Combine::Worst, &all, ProberCondition::Connected);
    let times: Vec<_> = view
        .incidents
        .iter()
        .map(|incident| (second(incident.opened), incident.closed.map(second)))
        .collect();
    assert_eq!(times, [(900, Some(1_000)), (100, Some(300))]);
    assert!(view.incidents.iter().all(|incident| incident.cause == PublicCause::NotReachable));
    let ids: Vec<_> = view.incidents.iter().map(|incident| incident.id.as_str()).collect();
    assert_eq!(ids, ["shop-900", "shop-100"]);
    assert!(!format!("{view:?}").contains("secret.internal"), "{view:?}");
}

#[test]
fn what_all_monitors_have_to_be_down_for_is_an_incident_only_while_they_are() {
    let all = [outage("a", 100, 200), outage("b", 150, 300)];
    let view = view(Combine::All, &all, ProberCondition::Connected);
    let times: Vec<_> = view
        .incidents
        .iter()
        .map(|incident| (second(incident.opened), incident.closed.map(second)))
        .collect();
    assert_eq!(times, [(150, Some(200))]);
}

#[test]
fn a_page_shows_whole_utc_days_and_today_until_now() {
    assert_eq!(page_window(1, DAY + 5), Stretch { from: DAY, to: DAY + 6 });
    assert_eq!(page_window(90, 100 * DAY + 5), Stretch { from: 11 * DAY, to: 100 * DAY + 6 });
    assert_eq!(page_window(2, DAY), Stretch { from: 0, to: DAY + 1 });
}
