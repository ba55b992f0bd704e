//! The way back: a plan that makes the items of a run what they were before it. Pure.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::environment::{environment_after, note};
use super::planning::{Planner, change_of_settings, count_others, divide, finish};
use super::{
    Action, Before, Blocker, CatalogSettings, Desired, ItemLeft, LeftOut, Live, Plan, RunPage, Scope,
    SettingsWritten, SpecReading, Stored, WrittenItem, unnotified,
};
use crate::monitor::{MOST_FORMER_IDS, MonitorId, Place, Selector, Traits};

/// Why something that a run did cannot be taken back.
#[derive(Debug, Clone, PartialEq)]
pub enum Obstacle {
    /// The item is not as the run left it.
    Changed { id: MonitorId, now: Option<Box<Stored>> },
    /// The item does not read.
    Unreadable { id: MonitorId, why: String },
    /// What was there before is no monitor to this version.
    Senseless { id: MonitorId },
    /// The catalog settings are not as the run left them.
    Settings,
}

/// Plans to take a run back: what it wrote becomes what it found, nothing else is touched.
///
/// A monitor that the run created is retired, one that it removed comes back, one that it moved goes back under its
/// old id, with its state. What is already as it was is left alone.
pub fn undo(
    owner: &str,
    pages: &[RunPage],
    live: Live<'_>,
    only: Option<&Selector>,
) -> Result<Plan, Vec<Obstacle>> {
    let scope = Scope::default();
    let planner = Planner::new(owner, live, &scope);
    let written = pages.iter().flat_map(|page| &page.items).map(|item| (&item.id, item)).collect();
    let mut undoing =
        Undoing { written, live, planner: &planner, only, obstacles: Vec::new(), left_out: Vec::new() };
    let mut restores = BTreeMap::new();
    let mut actions = Vec::new();
    let inside: Vec<_> = undoing.written.values().copied().filter(|item| undoing.is_inside(item)).collect();
    for item in inside {
        if let Some((action, restored)) = undoing.way_back(item) {
            restores.extend(restored.map(|item| (item.id.clone(), item)));
            actions.push(action);
        }
    }
    let settings = undoing.settings(pages);
    if !undoing.obstacles.is_empty() {
        return Err(undoing.obstacles);
    }
    let left_out = undoing.left_out;
    let settings = change_of_settings(live.head.map(|head| &head.settings), &settings);
    let mut plan = planner.blank(settings);
    let (blocked, others) = divide(owner, live);
    plan.unread = others.into_iter().chain(blocked).collect();
    plan.left_out = left_out;
    plan.changes = actions.into_iter().map(|action| planner.weigh(action)).collect();
    plan.restores = restores;
    if only.is_none() {
        let now = live.head.and_then(|head| head.environment.as_deref());
        note(&mut plan, now, environment_after(pages, live.head));
    }
    count_others(&mut plan, live.items);
    planner.reroute(&mut plan);
    unnotified::mark(&mut plan, live);
    finish(&mut plan);
    plan.desired = plan.owned_after();
    plan.unchanged = plan.owned.saturating_sub(plan.changes.iter().filter(|c| c.stored().is_some()).count());
    Ok(plan)
}

struct Undoing<'a> {
    written: BTreeMap<&'a MonitorId, &'a WrittenItem>,
    live: Live<'a>,
    planner: &'a Planner<'a>,
    only: Option<&'a Selector>,
    obstacles: Vec<Obstacle>,
    /// What stays as it is, because what was there before did not read.
    left_out: Vec<LeftOut>,
}

impl<'a> Undoing<'a> {
    fn now(&self, id: &MonitorId) -> Option<&'a Stored> {
        self.planner.item(id)
    }

    /// The other half of a move: where the monitor went, or where it came from.
    fn partner(&self, item: &WrittenItem) -> Option<&'a WrittenItem> {
        let came_from = item.moved_from.as_ref().and_then(|from| self.written.get(from));
        let went_to = || self.written.values().find(|other| other.moved_from.as_ref() == Some(&item.id));
        came_from.or_else(went_to).copied()
    }

    fn is_inside(&self, item: &WrittenItem) -> bool {
        let Some(only) = self.only else { return true };
        let takes = |item: &WrittenItem| {
            let sides = [item.before.as_ref(), self.now(&item.id)];
            sides.into_iter().flatten().any(|side| only.takes(&Traits::of(&side.id, &side.spec)))
        };
        takes(item) || self.partner(item).is_some_and(takes)
    }

    /// What makes an item what it was, and what that is, if it is there afterwards.
    fn way_back(&mut self, item: &WrittenItem) -> Option<(Action, Option<Stored>)> {
        let id = &item.id;
        let now = self.now(id);
        if let Some(unread) = self.planner.unread(id) {
            self.obstacles.push(Obstacle::Unreadable { id: id.clone(), why: unread.why.clone() });
            return None;
        }
        if item.was_live().is_some_and(|before| before.damage.is_some()) {
            // Nothing goes back to what did not read.
            self.left_out.push(LeftOut { id: id.clone(), place: None, blocker: Blocker::Item });
            return None;
        }
        let is_live = now.filter(|now| now.retired_at.is_none());
        let (before, after) = (item.was_live(), is_live);
        let is_as_before = match (before, after) {
            (None, None) => true,
            (Some(before), Some(now)) => is_same(before, now),
            (None, Some(_)) | (Some(_), None) => false,
        };
        if is_as_before {
            return None;
        }
        if !item.left.is(now) && !self.is_wreck(item, now) {
            let now = now.cloned().map(Box::new);
            self.obstacles.push(Obstacle::Changed { id: id.clone(), now });
            return None;
        }
        let Some(before) = before else {
            // One that was moved here goes with the way back of its old id.
            let goes_back =
                item.moved_from.is_some() && self.partner(item).is_some_and(|old| self.is_way_to(old));
            return after.filter(|_| !goes_back).map(|now| (Action::Remove { stored: now.clone() }, None));
        };
        let Some(desired) = desired(self.live.reading, before).map(Arc::new) else {
            self.obstacles.push(Obstacle::Senseless { id: id.clone() });
            return None;
        };
        Some(match (after, self.moved_to(item)) {
            (Some(now), _) => (Action::Update { desired, stored: now.clone() }, Some(before.clone())),
            (None, Some(moved)) => {
                let mut formerly = vec![moved.id.clone()];
                formerly.extend(moved.formerly.iter().filter(|former| *former != id).cloned());
                formerly.truncate(MOST_FORMER_IDS);
                let restored = Stored { formerly, ..before.clone() };
                (Action::Move { desired, from: moved.clone(), before: found(now) }, Some(restored))
            }
            (None, None) => (Action::Create { desired, before: found(now) }, Some(before.clone())),
        })
    }

    /// Whether an item is what the run left, made senseless since: nothing that anybody could use is lost with it.
    fn is_wreck(&self, item: &WrittenItem, now: Option<&Stored>) -> bool {
        let (Some(now), ItemLeft::Live { spec: _, fingerprint, owner }) = (now, &item.left) else {
            return false;
        };
        let is_senseless = now.damage.is_some() || (self.live.reading.meaning)(&now.id, &now.spec).is_none();
        let is_marked =
            now.fingerprint == *fingerprint || (now.damage.is_some() && now.fingerprint.is_none());
        now.retired_at.is_none() && is_senseless && is_marked && now.owner == *owner
    }

    /// Whether an old id gets its monitor back by a move.
    fn is_way_to(&self, old: &WrittenItem) -> bool {
        let now = self.now(&old.id);
        old.was_live().is_some() && now.is_none_or(|now| now.retired_at.is_some())
    }

    /// The monitor that stands under another id since the run, and was this one.
    fn moved_to(&self, item: &WrittenItem) -> Option<&'a Stored> {
        let other = self.partner(item).filter(|other| other.moved_from.as_ref() == Some(&item.id))?;
        let now = self.now(&other.id);
        now.filter(|_| other.left.is(now) && other.was_live().is_none())
    }

    /// The settings as they were before the run.
    fn settings(&mut self, pages: &[RunPage]) -> CatalogSettings {
        let now = self.live.head.map(|head| head.settings.clone()).unwrap_or_default();
        match pages.first().and_then(|page| page.run.settings.as_ref()) {
            Some(SettingsWritten { before, after: _ }) if self.only.is_none() && *before != now => {
                let is_as_left = pages
                    .iter()
                    .all(|page| page.run.settings.as_ref().is_some_and(|settings| settings.after == now));
                if !is_as_left {
                    self.obstacles.push(Obstacle::Settings);
                }
                before.clone()
            }
            Some(_) | None => now,
        }
    }
}

fn found(now: Option<&Stored>) -> Before {
    now.map_or(Before::Absent, Before::of)
}

/// Whether two items are the same but for who wrote them when.
fn is_same(one: &Stored, other: &Stored) -> bool {
    one.spec == other.spec && one.fingerprint == other.fingerprint && one.owner == other.owner
}

fn desired(reading: SpecReading, item: &Stored) -> Option<Desired> {
    let Stored { id, spec, source, .. } = item;
    let monitor = (reading.meaning)(id, spec)?;
    let source = source.as_deref().unwrap_or("the table");
    let place = source
        .rsplit_once(':')
        .and_then(|(file, line)| Some(Place { file: file.to_owned(), line: line.parse().ok()? }));
    let place = place.unwrap_or_else(|| Place { file: source.to_owned(), line: 1 });
    let inherited = BTreeMap::new();
    Some(Desired { id: id.clone(), spec: spec.clone(), monitor, place, moved_from: None, inherited })
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed { id, now: None } => write!(f, "{id} was deleted since"),
            Self::Changed { id, now: Some(now) } => match (&now.retired_at, &now.owner, now.is_edited()) {
                (Some(at), _, _) => write!(f, "{id} was removed since, at {at}"),
                (None, _, true) => write!(f, "{id} was edited by hand since"),
                (None, owner, false) => {
                    write!(f, "{id} was changed again")?;
                    if let Some(at) = now.synced_at {
                        write!(f, " at {at}")?;
                    }
                    if let Some(owner) = owner {
                        write!(f, " by {owner}")?;
                    }
                    now.commit.as_ref().map_or(Ok(()), |commit| write!(f, " (commit {commit})"))
                }
            },
            Self::Unreadable { id: _, why } => f.write_str(why),
            Self::Senseless { id } => write!(f, "the earlier {id} is not valid in this version"),
            Self::Settings => f.write_str("the catalog settings were changed again"),
        }
    }
}
