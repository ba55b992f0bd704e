//! Whose signature the certificate of a channel's server must have. Pure.

use super::SecretText;
use crate::written::{Code, Path, Violation};

/// The field of it.
const FIELD: &str = "ca";

/// Authorities that vouch for the server of a channel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ChannelTrust {
    /// Those that this machine trusts.
    #[default]
    Machine,
    /// Those of a file in PEM form, by its absolute path on the machine that notifies.
    File(String),
    /// Those in this text in PEM form, which is a reference until it is filled in.
    Text(SecretText),
}

impl ChannelTrust {
    /// What the field `ca` of the channel at `at` says.
    pub fn read(text: Option<String>, at: &Path, violations: &mut Vec<Violation>) -> Self {
        match text {
            None => Self::Machine,
            Some(path) if path.starts_with('/') => Self::File(path),
            Some(reference) if reference.starts_with("${") => Self::Text(SecretText::new(reference)),
            Some(_) => {
                let path = at.key(FIELD);
                let message = format!("`{path}` is neither an absolute path nor a reference");
                let violation = Violation::new(Code::BadFormat, path, message).label("not found like this");
                violations.push(violation.help("write `ca: /etc/ssl/internal-ca.pem` or `ca: ${ssm:/path}`"));
                Self::Machine
            }
        }
    }

    /// The text in which references are filled in, with its field.
    pub fn secret(&mut self) -> Option<(&'static str, &mut SecretText)> {
        match self {
            Self::Machine | Self::File(_) => None,
            Self::Text(text) => Some((FIELD, text)),
        }
    }

    /// Reports a trust that a channel without sessions of its own would never ask.
    pub fn check_use(&self, kind: &str, at: &Path, violations: &mut Vec<Violation>) {
        match self {
            Self::Machine => {}
            Self::File(_) | Self::Text(_) => {
                let path = at.key(FIELD);
                let message =
                    format!("a channel of kind {kind} makes no TLS session, so it takes no `{FIELD}`");
                violations.push(Violation::new(Code::Contradiction, path, message).label("has no effect"));
            }
        }
    }
}
