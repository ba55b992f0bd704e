//! The steps of `pull`: read both sides, edit in memory, prove, write, say.

use super::repository::MonitorFiles;
use super::{drift, unmanaged};
use crate::cli::{Format, Pull};
use crate::commands::context::{Context, Missing};
use crate::commands::failure::Failure;
use crate::commands::own_table::own;
use crate::commands::plan_request::{idle, selector};
use crate::commands::shard::shard;
use crate::config::edit::Redactor;
use crate::exit::Exit;
use crate::monitor::{MonitorId, Spec, Traits, count};
use crate::plan::Stored;
use crate::report::pull::{KnownMonitor, Pulled, Skipped};
use crate::report::{self};
use crate::store::{Configs, Unreadable};

pub async fn pull(context: &Context, args: &Pull) -> Result<Exit, Failure> {
    let owner = context.owner()?;
    let mut repository = MonitorFiles::read(context, args.monitors.as_deref())?;
    let store = context.open_store(Missing::Refused).await?;
    let (stored, absent) =
        chosen(own(context, store.config_reader(&shard()).read().await?)?, &args.only, &repository)?;
    let mut pulled = Pulled { skipped: stored.unreadable.iter().map(skipped).collect(), ..Pulled::default() };
    let mut redactor = Redactor::default();
    if args.drift {
        let of_owner = stored.items.iter().filter(|item| item.owner.as_deref() == Some(owner));
        drift::pull(&mut repository, of_owner, &args.overwrite, &mut redactor, &mut pulled);
        // Before the first sync, no monitor of the files is in the table.
        if stored.heads.iter().any(|head| head.owner == owner) {
            pulled.absent = absent;
        }
    }
    if args.unmanaged {
        let by_hand = stored.items.iter().filter(|item| item.owner.is_none());
        unmanaged::pull(&mut repository, by_hand, args.out.as_deref(), &mut redactor, &mut pulled)?;
    }
    repository.write(&mut pulled)?;
    context.terminal.print(&match args.format {
        Format::Text => report::pull::text(&pulled),
        Format::Json => format!("{:#}\n", report::pull::json(&pulled)),
    })?;
    conclude(context, args, &pulled);
    Ok(if pulled.skipped.is_empty() { Exit::Done } else { Exit::Partly })
}

/// What the selector names, in the table, and in the files alone; a term of it that names nothing is a mistake.
fn chosen(
    mut stored: Configs,
    only: &[String],
    files: &MonitorFiles,
) -> Result<(Configs, Vec<KnownMonitor>), Failure> {
    stored.items.retain(|item: &Stored| item.retired_at.is_none());
    let only = selector(only)?;
    let is_stored = |id: &MonitorId| {
        stored.items.iter().any(|item| item.id == *id)
            || stored.unreadable.iter().any(|item| item.key == id.as_str())
    };
    let is_meant =
        |id: &MonitorId, spec: &Spec| only.as_ref().is_none_or(|only| only.takes(&Traits::of(id, spec)));
    let absent: Vec<_> = files
        .monitors()
        .filter(|one| !is_stored(&one.monitor.id) && is_meant(&one.monitor.id, &one.spec))
        .map(|one| KnownMonitor { id: one.monitor.id.clone(), place: one.place.clone() })
        .collect();
    let Some(only) = only else { return Ok((stored, absent)) };
    let nothing = Spec::default();
    // Of an item that does not read nothing but its key is known.
    let takes = |item: &Unreadable| {
        MonitorId::parse(&item.key).is_ok_and(|id| only.takes(&Traits::of(&id, &nothing)))
    };
    stored.unreadable.retain(takes);
    let known: Vec<_> = stored.items.iter().map(|item| Traits::of(&item.id, &item.spec)).collect();
    if stored.unreadable.is_empty() && absent.is_empty() {
        idle("--only, in the config table: ", Some(&only), &known)?;
    }
    stored.items.retain(|item| only.takes(&Traits::of(&item.id, &item.spec)));
    Ok((stored, absent))
}

fn skipped(item: &Unreadable) -> Skipped {
    Skipped { key: item.key.clone(), place: None, why: item.to_string(), help: Some(item.help()) }
}

fn conclude(context: &Context, args: &Pull, pulled: &Pulled) {
    let terminal = context.terminal;
    for note in report::pull::notes(pulled) {
        terminal.say(&note);
    }
    for warning in report::pull::warnings(pulled) {
        terminal.warn(&warning);
    }
    let (new, changed) = (pulled.created().count(), pulled.changed().count());
    if args.drift {
        terminal.say(&match changed {
            0 => "no edits to write back".to_owned(),
            number => format!("{} written back; review with `git diff`", count(number, "monitor")),
        });
    }
    if args.unmanaged {
        // A file without the credential of its item says something else than the item.
        let differs = pulled.created().any(|one| !one.redacted.is_empty());
        let sync = if differs { "sync --adopt ID" } else { "sync" };
        terminal.say(&match new {
            0 => "no new files written".to_owned(),
            number => format!(
                "{} written; review the files, then adopt the monitors with `monitorctl {sync}`",
                count(number, "new file")
            ),
        });
    }
}
