//! Former ids in `moved_from` that are no monitor of the table. A misspelt one would lose the history in silence. Pure.

use std::collections::BTreeSet;

use crate::config::suggest;
use crate::monitor::MonitorId;
use crate::plan::{Action, Plan, Stored};
use crate::report::plan::PlacedNote;

/// A note for each new monitor that should come from an id which the table does not have.
pub fn unknown_former_ids(plan: &Plan, stored: &[Stored]) -> Vec<PlacedNote> {
    // In a table that is new to the catalog, every former id is unknown, and nothing is lost.
    if plan.owned == 0 {
        return Vec::new();
    }
    let known: BTreeSet<_> = stored.iter().map(|item| &item.id).collect();
    let is_removed = |item: &&Stored| {
        plan.changes
            .iter()
            .any(|change| matches!(&change.action, Action::Remove { stored } if stored.id == item.id))
    };
    let own = |item: &&Stored| item.owner.as_ref() == Some(&plan.owner) && item.retired_at.is_none();
    let own: Vec<_> = stored.iter().filter(own).collect();
    let removed: Vec<_> = own.iter().copied().filter(is_removed).collect();
    // What the plan removes is most likely what was meant.
    let near = |from: &MonitorId| {
        let ids = |items: &[&'_ Stored]| items.iter().map(|item| item.id.to_string()).collect::<Vec<_>>();
        [ids(&removed), ids(&own)]
            .iter()
            .find_map(|ids| suggest(from.as_str(), ids.iter().map(String::as_str)).map(str::to_owned))
    };
    let sentence = |change: &crate::plan::Change| {
        let Action::Create { desired, .. } = &change.action else { return None };
        let from = desired.moved_from.as_ref().filter(|from| !known.contains(from))?;
        let meant = match near(from) {
            Some(id) => format!("did you mean `{id}`?"),
            None => format!("{} starts without a history", desired.id),
        };
        let note = format!("`moved_from: {from}` is no monitor of the table; {meant}");
        Some(PlacedNote { place: desired.place.clone(), note })
    };
    plan.changes.iter().filter_map(sentence).collect()
}
