//! A list that is a set: what stays in it keeps its line, and its comment.

use std::ops::Range;

use serde_json::Value;

use super::change::changes;
use super::editor::{Editor, Reason};
use super::emit;
use super::outline::{Layout, OutlineShape, Piece};
use super::text::Splice;
use crate::kinds;
use crate::monitor::Spec;

/// One step towards `new`; `None` if the list has to be written as a whole.
pub fn step(
    editor: &Editor<'_>,
    list: &Piece,
    layout: Layout,
    items: &[Piece],
    path: &[String],
    new: &[Value],
    line: usize,
) -> Option<Result<Vec<Splice>, Reason>> {
    let values: Vec<Value> = items.iter().map(Piece::value).collect::<Option<_>>()?;
    let keys: Vec<&str> = path.iter().map(String::as_str).collect();
    // Any other list is written as a whole.
    let is_set =
        keys == ["retry", "on"] || keys.split_last().is_some_and(|(last, above)| kinds::is_set(above, last));
    let same = |one: &Value, two: &Value| sorted(one) == sorted(two);
    let gone = |value: &Value| new.iter().all(|kept| !same(kept, value));
    let stay = values.iter().filter(|value| !gone(value)).count();
    if !is_set || items.is_empty() {
        return None;
    }
    let mut added = new.iter().filter(|value| values.iter().all(|known| !same(known, value)));

    // An assertion about the same path is the same one, changed.
    for (item, value) in items.iter().zip(&values).filter(|(_, value)| gone(value)) {
        let of_path = |other: &&Value| other.get("path").is_some() && other.get("path") == value.get("path");
        let line = if layout == Layout::Block { item.start } else { line };
        if let Some(changed) = added.clone().find(of_path)
            && let Some(splices) = within(editor, path, item, (value, changed), line)
        {
            return Some(Ok(splices));
        }
    }
    if let Some(added) = added.next() {
        return append(editor, list, layout, items, added).map(Ok);
    }
    if stay == 0 {
        return None;
    }
    let index = values.iter().position(gone)?;
    Some(match layout {
        Layout::Flow => {
            let places: Vec<Range<usize>> = items.iter().map(|item| item.start..item.end).collect();
            let bare = items.iter().all(|item| item.properties == super::outline::Properties::None);
            if !bare {
                return None;
            }
            Ok(editor.remove_between(&places, index, line))
        }
        Layout::Block => {
            let item = &items[index];
            editor.remove_lines(dash(editor, list, item)?, item.end)
        }
    })
}

/// The first difference of an item that is a map, made inside it.
fn within(
    editor: &Editor<'_>,
    list: &[String],
    item: &Piece,
    (old, new): (&Value, &Value),
    line: usize,
) -> Option<Vec<Splice>> {
    let (Value::Object(old), Value::Object(new), OutlineShape::Map { .. }) = (old, new, &item.shape) else {
        return None;
    };
    let change = changes(&Spec::new(old.clone()), &Spec::new(new.clone())).into_iter().next()?;
    let above = [list, &["[]".to_owned()]].concat();
    editor.change(item, &above, &change.path, change.after.as_ref(), line).ok()
}

fn append(
    editor: &Editor<'_>,
    list: &Piece,
    layout: Layout,
    items: &[Piece],
    value: &Value,
) -> Option<Vec<Splice>> {
    let end_item = items.last()?;
    let at = |at: usize, with: String| Some(vec![Splice { range: at..at, with }]);
    match layout {
        Layout::Flow => at(end_item.end, format!(", {}", emit::inline(value))),
        Layout::Block => {
            let column = editor.text.column(dash(editor, list, end_item)?);
            let item = format!("{}-{}", " ".repeat(column), emit::item(value, column + 2));
            let end = editor.text.line_end(editor.text.trimmed(end_item.start..end_item.end));
            Some(vec![editor.text.new_line(end, &item)])
        }
    }
}

/// The dash of an item: the closest one above it in the column of the list's first.
fn dash(editor: &Editor<'_>, list: &Piece, item: &Piece) -> Option<usize> {
    let column = editor.text.column(list.start);
    let mut line = editor.text.line_start(item.start);
    loop {
        let at = line + column;
        if at <= item.start && editor.text.slice(at..at + 1) == "-" && editor.text.begins_line(at) {
            return Some(at);
        }
        if line <= editor.text.line_start(list.start) {
            return None;
        }
        line = editor.text.line_start(line - 1);
    }
}

fn sorted(value: &Value) -> Value {
    let mut value = value.clone();
    value.sort_all_objects();
    value
}
