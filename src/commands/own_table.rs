//! Whether the table is that of the chosen environment, for the commands that have no plan.

use super::context::Context;
use super::failure::Failure;
use crate::inventory::Watchlist;
use crate::plan::foreign_environment;
use crate::store::Configs;

/// Refuses the table of another environment: a silence there would hide outages of the wrong monitors, and a pull would
/// write its edits into the files of this one.
pub fn own(context: &Context, configs: Configs) -> Result<Configs, Failure> {
    check_own(context, &configs).map(|()| configs)
}

/// The same, where the contents are not needed any more.
pub fn check_own(context: &Context, configs: &Configs) -> Result<(), Failure> {
    let chosen = context.environment();
    let heads = configs.heads.iter().map(|head| head.environment.as_deref());
    match (foreign_environment(heads, chosen.as_deref()), &chosen) {
        (Some(stored), Some(chosen)) => Err(Failure::other_environment(stored, chosen)),
        (None, _) | (_, None) => Ok(()),
    }
}

/// A problem to report where looking does no harm.
pub fn foreign_table(watchlist: &Watchlist, chosen: Option<&str>) -> Option<String> {
    let stored = watchlist.foreign_environment(chosen)?;
    Some(format!("the table belongs to the environment {stored}; check --env and the tables"))
}
