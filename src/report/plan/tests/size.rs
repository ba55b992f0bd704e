//! Plans of thousands of changes.

use std::fmt::Write as _;

use serde_json::json;

use super::as_json;
use super::world::{planned, senseless, shown, stored};
use crate::plan::{CatalogSettings, Plan};
use crate::report::plan::{PlanDetail, github, markdown, text};

/// What GitHub takes of a comment, with some room for what a workflow adds.
const LIMIT: usize = 60_000;

/// A plan of `removals` and `updates`, whose ids have about `length` characters.
fn large(removals: usize, updates: usize, length: usize) -> Plan {
    let name = |kind: &str, n: usize| format!("{kind}-{n:05}-{}", "x".repeat(length.saturating_sub(8)));
    let mut live = Vec::new();
    let mut wanted = Vec::new();
    for n in 0..removals {
        live.push(stored(&name("r", n), Some("acme"), json!({"url": "https://gone.example.com", "name": n})));
    }
    for n in 0..updates {
        let id = name("u", n);
        let (before, after) = ("one line\n".repeat(20), "another line\n".repeat(20));
        live.push(stored(&id, Some("acme"), json!({"url": "https://a.example.com", "body": before})));
        // No two changes are the same.
        let after = json!({"url": format!("https://b.example.com/{n}"), "body": after, "interval": "5m"});
        wanted.push(senseless(&id, "monitors/a.yaml", after));
    }
    planned(&CatalogSettings::default(), &wanted, &live, &[])
}

/// Ids of removals in `page`.
fn named(page: &str, removals: usize) -> usize {
    (0..removals).filter(|n| page.contains(&format!("r-{n:05}-"))).count()
}

// Trap 22: GitHub refuses a comment of more than 65,536 characters.
#[test]
fn each_size_has_its_form_and_all_of_them_fit_into_a_comment() {
    let mut forms = Vec::new();
    for (removals, updates, length) in [
        (3, 3, 16),
        (20, 100, 16),
        (20, 480, 16),
        (20, 2_000, 16),
        (800, 3_000, 16),
        (2_000, 3_000, 24),
        (2_000, 3_000, 120),
    ] {
        let plan = large(removals, updates, length);
        let page = shown(&plan, &[], markdown);
        assert!(page.len() <= LIMIT, "{removals} + {updates}: {}", page.len());
        let mut form =
            format!("{removals} + {updates} of {length}: {} removals named", named(&page, removals));
        for (sign, mark) in [
            ("long texts", "-   "),
            ("fields", "+ interval"),
            ("lines", "\n~ u-00000-"),
            ("ids of updates", "u-00000-"),
            ("short", "This is a summary"),
            ("cut", "did not fit"),
        ] {
            if page.contains(mark) {
                let _ = write!(form, ", {sign}");
            }
        }
        forms.push(form);
    }
    insta::assert_snapshot!(forms.join("\n"));
}

#[test]
fn five_thousand_changes_name_every_one_of_two_thousand_removals() {
    let plan = large(2_000, 3_000, 26);
    let page = shown(&plan, &[], markdown);
    assert!(page.len() <= LIMIT, "{}", page.len());
    assert_eq!(named(&page, 2_000), 2_000);
    assert_eq!(named(&shown(&plan, &[], |review| text(review, PlanDetail::Changes)), 2_000), 2_000);
    assert_eq!(named(&shown(&plan, &[], as_json), 2_000), 2_000);
    assert!(shown(&plan, &[], github).lines().count() <= 12);
}

#[test]
fn what_cannot_fit_is_counted_and_the_way_to_it_is_named() {
    let plan = large(2_000, 10, 120);
    let page = shown(&plan, &[], markdown);
    let named = named(&page, 2_000);
    assert!(named > 400, "{named}");
    assert!(page.contains(&format!("and {} more monitors that did not fit", 2_000 - named)), "{page}");
    assert!(page.contains("monitorctl diff --format json"));
    // Not even one more would have.
    assert!(page.len() + 500 > LIMIT, "{}", page.len());
}
