//! `notify`: what concerns the channels themselves.

mod chosen;
mod command;
mod sending;

pub use command::notify;
