//! Desired against stored gives a plan.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{
    Action, ActiveMonitors, Before, Blocker, CatalogSettings, Change, Claim, Desired, Drift, EditFate,
    Holder, LeftOut, Live, PageTexts, Plan, Risk, Scope, SettingsChange, Stored, TableEdit, Unread,
    WeakenedField, compared, differences, fields, rename_candidates, rerouted, secret_hosts, unnotified,
    weak_from_the_start,
};
use crate::monitor::{MonitorId, Spec, Traits};

/// Compares both sides. The order of the inputs does not matter.
pub fn plan(
    owner: &str,
    settings: &CatalogSettings,
    desired: &[Arc<Desired>],
    live: Live<'_>,
    scope: &Scope,
) -> Plan {
    let planner = Planner::new(owner, live, scope);
    let mut plan = planner.blank(change_of_settings(live.head.map(|head| &head.settings), settings));
    plan.desired = desired.len();
    (plan.blocked, plan.unread) = divide(owner, live);
    let mut handled = BTreeSet::new();
    for desired in desired {
        handled.insert(&desired.id);
        match planner.compare(desired) {
            Compared::Same => plan.unchanged += 1,
            Compared::Differs(action) => {
                if let Action::Move { from, .. } = action.as_ref() {
                    handled.extend(planner.items.get_key_value(&from.id).map(|(id, _)| *id));
                }
                plan.changes.push(planner.weigh(*action));
            }
            Compared::Claimed(claim) => plan.claims.push(claim),
            Compared::Hindered(blocker) => plan.left_out.extend(planner.left_out(desired, blocker)),
        }
    }
    let goes_on: BTreeSet<_> = plan.left_out.iter().filter_map(LeftOut::origin).cloned().collect();
    let is_kept = |id: &MonitorId| handled.contains(id) || goes_on.contains(id);
    plan.left_out.extend(planner.unread_removals(is_kept));
    for (id, item) in &planner.items {
        if !planner.is_ours(item) {
            if !(handled.contains(id) && scope.gives(item)) {
                plan.count_foreign(item);
            }
        } else if item.retired_at.is_none() && !handled.contains(id) {
            plan.changes.push(planner.weigh(Action::Remove { stored: (*item).clone() }));
        }
    }
    planner.narrow(&mut plan, desired);
    planner.reroute(&mut plan);
    unnotified::mark(&mut plan, live);
    secret_hosts::mark(&mut plan, live);
    finish(&mut plan);
    plan.rename_candidates = rename_candidates(&plan.changes);
    plan
}

/// Puts a plan that has all its changes in order, and says what is watched after it.
pub(super) fn finish(plan: &mut Plan) {
    let gain: isize = plan.changes.iter().map(Change::gain).sum();
    // What takes the name of another owner was counted before.
    let counted = plan.handed_over().filter_map(Change::stored).filter(|item| item.is_enabled()).count();
    let gain = gain.saturating_sub_unsigned(counted);
    plan.active_monitors.after = plan.active_monitors.before.saturating_add_signed(gain);
    plan.changes.sort_by_cached_key(Change::order);
    plan.claims.sort_by(|a, b| a.id.cmp(&b.id));
    plan.left_out.sort_by(|a, b| a.id.cmp(&b.id));
}

/// Counts the items that are not ours.
pub(super) fn count_others(plan: &mut Plan, items: &[Stored]) {
    for item in items {
        if item.owner.as_ref() != Some(&plan.owner) {
            plan.count_foreign(item);
        }
    }
}

/// Items that do not read: the head of this catalog, and the others, sorted.
pub(super) fn divide(owner: &str, live: Live<'_>) -> (Option<Unread>, Vec<Unread>) {
    let is_ours = |item: &Unread| item.head_of.as_deref() == Some(owner);
    let (head, mut others): (Vec<_>, Vec<_>) = live.unread_by(owner).cloned().partition(is_ours);
    others.sort_by(|a, b| a.key.cmp(&b.key));
    (head.into_iter().next(), others)
}

enum Compared {
    Same,
    Differs(Box<Action>),
    Claimed(Claim),
    Hindered(Blocker),
}

pub(super) struct Planner<'a> {
    owner: &'a str,
    items: BTreeMap<&'a MonitorId, &'a Stored>,
    unread: BTreeMap<&'a str, &'a Unread>,
    live: Live<'a>,
    scope: &'a Scope,
}

impl<'a> Planner<'a> {
    pub(super) fn new(owner: &'a str, live: Live<'a>, scope: &'a Scope) -> Self {
        // What others would have to write anew is to us an item that does not read.
        let reads = |item: &&Stored| item.damage.is_none() || item.is_damaged_of(owner);
        let items = live.items.iter().filter(reads).map(|item| (&item.id, item)).collect();
        let unread = live.unread_by(owner).map(|item| (item.key.as_str(), item)).collect();
        Self { owner, items, unread, live, scope }
    }

    /// The item of that id, if it does not read and is not ours to write anew.
    pub(super) fn unread(&self, id: &MonitorId) -> Option<&'a Unread> {
        self.unread.get(id.as_str()).copied()
    }

    pub(super) fn item(&self, id: &MonitorId) -> Option<&'a Stored> {
        self.items.get(id).copied()
    }

    /// A plan that changes no monitor yet.
    pub(super) fn blank(&self, settings: SettingsChange) -> Plan {
        let covered = self.ours().filter(|item| item.is_enabled()).count();
        Plan {
            owner: self.owner.to_owned(),
            renamed_from: self.scope.rename_owner.clone(),
            base: self.live.head.map(|head| head.generation),
            changes: Vec::new(),
            settings,
            unchanged: 0,
            owned: self.ours().count(),
            desired: 0,
            active_monitors: ActiveMonitors { before: covered, after: covered },
            outside: 0,
            foreign: BTreeMap::new(),
            unmanaged: 0,
            claims: Vec::new(),
            blocked: None,
            unread: Vec::new(),
            left_out: Vec::new(),
            rerouted: Vec::new(),
            unnotified: Vec::new(),
            rename_candidates: Vec::new(),
            restores: BTreeMap::new(),
        }
    }

    /// The monitors of this owner, without tombstones.
    fn ours(&self) -> impl Iterator<Item = &&'a Stored> {
        self.items.values().filter(|item| self.is_ours(item) && item.retired_at.is_none())
    }

    /// Whether an item is of this owner, or of the one that takes its name.
    fn is_ours(&self, item: &Stored) -> bool {
        item.owner.as_deref().is_some_and(|owner| self.is_our_name(owner))
    }

    fn is_our_name(&self, owner: &str) -> bool {
        owner == self.owner || self.scope.renames(owner)
    }

    fn compare(&self, desired: &Arc<Desired>) -> Compared {
        if self.unread.contains_key(desired.id.as_str()) {
            return Compared::Hindered(Blocker::Item);
        }
        let is_arrival = self.items.get(&desired.id).is_none_or(|item| item.retired_at.is_some());
        if let Some(from) = desired.moved_from.as_ref().filter(|from| is_arrival && self.may_be_ours(from)) {
            return Compared::Hindered(Blocker::Origin(from.clone()));
        }
        let desired_too = || Arc::clone(desired);
        Compared::Differs(Box::new(match self.items.get(&desired.id).copied() {
            None => self.arrival(desired, Before::Absent),
            // An id that its owner gave up is free, whichever owner that was.
            Some(item) if item.retired_at.is_some() => self.arrival(desired, Before::of(item)),
            Some(item)
                if item.owner.as_deref() != Some(self.owner)
                    && !self.scope.gives(item)
                    && !self.is_pulled(item, desired) =>
            {
                let Desired { id, place, .. } = desired.as_ref();
                return Compared::Claimed(Claim {
                    id: id.clone(),
                    place: place.clone(),
                    holder: item.owner.clone(),
                    wanted: desired.spec.fingerprint(),
                    before: Before::of(item),
                });
            }
            Some(item) if item.owner.as_deref() != Some(self.owner) => {
                Action::Adopt { desired: desired_too(), stored: item.clone() }
            }
            // A line that moved within its file is no change: a comment above must not rewrite every item below.
            Some(item) if self.agrees(item, desired) && !is_kept_edit(item, desired) => {
                return Compared::Same;
            }
            Some(item) => Action::Update { desired: desired_too(), stored: item.clone() },
        }))
    }

    /// Whether a live monitor of ours may stand under this id, in an item that does not read.
    fn may_be_ours(&self, id: &MonitorId) -> bool {
        self.unread.get(id.as_str()).is_some_and(|item| match &item.holder {
            Holder::Unknown => true,
            Holder::Owner(owner) => self.is_our_name(owner),
            Holder::Unmanaged => false,
        })
    }

    /// A monitor of the files that is left as it is, if it is meant.
    fn left_out(&self, desired: &Desired, blocker: Blocker) -> Option<LeftOut> {
        let Desired { id, place, .. } = desired;
        let left_out = LeftOut { id: id.clone(), place: Some(place.clone()), blocker };
        let is_meant =
            self.scope.takes(desired) || left_out.origin().is_some_and(|from| self.scope.takes_unread(from));
        is_meant.then_some(left_out)
    }

    /// Monitors of ours that would be removed if they could be read. One that says no owner may be anybody's.
    fn unread_removals(&self, is_kept: impl Fn(&MonitorId) -> bool) -> Vec<LeftOut> {
        let is_ours =
            |item: &&&Unread| matches!(&item.holder, Holder::Owner(owner) if self.is_our_name(owner));
        let ids = self.unread.values().filter(is_ours).filter_map(|item| MonitorId::parse(&item.key).ok());
        ids.filter(|id| !is_kept(id) && self.scope.takes_unread(id))
            .map(|id| LeftOut { id, place: None, blocker: Blocker::Removal })
            .collect()
    }

    /// A monitor under an id that is free: new, or moved here from one of ours.
    fn arrival(&self, desired: &Arc<Desired>, before: Before) -> Action {
        let desired = Arc::clone(desired);
        let from = desired.moved_from.as_ref().and_then(|from| self.items.get(from));
        let is_ours = |item: &&&Stored| self.is_ours(item) && item.retired_at.is_none();
        match from.filter(is_ours) {
            Some(from) => Action::Move { from: (*from).clone(), desired, before },
            None => Action::Create { desired, before },
        }
    }

    /// What an action changes, and what that costs.
    pub(super) fn weigh(&self, action: Action) -> Change {
        let (mut fields, mut unchanged, mut risk) = (Vec::new(), 0, Risk::None);
        let mut edit = None;
        let (id, drift) = match &action {
            Action::Create { desired, .. } => {
                fields = differences(&Spec::default(), &desired.spec);
                // No file has a literal credential; what an undo brings back may.
                fields::hide(&mut fields, &[], &(self.live.reading.secrets)(&desired.spec));
                fields::mark(&mut fields, &weak_from_the_start(&desired.monitor));
                (desired.id.clone(), None)
            }
            Action::Remove { stored } => {
                risk = if stored.is_enabled() { Risk::Loss } else { Risk::None };
                (stored.id.clone(), stored.is_edited().then(|| Drift::of(stored)))
            }
            Action::Update { desired, stored }
            | Action::Adopt { desired, stored }
            | Action::Move { desired, from: stored, .. } => {
                (fields, risk) = compared(&stored.id, &self.spelled(stored), desired, self.live.reading);
                unchanged = fields::unchanged(&fields, &desired.spec);
                let is_ours = stored.owner.as_deref() == Some(self.owner);
                if is_ours && self.agrees(stored, desired) && is_kept_edit(stored, desired) {
                    edit = Some(TableEdit { before: None, fate: EditFate::Kept });
                    // As long as the earlier values are not known, it may have been enabled.
                    risk = if desired.monitor.enabled { Risk::None } else { Risk::Loss };
                }
                let is_drift = is_ours && stored.is_edited() && edit.is_none();
                (desired.id.clone(), is_drift.then(|| Drift::of(stored)))
            }
        };
        let secret_hosts = Vec::new();
        let mut change = Change {
            id,
            action,
            fields,
            unchanged,
            risk,
            secret_hosts,
            cause: None,
            drift,
            unedited: None,
            edit,
        };
        change.name_inherited();
        change
    }

    /// Whether an item without an owner is what the file says, as `pull --unmanaged` writes it: to take it over changes
    /// nothing of it.
    fn is_pulled(&self, item: &Stored, desired: &Desired) -> bool {
        item.owner.is_none() && self.agrees(item, desired)
    }

    fn agrees(&self, item: &Stored, desired: &Desired) -> bool {
        item.spec == desired.spec || self.spelled(item) == desired.spec
    }

    /// The spec of an item in the spelling of this version: neither another version nor a hand that wrote the same in
    /// another way makes a plan by itself.
    fn spelled(&self, item: &Stored) -> Spec {
        (self.live.reading.spelling)(&item.spec)
    }

    /// Finds the monitors whose alerts go elsewhere because of the settings alone. One that is lost has no alerts; one
    /// that is disabled has none to lose.
    pub(super) fn reroute(&self, plan: &mut Plan) {
        let Some(head) = self.live.head else { return };
        let moved = rerouted(&head.settings, &plan.settings.after);
        if moved.is_empty() {
            return;
        }
        let lost =
            |change: &&Change| change.risk == Risk::Loss || matches!(change.action, Action::Remove { .. });
        let lost: BTreeSet<_> =
            plan.changes.iter().filter(lost).filter_map(Change::stored).map(|item| &item.id).collect();
        let goes_by =
            |item: &Stored| (self.live.reading.meaning)(&item.id, &item.spec).map(|monitor| monitor.alert.to);
        let is_moved = |item: &&&Stored| {
            item.is_enabled()
                && !lost.contains(&item.id)
                && goes_by(item)
                    .is_some_and(|to| moved.iter().any(|name| to.iter().any(|to| to.as_str() == name)))
        };
        plan.rerouted = self.ours().filter(is_moved).map(|item| item.id.clone()).collect();
    }

    /// Leaves what is in scope. Without the rest of the catalog, its settings are not touched either.
    fn narrow(&self, plan: &mut Plan, desired: &[Arc<Desired>]) {
        let Some(only) = &self.scope.only else { return };
        let takes = |id: &MonitorId, spec: &Spec| only.takes(&Traits::of(id, spec));
        let is_inside = |change: &Change| {
            let stored = change.stored().is_some_and(|stored| takes(&stored.id, &stored.spec));
            stored || change.desired().is_some_and(|desired| takes(&desired.id, &desired.spec))
        };
        let all = plan.size() + plan.claims.len();
        plan.changes.retain(is_inside);
        plan.settings = SettingsChange {
            after: self.live.head.map(|head| head.settings.clone()).unwrap_or_default(),
            fields: Vec::new(),
        };
        // As of a change: one side is enough, or a plan that cannot do what it was asked for would say that it is done.
        let wanted: BTreeSet<_> =
            desired.iter().filter(|desired| self.scope.takes(desired)).map(|desired| &desired.id).collect();
        plan.claims.retain(|claim| {
            let stored = self.items.get(&claim.id).is_some_and(|item| takes(&item.id, &item.spec));
            stored || wanted.contains(&claim.id)
        });
        plan.outside = all - plan.size() - plan.claims.len();
    }
}

/// Whether a hand wrote what the files say now, and sync wrote something else before.
fn is_kept_edit(item: &Stored, desired: &Desired) -> bool {
    let is_put_back = || item.fingerprint.as_ref() == Some(&desired.spec.fingerprint());
    item.damage.is_none() && item.is_edited() && !is_put_back()
}

pub(super) fn change_of_settings(
    before: Option<&CatalogSettings>,
    after: &CatalogSettings,
) -> SettingsChange {
    let spec = |settings: &CatalogSettings| {
        let CatalogSettings { channels, canaries, pages: PageTexts { pages, notices } } = settings;
        let channels = channels.iter().map(|(name, fields)| (name.clone(), Value::Object(fields.clone())));
        let mut fields = Map::from_iter([("channels".to_owned(), Value::Object(channels.collect()))]);
        if !canaries.is_empty() {
            let canaries = canaries.iter().map(|canary| Value::from(canary.as_str())).collect();
            fields.insert("canaries".to_owned(), Value::Array(canaries));
        }
        for (name, texts) in [("pages", pages), ("notices", notices)] {
            let texts = texts.iter().map(|(file, text)| (file.clone(), Value::from(text.as_str())));
            fields.insert(name.to_owned(), Value::Object(texts.collect()));
        }
        Spec::new(fields)
    };
    let mut fields = differences(&before.map(spec).unwrap_or_default(), &spec(after));
    let moved = before.map(|before| rerouted(before, after)).unwrap_or_default();
    let weak = |name| WeakenedField { path: format!("channels.{name}"), risk: Risk::Weaker };
    fields::mark(&mut fields, &moved.into_iter().map(weak).collect::<Vec<_>>());
    SettingsChange { after: after.clone(), fields }
}
