//! When the days that are kept beside a page are used, and when not.

use super::*;
use crate::history::{DAY, HealthChange, Position, Stretch, moment};
use crate::monitor::{Monitor, MonitorId, Selector};
use crate::page::{Combine, ComponentId, Indexing, MaintenanceTime, PageComponent, StatusPage};
use crate::transition::{Confirmed, Health};

fn page() -> StatusPage {
    StatusPage {
        id: "public".to_owned(),
        title: "Acme".to_owned(),
        url: "https://status.acme.example".to_owned(),
        components: vec![PageComponent {
            id: ComponentId::parse("shop").expect("an id"),
            name: "Shop".to_owned(),
            group: None,
            monitors: Selector::parse("*").expect("a selector"),
            combine: Combine::Worst,
        }],
        days: 10,
        slo: None,
        stale_after: std::time::Duration::from_mins(10),
        maintenance: MaintenanceTime::Excluded,
        indexing: Indexing::Refused,
    }
}

const UNTIL: i64 = 7 * DAY;
const WINDOW: Stretch = Stretch { from: 0, to: 10 * DAY };

fn change(seq: u64, at: i64, from: Health, to: Health) -> HealthChange {
    let monitor = MonitorId::parse("a").expect("an id");
    let at = moment(at);
    HealthChange {
        monitor,
        seq,
        at,
        from,
        to,
        incident: None,
        why: String::new(),
        reason: None,
        unwatched: None,
    }
}

/// A change of one of the facts.
type Edit = fn(&mut Facts);

/// All that a key depends on.
#[derive(Clone)]
struct Facts {
    page: StatusPage,
    monitors: Vec<Monitor>,
    positions: Vec<Position>,
    hold: i64,
    life: &'static str,
    confirmed: Confirmed,
    changes: Vec<HealthChange>,
    until: i64,
}

impl Facts {
    /// It went DOWN before the end of what is closed, and UP after it.
    fn sample() -> Self {
        let up = Confirmed { health: Health::Up, seq: 2, ..Confirmed::new(moment(8 * DAY)) };
        Self {
            page: page(),
            monitors: vec![Monitor::sample("a", "https://a.example")],
            positions: vec![Position { page: 0, index: 3 }],
            hold: 180,
            life: "1f",
            confirmed: up,
            changes: vec![
                change(1, 6 * DAY, Health::Up, Health::Down),
                change(2, 8 * DAY, Health::Down, Health::Up),
            ],
            until: UNTIL,
        }
    }

    fn keys(&self, read_from: i64) -> Option<Vec<String>> {
        let read: Vec<_> =
            self.changes.iter().filter(|change| change.at >= moment(read_from)).cloned().collect();
        let mark = |monitor| MemberMark {
            monitor,
            positions: &self.positions,
            hold: self.hold,
            row: Some((self.life, &self.confirmed)),
            changes: &read,
        };
        let marks: Vec<_> = self.monitors.iter().map(|monitor| mark(&monitor.id)).collect();
        let membership = PageMembership::new(&self.page, &self.monitors.iter().collect::<Vec<_>>());
        ClosedDays::keys(&self.page, (&marks, &membership), self.until, read_from)
    }
}

#[test]
fn a_key_is_the_same_whether_the_journal_was_read_in_full_or_from_the_closed_days_on() {
    let facts = Facts::sample();
    assert!(facts.keys(0).is_some());
    assert_eq!(facts.keys(0), facts.keys(ClosedDays::journal_from(UNTIL)));
    // What happens after the closed days does not outdate them.
    let mut later = facts.clone();
    later.changes.push(change(3, 9 * DAY, Health::Up, Health::Degraded));
    later.confirmed =
        Confirmed { health: Health::Degraded, seq: 3, since: moment(9 * DAY), ..later.confirmed };
    assert_eq!(facts.keys(UNTIL - 1), later.keys(UNTIL - 1));
}

#[test]
fn a_key_changes_with_all_that_the_closed_days_follow_from() {
    let facts = Facts::sample();
    let cases: [(&str, Edit); 11] = [
        ("the interval", |facts| facts.hold = 360),
        ("the position", |facts| facts.positions[0].index = 4),
        ("a former id", |facts| facts.positions.push(Position { page: 1, index: 0 })),
        ("the life of the row", |facts| facts.life = "2e"),
        ("the id of the monitor", |facts| facts.monitors = vec![Monitor::sample("b", "https://a.example")]),
        ("the monitors", |facts| facts.monitors.push(Monitor::sample("b", "https://b.example"))),
        ("how they combine", |facts| facts.page.components[0].combine = Combine::All),
        ("maintenance", |facts| facts.page.maintenance = MaintenanceTime::Included),
        ("the end of what is closed", |facts| facts.until += DAY),
        ("the health at that end", |facts| facts.changes[1].from = Health::Degraded),
        ("an earlier change that was confirmed since then", |facts| {
            facts.confirmed.seq = 3;
            facts.confirmed.since = moment(5 * DAY);
        }),
    ];
    for (what, change) in cases {
        let mut other = facts.clone();
        change(&mut other);
        let (before, after) = (facts.keys(UNTIL - 1), other.keys(other.until - 1));
        assert!(after.is_some() && before != after, "{what}: {before:?} {after:?}");
    }
    let title = |facts: &mut Facts| facts.page.title = "Other".to_owned();
    let mut other = facts.clone();
    title(&mut other);
    assert_eq!(facts.keys(UNTIL - 1), other.keys(UNTIL - 1));
}

#[test]
fn there_is_no_key_while_a_run_has_not_written_its_change_to_the_journal() {
    let mut facts = Facts::sample();
    facts.changes.pop();
    assert_eq!(facts.keys(UNTIL - 1), None);
}

fn closed() -> ClosedDays {
    let day = DayBar {
        date: jiff::civil::date(1970, 1, 1),
        down: 60,
        degraded: 0,
        unknown: 400,
        maintenance: 0,
        observed: 86_000,
    };
    let outage = |from, to| ComponentOutage { down: Stretch { from, to }, cause: PublicCause::Slow };
    let past = ComponentPast {
        days: (0..10).map(|_| day).collect(),
        latency: (0..10).map(Some).collect(),
        outages: vec![outage(-50, 10), outage(2 * DAY - 5, 2 * DAY + 5), outage(6 * DAY, UNTIL)],
    };
    ClosedDays::new(&page(), &[past], vec!["key".to_owned()], WINDOW, UNTIL)
}

#[test]
fn closed_days_come_back_as_they_were_cut_to_the_window() {
    let closed = ClosedDays::parse(closed().text().as_bytes()).expect("it was written");
    let later = Stretch { from: 2 * DAY, to: 12 * DAY };
    assert!(closed.covers(&page(), later, UNTIL));
    let [past] = closed.pasts(&page(), later).try_into().expect("one component");
    assert_eq!(past.days.iter().map(|day| day.date.day()).collect::<Vec<_>>(), [3, 4, 5, 6, 7]);
    assert_eq!(past.latency, [Some(2), Some(3), Some(4), Some(5), Some(6)]);
    // One outage ended before the window, and one ends at the end of what is closed, so it may go on.
    assert_eq!(past.outages.len(), 1);
    assert!(closed.has_keys(&page(), &["key".to_owned()]));
    assert!(!closed.has_keys(&page(), &["other".to_owned()]));
}

#[test]
fn days_that_do_not_cover_the_page_are_not_used() {
    let closed = closed();
    let covers = |window, end| closed.covers(&page(), window, end);
    assert!(covers(WINDOW, UNTIL) && covers(WINDOW, UNTIL + DAY));
    assert!(!covers(Stretch { from: -DAY, ..WINDOW }, UNTIL), "the page shows more days");
    assert!(!covers(WINDOW, UNTIL - DAY), "what runs rolled up went back");
    assert!(!covers(Stretch { from: UNTIL, to: 20 * DAY }, UNTIL), "all of it is too old");
    let mut other = page();
    other.components[0].id = ComponentId::parse("other").expect("an id");
    assert!(!closed.covers(&other, WINDOW, UNTIL), "a component is new");
}

#[test]
fn what_is_damaged_or_of_another_version_is_not_used() {
    let text = closed().text();
    let reads = |text: &str| ClosedDays::parse(text.as_bytes()).is_some();
    assert!(reads(&text));
    for (from, to) in [
        ("\"format_version\":1", "\"format_version\":2"),
        ("[60,0,400,0,86000,3]", "[60,0,400,0,86001,3]"),
        ("[60,0,400,0,86000,3]", "[86001,0,400,0,86000,3]"),
        ("[60,0,400,0,86000,3]", "[60,0,400,0,86000]"),
        ("\"until\":604800", "\"until\":604801"),
        ("\"slow\"", "\"sluggish\""),
        ("\"key\"", "\"kex\""),
        ("}", ""),
    ] {
        let damaged = text.replacen(from, to, 1);
        assert_ne!(damaged, text, "{from}");
        assert!(!reads(&damaged), "{damaged}");
    }
}

#[test]
fn days_are_closed_three_days_before_what_is_rolled_up() {
    let end = |rolled_up: Option<i64>, now| ClosedDays::end(WINDOW, rolled_up.map(moment), moment(now));
    let hour = crate::history::HOUR;
    assert_eq!(end(Some(9 * DAY + 5 * hour), 9 * DAY + 6 * hour), Some(6 * DAY));
    assert_eq!(end(Some(9 * DAY), 9 * DAY + 60), Some(6 * DAY));
    assert_eq!(end(Some(9 * DAY - hour), 9 * DAY + 60), Some(5 * DAY));
    // A mark from the future closes nothing early.
    assert_eq!(end(Some(20 * DAY), 9 * DAY + 60), Some(6 * DAY));
    assert_eq!(end(Some(3 * DAY), 9 * DAY), None);
    assert_eq!(end(None, 9 * DAY), None);
}
