//! A plan for people.

use std::fmt::Write as _;

use anstyle::Style;

use super::Review;
use super::change::Gravity;
use super::field_row::{FieldRow, Length, Mark, RowForm, Sides, Tint};
use super::group::{GroupView, Member};
use super::headline::{Headline, Point};
use super::headline_share::HeadlineShare;
use super::refusal::RefusalView;
use super::review::PlanDetail;
use super::rows::settings_rows;
use super::view::PlanView;
use super::words::{ChangeSign, FEW, GuardVerdict, some};
use super::wrap::wrapped;
use crate::monitor::safe;
use crate::report::paint::{BAD, FAINT, GOOD, STRONG, WARN, column, paint};
use crate::report::workflow::inert;
use crate::report::{backtest_text, probe_preview_text};

const FORM: RowForm = RowForm { length: Length::Whole, sides: Sides::OneLine };

/// Columns of a list of ids, for a terminal of 80.
const COLUMNS: usize = 74;

/// For people: what goes, what changes, what comes, what is left alone, and whether it may be applied.
pub fn text(review: &Review<'_>, detail: PlanDetail) -> String {
    let view = PlanView::of(review);
    let mut text = String::new();
    let parts: Vec<_> = view.heading.iter().map(|(name, value)| labelled(name, value)).collect();
    let _ = writeln!(text, "{}", parts.join(&paint(FAINT, " · ")));
    if let Some(warning) = &view.warning {
        let _ = writeln!(text, "{} {warning}", paint(WARN, "warning:"));
    }
    for headline in &view.headlines {
        let style = gravity_style(headline.gravity);
        let whose = match headline.share {
            HeadlineShare::Own => "",
            HeadlineShare::Pending => "also pending: ",
        };
        let label = paint(style, &format!("{whose}{}:", headline.label));
        let _ = writeln!(text, "{label} {}", points(headline));
    }
    text.push('\n');
    let widths = Widths::of(&view.groups);
    for group in &view.groups {
        group_text(&mut text, group, &widths, detail);
    }
    if !view.plan.settings.fields.is_empty() {
        let _ = writeln!(text, "  {} {}", paint(WARN, "~"), paint(STRONG, "catalog settings"));
        rows_text(&mut text, &settings_rows(view.plan, FORM), "      ");
    }
    if !view.plan.is_empty() {
        text.push('\n');
    }
    for sentence in &view.left_alone {
        let _ = writeln!(text, "{}", paint(FAINT, sentence));
    }
    for (why, help) in &view.warnings {
        let _ = writeln!(text, "{} {why}", paint(WARN, "warning:"));
        hint(&mut text, help);
    }
    let placed = view.placed_notes.iter().map(|note| safe(&note.to_string()));
    for note in &view.notes.iter().cloned().chain(placed).collect::<Vec<_>>() {
        let _ = writeln!(text, "{} {note}", paint(FAINT, "note:"));
    }
    if let Some(probe_previews) = view.probe_previews {
        text.push_str(&probe_preview_text(probe_previews));
    }
    if let Some(backtest) = view.backtest {
        text.push_str(&backtest_text(backtest));
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
    if let Some(sentence) = view.elsewhere {
        let _ = writeln!(text, "{}", wrapped(sentence, 0).join("\n"));
    }
    conclusion(&mut text, &view);
    // Other lines begin with words of ours; what a text of a file begins with was seen to where it was split.
    if text.contains("##[") { inert(text) } else { text }
}

/// Guard and numbers come last, where the eye of a person at a terminal is.
fn conclusion(text: &mut String, view: &PlanView<'_>) {
    let style = if view.refusals.is_empty() { STRONG } else { BAD };
    let mut sentences = vec![paint(STRONG, &view.summary)];
    if let Some(GuardVerdict { active_monitors, guard }) = &view.judgement {
        sentences.extend(active_monitors.clone());
        sentences.push(paint(style, guard));
    }
    let _ = writeln!(text, "{}", sentences.join(" "));
    if let Some(digest) = &view.digest {
        let _ = writeln!(text, "{}", paint(FAINT, &format!("Plan {digest}")));
    }
}

fn refusal_text(
    text: &mut String,
    RefusalView { refusal: _, label: _, message, help, flag }: &RefusalView<'_>,
) {
    let lines = wrapped(message, INDENT.len()).join(&format!("\n{INDENT}"));
    // A word of a file may begin a line now.
    let _ = writeln!(text, "{} {}", paint(BAD, "refused:"), inert(lines));
    hint(text, help);
    if let Some(flag) = flag {
        // A command line is copied as a whole.
        let _ = writeln!(text, "{INDENT}{}", paint(FAINT, &format!("allowed by {flag}")));
    }
}

/// What stands below the first word of a sentence.
const INDENT: &str = "         ";

fn hint(text: &mut String, help: &str) {
    for line in wrapped(help, INDENT.len()) {
        let _ = writeln!(text, "{INDENT}{}", paint(FAINT, &line));
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
    fn of(groups: &[GroupView<'_>]) -> Self {
        let widest = |length: fn(&GroupView<'_>) -> usize, most: usize| {
            let aligned = groups.iter().filter(|group| !group.says_all);
            aligned.map(length).filter(|length| *length <= most).max().unwrap_or(0)
        };
        Self {
            id: widest(|group| group.title.chars().count(), 40),
            place: widest(|group| group.place.chars().count(), 48),
        }
    }
}

fn group_text(text: &mut String, view: &GroupView<'_>, widths: &Widths, detail: PlanDetail) {
    let GroupView { group: _, members: _, sign, gravity, risk: _, risks, title, says_all, place, remarks } =
        view;
    let mut line = format!("  {} ", paint(style(*sign), sign.as_str()));
    if *says_all {
        // Beside such a title there is no room for the place.
        line.push_str(&paint(STRONG, title));
    } else {
        line.push_str(&column(STRONG, title, widths.id));
        if widths.place > 0 || !place.is_empty() {
            let _ = write!(line, "  {}", column(FAINT, place, widths.place));
        }
    }
    if let Some(words) = risks {
        let _ = write!(line, "  {}", paint(gravity_style(*gravity), words));
    }
    let _ = writeln!(text, "{}", line.trim_end());
    for remark in remarks {
        let _ = writeln!(text, "      {}", paint(WARN, remark));
    }
    if *says_all && !place.is_empty() {
        let _ = writeln!(text, "      {}", paint(FAINT, place));
    }
    if !says_all {
        rows_text(text, &view.rows(detail, FORM), "      ");
    }
    rows_text(text, &view.examples(detail, FORM), "      ");
    members_text(text, view, detail);
}

/// Of a list that may be long the first, unless each of it matters or all were asked for.
fn members_text(text: &mut String, view: &GroupView<'_>, detail: PlanDetail) {
    let members = view.members(detail, FORM);
    let most = match detail {
        PlanDetail::Everything => members.len(),
        PlanDetail::Changes if view.names_all() => members.len(),
        PlanDetail::Changes => FEW,
    };
    let more = members.len().saturating_sub(most);
    let full = if more > 0 { " (--full)" } else { "" };
    let (marked, plain) = members.split_at(members.partition_point(|member| !member.is_plain()));
    for Member { view, remarks, rows } in marked.iter().take(most) {
        let line = format!("      {}  {}", paint(STRONG, view.id()), paint(FAINT, &view.place));
        let _ = writeln!(text, "{}", line.trim_end());
        for remark in remarks {
            let _ = writeln!(text, "          {}", paint(WARN, remark));
        }
        rows_text(text, rows, "          ");
    }
    let most = most.saturating_sub(marked.len());
    if plain.is_empty() || most == 0 {
        if more > 0 {
            let _ = writeln!(text, "      {}", paint(FAINT, &format!("and {more} more (--full)")));
        }
        return;
    }
    let ids = plain.iter().map(|member| member.view.id());
    for line in lines(&format!("{}{full}", some(ids, most))) {
        let _ = writeln!(text, "      {}", line.trim_end());
    }
}

/// A list in lines that a terminal does not break.
fn lines(list: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for item in list.split_inclusive(", ") {
        match lines.last_mut() {
            Some(line) if line.chars().count() + item.trim_end().chars().count() <= COLUMNS => {
                line.push_str(item);
            }
            Some(_) | None => lines.push(item.to_owned()),
        }
    }
    lines
}

/// `interval 2m → 5m for 25 monitors; and 2 more`
fn points(Headline { share: _, gravity: _, label: _, points, more }: &Headline) -> String {
    let point = |Point { what, whom }: &Point| {
        if whom.is_empty() { what.clone() } else { format!("{what} for {whom}") }
    };
    let more = (*more > 0).then(|| format!("and {more} more"));
    points.iter().map(point).chain(more).collect::<Vec<_>>().join("; ")
}

fn gravity_style(gravity: Gravity) -> Style {
    match gravity {
        Gravity::Ordinary => WARN,
        Gravity::SendsSecret | Gravity::Loses => BAD,
    }
}

fn style(sign: ChangeSign) -> Style {
    match sign {
        ChangeSign::Remove => BAD,
        ChangeSign::Update | ChangeSign::Revert | ChangeSign::Keep | ChangeSign::Move | ChangeSign::Adopt => {
            WARN
        }
        ChangeSign::Create => GOOD,
        ChangeSign::Rewrite => FAINT,
    }
}

fn rows_text(text: &mut String, rows: &[FieldRow], indent: &str) {
    for FieldRow { mark, pieces } in rows {
        let sign = match mark {
            // The colours and the arrow say it.
            Mark::New | Mark::Gone | Mark::Changed | Mark::Remark => String::new(),
            Mark::LineNew => paint(GOOD, "  + "),
            Mark::LineGone => paint(BAD, "  - "),
            Mark::LineSame => "    ".to_owned(),
        };
        let painted: String = pieces.iter().map(|piece| tinted(piece.tint, &piece.text)).collect();
        let _ = writeln!(text, "{}", format!("{indent}{sign}{painted}").trim_end());
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
