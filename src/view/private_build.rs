//! Fills a private page with what was measured. Pure.

use std::time::Duration;

use super::page_build::state;
use super::{
    ChartPart, ComponentPast, FigureWindow, MonitorPast, PageMember, PageMembership, PageMoment,
    PrivateMonitor, PrivateView, component_pasts, page_view, page_window, printed,
};
use crate::history::{DAY, HOUR, Stretch, start_of};
use crate::monitor::Monitor;
use crate::page::{Combine, MaintenanceTime, PublicNotice, StatusPage};

/// A monitor with its past by days and by hours.
#[derive(Debug, Clone, Copy)]
pub struct PrivateMember<'a> {
    pub monitor: &'a Monitor,
    pub owner: Option<&'a str>,
    /// Why its last stored verdict was not a pass.
    pub why: &'a str,
    /// By UTC days, over [`private_days`].
    pub days: &'a MonitorPast,
    /// By hours, over [`private_hours`].
    pub hours: &'a MonitorPast,
}

/// The UTC days that are read for a private page: those of the page, and those of the longest window.
pub fn private_days(page: &StatusPage, now: i64) -> Stretch {
    page_window(page.days.max(FigureWindow::Quarter.days()), now)
}

/// The last 24 full hours, and the one that goes on.
pub fn private_hours(now: i64) -> Stretch {
    Stretch { from: start_of(now, HOUR) - DAY, to: now + 1 }
}

/// The page of all monitors that runs watch.
pub fn private_view(
    page: &StatusPage,
    members: &[PrivateMember<'_>],
    notices: &[PublicNotice],
    moment: PageMoment,
    period: Duration,
) -> PrivateView {
    let monitors: Vec<&Monitor> = members.iter().map(|member| member.monitor).collect();
    let membership = PageMembership::new(page, &monitors);
    let pasts: Vec<&MonitorPast> = members.iter().map(|member| member.days).collect();
    let components = component_pasts(page, &membership, &pasts, moment.window);
    let of_page: Vec<_> =
        members.iter().map(|one| PageMember { monitor: one.monitor, past: one.days }).collect();
    let view = page_view(page, (&of_page, &membership), &components, notices, moment);
    let mut ids: Vec<Vec<String>> = vec![Vec::new(); members.len()];
    let places: Vec<usize> = (0..members.len()).collect();
    for (component, places) in page.components.iter().zip(membership.of(&places)) {
        for place in places {
            ids.get_mut(*place).into_iter().for_each(|of_one| of_one.push(component.id.to_string()));
        }
    }
    let all = members.iter().zip(ids);
    let mut monitors: Vec<_> =
        all.map(|(member, components)| monitor(*member, components, page.maintenance, moment)).collect();
    monitors.sort_by(|one, other| one.monitor.id.cmp(&other.monitor.id));
    PrivateView { page: view, period, monitors }
}

fn monitor(
    member: PrivateMember<'_>,
    components: Vec<String>,
    rule: MaintenanceTime,
    moment: PageMoment,
) -> PrivateMonitor {
    let PrivateMember { monitor, owner, why, days, hours } = member;
    // A component of this monitor alone.
    let alone = ComponentPast::new(moment.window, Combine::Worst, &[days], rule);
    let now = days.window.to - 1;
    let figures = |window: FigureWindow| match window {
        FigureWindow::Day => hours.figures(rule),
        FigureWindow::Week | FigureWindow::Month | FigureWindow::Quarter => {
            days.figures_since(page_window(window.days(), now).from, rule)
        }
    };
    let month = page_window(FigureWindow::Month.days(), now).from;
    PrivateMonitor {
        monitor: monitor.clone(),
        owner: owner.map(str::to_owned),
        components,
        state: state(PageMember { monitor, past: days }, moment),
        since: days.health.map(|(_, since)| since),
        why: why.to_owned(),
        availability: alone.availability().map(|share| printed(Some(share))),
        days: alone.days,
        figures: FigureWindow::ALL.map(|window| (window, figures(window))).into(),
        hours: chart(hours, hours.window.from, rule),
        month: chart(days, month, rule),
        incidents: days.incidents.iter().rev().cloned().collect(),
    }
}

fn chart(past: &MonitorPast, from: i64, rule: MaintenanceTime) -> Vec<ChartPart> {
    let parts = past.parts.keys().filter(|part| part.from >= from);
    parts.map(|part| ChartPart { stretch: *part, figures: past.figures_of(*part, rule) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_page_reads_ninety_days_or_those_of_the_page_and_a_day_of_full_hours() {
        let now = 400 * DAY + 2 * HOUR + 5;
        let page = |days| {
            let combined = crate::page::Indexing::Refused;
            StatusPage {
                id: "team".to_owned(),
                title: "Acme".to_owned(),
                url: "https://a.example".to_owned(),
                components: Vec::new(),
                days,
                slo: None,
                stale_after: Duration::from_mins(10),
                maintenance: MaintenanceTime::Excluded,
                indexing: combined,
            }
        };
        let from = |days| private_days(&page(days), now).from;
        assert_eq!((from(7), from(90), from(365)), (311 * DAY, 311 * DAY, 36 * DAY));
        let hours = private_hours(now);
        assert_eq!(hours, Stretch { from: 399 * DAY + 2 * HOUR, to: now + 1 });
    }
}
