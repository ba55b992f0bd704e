//! Redacts what is shown of a probe.

use std::cell::RefCell;
use std::sync::OnceLock;

use super::Secrets;
use super::finder::{Care, SecretFinder};
use super::hidden::Hidden;
use super::pieces::Pieces;
use crate::monitor::Monitor;
use crate::monitor::excerpt;
use crate::net::{MessagePart, message_parts};
use crate::observation::Fault;

/// Characters of a fault that are shown to people.
const SHOWN: usize = 200;

/// Quotes what one monitor received.
pub struct Quoter<'a> {
    secrets: &'a Secrets,
    /// The monitor of the probe. Its own secrets are searched for more closely.
    monitor: &'a Monitor,
    own: OnceLock<(Vec<Hidden>, SecretFinder)>,
    /// The parts of its values shown so far, because an answer may bring one in pieces.
    pieces: RefCell<Option<Pieces>>,
}

impl<'a> Quoter<'a> {
    pub(super) fn new(secrets: &'a Secrets, monitor: &'a Monitor) -> Self {
        Self { secrets, monitor, own: OnceLock::new(), pieces: RefCell::default() }
    }

    /// The first `limit` characters of a text from elsewhere, with a reference in the place of each value of a secret. If
    /// the rest may still hold one, in another encoding or cut short, nothing of it is shown.
    ///
    /// The cost depends on the characters shown, not on the length of the text or the number of secrets.
    pub fn quote(&self, text: &str, limit: usize) -> String {
        let (shown, left) = self.secrets.redacted(text, limit);
        match self.finder(&left) {
            Some(reference) => format!("(redacted: it may contain {reference})"),
            None => excerpt(&shown, limit),
        }
    }

    /// The fault without values of secrets and without control characters, cut to a length for people. Our own words stay
    /// as they are, even if a secret holds the same text.
    #[must_use]
    pub fn clean(&self, fault: &Fault) -> Fault {
        let clean = |text: &str| {
            let part = |part: MessagePart<'_>| match part {
                MessagePart::Own(text) => text.to_owned(),
                MessagePart::Foreign(text) => self.quote(text, SHOWN),
            };
            excerpt(&message_parts(text).into_iter().map(part).collect::<String>(), SHOWN)
        };
        Fault { kind: fault.kind, actual: clean(&fault.actual), expected: clean(&fault.expected) }
    }

    /// The reference whose value the text may hold.
    fn finder(&self, text: &str) -> Option<String> {
        let (hidden, own) = self.own.get_or_init(|| {
            let hidden = self.secrets.hidden_of(self.monitor);
            let finder = SecretFinder::new(hidden.iter().map(|hidden| hidden.value.as_str()), Care::Own);
            (hidden, finder)
        });
        let found = own.of(text).or_else(|| {
            let values = || hidden.iter().map(|hidden| hidden.value.as_str());
            self.pieces.borrow_mut().get_or_insert_with(|| Pieces::of(values())).add(text)
        });
        let found = found.and_then(|number| hidden.get(number)).map(|hidden| hidden.reference.clone());
        found.or_else(|| self.secrets.doubt_of_others(text))
    }
}
