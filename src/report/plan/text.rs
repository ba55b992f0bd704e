//! A plan for people.

use std::fmt::Write as _;

use anstyle::Style;

use super::Review;
use super::review::PlanDetail;
use super::rows::{FieldRow, Length, Mark, Tint, rows, settings_rows};
use super::view::{ChangeView, Gravity, PlanView, RefusalView};
use super::words::ChangeSign;
use crate::report::paint::{BAD, FAINT, GOOD, STRONG, WARN, column, paint};
use crate::report::probe_preview_text;
use crate::report::workflow::inert;

/// For people: what goes, what changes, what comes, what is left alone, and whether it may be applied.
pub fn text(review: &Review<'_>, detail: PlanDetail) -> String {
    let view = PlanView::of(review);
    let mut text = String::new();
    let parts: Vec<_> = view.heading.iter().map(|(name, value)| labelled(name, value)).collect();
    let _ = writeln!(text, "{}\n", parts.join(&paint(FAINT, " · ")));
    let widths = Widths::of(&view.changes);
    for change in &view.changes {
        change_text(&mut text, change, &widths, detail);
    }
    if !view.plan.settings.fields.is_empty() {
        let _ = writeln!(text, "  {} {}", paint(WARN, "~"), paint(STRONG, "catalog settings"));
        rows_text(&mut text, &settings_rows(view.plan, Length::Whole));
    }
    if !view.plan.is_empty() {
        text.push('\n');
    }
    for sentence in &view.left_alone {
        let _ = writeln!(text, "{}", paint(FAINT, sentence));
    }
    for (why, help) in &view.warnings {
        let _ = writeln!(text, "{} {why}\n         {}", paint(WARN, "warning:"), paint(FAINT, help));
    }
    for note in &view.notes {
        let _ = writeln!(text, "{} {note}", paint(FAINT, "note:"));
    }
    if let Some(probe_previews) = view.probe_previews {
        text.push_str(&probe_preview_text(probe_previews));
    }
    for line in &view.forecast {
        let _ = writeln!(text, "{}", paint(FAINT, line));
    }
    for refusal in &view.refusals {
        refusal_text(&mut text, refusal);
    }
    if let Some(command) = &view.suggested_command {
        let _ = writeln!(text, "{} {command}", paint(STRONG, "To allow exactly that:"));
    }
    conclusion(&mut text, &view);
    // Other lines begin with words of ours; what a text of a file begins with was seen to where it was split.
    if text.contains("##[") { inert(text) } else { text }
}

/// Guard and numbers come last, where the eye of a person at a terminal is.
fn conclusion(text: &mut String, view: &PlanView<'_>) {
    let style = if view.refusals.is_empty() { STRONG } else { BAD };
    let mut sentences = Vec::new();
    // A plan that is refused is not "as desired", however little is in it.
    if view.refusals.is_empty() || !view.plan.is_empty() {
        sentences.push(paint(STRONG, &view.summary));
    }
    if let Some((active_monitors, guard)) = &view.judgement {
        sentences.extend([active_monitors.clone(), paint(style, guard)]);
    }
    let _ = writeln!(text, "{}", sentences.join(" "));
    if let Some(digest) = &view.digest {
        let _ = writeln!(text, "{}", paint(FAINT, &format!("Plan {digest}")));
    }
}

fn refusal_text(text: &mut String, RefusalView { refusal: _, message, help, flag }: &RefusalView<'_>) {
    let _ = writeln!(text, "{} {message}\n         {}", paint(BAD, "refused:"), paint(FAINT, help));
    if let Some(flag) = flag {
        let _ = writeln!(text, "         {}", paint(FAINT, &format!("allowed by {flag}")));
    }
}

fn labelled(name: &str, value: &str) -> String {
    if name.is_empty() {
        value.to_owned()
    } else {
        format!("{} {}", paint(FAINT, name), paint(STRONG, value))
    }
}

/// Columns that most lines fit into; a longer one moves what is right of it.
struct Widths {
    id: usize,
    place: usize,
}

impl Widths {
    fn of(changes: &[ChangeView<'_>]) -> Self {
        let widest = |length: fn(&ChangeView<'_>) -> usize, most: usize| {
            changes.iter().map(length).filter(|length| *length <= most).max().unwrap_or(0)
        };
        Self {
            id: widest(|change| change.id().len(), 40),
            place: widest(|change| change.place.chars().count(), 48),
        }
    }
}

fn change_text(text: &mut String, view: &ChangeView<'_>, widths: &Widths, detail: PlanDetail) {
    let ChangeView { change, sign, place, risks, gravity, remarks } = view;
    let mut line = format!(
        "  {} {}  {}",
        paint(style(*sign), sign.as_str()),
        column(STRONG, view.id(), widths.id),
        column(FAINT, place, widths.place),
    );
    if let Some(words) = risks {
        let style = match gravity {
            Gravity::Ordinary => WARN,
            Gravity::SendsSecret | Gravity::Loses => BAD,
        };
        let _ = write!(line, "  {}", paint(style, words));
    }
    let _ = writeln!(text, "{}", line.trim_end());
    for remark in remarks {
        let _ = writeln!(text, "      {}", paint(WARN, remark));
    }
    rows_text(text, &rows(change, detail, Length::Whole));
}

fn style(sign: ChangeSign) -> Style {
    match sign {
        ChangeSign::Remove => BAD,
        ChangeSign::Update | ChangeSign::Revert | ChangeSign::Move | ChangeSign::Adopt => WARN,
        ChangeSign::Create => GOOD,
    }
}

fn rows_text(text: &mut String, rows: &[FieldRow]) {
    for FieldRow { mark, pieces } in rows {
        let sign = match mark {
            // The colours and the arrow say it.
            Mark::New | Mark::Gone | Mark::Changed | Mark::Remark => "      ",
            Mark::LineNew => "        + ",
            Mark::LineGone => "        - ",
            Mark::LineSame => "          ",
        };
        let painted: String = pieces.iter().map(|piece| tinted(piece.tint, &piece.text)).collect();
        let sign = match mark {
            Mark::LineNew => paint(GOOD, sign),
            Mark::LineGone => paint(BAD, sign),
            Mark::New | Mark::Gone | Mark::Changed | Mark::Remark | Mark::LineSame => sign.to_owned(),
        };
        let _ = writeln!(text, "{}", format!("{sign}{painted}").trim_end());
    }
}

fn tinted(tint: Tint, text: &str) -> String {
    match tint {
        Tint::Plain => text.to_owned(),
        Tint::Faint => paint(FAINT, text),
        Tint::Before | Tint::Loss => paint(BAD, text),
        Tint::After => paint(GOOD, text),
        Tint::Struck => paint(BAD.underline(), text),
        Tint::Written => paint(GOOD.bold().underline(), text),
        Tint::Weaker => paint(WARN, text),
    }
}
