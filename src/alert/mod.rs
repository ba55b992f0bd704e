//! What a channel accepted last, what is pending, and the words of a message. Pure.
//!
//! Alerts are level-triggered: one is pending for as long as the confirmed health and the delivered health differ.
//! Nothing here remembers that it "should send"; a crash, an outage of the topic and a restart all end in
//! the same comparison.

mod compose;
mod item;
mod layout;
mod notification;
mod pending;
mod prober;
mod publication;
mod record;
mod record_words;
mod routes;
mod storm;
#[cfg(test)]
mod storm_tests;
#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;
mod topic;
mod words;

pub use compose::compose;
pub use item::{Alert, AlertFacts, RunPhase};
pub use notification::Notification;
pub use pending::{AlertKind, next_reminder, pending};
pub use publication::{Attribute, FifoOrder, Publication};
pub use record::{record, record_schema};
pub use routes::Routes;
pub use topic::{Route, Target, Topic, target};
