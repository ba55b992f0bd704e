//! What cannot be read, as a fault among the others.

use crate::config::{Code, Diagnostic, DiagnosticSeverity, TextSpan};
use crate::source::SourceError;

/// It is one fault among the others, and decides the exit code: its content is unknown.
pub fn cannot_read(path: String, error: &SourceError) -> Diagnostic {
    let causes = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    Diagnostic {
        file: path,
        span: TextSpan { offset: 0, length: 0, line: 1, column: 1, end_line: 1, end_column: 1 },
        severity: DiagnosticSeverity::Error,
        code: Code::Unreadable,
        message: format!("{error}{causes}"),
        label: String::new(),
        help: Some(error.help().to_owned()),
        related: Vec::new(),
        variables: Vec::new(),
    }
}
