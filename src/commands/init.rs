//! `init`: the first files of a repository of monitors. Nothing that is there is ever overwritten.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use super::context::SETTINGS_FILE;
use super::origin::suggested_owner;
use super::place::Place;
use super::schema::{SCHEMA_FOLDER, schemas};
use super::terminal::Terminal;
use crate::cli::MONITORS;
use crate::exit::Exit;
use crate::source::Repository;

/// Where monitorctl keeps what belongs to one machine.
const IGNORED: &str = ".monitorctl/";

const MODELINE: &str = "# yaml-language-server: $schema=schema/settings.schema.json\n\n";

const OWNER: &str = "\
# Whose monitors these are in the config table: the name of this repository, from its git remote. sync changes and removes
# nothing of another owner.
";

const NO_OWNER: &str = "\
# Whose monitors these are in the config table. sync changes and removes nothing of another owner, and needs to know which
# one this is: write the name of this repository, such as `owner: payments/api-monitors`.
owner:
";

const CANARIES: &str = "
# What answers as long as the network works. Where many monitors fail at once without an answer, these are asked. If none
# of them answers either, the machine that runs check is cut off: nothing is DOWN for it, and one alert says so.
# canaries: [https://www.gstatic.com/generate_204, https://one.one.one.one/]
";

const EXAMPLE: &str = "\
# yaml-language-server: $schema=../schema/monitor.schema.json

id: example
name: Example
url: https://example.com/
expect:
  status: 200
  latency: { degraded: 2s, down: 5s }
  headers:
    content-type: { contains: text/html }
  body: { contains: Example Domain }
alert: { failures: 2, severity: warning }
";

const NEXT: &str = "
  2. edit monitors/example.yaml, or add files beside it; an editor with a YAML language server helps
  3. monitorctl validate
  4. monitorctl check --all --dir monitors    probes them all once, before a sync
  5. monitorctl diff, then monitorctl sync    brings them into the config table
  6. monitorctl init --cron                   prints the line of a crontab that checks them from then on";

#[derive(Debug, thiserror::Error)]
pub enum InitError {
    #[error("cannot write {path}")]
    Write { path: String, source: io::Error },
    #[error("{path} is there, and is no {wanted}")]
    InTheWay { path: String, wanted: &'static str },
    #[error("this folder is a part of the catalog {catalog}")]
    InCatalog { catalog: String },
    #[error("this is the inside of a git repository, and no checkout of it")]
    InGit,
}

impl InitError {
    /// What to do about it.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Write { .. } => None,
            Self::InTheWay { .. } => Some("move it away, and run `monitorctl init` again"),
            Self::InCatalog { .. } => Some(
                "every file in it is one of monitors: add monitors here, or start a repository beside it",
            ),
            Self::InGit => Some("go to a checkout of it"),
        }
    }
}

pub fn init(terminal: Terminal) -> Result<Exit, InitError> {
    let repository = Repository::around(Path::new("."));
    if repository.as_ref().is_ok_and(|repository| repository.place().is_none()) {
        return Err(InitError::InGit);
    }
    let above = std::env::current_dir().ok().and_then(|here| Place::above(&here));
    if let Some(place) = &above
        && place.way.starts_with(MONITORS)
    {
        return Err(InitError::InCatalog { catalog: place.root.join(MONITORS).display().to_string() });
    }
    let owner = suggested_owner(&repository);
    create(terminal, SETTINGS_FILE, &settings(owner.as_deref()))?;
    create(terminal, "monitors/example.yaml", EXAMPLE)?;
    for (name, schema) in schemas() {
        create(terminal, &format!("{SCHEMA_FOLDER}/{name}"), &schema)?;
    }
    ignore_local_files(terminal)?;
    let first = match owner {
        Some(owner) => format!("the owner is {owner}, from the git remote; monitorctl.yaml has it"),
        None => "name the owner in monitorctl.yaml".to_owned(),
    };
    if let Some(place) = above {
        let settings = place.root.join(SETTINGS_FILE);
        terminal.warn(&format!("in this folder {} no longer counts", settings.display()));
    }
    terminal.say(&format!("\nNext:\n  1. {first}{NEXT}"));
    Ok(Exit::Done)
}

/// The settings, with the owner if it is known.
fn settings(owner: Option<&str>) -> String {
    let owner = match owner {
        // A single word may be one that YAML takes for something else.
        Some(owner) if !owner.contains('/') => format!("{OWNER}owner: \"{owner}\"\n"),
        Some(owner) => format!("{OWNER}owner: {owner}\n"),
        None => NO_OWNER.to_owned(),
    };
    format!("{MODELINE}{owner}{CANARIES}")
}

fn create(terminal: Terminal, path: &str, text: &str) -> Result<(), InitError> {
    let failed = |source| InitError::Write { path: path.to_owned(), source };
    if let Some(folder) = Path::new(path).parent() {
        if folder.exists() && !folder.is_dir() {
            return Err(InitError::InTheWay { path: folder.display().to_string(), wanted: "folder" });
        }
        fs::create_dir_all(folder).map_err(failed)?;
    }
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => {
            file.write_all(text.as_bytes()).map_err(|error| {
                // Half of a file would be left as it is by the next `init`.
                let _ = fs::remove_file(path);
                failed(error)
            })?;
            terminal.say(&format!("wrote {path}"));
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            // A folder, or a link that leads nowhere.
            if !Path::new(path).is_file() {
                return Err(InitError::InTheWay { path: path.to_owned(), wanted: "file" });
            }
            terminal.say(&format!("left {path} as it is"));
        }
        Err(source) => return Err(failed(source)),
    }
    Ok(())
}

fn ignore_local_files(terminal: Terminal) -> Result<(), InitError> {
    const PATH: &str = ".gitignore";
    let failed = |source| InitError::Write { path: PATH.to_owned(), source };
    let known = match fs::read_to_string(PATH) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return create(terminal, PATH, &format!("{IGNORED}\n"));
        }
        Err(source) => return Err(failed(source)),
    };
    let same = |line: &str| line.trim().trim_matches('/') == IGNORED.trim_matches('/');
    if known.lines().any(same) {
        terminal.say(&format!("left {PATH} as it is"));
        return Ok(());
    }
    let gap = if known.is_empty() || known.ends_with('\n') { "" } else { "\n" };
    let mut file = OpenOptions::new().append(true).open(PATH).map_err(failed)?;
    file.write_all(format!("{gap}{IGNORED}\n").as_bytes()).map_err(failed)?;
    terminal.say(&format!("added {IGNORED} to {PATH}"));
    Ok(())
}
