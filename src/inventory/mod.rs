//! What a run watches: the monitors of the config table with all that stands beside them, joined with their rows. Pure.
//!
//! | file | |
//! |---|---|
//! | `watched` | a monitor, and the version of it that is judged |
//! | `watchlist` | all of them, with channels, canaries and silences |
//! | `joined` | the watchlist and the rows, also those that a renamed monitor left under a former id |
//! | `routes` | the channels that may hear of a monitor |
//! | `pending` | the alerts that the rows make pending |
//! | `watch_status` | whether the monitor of a row is watched |

mod joined;
mod pending;
mod routes;
mod watch_status;
mod watched;
mod watchlist;

pub use joined::{Inventory, StoredRow};
pub use pending::{Outlook, remembered};
pub use routes::MachineChannel;
pub use watch_status::{WatchStatus, WatchStatuses};
pub use watched::WatchedMonitor;
pub use watchlist::{LastSync, Watchlist, WatchlistSource};
