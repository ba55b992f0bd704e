//! Environments of `monitorctl.yaml`, as they are typed: which one is chosen, and that none touches another's table.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, reason = "each test program uses its part of it")]
mod support;

use support::{Api, Repository};

const SETTINGS: &str = "owner: acme/monitors
x-oncall: &oncall arn:aws:sns:eu-west-1:123456789012:oncall
channels: {oncall: {kind: sns, topic: *oncall}}
environments:
  staging: {tables: {config: st_configs, state: st_states, history: st_history}}
  prod: {channels: {night: {kind: sns, topic: *oncall}}}
";

fn repository(api: &Api) -> Repository {
    let repository = Repository::new(&[("monitors/shop.yaml", &api.monitor("shop", "/shop"))]);
    repository.write("monitorctl.yaml", SETTINGS);
    repository
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn an_environment_is_chosen_by_flag_or_variable_and_otherwise_asked_for() {
    let api = Api::start();
    let repository = repository(&api);
    let none = repository.run(&["diff"]);
    none.exits(2);
    let said = text(&none.stderr);
    assert!(said.contains("no environment is chosen; monitorctl.yaml lists prod, staging"), "{said}");
    assert!(said.contains("--env prod"), "{said}");
    let unknown = repository.run(&["diff", "--env", "stagin"]);
    unknown.exits(2);
    assert!(text(&unknown.stderr).contains("did you mean `staging`?"), "{}", text(&unknown.stderr));
    let flag = text(&repository.run(&["diff", "--env", "staging"]).stdout);
    assert!(flag.starts_with("env staging · owner acme/monitors"), "{flag}");
    // A variable that is set to nothing counts as unset, and a flag takes precedence.
    let empty = repository.command(&["diff"]).env("APP_ENVIRONMENT", "").output().expect("it runs");
    assert_eq!(empty.status.code(), Some(2));
    let mut both = repository.command(&["diff", "--env", "prod"]);
    let both = both.env("APP_ENVIRONMENT", "staging").output().expect("it runs");
    assert!(text(&both.stdout).starts_with("env prod"), "{}", text(&both.stdout));
    // What needs none works without.
    repository.run(&["schema"]).exits(0);
    repository.run(&["man", "check"]).exits(0);
}

#[test]
fn the_first_line_names_the_environment() {
    let api = Api::start();
    let repository = repository(&api);
    repository.run(&["sync", "--env", "staging", "--yes"]).exits(0);
    repository.run(&["check", "--env", "staging"]).exits(0);
    for (args, is_stderr) in [
        (&["validate", "--env", "staging"][..], true),
        (&["diff", "--env", "staging"], false),
        (&["status", "--env", "staging"], false),
        (&["doctor", "--env", "staging"], false),
    ] {
        let run = repository.run(args);
        let shown = text(if is_stderr { &run.stderr } else { &run.stdout });
        assert!(shown.starts_with("env staging"), "{args:?}: {shown}");
    }
    repository.write("monitors/cart.yaml", &api.monitor("cart", "/cart"));
    let doctor = text(&repository.run(&["doctor", "--env", "staging"]).stdout);
    assert!(doctor.contains("fix: monitorctl sync --env staging\n"), "{doctor}");
    let doctor = text(&repository.run(&["doctor", "--env", "prod"]).stdout);
    assert!(!doctor.contains("share the table"), "{doctor}");
    repository.write("monitorctl.yaml", "owner: acme/monitors\nenvironments: {a: {}, b: {}}\n");
    let doctor = text(&repository.run(&["doctor", "--env", "a"]).stdout);
    assert!(doctor.contains("the environments a and b share the table api_health_configs"), "{doctor}");
}

#[test]
fn one_environment_does_not_touch_the_table_of_another() {
    let api = Api::start();
    let repository = repository(&api);
    repository.run(&["sync", "--env", "prod", "--yes"]).exits(0);
    // Each has its own tables.
    repository.run(&["sync", "--env", "staging", "--yes"]).exits(0);
    // The tables of staging fall away by mistake: those that are left are of prod.
    repository.write("monitorctl.yaml", "owner: acme/monitors\nenvironments: {staging: {}, prod: {}}\n");
    repository.write("monitors/cart.yaml", &api.monitor("cart", "/cart"));
    for (args, words) in [
        (&["sync", "--env", "staging", "--yes"][..], "belongs to the environment prod, and this is staging"),
        (&["diff", "--env", "staging"], "belongs to the environment prod, and this is staging"),
        (&["sync", "--env", "staging", "--yes", "--undo", "last"], "belongs to the environment prod"),
    ] {
        let refused = repository.run(args);
        refused.exits(5);
        let shown = text(&refused.stdout);
        assert!(shown.contains(words) && shown.contains("--rename-environment"), "{args:?}: {shown}");
        assert!(!shown.contains("To allow exactly that") && !shown.contains("allowed by"), "{shown}");
        // Of what it would do to the other table, nothing is shown: it is the wrong one.
        assert!(!shown.contains("cart") && shown.contains("refused for 1 reason"), "{shown}");
    }
    let shown =
        |format: &str| text(&repository.run(&["diff", "--env", "staging", "--format", format]).stdout);
    for format in ["text", "markdown", "github"] {
        assert!(!shown(format).contains("up to date"), "{format}: {}", shown(format));
        assert!(!shown(format).contains("Monitors active"), "the table is not ours: {}", shown(format));
    }
    let comment = shown("markdown");
    let title =
        "<h3>monitorctl <code>staging</code>: refused (the table belongs to the environment prod)</h3>";
    assert!(comment.lines().any(|line| line == title), "{comment}");
    let summary: serde_json::Value = serde_json::from_str(&shown("json")).expect("JSON");
    assert_eq!(summary["summary"]["unchanged"], 0, "nothing was compared");
    repository.remove("monitors/cart.yaml");
    repository.write("monitorctl.yaml", "owner: acme/monitors\n");
    let none = repository.run(&["sync", "--yes"]);
    none.exits(5);
    assert!(text(&none.stdout).contains("and no environment is chosen"), "{}", text(&none.stdout));
    // A new name is said once, and is a change of its own.
    repository.write("monitorctl.yaml", "owner: acme/monitors\nenvironment: production\n");
    repository.run(&["sync", "--yes"]).exits(5);
    let renamed = repository.run(&["sync", "--yes", "--rename-environment", "prod"]);
    renamed.exits(0);
    assert!(text(&renamed.stdout).contains("prod → production"), "{}", text(&renamed.stdout));
    repository.run(&["sync", "--yes"]).exits(0);
}

#[test]
fn a_table_with_monitors_is_claimed_by_word_and_given_back_by_an_undo() {
    let api = Api::start();
    let repository = repository(&api);
    repository.write("monitorctl.yaml", "owner: acme/monitors\n");
    repository.run(&["sync", "--yes"]).exits(0);
    // Tables are forgotten, so the first environment that is synced would lock out the other.
    repository.write("monitorctl.yaml", "owner: acme/monitors\nenvironments: {staging: {}, prod: {}}\n");
    repository.write("monitors/shop.yaml", &api.monitor("shop", "/staging"));
    let refused = repository.run(&["sync", "--env", "staging", "--yes"]);
    refused.exits(5);
    let shown = text(&refused.stdout);
    let whole = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        whole.contains("has 1 monitor and belongs to no environment; this sync would claim it for staging"),
        "{shown}"
    );
    assert!(shown.contains("environment  staging"), "{shown}");
    assert!(shown.contains("allowed by --claim-table staging"), "{shown}");
    repository.run(&["sync", "--env", "staging", "--yes", "--claim-table", "prod"]).exits(5);
    repository.run(&["sync", "--env", "staging", "--yes", "--claim-table", "staging"]).exits(0);
    repository.run(&["sync", "--env", "staging", "--yes"]).exits(0);
    repository.run(&["diff", "--env", "prod"]).exits(5);
    let undone = repository.run(&["sync", "--env", "staging", "--yes", "--undo", "last"]);
    undone.exits(0);
    assert!(text(&undone.stdout).contains("environment  "), "{}", text(&undone.stdout));
    let claimed = repository.run(&["sync", "--env", "prod", "--yes", "--claim-table", "prod"]);
    claimed.exits(0);
    repository.run(&["diff", "--env", "staging"]).exits(5);
}

#[test]
fn every_command_says_that_a_table_is_of_another_environment_and_none_writes_to_it() {
    let api = Api::start();
    let repository = repository(&api);
    repository.write("monitorctl.yaml", "owner: acme/monitors\nenvironments: {staging: {}, prod: {}}\n");
    repository.run(&["sync", "--env", "prod", "--yes"]).exits(0);
    let words = "the table belongs to the environment prod";
    for args in [
        &["silence", "add", "shop", "--for", "1h", "--reason", "test"][..],
        &["silence", "end", "shop"],
        &["check"],
        &["check", "--all"],
        &["pull", "--drift"],
        &["pull", "--unmanaged"],
    ] {
        let refused = repository.run(&[args, &["--env", "staging"]].concat());
        refused.exits(2);
        assert!(text(&refused.stderr).contains(words), "{args:?}: {}", text(&refused.stderr));
        assert!(text(&refused.stderr).contains("check --env"), "{args:?}: {}", text(&refused.stderr));
    }
    for (args, exit) in
        [(&["status"][..], 0), (&["silence", "list"], 0), (&["explain", "shop"], 0), (&["doctor"], 1)]
    {
        let said = repository.run(&[args, &["--env", "staging"]].concat());
        said.exits(exit);
        let said = text(&said.stdout) + &text(&said.stderr);
        assert!(said.contains(words), "{args:?}: {said}");
        let twice = said.lines().find(|line| line.matches("--env ").count() > 1);
        assert_eq!(twice, None, "no command has an option twice");
    }
    repository.run(&["check", "--env", "prod"]).exits(0);
    repository.run(&["silence", "add", "shop", "--for", "1h", "--reason", "test", "--env", "prod"]).exits(0);
    assert!(!text(&repository.run(&["status", "--env", "prod"]).stdout).contains(words));
    assert!(!text(&repository.run(&["doctor", "--env", "prod"]).stdout).contains(words));
}

#[test]
fn each_environment_has_its_own_local_store() {
    let api = Api::start();
    let repository = repository(&api);
    repository.write("monitorctl.yaml", "owner: acme/monitors\nenvironments: {staging: {}, prod: {}}\n");
    let run = |args: &[&str]| {
        let output = repository.command(args).env_remove("MONITORCTL_STORE").output().expect("it runs");
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", text(&output.stderr));
        text(&output.stdout) + &text(&output.stderr)
    };
    for environment in ["staging", "prod"] {
        let shown = run(&["sync", "--yes", "--env", environment]);
        assert!(shown.contains(&format!("embedded store .monitorctl/store-{environment}.db")), "{shown}");
        assert!(shown.contains(&format!("undo: monitorctl sync --env {environment} --undo 01")), "{shown}");
    }
    let doctor = repository.command(&["doctor", "--env", "prod"]).env_remove("MONITORCTL_STORE").output();
    let doctor = text(&doctor.expect("it runs").stdout);
    assert!(!doctor.contains("share the table"), "{doctor}");
    // So does the file that is typed for one.
    let typed = ["doctor", "--env", "prod", "--store", "embedded:prod.db"];
    let doctor = repository.command(&typed).env_remove("MONITORCTL_STORE").output().expect("it runs");
    assert!(!text(&doctor.stdout).contains("share the table"), "{}", text(&doctor.stdout));
    // What was synced just now is not overdue yet.
    let status = run(&["status", "--env", "prod"]);
    assert!(status.lines().any(|line| line.contains("shop") && !line.contains("stale")), "{status}");
}

#[test]
fn all_environments_are_validated_and_each_problem_is_reported_once() {
    let api = Api::start();
    let repository = repository(&api);
    repository.write("monitors/shop.yaml", &(api.monitor("shop", "/shop") + "\nalert: {to: [night]}\n"));
    repository.write("monitors/cart.yaml", &(api.monitor("cart", "/cart") + "\nalert: {to: [none]}\n"));
    let none = repository.run(&["validate"]);
    none.exits(2);
    assert!(text(&none.stderr).contains("--all-environments"), "{}", text(&none.stderr));
    let all = repository.run(&["validate", "--all-environments", "--format", "short"]);
    all.exits(3);
    let (found, said) = (text(&all.stdout), text(&all.stderr));
    assert!(said.starts_with("env prod, staging\n"), "{said}");
    let unknown: Vec<_> = found.lines().filter(|line| line.contains("unknown_channel")).collect();
    let has = |words: &str| unknown.iter().filter(|line| line.contains(words)).count();
    assert_eq!((has("`night`"), has("`none`"), has("(in staging)")), (1, 1, 1), "{found}");
    repository.run(&["validate", "--env", "prod", "monitors/shop.yaml"]).exits(0);
    repository.write("monitorctl.yaml", "owner: acme/monitors\n");
    repository.run(&["validate", "--all-environments"]).exits(2);
}
