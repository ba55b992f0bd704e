//! The sentences of a plan, the same in every format that people read. They may hold texts of files and of the table:
//! each format escapes them in its own way.

use std::collections::BTreeMap;

use super::cause_words::cause_words;
use super::headline_share::HeadlineShare;
use super::{Review, View};
use crate::monitor::{MonitorId, count, is_or_are, safe};
use crate::plan::{Action, ActiveMonitors, Change, Plan, Refusal, RenameCandidate, Risk, loss_limit};

/// Ids that stand for a longer list.
pub const FEW: usize = 5;

/// What happens to a monitor, as a sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeSign {
    Remove,
    Update,
    /// An update that changes nothing for the monitor.
    Rewrite,
    /// An edit in the table is taken back.
    Revert,
    /// An edit in the table stays, because the files have it.
    Keep,
    Move,
    Adopt,
    Create,
}

impl ChangeSign {
    pub const ALL: [Self; 8] = [
        Self::Remove,
        Self::Update,
        Self::Revert,
        Self::Keep,
        Self::Move,
        Self::Adopt,
        Self::Create,
        Self::Rewrite,
    ];

    pub fn of(change: &Change) -> Self {
        match &change.action {
            // What is removed looks like that, whatever the cause.
            Action::Remove { .. } => Self::Remove,
            Action::Update { .. } | Action::Create { .. } if change.is_drift() => Self::Revert,
            Action::Update { .. } if change.is_kept_edit() => Self::Keep,
            Action::Update { .. } if change.is_rewrite() => Self::Rewrite,
            Action::Update { .. } => Self::Update,
            Action::Move { .. } => Self::Move,
            Action::Adopt { .. } => Self::Adopt,
            Action::Create { .. } => Self::Create,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Remove => "-",
            Self::Update => "~",
            Self::Rewrite => "=",
            Self::Revert => "!",
            Self::Keep => "*",
            Self::Move => ">",
            Self::Adopt => "<",
            Self::Create => "+",
        }
    }

    /// As in `3 to add`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Remove => "to remove",
            Self::Update => "to change",
            Self::Rewrite => "to rewrite with the same effect",
            Self::Revert => "drift to revert",
            Self::Keep => "drift to keep",
            Self::Move => "to move",
            Self::Adopt => "to take over",
            Self::Create => "to add",
        }
    }
}

/// The word for a risk, if there is one.
fn risk(risk: Risk) -> Option<&'static str> {
    match risk {
        Risk::None => None,
        Risk::Weaker => Some("weaker"),
        Risk::Loss => Some("loss"),
    }
}

/// The words for the risks of a change: how closely it is watched, and where secrets go.
pub fn risks(change: &Change) -> Option<String> {
    let secret = (!change.secret_hosts.is_empty()).then_some(SECRET_HOST);
    let same = change.is_rewrite().then_some("same effect");
    let words: Vec<_> = same.into_iter().chain(risk(change.risk)).chain(secret).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// How a remark about a rename begins.
pub const RENAME: &str = "looks like a rename";

/// The risk of a secret that goes to a host that it did not go to before.
pub const SECRET_HOST: &str = "secret to a new host";

/// Where the monitor stands, or stood.
pub fn place(change: &Change) -> String {
    if let Some(place) = change.place() {
        return safe(&place.to_string());
    }
    let source = change.stored().and_then(|stored| stored.source.as_deref());
    source.map(|source| format!("was {}", safe(source))).unwrap_or_default()
}

/// What there is to say about single changes beyond their fields.
pub struct Remarks<'a>(BTreeMap<&'a MonitorId, &'a RenameCandidate>);

impl<'a> Remarks<'a> {
    pub fn new(plan: &'a Plan) -> Self {
        Self(
            plan.rename_candidates
                .iter()
                .map(|rename_candidate| (&rename_candidate.from, rename_candidate))
                .collect(),
        )
    }

    pub fn of(&self, change: &Change) -> Vec<String> {
        let mut remarks = Vec::new();
        match &change.action {
            Action::Move { from, .. } => {
                remarks.push(format!("moved from {}, with its state and history", from.id));
            }
            Action::Adopt { stored, .. } => remarks.push(match &stored.owner {
                Some(owner) => format!("taken over from {}", safe(owner)),
                None => "taken over; it had no owner".to_owned(),
            }),
            Action::Remove { .. } | Action::Update { .. } | Action::Create { .. } => {}
        }
        remarks.extend(cause_words(change));
        let ways = change.secret_hosts.iter();
        remarks.extend(ways.map(|way| format!("{SECRET_HOST}: {}", safe(&way.to_string()))));
        if let (Action::Remove { .. }, Some(rename_candidate)) = (&change.action, self.0.get(&change.id)) {
            let RenameCandidate { from, to, percent } = rename_candidate;
            remarks.push(format!(
                "{RENAME} to {to} ({percent} %); write `moved_from: {from}` to keep its history"
            ));
        }
        remarks
    }
}

/// Of whom the settings leave no channel that takes a DOWN, if they do.
pub fn unnotified(plan: &Plan) -> Option<String> {
    let number = plan.unnotified.len();
    (number > 0).then(|| format!("no channel takes a DOWN of {} any more", count(number, "monitor")))
}

/// `env prod`, `owner acme`, `main@1f3c9aa → 8e02b71`, `catalog generation 412`
pub fn heading(review: &Review<'_>) -> Vec<(&'static str, String)> {
    let mut parts = Vec::new();
    let heading = review.heading;
    parts.extend(heading.environment.as_ref().map(|environment| ("env", safe(environment))));
    parts.push(("owner", safe(&review.plan.owner)));
    match (&heading.base, &heading.head) {
        (Some(base), Some(head)) => parts.push(("", format!("{} → {}", safe(base), safe(head)))),
        (None, Some(head)) => parts.push(("commit", safe(head))),
        (Some(base), None) => parts.push(("base", safe(base))),
        (None, None) => {}
    }
    parts.extend(heading.undoes.as_ref().map(|run| ("undo of", safe(run))));
    parts.push(match (heading.view, review.plan.base) {
        (View::Offline, _) => ("", "without the table".to_owned()),
        (View::Plan | View::Drift, Some(generation)) => ("catalog generation", generation.0.to_string()),
        (View::Plan | View::Drift, None) if review.plan.blocked.is_some() => {
            ("catalog generation", "unknown, its head is unreadable".to_owned())
        }
        (View::Plan | View::Drift, None) => ("", "never synced".to_owned()),
    });
    parts
}

/// `1 to add, 1 to change, 1 to remove, 1 drift to revert, 118 unchanged`, or that there is nothing to do.
pub fn summary(review: &Review<'_>) -> String {
    let plan = review.plan;
    let unchanged = plan.unchanged;
    if review.heading.view == View::Drift {
        let monitors = count(plan.size(), "monitor");
        return if plan.is_empty() {
            "No drift: the table was not edited by hand.".to_owned()
        } else {
            format!("Drift: {monitors} edited by hand in the table.")
        };
    }
    if is_of_other_environment(review) {
        return "No plan was made: the table belongs to another environment.".to_owned();
    }
    if plan.is_empty() && !review.refusals.is_empty() {
        return "Nothing can be applied: the plan is refused.".to_owned();
    }
    if plan.is_empty() {
        let monitors = count(unchanged, "monitor");
        return format!("No changes: {monitors} {} up to date.", is_or_are(unchanged));
    }
    let parts: Vec<_> = numbers(plan, &HeadlineShare::ALL)
        .into_iter()
        .map(|(number, what)| format!("{number} {what}"))
        .collect();
    format!("Plan: {}, {unchanged} unchanged.", parts.join(", "))
}

/// The same as a title: without what there is none of.
pub fn title(review: &Review<'_>) -> String {
    if review.heading.view == View::Drift || review.plan.is_empty() {
        return summary(review).trim_end_matches('.').to_owned();
    }
    let own = said(numbers(review.plan, &[HeadlineShare::Own]));
    if own.is_empty() { "no change of its own".to_owned() } else { own }
}

/// What is no part of this change and would be done all the same, if there is any.
pub fn pending(plan: &Plan) -> Option<String> {
    let pending = said(numbers(plan, &[HeadlineShare::Pending]));
    (!pending.is_empty()).then_some(pending)
}

fn said(numbers: Vec<(usize, &'static str)>) -> String {
    let numbers = numbers.into_iter().filter(|(number, _)| *number > 0);
    numbers.map(|(number, what)| format!("{number} {what}")).collect::<Vec<_>>().join(", ")
}

/// How many changes there are of each kind, in the order in which people say it.
fn numbers(plan: &Plan, shares: &[HeadlineShare]) -> Vec<(usize, &'static str)> {
    let mut numbers: BTreeMap<ChangeSign, usize> =
        [ChangeSign::Create, ChangeSign::Update, ChangeSign::Remove].map(|sign| (sign, 0)).into();
    for change in plan.changes.iter().filter(|change| shares.contains(&HeadlineShare::of(change))) {
        *numbers.entry(ChangeSign::of(change)).or_default() += 1;
    }
    let order = [
        ChangeSign::Create,
        ChangeSign::Update,
        ChangeSign::Remove,
        ChangeSign::Move,
        ChangeSign::Adopt,
        ChangeSign::Revert,
        ChangeSign::Keep,
        ChangeSign::Rewrite,
    ];
    let parts = order.into_iter().filter_map(|sign| Some((*numbers.get(&sign)?, sign.words())));
    let settings = if shares.contains(&HeadlineShare::Own) { plan.settings.fields.len() } else { 0 };
    let noun = if settings == 1 { "setting to change" } else { "settings to change" };
    parts.chain((settings > 0).then_some((settings, noun))).collect()
}

/// What the guard says of a plan, and what it counts with.
pub struct GuardVerdict {
    /// `Monitors active: 120 → 119.`, or what it stays; `None` where the table was not compared.
    pub active_monitors: Option<String>,
    /// `Safety limits: ok (at most 12 lost).`
    pub guard: String,
}

/// `None` of what is no plan.
pub fn judgement(review: &Review<'_>) -> Option<GuardVerdict> {
    let active_monitors = (!is_of_other_environment(review)).then(|| active_monitors(review.plan));
    match review.heading.view {
        View::Plan | View::Offline => Some(GuardVerdict { active_monitors, guard: guard(review) }),
        View::Drift => None,
    }
}

/// Whether the table is the wrong one, so that nothing was compared with it.
fn is_of_other_environment(review: &Review<'_>) -> bool {
    review.refusals.iter().any(|refusal| matches!(refusal, Refusal::OtherEnvironment { .. }))
}

fn active_monitors(plan: &Plan) -> String {
    let ActiveMonitors { before, after } = plan.active_monitors;
    if before == after {
        format!("Monitors active: {after}.")
    } else {
        format!("Monitors active: {before} → {after}.")
    }
}

fn guard(review: &Review<'_>) -> String {
    if is_of_other_environment(review) {
        return "Safety limits: refused for 1 reason.".to_owned();
    }
    let limit = loss_limit(review.plan.active_monitors.before);
    let allowed =
        review.heading.allowed.as_ref().map(|allowed| format!(", with {allowed}")).unwrap_or_default();
    match review.refusals.len() {
        0 => format!("Safety limits: ok (at most {limit} lost{allowed})."),
        number => {
            format!("Safety limits: refused for {} (at most {limit} lost{allowed}).", count(number, "reason"))
        }
    }
}

/// What to do about a refusal of what is no plan of the table: only that one has a digest.
pub fn elsewhere(review: &Review<'_>) -> Option<&'static str> {
    (review.heading.view == View::Offline && can_be_allowed(review)).then_some(
        "This plan was made without the table, so it cannot be approved. After the merge, `sync` refuses the plan of the table, and prints the command that approves it.",
    )
}

/// Whether the plan is refused, and nothing of that is beyond an approval.
fn can_be_allowed(review: &Review<'_>) -> bool {
    !review.refusals.is_empty() && review.refusals.iter().all(|refusal| refusal.flag().is_some())
}

/// Whether the plan is refused, and its digest approves it.
pub fn is_approvable(review: &Review<'_>) -> bool {
    can_be_allowed(review) && digest(review).is_some()
}

/// What is not touched, and why; a sentence each.
pub fn left_alone(review: &Review<'_>) -> Vec<String> {
    let plan = review.plan;
    let mut sentences = Vec::new();
    if let Some(only) = &review.heading.only {
        let number = count(plan.outside, "other change");
        let (are, only) = (is_or_are(plan.outside), safe(only));
        sentences.push(format!("Limited to --only {only}: {number} {are} left out."));
    }
    let mut parts: Vec<_> = plan
        .foreign
        .iter()
        .take(MOST_OWNERS)
        .map(|(owner, number)| format!("{} of {}", count(*number, "monitor"), safe(owner)))
        .collect();
    if plan.foreign.len() > MOST_OWNERS {
        let number: usize = plan.foreign.values().skip(MOST_OWNERS).sum();
        parts.push(format!("{} of other owners", count(number, "monitor")));
    }
    if plan.unmanaged > 0 {
        parts.push(format!("{} without an owner", count(plan.unmanaged, "monitor")));
    }
    if !parts.is_empty() {
        sentences.push(format!("Not touched: {}.", parts.join(", ")));
    }
    let left_out: Vec<_> = plan.left_out.iter().map(ToString::to_string).collect();
    if !left_out.is_empty() {
        sentences.push(format!(
            "Left out, because the stored item is unreadable: {}; sync applies the rest and exits with 4.",
            left_out.join(", ")
        ));
    }
    sentences
}

/// The ids as one text: all, or the first and how many more there are.
pub fn some<'i>(ids: impl ExactSizeIterator<Item = &'i str>, most: usize) -> String {
    let number = ids.len();
    let shown: Vec<_> = ids.take(most).collect();
    match number.checked_sub(most) {
        Some(more @ 1..) => format!("{} and {more} more", shown.join(", ")),
        Some(0) | None => shown.join(", "),
    }
}

const MOST_OWNERS: usize = 10;

/// `sha256:5d1c…`; `None` of what no sync can be held to: it was made without the table, or of the wrong one, or it
/// shows a part of the plan.
pub fn digest(review: &Review<'_>) -> Option<String> {
    let is_plan = match review.heading.view {
        View::Plan => !is_of_other_environment(review),
        View::Offline | View::Drift => false,
    };
    is_plan.then(|| format!("sha256:{}", review.plan.digest()))
}
