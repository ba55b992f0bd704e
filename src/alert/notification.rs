//! What one channel takes at once: a message, and the alerts that it delivers.

use super::Alert;
use crate::message::{Message, Purpose};
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
    /// The same as a message that only tries its channel. Its `id` is that of no alert, and `incident` that of no incident.
    #[must_use]
    pub fn into_test(mut self, id: &str, incident: &str) -> Self {
        self.message.purpose = Purpose::Test;
        id.clone_into(&mut self.message.id);
        for parts in &mut self.message.alerts {
            id.clone_into(&mut parts.record.id);
            incident.clone_into(&mut parts.record.incident_key);
        }
        for alert in &mut self.alerts {
            id.clone_into(&mut alert.id);
        }
        self
    }

    /// Whether its channel is a pager.
    pub fn is_for_a_pager(&self) -> bool {
        self.alerts.first().is_some_and(|alert| alert.route.is_of_a_pager())
    }

    /// The alert's id, or one of its own for a message of many.
    pub fn id(&self) -> &str {
        &self.message.id
    }
}
