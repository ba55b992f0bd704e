//! `init`: the first files of a repository of monitors. Nothing that is there is ever overwritten.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use super::failure::Failure;
use super::origin::suggested_owner;
use super::place::WorkPlace;
use super::schema::{SCHEMA_FOLDER, schemas};
use super::settings::SETTINGS_FILE;
use super::terminal::Terminal;
use crate::config::{self, FolderPatterns};
use crate::exit::Exit;
use crate::source::{self, Repository};

/// Where monitorctl keeps what belongs to one machine.
const IGNORED: &str = ".monitorctl/";

const MODELINE: &str = "# yaml-language-server: $schema=schema/settings.schema.json\n\n";

const OWNER: &str = "\
# Owner of these monitors in the config table: the name of this repository, from its git remote. sync changes nothing of
# other owners.
";

const NO_OWNER: &str = "\
# Owner of these monitors in the config table. sync changes nothing of other owners.
# Write the name of this repository, such as `owner: payments/api-monitors`.
owner:
";

const FOLDERS: &str = "
# Folders of the monitor files, if they are not in monitors/. `*` stands for one folder name.
# folders: [services/*/monitors, ops/monitors]
";

const CANARIES: &str = "
# URLs that prove that the network works. If many monitors fail at once without an answer, check asks the canaries.
# If no canary answers either, the machine is cut off: no monitor goes DOWN, and one alert says so.
# canaries: [https://www.gstatic.com/generate_204, https://one.one.one.one/]
";

const VARS: &str = "
# Variables: ${var:domain} in a value of a monitor, or of a defaults.yaml, stands for example.com.
# vars: { domain: example.com }
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
  4. monitorctl check --all --dir monitors    probe every monitor once, before a sync
  5. monitorctl diff, then monitorctl sync    review the plan, then apply it
  6. monitorctl init --cron                   print the crontab line that runs check
     or monitorctl run                        check every two minutes in this terminal";

#[derive(Debug, thiserror::Error)]
pub enum InitError {
    #[error("cannot write {path}")]
    Write { path: String, source: io::Error },
    #[error("{path} exists, but is not a {wanted}")]
    InTheWay { path: String, wanted: &'static str },
    #[error("this folder is part of the catalog {catalog}")]
    InCatalog { catalog: String },
    #[error("this directory is inside a git repository, not in a checkout of it")]
    InGit,
}

impl InitError {
    /// What to do about it.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Write { .. } => None,
            Self::InTheWay { .. } => Some("move it away and run `monitorctl init` again"),
            Self::InCatalog { .. } => Some("add monitors here, or start a repository beside it"),
            Self::InGit => Some("go to a checkout of it"),
        }
    }
}

impl From<InitError> for Failure {
    fn from(error: InitError) -> Self {
        let failure = Self::of(Exit::Failed, &error);
        match error.help() {
            Some(help) => failure.help(help),
            None => failure,
        }
    }
}

pub fn init(terminal: Terminal) -> Result<Exit, InitError> {
    let repository = Repository::around(Path::new("."));
    if repository.as_ref().is_ok_and(|repository| repository.place().is_none()) {
        return Err(InitError::InGit);
    }
    let above = std::env::current_dir().ok().and_then(|here| WorkPlace::above(&here));
    if let Some(place) = &above
        && let Some(folder) = listed_in(&place.root).folder_of(&source::shown(&place.way))
    {
        return Err(InitError::InCatalog { catalog: place.root.join(folder).display().to_string() });
    }
    let owner = suggested_owner(&repository);
    create(terminal, SETTINGS_FILE, &settings(owner.as_deref()))?;
    // Elsewhere than in the folders that are listed, no command would read it.
    if listed_in(Path::new("")) == FolderPatterns::default() {
        create(terminal, "monitors/example.yaml", EXAMPLE)?;
    }
    for (name, schema) in schemas() {
        create(terminal, &format!("{SCHEMA_FOLDER}/{name}"), &schema)?;
    }
    ignore_local_files(terminal)?;
    let first = match owner {
        Some(owner) => format!("check the owner in monitorctl.yaml: {owner}, from the git remote"),
        None => "set `owner:` in monitorctl.yaml".to_owned(),
    };
    if let Some(place) = above {
        let settings = place.root.join(SETTINGS_FILE);
        terminal.warn(&format!("{} does not apply in this folder", settings.display()));
    }
    terminal.say(&format!("\nNext:\n  1. {first}{NEXT}"));
    Ok(Exit::Done)
}

/// The folders of monitor files of the repository at `root`, as the top of its settings lists them.
fn listed_in(root: &Path) -> FolderPatterns {
    let file = source::read_optional(&root.join(SETTINGS_FILE)).ok().flatten();
    let settings = file.map(|file| config::settings(&file).0).unwrap_or_default();
    settings.folders.unwrap_or_default()
}

/// The settings, with the owner if it is known.
fn settings(owner: Option<&str>) -> String {
    let owner = match owner {
        // A single word may be one that YAML takes for something else.
        Some(owner) if !owner.contains('/') => format!("{OWNER}owner: \"{owner}\"\n"),
        Some(owner) => format!("{OWNER}owner: {owner}\n"),
        None => NO_OWNER.to_owned(),
    };
    format!("{MODELINE}{owner}{FOLDERS}{CANARIES}{VARS}")
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
            terminal.say(&format!("kept {path} unchanged"));
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
        terminal.say(&format!("kept {PATH} unchanged"));
        return Ok(());
    }
    let gap = if known.is_empty() || known.ends_with('\n') { "" } else { "\n" };
    let mut file = OpenOptions::new().append(true).open(PATH).map_err(failed)?;
    file.write_all(format!("{gap}{IGNORED}\n").as_bytes()).map_err(failed)?;
    terminal.say(&format!("added {IGNORED} to {PATH}"));
    Ok(())
}
