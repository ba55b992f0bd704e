//! What is known of channels: whether they take notifications, and how many alerts wait for them.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::paint::{BAD, WARN, paint};
use crate::monitor::{ChannelId, is_or_are, minute_near};
use crate::state::{ChannelRecord, Row, takes_none};
use crate::transition::Health;

/// One channel, as `status` shows it.
#[derive(Debug, Clone)]
pub struct ChannelStatus {
    pub channel: ChannelId,
    /// `None` while it always took what it got.
    pub row: Option<Row>,
    pub record: ChannelRecord,
    /// Alerts that are pending for it.
    pub waiting: usize,
}

impl ChannelStatus {
    /// The row of a channel that takes no notifications.
    fn down(&self) -> Option<&Row> {
        self.row.as_ref().filter(|row| row.confirmed.health == Health::Down)
    }

    /// Why it takes none: `refuses notifications since 14:02 UTC: HTTP 404: no_service; 14 are waiting`; `None` if it does.
    pub fn trouble(&self, now: Timestamp) -> Option<String> {
        let row = self.down()?;
        let why = takes_none(&row.why, &minute_near(row.confirmed.since, now));
        Some(match self.waiting {
            0 => why,
            number => format!("{why}; {number} {} waiting", is_or_are(number)),
        })
    }

    /// For people: nothing, where it takes what it gets.
    pub fn text(&self, now: Timestamp) -> String {
        let Some(trouble) = self.trouble(now) else { return String::new() };
        let mut text = format!("{} {} {trouble}\n", paint(BAD, "channel:"), self.channel.name);
        if self.row.as_ref().is_some_and(Row::is_ahead) {
            let pending = "an alert about this is pending; the next run sends it";
            let _ = writeln!(text, "  {}", paint(WARN, pending));
        }
        text
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let Self { channel, row: _, record, waiting } = self;
        let down = self.down();
        let health = match (down, record.proven_at) {
            (Some(_), _) => Health::Down,
            (None, Some(_)) => Health::Up,
            (None, None) => Health::New,
        };
        json!({
            "name": channel.name.as_str(),
            "owner": channel.owner,
            "health": health.as_str(),
            "since": down.map(|row| row.confirmed.since.to_string()),
            "why": down.map(|row| row.why.as_str()),
            "waiting": waiting,
            "accepted_at": record.proven_at.map(|at| at.to_string()),
        })
    }
}
