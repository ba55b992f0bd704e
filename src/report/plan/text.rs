//! A plan for people.

use std::fmt::Write as _;

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use super::{Review, forecast_lines};
use crate::monitor::{MonitorId, is_hidden};
use crate::plan::{Action, Change, Counts, FieldChange, Plan, Unread};
use crate::report::paint::{BAD, FAINT, GOOD, STRONG, WARN, column, count, paint};
use crate::report::trial_text;

/// For people: what goes, what changes, what comes, what is left alone.
pub fn text(review: &Review<'_>) -> String {
    let Review { plan, refusals, heading: _, notes: _, forecast, trials } = review;
    let mut text = String::new();
    let width = plan.changes.iter().map(|change| change.id.as_str().len()).max().unwrap_or(0).min(48);
    for change in &plan.changes {
        change_text(&mut text, change, width);
    }
    if !plan.settings.fields.is_empty() {
        let _ = writeln!(text, "{} {}", paint(WARN, "~"), paint(STRONG, "settings of the catalog"));
        fields_text(&mut text, &plan.settings.fields);
    }
    if !plan.is_empty() {
        text.push('\n');
    }
    if let Some(others) = left_alone(plan) {
        let _ = writeln!(text, "{}", paint(FAINT, &others));
    }
    for Unread { why, help, .. } in &plan.unread {
        let _ = writeln!(text, "{} {why}\n         {}", paint(WARN, "warning:"), paint(FAINT, help));
    }
    if let Some(trials) = trials {
        text.push_str(&trial_text(trials));
    }
    if let Some((forecast, prices)) = forecast {
        for line in forecast_lines(forecast, prices) {
            let _ = writeln!(text, "{}", paint(FAINT, &line));
        }
    }
    // A plan that is refused is not "as desired", however little is in it.
    if refusals.is_empty() || !plan.is_empty() {
        let _ = writeln!(text, "{}", summary(plan));
    }
    for refusal in *refusals {
        let _ =
            writeln!(text, "{} {refusal}\n         {}", paint(BAD, "refused:"), paint(FAINT, refusal.help()));
    }
    text
}

/// `Plan: 1 to add, 1 to change, 1 to remove, 118 unchanged`
pub fn summary(plan: &Plan) -> String {
    let Counts { creates, updates, removals, moves: _, adoptions: _, drift: _ } = plan.counts();
    let unchanged = plan.unchanged;
    if plan.is_empty() {
        return format!(
            "No changes: {} as desired.",
            if unchanged == 1 { "1 monitor is".to_owned() } else { format!("{unchanged} monitors are") }
        );
    }
    let settings = match plan.settings.fields.len() {
        0 => String::new(),
        number => format!(" {} to change.", count(number, "setting")),
    };
    format!(
        "{} {creates} to add, {updates} to change, {removals} to remove, {unchanged} unchanged.{settings}",
        paint(STRONG, "Plan:")
    )
}

fn left_alone(plan: &Plan) -> Option<String> {
    let mut parts: Vec<_> = plan
        .foreign
        .iter()
        .map(|(owner, number)| format!("{} of {owner}", count(*number, "monitor")))
        .collect();
    if plan.unmanaged > 0 {
        parts.push(format!("{} without an owner", count(plan.unmanaged, "monitor")));
    }
    (!parts.is_empty()).then(|| format!("Not touched: {}.", parts.join(", ")))
}

fn change_text(text: &mut String, change: &Change, width: usize) {
    let Change { fields, unchanged: hidden, .. } = change;
    let mut head = |sign: &str, style, id: &MonitorId, place: String| {
        let _ = writeln!(
            text,
            "{} {}  {}",
            paint(style, sign),
            column(STRONG, id.as_str(), width),
            paint(FAINT, &place)
        );
    };
    match &change.action {
        Action::Remove { stored } => {
            let was = stored.source.as_ref().map(|source| format!("was {source}")).unwrap_or_default();
            head("-", BAD, &stored.id, was);
        }
        Action::Update { desired, .. } | Action::Adopt { desired, .. } | Action::Move { desired, .. } => {
            head("~", WARN, &desired.id, desired.place.to_string());
            fields_text(text, fields);
            if *hidden > 0 {
                let _ = writeln!(
                    text,
                    "    {}",
                    paint(FAINT, &format!("{} not shown", count(*hidden, "unchanged field")))
                );
            }
        }
        Action::Create { desired, .. } => {
            head("+", GOOD, &desired.id, desired.place.to_string());
            fields_text(text, fields);
        }
    }
}

fn fields_text(text: &mut String, fields: &[FieldChange]) {
    let width = fields.iter().map(|field| field.path.len()).max().unwrap_or(0).min(40);
    // What is watched comes before how it is watched.
    let (url, others): (Vec<_>, Vec<_>) = fields.iter().partition(|field| field.path == "url");
    for FieldChange { path, before, after, risk: _, inherited: _ } in url.into_iter().chain(others) {
        match (before, after) {
            (Some(Value::String(before)), Some(Value::String(after)))
                if is_long(before) || is_long(after) =>
            {
                let _ = writeln!(text, "    {path}");
                lines_text(text, before, after);
            }
            (before, after) => {
                let sides: Vec<_> = match (before, after) {
                    (None, Some(after)) => vec![paint(GOOD, &shown(after))],
                    (Some(before), None) => vec![paint(BAD, &shown(before)), paint(FAINT, "(removed)")],
                    (before, after) => {
                        let side = |side: &Option<Value>| side.as_ref().map(shown).unwrap_or_default();
                        vec![paint(BAD, &side(before)), paint(FAINT, "→"), paint(GOOD, &side(after))]
                    }
                };
                let _ = writeln!(text, "    {path:<width$}  {}", sides.join(" "));
            }
        }
    }
}

/// Long texts are compared line by line.
fn lines_text(text: &mut String, before: &str, after: &str) {
    for change in TextDiff::from_lines(before, after).iter_all_changes() {
        let (sign, style) = match change.tag() {
            ChangeTag::Delete => ("-", BAD),
            ChangeTag::Insert => ("+", GOOD),
            ChangeTag::Equal => (" ", FAINT),
        };
        let line = safe(change.value().trim_end_matches('\n'));
        let _ = writeln!(text, "      {}", paint(style, &format!("{sign} {line}")));
    }
}

fn is_long(text: &str) -> bool {
    text.contains('\n')
}

/// A value as YAML would have it on one line; strings without quotes unless they would read as something else.
pub fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() || serde_json::from_str::<Value>(text).is_ok() => {
            format!("\"{}\"", safe(text))
        }
        Value::String(text) => safe(text),
        Value::Array(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", ")),
        Value::Object(fields) => {
            let fields: Vec<_> =
                fields.iter().map(|(name, value)| format!("{}: {}", safe(name), shown(value))).collect();
            format!("{{ {} }}", fields.join(", "))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// No hidden character of a file reaches a terminal (trap 17).
fn safe(text: &str) -> String {
    text.chars().map(|c| if is_hidden(c) { c.escape_default().to_string() } else { c.to_string() }).collect()
}
