//! A plan cut into transactions, each with what is written down of it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Action, Change, ItemLeft, ItemWrite, Plan, Stored, WrittenItem};
use crate::monitor::{MOST_BYTES, MOST_NESTED, MonitorId, Spec, levels, stored_bytes};

/// Item writes in one transaction: DynamoDB takes 100 actions, two are kept for the head and the run record.
pub const WRITES_PER_PART: usize = 98;

/// Bytes that a page of the run record may take for what was there before: an item has at most 400 KB.
const PAGE: usize = 300_000;

/// Bytes that a transaction may take: DynamoDB takes 4 MB.
const TRANSACTION: usize = 3_000_000;

/// Bytes up to which a tombstone is remembered whole.
const TOMBSTONE: usize = 5_000;

/// What an item takes beside its spec.
const AROUND: usize = 1_000;

/// What one transaction of an apply writes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PlanPart {
    pub writes: Vec<ItemWrite>,
    /// What is written down of them, in the same order.
    pub items: Vec<WrittenItem>,
}

impl PlanPart {
    /// The part without what makes the changes of these monitors.
    #[must_use]
    pub fn without(&self, ids: &BTreeSet<MonitorId>) -> Self {
        let is_left = |change: &&Self| change.writes.iter().all(|write| !ids.contains(write.id()));
        self.changes().iter().filter(is_left).cloned().fold(Self::default(), |mut all, change| {
            all.writes.extend(change.writes);
            all.items.extend(change.items);
            all
        })
    }

    /// A part for each change: the writes of one stay together.
    pub fn changes(&self) -> Vec<Self> {
        let origins: BTreeSet<_> = self.items.iter().filter_map(|item| item.moved_from.as_ref()).collect();
        let all = || self.writes.iter().zip(&self.items);
        let change = |(write, item): (&ItemWrite, &WrittenItem)| {
            if origins.contains(&item.id) && item.left == ItemLeft::Retired {
                return None; // goes with the monitor that moved away
            }
            let origin = all().find(|(_, other)| item.moved_from.as_ref() == Some(&other.id));
            let both = std::iter::once((write, item)).chain(origin);
            let (writes, items) = both.map(|(write, item)| (write.clone(), item.clone())).unzip();
            Some(Self { writes, items })
        };
        all().filter_map(change).collect()
    }
}

/// What a part takes of DynamoDB's limits.
#[derive(Debug, Clone, Copy, Default)]
struct PartLoad {
    writes: usize,
    page: usize,
    transaction: usize,
}

impl Plan {
    /// The plan in transactions, in its order, without what is `done`. The writes of one change stay together. `live`
    /// is the table that the plan was made against.
    pub fn parts(&self, live: &[Stored], done: &BTreeSet<MonitorId>) -> Vec<PlanPart> {
        let live: BTreeMap<_, _> = live.iter().map(|item| (&item.id, item)).collect();
        let mut parts: Vec<PlanPart> = Vec::new();
        let mut load = PartLoad::default();
        for change in &self.changes {
            let writes = self.writes(change);
            if writes.iter().all(|write| done.contains(write.id())) {
                continue;
            }
            let items: Vec<_> = writes.iter().map(|write| self.written(change, write, &live)).collect();
            let more = PartLoad::of(&writes, &items);
            if parts.is_empty() || !load.takes(more) {
                parts.push(PlanPart::default());
                load = PartLoad::default();
            }
            if let Some(part) = parts.last_mut() {
                part.writes.extend(writes);
                part.items.extend(items);
                load = load.and(more);
            }
        }
        if parts.is_empty() && !self.is_empty() {
            parts.push(PlanPart::default()); // the head alone
        }
        parts
    }

    /// The writes that make a change; they belong into one transaction.
    pub fn writes(&self, change: &Change) -> Vec<ItemWrite> {
        let restored = |write| match write {
            ItemWrite::Put { id, before, .. } if self.restores.contains_key(&id) => {
                ItemWrite::Restore { item: Box::new(self.restores[&id].clone()), before }
            }
            ItemWrite::Put { .. } | ItemWrite::Restore { .. } | ItemWrite::Retire { .. } => write,
        };
        change.writes().into_iter().map(restored).collect()
    }

    fn written(
        &self,
        change: &Change,
        write: &ItemWrite,
        live: &BTreeMap<&MonitorId, &Stored>,
    ) -> WrittenItem {
        let moved_from = match &change.action {
            Action::Move { from, desired, .. } if desired.id == *write.id() => Some(from.id.clone()),
            Action::Move { .. }
            | Action::Remove { .. }
            | Action::Update { .. }
            | Action::Adopt { .. }
            | Action::Create { .. } => None,
        };
        let left = match write {
            ItemWrite::Put { spec, .. } => ItemLeft::Live {
                spec: spec.fingerprint(),
                fingerprint: Some(spec.fingerprint()),
                owner: Some(self.owner.clone()),
            },
            ItemWrite::Restore { item, .. } => ItemLeft::Live {
                spec: item.spec.fingerprint(),
                fingerprint: item.fingerprint.clone(),
                owner: item.owner.clone(),
            },
            ItemWrite::Retire { .. } => ItemLeft::Retired,
        };
        let before = live.get(write.id()).map(|item| remembered(item));
        WrittenItem { id: write.id().clone(), before, left, moved_from }
    }
}

/// What is written down of an item that was there. A hand may have made it larger than a page can hold; nothing goes
/// back to that. A large tombstone is remembered by its fingerprint alone: a monitor that moves over one would take
/// twice its room in the page, and nothing goes back to a tombstone either.
fn remembered(item: &Stored) -> Stored {
    let is_deep = item.spec.fields().values().any(|value| levels(value) > MOST_NESTED);
    let size = size(&item.spec);
    match item.retired_at {
        Some(_) if is_deep || size > TOMBSTONE => Stored { spec: Spec::default(), ..item.clone() },
        None if is_deep || size > MOST_BYTES => {
            let damage = item
                .damage
                .clone()
                .unwrap_or_else(|| format!("{} was larger than the limit for files", item.id));
            Stored { spec: Spec::default(), damage: Some(damage), ..item.clone() }
        }
        Some(_) | None => item.clone(),
    }
}

impl PartLoad {
    fn of(writes: &[ItemWrite], items: &[WrittenItem]) -> Self {
        let before =
            |item: &WrittenItem| AROUND + item.before.as_ref().map_or(0, |before| size(&before.spec));
        let after = |write: &ItemWrite| match write {
            ItemWrite::Put { spec, .. } => size(spec),
            ItemWrite::Restore { item, .. } => size(&item.spec),
            ItemWrite::Retire { .. } => 0,
        };
        let page = items.iter().map(before).sum();
        // A transaction counts an item by what it is afterwards, and one that is retired keeps what it said.
        let transaction = 2 * page + writes.iter().map(after).sum::<usize>();
        Self { writes: writes.len(), page, transaction }
    }

    fn and(self, more: Self) -> Self {
        Self {
            writes: self.writes + more.writes,
            page: self.page + more.page,
            transaction: self.transaction + more.transaction,
        }
    }

    /// What one change needs goes into a transaction, whatever it is.
    fn takes(self, more: Self) -> bool {
        let Self { writes, page, transaction } = self.and(more);
        writes <= WRITES_PER_PART && page <= PAGE && transaction <= TRANSACTION
    }
}

/// No less than what DynamoDB counts for it.
fn size(spec: &Spec) -> usize {
    spec.fields().iter().map(|(key, value)| 1 + key.len() + stored_bytes(value)).sum()
}
