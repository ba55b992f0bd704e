//! What the config table holds.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;

use super::{CatalogSettings, RunId};
use crate::monitor::{Fingerprint, Monitor, MonitorId, Spec};

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
    /// The ids that it had before, the last one first.
    pub formerly: Vec<MonitorId>,
    /// When sync removed it; a tombstone keeps the way back and is not checked.
    pub retired_at: Option<Timestamp>,
    /// Why it does not read, if it does not: then its spec is empty, and whose it is and what was written into it last is
    /// all that is known. Its owner writes it anew.
    pub damage: Option<String>,
}

impl Stored {
    /// Whether it is watched.
    pub fn is_enabled(&self) -> bool {
        self.retired_at.is_none() && self.spec.fields().get("enabled") != Some(&Value::Bool(false))
    }

    /// Whether sync may not remove or disable it in one step. The stored word counts: a change must not lift its own
    /// protection.
    pub fn is_protected(&self) -> bool {
        self.spec.fields().get("protect") == Some(&Value::Bool(true))
    }

    /// Whether it does not read, and `owner` may write it anew.
    pub fn is_damaged_of(&self, owner: &str) -> bool {
        self.damage.is_some() && (self.owner.as_deref() == Some(owner) || self.retired_at.is_some())
    }

    /// Whether it is not what was written last: it was edited by hand.
    pub fn is_edited(&self) -> bool {
        self.fingerprint.as_ref() != Some(&self.spec.fingerprint())
    }
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
    pub holder: Holder,
}

/// Whose monitor an item is that does not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// It does not say, or is no monitor.
    Unknown,
    /// Of this owner.
    Owner(String),
    /// Without an owner: a tombstone.
    Unmanaged,
}

/// The config table, as far as a plan needs it.
#[derive(Debug, Clone, Copy)]
pub struct Live<'a> {
    pub items: &'a [Stored],
    /// The head of the owner whose plan it is.
    pub head: Option<&'a StoredHead>,
    pub unread: &'a [Unread],
    pub reading: SpecReading,
}

impl<'a> Live<'a> {
    /// The items that are unreadable and that `owner` cannot rewrite: of a newer version, of others, or of an unknown
    /// owner.
    pub fn unread_by(&self, owner: &str) -> impl Iterator<Item = &'a Unread> {
        let anew: BTreeSet<&str> =
            self.items.iter().filter(|item| item.is_damaged_of(owner)).map(|item| item.id.as_str()).collect();
        self.unread.iter().filter(move |item| !anew.contains(item.key.as_str()))
    }
}

/// How stored specs are read; asked for monitors that differ only.
#[derive(Debug, Clone, Copy)]
pub struct SpecReading {
    /// The monitor that a spec means; `None` if this version makes no sense of it.
    pub meaning: fn(&MonitorId, &Spec) -> Option<Monitor>,
    /// The spec in the spelling of this version.
    pub spelling: fn(&Spec) -> Spec,
    /// The paths of values that are never shown, such as `url` or `json.password`: a hand may have written a credential
    /// into the table, which no file could have brought there.
    pub secrets: fn(&Spec) -> Vec<String>,
    /// What a monitor has at a path such as `expect.status` where its spec says nothing.
    pub implied: fn(&str) -> Option<&'static Value>,
}

/// How often an owner's catalog was applied; the condition of the next apply.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Generation(pub u64);

/// The head item of one owner's catalog.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StoredHead {
    pub owner: String,
    pub generation: Generation,
    /// The commit that was applied as a whole last.
    pub commit: Option<String>,
    pub plan_digest: Option<String>,
    /// Where the files are at home that were applied as a whole last.
    pub origin: Option<String>,
    /// The environment that the table belongs to; `None` before a sync named one.
    pub environment: Option<String>,
    /// Monitors in the catalog.
    pub count: u64,
    pub settings: CatalogSettings,
    /// The run that wrote it last.
    pub run: Option<RunId>,
    /// What a person said with that run that may happen all the same.
    pub overrides: Option<String>,
    /// Who approved its plan, if it was approved by its digest.
    pub approved_by: Option<String>,
    pub synced_at: Option<Timestamp>,
    pub synced_by: Option<String>,
    /// An apply of several transactions that did not come to its end.
    pub journal: Option<Journal>,
}

/// That an apply of several transactions is under way; part of the head until the last one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journal {
    pub run: RunId,
    /// The run that it takes back, if it is an undo.
    pub undoes: Option<RunId>,
    /// The commit that will be applied as a whole once the run is at its end; parts of it are already.
    pub commit: Option<String>,
    pub plan_digest: String,
    /// Who approved exactly this plan, if it was approved by its digest.
    pub approved_by: Option<String>,
    /// Transactions that are written.
    pub done: u32,
    pub parts: u32,
    /// As the last of them made it. If the head has another one, another run wrote since.
    pub generation: Generation,
}
