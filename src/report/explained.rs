//! Where a value comes from.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::paint::{FAINT, STRONG, WARN, paint};
use super::plan::shown;
use super::workflow::inert;
use crate::monitor::{Place, ValueSource};

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
    /// Where it is set; a text with variables, in several places.
    pub sources: Vec<ValueSource>,
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
        let sources = files.iter().flat_map(|files| &files.sources).map(ValueSource::to_string);
        let places = sources.collect::<Vec<_>>().join("; ");
        let places = if places.is_empty() { places } else { paint(FAINT, &places) };
        line("files", files.as_ref().map(|files| &files.value), places);
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

fn source(ValueSource { place: Place { file, line }, variable }: &ValueSource) -> Value {
    json!({ "file": file, "line": line, "variable": variable })
}

/// For programs.
pub fn explained_json(all: &[Explained]) -> Value {
    let one = |Explained { field, files, table, implied }: &Explained| {
        json!({
            "field": field,
            "files": files.as_ref().map(|InFiles { value, sources }| json!({
                "value": value,
                "sources": sources.iter().map(source).collect::<Vec<_>>(),
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
