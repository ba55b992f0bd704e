//! What a test has on AWS, and the program that works on it.

use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::moto::{Moto, REGION};
use crate::support::{Api, Repository};
use crate::terraform::shapes;

/// Tables, a topic, a queue that listens to it, an API, and a repository that watches it.
pub struct World {
    pub moto: Arc<Moto>,
    pub api: Api,
    pub repository: Repository,
    pub topic: String,
    queue: String,
    name: String,
    /// Where the program believes AWS is.
    endpoint: String,
}

/// What a run of the program gave.
pub struct Run {
    pub stdout: String,
    pub stderr: String,
    pub code: Option<i32>,
}

impl World {
    /// With one monitor, `shop`, that is down after two fails.
    pub fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let moto = Moto::shared();
        let name = format!("w{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let topic = moto.call("sns", "create_topic", &json!({"Name": format!("{name}-alerts")}));
        let queue = moto.call("sqs", "create_queue", &json!({"QueueName": format!("{name}-alerts")}));
        let api = Api::start();
        let world = Self {
            repository: Repository::new(&[("monitors/shop.yaml", &monitor(&api))]),
            topic: text(&topic["TopicArn"]),
            queue: text(&queue["QueueUrl"]),
            endpoint: moto.endpoint().to_owned(),
            api,
            moto,
            name,
        };
        world.make_tables();
        world.subscribe();
        world
    }

    /// With something between the program and AWS; the hand of the test goes past it.
    pub fn behind(self, endpoint: String) -> Self {
        Self { endpoint, ..self }
    }

    pub fn table(&self, resource: &str) -> String {
        format!("{}-{resource}", self.name)
    }

    fn make_tables(&self) {
        for shape in shapes() {
            let table = self.table(&shape.resource);
            self.call("dynamodb", "create_table", &shape.request(&table));
            if let Some(attribute) = &shape.expires {
                let ttl = json!({"Enabled": true, "AttributeName": attribute});
                let with = json!({"TableName": table, "TimeToLiveSpecification": ttl});
                self.call("dynamodb", "update_time_to_live", &with);
            }
            let recovery = json!({"PointInTimeRecoveryEnabled": shape.recovery});
            let with = json!({"TableName": table, "PointInTimeRecoverySpecification": recovery});
            self.call("dynamodb", "update_continuous_backups", &with);
        }
    }

    fn subscribe(&self) {
        let with = json!({"QueueUrl": self.queue, "AttributeNames": ["QueueArn"]});
        let attributes = self.call("sqs", "get_queue_attributes", &with);
        let queue = &attributes["Attributes"]["QueueArn"];
        let with = json!({"TopicArn": self.topic, "Protocol": "sqs", "Endpoint": queue});
        self.call("sns", "subscribe", &with);
    }

    /// Works on AWS by boto3.
    pub fn call(&self, service: &str, call: &str, with: &Value) -> Value {
        self.moto.call(service, call, with)
    }

    /// The messages that came since the last time, oldest first.
    pub fn messages(&self) -> Vec<Value> {
        let mut messages = Vec::new();
        loop {
            let with = json!({"QueueUrl": self.queue, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 0});
            let answer = self.call("sqs", "receive_message", &with);
            let Some(received) = answer["Messages"].as_array().filter(|list| !list.is_empty()) else {
                return messages;
            };
            for message in received {
                let with = json!({"QueueUrl": self.queue, "ReceiptHandle": message["ReceiptHandle"]});
                self.call("sqs", "delete_message", &with);
                messages.push(serde_json::from_str(message["Body"].as_str().expect("a body")).expect("JSON"));
            }
        }
    }

    /// The subjects of the messages since the last time.
    pub fn subjects(&self) -> Vec<String> {
        self.messages().iter().map(|message| text(&message["Subject"])).collect()
    }

    /// The row of a monitor in the states table.
    pub fn row(&self, monitor: &str) -> Value {
        let key = json!({"shard": {"S": "0"}, "monitor": {"S": monitor}});
        self.call("dynamodb", "get_item", &json!({"TableName": self.table("states"), "Key": key}))["Item"]
            .take()
    }

    /// The program as it runs on the machine.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = self.repository.command(args);
        command
            .env("MONITORCTL_STORE", "dynamodb")
            .env("DDB_CONFIG_TABLE", self.table("configs"))
            .env("DDB_STATE_TABLE", self.table("states"))
            .env("DDB_HISTORY_TABLE", self.table("history"))
            .env("SNS_TOPIC_ARN", &self.topic)
            .env("APP_ENVIRONMENT", "prod")
            .env("MONITORCTL_ALLOW", "127.0.0.0/8")
            .env("AWS_REGION", REGION)
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ENDPOINT_URL", &self.endpoint);
        command
    }

    pub fn run(&self, args: &[&str]) -> Run {
        let Output { status, stdout, stderr } = self.command(args).output().expect("it runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Run { stdout: text(stdout), stderr: text(stderr), code: status.code() }
    }

    /// Brings the files into the table.
    pub fn sync(&self) {
        self.run(&["sync", "--yes"]).exits(0);
    }

    /// One run of `check`, due or not.
    pub fn check(&self) -> Run {
        self.run(&["check", "--all", "--format", "json"])
    }
}

impl Run {
    /// Panics with everything that was said unless the exit code is `expected`.
    pub fn exits(&self, expected: i32) -> &Self {
        assert_eq!(self.code, Some(expected), "\n{}\n{}", self.stdout, self.stderr);
        self
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}\n{}\n{}", self.stdout, self.stderr))
    }
}

fn monitor(api: &Api) -> String {
    let monitor = api.monitor("shop", "/shop");
    format!("{monitor}alert: {{ failures: 2, severity: critical }}\nteam: payments\n")
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
