//! monitorctl: monitors in git, reconciled into DynamoDB, probed by cron, alerted by SNS.
//!
//! ```text
//! monitors/*.yaml ─▶ source ─▶ config ─▶ monitor ─▶ plan ─▶ store                    validate · diff · sync
//! store ─▶ probe ─▶ observation ─▶ verdict ─▶ transition ─▶ state ─▶ store ─▶ alert ─▶ notify        check
//! ```

// Words, then decisions (pure), then edges (thin), then the shell where the pieces meet.
mod monitor;
mod observation;

mod alert;
mod config;
mod plan;
mod state;
mod transition;
mod verdict;

mod clock;
mod report;
mod source;

mod cli;
mod commands;
mod exit;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};
use exit::Exit;

/// The whole program, from the command line to the exit code.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli) {
        Ok(exit) => exit.into(),
        Err(error) => {
            let mut text = format!("error: {error}");
            let mut cause = error.source();
            while let Some(error) = cause {
                text = format!("{text}: {error}");
                cause = error.source();
            }
            let _ = commands::say(&text);
            Exit::Failed.into()
        }
    }
}

fn run(cli: &Cli) -> Result<Exit, Box<dyn Error>> {
    if let Some(directory) = &cli.global.directory {
        std::env::set_current_dir(directory)?;
    }
    match &cli.command {
        Command::Init => Ok(commands::init()?),
        Command::Validate(args) => Ok(commands::validate(args, cli.global.color)?),
        Command::Schema(args) => Ok(commands::schema(args)?),
        Command::Diff(_) | Command::Sync(_) | Command::Check(_) | Command::Status(_) => Ok(Exit::Failed),
    }
}
