//! Runs a command as if nothing stood between it and those who started it.

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use tokio::signal::unix::{Signal as Listener, SignalKind, signal};

use super::output::CommandOutput;
use crate::commands::signals::Signal;
use crate::commands::terminal::Terminal;
use crate::machine;

/// How shells report a command that cannot be started, and one that is not there.
const NOT_STARTED: u8 = 126;
const NOT_FOUND: u8 = 127;

/// What shells add to the number of a signal that ended a command.
const BY_SIGNAL: i32 = 128;

/// How a command ended.
pub struct Supervised {
    /// As a shell reports it.
    pub code: u8,
    /// The end of what it printed, or why it was not started.
    pub message: String,
}

/// Runs `command` in the directory `place` until its end. Signals go on to it.
pub async fn supervise(command: &[OsString], place: &Path, terminal: Terminal) -> Supervised {
    // Before the command is there, so that no signal is lost.
    let listeners = Listeners::listen();
    match started(command, place) {
        Err(error) => {
            let code = if error.kind() == io::ErrorKind::NotFound { NOT_FOUND } else { NOT_STARTED };
            let name = command.first().map(|name| name.display().to_string()).unwrap_or_default();
            let message = format!("cannot run {name}: {error}");
            // A shell says it too.
            terminal.warn(&message);
            Supervised { code, message }
        }
        Ok((child, output)) => {
            let pid = child.id();
            tokio::select! {
                ended = tokio::task::spawn_blocking(move || ended(child, output)) => {
                    let broken = |error: tokio::task::JoinError| Supervised { code: NOT_STARTED, message: error.to_string() };
                    ended.unwrap_or_else(broken)
                }
                never = listeners.forward(pid) => never,
            }
        }
    }
}

fn started(command: &[OsString], place: &Path) -> io::Result<(Child, CommandOutput)> {
    let (program, arguments) = command.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(place)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut output = CommandOutput::new();
    if let Some(stdout) = child.stdout.take() {
        output.copy(stdout, io::stdout());
    }
    if let Some(stderr) = child.stderr.take() {
        output.copy(stderr, io::stderr());
    }
    Ok((child, output))
}

fn ended(mut child: Child, output: CommandOutput) -> Supervised {
    let status = child.wait();
    let message = output.end();
    match status {
        Ok(status) => Supervised { code: code(status), message },
        Err(error) => Supervised { code: NOT_STARTED, message: format!("{message}\n{error}") },
    }
}

fn code(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| status.signal().map(|signal| BY_SIGNAL + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(NOT_STARTED)
}

/// Takes the signals that would end this process, as far as they can be taken.
struct Listeners {
    hang_up: Option<Listener>,
    interrupt: Option<Listener>,
    quit: Option<Listener>,
    terminate: Option<Listener>,
}

impl Listeners {
    fn listen() -> Self {
        let listen = |kind| signal(kind).ok();
        Self {
            // To listen would undo what `nohup` asked for.
            hang_up: if machine::ignores_hangup() { None } else { listen(SignalKind::hangup()) },
            interrupt: listen(SignalKind::interrupt()),
            quit: listen(SignalKind::quit()),
            terminate: listen(SignalKind::terminate()),
        }
    }

    /// Sends every signal on, for ever. What the keyboard of a terminal sends, the command gets by itself.
    async fn forward(self, pid: u32) -> Supervised {
        let Self { mut hang_up, mut interrupt, mut quit, mut terminate } = self;
        let has_keyboard = io::stdin().is_terminal();
        loop {
            let signal = tokio::select! {
                () = came(&mut hang_up) => Signal::HangUp,
                () = came(&mut interrupt) => Signal::Interrupt,
                () = came(&mut quit) => Signal::Quit,
                () = came(&mut terminate) => Signal::Terminate,
            };
            match signal {
                Signal::Interrupt | Signal::Quit if has_keyboard => {}
                Signal::HangUp | Signal::Interrupt | Signal::Quit | Signal::Terminate => {
                    machine::send(pid, i32::from(signal.exit().code()) - BY_SIGNAL);
                }
            }
        }
    }
}

async fn came(listener: &mut Option<Listener>) {
    match listener {
        Some(listener) => drop(listener.recv().await),
        None => std::future::pending().await,
    }
}
