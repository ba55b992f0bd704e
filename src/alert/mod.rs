//! What people have been told, what is owed to them, and the words of a message. Pure.
//!
//! Alerts are level-triggered: one is owed for as long as the confirmed health and the told health differ.
//! Nothing here remembers that it "should send"; a crash, an outage of the topic and a restart all end in
//! the same comparison.

mod compose;
mod owed;
mod record;
#[cfg(test)]
mod tests;
mod words;

pub use compose::{Alert, Message, compose};
pub use owed::{News, Told, owed};
pub use record::record;
