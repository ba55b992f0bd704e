//! The fields of a change as lines, before anybody colours or escapes them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::lines::{DiffLine, DiffWeight, compared};
use super::review::PlanDetail;
use super::shown::shown;
use super::words::rerouted;
use crate::monitor::{clip, count, safe};
use crate::plan::{Change, FieldChange, Plan, Risk, differences};

/// From how many characters on a text is compared and not put side by side.
const LONG: usize = 100;

/// A line about a field.
#[derive(Debug, PartialEq, Eq)]
pub struct FieldRow {
    pub mark: Mark,
    pub pieces: Vec<RowPiece>,
}

/// What the line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// A field that was not there.
    New,
    /// A field that goes.
    Gone,
    /// A field with another value.
    Changed,
    /// A line of a text that was not there, that goes, that stays.
    LineNew,
    LineGone,
    LineSame,
    /// Words of ours.
    Remark,
}

#[derive(Debug, PartialEq, Eq)]
pub struct RowPiece {
    pub text: String,
    pub tint: Tint,
}

/// What a piece is, for those who can colour it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tint {
    Plain,
    Faint,
    Before,
    After,
    /// The very words that differ.
    Struck,
    Written,
    Weaker,
    Loss,
}

/// How long a value may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    Whole,
    /// A line a field, and no longer than this many characters a value.
    Clipped(usize),
}

/// Which way a difference is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    /// What is stored, then what will be.
    Onwards,
    /// What was applied, then its edit in the table, and what sync restores.
    Drift,
}

/// Every field of a change that is worth a line.
pub fn rows(change: &Change, detail: PlanDetail, length: Length) -> Vec<FieldRow> {
    let direction =
        if change.is_drift() && change.stored().is_some() { Direction::Drift } else { Direction::Onwards };
    let mut rows = fields(&change.fields, direction, length);
    match detail {
        PlanDetail::Changes if change.unchanged > 0 => {
            let hidden = format!("{} hidden (--full)", count(change.unchanged, "unchanged field"));
            rows.push(FieldRow { mark: Mark::Remark, pieces: vec![piece(hidden, Tint::Faint)] });
        }
        PlanDetail::Changes => {}
        PlanDetail::Everything => rows.extend(unchanged(change)),
    }
    rows
}

/// What changes in the catalog settings, and for whom.
pub fn settings_rows(plan: &Plan, length: Length) -> Vec<FieldRow> {
    let mut rows = fields(&plan.settings.fields, Direction::Onwards, length);
    let remark = rerouted(plan).map(|sentence| piece(sentence, Tint::Weaker));
    rows.extend(remark.map(|piece| FieldRow { mark: Mark::Remark, pieces: vec![piece] }));
    rows
}

/// Fields that differ. What is watched comes before how it is watched.
fn fields(fields: &[FieldChange], direction: Direction, length: Length) -> Vec<FieldRow> {
    let width = fields.iter().map(|field| field.path.chars().count()).max().unwrap_or(0).min(40);
    let (url, others): (Vec<_>, Vec<_>) = fields.iter().partition(|field| field.path == "url");
    let all = url.into_iter().chain(others);
    all.flat_map(|field| row(field, width, direction, length)).collect()
}

fn row(field: &FieldChange, width: usize, direction: Direction, length: Length) -> Vec<FieldRow> {
    let FieldChange { path, before, after, risk, inherited } = field;
    let mark = match (before, after) {
        (None, _) => Mark::New,
        (Some(_), None) => Mark::Gone,
        (Some(_), Some(_)) => Mark::Changed,
    };
    let mut tail = Vec::new();
    match risk {
        Risk::None => {}
        Risk::Weaker => tail.push(piece("  weaker".to_owned(), Tint::Weaker)),
        Risk::Loss => tail.push(piece("  loss".to_owned(), Tint::Loss)),
    }
    tail.extend(
        inherited.as_ref().map(|source| piece(format!("  from {}", safe(&source.to_string())), Tint::Faint)),
    );
    let path = safe(path);
    // What was applied is what sync brings back.
    let (from, to) = match direction {
        Direction::Onwards => (before, after),
        Direction::Drift => (after, before),
    };
    if length == Length::Whole
        && let Some((from, to)) = long(from.as_ref(), to.as_ref())
    {
        let mut pieces = vec![piece(path, Tint::Plain)];
        pieces.extend(restored(direction, after.as_ref().map(|_| "the first")));
        pieces.extend(tail);
        let mut rows = vec![FieldRow { mark, pieces }];
        rows.extend(compared(from, to).into_iter().map(line));
        return rows;
    }
    let value = |value: &Value| match length {
        Length::Whole => shown(value),
        Length::Clipped(most) => clip(&shown(value), most),
    };
    let mut pieces = vec![piece(format!("{path:<width$}  "), Tint::Plain)];
    match (from.as_ref().map(value), to.as_ref().map(value)) {
        (from, Some(to)) => {
            pieces.extend(
                from.into_iter()
                    .flat_map(|from| [piece(from, Tint::Before), piece(" → ".to_owned(), Tint::Faint)]),
            );
            pieces.push(piece(to, Tint::After));
        }
        (Some(from), None) => {
            pieces.push(piece(from, Tint::Before));
            pieces.push(piece(" (removed)".to_owned(), Tint::Faint));
        }
        (None, None) => {}
    }
    pieces.extend(restored(direction, after.as_ref().map(value).as_deref()));
    pieces.extend(tail);
    vec![FieldRow { mark, pieces }]
}

/// What sync makes of a field that a hand wrote: `what` is there afterwards, or nothing.
fn restored(direction: Direction, what: Option<&str>) -> Option<RowPiece> {
    match (direction, what) {
        (Direction::Onwards, _) => None,
        (Direction::Drift, Some(what)) => Some(piece(format!("  (sync restores {what})"), Tint::Faint)),
        (Direction::Drift, None) => Some(piece("  (sync removes it)".to_owned(), Tint::Faint)),
    }
}

/// Both texts, if they are too long to stand side by side.
fn long<'a>(from: Option<&'a Value>, to: Option<&'a Value>) -> Option<(&'a str, &'a str)> {
    let text = |value: Option<&'a Value>| match value {
        None => Some(""),
        Some(value) => value.as_str(),
    };
    let (from, to) = (text(from)?, text(to)?);
    let has_lines = from.contains('\n') || to.contains('\n');
    let is_wide = |text: &str| text.chars().nth(LONG).is_some();
    (has_lines || (is_wide(from) && is_wide(to))).then_some((from, to))
}

fn line(line: DiffLine) -> FieldRow {
    let parts = |parts: Vec<super::lines::DiffPart>, same, different| {
        let pieces = parts.into_iter().map(|part| match part.weight {
            DiffWeight::Same => piece(part.text, same),
            DiffWeight::Different => piece(part.text, different),
        });
        pieces.collect()
    };
    match line {
        DiffLine::Equal(text) => FieldRow { mark: Mark::LineSame, pieces: vec![piece(text, Tint::Faint)] },
        DiffLine::Gone(gone) => {
            FieldRow { mark: Mark::LineGone, pieces: parts(gone, Tint::Before, Tint::Struck) }
        }
        DiffLine::New(new) => {
            FieldRow { mark: Mark::LineNew, pieces: parts(new, Tint::After, Tint::Written) }
        }
        DiffLine::Left(number) => {
            let text = format!("… {}", count(number, "equal line"));
            FieldRow { mark: Mark::Remark, pieces: vec![piece(text, Tint::Faint)] }
        }
        DiffLine::TooLong(were, are) => {
            let text = format!("{} → {}: --format json has both", count(were, "line"), count(are, "line"));
            FieldRow { mark: Mark::Remark, pieces: vec![piece(text, Tint::Faint)] }
        }
    }
}

/// The fields that stay as they are.
fn unchanged(change: &Change) -> Vec<FieldRow> {
    let Some(desired) = change.desired() else { return Vec::new() };
    let changed: BTreeSet<&str> = change.fields.iter().map(|field| field.path.as_str()).collect();
    let all = differences(&crate::monitor::Spec::default(), &desired.spec);
    let stay: Vec<_> = all.into_iter().filter(|field| !changed.contains(field.path.as_str())).collect();
    let width = stay.iter().map(|field| field.path.chars().count()).max().unwrap_or(0).min(40);
    let row = |field: FieldChange| {
        let value = field.after.as_ref().map(shown).unwrap_or_default();
        let text = format!("{:<width$}  {value}", safe(&field.path));
        FieldRow { mark: Mark::Remark, pieces: vec![piece(text, Tint::Faint)] }
    };
    stay.into_iter().map(row).collect()
}

fn piece(text: String, tint: Tint) -> RowPiece {
    RowPiece { text, tint }
}
