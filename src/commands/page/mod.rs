//! `page`: the status pages of a repository, as files somewhere or on loopback.
//!
//! Where the figures of a page come from is a [`ViewSource`]: the commands that read the history make one.

mod command;
mod configured;
mod folder;
mod stored;
mod target;
mod views;

pub use command::page;
pub use configured::ConfiguredPage;
pub use folder::PageFolder;
pub use stored::{StoredPages, stored_pages};
pub use target::{PageTarget, kept_days, stored_files};
pub use views::{PastRuns, view_of};
