//! What a variable makes of the values of single monitors: one example a field, so that a reader sees an address.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::field_row::{FieldRow, Mark, RowForm, Tint, piece};
use super::rows::field_rows;
use crate::monitor::count;
use crate::plan::{Change, ChangeGroup, FieldChange};

/// Fields of which an example is shown.
const MOST: usize = 5;

/// The first monitor in which the variable changes a field.
struct Example<'a> {
    change: &'a Change,
    field: &'a FieldChange,
    /// In how many more monitors it changes that field.
    more: usize,
}

/// One example of each field that the variables of a group change: the URL first, then what most monitors have.
pub fn example_rows(group: &ChangeGroup<'_>, form: RowForm) -> Vec<FieldRow> {
    let mut by_path: BTreeMap<&str, Example<'_>> = BTreeMap::new();
    for change in &group.changes {
        for field in change.of_files().0.iter().filter(|field| group.explains(field)) {
            by_path.entry(&field.path).and_modify(|example| example.more += 1).or_insert(Example {
                change,
                field,
                more: 0,
            });
        }
    }
    let mut examples: Vec<_> = by_path.into_values().collect();
    examples.sort_by_key(|example| (example.field.path != "url", Reverse(example.more)));
    let left = examples.len().saturating_sub(MOST);
    let mut rows: Vec<_> = examples.iter().take(MOST).flat_map(|example| rows(example, form)).collect();
    if left > 0 {
        let text = format!("and {} (--full)", count(left, "more field"));
        rows.push(FieldRow { mark: Mark::Remark, pieces: vec![piece(text, Tint::Faint)] });
    }
    rows
}

fn rows(Example { change, field, more }: &Example<'_>, form: RowForm) -> Vec<FieldRow> {
    // The entry names the line of the variable already.
    let field = FieldChange { inherited: None, ..(*field).clone() };
    let mut rows = field_rows(change, std::iter::once(&field), form);
    let is_head = |row: &&mut FieldRow| match row.mark {
        Mark::New | Mark::Gone | Mark::Changed => true,
        Mark::LineNew | Mark::LineGone | Mark::LineSame | Mark::Remark => false,
    };
    let whose = match more {
        0 => format!("  {}", change.id),
        more => format!("  {} and {more} more", change.id),
    };
    if let Some(head) = rows.iter_mut().rev().find(is_head) {
        head.pieces.push(piece(whose, Tint::Faint));
    }
    rows
}
