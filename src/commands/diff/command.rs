//! `diff`: shows what sync would change. It holds only a reader.

use crate::cli::Diff;
use crate::commands::catalog::{Read, desired, review, show};
use crate::commands::context::Context;
use crate::commands::failure::Failure;
use crate::commands::wish::Wish;
use crate::exit::Exit;

pub async fn diff(context: &Context, args: &Diff) -> Result<Exit, Failure> {
    let owner = context.owner()?;
    let wish = Wish::of(&args.planning)?;
    let desired = desired(context, &args.monitors)?;
    let store = context.open_store().await?;
    let read = Read::all(&store.config_reader()).await?;
    let reviewed = review(context, owner, &args.monitors, &desired, &read, &wish)?;
    show(context, &reviewed, args.format)?;
    Ok(match (reviewed.refusals.is_empty(), reviewed.plan.is_empty()) {
        // What sync would refuse is no plan, whether it was asked for a code or not.
        (false, _) => Exit::Refused,
        (true, false) if args.exit_code => Exit::Pending,
        (true, _) => Exit::Done,
    })
}
