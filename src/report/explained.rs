//! Where a value comes from.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::paint::{FAINT, STRONG, WARN, paint};
use super::plan::shown;
use super::workflow::inert;
use crate::monitor::Place;

/// One field of a monitor, on all sides.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// `payments-api.expect.status`
    pub field: String,
    /// `None` if the files do not say it.
    pub files: Option<InFiles>,
    /// `None` if the table does not.
    pub table: Option<InTable>,
    /// What holds where nothing is written.
    pub implied: Option<Value>,
}

/// As the files have it.
#[derive(Debug, Clone, PartialEq)]
pub struct InFiles {
    pub value: Value,
    pub place: Option<Place>,
}

/// As the table has it.
#[derive(Debug, Clone, PartialEq)]
pub struct InTable {
    pub value: Value,
    pub commit: Option<String>,
    pub synced_at: Option<Timestamp>,
    /// Whether the item was edited after that.
    pub edited: bool,
}

/// For people: a paragraph a field.
pub fn explained_text(all: &[Explained]) -> String {
    let mut text = String::new();
    for Explained { field, files, table, implied } in all {
        let _ = writeln!(text, "{}", paint(STRONG, field));
        let mut line = |side: &str, value: Option<&Value>, note: String| {
            let value = value.map_or_else(|| paint(FAINT, "not written"), shown);
            let _ = writeln!(
                text,
                "  {side:<9}{value}{}",
                if note.is_empty() { note } else { format!("  {note}") }
            );
        };
        let place = files.as_ref().and_then(|files| files.place.as_ref());
        let place = place.map(|place| paint(FAINT, &place.to_string())).unwrap_or_default();
        line("files", files.as_ref().map(|files| &files.value), place);
        line(
            "table",
            table.as_ref().map(|table| &table.value),
            table.as_ref().map(origin).unwrap_or_default(),
        );
        if let Some(implied) = implied {
            line("default", Some(implied), String::new());
        }
    }
    // It may be read in a job of CI.
    inert(text)
}

fn origin(table: &InTable) -> String {
    let InTable { value: _, commit, synced_at, edited } = table;
    let mut parts = Vec::new();
    parts.extend(commit.as_ref().map(|commit| format!("commit {commit}")));
    parts.extend(synced_at.map(|at| format!("synced {at:.0}")));
    let mut text = paint(FAINT, &parts.join(", "));
    if *edited {
        let _ = write!(text, "  {}", paint(WARN, "edited by hand since"));
    }
    text
}

/// For programs.
pub fn explained_json(all: &[Explained]) -> Value {
    let one = |Explained { field, files, table, implied }: &Explained| {
        json!({
            "field": field,
            "files": files.as_ref().map(|InFiles { value, place }| json!({
                "value": value,
                "span": place.as_ref().map(|place| json!({ "file": place.file, "line": place.line })),
            })),
            "table": table.as_ref().map(|InTable { value, commit, synced_at, edited }| json!({
                "value": value,
                "commit": commit,
                "synced_at": synced_at.map(|at| at.to_string()),
                "edited": edited,
            })),
            "default": implied,
        })
    };
    json!({ "format_version": 1, "fields": all.iter().map(one).collect::<Vec<_>>() })
}
