//! A real mail server on loopback: aiosmtpd, pinned, in a Python environment of its own below `target/`.

#[path = "../python.rs"]
mod python;

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A running server. It ends with the test that holds it.
pub struct Smtp {
    port: u16,
    python: PathBuf,
    hand: Mutex<Hand>,
    process: Child,
    /// The certificate and its key.
    _files: TempDir,
}

/// When a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// By `STARTTLS`; nothing else is possible before it.
    StartTls,
    /// From the first byte.
    Tls,
    Never,
}

/// The way in and out of the process.
struct Hand {
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Smtp {
    pub const USER: &str = "monitor";
    pub const PASSWORD: &str = "s3cret pass";

    /// With a certificate for `localhost` and 127.0.0.1 and its key, in PEM.
    pub fn start(security: SmtpSecurity, (certificate, key): (String, String)) -> Self {
        let files = tempfile::tempdir().expect("a folder");
        let (certificate_file, key_file) =
            (files.path().join("certificate.pem"), files.path().join("key.pem"));
        std::fs::write(&certificate_file, certificate).expect("a file");
        std::fs::write(&key_file, key).expect("a file");
        let mode = match security {
            SmtpSecurity::StartTls => "starttls",
            SmtpSecurity::Tls => "tls",
            SmtpSecurity::Never => "plain",
        };
        let python = python::python("smtp");
        let mut process = Command::new(&python)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/smtp/server.py"))
            .arg(mode)
            .args([certificate_file, key_file])
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the environment has a Python");
        let commands = process.stdin.take().expect("it is piped");
        let mut answers = BufReader::new(process.stdout.take().expect("it is piped"));
        let mut port = String::new();
        answers.read_line(&mut port).expect("the server speaks");
        let port = port.trim().parse().expect("a port; see above why there is none");
        Self { port, python, hand: Mutex::new(Hand { commands, answers }), process, _files: files }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The Python of its environment, whose `smtplib` is a client.
    pub fn python(&self) -> Command {
        let mut command = Command::new(&self.python);
        command.env_clear();
        command
    }

    /// What it delivered, in order: `from`, `to`, `encrypted`, `authenticated`, `headers`, `text`, `html`, `raw`.
    pub fn mails(&self) -> Vec<Value> {
        let Value::Array(mails) = self.command(&json!({"do": "mails"})) else { panic!("a list of mails") };
        mails
    }

    /// Answers so many messages with this reply, such as `451 4.3.0 try again later`.
    pub fn answer(&self, times: usize, reply: &str) {
        self.command(&json!({"do": "answer", "with": reply, "times": times}));
    }

    /// Delivers so many messages, but ends the connection before it says so.
    pub fn lose_answers(&self, times: usize) {
        self.answer(times, "lose");
    }

    /// Takes so many messages, and never says a word again. They are not delivered.
    pub fn keep_silent(&self, times: usize) {
        self.answer(times, "silent");
    }

    fn command(&self, command: &Value) -> Value {
        let mut hand = self.hand.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(hand.commands, "{command}").expect("the server listens");
        let mut line = String::new();
        hand.answers.read_line(&mut line).expect("the server answers");
        serde_json::from_str::<Value>(&line).expect("JSON")["answer"].take()
    }
}

impl Drop for Smtp {
    fn drop(&mut self) {
        // Either may only fail because it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
