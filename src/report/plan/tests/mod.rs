//! What people and programs are shown.

mod grouped;
mod hostile;
mod secrets;
mod size;
mod world;

use serde_json::{Value, json};

use super::{PlanDetail, Review, github, json, markdown, schema, text};
use crate::plan::{CatalogSettings, Holder, Stored, StoredHead, Unread};
use world::{desired, planned, sample, shown, stored};

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

fn as_json(review: &Review<'_>) -> String {
    let mut out = Vec::new();
    json(review, &mut out).expect("there is room");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn people_see_what_goes_changes_and_comes() {
    let (plan, notes) = sample();
    insta::assert_snapshot!(plain(&shown(&plan, &notes, |review| text(review, PlanDetail::Changes))));
}

#[test]
fn people_who_ask_see_the_fields_that_stay() {
    let (plan, notes) = sample();
    let brief = plain(&shown(&plan, &notes, |review| text(review, PlanDetail::Changes)));
    let full = plain(&shown(&plan, &notes, |review| text(review, PlanDetail::Everything)));
    assert!(brief.contains("2 unchanged fields hidden (--full)"), "{brief}");
    assert!(full.contains("runbook") && !full.contains("hidden (--full)"), "{full}");
}

#[test]
fn the_very_words_that_differ_are_marked() {
    let (plan, notes) = sample();
    let text = shown(&plan, &notes, |review| text(review, PlanDetail::Changes));
    assert!(text.contains("\u{1b}[4m"), "{text:?}");
}

#[test]
fn a_plan_that_is_refused_is_not_said_to_change_nothing() {
    let live = [stored("a", Some("other"), json!({"url": "https://a.example.com"}))];
    let wanted = [desired("a", json!({"url": "https://a.example.com"}))];
    let plan = planned(&CatalogSettings::default(), &wanted, &live, &[]);
    let text = shown(&plan, &[], |review| text(review, PlanDetail::Changes));
    assert!(text.contains("refused:") && !text.contains("No changes"), "{text}");
}

#[test]
fn nothing_to_do_is_one_line_and_no_digest() {
    let live = [stored("a", Some("acme"), json!({"url": "https://a.example.com"}))];
    let wanted = [desired("a", json!({"url": "https://a.example.com"}))];
    let plan = planned(&CatalogSettings::default(), &wanted, &live, &[]);
    insta::assert_snapshot!(plain(&shown(&plan, &[], |review| text(review, PlanDetail::Changes))));
}

#[test]
fn a_part_of_the_catalog_is_said_to_be_one() {
    insta::assert_snapshot!(plain(&world::targeted(|review| text(review, PlanDetail::Changes))));
}

#[test]
fn programs_get_everything_that_people_see() {
    let (plan, notes) = sample();
    insta::assert_snapshot!(shown(&plan, &notes, as_json));
}

#[test]
fn every_plan_is_what_the_committed_schema_says() {
    let committed = include_str!("../../../../schema/plan.schema.json");
    assert!(committed == schema(), "stale: monitorctl schema --write");
    let schema: Value = serde_json::from_str(committed).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let empty = planned(&CatalogSettings::default(), &[], &[], &[]);
    for plan in [sample().0, world::hostile(), empty] {
        let record: Value =
            serde_json::from_str(&shown(&plan, &["a note".to_owned()], as_json)).expect("JSON");
        let errors: Vec<_> = validator.iter_errors(&record).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
    assert!(!validator.is_valid(&json!({"format_version": 1})));
}

#[test]
fn reviewers_get_a_comment() {
    let (plan, notes) = sample();
    insta::assert_snapshot!(shown(&plan, &notes, markdown));
}

#[test]
fn lines_of_a_pull_request_are_annotated() {
    let (plan, notes) = sample();
    insta::assert_snapshot!(shown(&plan, &notes, github));
}

#[test]
fn a_field_that_a_hand_wrote_is_said_to_be_removed() {
    let (written, long) = (json!({"url": "https://a.example.com/"}), "a\nb".repeat(9));
    let now = json!({"url": "https://a.example.com/", "enabled": false, "body": long});
    let item = Stored { spec: world::spec(now), ..stored("a", Some("acme"), written.clone()) };
    let mut plan = planned(&CatalogSettings::default(), &[desired("a", written)], &[item], &[]);
    crate::plan::attribute(&mut plan, crate::plan::Past::default());
    let page = plain(&shown(&plan, &[], |review| text(review, PlanDetail::Changes)));
    let lines: Vec<_> =
        page.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert!(
        lines.iter().any(|line| line.starts_with("enabled false → true (default) (sync removes it)")),
        "{page}"
    );
    assert!(lines.iter().any(|line| line.starts_with("body (sync removes it)")), "{page}");
}

#[test]
fn a_head_that_does_not_read_is_not_said_to_be_none() {
    let page = |unread: &[Unread]| {
        let plan = crate::plan::plan(
            "acme",
            &CatalogSettings::default(),
            &[],
            world::live(&[], None, unread),
            &crate::plan::Scope::default(),
        );
        plain(&shown(&plan, &[], |review| text(review, PlanDetail::Changes)))
    };
    let head = Unread {
        key: "@catalog#acme".into(),
        head_of: Some("acme".into()),
        why: "item `@catalog#acme` has the newer format 99".into(),
        help: "update",
        holder: Holder::Unknown,
    };
    let (none, unread) = (page(&[]), page(&[head]));
    assert!(none.contains("never synced"), "{none}");
    assert!(!unread.contains("never synced"), "{unread}");
    assert!(unread.contains("catalog generation unknown, its head is unreadable"), "{unread}");
}

#[test]
fn what_sync_would_leave_out_is_said_where_the_plan_is_said_to_be_empty() {
    let why = "item `old` has the newer format 99".to_owned();
    let unread = Unread { key: "old".into(), head_of: None, why, help: "update", holder: Holder::Unknown };
    let mut wanted = desired("new", json!({"url": "https://a.example.com"}));
    wanted.moved_from = Some(world::id("old"));
    let plan = planned(&CatalogSettings::default(), &[wanted], &[], &[unread]);
    let sentence = "Left out, because the stored item is unreadable: new (moved from old); sync applies the rest and exits with 4.";
    let page = plain(&shown(&plan, &[], |review| text(review, PlanDetail::Changes)));
    assert!(page.contains("No changes") && page.contains(sentence), "{page}");
    let comment = shown(&plan, &[], markdown);
    assert!(comment.contains("new (moved from old); sync applies the rest and exits with 4"), "{comment}");
    let annotations = shown(&plan, &[], github);
    let first = "::warning file=monitors/payments.yaml,line=14,title=monitorctl prod%3A left out::new (moved from old) is left out, because the stored item is unreadable";
    assert_eq!(annotations.lines().next(), Some(first));
    let record: Value = serde_json::from_str(&shown(&plan, &[], as_json)).expect("JSON");
    assert_eq!(record["left_out"], json!([{"id": "new", "unreadable": "origin", "moved_from": "old"}]));
}

// A changed destination can lose every alert.
#[test]
fn channels_that_change_are_shown_and_annotated_as_weaker() {
    let spec = json!({"url": "https://a.example.com", "alert": {"to": ["oncall"]}});
    let live = ["a", "b"].map(|id| stored(id, Some("acme"), spec.clone()));
    let wanted = ["a", "b"].map(|id| desired(id, spec.clone()));
    let plan =
        world::resettled(&[("oncall", "people")], &[("oncall", "others"), ("new", "new")], &wanted, &live);
    let page = plain(&shown(&plan, &[], |review| text(review, PlanDetail::Changes)));
    let lines: Vec<_> = page.lines().map(str::trim).collect();
    let arn = "arn:aws:sns:eu-west-1:123456789012:";
    assert!(
        lines.contains(&format!("channels.oncall.topic  {arn}people → {arn}others  weaker").as_str()),
        "{page}"
    );
    let first = format!(
        "alerts of 2 monitors rerouted: channels.oncall.topic {} → {}",
        "arn:aws:sns:e…west-1:123456789012:people", "arn:aws:sns:e…west-1:123456789012:others"
    );
    assert_eq!(lines[1], first);
    assert!(lines.contains(&format!("channels.new.topic     {arn}new").as_str()), "{page}");
    assert!(lines.contains(&"the alerts of 2 monitors go to another channel: a, b"), "{page}");
    let comment = shown(&plan, &[], markdown);
    assert!(comment.contains("the alerts of 2 monitors go to another channel"), "{comment}");
    let annotations = shown(&plan, &[], github);
    let first = "::notice title=monitorctl prod%3A weaker::the catalog settings change channels.oncall.topic: the alerts of 2 monitors go to another channel";
    assert_eq!(annotations.lines().next(), Some(first));
    let record: Value = serde_json::from_str(&shown(&plan, &[], as_json)).expect("JSON");
    assert_eq!(
        (&record["summary"]["rerouted"], &record["settings"][2]["risk"]),
        (&json!(2), &json!("weaker"))
    );
    // One without monitors is shown all the same: the next monitor may use it.
    let plan = world::resettled(&[("oncall", "people")], &[], &[], &[]);
    let annotations = shown(&plan, &[], github);
    assert!(
        annotations
            .contains("change channels.oncall.kind, channels.oncall.topic: no stored monitor uses them now"),
        "{annotations}"
    );
}

// A monitor that notifies no one is watched for no one.
#[test]
fn monitors_of_which_no_channel_takes_a_down_are_shown_as_lost() {
    let spec = json!({"url": "https://a.example.com", "alert": {"to": ["chat"]}});
    let live = ["a", "b"].map(|id| stored(id, Some("acme"), spec.clone()));
    let wanted = ["a", "b"].map(|id| desired(id, spec.clone()));
    let chat = |fields: Value| {
        let fields = fields.as_object().cloned().expect("an object");
        CatalogSettings { channels: [("chat".to_owned(), fields)].into(), ..CatalogSettings::default() }
    };
    let head =
        StoredHead { owner: "acme".into(), settings: chat(json!({"kind": "file"})), ..StoredHead::default() };
    let wanted: Vec<_> = wanted.iter().cloned().map(std::sync::Arc::new).collect();
    let after = chat(json!({"kind": "file", "severities": ["info"]}));
    let live = world::live(&live, Some(&head), &[]);
    let plan = crate::plan::plan("acme", &after, &wanted, live, &crate::plan::Scope::default());
    let page = plain(&shown(&plan, &[], |review| text(review, PlanDetail::Changes)));
    let lines: Vec<_> = page.lines().map(str::trim).collect();
    assert_eq!(lines[1], "2 monitors lost, because no channel takes their DOWN: a, b");
    assert!(lines.contains(&"no channel takes a DOWN of 2 monitors any more: a, b"), "{page}");
    assert!(
        lines.iter().any(|line| line.starts_with("channels.chat.severities") && line.ends_with("loss")),
        "{page}"
    );
    let comment = shown(&plan, &[], markdown);
    assert!(comment.contains("no channel takes a DOWN of 2 monitors any more"), "{comment}");
    let annotations = shown(&plan, &[], github);
    let loss = "::warning title=monitorctl prod%3A loss::the catalog settings change channels.chat.severities: no channel takes a DOWN of 2 monitors any more";
    assert!(annotations.lines().any(|line| line == loss), "{annotations}");
    let record: Value = serde_json::from_str(&shown(&plan, &[], as_json)).expect("JSON");
    let summary = &record["summary"];
    assert_eq!(
        (&summary["losses"], &summary["unnotified"], &summary["rerouted"]),
        (&json!(2), &json!(2), &json!(0))
    );
}

#[test]
fn ten_annotations_are_the_most_and_the_last_line_counts_the_rest() {
    // No two of them in one folder.
    let item = |n| Stored {
        source: Some(format!("monitors/{n}/a.yaml:1")),
        ..stored(&format!("m{n}"), Some("acme"), json!({"url": "https://a.example.com"}))
    };
    let live: Vec<_> = (0..30).map(item).collect();
    let plan = planned(&CatalogSettings::default(), &[], &live, &[]);
    let text = shown(&plan, &[], github);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.iter().filter(|line| line.starts_with("::")).count(), 11, "{text}");
    // Two refusals and thirty losses.
    assert_eq!(
        lines[10],
        "::notice title=monitorctl prod::22 more lines in the plan; `monitorctl diff` shows them all"
    );
}
