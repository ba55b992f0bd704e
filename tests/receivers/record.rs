//! Questions about what was accepted.

use serde_json::json;

use crate::client::post;
use crate::receivers::{Receiver, Slack};

#[test]
fn order_is_asked_by_monitor_and_ids_are_whole_words() {
    let slack = Receiver::start(Slack::default());
    for text in [
        "DOWN shop: HTTP 503",
        "DOWN shop-2: timeout",
        "DOWN eu.shop.api: timeout",
        "UP shop.",
        "DOWN: `shop`",
    ] {
        assert_eq!(post(&slack.url(), &json!({"text": text})).status, 200);
    }
    assert_eq!(slack.texts_about("shop"), ["DOWN shop: HTTP 503", "UP shop.", "DOWN: `shop`"]);
    assert_eq!(slack.texts_about("eu.shop.api").len(), 1);
    assert_eq!(slack.requests().len(), 5);
}

#[test]
fn what_has_no_identity_is_a_duplicate_by_its_text() {
    let slack = Receiver::start(Slack::default());
    for text in ["a", "b", "a"] {
        post(&slack.url(), &json!({"text": text}));
    }
    assert_eq!(slack.duplicates().into_iter().collect::<Vec<_>>(), [("a".to_owned(), 2)]);
}
