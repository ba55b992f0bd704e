//! A plan as annotations of a pull request: what is lost, what is watched less closely, why it is refused.

use super::Review;
use super::view::{ChangeView, Gravity, PlanView, RefusalView};
use super::words::{SECRET_HOST, rerouted};
use crate::monitor::{Place, count, safe};
use crate::plan::{Action, Change, Claim, LeftOut, Plan, Refusal, Risk};
use crate::report::workflow::{command, inert};

/// GitHub keeps ten annotations of a kind and step, and drops the rest without a word.
const MOST: usize = 10;

/// An annotation before it is written.
struct Annotation {
    level: &'static str,
    place: Option<Place>,
    title: &'static str,
    message: String,
}

/// The first annotations, the gravest first, one that counts the rest, and the summary for the log.
pub fn github(review: &Review<'_>) -> String {
    let view = PlanView::of(review);
    let (plan, refusals) = (view.plan, &view.refusals);
    let changes = |loses: bool| {
        let is_meant = move |change: &&ChangeView<'_>| (change.gravity == Gravity::Loses) == loses;
        view.changes.iter().filter(is_meant).map(|change| change.change)
    };
    let destructive = changes(true);
    let is_weaker = |change: &&Change| change.risk == Risk::Weaker;
    let weaker: Vec<_> =
        settings(plan).into_iter().chain(changes(false).filter(is_weaker).map(weakened)).collect();
    let warnings = destructive.clone().count() + plan.secret_senders().count() + plan.left_out.len();
    let (number, notices) = (refusals.len() + warnings + weaker.len(), weaker.len());
    let all = refusals
        .iter()
        .map(|refusal| refused(plan, refusal))
        .chain(destructive.map(lost))
        .chain(plan.secret_senders().map(sent_elsewhere))
        .chain(plan.left_out.iter().map(left_out))
        .chain(weaker);
    let mut text: String = all.take(MOST).map(Annotation::written).collect();
    if let Some(rest @ 1..) = number.checked_sub(MOST) {
        let message = format!("{} in the plan; `monitorctl diff` shows them all", count(rest, "more line"));
        // Of a kind that there are not ten of already.
        let level = if number == notices { "warning" } else { "notice" };
        text.push_str(&command(level, &[("title", "monitorctl".to_owned())], &message));
    }
    let mut sentences = vec![view.summary.as_str()];
    if let Some((active_monitors, guard)) = &view.judgement {
        sentences.extend([active_monitors, guard].map(String::as_str));
    }
    text.push_str(&inert(safe(&sentences.join(" "))));
    text.push('\n');
    text
}

impl Annotation {
    fn written(self) -> String {
        let Self { level, place, title, message } = self;
        let mut properties = Vec::new();
        if let Some(Place { file, line }) = place {
            properties.push(("file", safe(&file)));
            properties.push(("line", line.to_string()));
        }
        properties.push(("title", format!("monitorctl: {title}")));
        command(level, &properties, &message)
    }
}

fn refused(plan: &Plan, view: &RefusalView<'_>) -> Annotation {
    let RefusalView { refusal, message, help, flag } = view;
    let place = match refusal {
        Refusal::Claimed(Claim { place, .. }) => Some(place.clone()),
        Refusal::Protected { id, .. } => {
            let is_of = |change: &&Change| change.stored().is_some_and(|stored| stored.id == *id);
            plan.changes.iter().find(is_of).and_then(position)
        }
        Refusal::NothingDesired { .. }
        | Refusal::Losses { .. }
        | Refusal::Weakenings { .. }
        | Refusal::SecretHosts { .. }
        | Refusal::Rollback { .. }
        | Refusal::OrderUnknown { .. }
        | Refusal::FirstSync { .. }
        | Refusal::OtherEnvironment { .. }
        | Refusal::Blocked(_) => None,
    };
    let flag = flag.as_ref().map(|flag| format!("\nallowed by {flag}")).unwrap_or_default();
    let message = format!("{message}\nhelp: {help}{flag}");
    Annotation { level: "error", place, title: "the plan is refused", message }
}

fn lost(change: &Change) -> Annotation {
    let (title, what) = match (&change.action, change.risk) {
        (Action::Remove { .. }, Risk::Loss) => ("loss", "is removed and no longer watched"),
        (Action::Remove { .. }, Risk::None | Risk::Weaker) => ("removal", "is removed; it was disabled"),
        (Action::Update { .. } | Action::Move { .. } | Action::Adopt { .. } | Action::Create { .. }, _) => {
            ("loss", "is no longer watched")
        }
    };
    Annotation { level: "warning", place: position(change), title, message: format!("{} {what}", change.id) }
}

fn sent_elsewhere(change: &Change) -> Annotation {
    let ways: Vec<_> = change.secret_hosts.iter().map(|way| safe(&way.to_string())).collect();
    let message = format!("{}: {}", change.id, ways.join(", "));
    Annotation { level: "warning", place: position(change), title: SECRET_HOST, message }
}

fn left_out(left_out: &LeftOut) -> Annotation {
    let message = format!("{left_out} is left out, because the stored item is unreadable");
    Annotation { level: "warning", place: left_out.place.clone(), title: "left out", message }
}

fn weakened(change: &Change) -> Annotation {
    let fields: Vec<_> = change.fields.iter().filter(|field| field.risk != Risk::None).collect();
    let paths: Vec<_> = fields.iter().map(|field| safe(&field.path)).collect();
    let message = format!("{} is weakened: {}", change.id, paths.join(", "));
    Annotation { level: "notice", place: position(change), title: "weaker", message }
}

/// The settings have no line: they were read before anybody knew where a word of them stood.
fn settings(plan: &Plan) -> Option<Annotation> {
    let weaker = plan.settings.fields.iter().filter(|field| field.risk != Risk::None);
    let paths: Vec<_> = weaker.map(|field| safe(&field.path)).collect();
    let consequence = rerouted(plan).unwrap_or_else(|| "no stored monitor uses them now".to_owned());
    let message = format!("the catalog settings change {}: {consequence}", paths.join(", "));
    (!paths.is_empty()).then_some(Annotation { level: "notice", place: None, title: "weaker", message })
}

/// Where it stands, or stood when it was applied.
fn position(change: &Change) -> Option<Place> {
    let was = || {
        let (file, line) = change.stored()?.source.as_deref()?.rsplit_once(':')?;
        Some(Place { file: file.to_owned(), line: line.parse().ok()? })
    };
    change.place().cloned().or_else(was)
}
