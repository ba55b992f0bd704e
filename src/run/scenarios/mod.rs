//! Whole runs of `check`, one after the other, beside each other, and dying at every step.
//!
//! Everything here is the real thing: the flow, the prober against real sockets, the store on its tables in
//! memory. Only the time is a test's own, and the topic remembers what it accepted. After every step of every
//! scenario [`invariants`] holds all that can be seen against the promises of the protocol.

mod batches;
mod beats;
mod blindness;
mod channels;
mod crashes;
mod dependencies;
pub mod endpoints;
mod faults;
mod flapping;
mod heartbeats;
mod hostile;
mod invariants;
mod levels;
mod notified_once;
mod overlaps;
mod pages;
mod periods;
mod process;
mod properties;
mod recorded;
mod refusals;
mod reminders;
mod renames;
mod selection;
mod simulated;
mod strangers;
mod suppressions;
mod unwatched;
mod walk;
mod watched;
mod world;
