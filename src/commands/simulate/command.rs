//! `simulate --outcomes`: what the policy of a monitor makes of a script of outcomes. It reads files, and nothing
//! else.

use std::collections::BTreeMap;
use std::path::Path;

use crate::cli::{Format, Global, Simulate};
use crate::commands::failure::Failure;
use crate::commands::settings::{refuse_faults, settings};
use crate::commands::terminal::Terminal;
use crate::config::{self, Definitions, LoadedMonitor, Settings, suggest};
use crate::exit::Exit;
use crate::inventory::{MachineChannel, WatchStatus, WatchedMonitor, Watchlist};
use crate::monitor::{Monitor, MonitorId, marked};
use crate::report::{timeline_json, timeline_text};
use crate::simulation::{
    Difference, Expectation, Outcome, Play, Script, ScriptError, SimulatedMonitor, Timeline, TooLong,
};
use crate::source::{self, Found};

/// The characters of a line that an error shows before the place it is about, at the most.
const SHOWN: usize = 60;

pub fn simulate(global: &Global, terminal: Terminal, args: &Simulate) -> Result<Exit, Failure> {
    let settings = settings(global, terminal)?;
    let monitors = channels_and_monitors(&settings, terminal, args)?;
    let play = play(args, &monitors, settings.environment.as_deref())?;
    let timeline = crate::simulation::simulate(&play).map_err(|error| too_long(&error))?;
    ended(terminal, args, &timeline, |difference| match args.format {
        Format::Text => timeline_text(&timeline, &play),
        Format::Json => format!("{:#}\n", timeline_json(&timeline, &play, difference)),
    })
}

/// Shows what came of a play, and whether that is what was expected.
pub fn ended(
    terminal: Terminal,
    args: &Simulate,
    timeline: &Timeline,
    shown: impl FnOnce(Option<&Option<Difference>>) -> String,
) -> Result<Exit, Failure> {
    let expectation = args.expect.as_deref().map(expectation).transpose()?;
    let difference = expectation.map(|expectation| expectation.difference(timeline));
    terminal.print(&shown(difference.as_ref()))?;
    match difference.flatten() {
        None => Ok(Exit::Done),
        Some(difference) => {
            terminal.say("the alerts do not match the expected ones (- expected, + actual):");
            terminal.say(&difference.to_string());
            Ok(Exit::Differing)
        }
    }
}

/// What the files define.
pub fn channels_and_monitors(
    settings: &Settings,
    terminal: Terminal,
    args: &Simulate,
) -> Result<Watchlist, Failure> {
    let Found { files, .. } =
        source::read_paths(settings.folders.as_ref(), args.monitors.as_slice())?.all()?;
    let loaded = config::load_catalog(&files, Definitions::of(settings));
    refuse_faults(terminal, &loaded.diagnostics, &files)?;
    Ok(of_files(settings, loaded.monitors))
}

/// The monitors and channels of the files, for a machine that has no channel of its own.
fn of_files(settings: &Settings, monitors: Vec<LoadedMonitor>) -> Watchlist {
    let owner = settings.owner.clone().unwrap_or_default();
    let watched =
        |loaded: LoadedMonitor| WatchedMonitor::new(loaded.monitor, loaded.spec, Some(owner.clone()));
    let mut watchlist =
        Watchlist::new(monitors.into_iter().map(watched).collect(), BTreeMap::new(), Vec::new());
    watchlist.define(owner, settings.channels.clone());
    watchlist
}

fn play<'a>(
    args: &Simulate,
    monitors: &'a Watchlist,
    environment: Option<&'a str>,
) -> Result<Play<'a>, Failure> {
    let part = |option: &str, id: &str, script: &str| -> Result<SimulatedMonitor<'a>, Failure> {
        let part = part_of(named(option, id, monitors)?, monitors);
        let script = script_of(option, script)?;
        let outcomes = script.outcomes(part.monitor.apart(args.period)).map_err(|error| too_long(&error))?;
        Ok(SimulatedMonitor { outcomes, ..part })
    };
    // The command line has both, unless it names an incident.
    let id = args.id.as_deref().unwrap_or_default();
    let lead = part("--outcomes", id, args.outcomes.as_deref().unwrap_or_default())?;
    refuse_disabled(lead.monitor)?;
    let parent = |text: &String| {
        let (id, script) = text.split_once('=').ok_or_else(|| {
            Failure::new(Exit::Usage, "--parent takes ID=SCRIPT")
                .help("such as --parent 'auth-api=up, fail*5'")
        })?;
        let parent = part("--parent", id, script)?;
        if lead.monitor.depends_on.contains(&parent.monitor.id) {
            Ok(parent)
        } else {
            let message = format!("{} does not depend on {id}", lead.monitor.id);
            Err(Failure::new(Exit::Usage, message).help("`depends_on:` of a monitor names its parents"))
        }
    };
    let parents = args.parent.iter().map(parent).collect::<Result<Vec<_>, Failure>>()?;
    let twice = |id: &MonitorId| parents.iter().filter(|parent| parent.monitor.id == *id).count() > 1;
    if let Some(parent) = parents.iter().find(|parent| twice(&parent.monitor.id)) {
        let message = format!("--parent names {} twice", parent.monitor.id);
        return Err(Failure::new(Exit::Usage, message));
    }
    Ok(Play { lead, parents, from: args.from, period: args.period, environment })
}

/// What is not watched has no alerts.
pub fn refuse_disabled(monitor: &Monitor) -> Result<(), Failure> {
    if monitor.enabled {
        return Ok(());
    }
    Err(Failure::new(Exit::Usage, format!("{} is not watched: `enabled: false`", monitor.id)))
}

/// A monitor of the files, with its channels.
pub fn part_of<'a>(watched: &'a WatchedMonitor, monitors: &Watchlist) -> SimulatedMonitor<'a> {
    let routes = monitors.routes(WatchStatus::Watched(watched), None, &MachineChannel::Unset);
    SimulatedMonitor::new(&watched.monitor, Vec::new()).notifying(routes)
}

pub fn named<'a>(option: &str, id: &str, monitors: &'a Watchlist) -> Result<&'a WatchedMonitor, Failure> {
    let found = MonitorId::parse(id).ok().and_then(|id| monitors.get(&id));
    found.map(AsRef::as_ref).ok_or_else(|| {
        let whose = if option == "--parent" { " (--parent)" } else { "" };
        let message = format!("no monitor {} in the files{whose}", marked(id.to_owned()));
        let near = suggest(id, monitors.all.iter().map(|watched| watched.monitor.id.as_str()));
        let help = near.map_or_else(
            || {
                "check the id in the files; for another folder, write `monitorctl simulate ID FOLDER`"
                    .to_owned()
            },
            |near| format!("did you mean {near}?"),
        );
        Failure::new(Exit::Usage, message).help(help)
    })
}

fn script_of(option: &str, text: &str) -> Result<Script, Failure> {
    let (text, place) = read(option, text)?;
    Script::parse(&text).map_err(|error| {
        let help = error.unknown.as_deref().map_or_else(
            || "write a script like `up*3, fail, (fail, up)*2, timeout for 1h`".to_owned(),
            |word| lint(word, &Outcome::words(), "outcomes are"),
        );
        pointing(&place, &text, &error).help(help)
    })
}

fn expectation(text: &str) -> Result<Expectation, Failure> {
    let (text, place) = read("--expect", text)?;
    Expectation::parse(&text).map_err(|error| {
        let words: Vec<_> = Expectation::words().collect();
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let help = error.unknown.as_deref().map_or_else(
            || "write alerts like `down at 12m, up at 14m`, or `none`".to_owned(),
            |word| lint(word, &words, "alerts are"),
        );
        pointing(&place, &text, &error).help(help)
    })
}

/// The text itself, or that of the file behind `@`; and what to call it.
fn read(option: &str, text: &str) -> Result<(String, String), Failure> {
    let Some(path) = text.strip_prefix('@').filter(|path| !path.is_empty()) else {
        return Ok((text.to_owned(), option.to_owned()));
    };
    let missing = || Failure::new(Exit::Failed, format!("{option}: no file {path}"));
    let file = source::read_given(Path::new(path))?.ok_or_else(missing)?;
    Ok((String::from_utf8_lossy(&file.bytes).into_owned(), path.to_owned()))
}

fn lint(word: &str, words: &[&str], list: &str) -> String {
    let near = suggest(word, words.iter().copied());
    let near = near.map(|near| format!("did you mean {near}? ")).unwrap_or_default();
    format!("{near}{list} {}", words.join(", "))
}

/// The error, with its line and a mark below the place.
fn pointing(place: &str, text: &str, error: &ScriptError) -> Failure {
    let line = text.lines().nth(error.spot.line - 1).unwrap_or_default();
    let before = error.spot.column - 1;
    let cut = before.saturating_sub(SHOWN);
    let shown: String = line.chars().skip(cut).take(SHOWN * 2).collect();
    let mark = "^".repeat(error.spot.length.clamp(1, SHOWN));
    let message =
        format!("{place}, {error}\n    {}\n    {:indent$}{mark}", marked(shown), "", indent = before - cut);
    Failure::new(Exit::Usage, message)
}

fn too_long(error: &TooLong) -> Failure {
    Failure::new(Exit::Usage, error.to_string())
}
