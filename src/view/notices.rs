//! Which incidents the notices of people belong to, and which notices are shown on their own. Pure.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{NoticeGroup, NoticeView, PageIncident};
use crate::page::{NoticeStatus, PublicNotice};

/// People may write before the incident is confirmed.
const BEFORE: SignedDuration = SignedDuration::from_hours(1);

/// And after it is over.
const AFTER: SignedDuration = SignedDuration::from_hours(24);

impl NoticeGroup {
    /// When the first notice was written.
    pub fn opened(&self) -> Option<Timestamp> {
        self.notices.last().map(|notice| notice.at)
    }

    /// When the latest notice was written.
    pub fn changed(&self) -> Option<Timestamp> {
        self.notices.first().map(|notice| notice.at)
    }

    /// Whether the latest notice does not say that the matter is resolved.
    pub fn is_open(&self) -> bool {
        self.notices.first().is_some_and(|latest| latest.status != NoticeStatus::Resolved)
    }
}

/// Gives each incident its notices, the latest first. What belongs to none is returned, the latest first; what is not
/// written yet is left out.
pub fn place_notices(
    incidents: &mut [PageIncident],
    notices: &[PublicNotice],
    now: Timestamp,
) -> Vec<NoticeGroup> {
    let mut alone: BTreeMap<&str, Vec<&PublicNotice>> = BTreeMap::new();
    let mut written: Vec<_> = notices.iter().filter(|notice| notice.at <= now).collect();
    // The order of the files decides between notices of one moment.
    written.sort_by(|one, two| two.at.cmp(&one.at).then_with(|| two.id.cmp(&one.id)));
    for notice in written {
        let places = places(incidents, notice);
        for place in &places {
            if let Some(incident) = incidents.get_mut(*place) {
                incident.notices.push(view(notice));
            }
        }
        if places.is_empty() {
            alone.entry(notice.incident.as_deref().unwrap_or(&notice.id)).or_default().push(notice);
        }
    }
    let mut groups: Vec<_> = alone.into_iter().map(|(id, notices)| group(id, &notices)).collect();
    groups.sort_by(|one, two| two.changed().cmp(&one.changed()).then_with(|| one.id.cmp(&two.id)));
    groups
}

/// The incidents that a notice belongs to: the one that it names; else of each component the nearest in time.
fn places(incidents: &[PageIncident], notice: &PublicNotice) -> Vec<usize> {
    if let Some(id) = &notice.incident {
        return incidents.iter().position(|incident| incident.id == *id).into_iter().collect();
    }
    let nearest = |component: &str| {
        let of_component = incidents
            .iter()
            .enumerate()
            .filter(|(_, incident)| incident.components.iter().any(|affected| affected == component));
        let near = of_component.filter_map(|(place, incident)| Some((distance(incident, notice.at)?, place)));
        // Of two that are as near, the first of the list is the later one.
        near.min().map(|(_, place)| place)
    };
    let mut places: Vec<_> =
        notice.components.iter().filter_map(|component| nearest(component.as_str())).collect();
    places.sort_unstable();
    places.dedup();
    places
}

/// How far a moment is from an incident; `None` if it is too far.
fn distance(incident: &PageIncident, at: Timestamp) -> Option<SignedDuration> {
    let before = incident.opened.duration_since(at);
    let after = incident.closed.map_or(SignedDuration::ZERO, |closed| at.duration_since(closed));
    (before <= BEFORE && after <= AFTER).then(|| before.max(after).max(SignedDuration::ZERO))
}

fn view(notice: &PublicNotice) -> NoticeView {
    let PublicNotice { id: _, components: _, status, at, title, incident: _, markdown } = notice;
    NoticeView { at: *at, status: *status, title: title.clone(), markdown: markdown.clone() }
}

fn group(id: &str, notices: &[&PublicNotice]) -> NoticeGroup {
    let mut components = Vec::new();
    for component in notices.iter().flat_map(|notice| &notice.components) {
        if !components.iter().any(|known| known == component.as_str()) {
            components.push(component.as_str().to_owned());
        }
    }
    NoticeGroup {
        id: id.to_owned(),
        title: notices.iter().find_map(|notice| notice.title.clone()),
        components,
        notices: notices.iter().map(|notice| view(notice)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::ComponentId;
    use crate::view::{Impact, PublicCause};

    fn at(text: &str) -> Timestamp {
        format!("2026-11-{text}:00Z").parse().expect("a time")
    }

    fn incident(id: &str, component: &str, opened: &str, closed: Option<&str>) -> PageIncident {
        PageIncident {
            id: id.to_owned(),
            components: vec![component.to_owned()],
            impact: Impact::Down,
            cause: PublicCause::Slow,
            opened: at(opened),
            closed: closed.map(at),
            notices: Vec::new(),
        }
    }

    fn notice(id: &str, components: &[&str], written: &str) -> PublicNotice {
        let component = |id: &&str| ComponentId::parse(id).expect("an id");
        PublicNotice {
            id: id.to_owned(),
            components: components.iter().map(component).collect(),
            status: NoticeStatus::Investigating,
            at: at(written),
            title: None,
            incident: None,
            markdown: id.to_owned(),
        }
    }

    /// The notices of each incident by their text, and the ids of the groups.
    fn placed(incidents: &[PageIncident], notices: &[PublicNotice]) -> (Vec<Vec<String>>, Vec<String>) {
        let mut incidents = incidents.to_vec();
        let groups = place_notices(&mut incidents, notices, at("28T12:00"));
        let texts =
            |incident: &PageIncident| incident.notices.iter().map(|notice| notice.markdown.clone()).collect();
        (incidents.iter().map(texts).collect(), groups.into_iter().map(|group| group.id).collect())
    }

    #[test]
    fn a_notice_belongs_from_an_hour_before_its_incident_to_a_day_after() {
        let incidents = [incident("i", "pay", "26T10:00", Some("26T11:00"))];
        for (written, belongs) in [
            ("26T08:59", false),
            ("26T09:00", true),
            ("26T10:30", true),
            ("27T11:00", true),
            ("27T11:01", false),
        ] {
            let (of_incident, alone) = placed(&incidents, &[notice("n", &["pay"], written)]);
            assert_eq!(
                (of_incident[0].len(), alone.len()),
                if belongs { (1, 0) } else { (0, 1) },
                "{written}"
            );
        }
        // An open one has no end yet.
        let open = [incident("i", "pay", "01T10:00", None)];
        assert_eq!(placed(&open, &[notice("n", &["pay"], "28T11:00")]).0, [["n"]]);
    }

    #[test]
    fn a_notice_belongs_to_the_nearest_incident_of_each_of_its_components() {
        let incidents = [
            incident("later", "pay", "27T08:00", Some("27T09:00")),
            incident("search", "search", "27T02:00", None),
            incident("earlier", "pay", "27T01:00", Some("27T02:00")),
        ];
        let (found, alone) = placed(
            &incidents,
            &[
                notice("a", &["pay"], "27T03:00"),
                notice("b", &["pay", "search"], "27T08:30"),
                notice("c", &["mail"], "27T08:30"),
            ],
        );
        assert_eq!(found, [vec!["b"], vec!["b"], vec!["a"]]);
        assert_eq!(alone, ["c"]);
    }

    #[test]
    fn a_notice_that_names_its_incident_belongs_to_no_other() {
        let incidents =
            [incident("i", "pay", "27T08:00", None), incident("j", "mail", "20T08:00", Some("20T09:00"))];
        let named = |id: &str, incident: &str, written| PublicNotice {
            incident: Some(incident.to_owned()),
            ..notice(id, &["pay"], written)
        };
        let own = [named("b", "login", "27T09:10"), named("c", "login", "27T09:20")];
        let (found, alone) = placed(&incidents, &[&[named("a", "j", "27T09:00")], own.as_slice()].concat());
        assert_eq!(found, [vec![], vec!["a"]]);
        assert_eq!(alone, ["login"]);
        let groups = place_notices(&mut [], &own, at("28T12:00"));
        assert_eq!((groups[0].opened(), groups[0].changed()), (Some(at("27T09:10")), Some(at("27T09:20"))));
    }

    #[test]
    fn the_latest_notice_comes_first_and_decides_whether_the_matter_is_open() {
        let incidents = [incident("i", "pay", "27T08:00", None)];
        let notices = [notice("a", &["pay"], "27T08:10"), notice("b", &["pay"], "27T09:10")];
        assert_eq!(placed(&incidents, &notices).0, [["b", "a"]]);
        let resolved = PublicNotice { status: NoticeStatus::Resolved, ..notices[1].clone() };
        let of = |second: &PublicNotice| {
            let named = |notice: &PublicNotice| PublicNotice { incident: Some("x".into()), ..notice.clone() };
            let groups = place_notices(&mut [], &[named(&notices[0]), named(second)], at("28T12:00"));
            groups[0].is_open()
        };
        assert!(of(&notices[1]));
        assert!(!of(&resolved));
    }

    #[test]
    fn a_notice_of_the_future_is_not_shown_yet() {
        let future = notice("n", &["pay"], "28T12:01");
        assert_eq!(placed(&[incident("i", "pay", "27T08:00", None)], &[future]), (vec![vec![]], vec![]));
    }
}
