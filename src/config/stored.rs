//! What is stored is held to the bounds of files, whoever put it there.

use serde_json::{Map, Value, json};

use super::monitor_from_spec;
use crate::monitor::{MonitorId, Origin, Spec};

/// The bounds of files hold in the table as well: such an item is a diagnostic, whoever wrote it.
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
    assert!(refused("interval", json!("9".repeat(300_000))).contains("a duration is written"));
    let zone = json!([{"starts": "2026-12-01T02:00", "for": "2h", "timezone": "x".repeat(300_000)}]);
    assert!(refused("maintenance", zone).ends_with("xxx…"));
}
