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

/// `topics`: the one that is for all monitors without one, then those of the settings.
pub fn topics(role: Option<Role>, default: Option<&str>, topics: &[TopicFacts]) -> Vec<Finding> {
    let mut findings = Vec::new();
    if default.is_none() {
        findings.push(match role {
            Some(Role::Diff | Role::Sync) => {
                Finding::skipped(Area::Topic, "SNS_TOPIC_ARN is not set; only check needs it")
            }
            Some(Role::Check) | None => Finding::failed(
                Area::Topic,
                "SNS_TOPIC_ARN is not set, so check has no topic for alerts",
                "export SNS_TOPIC_ARN=$(terraform -chdir=infra/terraform output -raw topic_arn)",
            ),
        });
    }
    findings.extend(topics.iter().map(topic));
    findings
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
        let [finding] = topics(None, Some(ARN), &[facts]).try_into().expect("one finding");
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
    fn only_check_needs_a_topic() {
        let outcome = |role| topics(role, None, &[])[0].outcome;
        assert_eq!(outcome(Some(Role::Sync)), FindingOutcome::Skipped);
        assert_eq!(outcome(Some(Role::Check)), FindingOutcome::Failed);
        assert_eq!(outcome(None), FindingOutcome::Failed);
    }
}
