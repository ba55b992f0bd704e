//! One monitor's row of the state table.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Delivered, Deliveries, FirstPending, Heard, IncidentKey};
use crate::monitor::{ChannelId, MonitorId};
use crate::transition::Confirmed;

/// The version of the shape of a row. A row of a higher format is skipped and never written.
pub const ROW_FORMAT: u32 = 1;

/// The rows of a shard by monitor.
pub type Rows = BTreeMap<MonitorId, Row>;

/// What is stored about one monitor; under 1 KB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub monitor: MonitorId,
    /// Random incarnation, set once when the row is created: a monitor that is deleted and made again
    /// must not repeat the alert ids of the first one.
    pub incarnation: String,
    /// Key of the incident that lasts, or of the last one. It is set when an incident begins, and kept until the next one
    /// does. Before the first one, it is the key that this would have.
    pub incident_key: IncidentKey,
    /// +1 on each decided write; the condition of the next one.
    pub revision: u64,
    pub confirmed: Confirmed,
    pub delivered: Deliveries,
    /// For each channel that lags, the first change that it has not accepted, in the order of their numbers.
    pub first_pending: Vec<FirstPending>,
    /// Epoch of the run that wrote last.
    pub epoch: u64,
    /// Why the last written verdict was not a pass, in one line; empty if it was.
    pub why: String,
    /// Material fingerprint of the monitor that was judged; another one resets the counters.
    pub judged: String,
    /// Holder id of the run that wrote last.
    pub run: String,
}

impl Row {
    /// What `channel` accepted last.
    pub fn delivered_to(&self, channel: &ChannelId) -> Delivered {
        let known = self.delivered.get(channel);
        known.cloned().unwrap_or_else(|| Delivered::assumed(&self.confirmed))
    }

    /// The key under which `channel` hears of the monitor. What may have begun there under a key goes on and ends under it,
    /// also if another incident followed meanwhile: a pager would wait for the end of the first one forever.
    pub fn incident_key_for(&self, channel: &ChannelId) -> &IncidentKey {
        let open = self.delivered.get(channel).and_then(|delivered| delivered.incident_key.as_ref());
        // The answer to a message may have got lost, so the first one that is not delivered may have begun it.
        let pending = || self.first_pending_of(channel).map(|first_pending| &first_pending.incident_key);
        open.or_else(pending).unwrap_or(&self.incident_key)
    }

    /// When the pending time of `channel` began; `None` if nothing is pending, or the beginning is not known.
    ///
    /// A later delivery makes what is stored a thing of the past, so the number is compared and nothing is cleared.
    pub fn pending_since(&self, channel: &ChannelId) -> Option<Timestamp> {
        self.first_pending_of(channel).map(|first_pending| first_pending.since)
    }

    fn first_pending_of(&self, channel: &ChannelId) -> Option<&FirstPending> {
        let first = self.delivered_to(channel).seq + 1;
        self.first_pending.iter().find(|first_pending| first_pending.seq == first)
    }

    /// Whether a channel has not accepted the last change. What it does not take counts too.
    pub fn is_ahead(&self) -> bool {
        self.delivered.values().any(|delivered| delivered.seq < self.confirmed.seq)
    }

    /// Enters what a channel accepted, as the store does.
    pub fn acknowledge(&mut self, channel: &ChannelId, heard: &Heard) {
        match heard {
            Heard::Delivered(delivered) => {
                self.delivered.insert(channel.clone(), delivered.clone());
            }
            Heard::Closed { .. } => {
                self.delivered.remove(channel);
            }
        }
    }
}

/// One decided write of a run, under the fence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Put the row, if there is none. Its `revision` is 1.
    Create(Row),
    /// Set every decided attribute of the row, if its `revision` is still `row.revision - 1`.
    ///
    /// Of `delivered`, only `deliveries` are written: what a run announces is acknowledged apart from this, and the two
    /// never overwrite each other.
    Update { row: Row, deliveries: BTreeMap<ChannelId, DeliveryEdit> },
}

/// What a decided write does to what is stored of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryEdit {
    /// It is new to the monitor: it is entered, unless it is there by now.
    Enter,
    /// What it would hear of needs no notification.
    Discard,
    /// The monitor notifies it no longer.
    Forget,
}

/// A row that goes on under another id, because its monitor does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// As it was read, under the id that the monitor had.
    pub row: Row,
    /// The id that it has now.
    pub to: MonitorId,
}

impl Move {
    /// The row as it stands after the move: nothing of it changes but its id.
    pub fn moved(&self) -> Row {
        Row { monitor: self.to.clone(), ..self.row.clone() }
    }
}

impl Write {
    pub fn row(&self) -> &Row {
        match self {
            Self::Create(row) | Self::Update { row, .. } => row,
        }
    }
}
