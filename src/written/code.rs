//! The kinds of faults, in one table: what programs match on, how much each weighs, and what it means.

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DiagnosticSeverity {
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

            pub fn severity(self) -> DiagnosticSeverity {
                match self {
                    $(Self::$variant => DiagnosticSeverity::$severity,)+
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
    Unreadable "unreadable" Error "A file or folder must be readable and inside the repository."
    NotUtf8 "not_utf8" Error "A file must be UTF-8 text."
    YamlSyntax "yaml_syntax" Error "A file must be valid YAML."
    YamlUnsupported "yaml_unsupported" Error "A file must not use tags, keys other than strings, or too many aliases."
    DuplicateKey "duplicate_key" Error "A key must be unique in its map; header names ignore case."
    EmptyFile "empty_file" Error "A monitor file must define at least one monitor."
    SeveralDocuments "several_documents" Error "Defaults and settings must be a single document."
    // what the schema says too
    UnknownKey "unknown_key" Error "A key must be known."
    MissingKey "missing_key" Error "A required key must be present."
    WrongType "wrong_type" Error "A value must have the type of its key."
    UnknownValue "unknown_value" Error "A value must be one of the values of its key."
    BadFormat "bad_format" Error "A string must have the format of its key."
    OutOfBounds "out_of_bounds" Error "A value must be within the bounds of its key."
    Repeated "repeated" Error "An element must be unique in its list."
    Empty "empty" Error "A value must not be empty."
    // what only validate knows
    TooLarge "too_large" Error "A file, a monitor and each of its parts must be within the size limits."
    Contradiction "contradiction" Error "Values must not contradict each other."
    InvalidUrl "invalid_url" Error "A URL must be absolute, of a scheme that is known here, without user and fragment."
    InvalidHeader "invalid_header" Error "A header must not be one that the connection sets."
    InvalidPattern "invalid_pattern" Error "A pattern must be a valid regular expression."
    InvalidPath "invalid_path" Error "A JSON path must follow RFC 9535."
    InvalidSecret "invalid_secret" Error "A reference to a secret must have one of the three known forms."
    ReservedSecret "reserved_secret" Error "A reference must not name a credential of the machine or CI job, such as `AWS_*` or `GITHUB_*`."
    MisplacedReference "misplaced_reference" Error "A reference to a secret may appear only in a field that takes references."
    UndefinedVariable "undefined_variable" Error "A variable must be set in `vars` of the settings."
    LiteralCredential "literal_credential" Error "A credential must be a reference, never a literal value."
    UnknownChannel "unknown_channel" Error "A channel must be defined in the settings."
    MessageTooLarge "message_too_large" Error "A message to a channel must be within the limits of its service."
    UnknownMonitor "unknown_monitor" Error "A monitor in `depends_on`, or of a status page, must exist in the repository."
    UnknownComponent "unknown_component" Error "A component of a notice must be one of a status page."
    DependencyCycle "dependency_cycle" Error "Monitors must not depend on each other in a cycle."
    NeverPasses "never_passes" Error "An expectation must be possible to meet."
    DuplicateId "duplicate_id" Error "An id must be unique."
    EmptyCatalog "empty_catalog" Error "A catalog must define at least one monitor."
    // what is allowed, and rarely meant
    IgnoredBody "ignored_body" Warning "Most servers ignore the body of a GET or HEAD."
    TightTiming "tight_timing" Warning "The attempts of a probe may take more than half of its interval."
    ClearTextCredential "clear_text_credential" Warning "A credential is sent unencrypted."
    UnusedTls "unused_tls" Warning "A monitor has `tls`, but its check uses no TLS."
    UnofferedSecret "unoffered_secret" Warning "A reference names a variable that this machine does not offer (`MONITORCTL_SECRETS`)."
    SlowParent "slow_parent" Warning "A monitor in `depends_on` is confirmed DOWN too late to suppress an alert."
    SingleFailure "single_failure" Warning "A single failed attempt alerts, without a retry or a second probe."
    BelowPeriod "below_period" Warning "An interval is shorter than the period of check or run, which applies instead."
    AcceptsServerError "accepts_server_error" Warning "A status of 500 or above passes."
    NeverFails "never_fails" Warning "An expectation passes for every sample answer."
    FindsNothing "finds_nothing" Warning "A JSON path matches nothing in any sample body."
    BelowTheTop "below_the_top" Warning "A filter right after `$` tests the elements of the body, not the body itself."
    MissingEqualsMissing "missing_equals_missing" Warning "A filter that compares two fields passes if both are missing."
    FollowedRedirect "followed_redirect" Warning "A redirect is expected, but followed before its status counts."
    AmbiguousScalar "ambiguous_scalar" Warning "A value has another meaning for other YAML readers."
    TrailingLineBreak "trailing_line_break" Warning "An expected string ends with the line break of its block."
    TakesNothingBack "takes_nothing_back" Warning "A key has no value and overrides nothing of a `defaults.yaml`."
    UnmatchedFolder "unmatched_folder" Warning "A pattern in `folders` of the settings should match a folder."
    UnusedVariable "unused_variable" Warning "No file uses a variable of the settings."
    UnusedChannel "unused_channel" Warning "No monitor notifies a channel of the settings."
    NoNotification "no_notification" Warning "No channel of a monitor takes its DOWN as soon as it is confirmed."
    NoTeam "no_team" Warning "A monitor has no team, although most have one."
    NoRunbook "no_runbook" Warning "A critical monitor has no runbook, although most have one."
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for DiagnosticSeverity {
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
