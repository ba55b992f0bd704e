//! A repository of monitors, and the program run in it.

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use super::Api;

/// A folder with monitor files and an embedded store.
pub struct Repository {
    folder: TempDir,
}

/// What a run of the program gave.
pub struct Run {
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    code: Option<i32>,
}

impl Repository {
    /// With these files, and an owner.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let repository = Self { folder: tempfile::tempdir().expect("a folder") };
        repository.write("monitorctl.yaml", "owner: acme/monitors\n");
        for (path, text) in files {
            repository.write(path, text);
        }
        repository
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        std::fs::write(path, text).expect("a file");
    }

    /// Where a file of it lies.
    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(path)).expect("a file")
    }

    /// Removes a file or a folder.
    pub fn remove(&self, path: &str) {
        let path = self.folder.path().join(path);
        if path.is_dir() {
            std::fs::remove_dir_all(path).expect("a folder");
        } else {
            std::fs::remove_file(path).expect("a file");
        }
    }

    /// Makes it a git repository if it is none, and commits everything.
    pub fn commit(&self) {
        if !self.folder.path().join(".git").exists() {
            self.git(&["init", "-q", "-b", "main"]);
            self.write(".gitignore", ".monitorctl/\n");
        }
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", "monitors"]);
    }

    /// Runs git in it.
    pub fn git(&self, args: &[&str]) {
        let who = ["-c", "user.name=tester", "-c", "user.email=tester@example.com"];
        let mut command = Command::new("git");
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        let output = command.current_dir(self.folder.path()).args(who).args(args).output().expect("git runs");
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// The files in a folder of the repository.
    pub fn files(&self, folder: &str) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.folder.path().join(folder)).expect("a folder");
        entries.map(|entry| entry.expect("an entry").path()).collect()
    }

    /// The program with these arguments, in an environment of its own.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_monitorctl"));
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("MONITORCTL_STORE", "embedded:.monitorctl/store.db");
        command.current_dir(self.folder.path()).args(args);
        command
    }

    /// A script of `sh` in the same place and environment.
    pub fn shell(&self, script: &str) -> Command {
        let program = self.command(&[]);
        let mut command = Command::new("sh");
        command.env_clear().envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.current_dir(self.folder.path()).args(["-c", script]);
        command
    }

    pub fn run(&self, args: &[&str]) -> Run {
        Run::from(self.command(args).output().expect("it runs"))
    }

    /// Everything that a run shows, with what differs from run to run replaced.
    pub fn shown(&self, args: &[&str], api: &Api) -> String {
        let Run { stdout, stderr, code } = self.run(args);
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        let shown = format!(
            "$ monitorctl {}\n{}--- stderr\n{}--- exit {}\n",
            args.join(" "),
            text(stdout),
            text(stderr),
            code.expect("an exit code"),
        );
        let address = api.url().replace("http://", "");
        scrub(&shown.replace(&api.url(), "http://api.example").replace(&address, "api.example"))
    }

    /// The alerts so far.
    pub fn alerts(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.folder.path().join(".monitorctl/alerts.jsonl"));
        text.unwrap_or_default().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }
}

impl From<Output> for Run {
    fn from(Output { status, stdout, stderr }: Output) -> Self {
        Self { stdout, stderr, code: status.code() }
    }
}

impl Run {
    /// Panics with everything that was said unless the exit code is `expected`.
    pub fn exits(&self, expected: i32) {
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        assert_eq!(self.code, Some(expected), "\n{}\n{}", text(&self.stdout), text(&self.stderr));
    }
}

/// Replaces times, latencies, ids of rows and the name of the machine.
fn scrub(text: &str) -> String {
    let rules = [
        (r"unknown@[^\s,]+", "WHO"),
        (r"\b[0-9A-HJKMNP-TV-Z]{26}\b", "RUN"),
        (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( UTC|Z)", "TIME"),
        (r"\d\d:\d\d:\d\d UTC", "TIME"),
        (r"(<1|\d+(\.\d+)?) (ms|s)\b", "N ms"),
        (r"[▁▂▃▄▅▆▇█]+", "BARS"),
        (r"\(\d+[a-z0-9 ]* ago\)", "(AGE ago)"),
        (r"run (?:\d+s ago|just now)", "run AGE ago"),
        (r"(?m)^(UP|DOWN)( +\S+ +)\d+s( +)\d+s", "$1${2}AGE${3}AGE"),
        (r"shop\.[0-9a-f]{8}\.", "shop.G."),
        (r"sha256:[0-9a-f]{64}", "sha256:DIGEST"),
        (r"\) on \S+:", ") on HOST:"),
        (r"sent by \S+", "sent by HOST"),
        (r" {2,}N ms", "  N ms"),
    ];
    rules.iter().fold(text.to_owned(), |text, (pattern, replacement)| {
        regex::Regex::new(pattern).expect("a pattern").replace_all(&text, *replacement).into_owned()
    })
}
