//! What changes a status page at once, as one hash. Everything else on a page changes with time alone. Pure.

use std::fmt::Write as _;

use jiff::Timestamp;

use crate::commands::page::ConfiguredPage;
use crate::inventory::{Inventory, StoredRow, WatchedMonitor};
use crate::publish::FileHash;
use crate::state::is_blind;

/// The page as it is configured, the notices that are written by now, and the state of each of its monitors.
pub fn page_state(
    page: &ConfiguredPage,
    inventory: &Inventory,
    members: &[&WatchedMonitor],
    now: Timestamp,
) -> FileHash {
    let mut text = format!("{:?}\nblind {}\n", page.page, is_blind(inventory.prober()));
    for notice in page.own_notices().iter().filter(|notice| notice.at <= now) {
        let _ = writeln!(text, "{notice:?}");
    }
    for watched in members {
        let monitor = &watched.monitor;
        let state = match inventory.row_of(watched).1 {
            // Each confirmed change counts, also two that cancel each other out.
            StoredRow::Readable(row) => {
                format!("{} {} {:?}", row.incarnation, row.confirmed.seq, row.confirmed.health)
            }
            StoredRow::Unreadable(_) | StoredRow::None => "unknown".to_owned(),
        };
        let planned = &monitor.maintenance;
        let is_open = monitor.is_in_maintenance(now);
        let _ = writeln!(text, "{} {state} {is_open} {planned:?}", monitor.id);
    }
    FileHash::of(&text)
}
