//! A plan as a plain value: everything that one sync would do, and what it would leave alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::{
    Action, Before, CatalogSettings, Change, FieldChange, Generation, ItemWrite, RenameCandidate, Risk,
    Stored, Unread,
};
use crate::monitor::{Fingerprint, MonitorId, Place, ValueSource, digest};

/// Everything that one sync would do, and what it would leave alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub owner: String,
    /// The owner whose whole catalog becomes that of this one.
    pub renamed_from: Option<String>,
    /// The generation that the plan was made against; `None` before the first sync.
    pub base: Option<Generation>,
    /// What is lost first, then what is watched less closely; removals before updates before creations; by id.
    pub changes: Vec<Change>,
    pub settings: SettingsChange,
    /// Monitors of this owner that are as desired.
    pub unchanged: usize,
    /// Monitors of this owner that are stored now.
    pub owned: usize,
    pub desired: usize,
    pub active_monitors: ActiveMonitors,
    /// Changes that are not in scope.
    pub outside: usize,
    /// Items of other owners, counted by owner; never touched.
    pub foreign: BTreeMap<String, usize>,
    /// Items put in by hand; never touched.
    pub unmanaged: usize,
    /// Desired ids that another owner has, sorted.
    pub claims: Vec<Claim>,
    /// The head of this catalog, if it does not read.
    pub blocked: Option<Unread>,
    /// Other items that do not read, sorted; never touched.
    pub unread: Vec<Unread>,
    /// What is not done because such an item stands in the way, sorted by id: the others go on without it (P11).
    pub left_out: Vec<LeftOut>,
    /// Stored monitors whose alerts go elsewhere because of the settings, sorted; by the ids that they have now.
    pub rerouted: Vec<MonitorId>,
    /// Stored monitors of which no channel takes a DOWN any more because of the settings, sorted; by the ids that they have
    /// now. None of them is among `rerouted`.
    pub unnotified: Vec<MonitorId>,
    /// Removals and creations that look like renames.
    pub rename_candidates: Vec<RenameCandidate>,
    /// What items become exactly again, by id; of a plan that takes a run back.
    pub restores: BTreeMap<MonitorId, Stored>,
}

/// Monitors of this owner that are watched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ActiveMonitors {
    pub before: usize,
    pub after: usize,
}

/// A monitor that does not become what is desired, because a stored item does not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    pub id: MonitorId,
    /// Where it stands in the files.
    pub place: Option<Place>,
    pub blocker: Blocker,
}

/// What does not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Blocker {
    /// The item of that id.
    Item,
    /// The item that it was moved from: made without it, it would lose its state and history for good.
    Origin(MonitorId),
    /// The item of that id, which is in no file any more and would be removed.
    Removal,
}

impl LeftOut {
    /// The item that it was moved from, if that is what does not read.
    pub fn origin(&self) -> Option<&MonitorId> {
        match &self.blocker {
            Blocker::Origin(from) => Some(from),
            Blocker::Item | Blocker::Removal => None,
        }
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, place: _, blocker } = self;
        match blocker {
            Blocker::Item => id.fmt(f),
            Blocker::Origin(from) => write!(f, "{id} (moved from {from})"),
            Blocker::Removal => write!(f, "{id} (to be removed)"),
        }
    }
}

/// A desired id that is stored under another owner, or under none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub id: MonitorId,
    /// Where this repository writes it.
    pub place: Place,
    /// `None`: unmanaged.
    pub holder: Option<String>,
    /// Of what the file would make of it.
    pub wanted: Fingerprint,
    /// What the file would overwrite.
    pub before: Before,
}

/// What the catalog says beyond its monitors.
#[derive(Debug, Clone, PartialEq)]
pub struct SettingsChange {
    /// As every batch of the apply leaves them.
    pub after: CatalogSettings,
    /// Sorted by path; empty if they are as stored.
    pub fields: Vec<FieldChange>,
}

/// How many changes there are of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub creates: usize,
    pub updates: usize,
    /// Updates that leave the monitor watched as before; they are none of `updates`.
    pub rewrites: usize,
    /// Updates that only keep an edit in the table, because the files have it; they are none of `updates`.
    pub kept_edits: usize,
    pub removals: usize,
    pub moves: usize,
    pub adoptions: usize,
    /// Those of the others that only take back an edit in the table.
    pub drift: usize,
}

impl SettingsChange {
    /// Says of each value where it is set: at its own place, or that of what it is a part of.
    pub fn name_places(&mut self, places: &BTreeMap<String, Place>) {
        for field in self.fields.iter_mut().filter(|field| field.after.is_some()) {
            let mut path = field.path.as_str();
            let place = loop {
                if let Some(place) = places.get(path) {
                    break Some(place);
                }
                match path.rsplit_once('.') {
                    Some((above, _)) => path = above,
                    None => break None,
                }
            };
            field.inherited = place.map(|place| ValueSource { place: place.clone(), variable: None });
        }
    }
}

impl Plan {
    pub fn is_empty(&self) -> bool {
        self.size() == 0
    }

    /// Monitors that change, and settings.
    pub fn size(&self) -> usize {
        self.changes.len() + self.settings.fields.len()
    }

    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for change in &self.changes {
            counts.drift += usize::from(change.is_drift());
            match &change.action {
                Action::Create { .. } => counts.creates += 1,
                Action::Update { .. } if change.is_kept_edit() => counts.kept_edits += 1,
                Action::Update { .. } if change.is_rewrite() => counts.rewrites += 1,
                Action::Update { .. } => counts.updates += 1,
                Action::Remove { .. } => counts.removals += 1,
                Action::Move { .. } => counts.moves += 1,
                Action::Adopt { .. } => counts.adoptions += 1,
            }
        }
        counts
    }

    /// Leaves the changes of what was done in the table by hand, whatever the files say meanwhile.
    pub fn keep_drift(&mut self) {
        let all = self.size();
        self.changes.retain(|change| change.drift.is_some());
        self.settings.fields.clear();
        self.rerouted.clear();
        self.unnotified.clear();
        self.left_out.clear();
        self.rename_candidates.clear();
        self.outside += all - self.size();
    }

    /// Changes whose risk is exactly `risk`.
    pub fn count_risk(&self, risk: Risk) -> usize {
        self.changes.iter().filter(|change| change.risk == risk).count()
    }

    /// Monitors of which no one would learn that they are DOWN, by a change of their own or because of the settings.
    pub fn count_lost(&self) -> usize {
        self.count_risk(Risk::Loss) + self.unnotified.len()
    }

    /// Those of them that are still watched.
    pub fn count_unnotified(&self) -> usize {
        self.changes.iter().filter(|change| change.is_unnotified()).count() + self.unnotified.len()
    }

    /// Monitors that are watched less closely, by a change of their own or because of the settings.
    pub fn count_weaker(&self) -> usize {
        let weaker = self.changes.iter().filter(|change| change.risk == Risk::Weaker);
        let counted: BTreeSet<_> = weaker.filter_map(Change::stored).map(|item| &item.id).collect();
        let rerouted = self.rerouted.iter().filter(|id| !counted.contains(id)).count();
        self.count_risk(Risk::Weaker) + rerouted
    }

    /// Monitors with an edit that sync keeps or reverts without knowing what it replaced.
    pub fn count_unknown_edits(&self) -> usize {
        let is_unknown = |change: &&Change| change.edit.as_ref().is_some_and(|edit| edit.before.is_none());
        self.changes.iter().filter(is_unknown).count()
    }

    /// Changes that only give a monitor its owner's new name, or that as well.
    pub fn handed_over(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| match &change.action {
            Action::Adopt { stored, .. } => stored.owner.is_some() && stored.owner == self.renamed_from,
            Action::Create { .. } | Action::Remove { .. } | Action::Update { .. } | Action::Move { .. } => {
                false
            }
        })
    }

    /// Changes that send a stored secret to a new host.
    pub fn secret_senders(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| !change.secret_hosts.is_empty())
    }

    /// Leaves nothing to do: for a plan that must not be made at all.
    pub fn clear(&mut self) {
        self.changes.clear();
        self.settings.fields.clear();
        self.claims.clear();
        self.left_out.clear();
        self.rerouted.clear();
        self.unnotified.clear();
        self.rename_candidates.clear();
        self.restores.clear();
        self.active_monitors.after = self.active_monitors.before;
        // Nothing was compared, so nothing is known to be as desired.
        self.unchanged = 0;
    }

    /// The ids whose items the changes write over: monitors, and tombstones of them.
    pub fn rewritten(&self) -> impl Iterator<Item = &MonitorId> {
        fn ids(change: &Change) -> [Option<&MonitorId>; 2] {
            [change.stored().map(|item| &item.id), Some(&change.id)]
        }
        let ids: BTreeSet<_> = self.changes.iter().flat_map(ids).flatten().collect();
        ids.into_iter()
    }

    /// Monitors of this owner that are stored after it.
    pub fn owned_after(&self) -> usize {
        let counts = self.counts();
        let given = self.restores.values().filter(|item| item.owner.as_ref() != Some(&self.owner)).count();
        let handed_over = self.handed_over().count();
        (self.owned + counts.creates + counts.adoptions).saturating_sub(counts.removals + given + handed_over)
    }

    /// The same, if nothing becomes of the changes of these monitors.
    pub fn owned_after_without(&self, ids: &BTreeSet<MonitorId>) -> usize {
        let (mut more, mut fewer) = (0, 0);
        for change in self.changes.iter().filter(|change| ids.contains(&change.id)) {
            match &change.action {
                Action::Create { .. } | Action::Adopt { .. } => more += 1,
                Action::Remove { .. } => fewer += 1,
                Action::Update { .. } | Action::Move { .. } => {}
            }
        }
        (self.owned_after() + fewer).saturating_sub(more)
    }

    /// sha-256 of what would be written and over what, also where another owner is in the way: the name of this plan.
    /// The generation is no part of it, so an apply that touched nothing of it does not make it another plan.
    pub fn digest(&self) -> String {
        let mut lines = vec![self.owner.clone()];
        let settings = self.settings.fields.iter();
        lines
            .extend(settings.map(|field| format!("set {} {:?} {:?}", field.path, field.before, field.after)));
        let joined = |ids: &[MonitorId]| ids.iter().map(MonitorId::as_str).collect::<Vec<_>>().join(" ");
        lines.extend(self.changes.iter().flat_map(|change| self.writes(change)).map(|write| match write {
            ItemWrite::Put { id, spec, before, formerly, source: _ } => {
                format!("put {id} {} {before:?} {}", spec.fingerprint(), joined(&formerly))
            }
            ItemWrite::Restore { item, before } => {
                let Stored { id, spec, fingerprint, owner, formerly, .. } = *item;
                let formerly = joined(&formerly);
                format!("restore {id} {} {fingerprint:?} {owner:?} {before:?} {formerly}", spec.fingerprint())
            }
            ItemWrite::Retire { id, before } => format!("retire {id} {before:?}"),
        }));
        lines.extend(self.claims.iter().map(|Claim { id, place: _, holder, wanted, before }| {
            format!("claim {id} {holder:?} {wanted} {before:?}")
        }));
        digest(&lines.join("\n"))
    }

    pub(super) fn count_foreign(&mut self, item: &Stored) {
        if item.retired_at.is_some() {
            return;
        }
        match &item.owner {
            Some(owner) => *self.foreign.entry(owner.clone()).or_default() += 1,
            None => self.unmanaged += 1,
        }
    }
}
