//! What an apply writes.

use jiff::Timestamp;

use super::{Generation, Stored};
use crate::monitor::{Fingerprint, MonitorId, Spec};

/// One write of an apply.
#[derive(Debug, Clone, PartialEq)]
pub enum ItemWrite {
    /// Make the item say what is desired.
    Put {
        id: MonitorId,
        spec: Spec,
        /// `monitors/payments.yaml:14`
        source: String,
        /// The ids that it had before, the last one first.
        formerly: Vec<MonitorId>,
        before: Before,
    },
    /// Make the item exactly what it was: its owner and fingerprint too, also if a hand had made it.
    Restore { item: Box<Stored>, before: Before },
    /// Turn the item into a tombstone, which keeps the way back and is not checked.
    Retire { id: MonitorId, before: Before },
}

/// What the plan saw; a write is refused if the item is no longer that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Before {
    Absent,
    /// There, but without a fingerprint: put in, or edited, by hand.
    NoFingerprint,
    /// The fingerprint attribute of the stored item.
    Fingerprint(Fingerprint),
    /// There, of this owner and with this fingerprint if there is one that reads, but otherwise damaged.
    Damaged {
        owner: String,
        fingerprint: Option<Fingerprint>,
    },
    /// Retired, with this fingerprint. Whichever owner left it there, the id is free until it is taken again.
    Tombstone(Option<Fingerprint>),
}

impl ItemWrite {
    pub fn id(&self) -> &MonitorId {
        match self {
            Self::Put { id, .. } | Self::Retire { id, .. } => id,
            Self::Restore { item, .. } => &item.id,
        }
    }
}

/// Who applied what and when; written into every item of an apply and into the head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    pub owner: String,
    pub commit: Option<String>,
    /// The generation that this apply makes.
    pub generation: Generation,
    pub synced_at: Timestamp,
    /// `user@host` or the CI run.
    pub synced_by: String,
    /// Where the files are at home, such as `github.com/acme/api-monitors`.
    pub origin: Option<String>,
    /// The environment that the table belongs to from now on; `None`: to none.
    pub environment: Option<String>,
}
