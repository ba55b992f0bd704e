//! What a kind of channel says of itself. A new one is a file that implements [`Channel`], and a line in the list of
//! `mod.rs`.

use std::collections::BTreeMap;
use std::fmt::Debug;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::{ChannelAnswer, ChannelLimits, ChannelRequest, Receipt, SecretText};
use crate::message::{Grouping, Message};
use crate::written::{Path, Violation};

/// A kind of channel. What has a default here means nothing to most kinds.
pub trait Channel: Sized + 'static {
    /// The word for it in files: `slack`.
    const KIND: &'static str;
    const LIMITS: ChannelLimits;
    /// Whether messages go over TLS sessions that are made here.
    const HAS_TLS: bool = true;
    /// Fields that are nothing but a credential, so that a literal value is refused.
    const CREDENTIALS: &'static [&'static str] = &[];

    /// The fields that it has of its own, beside those of all kinds.
    type Settings: DeserializeOwned + JsonSchema + Debug + Clone + PartialEq;

    /// The texts in which references to secrets are filled in, by field.
    fn secrets(settings: &mut Self::Settings) -> Vec<(&'static str, &mut SecretText)>;

    /// Reports what no schema can say. `at` is the place of the channel.
    fn check(_settings: &Self::Settings, _at: &Path, _violations: &mut Vec<Violation>) {}

    /// How alerts become messages, where the settings make a difference.
    fn grouping(_settings: &Self::Settings) -> Grouping {
        Self::LIMITS.grouping
    }

    /// Labels that a channel of levels adds to each alert.
    fn labels(_settings: &Self::Settings) -> BTreeMap<String, String> {
        BTreeMap::new()
    }

    /// What is sent, in its order; each within [`Self::LIMITS`], whatever the message. The secrets are filled in.
    fn render(settings: &Self::Settings, message: &Message) -> Vec<ChannelRequest>;

    /// Whether it was accepted.
    fn receipt(answer: &ChannelAnswer) -> Receipt {
        answer.receipt()
    }
}
