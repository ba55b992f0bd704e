//! A plan as annotations of a pull request: what is lost, what is watched less closely, why it is refused.

use std::collections::BTreeSet;

use super::change::{ChangeView, Gravity};
use super::group::GroupView;
use super::refusal::RefusalView;
use super::rerouting::rerouted;
use super::secret_swap::secret_swaps;
use super::view::PlanView;
use super::words::{ChangeSign, FEW, GuardVerdict, SECRET_HOST, some, unnotified};
use super::{PlacedNote, Review};
use crate::monitor::{Place, count, is_or_are, safe};
use crate::plan::{Change, Claim, LeftOut, Plan, Refusal, Risk};
use crate::report::workflow::{command, inert};

/// GitHub keeps ten annotations of a kind and step, and drops the rest without a word.
const MOST: usize = 10;

/// Ids of lost monitors in one annotation; it is cut off after some thousand characters.
const LOST: usize = 100;

/// The level of what is no warning yet.
const NOTICE: &str = "notice";

/// An annotation before it is written.
struct Annotation {
    level: &'static str,
    place: Option<Place>,
    title: &'static str,
    message: String,
}

/// The first annotations, the gravest first, one that counts the rest, and the summary for the log. Changes with one
/// cause are one annotation.
pub fn github(review: &Review<'_>) -> String {
    let view = PlanView::of(review);
    let (plan, groups) = (view.plan, &view.groups);
    let all: Vec<_> = view
        .refusals
        .iter()
        .map(|refusal| refused(plan, refusal))
        .chain(groups.iter().filter(|group| group.gravity == Gravity::Loses).map(lost))
        .chain(groups.iter().filter(|group| group.sends_secret()).map(sent_elsewhere))
        .chain(groups.iter().filter_map(other_secret))
        .chain(plan.left_out.iter().map(left_out))
        .chain(review.placed_notes.iter().map(placed))
        .chain(settings(plan))
        .chain(groups.iter().filter(|group| is_weaker(group)).map(weakened))
        .collect();
    let name = name(view.environment);
    let (number, notices) = (all.len(), all.iter().filter(|annotation| annotation.level == NOTICE).count());
    let mut text: String =
        all.into_iter().take(MOST).map(|annotation| annotation.written(&name, &review.heading.way)).collect();
    if let Some(rest @ 1..) = number.checked_sub(MOST) {
        let message = format!("{} in the plan; `monitorctl diff` shows them all", count(rest, "more line"));
        // Of a kind that there are not ten of already.
        let level = if number == notices { "warning" } else { NOTICE };
        text.push_str(&command(level, &[("title", name.clone())], &message));
    }
    let mut sentences: Vec<_> = view.warning.as_deref().into_iter().collect();
    sentences.push(&view.summary);
    if let Some(GuardVerdict { active_monitors, guard }) = &view.judgement {
        sentences.extend(active_monitors.iter().chain([guard]).map(String::as_str));
    }
    text.push_str(&inert(safe(&sentences.join(" "))));
    text.push('\n');
    text
}

impl Annotation {
    /// GitHub knows files by their way from the top of the repository.
    fn written(self, name: &str, way: &str) -> String {
        let Self { level, place, title, message } = self;
        let mut properties = Vec::new();
        if let Some(Place { file, line }) = place {
            let file = if way.is_empty() { file } else { format!("{way}/{file}") };
            properties.push(("file", safe(&file)));
            properties.push(("line", line.to_string()));
        }
        properties.push(("title", format!("{name}: {title}")));
        command(level, &properties, &message)
    }
}

/// Jobs of several environments annotate the same line: `monitorctl prod`
fn name(environment: &str) -> String {
    if environment.is_empty() { "monitorctl".to_owned() } else { format!("monitorctl {}", safe(environment)) }
}

fn refused(plan: &Plan, view: &RefusalView<'_>) -> Annotation {
    let RefusalView { refusal, label: _, message, help, flag } = view;
    let place = match refusal {
        Refusal::Claimed(Claim { place, .. }) => Some(place.clone()),
        Refusal::Protected { id, .. } => {
            let is_of = |change: &&Change| change.stored().is_some_and(|stored| stored.id == *id);
            plan.changes.iter().find(is_of).and_then(Change::position)
        }
        Refusal::NothingDesired { .. }
        | Refusal::Losses { .. }
        | Refusal::Unnotified { .. }
        | Refusal::Weakenings { .. }
        | Refusal::SecretHosts { .. }
        | Refusal::Rollback { .. }
        | Refusal::Diverged { .. }
        | Refusal::OrderUnknown { .. }
        | Refusal::FirstSync { .. }
        | Refusal::OwnerRenamed { .. }
        | Refusal::OtherEnvironment { .. }
        | Refusal::TableClaim { .. }
        | Refusal::Blocked(_) => None,
    };
    let flag = flag.as_ref().map(|flag| format!("\nallowed by {flag}")).unwrap_or_default();
    let message = format!("{message}\nhelp: {help}{flag}");
    Annotation { level: "error", place, title: "the plan is refused", message }
}

fn lost(view: &GroupView<'_>) -> Annotation {
    let number = view.members.len();
    let are = is_or_are(number);
    let unnotified = view.group.changes.iter().any(|change| change.is_unnotified());
    let (title, what) = match (view.sign, view.risk) {
        _ if unnotified => (
            "loss",
            format!(
                "{are} still watched, but no channel takes a DOWN of {}",
                if number == 1 { "it" } else { "them" }
            ),
        ),
        (ChangeSign::Remove, Risk::Loss) => ("loss", format!("{are} removed and no longer watched")),
        (ChangeSign::Remove, Risk::None | Risk::Weaker) => {
            let were = if number == 1 { "it was" } else { "they were" };
            ("removal", format!("{are} removed; {were} disabled"))
        }
        (
            ChangeSign::Update
            | ChangeSign::Rewrite
            | ChangeSign::Revert
            | ChangeSign::Keep
            | ChangeSign::Move
            | ChangeSign::Adopt
            | ChangeSign::Create,
            _,
        ) => ("loss", format!("{are} no longer watched")),
    };
    Annotation { level: "warning", place: view.group.position(), title, message: named(view, &what) }
}

fn sent_elsewhere(view: &GroupView<'_>) -> Annotation {
    let ids = some(view.members.iter().map(ChangeView::id), LOST);
    let message = format!("{ids}: {}", view.secret_hosts());
    Annotation { level: "warning", place: view.group.position(), title: SECRET_HOST, message }
}

fn other_secret(view: &GroupView<'_>) -> Option<Annotation> {
    let swaps: BTreeSet<_> = view.changes().flat_map(secret_swaps).collect();
    let all: Vec<_> = swaps.iter().map(|swap| safe(&swap.to_string())).collect();
    let position = view.group.position();
    let message = format!("{}: {}", view.whom(), all.join("; "));
    (!all.is_empty()).then_some(Annotation {
        level: NOTICE,
        place: position,
        title: "another secret",
        message,
    })
}

fn left_out(left_out: &LeftOut) -> Annotation {
    let message = format!("{left_out} is left out, because the stored item is unreadable");
    Annotation { level: "warning", place: left_out.place.clone(), title: "left out", message }
}

fn placed(PlacedNote { place, note }: &PlacedNote) -> Annotation {
    let (place, message) = (Some(place.clone()), safe(note));
    Annotation { level: "warning", place, title: "most likely a mistake", message }
}

fn is_weaker(view: &GroupView<'_>) -> bool {
    view.risk == Risk::Weaker
}

fn weakened(view: &GroupView<'_>) -> Annotation {
    let ids = some(view.members.iter().map(ChangeView::id), FEW);
    let message = match view.members.len() {
        1 => format!("{ids} is weakened: {}", view.weakening()),
        _ => format!("{} for {}: {ids}", view.weakening(), view.whom()),
    };
    Annotation { level: NOTICE, place: view.group.position(), title: "weaker", message }
}

/// `a is removed`, `25 monitors are removed: a, b, c`
fn named(view: &GroupView<'_>, what: &str) -> String {
    let ids = some(view.members.iter().map(ChangeView::id), LOST);
    match view.members.len() {
        1 => format!("{ids} {what}"),
        number => format!("{} {what}: {ids}", count(number, "monitor")),
    }
}

fn settings(plan: &Plan) -> Option<Annotation> {
    let weaker = plan.settings.fields.iter().filter(|field| field.risk != Risk::None);
    let paths: Vec<_> = weaker.map(|field| safe(&field.path)).collect();
    let consequences: Vec<_> = unnotified(plan).into_iter().chain(rerouted(plan)).collect();
    let consequence = match consequences.as_slice() {
        [] => "no stored monitor uses them now".to_owned(),
        all => all.join("; "),
    };
    let message = format!("the catalog settings change {}: {consequence}", paths.join(", "));
    let mut weaker = plan.settings.fields.iter().filter(|field| field.risk != Risk::None);
    let place = weaker.find_map(|field| field.inherited.as_ref()).map(|source| source.place.clone());
    let (level, title) = if plan.unnotified.is_empty() { (NOTICE, "weaker") } else { ("warning", "loss") };
    (!paths.is_empty()).then_some(Annotation { level, place, title, message })
}
