//! One line of a plan.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use super::{
    Before, ChangedVariable, Desired, FieldChange, FieldEffect, FormerPlaces, ItemWrite, Risk, SecretHost,
    Stored,
};
use crate::monitor::{MOST_FORMER_IDS, MonitorId, Place, Spec, ValueSource};

/// One monitor that would change.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    pub id: MonitorId,
    pub action: Action,
    /// Sorted by path.
    pub fields: Vec<FieldChange>,
    /// Fields that stay as they are.
    pub unchanged: usize,
    pub risk: Risk,
    /// Stored secrets that it sends to hosts that they did not go to before, sorted.
    pub secret_hosts: Vec<SecretHost>,
    /// `None` if the earlier value is unknown.
    pub cause: Option<Cause>,
    /// That the stored item is not what was applied.
    pub drift: Option<Drift>,
    /// Of an edited item that this change concerns too: what would change without the edit.
    pub unedited: Option<Unedited>,
    /// An edit in the table that the files have, or that replaced something else than they say.
    pub edit: Option<TableEdit>,
}

/// What a change of the files does, whatever a hand did in the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Unedited {
    /// Sorted by path.
    pub fields: Vec<FieldChange>,
    pub risk: Risk,
}

/// An edit of an item, where the files do not simply say again what sync wrote.
#[derive(Debug, Clone, PartialEq)]
pub struct TableEdit {
    /// What sync wrote before the edit; `None` if that is not known.
    pub before: Option<Spec>,
    pub fate: EditFate,
}

/// What becomes of an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EditFate {
    /// The files say the same, as after `pull --drift`.
    Kept,
    /// The files say the same in some fields.
    KeptInPart,
    Reverted,
}

/// What would happen to a monitor.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    Remove {
        stored: Stored,
    },
    Update {
        desired: Arc<Desired>,
        stored: Stored,
    },
    /// It goes on under another id, with its state and history.
    Move {
        desired: Arc<Desired>,
        from: Stored,
        /// What stands under the new id now.
        before: Before,
    },
    /// An item of another owner, or of none, becomes ours.
    Adopt {
        desired: Arc<Desired>,
        stored: Stored,
    },
    Create {
        desired: Arc<Desired>,
        before: Before,
    },
}

/// Why a monitor is not as the files want it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// The files differ from those of the base commit.
    ThisChange,
    /// The base commit says the same; it was merged and not applied.
    NotApplied,
    /// The files are as applied; the table is not.
    LiveDrift,
}

/// That an item was changed by something else than sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drift {
    /// When sync wrote it last; it was changed after that.
    pub since: Option<Timestamp>,
}

impl Change {
    /// What is lost comes first, then what sends a secret elsewhere, so that no reader of a long plan misses it.
    pub fn order(&self) -> impl Ord + use<> {
        (self.rank(), self.id.clone())
    }

    /// The same without its id.
    pub fn rank(&self) -> impl Ord + use<> {
        let rank = match &self.action {
            // What changes nothing is no one's first concern.
            _ if self.is_rewrite() => 5,
            Action::Remove { .. } => 0,
            Action::Update { .. } => 1,
            Action::Move { .. } => 2,
            Action::Adopt { .. } => 3,
            Action::Create { .. } => 4,
        };
        let is_lost = self.risk == Risk::Loss;
        let gravity = (is_lost, !self.secret_hosts.is_empty(), self.risk);
        (std::cmp::Reverse(gravity), rank)
    }

    /// Whether the monitor is watched as before: only its item is written anew.
    pub fn is_rewrite(&self) -> bool {
        let is_update = match self.action {
            Action::Update { .. } => true,
            Action::Remove { .. } | Action::Move { .. } | Action::Adopt { .. } | Action::Create { .. } => {
                false
            }
        };
        is_update
            && self.edit.is_none()
            && !self.fields.is_empty()
            && self.fields.iter().all(|field| field.effect == FieldEffect::Same)
    }

    /// The fields that the files change, and what that costs: those of monitors with the same cause are the same.
    pub fn of_files(&self) -> (&[FieldChange], Risk) {
        match &self.unedited {
            Some(Unedited { fields, risk }) => (fields, *risk),
            None => (&self.fields, self.risk),
        }
    }

    /// The same fields, and those of the change itself.
    fn all_fields(&mut self) -> impl Iterator<Item = &mut FieldChange> {
        let unedited = self.unedited.iter_mut().flat_map(|unedited| &mut unedited.fields);
        self.fields.iter_mut().chain(unedited)
    }

    /// Whether the monitor is still watched after it, but no channel takes its DOWN any more.
    pub fn is_unnotified(&self) -> bool {
        self.risk == Risk::Loss && self.desired().is_some_and(|desired| desired.monitor.enabled)
    }

    /// Whether there is nothing behind it but an edit that is taken back.
    pub fn is_drift(&self) -> bool {
        self.cause == Some(Cause::LiveDrift)
    }

    /// What sync wrote before an edit that this change concerns, if that is known.
    pub(super) fn before_edit(&self) -> Option<&Spec> {
        self.edit.as_ref()?.before.as_ref()
    }

    /// Whether there is nothing behind it but an edit that the files have.
    pub fn is_kept_edit(&self) -> bool {
        self.edit.as_ref().is_some_and(|edit| edit.fate == EditFate::Kept)
    }

    /// When sync wrote the item last that was edited after that.
    pub fn edited_since(&self) -> Option<Drift> {
        self.drift.or_else(|| self.stored().filter(|_| self.is_kept_edit()).map(Drift::of))
    }

    /// Whether sync may not take the monitor away in one step. An edit must not lift the protection either.
    pub(super) fn is_protected(&self) -> bool {
        let was = self.before_edit().is_some_and(|spec| spec.fields().get("protect") == Some(&true.into()));
        was || self.stored().is_some_and(Stored::is_protected)
    }

    /// Where the monitor stands in the files; `None` if it does not any more.
    pub fn place(&self) -> Option<&Place> {
        self.desired().map(|desired| &desired.place)
    }

    /// Where it stands in the files, or stood when it was applied.
    pub fn position(&self) -> Option<Place> {
        let was = || {
            let (file, line) = self.stored()?.source.as_deref()?.rsplit_once(':')?;
            Some(Place { file: file.to_owned(), line: line.parse().ok()? })
        };
        self.place().cloned().or_else(was)
    }

    pub fn desired(&self) -> Option<&Arc<Desired>> {
        match &self.action {
            Action::Remove { .. } => None,
            Action::Update { desired, .. }
            | Action::Move { desired, .. }
            | Action::Adopt { desired, .. }
            | Action::Create { desired, .. } => Some(desired),
        }
    }

    /// The item that is there now, under this id or the one before.
    pub fn stored(&self) -> Option<&Stored> {
        match &self.action {
            Action::Remove { stored } | Action::Update { stored, .. } | Action::Adopt { stored, .. } => {
                Some(stored)
            }
            Action::Move { from, .. } => Some(from),
            Action::Create { .. } => None,
        }
    }

    /// The writes that make it; they belong into one transaction.
    pub fn writes(&self) -> Vec<ItemWrite> {
        let put = |desired: &Desired, formerly: Vec<MonitorId>, before: Before| ItemWrite::Put {
            id: desired.id.clone(),
            spec: desired.spec.clone(),
            source: desired.place.to_string(),
            formerly,
            before,
        };
        let retire =
            |stored: &Stored| ItemWrite::Retire { id: stored.id.clone(), before: Before::of(stored) };
        match &self.action {
            Action::Remove { stored } => vec![retire(stored)],
            Action::Update { desired, stored } | Action::Adopt { desired, stored } => {
                vec![put(desired, stored.formerly.clone(), Before::of(stored))]
            }
            Action::Move { desired, from, before } => {
                let mut formerly = vec![from.id.clone()];
                formerly.extend(from.formerly.iter().filter(|id| **id != desired.id).cloned());
                formerly.truncate(MOST_FORMER_IDS);
                vec![put(desired, formerly, before.clone()), retire(from)]
            }
            Action::Create { desired, before } => vec![put(desired, Vec::new(), before.clone())],
        }
    }

    /// Says of each new value where it is set, if the monitor's own document does not hold it.
    pub(super) fn name_inherited(&mut self) {
        let Some(desired) = self.desired().cloned() else { return };
        for field in self.all_fields().filter(|field| field.after.is_some()) {
            field.inherited = desired.inherited.get(&field.path).and_then(|sources| sources.first()).cloned();
        }
    }

    /// Says of each value that goes where it was set, if that was not the monitor's own document.
    pub(super) fn name_former(&mut self, places: &FormerPlaces) {
        let Some(places) = places.get(self.stored().map_or(&self.id, |stored| &stored.id)) else { return };
        for field in self.all_fields().filter(|field| field.after.is_none()) {
            field.was = places.get(&field.path).cloned();
        }
    }

    /// Where several variables make a value, names the one that changed, and whether it alone makes the difference.
    pub(super) fn blame_variables(&mut self, changed: &[ChangedVariable]) {
        let Some(desired) = self.desired().cloned().filter(|_| !changed.is_empty()) else { return };
        let blamed = |source: &ValueSource| {
            let variable =
                changed.iter().find(|variable| source.variable.as_ref() == Some(&variable.path))?;
            Some((source.clone(), variable))
        };
        for field in self.all_fields().filter(|field| field.after.is_some()) {
            let sources = desired.inherited.get(&field.path).into_iter().flatten();
            let Some((source, variable)) = { sources }.find_map(blamed) else { continue };
            field.inherited = Some(source);
            field.variable = variable.explains(field).then(|| {
                Arc::new(FieldChange {
                    path: variable.path.clone(),
                    before: variable.before.clone().map(Value::from),
                    after: Some(variable.after.clone().into()),
                    variable: None,
                    ..field.clone()
                })
            });
        }
    }

    /// How many more monitors are watched after it.
    pub fn gain(&self) -> isize {
        let after = self.desired().is_some_and(|desired| desired.monitor.enabled);
        let before = match &self.action {
            // It was watched, and counted, for another owner.
            Action::Adopt { .. } | Action::Create { .. } => false,
            Action::Remove { stored } | Action::Update { stored, .. } => stored.is_enabled(),
            Action::Move { from, .. } => from.is_enabled(),
        };
        isize::from(after) - isize::from(before)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ThisChange => "this change",
            Self::NotApplied => "merged, not applied",
            Self::LiveDrift => "live drift",
        })
    }
}

impl Before {
    /// What a write has to find if the item is still as it was read.
    pub fn of(stored: &Stored) -> Self {
        let fingerprint = stored.fingerprint.clone();
        match (&stored.retired_at, &stored.damage, &stored.owner) {
            (Some(_), ..) => Self::Tombstone(fingerprint),
            (None, Some(_), Some(owner)) => Self::Damaged { owner: owner.clone(), fingerprint },
            (None, ..) => fingerprint.map_or(Self::NoFingerprint, Self::Fingerprint),
        }
    }
}
