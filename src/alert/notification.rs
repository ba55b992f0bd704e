//! What one channel takes at once: a message, and the alerts that it delivers.

use super::Alert;
use crate::message::Message;
use crate::monitor::ChannelId;

/// One message to one channel.
#[derive(Debug, Clone)]
pub struct Notification {
    pub channel: ChannelId,
    pub message: Message,
    /// Those of the message, which are delivered with it; the gravest first, then by id.
    pub alerts: Vec<Alert>,
}

impl Notification {
    /// The alert's id, or one of its own for a message of many.
    pub fn id(&self) -> &str {
        &self.message.id
    }
}
