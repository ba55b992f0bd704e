//! Runs a command that talks to the store or to endpoints.

use super::aws_place::placed;
use super::failure::Failure;
use crate::aws::Aws;
use crate::exit::Exit;

/// Ends with the exit code of the command, or with its failure and where on AWS that was.
pub fn with_runtime(
    aws: &Aws,
    command: impl Future<Output = Result<Exit, Failure>>,
) -> Result<Exit, Failure> {
    block_on(async {
        match command.await {
            Err(failure) => Err(placed(failure, aws).await),
            ended => ended,
        }
    })
}

/// The same for a command that says itself where it failed.
pub fn block_on(command: impl Future<Output = Result<Exit, Failure>>) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::runtime(&error))?;
    runtime.block_on(command)
}
