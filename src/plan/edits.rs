//! What a hand did in the table and the files have by now: sync keeps it, so it counts as a change of the files. Pure.

use super::{
    Change, EditFate, Live, Past, Plan, Risk, Stored, TableEdit, compared, fields, secret_hosts, unnotified,
};
use crate::monitor::Spec;

/// Compares monitors that were edited in the table with what sync wrote before. Without that, an edit would lose,
/// weaken or redirect what no reviewer has seen: the table already has it, so the plan has no difference.
pub fn weigh_edits(plan: &mut Plan, past: Past<'_>, live: Live<'_>) {
    for change in &mut plan.changes {
        weigh(change, past, live);
    }
    if plan.changes.iter().any(|change| change.before_edit().is_some()) {
        unnotified::mark(plan, live);
        secret_hosts::mark(plan, live);
    }
    plan.changes.sort_by_cached_key(Change::order);
}

fn weigh(change: &mut Change, past: Past<'_>, live: Live<'_>) {
    let Some(stored) = change.stored().cloned().filter(|stored| stored.damage.is_none()) else { return };
    let is_kept = change.edit.is_some();
    let desired = change.desired().cloned();
    let is_put_back = desired
        .as_ref()
        .is_some_and(|desired| stored.fingerprint.as_ref() == Some(&desired.spec.fingerprint()));
    if is_put_back || !(is_kept || change.drift.is_some()) {
        return;
    }
    let before = past.before_edit(&stored).cloned();
    let listed = change.fields.len();
    if let Some((before, desired)) = before.as_ref().zip(desired.as_ref()) {
        let (found, risk) = compared(&stored.id, before, desired, live.reading);
        for field in found {
            match change.fields.iter_mut().find(|other| other.path == field.path) {
                Some(other) => other.risk = other.risk.max(field.risk),
                None => change.fields.push(field),
            }
        }
        change.fields.sort_by(|one, other| one.path.cmp(&other.path));
        change.unchanged = fields::unchanged(&change.fields, &desired.spec);
        // A kept edit has no cost but this one; what is counted without knowing the earlier values is known now.
        change.risk = if is_kept { risk } else { change.risk.max(risk) };
    }
    if !desired.is_some_and(|desired| desired.monitor.enabled) && before.as_ref().is_none_or(is_enabled) {
        change.risk = Risk::Loss;
    }
    let fate = match (is_kept, change.fields.len() > listed) {
        (true, _) => EditFate::Kept,
        (false, true) => EditFate::KeptInPart,
        (false, false) => EditFate::Reverted,
    };
    change.edit = Some(TableEdit { before, fate });
}

fn is_enabled(spec: &Spec) -> bool {
    spec.fields().get("enabled") != Some(&false.into())
}

impl Past<'_> {
    /// What sync wrote into an item before it was edited: what has its fingerprint, or what the commit says that
    /// wrote it.
    fn before_edit(&self, stored: &Stored) -> Option<&Spec> {
        let applied = self.applied.map(|(_, catalog)| catalog);
        let marked = [self.base, applied]
            .into_iter()
            .flatten()
            .filter_map(|catalog| catalog.get(&stored.id))
            .find(|spec| stored.fingerprint.as_ref() == Some(&spec.fingerprint()));
        marked.or_else(|| {
            let (commit, catalog) = self.applied?;
            catalog.get(&stored.id).filter(|_| stored.commit.as_deref() == Some(commit))
        })
    }
}
