//! `page`: the status pages of a repository, as files somewhere or on loopback.
//!
//! Where the files of a page come from is a `PageMaker`: it reads the history, and renders a public or a private page.

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
pub use target::{MadePage, PageTarget, kept_days};
pub use views::{PastRuns, view_of};
