//! `beat`: a program says that it begins, that it ended well, or that it failed.

mod command;
mod output;
mod supervise;

pub use command::beat;
