//! The step LEVELS: what lasts is posted again to the channels that hold it to be over without that.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

use super::state::{Remaining, RunState};
use crate::alert::{Alert, AlertFacts};
use crate::inventory::{WatchStatus, WatchStatuses, remembered};
use crate::state::{Acknowledgement, Row};
use crate::transition::Unwatched;
use crate::verdict::Judgement;

/// Time for all of it. The next run posts the same, so a channel that does not answer holds up no run for longer.
const TIME: Duration = Duration::from_secs(10);

impl RunState<'_> {
    /// Posts what channels of levels accepted before this run. It is no alert: nothing is acknowledged or counted for it, and
    /// that a channel does not take it is no more than a notice.
    pub async fn post_levels(&mut self) {
        match self.remaining {
            // The present holder of the lease posts what is stored.
            Remaining::Nothing => return,
            Remaining::Everything | Remaining::Release => {}
        }
        let levels = self.levels();
        if levels.is_empty() {
            return;
        }
        let now = || self.deps.store.now();
        let failed = self.notifications(self.time_to_notify().min(TIME), &now).post_again(levels).await;
        self.notices.extend(failed);
    }

    /// What is to be posted again, by the rows as they are stored now. What a channel has just accepted, or refused, is
    /// posted by the next run.
    fn levels(&self) -> Vec<Alert> {
        let watch_statuses = WatchStatuses::new(&self.inventory.watchlist, &self.inventory.rows);
        let accepted: HashSet<_> = self
            .notified
            .accepted
            .iter()
            .map(|Acknowledgement { monitor, channel, heard: _ }| (monitor, channel))
            .collect();
        let judged = self.judged.iter().map(|judged| (&judged.watched.monitor.id, &judged.judgement));
        let judgements: HashMap<_, _> = judged.collect();
        let rows = self.inventory.rows.values().filter(|row| may_have_levels(row));
        let all = rows.flat_map(|row| {
            let judgement = judgements.get(&row.monitor).copied();
            self.levels_of(row, watch_statuses.of(&row.monitor), judgement)
        });
        all.filter(|alert| {
            let channel = alert.route.channel.in_row_of(&alert.monitor.id);
            !accepted.contains(&(&alert.monitor.id, &channel))
                && !self.notified.is_closed(&alert.route.channel)
        })
        .collect()
    }

    fn levels_of(&self, row: &Row, status: WatchStatus<'_>, judgement: Option<&Judgement>) -> Vec<Alert> {
        let (watched, routed) = match status {
            WatchStatus::Watched(watched) => (Some(watched), status),
            WatchStatus::Unwatched(_, watched) => (watched, status),
            WatchStatus::Prober | WatchStatus::Channel => (None, status),
            // That its definition cannot be read ends no alert. The channel is known if one owner alone has its name.
            WatchStatus::Unclear => (None, WatchStatus::Unwatched(Unwatched::Removed, None)),
        };
        let monitor = watched.map_or_else(
            || Cow::Owned(remembered(&row.monitor, &self.options.host)),
            |watched| Cow::Borrowed(&watched.monitor),
        );
        let facts = AlertFacts { monitor: &monitor, row, judgement };
        self.routes(routed, Some(row)).levels(facts, self.deps.store.now())
    }
}

/// Most rows have none, and need no look at their channels.
fn may_have_levels(row: &Row) -> bool {
    row.delivered.values().any(|delivered| delivered.is_open() || delivered.level.is_some())
}
