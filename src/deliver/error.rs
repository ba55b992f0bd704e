//! Why a message was not accepted.

use std::error::Error;
use std::fmt;
use std::path::PathBuf;

use crate::monitor::{ChannelId, TopicArn};

type BoxedError = Box<dyn Error + Send + Sync>;

/// The channel did not take a message, or did not say so; the alert stays pending.
#[derive(Debug, thiserror::Error)]
pub enum NotifyError {
    #[error("append the alert to {}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    /// A channel refers to a secret that this machine cannot have.
    #[error("prepare the channel {channel}: {why}")]
    Unprepared { channel: ChannelId, why: String },
    /// A secret that it refers to may be there a moment later.
    #[error("fetch the secrets of the channel {channel}: {why}")]
    Unfetched { channel: ChannelId, why: String },
    #[error("reach the channel {channel}: no answer in {tries}: {why}")]
    NoAnswer { channel: ChannelId, tries: Tries, why: String },
    /// It answers that it has a trouble that passes.
    #[error("notify the channel {channel}: not accepted in {tries}: {reason}")]
    NotNow { channel: ChannelId, tries: Tries, reason: String },
    /// It would refuse any other message too.
    #[error("notify the channel {channel}: it refuses: {reason}")]
    ChannelRefuses { channel: ChannelId, reason: String },
    /// A shorter one may pass.
    #[error("notify the channel {channel}: it refuses this message: {reason}")]
    MessageRefused { channel: ChannelId, reason: String },
    /// No version of this program sends in this way.
    #[error("notify the channel {0}: its settings name no place to send to")]
    Nowhere(ChannelId),
    /// Neither the machine nor an owner says where to send to.
    #[error("find a channel: SNS_TOPIC_ARN is not set on this machine")]
    NoDefault,
    #[error("publish to {topic}: the AWS credentials are missing, invalid or expired")]
    Credentials { topic: TopicArn, source: BoxedError },
    #[error("publish to {topic}: access is denied")]
    Denied { topic: TopicArn, source: BoxedError },
    #[error("publish to {topic}: the topic does not exist")]
    NoTopic { topic: TopicArn, source: BoxedError },
    #[error("publish to {topic}: no answer in {tries} tries")]
    Unavailable { topic: TopicArn, tries: u32, source: BoxedError },
    /// Something about the topic other than those: its key is disabled, for example.
    #[error("publish to {topic}: SNS refuses")]
    Refused { topic: TopicArn, source: BoxedError },
    /// This message as it is; others may pass.
    #[error("publish to {topic}: SNS rejects this message")]
    Invalid { topic: TopicArn, source: BoxedError },
    /// The time for notifications was over before there was an answer.
    #[error("get an answer in the time of this run")]
    Late,
    /// Only a test's channel is down on purpose.
    #[cfg(test)]
    #[error("reach the channel, which is down")]
    Down,
    #[cfg(test)]
    #[error("notify the channel: it refuses")]
    Refusing,
    #[cfg(test)]
    #[error("notify the channel: it refuses this message")]
    RefusesThis,
}

/// How often a request was sent: `1 try`, `3 tries`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tries(pub u32);

impl fmt::Display for Tries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self(1) => f.write_str("1 try"),
            Self(number) => write!(f, "{number} tries"),
        }
    }
}

/// What a failure means for what else is pending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureScope {
    /// This message alone is refused.
    Message,
    /// The channel refuses everything.
    Channel,
    /// This machine cannot send to the channel, and did not try.
    Machine,
    /// There is no such channel.
    NoChannel,
    /// Nothing got there, or no answer came back. The next run may have more luck.
    Outage,
    /// The time was up, which says nothing about the channel; there may be more later in the run.
    Time,
}

impl NotifyError {
    pub fn scope(&self) -> FailureScope {
        match self {
            Self::Invalid { .. } | Self::MessageRefused { .. } => FailureScope::Message,
            Self::ChannelRefuses { .. }
            | Self::Denied { .. }
            | Self::NoTopic { .. }
            | Self::Refused { .. } => FailureScope::Channel,
            Self::Unprepared { .. } | Self::Nowhere(_) => FailureScope::Machine,
            Self::NoDefault => FailureScope::NoChannel,
            Self::File { .. }
            | Self::Unfetched { .. }
            | Self::NoAnswer { .. }
            | Self::NotNow { .. }
            | Self::Credentials { .. }
            | Self::Unavailable { .. } => FailureScope::Outage,
            Self::Late => FailureScope::Time,
            #[cfg(test)]
            Self::Down => FailureScope::Outage,
            #[cfg(test)]
            Self::Refusing => FailureScope::Channel,
            #[cfg(test)]
            Self::RefusesThis => FailureScope::Message,
        }
    }

    /// Why, without the name of the channel: `HTTP 404: no_service`. No secret is in it.
    pub fn reason(&self) -> String {
        match self {
            Self::File { source, .. } => source.to_string(),
            Self::Unprepared { why, .. } | Self::Unfetched { why, .. } | Self::NoAnswer { why, .. } => {
                why.clone()
            }
            Self::ChannelRefuses { reason, .. }
            | Self::MessageRefused { reason, .. }
            | Self::NotNow { reason, .. } => reason.clone(),
            Self::NoDefault => "SNS_TOPIC_ARN is not set on this machine".to_owned(),
            Self::Nowhere(_) => "its settings name no place to send to".to_owned(),
            Self::Credentials { .. } => "the AWS credentials are missing, invalid or expired".to_owned(),
            Self::Denied { topic, .. } => format!("access to {topic} is denied"),
            Self::NoTopic { topic, .. } => format!("the topic {topic} does not exist"),
            Self::Unavailable { topic, .. } => format!("no answer from {topic}"),
            Self::Refused { topic, .. } => format!("SNS refuses {topic}"),
            Self::Invalid { .. } => "SNS rejects the message".to_owned(),
            Self::Late => "the time was up".to_owned(),
            #[cfg(test)]
            Self::Down => "it is down".to_owned(),
            #[cfg(test)]
            Self::Refusing => "HTTP 404: no_service".to_owned(),
            #[cfg(test)]
            Self::RefusesThis => "HTTP 400: invalid_payload".to_owned(),
        }
    }

    /// In short, for a line that names the channel; `None` where the error is as short.
    pub fn in_short(&self) -> Option<String> {
        match self {
            Self::ChannelRefuses { reason, .. } | Self::MessageRefused { reason, .. } => {
                Some(format!("refused: {reason}"))
            }
            Self::NoAnswer { tries, why, .. } => Some(format!("no answer in {tries}: {why}")),
            Self::NotNow { tries, reason, .. } => Some(format!("not accepted in {tries}: {reason}")),
            Self::Unprepared { why, .. } | Self::Unfetched { why, .. } => Some(format!("not sent: {why}")),
            Self::File { .. }
            | Self::Nowhere(_)
            | Self::NoDefault
            | Self::Credentials { .. }
            | Self::Denied { .. }
            | Self::NoTopic { .. }
            | Self::Unavailable { .. }
            | Self::Refused { .. }
            | Self::Invalid { .. }
            | Self::Late => None,
            #[cfg(test)]
            Self::Down | Self::Refusing | Self::RefusesThis => None,
        }
    }

    /// What to do about it, if that is known.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Credentials { .. } => Some("`aws sts get-caller-identity` shows which identity is in use"),
            Self::Denied { .. } => Some("the role needs sns:Publish on the topic, and the use of its key"),
            Self::NoTopic { .. } => Some("check SNS_TOPIC_ARN, and `channels:` in monitorctl.yaml"),
            Self::File { source, .. } => match source.kind() {
                std::io::ErrorKind::StorageFull
                | std::io::ErrorKind::QuotaExceeded
                | std::io::ErrorKind::FileTooLarge => Some("free space on the disk"),
                std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                    Some("let the user that runs check write the file")
                }
                _ => None,
            },
            Self::NoDefault => {
                Some("set it, or define a channel under `channels:` of monitorctl.yaml and sync")
            }
            Self::Unprepared { .. } => Some("`monitorctl doctor` shows which secrets do not resolve"),
            Self::ChannelRefuses { .. } => Some(
                "check in the service that its webhook, key or address still exists, and the settings of the channel",
            ),
            Self::NoAnswer { .. } => Some(
                "check the address of the channel, and that this machine reaches it; `--allow` permits private addresses, and `ca` of the channel names an authority of your own",
            ),
            Self::NotNow { .. }
            | Self::Unavailable { .. }
            | Self::Refused { .. }
            | Self::Invalid { .. }
            | Self::Unfetched { .. }
            | Self::MessageRefused { .. }
            | Self::Nowhere(_)
            | Self::Late => None,
            #[cfg(test)]
            Self::Down | Self::Refusing | Self::RefusesThis => None,
        }
    }
}
