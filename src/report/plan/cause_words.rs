//! Why a change is in a plan, and what becomes of an edit in the table, in words.

use crate::monitor::minute;
use crate::plan::{Action, Cause, Change, Drift, EditFate, TableEdit};

/// `None` of what only the files change.
pub fn cause_words(change: &Change) -> Option<String> {
    let edited = |drift: Drift| match (&change.action, drift.since) {
        (Action::Create { .. }, _) => "deleted by hand".to_owned(),
        (_, Some(since)) => format!("edited by hand since {}", minute(since)),
        (_, None) => "edited by hand".to_owned(),
    };
    if let Some(words) = kept_edit(change) {
        let cause = match change.cause {
            Some(Cause::NotApplied) => "not in this change: merged, not applied; ",
            Some(Cause::ThisChange | Cause::LiveDrift) | None => "",
        };
        return Some(format!("{cause}{words}"));
    }
    match (change.cause, change.drift) {
        (Some(Cause::LiveDrift), Some(drift)) => {
            Some(format!("not in this change: live drift, {}", edited(drift)))
        }
        (Some(Cause::LiveDrift), None) => Some("not in this change: live drift".to_owned()),
        (Some(Cause::NotApplied), _) => Some("not in this change: merged, not applied".to_owned()),
        (Some(Cause::ThisChange) | None, Some(drift)) => {
            Some(format!("{} in the table; sync reverts that", edited(drift)))
        }
        (Some(Cause::ThisChange) | None, None) => None,
    }
}

/// What was edited in the table and is not simply reverted.
fn kept_edit(change: &Change) -> Option<String> {
    let TableEdit { before, fate } = change.edit.as_ref()?;
    let since = change.edited_since().and_then(|drift| drift.since);
    let since = since.map(|since| format!(" since {}", minute(since))).unwrap_or_default();
    let edited = format!("edited by hand in the table{since}");
    match (fate, before) {
        (EditFate::Kept, Some(_)) => Some(format!("{edited}; the files have the edit, so sync keeps it")),
        (EditFate::Kept, None) => Some(format!(
            "{edited}; the files have the edit, so sync keeps it; the values before it are not known"
        )),
        (EditFate::KeptInPart, _) => {
            Some(format!("{edited}; the files have a part of the edit, and sync keeps only that"))
        }
        (EditFate::Reverted, None) => Some(format!("{edited}; the values before it are not known")),
        (EditFate::Reverted, Some(_)) => None,
    }
}
