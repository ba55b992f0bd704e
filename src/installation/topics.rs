//! How many receive what is sent to a topic.

/// How many listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subscriptions {
    pub confirmed: u64,
    /// Invited, and not yet accepted.
    pub pending: u64,
}
