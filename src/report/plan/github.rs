//! A plan as annotations of a pull request: what is lost, what is watched less closely, why it is refused.

use super::Review;
use super::shown::safe;
use super::words::{is_destructive, judgement, summary};
use crate::monitor::Place;
use crate::plan::{Action, Change, Claim, Plan, Refusal, Risk};
use crate::report::paint::count;
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
    let Review { plan, refusals, .. } = review;
    let destructive = plan.changes.iter().filter(|change| is_destructive(change));
    let weaker: Vec<_> =
        plan.changes.iter().filter(|change| !is_destructive(change) && change.risk == Risk::Weaker).collect();
    let all = refusals
        .iter()
        .map(|refusal| refused(plan, refusal))
        .chain(destructive.clone().map(lost))
        .chain(weaker.iter().map(|change| weakened(change)));
    let mut text: String = all.take(MOST).map(Annotation::written).collect();
    let number = refusals.len() + destructive.count() + weaker.len();
    if let Some(rest @ 1..) = number.checked_sub(MOST) {
        let message =
            format!("{} in the plan; `monitorctl diff` shows all of them", count(rest, "more line"));
        // Of a kind that there are not ten of already.
        let level = if number == weaker.len() { "warning" } else { "notice" };
        text.push_str(&command(level, &[("title", "monitorctl".to_owned())], &message));
    }
    let judgement = judgement(review).into_iter().flat_map(|(coverage, guard)| [coverage, guard]);
    let summary: Vec<_> = std::iter::once(summary(review)).chain(judgement).collect();
    text.push_str(&inert(safe(&summary.join(" "))));
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

fn refused(plan: &Plan, refusal: &Refusal) -> Annotation {
    let place = match refusal {
        Refusal::Claimed(Claim { place, .. }) => Some(place.clone()),
        Refusal::Protected { id } => plan.changes.iter().find(|change| change.id == *id).and_then(position),
        Refusal::NothingDesired { .. }
        | Refusal::Losses { .. }
        | Refusal::Weakenings { .. }
        | Refusal::Rollback { .. }
        | Refusal::OrderUnknown { .. }
        | Refusal::Blocked(_) => None,
    };
    let flag = refusal.flag().map(|flag| format!("\nallowed by {}", safe(&flag))).unwrap_or_default();
    let message = format!("{}\nhelp: {}{flag}", safe(&refusal.to_string()), refusal.help());
    Annotation { level: "error", place, title: "the plan is refused", message }
}

fn lost(change: &Change) -> Annotation {
    let (title, what) = match (&change.action, change.risk) {
        (Action::Remove { .. }, Risk::Loss) => ("loss", "is removed, and not watched any more"),
        (Action::Remove { .. }, Risk::None | Risk::Weaker) => ("removal", "is removed; it was disabled"),
        (Action::Update { .. } | Action::Move { .. } | Action::Adopt { .. } | Action::Create { .. }, _) => {
            ("loss", "is not watched any more")
        }
    };
    Annotation { level: "warning", place: position(change), title, message: format!("{} {what}", change.id) }
}

fn weakened(change: &Change) -> Annotation {
    let fields: Vec<_> = change.fields.iter().filter(|field| field.risk != Risk::None).collect();
    let paths: Vec<_> = fields.iter().map(|field| safe(&field.path)).collect();
    let message = format!("{} is watched less closely: {}", change.id, paths.join(", "));
    Annotation { level: "notice", place: position(change), title: "weaker", message }
}

/// Where it stands, or stood when it was applied.
fn position(change: &Change) -> Option<Place> {
    let was = || {
        let (file, line) = change.stored()?.source.as_deref()?.rsplit_once(':')?;
        Some(Place { file: file.to_owned(), line: line.parse().ok()? })
    };
    change.place().cloned().or_else(was)
}
