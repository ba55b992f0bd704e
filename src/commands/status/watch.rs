//! `status --watch`: the status is read and drawn again every few seconds, on a screen of its own.

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};

use super::look::look;
use crate::cli::{Format, Status};
use crate::commands::aws_place::placed;
use crate::commands::context::{Context, Missing};
use crate::commands::environment::variable;
use crate::commands::failure::Failure;
use crate::commands::machine_channel::known;
use crate::commands::screen::Screen;
use crate::commands::signals::{Signal, Signals, stopped};
use crate::commands::terminal::Terminal;
use crate::exit::Exit;
use crate::monitor::{format_duration, moment, moment_near};
use crate::report::{ScreenSize, StatusReport};
use crate::store::Store;

/// Draws until a signal comes. What is wrong at the start ends it; what cannot be read later is a line on the screen.
pub async fn watch(context: Context, args: &Status, every: Duration) -> Result<Exit, Failure> {
    let size = drawable(args)?;
    let aws = context.aws.clone();
    let ended = match WatchedStore::open(context, args).await {
        Ok(store) => Box::pin(redraw(store, size, every)).await,
        Err(failure) => Err(failure),
    };
    match ended {
        Err(failure) => Err(placed(failure, &aws).await),
        ended => ended,
    }
}

/// The size of the terminal, if there is one that can be drawn on.
fn drawable(args: &Status) -> Result<ScreenSize, Failure> {
    let refused = |why: &str| {
        Failure::new(Exit::Usage, why).help("run `monitorctl status` without --watch, as often as needed")
    };
    match (args.format, Terminal::size()) {
        (Format::Json, _) => Err(refused("--watch draws on a terminal, and --format json is for programs")),
        (Format::Text, None) => Err(refused("--watch needs a terminal, and standard output is none")),
        (Format::Text, Some(_)) if variable("TERM").as_deref() == Some("dumb") => {
            Err(refused("--watch needs a terminal that can be drawn on, and TERM is `dumb`"))
        }
        (Format::Text, Some(size)) => Ok(size),
    }
}

async fn redraw(mut store: WatchedStore<'_>, mut size: ScreenSize, every: Duration) -> Result<Exit, Failure> {
    // Until here a signal ends the process, as usual.
    let mut report = store.read().await?;
    let failed = |error: std::io::Error| Failure::runtime(&error);
    let signals = Signals::listen().map_err(failed)?;
    let mut resized = signal(SignalKind::window_change()).map_err(failed)?;
    let screen = Screen::enter(store.context.terminal)?;
    let mut trouble = None;
    loop {
        size = Terminal::size().unwrap_or(size);
        let note = format!("{}, every {}; Ctrl-C ends", moment(report.now), format_duration(every));
        screen.draw(&with(&report, trouble.as_deref()).screen(size, &note))?;
        let read = async {
            tokio::time::sleep(every).await;
            store.read().await
        };
        tokio::select! {
            () = stopped(signals.stop()) => {
                return Ok(signals.caught().map_or(Exit::Terminated, Signal::exit));
            }
            _ = resized.recv() => {}
            read = read => match read {
                Ok(fresh) => (report, trouble) = (fresh, None),
                Err(failure) => trouble = Some(failure.message().to_owned()),
            },
        }
    }
}

/// If the store cannot be read, the last status stays, and says so.
fn with(report: &StatusReport, trouble: Option<&str>) -> StatusReport {
    let mut report = report.clone();
    let then = moment_near(report.now, report.now);
    report.problems.extend(trouble.map(|why| format!("this is the status of {then}: {why}")));
    report
}

/// A store that is read for as long as it takes.
struct WatchedStore<'a> {
    context: Context,
    args: &'a Status,
    store: Store,
    /// The file of the store that is open, if it is one.
    file: Option<(u64, u64)>,
    last: LastRead,
}

/// How the last reading ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LastRead {
    Done,
    Failed,
}

impl<'a> WatchedStore<'a> {
    async fn open(mut context: Context, args: &'a Status) -> Result<Self, Failure> {
        let store = context.open_store(Missing::Refused).await?;
        context.stop_naming_the_store();
        Ok(Self { file: context.store_file(), context, args, store, last: LastRead::Done })
    }

    async fn read(&mut self) -> Result<StatusReport, Failure> {
        let last = std::mem::replace(&mut self.last, LastRead::Failed);
        // After a failure credentials are read again. A store whose file was replaced would show nothing new.
        if last == LastRead::Failed || self.context.store_file() != self.file {
            self.context.forget_credentials();
            self.store = self.context.open_store(Missing::Refused).await?;
            self.file = self.context.store_file();
        }
        let machine = known(&self.context.choice);
        let looked = look(&self.store, &machine, self.context.environment(), self.args);
        let (mut report, _) = Box::pin(looked).await?;
        if self.args.down {
            report.keep_bad();
        }
        self.last = LastRead::Done;
        Ok(report)
    }
}
