//! Holds docs/alerting.md to the messages as they are. After a change of a message, `INSTA_UPDATE=always cargo test`
//! renews the page together with the snapshots.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use super::mails;
use crate::alert::Alert;
use crate::alert::testing::{
    at, blind, confirmed, delivered, down, failing, judged, mail, message, monitor, pending, refusing,
};
use crate::assert::Subject;
use crate::message::{HEADLINE, RecordSize, record};
use crate::monitor::{AlertPolicy, Monitor};
use crate::observation::Fault;
use crate::state::Delivered;
use crate::transition::{Confirmed, Health, RecentChanges, Unwatched};
use crate::verdict::Verdict;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/alerting.md");

/// Headings of the page whose block is no mail, or not one about a monitor.
const SUBJECTS: &str = "Other headlines";
const CUT_OFF: &str = "The prober is cut off";
const REFUSES: &str = "A channel that takes no notifications";
const RECORD: &str = "JSON record";

/// Alerts that read like one of the mails, under another subject.
fn others() -> Vec<Alert> {
    let patient = Monitor {
        alert: AlertPolicy { remind: Some(Duration::from_hours(4)), ..AlertPolicy::default() },
        ..monitor("payments-api")
    };
    let slow =
        judged(Verdict::Degraded, vec![Fault::new(Subject::LATENCY, "latency 164ms", "at most 100ms")]);
    let long_ago = at("2026-11-22T10:10:00Z");
    let slow_for_hours = Confirmed { since: long_ago, incident: None, ..confirmed(Health::Degraded, 3) };
    let last_delivered = Delivered { at: long_ago, ..delivered(3, Health::Degraded) };
    let fine = Confirmed { incident: None, ..confirmed(Health::Up, 4) };
    let changes = (1..=8).fold(RecentChanges::default(), |recent_changes, seq| {
        recent_changes.changed(seq, long_ago + Duration::from_mins(seq))
    });
    let calmed = Confirmed { recent_changes: changes, ..confirmed(Health::Down, 8) };
    let flapped = Delivered { flapping: Some(6), ..delivered(6, Health::Down) };
    let disabled = confirmed(Health::Down, 3).unwatched(Unwatched::Disabled, at("2026-11-22T14:09:30Z"));
    let of_payments = |confirmed: &Confirmed, delivered: &Delivered| {
        pending(&monitor("payments-api"), confirmed, delivered, None, "")
    };
    let [_, still, sees, was] = blind();
    let [_, accepts, _] = refusing();
    vec![
        pending(&patient, &slow_for_hours, &last_delivered, Some(&slow), ""),
        of_payments(&fine, &delivered(3, Health::Degraded)),
        of_payments(&fine, &delivered(2, Health::Up)),
        pending(&monitor("payments-api"), &calmed, &flapped, Some(&failing()), ""),
        of_payments(&disabled.expect("it was down"), &delivered(3, Health::Down)),
        still,
        sees,
        was,
        accepts,
    ]
}

fn subjects() -> String {
    let mut lines = String::new();
    for alert in others() {
        let _ = writeln!(lines, "{}", message(vec![alert]).headline(HEADLINE));
    }
    lines
}

/// Every block of the page that is made by the program, by its heading, with the name of its language.
fn blocks() -> Vec<(&'static str, &'static str, String)> {
    let mut blocks: Vec<_> =
        mails().into_iter().map(|(title, alerts)| (title, "text", mail(alerts))).collect();
    let [cut_off, ..] = blind();
    blocks.push((CUT_OFF, "text", mail(vec![cut_off])));
    let [refuses, ..] = refusing();
    blocks.push((REFUSES, "text", mail(vec![refuses])));
    blocks.push((SUBJECTS, "text", subjects()));
    let record = record(&message(vec![down("payments-api")]), RecordSize::LARGEST);
    blocks.push((RECORD, "json", format!("{record:#}\n")));
    blocks
}

/// The page with each block as it is now.
fn renewed(page: &str) -> String {
    blocks().into_iter().fold(page.to_owned(), |page, (title, language, text)| {
        let opening = format!("\n### {title}\n\n```{language}\n");
        let (before, rest) = page.split_once(&opening).unwrap_or_else(|| panic!("no block below {title}"));
        let (_, after) = rest.split_once("```\n").expect("the end of the block");
        format!("{before}{opening}{text}```\n{after}")
    })
}

#[test]
fn the_page_shows_every_message_as_it_is() {
    let page = std::fs::read_to_string(PATH).expect("the page");
    let renewed = renewed(&page);
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        std::fs::write(PATH, &renewed).expect("the page can be written");
        return;
    }
    // The page is long, so only the first line that differs is shown.
    let first = page.lines().zip(renewed.lines()).find(|(one, other)| one != other);
    assert!(page == renewed, "docs/alerting.md is stale (INSTA_UPDATE=always renews it): {first:?}");
}

#[test]
fn the_page_shows_no_message_that_there_is_not_and_names_every_kind_of_alert() {
    let page = std::fs::read_to_string(PATH).expect("the page");
    let (_, shown) = page.split_once("\n## Every message\n").expect("the messages stand at the end");
    let headings: BTreeSet<_> = shown.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    let blocks = blocks();
    assert_eq!(headings, blocks.iter().map(|(title, _, _)| *title).collect());
    let fences = shown.lines().filter(|line| line.starts_with("```")).count();
    assert_eq!(fences, 2 * blocks.len(), "every block is one that the program makes");
    let schema = include_str!("../../../schema/alert.schema.json");
    let schema: serde_json::Value = serde_json::from_str(schema).expect("JSON");
    let kind = schema["definitions"]["AlertKind"]["oneOf"].as_array().expect("the kinds of alert");
    assert_eq!(kind.len(), 10);
    for word in kind {
        let word = word["const"].as_str().expect("a word");
        assert!(shown.contains(&format!("`{word}`")), "{word}");
    }
}
