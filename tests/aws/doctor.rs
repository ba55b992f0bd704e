//! `doctor` on an installation as Terraform makes it, and on one where something is wrong.

use serde_json::{Value, json};

use crate::world::{Run, World};

fn doctor(world: &World, args: &[&str]) -> Run {
    world.run(&[&["doctor", "--format", "json"], args].concat())
}

/// The findings with this outcome: what, and the command that puts it right.
fn with_outcome(run: &Run, outcome: &str) -> Vec<(String, String)> {
    let report = run.json();
    let findings = report["findings"].as_array().expect("a list");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    findings
        .iter()
        .filter(|finding| finding["outcome"] == outcome)
        .map(|finding| (text(&finding["what"]), text(&finding["fix"])))
        .collect()
}

/// That one finding is about `what` and is put right by `fix`.
fn finds(found: &[(String, String)], what: &str, fix: &str) {
    assert!(
        found.iter().any(|(text, command)| text.contains(what) && command.contains(fix)),
        "{what:?} with {fix:?} is not in {found:#?}"
    );
}

/// A repository with everything that an editor wants.
fn tended(world: &World) {
    world.run(&["schema", "--write"]).exits(0);
    let line = "# yaml-language-server: $schema=../schema/monitor.schema.json\n";
    let monitor = world.api.monitor("shop", "/shop");
    world.repository.write("monitors/shop.yaml", &format!("{line}{monitor}"));
}

#[test]
fn an_installation_as_terraform_makes_it_is_sound() {
    let world = World::new();
    tended(&world);
    world.sync();
    let run = doctor(&world, &[]);
    run.exits(0);
    let ok = with_outcome(&run, "ok");
    for what in [
        "eu-west-1".to_owned(),
        "arn:aws:sts::123456789012:".to_owned(),
        "of AWS".to_owned(),
        format!("{} has the keys shard (S), monitor (S)", world.table("configs")),
        format!("{} has no time to live, as required", world.table("states")),
        format!("{} expires old items by `expires`", world.table("history")),
        format!("{} has point-in-time recovery", world.table("states")),
        format!("{}: 1 readable", world.table("configs")),
        format!("{}: 1 confirmed", world.topic),
        "the owner is acme/monitors".to_owned(),
        "1 file names a schema for editors".to_owned(),
    ] {
        finds(&ok, &what, "");
    }
    assert_eq!(with_outcome(&run, "warning"), []);
    // No role was tested by a write.
    assert_eq!(world.row("@doctor"), Value::Null);
}

#[test]
fn every_line_that_is_wrong_has_a_command() {
    let world = World::new();
    let [configs, states, history] = ["configs", "states", "history"].map(|table| world.table(table));
    let ttl = |table: &str, enabled: bool| {
        let ttl = json!({"Enabled": enabled, "AttributeName": "expires"});
        let with = json!({"TableName": table, "TimeToLiveSpecification": ttl});
        world.call("dynamodb", "update_time_to_live", &with);
    };
    ttl(&states, true);
    ttl(&configs, false);
    let off = json!({"PointInTimeRecoveryEnabled": false});
    let with = json!({"TableName": configs, "PointInTimeRecoverySpecification": off});
    world.call("dynamodb", "update_continuous_backups", &with);
    world.call("dynamodb", "delete_table", &json!({"TableName": history}));
    let deaf = world.call("sns", "create_topic", &json!({"Name": "no-subscribers"}));
    let deaf = deaf["TopicArn"].as_str().expect("an ARN");
    let mut command = world.command(&["doctor", "--format", "json"]);
    let output = command.env("SNS_TOPIC_ARN", deaf).output().expect("it runs");
    let run = Run {
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::new(),
        code: output.status.code(),
    };
    run.exits(1);
    let failed = with_outcome(&run, "failed");
    finds(&failed, &format!("{history} does not exist"), "aws dynamodb create-table --table-name");
    finds(&failed, &format!("{states} has a time to live"), "Enabled=false,AttributeName=expires");
    finds(&failed, "has no confirmed subscription", "aws sns subscribe --topic-arn");
    let warnings = with_outcome(&run, "warning");
    finds(&warnings, &format!("{configs} has no time to live"), "Enabled=true,AttributeName=expires");
    finds(&warnings, &format!("{configs} has no point-in-time"), "aws dynamodb update-continuous-backups");
    finds(&warnings, "monitors/shop.yaml", "sed -i '1i # yaml-language-server");
    finds(&warnings, "missing in schema/: monitor.schema.json", "monitorctl schema --write");
}

#[test]
fn secrets_that_monitors_refer_to_are_read_and_not_shown() {
    let world = World::new();
    let parameter = json!({"Name": "/shop/token", "Value": "hunter2-value", "Type": "SecureString"});
    world.call("ssm", "put_parameter", &parameter);
    let secret = json!({"Name": "shop/db", "SecretString": r#"{"password": "hunter2-value"}"#});
    world.call("secretsmanager", "create_secret", &secret);
    let monitor = |id: &str, reference: &str| {
        format!("{}headers: {{ x-token: \"${{{reference}}}\" }}\n", world.api.monitor(id, "/shop"))
    };
    for (id, reference) in [("a", "ssm:/shop/token"), ("b", "secretsmanager:shop/db#password")] {
        world.repository.write(&format!("monitors/{id}.yaml"), &monitor(id, reference));
    }
    world.sync();
    let run = doctor(&world, &["--role", "check"]);
    run.exits(0);
    finds(&with_outcome(&run, "ok"), "2 secrets are readable", "");

    world.repository.write("monitors/c.yaml", &monitor("c", "ssm:/shop/gone"));
    world.repository.write("monitors/d.yaml", &monitor("d", "secretsmanager:shop/db#user"));
    world.sync();
    let run = doctor(&world, &["--role", "check"]);
    run.exits(1);
    let failed = with_outcome(&run, "failed");
    finds(&failed, "${ssm:/shop/gone} does not exist", "aws ssm put-parameter --type SecureString");
    let no_key = "${secretsmanager:shop/db#user} cannot be read: it has no key";
    finds(&failed, no_key, "aws secretsmanager describe-secret --secret-id shop/db");
    assert!(!run.stdout.contains("hunter2") && !run.stderr.contains("hunter2"), "{}", run.stdout);
    // Only `check` has a use for them.
    let run = doctor(&world, &["--role", "sync"]);
    assert!(!run.stdout.contains("shop/gone"), "{}", run.stdout);
}

#[test]
fn rights_that_a_role_should_not_have_are_warnings_with_the_policy() {
    let world = World::new();
    // moto allows everything to everybody.
    let run = doctor(&world, &["--role", "check"]);
    run.exits(0);
    finds(
        &with_outcome(&run, "ok"),
        &format!(
            "{}: allowed: Query, GetItem, BatchGetItem, UpdateItem, PutItem in a transaction",
            world.table("states")
        ),
        "",
    );
    let warnings = with_outcome(&run, "warning");
    finds(
        &warnings,
        "Scan is allowed, but `check` must not",
        "-target=module.monitorctl.aws_iam_policy.check",
    );
    finds(
        &warnings,
        "UpdateItem in a transaction is allowed",
        "-target=module.monitorctl.aws_iam_policy.check",
    );
    finds(&with_outcome(&run, "skipped"), "sns:Publish", "aws iam simulate-principal-policy");
    for table in ["configs", "states", "history"] {
        let items = world.call("dynamodb", "scan", &json!({"TableName": world.table(table)}));
        assert_eq!(items["Count"], 0, "a trial wrote something: {items}");
    }
}

#[test]
fn refused_credentials_are_exit_code_7() {
    let world = World::new();
    let proxy = crate::proxy::Proxy::before(world.moto.endpoint());
    proxy.plan(|_| crate::proxy::Fate::Expired);
    let world = world.behind(proxy.endpoint());
    let run = doctor(&world, &[]);
    run.exits(7);
    finds(
        &with_outcome(&run, "denied"),
        "the AWS credentials are missing, invalid or expired",
        "aws configure",
    );
    world.run(&["diff"]).exits(7);
}
