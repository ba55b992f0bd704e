//! What a service accepted and refused, in order, and questions about it.

use std::collections::BTreeMap;

use serde_json::Value;

/// A message, or a part of a request that counts as one.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted {
    /// What makes it the same message when it comes again; services without identities have none.
    pub id: Option<String>,
    /// What a person reads, without markup.
    pub text: String,
    /// Whom it would wake: `<!channel>`, `@everyone`.
    pub mentions: Vec<String>,
    /// As it came.
    pub body: Value,
}

impl Accepted {
    pub fn new(id: Option<&str>, text: String, body: &Value) -> Self {
        Self { id: id.map(str::to_owned), text, mentions: Vec::new(), body: body.clone() }
    }

    pub fn mentioning(self, mentions: Vec<String>) -> Self {
        Self { mentions, ..self }
    }
}

/// A message that no one will read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What the sender was answered: a 2xx if the message was lost after that.
    pub status: u16,
    pub reason: String,
}

/// Identities that were accepted more than once, and how often. What has no identity is known by its text.
pub fn duplicates(accepted: &[Accepted]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for message in accepted {
        *counts.entry(message.id.clone().unwrap_or_else(|| message.text.clone())).or_default() += 1;
    }
    counts.retain(|_, count| *count > 1);
    counts
}

/// Whether a text names this monitor, and not only one whose id begins or ends the same.
pub fn names(text: &str, monitor: &str) -> bool {
    let inner = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '-' || c == '_');
    text.match_indices(monitor).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + monitor.len()..]);
        let mut next = after.chars();
        // A full stop ends a sentence, or goes on with the id.
        let first = next.next();
        let goes_on = inner(first) || (first == Some('.') && inner(next.next()));
        !inner(before.chars().next_back()) && !goes_on
    })
}
