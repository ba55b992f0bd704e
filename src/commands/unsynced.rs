//! Monitors of a checkout that the table does not have: whoever wrote six of them must not hear that all is well.

use std::path::Path;

use super::check::{Inventory, WatchedMonitor};
use super::context::Context;
use crate::config;
use crate::report::count;
use crate::source;

/// Says so, if this is a checkout with such monitors. It is a look and no plan: files with a fault are left to `validate`.
pub fn say(context: &Context, folder: &Path, stored: &Inventory) {
    if let Some(words) = unsynced(context, folder, stored).and_then(words) {
        context.terminal.warn(&words);
    }
}

/// How many there are; `None` if there are no files here, or none that read.
pub fn unsynced(context: &Context, folder: &Path, stored: &Inventory) -> Option<usize> {
    if !folder.is_dir() {
        return None;
    }
    let files = source::read(folder).ok()?;
    let loaded = config::load(&files, Some(&context.settings.topics));
    let wanted = loaded.monitors.into_iter();
    let wanted =
        wanted.map(|loaded| WatchedMonitor::new(loaded.monitor, loaded.spec, context.settings.owner.clone()));
    Some(wanted.filter(|wanted| !has(stored, wanted)).count())
}

/// Whether the table has a monitor as the files have it, as far as it is judged.
fn has(stored: &Inventory, wanted: &WatchedMonitor) -> bool {
    stored.get(&wanted.monitor.id).is_some_and(|stored| {
        stored.judged == wanted.judged && stored.monitor.enabled == wanted.monitor.enabled
    })
}

/// `6 monitors in files are not synced: monitorctl sync`
pub fn words(number: usize) -> Option<String> {
    let verb = if number == 1 { "is" } else { "are" };
    (number > 0).then(|| format!("{} in files {verb} not synced: monitorctl sync", count(number, "monitor")))
}
