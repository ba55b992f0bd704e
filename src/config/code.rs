//! The kinds of faults, in one table: what programs match on, how much each weighs, and what it means.

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Error,
    /// Does not make a file invalid, unless `--strict` asks for it.
    Warning,
}

/// One row a kind: the variant, its stable name, its severity, and what it is about in one sentence. Being the
/// only place where a kind can be added, the table cannot be missing one.
macro_rules! codes {
    ($($variant:ident $name:literal $severity:ident $about:literal)+) => {
        /// What kind of fault; stable, so that programs may match on it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $about] $variant,)+
        }

        impl Code {
            /// Every kind, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            pub fn severity(self) -> Severity {
                match self {
                    $(Self::$variant => Severity::$severity,)+
                }
            }

            /// What it is about, in one sentence.
            pub fn about(self) -> &'static str {
                match self {
                    $(Self::$variant => $about,)+
                }
            }
        }
    };
}

codes! {
    // the text
    Unreadable "unreadable" Error "A file or a folder can be read, and is one of the repository."
    NotUtf8 "not_utf8" Error "A file is UTF-8 text."
    YamlSyntax "yaml_syntax" Error "A file is YAML that can be read."
    YamlUnsupported "yaml_unsupported" Error "YAML that has no meaning here, such as tags, keys that are not texts, or too many aliases."
    DuplicateKey "duplicate_key" Error "A key stands once in a map; names of headers are the same in any case."
    EmptyFile "empty_file" Error "A file of monitors holds at least one."
    SeveralDocuments "several_documents" Error "Defaults and settings are one document each."
    // what the schema says too
    UnknownKey "unknown_key" Error "Only keys that mean something are written."
    MissingKey "missing_key" Error "A key that has to be there."
    WrongType "wrong_type" Error "A value is of the type that its key takes."
    UnknownValue "unknown_value" Error "A value is one of those that its key takes."
    BadFormat "bad_format" Error "A text has the form that its key takes."
    OutOfBounds "out_of_bounds" Error "A value lies within the bounds of its key."
    Repeated "repeated" Error "An element stands once in a list."
    Empty "empty" Error "A value that says nothing."
    // what only validate knows
    TooLarge "too_large" Error "A file, a monitor or a part of it is within the bounds of its size."
    Contradiction "contradiction" Error "Values that do not go together."
    InvalidUrl "invalid_url" Error "An address is an absolute http or https URL without user and fragment."
    InvalidHeader "invalid_header" Error "A header that the connection sets by itself."
    InvalidPattern "invalid_pattern" Error "A pattern is a regular expression."
    InvalidPath "invalid_path" Error "A JSON path is one of RFC 9535."
    InvalidSecret "invalid_secret" Error "A reference to a secret has one of the three known forms."
    ReservedSecret "reserved_secret" Error "A reference to what a machine or a CI job is known by, such as `AWS_*` or `GITHUB_*`, which no machine offers."
    MisplacedReference "misplaced_reference" Error "A reference to a secret stands where one is filled in: url, headers, body, json, tls."
    LiteralCredential "literal_credential" Error "A credential is written as a reference, never as its value."
    UnknownTopic "unknown_topic" Error "A topic is named in the settings, or by its ARN."
    UnknownMonitor "unknown_monitor" Error "A monitor that another one depends on is one of the repository."
    DependencyCycle "dependency_cycle" Error "Monitors that depend on each other in a circle."
    NeverPasses "never_passes" Error "An expectation that no answer meets."
    DuplicateId "duplicate_id" Error "An id belongs to one monitor."
    EmptyCatalog "empty_catalog" Error "A catalog holds at least one monitor."
    // what is allowed, and rarely meant
    IgnoredBody "ignored_body" Warning "Most servers ignore the body of a GET or HEAD."
    TightTiming "tight_timing" Warning "The attempts of a probe may take more than half of its interval."
    ClearTextCredential "clear_text_credential" Warning "A credential is sent over http, where all on the way can read it."
    UnofferedSecret "unoffered_secret" Warning "A reference to a variable that this machine does not offer (`MONITORCTL_SECRETS`)."
    SlowParent "slow_parent" Warning "A monitor of `depends_on` is known to be DOWN too late to hold anything back."
    SingleFailure "single_failure" Warning "A single failed attempt alerts, without retry and without a second probe."
    BelowPeriod "below_period" Warning "An interval shorter than the period of check is as long as that."
    AcceptsServerError "accepts_server_error" Warning "A status of 500 and above counts as a good answer."
    NeverFails "never_fails" Warning "An expectation that holds for every answer that was tried."
    FindsNothing "finds_nothing" Warning "A JSON path that found nothing fitting in any body that was tried."
    BelowTheTop "below_the_top" Warning "A filter right behind `$` looks into what is in the body, not at the body itself."
    MissingEqualsMissing "missing_equals_missing" Warning "A filter that compares two fields holds where both are missing."
    FollowedRedirect "followed_redirect" Warning "A redirect is expected, and followed before its status counts."
    AmbiguousScalar "ambiguous_scalar" Warning "A value that other readers of YAML take for something else."
    TrailingLineBreak "trailing_line_break" Warning "A text to compare with ends in the line break of its block."
    TakesNothingBack "takes_nothing_back" Warning "A key without a value takes back nothing of a `defaults.yaml`."
    NoTeam "no_team" Warning "A monitor without a team where most have one."
    NoRunbook "no_runbook" Warning "A critical monitor without a runbook where most have one."
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_name_and_a_sentence_of_its_own() {
        for (i, code) in Code::ALL.iter().enumerate() {
            let (name, about) = (code.as_str(), code.about());
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '_' || c == '8'), "{name}");
            assert!(about.starts_with(char::is_uppercase) && about.ends_with('.'), "{about}");
            let others = || Code::ALL.iter().take(i);
            assert!(
                others().all(|other| other.as_str() != name && other.about() != about),
                "{name} is there twice"
            );
        }
    }

    #[test]
    fn the_guide_has_every_kind_as_it_is() {
        let guide = include_str!("../../docs/validate.md");
        let (_, table) = guide.split_once("| code | | |\n|---|---|---|\n").expect("a table");
        let row = |code: &Code| format!("| `{code}` | {} | {} |\n", code.severity(), code.about());
        assert_eq!(table, Code::ALL.iter().map(row).collect::<Vec<_>>().concat());
    }
}
