//! The monitor that was named on the command line, or what may have been meant.

use super::failure::Failure;
use crate::config::suggest;
use crate::exit::Exit;
use crate::explanation::Membership;
use crate::inventory::{WatchedMonitor, Watchlist};
use crate::monitor::{MonitorId, marked};
use crate::transition::Unwatched;

/// The monitor with this id. `command` is the one that asks for it.
pub fn named_monitor<'a>(
    watchlist: &'a Watchlist,
    id: &str,
    command: &str,
) -> Result<(&'a WatchedMonitor, Membership), Failure> {
    let parsed = MonitorId::parse(id).ok();
    if let Some(subject) = parsed.as_ref().and_then(|id| watchlist.get(id)) {
        let membership = if subject.monitor.enabled {
            Membership::Watched
        } else {
            Membership::Unwatched(Unwatched::Disabled)
        };
        return Ok((subject, membership));
    }
    let shown = marked(id.to_owned());
    if id == MonitorId::prober().as_str() {
        return Err(Failure::new(Exit::Usage, format!("{id} is monitorctl itself, not a monitor"))
            .help("`monitorctl status` shows whether it is cut off, and since when"));
    }
    if watchlist.unclear.contains(id) {
        // The two forms in which a problem names its item.
        let names = [format!("`{id}`"), format!("monitor {id} ")];
        let is_its = |problem: &&String| names.iter().any(|name| problem.contains(name));
        let why = watchlist.problems.iter().find(is_its).cloned();
        let why = why.unwrap_or_else(|| format!("the item of {shown} is invalid"));
        return Err(Failure::new(Exit::Failed, why).help("`monitorctl doctor` suggests a fix"));
    }
    let renamed =
        watchlist.all.iter().find(|subject| subject.formerly.iter().any(|former| former.as_str() == id));
    if let Some(subject) = renamed {
        let now = &subject.monitor.id;
        return Err(Failure::new(Exit::Usage, format!("{shown} was renamed to {now}"))
            .help(format!("monitorctl {command} {now}")));
    }
    if let Some(subject) = parsed.as_ref().and_then(|id| watchlist.retired.get(id)) {
        return Ok((subject, Membership::Unwatched(Unwatched::Removed)));
    }
    let near = suggest(id, watchlist.all.iter().map(|subject| subject.monitor.id.as_str()));
    let help = near.map_or_else(
        || "`monitorctl status` lists the monitors; `monitorctl sync` adds those of the files".to_owned(),
        |near| format!("did you mean {near}?"),
    );
    Err(Failure::new(Exit::Usage, format!("unknown monitor {shown}")).help(help))
}
