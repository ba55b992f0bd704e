//! From the command line to the exit code.

use std::path::Path;
use std::process::ExitCode;

use super::aws_place::placed;
use super::context::Context;
use super::failure::Failure;
use super::place::{Place, follow, looks_above};
use super::terminal::Terminal;
use super::{
    check, crontab, diff, doctor, environment, explain, init, manual, pull, schema, silence, simulate,
    status, sync, validate,
};
use crate::aws::Aws;
use crate::cli::{Cli, Command};
use crate::exit::Exit;

/// Runs the program.
pub fn main() -> ExitCode {
    environment::drop_empty();
    let mut cli = Cli::of_this_process();
    let terminal = Terminal::new(cli.global.color, cli.global.log);
    let exit = dispatch(&mut cli, terminal).unwrap_or_else(|failure| {
        if let Some(found) = failure.json().filter(|_| cli.command.shows_json()) {
            // Who cannot read it reads the exit code.
            drop(terminal.print(&found));
        }
        terminal.fail(&failure.text());
        failure.exit
    });
    exit.into()
}

fn dispatch(cli: &mut Cli, terminal: Terminal) -> Result<Exit, Failure> {
    if let Some(directory) = &cli.global.directory {
        enter(directory)?;
    }
    if looks_above(&cli.command)
        && let Some(place) = std::env::current_dir().ok().and_then(|here| Place::above(&here))
    {
        enter(&place.root)?;
        follow(cli, &place);
    }
    match &cli.command {
        Command::Init(args) if args.cron => crontab::print(&cli.global, terminal),
        Command::Init(_) => Ok(init::init(terminal)?),
        Command::Validate(args) => validate::validate(terminal, args),
        Command::Schema(args) => schema::schema(terminal, args),
        Command::Diff(args) if args.offline => {
            with_runtime(diff::diff(&Context::load_for_files(&cli.global, terminal)?, args))
        }
        Command::Diff(args) => with_runtime(diff::diff(&Context::load(&cli.global, terminal)?, args)),
        Command::Sync(args) => with_runtime(sync::sync(&Context::load(&cli.global, terminal)?, args)),
        Command::Pull(args) => with_runtime(pull::pull(&Context::load(&cli.global, terminal)?, args)),
        Command::Check(args) => with_runtime(check::check(&cli.global, terminal, args)),
        Command::Status(args) => with_runtime(status::status(&Context::load(&cli.global, terminal)?, args)),
        Command::Explain(args) => {
            with_runtime(explain::explain(&Context::load(&cli.global, terminal)?, args))
        }
        Command::Silence(args) => {
            with_runtime(silence::silence(&Context::load(&cli.global, terminal)?, args))
        }
        Command::Simulate(args) => simulate::simulate(terminal, args),
        Command::Doctor(args) => with_runtime(doctor::doctor(&cli.global, terminal, args)),
        Command::Completions(args) => manual::completions(terminal, args),
        Command::Man(args) => manual::man(terminal, args),
    }
}

fn enter(directory: &Path) -> Result<(), Failure> {
    std::env::set_current_dir(directory).map_err(|error| Failure::directory(directory, &error))
}

/// Runs a command that talks to the store.
fn with_runtime(command: impl Future<Output = Result<Exit, Failure>>) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::runtime(&error))?;
    runtime.block_on(async {
        match command.await {
            Err(failure) => Err(placed(failure, &Aws::default()).await),
            ended => ended,
        }
    })
}
