//! A plan for people.

use std::fmt::Write as _;

use anstyle::Style;

use super::forecast::forecast_lines;
use super::review::PlanDetail;
use super::rows::{FieldRow, Length, Mark, Tint, rows, settings_rows};
use super::words::{ChangeSign, Remarks, digest, heading, judgement, left_alone, place, risks, summary};
use super::{Review, View};
use crate::monitor::safe;
use crate::plan::{Change, Plan, Refusal, Risk, Unread};
use crate::report::paint::{BAD, FAINT, GOOD, STRONG, WARN, column, paint};
use crate::report::probe_preview_text;
use crate::report::workflow::inert;

/// For people: what goes, what changes, what comes, what is left alone, and whether it may be applied.
pub fn text(review: &Review<'_>, detail: PlanDetail) -> String {
    let Review { plan, refusals, heading: asked, notes, forecast, probe_previews } = review;
    let mut text = String::new();
    let parts: Vec<_> = heading(review).into_iter().map(|(name, value)| labelled(name, &value)).collect();
    let _ = writeln!(text, "{}\n", parts.join(&paint(FAINT, " · ")));
    let widths = Widths::of(plan);
    let remarks = Remarks::new(plan);
    for change in &plan.changes {
        change_text(&mut text, change, &widths, &remarks, detail);
    }
    if !plan.settings.fields.is_empty() {
        let _ = writeln!(text, "  {} {}", paint(WARN, "~"), paint(STRONG, "catalog settings"));
        rows_text(&mut text, &settings_rows(plan, Length::Whole));
    }
    if !plan.is_empty() {
        text.push('\n');
    }
    for sentence in left_alone(review) {
        let _ = writeln!(text, "{}", paint(FAINT, &sentence));
    }
    for Unread { why, help, .. } in &plan.unread {
        let _ = writeln!(text, "{} {}\n         {}", paint(WARN, "warning:"), safe(why), paint(FAINT, help));
    }
    for note in *notes {
        let _ = writeln!(text, "{} {}", paint(FAINT, "note:"), safe(note));
    }
    if let Some(probe_previews) = probe_previews {
        text.push_str(&probe_preview_text(probe_previews));
    }
    if let Some((forecast, prices)) = forecast {
        for line in forecast_lines(forecast, prices) {
            let _ = writeln!(text, "{}", paint(FAINT, &safe(&line)));
        }
    }
    for refusal in *refusals {
        refusal_text(&mut text, refusal);
    }
    if let Some(command) = &asked.suggested_command {
        let _ = writeln!(text, "{} {}", paint(STRONG, "To allow exactly that:"), safe(command));
    }
    conclusion(&mut text, review);
    // Other lines begin with words of ours; what a text of a file begins with was seen to where it was split.
    if text.contains("##[") { inert(text) } else { text }
}

/// Guard and numbers come last, where the eye of a person at a terminal is.
fn conclusion(text: &mut String, review: &Review<'_>) {
    let Review { plan, refusals, .. } = review;
    let style = if refusals.is_empty() { STRONG } else { BAD };
    let mut sentences = Vec::new();
    // A plan that is refused is not "as desired", however little is in it.
    if refusals.is_empty() || !plan.is_empty() {
        sentences.push(paint(STRONG, &summary(review)));
    }
    let judgement = judgement(review).into_iter();
    sentences.extend(judgement.flat_map(|(active_monitors, guard)| [active_monitors, paint(style, &guard)]));
    let _ = writeln!(text, "{}", sentences.join(" "));
    // Nothing can be held to what is no plan.
    if review.heading.view != View::Drift && !plan.is_empty() {
        let _ = writeln!(text, "{}", paint(FAINT, &format!("Plan {}", digest(plan))));
    }
}

fn refusal_text(text: &mut String, refusal: &Refusal) {
    let message = safe(&refusal.to_string());
    let _ = writeln!(text, "{} {message}\n         {}", paint(BAD, "refused:"), paint(FAINT, refusal.help()));
    if let Some(flag) = refusal.flag() {
        let _ = writeln!(text, "         {}", paint(FAINT, &format!("allowed by {}", safe(&flag))));
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
    fn of(plan: &Plan) -> Self {
        let widest = |length: fn(&Change) -> usize, most: usize| {
            plan.changes.iter().map(length).filter(|length| *length <= most).max().unwrap_or(0)
        };
        Self {
            id: widest(|change| change.id.as_str().len(), 40),
            place: widest(|change| place(change).chars().count(), 48),
        }
    }
}

fn change_text(
    text: &mut String,
    change: &Change,
    widths: &Widths,
    remarks: &Remarks<'_>,
    detail: PlanDetail,
) {
    let sign = ChangeSign::of(change);
    let mut line = format!(
        "  {} {}  {}",
        paint(style(sign), sign.as_str()),
        column(STRONG, change.id.as_str(), widths.id),
        column(FAINT, &place(change), widths.place),
    );
    if let Some(words) = risks(change) {
        let is_bad = change.risk == Risk::Loss || !change.secret_hosts.is_empty();
        let _ = write!(line, "  {}", paint(if is_bad { BAD } else { WARN }, &words));
    }
    let _ = writeln!(text, "{}", line.trim_end());
    for remark in remarks.of(change) {
        let _ = writeln!(text, "      {}", paint(WARN, &remark));
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
