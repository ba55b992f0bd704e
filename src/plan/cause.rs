//! Why a plan has a line: this change, an earlier one that was never applied, or a hand in the table.

use std::collections::BTreeMap;

use super::{
    Action, Before, Cause, Change, ChangedVariable, Drift, EditFate, FormerPlaces, Plan, SpecReading, Stored,
    Unedited, compared,
};
use crate::monitor::{MonitorId, Spec};

/// The catalogs of earlier commits, as far as they are known.
#[derive(Debug, Clone, Copy, Default)]
pub struct Past<'a> {
    /// At the commit that the change is compared with.
    pub base: Option<&'a Catalog>,
    /// At the commit that was applied last, as a whole; with that commit as the items name it.
    pub applied: Option<(&'a str, &'a Catalog)>,
    /// Variables that have another value than at the base.
    pub changed_variables: &'a [ChangedVariable],
    /// Where values were set then.
    pub former_places: Option<&'a FormerPlaces>,
    /// How specs are read.
    pub reading: Option<SpecReading>,
}

/// Monitors of one commit.
pub type Catalog = BTreeMap<MonitorId, Spec>;

/// Gives every change of `plan` its cause.
pub fn attribute(plan: &mut Plan, past: Past<'_>) {
    for change in &mut plan.changes {
        if change.drift.is_none() {
            change.drift = drift(change, past);
        }
        change.cause = cause(change, past);
        change.unedited = unedited(change, past);
        change.name_inherited();
        change.blame_variables(past.changed_variables);
        if let Some(places) = past.former_places {
            change.name_former(places);
        }
    }
}

fn cause(change: &Change, past: Past<'_>) -> Option<Cause> {
    let Some(base) = past.base else {
        // Without a base a hand in the table is the only known cause.
        return change.drift.map(|_| Cause::LiveDrift);
    };
    let wanted = change.desired().map(|desired| &desired.spec);
    let is_of_this_change = base.get(&change.id) != wanted;
    let is_kept = change.edit.as_ref().is_some_and(|edit| edit.fate == EditFate::KeptInPart);
    Some(match (is_of_this_change, change.drift.filter(|_| !is_kept)) {
        (true, _) => Cause::ThisChange,
        (false, Some(_)) => Cause::LiveDrift,
        (false, None) => Cause::NotApplied,
    })
}

/// What an edited item would become without the edit, where this change concerns it too.
fn unedited(change: &Change, past: Past<'_>) -> Option<Unedited> {
    let Action::Update { desired, stored } = &change.action else { return None };
    let of_this_change = change.drift.is_some() && change.cause == Some(Cause::ThisChange);
    let before = past.base.filter(|_| of_this_change)?.get(&stored.id)?;
    let (fields, risk) = compared(&stored.id, before, desired, past.reading?);
    Some(Unedited { fields, risk })
}

/// What the fingerprint of an item does not show: it was rewritten as a whole, or deleted.
fn drift(change: &Change, past: Past<'_>) -> Option<Drift> {
    let (commit, applied) = past.applied?;
    match &change.action {
        Action::Update { stored, .. } | Action::Remove { stored } => {
            // Items that were not written with that commit may come from an apply of some monitors only.
            let is_of_commit = stored.commit.as_deref() == Some(commit);
            let differs = applied.get(&stored.id).is_some_and(|spec| *spec != stored.spec);
            (is_of_commit && differs).then(|| Drift::of(stored))
        }
        Action::Create { before: Before::Absent, .. } => {
            applied.contains_key(&change.id).then_some(Drift { since: None })
        }
        // Where a tombstone stands it was sync that retired it, by a run of some monitors only or by an undo.
        Action::Create {
            before:
                Before::Tombstone(_) | Before::NoFingerprint | Before::Fingerprint(_) | Before::Damaged { .. },
            ..
        }
        | Action::Move { .. }
        | Action::Adopt { .. } => None,
    }
}

impl Drift {
    pub fn of(stored: &Stored) -> Self {
        Self { since: stored.synced_at }
    }
}
