//! What is written down of every apply: what it found and what it left. It is the way back, and after an interruption
//! the way on. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::{CatalogSettings, Journal, Live, RunId, Stamp, Stored, StoredHead};
use crate::monitor::{Fingerprint, MonitorId};

/// One apply, as every page of its record says it.
#[derive(Debug, Clone, PartialEq)]
pub struct SyncRun {
    pub id: RunId,
    /// The run that it takes back, if it is an undo.
    pub undoes: Option<RunId>,
    pub extent: RunExtent,
    pub plan_digest: String,
    /// What a person said that may happen all the same.
    pub overrides: Option<String>,
    /// Who approved exactly this plan, if it was approved by its digest.
    pub approved_by: Option<String>,
    /// The commit that was applied as a whole before it.
    pub commit_before: Option<String>,
    /// The environment that the table belonged to before it.
    pub environment_before: Option<String>,
    /// What the catalog said beyond its monitors, if the run changed that.
    pub settings: Option<SettingsWritten>,
}

/// Whether a run was about the whole catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunExtent {
    Whole,
    /// `--only`: the commit is not applied by it.
    Part,
}

/// Settings that a run changed.
#[derive(Debug, Clone, PartialEq)]
pub struct SettingsWritten {
    pub before: CatalogSettings,
    pub after: CatalogSettings,
}

/// What one transaction of a run wrote, in the same transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct RunPage {
    pub run: SyncRun,
    /// From 1.
    pub number: u32,
    pub stamp: Stamp,
    pub items: Vec<WrittenItem>,
}

/// An item that a run wrote.
#[derive(Debug, Clone, PartialEq)]
pub struct WrittenItem {
    pub id: MonitorId,
    /// `None`: nothing was there.
    pub before: Option<Stored>,
    pub left: ItemLeft,
    /// The id that it had before, if the run gave it this one.
    pub moved_from: Option<MonitorId>,
}

/// How a run left an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemLeft {
    Live {
        /// Of what the item says.
        spec: Fingerprint,
        /// As stored; another one, or none, where an undo brought back what a hand had made.
        fingerprint: Option<Fingerprint>,
        owner: Option<String>,
    },
    Retired,
}

/// The table as it was before the transactions of a run, as far as its items are untouched since.
#[derive(Debug, Clone, PartialEq)]
pub struct TableBefore {
    pub items: Vec<Stored>,
    pub head: StoredHead,
    /// What the run has written, and is still so.
    pub written: BTreeSet<MonitorId>,
}

impl WrittenItem {
    /// What was there and not retired.
    pub fn was_live(&self) -> Option<&Stored> {
        self.before.as_ref().filter(|before| before.retired_at.is_none())
    }
}

impl ItemLeft {
    /// Whether an item is still as the run left it. A tombstone that is gone has only come to its end.
    pub fn is(&self, now: Option<&Stored>) -> bool {
        match (self, now) {
            (Self::Retired, now) => now.is_none_or(|now| now.retired_at.is_some()),
            (Self::Live { .. }, None) => false,
            (Self::Live { spec, fingerprint, owner }, Some(now)) => {
                now.retired_at.is_none()
                    && now.spec.fingerprint() == *spec
                    && now.fingerprint == *fingerprint
                    && now.owner == *owner
            }
        }
    }
}

impl Journal {
    /// Whether these pages are all that the run has written, and no other run has written since.
    pub fn is_delivered_by(&self, pages: &[RunPage], head: &StoredHead) -> bool {
        let numbers = pages.iter().map(|page| page.number);
        head.generation == self.generation
            && numbers.eq(1..=self.done)
            && pages.iter().all(|page| page.run.plan_digest == self.plan_digest)
    }
}

/// Takes the transactions of a run back, in thought only.
pub fn before(live: Live<'_>, head: &StoredHead, pages: &[RunPage]) -> TableBefore {
    let mut items: BTreeMap<_, _> = live.items.iter().map(|item| (item.id.clone(), item.clone())).collect();
    let mut written = BTreeSet::new();
    for WrittenItem { id, before, left, moved_from: _ } in pages.iter().flat_map(|page| &page.items) {
        if left.is(items.get(id)) {
            match before {
                Some(before) => items.insert(id.clone(), before.clone()),
                None => items.remove(id),
            };
            written.insert(id.clone());
        }
    }
    let mut head = head.clone();
    if let Some(SettingsWritten { before, after }) = pages.first().and_then(|page| page.run.settings.as_ref())
        && head.settings == *after
    {
        head.settings = before.clone();
    }
    if let Some(RunPage { run, stamp, .. }) = pages.first()
        && head.environment == stamp.environment
    {
        head.environment.clone_from(&run.environment_before);
    }
    TableBefore { items: items.into_values().collect(), head, written }
}

#[cfg(test)]
impl RunPage {
    /// The only page of a run that wrote nothing but the head; named by its generation.
    pub fn sample(stamp: Stamp) -> Self {
        let run = SyncRun {
            id: RunId(format!("01JD{:022}", stamp.generation.0)),
            undoes: None,
            extent: RunExtent::Whole,
            plan_digest: "digest".to_owned(),
            overrides: None,
            approved_by: None,
            commit_before: None,
            environment_before: None,
            settings: None,
        };
        Self { run, number: 1, stamp, items: Vec::new() }
    }
}
