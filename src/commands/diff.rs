//! `diff`: shows what sync would change. It holds only a reader.

use super::catalog::{desired, shown_plan};
use super::context::Context;
use super::failure::Failure;
use crate::cli::Diff;
use crate::exit::Exit;

pub async fn diff(context: &Context, args: &Diff) -> Result<Exit, Failure> {
    let owner = context.owner()?;
    let desired = desired(context, &args.monitors)?;
    let store = context.open_store().await?;
    let (plan, refusals) = shown_plan(context, owner, &desired, &store.config_reader(), args.format).await?;
    Ok(match (refusals.is_empty(), plan.is_empty()) {
        // What sync would refuse is no plan, whether it was asked for a code or not.
        (false, _) => Exit::Refused,
        (true, false) if args.exit_code => Exit::Pending,
        (true, _) => Exit::Done,
    })
}
