//! Where messages go.

use super::{LocalTopic, NotifyError, SnsTopics};
use crate::alert::Notification;
use crate::monitor::TopicArn;

/// The way to the people. A machine without AWS has a file.
#[derive(Debug, Clone)]
pub enum Notifier {
    Local(LocalTopic),
    Sns(SnsTopics),
    #[cfg(test)]
    Recording(recording::Topic),
}

impl Notifier {
    /// Returns once the topic has accepted the message, and never before.
    pub async fn publish(&self, message: &Notification) -> Result<(), NotifyError> {
        match self {
            Self::Local(topic) => topic.publish(message).await,
            Self::Sns(topics) => topics.publish(message).await,
            #[cfg(test)]
            Self::Recording(topic) => topic.publish(message).await,
        }
    }

    /// The topic of monitors that name none; without one, the names of topics are only names.
    pub fn default_topic(&self) -> Option<&TopicArn> {
        match self {
            Self::Sns(topics) => Some(topics.default_topic()),
            Self::Local(_) => None,
            #[cfg(test)]
            Self::Recording(_) => None,
        }
    }
}

#[cfg(test)]
pub mod recording {
    //! A topic for scenarios: it remembers what it accepted, and can be down or die.

    use std::collections::BTreeSet;
    use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

    use tokio::sync::{Notify, watch};

    use super::NotifyError;
    use crate::alert::Notification;

    /// A topic shared by all runs of a scenario, under any name.
    #[derive(Debug, Clone, Default)]
    pub struct Topic {
        inner: Arc<Mutex<Inner>>,
        died: Arc<Notify>,
    }

    #[derive(Debug, Default)]
    struct Inner {
        accepted: Vec<Notification>,
        mode: Mode,
        /// These refuse every message, whatever the others do.
        down: BTreeSet<String>,
        /// The one of these names answers only once this is true.
        held: Option<(String, watch::Receiver<bool>)>,
    }

    /// What happens to the next messages.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
    pub enum Mode {
        #[default]
        Accept,
        /// Every message is refused.
        Down,
        /// The message is accepted, and the process that sent it never learns of it.
        DieAfterAccepting,
    }

    /// Whether one channel refuses everything.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum IsDown {
        Yes,
        No,
    }

    impl Topic {
        pub fn set(&self, mode: Mode) {
            self.lock().mode = mode;
        }

        /// Under the name `channel` it refuses everything, or no longer does.
        pub fn set_down(&self, channel: &str, is_down: IsDown) {
            let mut inner = self.lock();
            match is_down {
                IsDown::Yes => inner.down.insert(channel.to_owned()),
                IsDown::No => inner.down.remove(channel),
            };
        }

        /// All channels go by the mode again.
        pub fn nothing_is_down(&self) {
            self.lock().down.clear();
        }

        /// Under the name `topic` it accepts nothing and refuses nothing until `gate` is true.
        pub fn hold(&self, topic: &str, gate: watch::Receiver<bool>) {
            self.lock().held = Some((topic.to_owned(), gate));
        }

        /// What was accepted so far, oldest first.
        pub fn accepted(&self) -> Vec<Notification> {
            self.lock().accepted.clone()
        }

        pub async fn publish(&self, message: &Notification) -> Result<(), NotifyError> {
            let held = self.lock().held.clone();
            if let Some((_, mut gate)) = held.filter(|(topic, _)| message.topic.to_string() == *topic) {
                drop(gate.wait_for(|open| *open).await);
            }
            let mode = {
                let inner = self.lock();
                if inner.down.contains(message.channel.name.as_str()) { Mode::Down } else { inner.mode }
            };
            if mode != Mode::Down {
                self.lock().accepted.push(message.clone());
            }
            match mode {
                Mode::Accept => Ok(()),
                Mode::Down => Err(NotifyError::Down),
                Mode::DieAfterAccepting => {
                    self.died.notify_one();
                    std::future::pending().await
                }
            }
        }

        /// Ready once a process has died in publishing.
        pub async fn died(&self) {
            self.died.notified().await;
        }

        fn lock(&self) -> MutexGuard<'_, Inner> {
            self.inner.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }
}
