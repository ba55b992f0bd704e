//! A plan as a comment on GitHub. A comment holds 65,536 characters: the more there is to say, the less is said of each
//! monitor, but what is lost is named to the last.

use std::fmt::Write as _;

use super::change::{ChangeView, Gravity};
use super::entry::{Fold, SETTINGS, detailed, fold, in_lines, remark_html, title};
use super::field_row::Length;
use super::headline::{Headline, Point};
use super::headline_share::HeadlineShare;
use super::html::{clipped, code, fence, guidance, marker_value, prose};
use super::refusal::RefusalView;
use super::view::PlanView;
use super::words::{ChangeSign, GuardVerdict, SECRET_HOST};
use super::{PlacedNote, Review};
use crate::monitor::{clip, count, safe};
use crate::report::workflow::inert;
use crate::report::{backtest_text, probe_preview_text};

/// Bytes, of which there are never fewer than characters.
const LIMIT: usize = 60_000;

/// How much is said of each monitor; the first that fits is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rung {
    /// Every field with its whole value, long texts by lines.
    Full,
    /// A line a value.
    Fields,
    /// What is lost in a line each; of the rest a line each entry.
    Lines,
    /// What is lost in a line each; of the rest the ids.
    Ids,
    /// The ids of what is lost; of the rest the numbers.
    Counts,
    /// As many ids of what is lost as there is room for, how many more there are, and where they can be read.
    Cut,
}

const LADDER: [Rung; 6] = [Rung::Full, Rung::Fields, Rung::Lines, Rung::Ids, Rung::Counts, Rung::Cut];

/// As a comment, with a hidden first line by which the next one finds it.
pub fn markdown(review: &Review<'_>) -> String {
    let view = PlanView::of(review);
    let page = |rung| {
        let (head, foot) = (head(&view, rung), foot(&view, rung));
        let room = LIMIT.saturating_sub(head.len() + foot.len());
        Some(format!("{head}{}{foot}", changes(&view, rung, room)?))
    };
    // The last rung always fits.
    inert(LADDER.into_iter().find_map(page).unwrap_or_default())
}

/// How many sentences of a kind, and how many characters of each.
struct Share {
    sentences: usize,
    length: usize,
}

impl Share {
    fn of(rung: Rung) -> Self {
        match rung {
            Rung::Full | Rung::Fields | Rung::Lines | Rung::Ids => Self { sentences: 10, length: 400 },
            Rung::Counts | Rung::Cut => Self { sentences: 3, length: 160 },
        }
    }

    /// A list of the first, and how many more there are.
    fn list(&self, sentences: impl ExactSizeIterator<Item = String>) -> String {
        let number = sentences.len();
        let mut list = String::from("<ul>\n");
        for sentence in sentences.take(self.sentences) {
            let _ = writeln!(list, "<li>{sentence}</li>");
        }
        if let Some(more @ 1..) = number.checked_sub(self.sentences) {
            let _ = writeln!(list, "<li>and {more} more</li>");
        }
        list.push_str("</ul>\n\n");
        list
    }
}

fn head(view: &PlanView<'_>, rung: Rung) -> String {
    let share = Share::of(rung);
    let short = |text: &str| marker_value(&clip(text, share.length));
    let (owner, environment) = (short(&view.plan.owner), short(view.environment));
    let mut text = format!("<!-- monitorctl:diff owner={owner} env={environment} -->\n");
    // A heading of Markdown would read what an environment is called.
    let _ = writeln!(text, "<h3>monitorctl{}: {}</h3>\n", named(view, &share), prose(&verdict(view)));
    if let Some(warning) = &view.warning {
        let _ = writeln!(text, "<p><b>warning:</b> {}.</p>\n", clipped(warning, share.length));
    }
    text.push_str(&alarm(view, &share));
    if let Some(command) = &view.suggested_command {
        // Cut off it would be another command.
        if command.chars().count() <= share.length {
            let _ = writeln!(text, "<p>To allow exactly that:</p>\n\n{}", fence("sh", command));
        }
    }
    if let Some(sentence) = view.elsewhere {
        let _ = writeln!(text, "<p>{}</p>\n", guidance(sentence));
    }
    let _ = write!(text, "<p><b>{}</b>", prose(view.summary.trim_start_matches("Plan: ")));
    if let Some(GuardVerdict { active_monitors, guard }) = &view.judgement {
        for sentence in active_monitors.iter().chain([guard]) {
            let _ = write!(text, " {}", clipped(&safe(sentence), share.length));
        }
    }
    let parts = view.heading.iter().map(|(name, value)| {
        let value = code(&clip(value, share.length));
        if name.is_empty() { value } else { format!("{name} {value}") }
    });
    let _ = writeln!(text, "<br>\n{}</p>\n", parts.collect::<Vec<_>>().join(" · "));
    text
}

/// Comments of several environments stand below each other: ` prod`.
fn named(view: &PlanView<'_>, share: &Share) -> String {
    let name = clip(&safe(view.environment), share.length);
    if name.is_empty() { name } else { format!(" {}", code(&name)) }
}

/// What to know in a line: what is refused and why, lost, sent elsewhere and weakened, or else what changes.
fn verdict(view: &PlanView<'_>) -> String {
    let labels = |share| {
        let headlines = view.headlines.iter().filter(move |headline| headline.share == share);
        headlines.map(|headline| headline.label.as_str())
    };
    let parts: Vec<_> =
        refused(view).into_iter().chain(labels(HeadlineShare::Own).map(str::to_owned)).collect();
    let own = if parts.is_empty() { view.title.clone() } else { parts.join(", ") };
    let pending: Vec<_> = labels(HeadlineShare::Pending).collect();
    let pending = if pending.is_empty() { view.pending.clone() } else { Some(pending.join(", ")) };
    match pending {
        Some(pending) => format!("{own}; also pending: {pending}"),
        None => own,
    }
}

/// `refused (too many losses, protected monitor)`
fn refused(view: &PlanView<'_>) -> Option<String> {
    let mut labels: Vec<&str> = Vec::new();
    for RefusalView { label, .. } in &view.refusals {
        if !labels.contains(&label.as_str()) {
            labels.push(label);
        }
    }
    (!labels.is_empty()).then(|| format!("refused ({})", labels.join(", ")))
}

/// The alert on top: why the plan is refused, and its risks. Nothing of a plan without either.
fn alarm(view: &PlanView<'_>, share: &Share) -> String {
    if view.headlines.is_empty() && view.refusals.is_empty() {
        return String::new();
    }
    let is_grave = |gravity| match gravity {
        Gravity::Ordinary => false,
        Gravity::SendsSecret | Gravity::Loses => true,
    };
    let mut own = view.headlines.iter().filter(|headline| headline.share == HeadlineShare::Own);
    let is_grave = !view.refusals.is_empty() || own.any(|headline| is_grave(headline.gravity));
    let kind = if is_grave { "CAUTION" } else { "WARNING" };
    let headlines =
        view.headlines.iter().map(|Headline { share: whose, gravity: _, label, points, more }| {
            let point = |Point { what, whom }: &Point| {
                let what = code(&clip(what, share.length));
                if whom.is_empty() { what } else { format!("{what} for {}", prose(whom)) }
            };
            let most = share.sentences * 4;
            let more = *more + points.len().saturating_sub(most);
            let more = (more > 0).then(|| format!("and {more} more"));
            let whose = match whose {
                HeadlineShare::Own => "",
                HeadlineShare::Pending => "Also pending, not in this change: ",
            };
            format!(
                "{whose}<b>{label}:</b> {}",
                points.iter().take(most).map(point).chain(more).collect::<Vec<_>>().join("; ")
            )
        });
    let refusal = |view: &RefusalView<'_>| {
        let RefusalView { refusal: _, label: _, message: _, help, flag } = view;
        let flag = flag.as_ref().map(|flag| format!(" Allowed by {}.", code(&clip(flag, share.length))));
        format!(
            "<b>refused:</b> {}<br>{}.{}",
            prose(&view.within(share.length)),
            guidance(&clip(help, share.length)),
            flag.unwrap_or_default()
        )
    };
    // What stops the plan comes before what is in it.
    let mut paragraphs: Vec<String> = view.refusals.iter().take(share.sentences).map(refusal).collect();
    if let Some(more @ 1..) = view.refusals.len().checked_sub(share.sentences) {
        paragraphs.push(format!("and {}", count(more, "more reason")));
    }
    let headlines: Vec<_> = headlines.collect();
    if !headlines.is_empty() {
        paragraphs.push(headlines.join("<br>"));
    }
    let paragraphs: Vec<_> = paragraphs.iter().map(|paragraph| format!("> <p>{paragraph}</p>")).collect();
    format!("> [!{kind}]\n{}\n\n", paragraphs.join("\n>\n"))
}

fn foot(view: &PlanView<'_>, rung: Rung) -> String {
    let share = Share::of(rung);
    let mut text = String::new();
    if !view.warnings.is_empty() {
        let sentence = |(why, help): &(String, &'static str)| {
            format!("{}: {}", clipped(why, share.length), guidance(&clip(help, share.length)))
        };
        text.push_str(&share.list(view.warnings.iter().map(sentence)));
    }
    let notes = view.left_alone.iter().chain(&view.notes).map(|note| clipped(&safe(note), share.length));
    // Such a note holds ids and words of ours.
    let placed = view.placed_notes.iter().map(|PlacedNote { place, note }| {
        let place = code(&clip(&safe(&place.to_string()), share.length));
        format!("{place}: {}", guidance(&clip(&safe(note), share.length)))
    });
    let notes: Vec<_> = notes.chain(placed).collect();
    if !notes.is_empty() {
        text.push_str(&share.list(notes.into_iter()));
    }
    let notes = view.probe_previews.map(probe_preview_text).into_iter();
    for notes in notes.chain(view.backtest.map(backtest_text)) {
        let notes = anstream::adapter::strip_str(&notes).to_string();
        let lines: Vec<_> = notes.lines().map(|line| clip(&safe(line), share.length)).collect();
        // The sum is the last line.
        let (most, number) = (share.sentences * 4, lines.len());
        let first = lines.iter().take(most).chain(lines.last().filter(|_| number > most));
        text.push_str(&fence("text", &first.map(String::as_str).collect::<Vec<_>>().join("\n")));
        text.push('\n');
    }
    if !view.forecast.is_empty() {
        text.push_str(&share.list(view.forecast.iter().map(|line| clipped(line, 2 * share.length))));
    }
    if let Some(digest) = &view.digest {
        let _ = writeln!(text, "<p>Plan {}</p>", code(digest));
    }
    text
}

/// `None` if it takes more than `room`.
fn changes(view: &PlanView<'_>, rung: Rung, room: usize) -> Option<String> {
    let mut text = String::new();
    match rung {
        Rung::Full => detailed(&mut text, view, Length::Whole, room)?,
        Rung::Fields => detailed(&mut text, view, Length::Clipped(80), room)?,
        Rung::Lines => {
            text.push_str(SHORTENED);
            destructive_lines(&mut text, view, room)?;
            text.push_str(&in_lines(view));
        }
        Rung::Ids => {
            text.push_str(SHORTENED);
            destructive_lines(&mut text, view, room)?;
            others(&mut text, view);
        }
        Rung::Counts => {
            text.push_str(SHORTENED);
            destructive_ids(&mut text, view);
        }
        Rung::Cut => {
            text.push_str(SHORTENED);
            let note = |more| {
                format!(
                    "<p>and {} that did not fit: <code>monitorctl diff --format json</code> lists them all</p>\n\n",
                    count(more, "more monitor")
                )
            };
            let most = room.saturating_sub(text.len() + note(usize::MAX).len() + TITLE_OF_LOSSES.len() + 64);
            let ids: Vec<_> = destructive(view).map(ChangeView::id).collect();
            let mut length = 0;
            let fitting = ids.iter().take_while(|id| {
                length += id.len() + 1;
                length <= most
            });
            let fitting = fitting.count();
            list_of_losses(&mut text, &ids[..fitting]);
            if fitting < ids.len() {
                text.push_str(&note(ids.len() - fitting));
            }
        }
    }
    (text.len() <= room || rung == Rung::Cut).then_some(text)
}

const SHORTENED: &str =
    "<p>Too many changes for one comment. This is a summary; the log of the run has the full plan.</p>\n\n";

const TITLE_OF_LOSSES: &str = "Removed or no longer watched:";

fn destructive<'v, 'a>(view: &'v PlanView<'a>) -> impl Iterator<Item = &'v ChangeView<'a>> + use<'v, 'a> {
    view.changes().filter(|change| change.gravity == Gravity::Loses)
}

/// What is lost or sends a secret elsewhere, a line each, with what there is to say.
fn destructive_lines(text: &mut String, view: &PlanView<'_>, room: usize) -> Option<()> {
    for change in view.changes().filter(|change| change.gravity != Gravity::Ordinary) {
        let _ = write!(
            text,
            "<p>{}",
            title(
                change.sign.as_str(),
                change.id(),
                &change.place,
                change.risks.as_deref(),
                Length::Clipped(80)
            )
        );
        for remark in &change.remarks {
            let _ = write!(text, "<br>\n{}", remark_html(remark));
        }
        text.push_str("</p>\n\n");
        if text.len() > room {
            return None;
        }
    }
    Some(())
}

/// The ids of what is not lost, by what happens to them.
fn others(text: &mut String, view: &PlanView<'_>) {
    for sign in ChangeSign::ALL {
        let is_meant = |change: &&ChangeView<'_>| change.sign == sign && change.gravity == Gravity::Ordinary;
        let ids: Vec<_> = view.changes().filter(is_meant).map(ChangeView::id).collect();
        if !ids.is_empty() {
            let title = format!("{} {}", ids.len(), sign.words());
            fold(text, &title, &fence("text", &ids.join("\n")), Fold::Closed);
        }
    }
    if !view.plan.settings.fields.is_empty() {
        let _ = writeln!(text, "<p>{SETTINGS}</p>\n");
    }
}

fn destructive_ids(text: &mut String, view: &PlanView<'_>) {
    let ids: Vec<_> = destructive(view).map(ChangeView::id).collect();
    list_of_losses(text, &ids);
    let senders: Vec<_> = view.plan.secret_senders().map(|change| change.id.as_str()).collect();
    if !senders.is_empty() {
        let _ = writeln!(text, "<p>{SECRET_HOST}:</p>\n\n{}", fence("text", &senders.join("\n")));
    }
}

/// An id a line: nothing stands beside them that could stand for another id.
fn list_of_losses(text: &mut String, ids: &[&str]) {
    if !ids.is_empty() {
        let _ = writeln!(text, "<p>{TITLE_OF_LOSSES}</p>\n\n{}", fence("text", &ids.join("\n")));
    }
}
