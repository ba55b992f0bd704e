//! Where alerts go: whether the topics exist, and whether they have subscriptions.

use super::finding::{Area, Finding};
use super::rights::Role;
use crate::installation::{Look, Subscriptions};

/// What was seen of one topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicFacts {
    /// What monitors call it.
    pub name: String,
    pub arn: String,
    pub subscriptions: Look<Subscriptions>,
}

/// What the channels of the table leave to the topic of `SNS_TOPIC_ARN`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TopicUse {
    /// Every alert: no channel was found.
    Everything,
    /// Alerts of some monitors, in a sentence.
    Some(String),
    /// Nothing that has no other channel.
    Spare,
    /// Nothing at all: each owner has a channel `default`.
    Nothing,
}

/// `topics`: the one that is for all monitors without one, then those of the settings.
pub fn topics(
    role: Option<Role>,
    default: Option<&str>,
    used: &TopicUse,
    topics: &[TopicFacts],
) -> Vec<Finding> {
    let machine = match (default, role) {
        (Some(_), _) => overridden(used),
        (None, Some(Role::Diff | Role::Sync)) => {
            Some(Finding::skipped(Area::Topic, "SNS_TOPIC_ARN is not set; only check needs it"))
        }
        (None, Some(Role::Check) | None) => Some(missing(used)),
    };
    machine.into_iter().chain(topics.iter().map(topic)).collect()
}

/// It is set, but no alert goes there.
fn overridden(used: &TopicUse) -> Option<Finding> {
    match used {
        TopicUse::Everything | TopicUse::Some(_) | TopicUse::Spare => None,
        TopicUse::Nothing => Some(Finding::warning(
            Area::Topic,
            "SNS_TOPIC_ARN is set, but `channels.default` replaces it, so no monitor notifies the topic",
            "unset SNS_TOPIC_ARN",
        )),
    }
}

fn missing(used: &TopicUse) -> Finding {
    let export = "export SNS_TOPIC_ARN=$(terraform -chdir=infra/terraform output -raw topic_arn)";
    match used {
        TopicUse::Everything => Finding::failed(
            Area::Topic,
            "SNS_TOPIC_ARN is not set and the table has no channels, so no alert can be sent",
            export,
        ),
        TopicUse::Some(which) => Finding::warning(Area::Topic, which, export),
        TopicUse::Spare | TopicUse::Nothing => {
            Finding::skipped(Area::Topic, "SNS_TOPIC_ARN is not set; alerts go to the channels of the table")
        }
    }
}

fn topic(facts: &TopicFacts) -> Finding {
    let TopicFacts { name, arn, subscriptions } = facts;
    let list = format!("aws sns list-subscriptions-by-topic --topic-arn {arn}");
    match subscriptions {
        Look::Seen(Subscriptions { confirmed: 0, pending }) => {
            let pending = match pending {
                0 => String::new(),
                number => format!(" ({number} unconfirmed)"),
            };
            Finding::failed(
                Area::Topic,
                format!("`{name}` {arn} has no confirmed subscription{pending}"),
                format!(
                    "aws sns subscribe --topic-arn {arn} --protocol email --notification-endpoint you@example.com"
                ),
            )
        }
        Look::Seen(Subscriptions { confirmed, pending: 0 }) => {
            Finding::ok(Area::Topic, format!("`{name}` {arn}: {confirmed} confirmed"))
        }
        Look::Seen(Subscriptions { confirmed, pending }) => Finding::warning(
            Area::Topic,
            format!("`{name}` {arn}: {confirmed} confirmed, {pending} unconfirmed"),
            list,
        ),
        Look::Missing => Finding::failed(Area::Topic, format!("`{name}` {arn} does not exist"), create(arn)),
        Look::Hidden => {
            Finding::skipped(Area::Topic, format!("`{name}` {arn}: this role may not read it")).or(list)
        }
        Look::Stranger(why) => {
            let what = format!("`{name}` {arn}: the credentials are not accepted: {why}");
            Finding::denied(Area::Topic, what, "aws sts get-caller-identity")
        }
        Look::Failed(why) => Finding::failed(Area::Topic, format!("`{name}` {arn}: {why}"), list),
    }
}

/// In the region that the ARN is of, whatever region the tables are in.
fn create(arn: &str) -> String {
    let name = arn.rsplit(':').next().unwrap_or("alerts");
    let region = arn.split(':').nth(3).map(|region| format!(" --region {region}")).unwrap_or_default();
    format!("aws sns create-topic --name {name}{region}")
}

#[cfg(test)]
mod tests {
    use super::super::finding::FindingOutcome;
    use super::*;

    const ARN: &str = "arn:aws:sns:eu-west-1:123456789012:alerts";

    fn check(subscriptions: Look<Subscriptions>, outcome: FindingOutcome, fix: &str) {
        let facts = TopicFacts { name: "default".into(), arn: ARN.into(), subscriptions };
        let [finding] =
            topics(None, Some(ARN), &TopicUse::Everything, &[facts]).try_into().expect("one finding");
        assert_eq!(finding.outcome, outcome, "{}", finding.what);
        assert!(finding.fix.unwrap_or_default().starts_with(fix));
    }

    #[test]
    fn a_topic_needs_someone_who_listens() {
        let seen = |confirmed, pending| Look::Seen(Subscriptions { confirmed, pending });
        check(seen(2, 0), FindingOutcome::Ok, "");
        check(seen(2, 1), FindingOutcome::Warning, "aws sns list-subscriptions-by-topic");
        check(seen(0, 0), FindingOutcome::Failed, "aws sns subscribe");
        check(seen(0, 1), FindingOutcome::Failed, "aws sns subscribe");
        check(Look::Missing, FindingOutcome::Failed, "aws sns create-topic --name alerts");
        check(Look::Hidden, FindingOutcome::Skipped, "aws sns list");
        check(Look::Stranger("expired".into()), FindingOutcome::Denied, "aws sts");
        check(Look::Failed("timeout".into()), FindingOutcome::Failed, "aws sns list");
    }

    #[test]
    fn only_check_needs_a_topic_and_only_for_alerts_without_another_channel() {
        let some = || TopicUse::Some("alerts of shop have no channel".into());
        for (role, used, outcome) in [
            (Some(Role::Sync), TopicUse::Everything, FindingOutcome::Skipped),
            (Some(Role::Check), TopicUse::Everything, FindingOutcome::Failed),
            (None, TopicUse::Everything, FindingOutcome::Failed),
            (Some(Role::Check), some(), FindingOutcome::Warning),
            (Some(Role::Check), TopicUse::Spare, FindingOutcome::Skipped),
            (None, TopicUse::Nothing, FindingOutcome::Skipped),
        ] {
            let [finding] = topics(role, None, &used, &[]).try_into().expect("one finding");
            assert_eq!(finding.outcome, outcome, "{role:?}, {used:?}: {}", finding.what);
        }
    }

    #[test]
    fn a_topic_that_channels_replace_is_a_warning() {
        let [finding] = topics(None, Some(ARN), &TopicUse::Nothing, &[]).try_into().expect("one finding");
        assert_eq!(finding.outcome, FindingOutcome::Warning);
        assert!(finding.what.contains("`channels.default` replaces it"), "{}", finding.what);
        assert!(topics(None, Some(ARN), &TopicUse::Spare, &[]).is_empty());
    }
}
