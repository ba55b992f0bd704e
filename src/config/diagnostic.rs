//! What is wrong with a file, as a plain value that a renderer turns into words on a screen.

pub use crate::written::{Code, DiagnosticSeverity};

/// One complaint about one place in one file. Sorts by file, then position.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// As the user would write it: relative, `/` between folders, or `<stdin>`.
    pub file: String,
    pub span: TextSpan,
    pub severity: DiagnosticSeverity,
    pub code: Code,
    /// What is wrong, in one line.
    pub message: String,
    /// A few words for the place itself.
    pub label: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Other places that belong to it, such as the first of two duplicates.
    pub related: Vec<Related>,
    /// The variables that it comes from, such as `vars.slow`.
    pub variables: Vec<String>,
}

/// A second place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Related {
    pub file: String,
    pub span: TextSpan,
    pub label: String,
}

/// Where in a file: bytes for programs, lines and columns (characters, both from 1) for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TextSpan {
    pub offset: usize,
    pub length: usize,
    pub line: usize,
    pub column: usize,
    pub end_line: usize,
    pub end_column: usize,
}

impl Diagnostic {
    pub fn is_error(&self) -> bool {
        self.severity == DiagnosticSeverity::Error
    }
}
