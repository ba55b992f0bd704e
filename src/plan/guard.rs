//! When a plan must not be applied. The numbers guard coverage, not deletions: every monitor that is not watched any
//! more counts, however it comes.
//!
//! octoDNS guards 30 %, but only from ten records up, so that eight of nine can go; Argo CD and kapp guard only
//! "everything". Here small catalogs are guarded as well, and an override names its number.

use std::fmt;

use super::{
    Action, Change, Claim, Overrides, Plan, Risk, Rollback, SecretHost, Succession, UnknownOrder, Unread,
};
use crate::monitor::{MonitorId, count};

/// Monitors that one sync may lose, however many there are.
const MOST_LOST: usize = 25;

/// Monitors that are watched less closely, in percent of all, that one sync may make.
const MOST_WEAKER: usize = 30;

/// Secrets on new ways, or monitors, that a refusal names; the plan has all of them.
const MOST_NAMED: usize = 5;

/// A few may always be weakened: a third of three monitors is one.
const FEW_WEAKER: usize = 2;

/// A reason not to apply a plan. All of them are listed, not just the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The repository wants no monitor at all: a half-mounted folder, or a wrong path (trap 12).
    NothingDesired { owned: usize },
    /// More monitors would be lost than a sync may lose.
    Losses { lost: usize, limit: usize },
    /// The same, where monitors are still watched among them, but no channel takes their DOWN any more.
    Unnotified { lost: usize, unnotified: usize, limit: usize },
    /// What is stored under this id says that it may not go.
    Protected { id: MonitorId, exposure: Exposure },
    /// More monitors would be watched less closely than a sync may do.
    Weakenings { weaker: usize, limit: usize },
    /// Monitors would send secrets that are stored already to hosts that these did not go to before.
    SecretHosts { monitors: usize, ways: Vec<(MonitorId, SecretHost)> },
    /// What is applied is newer than what comes (trap 24).
    Rollback { applied: String, incoming: String },
    /// What comes lacks the applied commit, and would take back what that one or another unseen one wrote.
    Diverged { applied: String, incoming: String, undone: Vec<MonitorId> },
    /// What comes may be older than what is applied.
    OrderUnknown { applied: String, reason: UnknownOrder },
    /// Monitors would be removed that nothing of this repository brought.
    FirstSync { removed: usize, origin: Option<String> },
    /// The id is stored under another owner, or was put in by hand.
    Claimed(Claim),
    /// Nothing of this owner is stored, and another one has most of its monitors: most likely `owner:` was changed.
    OwnerRenamed { former: String, claims: Vec<Claim> },
    /// The table has the catalog of another environment.
    OtherEnvironment { stored: String, chosen: Option<String> },
    /// The table has monitors and belongs to no environment yet; this would give it to one.
    TableClaim { environment: String, monitors: usize },
    /// The head of the catalog is unreadable, so what was applied is unknown.
    Blocked(Unread),
}

/// What would become of a protected monitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exposure {
    /// It would no longer be watched.
    Lost,
    /// It would go on under this id, without its protection.
    Moved(MonitorId),
    /// It would be taken over without its protection.
    Taken,
}

/// How many of `enabled` monitors one sync may lose: a tenth, but 2 always and 25 at most; 1 of fewer than five.
pub fn loss_limit(enabled: usize) -> usize {
    match enabled {
        0..5 => 1,
        _ => (enabled / 10).clamp(2, MOST_LOST),
    }
}

/// How many of `enabled` monitors one sync may watch less closely.
pub fn weaker_limit(enabled: usize) -> usize {
    (enabled * MOST_WEAKER / 100).max(FEW_WEAKER)
}

/// Every reason not to apply `plan`.
pub fn refusals(plan: &Plan, overrides: &Overrides, succession: &Succession) -> Vec<Refusal> {
    let Overrides { allow_loss, allow_weaker, allow_secret_host, rollback, .. } = overrides;
    let mut found = Vec::new();
    if plan.desired == 0 {
        found.push(Refusal::NothingDesired { owned: plan.owned });
    }
    let (lost, limit) = (plan.count_lost(), loss_limit(plan.active_monitors.before));
    if lost > limit.max(allow_loss.unwrap_or_default()) {
        found.push(match plan.count_unnotified() {
            0 => Refusal::Losses { lost, limit },
            unnotified => Refusal::Unnotified { lost, unnotified, limit },
        });
    }
    found.extend(plan.changes.iter().filter_map(exposed));
    let (weaker, limit) = (plan.count_weaker(), weaker_limit(plan.active_monitors.before));
    if weaker > limit.max(allow_weaker.unwrap_or_default()) {
        found.push(Refusal::Weakenings { weaker, limit });
    }
    found.extend(secrets_elsewhere(plan, allow_secret_host.unwrap_or_default()));
    match rollback {
        Rollback::Refused => found.extend(order_refusal(plan, succession)),
        Rollback::Allowed => {}
    }
    match former_owner(plan) {
        Some(former) => {
            found.push(Refusal::OwnerRenamed { former: former.to_owned(), claims: plan.claims.clone() });
        }
        None => found.extend(plan.claims.iter().cloned().map(Refusal::Claimed)),
    }
    found.extend(plan.blocked.iter().cloned().map(Refusal::Blocked));
    found
}

/// Why the order of commits speaks against `plan`, whatever is allowed.
pub(super) fn order_refusal(plan: &Plan, succession: &Succession) -> Option<Refusal> {
    match succession {
        Succession::Onwards => None,
        Succession::Backwards { applied, incoming } => {
            Some(Refusal::Rollback { applied: applied.clone(), incoming: incoming.clone() })
        }
        Succession::Diverged { applied, incoming, unseen } => {
            let undone: Vec<_> = plan.rewritten().filter(|id| unseen.contains(id)).cloned().collect();
            // Settings do not say which commit wrote them.
            (!undone.is_empty() || !plan.settings.fields.is_empty()).then(|| Refusal::Diverged {
                applied: applied.clone(),
                incoming: incoming.clone(),
                undone,
            })
        }
        Succession::Unknown { applied, reason } => {
            Some(Refusal::OrderUnknown { applied: applied.clone(), reason: reason.clone() })
        }
        Succession::Unrelated { origin } => {
            let removed = plan.changes.iter().filter(|change| is_removal(change)).count();
            (removed > 0).then(|| Refusal::FirstSync { removed, origin: origin.clone() })
        }
    }
}

/// The owner that this one most likely was before: it has at least half of what is wanted, and that is at least half of
/// what it has. One monitor says nothing: two repositories may have the same id.
fn former_owner(plan: &Plan) -> Option<&str> {
    let owner = plan.claims.first()?.holder.as_deref()?;
    let claims = plan.claims.len();
    let is_only_one = plan.claims.iter().all(|claim| claim.holder.as_deref() == Some(owner));
    let theirs = plan.foreign.get(owner).copied().unwrap_or_default();
    let is_most = claims > 1 && claims * 2 >= plan.desired && claims * 2 >= theirs;
    (plan.owned == 0 && is_only_one && is_most).then_some(owner)
}

/// One secret on a new way is one too many: only its reviewer knows that host.
fn secrets_elsewhere(plan: &Plan, allowed: usize) -> Option<Refusal> {
    let monitors = plan.secret_senders().count();
    let of_change = |change: &Change| {
        change.secret_hosts.iter().map(|way| (change.id.clone(), way.clone())).collect::<Vec<_>>()
    };
    (monitors > allowed)
        .then(|| Refusal::SecretHosts { monitors, ways: plan.secret_senders().flat_map(of_change).collect() })
}

/// Whether a monitor is gone by it, or switched off.
fn is_removal(change: &Change) -> bool {
    matches!(change.action, Action::Remove { .. }) || change.risk == Risk::Loss
}

/// Why a change may not have a protected monitor.
fn exposed(change: &Change) -> Option<Refusal> {
    let stored = change.stored().filter(|_| change.is_protected())?;
    let exposure = match &change.action {
        _ if change.risk == Risk::Loss => Exposure::Lost,
        // Taking over a protected item lifts its protection in a step of its own as well.
        Action::Move { desired, .. } if !desired.monitor.protect => Exposure::Moved(desired.id.clone()),
        Action::Adopt { desired, .. } if !desired.monitor.protect => Exposure::Taken,
        Action::Move { .. }
        | Action::Adopt { .. }
        | Action::Remove { .. }
        | Action::Update { .. }
        | Action::Create { .. } => return None,
    };
    Some(Refusal::Protected { id: stored.id.clone(), exposure })
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, MOST_NAMED)
    }
}

/// A refusal that names fewer secrets or monitors, where there is little room.
pub struct BriefRefusal<'a>(&'a Refusal, usize);

impl fmt::Display for BriefRefusal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(refusal, most) = self;
        refusal.write(f, *most)
    }
}

impl Refusal {
    /// The same in fewer words each time; each text names its secrets and monitors as a whole.
    pub fn briefer(&self) -> impl Iterator<Item = BriefRefusal<'_>> {
        (0..=MOST_NAMED).rev().map(|most| BriefRefusal(self, most))
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, most: usize) -> fmt::Result {
        match self {
            Self::NothingDesired { owned: 0 } => f.write_str("there are no monitors in the files"),
            Self::NothingDesired { owned } => {
                write!(f, "there are no monitors in the files; all {owned} stored monitors would be removed")
            }
            Self::Losses { lost, limit } => {
                write!(f, "{lost} monitors would no longer be watched; the safety limit is {limit}")
            }
            Self::Unnotified { lost, unnotified, limit } => match lost.saturating_sub(*unnotified) {
                0 => {
                    let monitors = count(*unnotified, "monitor");
                    write!(f, "no channel would take a DOWN of {monitors}; the safety limit is {limit}")
                }
                gone => write!(
                    f,
                    "{lost} monitors would be lost: {gone} no longer watched, {unnotified} of which no channel takes a DOWN; the safety limit is {limit}"
                ),
            },
            Self::Protected { id, exposure: Exposure::Lost } => {
                write!(f, "{id} is protected, but would no longer be watched")
            }
            Self::Protected { id, exposure: Exposure::Moved(to) } => {
                write!(f, "{id} is protected, but would move to {to} without its protection")
            }
            Self::Protected { id, exposure: Exposure::Taken } => {
                write!(f, "{id} is protected, but would be taken over without its protection")
            }
            Self::Weakenings { weaker, limit } => {
                write!(f, "{weaker} monitors would be weakened; the safety limit is {limit}")
            }
            Self::SecretHosts { monitors, ways } => {
                write!(f, "{} would send a stored secret to a new host", count(*monitors, "monitor"))?;
                for (id, way) in ways.iter().take(most) {
                    write!(f, "; {id}: {way}")?;
                }
                match ways.len().saturating_sub(most) {
                    0 => Ok(()),
                    more if most == 0 => write!(f, "; the list of changes names all {more}"),
                    more => write!(f, "; and {more} more"),
                }
            }
            Self::Rollback { applied, incoming } => {
                write!(f, "{incoming} is older than the applied commit {applied}")
            }
            Self::Diverged { applied, incoming, undone } => {
                write!(f, "{incoming} does not contain the applied commit {applied}, and would ")?;
                let Some(more) = undone.len().checked_sub(1) else {
                    return f.write_str("change the settings that it left");
                };
                write!(f, "undo newer changes of {}", count(more + 1, "monitor"))?;
                for (n, id) in undone.iter().take(most).enumerate() {
                    write!(f, "{}{id}", if n == 0 { ": " } else { ", " })?;
                }
                match undone.len().saturating_sub(most) {
                    0 => Ok(()),
                    _ if most == 0 => Ok(()),
                    more => write!(f, " and {more} more"),
                }
            }
            Self::FirstSync { removed, origin } => {
                let monitors = count(*removed, "monitor");
                let home = origin.as_ref().map(|origin| format!("; the stored ones are from {origin}"));
                write!(
                    f,
                    "{monitors} of this owner would be removed, but this repository was never synced here{}",
                    home.unwrap_or_default()
                )
            }
            Self::OrderUnknown { applied, reason: UnknownOrder::Shallow | UnknownOrder::Absent } => {
                write!(f, "the applied commit {applied} is not in this clone, so this commit may be older")
            }
            Self::OrderUnknown { applied, reason: UnknownOrder::NoCommit } => {
                write!(f, "{applied} is applied, but no commit is checked out")
            }
            Self::OrderUnknown { applied, reason: UnknownOrder::Unanswered(why) } => {
                write!(f, "{applied} is applied, but git cannot compare this commit with it: {why}")
            }
            Self::Claimed(Claim { id, place, holder: Some(owner), .. }) => {
                write!(f, "{id} ({place}) belongs to the owner {owner}")
            }
            Self::Claimed(Claim { id, place, holder: None, .. }) => {
                write!(f, "{id} ({place}) was added to the table by hand and has no owner")
            }
            Self::OwnerRenamed { former, claims } => {
                let monitors = count(claims.len(), "monitor");
                write!(
                    f,
                    "{monitors} of these files belong to the owner {former}, and this owner has none in the table"
                )
            }
            Self::OtherEnvironment { stored, chosen: Some(chosen) } => {
                write!(f, "the table belongs to the environment {stored}, and this is {chosen}")
            }
            Self::OtherEnvironment { stored, chosen: None } => {
                write!(f, "the table belongs to the environment {stored}, and no environment is chosen")
            }
            Self::TableClaim { environment, monitors } => {
                let monitors = count(*monitors, "monitor");
                write!(
                    f,
                    "the table has {monitors} and belongs to no environment; this sync would claim it for {environment}"
                )
            }
            Self::Blocked(Unread { why, .. }) => write!(f, "{why}; this sync would overwrite it"),
        }
    }
}

impl Refusal {
    /// How to resolve it without an override.
    pub fn help(&self) -> &'static str {
        match self {
            Self::NothingDesired { .. } => {
                "check the path and the folder; to end a catalog, keep one monitor with `enabled: false`"
            }
            Self::Losses { .. } => "check that no file is missing, or split the change",
            Self::Unnotified { .. } => {
                "check `severities` and `after` of the channels, and `alert.to` and `alert.severity` of the monitors"
            }
            Self::Protected { exposure: Exposure::Moved(_) | Exposure::Taken, .. } => {
                "keep `protect: true`, or first sync `protect: false` on its own"
            }
            Self::Protected { exposure: Exposure::Lost, .. } => "first sync `protect: false` on its own",
            Self::Weakenings { .. } => "check the defaults of the folders, or split the change",
            Self::SecretHosts { .. } => {
                "check that the host may have the secret, or give the new host its own secret"
            }
            Self::OrderUnknown { reason, .. } => reason.help(),
            Self::FirstSync { .. } => {
                "two repositories must not share an owner: set another `owner:` in monitorctl.yaml; if the catalog moved here, review the plan and sync once with `--allow-rollback`"
            }
            Self::Diverged { .. } => {
                "merge or rebase onto the applied commit first; after a force-push, review the plan and sync once with `--allow-rollback`"
            }
            Self::Rollback { .. } => "sync the newest commit; this job may have waited in a queue",
            Self::Claimed(Claim { holder: Some(_), .. }) => {
                "choose another id, or first remove it in the repository that owns it"
            }
            Self::Claimed(Claim { holder: None, .. }) => {
                "choose another id, or write it to a file with `monitorctl pull --unmanaged`"
            }
            Self::OwnerRenamed { .. } => {
                "if only the name in `owner:` changed, sync once with `--rename-owner`; otherwise choose other ids, or put the former owner back"
            }
            Self::OtherEnvironment { chosen: Some(_), .. } => {
                "check --env and the names of the tables; each environment needs its own. If it only has a new name, sync once with `--rename-environment` and the old one"
            }
            Self::OtherEnvironment { chosen: None, .. } => "choose it with `--env` or APP_ENVIRONMENT",
            Self::TableClaim { .. } => {
                "check --env and the names of the tables: afterwards no other environment can use this table"
            }
            Self::Blocked(Unread { help, .. }) => help,
        }
    }

    /// What allows exactly this; `None` if nothing does.
    pub fn flag(&self) -> Option<String> {
        match self {
            // Proposed beside a wrong --env, `--rename-environment` would give one environment's table to another.
            Self::OtherEnvironment { .. }
            | Self::NothingDesired { .. }
            | Self::Protected { .. }
            | Self::Blocked(_) => None,
            Self::Losses { lost, .. } | Self::Unnotified { lost, .. } => Some(format!("--allow-loss {lost}")),
            Self::Weakenings { weaker, .. } => Some(format!("--allow-weaker {weaker}")),
            Self::SecretHosts { monitors, .. } => Some(format!("--allow-secret-host {monitors}")),
            Self::Rollback { .. }
            | Self::Diverged { .. }
            | Self::OrderUnknown { .. }
            | Self::FirstSync { .. } => Some("--allow-rollback".to_owned()),
            Self::OwnerRenamed { former, .. } => Some(format!("--rename-owner {former}")),
            Self::TableClaim { environment, .. } => Some(format!("--claim-table {environment}")),
            Self::Claimed(Claim { id, holder: Some(owner), .. }) => Some(format!("--take-over {owner}:{id}")),
            Self::Claimed(Claim { id, holder: None, .. }) => Some(format!("--adopt {id}")),
        }
    }
}
