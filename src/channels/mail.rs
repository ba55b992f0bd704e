//! A mail, before an edge sends it.

use super::SecretText;

/// A mail before it is encoded. Its texts have no control characters but line breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// `smtps://host:465`
    pub server: String,
    pub user: Option<SecretText>,
    pub password: Option<SecretText>,
    pub from: String,
    pub to: Vec<String>,
    /// One line.
    pub subject: String,
    pub text: String,
    pub html: String,
    /// With angle brackets. A duplicate has the same.
    pub message_id: String,
    /// The id that all mails of the incident refer to.
    pub references: String,
}

impl Mail {
    /// Bytes of what it says.
    pub fn size(&self) -> usize {
        self.subject.len() + self.text.len() + self.html.len()
    }
}
