//! What is stored is held to the bounds of files, wherever it comes from.

use serde_json::{Map, Value, json};

use crate::config::monitor_from_spec;
use crate::monitor::{MonitorId, Origin, Spec};

/// The bounds of files hold in the table as well: such an item is a diagnostic, wherever it comes from.
#[test]
fn a_stored_item_is_held_to_the_bounds_of_files() {
    let refused = |key: &str, value: Value| {
        let fields = Map::from_iter([("url".to_owned(), json!("https://a")), (key.to_owned(), value)]);
        let id = MonitorId::parse("a").expect("an id");
        let messages = monitor_from_spec(id, &Spec::new(fields), Origin::default()).err().unwrap_or_default();
        assert!(messages.iter().all(|message| message.len() < 2000) && messages.len() <= 10, "{key}");
        messages.join("; ")
    };
    let window = json!({"starts": "2026-12-01T02:00", "for": "2h"});
    assert_eq!(refused("maintenance", json!(vec![window.clone(); 20])), "");
    assert!(refused("maintenance", json!(vec![window; 30_000])).contains("at most 20 elements"));
    assert!(refused("depends_on", json!(vec!["b"; 30_000])).contains("at most 20 elements"));
    let long = json!([{"starts": "2026-12-01T02:00", "for": "2h", "repeats": format!("FREQ=WEEKLY;BYDAY={}", "MO,".repeat(100_000))}]);
    assert!(refused("maintenance", long).contains("at most 200 characters"));
    assert!(refused("interval", json!("9".repeat(300_000))).contains("write a duration"));
    let zone = json!([{"starts": "2026-12-01T02:00", "for": "2h", "timezone": "x".repeat(300_000)}]);
    assert!(refused("maintenance", zone).ends_with("xxx…"));
}

// Trap 28: what has no comparison holds for every answer, in files and in the table.
#[test]
fn a_stored_item_breaks_no_rule_of_the_schema() {
    let refused = |fields: Value| {
        let Value::Object(mut fields) = fields else { panic!("a map") };
        fields.entry("url").or_insert(json!("https://a"));
        let id = MonitorId::parse("a").expect("an id");
        monitor_from_spec(id, &Spec::new(fields), Origin::default()).err().unwrap_or_default().join("; ")
    };
    for (fields, why) in [
        (json!({"redirects": 21}), "`redirects` must be at most 20"),
        (json!({"retry": {"attempts": 200}}), "`retry.attempts` must be at most 5"),
        (json!({"alert": {"failures": 11}}), "`alert.failures` must be at most 10"),
        (json!({"alert": {"successes": 4_000_000_000_u32}}), "`alert.successes` must be at most 10"),
        (json!({"name": "n".repeat(101)}), "`name` has at most 100 characters"),
        (json!({"team": "n".repeat(65)}), "`team` has at most 64 characters"),
        (json!({"tags": vec!["t"; 21]}), "`tags` has at most 20 elements"),
        (json!({"expect": {"json": [{"path": "$.a"}]}}), "`expect.json[0]` has no comparison"),
        (json!({"expect": {"json": []}}), "`expect.json` has no comparison"),
        (json!({"expect": {"body": {}}}), "`expect.body` has no comparison"),
        (json!({"expect": {"body": {"contains": null}}}), "`expect.body` has no comparison"),
        (json!({"expect": {"headers": {"X-A": {"equals": null}}}}), "`expect.headers.X-A` has no comparison"),
    ] {
        assert_eq!(refused(fields.clone()), why, "{fields}");
    }
    for fields in [
        json!({"redirects": 20, "retry": {"attempts": 5}, "alert": {"failures": 0, "successes": 10}}),
        json!({"name": "é".repeat(100), "tags": vec!["t"; 20]}),
        json!({"expect": {"json": [{"path": "$.a", "equals": null}], "headers": {"x-a": null}, "body": null}}),
    ] {
        assert_eq!(refused(fields.clone()), "", "{fields}");
    }
}
