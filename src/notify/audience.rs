//! Who listens to a topic.

use aws_sdk_sns::Client;
use aws_sdk_sns::config::{Builder, Region};

use crate::aws::{Aws, Trouble, look};
use crate::doctor::{Look, Subscriptions};

/// Asks in the region of the topic itself.
pub async fn audience(aws: &Aws, arn: &str) -> Look<Subscriptions> {
    let Some(region) = arn.split(':').nth(3).filter(|region| !region.is_empty()) else {
        return Look::Failed("this is not the ARN of an SNS topic".to_owned());
    };
    let config = Builder::from(aws.config().await).region(Region::new(region.to_owned())).build();
    match Client::from_conf(config).get_topic_attributes().topic_arn(arn).send().await {
        Ok(answer) => {
            let number = |name: &str| {
                let text = answer.attributes().and_then(|attributes| attributes.get(name));
                text.and_then(|text| text.parse().ok()).unwrap_or(0)
            };
            Look::Seen(Subscriptions {
                confirmed: number("SubscriptionsConfirmed"),
                pending: number("SubscriptionsPending"),
            })
        }
        Err(error) => look(Trouble::of(&error), &error),
    }
}
