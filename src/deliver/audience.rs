//! Who listens to a topic.

use aws_sdk_sns::Client;
use aws_sdk_sns::config::{Builder, Region};

use crate::aws::{Aws, Trouble, look};
use crate::installation::{Look, Subscriptions};
use crate::monitor::TopicArn;

/// Asks in the region of the topic itself.
pub async fn audience(aws: &Aws, topic: &TopicArn) -> Look<Subscriptions> {
    let region = Region::new(topic.region().to_owned());
    let config = Builder::from(aws.config().await).region(region).build();
    let client = Client::from_conf(config);
    let mut pages = client.list_subscriptions_by_topic().topic_arn(topic.as_str()).into_paginator().send();
    let mut subscriptions = Subscriptions { confirmed: 0, pending: 0 };
    while let Some(page) = pages.next().await {
        let page = match page {
            Ok(page) => page,
            Err(error) => return look(Trouble::of(&error), &error),
        };
        for subscription in page.subscriptions() {
            match subscription.subscription_arn() {
                Some("PendingConfirmation") => subscriptions.pending += 1,
                Some(arn) if arn.starts_with("arn:") => subscriptions.confirmed += 1,
                // Being deleted.
                Some(_) | None => {}
            }
        }
    }
    Look::Seen(subscriptions)
}
