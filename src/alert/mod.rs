//! What a channel accepted last, what is pending, and the words of a message. Pure.
//!
//! Alerts are level-triggered: one is pending for as long as the confirmed health and the delivered health differ.
//! Nothing here remembers that it "should send"; a crash, an outage of a channel and a restart all end in
//! the same comparison.

mod admission;
mod cause;
mod channel;
mod compose;
mod fact_list;
mod item;
mod lasting;
mod level;
mod notification;
mod parts;
mod pending;
mod prober;
mod route;
mod routes;
#[cfg(test)]
mod storm_tests;
#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;
mod word;
mod words;

pub use crate::message::AlertKind;
pub use admission::PolicyRuling;
pub use channel::with_waiting;
pub use compose::{MessageContext, compose};
pub use item::{Alert, AlertFacts, RunPhase};
pub use lasting::Lasting;
pub use notification::Notification;
pub use pending::{next_reminder, pending};
pub use route::Route;
pub use routes::Routes;
