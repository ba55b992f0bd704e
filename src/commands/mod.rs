//! A file a command: the only place where the pieces meet.

mod atomic_file;
mod aws_place;
mod beat;
mod catalog;
mod channel_samples;
mod check;
mod completion;
mod context;
mod crontab;
mod diff;
mod doctor;
mod environment;
mod explain;
mod failure;
mod folders;
mod former_ids;
mod git_past;
mod history;
mod init;
mod job;
mod last_beats;
mod machine_channel;
mod man_sections;
mod manual;
mod named_monitor;
mod notify;
mod origin;
mod output;
mod own_table;
mod page;
mod page_texts;
mod period;
mod place;
mod plan_request;
mod progress;
mod pull;
mod report;
mod results;
mod resume;
mod run;
mod runtime;
mod schema;
mod screen;
mod settings;
mod shard;
mod signals;
mod silence;
mod simulate;
mod status;
mod status_pages;
mod succession;
mod suggested_command;
mod sync;
mod target;
mod terminal;
mod top_of_git;
mod unread_files;
mod unreadable;
mod unsynced;
mod validate;

use std::path::Path;
use std::process::ExitCode;

use crate::cli::{Cli, Command};
use crate::exit::Exit;
use context::Context;
use failure::Failure;
use place::{WorkPlace, follow};
use runtime::{block_on, with_runtime};
use terminal::Terminal;

/// Runs the program, from the command line to the exit code.
pub fn main() -> ExitCode {
    if completion::complete() {
        return ExitCode::SUCCESS;
    }
    environment::drop_empty();
    let mut cli = Cli::of_this_process();
    let terminal = Terminal::new(cli.global.color, cli.global.log);
    let exit = enter(&mut cli).and_then(|()| run(&cli, terminal)).unwrap_or_else(|failure| {
        if let Some(found) = failure.json().filter(|_| cli.command.shows_json()) {
            // Who cannot read it reads the exit code.
            drop(terminal.print(&found));
        }
        terminal.fail(&failure.text());
        failure.exit
    });
    exit.into()
}

/// The commands. Each gets what it works with, and its arguments.
fn run(cli: &Cli, terminal: Terminal) -> Result<Exit, Failure> {
    let load = || Context::load(&cli.global, terminal);
    match &cli.command {
        Command::Init(args) if args.cron => crontab::print(&cli.global, terminal),
        Command::Init(_) => Ok(init::init(terminal)?),
        Command::Validate(args) => validate::validate(&cli.global, terminal, args),
        Command::Schema(args) => schema::schema(terminal, args),
        Command::Diff(args) if args.offline => {
            let context = Context::load_for_files(&cli.global, terminal)?;
            with_runtime(&context.aws, diff::diff(&context, args))
        }
        Command::Diff(args) => {
            let context = load()?;
            with_runtime(&context.aws, diff::diff(&context, args))
        }
        Command::Sync(args) => {
            let context = load()?;
            with_runtime(&context.aws, sync::sync(&context, args))
        }
        Command::Pull(args) => {
            let context = load()?;
            with_runtime(&context.aws, pull::pull(&context, args))
        }
        Command::Check(args) => block_on(check::check(&cli.global, terminal, args)),
        Command::Run(args) => block_on(run::run(&cli.global, terminal, args)),
        Command::Beat(args) => block_on(beat::beat(&cli.global, terminal, args)),
        Command::Status(args) => {
            let context = load()?;
            match args.watch {
                Some(every) => block_on(status::watch(context, args, every)),
                None => with_runtime(&context.aws, status::status(&context, args)),
            }
        }
        Command::Page(args) => {
            let context = load()?;
            block_on(page::page(context, args))
        }
        Command::Explain(args) => {
            let context = load()?;
            with_runtime(&context.aws, explain::explain(&context, args))
        }
        Command::History(args) => {
            let context = load()?;
            with_runtime(&context.aws, history::history(&context, args))
        }
        Command::Report(args) => {
            let context = load()?;
            with_runtime(&context.aws, report::report(&context, args))
        }
        Command::Silence(args) => {
            let context = load()?;
            with_runtime(&context.aws, silence::silence(&context, args))
        }
        Command::Notify(args) => notify::notify(&cli.global, terminal, args),
        Command::Simulate(args) => match &args.from_incident {
            None => simulate::simulate(&cli.global, terminal, args),
            Some(incident) => {
                let context = load()?;
                with_runtime(&context.aws, simulate::from_incident(&context, args, incident))
            }
        },
        Command::Doctor(args) => block_on(doctor::doctor(&cli.global, terminal, args)),
        Command::Completions(args) => manual::completions(terminal, args),
        Command::Man(args) => manual::man(terminal, args),
    }
}

/// Goes to the directory of `-C`, then to the folder of the settings above it.
fn enter(cli: &mut Cli) -> Result<(), Failure> {
    let change = |to: &Path| std::env::set_current_dir(to).map_err(|error| Failure::directory(to, &error));
    if let Some(directory) = &cli.global.directory {
        change(directory)?;
    }
    if cli.command.looks_above()
        && let Some(place) = std::env::current_dir().ok().and_then(|here| WorkPlace::above(&here))
    {
        change(&place.root)?;
        follow(cli, &place);
    }
    Ok(())
}
