//! What channels have accepted about a monitor.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{IncidentKey, Level};
use crate::monitor::{ChannelId, MonitorId};
use crate::transition::{Confirmed, Health};

/// What each channel accepted last about one monitor.
pub type Deliveries = BTreeMap<ChannelId, Delivered>;

/// What a channel accepted last about one monitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// The confirmed change that was delivered; an alert is pending while it is less than the current one.
    pub seq: u64,
    pub health: Health,
    /// When the channel accepted the message, or the last reminder of it.
    pub at: Timestamp,
    /// Reminders sent since it was delivered.
    pub reminders: u32,
    /// The flapping ([`Flapping::seq`](crate::transition::Flapping::seq)) that was delivered last: an alert about its end stays pending.
    pub flapping: Option<u64>,
    /// The key under which people wait for an end; none if they wait for nothing.
    pub incident_key: Option<IncidentKey>,
    /// What a channel of levels keeps; none on another channel.
    pub level: Option<Level>,
}

/// The first of the changes that are not delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstPending {
    /// Its number.
    pub seq: u64,
    /// When it began.
    pub since: Timestamp,
    /// The key of the incident that it belongs to.
    pub incident_key: IncidentKey,
}

/// What a row is to know of a channel, once that has accepted a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    pub monitor: MonitorId,
    /// As the row of the monitor calls it.
    pub channel: ChannelId,
    pub heard: Heard,
}

/// What a channel heard last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    Delivered(Delivered),
    /// That it hears no more of the monitor, which was at the change `seq`.
    Closed {
        seq: u64,
    },
}

impl Delivered {
    /// The change `seq` to `health`, accepted at `at`.
    pub fn new(seq: u64, health: Health, at: Timestamp) -> Self {
        Self { seq, health, at, reminders: 0, flapping: None, incident_key: None, level: None }
    }

    /// What counts as delivered to a channel that a monitor notifies since a short while: that it is UP needs no message.
    /// Anything else is pending.
    pub fn assumed(confirmed: &Confirmed) -> Self {
        let Confirmed { health, since, seq, .. } = confirmed;
        match health {
            Health::New | Health::Up => Self::new(*seq, *health, *since),
            Health::Degraded | Health::Down => Self::new(seq.saturating_sub(1), Health::Up, *since),
        }
    }

    /// The same, heard under a key: as long as people wait for an end, it is theirs.
    pub fn under(self, key: &IncidentKey) -> Self {
        let incident_key = self.is_open().then(|| key.clone());
        Self { incident_key, ..self }
    }

    /// Whether people wait for the end of what was delivered.
    pub fn is_open(&self) -> bool {
        let is_bad = match self.health {
            Health::Degraded | Health::Down => true,
            Health::New | Health::Up => false,
        };
        is_bad || self.flapping.is_some()
    }
}
