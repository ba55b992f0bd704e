//! Where alerts go: the ARN of an SNS topic, or the name of one.

use std::fmt;

/// What the ARN of a topic looks like. The name of a FIFO topic ends in `.fifo`.
pub const TOPIC_ARN_PATTERN: &str =
    "^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:([A-Za-z0-9_-]{1,256}|[A-Za-z0-9_-]{1,251}\\.fifo)$";

/// `arn:aws:sns:eu-west-1:123456789012:api-alerts`
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicArn(String);

/// A text that is no ARN of a topic.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the ARN of an SNS topic")]
pub struct TopicArnError(String);

impl TopicArn {
    pub fn parse(text: &str) -> Result<Self, TopicArnError> {
        if is_topic_arn(text) { Ok(Self(text.to_owned())) } else { Err(TopicArnError(text.to_owned())) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The region that the topic lives in; only there are its messages accepted.
    pub fn region(&self) -> &str {
        self.0.split(':').nth(3).unwrap_or_default()
    }

    /// Whether messages keep their order and come once.
    pub fn is_fifo(&self) -> bool {
        self.0.strip_suffix(".fifo").is_some()
    }
}

impl fmt::Display for TopicArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// As [`TOPIC_ARN_PATTERN`] says it, without compiling it: `check` reads an ARN for every monitor that has one.
fn is_topic_arn(text: &str) -> bool {
    let parts: Vec<_> = text.split(':').collect();
    let ["arn", partition, "sns", region, account, name] = parts.as_slice() else { return false };
    let all = |text: &str, allowed: fn(char) -> bool| text.chars().all(allowed);
    let name_part = name.strip_suffix(".fifo").unwrap_or(name);
    partition.strip_prefix("aws").is_some_and(|rest| all(rest, |c| c.is_ascii_lowercase() || c == '-'))
        && !region.is_empty()
        && all(region, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && account.len() == 12
        && all(account, |c| c.is_ascii_digit())
        && !name_part.is_empty()
        && name.len() <= 256
        && all(name_part, |c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use regex::Regex;

    #[test]
    fn an_arn_says_where_and_what_kind() {
        let arn = |text| TopicArn::parse(text).expect(text);
        let plain = arn("arn:aws:sns:eu-west-1:123456789012:api-alerts");
        assert_eq!((plain.region(), plain.is_fifo()), ("eu-west-1", false));
        assert!(arn("arn:aws-cn:sns:cn-north-1:123456789012:alerts.fifo").is_fifo());
    }

    fn check(text: &str) {
        let pattern = Regex::new(TOPIC_ARN_PATTERN).expect("a pattern");
        assert_eq!(TopicArn::parse(text).is_ok(), pattern.is_match(text), "{text}");
    }

    #[test]
    fn code_and_pattern_agree() {
        for text in [
            "",
            "default",
            "arn:aws:sns:eu-west-1:123456789012:",
            "arn:aws:sns:eu-west-1:123456789012:.fifo",
            "arn:aws:sns:eu-west-1:12345:x",
            "arn:aws:sqs:eu-west-1:123456789012:x",
            "arn:aws:sns::123456789012:x",
            "arn:aws:sns:eu-west-1:123456789012:a:b",
            "arn:aws:sns:eu-west-1:123456789012:a.b",
            "arn:aws-us-gov:sns:us-gov-west-1:123456789012:a.fifo",
        ] {
            check(text);
        }
    }

    proptest! {
        #[test]
        fn code_and_pattern_agree_on_every_text(
            text in "arn:(aws|aws-cn|gov|AWS)?:(sns|sqs):[a-z1-]{0,3}:[0-9]{11,13}:[a-zA-Z_.é-]{0,3}(\\.fifo)?"
        ) {
            check(&text);
        }
    }
}
