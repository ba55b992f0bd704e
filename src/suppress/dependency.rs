//! A monitor that is not good because one that it depends on is not.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use super::{SuppressionFacts, SuppressionReason};
use crate::monitor::{Monitor, MonitorId, PARENT_PATIENCE};
use crate::state::Row;
use crate::transition::{Health, Incident};
use crate::verdict::Verdict;

/// Why an opening message about a monitor is suppressed, if it is: the gravest reason.
pub fn holds<'a>(
    child: &SuppressionFacts<'_>,
    row: &Row,
    find: &impl Fn(&MonitorId) -> Option<SuppressionFacts<'a>>,
    now: Timestamp,
) -> Option<SuppressionReason> {
    let mut undecided = None;
    for parent in parents(child.monitor, find) {
        let Some(state) = parent.row else { continue };
        let id = || parent.monitor.id.clone();
        if state.confirmed.health == Health::Down {
            return Some(SuppressionReason::ParentDown(id()));
        }
        if fails(&parent, state, now) {
            undecided = Some(SuppressionReason::ParentFails(id()));
        } else if returned(child, row, &parent, state, now) {
            undecided = undecided.or_else(|| Some(SuppressionReason::ParentReturned(id())));
        }
    }
    undecided
}

/// A monitor that `child` depends on, which fails and is not decided yet.
pub fn undecided<'a>(
    child: &SuppressionFacts<'_>,
    find: &impl Fn(&MonitorId) -> Option<SuppressionFacts<'a>>,
    now: Timestamp,
) -> Option<SuppressionReason> {
    let mut parents = parents(child.monitor, find);
    let parent = parents.find(|parent| {
        parent.row.is_some_and(|row| row.confirmed.health != Health::Down && fails(parent, row, now))
    });
    parent.map(|parent| SuppressionReason::ParentFails(parent.monitor.id.clone()))
}

/// The monitor because of which `child` was not good from `from` to `to`: one that it depends on was DOWN at that
/// time.
///
/// Both are seen only now and then: the one may be seen to fail an interval before the other, and to be good again
/// an interval later. Had it been probed once more after that, and failed, an alert would have been sent.
pub fn accounts<'a>(
    child: &SuppressionFacts<'_>,
    from: Timestamp,
    to: Timestamp,
    find: &impl Fn(&MonitorId) -> Option<SuppressionFacts<'a>>,
) -> Option<MonitorId> {
    let explains = |parent: &SuppressionFacts<'a>| {
        let Incident { opened_at, closed_at, .. } = parent.row?.confirmed.incident.as_ref()?;
        let opened = before(*opened_at, parent.monitor.interval);
        let in_time = closed_at.is_none_or(|closed| to <= after(closed, child.monitor.interval * 2));
        (opened <= from && in_time).then(|| parent.monitor.id.clone())
    };
    parents(child.monitor, find).find_map(|parent| explains(&parent))
}

/// The monitors that `child` depends on and that are watched. Of those in a circle none counts, which can be only
/// where the table was changed by hand: they would hold each other back for ever.
fn parents<'a>(
    child: &Monitor,
    find: &impl Fn(&MonitorId) -> Option<SuppressionFacts<'a>>,
) -> impl Iterator<Item = SuppressionFacts<'a>> {
    let found = child.depends_on.iter().filter_map(find).filter(|parent| parent.monitor.enabled);
    found.filter(|parent| !leads_to(parent.monitor, &child.id, find))
}

fn leads_to<'a>(
    from: &Monitor,
    to: &MonitorId,
    find: &impl Fn(&MonitorId) -> Option<SuppressionFacts<'a>>,
) -> bool {
    let mut visited = BTreeSet::from([from.id.clone()]);
    let mut open = vec![from.id.clone()];
    while let Some(id) = open.pop() {
        if id == *to {
            return true;
        }
        let next = find(&id).into_iter().flat_map(|known| known.monitor.depends_on.iter());
        open.extend(next.filter(|id| visited.insert((*id).clone())).cloned());
    }
    false
}

/// Whether it fails and may be about to be DOWN: in this run, or the last time that it was seen.
fn fails(parent: &SuppressionFacts<'_>, row: &Row, now: Timestamp) -> bool {
    let failing = row.confirmed.streak.as_ref().filter(|streak| streak.verdict == Verdict::Fail);
    let failing = failing.map(|streak| streak.first);
    let since = match parent.judgement.map(|judgement| (judgement.verdict, judgement.at)) {
        Some((Verdict::Pass | Verdict::Degraded, _)) => None,
        Some((Verdict::Fail, at)) => failing.or(Some(at)),
        Some((Verdict::Unknown | Verdict::Skipped, _)) | None => failing,
    };
    let lasts = |since| Duration::try_from(now.duration_since(since)).unwrap_or_default();
    since.is_some_and(|since| lasts(since) <= PARENT_PATIENCE)
}

/// Whether it was down when the child's trouble began or after, is good again, and the child was not seen to be bad
/// since: what is known of the child is of the time before.
fn returned(
    child: &SuppressionFacts<'_>,
    row: &Row,
    parent: &SuppressionFacts<'_>,
    state: &Row,
    now: Timestamp,
) -> bool {
    let closed = state.confirmed.incident.as_ref().and_then(|incident| incident.closed_at);
    let Some(closed) = closed.filter(|closed| *closed >= row.confirmed.since) else { return false };
    // The probes of one run are made beside each other, so those of the run that saw it return say nothing yet.
    let returns_now = parent.judgement.is_some_and(|judgement| judgement.at == closed);
    let is_bad = child.judgement.is_some_and(|judgement| match judgement.verdict {
        Verdict::Fail | Verdict::Degraded => judgement.at > closed,
        Verdict::Pass | Verdict::Unknown | Verdict::Skipped => false,
    });
    let seen_since = is_bad && !returns_now;
    !seen_since && now <= after(closed, child.monitor.interval * 2)
}

pub fn after(at: Timestamp, by: Duration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}

pub fn before(at: Timestamp, by: Duration) -> Timestamp {
    at.saturating_sub(by).unwrap_or(Timestamp::MIN)
}
