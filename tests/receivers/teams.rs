//! Microsoft Teams.

use serde_json::{Value, json};

use crate::client::{post, send};
use crate::receivers::{Failure, Receiver, Teams, TeamsFlow};

/// The example of "Send Adaptive Cards", with more elements.
fn message(card: &Value) -> Value {
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": card,
        }],
    })
}

fn card(body: &Value) -> Value {
    json!({"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.2", "body": body})
}

fn text(text: &str) -> Value {
    json!([{"type": "TextBlock", "text": text, "wrap": true}])
}

#[test]
fn the_card_of_the_documentation_is_shown() {
    let teams = Receiver::start(Teams::default());
    let body = json!([
        {"type": "TextBlock", "text": "For Samples and Templates"},
        {"type": "FactSet", "facts": [{"title": "Since", "value": "14:02"}]},
        {"type": "Container", "items": [{"type": "ColumnSet", "columns": [{"type": "Column", "items": text("inside")}]}]},
        {"type": "RichTextBlock", "inlines": ["plain", {"type": "TextRun", "text": "run"}]},
        {"type": "ActionSet", "actions": [{"type": "Action.OpenUrl", "title": "Runbook", "url": "https://example.com"}]},
    ]);
    let reply = post(&teams.url(), &message(&card(&body)));
    assert_eq!((reply.status, reply.body.as_str()), (202, ""));
    assert_eq!(teams.texts(), ["For Samples and Templates\nSince\n14:02\ninside\nplain\nrun\nRunbook"]);
}

#[test]
fn what_the_flow_cannot_post_is_answered_with_yes_and_lost() {
    let lost = |body: &Value, reason: &str| {
        let teams = Receiver::start(Teams::default());
        assert_eq!(post(&teams.url(), body).status, 202);
        assert!(teams.accepted().is_empty(), "{body}");
        let refused = teams.refused();
        assert!(refused[0].reason.contains(reason), "{refused:?}");
    };
    lost(&json!({"text": "Hello World!"}), "type");
    lost(&json!({"type": "message", "text": "Hello World!"}), "must be a valid array");
    lost(&json!({"type": "message", "attachments": []}), "must be a valid array");
    let mut other = message(&card(&text("x")));
    other["attachments"][0]["contentType"] = json!("application/vnd.microsoft.teams.card.o365connector");
    lost(&other, "contentType");
    lost(&message(&json!({"type": "MessageCard", "text": "x"})), "must be 'AdaptiveCard'");
    lost(&message(&json!({"type": "AdaptiveCard", "version": "1.9", "body": []})), "version");
    lost(&message(&card(&json!([{"type": "Table"}]))), "no element");
    lost(&message(&card(&json!([{"type": "TextBlock"}]))), "no string `text`");
    lost(&message(&card(&json!([{"type": "FactSet", "facts": [{"title": "a"}]}]))), "no string `value`");
    let action = json!([{"type": "ActionSet", "actions": [{"type": "Action.OpenUrl", "title": "a", "url": "runbook"}]}]);
    lost(&message(&card(&action)), "no URL");
    let submit = json!([{"type": "ActionSet", "actions": [{"type": "Action.Submit", "title": "a"}]}]);
    lost(&message(&card(&submit)), "no action");
}

#[test]
fn a_message_has_at_most_28_kilobytes() {
    let teams = Receiver::start(Teams::default());
    let room = 28 * 1024 - message(&card(&text(""))).to_string().len();
    assert_eq!(post(&teams.url(), &message(&card(&text(&"x".repeat(room))))).status, 202);
    assert_eq!(post(&teams.url(), &message(&card(&text(&"x".repeat(room + 1))))).status, 413);
    assert_eq!(teams.accepted().len(), 1);
}

#[test]
fn a_flow_needs_its_signature_and_json_and_to_be_on() {
    let teams = Receiver::start(Teams::default());
    let good = message(&card(&text("x")));
    let code =
        |reply: crate::client::Reply| reply.json()["error"]["code"].as_str().expect("a code").to_owned();
    assert_eq!(post(&teams.url().replace("sig=", "sig=x"), &good).status, 401);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let reply = send("POST", &teams.url(), &form, good.to_string().as_bytes()).expect("an answer");
    assert_eq!((reply.status, code(reply).as_str()), (400, "InvalidRequestContent"));
    teams.service().flow = TeamsFlow::TurnedOff;
    assert_eq!(code(post(&teams.url(), &good)), "WorkflowTriggerIsNotEnabled");
    teams.service().flow = TeamsFlow::Deleted;
    assert_eq!(post(&teams.url(), &good).status, 404);
    assert!(teams.accepted().is_empty());
    teams.fail_times(1, Failure::Busy(20));
    assert_eq!(post(&teams.url(), &good).header("retry-after"), Some("20"));
}
