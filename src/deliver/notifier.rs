//! Sends a message in the way that its channel takes it.

use std::sync::Arc;

use super::http::HttpSender;
use super::smtp::SmtpSender;
use super::tries::persist;
use super::trust::authorities;
use super::{FileSender, NotifyError, TopicSender};
use crate::alert::Notification;
use crate::channels::{ChannelRequest, ReadyChannel};
use crate::monitor::ChannelId;
use crate::net::AddressPolicy;

/// The way to the people.
#[derive(Clone)]
pub enum Notifier {
    Senders(Senders),
    #[cfg(test)]
    Recording(recording::Topic),
}

/// A sender for each way in which channels are reached; one for a whole run.
#[derive(Clone)]
pub struct Senders {
    topics: TopicSender,
    file: FileSender,
    http: Arc<HttpSender>,
    smtp: Arc<SmtpSender>,
}

impl Notifier {
    /// Returns once the channel has accepted the message, and never before.
    pub async fn publish(&self, ready: &ReadyChannel, message: &Notification) -> Result<(), NotifyError> {
        match self {
            Self::Senders(senders) => senders.deliver(ready, message).await,
            #[cfg(test)]
            Self::Recording(topic) => topic.publish(message).await,
        }
    }

    /// Posts again what a channel of levels accepted before.
    pub async fn post_again(&self, ready: &ReadyChannel, message: &Notification) -> Result<(), NotifyError> {
        match self {
            Self::Senders(senders) => senders.deliver(ready, message).await,
            #[cfg(test)]
            Self::Recording(topic) => topic.post_again(message),
        }
    }
}

impl Senders {
    pub fn new(topics: TopicSender, file: FileSender, addresses: AddressPolicy) -> Self {
        let http = Arc::new(HttpSender::new(addresses.clone()));
        Self { topics, file, http, smtp: Arc::new(SmtpSender::new(addresses)) }
    }

    /// A message that is refused as it is may pass in its shortest form.
    async fn deliver(
        &self,
        ready: &ReadyChannel,
        Notification { channel, message, .. }: &Notification,
    ) -> Result<(), NotifyError> {
        match self.send(channel, ready, ready.render(message)).await {
            Err(NotifyError::MessageRefused { .. }) => {
                self.send(channel, ready, ready.render(&message.in_short())).await
            }
            ended => ended,
        }
    }

    /// Sends the requests in their order. All of them together are the message.
    async fn send(
        &self,
        channel: &ChannelId,
        ready: &ReadyChannel,
        requests: Vec<ChannelRequest>,
    ) -> Result<(), NotifyError> {
        if requests.is_empty() {
            return Err(NotifyError::Nowhere(channel.clone()));
        }
        let unprepared = |why| NotifyError::Unprepared { channel: channel.clone(), why };
        let authorities = authorities(ready.trust()).await.map_err(unprepared)?;
        let authorities = authorities.as_deref();
        for request in &requests {
            match request {
                ChannelRequest::Http(request) => {
                    let pace = ready.limits().pace;
                    let once = async || self.http.send(channel, pace, authorities, request).await;
                    persist(channel, ready, once).await?;
                }
                ChannelRequest::Mail(mail) => {
                    persist(channel, ready, async || self.smtp.send(mail, authorities).await).await?;
                }
                ChannelRequest::Sns(publication) => self.topics.publish(publication).await?,
                ChannelRequest::Line(line) => self.file.append(line).await?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
pub mod recording {
    //! A topic for scenarios: it remembers what it accepted, and can be down or die.

    use std::collections::BTreeMap;
    use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
    use std::time::Duration;

    use tokio::sync::{Notify, watch};
    use tokio::time::sleep;

    use super::NotifyError;
    use crate::alert::Notification;

    /// How long a slow channel takes.
    const SLOW: Duration = Duration::from_millis(20);

    /// A topic shared by all runs of a scenario, under any name.
    #[derive(Debug, Clone, Default)]
    pub struct Topic {
        inner: Arc<Mutex<Inner>>,
        died: Arc<Notify>,
    }

    #[derive(Debug, Default)]
    struct Inner {
        accepted: Vec<Notification>,
        /// What was posted again.
        again: Vec<Notification>,
        tried: Vec<String>,
        mode: Mode,
        /// What these do, whatever the others do.
        manners: BTreeMap<String, ChannelManner>,
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

    /// What one channel does instead of accepting.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum ChannelManner {
        /// It does not answer.
        Down,
        /// It refuses every message.
        Refuses,
        /// It accepts, after a while.
        Slow,
        /// It accepts, and its answer is lost.
        Loses,
        /// It accepts, and the process that sent the message never learns of it.
        Kills,
        /// It refuses messages about this monitor.
        Dislikes(&'static str),
    }

    impl Topic {
        pub fn set(&self, mode: Mode) {
            self.lock().mode = mode;
        }

        /// Under the name `channel` it behaves so.
        pub fn set_manner(&self, channel: &str, manner: ChannelManner) {
            self.lock().manners.insert(channel.to_owned(), manner);
        }

        /// Under the name `channel` it goes by the mode again.
        pub fn mend(&self, channel: &str) {
            self.lock().manners.remove(channel);
        }

        /// All channels go by the mode again.
        pub fn mend_all(&self) {
            self.lock().manners.clear();
        }

        /// The channel of every message that was tried, accepted or not.
        pub fn tried(&self) -> Vec<String> {
            self.lock().tried.clone()
        }

        /// Under the name `topic` it accepts nothing and refuses nothing until `gate` is true.
        pub fn hold(&self, topic: &str, gate: watch::Receiver<bool>) {
            self.lock().held = Some((topic.to_owned(), gate));
        }

        /// What was accepted so far, oldest first.
        pub fn accepted(&self) -> Vec<Notification> {
            self.lock().accepted.clone()
        }

        /// What was posted again so far, oldest first.
        pub fn posted_again(&self) -> Vec<Notification> {
            self.lock().again.clone()
        }

        pub fn post_again(&self, message: &Notification) -> Result<(), NotifyError> {
            let mut inner = self.lock();
            if inner.mode == Mode::Down || inner.manners.contains_key(message.channel.name.as_str()) {
                return Err(NotifyError::Down);
            }
            inner.again.push(message.clone());
            Ok(())
        }

        pub async fn publish(&self, message: &Notification) -> Result<(), NotifyError> {
            let held = self.lock().held.clone();
            if let Some((_, mut gate)) = held.filter(|(topic, _)| message.channel.name.as_str() == topic) {
                drop(gate.wait_for(|open| *open).await);
            }
            let (mode, manner) = {
                let mut inner = self.lock();
                let channel = message.channel.name.to_string();
                let manner = inner.manners.get(&channel).copied();
                inner.tried.push(channel);
                (inner.mode, manner)
            };
            match manner {
                Some(ChannelManner::Down) => return Err(NotifyError::Down),
                Some(ChannelManner::Refuses) => return Err(NotifyError::Refusing),
                Some(ChannelManner::Dislikes(id))
                    if message.alerts.iter().any(|alert| alert.monitor.id.as_str() == id) =>
                {
                    return Err(NotifyError::RefusesThis);
                }
                Some(ChannelManner::Slow) => sleep(SLOW).await,
                Some(ChannelManner::Loses | ChannelManner::Kills | ChannelManner::Dislikes(_)) | None => {}
            }
            if mode != Mode::Down {
                self.lock().accepted.push(message.clone());
            }
            match mode {
                Mode::Accept if manner == Some(ChannelManner::Loses) => Err(NotifyError::Down),
                Mode::Accept if manner == Some(ChannelManner::Kills) => self.die().await,
                Mode::Accept => Ok(()),
                Mode::Down => Err(NotifyError::Down),
                Mode::DieAfterAccepting => self.die().await,
            }
        }

        async fn die(&self) -> Result<(), NotifyError> {
            self.died.notify_one();
            std::future::pending().await
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
