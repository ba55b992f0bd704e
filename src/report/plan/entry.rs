//! One entry of a comment: its title, the fields that change in red and green, and its monitors.

use std::fmt::Write as _;

use super::change::Gravity;
use super::field_row::{FieldRow, Length, Mark, RowForm, Sides};
use super::group::{GroupView, Member};
use super::html::{code, fence, guidance, prose};
use super::review::PlanDetail;
use super::rows::settings_rows;
use super::view::PlanView;
use super::words::{ChangeSign, RENAME};
use crate::monitor::{MonitorId, clip, count};
use crate::plan::Risk;

/// Lines that are open to the reader; what comes after them is a click away, unless it is a risk.
const OPEN: usize = 40;

/// Characters of a line that stands for an entry.
const LINE: usize = 110;

pub const SETTINGS: &str = "<code>~</code> catalog settings";

/// Whether a reader sees at once what is folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    Open,
    Closed,
}

/// Each entry with everything that there is to say; `None` if it takes more than `room` bytes.
pub fn detailed(text: &mut String, view: &PlanView<'_>, length: Length, room: usize) -> Option<()> {
    let form = RowForm { length, sides: Sides::TwoLines };
    let mut lines = 0;
    for group in &view.groups {
        let EntryBody { text: inside, open } = inside(group, form);
        lines += open;
        let is_risk = group.risk != Risk::None || group.gravity != Gravity::Ordinary;
        let risks = group.risks.as_deref();
        let title = title(group.sign.as_str(), &group.title, &group.place, risks, length);
        fold(text, &title, &inside, if is_risk || lines <= OPEN { Fold::Open } else { Fold::Closed });
        if text.len() > room {
            return None;
        }
    }
    if !view.plan.settings.fields.is_empty() {
        let mut inside = fence("diff", &diff(&settings_rows(view.plan, form)));
        let touched = view.plan.unnotified.iter().chain(&view.plan.rerouted);
        let ids: Vec<_> = touched.map(MonitorId::as_str).collect();
        if !ids.is_empty() {
            fold(&mut inside, &count(ids.len(), "monitor"), &fence("text", &ids.join("\n")), Fold::Closed);
        }
        fold(text, SETTINGS, &inside, Fold::Open);
    }
    (text.len() <= room).then_some(())
}

/// Each entry of which not every monitor is named as one line: first what is weakened, then folded the others.
pub fn in_lines(view: &PlanView<'_>) -> String {
    let form = RowForm { length: Length::Clipped(40), sides: Sides::OneLine };
    let groups = view.groups.iter().filter(|group| !group.names_all());
    let (weaker, others): (Vec<_>, Vec<_>) = groups.partition(|group| group.risk != Risk::None);
    let lines = |groups: Vec<&GroupView<'_>>| {
        groups.into_iter().map(|group| in_a_line(group, form)).collect::<Vec<_>>()
    };
    let settings =
        settings_rows(view.plan, form).into_iter().map(|row| format!("~ {}", clip(&row.text(), LINE)));
    let weaker: Vec<_> = settings.chain(lines(weaker)).collect();
    let others = lines(others);
    let mut text = String::new();
    if !weaker.is_empty() {
        let _ = writeln!(text, "{}", fence("diff", &weaker.join("\n")));
    }
    if !others.is_empty() {
        let title = format!("{} without a risk, a line each", count(others.len(), "change"));
        fold(&mut text, &title, &fence("diff", &others.join("\n")), Fold::Closed);
    }
    text
}

fn in_a_line(group: &GroupView<'_>, form: RowForm) -> String {
    let sign = group.sign.as_str();
    let mut words = vec![group.title.clone()];
    words.extend(group.risks.clone());
    if !group.says_all {
        let rows = group.rows(PlanDetail::Changes, form);
        let fields = rows.iter().filter(|row| row.mark != Mark::Remark).map(FieldRow::text);
        let fields = fields.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
        words.push(fields.collect::<Vec<_>>().join(", "));
    }
    words.extend(group.examples(PlanDetail::Changes, form).first().map(FieldRow::text));
    format!("{sign} {}", clip(words.join("  ").trim_end(), LINE))
}

/// What stands above an entry.
pub fn title(sign: &str, name: &str, place: &str, risks: Option<&str>, length: Length) -> String {
    let mut title = code(&format!("{sign} {name}"));
    let place = match length {
        Length::Whole => place.to_owned(),
        Length::Clipped(most) => clip(place, most),
    };
    if !place.is_empty() {
        let _ = write!(title, " {}", code(&place));
    }
    if let Some(words) = risks {
        let _ = write!(title, " <b>{words}</b>");
    }
    title
}

pub fn fold(text: &mut String, title: &str, inside: &str, fold: Fold) {
    let open = match fold {
        Fold::Open => " open",
        Fold::Closed => "",
    };
    if inside.is_empty() {
        // Nothing to fold; the indent of the fold's mark is not worth a list.
        let _ = writeln!(text, "<p>{title}</p>\n");
    } else {
        let inside = inside.trim_end();
        let _ = writeln!(text, "<details{open}><summary>{title}</summary>\n\n{inside}\n\n</details>\n");
    }
}

/// What stands in an entry.
struct EntryBody {
    text: String,
    /// Lines that are seen where the entry is open.
    open: usize,
}

impl EntryBody {
    fn all(text: String) -> Self {
        Self { open: text.lines().count(), text }
    }
}

fn inside(group: &GroupView<'_>, form: RowForm) -> EntryBody {
    let mut inside = String::new();
    if !group.remarks.is_empty() {
        let remarks: Vec<_> = group.remarks.iter().map(|remark| remark_html(remark)).collect();
        let _ = writeln!(inside, "<p>{}</p>\n", remarks.join("<br>\n"));
    }
    let mut rows = group.rows(PlanDetail::Changes, form);
    rows.extend(group.examples(PlanDetail::Changes, form));
    if !rows.is_empty() {
        let _ = writeln!(inside, "{}", fence("diff", &diff(&rows)));
    }
    let members = group.members(PlanDetail::Changes, form);
    if members.is_empty() {
        return EntryBody::all(inside);
    }
    let is_list = members.iter().all(Member::is_plain);
    let list = if is_list {
        let ids: Vec<_> = members.iter().map(|member| member.view.id()).collect();
        fence("text", &ids.join("\n"))
    } else {
        fence("diff", &members.iter().map(|member| own(member, group.sign)).collect::<String>())
    };
    if group.names_all() || inside.is_empty() {
        inside.push_str(&list);
        return EntryBody::all(inside);
    }
    let open = inside.lines().count() + 1;
    fold(&mut inside, &count(members.len(), "monitor"), &list, Fold::Closed);
    EntryBody { text: inside, open }
}

/// A remark holds text from outside; but the one about a rename holds ids and words of ours.
pub fn remark_html(remark: &str) -> String {
    if remark.starts_with(RENAME) { guidance(remark) } else { prose(remark) }
}

/// A monitor with what is its own, as lines of a diff.
fn own(member: &Member<'_, '_>, sign: ChangeSign) -> String {
    let Member { view, remarks, rows } = member;
    let sign = match sign {
        ChangeSign::Remove => "-",
        ChangeSign::Create => "+",
        ChangeSign::Update
        | ChangeSign::Rewrite
        | ChangeSign::Revert
        | ChangeSign::Keep
        | ChangeSign::Move
        | ChangeSign::Adopt => " ",
    };
    let mut text = format!("{}\n", format!("{sign} {}  {}", view.id(), view.place).trim_end());
    for remark in remarks {
        let _ = writeln!(text, "      {remark}");
    }
    for line in diff(rows).lines() {
        // The sign stays in its column.
        let (sign, rest) = line.split_at(line.len().min(1));
        let _ = writeln!(text, "{sign}   {rest}");
    }
    text
}

/// Lines that GitHub colours: `!` above a text that changes, `+` and `-` for what comes and goes.
fn diff(rows: &[FieldRow]) -> String {
    let mut text = String::new();
    for row in rows {
        let sign = match row.mark {
            Mark::New => "+ ",
            Mark::Gone => "- ",
            Mark::Changed => "! ",
            Mark::LineNew => "+   ",
            Mark::LineGone => "-   ",
            Mark::LineSame => "    ",
            Mark::Remark => "  ",
        };
        let _ = writeln!(text, "{}", format!("{sign}{}", row.text()).trim_end());
    }
    text
}
