//! An independent AWS on loopback: moto, pinned, in a Python environment of its own below `target/`.
//!
//! The tests work on it by boto3, so that an independent client sees what the program wrote. One server is
//! shared by the tests of a process that run at the same time; each makes tables, topics and queues of its own.

#[path = "../python.rs"]
mod python;

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use serde_json::{Value, json};

/// The region of the tests.
pub const REGION: &str = "eu-west-1";

/// A running server. It ends with the last test that holds it.
pub struct Moto {
    endpoint: String,
    python: PathBuf,
    hand: Mutex<Hand>,
    process: Child,
}

/// The way in and out of the process.
struct Hand {
    calls: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Moto {
    /// The server of this process; the first one who asks starts it.
    pub fn shared() -> Arc<Self> {
        static SERVER: Mutex<Weak<Moto>> = Mutex::new(Weak::new());
        let mut server = SERVER.lock().unwrap_or_else(PoisonError::into_inner);
        server.upgrade().unwrap_or_else(|| {
            let started = Arc::new(Self::start());
            *server = Arc::downgrade(&started);
            started
        })
    }

    fn start() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/moto/server.py");
        let python = python::python("moto");
        let mut process = Command::new(&python)
            .arg(script)
            // No proxy of the machine may come in between.
            .env_clear()
            // Tests of the store have a region each.
            .env("MOTO_ALLOW_NONEXISTENT_REGION", "true")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the environment has a Python");
        let calls = process.stdin.take().expect("it is piped");
        let mut answers = BufReader::new(process.stdout.take().expect("it is piped"));
        let mut endpoint = String::new();
        answers.read_line(&mut endpoint).expect("the server speaks");
        let endpoint = endpoint.trim().to_owned();
        assert!(endpoint.starts_with("http://127.0.0.1:"), "moto did not start; see above");
        Self { endpoint, python, hand: Mutex::new(Hand { calls, answers }), process }
    }

    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// `aws`, `python`: the programs of the environment.
    pub fn program(&self, name: &str) -> PathBuf {
        self.python.with_file_name(name)
    }

    /// Calls boto3: `call("dynamodb", "put_item", json!({"TableName": …}))`.
    pub fn call(&self, service: &str, call: &str, with: &Value) -> Value {
        self.try_call(service, call, with).unwrap_or_else(|error| panic!("{service}.{call}: {error}"))
    }

    pub fn try_call(&self, service: &str, call: &str, with: &Value) -> Result<Value, String> {
        let mut hand = self.hand.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = json!({"service": service, "call": call, "with": with});
        writeln!(hand.calls, "{asked}").expect("the server listens");
        let mut line = String::new();
        hand.answers.read_line(&mut line).expect("the server answers");
        let mut answer: Value = serde_json::from_str(&line).expect("JSON");
        match answer["error"].take() {
            Value::String(error) => Err(error),
            _ => Ok(answer["answer"].take()),
        }
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // Either may only fail because it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
