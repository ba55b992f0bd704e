//! One change of one field, as changes of the text.

use std::ops::Range;

use granit_parser::ScalarStyle;
use serde_json::{Map, Value};

use super::change::FieldEdit;
use super::document::rank;
use super::editor::{Editor, Reason};
use super::emit::{self, Quotes};
use super::list;
use super::outline::{Layout, Outline, OutlineShape, Pair, Piece, Properties, outline};
use super::text::{Splice, Text};
use crate::kinds::{Manner, manner};

const UNREADABLE: Reason = "the file cannot be read";
const NOT_THERE: Reason = "its document is not a map with an `id` of its own";
const SHARED_LINE: Reason = "a value shares its line with something else";
const NO_MAP: Reason = "a value is in the place of a map";

/// The text with one step of `change` made in the document of the monitor `id`. A change may take several steps: what
/// is still missing is seen when the text is read again.
pub fn step(text: &str, id: &str, change: &FieldEdit) -> Result<String, Reason> {
    let Outline { documents, comments } = outline(text).ok_or(UNREADABLE)?;
    let is_it = |document: &&Piece| {
        let own = document.pair("id").map(|pair| &pair.value.shape);
        matches!(own, Some(OutlineShape::Scalar { text, .. }) if text == id)
    };
    let root = documents.iter().find(is_it).ok_or(NOT_THERE)?;
    let editor = Editor { text: Text::new(text, &comments) };
    let splices = editor.change(root, &[], &change.path, change.after.as_ref(), root.start)?;
    let orphans = orphans(root, &splices);
    Ok(editor.text.with(if orphans.is_empty() { splices } else { orphans }))
}

/// Aliases that lose their anchor, each with its value written out: a step that comes before the one that takes the
/// anchor away.
fn orphans(root: &Piece, splices: &[Splice]) -> Vec<Splice> {
    let gone = |at: usize| splices.iter().find(|splice| splice.range.contains(&at));
    let all = root.all();
    // A value that is rewritten keeps its anchor.
    let lost = |piece: &&&Piece| {
        piece.anchor > 0 && gone(piece.start).is_some_and(|splice| !splice.with.trim_start().starts_with('&'))
    };
    let values: Vec<_> =
        all.iter().filter(lost).filter_map(|piece| Some((piece.anchor, piece.value()?))).collect();
    let written_out = |piece: &&Piece| {
        let OutlineShape::Alias(of) = piece.shape else { return None };
        let (_, value) = values.iter().find(|(anchor, _)| *anchor == of)?;
        let range = piece.start..piece.end;
        gone(piece.start).is_none().then(|| Splice { range, with: emit::inline(value) })
    };
    all.iter().filter_map(written_out).collect()
}

impl Editor<'_> {
    /// The change of the field at `path` below `map`, which itself stands at `above`; `line` is in the line that
    /// comments go before.
    pub fn change(
        &self,
        map: &Piece,
        above: &[String],
        path: &[String],
        after: Option<&Value>,
        line: usize,
    ) -> Result<Vec<Splice>, Reason> {
        let [key, rest @ ..] = path else { return Err(NO_MAP) };
        let OutlineShape::Map { layout, pairs } = &map.shape else { return Err(NO_MAP) };
        let keys: Vec<&str> = above.iter().map(String::as_str).collect();
        let manner = keys.split_last().map_or(Manner::Fields, |(last, above)| manner(above, last));
        let same = |pair: &&Pair| match manner {
            Manner::Headers => pair.key.eq_ignore_ascii_case(key),
            Manner::Fields | Manner::Whole | Manner::Steps => pair.key == *key,
        };
        let Some(pair) = pairs.iter().find(same) else {
            // What is not written here but holds, is inherited; `null` takes it back.
            return Ok(vec![self.insert(map, *layout, pairs, above, key, &nested(rest, after))]);
        };
        let line = if *layout == Layout::Block { pair.start } else { line };
        if rest.is_empty() {
            return match after {
                Some(value) => self.replace(pair, *layout, &[above, path].concat(), value, line),
                None => self.remove(map, pair, line),
            };
        }
        match (&pair.value.shape, after) {
            // A map that holds nothing else goes as a whole: an empty one would mean `null`.
            (OutlineShape::Map { pairs: inner, .. }, None) if inner.len() == 1 && goes(inner, rest) => {
                self.remove(map, pair, line)
            }
            (OutlineShape::Map { .. }, _) => {
                self.change(&pair.value, &[above, std::slice::from_ref(key)].concat(), rest, after, line)
            }
            (OutlineShape::Alias(_), _) => {
                let alias = self.text.slice(pair.value.start..pair.value.end);
                let own = nested(rest, after);
                let own =
                    own.as_object().into_iter().flatten().map(|(key, value)| emit::pair_inline(key, value));
                let pairs: Vec<_> = std::iter::once(format!("<<: {alias}")).chain(own).collect();
                let with = format!("{{ {} }}", pairs.join(", "));
                Ok(vec![Splice { range: pair.value.start..pair.value.end, with }])
            }
            (OutlineShape::Scalar { .. } | OutlineShape::List { .. }, Some(_)) => {
                self.rewrite(pair, *layout, &nested(rest, after), line)
            }
            (OutlineShape::Scalar { .. } | OutlineShape::List { .. }, None) => Err(NO_MAP),
        }
    }

    fn insert(
        &self,
        map: &Piece,
        layout: Layout,
        pairs: &[Pair],
        above: &[String],
        key: &str,
        value: &Value,
    ) -> Splice {
        let at = |at: usize, with: String| Splice { range: at..at, with };
        match (layout, pairs) {
            (Layout::Flow, []) => at(map.start + 1, format!(" {} ", emit::pair_inline(key, value))),
            (Layout::Flow, [.., last]) => at(last.end(), format!(", {}", emit::pair_inline(key, value))),
            (Layout::Block, _) => {
                let own = rank(above, key);
                let before = pairs.iter().rposition(|pair| rank(above, &pair.key) <= own).unwrap_or_default();
                let (Some(first), Some(before)) = (pairs.first(), pairs.get(before)) else {
                    return at(map.start, String::new());
                };
                let column = self.text.column(first.start);
                let pair = format!("{}{}", " ".repeat(column), emit::pair(key, value, column));
                let end = self.text.line_end(self.text.trimmed(before.start..before.end()));
                self.text.new_line(end, &pair)
            }
        }
    }

    /// Another value in the place of a pair's own: of a scalar or a list only what differs.
    fn replace(
        &self,
        pair: &Pair,
        layout: Layout,
        path: &[String],
        value: &Value,
        line: usize,
    ) -> Result<Vec<Splice>, Reason> {
        let old = &pair.value;
        let is_scalar = !matches!(value, Value::Object(_) | Value::Array(_));
        match (&old.shape, value) {
            (OutlineShape::Scalar { style, .. }, _)
                if is_scalar
                    && !has_lines(value)
                    && old.start < old.end
                    && old.properties != Properties::Tag =>
            {
                match quotes(*style) {
                    Some(quotes) => {
                        let with = match value {
                            Value::String(text) => emit::quoted(text, quotes),
                            value => emit::inline(value),
                        };
                        Ok(vec![Splice { range: old.start..old.end, with }])
                    }
                    None => self.rewrite(pair, layout, value, line),
                }
            }
            (OutlineShape::List { layout: of_items, items }, Value::Array(new)) => {
                match list::step(self, old, *of_items, items, path, new, line) {
                    Some(splices) => splices,
                    None => self.rewrite(pair, layout, value, line),
                }
            }
            _ => self.rewrite(pair, layout, value, line),
        }
    }

    /// Everything behind the colon anew. An anchor stays, because something else may stand for it.
    fn rewrite(
        &self,
        pair: &Pair,
        layout: Layout,
        value: &Value,
        line: usize,
    ) -> Result<Vec<Splice>, Reason> {
        if pair.colon <= pair.start {
            return Err(SHARED_LINE);
        }
        let anchor = match pair.value.properties {
            Properties::Anchor => {
                let before = self.text.slice(pair.colon..pair.value.start);
                let name = before.split_whitespace().find(|word| word.starts_with('&')).unwrap_or_default();
                format!(" {name}")
            }
            Properties::None | Properties::Tag => String::new(),
        };
        let value = match layout {
            Layout::Flow => format!(" {}", emit::inline(value)),
            Layout::Block => emit::after_colon(value, self.text.column(pair.start) + 2),
        };
        let mut end = self.text.trimmed(pair.colon..pair.end()).max(pair.colon);
        if value.contains('\n') && self.text.has_comment_behind(end) {
            // A comment behind the last line of several would be about that line alone, or part of a text.
            end = self.text.trimmed(pair.colon..self.text.line_end(end));
        }
        let range = pair.colon..end;
        let hoisted = self.text.hoisted(&range, line);
        Ok(hoisted.into_iter().chain([Splice { range, with: format!("{anchor}{value}") }]).collect())
    }

    fn remove(&self, map: &Piece, pair: &Pair, line: usize) -> Result<Vec<Splice>, Reason> {
        let OutlineShape::Map { layout, pairs } = &map.shape else { return Err(NO_MAP) };
        match layout {
            Layout::Block => self.remove_lines(pair.start, pair.end()),
            Layout::Flow => {
                let places: Vec<_> = pairs.iter().map(|pair| pair.start..pair.end()).collect();
                let index = pairs.iter().position(|other| other.start == pair.start).unwrap_or_default();
                Ok(self.remove_between(&places, index, line))
            }
        }
    }

    /// The lines from the one that `start` begins to the one that holds `end`.
    pub fn remove_lines(&self, start: usize, end: usize) -> Result<Vec<Splice>, Reason> {
        let end = self.text.trimmed(start..end);
        if !self.text.begins_line(start) || !self.text.ends_line(end) {
            return Err(SHARED_LINE);
        }
        let range = self.text.line_start(start)..self.text.line_end(end);
        let with = self.text.comments_in(&range, self.text.column(start));
        Ok(vec![Splice { range, with }])
    }

    /// One of several that commas divide, with its comma.
    pub fn remove_between(&self, places: &[Range<usize>], index: usize, line: usize) -> Vec<Splice> {
        let Some(place) = places.get(index) else { return Vec::new() };
        let range = match (index.checked_sub(1).and_then(|before| places.get(before)), places.get(index + 1))
        {
            (Some(before), _) => before.end..place.end,
            (None, Some(next)) => place.start..next.start,
            (None, None) => place.clone(),
        };
        let hoisted = self.text.hoisted(&range, line);
        hoisted.into_iter().chain([Splice { range, with: String::new() }]).collect()
    }
}

/// Whether the removal of `path` leaves nothing of a map of one pair.
fn goes(pairs: &[Pair], path: &[String]) -> bool {
    let ([pair], [key, rest @ ..]) = (pairs, path) else { return false };
    pair.key.eq_ignore_ascii_case(key)
        && match (&pair.value.shape, rest) {
            (_, []) => true,
            (OutlineShape::Map { pairs, .. }, rest) => goes(pairs, rest),
            (OutlineShape::Scalar { .. } | OutlineShape::Alias(_) | OutlineShape::List { .. }, _) => false,
        }
}

/// `{a: {b: value}}` of the path `a.b`.
fn nested(path: &[String], value: Option<&Value>) -> Value {
    let value = value.cloned().unwrap_or_default();
    path.iter().rev().fold(value, |value, key| Value::Object(Map::from_iter([(key.clone(), value)])))
}

fn has_lines(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.contains('\n'))
}

/// How a scalar of one line was written; `None` for a block of lines.
fn quotes(style: ScalarStyle) -> Option<Quotes> {
    match style {
        ScalarStyle::SingleQuoted => Some(Quotes::Single),
        ScalarStyle::DoubleQuoted => Some(Quotes::Double),
        ScalarStyle::Plain => Some(Quotes::Fewest),
        ScalarStyle::Literal | ScalarStyle::Folded => None,
    }
}
