//! `page`: the status pages of a repository, as files somewhere or on loopback.
//!
//! Where the figures of a page come from is a [`ViewSource`]: the commands that read the history make one.

mod command;
mod configured;
mod folder;
mod target;
mod views;

pub use command::page;
