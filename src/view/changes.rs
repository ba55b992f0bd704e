//! When what a page says changed last: what is unchanged has the same bytes after each run. Pure.

use jiff::Timestamp;

use super::{NoticeGroup, PageIncident, PageView};

impl PageIncident {
    /// When something about the incident changed last.
    pub fn changed(&self) -> Timestamp {
        let notices = self.notices.iter().map(|notice| notice.at);
        notices.chain(self.closed).fold(self.opened, Timestamp::max)
    }
}

impl PageView {
    /// When a state, an incident, a notice or a maintenance window changed last. A run that finds the same as the one
    /// before changes nothing.
    pub fn last_change(&self) -> Option<Timestamp> {
        let states = self.components.iter().filter_map(|component| component.since);
        let incidents = self.incidents.iter().map(PageIncident::changed);
        let notices = self.notices.iter().filter_map(NoticeGroup::changed);
        let begun = self.maintenance.iter().map(|window| window.starts).filter(|starts| *starts <= self.now);
        states.chain(incidents).chain(notices).chain(begun).max()
    }
}
