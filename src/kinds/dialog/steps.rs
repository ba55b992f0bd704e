//! What is said over a connection, and how that went.

use crate::assert::{Redact, Subject, Unmet, quote};
use crate::kinds::{Recipient, Sent};
use crate::value::{Pattern, Template};

/// What an expectation on a dialog is called.
pub const DIALOG: Subject = Subject::one("dialog", "dialog").numbered(16);

/// Steps that a dialog may have.
pub const MOST_STEPS: usize = 20;

/// Bytes that one step sends, or waits for.
pub const MOST_BYTES: usize = 4 << 10;

/// What is said over a connection. Without steps, to be connected is enough.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Dialog {
    /// The name of a dialog that is known here.
    pub preset: Option<&'static str>,
    pub steps: Vec<DialogStep>,
}

/// One step of a dialog.
#[derive(Debug, Clone, PartialEq)]
pub enum DialogStep {
    /// Lines are read until one matches.
    Expect(Pattern),
    /// Sent as a line, with CR LF behind it.
    Send(Template),
    /// As many bytes are read as the longest has; they begin with one of these.
    ExpectBytes(Vec<Vec<u8>>),
    SendBytes(Vec<u8>),
    /// What follows goes over TLS.
    StartTls,
}

/// How a dialog went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Talk {
    /// The step that was not met; what came after it was not tried.
    pub unmet: Option<UnmetStep>,
}

/// A step that did not get what it waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmetStep {
    /// From 1.
    pub number: usize,
    /// What came last; `None` if nothing did.
    pub heard: Option<String>,
    /// What it waits for, in words.
    pub expected: String,
    /// What ended the wait, in words: `nothing more within 10s`.
    pub end: String,
}

impl Dialog {
    /// What each step waits for, in words.
    pub fn expected(&self) -> Vec<(Subject, String)> {
        let steps = self.steps.iter().filter_map(DialogStep::expected);
        steps.map(|words| (DIALOG, words)).collect()
    }
}

impl DialogStep {
    /// What it waits for, in words that follow "expected"; `None` if it waits for nothing.
    pub fn expected(&self) -> Option<String> {
        match self {
            Self::Expect(pattern) => Some(format!("a line that matches {pattern:?}")),
            Self::ExpectBytes(choices) => {
                let choices: Vec<_> = choices.iter().map(|bytes| hex(bytes)).collect();
                Some(format!("the bytes {}", choices.join(" or ")))
            }
            Self::Send(_) | Self::SendBytes(_) | Self::StartTls => None,
        }
    }

    /// The text that it sends.
    pub fn sent(&self) -> Option<Sent<'_>> {
        match self {
            Self::Send(text) => Some(Sent { field: "dialog", key: "", text, to: Recipient::Endpoint }),
            Self::Expect(_) | Self::ExpectBytes(_) | Self::SendBytes(_) | Self::StartTls => None,
        }
    }
}

impl Talk {
    /// What is not as the dialog wants it. What came from the endpoint is quoted, and what is a secret is not.
    pub fn unmet(&self, redact: Redact<'_>) -> Option<Unmet> {
        let UnmetStep { number, heard, expected, end } = self.unmet.as_ref()?;
        let heard = match heard {
            Some(heard) => format!("{} and {end}", quote(heard, redact)),
            None => end.clone(),
        };
        let actual = format!("step {number} of the dialog got {heard}");
        Some(Unmet { actual, expected: expected.clone() })
    }
}

impl Dialog {
    /// Whether it asks for TLS on its way.
    pub fn starts_tls(&self) -> bool {
        self.steps.contains(&DialogStep::StartTls)
    }

    /// Whether less is waited for than before.
    pub fn is_weaker_than(&self, before: &Self) -> bool {
        let asks = |dialog: &Self| dialog.steps.iter().filter(|step| step.expected().is_some()).count();
        asks(self) < asks(before) || (before.starts_tls() && !self.starts_tls())
    }
}

/// `0d0a`
pub fn hex(bytes: &[u8]) -> String {
    let digit = |digit: u8| char::from_digit(digit.into(), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
