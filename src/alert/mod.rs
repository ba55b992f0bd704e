//! What people have been told, what is owed to them, and the words of a message. Pure.

use jiff::Timestamp;

use crate::transition::Health;

/// What people were told last about one monitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The confirmed change that was told; an alert is owed while it is less than the current one.
    pub k: u64,
    pub health: Health,
    /// When the topic accepted it.
    pub at: Timestamp,
    /// Reminders sent since.
    pub reminders: u32,
}
