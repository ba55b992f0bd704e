//! The fields of a change as lines, before anybody colours or escapes them.

use std::collections::BTreeSet;

use super::field_row::{Direction, FieldRow, Ground, Mark, RowForm, Tint, piece, row};
use super::rerouting::rerouted;
use super::review::PlanDetail;
use super::shown::shown;
use super::words::{FEW, some, unnotified};
use crate::config;
use crate::monitor::{MonitorId, Spec, count, safe};
use crate::plan::{Action, Change, FieldChange, Plan, differences, hide};

/// These fields of a change.
pub fn field_rows<'a>(
    change: &Change,
    which: impl Iterator<Item = &'a FieldChange>,
    form: RowForm,
) -> Vec<FieldRow> {
    let direction =
        if change.is_drift() && change.stored().is_some() { Direction::Drift } else { Direction::Onwards };
    let ground = match change.action {
        Action::Create { .. } => Ground::Nothing,
        Action::Remove { .. } | Action::Update { .. } | Action::Move { .. } | Action::Adopt { .. } => {
            Ground::Monitor
        }
    };
    fields(which, ground, direction, form)
}

/// The fields that stay as they are, or how many of them there are.
pub fn unchanged_rows(change: &Change, detail: PlanDetail) -> Vec<FieldRow> {
    match detail {
        PlanDetail::Changes if change.unchanged > 0 => {
            let hidden = format!("{} hidden (--full)", count(change.unchanged, "unchanged field"));
            vec![FieldRow { mark: Mark::Remark, pieces: vec![piece(hidden, Tint::Faint)] }]
        }
        PlanDetail::Changes => Vec::new(),
        PlanDetail::Everything => unchanged(change),
    }
}

/// What changes in the catalog settings, and for whom.
pub fn settings_rows(plan: &Plan, form: RowForm) -> Vec<FieldRow> {
    let mut rows = fields(plan.settings.fields.iter(), Ground::Settings, Direction::Onwards, form);
    let ids = || some(plan.rerouted.iter().map(MonitorId::as_str), FEW);
    let remark = rerouted(plan).map(|sentence| piece(format!("{sentence}: {}", ids()), Tint::Weaker));
    let lost = || some(plan.unnotified.iter().map(MonitorId::as_str), FEW);
    let lost = unnotified(plan).map(|sentence| piece(format!("{sentence}: {}", lost()), Tint::Loss));
    let remarks = lost.into_iter().chain(remark);
    rows.extend(remarks.map(|piece| FieldRow { mark: Mark::Remark, pieces: vec![piece] }));
    rows
}

/// Fields that differ. What is watched comes before how it is watched.
fn fields<'a>(
    fields: impl Iterator<Item = &'a FieldChange>,
    ground: Ground,
    direction: Direction,
    form: RowForm,
) -> Vec<FieldRow> {
    let (url, others): (Vec<_>, Vec<_>) = fields.partition(|field| field.path == "url");
    let all: Vec<_> = url.into_iter().chain(others).collect();
    let width = all.iter().map(|field| field.path.chars().count()).max().unwrap_or(0).min(40);
    all.into_iter().flat_map(|field| row(field, width, ground, direction, form)).collect()
}

/// The fields that stay as they are.
fn unchanged(change: &Change) -> Vec<FieldRow> {
    let Some(desired) = change.desired() else { return Vec::new() };
    let changed: BTreeSet<&str> = change.fields.iter().map(|field| field.path.as_str()).collect();
    let mut all = differences(&Spec::default(), &desired.spec);
    hide(&mut all, &[], &config::edit::secret_paths(&desired.spec));
    let stay: Vec<_> = all.into_iter().filter(|field| !changed.contains(field.path.as_str())).collect();
    let width = stay.iter().map(|field| field.path.chars().count()).max().unwrap_or(0).min(40);
    let row = |field: FieldChange| {
        let value = field.after.as_ref().map(shown).unwrap_or_default();
        let text = format!("{:<width$}  {value}", safe(&field.path));
        FieldRow { mark: Mark::Remark, pieces: vec![piece(text, Tint::Faint)] }
    };
    stay.into_iter().map(row).collect()
}
