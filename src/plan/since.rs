//! What happened to the table since a plan was made. Pure.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{FieldChange, Stored, differences, fields};
use crate::monitor::{MonitorId, Spec};

/// An item that is not as the plan saw it.
#[derive(Debug, Clone, PartialEq)]
pub struct Since {
    pub id: MonitorId,
    pub what: ItemEvent,
    /// The commit and the time of the sync that wrote it last, if one did.
    pub commit: Option<String>,
    pub synced_at: Option<Timestamp>,
}

/// What happened to an item.
#[derive(Debug, Clone, PartialEq)]
pub enum ItemEvent {
    /// It was not there, or retired, and is there now.
    Appeared { owner: Option<String> },
    /// It was retired.
    Retired,
    /// It was deleted.
    Deleted,
    /// It changed hands.
    Taken { owner: Option<String> },
    /// It says something else.
    Changed { fields: Vec<FieldChange> },
    /// It says the same, but its fingerprint is another one.
    Marked,
}

/// What happened between two readings of the table to the items that `concerns` us, sorted by id. `secrets` gives the
/// paths of values that are never shown.
pub fn since(
    seen: &[Stored],
    now: &[Stored],
    secrets: fn(&Spec) -> Vec<String>,
    concerns: impl Fn(&Stored) -> bool,
) -> Vec<Since> {
    let both = seen.iter().chain(now);
    let ids: BTreeSet<_> = both.filter(|item| concerns(item)).map(|item| &item.id).collect();
    let (seen, now) = (by_id(seen), by_id(now));
    let event = |id: &MonitorId| {
        let now = now.get(id).copied();
        let what = event(seen.get(id).copied(), now, secrets)?;
        let (commit, synced_at) = now.map(|now| (now.commit.clone(), now.synced_at)).unwrap_or_default();
        Some(Since { id: id.clone(), what, commit, synced_at })
    };
    ids.into_iter().filter_map(event).collect()
}

fn by_id(items: &[Stored]) -> BTreeMap<&MonitorId, &Stored> {
    items.iter().map(|item| (&item.id, item)).collect()
}

fn event(
    seen: Option<&Stored>,
    now: Option<&Stored>,
    secrets: fn(&Spec) -> Vec<String>,
) -> Option<ItemEvent> {
    let is_live = |item: &&Stored| item.retired_at.is_none();
    match (seen, now) {
        (None, None) => None,
        (Some(_), None) => Some(ItemEvent::Deleted),
        (seen, Some(now)) => match (seen.filter(is_live), is_live(&now)) {
            (None, true) => Some(ItemEvent::Appeared { owner: now.owner.clone() }),
            (Some(_), false) => Some(ItemEvent::Retired),
            // A tombstone is no monitor, whatever becomes of it, unless a write was to find another one.
            (None, false) => {
                let is_other = seen.is_none_or(|seen| seen.fingerprint != now.fingerprint);
                is_other.then_some(ItemEvent::Retired)
            }
            (Some(seen), true) if seen.owner != now.owner => {
                Some(ItemEvent::Taken { owner: now.owner.clone() })
            }
            (Some(seen), true) if seen.spec != now.spec => {
                let mut fields = differences(&seen.spec, &now.spec);
                fields::hide(&mut fields, &secrets(&seen.spec), &secrets(&now.spec));
                Some(ItemEvent::Changed { fields })
            }
            (Some(seen), true) => (seen.fingerprint != now.fingerprint).then_some(ItemEvent::Marked),
        },
    }
}
