//! What is wrong with a file, as a plain value that a renderer turns into words on a screen.

use std::fmt;

use serde::Serialize;

/// One complaint about one place in one file. Sorts by file, then position.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// As the user would write it: relative, `/` between folders, or `<stdin>`.
    pub file: String,
    pub span: Span,
    pub severity: Severity,
    pub code: Code,
    /// What is wrong, in one line.
    pub message: String,
    /// A few words for the place itself.
    pub label: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Other places that belong to it, such as the first of two duplicates.
    pub related: Vec<Related>,
}

/// A second place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Related {
    pub file: String,
    pub span: Span,
    pub label: String,
}

/// Where in a file: bytes for programs, lines and columns (characters, both from 1) for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub offset: usize,
    pub length: usize,
    pub line: usize,
    pub column: usize,
    pub end_line: usize,
    pub end_column: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Error,
    Warning,
}

/// What kind of fault; stable, so that programs may match on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    // the text
    NotUtf8,
    YamlSyntax,
    YamlUnsupported,
    DuplicateKey,
    EmptyFile,
    SeveralDocuments,
    // what the schema says too
    UnknownKey,
    MissingKey,
    WrongType,
    UnknownValue,
    BadFormat,
    OutOfBounds,
    Repeated,
    Empty,
    // what only validate knows
    Contradiction,
    InvalidUrl,
    InvalidHeader,
    InvalidPattern,
    InvalidPath,
    InvalidSecret,
    LiteralCredential,
    UnknownTopic,
    NeverPasses,
    IgnoredBody,
    DuplicateId,
    EmptyCatalog,
}

impl Code {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotUtf8 => "not_utf8",
            Self::YamlSyntax => "yaml_syntax",
            Self::YamlUnsupported => "yaml_unsupported",
            Self::DuplicateKey => "duplicate_key",
            Self::EmptyFile => "empty_file",
            Self::SeveralDocuments => "several_documents",
            Self::UnknownKey => "unknown_key",
            Self::MissingKey => "missing_key",
            Self::WrongType => "wrong_type",
            Self::UnknownValue => "unknown_value",
            Self::BadFormat => "bad_format",
            Self::OutOfBounds => "out_of_bounds",
            Self::Repeated => "repeated",
            Self::Empty => "empty",
            Self::Contradiction => "contradiction",
            Self::InvalidUrl => "invalid_url",
            Self::InvalidHeader => "invalid_header",
            Self::InvalidPattern => "invalid_pattern",
            Self::InvalidPath => "invalid_path",
            Self::InvalidSecret => "invalid_secret",
            Self::LiteralCredential => "literal_credential",
            Self::UnknownTopic => "unknown_topic",
            Self::NeverPasses => "never_passes",
            Self::IgnoredBody => "ignored_body",
            Self::DuplicateId => "duplicate_id",
            Self::EmptyCatalog => "empty_catalog",
        }
    }

    /// A warning does not make a file invalid.
    pub fn severity(self) -> Severity {
        match self {
            Self::IgnoredBody => Severity::Warning,
            Self::NotUtf8
            | Self::YamlSyntax
            | Self::YamlUnsupported
            | Self::DuplicateKey
            | Self::EmptyFile
            | Self::SeveralDocuments
            | Self::UnknownKey
            | Self::MissingKey
            | Self::WrongType
            | Self::UnknownValue
            | Self::BadFormat
            | Self::OutOfBounds
            | Self::Repeated
            | Self::Empty
            | Self::Contradiction
            | Self::InvalidUrl
            | Self::InvalidHeader
            | Self::InvalidPattern
            | Self::InvalidPath
            | Self::InvalidSecret
            | Self::LiteralCredential
            | Self::UnknownTopic
            | Self::NeverPasses
            | Self::DuplicateId
            | Self::EmptyCatalog => Severity::Error,
        }
    }
}

impl Diagnostic {
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}
