//! `check`, a process a run, against Alertmanager: it receives, groups and resolves what is posted.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::alertmanager::Alertmanager;
use crate::receivers::{AlertGroups, Receiver};
use crate::support::{Api, Repository};

const PATIENCE: Duration = Duration::from_secs(30);

/// Two monitors of one API, whose alerts go to this Alertmanager.
fn repository(api: &Api, alertmanager: &Alertmanager) -> Repository {
    let monitor = |id: &str| {
        let alert = "alert: { failures: 1, to: [am], severity: critical }\n";
        format!("{}team: shop\nretry: {{ attempts: 0 }}\n{alert}", api.monitor(id, &format!("/{id}")))
    };
    let channel =
        format!("{{ kind: alertmanager, url: \"{}\", labels: {{ cluster: eu }} }}", alertmanager.url());
    Repository::new(&[
        ("monitorctl.yaml", &format!("owner: acme/monitors\nchannels:\n  am: {channel}\n")),
        ("monitors/cart.yaml", &monitor("cart")),
        ("monitors/checkout.yaml", &monitor("checkout")),
    ])
}

/// The one about this monitor.
fn about<'a>(alerts: &'a [Value], id: &str) -> &'a Value {
    let found = alerts.iter().find(|alert| alert["labels"]["monitor"] == id);
    found.unwrap_or_else(|| panic!("{id}: {alerts:?}"))
}

fn ends(alert: &Value) -> Timestamp {
    alert["endsAt"].as_str().and_then(|text| text.parse().ok()).expect("a time")
}

// Trap 41
#[test]
fn alertmanager_holds_what_is_down_until_check_says_that_it_is_over() {
    let groups = Receiver::start(AlertGroups::default());
    let alertmanager = Alertmanager::start(&groups.url(), &["cluster", "team"]);
    let api = Api::start();
    let repository = repository(&api, &alertmanager);
    repository.run(&["sync", "--yes"]).exits(0);
    repository.run(&["check", "--all"]).exits(0);
    assert_eq!(alertmanager.alerts(), [] as [Value; 0], "what is UP is no alert");

    api.answer(503);
    repository.run(&["check", "--all"]).exits(0);
    let fires = |id: &str| {
        let text = format!("firing: MonitorDown {id}");
        assert!(groups.wait_for(PATIENCE, |all| all.iter().any(|message| message.text == text)), "{text}");
    };
    fires("cart");
    fires("checkout");
    assert_eq!(groups.service().groups()[0]["groupLabels"], json!({"cluster": "eu", "team": "shop"}));
    let first = alertmanager.alerts();
    assert_eq!(first.len(), 2, "{first:?}");
    let first = about(&first, "cart");
    let labels = json!({
        "alertname": "MonitorDown", "cluster": "eu", "monitor": "cart", "severity": "critical", "team": "shop",
    });
    assert_eq!(first["labels"], labels);
    assert_eq!(first["annotations"]["summary"], "CRITICAL DOWN cart: HTTP 503, expected 200");
    let minutes = |count| Timestamp::now() + SignedDuration::from_mins(count);
    assert!(ends(first) > minutes(9) && ends(first) <= minutes(10), "{first:?}");

    // An edit of what stands in the labels, and a run in which nothing changes: the same alert, for longer.
    let edited = repository.read("monitors/cart.yaml").replace("critical", "warning");
    repository.write("monitors/cart.yaml", &edited);
    repository.run(&["sync", "--yes"]).exits(0);
    repository.run(&["check", "--all"]).exits(0);
    let again = alertmanager.alerts();
    assert_eq!(again.len(), 2, "{again:?}");
    let again = about(&again, "cart");
    assert_eq!(again["fingerprint"], first["fingerprint"]);
    assert_eq!((&again["labels"], &again["startsAt"]), (&labels, &first["startsAt"]));
    assert!(ends(again) > ends(first), "{again:?}");

    api.answer(200);
    repository.run(&["check", "--all"]).exits(0);
    for id in ["cart", "checkout"] {
        let text = format!("resolved: MonitorDown {id}");
        assert!(groups.wait_for(PATIENCE, |all| all.iter().any(|message| message.text == text)), "{text}");
    }
    assert_eq!(alertmanager.alerts(), [] as [Value; 0]);
    // The end is posted again, and opens nothing.
    repository.run(&["check", "--all"]).exits(0);
    assert_eq!(alertmanager.alerts(), [] as [Value; 0]);
}

#[test]
fn alertmanager_that_is_gone_fails_no_run_in_which_nothing_is_new() {
    let api = Api::start();
    let repository = {
        let groups = Receiver::start(AlertGroups::default());
        let alertmanager = Alertmanager::start(&groups.url(), &["team"]);
        let repository = repository(&api, &alertmanager);
        repository.run(&["sync", "--yes"]).exits(0);
        api.answer(503);
        repository.run(&["check", "--all"]).exits(0);
        assert_eq!(alertmanager.alerts().len(), 2);
        repository
    };
    let run = repository.run(&["check", "--all"]);
    let text = String::from_utf8_lossy(&run.stderr).into_owned() + &String::from_utf8_lossy(&run.stdout);
    run.exits(0);
    let expected = "2 alerts could not be renewed; the next run tries again: failed to reach the channel";
    assert!(text.contains(expected), "{text}");
    // The end is new, and not delivered.
    api.answer(200);
    repository.run(&["check", "--all"]).exits(4);
}
