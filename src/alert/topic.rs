//! Which topic an alert goes to.

use std::collections::BTreeMap;
use std::fmt;

use crate::monitor::{ChannelId, ChannelName, TopicArn};

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// On a machine without AWS a name is all there is.
    Name(String),
    Arn(TopicArn),
}

/// A channel that a monitor notifies, or the last time one hears of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    pub channel: ChannelId,
    pub topic: Topic,
}

/// The topic of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    As(Topic),
    /// The settings do not define the name. A lost alert is worse than one that others get, so it
    /// goes to the default topic.
    Lost(Topic),
}

/// Where alerts go for which a monitor says `wanted`: a name that its owner gave to a topic (`named`), or
/// the default. Without a default topic there is no AWS, and names stay names.
pub fn target(
    wanted: &ChannelName,
    named: Option<&BTreeMap<String, TopicArn>>,
    default: Option<&TopicArn>,
) -> Target {
    let Some(default) = default else { return Target::As(Topic::Name(wanted.to_string())) };
    if wanted.is_default() {
        return Target::As(Topic::Arn(default.clone()));
    }
    match named.and_then(|named| named.get(wanted.as_str())) {
        Some(arn) => Target::As(Topic::Arn(arn.clone())),
        None => Target::Lost(Topic::Arn(default.clone())),
    }
}

impl Target {
    pub fn into_topic(self) -> Topic {
        match self {
            Self::As(topic) | Self::Lost(topic) => topic,
        }
    }
}

impl Topic {
    /// Whether messages keep their order and come once; then each monitor has its own.
    pub fn is_fifo(&self) -> bool {
        match self {
            Self::Name(_) => false,
            Self::Arn(arn) => arn.is_fifo(),
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Arn(arn) => arn.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_its_owner_says_and_never_leads_nowhere() {
        let arn = |name: &str| {
            TopicArn::parse(&format!("arn:aws:sns:eu-west-1:123456789012:{name}")).expect("an ARN")
        };
        let (default_topic, oncall) = (arn("fallback"), arn("oncall"));
        let named = BTreeMap::from([("oncall".to_owned(), oncall.clone())]);
        let check = |wanted: &str, named, default, expected| {
            let name = ChannelName::parse(wanted).expect("a name");
            assert_eq!(target(&name, named, default), expected, "{wanted}");
        };
        let to = |arn: &TopicArn| Topic::Arn(arn.clone());
        check("default", Some(&named), Some(&default_topic), Target::As(to(&default_topic)));
        check("oncall", Some(&named), Some(&default_topic), Target::As(to(&oncall)));
        check("shop", Some(&named), Some(&default_topic), Target::Lost(to(&default_topic)));
        // A monitor that was put into the table by hand has no owner.
        check("oncall", None, Some(&default_topic), Target::Lost(to(&default_topic)));
        check("shop", Some(&named), None, Target::As(Topic::Name("shop".to_owned())));
    }
}
