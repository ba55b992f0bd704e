//! The name of a monitor in tables, alerts and selectors.

use std::fmt;

use sha2::{Digest, Sha256};

use super::ChannelId;

/// Ids that a monitor had before and that are kept with it, the latest first. A run moves what lies under them, so only a
/// monitor that was renamed so often without a run between would lose its history.
pub const MOST_FORMER_IDS: usize = 20;

/// The form of an id as a regular expression, shared with the JSON Schema.
///
/// `@` begins the ids of our own items in the tables, so no monitor's id may.
pub const ID_PATTERN: &str = "^[a-z0-9][a-z0-9._/-]{0,127}$";

const PROBER: &str = "@prober";

/// `@channel#shop#chat`: the channel `chat` of `shop`.
const CHANNEL: &str = "@channel#";

/// A valid monitor id: 1 to 128 bytes of `[a-z0-9._/-]`, the first a letter or a digit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MonitorId(String);

/// What an id is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdSubject {
    Monitor,
    /// The machine that probes.
    Prober,
    /// Whether a channel takes notifications.
    Channel(ChannelId),
}

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    #[error("an id has at least one character")]
    Empty,
    #[error("an id has at most 128 characters; this one has {0}")]
    TooLong(usize),
    #[error("an id begins with a letter a-z or a digit, not with {0:?}")]
    BadStart(char),
    #[error("an id is made of a-z, 0-9, '.', '_', '/' and '-', not of {0:?}")]
    BadCharacter(char),
}

impl MonitorId {
    /// Checks `text` against [`ID_PATTERN`].
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let first = text.chars().next().ok_or(IdError::Empty)?;
        if !matches!(first, 'a'..='z' | '0'..='9') {
            return Err(IdError::BadStart(first));
        }
        let bad = |c: &char| !matches!(c, 'a'..='z' | '0'..='9' | '.' | '_' | '/' | '-');
        if let Some(c) = text.chars().find(bad) {
            return Err(IdError::BadCharacter(c));
        }
        match text.len() {
            0..=128 => Ok(Self(text.to_owned())),
            n => Err(IdError::TooLong(n)),
        }
    }

    /// Stands for monitorctl itself where an alert names a monitor. No file can define it.
    pub fn prober() -> Self {
        Self(PROBER.to_owned())
    }

    /// Stands for a channel where an alert names a monitor. No file can define it.
    pub fn of_channel(channel: &ChannelId) -> Self {
        Self(format!("{CHANNEL}{channel}"))
    }

    pub fn is_prober(&self) -> bool {
        self.0 == PROBER
    }

    /// The channel that it is about, if it is about one.
    pub fn channel(&self) -> Option<ChannelId> {
        Self::channel_in(&self.0)
    }

    /// The channel that the text of an id is about.
    pub fn channel_in(text: &str) -> Option<ChannelId> {
        ChannelId::parse(text.strip_prefix(CHANNEL)?).ok()
    }

    pub fn subject(&self) -> IdSubject {
        match self.channel() {
            Some(channel) => IdSubject::Channel(channel),
            None if self.is_prober() => IdSubject::Prober,
            None => IdSubject::Monitor,
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A number that spreads ids evenly and is the same on every machine and version.
    pub fn spread(&self) -> u64 {
        let digest = Sha256::digest(self.0.as_bytes());
        digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}

impl ChannelId {
    /// As the row of this monitor calls it. The prober has many owners, and those of two channels may differ, so their rows
    /// say whose channel it is.
    pub fn in_row_of(&self, monitor: &MonitorId) -> Self {
        let owner = match monitor.subject() {
            IdSubject::Monitor => None,
            IdSubject::Prober | IdSubject::Channel(_) => self.owner.clone(),
        };
        Self { owner, name: self.name.clone() }
    }
}

impl fmt::Display for MonitorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_channel_leads_back_to_it_and_no_file_can_define_it() {
        for text in ["default", "acme/shop.x#on-call"] {
            let channel = ChannelId::parse(text).expect(text);
            let id = MonitorId::of_channel(&channel);
            assert_eq!(id.subject(), IdSubject::Channel(channel));
            assert_eq!(MonitorId::parse(id.as_str()), Err(IdError::BadStart('@')));
        }
        assert_eq!(MonitorId::prober().subject(), IdSubject::Prober);
        assert_eq!(MonitorId::parse("shop").expect("an id").subject(), IdSubject::Monitor);
    }

    #[test]
    fn an_id_is_what_its_pattern_says() {
        let pattern = regex::Regex::new(ID_PATTERN).expect("the pattern is a regex");
        let long = "a".repeat(128);
        let too_long = "a".repeat(129);
        for text in [
            "a",
            "0",
            "payments-api",
            "eu/auth.v2_x",
            "",
            "-a",
            "@run",
            "A",
            "a b",
            "ä",
            "a\n",
            &long,
            &too_long,
        ] {
            assert_eq!(MonitorId::parse(text).is_ok(), pattern.is_match(text), "{text:?}");
        }
    }
}
