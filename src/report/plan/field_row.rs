//! One field of a change, as lines before anybody colours or escapes them.

use serde_json::Value;

use super::lines::{DiffLine, DiffWeight, compared};
use super::shown::{clipped_beside, shown};
use crate::config;
use crate::monitor::{count, safe};
use crate::plan::{FieldChange, FieldEffect, Risk};

/// From how many characters on a text is compared and not put side by side.
const LONG: usize = 100;

/// A line about a field.
#[derive(Debug, PartialEq, Eq)]
pub struct FieldRow {
    pub mark: Mark,
    pub pieces: Vec<RowPiece>,
}

impl FieldRow {
    pub fn text(&self) -> String {
        self.pieces.iter().map(|piece| piece.text.as_str()).collect()
    }
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

#[derive(Debug, Clone, PartialEq, Eq)]
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

/// How a format shows fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowForm {
    pub length: Length,
    pub sides: Sides,
}

/// Where both values of a field stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sides {
    /// `2m → 5m`, where colours tell which is which.
    OneLine,
    /// The earlier value in a line that goes, and the later one in a line that comes.
    TwoLines,
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
pub enum Direction {
    /// What is stored, then what will be.
    Onwards,
    /// The edit in the table, then what sync restores.
    Drift,
}

/// What there was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// No monitor.
    Nothing,
    /// A monitor, so that what it does not say was implied.
    Monitor,
    /// The settings of a catalog, which imply nothing.
    Settings,
}

/// One field. `width` is that of the longest path beside it.
pub fn row(
    field: &FieldChange,
    width: usize,
    ground: Ground,
    direction: Direction,
    form: RowForm,
) -> Vec<FieldRow> {
    let FieldChange { path, before, after, risk, effect, inherited, was, variable: _ } = field;
    let RowForm { length, sides } = form;
    let (from, to) = (before, after);
    let texts = match length {
        Length::Whole => long(from.as_ref(), to.as_ref()),
        Length::Clipped(_) => None,
    };
    let mut tail = match direction {
        Direction::Onwards => Vec::new(),
        Direction::Drift => restored(after.as_ref()),
    };
    match effect {
        FieldEffect::Same => tail.push(piece("  same effect".to_owned(), Tint::Faint)),
        FieldEffect::Changes => {}
    }
    match risk {
        Risk::None => {}
        Risk::Weaker => tail.push(piece("  weaker".to_owned(), Tint::Weaker)),
        Risk::Loss => tail.push(piece("  loss".to_owned(), Tint::Loss)),
    }
    let source = inherited.as_ref().map(|source| format!("  from {}", safe(&source.to_string())));
    let former = was.as_ref().map(|source| format!("  was {}", safe(&source.to_string())));
    tail.extend(source.into_iter().chain(former).map(|source| piece(source, Tint::Faint)));
    if let Some((from, to)) = texts {
        let mark = match (before, after) {
            (None, _) => Mark::New,
            (Some(_), None) => Mark::Gone,
            (Some(_), Some(_)) => Mark::Changed,
        };
        let pieces = std::iter::once(piece(safe(path), Tint::Plain)).chain(tail).collect();
        let lines = compared(from, to).into_iter().map(line);
        return std::iter::once(FieldRow { mark, pieces }).chain(lines).collect();
    }
    // A weakening is never shown without what it weakens.
    let says_default = match ground {
        Ground::Monitor => true,
        Ground::Nothing => *risk != Risk::None,
        Ground::Settings => false,
    };
    let implied = config::implied(path).filter(|_| says_default);
    let faint = |words: &str| piece(words.to_owned(), Tint::Faint);
    let value = |value: &Value, other: Option<&Value>| match length {
        Length::Whole => shown(value),
        Length::Clipped(most) => clipped_beside(&shown(value), other.or(implied).map(shown).as_deref(), most),
    };
    let side = |side: Option<&Value>, other: Option<&Value>, tint| match (side, implied) {
        (Some(side), _) => Some(vec![piece(value(side, other), tint)]),
        (None, Some(implied)) => Some(vec![piece(value(implied, other), tint), faint(" (default)")]),
        (None, None) => None,
    };
    let needs_both = *risk != Risk::None;
    let (before, after) = (from.as_ref(), to.as_ref());
    let from = side(before, after, Tint::Before).or_else(|| needs_both.then(|| vec![faint("(not set)")]));
    let to = side(after, before, Tint::After);
    let name = piece(format!("{:<width$}  ", safe(path)), Tint::Plain);
    match sides {
        Sides::OneLine => vec![one_line(name, from, to, tail)],
        Sides::TwoLines => {
            let to = to.or_else(|| (direction == Direction::Drift).then(|| vec![faint("(not set)")]));
            two_lines(&name, from, to, tail)
        }
    }
}

type RowPieces = Vec<RowPiece>;

fn one_line(name: RowPiece, from: Option<RowPieces>, to: Option<RowPieces>, tail: RowPieces) -> FieldRow {
    let (mark, between) = match (&from, &to) {
        (Some(_), Some(_)) => (Mark::Changed, Some(" → ")),
        (Some(_), None) => (Mark::Gone, Some(" (removed)")),
        (None, _) => (Mark::New, None),
    };
    let between = between.map(|words| piece(words.to_owned(), Tint::Faint));
    let values = from.into_iter().flatten().chain(between).chain(to.into_iter().flatten());
    FieldRow { mark, pieces: std::iter::once(name).chain(values).chain(tail).collect() }
}

fn two_lines(
    name: &RowPiece,
    from: Option<RowPieces>,
    to: Option<RowPieces>,
    tail: RowPieces,
) -> Vec<FieldRow> {
    let line = |mark, pieces: RowPieces| FieldRow {
        mark,
        pieces: std::iter::once(name.clone()).chain(pieces).collect(),
    };
    match (from, to) {
        (from, Some(mut to)) => {
            to.extend(tail);
            from.map(|from| line(Mark::Gone, from)).into_iter().chain([line(Mark::New, to)]).collect()
        }
        (Some(mut from), None) => {
            from.push(piece(" (removed)".to_owned(), Tint::Faint));
            from.extend(tail);
            vec![line(Mark::Gone, from)]
        }
        (None, None) => Vec::new(),
    }
}

/// What sync makes of a field that a hand wrote: `what` is there afterwards, or nothing.
fn restored(what: Option<&Value>) -> RowPieces {
    let words = if what.is_some() { "  (sync restores it)" } else { "  (sync removes it)" };
    vec![piece(words.to_owned(), Tint::Faint)]
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

/// A piece of a line.
pub fn piece(text: String, tint: Tint) -> RowPiece {
    RowPiece { text, tint }
}
