//! The names of channels: where notifications go.

use std::fmt;

/// The channel of every monitor that names none.
pub const DEFAULT_CHANNEL: &str = "default";

/// What the name of a channel looks like.
pub const CHANNEL_NAME_PATTERN: &str = "^[a-z0-9][a-z0-9_-]{0,63}$";

/// Characters of a name.
const NAME_LENGTH: usize = 64;

/// Between the owner and the name of a channel. No owner has it.
const OF_OWNER: char = '#';

/// `oncall`: the name of a channel, as `channels:` gives it and `alert.to` says it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelName(String);

/// A text that is no name of a channel.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the name of a channel: 1 to 64 characters of a-z, 0-9, '_' and '-'")]
pub struct ChannelNameError(String);

/// A channel of an owner. Two owners may give one name to different channels. The channel of the machine has no owner, and
/// nor have the channels in the row of a monitor: whose monitor it is says whose channels they are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelId {
    pub owner: Option<String>,
    pub name: ChannelName,
}

impl ChannelName {
    pub fn parse(text: &str) -> Result<Self, ChannelNameError> {
        let begins = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let follows = |c: char| begins(c) || c == '_' || c == '-';
        if text.len() <= NAME_LENGTH && text.starts_with(begins) && text.chars().all(follows) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ChannelNameError(text.to_owned()))
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_default(&self) -> bool {
        self.0 == DEFAULT_CHANNEL
    }
}

impl Default for ChannelName {
    fn default() -> Self {
        Self(DEFAULT_CHANNEL.to_owned())
    }
}

impl ChannelId {
    /// The channel that a machine has without any settings.
    pub fn of_machine() -> Self {
        Self { owner: None, name: ChannelName::default() }
    }

    /// The way back of its text.
    pub fn parse(text: &str) -> Result<Self, ChannelNameError> {
        let (owner, name) = match text.split_once(OF_OWNER) {
            Some((owner, name)) => (Some(owner.to_owned()), name),
            None => (None, text),
        };
        Ok(Self { owner, name: ChannelName::parse(name)? })
    }
}

impl fmt::Display for ChannelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `oncall`, or `acme/shop#oncall`.
impl fmt::Display for ChannelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.owner {
            Some(owner) => write!(f, "{owner}{OF_OWNER}{}", self.name),
            None => self.name.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use regex::Regex;

    proptest! {
        #[test]
        fn code_and_pattern_agree_on_every_name(text in "[a-zA-Z0-9_-]{0,3}[é a-z.]{0,66}") {
            let pattern = Regex::new(CHANNEL_NAME_PATTERN).expect("a pattern");
            prop_assert_eq!(ChannelName::parse(&text).is_ok(), pattern.is_match(&text), "{}", text);
        }
    }

    #[test]
    fn the_text_of_a_channel_leads_back_to_it() {
        for text in ["oncall", "default", "acme/shop#oncall"] {
            assert_eq!(ChannelId::parse(text).expect(text).to_string(), text);
        }
        assert_eq!(ChannelId::parse("acme/shop#On Call"), Err(ChannelNameError("On Call".to_owned())));
    }
}
