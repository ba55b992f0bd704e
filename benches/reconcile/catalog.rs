//! A repository of many monitors in many files, as a large company has it.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

/// Monitors in one file.
const PER_FILE: usize = 5;

/// Files in one folder.
const PER_FOLDER: usize = 20;

/// How the files are written.
#[derive(Debug, Clone, Copy)]
pub enum Text {
    First,
    /// One in so many monitors has another timeout.
    EditedOneIn(usize),
}

pub fn write(folder: &Path, size: usize, text: Text) -> io::Result<()> {
    fs::write(folder.join("monitorctl.yaml"), "owner: bench/monitors\nenvironment: bench\n")?;
    for (number, first) in (0..size).step_by(PER_FILE).enumerate() {
        let team = format!("team-{:03}", number / PER_FOLDER);
        let path = folder.join("monitors").join(&team);
        fs::create_dir_all(&path)?;
        fs::write(path.join("defaults.yaml"), defaults(&team))?;
        let mut documents = String::new();
        for number in first..size.min(first + PER_FILE) {
            let _ = writeln!(documents, "{}", monitor(number, &team, text));
        }
        fs::write(path.join(format!("service-{number:04}.yaml")), documents)?;
    }
    Ok(())
}

/// Commits everything, so that git has a word in the plans.
pub fn commit(folder: &Path) -> Result<(), Box<dyn Error>> {
    fs::write(folder.join(".gitignore"), "store.db*\noutput.json\n")?;
    let who = ["-c", "user.name=bench", "-c", "user.email=bench@example.com"];
    for args in [&["init", "-q"][..], &["add", "-A"], &["commit", "-q", "-m", "monitors"]] {
        let status = Command::new("git").current_dir(folder).args(who).args(args).status()?;
        if !status.success() {
            return Err(format!("git {args:?} ended with {status}").into());
        }
    }
    Ok(())
}

fn defaults(team: &str) -> String {
    format!(
        "team: {team}\ninterval: 2m\nalert: {{ failures: 2, severity: critical }}\nheaders: {{ accept: application/json }}\n"
    )
}

fn monitor(number: usize, team: &str, text: Text) -> String {
    let timeout = match text {
        Text::EditedOneIn(edited) if number.is_multiple_of(edited) => "9s",
        Text::First | Text::EditedOneIn(_) => "10s",
    };
    format!(
        "\
---
# Owned by {team}; see the runbook before you change the bounds.
id: {team}/api-{number:05}
name: API {number}
url: https://api-{number}.example.com/v1/accounts/{number}/health
timeout: {timeout}
expect:
  status: [200, 204]
  latency: {{ degraded: 800ms, down: 5s }}
  headers: {{ content-type: {{ contains: json }} }}
  json:
    - {{ path: $.status, equals: up }}
    - {{ path: $.database.lag, less_than: 30 }}
tags: [checkout, eu]
runbook: https://wiki.example.com/{team}/api-{number:05}"
    )
}
