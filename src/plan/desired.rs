//! The two sides of a plan.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::monitor::{Fingerprint, MonitorId, Place, Spec, TopicArn};

/// A monitor as the repository wants it.
#[derive(Debug, Clone, PartialEq)]
pub struct Desired {
    pub id: MonitorId,
    pub spec: Spec,
    pub place: Place,
}

/// What a catalog says beyond its monitors: the machine that runs `check` has no files, so sync brings it there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CatalogSettings {
    /// Topics by the names that monitors say.
    pub topics: BTreeMap<String, TopicArn>,
}

/// An item of the config table, as far as a plan needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    pub id: MonitorId,
    pub spec: Spec,
    /// As stored; `None` for an item put in by hand. The condition of the next write.
    pub fingerprint: Option<Fingerprint>,
    /// `None`: unmanaged.
    pub owner: Option<String>,
    pub source: Option<String>,
    pub commit: Option<String>,
    pub generation: Option<u64>,
    pub synced_at: Option<Timestamp>,
    /// When sync removed it; a tombstone keeps the way back and is not checked.
    pub retired_at: Option<Timestamp>,
}

/// An item of the config table that this version cannot use. It is left as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Its sort key; a monitor's id, if it is a monitor.
    pub key: String,
    /// The owner whose head item it is, if it is one.
    pub head_of: Option<String>,
    /// What is wrong with it, in a sentence.
    pub why: String,
    /// What to do about it.
    pub help: &'static str,
}

/// The config table, as far as a plan needs it.
#[derive(Debug, Clone, Copy)]
pub struct Live<'a> {
    pub items: &'a [Stored],
    /// The head of the owner whose plan it is.
    pub head: Option<&'a StoredHead>,
    pub unread: &'a [Unread],
}

/// How often an owner's catalog was applied; the condition of the next apply.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Generation(pub u64);

/// The head item of one owner's catalog.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredHead {
    pub owner: String,
    pub generation: Generation,
    pub commit: Option<String>,
    pub plan_digest: Option<String>,
    /// Monitors in the catalog.
    pub count: u64,
    pub settings: CatalogSettings,
}

/// One write of an apply.
#[derive(Debug, Clone, PartialEq)]
pub enum ItemWrite {
    /// Make the item say what is desired.
    Put { desired: Desired, before: Before },
    /// Turn the item into a tombstone, which keeps the way back and is not checked.
    Retire { id: MonitorId, before: Before },
}

/// What the plan saw; a write is refused if the item is no longer that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Before {
    Absent,
    /// There, but without a fingerprint: somebody edited it by hand.
    NoFingerprint,
    /// The fingerprint attribute of the stored item.
    Fingerprint(Fingerprint),
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
}
