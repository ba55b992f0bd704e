//! The one line above a status page, and whether the page is up to date. Pure.

use jiff::Timestamp;

use super::{ComponentState, ComponentView, PageIncident, PageView};

/// The state of all components together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverallState {
    Operational,
    Maintenance {
        components: usize,
    },
    Degraded {
        components: usize,
    },
    Down {
        components: usize,
    },
    AllDown,
    /// No component is known to have trouble, and some are not known at all.
    Unknown {
        components: usize,
    },
}

/// Whether the page can be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    Fresh { last_run: Timestamp },
    Stale { last_run: Timestamp },
    NeverRun,
}

impl PageView {
    /// The worst that can be said: a component that is down counts before one that is degraded.
    pub fn overall(&self) -> OverallState {
        let count = |state| self.components.iter().filter(|component| component.state == state).count();
        let down = count(ComponentState::Down);
        let [degraded, unknown, maintenance] =
            [ComponentState::Degraded, ComponentState::Unknown, ComponentState::Maintenance].map(count);
        if self.components.is_empty() {
            OverallState::Unknown { components: 0 }
        } else if down == self.components.len() {
            OverallState::AllDown
        } else if down > 0 {
            OverallState::Down { components: down }
        } else if degraded > 0 {
            OverallState::Degraded { components: degraded }
        } else if unknown > 0 {
            OverallState::Unknown { components: unknown }
        } else if maintenance > 0 {
            OverallState::Maintenance { components: maintenance }
        } else {
            OverallState::Operational
        }
    }

    pub fn freshness(&self) -> Freshness {
        match self.last_run {
            None => Freshness::NeverRun,
            Some(last_run) if self.now.duration_since(last_run) >= self.stale_after => {
                Freshness::Stale { last_run }
            }
            Some(last_run) => Freshness::Fresh { last_run },
        }
    }

    /// The component with this id. An incident may name one that is no longer on the page.
    pub fn component(&self, id: &str) -> Option<&ComponentView> {
        self.components.iter().find(|component| component.id == id)
    }

    pub fn open_incidents(&self) -> impl Iterator<Item = &PageIncident> {
        self.incidents.iter().filter(|incident| incident.closed.is_none())
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::page::{Indexing, MaintenanceTime};
    use ComponentState::{Degraded, Down, Maintenance, Operational, Unknown};

    fn page(states: &[ComponentState]) -> PageView {
        let component = |state: &ComponentState| ComponentView {
            id: "a".to_owned(),
            name: "A".to_owned(),
            group: None,
            state: *state,
            since: None,
            days: Vec::new(),
            availability: None,
            error_budget: None,
            observed_share: None,
            latency: Vec::new(),
        };
        PageView {
            title: "Acme".to_owned(),
            url: "https://status.acme.com".to_owned(),
            indexing: Indexing::Refused,
            now: Timestamp::UNIX_EPOCH + SignedDuration::from_mins(10),
            last_run: None,
            stale_after: SignedDuration::from_mins(10),
            maintenance_time: MaintenanceTime::Excluded,
            slo: None,
            components: states.iter().map(component).collect(),
            incidents: Vec::new(),
            notices: Vec::new(),
            maintenance: Vec::new(),
        }
    }

    #[test]
    fn the_overall_state_is_the_worst_of_the_components() {
        let cases: &[(&[ComponentState], OverallState)] = &[
            (&[], OverallState::Unknown { components: 0 }),
            (&[Operational, Operational], OverallState::Operational),
            (&[Operational, Maintenance], OverallState::Maintenance { components: 1 }),
            (&[Unknown, Maintenance], OverallState::Unknown { components: 1 }),
            (&[Unknown, Degraded, Degraded], OverallState::Degraded { components: 2 }),
            (&[Degraded, Down], OverallState::Down { components: 1 }),
            (&[Down, Unknown], OverallState::Down { components: 1 }),
            (&[Down, Down], OverallState::AllDown),
        ];
        for (states, overall) in cases {
            assert_eq!(page(states).overall(), *overall, "{states:?}");
        }
    }

    #[test]
    fn a_page_is_stale_from_the_configured_age_of_the_last_run_on() {
        let at = |second| {
            let last_run = Timestamp::from_second(second).expect("a time");
            PageView { last_run: Some(last_run), ..page(&[]) }.freshness()
        };
        assert!(matches!(at(0), Freshness::Stale { .. }));
        assert!(matches!(at(1), Freshness::Fresh { .. }));
        assert_eq!(page(&[]).freshness(), Freshness::NeverRun);
    }
}
