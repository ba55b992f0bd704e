//! Topics of SNS.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_sns::Client;
use aws_sdk_sns::config::retry::RetryConfig;
use aws_sdk_sns::config::{Builder, Region};
use aws_sdk_sns::error::{BuildError, ProvideErrorMetadata, SdkError};
use aws_sdk_sns::operation::publish::PublishError;
use aws_sdk_sns::types::MessageAttributeValue;
use tokio::time::{Instant, sleep, sleep_until};

use super::NotifyError;
use crate::aws::{Aws, Trouble, said};
use crate::channels::{Attribute, FifoOrder, Publication};
use crate::monitor::TopicArn;

/// Tries of one message. An answer may be lost, so each carries the same alert id.
const TRIES: u32 = 3;

/// Longest wait before the second try; twice that before the third.
const WAIT: Duration = Duration::from_millis(500);

/// From one message of a topic to the next. Over 10 a second SNS switches a mail subscription off; the owner
/// subscribes to a FIFO topic by mail.
const PACE: Duration = Duration::from_millis(200);

/// Publishes to the topics of any region.
#[derive(Debug, Clone)]
pub struct TopicSender {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    aws: Aws,
    /// A client per region: the topic's region takes its messages, whatever region the tables are in.
    clients: Mutex<HashMap<String, Client>>,
    /// When the next message of each topic may be sent.
    next: Mutex<HashMap<TopicArn, Instant>>,
}

impl TopicSender {
    pub fn new(aws: Aws) -> Self {
        Self { inner: Arc::new(Inner { aws, clients: Mutex::default(), next: Mutex::default() }) }
    }

    /// Returns once the topic has accepted the message. Tries again only where another try may help.
    pub async fn publish(&self, publication: &Publication) -> Result<(), NotifyError> {
        let arn = &publication.topic;
        let client = self.client(arn.region()).await;
        let mut tried = 0;
        loop {
            self.wait_for_permit(arn).await;
            tried += 1;
            let Err(error) = send(&client, publication).await else { return Ok(()) };
            let trouble = Trouble::of(&error);
            if !trouble.may_pass() || tried == TRIES {
                return Err(failure(arn.clone(), trouble, tried, &error));
            }
            sleep((WAIT * tried).mul_f64(fastrand::f64())).await;
        }
    }

    /// The SDK's own tries are off: they would hide how often a message was sent.
    async fn client(&self, region: &str) -> Client {
        let known = |clients: &HashMap<String, Client>| clients.get(region).cloned();
        if let Some(client) = known(&self.inner.clients.lock().unwrap_or_else(PoisonError::into_inner)) {
            return client;
        }
        let config = Builder::from(self.inner.aws.config().await)
            .region(Region::new(region.to_owned()))
            .retry_config(RetryConfig::disabled());
        let client = Client::from_conf(config.build());
        let mut clients = self.inner.clients.lock().unwrap_or_else(PoisonError::into_inner);
        clients.entry(region.to_owned()).or_insert(client).clone()
    }

    async fn wait_for_permit(&self, arn: &TopicArn) {
        if arn.is_fifo() {
            return;
        }
        let turn = {
            let mut next = self.inner.next.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let turn = next.get(arn).map_or(now, |next| now.max(*next));
            next.insert(arn.clone(), turn + PACE);
            turn
        };
        sleep_until(turn).await;
    }
}

async fn send(client: &Client, publication: &Publication) -> Result<(), SdkError<PublishError>> {
    let Publication { topic, subject, message, attributes, order } = publication;
    let attributes = attributes
        .iter()
        .map(|attribute| Ok((attribute.name.to_owned(), value(attribute)?)))
        .collect::<Result<_, BuildError>>()
        .map_err(SdkError::construction_failure)?;
    let (group, deduplication) = match order {
        None => (None, None),
        Some(FifoOrder { group, deduplication }) => (Some(group.clone()), Some(deduplication.clone())),
    };
    let request = client
        .publish()
        .topic_arn(topic.as_str())
        .subject(subject)
        .message(message)
        .message_structure("json")
        .set_message_attributes(Some(attributes))
        .set_message_group_id(group)
        .set_message_deduplication_id(deduplication);
    request.send().await.map(|_| ())
}

fn value(attribute: &Attribute) -> Result<MessageAttributeValue, BuildError> {
    MessageAttributeValue::builder()
        .data_type(attribute.value.data_type())
        .string_value(attribute.value.text())
        .build()
}

fn failure(topic: TopicArn, trouble: Trouble, tries: u32, error: &SdkError<PublishError>) -> NotifyError {
    let about_the_message = error.code().is_some_and(|code| code.starts_with("InvalidParameter"));
    let source = said(error).into();
    match trouble {
        Trouble::Credentials => NotifyError::Credentials { topic, source },
        Trouble::Denied => NotifyError::Denied { topic, source },
        Trouble::Missing => NotifyError::NoTopic { topic, source },
        Trouble::Throttled | Trouble::Unavailable => NotifyError::Unavailable { topic, tries, source },
        Trouble::Refused if about_the_message => NotifyError::Invalid { topic, source },
        Trouble::Refused => NotifyError::Refused { topic, source },
    }
}
