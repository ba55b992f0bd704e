//! The command: look, examine, show.

use std::collections::BTreeMap;

use super::checkout::{self, Checkout};
use super::places::{self, Seen};
use crate::cli::{Doctor, Format, Global, RoleName};
use crate::commands::context::Context;
use crate::commands::failure::Failure;
use crate::commands::suggested_command::command_here;
use crate::commands::target::StoreChoice;
use crate::commands::terminal::Terminal;
use crate::commands::unsynced::{unsynced, words};
use crate::doctor::{Facts, Finding, FindingOutcome, Role, SettingsFacts, examine};
use crate::exit::Exit;
use crate::inventory::{LastSync, Watchlist};
use crate::monitor::{marked, moment};
use crate::report;

/// Runs `doctor`.
pub async fn doctor(global: &Global, terminal: Terminal, args: &Doctor) -> Result<Exit, Failure> {
    let Checkout { settings, facts: mut repository } =
        checkout::look(args.monitors.as_deref(), global.environment.as_deref())?;
    let context = Context::with(settings, global, terminal)?;
    // By default each environment has a file of its own, and a file that is typed with `--env` is that of one.
    if let (StoreChoice::Embedded { by_default, .. }, SettingsFacts::Valid { shared_tables, .. }) =
        (&context.choice, &mut repository.settings)
        && (*by_default || context.called().store.is_some())
    {
        shared_tables.clear();
    }
    let seen = match &context.choice {
        StoreChoice::Embedded { path, .. } => places::local(&context, path).await,
        StoreChoice::DynamoDb => places::aws(&context, args.role.map(role)).await,
    };
    let Seen { place, tables, items, secrets, reach, canaries, channels, watchlist } = seen;
    let mut owners = BTreeMap::new();
    for watched in watchlist.iter().flat_map(|watchlist| &watchlist.all) {
        *owners.entry(watched.owner.clone()).or_default() += 1;
    }
    // One that gave its monitors away has none, and still a record of its syncs.
    for owner in watchlist.iter().flat_map(|watchlist| watchlist.synced.keys()) {
        owners.entry(Some(owner.clone())).or_default();
    }
    let foreign = |watchlist: &Watchlist| {
        watchlist.foreign_environment(context.environment().as_deref()).map(str::to_owned)
    };
    let other_environment = watchlist.as_ref().and_then(foreign);
    let last = |watchlist: &Watchlist| watchlist.synced.get(context.settings.owner.as_ref()?).cloned();
    let last_sync = watchlist.as_ref().and_then(last).and_then(said);
    let unsynced = watchlist
        .and_then(|watchlist| unsynced(&context, args.monitors.as_deref(), &watchlist))
        .and_then(words);
    let mut findings = examine(&Facts {
        place,
        tables,
        items,
        secrets,
        reach,
        canaries,
        channels,
        unsynced,
        owners,
        other_environment,
        last_sync,
        repository,
    });
    for fix in findings.iter_mut().filter_map(|finding| finding.fix.as_mut()) {
        *fix = command_here(fix, context.called());
    }
    terminal.print(&match args.format {
        Format::Text => report::findings_text(context.environment().as_deref(), &findings),
        Format::Json => {
            format!("{:#}\n", report::findings_json(context.environment().as_deref(), &findings))
        }
    })?;
    Ok(exit(&findings))
}

/// `last sync 2026-12-01 10:02:00 UTC by jane@laptop, approved by joe`
fn said(LastSync { at, environment: _, by, approved_by }: LastSync) -> Option<String> {
    let by = by.map(|by| format!(" by {}", marked(by))).unwrap_or_default();
    let approved = approved_by.map(|name| format!(", approved by {}", marked(name))).unwrap_or_default();
    Some(format!("last sync {}{by}{approved}", moment(at?)))
}

/// The gravest first: for want of credentials or a permission the rest may not even have been seen.
fn exit(findings: &[Finding]) -> Exit {
    let any = |outcome| findings.iter().any(|finding| finding.outcome == outcome);
    if any(FindingOutcome::Denied) {
        Exit::Denied
    } else if any(FindingOutcome::Failed) {
        Exit::Failed
    } else {
        Exit::Done
    }
}

fn role(name: RoleName) -> Role {
    match name {
        RoleName::Check => Role::Check,
        RoleName::Diff => Role::Diff,
        RoleName::Sync => Role::Sync,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Area;

    #[test]
    fn the_exit_code_says_the_worst() {
        let ok = || Finding::ok(Area::Region, "");
        let warning = || Finding::warning(Area::Region, "", "");
        let failed = || Finding::failed(Area::Region, "", "");
        let denied = || Finding::denied(Area::Region, "", "");
        assert_eq!(exit(&[ok(), warning()]), Exit::Done);
        assert_eq!(exit(&[ok(), failed(), warning()]), Exit::Failed);
        assert_eq!(exit(&[failed(), denied()]), Exit::Denied);
    }
}
