//! Monitors of a checkout that the table does not have: the author of six of them must not read that all is well.

use std::collections::BTreeSet;
use std::path::Path;

use super::context::Context;
use crate::config;
use crate::inventory::Watchlist;
use crate::monitor::{Monitor, Origin, count, is_or_are};
use crate::report::{self};
use crate::source::{self, Found};

/// What the files and the table do not have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsynced {
    /// Monitors of the files that the table does not have, or has otherwise.
    pub waiting: usize,
    /// Monitors of this owner that are in no file any more.
    pub gone: usize,
}

/// What a checkout says beside the table.
struct CheckoutState {
    unsynced: Unsynced,
    /// What is wrong in the files, a line each with its place.
    faults: Vec<String>,
}

/// Says so, if this is a checkout with such monitors, or with faults. It is a look and no plan: `validate` shows the faults.
pub fn say(context: &Context, typed: Option<&Path>, stored: &Watchlist) {
    let Some(CheckoutState { unsynced, faults }) = look(context, typed, stored) else { return };
    if let Some(words) = words(unsynced) {
        context.terminal.warn(&format!("{words}: monitorctl sync"));
    }
    if !faults.is_empty() {
        context.terminal.warn("some monitor files are invalid: `monitorctl validate` lists the errors");
    }
}

/// How many are not synced; `None` if there are no files here, or none that read.
pub fn unsynced(context: &Context, typed: Option<&Path>, stored: &Watchlist) -> Option<Unsynced> {
    look(context, typed, stored).map(|checkout| checkout.unsynced)
}

/// What is wrong in the files of a checkout, a line each with its place.
pub fn faults(context: &Context, typed: Option<&Path>, stored: &Watchlist) -> Vec<String> {
    look(context, typed, stored).map(|checkout| checkout.faults).unwrap_or_default()
}

fn look(context: &Context, typed: Option<&Path>, stored: &Watchlist) -> Option<CheckoutState> {
    let Found { files, unreadable, .. } =
        source::read_paths(context.settings.folders.as_ref(), typed.as_slice()).ok()?;
    let loaded = config::load_catalog(&files, config::Definitions::of(&context.settings));
    let waiting = loaded.monitors.iter().filter(|wanted| !has(stored, &wanted.monitor)).count();
    // Behind a fault there may be any monitor, so none counts as gone.
    let is_whole = unreadable.is_empty() && !loaded.is_invalid();
    let owner = context.settings.owner.as_ref().filter(|_| is_whole);
    let kept: BTreeSet<_> = loaded
        .monitors
        .iter()
        .flat_map(|one| [Some(&one.monitor.id), one.moved_from.as_ref()])
        .flatten()
        .collect();
    let own = stored.all.iter().filter(|watched| owner.is_some() && watched.owner.as_ref() == owner);
    let gone = own.filter(|watched| !kept.contains(&watched.monitor.id)).count();
    let faults = report::diagnostic_lines(&loaded.diagnostics);
    Some(CheckoutState { unsynced: Unsynced { waiting, gone }, faults })
}

/// Whether the table has a monitor as the files have it. Where it came from is no part of it.
fn has(stored: &Watchlist, wanted: &Monitor) -> bool {
    let meant = |monitor: &Monitor| Monitor { origin: Origin::default(), ..monitor.clone() };
    stored.get(&wanted.id).is_some_and(|stored| meant(&stored.monitor) == meant(wanted))
}

/// `6 monitors in files are not synced`
pub fn words(Unsynced { waiting, gone }: Unsynced) -> Option<String> {
    let waiting = (waiting > 0)
        .then(|| format!("{} in files {} not synced", count(waiting, "monitor"), is_or_are(waiting)));
    let gone = (gone > 0).then(|| {
        format!("{} {} in no file, but still in the table", count(gone, "monitor"), is_or_are(gone))
    });
    let parts: Vec<_> = waiting.into_iter().chain(gone).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}
