//! Circles among monitors that depend on each other. Pure, and linear in the number of dependencies.

use std::collections::{BTreeMap, HashMap};

use crate::config::yaml::tree::TextPlace;

/// So many members of a circle are named; a longer one is understood from them.
const NAMED: usize = 10;

/// One step of a circle: who depends on whom, and where that is written.
pub type DependencyStep<'a> = (&'a str, &'a str, TextPlace);

/// Monitors that depend on each other.
pub struct Circle<'a> {
    /// The first steps, from the member that was met first.
    pub shown: Vec<DependencyStep<'a>>,
    /// How many members are not named.
    pub hidden: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    /// On the way that is walked now, at this position.
    Open(usize),
    Done,
}

/// A circle for every dependency that closes one: every monitor is walked into once, and who comes back to the way
/// that led there has found one. Without those dependencies there is no circle left.
pub fn circles<'a>(edges: &BTreeMap<&'a str, Vec<(&'a str, TextPlace)>>) -> Vec<Circle<'a>> {
    let mut visits: HashMap<&str, Visit> = HashMap::new();
    let mut found = Vec::new();
    for start in edges.keys().copied() {
        if visits.contains_key(start) {
            continue;
        }
        // Each with the number of its dependencies that were followed, and the step that was taken last.
        let mut way: Vec<(&str, usize)> = vec![(start, 0)];
        let mut steps: Vec<DependencyStep<'a>> = Vec::new();
        visits.insert(start, Visit::Open(0));
        while let Some((from, followed)) = way.last_mut() {
            let from = *from;
            let next = edges.get(from).and_then(|on| on.get(*followed)).copied();
            *followed += 1;
            let Some((to, place)) = next else {
                visits.insert(from, Visit::Done);
                way.pop();
                steps.pop();
                continue;
            };
            match visits.get(to) {
                Some(Visit::Done) => {}
                Some(Visit::Open(position)) => {
                    let members = way.len() - position;
                    let inner = steps.get(*position..).unwrap_or_default();
                    let all = inner.iter().copied().chain([(from, to, place)]);
                    found.push(Circle {
                        shown: all.take(NAMED).collect(),
                        hidden: members.saturating_sub(NAMED),
                    });
                }
                None => {
                    visits.insert(to, Visit::Open(way.len()));
                    way.push((to, 0));
                    steps.push((from, to, place));
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOWHERE: TextPlace = TextPlace { file: 0, start: 0, end: 0 };

    fn ids(number: usize) -> Vec<String> {
        (0..number).map(|i| format!("m{i:05}")).collect()
    }

    #[test]
    fn a_long_circle_is_named_by_its_first_members() {
        let ids = ids(8000);
        let next = |i: usize| ids[(i + 1) % ids.len()].as_str();
        let edges = ids.iter().enumerate().map(|(i, id)| (id.as_str(), vec![(next(i), NOWHERE)])).collect();
        let found = circles(&edges);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].shown.len(), found[0].hidden), (10, 7990));
    }

    #[test]
    fn a_long_chain_and_a_wide_fan_have_no_circle() {
        let ids = ids(4000);
        let on = |i: usize| ids[i.saturating_sub(20)..i].iter().map(|id| (id.as_str(), NOWHERE)).collect();
        let edges = ids.iter().enumerate().map(|(i, id)| (id.as_str(), on(i))).collect();
        assert!(circles(&edges).is_empty());
    }
}
