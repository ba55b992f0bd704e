//! Diagnostics for programs. The shape has a version of its own: fields are added, never changed.

use serde_json::{Value, json};

use super::most::{FOR_PROGRAMS, most};
use super::workflow::inert_json;
use crate::config::{Diagnostic, Related, TextSpan};

/// The version of this shape.
const FORMAT_VERSION: u32 = 1;

/// Counts of one run of `validate`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    pub files: usize,
    pub monitors: usize,
    pub errors: usize,
    pub warnings: usize,
}

impl Summary {
    pub fn new(files: usize, monitors: usize, diagnostics: &[Diagnostic]) -> Self {
        let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
        Self { files, monitors, errors, warnings: diagnostics.len() - errors }
    }
}

pub fn diagnostics_json(summary: Summary, diagnostics: &[Diagnostic]) -> String {
    let Summary { files, monitors, errors, warnings } = summary;
    let most = most(diagnostics, FOR_PROGRAMS);
    let report = json!({
        "format_version": FORMAT_VERSION,
        "summary": {"files": files, "monitors": monitors, "errors": errors, "warnings": warnings},
        "diagnostics": most.shown.iter().map(|diagnostic| item(diagnostic)).collect::<Vec<_>>(),
        "omitted": most.hidden.len(),
        "rest": most.rest(),
    });
    inert_json(&format!("{report:#}\n"))
}

fn item(diagnostic: &Diagnostic) -> Value {
    let Diagnostic { file, span, severity, code, message, label, help, related, variables: _ } = diagnostic;
    let mut item = json!({
        "code": code.as_str(),
        "severity": severity.to_string(),
        "message": message,
        "label": label,
        "help": help,
    });
    place(&mut item, file, *span);
    let related = related.iter().map(|Related { file, span, label }| {
        let mut item = json!({"label": label});
        place(&mut item, file, *span);
        item
    });
    item["related"] = related.collect();
    item
}

fn place(item: &mut Value, file: &str, span: TextSpan) {
    let TextSpan { offset, length, line, column, end_line, end_column } = span;
    item["file"] = file.into();
    for (key, number) in [
        ("line", line),
        ("column", column),
        ("end_line", end_line),
        ("end_column", end_column),
        ("offset", offset),
        ("length", length),
    ] {
        item[key] = number.into();
    }
}
