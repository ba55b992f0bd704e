//! A GitHub in a folder: a bare repository, pull requests, and runs of the workflow that is shipped, as its example calls
//! it. Only what is GitHub itself is made up: the events, the checkout, artifacts and `gh`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value, json};
use tempfile::TempDir;

use super::expression::{fill, holds};
use super::gh::{self, Comment, REPOSITORY, State};
use super::{write_program, yaml};

/// The file of the calling workflow, in its repository.
const FLOW: &str = ".github/workflows/monitors.yml";

/// Folder of the tables, one for each environment.
const TABLES: &str = "tables";

pub struct Hub {
    root: TempDir,
    state: Arc<Mutex<State>>,
    example: Value,
    workflow: Value,
}

/// A run of the calling workflow.
#[derive(Debug)]
pub struct Run {
    /// How each job came out, by its name such as `prod/sync`; a job that was skipped is not there.
    pub jobs: BTreeMap<String, Job>,
}

#[derive(Debug, Default)]
pub struct Job {
    pub is_ok: bool,
    /// Everything that its steps print.
    pub log: String,
    /// The roles that it took.
    pub roles: Vec<String>,
    /// What it waits for others in.
    pub queue: String,
    pub summary: String,
}

/// Who opens a pull request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    Branch,
    Fork,
}

impl Hub {
    /// With these files on main, which were synced to every environment.
    pub fn new(files: &[(&str, &str)]) -> Self {
        Self::of_monorepo("", &["monitors/**", "monitorctl.yaml"], files)
    }

    /// The same with monitorctl.yaml in a folder of the repository, as the example says how: with other `paths` than its
    /// own, and a `working-directory`.
    pub fn of_monorepo(home: &str, paths: &[&str], files: &[(&str, &str)]) -> Self {
        let read = |path: &str| {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
            yaml::read(&fs::read_to_string(path).expect("a workflow"))
        };
        let mut hub = Self {
            root: tempfile::tempdir().expect("a folder"),
            state: Arc::default(),
            example: read("docs/examples/monitors.yml"),
            workflow: read(FLOW),
        };
        let own: Vec<_> = paths.iter().copied().chain([FLOW]).collect();
        if home.is_empty() {
            assert_eq!(hub.example["on"]["push"]["paths"], json!(own), "the paths of the example");
        } else {
            for event in ["pull_request", "push"] {
                hub.example["on"][event]["paths"] = json!(own);
            }
            for (_, job) in hub.example["jobs"].as_object_mut().expect("jobs") {
                job["with"]["working-directory"] = home.into();
            }
        }
        for folder in ["bin", "artifacts", TABLES, "work"] {
            fs::create_dir(hub.path(folder)).expect("a folder");
        }
        gh::serve(&hub.path("bin"), hub.path("artifacts"), Arc::clone(&hub.state));
        // The workflow names DynamoDB; here each environment has a file.
        let script = format!(
            "#!/usr/bin/env bash\nif [ \"$MONITORCTL_STORE\" = dynamodb ]; then\n  \
             export MONITORCTL_STORE=\"embedded:{}/$APP_ENVIRONMENT.db\"\nfi\nexec {} \"$@\"\n",
            hub.path(TABLES).display(),
            env!("CARGO_BIN_EXE_monitorctl"),
        );
        write_program(&hub.path("bin/monitorctl"), &script);
        hub.git("", &["init", "-q", "--bare", "-b", "main", "origin.git"]);
        hub.git("work", &["init", "-q", "-b", "main"]);
        hub.git("work", &["remote", "add", "origin", "../origin.git"]);
        hub.commit(files);
        hub.git("work", &["push", "-q", "origin", "main"]);
        let first = hub.push(None);
        assert!(first.jobs.values().all(|job| job.is_ok), "{first:#?}");
        hub
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    /// Runs git in a folder, and gives what it prints.
    fn git(&self, folder: &str, arguments: &[&str]) -> String {
        let who =
            ["-c", "user.name=tester", "-c", "user.email=tester@example.com", "-c", "commit.gpgsign=false"];
        let mut command = Command::new("git");
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        let output =
            command.current_dir(self.path(folder)).args(who).args(arguments).output().expect("git runs");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
    }

    /// Commits files on what is checked out; one without a text is removed.
    fn commit(&self, files: &[(&str, &str)]) {
        for (path, text) in files {
            let path = self.path("work").join(path);
            if text.is_empty() {
                fs::remove_file(path).expect("a file");
            } else {
                fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
                fs::write(path, text).expect("a file");
            }
        }
        self.git("work", &["add", "-A"]);
        self.git("work", &["commit", "-q", "-m", "monitors"]);
    }

    /// Opens a pull request with these files, and runs what that starts.
    pub fn open(&self, from: From, files: &[(&str, &str)]) -> (u64, Run) {
        let number = u64::try_from(self.state().pulls.len()).expect("a number") + 1;
        self.git("work", &["checkout", "-q", "-b", &format!("change-{number}"), "main"]);
        self.commit(files);
        let home = if from == From::Fork { "stranger/monitors" } else { REPOSITORY };
        self.state().pulls.push(json!({
            "number": number, "merged_at": null, "merge_commit_sha": null, "head": {"repo": {"full_name": home}},
            "user": {"login": "author"},
        }));
        (number, self.updated(number))
    }

    /// Pushes to a pull request.
    pub fn update(&self, number: u64, files: &[(&str, &str)]) -> Run {
        self.git("work", &["checkout", "-q", &format!("change-{number}")]);
        self.commit(files);
        self.updated(number)
    }

    fn updated(&self, number: u64) -> Run {
        let branch = format!("change-{number}");
        self.git("work", &["push", "-q", "origin", &branch]);
        let head = self.git("work", &["rev-parse", &branch]);
        let pull = {
            let mut state = self.state();
            let pull = &mut state.pulls[usize::try_from(number).expect("a number") - 1];
            pull["head"]["sha"] = head.clone().into();
            pull.clone()
        };
        // What GitHub checks out is the merge that it would make.
        self.git("work", &["checkout", "-q", "--detach", "main"]);
        self.git("work", &["merge", "-q", "--no-ff", "-m", "merge", &branch]);
        let merge = format!("refs/pull/{number}/merge");
        self.git("work", &["push", "-q", "--force", "origin", &format!("HEAD:{merge}")]);
        self.git("work", &["checkout", "-q", "main"]);
        let event = json!({"number": number, "pull_request": pull});
        if !self.is_touched("pull_request", &format!("main...{branch}")) {
            return Run { jobs: BTreeMap::new() };
        }
        self.run("pull_request", &merge, &event, &json!({}), Some(("main", &branch, &head)))
    }

    /// Merges a pull request, and runs what that starts.
    pub fn merge(&self, number: u64) -> Run {
        self.merge_unsynced(number);
        self.push(Some(number))
    }

    /// Merges a pull request whose sync never runs.
    pub fn merge_unsynced(&self, number: u64) {
        self.git("work", &["checkout", "-q", "main"]);
        self.git("work", &["merge", "-q", "--no-ff", "-m", "merge", &format!("change-{number}")]);
        self.git("work", &["push", "-q", "origin", "main"]);
    }

    /// Commits to main without a pull request, and runs what that starts.
    pub fn change_main(&self, files: &[(&str, &str)]) -> Run {
        self.git("work", &["checkout", "-q", "main"]);
        self.commit(files);
        self.git("work", &["push", "-q", "origin", "main"]);
        self.push(None)
    }

    fn push(&self, merged: Option<u64>) -> Run {
        let commit = self.git("work", &["rev-parse", "main"]);
        if let Some(number) = merged {
            let mut state = self.state();
            let pull = &mut state.pulls[usize::try_from(number).expect("a number") - 1];
            pull["merged_at"] = "2026-11-20T10:00:00Z".into();
            pull["merge_commit_sha"] = commit.into();
        }
        let is_first = self.state().runs.is_empty();
        if !is_first && !self.is_touched("push", "main^1...main") {
            return Run { jobs: BTreeMap::new() };
        }
        self.run("push", "refs/heads/main", &json!({}), &json!({}), None)
    }

    /// Whether a file changed that the `paths` of an event name.
    fn is_touched(&self, event: &str, commits: &str) -> bool {
        let paths = self.example["on"][event]["paths"].as_array().expect("paths").iter();
        let pattern = |path: &Value| {
            let path = regex::escape(path.as_str().expect("a path"));
            let pattern = path.replace(r"\*\*", ".*").replace(r"\*", "[^/]*");
            regex::Regex::new(&format!("^{pattern}$")).expect("a pattern")
        };
        let paths: Vec<_> = paths.map(pattern).collect();
        let changed = self.git("work", &["diff", "--name-only", commits]);
        changed.lines().any(|file| paths.iter().any(|path| path.is_match(file)))
    }

    /// Runs the action on main, with these inputs.
    pub fn act(&self, inputs: &Value) -> Job {
        let action =
            fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("action.yml")).expect("an action");
        let action = yaml::read(&action);
        let mut given: Map<_, _> = action["inputs"]
            .as_object()
            .expect("inputs")
            .iter()
            .map(|(name, input)| (name.clone(), input.get("default").cloned().unwrap_or_default()))
            .collect();
        for (name, value) in inputs.as_object().expect("inputs") {
            assert!(given.insert(name.clone(), value.clone()).is_some(), "an input {name}");
        }
        let commit = self.git("work", &["rev-parse", "main"]);
        let github = json!({
            "event_name": "push", "event": {}, "ref": "refs/heads/main", "sha": commit, "repository": REPOSITORY,
            "token": "token", "actor": "octocat", "base_ref": "", "head_ref": "", "run_id": 1,
        });
        let checkout = self.workflow["jobs"]["validate"]["steps"][0].clone();
        let steps = [checkout, action["runs"]["steps"][1].clone()];
        self.job(1, &json!({"steps": steps}), json!({"github": github, "inputs": given}))
    }

    /// Runs the workflow by hand, with these inputs.
    pub fn dispatch(&self, environment: &str, approve: &str) -> Run {
        let inputs = json!({"environment": environment, "approve": approve});
        self.run("workflow_dispatch", "refs/heads/main", &json!({}), &inputs, None)
    }

    /// Gives all runs so far to a fork.
    pub fn make_runs_of_a_fork(&self) {
        for run in &mut self.state().runs {
            run["head_repository"]["full_name"] = "stranger/monitors".into();
        }
    }

    pub fn comments(&self) -> Vec<Comment> {
        self.state().comments.clone()
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("one at a time")
    }

    /// Runs the jobs of the example, each of which calls the workflow. `between` are the branches and the head commit of
    /// a pull request.
    fn run(
        &self,
        event_name: &str,
        reference: &str,
        event: &Value,
        inputs: &Value,
        between: Option<(&str, &str, &str)>,
    ) -> Run {
        let id = self.state().runs.len() + 1;
        let commit = self.git("origin.git", &["rev-parse", reference]);
        let mut event = event.clone();
        event["repository"] = json!({"default_branch": "main"});
        let home =
            event["pull_request"]["head"]["repo"]["full_name"].as_str().unwrap_or(REPOSITORY).to_owned();
        let head = between.map_or(commit.as_str(), |(_, _, head)| head);
        self.state().runs.push(json!({
            "id": id, "run_number": id, "event": event_name, "head_sha": head, "path": FLOW, "conclusion": null,
            "head_repository": {"full_name": home},
        }));
        let github = json!({
            "event_name": event_name, "event": event, "ref": reference, "sha": commit, "repository": REPOSITORY,
            "token": "token", "actor": "octocat", "base_ref": between.map_or("", |(base, _, _)| base),
            "head_ref": between.map_or("", |(_, head, _)| head), "run_id": id,
        });
        let mut run = Run { jobs: BTreeMap::new() };
        let mut needs = Map::new();
        for (caller, job) in self.example["jobs"].as_object().expect("jobs") {
            let contexts = json!({"github": github, "inputs": inputs, "needs": needs});
            let is_ok = job
                .get("needs")
                .and_then(Value::as_str)
                .is_none_or(|name| needs[name]["result"] == "success");
            if !holds(job.get("if"), &contexts, is_ok) {
                needs.insert(caller.clone(), json!({"result": "skipped"}));
                continue;
            }
            let mut given = Map::new();
            let declared = self.workflow["on"]["workflow_call"]["inputs"].as_object().expect("inputs");
            for (name, input) in declared {
                let value = job["with"].get(name).or_else(|| input.get("default"));
                given.insert(name.clone(), filled(value.expect("a value"), &contexts).into());
            }
            let unknown: Vec<_> = job["with"].as_object().expect("inputs").keys().collect();
            assert!(unknown.iter().all(|name| given.contains_key(*name)), "{unknown:?}");
            let jobs = self.call(id, &github, &given.into());
            let result = if jobs.values().all(|job| job.is_ok) { "success" } else { "failure" };
            needs.insert(caller.clone(), json!({"result": result}));
            run.jobs.extend(jobs.into_iter().map(|(name, job)| (format!("{caller}/{name}"), job)));
        }
        run
    }

    /// Runs the jobs of the workflow.
    fn call(&self, run: usize, github: &Value, inputs: &Value) -> BTreeMap<String, Job> {
        let mut done: BTreeMap<String, Job> = BTreeMap::new();
        for (name, job) in self.workflow["jobs"].as_object().expect("jobs") {
            let contexts = json!({"github": github, "inputs": inputs});
            let needs = job.get("needs").and_then(Value::as_str);
            let is_ok = needs.is_none_or(|name| done.get(name).is_some_and(|job| job.is_ok));
            if holds(job.get("if"), &contexts, is_ok) {
                done.insert(name.clone(), self.job(run, job, contexts));
            }
        }
        done
    }

    fn job(&self, run: usize, job: &Value, mut contexts: Value) -> Job {
        let machine = tempfile::tempdir_in(self.root.path()).expect("a folder");
        let temp = machine.path().join("temp");
        let workspace = machine.path().join("monitors");
        fs::create_dir(&temp).expect("a folder");
        contexts["runner"] = json!({"temp": temp});
        contexts["steps"] = json!({});
        let queue = filled(job.get("concurrency").map_or(&Value::Null, |queue| &queue["group"]), &contexts);
        let mut done = Job { is_ok: true, queue, ..Job::default() };
        for step in job["steps"].as_array().expect("steps") {
            if !holds(step.get("if"), &contexts, done.is_ok) {
                continue;
            }
            if let Some(uses) = step.get("uses").and_then(Value::as_str) {
                let with = |name: &str| filled(&step["with"][name], &contexts);
                match uses.split_once('@').expect("a version").0 {
                    "actions/checkout" => self.check_out(&workspace, &contexts, &with("fetch-depth")),
                    "monitorctl/monitorctl" => {}
                    "aws-actions/configure-aws-credentials" => done.roles.push(with("role-to-assume")),
                    "actions/upload-artifact" => self.keep(run, &with("name"), Path::new(&with("path"))),
                    other => panic!("an unknown action: {other}"),
                }
                continue;
            }
            let output = machine.path().join("output");
            fs::write(&output, "").expect("a file");
            let folder = filled(step.get("working-directory").unwrap_or(&json!(".")), &contexts);
            let folder = if workspace.exists() { workspace.join(folder) } else { temp.clone() };
            let script = machine.path().join("script");
            fs::write(&script, step["run"].as_str().expect("a script")).expect("a file");
            let mut command = self.command(&contexts, machine.path());
            for (name, value) in step.get("env").and_then(Value::as_object).into_iter().flatten() {
                command.env(name, filled(value, &contexts));
            }
            command.arg("-e").arg(&script).current_dir(folder).env("GITHUB_OUTPUT", &output);
            let ended = command.output().expect("bash runs");
            done.log += &String::from_utf8_lossy(&ended.stdout);
            done.log += &String::from_utf8_lossy(&ended.stderr);
            done.is_ok &= ended.status.success();
            if let Some(id) = step.get("id").and_then(Value::as_str) {
                let lines = fs::read_to_string(&output).expect("a file");
                let outputs: BTreeMap<_, _> = lines.lines().filter_map(|line| line.split_once('=')).collect();
                contexts["steps"][id] = json!({"outputs": outputs});
            }
        }
        done.summary = fs::read_to_string(machine.path().join("summary")).unwrap_or_default();
        done
    }

    /// `bash` with what GitHub sets.
    fn command(&self, contexts: &Value, machine: &Path) -> Command {
        let github = &contexts["github"];
        let text = |name: &str| github[name].as_str().map_or_else(|| github[name].to_string(), str::to_owned);
        let mut path = self.path("bin").into_os_string();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        let mut command = Command::new("bash");
        command.env_clear().env("PATH", path).env("CI", "true").env("GITHUB_ACTIONS", "true");
        command.env("HOME", machine).env("RUNNER_TEMP", machine.join("temp"));
        command.env("GITHUB_WORKFLOW_REF", format!("{REPOSITORY}/{FLOW}@{}", text("ref")));
        command.env("GITHUB_STEP_SUMMARY", machine.join("summary"));
        for name in ["event_name", "ref", "sha", "repository", "actor", "base_ref", "head_ref", "run_id"] {
            command.env(format!("GITHUB_{}", name.to_uppercase()), text(name));
        }
        command
    }

    fn check_out(&self, workspace: &Path, contexts: &Value, depth: &str) {
        assert_eq!(depth, "0", "the whole history");
        let (workspace, origin) =
            (workspace.display().to_string(), self.path("origin.git").display().to_string());
        self.git("", &["clone", "-q", "--no-checkout", &origin, &workspace]);
        let reference = contexts["github"]["ref"].as_str().expect("a ref");
        let commit = contexts["github"]["sha"].as_str().expect("a commit");
        self.git(&workspace, &["fetch", "-q", "origin", reference]);
        self.git(&workspace, &["checkout", "-q", "--detach", commit]);
    }

    fn keep(&self, run: usize, name: &str, path: &Path) {
        assert!(name.chars().all(|c| !"\\/:\"<>|*?\r\n".contains(c)), "GitHub refuses the name {name}");
        let folder = self.path("artifacts").join(run.to_string()).join(name);
        fs::create_dir_all(&folder).expect("a folder");
        for file in fs::read_dir(path).expect("files") {
            let file = file.expect("a file");
            fs::copy(file.path(), folder.join(file.file_name())).expect("a copy");
        }
    }
}

fn filled(value: &Value, contexts: &Value) -> String {
    value.as_str().map_or_else(String::new, |text| fill(text, contexts))
}
