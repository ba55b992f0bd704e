//! Why a message was not accepted.

use std::error::Error;
use std::path::PathBuf;

use crate::alert::Topic;

type BoxedError = Box<dyn Error + Send + Sync>;

/// The topic did not take a message, or did not say so; the alert stays pending.
#[derive(Debug, thiserror::Error)]
pub enum NotifyError {
    #[error("append the alert to {}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    /// Names of topics are for machines without AWS.
    #[error("publish to {0}: not the ARN of a topic")]
    NoArn(Topic),
    #[error("publish to {topic}: the AWS credentials are missing, invalid or expired")]
    Credentials { topic: Topic, source: BoxedError },
    #[error("publish to {topic}: access is denied")]
    Denied { topic: Topic, source: BoxedError },
    #[error("publish to {topic}: the topic does not exist")]
    NoTopic { topic: Topic, source: BoxedError },
    #[error("publish to {topic}: no answer in {tries} tries")]
    Unavailable { topic: Topic, tries: u32, source: BoxedError },
    /// Something about the topic other than those: its key is disabled, for example.
    #[error("publish to {topic}: SNS refuses")]
    Refused { topic: Topic, source: BoxedError },
    /// This message as it is; others may pass.
    #[error("publish to {topic}: SNS rejects this message")]
    Invalid { topic: Topic, source: BoxedError },
    /// The time for notifications was over before there was an answer.
    #[error("publish it in the remaining time")]
    Late,
    /// Only a test's topic is down on purpose.
    #[cfg(test)]
    #[error("reach the topic, which is down")]
    Down,
}

/// What else a failure says no to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureScope {
    /// This message alone.
    Message,
    /// Everything for the same topic.
    Topic,
}

impl NotifyError {
    pub fn scope(&self) -> FailureScope {
        match self {
            Self::Invalid { .. } => FailureScope::Message,
            Self::File { .. }
            | Self::NoArn(_)
            | Self::Credentials { .. }
            | Self::Denied { .. }
            | Self::NoTopic { .. }
            | Self::Unavailable { .. }
            | Self::Refused { .. } => FailureScope::Topic,
            // The time was up, which says nothing about the topic; there may be more later in the run.
            Self::Late => FailureScope::Message,
            #[cfg(test)]
            Self::Down => FailureScope::Topic,
        }
    }

    /// What to do about it, if that is known.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Credentials { .. } => Some("`aws sts get-caller-identity` shows which identity is in use"),
            Self::Denied { .. } => Some("the role needs sns:Publish on the topic, and the use of its key"),
            Self::NoTopic { .. } => Some("check SNS_TOPIC_ARN, and `topics:` in monitorctl.yaml"),
            Self::NoArn(_) => Some("set SNS_TOPIC_ARN"),
            Self::File { source, .. } => match source.kind() {
                std::io::ErrorKind::StorageFull
                | std::io::ErrorKind::QuotaExceeded
                | std::io::ErrorKind::FileTooLarge => Some("free space on the disk"),
                std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                    Some("let the user that runs check write the file")
                }
                _ => None,
            },
            Self::Unavailable { .. } | Self::Refused { .. } | Self::Invalid { .. } | Self::Late => None,
            #[cfg(test)]
            Self::Down => None,
        }
    }
}
