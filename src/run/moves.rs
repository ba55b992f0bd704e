//! Monitors that have another id than before: where their state is. Pure.

use std::collections::BTreeSet;

use super::options::RunOptions;
use crate::inventory::{Inventory, StoredRow};
use crate::monitor::MonitorId;
use crate::state::Move;

/// The rows that do not stand under the ids of their monitors.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Moves {
    pub ready: Vec<Move>,
    /// A monitor, and the id under which its row cannot be read. It is left alone: with a new row it could never take
    /// the old one along.
    pub stuck: Vec<(MonitorId, MonitorId)>,
}

/// Which rows follow their monitors; a run of some monitors moves no other.
pub fn moves(options: &RunOptions, inventory: &Inventory) -> Moves {
    let mut moves = Moves::default();
    let mut taken = BTreeSet::new();
    let renamed = inventory.watchlist.all.iter().filter(|watched| !watched.formerly.is_empty());
    for watched in renamed.filter(|watched| options.covers(&watched.monitor)) {
        let to = &watched.monitor.id;
        match inventory.row_of(watched) {
            (at, _) if at == *to => {}
            (at, StoredRow::Readable(row)) => {
                // Two items can only claim one row if one of them was copied by hand.
                if taken.insert(at) {
                    moves.ready.push(Move { row: row.clone(), to: to.clone() });
                }
            }
            (at, StoredRow::Unreadable(_)) => moves.stuck.push((to.clone(), at)),
            (_, StoredRow::None) => {}
        }
    }
    moves
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::inventory::{WatchedMonitor, Watchlist};
    use crate::monitor::{Monitor, Spec};
    use crate::state::Row;
    use crate::store::testing::rows;

    fn id(text: &str) -> MonitorId {
        MonitorId::parse(text).expect("an id")
    }

    /// `b < a` was `a` before.
    fn watchlist(texts: &[&str]) -> Watchlist {
        let watched = |text: &&str| {
            let mut ids = text.split(" < ");
            let monitor = Monitor::sample(ids.next().unwrap_or_default(), "https://m.example");
            WatchedMonitor {
                formerly: ids.map(id).collect(),
                ..WatchedMonitor::new(monitor, Spec::default(), None)
            }
        };
        Watchlist::new(texts.iter().map(watched).collect(), BTreeMap::new(), Vec::new())
    }

    fn check(
        watchlist: &Watchlist,
        stored: &[&str],
        unread: &[&str],
        only: &[&str],
    ) -> (Vec<String>, Vec<String>) {
        let row = |name: &&str| Row { monitor: id(name), ..rows(1, "run", 1).remove(0) };
        let rows = stored.iter().map(|name| (id(name), row(name))).collect();
        let only: Vec<_> = only.iter().map(|only| (*only).to_owned()).collect();
        let only = crate::monitor::Selector::of(&only).expect("a selector");
        let options = RunOptions { only, ..RunOptions::sample() };
        let unreadable = unread.iter().map(|key| ((*key).to_owned(), String::new())).collect();
        let inventory = Inventory { watchlist: watchlist.clone(), rows, unreadable, ..Inventory::default() };
        let Moves { ready, stuck } = moves(&options, &inventory);
        let ready = ready.iter().map(|step| format!("{} to {}", step.row.monitor, step.to));
        (ready.collect(), stuck.iter().map(|(to, at)| format!("{at} to {to}")).collect())
    }

    #[test]
    fn a_row_follows_its_monitor_from_the_last_id_that_has_one() {
        let renamed = watchlist(&["c < b < a", "m"]);
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
        assert_eq!(check(&watchlist(&["b < a", "a"]), &["a"], &[], &[]).0, [""; 0]);
        assert_eq!(check(&watchlist(&["b < a", "c < a"]), &["a"], &[], &[]).0, ["a to b"]);
        let mut broken = watchlist(&["b < a"]);
        broken.unclear.insert("a".to_owned());
        assert_eq!(check(&broken, &["a"], &[], &[]).0, [""; 0], "an invalid item still has an owner");
    }

    #[test]
    fn what_cannot_be_read_is_waited_for() {
        let (ready, stuck) = check(&watchlist(&["b < a"]), &[], &["a"], &[]);
        assert_eq!((ready, stuck), (vec![], vec!["a to b".to_owned()]));
        assert_eq!(check(&watchlist(&["b < a"]), &["b"], &["a"], &[]).1, [""; 0]);
    }

    #[test]
    fn a_run_of_some_monitors_moves_no_other() {
        let renamed = watchlist(&["b < a", "d < c"]);
        assert_eq!(check(&renamed, &["a", "c"], &[], &["d"]).0, ["c to d"]);
    }
}
