//! The webhook that Alertmanager sends to.

use serde_json::json;

use crate::client::post;
use crate::receivers::{AlertGroups, Receiver};

#[test]
fn each_alert_of_a_group_counts() {
    let groups = Receiver::start(AlertGroups::default());
    let alert = |status: &str, monitor: &str| json!({"status": status, "labels": {"alertname": "DOWN", "monitor": monitor}, "fingerprint": monitor});
    let group = json!({"version": "4", "status": "firing", "alerts": [alert("firing", "shop"), alert("resolved", "api")]});
    assert_eq!(post(&groups.url(), &group).status, 200);
    assert_eq!(groups.texts(), ["firing: DOWN shop", "resolved: DOWN api"]);
    assert_eq!(groups.service().groups().len(), 1);
    assert_eq!(post(&groups.url(), &json!({"version": "3"})).status, 400);
}
