//! The plan of a repository: its files against the table.

use std::path::Path;

use super::context::{Context, refuse_faults};
use super::failure::Failure;
use crate::cli::Format;
use crate::config::{self, LoadedMonitor};
use crate::plan::{CatalogSettings, Desired, Live, Plan, Refusal, Stored, Unread, plan, refusals};
use crate::report;
use crate::source;
use crate::store::{ConfigReader, Unreadable};

/// Every monitor of the files; any fault in any file ends the command (trap 12: half a catalog would remove
/// the other half).
pub fn desired(context: &Context, folder: &Path) -> Result<Vec<Desired>, Failure> {
    let files = source::read(folder)?;
    let loaded = config::load(&files, Some(&context.settings.topics));
    refuse_faults(context.terminal, &loaded.diagnostics, &files)?;
    let desired = |loaded: LoadedMonitor| {
        let LoadedMonitor { monitor, spec, place } = loaded;
        Desired { id: monitor.id, spec, place }
    };
    Ok(loaded.monitors.into_iter().map(desired).collect())
}

/// Plans, and shows the plan with every reason not to apply it.
pub async fn shown_plan(
    context: &Context,
    owner: &str,
    desired: &[Desired],
    reader: &ConfigReader,
    format: Format,
) -> Result<(Plan, Vec<Refusal>), Failure> {
    let plan = plan_against(owner, &context.catalog_settings(), desired, reader).await?;
    let refusals = refusals(&plan);
    context.terminal.print(&match format {
        Format::Text => report::plan::text(&plan, &refusals),
        Format::Json => format!("{:#}\n", report::plan::json(&plan, &refusals)),
    })?;
    Ok((plan, refusals))
}

/// Compares them with what is stored.
pub async fn plan_against(
    owner: &str,
    settings: &CatalogSettings,
    desired: &[Desired],
    reader: &ConfigReader,
) -> Result<Plan, Failure> {
    let mut stored = reader.read().await?;
    for item in &mut stored.items {
        respell(item);
    }
    let head = stored.heads.iter().find(|head| head.owner == owner);
    let unread: Vec<_> = stored.unreadable.iter().map(unread).collect();
    Ok(plan(owner, settings, desired, Live { items: &stored.items, head, unread: &unread }))
}

fn unread(item: &Unreadable) -> Unread {
    Unread {
        key: item.key.clone(),
        head_of: item.head_of().map(str::to_owned),
        why: item.to_string(),
        help: item.help(),
    }
}

/// A version that spells specs differently must not make a plan by itself: what another version wrote, and
/// nobody edited, is compared in the spelling of this one.
fn respell(item: &mut Stored) {
    if item.fingerprint.as_ref() == Some(&item.spec.fingerprint()) {
        item.spec = config::respelled(&item.spec);
    }
}
