//! Reads `monitorctl.yaml`, and says what is wrong in it.

use std::path::Path;

use super::environment::variable;
use super::failure::Failure;
use super::terminal::Terminal;
use crate::cli::Global;
use crate::config::{self, Diagnostic, Settings, SourceFile, Tables};
use crate::exit::Exit;
use crate::monitor::count;
use crate::report::{self, chain, one_line};
use crate::source;

/// The settings file of a repository.
pub const SETTINGS_FILE: &str = "monitorctl.yaml";

/// The settings of the repository in the chosen environment.
pub fn settings(global: &Global, terminal: Terminal) -> Result<Settings, Failure> {
    let settings = match source::read_optional(Path::new(SETTINGS_FILE))? {
        None => Settings::default(),
        Some(file) => {
            let (settings, diagnostics) = config::settings(&file);
            refuse_faults(terminal, &diagnostics, std::slice::from_ref(&file))?;
            settings
        }
    };
    Ok(settings.of_environment(global.environment.as_deref())?)
}

/// The same for a run of the stored monitors: a fault in the file stops none of them. Only where it hides the names of
/// the tables, the run could read the wrong ones.
pub fn settings_of_run(global: &Global, terminal: Terminal) -> Result<Settings, Failure> {
    Ok(readable_settings(terminal)?.of_environment(global.environment.as_deref())?)
}

fn readable_settings(terminal: Terminal) -> Result<Settings, Failure> {
    let is_named = Tables::VARIABLES.iter().all(|name| variable(name).is_some());
    let unnamed = |failure: Failure| failure.because("check reads the names of the tables there");
    let warn =
        |what: &str| terminal.warn(&format!("{what}; checking the stored monitors without these settings"));
    let file = match source::read_optional(Path::new(SETTINGS_FILE)) {
        Ok(Some(file)) => file,
        Ok(None) => return Ok(Settings::default()),
        Err(error) if is_named => {
            warn(&one_line(&chain(&error)));
            return Ok(Settings::default());
        }
        Err(error) => return Err(unnamed(error.into())),
    };
    let (settings, diagnostics) = config::settings(&file);
    let files = std::slice::from_ref(&file);
    if !is_named && !config::names_tables(&file) {
        let [config, state, history] = Tables::VARIABLES;
        let help = format!("`monitorctl validate` lists the errors; or set {config}, {state} and {history}");
        return refuse_faults(terminal, &diagnostics, files)
            .map(|()| settings)
            .map_err(|failure| unnamed(failure).help(help));
    }
    show(terminal, &diagnostics, files);
    if let errors @ 1.. = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count() {
        warn(&format!("{} in {SETTINGS_FILE}", count(errors, "error")));
    }
    Ok(settings)
}

/// Shows diagnostics on standard error and ends the command if one is an error.
pub fn refuse_faults(
    terminal: Terminal,
    diagnostics: &[Diagnostic],
    files: &[SourceFile],
) -> Result<(), Failure> {
    show(terminal, diagnostics, files);
    let diagnostics = &config::folded(diagnostics.to_vec());
    match diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count() {
        0 => Ok(()),
        errors => Err(Failure::new(Exit::Invalid, format!("{} in the files", count(errors, "error")))
            .help("`monitorctl validate` lists them")
            .problems(report::diagnostic_lines(diagnostics))),
    }
}

/// Shows diagnostics on standard error.
pub fn show(terminal: Terminal, diagnostics: &[Diagnostic], files: &[SourceFile]) {
    if !diagnostics.is_empty() {
        let folded = config::folded(diagnostics.to_vec());
        terminal.say(report::diagnostics_text(&folded, diagnostics, files, terminal.style()).trim_end());
    }
}
