//! The file of `--metrics`, the alert rules and the dashboard, as Prometheus and its Python client read them.

use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};

use crate::prometheus::{parsed, promtool};
use crate::support::{Api, Repository};

/// A team and a folder that need the escapes of the format.
const TEAM: &str = r#"a"quoted"\n\\ünï}{="#;
const FOLDER: &str = r#"the "shop" \n, } 1"#;

fn accepted(output: &Output) {
    let said = [output.stdout.clone(), output.stderr.clone()].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
}

fn shipped() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("infra/prometheus")
}

/// The metrics of a run over one monitor that passes and one that fails.
fn metrics() -> String {
    let api = Api::start();
    let team = serde_json::to_string(TEAM).expect("JSON");
    let text = |id, path| {
        format!("{}team: {team}\nalert: {{ failures: 1 }}\nretry: {{ attempts: 0 }}\n", api.monitor(id, path))
    };
    let repository = Repository::new(&[
        (format!("monitors/{FOLDER}/shop.yaml").as_str(), text("shop", "/shop").as_str()),
        ("monitors/blog.yaml", text("blog", "/blog").as_str()),
    ]);
    api.answer_on("/blog", 503);
    repository.run(&["sync", "--yes"]).exits(0);
    repository.run(&["check", "--all", "--metrics", "m.prom"]).exits(0);
    repository.read("m.prom")
}

#[test]
fn the_metrics_of_a_run_are_read_as_they_were_meant() {
    let text = metrics();
    accepted(&promtool(Path::new("."), &["check", "metrics"], &text));
    let samples = parsed(&text);
    let of = |name: &str, monitor: &str| -> Vec<&Value> {
        let is_it = |sample: &&Value| sample[0] == name && sample[1]["monitor"] == monitor;
        samples.iter().filter(is_it).collect()
    };
    let values =
        |name, monitor| of(name, monitor).iter().map(|sample| sample[2].as_f64()).collect::<Vec<_>>();
    assert_eq!(values("probe_success", "shop"), [Some(1.0)]);
    assert_eq!(values("probe_success", "blog"), [Some(0.0)]);
    assert_eq!(values("probe_http_status_code", "blog"), [Some(503.0)]);
    assert_eq!(of("probe_failure_info", "blog")[0][1]["reason"], "status");
    assert_eq!(of("monitorctl_health", "blog").len(), 4);
    assert_eq!(values("monitorctl_availability_ratio", "shop"), [Some(1.0); 3]);
    let of_blog = values("monitorctl_availability_ratio", "blog");
    assert!(of_blog.len() == 3 && of_blog.iter().all(|ratio| *ratio < Some(1.0)), "{of_blog:?}");
    for sample in of("monitorctl_health", "shop") {
        assert_eq!((&sample[1]["team"], &sample[1]["group"]), (&json!(TEAM), &json!(FOLDER)));
    }
    let lines = text.lines().filter(|line| !line.starts_with('#')).count();
    assert_eq!(samples.len(), lines, "every line is a sample");
}

#[test]
fn what_is_no_metric_is_refused() {
    let refused = promtool(Path::new("."), &["check", "metrics"], "probe_success{monitor=\"a} 1\n");
    assert!(!refused.status.success());
}

#[test]
fn the_alert_rules_fire_when_they_should() {
    accepted(&promtool(&shipped(), &["check", "rules", "alerts.yml"], ""));
    accepted(&promtool(&shipped(), &["test", "rules", "alerts.test.yml"], ""));
}

#[test]
fn prometheus_understands_every_query_of_the_dashboard() {
    let text = std::fs::read_to_string(shipped().join("dashboard.json")).expect("a dashboard");
    let dashboard: Value = serde_json::from_str(&text).expect("JSON");
    let panels = dashboard["panels"].as_array().expect("panels");
    let queries = panels.iter().flat_map(|panel| panel["targets"].as_array().expect("targets"));
    let rules: Vec<_> = queries
        .enumerate()
        .map(|(number, target)| json!({"record": format!("query:{number}"), "expr": target["expr"]}))
        .collect();
    assert!(rules.len() > 10, "{rules:?}");
    let folder = tempfile::tempdir().expect("a folder");
    // YAML takes JSON.
    let file = json!({"groups": [{"name": "dashboard", "rules": rules}]});
    std::fs::write(folder.path().join("rules.yml"), file.to_string()).expect("room");
    accepted(&promtool(folder.path(), &["check", "rules", "rules.yml"], ""));
}
