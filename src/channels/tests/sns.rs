//! What SNS takes: subjects, attributes, and the order of a FIFO topic.

use proptest::prelude::*;

use super::shapes::with_texts;
use crate::alert::testing::{arn, down, message, messages, up};
use crate::channels::sns::{SnsChannel, SnsSettings};
use crate::channels::{Attribute, Channel, ChannelRequest, Publication};
use crate::message::Message;
use crate::monitor::{Severity, TopicArn};

fn publication(message: &Message, topic: &TopicArn) -> Publication {
    let settings = SnsSettings { topic: topic.to_string(), chat: None };
    match SnsChannel::render(&settings, message).remove(0) {
        ChannelRequest::Sns(publication) => publication,
        other => panic!("{other:?}"),
    }
}

// Trap 6: FIRING and RESOLVED share a deduplication id elsewhere, and the end of an outage is dropped.
#[test]
fn a_fifo_topic_gets_a_message_for_each_change_in_its_monitors_order() {
    let long = "m".repeat(128);
    let all = messages(vec![down("a"), down(&long), up(&long)], &arn("x.fifo"));
    let orders: Vec<_> = all
        .iter()
        .map(|message| publication(&message.message, &arn("x.fifo")).order.expect("a FIFO topic"))
        .map(|order| (order.group, order.deduplication))
        .collect();
    assert_eq!(orders.len(), 3);
    assert!(orders.contains(&("a".to_owned(), "a.a1b2c3d4.3".to_owned())), "{orders:?}");
    let mut ids: Vec<_> = orders.iter().map(|(_, id)| id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3);
    assert!(orders.iter().all(|(group, id)| group.len() <= 128 && id.len() <= 128));
    assert_eq!(publication(&message(vec![down("a")]), &arn("x")).order, None);
}

#[test]
fn attributes_are_what_filter_policies_choose_by() {
    let attributes = |alerts| {
        let shown =
            |Attribute { name, value }: Attribute| format!("{name} {} {}", value.data_type(), value.text());
        publication(&message(alerts), &arn("x")).attributes.into_iter().map(shown).collect::<Vec<_>>()
    };
    assert_eq!(
        attributes(vec![down("a")]),
        [
            "environment String prod",
            "severity String critical",
            "team String payments",
            "group String payments",
            "health String down",
            "alert_id String a.a1b2c3d4.3",
        ]
    );
    // A subscriber who waits for warnings gets the one that travels beside an outage.
    let mut other = up("b");
    other.monitor.alert.severity = Severity::Warning;
    other.monitor.team = Some("checkout".to_owned());
    let many = attributes(vec![down("a"), other]);
    assert_eq!(
        many[1..5],
        [
            r#"severity String.Array ["critical","warning"]"#,
            r#"team String.Array ["checkout","payments"]"#,
            "group String payments",
            r#"health String.Array ["down","up"]"#,
        ]
    );
    // SNS takes no empty value.
    let mut bare = down("a");
    (bare.monitor.team, bare.monitor.group) = (None, String::new());
    assert_eq!(attributes(vec![bare]).len(), 4);
}

proptest! {
    // Trap 17: what comes from a target or a file cannot break the subject.
    #[test]
    fn a_subject_is_one_short_line_of_ascii(
        text in "(?s).{0,300}", environment in proptest::option::of("[A-Za-z0-9._-]{1,32}"), number in 1usize..8,
    ) {
        let alerts = (0..number).map(|n| with_texts(&format!("m{n}"), &text));
        let message = Message { environment, ..message(alerts.collect()) };
        let subject = publication(&message, &arn("x")).subject;
        prop_assert!(subject.len() < 100 && subject.bytes().all(|b| (b' '..=b'~').contains(&b)), "{:?}", subject);
        prop_assert!(subject.starts_with(|c: char| c.is_ascii_graphic()), "{:?}", subject);
    }
}
