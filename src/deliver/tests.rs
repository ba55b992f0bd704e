//! What reaches SNS, as AWS would take it, and what becomes of what it does not take.

use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::testing::{StrictSns, Trick};
use super::{FailureScope, NotifyError, TopicSender};
use crate::alert::Alert;
use crate::alert::testing::{arn, down, messages, now, up};
use crate::aws::Aws;
use crate::channels::{ChannelDefinition, ChannelRequest, Publication};
use crate::clock::manual::Hand;
use crate::monitor::TopicArn;

struct Scene {
    sns: StrictSns,
    topics: TopicSender,
    hand: Hand,
}

fn scene() -> Scene {
    let hand = Hand::at(now());
    let sns = StrictSns::new(hand.clock());
    Scene { topics: TopicSender::new(Aws::served_by(sns.clone())), sns, hand }
}

fn one(alert: Alert, topic: &TopicArn) -> Publication {
    all(vec![alert], topic).remove(0)
}

fn all(alerts: Vec<Alert>, topic: &TopicArn) -> Vec<Publication> {
    let ready = ChannelDefinition::topic(topic).ready(|_| Err(())).expect("it has no secrets");
    let requests = messages(alerts, topic).into_iter().flat_map(|one| ready.render(&one.message));
    let publication = |request| match request {
        ChannelRequest::Sns(publication) => publication,
        other => panic!("{other:?}"),
    };
    requests.map(publication).collect()
}

#[tokio::test(start_paused = true)]
async fn people_get_text_and_programs_get_the_record() {
    let Scene { sns, topics, .. } = scene();
    topics.publish(&one(down("payments-api"), &arn("oncall"))).await.expect("it is taken");
    let accepted = sns.accepted().remove(0);
    // The topic's region takes it, whatever region the tables are in.
    assert_eq!(
        (accepted.topic.as_str(), accepted.region.as_str()),
        ("arn:aws:sns:eu-west-1:123456789012:oncall", "eu-west-1")
    );
    assert_eq!(
        accepted.subject.as_deref(),
        Some("CRITICAL DOWN payments-api (prod): HTTP 503, expected 200")
    );
    assert!(accepted.texts["email"].as_str().is_some_and(|text| text.starts_with("CRITICAL DOWN ")));
    for phone in ["sms", "application"] {
        assert_eq!(accepted.texts[phone].as_str(), accepted.subject.as_deref());
    }
    // Queues, functions and web hooks have no text of their own, so they get the default.
    assert_eq!(accepted.texts.as_object().map(serde_json::Map::len), Some(4));
    let record: Value =
        serde_json::from_str(accepted.texts["default"].as_str().expect("a text")).expect("JSON");
    assert_eq!(record["alerts"][0]["faults"][0]["actual"], "HTTP 503");
    assert_eq!(accepted.attributes["health"], ("String".to_owned(), "down".to_owned()));
    assert_eq!((accepted.group, accepted.deduplication), (None, None));
}

#[tokio::test(start_paused = true)]
async fn every_kind_of_message_passes_the_rules_of_aws() {
    let Scene { sns, topics, .. } = scene();
    let storm: Vec<_> = (0..300).map(|n| down(&format!("api-{n}"))).chain([up("cart")]).collect();
    let mut odd = down("odd");
    odd.monitor.name = Some("ü\u{1f980}".to_owned());
    odd.monitor.team = Some("équipe \"x\"".to_owned());
    odd.monitor.group = "a/b".to_owned();
    for alerts in [vec![up("a")], vec![down("a"), up("b")], storm, vec![odd]] {
        for topic in [arn("x"), arn("x.fifo")] {
            for message in all(alerts.clone(), &topic) {
                topics.publish(&message).await.expect("it is taken");
            }
        }
    }
    assert!(sns.accepted().len() > 300);
}

// Trap 6
#[tokio::test(start_paused = true)]
async fn a_fifo_topic_drops_what_comes_twice_and_nothing_else() {
    let Scene { sns, topics, hand } = scene();
    let topic = arn("x.fifo");
    for message in [one(down("a"), &topic), one(up("a"), &topic), one(down("a"), &topic)] {
        topics.publish(&message).await.expect("it is taken");
    }
    let subjects = || sns.accepted().into_iter().filter_map(|accepted| accepted.subject).collect::<Vec<_>>();
    assert_eq!(subjects().len(), 2, "{:?}", subjects());
    hand.advance(Duration::from_mins(6));
    topics.publish(&one(down("a"), &topic)).await.expect("it is taken");
    assert_eq!(subjects().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn what_may_pass_is_tried_again_and_not_for_ever() {
    for trick in [
        Trick::Fail(400, "Throttled"),
        Trick::Fail(500, "InternalError"),
        Trick::Fail(503, "ServiceUnavailable"),
        Trick::Page(429),
        Trick::Page(502),
        Trick::Page(504),
        Trick::Unreachable,
        Trick::LoseAnswer,
        Trick::Hang,
    ] {
        let Scene { sns, topics, .. } = scene();
        let message = one(down("a"), &arn("x"));
        sns.play([trick.clone(), trick.clone()]);
        topics.publish(&message).await.expect("the third try");
        assert_eq!(sns.requests(), 3, "{trick:?}");
        // A lost answer is not a lost message: both have one id.
        let ids: Vec<_> =
            sns.accepted().iter().map(|accepted| accepted.attributes["alert_id"].1.clone()).collect();
        assert!(ids.iter().all(|id| id == "a.a1b2c3d4.3"));
        let begun = Instant::now();
        sns.play([trick.clone(), trick.clone(), trick.clone()]);
        let error = topics.publish(&message).await.expect_err("it gives up");
        assert!(matches!(error, NotifyError::Unavailable { tries: 3, .. }), "{trick:?} {error:?}");
        assert_eq!((sns.requests(), error.scope()), (6, FailureScope::Outage));
        assert!(begun.elapsed() < Duration::from_secs(12), "{trick:?} {:?}", begun.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn what_will_not_pass_is_not_tried_again() {
    for (code, scope, said) in [
        ("AuthorizationError", FailureScope::Channel, "access is denied"),
        ("KMSAccessDenied", FailureScope::Channel, "access is denied"),
        ("NotFound", FailureScope::Channel, "the topic does not exist"),
        ("InvalidClientTokenId", FailureScope::Outage, "the AWS credentials are missing, invalid or expired"),
        ("KMSDisabled", FailureScope::Channel, "SNS refuses"),
        ("InvalidParameter", FailureScope::Message, "SNS rejects this message"),
        ("InvalidParameterValue", FailureScope::Message, "SNS rejects this message"),
    ] {
        let Scene { sns, topics, .. } = scene();
        sns.play([Trick::Fail(403, code)]);
        let error = topics.publish(&one(down("a"), &arn("x"))).await.expect_err(code);
        assert_eq!((sns.requests(), error.scope()), (1, scope), "{code}");
        let expected = format!("publish to arn:aws:sns:eu-west-1:123456789012:x: {said}");
        assert_eq!(error.to_string(), expected, "{code}");
    }
    let Scene { sns, topics, .. } = scene();
    sns.play([Trick::Page(403)]);
    let error = topics.publish(&one(down("a"), &arn("x"))).await.expect_err("a proxy refuses");
    assert!(matches!(error, NotifyError::Refused { .. }), "{error:?}");
    assert_eq!(sns.requests(), 1);
}

// Over 10 messages a second SNS switches a mail subscription off.
#[tokio::test(start_paused = true)]
async fn a_topic_gets_five_messages_a_second_and_topics_do_not_wait_for_each_other() {
    let Scene { topics, .. } = scene();
    let begun = Instant::now();
    for n in 0..11 {
        for topic in ["x", "y"] {
            topics.publish(&one(down(&format!("m{n}")), &arn(topic))).await.expect("it is taken");
        }
    }
    let took = begun.elapsed();
    assert!((2000..2300).contains(&took.as_millis()), "{took:?}");
    // A FIFO topic has no mail subscribers.
    let begun = Instant::now();
    for n in 0..50 {
        topics.publish(&one(down(&format!("m{n}")), &arn("x.fifo"))).await.expect("it is taken");
    }
    assert!(begun.elapsed() < Duration::from_secs(1));
}
