//! `page`: the status pages of a repository, as files somewhere or on loopback.
//!
//! Where the figures of a page come from is a [`ViewSource`]: the commands that read the history make one.

mod configured;
mod folder;
mod target;

pub use configured::{ConfiguredPage, configured_pages};
pub use folder::PageFolder;
pub use target::{PageTarget, ViewSource, publish_page, serve_page};
