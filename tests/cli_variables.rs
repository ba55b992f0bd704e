//! Variables of `monitorctl.yaml`, as they are typed: from the file to the plan, the probe and back.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, reason = "each test program uses its part of it")]
mod support;

use serde_json::{Value, json};
use support::hand::edit;
use support::{Api, Repository};

const SETTINGS: &str = "owner: acme/monitors
vars:
  port: 8443
  slow: 5m
environments:
  staging: {vars: {domain: staging.example.com, slow: 15m}, tables: {config: st_configs, state: st_states, history: st_history}}
  prod: {vars: {domain: example.com}}
";

const SHOP: &str = "id: shop\nurl: https://shop.${var:domain}:${var:port}/\ninterval: ${var:slow}\n";

fn repository() -> Repository {
    let repository = Repository::new(&[("monitors/shop.yaml", SHOP)]);
    repository.write("monitorctl.yaml", SETTINGS);
    repository
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn shown(repository: &Repository, args: &[&str], exit: i32) -> String {
    let run = repository.run(args);
    run.exits(exit);
    text(&run.stdout) + &text(&run.stderr)
}

#[test]
fn each_environment_fills_in_its_own_values_and_lacks_none() {
    let repository = repository();
    let all = ["validate", "--all-environments", "--strict", "--format", "short"];
    shown(&repository, &all, 0);
    let wanting = SETTINGS.replace("domain: example.com", "unused: 1");
    repository.write("monitorctl.yaml", &wanting);
    let found = shown(&repository, &all, 3);
    let first = "monitors/shop.yaml:2:19: error[undefined_variable]: undefined variable `domain` (in prod); `environments.staging.vars.domain` (monitorctl.yaml:6) is of another environment; set it in `environments.prod.vars` or in `vars`";
    assert!(found.contains(first), "{found}");
    let unused = "monitorctl.yaml:7:17: warning[unused_variable]: no file uses the variable `unused`";
    assert!(found.contains(unused), "{found}");
    assert_eq!(found.matches("error[").count() + found.matches("warning[").count(), 2, "{found}");
    shown(&repository, &["validate", "--env", "staging"], 0);
    shown(&repository, &["diff", "--env", "prod"], 3);
    // What is not all of the catalog may use what the rest does not.
    let part = shown(&repository, &["validate", "--env", "staging", "monitors/shop.yaml"], 0);
    assert!(!part.contains("unused"), "{part}");
}

#[test]
fn a_plan_shows_values_filled_in_and_where_each_is_set() {
    let repository = repository();
    let plan = shown(&repository, &["diff", "--env", "staging"], 0);
    assert!(plan.contains("interval  15m  from monitorctl.yaml:6, environments.staging.vars.slow"), "{plan}");
    let url =
        "https://shop.staging.example.com:8443/  from monitorctl.yaml:6, environments.staging.vars.domain";
    assert!(plan.contains(url), "{plan}");
    repository.run(&["sync", "--env", "prod", "--yes"]).exits(0);
    repository.commit();
    repository.write("monitorctl.yaml", &SETTINGS.replace("8443", "9443").replace("slow: 5m", "slow: 9m"));
    let changed = shown(&repository, &["diff", "--env", "prod", "--base", "HEAD"], 0);
    // Of two variables in one value, the one that changed is named.
    let port =
        "https://shop.example.com:8443/ → https://shop.example.com:9443/  from monitorctl.yaml:3, vars.port";
    assert!(changed.contains(port), "{changed}");
    assert!(changed.contains("5m → 9m  weaker  from monitorctl.yaml:4, vars.slow"), "{changed}");
    let plan = repository.run(&["diff", "--env", "prod", "--base", "HEAD", "--format", "json"]);
    let plan: Value = serde_json::from_slice(&plan.stdout).expect("JSON");
    let change = &plan["changes"][0];
    assert_eq!(change["cause"], "this_change", "{change:#}");
    let of_interval =
        change["fields"].as_array().expect("fields").iter().find(|one| one["path"] == "interval");
    let source = json!({"file": "monitorctl.yaml", "line": 4, "variable": "vars.slow"});
    assert_eq!(of_interval.expect("the interval")["inherited"], source);
    let explained = shown(&repository, &["diff", "--env", "prod", "--explain", "shop.url"], 0);
    let sources = "monitorctl.yaml:7, environments.prod.vars.domain; monitorctl.yaml:3, vars.port; monitors/shop.yaml:2";
    assert!(explained.contains(sources), "{explained}");
    repository.run(&["sync", "--env", "prod", "--yes"]).exits(0);
    let offline = ["diff", "--env", "prod", "--offline", "--base", "HEAD"];
    assert!(shown(&repository, &offline, 0).contains("vars.port"));
    repository.commit();
    assert!(!shown(&repository, &offline, 0).contains("vars.port"), "the variables of the base are its own");
}

#[test]
fn pull_overwrites_no_variable_and_says_where_it_is() {
    let repository = repository();
    repository.write("monitors/defaults.yaml", "timeout: ${var:slow}s\n");
    repository
        .write("monitorctl.yaml", "owner: acme/monitors\nvars: {domain: a.example, port: 443, slow: 5}\n");
    repository.write("monitors/shop.yaml", "id: shop\nurl: https://${var:domain}/\n");
    repository.run(&["sync", "--yes"]).exits(0);
    edit(&repository, "shop", &json!({"url": {"S": "https://b.example/"}, "timeout": {"S": "5s"}}));
    let refused = shown(&repository, &["pull", "--drift"], 4);
    assert!(
        refused.contains(
            "`url` in the table does not contain the value of `vars.domain` (monitorctl.yaml:2): edit the variable, or change the file by hand"
        ),
        "{refused}"
    );
    assert_eq!(repository.read("monitors/shop.yaml"), "id: shop\nurl: https://${var:domain}/\n");
    // What stands in a defaults.yaml is overridden, as without a variable.
    edit(&repository, "shop", &json!({"url": {"S": "https://a.example/"}, "timeout": {"S": "9s"}}));
    shown(&repository, &["pull", "--drift"], 0);
    assert_eq!(repository.read("monitors/shop.yaml"), "id: shop\nurl: https://${var:domain}/\ntimeout: 9s\n");
    assert_eq!(repository.read("monitors/defaults.yaml"), "timeout: ${var:slow}s\n");
    shown(&repository, &["sync", "--yes"], 0);
    // What a hand wrote around a variable comes back, and the variable stays.
    edit(&repository, "shop", &json!({"url": {"S": "https://a.example/live"}, "timeout": {"S": "9s"}}));
    shown(&repository, &["pull", "--drift"], 0);
    let file = "id: shop\nurl: \"https://${var:domain}/live\"\ntimeout: 9s\n";
    assert_eq!(repository.read("monitors/shop.yaml"), file);
    shown(&repository, &["diff", "--exit-code"], 10);
}

#[test]
fn a_probe_asks_what_is_filled_in_and_settings_take_no_variable() {
    let api = Api::start();
    let text =
        "id: shop\nurl: ${var:base}/shop\nheaders: {x-text: 'a $${env:B}'}\nexpect: {status: '${var:ok}'}\n";
    let repository = Repository::new(&[("monitors/shop.yaml", text)]);
    let settings = format!("owner: acme/monitors\nvars: {{base: '{}', ok: 200}}\n", api.url());
    repository.write("monitorctl.yaml", &settings);
    repository.run(&["sync", "--yes"]).exits(0);
    repository.run(&["check", "--all"]).exits(0);
    let requests = api.requests();
    let request = requests.first().expect("a request");
    assert!(request.starts_with("GET /shop ") && request.contains("x-text: a ${env:B}"), "{request}");
    repository.write("monitorctl.yaml", &(settings + "tables: {config: '${var:base}'}\n"));
    let found = shown(&repository, &["validate", "--format", "short"], 3);
    assert!(
        found.contains("monitorctl.yaml:3:18: error[misplaced_reference]: `tables.config` takes no variable; write the value itself"),
        "{found}"
    );
    assert_eq!(found.matches("error[").count(), 1, "{found}");
}

#[test]
fn no_line_that_is_drawn_shows_a_variable_that_no_diagnostic_is_about() {
    let monitor = "id: pay\nurl: https://pay.example.com/\nheaders: {authorization: \"Bearer ${var:pay}\"}\n";
    let repository = Repository::new(&[("monitors/pay.yaml", monitor)]);
    let token = format!("ghp_{}", "x".repeat(36));
    for settings in [
        "vars:\n  unused: 1\n  pay: hunter2secretzz\n".to_owned(),
        format!("vars: {{ tok: {token}, pay: hunter2secretzz }}\n"),
        "environments:\n  prod:\n    vars:\n      unused: 1\n      pay: hunter2secretzz\n".to_owned(),
        "vars:\n  pay: hunter2secretzz\nunknown: 1\n".to_owned(),
        "vars:\n  pay: x\n  pay: hunter2secretzz\n".to_owned(),
        // Not YAML, so no monitor says what uses it.
        "vars:\n  pay: hunter2secretzz\n  other: [\n".to_owned(),
    ] {
        repository.write("monitorctl.yaml", &format!("owner: acme/monitors\n{settings}"));
        for args in [
            &["validate"][..],
            &["validate", "--all-environments"],
            &["validate", "monitorctl.yaml"],
            &["diff", "--offline"],
        ] {
            let run = repository.run(args);
            let shown = text(&run.stdout) + &text(&run.stderr);
            assert!(!shown.contains("hunter2") && !shown.contains("ghp_"), "{settings}\n{shown}");
        }
    }
    // What a diagnostic is about is drawn.
    repository.write("monitorctl.yaml", "owner: acme/monitors\nvars: {pay: '${ssm:/a}', code: 0123}\n");
    let found = shown(&repository, &["validate"], 0);
    assert!(found.contains("code: 0123") && !found.contains("/a}"), "{found}");
}

#[test]
fn a_credential_that_also_names_a_channel_and_a_monitor_is_in_no_words() {
    let monitor = "id: pay\nurl: https://pay.example.com/\nheaders: {authorization: \"Bearer ${var:pay}\"}\n\
                   alert: {to: [\"${var:pay}\"]}\ndepends_on: [\"${var:pay}\", \"x-${var:pay}\"]\n";
    let repository = Repository::new(&[("monitors/pay.yaml", monitor)]);
    repository.write("monitorctl.yaml", "owner: acme/monitors\nvars: {pay: hunter2secretzz}\n");
    for format in ["text", "short", "json", "github", "sarif"] {
        let found = shown(&repository, &["validate", "--format", format], 3);
        assert!(found.contains("channel `***`") && found.contains("monitor `x-***`"), "{format}\n{found}");
        assert!(!found.contains("hunter2"), "{format}\n{found}");
    }
}

#[test]
fn a_credential_of_an_unchanged_file_is_masked_where_another_file_points_there() {
    let first = "id: pay\nheaders: {authorization: Bearer k9-Qm2x7Tz81}\nurl: https://pay.example.com/\n";
    let repository = Repository::new(&[("monitors/a.yaml", first)]);
    repository.commit();
    repository.write("monitors/b.yaml", "id: pay\nurl: https://pay.example.com/\n");
    let shown = shown(&repository, &["validate", "--changed-since", "HEAD"], 3);
    assert!(shown.contains("first used here") && !shown.contains("Qm2x7"), "{shown}");
}
