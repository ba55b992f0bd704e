//! What lasts on each channel by the rows, and by what was accepted since they were read.

use super::channel_book::ChannelBook;
use crate::alert::Lasting;
use crate::inventory::WatchStatuses;
use crate::state::{Acknowledgement, Delivered, Rows};

/// The monitors about which the people of each channel wait for an end.
pub fn lasting(rows: &Rows, book: ChannelBook<'_>, accepted: &[Acknowledgement]) -> Lasting {
    let mut rows = rows.clone();
    for Acknowledgement { monitor, channel, heard } in accepted {
        if let Some(row) = rows.get_mut(monitor) {
            row.acknowledge(channel, heard);
        }
    }
    let watch_statuses = WatchStatuses::new(book.watchlist, &rows);
    let mut lasting = Lasting::default();
    for row in rows.values().filter(|row| row.delivered.values().any(Delivered::is_open)) {
        let routes = book.watchlist.routes(watch_statuses.of(&row.monitor), Some(row), book.machine);
        for route in routes.to.into_iter().chain(routes.left) {
            let delivered = row.delivered.get(&route.channel.in_row_of(&row.monitor));
            if delivered.is_some_and(Delivered::is_open) {
                lasting.add(route.channel, row.monitor.clone());
            }
        }
    }
    lasting
}
