//! Reads what a status page shows: all of it, or what changed since its days were closed.

use std::time::Duration;

use jiff::Timestamp;

use super::facts::{HealthFacts, MonitorFacts};
use super::load::{Ask, measured};
use super::read::Detail;
use crate::history::{RollupUnit, Stretch, second};
use crate::inventory::{Inventory, StoredRow, WatchedMonitor};
use crate::monitor::{Monitor, Traits};
use crate::page::{PublicNotice, StatusPage};
use crate::store::{StateReader, StoreError};
use crate::view::{
    ClosedDays, ComponentPast, MemberMark, MonitorPast, PageMember, PageMembership, PageMoment, PageView,
    ProberCondition, component_pasts, page_view, page_window,
};

/// Which page is asked for, and what is known at its moment.
#[derive(Debug, Clone, Copy)]
pub struct PageAsk<'a> {
    pub page: &'a StatusPage,
    pub notices: &'a [PublicNotice],
    pub now: Timestamp,
    /// When the last run ended, if one ever did.
    pub last_run: Option<Timestamp>,
    /// The end of what runs have rolled up.
    pub rolled_up: Option<Timestamp>,
    /// Time from one run to the next.
    pub period: Duration,
    pub prober: ProberCondition,
}

/// A page, and what of it is closed for the next time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPage {
    pub view: PageView,
    pub closed: Option<ClosedDays>,
}

/// Reads a page. What `before` has of its days is not read again, if it fits what the tables hold.
pub async fn read_page(
    reader: &StateReader,
    inventory: &Inventory,
    ask: PageAsk<'_>,
    before: Option<ClosedDays>,
) -> Result<StoredPage, StoreError> {
    let members = page_members(ask.page, inventory);
    let monitors: Vec<&Monitor> = members.iter().map(|watched| &watched.monitor).collect();
    let reading = Reading {
        reader,
        ask,
        window: page_window(ask.page.days, second(ask.now)),
        membership: PageMembership::new(ask.page, &monitors),
    };
    let resumed = match &before {
        Some(closed) => reading.resume(inventory, &members, closed).await?,
        None => None,
    };
    let past = match resumed {
        Some(past) => past,
        None => reading.in_full(inventory, &members).await?,
    };
    let all = monitors.into_iter().zip(&past.members);
    let all: Vec<_> = all.map(|(monitor, past)| PageMember { monitor, past }).collect();
    let moment =
        PageMoment { window: reading.window, now: ask.now, last_run: ask.last_run, prober: ask.prober };
    let view = page_view(ask.page, (&all, &reading.membership), &past.components, ask.notices, moment);
    // What does not fit now may fit again, and its keys tell.
    Ok(StoredPage { view, closed: past.closed.or(before) })
}

/// The monitors of all components, each once.
pub fn page_members<'a>(page: &StatusPage, inventory: &'a Inventory) -> Vec<&'a WatchedMonitor> {
    let is_member = |watched: &&WatchedMonitor| {
        let traits = Traits::of_monitor(&watched.monitor);
        page.components.iter().any(|component| component.takes(&traits))
    };
    inventory.watchlist.enabled().map(AsRef::as_ref).filter(is_member).collect()
}

/// What was read of the monitors, and what it makes of the components.
struct PagePast {
    members: Vec<MonitorPast>,
    components: Vec<ComponentPast>,
    closed: Option<ClosedDays>,
}

/// The reading of one page.
struct Reading<'a> {
    reader: &'a StateReader,
    ask: PageAsk<'a>,
    window: Stretch,
    membership: PageMembership,
}

impl Reading<'_> {
    async fn in_full(
        &self,
        inventory: &Inventory,
        members: &[&WatchedMonitor],
    ) -> Result<PagePast, StoreError> {
        let known = self.known(inventory, members, self.window.from).await?;
        let (end, keys) = self.next(&known, inventory);
        let members = measured(self.reader, known, self.question(self.window)).await?;
        let components = component_pasts(
            self.ask.page,
            &self.membership,
            &members.iter().collect::<Vec<_>>(),
            self.window,
        );
        Ok(self.closed(members, components, end.zip(keys)))
    }

    /// Reads what came after `closed`; `None` if that does not fit.
    async fn resume(
        &self,
        inventory: &Inventory,
        members: &[&WatchedMonitor],
        closed: &ClosedDays,
    ) -> Result<Option<PagePast>, StoreError> {
        let (page, until) = (self.ask.page, closed.until);
        let end = ClosedDays::end(self.window, self.ask.rolled_up, self.ask.now);
        if !end.is_some_and(|end| closed.covers(page, self.window, end)) {
            return Ok(None);
        }
        let known = self.known(inventory, members, ClosedDays::journal_from(until)).await?;
        let keys = self.keys(&known, inventory, until);
        if !keys.is_some_and(|keys| closed.has_keys(page, &keys)) || !known.knows_every_beginning() {
            return Ok(None);
        }
        let (end, keys) = self.next(&known, inventory);
        let rest = Stretch { from: until, to: self.window.to };
        let members = measured(self.reader, known, self.question(rest)).await?;
        let later = component_pasts(page, &self.membership, &members.iter().collect::<Vec<_>>(), rest);
        let before = closed.pasts(page, self.window);
        let components = before.into_iter().zip(later).map(|(before, later)| before.followed_by(later));
        Ok(Some(self.closed(members, components.collect(), end.zip(keys))))
    }

    async fn known<'a>(
        &self,
        inventory: &'a Inventory,
        members: &[&'a WatchedMonitor],
        from: i64,
    ) -> Result<HealthFacts<'a>, StoreError> {
        HealthFacts::read(self.reader, inventory, members, (from, self.ask.period, self.ask.now)).await
    }

    fn question(&self, window: Stretch) -> Ask {
        let PageAsk { period, now, .. } = self.ask;
        Ask { window, each: RollupUnit::Day, detail: Detail::Percentiles, period, now }
    }

    /// Up to when the days will be closed for the next time, and the keys of that.
    fn next(&self, known: &HealthFacts<'_>, inventory: &Inventory) -> (Option<i64>, Option<Vec<String>>) {
        let end = ClosedDays::end(self.window, self.ask.rolled_up, self.ask.now);
        (end, end.and_then(|end| self.keys(known, inventory, end)))
    }

    /// `None` also if a row does not read: nothing says then what its monitor's past follows from.
    fn keys(&self, known: &HealthFacts<'_>, inventory: &Inventory, until: i64) -> Option<Vec<String>> {
        let is_unclear =
            |known: &MonitorFacts<'_>| matches!(inventory.row_of(known.watched).1, StoredRow::Unreadable(_));
        if known.monitors.iter().any(is_unclear) {
            return None;
        }
        let marks: Vec<_> = known.monitors.iter().map(mark).collect();
        ClosedDays::keys(self.ask.page, (&marks, &self.membership), until, known.read_from)
    }

    fn closed(
        &self,
        members: Vec<MonitorPast>,
        components: Vec<ComponentPast>,
        next: Option<(i64, Vec<String>)>,
    ) -> PagePast {
        let closed =
            next.map(|(end, keys)| ClosedDays::new(self.ask.page, &components, keys, self.window, end));
        PagePast { members, components, closed }
    }
}

fn mark<'a>(known: &'a MonitorFacts<'_>) -> MemberMark<'a> {
    MemberMark {
        monitor: &known.watched.monitor.id,
        positions: &known.positions,
        hold: known.hold,
        row: known.row.map(|row| (row.incarnation.as_str(), &row.confirmed)),
        changes: &known.changes,
    }
}
