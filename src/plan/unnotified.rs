//! Monitors of which no channel would take a DOWN any more: they are watched, and no one learns of their outage. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::{CatalogSettings, Live, Plan, Risk, Stored, Unedited, WeakenedField, fields};
use crate::channels::written_policy;
use crate::monitor::{AlertPolicy, ChannelPolicy, MonitorId};

/// The fields of a monitor that say who is notified.
const FIELDS: [&str; 2] = ["alert.severity", "alert.to"];

/// Which alerts the channels of a catalog take.
struct Policies(BTreeMap<String, ChannelPolicy>);

impl Policies {
    fn of(settings: &CatalogSettings) -> Self {
        let written = settings.channels.iter();
        Self(written.filter_map(|(name, fields)| Some((name.clone(), written_policy(fields)?))).collect())
    }

    /// Whether no channel leaves out anything but reminders.
    fn take_everything(&self) -> bool {
        let all = ChannelPolicy::default().severities;
        self.0.values().all(|policy| policy.after.is_none() && policy.severities == all)
    }

    fn notify(&self, alert: &AlertPolicy) -> bool {
        alert.is_notified(|name| self.0.get(name.as_str()).cloned())
    }
}

/// Marks as lost what is notified now and would not be after the plan: a change by its own fields, or monitors by the
/// settings alone.
pub(super) fn mark(plan: &mut Plan, live: Live<'_>) {
    let after = Policies::of(&plan.settings.after);
    if after.take_everything() {
        return;
    }
    let before = live.head.map(|head| Policies::of(&head.settings));
    let is_ours = |item: &Stored| {
        item.owner.is_some() && (item.owner.as_ref() == Some(&plan.owner) || item.owner == plan.renamed_from)
    };
    let ours: Vec<_> = live
        .items
        .iter()
        .filter(|item| is_ours(item) && item.is_enabled() && item.retired_at.is_none())
        .collect();
    let mut changes: BTreeMap<MonitorId, _> = BTreeMap::new();
    for change in &mut plan.changes {
        if let Some(id) = change.stored().map(|item| item.id.clone()) {
            changes.insert(id, change);
        }
    }
    let mut unnotified = BTreeSet::new();
    let mut names = BTreeSet::new();
    for item in ours {
        let spec = changes.get(&item.id).and_then(|change| change.before_edit()).unwrap_or(&item.spec);
        let Some(was) = (live.reading.meaning)(&item.id, spec).map(|monitor| monitor.alert) else {
            continue;
        };
        if !before.as_ref().is_none_or(|before| before.notify(&was)) {
            continue;
        }
        let desired = match changes.get(&item.id) {
            None => Some(was.clone()),
            Some(change) => change
                .desired()
                .filter(|desired| desired.monitor.enabled)
                .map(|desired| desired.monitor.alert.clone()),
        };
        let Some(desired) = desired.filter(|alert| !after.notify(alert)) else { continue };
        let is_own = (&was.to, was.severity) != (&desired.to, desired.severity);
        if let Some(change) = changes.get_mut(&item.id).filter(|_| is_own) {
            change.risk = Risk::Loss;
            let lost = FIELDS.map(|path| WeakenedField { path: path.to_owned(), risk: Risk::Loss });
            fields::mark(&mut change.fields, &lost);
            if let Some(Unedited { fields, risk }) = &mut change.unedited {
                fields::mark(fields, &lost);
                *risk = fields.iter().map(|field| field.risk).max().unwrap_or_default().max(*risk);
            }
        } else {
            names.extend(desired.to);
            unnotified.insert(item.id.clone());
        }
    }
    let lost = |name| WeakenedField { path: format!("channels.{name}"), risk: Risk::Loss };
    fields::mark(&mut plan.settings.fields, &names.into_iter().map(lost).collect::<Vec<_>>());
    plan.rerouted.retain(|id| !unnotified.contains(id));
    plan.unnotified = unnotified.into_iter().collect();
}
