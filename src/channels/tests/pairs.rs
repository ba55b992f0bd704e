//! What ties the end of an incident to its beginning, and a request to its sender.

use serde_json::Value;

use super::{ready, samples};
use crate::alert::testing::{confirmed, delivered, down, failing, message, monitor, pending, up};
use crate::channels::webhook::signature;
use crate::channels::{ChannelRequest, Mail, SecretText};
use crate::message::Message;
use crate::transition::Health;

fn requests(kind: &str, message: &Message) -> Vec<ChannelRequest> {
    let sample = samples().into_iter().find(|sample| sample["kind"] == kind).expect("a sample");
    ready(&sample).render(message)
}

fn bodies(kind: &str, message: &Message) -> Vec<Value> {
    let body = |request: &ChannelRequest| match request {
        ChannelRequest::Http(request) => serde_json::from_str(request.body.reveal()).expect("JSON"),
        other => panic!("{other:?}"),
    };
    requests(kind, message).iter().map(body).collect()
}

// Trap 42: a pager's resolve needs the key of its trigger.
#[test]
fn pagerduty_resolves_with_the_key_of_the_trigger() {
    let trigger = bodies("pagerduty", &message(vec![down("payments-api")])).remove(0);
    let reminder = bodies(
        "pagerduty",
        &message(vec![pending(
            &monitor("payments-api"),
            &confirmed(Health::Down, 5),
            &delivered(4, Health::Up),
            Some(&failing()),
            "",
        )]),
    )
    .remove(0);
    let resolve = bodies("pagerduty", &message(vec![up("payments-api")])).remove(0);
    assert_eq!((&trigger["event_action"], &resolve["event_action"]), (&"trigger".into(), &"resolve".into()));
    assert_eq!(trigger["dedup_key"], resolve["dedup_key"]);
    assert_eq!(trigger["dedup_key"], reminder["dedup_key"]);
    let storm =
        bodies("pagerduty", &message((0..60).map(|n| down(&format!("m{n}"))).chain([up("x")]).collect()));
    assert_eq!(storm.len(), 2, "one incident for all, and the end of another one");
    assert_eq!(storm[1]["dedup_key"], bodies("pagerduty", &message(vec![up("x")]))[0]["dedup_key"]);
}

// Trap 41: Alertmanager takes levels, and what is posted once ends by itself.
#[test]
fn alertmanager_keeps_an_alert_until_it_ends_and_knows_it_again() {
    let [down, up] = [down("payments-api"), up("payments-api")]
        .map(|alert| bodies("alertmanager", &message(vec![alert])).remove(0)[0].clone());
    assert_eq!(down["labels"], up["labels"]);
    assert_eq!(down["startsAt"], up["startsAt"]);
    assert_eq!(
        (&down["endsAt"], &up["endsAt"]),
        (&"2026-11-22T14:20:00Z".into(), &"2026-11-22T14:09:30Z".into())
    );
}

#[test]
fn the_mails_of_an_incident_are_one_thread() {
    let mail = |alert| match requests("email", &message(vec![alert])).remove(0) {
        ChannelRequest::Mail(mail) => mail,
        other => panic!("{other:?}"),
    };
    let [down, up]: [Mail; 2] = [mail(down("payments-api")), mail(up("payments-api"))];
    assert_eq!(down.references, up.references);
    assert_ne!(down.message_id, up.message_id);
    assert_eq!(down.message_id, "<alert.payments-api.a1b2c3d4.3@example.com>");
    assert!(!format!("{down:?}").contains("value-of-SMTP"));
}

/// The vector of the reference libraries: <https://github.com/standard-webhooks/standard-webhooks>.
#[test]
fn a_signature_is_that_of_the_specification() {
    let secret = SecretText::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let body = r#"{"test": 2432232314}"#;
    assert_eq!(
        signature(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body),
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    );
}

#[test]
fn during_a_rotation_both_secrets_sign() {
    let message = message(vec![down("payments-api")]);
    let ChannelRequest::Http(request) = requests("webhook", &message).remove(0) else { panic!("no HTTP") };
    let header = |name| {
        let found = request.headers.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.reveal().to_owned()).expect(name)
    };
    let (id, at) = (header("webhook-id"), header("webhook-timestamp").parse().expect("seconds"));
    let signed = |secret: &str| signature(&SecretText::new(secret), &id, at, request.body.reveal());
    let expected = [signed("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), signed("value-of-OLD")];
    assert_eq!(header("webhook-signature"), expected.join(" "));
    assert_eq!(id, "payments-api_a1b2c3d4_3");
}
