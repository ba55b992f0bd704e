//! Monitors that have another id than before: where their state is. Pure.

use std::collections::{BTreeSet, HashSet};

use super::flow::Rows;
use super::inventory::{Inventory, WatchedMonitor};
use super::options::RunOptions;
use crate::monitor::MonitorId;
use crate::state::{Move, Row};

/// What the table holds under an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known<'a> {
    Read(&'a Row),
    /// Something that this version cannot read.
    Unread,
    None,
}

/// The state of a monitor, which may still be where it was left: under its own id, or else under the last of its
/// former ones, unless another monitor has that by now.
pub fn known<'a>(
    inventory: &Inventory,
    watched: &WatchedMonitor,
    look: impl Fn(&MonitorId) -> Known<'a>,
) -> (MonitorId, Known<'a>) {
    let former = watched.formerly.iter().filter(|id| !inventory.has(id));
    std::iter::once(&watched.monitor.id)
        .chain(former)
        .map(|id| (id.clone(), look(id)))
        .find(|(_, known)| *known != Known::None)
        .unwrap_or_else(|| (watched.monitor.id.clone(), Known::None))
}

/// The rows that do not stand under the ids of their monitors.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Moves {
    pub ready: Vec<Move>,
    /// A monitor, and the id under which its row cannot be read. It is left alone: with a new row it could never take
    /// the old one along.
    pub stuck: Vec<(MonitorId, MonitorId)>,
}

/// Which rows follow their monitors; a run of some monitors moves no other. `alone` are the keys that cannot be read.
pub fn moves(options: &RunOptions, inventory: &Inventory, rows: &Rows, alone: &HashSet<&str>) -> Moves {
    let look = |id: &MonitorId| match rows.get(id) {
        _ if alone.contains(id.as_str()) => Known::Unread,
        Some(row) => Known::Read(row),
        None => Known::None,
    };
    let mut moves = Moves::default();
    let mut taken = BTreeSet::new();
    let renamed = inventory.all.iter().filter(|watched| !watched.formerly.is_empty());
    for watched in renamed.filter(|watched| options.deps(&watched.monitor)) {
        let to = &watched.monitor.id;
        match known(inventory, watched, look) {
            (at, _) if at == *to => {}
            (at, Known::Read(row)) => {
                // Two items can only claim one row if one of them was copied by hand.
                if taken.insert(at) {
                    moves.ready.push(Move { row: row.clone(), to: to.clone() });
                }
            }
            (at, Known::Unread) => moves.stuck.push((to.clone(), at)),
            (_, Known::None) => {}
        }
    }
    moves
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::monitor::{Monitor, Spec};
    use crate::store::testing::rows;

    fn id(text: &str) -> MonitorId {
        MonitorId::parse(text).expect("an id")
    }

    /// `b < a` was `a` before.
    fn inventory(texts: &[&str]) -> Inventory {
        let watched = |text: &&str| {
            let mut ids = text.split(" < ");
            let monitor = Monitor::sample(ids.next().unwrap_or_default(), "https://m.example");
            WatchedMonitor {
                formerly: ids.map(id).collect(),
                ..WatchedMonitor::new(monitor, Spec::default(), None)
            }
        };
        Inventory::new(texts.iter().map(watched).collect(), BTreeMap::new(), Vec::new())
    }

    fn check(
        inventory: &Inventory,
        stored: &[&str],
        unread: &[&str],
        only: &[&str],
    ) -> (Vec<String>, Vec<String>) {
        let row = |name: &&str| Row { monitor: id(name), ..rows(1, "run", 1).remove(0) };
        let rows = stored.iter().map(|name| (id(name), row(name))).collect();
        let only: Vec<_> = only.iter().map(|only| (*only).to_owned()).collect();
        let only = crate::monitor::Selector::of(&only).expect("a selector");
        let options = RunOptions { only, ..RunOptions::sample() };
        let Moves { ready, stuck } = moves(&options, inventory, &rows, &unread.iter().copied().collect());
        let ready = ready.iter().map(|step| format!("{} to {}", step.row.monitor, step.to));
        (ready.collect(), stuck.iter().map(|(to, at)| format!("{at} to {to}")).collect())
    }

    #[test]
    fn a_row_follows_its_monitor_from_the_last_id_that_has_one() {
        let renamed = inventory(&["c < b < a", "m"]);
        for (stored, ready) in [
            (&["a", "m"] as &[&str], &["a to c"] as &[&str]),
            (&["a", "b"], &["b to c"]),
            (&["a", "c"], &[]),
            (&["m"], &[]),
        ] {
            assert_eq!(check(&renamed, stored, &[], &[]).0, ready, "{stored:?}");
        }
    }

    #[test]
    fn a_row_is_taken_from_no_one_and_by_one_only() {
        assert_eq!(check(&inventory(&["b < a", "a"]), &["a"], &[], &[]).0, [""; 0]);
        assert_eq!(check(&inventory(&["b < a", "c < a"]), &["a"], &[], &[]).0, ["a to b"]);
        let mut broken = inventory(&["b < a"]);
        broken.unclear.insert("a".to_owned());
        assert_eq!(check(&broken, &["a"], &[], &[]).0, [""; 0], "an invalid item still has an owner");
    }

    #[test]
    fn what_cannot_be_read_is_waited_for() {
        let (ready, stuck) = check(&inventory(&["b < a"]), &[], &["a"], &[]);
        assert_eq!((ready, stuck), (vec![], vec!["a to b".to_owned()]));
        assert_eq!(check(&inventory(&["b < a"]), &["b"], &["a"], &[]).1, [""; 0]);
    }

    #[test]
    fn a_run_of_some_monitors_moves_no_other() {
        let renamed = inventory(&["b < a", "d < c"]);
        assert_eq!(check(&renamed, &["a", "c"], &[], &["d"]).0, ["c to d"]);
    }
}
