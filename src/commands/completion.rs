//! Completion on a command line: the ids in the monitor files, the channels of monitorctl.yaml, and the silences of an
//! embedded store.
//!
//! It runs between two keystrokes. So it asks no network, is over in [`LIMIT`], makes no file, and writes nothing but
//! its answer: without one the shell offers nothing.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Sender};
use std::time::{Duration, Instant};

use super::context::{Context, is_absent};
use super::environment::variable;
use super::place::WorkPlace;
use super::settings::SETTINGS_FILE;
use super::shard::shard;
use super::target::StoreChoice;
use super::terminal::Terminal;
use crate::cli::{Candidate, CandidateSources, Cli, Color, Global, LogFormat};
use crate::config::{self, Settings};
use crate::monitor::MonitorId;
use crate::source::{self, MonitorFolders};
use crate::store::{Store, StoreTarget};

/// How long the candidates of one word may take.
const LIMIT: Duration = Duration::from_millis(80);

/// Answers a shell that completes a command line. Returns whether one asked.
pub fn complete() -> bool {
    Cli::complete(CandidateSources {
        monitors: || in_time(monitors),
        silences: || in_time(silences),
        channels: || in_time(channels),
    })
}

/// What `look` finds within the limit, in order: of a very large repository a part.
fn in_time(look: fn(&Sender<Candidate>)) -> Vec<Candidate> {
    let end = Instant::now() + LIMIT;
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || look(&sender));
    let next = || receiver.recv_timeout(end.saturating_duration_since(Instant::now())).ok();
    let found: BTreeSet<_> = std::iter::from_fn(next).collect();
    found.into_iter().collect()
}

fn monitors(found: &Sender<Candidate>) {
    let typed = Typed::of(std::env::args()).enter();
    let folders = MonitorFolders::of(&typed.settings().unwrap_or_default()).there().unwrap_or_default();
    let mut folders: Vec<_> = folders.into_iter().map(|folder| folder.path).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            // A link could lead in a circle.
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml") {
                let text = fs::read_to_string(path).unwrap_or_default();
                for id in ids(&text) {
                    drop(found.send(Candidate { value: id.to_owned(), help: None }));
                }
            }
        }
    }
}

/// The ids of a file. A key at the beginning of a line is one of the document itself; other spellings are rare.
fn ids(text: &str) -> impl Iterator<Item = &str> {
    let values = text.lines().filter_map(|line| line.strip_prefix("id:"));
    let values = values.map(|value| value.split(" #").next().unwrap_or_default());
    values.map(|value| value.trim().trim_matches(['"', '\''])).filter(|id| MonitorId::parse(id).is_ok())
}

/// Those of the environment, or of all environments while none is chosen.
fn channels(found: &Sender<Candidate>) {
    let typed = Typed::of(std::env::args()).enter();
    let chosen = typed.settings().map(|settings| settings.channels);
    let all = || {
        let Settings { channels, environments, .. } = written_settings()?;
        let own = environments.into_values().flat_map(|environment| environment.channels);
        Some(channels.into_iter().chain(own).collect())
    };
    for (name, fields) in chosen.or_else(all).unwrap_or_default() {
        let kind = fields.get("kind").and_then(serde_json::Value::as_str).map(str::to_owned);
        drop(found.send(Candidate { value: name, help: kind }));
    }
}

fn silences(found: &Sender<Candidate>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let silences = runtime.ok().and_then(|runtime| runtime.block_on(active_silences()));
    silences.into_iter().flatten().for_each(|silence| drop(found.send(silence)));
}

async fn active_silences() -> Option<Vec<Candidate>> {
    let typed = Typed::of(std::env::args()).enter();
    let settings = typed.settings()?;
    let Typed { directory, environment, store } = typed;
    let (log, color) = (LogFormat::Text, Color::Never);
    let global = Global { directory, environment, store, log, color };
    let context = Context::with(settings, &global, Terminal::new(color, log)).ok()?;
    let path = match &context.choice {
        StoreChoice::Embedded { path, .. } if !is_absent(path) => path.clone(),
        StoreChoice::Embedded { .. } | StoreChoice::DynamoDb => return None,
    };
    let store =
        Store::open(StoreTarget::Embedded(path), context.table_names(), context.clock.clone()).await.ok()?;
    let configs = store.config_reader(&shard()).read().await.ok()?;
    let now = store.now();
    let active = configs.silences.into_iter().filter(|silence| silence.ends > now);
    let candidates = active.flat_map(|silence| {
        let selector = silence.selector.to_string();
        [
            Candidate { value: silence.id, help: Some(format!("{selector}: {}", silence.reason)) },
            Candidate { value: selector, help: Some(silence.reason) },
        ]
    });
    Some(candidates.collect())
}

/// The settings of this folder, of every environment.
fn written_settings() -> Option<Settings> {
    let file = source::read_optional(Path::new(SETTINGS_FILE)).ok()?;
    Some(file.map(|file| config::settings(&file).0).unwrap_or_default())
}

/// What the words that are being typed say of the place.
#[derive(Debug, Default, PartialEq, Eq)]
struct Typed {
    directory: Option<PathBuf>,
    environment: Option<String>,
    store: Option<String>,
}

impl Typed {
    /// The last word is the one that is completed, wherever the cursor is.
    fn of(words: impl Iterator<Item = String>) -> Self {
        let mut typed = Self {
            directory: None,
            environment: variable("APP_ENVIRONMENT"),
            store: variable("MONITORCTL_STORE"),
        };
        let mut words = words;
        while let Some(word) = words.next() {
            if word == "-C" {
                typed.directory = words.next().map(PathBuf::from);
            } else if word == "--store" {
                typed.store = words.next();
            } else if word == "--env" {
                typed.environment = words.next();
            } else if let Some(store) = word.strip_prefix("--store=") {
                typed.store = Some(store.to_owned());
            } else if let Some(name) = word.strip_prefix("--env=") {
                typed.environment = Some(name.to_owned());
            }
        }
        typed
    }

    /// The settings there, in the environment; `None` if it is not listed.
    fn settings(&self) -> Option<Settings> {
        written_settings()?.of_environment(self.environment.as_deref()).ok()
    }

    /// Goes where the command would work.
    fn enter(self) -> Self {
        let change = |to: &Path| drop(std::env::set_current_dir(to));
        if let Some(directory) = &self.directory {
            change(directory);
        }
        if let Some(place) = std::env::current_dir().ok().and_then(|here| WorkPlace::above(&here)) {
            change(&place.root);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ids_of_a_file_are_its_own_however_they_are_quoted() {
        let text = "id: a\nurl: x\n---\nid: \"b-c\" # old\n---\nid: 'd'\nname: e\n  id: no\nid: Not An Id\n";
        assert_eq!(ids(text).collect::<Vec<_>>(), ["a", "b-c", "d"]);
    }

    #[test]
    fn the_place_is_read_from_the_words_before_the_last() {
        let typed = |line: &str| Typed::of(line.split(' ').map(str::to_owned));
        let there = Some(PathBuf::from("shop"));
        assert_eq!(typed("monitorctl -C shop status ").directory, there);
        assert_eq!(typed("monitorctl --store embedded:x silence end ").store.as_deref(), Some("embedded:x"));
        assert_eq!(typed("monitorctl --store=embedded:x silence end ").store.as_deref(), Some("embedded:x"));
        assert_eq!(typed("monitorctl status -C").directory, None);
    }
}
