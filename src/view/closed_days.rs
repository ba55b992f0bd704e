//! The days of a page that no run changes any more, as they are kept beside the page. Pure.
//!
//! A run rolls up again what a late confirmation changes, at most [`LONGEST_STREAK`] before what is rolled up. So the days
//! before that are closed. What they show is kept for each component, with a key: a hash of all that it follows from. If
//! any key differs, the page is read in full. What is kept is what the page shows, since it lies beside it.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

use super::{ComponentOutage, ComponentPast, DayBar, PageMembership, PublicCause};
use crate::history::{DAY, HOUR, HealthChange, LONGEST_STREAK, Position, Stretch, moment, second, start_of};
use crate::monitor::{MonitorId, digest};
use crate::page::StatusPage;
use crate::transition::{Confirmed, Health};

/// The name of the file beside the page.
pub const CLOSED_DAYS: &str = "days.json";

/// The layout of the file, and how its figures are computed. Another number makes every file outdated.
const FORMAT: u32 = 1;

/// The closed days of the components of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedDays {
    format_version: u32,
    /// The first second that is not closed: the beginning of a UTC day.
    pub until: i64,
    /// By id.
    components: BTreeMap<String, ClosedComponent>,
}

/// Seconds down, degraded, unknown, in maintenance, observed; and the median in milliseconds.
type ClosedDay = (u32, u32, u32, u32, u32, Option<u32>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ClosedComponent {
    key: String,
    /// Up to `until`, without a gap.
    days: Vec<ClosedDay>,
    /// Those that ended before `until`: from when to when, and why.
    outages: Vec<(i64, i64, PublicCause)>,
}

/// What is known of a monitor beside its samples, as far as its past depends on it.
#[derive(Debug, Clone, Copy)]
pub struct MemberMark<'a> {
    pub monitor: &'a MonitorId,
    /// Under its own id and under its former ones.
    pub positions: &'a [Position],
    /// How long one of its samples holds, in seconds.
    pub hold: i64,
    /// The life of its row, and what the row says; `None` if there is no row.
    pub row: Option<(&'a str, &'a Confirmed)>,
    /// What was read of the journal, in the order of time.
    pub changes: &'a [HealthChange],
}

impl ClosedDays {
    /// The end of what is closed by now; `None` if no day of the window is. `rolled_up` is the end of what runs have rolled
    /// up: an outage that a later run confirms changes no earlier hour than this allows.
    pub fn end(window: Stretch, rolled_up: Option<Timestamp>, now: Timestamp) -> Option<i64> {
        let rolled_up = second(rolled_up?).min(start_of(second(now), HOUR));
        let until = start_of(rolled_up - LONGEST_STREAK, DAY);
        (until > window.from).then_some(until)
    }

    /// From when on the journal has to be read after `until`: an outage that ends with the second before goes on.
    pub fn journal_from(until: i64) -> i64 {
        until - 1
    }

    /// The past of components up to `until`, which began with `window`. `keys` are theirs.
    pub fn new(
        page: &StatusPage,
        pasts: &[ComponentPast],
        keys: Vec<String>,
        window: Stretch,
        until: i64,
    ) -> Self {
        let length = usize::try_from((until - window.from) / DAY).unwrap_or_default();
        let component =
            |((component, past), key): ((&crate::page::PageComponent, &ComponentPast), String)| {
                let day = |(day, latency): (&DayBar, &Option<u32>)| {
                    let DayBar { date: _, down, degraded, unknown, maintenance, observed } = *day;
                    (down, degraded, unknown, maintenance, observed, *latency)
                };
                let days = past.days.iter().zip(&past.latency).take(length).map(day).collect();
                let is_closed =
                    |outage: &&ComponentOutage| outage.down.to < until && outage.down.to > window.from;
                let outage = |outage: &ComponentOutage| {
                    let ComponentOutage { down, cause } = *outage;
                    (down.from.max(window.from), down.to, cause)
                };
                let outages = past.outages.iter().filter(is_closed).map(outage).collect();
                (component.id.to_string(), ClosedComponent { key, days, outages })
            };
        let components = page.components.iter().zip(pasts).zip(keys).map(component).collect();
        Self { format_version: FORMAT, until, components }
    }

    /// Reads what [`Self::text`] wrote. What is damaged, or of another version, is `None`.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let found: Self = serde_json::from_slice(bytes).ok()?;
        let Self { format_version, until, components } = &found;
        let is_whole = |component: &ClosedComponent| {
            let ClosedComponent { key: _, days, outages } = component;
            let is_day = |(down, degraded, unknown, maintenance, observed, _): &ClosedDay| {
                i64::from(*unknown) + i64::from(*observed) == DAY
                    && maintenance <= observed
                    && down.saturating_add(*degraded) <= *observed
            };
            days.iter().all(is_day)
                && outages.iter().all(|(from, to, _)| from < to && to < until)
                && outages.is_sorted_by_key(|(from, _, _)| *from)
        };
        let is_sound =
            *format_version == FORMAT && *until == start_of(*until, DAY) && components.values().all(is_whole);
        is_sound.then_some(found)
    }

    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default() + "\n"
    }

    /// Whether each component of the page is closed from the beginning of the window on, and no later than up to `end`.
    pub fn covers(&self, page: &StatusPage, window: Stretch, end: i64) -> bool {
        let is_long_enough = |component: &ClosedComponent| {
            let days = i64::try_from(component.days.len()).unwrap_or(i64::MAX);
            self.until.saturating_sub(days.saturating_mul(DAY)) <= window.from
        };
        let is_closed = |id: &str| self.components.get(id).is_some_and(is_long_enough);
        let all = page.components.iter().all(|component| is_closed(component.id.as_str()));
        (window.from + 1..=end).contains(&self.until) && all
    }

    /// Whether these are the keys of the components of the page.
    pub fn has_keys(&self, page: &StatusPage, keys: &[String]) -> bool {
        let key = |id: &str| self.components.get(id).map(|component| component.key.as_str());
        page.components.len() == keys.len()
            && page
                .components
                .iter()
                .zip(keys)
                .all(|(component, own)| key(component.id.as_str()) == Some(own))
    }

    /// The past of each component of the page from the beginning of the window up to `until`.
    pub fn pasts(&self, page: &StatusPage, window: Stretch) -> Vec<ComponentPast> {
        let length = usize::try_from((self.until - window.from) / DAY).unwrap_or_default();
        let first = moment(window.from).to_zoned(TimeZone::UTC).date();
        let past = |component: &ClosedComponent| {
            let ClosedComponent { key: _, days, outages } = component;
            let kept = days.get(days.len().saturating_sub(length)..).unwrap_or_default();
            let day = |(n, day): (i64, &ClosedDay)| {
                let (down, degraded, unknown, maintenance, observed, _) = *day;
                let date = first.saturating_add(n.days());
                DayBar { date, down, degraded, unknown, maintenance, observed }
            };
            let outage = |(from, to, cause): &(i64, i64, PublicCause)| {
                let down = Stretch { from: *from, to: *to };
                (down.to >= window.from).then_some(ComponentOutage { down, cause: *cause })
            };
            ComponentPast {
                days: (0..).zip(kept).map(day).collect(),
                latency: kept.iter().map(|(_, _, _, _, _, latency)| *latency).collect(),
                outages: outages.iter().filter_map(outage).collect(),
            }
        };
        let of_component = |id: &str| self.components.get(id).map(past).unwrap_or_default();
        page.components.iter().map(|component| of_component(component.id.as_str())).collect()
    }

    /// What the past of each component before `until` follows from, as a hash. `None` if the journal, which was read from
    /// the second `read_from` on, lacks the last change of a row: a run is about to write it.
    pub fn keys(
        page: &StatusPage,
        (members, membership): (&[MemberMark<'_>], &PageMembership),
        until: i64,
        read_from: i64,
    ) -> Option<Vec<String>> {
        if !members.iter().all(|member| member.is_complete(read_from)) {
            return None;
        }
        let key = |(component, members): (&crate::page::PageComponent, Vec<&MemberMark<'_>>)| {
            let mut members: Vec<_> = members.into_iter().map(|member| member.text(until)).collect();
            members.sort_unstable();
            let version = env!("CARGO_PKG_VERSION");
            digest(&format!(
                "{FORMAT} {version} {until} {:?} {:?} {}",
                component.combine,
                page.maintenance,
                members.join(" | ")
            ))
        };
        Some(page.components.iter().zip(membership.of(members)).map(key).collect())
    }
}

impl MemberMark<'_> {
    /// Whether the journal has the last change of the row, if it may be in what was read.
    fn is_complete(&self, read_from: i64) -> bool {
        let Some((_, confirmed)) = self.row else { return true };
        confirmed.seq == 0
            || confirmed.since < moment(read_from)
            || self.changes.iter().any(|change| change.seq == confirmed.seq && change.at == confirmed.since)
    }

    fn text(&self, until: i64) -> String {
        let Self { monitor, positions, hold, row, changes: _ } = self;
        let life = row.map_or("", |(life, _)| life);
        let (health, number) = (self.health_at(until), self.changes_before(until));
        format!("{monitor} {positions:?} {hold} {life} {health:?} {number}")
    }

    /// How many changes were confirmed that began before `until`. One that is confirmed later counts here too, although
    /// this part of the journal is not read: the row counts it, and what was read of the journal does not have it.
    fn changes_before(&self, until: i64) -> i64 {
        let all = self.row.map_or(0, |(_, confirmed)| confirmed.seq);
        let later = |change: &&HealthChange| change.at >= moment(until) && change.seq <= all;
        let later = self.changes.iter().filter(later).count();
        i64::try_from(all).unwrap_or(i64::MAX) - i64::try_from(later).unwrap_or(i64::MAX)
    }

    /// The health with which the time from `until` on begins.
    fn health_at(&self, until: i64) -> Option<Health> {
        let before = self.changes.partition_point(|change| change.at < moment(until));
        let (before, after) = self.changes.split_at(before);
        let known = before.last().map(|change| change.to).or(after.first().map(|change| change.from));
        known.or(self.row.map(|(_, confirmed)| confirmed.health))
    }
}
