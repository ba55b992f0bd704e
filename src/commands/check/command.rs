//! The command around a run: what was asked, and how it is shown.

use ulid::Ulid;

use super::equipment::Equipment;
use super::files::FromFiles;
use super::held::held_words;
use super::metrics::write_metrics;
use super::page::{PageDeps, PageOrder, time_left, write_pages};
use crate::cli::{Check, Format, Global, OwnChannel};
use crate::clock::Clock;
use crate::commands::aws_place::placed;
use crate::commands::context::{Context, Missing};
use crate::commands::failure::Failure;
use crate::commands::machine_channel;
use crate::commands::period::PERIOD;
use crate::commands::plan_request::selector;
use crate::commands::progress::Progress;
use crate::commands::shard::shard;
use crate::commands::signals::{Signal, Signals};
use crate::commands::terminal::Terminal;
use crate::commands::unsynced;
use crate::exit::Exit;
use crate::inventory::MachineChannel;
use crate::machine;
use crate::monitor::rough_duration;
use crate::report::log::{LogEvent, LogRun, RunEnd};
use crate::report::refused;
use crate::run::{CompletedRun, Log, RunOptions, RunOutcome, run};
use crate::state::OtherPeriod;
use crate::store::Store;

/// A skew of the local clock that is worth a word.
const SKEW_WORTH_A_WORD: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);

/// Runs `check`. However it ends, the log says so once, in its last line.
pub async fn check(global: &Global, terminal: Terminal, args: &Check) -> Result<Exit, Failure> {
    let id = Ulid::generate();
    let terminal = terminal.of_run(id);
    let log = log(terminal, id);
    let context = match &args.dir {
        None => Context::load_for_run(global, terminal),
        Some(_) => Context::load(global, terminal),
    };
    let ended = match context {
        Ok(context) => match Box::pin(work(&context, args, id, &log)).await {
            Err(failure) => Err(placed(failure, &context.aws).await),
            ended => ended,
        },
        Err(failure) => Err(failure),
    };
    match ended {
        Err(failure) if !terminal.is_for_people() => {
            let why = anstream::adapter::strip_str(&failure.text()).to_string();
            log.event(&LogEvent::Ended(RunEnd::Failed(&why)));
            Ok(failure.exit)
        }
        ended => ended,
    }
}

async fn work(context: &Context, args: &Check, id: Ulid, log: &Log) -> Result<Exit, Failure> {
    log.in_environment(context.environment());
    let options = options(context, args, id)?;
    let pages = PageOrder::of(&args.probes.pages).map_err(|error| Failure::of(Exit::Usage, &error))?;
    let files = args.dir.as_deref().map(|folder| FromFiles::read(context, folder)).transpose()?;
    let files = if pages.is_asked() { files.map(|files| files.with_pages(context)) } else { files };
    if let Some(files) = &files {
        files.show(context.terminal);
    }
    let faulty = files.as_ref().is_some_and(FromFiles::is_faulty);
    let watchlist = files.map(|files| files.watchlist);
    // What is tried out from files may be the first use; a run of what is stored is not.
    let missing = if watchlist.is_some() { Missing::IsMade } else { Missing::Refused };
    let signals = Signals::listen().map_err(|error| Failure::runtime(&error))?;
    let machine = machine_of(context, args.probes.notify)?;
    let equipment = Equipment::open(context, &args.probes, machine, missing).await?;
    let deps = equipment.deps(watchlist, log.clone(), machine::is_gone, signals.stop());
    let store = deps.store.clone();
    let progress = Progress::new();
    let people = context.terminal.is_for_people();
    let show = |done, of| {
        if people {
            progress.show(done, of);
        }
    };
    let outcome = Box::pin(run(&options, deps, show)).await;
    progress.clear();
    warn_of_skew(context.terminal, &store);
    match outcome? {
        RunOutcome::NotOurs(held) => {
            if people {
                context.terminal.say(&held_words(&held, options.period, store.now()));
            }
            if args.format == Format::Json {
                context.terminal.print(&format!("{:#}\n", refused(&held)))?;
            }
            log.event(&LogEvent::Ended(RunEnd::NotOurs(&held)));
            Ok(Exit::Done)
        }
        RunOutcome::CompletedRun(mut completed) => {
            if let Some(path) = &args.probes.metrics {
                let left = time_left(&options, &completed, store.now());
                Box::pin(write_metrics(path, &mut completed, &options, (&store, left))).await;
            }
            let page_deps = PageDeps { store: &store, aws: &context.aws, clock: &context.clock };
            let left = time_left(&options, &completed, store.now());
            let writing = write_pages(&pages, &mut completed, &options, page_deps, (left, signals.stop()));
            Box::pin(writing).await;
            let exit = exit(args, &options, &completed, faulty, signals.caught());
            // Reading the files costs more than a quiet run, so a scheduled run leaves it to people.
            if args.dir.is_none() && people && (args.all || Terminal::can_ask()) {
                unsynced::say(context, None, &completed.inventory.watchlist);
            }
            if args.dir.is_none() && people && completed.inventory.watchlist.all.is_empty() {
                context.terminal.warn("the config table has no monitors; next step: monitorctl sync");
            }
            let report = completed.report(&options, store.consumed());
            for problem in &report.problems {
                log.event(&LogEvent::Problem(problem));
            }
            context.terminal.print(&match args.format {
                Format::Text => report.text(),
                Format::Json => format!("{:#}\n", report.json()),
            })?;
            log.event(&LogEvent::Ended(RunEnd::CompletedRun(&report)));
            Ok(exit)
        }
    }
}

/// Says so if the clock of this machine is wrong.
pub fn warn_of_skew(terminal: Terminal, store: &Store) {
    if let Some(skew) = store.skew().filter(|skew| skew.abs() > SKEW_WORTH_A_WORD) {
        let warning =
            format!("the clock of this machine is {} off the store's", rough_duration(skew.unsigned_abs()));
        terminal.warn(&warning);
    }
}

/// What the exit code says, the gravest first.
fn exit(
    args: &Check,
    options: &RunOptions,
    completed: &CompletedRun,
    faulty: bool,
    signal: Option<Signal>,
) -> Exit {
    match signal {
        Some(signal) => signal.exit(),
        None if faulty => Exit::Invalid,
        None if completed.is_partial() => Exit::Partly,
        None if args.exit_code && !completed.all_up(options) => Exit::NotUp,
        None => Exit::Done,
    }
}

fn options(context: &Context, args: &Check, run: Ulid) -> Result<RunOptions, Failure> {
    let is_manual = args.all || !args.only.is_empty();
    Ok(RunOptions {
        shard: shard(),
        holder: run.to_string(),
        host: machine::host(),
        process: machine::own_process(),
        only: selector(&args.only)?,
        all: args.all,
        from_files: args.dir.is_some(),
        period: args.period.unwrap_or(PERIOD),
        other_period: match args.period {
            Some(_) if args.all => OtherPeriod::IsReplaced,
            Some(_) | None if is_manual => OtherPeriod::IsTaken,
            Some(_) | None => OtherPeriod::Refuses,
        },
        deadline: args.deadline,
        environment: context.environment(),
    })
}

/// Where alerts go that no owner gives a channel: what was asked for, else what the machine has.
pub fn machine_of(context: &Context, asked: Option<OwnChannel>) -> Result<MachineChannel, Failure> {
    match asked {
        None => machine_channel::machine_channel(&context.choice),
        Some(OwnChannel::Local) => Ok(machine_channel::file()),
        Some(OwnChannel::Sns) => machine_channel::topic(),
    }
}

/// Lines of JSON on standard error, if they are wanted.
fn log(terminal: Terminal, id: Ulid) -> Log {
    if terminal.is_for_people() {
        return Log::silent();
    }
    let run = LogRun { id: id.to_string(), shard: shard().to_string(), ..LogRun::default() };
    Log::json(run, Clock::system(), move |line| terminal.line(line))
}
