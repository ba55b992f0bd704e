//! When an outage would be notified to no one.

use serde_json::Value;

use super::super::Risk;
use super::*;

/// Channels with these fields.
fn with(channels: &Value) -> CatalogSettings {
    let channels = channels.as_object().expect("an object").iter();
    let channels = channels.map(|(name, fields)| {
        let mut fields = fields.as_object().cloned().expect("an object");
        fields.insert("kind".to_owned(), json!("file"));
        (name.clone(), fields)
    });
    CatalogSettings { channels: channels.collect(), ..CatalogSettings::default() }
}

fn to(id: &str, to: &str, version: u8) -> Desired {
    let mut fields = spec(version).fields().clone();
    fields.insert("to".to_owned(), json!(to));
    wanted(id, Spec::new(fields))
}

fn check(before: &Value, after: &Value, live: &[Desired], wanted: &[Desired]) -> Plan {
    let head = head(with(before));
    let live = apply(&planned(live, &[]), &[]);
    plan(OWNER, &with(after), &shared(wanted), Live { head: Some(&head), ..table(&live) }, &Scope::default())
}

fn ids(plan: &Plan) -> Vec<&str> {
    plan.unnotified.iter().map(MonitorId::as_str).collect()
}

// The monitor is critical.
#[test]
fn settings_that_no_longer_notify_anyone_are_a_loss() {
    let all = json!({"chat": {}, "oncall": {}});
    for (name, after, is_lost) in [
        ("chat", json!({"chat": {}, "oncall": {}}), false),
        ("chat", json!({"chat": {"severities": ["warning"]}, "oncall": {}}), true),
        ("chat", json!({"chat": {"severities": ["critical"]}, "oncall": {}}), false),
        // Escalation only.
        ("chat", json!({"chat": {"after": "30m"}, "oncall": {}}), true),
        ("chat", json!({"chat": {"reminders": false}, "oncall": {}}), false),
        ("oncall", json!({"chat": {"severities": ["warning"]}, "oncall": {}}), false),
        // A name that is gone stands for the default, which may be what the machine has.
        ("chat", json!({"oncall": {"severities": ["info"]}}), false),
        ("chat", json!({"default": {"severities": ["info"]}}), true),
        ("default", json!({"chat": {"severities": ["info"]}}), false),
        ("default", json!({"default": {"severities": ["info"]}}), true),
        ("default", json!({"default": {"after": "1h"}, "chat": {}}), true),
        ("default", json!({}), false),
    ] {
        let monitors = [to("a", name, 1), to("b", name, 1)];
        let found = check(&all, &after, &monitors, &monitors);
        let expected: &[&str] = if is_lost { &["a", "b"] } else { &[] };
        assert_eq!(ids(&found), expected, "{name} {after}");
        assert_eq!(found.count_lost(), expected.len(), "{name} {after}");
        let is_marked = found.settings.fields.iter().any(|field| field.risk == Risk::Loss);
        assert_eq!(is_marked, is_lost, "{name} {after}");
        assert!(found.rerouted.is_empty() || !is_lost, "{name} {after}");
    }
}

#[test]
fn a_monitor_that_moves_to_a_channel_that_does_not_take_it_is_lost_by_its_own_change() {
    let channels = json!({"chat": {"severities": ["warning"]}, "late": {"after": "1h"}, "oncall": {}});
    for (name, is_lost) in [("chat", true), ("late", true), ("oncall", false)] {
        let found = check(&channels, &channels, &[to("a", "oncall", 1)], &[to("a", name, 2)]);
        assert_eq!((ids(&found), found.count_lost()), (vec![], usize::from(is_lost)), "{name}");
        assert_eq!(found.changes[0].risk == Risk::Loss, is_lost, "{name}");
    }
    // What was never notified loses nothing, and neither does what is removed or switched off.
    let found = check(&channels, &channels, &[to("a", "chat", 1)], &[to("a", "late", 2)]);
    assert_eq!(found.count_lost(), 0);
    let found =
        check(&json!({}), &channels, &[to("a", "chat", 1), to("b", "oncall", 1)], &[to("b", "oncall", 1)]);
    assert_eq!((ids(&found), found.count_lost()), (vec![], 1), "it is removed");
}

#[test]
fn the_guard_counts_them_like_monitors_that_are_no_longer_watched() {
    let monitors: Vec<_> = ["a", "b", "c"].map(|id| to(id, "chat", 1)).into();
    let quiet = json!({"chat": {"severities": ["info"]}});
    let found = check(&json!({"chat": {}}), &quiet, &monitors, &monitors);
    let refusal = Refusal::Unnotified { lost: 3, unnotified: 3, limit: 1 };
    assert_eq!(refused(&found), std::slice::from_ref(&refusal));
    assert_eq!(refusal.to_string(), "no channel would take a DOWN of 3 monitors; the safety limit is 1");
    let exact = Overrides { allow_loss: Some(3), ..Overrides::default() };
    assert_eq!(refusals(&found, &exact, &Succession::Onwards), []);
    assert_eq!(Overrides::default().raised(&[refusal]), exact);
    // Beside what is removed.
    let found = check(&json!({"chat": {}}), &quiet, &monitors, &monitors[1..]);
    let texts: Vec<_> = refused(&found).iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "3 monitors would be lost: 1 no longer watched, 2 of which no channel takes a DOWN; the safety limit is 1"
        ]
    );
}
