//! The command `run`: opens what its runs work with, and repeats them until a signal comes.

use super::repeat::repeat;
use super::schedule::Schedule;
use super::session::Session;
use crate::cli::{Global, Run};
use crate::commands::aws_place::placed;
use crate::commands::context::Context;
use crate::commands::failure::Failure;
use crate::commands::signals::Signals;
use crate::commands::terminal::Terminal;
use crate::exit::Exit;

/// Runs `run`. A setting that is wrong at the start ends it; what goes wrong later does not.
pub async fn run(global: &Global, terminal: Terminal, args: &Run) -> Result<Exit, Failure> {
    let context = match &args.dir {
        None => Context::load_for_run(global, terminal),
        Some(_) => Context::load(global, terminal),
    }?;
    let signals = Signals::listen().map_err(|error| Failure::runtime(&error))?;
    let (schedule, clock) = (Schedule { period: args.every }, context.clock.clone());
    let aws = context.aws.clone();
    let ended = match Session::open(context, args, schedule, signals).await {
        Ok(mut session) => Box::pin(repeat(&mut session, schedule, &clock)).await,
        Err(failure) => Err(failure),
    };
    match ended {
        Err(failure) => Err(placed(failure, &aws).await),
        ended => ended,
    }
}
