//! Standard Webhooks.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_smithy_types::base64;

use crate::client::{Reply, send};
use crate::receivers::{Failure, Receiver, Request, Service, Verdict, Webhook, hmac};

/// The secret of the examples, and two more.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OLD: &str = "whsec_b2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xk";
const STRANGER: &str = "whsec_c3RyYW5nZXJzdHJhbmdlcnN0cmFuZ2Vy";

const BODY: &str = r#"{"type":"contact.created","data":{"id":"1f81eb52"}}"#;

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs()
}

fn sign(secret: &str, id: &str, at: u64, body: &str) -> String {
    let key = base64::decode(secret.strip_prefix("whsec_").expect("a prefix")).expect("base64");
    format!("v1,{}", base64::encode(hmac(&key, format!("{id}.{at}.{body}").as_bytes())))
}

fn deliver(hook: &Receiver<Webhook>, id: &str, at: &str, signature: &str, body: &str) -> Reply {
    let headers = [
        ("content-type", "application/json"),
        ("webhook-id", id),
        ("webhook-timestamp", at),
        ("webhook-signature", signature),
    ];
    send("POST", &hook.url(), &headers, body.as_bytes()).expect("an answer")
}

fn signed(hook: &Receiver<Webhook>, secret: &str, id: &str) -> Reply {
    let at = now();
    deliver(hook, id, &at.to_string(), &sign(secret, id, at, BODY), BODY)
}

#[test]
fn the_signature_is_that_of_the_published_test_vectors() {
    // RFC 4231, test case 2.
    let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    let number = |hex: &str| u8::from_str_radix(hex, 16).expect("hexadecimal");
    let bytes = |hex: &str| (0..hex.len()).step_by(2).map(|at| number(&hex[at..at + 2])).collect::<Vec<_>>();
    assert_eq!(hmac(b"Jefe", b"what do ya want for nothing?"), bytes(expected));
    // The same, test case 6: a key that is longer than a block.
    let expected = "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54";
    let message = b"Test Using Larger Than Block-Size Key - Hash Key First";
    assert_eq!(hmac(&[0xaa; 131], message), bytes(expected));
    // The reference libraries of Standard Webhooks, "sign function works".
    let body = r#"{"test": 2432232314}"#;
    let signature = sign(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
    assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

/// The request of the reference libraries, without a connection.
#[test]
fn the_published_request_is_accepted_at_its_time_and_no_longer() {
    let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    let headers = [
        ("Webhook-Id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
        ("Webhook-Timestamp", "1614265330"),
        ("Webhook-Signature", signature),
    ];
    let request = Request::post("https://example.com/hooks/monitoring", &headers, r#"{"test": 2432232314}"#);
    let accepts = |now| matches!(Webhook::new(&[SECRET]).at(now).judge(&request), Verdict::Accepted(..));
    assert!(accepts(1_614_265_330));
    assert!(accepts(1_614_265_330 + 300));
    assert!(!accepts(1_614_265_330 + 301));
    assert!(!accepts(1_614_265_330 - 301));
}

#[test]
fn what_a_known_secret_signed_is_accepted_with_its_id() {
    let hook = Receiver::start(Webhook::new(&[SECRET]));
    assert_eq!(signed(&hook, SECRET, "msg_1").status, 204);
    assert_eq!(signed(&hook, SECRET, "msg_2").status, 204);
    assert_eq!(signed(&hook, SECRET, "msg_1").status, 204, "a repetition is no error");
    assert_eq!(hook.duplicates().into_iter().collect::<Vec<_>>(), [("msg_1".to_owned(), 2)]);
    assert_eq!(hook.texts()[0], "contact.created\n1f81eb52");
    assert_eq!(signed(&hook, STRANGER, "msg_3").status, 401);
    assert_eq!(hook.accepted().len(), 3);
}

#[test]
fn secrets_rotate_without_a_gap() {
    let hook = Receiver::start(Webhook::new(&[OLD]));
    let at = now();
    let both = format!("{} {}", sign(SECRET, "msg", at, BODY), sign(OLD, "msg", at, BODY));
    let deliver = || deliver(&hook, "msg", &at.to_string(), &both, BODY).status;
    assert_eq!(deliver(), 204, "the consumer knows the old one");
    hook.service().rotate(&[SECRET, OLD]);
    assert_eq!(deliver(), 204, "both");
    hook.service().rotate(&[SECRET]);
    assert_eq!(deliver(), 204, "the new one");
    assert_eq!(signed(&hook, OLD, "msg").status, 401);
    let other = both.replace("v1,", "v1a,");
    assert_eq!(
        self::deliver(&hook, "msg", &at.to_string(), &other, BODY).status,
        401,
        "keys of another kind"
    );
}

#[test]
fn id_time_and_body_are_signed() {
    let hook = Receiver::start(Webhook::new(&[SECRET]));
    let at = now();
    let signature = sign(SECRET, "msg", at, BODY);
    let status = |id: &str, at: u64, body: &str| deliver(&hook, id, &at.to_string(), &signature, body).status;
    assert_eq!(status("msg", at, BODY), 204);
    assert_eq!(status("other", at, BODY), 401);
    assert_eq!(status("msg", at + 1, BODY), 401);
    assert_eq!(status("msg", at, &BODY.replace(':', ": ")), 401);
}

#[test]
fn old_and_early_timestamps_are_refused() {
    let hook = Receiver::start(Webhook::new(&[SECRET]));
    let status =
        |at: u64| deliver(&hook, "msg", &at.to_string(), &sign(SECRET, "msg", at, BODY), BODY).status;
    assert_eq!(status(now() - 290), 204);
    assert_eq!(status(now() - 310), 400);
    assert_eq!(status(now() + 320), 400);
    assert_eq!(deliver(&hook, "msg", "2026-11-28T21:00:00Z", "v1,x", BODY).status, 400);
}

#[test]
fn every_header_is_needed_and_an_id_has_no_full_stop() {
    let hook = Receiver::start(Webhook::new(&[SECRET]));
    let at = now();
    let signature = sign(SECRET, "msg", at, BODY);
    for missing in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        let at = at.to_string();
        let all = [("webhook-id", "msg"), ("webhook-timestamp", &at), ("webhook-signature", &signature)];
        let some: Vec<_> = all.into_iter().filter(|(name, _)| *name != missing).collect();
        let reply = send("POST", &hook.url(), &some, BODY.as_bytes()).expect("an answer");
        assert_eq!((reply.status, reply.body), (400, format!("Missing required header: {missing}")));
    }
    assert_eq!(signed(&hook, SECRET, "digest.1").status, 400);
    assert!(hook.accepted().is_empty());
}

#[test]
fn a_consumer_can_be_gone_or_busy() {
    let hook = Receiver::start(Webhook::new(&[SECRET]));
    hook.fail_times(1, Failure::Busy(12));
    assert_eq!(signed(&hook, SECRET, "msg").header("retry-after"), Some("12"));
    hook.service().gone = true;
    assert_eq!(signed(&hook, SECRET, "msg").status, 410);
    assert!(hook.accepted().is_empty());
}

#[test]
#[should_panic(expected = "a secret of 5 bytes")]
fn a_short_secret_is_no_secret() {
    Webhook::new(&["whsec_c2hvcnQ="]);
}
