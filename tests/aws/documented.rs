//! docs/aws.md, run as it is written: every command that does not need a real account, in its order, with what the
//! text promises of it.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use serde_json::{Value, json};

use crate::document::Document;
use crate::moto::REGION;
use crate::terraform::shapes;
use crate::world::{Run, World};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// What is not run here, and why.
const NEEDS_AN_ACCOUNT: &[(&str, &str)] = &[
    ("terraform init", "fetches the provider; `infra/check` runs it with a stand-in"),
    ("terraform apply", "makes an installation; here the tables, the topic and a listener are made by boto3"),
    ("eval \"$(terraform output -raw environment)\"", "tells what apply has made; see `environment`"),
];

/// What is not run as it is written, and why.
const REPLACED: &[(&str, &str)] =
    &[("https://checkip.amazonaws.com", "tests have no internet; an API on loopback stands in")];

/// Brings a program to a terminal, with this process's standard input as the keyboard.
const TERMINAL: &str = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";

/// A terminal after `terraform apply`, and what stands behind it.
struct Reader {
    world: World,
    /// A checkout of this repository, and a folder of programs.
    home: tempfile::TempDir,
    api: String,
}

impl Reader {
    fn new() -> Self {
        let world = World::new();
        for shape in shapes() {
            let table = table(&shape.resource);
            world.call("dynamodb", "create_table", &shape.request(&table));
        }
        let home = tempfile::tempdir().expect("a folder");
        let programs = home.path().join("bin");
        fs::create_dir(&programs).expect("a folder");
        symlink(env!("CARGO_BIN_EXE_monitorctl"), programs.join("monitorctl")).expect("a link");
        symlink(world.moto.program("aws"), programs.join("aws")).expect("a link");
        Self { world, home, api: api() }
    }

    /// A script in the repository of monitors. It must succeed.
    fn run(&self, script: &str) -> String {
        succeeds(script, self.bash(script))
    }

    /// The same at a terminal, with an answer.
    fn run_and_type(&self, script: &str, answer: &str) -> String {
        let bash = self.bash(script);
        let mut terminal = Command::new(self.world.moto.program("python"));
        terminal.args(["-c", TERMINAL]).arg(bash.get_program()).args(bash.get_args());
        terminal.env_clear().envs(bash.get_envs().filter_map(|(name, value)| Some((name, value?))));
        terminal.current_dir(bash.get_current_dir().expect("the repository"));
        let typed = self.home.path().join("typed");
        fs::write(&typed, format!("{answer}\n")).expect("a file");
        terminal.stdin(fs::File::open(typed).expect("it was written"));
        succeeds(script, terminal)
    }

    fn bash(&self, script: &str) -> Command {
        let script =
            REPLACED.iter().fold(script.to_owned(), |script, (from, _)| script.replace(from, &self.api));
        let mut bash = Command::new("bash");
        // The same folder as a run of the program by the other tests, and nothing of its environment.
        let program = self.world.command(&[]);
        bash.current_dir(program.get_current_dir().expect("the repository"));
        bash.args(["-euc", &script]).stdin(Stdio::null()).env_clear().envs(self.environment());
        let path = std::env::var("PATH").expect("there is a PATH");
        bash.env("PATH", format!("{}:{path}", self.home.path().join("bin").display()))
            .env("HOME", self.home.path())
            // The AWS CLI of PyPI is version 1, which does not read AWS_REGION; version 2 does.
            .env("AWS_DEFAULT_REGION", REGION)
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ENDPOINT_URL", self.world.moto.endpoint())
            // The stand-in for a public address has one on loopback.
            .env("MONITORCTL_ALLOW", "127.0.0.0/8");
        bash
    }

    /// What `terraform output -raw environment` tells: these names and no other.
    fn environment(&self) -> Vec<(String, String)> {
        let outputs =
            fs::read_to_string(Path::new(ROOT).join("infra/terraform/module/outputs.tf")).expect("a file");
        let (_, names) = outputs.split_once("for name in [").expect("the output `environment`");
        let (names, _) = names.split_once(']').expect("the end of the list");
        names
            .split(',')
            .map(|name| name.trim().trim_matches('"'))
            .map(|name| {
                let value = match name {
                    "AWS_REGION" => REGION.to_owned(),
                    "APP_ENVIRONMENT" => "prod".to_owned(),
                    "DDB_CONFIG_TABLE" => table("configs"),
                    "DDB_STATE_TABLE" => table("states"),
                    "DDB_HISTORY_TABLE" => table("history"),
                    "SNS_TOPIC_ARN" => self.world.topic.clone(),
                    other => panic!("outputs.tf tells {other}, which no reader of docs/aws.md has here"),
                };
                (name.to_owned(), value)
            })
            .collect()
    }

    fn config(&self, monitor: &str) -> Value {
        let key = json!({"shard": {"S": "0"}, "monitor": {"S": monitor}});
        self.world.call("dynamodb", "get_item", &json!({"TableName": table("configs"), "Key": key}))["Item"]
            .take()
    }
}

/// What the command printed. Panics unless it ends well.
fn succeeds(script: &str, mut command: Command) -> String {
    let output = command.output().expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    let run = Run { stdout: text(output.stdout), stderr: text(output.stderr), code: output.status.code() };
    assert_eq!(run.code, Some(0), "{script}\n{}\n{}", run.stdout, run.stderr);
    run.stdout
}

/// The names of an installation that changes none, which the document takes for granted.
fn table(resource: &str) -> String {
    format!("api_health_{resource}")
}

/// An API that has one page.
fn api() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let lines = BufReader::new(&stream).lines().map_while(Result::ok);
            let head: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
            let there = head.first().is_some_and(|line| line.starts_with("GET / "));
            let status = if there { "200 OK" } else { "404 Not Found" };
            // A client that went away is not served.
            let _ = write!(&stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        }
    });
    format!("http://{address}")
}

/// A number of an item: `seq` of the row, and of what was delivered.
fn number(value: &Value) -> &str {
    value["N"].as_str().expect("a number")
}

#[test]
fn every_command_of_the_guide_that_needs_no_account_does_what_the_guide_says() {
    let elsewhere: Vec<_> = NEEDS_AN_ACCOUNT.iter().map(|(command, _)| *command).collect();
    let text = fs::read_to_string(Path::new(ROOT).join("docs/aws.md")).expect("the guide");
    for (replaced, _) in REPLACED {
        assert!(text.contains(replaced), "docs/aws.md no longer names {replaced}");
    }
    let mut guide = Document::new("docs/aws.md", &text, &elsewhere);
    let reader = Reader::new();

    // What needs no account of the installation is to copy the settings.
    let configuration = reader.home.path().join("infra/terraform");
    fs::create_dir_all(&configuration).expect("folders");
    let example = "terraform.tfvars.example";
    fs::copy(Path::new(ROOT).join("infra/terraform").join(example), configuration.join(example))
        .expect("a copy");
    let script = guide.next(&["cd infra/terraform", "cp terraform.tfvars.example terraform.tfvars"]);
    reader.run(&format!("cd {}\n{script}", reader.home.path().display()));
    assert!(configuration.join("terraform.tfvars").is_file());

    let script = guide.next(&["monitorctl doctor --role sync", "monitorctl diff", "monitorctl sync"]);
    let output = reader.run_and_type(&script, "yes");
    assert!(output.contains("applied 1 change"), "{output}");
    assert_eq!(reader.config("shop")["owner"]["S"], "acme/monitors");

    // The machine has probed.
    reader.run("monitorctl check");
    let script = guide.next(&["monitorctl status"]);
    let output = reader.run(&script);
    assert!(output.lines().any(|line| line.starts_with("UP") && line.contains("shop")), "{output}");

    let script = guide.next(&["aws dynamodb put-item --table-name api_health_configs"]);
    reader.run(&script);
    assert_eq!(reader.config("by-hand")["spec"]["M"]["url"]["S"], format!("{}/", reader.api));

    let script = guide.next(&["monitorctl check by-hand"]);
    reader.run(&script);
    let see_its_state = guide.next(&["aws dynamodb get-item --table-name api_health_states"]);
    let row = || {
        let output = reader.run(&see_its_state);
        serde_json::from_str::<Value>(&output).expect("JSON")["Item"].take()
    };
    let up = row();
    assert_eq!(up["health"]["S"], "up", "{up}");
    assert_eq!(number(&up["delivered"]["M"]["default"]["M"]["seq"]), number(&up["seq"]), "{up}");
    assert_eq!(reader.world.subjects(), [""; 0], "nothing has happened yet");

    let script = guide.next(&["aws dynamodb update-item", "monitorctl check by-hand"]);
    reader.run(&script);
    assert_eq!(reader.world.subjects(), ["CRITICAL DOWN by-hand (prod): HTTP 404, expected 2xx"]);
    let down = row();
    assert_eq!(down["health"]["S"], "down", "{down}");
    assert_eq!(number(&down["delivered"]["M"]["default"]["M"]["seq"]), number(&down["seq"]), "{down}");
    assert_ne!(number(&down["seq"]), number(&up["seq"]), "a change was confirmed");

    let script = guide.next(&["aws dynamodb delete-item --table-name api_health_configs"]);
    reader.run(&script);
    assert_eq!(reader.config("by-hand"), Value::Null);
    assert_ne!(reader.config("shop"), Value::Null);

    // A program beats without monitorctl, and the next run believes it.
    reader.run(&format!(
        "cat > monitors/backup.yaml <<'END'\nid: nightly-backup\nheartbeat: {{every: 24h, grace: 2h}}\nEND"
    ));
    reader.run("monitorctl sync --yes && monitorctl check nightly-backup");
    let script = guide.next(&["export AWS_REGION=eu-central-1 DDB_STATE_TABLE=api_health_states"]);
    assert!(script.contains(&table("states")), "{script}");
    let beats = || {
        let key = json!({"shard": {"S": "beat#nightly-backup"}, "monitor": {"S": "@beat"}});
        let request = json!({"TableName": table("states"), "Key": key});
        reader.world.call("dynamodb", "get_item", &request)["Item"].take()
    };
    assert_ne!(beats()["first_seen"], Value::Null, "the run awaits its beats");
    for result in ["last_start", "last_end"] {
        let script = guide.next(&["aws dynamodb update-item --table-name api_health_states"]);
        reader.run(&script);
        assert_ne!(beats()[result], Value::Null, "{}", beats());
    }
    reader.run("monitorctl check nightly-backup");
    assert_eq!(reader.world.subjects().len(), 1, "it failed");
    reader.run("monitorctl beat nightly-backup && monitorctl check nightly-backup");
    assert_eq!(beats()["last_end"]["M"]["result"]["S"], "ok");
    assert_eq!(reader.world.subjects().len(), 1, "it is up");
    guide.end();
}
