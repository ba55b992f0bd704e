//! From the command line to the exit code.

use std::process::ExitCode;

use super::context::Context;
use super::failure::Failure;
use super::terminal::Terminal;
use super::{
    check, diff, doctor, explain, init, manual, pull, schema, silence, simulate, status, sync, validate,
};
use crate::cli::{Cli, Command};
use crate::exit::Exit;

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = Cli::of_this_process();
    let terminal = Terminal::new(cli.global.color, cli.global.log);
    let exit = dispatch(&cli, terminal).unwrap_or_else(|failure| {
        terminal.fail(&failure.text());
        failure.exit
    });
    exit.into()
}

fn dispatch(cli: &Cli, terminal: Terminal) -> Result<Exit, Failure> {
    if let Some(directory) = &cli.global.directory {
        std::env::set_current_dir(directory).map_err(|error| Failure::directory(directory, &error))?;
    }
    match &cli.command {
        Command::Init => Ok(init::init(terminal)?),
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

/// Runs a command that talks to the store.
fn with_runtime(command: impl Future<Output = Result<Exit, Failure>>) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::runtime(&error))?;
    runtime.block_on(command)
}
