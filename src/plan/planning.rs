//! Desired against stored gives a plan.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{
    Before, CatalogSettings, Desired, FieldChange, Generation, ItemWrite, Live, Stored, Unread, differences,
    fields,
};
use crate::monitor::{MonitorId, Spec, digest};

/// Item writes in one transaction: DynamoDB takes 100 actions, two are kept for the head and a run record.
pub const WRITES_PER_BATCH: usize = 98;

/// Everything that one sync would do, and what it would leave alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub owner: String,
    /// The generation that the plan was made against; `None` before the first sync.
    pub base: Option<Generation>,
    /// Sorted: removals first, then updates, then creations; by id within each.
    pub changes: Vec<Change>,
    pub settings: SettingsChange,
    /// Monitors of this owner that are as desired.
    pub unchanged: usize,
    /// Monitors of this owner that are stored now.
    pub owned: usize,
    pub desired: usize,
    /// Items of other owners, counted by owner; never touched.
    pub foreign: BTreeMap<String, usize>,
    /// Items put in by hand; never touched.
    pub unmanaged: usize,
    /// Desired ids that somebody else has, sorted.
    pub claims: Vec<Claim>,
    /// Items that do not read and stand where this sync would write, sorted.
    pub blocked: Vec<Unread>,
    /// Other items that do not read, sorted; never touched.
    pub unread: Vec<Unread>,
}

/// A desired id that is stored under another owner, or under none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub id: MonitorId,
    /// Where this repository writes it.
    pub place: crate::monitor::Place,
    /// `None`: unmanaged.
    pub holder: Option<String>,
}

/// One monitor that would change.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    Remove { stored: Stored },
    Update { desired: Desired, before: Before, fields: Vec<FieldChange>, hidden: usize },
    Create { desired: Desired, before: Before, fields: Vec<FieldChange> },
}

/// What the catalog says beyond its monitors.
#[derive(Debug, Clone, PartialEq)]
pub struct SettingsChange {
    /// As every batch of the apply leaves them.
    pub after: CatalogSettings,
    /// Sorted by path; empty if they are as stored.
    pub fields: Vec<FieldChange>,
}

/// Compares both sides. The order of the inputs does not matter.
pub fn plan(owner: &str, settings: &CatalogSettings, desired: &[Desired], live: Live<'_>) -> Plan {
    let Live { items, head, unread } = live;
    let mut items: BTreeMap<&MonitorId, &Stored> = items.iter().map(|item| (&item.id, item)).collect();
    let wanted: BTreeSet<&str> = desired.iter().map(|desired| desired.id.as_str()).collect();
    let is_in_the_way = |item: &Unread| match &item.head_of {
        Some(other) => other == owner,
        None => wanted.contains(item.key.as_str()),
    };
    let mut unread = unread.to_vec();
    unread.sort_by(|a, b| a.key.cmp(&b.key));
    let (blocked, unread): (Vec<_>, Vec<_>) = unread.into_iter().partition(is_in_the_way);
    let mut plan = Plan {
        owner: owner.to_owned(),
        base: head.map(|head| head.generation),
        changes: Vec::new(),
        settings: change_of_settings(head.map(|head| &head.settings), settings),
        unchanged: 0,
        owned: 0,
        desired: desired.len(),
        foreign: BTreeMap::new(),
        unmanaged: 0,
        claims: Vec::new(),
        blocked,
        unread,
    };
    for desired in desired {
        if plan.blocked.iter().any(|item| item.key == desired.id.as_str()) {
            continue;
        }
        match items.remove(&desired.id) {
            None => plan.changes.push(create(desired, Before::Absent)),
            Some(item) if item.owner.as_deref() != Some(owner) => {
                plan.claims.push(Claim {
                    id: desired.id.clone(),
                    place: desired.place.clone(),
                    holder: item.owner.clone(),
                });
                plan.count_foreign(item);
            }
            Some(item) if item.retired_at.is_some() => {
                plan.changes.push(create(desired, before(item)));
            }
            Some(item) => {
                plan.owned += 1;
                match update(desired, item) {
                    Some(change) => plan.changes.push(change),
                    None => plan.unchanged += 1,
                }
            }
        }
    }
    for item in items.into_values() {
        if item.owner.as_deref() != Some(owner) {
            plan.count_foreign(item);
        } else if item.retired_at.is_none() {
            plan.owned += 1;
            plan.changes.push(Change::Remove { stored: item.clone() });
        }
    }
    plan.changes.sort_by(|a, b| a.order().cmp(&b.order()));
    plan.claims.sort_by(|a, b| a.id.cmp(&b.id));
    plan
}

fn change_of_settings(before: Option<&CatalogSettings>, after: &CatalogSettings) -> SettingsChange {
    let topics = |settings: &CatalogSettings| {
        let CatalogSettings { topics } = settings;
        let arns = topics.iter().map(|(name, arn)| (name.clone(), Value::from(arn.as_str()))).collect();
        Spec::new(Map::from_iter([("topics".to_owned(), Value::Object(arns))]))
    };
    let fields = differences(&before.map(topics).unwrap_or_default(), &topics(after));
    SettingsChange { after: after.clone(), fields }
}

fn create(desired: &Desired, before: Before) -> Change {
    let fields = differences(&Spec::default(), &desired.spec);
    Change::Create { desired: desired.clone(), before, fields }
}

/// A line that moved within its file is no change: a comment above must not rewrite every item below it.
fn update(desired: &Desired, item: &Stored) -> Option<Change> {
    if item.spec == desired.spec {
        return None;
    }
    Some(Change::Update {
        desired: desired.clone(),
        before: before(item),
        fields: differences(&item.spec, &desired.spec),
        hidden: fields::unchanged(&item.spec, &desired.spec),
    })
}

fn before(item: &Stored) -> Before {
    item.fingerprint.clone().map_or(Before::NoFingerprint, Before::Fingerprint)
}

impl Plan {
    pub fn is_empty(&self) -> bool {
        self.size() == 0
    }

    /// Monitors that change, and settings.
    pub fn size(&self) -> usize {
        self.changes.len() + self.settings.fields.len()
    }

    /// How many changes there are of each kind.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for change in &self.changes {
            match change {
                Change::Create { .. } => counts.creates += 1,
                Change::Update { .. } => counts.updates += 1,
                Change::Remove { .. } => counts.removals += 1,
            }
        }
        counts
    }

    /// The writes in transactions, in the order of the plan.
    pub fn batches(&self) -> Vec<Vec<ItemWrite>> {
        let writes: Vec<_> = self.changes.iter().map(Change::write).collect();
        if writes.is_empty() && !self.is_empty() {
            return vec![Vec::new()]; // the head alone
        }
        writes.chunks(WRITES_PER_BATCH).map(<[ItemWrite]>::to_vec).collect()
    }

    /// sha-256 of what would be written and against what, the name of this plan.
    pub fn digest(&self) -> String {
        let mut lines = vec![format!("{} {:?}", self.owner, self.base)];
        let settings = self.settings.fields.iter();
        lines
            .extend(settings.map(|field| format!("set {} {:?} {:?}", field.path, field.before, field.after)));
        lines.extend(self.changes.iter().map(|change| match change.write() {
            ItemWrite::Put { desired, before } => {
                format!("put {} {} {before:?}", desired.id, desired.spec.fingerprint())
            }
            ItemWrite::Retire { id, before } => format!("retire {id} {before:?}"),
        }));
        digest(&lines.join("\n"))
    }

    fn count_foreign(&mut self, item: &Stored) {
        if item.retired_at.is_some() {
            return;
        }
        match &item.owner {
            Some(owner) => *self.foreign.entry(owner.clone()).or_default() += 1,
            None => self.unmanaged += 1,
        }
    }
}

/// How many monitors would come, change and go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub creates: usize,
    pub updates: usize,
    pub removals: usize,
}

impl Change {
    pub fn id(&self) -> &MonitorId {
        match self {
            Self::Create { desired, .. } | Self::Update { desired, .. } => &desired.id,
            Self::Remove { stored } => &stored.id,
        }
    }

    /// What is lost comes first, so that no reader of a long plan misses it.
    fn order(&self) -> (u8, &MonitorId) {
        let rank = match self {
            Self::Remove { .. } => 0,
            Self::Update { .. } => 1,
            Self::Create { .. } => 2,
        };
        (rank, self.id())
    }

    fn write(&self) -> ItemWrite {
        match self {
            Self::Create { desired, before, .. } | Self::Update { desired, before, .. } => {
                ItemWrite::Put { desired: desired.clone(), before: before.clone() }
            }
            Self::Remove { stored } => ItemWrite::Retire { id: stored.id.clone(), before: before(stored) },
        }
    }
}
