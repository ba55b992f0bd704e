//! The last beats of the programs that beat, as they are now.

use std::collections::HashMap;

use crate::inventory::WatchedMonitor;
use crate::monitor::MonitorId;
use crate::report::{BeatStatus, chain};
use crate::store::{StateReader, Store};

/// Those of `shown` that can be read, and a sentence for each problem. Where nothing beats, nothing is asked.
pub async fn last_beats(
    store: &Store,
    reader: &StateReader,
    shown: &[&WatchedMonitor],
) -> (HashMap<MonitorId, BeatStatus>, Vec<String>) {
    let beating = shown.iter().filter(|watched| watched.monitor.ask.beat_rule().is_some());
    let by_id: HashMap<_, _> = beating.map(|watched| (&watched.monitor.id, &watched.monitor)).collect();
    let ids: Vec<_> = by_id.keys().copied().collect();
    let found = match reader.beats(&ids).await {
        Ok(found) => found,
        Err(error) => return (HashMap::new(), vec![format!("cannot read the beats: {}", chain(&error))]),
    };
    let now = store.now();
    let (mut beats, mut problems) = (HashMap::new(), Vec::new());
    for (id, found) in found {
        match found {
            Ok(found) => {
                let status = by_id.get(&id).and_then(|monitor| BeatStatus::of(monitor, found, now));
                beats.extend(status.map(|status| (id, status)));
            }
            Err(unreadable) => problems.push(unreadable.to_string()),
        }
    }
    (beats, problems)
}
