//! Whether the monitor of a row is watched, and what is known of one that is not.

use std::collections::HashSet;

use super::{WatchedMonitor, Watchlist, WatchlistSource};
use crate::monitor::{ChannelId, IdSubject, MonitorId};
use crate::state::Rows;
use crate::transition::Unwatched;

/// What the catalog says of the monitor of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum WatchStatus<'a> {
    Watched(&'a WatchedMonitor),
    /// It is not watched any more; the definition is there unless it is gone altogether.
    Unwatched(Unwatched, Option<&'a WatchedMonitor>),
    /// Nothing that this run could be sure of.
    Unclear,
    /// It is no monitor but monitorctl itself.
    Prober,
    /// It is no monitor but a channel.
    Channel,
}

/// Tells it for every row.
#[derive(Debug)]
pub struct WatchStatuses<'a> {
    watchlist: &'a Watchlist,
    /// Rows that wait for being moved to where their monitors are now.
    waiting: HashSet<&'a MonitorId>,
    /// Whether an id that is not there says that the monitor is gone.
    complete: bool,
}

impl<'a> WatchStatuses<'a> {
    pub fn new(watchlist: &'a Watchlist, rows: &Rows) -> Self {
        let renamed = watchlist.all.iter().filter(|watched| !watched.formerly.is_empty());
        let waiting = renamed.filter(|watched| !rows.contains_key(&watched.monitor.id));
        Self {
            watchlist,
            waiting: waiting.flat_map(|watched| &watched.formerly).collect(),
            complete: match watchlist.source {
                WatchlistSource::Folder => false,
                // An empty table is more likely the wrong one (trap 12).
                WatchlistSource::Table => !watchlist.all.is_empty(),
            },
        }
    }

    pub fn of(&self, id: &MonitorId) -> WatchStatus<'a> {
        match id.subject() {
            IdSubject::Monitor => {}
            IdSubject::Prober => return WatchStatus::Prober,
            IdSubject::Channel(channel) => return self.of_channel(&channel),
        }
        if let Some(watched) = self.watchlist.get(id) {
            return if watched.monitor.enabled {
                WatchStatus::Watched(watched)
            } else {
                WatchStatus::Unwatched(Unwatched::Disabled, Some(watched))
            };
        }
        if self.waiting.contains(id) || self.watchlist.has(id) {
            return WatchStatus::Unclear;
        }
        match self.watchlist.retired.get(id) {
            Some(watched) => WatchStatus::Unwatched(Unwatched::Removed, Some(watched)),
            None if self.complete => WatchStatus::Unwatched(Unwatched::Removed, None),
            None => WatchStatus::Unclear,
        }
    }

    /// A channel is gone only where all of its owner's are known.
    fn of_channel(&self, channel: &ChannelId) -> WatchStatus<'a> {
        let Some(owner) = &channel.owner else { return WatchStatus::Channel };
        match self.watchlist.channels.get(owner) {
            Some(own) if own.contains_key(&channel.name) => WatchStatus::Channel,
            Some(_) if self.watchlist.is_invalid(channel) => WatchStatus::Unclear,
            Some(_) => WatchStatus::Unwatched(Unwatched::Removed, None),
            None if self.complete => WatchStatus::Unwatched(Unwatched::Removed, None),
            None => WatchStatus::Unclear,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::monitor::{Monitor, Spec};
    use crate::state::Row;
    use crate::store::testing::rows;

    fn id(text: &str) -> MonitorId {
        MonitorId::parse(text).expect("an id")
    }

    /// `b < a` was `a` before, `-c` is switched off.
    fn watchlist(texts: &[&str], retired: &[&str]) -> Watchlist {
        let watched = |text: &&str| {
            let mut ids = text.trim_start_matches('-').split(" < ");
            let monitor = Monitor::sample(ids.next().unwrap_or_default(), "https://m.example");
            let monitor = Monitor { enabled: !text.starts_with('-'), ..monitor };
            WatchedMonitor {
                formerly: ids.map(id).collect(),
                ..WatchedMonitor::new(monitor, Spec::default(), None)
            }
        };
        let retired = retired.iter().map(|text| (id(text), watched(text))).collect();
        let all = texts.iter().map(watched).collect();
        Watchlist { retired, ..Watchlist::new(all, BTreeMap::new(), Vec::new()) }
    }

    fn check(watchlist: &Watchlist, stored: &[&str], about: &str, watch_status: &str) {
        let row = |name: &&str| Row { monitor: id(name), ..rows(1, "run", 1).remove(0) };
        let rows: Rows = stored.iter().map(|name| (id(name), row(name))).collect();
        let about_id =
            MonitorId::channel_in(about).map_or_else(|| id(about), |id| MonitorId::of_channel(&id));
        let found = match WatchStatuses::new(watchlist, &rows).of(&about_id) {
            WatchStatus::Watched(_) => "watched",
            WatchStatus::Unwatched(why, Some(_)) => why.as_str(),
            WatchStatus::Unwatched(Unwatched::Removed, None) => "gone",
            WatchStatus::Unwatched(Unwatched::Disabled, None) | WatchStatus::Unclear => "unclear",
            WatchStatus::Prober => "prober",
            WatchStatus::Channel => "channel",
        };
        assert_eq!(found, watch_status, "{about}");
    }

    #[test]
    fn a_row_is_let_go_only_where_it_is_sure_that_no_one_watches_its_monitor() {
        let mut table = watchlist(&["a", "-b", "d < c"], &["e"]);
        table.unclear.insert("f".to_owned());
        let folder = Watchlist { source: WatchlistSource::Folder, ..table.clone() };
        for (about, in_table, in_folder) in [
            ("a", "watched", "watched"),
            ("b", "disabled", "disabled"),
            ("e", "removed", "removed"),
            ("f", "unclear", "unclear"),
            ("x", "gone", "unclear"),
        ] {
            check(&table, &["a", "b", "c", "e", "f", "x"], about, in_table);
            check(&folder, &["a", "b", "c", "e", "f", "x"], about, in_folder);
        }
        // A renamed monitor is not removed, as long as its row has not followed it.
        check(&table, &["c"], "c", "unclear");
        check(&table, &["c", "d"], "c", "gone");
        // What an owner defines is known, once anything of the owner is.
        let mut owned = table.clone();
        owned.channels.insert("shop".to_owned(), BTreeMap::new());
        check(&owned, &[], "@channel#default", "channel");
        check(&owned, &[], "@channel#shop#chat", "gone");
        check(&table, &[], "@channel#shop#chat", "gone");
        check(&folder, &[], "@channel#shop#chat", "unclear");
        // An empty table is no reason to believe that everything was removed.
        check(&watchlist(&[], &[]), &["a"], "a", "unclear");
    }
}
