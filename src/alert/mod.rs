//! What a channel accepted last, what is pending, and the words of a message. Pure.
//!
//! Alerts are level-triggered: one is pending for as long as the confirmed health and the delivered health differ.
//! Nothing here remembers that it "should send"; a crash, an outage of the topic and a restart all end in
//! the same comparison.

mod cause;
mod compose;
mod fact_list;
mod item;
mod notification;
mod parts;
mod pending;
mod prober;
mod routes;
#[cfg(test)]
mod storm_tests;
#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;
mod topic;
mod words;

pub use crate::message::AlertKind;
pub use compose::{MessageContext, compose};
pub use item::{Alert, AlertFacts, RunPhase};
pub use notification::Notification;
pub use pending::{next_reminder, pending};
pub use routes::Routes;
pub use topic::{Route, Target, Topic, target};
