//! `diff`: shows what sync would change. It holds only a reader.

use super::catalog::{desired, plan_against};
use super::context::Context;
use super::failure::Failure;
use crate::cli::{Diff, Format};
use crate::exit::Exit;
use crate::plan::refusals;
use crate::report;

pub async fn diff(context: &Context, args: &Diff) -> Result<Exit, Failure> {
    let owner = context.owner()?;
    let desired = desired(context, &args.monitors)?;
    let store = context.open_store().await?;
    let plan = plan_against(owner, &context.catalog_settings(), &desired, &store.config_reader()).await?;
    let refusals = refusals(&plan);
    context.terminal.print(&match args.format {
        Format::Text => report::plan::text(&plan, &refusals),
        Format::Json => format!("{:#}\n", report::plan::json(&plan, &refusals)),
    })?;
    Ok(match (refusals.is_empty(), plan.is_empty()) {
        // What sync would refuse is no plan, whether it was asked for a code or not.
        (false, _) => Exit::Refused,
        (true, false) if args.exit_code => Exit::Pending,
        (true, _) => Exit::Done,
    })
}
