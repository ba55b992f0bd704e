//! The past of a component of a status page, from that of its monitors. Pure.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::{DayBar, Figures, MonitorPast, Proportion, PublicCause};
use crate::history::{DAY, HealthTimeline, ReasonClass, Stretch, cut, moment, second, start_of};
use crate::page::{Combine, MaintenanceTime, SloPercent};

/// What the monitors of a component add up to.
///
/// Of several monitors, the seconds of a day in which none, one or more were down are not kept. What is shown instead is
/// never better than it was: as many seconds as they were down one after the other, and no more than were confirmed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ComponentPast {
    /// A bar for each UTC day of the window.
    pub days: Vec<DayBar>,
    /// The slowest median of each day, in milliseconds.
    pub latency: Vec<Option<u32>>,
    /// In the order of time. The first may have begun before the window.
    pub outages: Vec<ComponentOutage>,
}

/// A time in which a component was down, whichever of its monitors were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ComponentOutage {
    /// What lasts ends after every window.
    pub down: Stretch,
    pub cause: PublicCause,
}

impl ComponentPast {
    pub fn new(window: Stretch, combine: Combine, monitors: &[&MonitorPast], rule: MaintenanceTime) -> Self {
        let median = |day: &Stretch| {
            let of_one = |past: &&MonitorPast| past.parts.get(day)?.percentiles().p50;
            monitors.iter().filter_map(of_one).max().map(millis)
        };
        let timeline = combined(combine, monitors);
        let outage = |down: &Stretch| ComponentOutage { down: *down, cause: cause(*down, monitors) };
        Self {
            days: days(window, combine, monitors, rule),
            latency: cut(window, DAY).iter().map(median).collect(),
            // One that ended with the second before the window may go on in it.
            outages: timeline.down().iter().filter(|down| down.to >= window.from).map(outage).collect(),
        }
    }

    /// This past, and `later`, which begins where it ends.
    #[must_use]
    pub fn followed_by(mut self, later: Self) -> Self {
        let Self { days, latency, outages } = later;
        self.days.extend(days);
        self.latency.extend(latency);
        self.outages.extend(outages);
        self
    }

    /// `None` if nothing was observed.
    pub fn availability(&self) -> Option<Proportion> {
        let good = |day: &DayBar| counted(day).saturating_sub(day.down.into());
        Proportion::of(self.days.iter().map(good).sum(), self.days.iter().map(counted).sum())
    }

    /// Milliseconds that may still be bad; below zero, by how many there were too many. `None` if nothing was observed.
    pub fn error_budget_millis(&self, slo: SloPercent) -> Option<i64> {
        let counted: u64 = self.days.iter().map(counted).sum();
        let down: u64 = self.days.iter().map(|day| u64::from(day.down)).sum();
        let millis = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let left = millis(slo.allowed_millis(counted)).saturating_sub(millis(down.saturating_mul(1_000)));
        (counted > 0).then_some(left)
    }

    /// The observed share of the window, where it is too low to be left unsaid.
    pub fn low_observed_share(&self) -> Option<Proportion> {
        let observed: u64 = self.days.iter().map(|day| u64::from(day.observed)).sum();
        let all = observed + self.days.iter().map(|day| u64::from(day.unknown)).sum::<u64>();
        Proportion::of(observed, all).filter(|share| share.is_below(99))
    }
}

/// Seconds of a day that the availability is a share of.
fn counted(day: &DayBar) -> u64 {
    u64::from(day.observed.saturating_sub(day.maintenance))
}

fn millis(latency: Duration) -> u32 {
    u32::try_from(latency.as_micros().div_ceil(1_000)).unwrap_or(u32::MAX)
}

/// What users may know of the first incident of it whose kind of fault is known.
fn cause(down: Stretch, monitors: &[&MonitorPast]) -> PublicCause {
    let all = monitors.iter().flat_map(|past| past.known_incidents());
    let first = all
        .filter(|incident| {
            let closed = incident.closed.map_or(i64::MAX, second);
            Stretch { from: second(incident.opened), to: closed.saturating_add(1) }.overlap(down).is_some()
        })
        .min_by_key(|incident| (incident.reason.is_none(), incident.opened));
    let reason = first.and_then(|incident| incident.reason);
    reason.map_or(PublicCause::NotReachable, |reason| PublicCause::of(reason.class()))
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

fn combined(combine: Combine, monitors: &[&MonitorPast]) -> HealthTimeline {
    let timelines: Vec<_> = monitors.iter().map(|past| past.timeline()).collect();
    match combine {
        Combine::Worst => HealthTimeline::worst(&timelines),
        Combine::All => HealthTimeline::all(&timelines),
    }
}

/// A bar for each UTC day of the window; the first and the last may be cut.
fn days(window: Stretch, combine: Combine, monitors: &[&MonitorPast], rule: MaintenanceTime) -> Vec<DayBar> {
    let timeline = combined(combine, monitors);
    let day = |day: Stretch| {
        let figures: Vec<_> = monitors.iter().map(|past| past.figures_of(day, rule)).collect();
        let most = |of: fn(&Figures) -> u64| figures.iter().map(of).max().unwrap_or(0);
        let observed = most(Figures::observed);
        let counted = most(Figures::counted);
        let downs = figures.iter().map(Figures::down);
        let down = match combine {
            Combine::Worst => downs.sum(),
            Combine::All => downs.min().unwrap_or(0),
        };
        let down = down.min(timeline.seconds_down(day)).min(counted);
        let short = |seconds: u64| u32::try_from(seconds).unwrap_or(u32::MAX);
        DayBar {
            date: moment(start_of(day.from, DAY)).to_zoned(TimeZone::UTC).date(),
            down: short(down),
            degraded: short(timeline.seconds_degraded(day).min(counted - down)),
            unknown: short(day.seconds().saturating_sub(observed)),
            maintenance: short(observed - counted),
            observed: short(observed),
        }
    };
    cut(window, DAY).into_iter().map(day).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::history::{Latencies, Sum, Totals, Turn};
    use crate::monitor::MonitorId;
    use crate::transition::Health;

    const WINDOW: Stretch = Stretch { from: 0, to: DAY };

    /// Observed all day, and DOWN between two seconds of it.
    fn past(id: &str, from: i64, to: i64, totals: Totals) -> MonitorPast {
        let turn = |second, from, to| Turn { at: moment(second), from, to };
        let turns = [turn(from, Health::Up, Health::Down), turn(to, Health::Down, Health::Up)];
        let timeline = HealthTimeline::new(if from == to { &[] } else { &turns }, None);
        let down = timeline.seconds_down(WINDOW);
        let sum = Sum::new(Totals { down, ..totals }, Latencies::default());
        let id = MonitorId::parse(id).expect("an id");
        MonitorPast::new(id, None, WINDOW, BTreeMap::from([(WINDOW, sum)]), Vec::new(), timeline)
    }

    fn seen() -> Totals {
        Totals { observed: 86_400, ..Totals::default() }
    }

    fn component(combine: Combine, monitors: &[&MonitorPast]) -> ComponentPast {
        ComponentPast::new(WINDOW, combine, monitors, MaintenanceTime::Excluded)
    }

    #[test]
    fn a_component_of_one_monitor_is_as_the_monitor() {
        let one = past("a", 0, 864, Totals { maintenance: 400, ..seen() });
        for combine in [Combine::Worst, Combine::All] {
            let component = component(combine, &[&one]);
            let day = component.days[0];
            assert_eq!((day.down, day.observed, day.maintenance, day.unknown), (864, 86_400, 400, 0));
            let figures = one.figures(MaintenanceTime::Excluded);
            assert_eq!(component.availability(), figures.availability());
            for (percent, left) in [("99", -4_000), ("99.9", -778_000), ("98", 856_000)] {
                let slo = SloPercent::parse(percent).expect("an objective");
                assert_eq!(component.error_budget_millis(slo), Some(left), "{percent}");
                assert_eq!(figures.error_budget_millis(slo), left, "{percent}");
            }
        }
    }

    #[test]
    fn several_are_never_better_together_than_one_after_the_other() {
        let (one, two, good) =
            (past("a", 0, 100, seen()), past("b", 50, 200, seen()), past("c", 0, 0, seen()));
        let down = |combine, monitors: &[&MonitorPast]| component(combine, monitors).days[0].down;
        assert_eq!(down(Combine::Worst, &[&one, &two, &good]), 200);
        assert_eq!(down(Combine::All, &[&one, &two]), 50);
        assert_eq!(down(Combine::All, &[&one, &two, &good]), 0);
        assert_eq!(component(Combine::All, &[&one, &two]).days[0].degraded, 150);
        assert_eq!(component(Combine::Worst, &[]).availability(), None);
    }

    // One was not watched before noon; it is DOWN from noon on.
    #[test]
    fn what_no_monitor_observed_is_unknown() {
        let half = Totals { observed: 43_200, ..Totals::default() };
        let one = past("a", 43_200, 86_400, half);
        let alone = component(Combine::Worst, &[&one]);
        assert_eq!((alone.days[0].unknown, alone.days[0].down), (43_200, 43_200));
        assert_eq!(printed(alone.availability()), "0.00 %");
        assert_eq!(printed(alone.low_observed_share()), "50.00 %");
        let good = past("b", 0, 0, seen());
        let both = component(Combine::Worst, &[&one, &good]);
        assert_eq!(printed(both.availability()), "50.00 %");
        assert_eq!(both.low_observed_share(), None);
    }

    fn printed(share: Option<Proportion>) -> String {
        crate::view::printed(share)
    }
}
