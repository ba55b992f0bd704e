//! What lasts on each channel by the rows, and by what was accepted since they were read.

use std::collections::{HashMap, HashSet};

use super::channel_book::ChannelBook;
use crate::alert::Lasting;
use crate::inventory::WatchStatuses;
use crate::state::{Acknowledgement, Delivered, Heard, Row, Rows};

/// The monitors about which the people of each channel wait for an end.
pub fn lasting(rows: &Rows, book: ChannelBook<'_>, accepted: &[Acknowledgement]) -> Lasting {
    // Few monitors of an installation are heard of in one run, so its rows are not copied for them.
    let heard: HashMap<_, _> =
        accepted.iter().map(|one| ((&one.monitor, &one.channel), is_open(&one.heard))).collect();
    let changed: HashSet<_> = accepted.iter().map(|one| &one.monitor).collect();
    let may_last =
        |row: &&Row| changed.contains(&row.monitor) || row.delivered.values().any(Delivered::is_open);
    let watch_statuses = WatchStatuses::new(book.watchlist, rows);
    let mut lasting = Lasting::default();
    for row in rows.values().filter(may_last) {
        let routes = book.watchlist.routes(watch_statuses.of(&row.monitor), Some(row), book.machine);
        for route in routes.to.into_iter().chain(routes.left) {
            let channel = route.channel.in_row_of(&row.monitor);
            let stored = || row.delivered.get(&channel).is_some_and(Delivered::is_open);
            if heard.get(&(&row.monitor, &channel)).copied().unwrap_or_else(stored) {
                lasting.add(route.channel, row.monitor.clone());
            }
        }
    }
    lasting
}

/// Whether people wait for the end of what a channel has just accepted.
fn is_open(heard: &Heard) -> bool {
    match heard {
        Heard::Delivered(delivered) => delivered.is_open(),
        Heard::Closed { .. } => false,
    }
}
