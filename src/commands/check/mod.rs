//! `check`: probes what is due, stores the state, notifies what changed.

mod availability;
mod command;
mod equipment;
mod files;
mod held;
mod metrics;
mod page;
mod page_state;

pub use command::{check, machine_of, warn_of_skew};
pub use equipment::Equipment;
pub use files::FromFiles;
pub use held::held_words;
pub use metrics::write_metrics;
pub use page::{PageDeps, PageOrder, write_pages};
